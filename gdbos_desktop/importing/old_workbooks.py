"""What the records of an old workbook (.xls, and .et of that kind) tell beside its values, in the reading process.

Hides the container and the records of BIFF; source: [MS-XLS]. Only what the reader of the values keeps to itself is
looked at: hidden rows and columns, errors, and formats of nothing but zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from gdbos_desktop.importing.archives import zero_width
from gdbos_desktop.importing.raw_sheets import SheetLook

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip

_STREAMS = ("Workbook", "Book")
_PASSWORD = 0x2F
_END, _BOUND_SHEET, _FORMAT, _CELL_STYLE = 0x0A, 0x85, 0x41E, 0xE0
_COLUMNS, _ROW = 0x7D, 0x208
_NUMBER, _RK, _MANY_RK, _FORMULA, _TRUTH_OR_ERROR = 0x203, 0x27E, 0xBD, 0x06, 0x205
_TEXTS = {0xFD, 0x204, 0xD6}
_CELLS = {_NUMBER, _RK, _MANY_RK, _FORMULA, _TRUTH_OR_ERROR} | _TEXTS
_WORD = struct.Struct("<H")
_TWO_WORDS = struct.Struct("<HH")
_THREE_WORDS = struct.Struct("<HHH")


def is_encrypted_package(path: Path) -> bool:
    """Whether the container holds a new workbook behind a password."""
    name = "EncryptedPackage".encode("utf-16-le")  # the name of its stream, as it stands in the directory
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if name in tail + chunk:
                return True
            tail = chunk[-len(name) :]
    return False


def has_password(path: Path) -> bool:
    """Whether the records of the workbook are behind a password."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            name = next(name for name in _STREAMS if container.exists(name))
            start = container.openstream(name).read(8192)
        return any(kind == _PASSWORD for kind, _at, _size in _records(start, 0))
    except MemoryError:
        raise
    except Exception:  # see below
        return False


def look_at_old_workbook(path: Path) -> list[SheetLook]:
    """The looks of all sheets in their order; none where the file is broken: the reader of the values tells that."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            name = next((name for name in _STREAMS if container.exists(name)), None)
            if name is None:
                return []
            stream = container.openstream(name).read()
        return _look(stream)
    except MemoryError:
        raise
    except Exception:  # the file is hostile: whatever is raised means that there is nothing to see
        return []


def _look(stream: bytes) -> list[SheetLook]:
    places: list[int] = []
    zeros_of_format: dict[int, int] = {}
    formats_of_styles: list[int] = []
    for kind, at, size in _records(stream, 0):
        if kind == _BOUND_SHEET:
            places.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == _FORMAT:
            (number,) = _WORD.unpack_from(stream, at)
            text = stream[at + 2 : at + size].replace(b"\0", b"")  # zeros are zeros in every way of writing texts
            digits = bytes(byte for byte in text if 32 <= byte < 127).decode()
            if found := zero_width(digits):
                zeros_of_format[number] = found
        elif kind == _CELL_STYLE:
            formats_of_styles.append(_TWO_WORDS.unpack_from(stream, at)[1])
    zeros = {
        style: zeros_of_format[number] for style, number in enumerate(formats_of_styles) if number in zeros_of_format
    }
    return [_look_at_sheet(stream, place, zeros) for place in places]


def _look_at_sheet(stream: bytes, place: int, zeros: dict[int, int]) -> SheetLook:
    look = SheetLook()
    hidden: set[int] = set()
    filled: set[int] = set()
    last = -1
    for kind, at, size in _records(stream, place):
        if kind in _CELLS:
            row, column, style = _THREE_WORDS.unpack_from(stream, at)
            last = max(last, row)
            if row in hidden:
                filled.add(row)
            if kind == _TRUTH_OR_ERROR:
                if stream[at + 7]:
                    look.correct(row + 1, column + 1, ERRORS.get(stream[at + 6], ""))
            elif kind == _FORMULA:
                if stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
                    look.correct(row + 1, column + 1, ERRORS.get(stream[at + 8], ""))
            elif zeros and kind == _MANY_RK:
                for offset in range((size - 6) // 6):
                    (style,) = _WORD.unpack_from(stream, at + 4 + 6 * offset)
                    if style in zeros:
                        look.correct(row + 1, column + offset + 1, zeros[style])
            elif kind in (_NUMBER, _RK) and style in zeros:
                look.correct(row + 1, column + 1, zeros[style])
        elif kind == _ROW:
            if stream[at + 12] & 0x20:
                hidden.add(_WORD.unpack_from(stream, at)[0])
        elif kind == _COLUMNS and stream[at + 8] & 1:
            first, until = _TWO_WORDS.unpack_from(stream, at)
            look.hide_columns(first + 1, until + 1)
    for row in sorted(filled):
        look.hide_row(row + 1)
    look.row_count = last + 1
    return look


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and size of the records of a substream, whose end is the last."""
    read = _TWO_WORDS.unpack_from
    limit = len(stream) - 4
    while place <= limit:
        kind, size = read(stream, place)
        if kind == _END or place + 4 + size > len(stream):
            return
        yield kind, place + 4, size
        place += 4 + size
