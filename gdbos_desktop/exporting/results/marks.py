"""What a result file says about the rows and cells of its source: plain data, filled by whoever knows the decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gdbos_desktop.schema import Severity


class Tone(StrEnum):
    """How a row fared; each has a colour in the status column."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RowMark:
    """What stands in the status column beside a row (``row`` from 1, as the office program counts)."""

    row: int
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class CellMark:
    """What is wrong with a cell: its colour, and the finished words of its comment."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """The marks of one sheet, called by its name.

    ``header_row`` is the last row of the headings, where the heading of the status column goes; 0 when there is none.
    ``rows`` ascends by row and is gone through more than once: a sequence, or an object whose ``__iter__`` starts
    afresh. ``cells`` are keyed (row, column), both from 1.
    ``status_column`` is where an earlier result stands, which the new one replaces; 0: right of everything.
    """

    sheet: str
    header_row: int = 0
    rows: Iterable[RowMark] = ()
    cells: Mapping[tuple[int, int], CellMark] = field(default_factory=dict)
    status_column: int = 0

    @property
    def has_marks(self) -> bool:
        """Whether anything is to be written on this sheet."""
        return bool(self.cells) or next(iter(self.rows), None) is not None


@dataclass(frozen=True, slots=True)
class RawSheetRows:
    """The texts of a sheet of the source. ``rows``: number from 1, texts from column A on; ascending, blank rows may
    lack. They are gone through once."""

    sheet: str
    rows: Iterable[tuple[int, Sequence[str]]]


RawSheets = Callable[[], Iterable[RawSheetRows]]
"""Opens the source and yields its sheets in order, each used up before the next is asked for."""


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """A line of the sheet of totals: the code of a rule, what it means, how bad it is, how often it was found where."""

    code: str
    meaning: str
    severity: Severity
    count: int
    sheet: str = ""
    rows: str = ""
    """The rows it was found in, as people write them: 3–17, 20."""


@dataclass(frozen=True, slots=True)
class ResultWorkbook:
    """The file that was written.

    ``is_same_workbook``: the source itself with the marks added; else a new workbook with the texts of the source.
    ``comments_left_out`` counts marked cells beyond ``COMMENT_LIMIT`` of a sheet, or in a sheet whose own comments
    could not be joined with more: their colour and the status column speak for them.
    """

    path: Path
    is_same_workbook: bool
    comments_left_out: int = 0
