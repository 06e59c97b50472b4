"""The result of a workbook from marks to file: in place where the workbook allows it, else as a plain copy."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO

from gdbos_desktop.exporting.files import WORKBOOK, FileForm, explained, scratch_file, shortened, whole_file
from gdbos_desktop.exporting.packages import Packer
from gdbos_desktop.exporting.results.comments import Comment, with_comments
from gdbos_desktop.exporting.results.marks import RawSheets, ResultWorkbook, RuleTotal, SheetMarks
from gdbos_desktop.exporting.results.markup import Unpatchable, look, with_attribute
from gdbos_desktop.exporting.results.package import OFFICE, WorkbookPackage
from gdbos_desktop.exporting.results.plain import write_plain
from gdbos_desktop.exporting.results.sheet import SheetWork, marked, shown_cells, survey
from gdbos_desktop.exporting.results.styles import StyleSheet
from gdbos_desktop.exporting.results.totals import totals_sheet
from gdbos_desktop.exporting.rows import column_letters, display_width
from gdbos_desktop.exporting.skeleton import SheetNames
from gdbos_desktop.exporting.words import RESULT_SHEET
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

MACRO_WORKBOOK = FileForm(".xlsm", "xl/")
_FORMS = {form.ending: form for form in (WORKBOOK, MACRO_WORKBOOK)}
_RESULT_NAME = re.compile(rf"{RESULT_SHEET}(\(\d+\))?")
_SAMPLE = 3000
_NARROWEST, _WIDEST = 14, 60


def result_ending(source: Path) -> str:
    """The ending that the result of a file has: ``.xlsm`` for a workbook with macros, else ``.xlsx``."""
    with contextlib.suppress(Unpatchable), _opened(source) as package:
        return MACRO_WORKBOOK.ending if package.has_macros else WORKBOOK.ending
    return WORKBOOK.ending


def demand_result_target(source: Path, target: Path) -> None:
    """Refuse to write over the source, or over anything but an earlier result.

    KnownError codes: ``is-source``, ``not-a-result``.
    """
    with explained(target):
        if not target.exists():
            return
        if os.path.samefile(source, target):
            raise KnownError(
                "is-source",
                _("This is the file itself"),
                _("The result of “{name}” cannot take its place: the file stays as it is.").format(
                    name=shortened(source.name)
                ),
                _("Choose another file name."),
            )
        if target.is_file() and not _is_result(target):
            raise KnownError(
                "not-a-result",
                _("This file is something else"),
                _("“{name}” is there already and is no result of a check. It stays as it is.").format(
                    name=shortened(target.name)
                ),
                _("Choose another file name."),
            )


def write_result(
    source: Path,
    target: Path,
    sheets: Sequence[SheetMarks],
    totals: Sequence[RuleTotal],
    progress: Progress = no_progress,
    *,
    facts: Sequence[tuple[str, str]] = (),
    raw_sheets: RawSheets | None = None,
) -> ResultWorkbook:
    """Write ``source`` with marks to ``target``, whose ending is ``result_ending(source)``.

    ``facts`` (label, text) stand above the totals. ``raw_sheets`` is asked only where the source cannot be marked in
    place. The source is only read. On any exception, a cancelled progress
    included, the target is as it was. KnownError codes: those of ``demand_result_target`` and ``files.whole_file``,
    ``source-gone`` and ``no-rows`` (the source cannot be marked in place, and there are no ``raw_sheets``).
    """
    demand_result_target(source, target)
    form = _FORMS.get(target.suffix.casefold(), WORKBOOK)
    try:
        with whole_file(target, form) as file, _opened(source) as package:
            left_out = _Writing(package, target.parent, progress).write(file, sheets, totals, facts)
            return ResultWorkbook(target, True, left_out)
    except Unpatchable:
        pass
    if raw_sheets is None:
        raise KnownError(
            "no-rows",
            _("The result cannot be written"),
            _("“{name}” is of a form that cannot be marked.").format(name=shortened(source.name)),
            _("Save it with the office program as a new .xlsx and import that."),
        )
    with whole_file(target, form) as file, scratch_file(target.parent) as copy:
        names = write_plain(copy, raw_sheets(), sheets, target.parent, form is MACRO_WORKBOOK, progress)
        renamed = [replace(sheet, sheet=names[sheet.sheet]) for sheet in sheets if sheet.sheet in names]
        copy.seek(0)
        with closing(WorkbookPackage(copy)) as package:
            left_out = _Writing(package, target.parent, progress).write(file, renamed, totals, facts)
    return ResultWorkbook(target, False, left_out)


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[WorkbookPackage]:
    try:
        file = source.open("rb")
    except OSError as error:
        raise KnownError(
            "source-gone",
            _("The file cannot be opened"),
            _("“{name}” is no longer there, or cannot be read.").format(name=shortened(source.name)),
            _("Put it back in its place and try again."),
        ) from error
    with file, closing(WorkbookPackage(file)) as package:
        yield package


def _is_result(path: Path) -> bool:
    """Whether a workbook has the sheet that results have; people may have saved it since."""
    with contextlib.suppress(Unpatchable), path.open("rb") as file, closing(WorkbookPackage(file)) as package:
        return any(_RESULT_NAME.fullmatch(name) for name in package.sheet_names)
    return False


class _Writing:
    """Puts marks into an open package and writes it."""

    def __init__(self, package: WorkbookPackage, folder: Path, progress: Progress) -> None:
        self._package = package
        self._folder = folder
        self._progress = progress
        self._done = self._total = 0
        links = [one for one in package.relationships(package.workbook) if one.type == f"{OFFICE}/styles"]
        if len(links) != 1:
            raise Unpatchable("styles")
        self._styles_part = package.part(links[0].target)
        self._styles = StyleSheet(package.read(self._styles_part))

    def write(
        self,
        file: BinaryIO,
        sheets: Sequence[SheetMarks],
        totals: Sequence[RuleTotal],
        facts: Sequence[tuple[str, str]],
    ) -> int:
        """Write the package with the marks; how many comments were left out."""
        package = self._package
        wanted = [sheet for sheet in sheets if sheet.has_marks]
        if any(sheet.sheet not in package.sheets for sheet in wanted):
            raise Unpatchable("sheets")
        self._total = 2 * sum(package.size(package.sheets[sheet.sheet]) for sheet in wanted)
        left_out = 0
        with contextlib.ExitStack() as scratch:
            for sheet in wanted:
                left_out += self._mark(sheet, scratch.enter_context(scratch_file(self._folder)))
            names = SheetNames()
            for name in package.sheet_names:
                names.name(name)
            package.add_sheet(names.name(RESULT_SHEET), totals_sheet(totals, facts, self._styles))
            package.change(self._styles_part, self._styles.xml())
            package.write(file)
        return left_out

    def _mark(self, sheet: SheetMarks, scratch: IO[bytes]) -> int:
        package, part = self._package, self._package.sheets[sheet.sheet]
        with package.open(part) as stream:
            form = survey(stream, sheet.header_row, self._advance)
        cells = shown_cells(sheet.cells, form.merged)
        column = sheet.status_column or form.free_column(max(sheet.header_row, 1))
        width = _status_width(sheet)
        last_row = max(form.last_row, max(cells, default=1), _last_row(sheet))
        outline = _with_column(_with_dimension(form.outline, column, last_row), column, width)
        comments = [
            Comment(row, place, mark.text) for row, marks in cells.items() for place, mark in marks.items() if mark.text
        ]
        outline, left_out = with_comments(package, part, outline, comments, is_again=bool(sheet.status_column))
        data = look(outline).find("sheetData")
        assert data is not None
        work = SheetWork(
            sheet.header_row,
            RESULT_SHEET,
            form.heading_style or self._styles.heading,
            column,
            width,
            sheet.rows,
            cells,
            _column_styles(outline),
            self._styles.faded() if sheet.status_column else {},
        )
        packer = Packer(scratch)
        packer.write(outline[: data.inner_start])
        with package.open(part) as stream:
            marked(stream, work, self._styles, packer.write, self._advance)
        packer.write(outline[data.inner_start :])
        package.change(part, [packer.piece()])
        return left_out

    def _advance(self, size: int) -> None:
        self._done += size
        self._progress(min(self._done, self._total), self._total, _("Writing the result"))


def _last_row(sheet: SheetMarks) -> int:
    last = 1
    for mark in sheet.rows:
        last = mark.row
    return last


def _status_width(sheet: SheetMarks) -> float:
    """Characters that the status column shows in a line."""
    widest = max(
        (max(map(display_width, mark.text[:200].split("\n"))) for mark in islice(sheet.rows, _SAMPLE)), default=0
    )
    return float(min(max(widest + 2, _NARROWEST), _WIDEST))


def _with_dimension(outline: bytes, column: int, row: int) -> bytes:
    """The outline with the extent that the sheet has now."""
    found = look(outline).find("dimension")
    if found is None:
        return outline
    first = found.attributes.get("ref", "").partition(":")[0]
    first = first if first.isalnum() else "A1"
    tag = with_attribute(outline[found.start : found.inner_start], "ref", f"{first}:{column_letters(column - 1)}{row}")
    return outline[: found.start] + tag + outline[found.inner_start :]


def _with_column(outline: bytes, column: int, width: float) -> bytes:
    """The outline with the width of the status column; what is said of its neighbours stays."""
    tree = look(outline)
    line = f'<{tree.tag("col")} min="{column}" max="{column}" width="{width:g}" customWidth="1"/>'.encode()
    listed = tree.find("cols")
    if listed is None or listed.inner_start == listed.end:
        data = tree.find("sheetData")
        assert data is not None
        name = tree.tag("cols").encode()
        whole = b"<" + name + b">" + line + b"</" + name + b">"
        if listed is not None:
            return outline[: listed.start] + whole + outline[listed.end :]
        return outline[: data.start] + whole + outline[data.start :]
    part = outline[listed.start : listed.end]
    before: list[bytes] = []
    behind: list[bytes] = []
    for child in look(part).children:
        tag = part[child.start : child.end]
        first, last = _numbers(child.attributes)
        if last < column:
            before.append(tag)
        elif first > column:
            behind.append(tag)
        else:
            if first < column:
                before.append(with_attribute(tag, "max", str(column - 1)))
            if last > column:
                behind.append(with_attribute(tag, "min", str(column + 1)))
    inside = b"".join([*before, line, *behind])
    return outline[: listed.inner_start] + inside + outline[listed.inner_end :]


def _column_styles(outline: bytes) -> list[tuple[int, int, int]]:
    listed = look(outline).find("cols")
    if listed is None:
        return []
    return [
        (*_numbers(child.attributes), int(child.attributes["style"]))
        for child in look(outline[listed.start : listed.end]).children
        if child.attributes.get("style", "").isdigit()
    ]


def _numbers(attributes: Mapping[str, str]) -> tuple[int, int]:
    first, last = attributes.get("min", ""), attributes.get("max", "")
    if not (first.isdigit() and last.isdigit()):
        raise Unpatchable("cols")
    return int(first), int(last)
