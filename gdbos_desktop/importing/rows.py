"""The rows of one sheet become proposed rows: parsed, referred, matched, compared, checked.

Works column by column on batches, because most cells of a column repeat each other; keeps nothing of a row but what
its change will need.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.domain.checking import KnownCodes
from gdbos_desktop.domain.layouts import Block, Column, Empty
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import RuleBase, Stage, Subject
from gdbos_desktop.importing.cleaning import SUGGESTED, Cleaned
from gdbos_desktop.importing.columns import ColumnReader, TickReader
from gdbos_desktop.importing.drafting import Drafting
from gdbos_desktop.importing.headers import Heading, needs_parent
from gdbos_desktop.importing.matching import Match, Matcher, RowKeys, SeenRows, Values
from gdbos_desktop.importing.proposal import Decision, Mode, NewRow, ProposedTable
from gdbos_desktop.importing.reading import RawRow
from gdbos_desktop.importing.references import FileIndex, Parents, References, region_element
from gdbos_desktop.importing.units import PartReader, UnitReader
from gdbos_desktop.schema import Issue, Place, Severity, Standard, Value, fold, is_stated_none
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Reference
from gdbos_desktop.system.messages import N_

ROW_BITS = 32
"""A row of the file is one number: its sheet's place among the sheets read, and below that its own number."""
FORM_STEP = 1024
"""A cell of a form is one number: its row times this, and its column."""
LISTED_ISSUES = 20_000
"""Issues that are kept one by one; a file with more is counted to the end but not listed to the end."""


@dataclass
class ImportRun:
    """What all sheets of one import share."""

    file: str
    standard: Standard
    lookup: Drafting
    rule_base: RuleBase
    mode: Mode
    new_id: Callable[[], str]
    index: FileIndex
    references: References
    parents: Parents
    known_codes: KnownCodes
    new_ids: set[str] = field(default_factory=set)
    tables: list[ProposedTable] = field(default_factory=list)
    seen: defaultdict[str, SeenRows] = field(default_factory=lambda: defaultdict(SeenRows))
    issue_count: int = 0
    next_positions: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass
class _Batch:
    numbers: list[int]
    texts: dict[int, Sequence[str]]
    values: dict[str, list[Value | None]]
    issues: dict[int, list[Issue]]
    parents: list[str | None]
    outcomes: Sequence[Outcome] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: the ``record_id`` it is, or that it is a problem, or that the mode leaves it out.

    None of the three: there was no such row.
    """

    record_id: str = ""
    is_problem: bool = False
    is_left_out: bool = False


class SheetImport:
    """Takes the rows of one block of a sheet in batches; ``table`` is what it proposes.

    ``columns`` are those of the block, each with its place in the rows. ``is_inner``: the rows come with what became
    of the row that contains them. ``outcomes`` is row number → what became of it, kept if ``is_watched``. ``places``
    is place in the rows → place in the file, for rows that were made out of one cell.
    """

    def __init__(
        self,
        run: ImportRun,
        sheet: str,
        block: Block,
        columns: Sequence[Column],
        headings: Mapping[int, Heading],
        unheard: Sequence[int] = (),
        *,
        is_inner: bool = False,
        is_watched: bool = False,
        places: Mapping[int, int] = {},
    ) -> None:
        self._run = run
        self._kind = kind = run.standard.kind(block.kind)
        self._headings = headings
        self._is_inner, self._is_watched, self._places = is_inner, is_watched, places
        ticks: dict[str, list[Column]] = {}
        forms = run.rule_base.forms(kind.code)
        mapping: dict[int, str] = {}
        self._readers: list[ColumnReader] = []
        for column in columns:
            if column.value:
                ticks.setdefault(column.element, []).append(column)
            elif column.element not in mapping.values():
                mapping[column.place] = column.element
                element = None if column.element == PARENT else kind.elements[column.element]
                form = forms.get(column.element)
                self._readers.append(ColumnReader(column.place, self._heading(column.place), element, column, form))
        self._ticks = [
            TickReader(kind.elements[code], marked) for code, marked in ticks.items() if code not in mapping.values()
        ]
        self._columns = {code: place for place, code in mapping.items()}
        for marks in self._ticks:
            self._columns[marks.element.code] = marks.columns[0].place
        codes = [code for code in self._columns if code != PARENT]
        identity = {kind.title, *kind.code_elements, *block.key, *(code for key in kind.keys for code in key)}
        self._clearing = [
            column.element for column in columns if column.empty is Empty.CLEAR and column.element not in identity
        ]
        self._accepted = {column.element: column.accept for column in columns if column.accept}
        self._suggested: dict[str, Cleaned] = {}
        self._strangers: dict[str, list[int]] = {}
        self._nones = self._first_none = 0
        # Places among siblings are numbers people see; a sheet without them gets them in its order.
        self._numbered = kind.position_element if kind.parents and kind.position_element else ""
        if self._numbered and self._numbered not in codes:
            codes.append(self._numbered)
        self._units = {
            column: reader
            for column, code in mapping.items()
            if (reader := UnitReader.of(kind, code, self._said_of(column))) is not None
        }
        codes += [reader.unit.code for reader in self._units.values() if reader.unit.code not in codes]
        self._parts = {
            column: part for column, code in mapping.items() if (part := PartReader.of(kind, code)) is not None
        }
        codes += [code for part in self._parts.values() for code in part.codes if code not in codes]
        self.table = ProposedTable(sheet, kind, tuple(codes), titles=run.references.titles)
        self._title_place = codes.index(kind.title) if kind.title in codes else -1
        key = block.key
        if key and is_inner and needs_parent(kind) and PARENT not in key:
            key = (PARENT, *key)
        self._matcher = Matcher(kind, self.table.codes, run.lookup, run.new_ids, run.seen[kind.code], key)
        self._first_number = len(run.tables) << ROW_BITS
        run.tables.append(self.table)
        self._region = region_element(kind)
        self._references = [
            (code, kind.elements[code]) for code in codes if isinstance(kind.elements[code].type, Reference)
        ]
        self._votes: dict[str, Counter[tuple[Value | None, ...]]] = {code: Counter() for code, _ in self._references}
        self._is_indexed = run.index.has(kind.code)
        self._credit_codes = run.rule_base.credit_codes(kind.code)
        self._known_pairs: set[tuple[Value, ...]] = set()
        self._unheard = list(unheard)
        self._stage_is_silent = not any(
            rule.is_enabled and Stage.IMPORT in rule.stages and kind.code in rule.kinds for rule in run.rule_base.rules
        )
        self._held: list[tuple[_Batch, list[int]]] = []
        self._repeated_id = ""
        self._moved: Mapping[tuple[int, int], int] = {}
        self.outcomes: dict[int, Outcome] = {}
        self.rows_read = 0
        self.rows_passed_over = 0
        self.loose_issues: list[Issue] = []

    def take(
        self,
        rows: Sequence[RawRow],
        outcomes: Sequence[Outcome] | None = None,
        issues: Mapping[int, Sequence[Issue]] = {},
        moved: Mapping[tuple[int, int], int] = {},
    ) -> None:
        """Propose what a batch of rows says. ``outcomes`` are those of the containing rows, ``issues`` what is known
        to be wrong already (index of the row → issues with their places), ``moved`` the rows of cells that stand in
        another row of the file: (row number, place) → row."""
        if not rows:
            return
        self._moved = moved
        batch = self._parse(rows)
        batch.outcomes = outcomes
        for index, found in issues.items():
            batch.issues.setdefault(index, []).extend(found)
        self._listen(rows)
        if self._kind.code in self._kind.parents and PARENT in self._columns:
            self._take_nested(batch)
        else:
            self._propose(batch, range(len(batch.numbers)))

    # Cells to values

    def _parse(self, rows: Sequence[RawRow]) -> _Batch:
        width = max(map(len, rows))
        if any(len(row) != width for row in rows):
            rows = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
        columns: list[tuple[str, ...]] = list(zip(*rows, strict=True))
        blank = ("",) * len(rows)
        batch = _Batch([int(number) for number in columns[0]], {}, {}, {}, [None] * len(rows))
        for reader in self._readers:
            cells = columns[reader.column] if reader.column < width else blank
            left = columns[reader.column - 1] if 1 < reader.column <= width else blank
            values, texts = reader.read(cells, left, batch.numbers)
            code = reader.element.code if reader.element is not None else PARENT
            batch.values[code] = values
            batch.texts[reader.column] = texts
            if reader.remarks:
                for index, text in enumerate(texts):
                    if text in reader.remarks:
                        batch.issues.setdefault(index, []).extend(reader.remarks[text])
        for ticks in self._ticks:
            marks = {one.place: columns[one.place] if one.place < width else blank for one in ticks.columns}
            values, found = ticks.read(marks, len(rows))
            batch.values[ticks.element.code] = values
            for index, placed in found.items():
                number = batch.numbers[index]
                batch.issues.setdefault(index, []).extend(
                    issue.at(self._place_at(number, place)) for place, issue in placed
                )
        if self._numbered and self._numbered not in batch.values:
            batch.values[self._numbered] = [None] * len(rows)
        self._read_units(batch)
        self._share_out(batch)
        self._refer(batch)
        return batch

    def _read_units(self, batch: _Batch) -> None:
        for column, reader in self._units.items():
            own = batch.values.get(reader.unit.code) or [None] * len(batch.numbers)
            units, issues = reader.read(batch.texts[column], batch.values[reader.number.code], own)
            batch.values[reader.unit.code] = units
            for index, issue in issues.items():
                batch.issues.setdefault(index, []).append(issue)

    def _share_out(self, batch: _Batch) -> None:
        for column, part in self._parts.items():
            own = [batch.values.get(code) or [None] * len(batch.numbers) for code in part.codes]
            for code, values in zip(part.codes, part.read(batch.texts[column], own), strict=True):
                batch.values[code] = values

    def _refer(self, batch: _Batch) -> None:
        for code, element in self._references:
            names = batch.values[code]
            assert isinstance(element.type, Reference)
            target = self._run.standard.kind(element.type.target)
            if needs_parent(target):
                continue  # found among what the row's ancestors contain, once the parent is known
            region = element.type.creates.get(region_element(target), "")
            found = self._run.references.resolve(element, names, batch.values.get(region))
            for index, one in enumerate(found):
                if isinstance(one, Issue):
                    batch.issues.setdefault(index, []).append(one)
                    found[index] = None
            batch.values[code] = [one if isinstance(one, str) else None for one in found]

    def _refer_inside(self, batch: _Batch, indices: Sequence[int]) -> None:
        for code, element in self._references:
            assert isinstance(element.type, Reference)
            if not needs_parent(self._run.standard.kind(element.type.target)):
                continue
            for index in indices:
                name, parent = batch.values[code][index], batch.parents[index]
                if name is None or parent is None:
                    continue
                found = self._run.references.resolve_inside(element, str(name), self._run.parents.ancestors(parent))
                if isinstance(found, Issue):
                    batch.issues.setdefault(index, []).append(found)
                    batch.values[code][index] = None
                else:
                    batch.values[code][index] = found

    def finish(self) -> None:
        """After the last batch: rows that waited for a containing record further down, and what all rows agree on."""
        for batch, waiting in self._held:
            self._propose(batch, waiting)
        self._held.clear()
        self._count_votes()
        self._tell_cleanings()
        self._tell_strangers()
        self._tell_nones()

    @property
    def is_waiting(self) -> bool:
        """Whether rows wait for a containing record further down."""
        return bool(self._held)

    def _take_nested(self, batch: _Batch) -> None:
        """Rows whose parents may stand in the same sheet, even below them: whoever has a parent goes first."""
        self._held.append((batch, list(range(len(batch.numbers)))))
        has_moved = True
        while has_moved:
            has_moved = False
            for place, (held, waiting) in enumerate(self._held):
                found = self._run.parents.resolve(self._kind, [held.values[PARENT][index] for index in waiting])
                ready = [index for index, one in zip(waiting, found, strict=True) if not isinstance(one, Issue)]
                if ready:
                    self._propose(held, ready)
                    done = set(ready)
                    self._held[place] = (held, [index for index in waiting if index not in done])
                    has_moved = True
        self._held = [entry for entry in self._held if entry[1]]

    def _parent_issues(self, batch: _Batch, indices: Sequence[int]) -> None:
        if batch.outcomes is not None:
            for index in indices:
                outcome = batch.outcomes[index]
                batch.parents[index] = outcome.record_id or None
                place = self._place(batch.numbers[index], self._kind.title)
                if outcome == Outcome() and needs_parent(self._kind):
                    issue = Issue(
                        "no-parent",
                        Severity.ERROR,
                        N_("Nothing above this row says to what it belongs. Fill in what contains it."),
                        place=place,
                    )
                    batch.issues.setdefault(index, []).append(issue)
                if outcome.is_problem:
                    issue = Issue(
                        "parent-problem",
                        Severity.ERROR,
                        N_("The row to which this one belongs waits for a correction, so this one waits with it."),
                        place=place,
                    )
                    batch.issues.setdefault(index, []).append(issue)
            return
        if PARENT not in self._columns:
            return
        names = [batch.values[PARENT][index] for index in indices]
        for index, one in zip(indices, self._run.parents.resolve(self._kind, names), strict=True):
            if isinstance(one, Issue):
                batch.issues.setdefault(index, []).append(one.about(element=PARENT))
            elif one is not None:
                batch.parents[index] = one
            elif needs_parent(self._kind):
                issue = Issue(
                    "no-parent",
                    Severity.ERROR,
                    N_("The cell that says to what this row belongs is empty. Fill in the code."),
                    element=PARENT,
                )
                batch.issues.setdefault(index, []).append(issue)

    # Values to decisions

    def _propose(self, batch: _Batch, indices: Sequence[int]) -> None:
        self._parent_issues(batch, indices)
        self._refer_inside(batch, indices)
        columns = [batch.values[code] for code in self.table.codes]
        rows: list[Values] = list(zip(*columns, strict=True))
        blank = (None,) * len(columns)
        bad = {i for i, issues in batch.issues.items() if any(issue.severity is Severity.ERROR for issue in issues)}
        chosen = [index for index in indices if rows[index] != blank or index in batch.issues]
        if needs_parent(self._kind):
            chosen = [index for index in chosen if index in bad or not self._says_that_none(batch, index, rows[index])]
        self.rows_passed_over += len(indices) - len(chosen)
        self.rows_read += len(chosen)
        if batch.outcomes is not None and needs_parent(self._kind):
            for index in [index for index in chosen if index not in bad and batch.parents[index] is None]:
                chosen.remove(index)  # what contains it is left out, so this is, too
                self.table.add(batch.numbers[index], Decision.SKIPPED, self._title(rows[index]))
        good = [index for index in chosen if index not in bad] if bad else chosen
        keys = self._matcher.keys_of(batch.values, batch.parents, good)
        matches = self._matcher.match(keys)
        self._run.lookup.learn(self._kind, [match.record for match in matches], [batch.parents[i] for i in good])
        self._count_siblings(batch, good, matches)
        self._note_strangers(batch, good, matches)
        decided = iter(zip(good, keys, matches, strict=True))
        taken: list[int] = []
        for index in chosen:
            if index in bad:
                self._decide_problem(batch, index, rows[index], batch.issues[index])
            else:
                _index, row_keys, match = next(decided)
                if self._decide(batch, index, rows[index], row_keys, match):
                    taken.append(index)
        self._vote(batch, taken)

    def _says_that_none(self, batch: _Batch, index: int, values: Values) -> bool:
        """Whether a row says that its record contains none of these (材料名称 无): no record, and told once."""
        if self._title_place < 0 or not is_stated_none(values[self._title_place]):
            return False
        for code, value in zip(self.table.codes, values, strict=True):
            if code != self._numbered and value not in (None, 0) and not is_stated_none(value):
                return False
        self._nones += 1
        self._first_none = self._first_none or batch.numbers[index]
        return True

    def _tell_nones(self) -> None:
        if self._nones:
            place = self._place(self._first_none, self._kind.title)
            issue = Issue(
                "says-none",
                Severity.HINT,
                N_("“{label}”: {count} rows say that there is none, first row {row}. Nothing was imported of them."),
                {"label": self._kind.elements[self._kind.title].label, "count": self._nones, "row": place.row},
                self._kind.title,
                place=place,
            )
            self.loose_issues.append(issue)

    def _decide_problem(self, batch: _Batch, index: int, values: Values, issues: list[Issue]) -> None:
        self._note(batch, self.table.add(batch.numbers[index], Decision.PROBLEM, self._title(values)), index, issues)
        if self._is_watched:
            self.outcomes[batch.numbers[index]] = Outcome(is_problem=True)

    def _decide(self, batch: _Batch, index: int, values: Values, keys: RowKeys, match: Match) -> bool:
        """Put a row into the table; whether the store will have what it says."""
        number, parent = batch.numbers[index], batch.parents[index]
        record = match.record
        problem = self._problem(number, values, parent, keys, match)
        if problem is not None and problem.severity is Severity.HINT:
            self._note(batch, self.table.add(number, Decision.SKIPPED, self._title(values)), index, [problem])
            if self._is_watched:
                self.outcomes[number] = Outcome(self._repeated_id if record is None else record.id)
            return False
        if problem is not None:
            self._decide_problem(batch, index, values, [*batch.issues.get(index, ()), problem])
            return False
        said = record
        if record is None or not self._is_exactly(record, values, parent):
            record_id = record.id if record is not None else self._run.new_id()
            filled = {code: value for code, value in zip(self.table.codes, values, strict=True) if value is not None}
            if record is not None:
                self._keep_references(batch, index, record, filled)
            said = Record(record_id, self._kind.code, filled)
        assert said is not None
        if found := self._check(said):
            if self._accepted:
                said, values, found = self._take_suggestions(number, said, values, found)
            batch.issues.setdefault(index, []).extend(found)
        is_taken = self._run.mode is not (Mode.UPDATE if record is None else Mode.INSERT)
        item = self._run.lookup.item_of(self._kind, record, parent)
        if self._is_watched:
            is_known = is_taken or record is not None
            self.outcomes[number] = Outcome(said.id) if is_known else Outcome(is_left_out=True)
        if not is_taken:
            row = self.table.add(number, Decision.SKIPPED, self._title(values))
        elif record is None:
            row = self.table.add(number, Decision.NEW, self._new(said.id, parent, values), is_draft=item is not None)
            self._run.new_ids.add(said.id)
            if item is not None and parent is not None:
                self._run.lookup.note_new(said.id, item, parent)
            if self._is_indexed:
                self._run.index.note(self._kind, said.id, parent, said.elements, self._region)
        else:
            change = None if said is record else self._compare(record, said.elements, parent, self._cleared(values))
            title = self._title(values) or self._kind.name_of(record.elements, self._run.references.titles)
            if change is not None:
                titles = self._run.references.titles
                if refused := self._run.lookup.refusals(self._kind, record, change, item, titles):
                    self._decide_problem(batch, index, values, [*batch.issues.get(index, ()), *refused])
                    return False
                self._run.lookup.note_changed(item)
            if change is None:
                row = self.table.add(number, Decision.UNCHANGED, title)
            else:
                row = self.table.add(number, Decision.CHANGED, (change, title), is_draft=item is not None)
            if self._is_indexed:
                merged = {**record.elements, **said.elements}
                self._run.index.note(self._kind, record.id, record.parent_id, merged, self._region)
        if index in batch.issues:
            self._note(batch, row, index, batch.issues[index])
        return is_taken

    def _is_exactly(self, record: Record, values: Values, parent: str | None) -> bool:
        """Whether the row says just what the record holds, no more and no less: the usual case of a file that comes
        again, told by one comparison of tuples before anything is made of the row."""
        elements = record.elements
        return (
            tuple(map(elements.get, self.table.codes)) == values
            and len(elements) == len(values) - values.count(None)
            and parent in (None, record.parent_id)
        )

    def _cleared(self, values: Values) -> list[str]:
        """The elements that an empty cell of this row takes the value out of."""
        return [code for code in self._clearing if values[self.table.codes.index(code)] is None]

    def _take_suggestions(
        self, number: int, said: Record, values: Values, found: list[Issue]
    ) -> tuple[Record, Values, list[Issue]]:
        """What the row says once the accepted suggestions of the rules are taken, and the issues that are left."""
        elements, left = dict(said.elements), []
        for issue in found:
            element = self._kind.elements.get(issue.element)
            value = None
            if element is not None and issue.suggestion is not None:
                value = element.parse(issue.suggestion) if issue.code in self._accepted.get(issue.element, ()) else None
            if element is None or value is None or isinstance(value, Issue):
                left.append(issue)
                continue
            old = element.format(elements.get(element.code))
            self._suggested.setdefault(element.code, Cleaned()).note(SUGGESTED, number, old, element.format(value))
            elements[element.code] = value
        if elements == said.elements:
            return said, values, found
        values = tuple(elements.get(code, value) for code, value in zip(self.table.codes, values, strict=True))
        return Record(said.id, said.kind, elements), values, left

    def _keep_references(self, batch: _Batch, index: int, record: Record, elements: dict[str, Value]) -> None:
        """A body that would be new, though the record has one of this name already, is that one: the name has not
        changed, and the region of an item may be another than that of its body."""
        for code, _element in self._references:
            new = self._run.references.proposed.get(str(elements.get(code)))
            if new is None or code not in record.elements:
                continue
            for known in self._run.lookup.get([str(record.elements[code])]):
                if fold(new.kind.title_of(known.elements)) == fold(new.title):
                    elements[code] = batch.values[code][index] = known.id

    def _says_nothing_new(
        self, table: ProposedTable, earlier: int, values: Values, parent: str | None, record: Record | None
    ) -> bool:
        """Whether a row only repeats (part of) what an earlier row of the same thing said, as lists with a row for
        every material do; ``table`` is that of the earlier row."""
        start = bisect.bisect_left(table.numbers, earlier)
        if start == len(table.numbers) or table.numbers[start] != earlier:  # rows that waited for their parents
            start = table.numbers.index(earlier)
        for index in range(start, len(table.numbers)):  # one row, unless records came out of one cell
            if table.numbers[index] != earlier:
                return False
            if self._says_no_more(table, index, values, parent, record):
                return True
        return False

    def _says_no_more(
        self, table: ProposedTable, index: int, values: Values, parent: str | None, record: Record | None
    ) -> bool:
        content = table.contents[index]
        said = {code: value for code, value in zip(self.table.codes, values, strict=True) if value is not None}
        if not isinstance(content, str) and len(content) == 4:
            self._repeated_id, old_parent, _position, old_values = content
            old = dict(zip(table.codes, old_values, strict=True))
            return parent in (None, old_parent) and all(old.get(code) == value for code, value in said.items())
        if record is None or table.decision(index) is Decision.PROBLEM:
            return False
        change = self._compare(record, said, parent, self._cleared(values))
        return change is None or (not isinstance(content, str) and change == content[0])

    def _problem(self, number: int, values: Values, parent: str | None, keys: RowKeys, match: Match) -> Issue | None:
        if match.rivals:
            return Issue(
                "ambiguous-match",
                Severity.ERROR,
                N_("{count} records of the store fit this row ({key}). Add a code that tells them apart."),
                {"count": match.rivals, "key": self._key_label(match.key)},
                self._key_element(match.key),
            )
        earlier = self._matcher.duplicate_of(self._first_number + number, keys, match)
        if earlier is not None:
            key = match.key or next(
                (key for key, value in zip(self._matcher.keys, keys, strict=True) if value is not None), ()
            )
            return self._duplicate(number, earlier, key, values, parent, match.record)
        if match.record is None and not self._title(values):
            return Issue(
                "no-name",
                Severity.ERROR,
                N_("“{label}” is empty, so nobody could tell what this row is. Fill it in."),
                {"label": self._kind.elements[self._kind.title].label},
                self._kind.title,
            )
        if match.record is None and not any(keys) and is_stated_none(values[self._title_place]):
            return Issue(
                "no-name",
                Severity.ERROR,
                N_("“{label}” says that there is none, so nobody could tell what this row is. Write its name."),
                {"label": self._kind.elements[self._kind.title].label},
                self._kind.title,
            )
        return None

    def _duplicate(
        self, number: int, earlier: int, key: Sequence[str], values: Values, parent: str | None, record: Record | None
    ) -> Issue:
        """A row that is the same thing as an earlier one of this or another sheet: repeated, or contradicting it."""
        table, first = self._run.tables[earlier >> ROW_BITS], earlier & ((1 << ROW_BITS) - 1)
        is_here = table is self.table
        label = self._key_label(key)
        said: dict[str, object] = {"first": first, "second": number}
        if not is_here:
            said["sheet"] = table.sheet
        if self._says_nothing_new(table, first, values, parent, record):
            here = N_("Row {second} only repeats row {first} and is not imported again.")
            there = N_("Row {second} only repeats row {first} of the sheet “{sheet}” and is not imported again.")
            return Issue("repeated-row", Severity.HINT, here if is_here else there, said, self._key_element(key))
        here = N_("Rows {first} and {second} are the same thing ({key}). Keep one of them.")
        there = N_("Row {second} is the same thing ({key}) as row {first} of the sheet “{sheet}”. Keep one of them.")
        said["key"] = label
        return Issue("duplicate-row", Severity.ERROR, here if is_here else there, said, self._key_element(key))

    def _key_label(self, key: Sequence[str]) -> str:
        return "+".join(self._kind.elements[code].label for code in key if code != PARENT)

    def _key_element(self, key: Sequence[str]) -> str:
        return next((code for code in key if code in self._columns), "")

    def _title(self, values: Values) -> str:
        if self._title_place < 0:
            return ""
        title = values[self._title_place]
        return self._run.references.titles.get(str(title), str(title)) if title is not None else ""

    def _new(self, record_id: str, parent: str | None, values: Values) -> NewRow:
        position = 0
        if self._numbered and parent is not None:
            place = self.table.codes.index(self._numbered)
            given = values[place]
            key = (parent, self._kind.code)
            position = given - 1 if isinstance(given, int) and given > 0 else self._run.next_positions.get(key, 0)
            self._run.next_positions[key] = max(self._run.next_positions.get(key, 0), position + 1)
            if given is None:
                values = (*values[:place], position + 1, *values[place + 1 :])
        return record_id, parent, position, values

    def _compare(
        self, record: Record, elements: Mapping[str, Value], parent: str | None, cleared: Sequence[str] = ()
    ) -> Change | None:
        old = record.elements
        after: dict[str, Value | None] = {}
        if not elements.items() <= old.items():  # the quick look first: most rows of most files say nothing new
            after = {code: value for code, value in elements.items() if old.get(code) != value}
        after.update(dict.fromkeys((code for code in cleared if code in old), None))
        if after:
            after = self._run.lookup.settled(self._kind, record, after)
        parent = record.parent_id if parent is None else parent
        position = record.position
        number = after.get(self._numbered) if self._numbered else None
        if isinstance(number, int) and number > 0:
            position = number - 1
        is_moved = (parent, position) != (record.parent_id, record.position)
        if not after and not is_moved:
            return None
        return Change(
            Action.EDIT,
            record.id,
            record.kind,
            before={code: old.get(code) for code in after},
            after=after,
            base_version=record.version,
            parent_id=parent,
            position=position,
            moved_from=(record.parent_id, record.position) if is_moved else None,
        )

    def _count_siblings(self, batch: _Batch, indices: Sequence[int], matches: Sequence[Match]) -> None:
        """Where the next child goes, for parents of the store that get new children."""
        if not self._numbered:
            return
        wanted = {
            parent
            for index, match in zip(indices, matches, strict=True)
            if match.record is None and (parent := batch.parents[index]) is not None
            and parent not in self._run.new_ids and (parent, self._kind.code) not in self._run.next_positions
        }  # fmt: skip
        if not wanted:
            return
        positions = self._run.next_positions
        for parent in wanted:
            positions.setdefault((parent, self._kind.code), 0)
        for child in self._run.lookup.children(sorted(wanted), self._kind.code):
            key = (str(child.parent_id), self._kind.code)
            positions[key] = max(positions.get(key, 0), child.position + 1)

    # Rules, references, issues

    def _check(self, said: Record) -> list[Issue]:
        for code, body in self._credit_codes:
            pair = (said.elements.get(code, ""), said.elements.get(body, ""))
            if pair not in self._known_pairs:
                self._known_pairs.add(pair)
                self._run.known_codes.add(said)
        if self._stage_is_silent:
            return []
        return self._run.rule_base.check(Subject(said, titles=self._run.references.titles), Stage.IMPORT)

    def _vote(self, batch: _Batch, taken: Sequence[int]) -> None:
        """Count what the rows say of the records they refer to; a doubtful value has no vote."""
        doubtful = [(index, batch.issues[index]) for index in taken if index in batch.issues]
        for code, element in self._references:
            assert isinstance(element.type, Reference)
            blank = [None] * len(batch.numbers)
            columns = [
                batch.values[code],
                *(batch.values.get(source, blank) for source in element.type.creates.values()),
            ]
            chosen = [[column[index] for index in taken] for column in columns]
            if doubtful:
                place = {index: number for number, index in enumerate(taken)}
                for number, source in enumerate(element.type.creates.values(), 1):
                    for index, issues in doubtful:
                        if any(issue.element == source for issue in issues):
                            chosen[number][place[index]] = None
            self._votes[code].update(zip(*chosen, strict=True))

    def _count_votes(self) -> None:
        proposed = self._run.references.proposed
        for code, element in self._references:
            assert isinstance(element.type, Reference)
            for (record_id, *values), count in self._votes[code].items():
                new = proposed.get(str(record_id))
                if new is not None:
                    new.is_used = True
                    for target, value in zip(element.type.creates, values, strict=True):
                        if value is not None:
                            new.votes.setdefault(target, Counter())[value] += count

    def _note(self, batch: _Batch, row: int, index: int, issues: Sequence[Issue]) -> None:
        room = max(LISTED_ISSUES - self._run.issue_count, 0)
        self._run.issue_count += len(issues)
        placed = []
        for issue in issues[:room]:
            place = issue.place or self._place(batch.numbers[index], issue.element)
            placed.append(issue.about(element="").at(place) if issue.element == PARENT else issue.at(place))
        if placed:
            self.table.issues[row] = placed

    def _place(self, number: int, element: str) -> Place:
        return self._place_at(number, self._columns.get(element, 0))

    def _place_at(self, number: int, column: int) -> Place:
        number = self._moved.get((number, column), number)
        place = self._places.get(column, column)
        if place >= FORM_STEP:
            number, place = divmod(place, FORM_STEP)
        return Place(self._run.file, self.table.sheet, number, place, self._heading(column))

    def _heading(self, column: int) -> str:
        heading = self._headings.get(self._places.get(column, column))
        return heading.path if heading is not None else ""

    def _said_of(self, column: int) -> str:
        """The heading of a column with what stands between it and the data, in brackets."""
        heading = self._headings.get(self._places.get(column, column))
        return heading.path + "".join(f"({text})" for text in heading.below) if heading is not None else ""

    def _tell_cleanings(self) -> None:
        """What was cleaned in a column, once for each column."""
        for reader in self._readers:
            self.loose_issues += reader.cleaned.hints(self._place_at(0, reader.column))
        for code, cleaned in self._suggested.items():
            self.loose_issues += cleaned.hints(self._place(0, code))

    def _note_strangers(self, batch: _Batch, indices: Sequence[int], matches: Sequence[Match]) -> None:
        """Count the values of elements that items of the row's family do not have."""
        kind = self._kind
        if not kind.families or not any(kind.elements[code].families for code in self.table.codes):
            return
        said = batch.values.get(kind.family_element)
        rows: dict[str, list[int]] = {}
        for index, match in zip(indices, matches, strict=True):
            value = said[index] if said is not None else None
            if value is None and match.record is not None:
                value = match.record.elements.get(kind.family_element)
            if value is not None and (family := kind.families.get(str(value))):
                rows.setdefault(family, []).append(index)
        for family, own in rows.items():
            for code in self.table.codes:
                if kind.elements[code].applies_to(family) or code not in self._columns:
                    continue
                values = batch.values[code]
                for index in own:
                    if values[index] is not None:
                        self._strangers.setdefault(code, [0, batch.numbers[index]])[0] += 1

    def _tell_strangers(self) -> None:
        for code, (count, row) in self._strangers.items():
            place = self._place(row, code)
            issue = Issue(
                "not-of-family",
                Severity.HINT,
                N_("“{label}” is not for items of this type; {count} rows have it, first row {row}. Check it."),
                {"label": self._kind.elements[code].label, "count": count, "row": place.row},
                code,
                place=place,
            )
            self.loose_issues.append(issue)

    def _listen(self, rows: Sequence[RawRow]) -> None:
        """Columns that looked empty at the top but are not: say once that their values were left out."""
        for column in list(self._unheard):
            row = next((row for row in rows if column < len(row) and row[column].strip()), None)
            if row is not None:
                self._unheard.remove(column)
                heading = self._headings[column].path
                issue = Issue(
                    "column-left-out",
                    Severity.WARNING,
                    N_("The column “{heading}” has no heading that is known; its values were left out."),
                    {"heading": heading},
                    place=Place(self._run.file, self.table.sheet, int(row[0]), column, heading),
                )
                self.loose_issues.append(issue)
