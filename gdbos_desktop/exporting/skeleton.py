"""A workbook without its rows: sheets, styles, headings, drop-downs, comments, print set-up, made by XlsxWriter.

Hides XlsxWriter and the looks of a list. ``Skeleton.parts`` are the files inside the workbook; each sheet is given as
what stands before and after its rows.
"""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from gdbos_desktop.exporting.rows import ROW_LIMIT, column_letters, display_width
from gdbos_desktop.exporting.words import CODE_SHEET, LIST_FACE
from gdbos_desktop.schema import Element, Kind
from gdbos_desktop.schema.types import Code, Codes, CodeText, Integer, LongText
from gdbos_desktop.system.messages import _

NAME_LIMIT = 31
LITERAL_LIMIT = 255
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_MADE = datetime.datetime(2020, 1, 1)  # not a moment: the same data makes the same bytes
_WIDEST = {LongText: 36, Codes: 24, CodeText: 44}
_WIDEST_OTHER = 32
_PAGE_WIDTH = 200  # half-width characters that stay legible side by side on A4 landscape (about 7 pt)
_ROOMY = 150  # a sheet narrower than this gives its long texts more room
_SQUEEZED = 1.3  # so much wider a sheet may be and is still set smaller rather than on two pages

_HEADER_TINTS = ("#DCE6F1", "#EAF0F7")
_REQUIRED_TINT = "#FCE4D6"
_INK = "#1F2D3D"
_REQUIRED_INK = "#9C2A00"


@dataclass(frozen=True)
class Column:
    """A column of a list: an element, or (None) the containing record's address."""

    heading: str
    element: Element | None = None

    @property
    def is_number(self) -> bool:
        """Whether whole numbers stand in it as numbers."""
        return self.element is not None and isinstance(self.element.type, Integer)


@dataclass
class SheetPlan:
    """A sheet to make: its columns, how wide their texts are, how many rows it will hold."""

    name: str
    kind: Kind
    columns: Sequence[Column]
    widths: Sequence[int] = ()
    row_count: int = 0

    @property
    def row_height(self) -> float:
        """In points: two lines where long texts stand, else one; fixed, so that no text fills the page."""
        has_long = any(column.element and isinstance(column.element.type, LongText) for column in self.columns)
        return 32 if has_long else 20


class SheetSize(NamedTuple):
    """The row in which the data of a sheet begin (from 1), and how many columns and rows there are."""

    data_row: int
    columns: int
    rows: int


@dataclass(frozen=True)
class Skeleton:
    """The parts of the workbook but the sheets, and for each sheet its part name, head, tail, and column styles."""

    parts: Mapping[str, bytes]
    sheets: Sequence[tuple[str, bytes, bytes]]
    styles: Sequence[tuple[str, ...]] = field(default=())


def make_skeleton(plans: Sequence[SheetPlan], title: str, subject: str) -> Skeleton:
    """The workbook around the rows of these sheets."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": title, "subject": subject, "created": _MADE})
    formats = _Formats(book)
    lists = _CodeLists(plans)
    for plan in plans:
        _write_sheet(book.add_worksheet(plan.name), plan, formats, lists)
    lists.write(book)
    book.close()
    return taken_apart(target, [SheetSize(2, len(plan.columns), plan.row_count) for plan in plans])


def taken_apart(target: io.BytesIO, sheets: Sequence[SheetSize]) -> Skeleton:
    """The parts of a workbook that has one sample row in each sheet, which its real rows will replace."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(target) as package:
        for name in package.namelist():
            parts[name] = package.read(name)
    found: list[tuple[str, bytes, bytes]] = []
    styles: list[tuple[str, ...]] = []
    for number, size in enumerate(sheets, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        xml = parts.pop(name)
        sample = re.search(rb'<row r="%d".*?</row>' % size.data_row, xml, re.DOTALL)
        assert sample is not None
        cells = re.findall(rb'<c r="[A-Z]+%d" s="(\d+)"' % size.data_row, sample[0])
        assert len(cells) == size.columns
        styles.append(tuple(style.decode() for style in cells))
        corner = f"{column_letters(size.columns - 1)}{max(size.data_row + size.rows - 1, 1)}"
        head = _DIMENSION.sub(f'<dimension ref="A1:{corner}"/>'.encode(), xml[: sample.start()])
        found.append((name, head, xml[sample.end() :]))
    return Skeleton(parts, found, styles)


class _Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self._common = {"font_name": LIST_FACE, "font_size": 10.5, "valign": "vcenter"}

    def cell(self, column: Column) -> Any:
        """How the cells of a column look. The text format keeps what people type later from becoming a number."""
        if column.is_number:
            return self._get("number", {"num_format": "0", "align": "center"})
        if column.element is None or isinstance(column.element.type, CodeText):
            return self._get("code", {"num_format": "@"})
        if isinstance(column.element.type, LongText):  # centred, a text too long for its cell would lose its beginning
            return self._get("long", {"num_format": "@", "text_wrap": True, "valign": "top"})
        return self._get("text", {"num_format": "@", "text_wrap": True})

    def header(self, is_required: bool, is_odd_group: bool) -> Any:
        """How a heading looks: required ones stand out, groups alternate."""
        return self._get(
            f"header{is_required}{is_odd_group}",
            {
                "bold": True,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
                "border": 1,
                "border_color": "#A6B4C4",
                "bg_color": _REQUIRED_TINT if is_required else _HEADER_TINTS[is_odd_group],
                "font_color": _REQUIRED_INK if is_required else _INK,
            },
        )

    def _get(self, name: str, words: Mapping[str, Any]) -> Any:
        if name not in self._made:
            self._made[name] = self._book.add_format({**self._common, **words})
        return self._made[name]


def _write_sheet(sheet: Worksheet, plan: SheetPlan, formats: _Formats, lists: _CodeLists) -> None:
    widths = _column_widths(plan)
    groups = {group.code: group.order for group in plan.kind.groups}
    sheet.set_default_row(plan.row_height)
    sheet.set_row(0, 36)
    for place, column in enumerate(plan.columns):
        cell = formats.cell(column)
        element = column.element
        is_required = element is None or (element.required and element.required_when is None)
        is_odd = bool(element and groups.get(element.group, 0) % 2)
        sheet.set_column(place, place, widths[place], cell)
        sheet.write_string(0, place, column.heading, formats.header(is_required, is_odd))
        sheet.write_blank(1, place, None, cell)
        if comment := _comment(plan.kind, column):
            lines = sum(1 + display_width(line) // 34 for line in comment.split("\n"))
            sheet.write_comment(
                0, place, comment,
                {"author": "", "width": 260, "height": 16 + 18 * lines, "font_name": LIST_FACE, "font_size": 9},
            )  # fmt: skip
        if element is not None:
            _add_choices(sheet, place, element, lists)
    last = len(plan.columns) - 1
    sheet.autofilter(0, 0, max(plan.row_count, 1), last)
    frozen = next((i + 1 for i, c in enumerate(plan.columns) if c.element and c.element.code == plan.kind.title), 0)
    frozen = frozen if frozen <= 3 else int(plan.columns[0].element is None)
    sheet.freeze_panes(1, frozen)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(last)}{ROW_LIMIT}"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.hide_gridlines(0)  # that is: show them, on paper too
    sheet.repeat_rows(0)
    kept = sum(widths[:frozen])
    pages = _pages_across(kept, sum(widths[frozen:]), plan.row_count)
    if pages > 1 and frozen:
        sheet.repeat_columns(0, frozen - 1)
    sheet.fit_to_pages(pages, 0)
    sheet.set_footer(f"&C&9{_('Page {page} of {pages}').format(page='&P', pages='&N')}")


def _pages_across(kept: float, rest: float, row_count: int) -> int:
    """How many sheets of paper side by side; one for a sheet without rows, which is there to be filled in."""
    if row_count == 0 or kept + rest <= _PAGE_WIDTH * _SQUEEZED:
        return 1
    return math.ceil(rest / max(_PAGE_WIDTH - kept, 60))


def _column_widths(plan: SheetPlan) -> list[float]:
    widths = []
    for place, column in enumerate(plan.columns):
        found = plan.widths[place] if plan.widths else 0
        heading = min(display_width(column.heading), 20) + 4  # room for the filter button
        kind = type(column.element.type) if column.element else None
        widest = _WIDEST.get(kind, _WIDEST_OTHER) if kind else _WIDEST_OTHER
        widths.append(1.1 * max(heading, min(found + 2, widest), 9))
    long = [n for n, column in enumerate(plan.columns) if column.element and isinstance(column.element.type, LongText)]
    spare = max(_ROOMY - sum(widths), 0)
    for place in long if plan.widths else ():
        widths[place] += max(0, min(spare / len(long), 1.1 * (plan.widths[place] + 2) - widths[place]))
    return widths


def _comment(kind: Kind, column: Column) -> str:
    element = column.element
    if element is None:
        labels = "、".join(dict.fromkeys((kind.parent_heading, *kind.parent_aliases[:3])))
        return "\n".join((_("Required"), _("Says where the row belongs: {headings}.").format(headings=labels)))
    lines = []
    if element.required and element.required_when is None:
        lines.append(_("Required"))
    elif element.required:
        lines.append(_("Required in some cases: {when}").format(when=element.required_text or "—"))
    if element.help:
        lines.append(element.help)
    return "\n".join(lines)


def _add_choices(sheet: Worksheet, place: int, element: Element, lists: _CodeLists) -> None:
    kind = element.type
    if isinstance(kind, Codes):
        labels = "；".join(entry.label for entry in kind.code_list.entries)
        hint = _("Several are possible, separated by ；: {labels}").format(labels=labels)
        if len(hint) > LITERAL_LIMIT:
            hint = hint[: LITERAL_LIMIT - 1] + "…"
        words: dict[str, Any] = {"validate": "any", "input_title": element.label[:32], "input_message": hint}
    elif isinstance(kind, Code):
        words = {
            "validate": "list",
            "source": lists.source(kind),
            "error_type": "warning",  # "none" may be stated in place of any code
            "error_title": element.label[:32],
            "error_message": _("Choose from the list.")[:LITERAL_LIMIT],
        }
    else:
        return
    sheet.data_validation(1, place, ROW_LIMIT - 1, place, words)


class _CodeLists:
    """Choices of drop-downs: in the cell rule while they are short, else on a hidden sheet."""

    def __init__(self, plans: Sequence[SheetPlan]) -> None:
        self._columns: dict[str, list[str]] = {}
        used = {
            column.element.type.code_list.code: column.element.type.code_list
            for plan in plans
            for column in plan.columns
            if column.element and isinstance(column.element.type, Code)
        }
        for code_list in used.values():
            labels = [entry.label for entry in code_list.entries]
            if len(",".join(labels)) > LITERAL_LIMIT or any("," in label or '"' in label for label in labels):
                self._columns[code_list.code] = labels

    def source(self, kind: Code) -> list[str] | str:
        """The choices as a drop-down takes them."""
        code = kind.code_list.code
        if code not in self._columns:
            return [entry.label for entry in kind.code_list.entries]
        letters = column_letters(list(self._columns).index(code))
        return f"='{CODE_SHEET}'!${letters}$1:${letters}${len(self._columns[code])}"

    def write(self, book: Any) -> None:
        """Add the hidden sheet when it is needed."""
        if not self._columns:
            return
        sheet = book.add_worksheet(CODE_SHEET)
        sheet.hide()
        for place, labels in enumerate(self._columns.values()):
            for row, label in enumerate(labels):
                sheet.write_string(row, place, label)


class SheetNames:
    """Names that Excel takes: short, without certain signs, each once."""

    def __init__(self) -> None:
        self._taken = {CODE_SHEET.casefold()}

    def name(self, wanted: str) -> str:
        """A free name like the one wanted."""
        stem = _NOT_IN_NAMES.sub(" ", wanted).strip(" '")[:NAME_LIMIT] or "-"
        number, candidate = 1, stem
        while candidate.casefold() in self._taken:
            number += 1
            mark = f"({number})"
            candidate = f"{stem[: NAME_LIMIT - len(mark)]}{mark}"
        self._taken.add(candidate.casefold())
        return candidate
