"""Text tables (.csv, .txt, .tsv) as one sheet of cell texts, inside the reading process.

Hides encodings (UTF-8 with or without mark, UTF-16 as office programs save it, GB18030), the delimiter, and quoting.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from gdbos_desktop.importing.raw_sheets import (
    COLUMN_LIMIT,
    STRAY_LIMIT,
    RawCells,
    ReadingFailure,
    SheetSource,
    column_letters,
)

LONGEST_CELL = 1_000_000
_DELIMITERS = (",", "\t", ";", "|", "，", "；")
_SAMPLE_CHARACTERS = 64 * 1024


def open_text_table(path: Path) -> list[SheetSource]:
    """The one sheet of a text table; ReadingFailure when it is no text or its quotes never close."""
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter_of(file.read(_SAMPLE_CHARACTERS))
    source = SheetSource(path.stem, rows=lambda: iter(()))

    def rows() -> Iterator[RawCells]:
        csv.field_size_limit(LONGEST_CELL)
        number = 0
        try:
            with path.open(encoding=encoding, newline="") as file:
                # Strict: a quotation mark that is not closed would otherwise swallow the rows up to the next one.
                for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1):
                    if len(cells) > COLUMN_LIMIT:
                        for column in range(COLUMN_LIMIT, len(cells)):
                            if cells[column].strip() and len(source.stray) < STRAY_LIMIT:
                                source.stray.append(f"{column_letters(column + 1)}{number}")
                        del cells[COLUMN_LIMIT:]
                    yield number, cells
        except csv.Error as error:
            raise ReadingFailure("quotes", source.name, f"A{number + 1}", str(error)) from error

    source.rows = rows
    return [source]


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_SAMPLE_CHARACTERS)
    if start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif unmarked := _unmarked_utf16(start):
        candidates = [unmarked]
    else:
        candidates = ["utf-8", "gb18030"]
    wrong = 0
    for encoding in candidates:
        position = _first_wrong_byte(path, encoding)
        if position is None:
            return encoding
        wrong = max(wrong, position)
    raise ReadingFailure("encoding", detail=str(wrong))


def _unmarked_utf16(start: bytes) -> str:
    """UTF-16 without its mark shows by the zeros of its delimiters, most on one side; "" for other text."""
    sides = start[0::2].count(0), start[1::2].count(0)
    if max(sides) < 4 or max(sides) < 4 * min(sides):
        return ""
    encoding = "utf-16-be" if sides[0] > sides[1] else "utf-16-le"
    text = start[: len(start) // 2 * 2].decode(encoding, "replace")
    return encoding if "\n" in text or "\r" in text else ""


def _first_wrong_byte(path: Path, encoding: str) -> int | None:
    """Where a file stops being text of an encoding; None when it is such text to the end."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                text = decoder.decode(chunk)
                if "\x00" in text:
                    return done + len(text[: text.index("\x00")].encode(encoding))
                done += len(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done + error.start
    return None


def _delimiter_of(sample: str) -> str:
    """The delimiter that parts most rows of the sample into the same number of cells, more cells first."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            continue
        counts = counts[:50]
        usual = max(set(counts), key=counts.count, default=1)
        if usual < 2:
            continue
        score = (counts.count(usual) / len(counts), usual)
        if score > best_score:
            best, best_score = delimiter, score
    return best
