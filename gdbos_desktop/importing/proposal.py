"""What a file would change, before anybody said yes: kept small, shown row by row, turned into changes at the end.

Hides how a hundred thousand proposed rows are kept without a hundred thousand objects.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import overload

from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.schema import Issue, Kind, Place, Value


class Mode(StrEnum):
    """What an import may do: create and update, only create, or only update."""

    UPSERT = "upsert"
    INSERT = "insert"
    UPDATE = "update"


class Decision(StrEnum):
    """What will happen to a row. PROBLEM rows wait for a correction in the file; SKIPPED ones the mode leaves out."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PROBLEM = "problem"
    SKIPPED = "skipped"


DECISIONS = tuple(Decision)
_NUMBER = {decision: number for number, decision in enumerate(DECISIONS)}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records of a kind: created and updated ones, rows without a difference, rows that are left out because
    they repeat others or the mode wants it, and rows whose problems wait for a correction."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    problems: int = 0

    @property
    def not_imported(self) -> int:
        """The rows of which nothing is written, though the file wants it."""
        return self.skipped + self.problems


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """One row of the file and what will happen to it. ``change`` is None unless it is new or changed.

    ``is_draft``: its item is in force, so the change goes into the item's draft version (``domain.drafts``).
    """

    place: Place
    kind: str
    decision: Decision
    title: str
    change: Change | None = None
    issues: tuple[Issue, ...] = ()
    is_draft: bool = False


NewRow = tuple[str, str | None, int, tuple[Value | None, ...]]
"""A record to create: id, parent, position, values in the order of the table's codes."""
ChangedRow = tuple[Change, str]
"""A change and the title of its record."""


@dataclass
class ProposedTable:
    """The rows of one sheet, in the order of the file; parallel sequences instead of objects."""

    sheet: str
    kind: Kind
    codes: tuple[str, ...]
    numbers: array[int] = field(default_factory=lambda: array("q"))
    decisions: bytearray = field(default_factory=bytearray)
    contents: list[NewRow | ChangedRow | str] = field(default_factory=list)
    """NEW: a NewRow, CHANGED: a ChangedRow, otherwise the title."""
    issues: dict[int, list[Issue]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    """What to call records that references point to, for kinds that are called after one."""
    drafted: set[int] = field(default_factory=set)
    """The rows whose changes go into draft versions of items in force."""

    def add(
        self, number: int, decision: Decision, content: NewRow | ChangedRow | str, *, is_draft: bool = False
    ) -> int:
        """Append a row; its index."""
        if is_draft:
            self.drafted.add(len(self.contents))
        self.numbers.append(number)
        self.decisions.append(_NUMBER[decision])
        self.contents.append(content)
        return len(self.contents) - 1

    def change(self, index: int) -> Change | None:
        """The change that a row asks for."""
        content = self.contents[index]
        if isinstance(content, str):
            return None
        if len(content) == 2:
            return content[0]
        record_id, parent_id, position, values = content
        after = {code: value for code, value in zip(self.codes, values, strict=True) if value is not None}
        return Change(Action.CREATE, record_id, self.kind.code, after=after, parent_id=parent_id, position=position)

    def title(self, index: int) -> str:
        """What the row is about."""
        content = self.contents[index]
        if isinstance(content, str):
            return content
        if len(content) == 2:
            return content[1]
        values = content[3]
        title = values[self.codes.index(self.kind.title)] if self.kind.title in self.codes else None
        return self.titles.get(str(title), str(title)) if title else ""

    def decision(self, index: int) -> Decision:
        """What will happen to the row."""
        return DECISIONS[self.decisions[index]]

    def count(self, decision: Decision) -> int:
        """How many rows are decided so."""
        return self.decisions.count(_NUMBER[decision])

    def changes(self) -> Iterator[Change]:
        """The changes of this table; a record before the records of the same kind that it contains."""
        nested = self.kind.code in self.kind.parents
        own: dict[str, int] = {}
        if nested:
            for index, content in enumerate(self.contents):
                if not isinstance(content, str) and len(content) == 4:
                    own[content[0]] = index
        given: set[int] = set()
        for start in range(len(self.contents)):
            chain = [start]
            while nested and (above := own.get(self._parent(chain[-1]), start)) not in given and above not in chain:
                chain.append(above)
            for index in reversed(chain):
                if index not in given and (change := self.change(index)) is not None:
                    yield change
                if nested:
                    given.add(index)

    def _parent(self, index: int) -> str:
        content = self.contents[index]
        return "" if isinstance(content, str) or len(content) == 2 else content[1] or ""


class ProposedRows(Sequence[ProposedRow]):
    """The rows of all sheets in the order of the file, made when they are looked at."""

    def __init__(self, file: str, tables: Sequence[ProposedTable]) -> None:
        self._file = file
        self._tables = tables

    def __len__(self) -> int:
        return sum(len(table.contents) for table in self._tables)

    @overload
    def __getitem__(self, index: int) -> ProposedRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ProposedRow]: ...
    def __getitem__(self, index: int | slice) -> ProposedRow | list[ProposedRow]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if index < 0:
            raise IndexError(index)
        for table in self._tables:
            if index < len(table.contents):
                return self._row(table, index)
            index -= len(table.contents)
        raise IndexError(index)

    def find(self, decision: Decision) -> list[int]:
        """The places (indices of this sequence) of the rows decided so, for a filtered view."""
        wanted, offset, found = _NUMBER[decision], 0, []
        for table in self._tables:
            found += [offset + index for index, number in enumerate(table.decisions) if number == wanted]
            offset += len(table.decisions)
        return found

    def with_issues(self) -> list[int]:
        """The places of the rows that have issues."""
        offset, found = 0, []
        for table in self._tables:
            found += [offset + index for index in sorted(table.issues)]
            offset += len(table.decisions)
        return found

    def _row(self, table: ProposedTable, index: int) -> ProposedRow:
        return ProposedRow(
            Place(self._file, table.sheet, table.numbers[index]),
            table.kind.code,
            table.decision(index),
            table.title(index),
            table.change(index),
            tuple(table.issues.get(index, ())),
            index in table.drafted,
        )


@dataclass
class Proposal:
    """What importing a file would do.

    ``rows_read`` counts the rows with data; ``rows_passed_over`` blank lines, totals, notes and repeated headers.
    ``issues`` are all issues in the order of the file, those of no single row included. ``remembered`` are the
    answers given, to be kept for files of the same template. ``store_sequence`` is the state of the store that it was
    compared with. ``known_as`` and ``store_state`` say under what it may be kept (``known_files``); '' for not at all.
    """

    file: str
    tables: Sequence[ProposedTable]
    references: Sequence[Change]
    issues: list[Issue]
    rows_read: int
    rows_passed_over: int
    remembered: Mapping[str, str]
    unlisted_issues: int = 0
    store_sequence: int = 0
    known_as: str = ""
    store_state: str = ""

    @property
    def rows(self) -> ProposedRows:
        """The rows of the file with their decisions."""
        return ProposedRows(self.file, self.tables)

    @property
    def counts(self) -> Mapping[str, Counts]:
        """Per kind: what is created and updated, what stays."""
        totals: dict[str, list[int]] = {}
        for change in self.references:
            totals.setdefault(change.kind, [0, 0, 0, 0, 0])[0] += 1
        for table in self.tables:
            total = totals.setdefault(table.kind.code, [0, 0, 0, 0, 0])
            total[0] += table.count(Decision.NEW)
            total[1] += table.count(Decision.CHANGED)
            total[2] += table.count(Decision.UNCHANGED)
            total[3] += table.count(Decision.SKIPPED)
            total[4] += table.count(Decision.PROBLEM)
        return {kind: Counts(*total) for kind, total in totals.items()}

    @property
    def drafted(self) -> int:
        """How many of the new and changed rows go into draft versions of items in force."""
        return sum(len(table.drafted) for table in self.tables)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.references and not any(
            table.count(Decision.NEW) or table.count(Decision.CHANGED) for table in self.tables
        )

    def changes(self) -> tuple[Change, ...]:
        """The changes for one change set: what is referred to and what contains comes before the rest."""
        return (*self.references, *(change for table in self.tables for change in table.changes()))
