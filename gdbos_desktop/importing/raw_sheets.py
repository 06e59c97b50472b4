"""What both file readers deliver inside the reading process: sheets of rows of cell texts.

Settles here, and nowhere else: how a number, a date or a truth value of a cell becomes text, what merged cells mean,
which rows are blank. Runs in the reading process only.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.importing.frames import BANNER, CELL, ROUND_NUMBER, ROW

COLUMN_LIMIT = 512
"""Columns that are read; content further right is reported as stray cells (the layouts in use have about 230)."""
STRAY_LIMIT = 20
HIDDEN_RANGE_LIMIT = 20
EXACT_NUMBER = 10**15
"""From here on a spreadsheet number has lost digits: it holds fifteen."""

ROUND_DIGITS = 10
"""From so many digits on a number with but three that are not zero is marked: as 3.70E+11 a code loses its others."""
KEPT_DIGITS = 3

RawCells = tuple[int, list[str]]
"""A row: its number from 1, and its cell texts from column A on."""
MergedRange = tuple[int, int, int, int]
"""First row, first column, last row, last column; all from 1."""


class ReadingFailure(Exception):  # noqa: N818 - it names what the file did, not a bug
    """The file cannot be read: ``code`` chooses the sentence that the parent shows; texts fill it."""

    def __init__(self, code: str, sheet: str = "", cell: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.code, self.sheet, self.cell, self.detail = code, sheet, cell, detail


@dataclass
class SheetLook:
    """What the bytes of a sheet tell beside its values; rows and columns from 1.

    ``hidden_rows`` counts the rows that are hidden or filtered out and hold something, ``hidden_row_ranges`` are the
    first of them; ``corrections`` are cells by row: a text that the reader of the values leaves out (an error of a
    formula), or the number of digits to which the cell shows its number with leading zeros.
    """

    hidden_rows: int = 0
    hidden_row_ranges: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[MergedRange] = field(default_factory=list)
    corrections: dict[int, list[tuple[int, str | int]]] = field(default_factory=dict)
    row_count: int = 0

    def hide_row(self, number: int) -> None:
        """Note a hidden row; rows come in their order."""
        self.hidden_rows += 1
        if self.hidden_row_ranges and self.hidden_row_ranges[-1][1] == number - 1:
            self.hidden_row_ranges[-1] = (self.hidden_row_ranges[-1][0], number)
        elif len(self.hidden_row_ranges) < HIDDEN_RANGE_LIMIT:
            self.hidden_row_ranges.append((number, number))

    def hide_columns(self, first: int, last: int) -> None:
        """Note hidden columns, as far as columns are read."""
        self.hidden_columns.extend(range(max(first, 1), min(last, COLUMN_LIMIT) + 1))

    def correct(self, row: int, column: int, what: str | int) -> None:
        """Note a cell whose value the reader does not hand out as it shows."""
        if column <= COLUMN_LIMIT:
            self.corrections.setdefault(row, []).append((column, what))


@dataclass
class SheetSource:
    """One sheet. ``rows`` starts a fresh pass; ``stray`` fills during a pass with cells beyond the column limit.

    ``head`` starts a pass that begins sooner and may end anywhere after the first rows; ``look`` waits for what the
    bytes of the sheet tell; ``prepare`` does ahead, in another thread, what makes ``rows`` begin sooner; ``index`` is
    its place among all sheets of the workbook, charts counted too.
    """

    name: str
    rows: Callable[[], Iterator[RawCells]]
    is_hidden: bool = False
    row_count: int = 0
    merged: Sequence[MergedRange] = ()
    stray: list[str] = field(default_factory=list)
    look: Callable[[], SheetLook] = SheetLook
    head: Callable[[], Iterator[RawCells]] | None = None
    prepare: Callable[[], object] = lambda: None
    index: int = 0


def corrected(rows: Iterator[RawCells], look: SheetLook) -> Iterator[RawCells]:
    """The rows with what a look found put right."""
    corrections = look.corrections
    if not corrections:
        yield from rows
        return
    for number, cells in rows:
        for column, what in corrections.get(number, ()):
            if column > len(cells):
                cells.extend([""] * (column - len(cells)))
            text = cells[column - 1]
            if isinstance(what, str):
                cells[column - 1] = text or what
            elif text.isascii() and text.isdigit():
                cells[column - 1] = text.zfill(what)
        yield number, cells


def text_of(value: object) -> str:
    """The text of a cell value, without the noise of binary numbers; numbers that lost digits show it by exponent.

    Long numbers that are round are marked: only the reader of the column knows whether that is a damage.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _duration_text(value)
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if not value.second else "seconds")
    return str(value)


def _duration_text(duration: datetime.timedelta) -> str:
    seconds = round(duration.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _number_text(number: float) -> str:
    if abs(number) >= EXACT_NUMBER:
        return f"{number:.14E}"
    if isinstance(number, int) or number.is_integer():
        digits = str(int(number))
        is_round = len(digits) >= ROUND_DIGITS and digits.isdigit() and not digits[KEPT_DIGITS:].strip("0")
        return ROUND_NUMBER + digits if is_round else digits
    return f"{number:.15g}"


def column_letters(column: int) -> str:
    """Column 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, remainder = divmod(column - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def column_number(letters: bytes) -> int:
    """A is column 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def joined_rows(source: SheetSource, rows: Callable[[], Iterator[RawCells]] | None = None) -> Iterator[str]:
    """The rows of a sheet that say something, as they travel: merged cells filled, blank rows left out.

    A row that only one wide merged cell fills is marked as a banner and not filled: a title, a section, a note.
    """
    fill: _MergedCells | None = None
    for number, cells in (rows or source.rows)():
        if fill is None:  # the merged ranges are known once the pass has begun
            fill = _MergedCells(source.merged)
        line = CELL.join(cells)
        if not line.strip(_BLANKS):
            fill.pass_blank(number)
            continue
        if line.count(CELL) != len(cells) - 1 or ROW in line:
            cells = [cell.replace(CELL, " ").replace(ROW, " ") for cell in cells]  # noqa: PLW2901
            line = CELL.join(cells)
        if source.merged:
            if fill.is_banner(number, cells):
                yield f"{number}{BANNER}{CELL}{line}"
                continue
            if fill.apply(number, cells):
                line = CELL.join(cells)
        yield f"{number}{CELL}{line}"


_BLANKS = CELL + " \t\r\n\u3000\u00a0\u200b\ufeff"


class _MergedCells:
    """Walks down a sheet beside its rows and fills what merged cells cover."""

    def __init__(self, ranges: Sequence[MergedRange]) -> None:
        self._waiting = sorted(ranges, reverse=True)  # the next range is the last of the list
        self._open: list[tuple[MergedRange, str]] = []

    def is_banner(self, number: int, cells: list[str]) -> bool:
        """Whether this row holds nothing but one merged cell at least three columns and half the table wide."""
        filled = [index for index, cell in enumerate(cells) if cell.strip(_BLANKS)]
        if len(filled) != 1:
            return False
        column, used = filled[0] + 1, len(cells)
        for top, left, bottom, right in reversed(self._waiting):
            if top > number:
                return False
            if top == number and left == column:
                return bottom - top <= 1 and right - left >= 2 and right - left + 1 >= min(used, COLUMN_LIMIT) / 2
        return False

    def pass_blank(self, number: int) -> None:
        """A blank row: ranges that begin in it are blank and never fill anything."""
        while self._waiting and self._waiting[-1][0] <= number:
            self._waiting.pop()

    def apply(self, number: int, cells: list[str]) -> bool:
        """Fill the cells of this row that merged ranges cover; True when something was filled."""
        while self._waiting and self._waiting[-1][0] <= number:
            top, left, bottom, right = self._waiting.pop()
            if left <= len(cells) and top == number and cells[left - 1].strip(_BLANKS):
                self._open.append(((top, left, bottom, right), cells[left - 1]))
        if not self._open:
            return False
        is_changed = False
        for (top, left, bottom, right), text in self._open:
            for column in range(left, min(right, len(cells)) + 1):
                if top <= number <= bottom and not cells[column - 1]:
                    cells[column - 1] = text
                    is_changed = True
        self._open = [entry for entry in self._open if entry[0][2] > number]
        return is_changed
