"""The rows of a sheet as they stream: texts in, compressed sheet XML out, with constant memory.

Hides what makes a text safe in a cell. Every text is written as a string, so that nothing becomes a formula, a link, a
number or a date; only whole numbers of number columns are numbers. The loop is our own because a list of a hundred
thousand rows is the product's daily work (docs/adr/0002-workbook-writer.md); the rest of a workbook is XlsxWriter's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO

from gdbos_desktop.domain.cells import NOTE, NOTE_STARTS, SHIELD, TOTAL, may_hold_signs, shielded
from gdbos_desktop.exporting.files import scratch_file, shortened
from gdbos_desktop.exporting.packages import Packer, Piece
from gdbos_desktop.schema import fold
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

ROW_LIMIT = 1_048_576
"""Rows of an Excel sheet, the header included."""
CELL_LIMIT = 32_767
"""UTF-16 units in an Excel cell."""
FIRST_ROW = 2
_BATCH = 256
_SAMPLE = 300
_SEPARATOR = "\x1f"
_ROW_NUMBER = "\0"
_NOT_IN_XML = re.compile("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CONTROL_BYTES = bytes(c for c in range(0x20) if c not in {0x09, 0x0A}) + b"\x7f"
_NOT_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# Excel reads _x0041_ in a text as the character with that number; the mark itself has to be spelled out.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NUMBER = re.compile(r"-?[1-9][0-9]{0,14}|0")


class SheetRows:
    """Rows of one sheet, or of several when there are more than a sheet holds (``pieces`` has one for each).

    ``styles`` are the cell styles of the columns, ``numbers`` the places of number columns, ``headings`` what stands
    above them, ``title_place`` which of them names the record (-1: none), ``first_row`` the row below the headings,
    ``data`` the places of columns that hold JSON, which is to be taken for what it is.
    """

    def __init__(
        self,
        name: str,
        headings: Sequence[str],
        styles: Sequence[str],
        numbers: Sequence[int],
        row_height: float,
        folder: Path,
        row_limit: int = ROW_LIMIT,
        title_place: int = -1,
        first_row: int = FIRST_ROW,
        data: Collection[int] = (),
    ) -> None:
        self._data = frozenset(data)
        self._first = first_row
        self._name = name
        self._title_place = title_place
        self._headings = headings
        self._cells = [f'<c r="{column_letters(i)}{_ROW_NUMBER}" s="{style}"' for i, style in enumerate(styles)]
        self._numbers = tuple(numbers)
        self._row = f'<row r="{_ROW_NUMBER}" ht="{row_height:g}" customHeight="1">'
        self._folder = folder
        self._limit = row_limit
        self._templates: dict[tuple[tuple[bool, ...], tuple[int, ...]], str] = {}
        self._pending: list[str] = []
        self._scratch: list[IO[bytes]] = []
        self._packer = self._new_packer()
        self._next = self._first
        self.widths = [display_width(heading) for heading in headings]
        self.pieces: list[tuple[Piece, int]] = []
        """For each finished sheet: its rows, and how many."""
        self.count = 0

    def append(self, row: Sequence[str], title: str = "") -> None:
        """One row: a text for each column, blank for an empty cell. ``title`` names it when a cell is refused."""
        joined = _SEPARATOR.join(row)
        if len(joined) > CELL_LIMIT // 2:
            self._check_lengths(row, title)
        if joined.count(_SEPARATOR) != len(row) - 1:
            row = [_NOT_IN_XML.sub("", text) for text in row]
            joined = _SEPARATOR.join(row)
        if (shielded_row := self._shielded(row, joined)) is not None:
            row = shielded_row
            joined = _SEPARATOR.join(row)
        if self.count < _SAMPLE:
            self._measure(row)
        filled = tuple(map(bool, row))
        words = tuple(place for place in self._numbers if filled[place] and not _NUMBER.fullmatch(row[place]))
        template = self._templates.get((filled, words))
        if template is None:
            template = self._template(filled, words)
        if "&" in joined:
            joined = joined.replace("&", "&amp;")
        if "<" in joined:
            joined = joined.replace("<", "&lt;")
        if ">" in joined:
            joined = joined.replace(">", "&gt;")
        if "_x" in joined:
            joined = _LOOKS_ESCAPED.sub("_x005F_", joined)
        texts = tuple(filter(None, joined.split(_SEPARATOR)))
        self._pending.append(template.replace(_ROW_NUMBER, str(self._next)) % texts)
        self.count += 1
        self._next += 1
        if len(self._pending) == _BATCH:
            self._flush()
        if self._next > self._limit:
            self._close_sheet()

    def finish(self) -> None:
        """No more rows: ``pieces`` is complete, with at least one sheet."""
        if self._next > self._first or not self.pieces:
            self._close_sheet()

    def close(self) -> None:
        """Let go of the files for work under way; the pieces are void then."""
        for file in self._scratch:
            file.close()

    def _new_packer(self) -> Packer:
        self._scratch.append(scratch_file(self._folder))
        return Packer(self._scratch[-1])

    def _close_sheet(self) -> None:
        self._flush()
        self.pieces.append((self._packer.piece(), self._next - self._first))
        self._packer = self._new_packer()
        self._next = self._first

    def _flush(self) -> None:
        xml = "".join(self._pending)
        self._pending.clear()
        try:
            data = xml.encode()
        except UnicodeEncodeError:
            data = _NOT_IN_XML.sub("", xml).encode()
        if len(data.translate(None, _CONTROL_BYTES)) != len(data) or any(mark in data for mark in _NOT_CHARACTERS):
            data = _NOT_IN_XML.sub("", data.decode()).encode()
        self._packer.write(data)

    def _template(self, filled: tuple[bool, ...], words: tuple[int, ...]) -> str:
        cells = []
        for place, is_filled in enumerate(filled):
            if not is_filled:
                continue
            if place in self._numbers and place not in words:
                cells.append(f"{self._cells[place]}><v>%s</v></c>")
            else:
                cells.append(f'{self._cells[place]} t="inlineStr"><is><t>%s</t></is></c>')
        template = f"{self._row}{''.join(cells)}</row>"
        if len(self._templates) > 10_000:
            self._templates.clear()
        self._templates[filled, words] = template
        return template

    def _shielded(self, row: Sequence[str], joined: str) -> list[str] | None:
        """The row with shields before what an import would take for a sign; None when nothing needs one."""
        made = None
        if may_hold_signs(row, joined):
            made = [text if place in self._data else shielded(text) for place, text in enumerate(row)]
        first = next((place for place, text in enumerate(row) if text), 0)
        title = row[self._title_place] if self._title_place >= 0 else ""
        text = row[first] if row else ""
        places = []
        if (text[:1] in NOTE_STARTS and TOTAL.fullmatch(fold(text))) or self._looks_like_header(row, first):
            places.append(first)
        if title[:1] in NOTE_STARTS and (TOTAL.fullmatch(fold(title)) or NOTE.match(fold(title))):
            places.append(self._title_place)
        for place in places:
            made = made or list(row)
            made[place] = SHIELD + made[place].removeprefix(SHIELD)
        return made

    def _looks_like_header(self, row: Sequence[str], first: int) -> bool:
        """Whether a row repeats the headings or counts the columns: 1, 2, 3 …"""
        if row[first] == self._headings[first]:
            return all(text in {"", heading} for text, heading in zip(row, self._headings, strict=True))
        return row[first] == "1" and [text for text in row[first + 1 :] if text][:1] == ["2"]

    def _measure(self, row: Sequence[str]) -> None:
        for place, text in enumerate(row):
            if text:
                self.widths[place] = max(self.widths[place], *map(display_width, text[:400].split("\n")))

    def _check_lengths(self, row: Sequence[str], title: str) -> None:
        for place, text in enumerate(row):
            if len(text) <= CELL_LIMIT // 2:
                continue
            length = len(text.encode("utf-16-le", "surrogatepass")) // 2
            if length > CELL_LIMIT:
                raise KnownError(
                    "cell-too-long",
                    _("A text is too long for a workbook"),
                    _("“{heading}” of “{title}” ({sheet}) has {length} characters; a cell holds {limit}.").format(
                        heading=self._headings[place],
                        title=shortened(title),
                        sheet=self._name,
                        length=length,
                        limit=CELL_LIMIT,
                    ),
                    _("Shorten it or put part of it into an attached file, then export again."),
                )


def display_width(text: str) -> int:
    """How many half-width characters wide a text is."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def column_letters(place: int) -> str:
    """Place 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, remainder = divmod(place - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
