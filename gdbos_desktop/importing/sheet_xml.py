"""What the XML of a sheet tells beside its values: what is hidden, merged, ended in errors, or shows leading zeros.

The fast reader hands out none of this. The XML is only searched, never parsed: a sheet of a hundred thousand rows
takes a third of a second.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from gdbos_desktop.importing.raw_sheets import ReadingFailure, SheetLook, column_number

_PIECE = 1 << 20
_LONGEST_ROW = 8 << 20

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_HIDDEN = rb'\bhidden="(?:1|true)"'
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*" + _HIDDEN + rb"[^>]*)>")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*" + _HIDDEN + rb"[^>]*)>")
_FIRST = re.compile(rb'\bmin="(\d{1,5})"')
_LAST = re.compile(rb'\bmax="(\d{1,5})"')
_ROW_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_OTHER_TYPE = re.compile(rb'\bt="(?!n")')
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b")


def look_at_part(path: Path, part: str, zero_widths: Mapping[bytes, int]) -> SheetLook:
    """Look through the part of a sheet; ReadingFailure when it cannot be unpacked."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as xml:
            return _look(xml, zero_widths)
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ReadingFailure("broken", detail=str(error)) from error


def _look(xml: IO[bytes], zero_widths: Mapping[bytes, int]) -> SheetLook:
    look = SheetLook()
    zero_cell = re.compile(rb'<(?:\w+:)?c\b([^>]*\bs="(' + b"|".join(zero_widths) + rb')"[^>]*)>')
    place, prefix, data = "front", b"", b""
    while piece := xml.read(_PIECE):
        data += piece
        if place == "front":
            found = _DATA.search(data)
            if found is None and len(data) < _LONGEST_ROW:
                continue
            front, data = (data[: found.start()], data[found.start() :]) if found else (data, b"")
            prefix = found[1] if found else b""
            _look_at_columns(front, look)
            place = "rows"
        if place == "rows":
            end = data.find(b"</%ssheetData>" % prefix)
            last_row = data.rfind(b"<%srow " % prefix, 0, end if end >= 0 else len(data))
            if last_row >= 0 and (found := _ROW_NUMBER.search(data, last_row, last_row + 500)):
                look.row_count = int(found[1])
            cut = end if end >= 0 else last_row
            if cut <= 0 and len(data) > _LONGEST_ROW:
                cut = data.rfind(b"<")
            if cut > 0:
                _look_at_rows(data[:cut], look, zero_widths, zero_cell)
                data = data[cut:]
            if end >= 0:
                place = "tail"
        if place == "tail":
            cut = data.rfind(b"<")
            for found in _MERGED.finditer(data[:cut]):
                top, bottom = int(found[2]), int(found[4])
                look.merged.append((top, column_number(found[1]), bottom, column_number(found[3])))
            data = data[cut:]
    return look


def _look_at_columns(front: bytes, look: SheetLook) -> None:
    for found in _HIDDEN_COLUMN.finditer(front):
        first, last = _FIRST.search(found[1]), _LAST.search(found[1])
        if first and last:
            look.hide_columns(int(first[1]), int(last[1]))


def _look_at_rows(data: bytes, look: SheetLook, zero_widths: Mapping[bytes, int], zero_cell: re.Pattern[bytes]) -> None:
    if b"hidden=" in data:
        for found in _HIDDEN_ROW.finditer(data):
            if not found[1].endswith(b"/") and (number := _ROW_NUMBER.search(found[1])):
                end = data.find(b"row>", found.end())
                end = len(data) if end < 0 else end
                if data.find(b"v>", found.end(), end) >= 0 or data.find(b"t>", found.end(), end) >= 0:
                    look.hide_row(int(number[1]))
    if b't="e"' in data:
        for found in _ERROR_CELL.finditer(data):
            if at := _PLACE.search(found[1]):
                look.correct(int(at[2]), column_number(at[1]), found[2].decode("ascii", "replace"))
    if zero_widths:
        for found in zero_cell.finditer(data):
            if (at := _PLACE.search(found[1])) and not _OTHER_TYPE.search(found[1]):
                look.correct(int(at[2]), column_number(at[1]), zero_widths[found[2]])
