"""Which rows of a sheet are no records: totals, notes, signatures, repeated headers, lines that name a section.

Hides the signs by which they are told from records whose names only look like them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdbos_desktop.domain.cells import NOTE, NOTE_STARTS, REMARK, SIGNATURE, TOTAL
from gdbos_desktop.importing.headers import Heading
from gdbos_desktop.importing.reading import RawRow
from gdbos_desktop.importing.words import SECTION, SECTION_STARTS, SERIES
from gdbos_desktop.schema import Issue, Place, Severity, fold
from gdbos_desktop.system.messages import N_

LISTED_ROWS = 20
SECTION_COLUMNS = 3
"""A single cell names a section only in a table of at least so many columns that are read."""


class RowFilter:
    """Tells the rows below one header; remembers those that say something and are passed over.

    ``title`` is the place of the records' names (0: none), ``read`` are the places of all columns that are read.
    """

    def __init__(self, title: int, read: Sequence[int], headings: Mapping[int, Heading]) -> None:
        self._title = title
        self._read = frozenset(read)
        self._heading_texts = {column: fold(heading.parts[-1]) for column, heading in headings.items() if heading.parts}
        self._heading_starts = frozenset(text[:1] for text in self._heading_texts.values())
        self._told: list[int] = []
        self._count = 0
        self.passed_over = 0

    def kept(self, rows: Sequence[RawRow]) -> Sequence[RawRow]:
        """The rows that may be records."""
        kept = [row for row in rows if not self._is_passed_over(row)]
        self.passed_over += len(rows) - len(kept)
        return kept

    def pass_over(self, numbers: Sequence[int]) -> None:
        """Count rows of which is known already that they are no records."""
        self.passed_over += len(numbers)
        self._count += len(numbers)
        self._told = sorted([*self._told, *numbers])[:LISTED_ROWS]

    def hint(self, file: str, sheet: str) -> list[Issue]:
        """What was passed over though it says something, once for the sheet."""
        if not self._told:
            return []
        rows = "、".join(map(str, self._told)) + ("…" if self._count > len(self._told) else "")
        return [
            Issue(
                "rows-passed-over",
                Severity.HINT,
                N_("{count} rows are totals, notes, signatures or section lines and were not read: rows {rows}."),
                {"count": self._count, "rows": rows},
                place=Place(file, sheet, self._told[0]),
            )
        ]

    def _is_passed_over(self, row: RawRow) -> bool:
        first = ""
        for text in row[1:]:
            if text and not text.isspace():
                first = text.lstrip()
                break
        title = row[self._title].strip() if 0 < self._title < len(row) else ""
        start = first[:1]
        if (start in NOTE_STARTS or title[:1] in NOTE_STARTS) and self._is_note(row, first, title):
            return self._tell(row)
        if start in SECTION_STARTS and self._is_section(row, first):
            return self._tell(row)
        if start in self._heading_starts and self._repeats_header(row):
            return True
        return first == "1" and numbers_columns(row)

    def _tell(self, row: RawRow) -> bool:
        self._count += 1
        if len(self._told) < LISTED_ROWS:
            self._told.append(int(row[0]))
        return True

    def _is_note(self, row: RawRow, first: str, title: str) -> bool:
        for text in (first, title):
            folded = fold(text)
            if TOTAL.fullmatch(folded) or (NOTE.match(folded) and (text is title or not title)):
                return True
        return first[:1] in NOTE_STARTS and self._is_signed(row)

    def _is_signed(self, row: RawRow) -> bool:
        """Whether labels and values of a note stand in cells of their own: 制表人 | 李四 | | 审核人 | 王五.

        In a column that is read the label could be a value (填报人 is the name of a field of many forms), so there it
        takes another label behind the first one's value.
        """
        texts = [(column, fold(text)) for column, text in enumerate(row) if column and text.strip()]
        column, label = texts[0]
        is_read = column in self._read
        if not SIGNATURE.fullmatch(label):
            return not is_read and len(texts) == 2 and REMARK.fullmatch(label) is not None
        return not is_read or (len(texts) > 2 and texts[2][1] != label and bool(SIGNATURE.fullmatch(texts[2][1])))

    def _is_section(self, row: RawRow, first: str) -> bool:
        """Whether the only text of a row numbers a section: 一、市场监管局."""
        if len(self._read) < SECTION_COLUMNS or not SECTION.match(first):
            return False
        return sum(1 for text in row[1:] if text and not text.isspace()) == 1

    def _repeats_header(self, row: RawRow) -> bool:
        for column, text in enumerate(row):
            if column and text and not text.isspace() and self._heading_texts.get(column) != fold(text):
                return False
        return True


def numbers_columns(row: Sequence[str]) -> bool:
    """Whether a row (its number first) counts the columns: 1 2 3 …, 甲 乙 丙 …, a b c …."""
    texts = [text.strip().strip("()（）") for text in row[1:] if text.strip()]
    if len(texts) < 3:
        return False
    return any(texts == list(series[: len(texts)]) for series in SERIES)
