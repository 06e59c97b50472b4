"""What the records of a binary workbook (.xlsb) tell beside its values, in the reading process.

Hides the records of BIFF12; source: [MS-XLSB]. The reader of the values keeps hidden rows and columns, merged cells,
errors and formats of nothing but zeros to itself.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath

from gdbos_desktop.importing.archives import zero_width
from gdbos_desktop.importing.old_workbooks import ERRORS
from gdbos_desktop.importing.raw_sheets import ReadingFailure, SheetLook

_ROW, _BLANK, _RK, _ERROR, _NUMBER, _FORMULA_NUMBER, _FORMULA_ERROR = 0, 1, 2, 3, 5, 9, 11
_LAST_CELL = 11
_FORMAT, _CELL_STYLE, _STYLES_BEGIN, _STYLES_END = 44, 47, 617, 618
_COLUMNS, _SHEET, _MERGED = 60, 156, 176
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x10, 0x01


def look_at_binary_workbook(path: Path) -> list[SheetLook]:
    """The looks of all sheets in their order; ReadingFailure when a sheet cannot be unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts, zeros = _parts(archive)
            return [_look_at_sheet(archive.read(part), zeros) if part else SheetLook() for part in parts]
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ReadingFailure("broken", detail=str(error)) from error


def _parts(archive: zipfile.ZipFile) -> tuple[list[str], dict[int, int]]:
    from defusedxml.ElementTree import fromstring

    by_lower = {name.lower(): name for name in archive.namelist()}
    try:
        links = {
            str(link.get("Id")): by_lower.get(normpath(f"xl/{link.get('Target')}").lower(), "")
            for link in fromstring(archive.read(by_lower["xl/_rels/workbook.bin.rels"]))
        }
        parts = []
        for kind, record in _records(archive.read(by_lower["xl/workbook.bin"])):
            if kind == _SHEET:  # state, number, then the name of its link
                parts.append(links.get(_text(record, 8), ""))
        zeros = _zero_widths(archive.read(by_lower["xl/styles.bin"])) if "xl/styles.bin" in by_lower else {}
    except MemoryError:
        raise
    except Exception:  # what is broken here is told by the reader of the values
        return [], {}
    return parts, zeros


def _zero_widths(styles: bytes) -> dict[int, int]:
    formats: dict[int, int] = {}
    widths: dict[int, int] = {}
    is_cell_style, number = False, 0
    for kind, record in _records(styles):
        if kind == _FORMAT:
            if width := zero_width(_text(record, 2)):
                formats[int.from_bytes(record[:2], "little")] = width
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            is_cell_style = kind == _STYLES_BEGIN
        elif kind == _CELL_STYLE and is_cell_style:
            if width := formats.get(int.from_bytes(record[2:4], "little"), 0):
                widths[number] = width
            number += 1
    return widths


def _text(record: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<I", record, at)
    return record[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace")


def _look_at_sheet(content: bytes, zeros: dict[int, int]) -> SheetLook:
    look = SheetLook()
    row, is_hidden = 0, False
    for kind, record in _records(content):
        if kind == _ROW and len(record) >= 12:
            row = int.from_bytes(record[:4], "little") + 1
            is_hidden = bool(record[11] & _HIDDEN_ROW)
        elif _ROW < kind <= _LAST_CELL and len(record) >= 8:
            column = int.from_bytes(record[:4], "little") + 1
            if kind != _BLANK:
                look.row_count = row
                if is_hidden:
                    look.hide_row(row)
                    is_hidden = False
            if kind in (_ERROR, _FORMULA_ERROR):
                look.correct(row, column, ERRORS.get(record[8] if len(record) > 8 else 0, ""))
            elif zeros and kind in (_RK, _NUMBER, _FORMULA_NUMBER):
                style = int.from_bytes(record[4:7], "little")
                if style in zeros:
                    look.correct(row, column, zeros[style])
        elif kind == _COLUMNS and len(record) >= 18:
            if record[16] & _HIDDEN_COLUMN:
                first, last = struct.unpack_from("<II", record)
                look.hide_columns(first + 1, last + 1)
        elif kind == _MERGED and len(record) >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", record)
            look.merged.append((top + 1, left + 1, bottom + 1, right + 1))
    return look


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds and contents of records; both numbers before them are written in sevens of bits."""
    at, end = 0, len(content)
    while at < end:
        kind = content[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (content[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < end and shift < 28:
            byte = content[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, content[at : at + size]
        at += size
