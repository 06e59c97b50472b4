"""A plain workbook with the texts of a source that cannot be marked in place (.xls, .ods, .csv …).

It is written first and marked afterwards like any other workbook, so that marks are made in one way only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from gdbos_desktop.exporting.files import scratch_file
from gdbos_desktop.exporting.packages import Packer, Piece, pack, write_package
from gdbos_desktop.exporting.results.marks import RawSheetRows, SheetMarks
from gdbos_desktop.exporting.results.markup import escaped
from gdbos_desktop.exporting.results.package import MACRO_TYPE, MAIN, OFFICE, SHEET_TYPE, STYLES_TYPE
from gdbos_desktop.exporting.results.styles import BOLD_FORMAT, EMPTY, TEXT_FORMAT
from gdbos_desktop.exporting.rows import ROW_LIMIT, column_letters, display_width
from gdbos_desktop.exporting.skeleton import SheetNames
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress

_SAMPLE = 300
_BATCH = 500
_NARROWEST, _WIDEST = 9, 40
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
Row = tuple[int, Sequence[str]]


def write_plain(
    file: IO[bytes],
    raw: Iterable[RawSheetRows],
    sheets: Sequence[SheetMarks],
    folder: Path,
    has_macros: bool,
    progress: Progress,
) -> dict[str, str]:
    """Write the texts of some sheets; the names that they have in the workbook, by their own.

    ``sheets`` say where the headings are. ``has_macros`` makes it one that may hold macros, for
    names that end so.
    """
    names = SheetNames()
    called: dict[str, str] = {}
    bodies: list[list[Piece]] = []
    scratch: list[IO[bytes]] = []
    header_rows = {sheet.sheet: sheet.header_row for sheet in sheets}
    try:
        for sheet in raw:
            called[sheet.sheet] = names.name(sheet.sheet)
            scratch.append(scratch_file(folder))
            bodies.append(_sheet(iter(sheet.rows), header_rows.get(sheet.sheet, 0), scratch[-1], progress))
        entries: list[tuple[str, Sequence[Piece]]] = [
            (name, [pack(text.encode())]) for name, text in _parts(list(called.values()), has_macros).items()
        ]
        entries.append(("xl/styles.xml", [pack(EMPTY)]))
        entries += [(f"xl/worksheets/sheet{number}.xml", pieces) for number, pieces in enumerate(bodies, 1)]
        write_package(file, entries)
    finally:
        for one in scratch:
            one.close()
    return called


def _sheet(rows: Iterator[Row], header_row: int, scratch: IO[bytes], progress: Progress) -> list[Piece]:
    sample = list(islice(rows, _SAMPLE))
    widths: dict[int, int] = {}
    for _number, texts in sample:
        for place, text in enumerate(texts):
            widest = max(map(display_width, text[:200].split("\n"))) + 2
            widths[place] = min(max(widths.get(place, _NARROWEST), widest), _WIDEST)
    columns = "".join(
        f'<col min="{place + 1}" max="{place + 1}" width="{width}" customWidth="1"/>'
        for place, width in sorted(widths.items())
    )
    view = '<sheetView workbookViewId="0"/>'
    if 0 < header_row < ROW_LIMIT:
        view = (
            f'<sheetView workbookViewId="0"><pane ySplit="{header_row}" topLeftCell="A{header_row + 1}" '
            'activePane="bottomLeft" state="frozen"/></sheetView>'
        )
    head = (
        f'{_DECLARED}<worksheet xmlns="{MAIN}"><sheetViews>{view}</sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )
    packer = Packer(scratch)
    packer.write(head.encode())
    letters: list[str] = []
    for batch in _batches(chain(sample, rows)):
        packer.write("".join(_row(number, texts, header_row, letters) for number, texts in batch).encode())
        progress(0, 0, _("Writing the result"))
    packer.write(b"</sheetData></worksheet>")
    return [packer.piece()]


def _row(number: int, texts: Sequence[str], header_row: int, letters: list[str]) -> str:
    while len(letters) < len(texts):
        letters.append(column_letters(len(letters)))
    style = BOLD_FORMAT if number <= header_row else TEXT_FORMAT
    cells = "".join(
        f'<c r="{letters[place]}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}'
        "</t></is></c>"
        for place, text in enumerate(texts)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _parts(names: Sequence[str], has_macros: bool) -> dict[str, str]:
    """The small parts of a workbook with these sheets."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(escaped_name(name))} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{SHEET_TYPE}"/>' for number in numbers
    )
    return {
        "[Content_Types].xml": f'{_DECLARED}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{MACRO_TYPE if has_macros else _BOOK_TYPE}"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{STYLES_TYPE}"/>{types}</Types>',
        "_rels/.rels": f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_DECLARED}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    }


def escaped_name(name: str) -> str:
    """A sheet name without characters that XML does not know."""
    return "".join(character for character in name if character.isprintable())
