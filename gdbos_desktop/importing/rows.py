"""The rows of one sheet become proposed rows: parsed, referred, matched, compared, checked.

Works column by column on batches, because most cells of a column repeat each other; keeps nothing of a row but what
its change will need.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.domain.cells import NOTE, NOTE_STARTS, REMARK, SIGNATURE, TOTAL
from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.domain.checking import KnownCodes
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import RuleBase, Stage, Subject
from gdbos_desktop.importing.columns import ColumnReader
from gdbos_desktop.importing.drafting import Drafting
from gdbos_desktop.importing.headers import Heading, needs_parent
from gdbos_desktop.importing.matching import Match, Matcher, RowKeys, SeenRows, Values
from gdbos_desktop.importing.proposal import Decision, Mode, NewRow, ProposedTable
from gdbos_desktop.importing.reading import RawRow
from gdbos_desktop.importing.references import FileIndex, Parents, References, region_element
from gdbos_desktop.importing.units import UnitReader
from gdbos_desktop.schema import Issue, Kind, Place, Severity, Standard, Value, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Reference
from gdbos_desktop.system.messages import N_

ROW_BITS = 32
"""A row of the file is one number: its sheet's place among the sheets read, and below that its own number."""
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


class SheetImport:
    """Takes the rows of one sheet in batches; ``table`` is what it proposes."""

    def __init__(
        self, run: ImportRun, sheet: str, kind: Kind, mapping: Mapping[int, str], headings: Mapping[int, Heading],
        unheard: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self._run = run
        self._kind = kind
        self._headings = headings
        self._readers = [
            ColumnReader(column, headings[column].path, None if code == PARENT else kind.elements[code])
            for column, code in mapping.items()
        ]
        self._columns = {code: column for column, code in mapping.items()}
        codes = [code for code in mapping.values() if code != PARENT]
        # Places among siblings are numbers people see; a sheet without them gets them in its order.
        self._numbered = kind.position_element if kind.parents and kind.position_element else ""
        if self._numbered and self._numbered not in codes:
            codes.append(self._numbered)
        self._units = {
            column: reader
            for column, code in mapping.items()
            if (reader := UnitReader.of(kind, code, headings[column].path)) is not None
        }
        codes += [reader.unit.code for reader in self._units.values() if reader.unit.code not in codes]
        self.table = ProposedTable(sheet, kind, tuple(codes), titles=run.references.titles)
        self._title_place = codes.index(kind.title) if kind.title in codes else -1
        self._matcher = Matcher(kind, self.table.codes, run.lookup, run.new_ids, run.seen[kind.code])
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
        self._heading_texts = {column: fold(heading.parts[-1]) for column, heading in headings.items() if heading.parts}
        self._heading_starts = frozenset(text[:1] for text in self._heading_texts.values())
        self._held: list[tuple[_Batch, list[int]]] = []
        self.rows_read = 0
        self.rows_passed_over = 0
        self.loose_issues: list[Issue] = []

    def take(self, rows: Sequence[RawRow]) -> None:
        """Propose what a batch of rows says."""
        kept = [row for row in rows if not self._is_passed_over(row)]
        self.rows_passed_over += len(rows) - len(kept)
        if not kept:
            return
        batch = self._parse(kept)
        self._listen(kept)
        if self._kind.code in self._kind.parents and PARENT in self._columns:
            self._take_nested(batch)
        else:
            self._propose(batch, range(len(batch.numbers)))

    # Which rows count

    def _is_passed_over(self, row: RawRow) -> bool:
        first = ""
        for text in row[1:]:
            if text and not text.isspace():
                first = text.lstrip()
                break
        title = self._title_text(row)
        if first[:1] in NOTE_STARTS or title[:1] in NOTE_STARTS:
            for text in (first, title):
                folded = fold(text)
                if TOTAL.fullmatch(folded) or (NOTE.match(folded) and (text is title or not title)):
                    return True
        if first[:1] in NOTE_STARTS and self._is_signed(row):
            return True
        if first[:1] in self._heading_starts and self._repeats_header(row):
            return True
        return first == "1" and self._numbers_columns(row)

    def _is_signed(self, row: RawRow) -> bool:
        """Whether labels and values of a note stand in cells of their own: 制表人 | 李四 | | 审核人 | 王五.

        In a column that is read the label could be a value (填报人 is the name of a field of many forms), so there it
        takes another label behind the first one's value.
        """
        texts = [(column, fold(text)) for column, text in enumerate(row) if column and text.strip()]
        column, label = texts[0]
        is_read = column in self._columns.values()
        if not SIGNATURE.fullmatch(label):
            return not is_read and len(texts) == 2 and REMARK.fullmatch(label) is not None
        return not is_read or (len(texts) > 2 and texts[2][1] != label and bool(SIGNATURE.fullmatch(texts[2][1])))

    def _title_text(self, row: RawRow) -> str:
        column = self._columns.get(self._kind.title, 0)
        return row[column].strip() if 0 < column < len(row) else ""

    def _repeats_header(self, row: RawRow) -> bool:
        texts = [(column, fold(text)) for column, text in enumerate(row) if column and text.strip()]
        return all(self._heading_texts.get(column) == text for column, text in texts)

    def _numbers_columns(self, row: RawRow) -> bool:
        texts = [text.strip() for text in row[1:] if text.strip()]
        return len(texts) >= 3 and texts == [str(number) for number in range(1, len(texts) + 1)]

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
            values, texts = reader.read(cells, left)
            code = reader.element.code if reader.element is not None else PARENT
            batch.values[code] = values
            batch.texts[reader.column] = texts
            if reader.remarks:
                for index, text in enumerate(texts):
                    if text in reader.remarks:
                        batch.issues.setdefault(index, []).extend(reader.remarks[text])
        if self._numbered and self._numbered not in batch.values:
            batch.values[self._numbered] = [None] * len(rows)
        self._read_units(batch)
        self._refer(batch)
        return batch

    def _read_units(self, batch: _Batch) -> None:
        for column, reader in self._units.items():
            own = batch.values.get(reader.unit.code) or [None] * len(batch.numbers)
            units, issues = reader.read(batch.texts[column], batch.values[reader.number.code], own)
            batch.values[reader.unit.code] = units
            for index, issue in issues.items():
                batch.issues.setdefault(index, []).append(issue)

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
        self.rows_passed_over += len(indices) - len(chosen)
        self.rows_read += len(chosen)
        good = [index for index in chosen if index not in bad] if bad else chosen
        keys = self._matcher.keys_of(batch.values, batch.parents, good)
        matches = self._matcher.match(keys)
        self._run.lookup.learn(self._kind, [match.record for match in matches], [batch.parents[i] for i in good])
        self._count_siblings(batch, good, matches)
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

    def _decide_problem(self, batch: _Batch, index: int, values: Values, issues: list[Issue]) -> None:
        self._note(batch, self.table.add(batch.numbers[index], Decision.PROBLEM, self._title(values)), index, issues)

    def _decide(self, batch: _Batch, index: int, values: Values, keys: RowKeys, match: Match) -> bool:
        """Put a row into the table; whether the store will have what it says."""
        number, parent = batch.numbers[index], batch.parents[index]
        record = match.record
        problem = self._problem(number, values, parent, keys, match)
        if problem is not None and problem.severity is Severity.HINT:
            self._note(batch, self.table.add(number, Decision.SKIPPED, self._title(values)), index, [problem])
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
            batch.issues.setdefault(index, []).extend(found)
        is_taken = self._run.mode is not (Mode.UPDATE if record is None else Mode.INSERT)
        item = self._run.lookup.item_of(self._kind, record, parent)
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
            change = None if said is record else self._compare(record, said.elements, parent)
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
        index = bisect.bisect_left(table.numbers, earlier)
        if index == len(table.numbers) or table.numbers[index] != earlier:  # rows that waited for their parents
            index = table.numbers.index(earlier)
        content = table.contents[index]
        said = {code: value for code, value in zip(self.table.codes, values, strict=True) if value is not None}
        if not isinstance(content, str) and len(content) == 4:
            _id, old_parent, _position, old_values = content
            old = dict(zip(table.codes, old_values, strict=True))
            return parent in (None, old_parent) and all(old.get(code) == value for code, value in said.items())
        if record is None or table.decision(index) is Decision.PROBLEM:
            return False
        change = self._compare(record, said, parent)
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

    def _compare(self, record: Record, elements: Mapping[str, Value], parent: str | None) -> Change | None:
        old = record.elements
        after: dict[str, Value | None] = {}
        if not elements.items() <= old.items():  # the quick look first: most rows of most files say nothing new
            after = {code: value for code, value in elements.items() if old.get(code) != value}
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
            place = self._place(batch.numbers[index], issue.element)
            placed.append(issue.about(element="").at(place) if issue.element == PARENT else issue.at(place))
        if placed:
            self.table.issues[row] = placed

    def _place(self, number: int, element: str) -> Place:
        column = self._columns.get(element, 0)
        heading = self._headings[column].path if column else ""
        return Place(self._run.file, self.table.sheet, number, column, heading)

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
