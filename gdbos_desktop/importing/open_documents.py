"""What an OpenDocument table (.ods) tells beside its values, in the reading process: hidden, merged, errors, zeros.

The reader of the values hands out none of this. The text of the document is searched row by row, never parsed.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from gdbos_desktop.importing.raw_sheets import COLUMN_LIMIT, ReadingFailure, SheetLook

_PIECE = 1 << 20
_LONGEST_ROW = 32 << 20
_SHEET_ROWS = 1_048_576

_TABLE = re.compile(rb"<(/?)table:table(?=[\s>])[^>]*>|<table:table-column\b([^>]*)>|<table:table-row\b([^>]*)>")
_REPEATED_ROWS = re.compile(rb'table:number-rows-repeated="(\d{1,7})"')
_REPEATED_COLUMNS = re.compile(rb'table:number-columns-repeated="(\d{1,7})"')
_HIDDEN = re.compile(rb'table:visibility="(?:collapse|filter)"')
_COLUMNS_SPANNED = re.compile(rb'table:number-columns-spanned="(\d{1,7})"')
_ROWS_SPANNED = re.compile(rb'table:number-rows-spanned="(\d{1,7})"')
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_TEXT = re.compile(rb"<text:p[^>]*>([^<]*)</text:p>")
_ZEROS = re.compile(rb"<text:p>(0\d{1,19})</text:p>")
_ERROR = b'calcext:value-type="error"'


def demand_well_formed(path: Path) -> None:
    """Read the content once for its form alone: the reader of the values never ends with some that has none."""
    parser = expat.ParserCreate()

    def refuse(*_declaration: object) -> None:
        raise ReadingFailure("dtd")

    parser.StartDoctypeDeclHandler = refuse
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as xml:
            while piece := xml.read(_PIECE):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except (
        expat.ExpatError, OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        raise ReadingFailure("broken", detail=str(error)) from error


def look_at_document(path: Path) -> list[SheetLook]:
    """Look through the content of a document, table by table; ReadingFailure when it cannot be unpacked."""
    looks: list[SheetLook] = []
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as xml:
            for start, row in _rows(xml):
                if start[0].startswith(b"<table:table") and start[2] is None and start[3] is None and not start[1]:
                    looks.append(SheetLook())
                    row_number = column = 1
                elif not looks or start[1]:
                    continue
                elif start[2] is not None:
                    count = _count(_REPEATED_COLUMNS, start[2])
                    if _HIDDEN.search(start[2]):
                        looks[-1].hide_columns(column, column + count - 1)
                    column += count
                else:
                    count = _count(_REPEATED_ROWS, start[3])
                    _look_at_row(looks[-1], row_number, count, start[3], row)
                    row_number += count
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ReadingFailure("broken", detail=str(error)) from error
    return looks


def _rows(xml: IO[bytes]) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """The tags that begin tables, columns and rows, each with what follows up to the next of them."""
    data = b""
    while piece := xml.read(_PIECE):
        data += piece
        last = None
        for found in _TABLE.finditer(data):
            if last is not None:
                yield last, data[last.end() : found.start()]
            last = found
        if last is not None:
            data = data[last.start() :]
        elif len(data) > _LONGEST_ROW:
            data = data[data.rfind(b"<") :]
        if len(data) > _LONGEST_ROW:
            raise ReadingFailure("broken", detail="a row of more than 32 MB")
    if rest := _TABLE.search(data):
        yield rest, data[rest.end() :]


def _look_at_row(look: SheetLook, number: int, count: int, start: bytes, row: bytes) -> None:
    has_values = b"office:value-type" in row
    if has_values and number <= _SHEET_ROWS:
        look.row_count = min(number + count - 1, _SHEET_ROWS)
    if has_values and _HIDDEN.search(start):
        for hidden in range(number, min(number + count, _SHEET_ROWS + 1)):
            look.hide_row(hidden)
    if b"-spanned=" not in row and _ERROR not in row and b"<text:p>0" not in row:
        return
    column = 1
    for cell in _CELL.finditer(row):
        attributes = cell[1]
        if b"-spanned=" in attributes:
            right = column + _count(_COLUMNS_SPANNED, attributes) - 1
            bottom = number + _count(_ROWS_SPANNED, attributes) - 1
            if right > column or bottom > number:
                look.merged.append((number, column, bottom, right))
        if _ERROR in attributes and (text := _TEXT.match(row, cell.end())):
            look.correct(number, column, html.unescape(text[1].decode("utf-8", "replace")))
        elif b'office:value-type="float"' in attributes and (zeros := _ZEROS.match(row, cell.end())):
            look.correct(number, column, len(zeros[1]))
        column += _count(_REPEATED_COLUMNS, attributes)
        if column > COLUMN_LIMIT:
            return


def _count(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return max(int(found[1]), 1) if found else 1
