"""How the reading process and its parent talk: length-prefixed frames of UTF-8 text.

Hides the wire between the two processes. A frame is either a small JSON message or a batch of rows. Rows travel as
plain text parted by control characters that no cell may contain, so the parent never unpickles anything that came
out of a hostile file, and splitting costs next to nothing.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

CELL = "\x1f"
"""Parts the cells of a row; the first field of a row is its number, from 1, as the office program shows it."""
ROW = "\x1e"
"""Parts the rows of a batch."""
BANNER = "b"
"""Behind the row number: one merged cell fills the whole row (a title, a section line, a note)."""

ROUND_NUMBER = "\x1d"
"""Before the digits of a cell that was a long round number (370000000000): what is left of a code that a spreadsheet
program rounded, unless the column is one of such numbers. A blank for whoever cleans or strips a text."""

READER_FLAG = "--read-workbook"
"""First argument with which a frozen program starts itself as the reading process."""

MESSAGE = b"J"
ROWS = b"R"
LONGEST_FRAME = 32 * 1024 * 1024

_HEAD = struct.Struct(">cI")


def write_message(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Send a JSON message."""
    _write(stream, MESSAGE, json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))


def write_rows(stream: IO[bytes], rows: Sequence[str]) -> None:
    """Send a batch of rows, each already joined by ``CELL``."""
    _write(stream, ROWS, ROW.join(rows).encode("utf-8", "replace"))


def _write(stream: IO[bytes], kind: bytes, payload: bytes) -> None:
    stream.write(_HEAD.pack(kind, len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[bytes, str] | None:
    """The next frame as (kind, text); None when the other side is gone. ValueError for what is no frame."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    if kind not in (MESSAGE, ROWS) or length > LONGEST_FRAME:
        raise ValueError("not a frame")
    payload = stream.read(length)
    if len(payload) < length:
        return None
    return kind, payload.decode("utf-8")
