"""Any sequence of acts: the store holds what plain dictionaries hold, lists and finds it, and its history verifies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gdbos_desktop.domain.changes import Change, ChangeSet, Origin, create, delete, edit, move, without_empty
from gdbos_desktop.domain.queries import Filter, Match, Order, Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.undo import Surroundings, take_back
from gdbos_desktop.schema import STATED_NONE, Value, fold
from gdbos_desktop.storage import Store
from gdbos_desktop.storage.initials import initials_of
from tests.storage.agreement import assert_sound
from tests.storage.model import Model
from tests.storage.workplace import SMALL, change_set, create_store, item, office, part, standards

names = st.sampled_from(["食品经营许可", "银行开户", "许可（变更）", "Ａ级锅炉", "a级锅炉", "户口"]) | st.text(
    "食品许可银行行a1 （\"'*", min_size=1, max_size=6
)
days = st.integers(-3, 3) | st.just(STATED_NONE)
colours = st.sampled_from([("1",), ("1", "2"), ("12",), STATED_NONE])
values = st.fixed_dictionaries(
    {},
    optional={
        "name": names,
        "code": st.sampled_from(["A1", "a1", "Ａ12", "B"]),
        "kept_days": st.none() | days,
        "loose_days": st.none() | days,
        "kept_colours": st.none() | colours,
        "loose_text": st.none() | names,
    },
)
words = st.sampled_from(["食", "食品", "许可", "品经营许", "yh", "spjy", "A", "a1", "(变更)", "行 户", "'", '"', "*"])
picks = st.integers(0, 1_000_000)


class Workplace(RuleBasedStateMachine):
    """A store beside its model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "county.gdbos"
        create_store(self.path).close()
        self.store = Store.open(self.path, standards())
        self.model = Model()
        self.acts: list[ChangeSet] = []
        self.undone: list[ChangeSet] = []

    def teardown(self) -> None:
        self.store.close()
        assert_sound(self.path, SMALL)
        shutil.rmtree(self.folder)

    def pick(self, number: int, *kinds: str) -> Record:
        """One of the living records."""
        living = [record for kind in kinds for record in self.model.of_kind(kind)]
        return living[number % len(living)]

    def write(self, changes: Sequence[Change], **more: str | None) -> ChangeSet:
        """Through the door, and into the model."""
        undoes = more.get("undoes")
        act = change_set(*changes, undoes=undoes, origin=Origin.UNDO if undoes else Origin.EDIT)
        with self.store.unit_of_work() as unit:
            applied = unit.apply(act)
        self.model.apply(act)
        assert applied.versions == {one: self.model.versions[one] for one in act.record_ids}
        assert applied.sequence == len(self.acts) + 1
        self.acts.append(act)
        return act

    def take_back(self, act: ChangeSet) -> ChangeSet | None:
        """The act's counterpart, written; None when something changed since."""
        with self.store.read() as reader:
            living = {record.id: record for record in reader.get(list(act.record_ids))}
            assert living == {one: self.model.living[one] for one in act.record_ids if one in self.model.living}
            around = Surroundings(above={one.id: one.parent_id for one in self.model.living.values()})
            back = take_back(act, living, reader.versions(act.record_ids), around)
        children = {one.parent_id for one in self.model.living.values()} & act.record_ids
        is_possible = not back.hindered and not children - {None}
        return self.write(back.changes, undoes=act.id) if is_possible else None

    # Acts

    @rule(elements=st.lists(values, min_size=1, max_size=3), number=picks)
    def create_items(self, elements: list[dict[str, Value | None]], number: int) -> None:
        bodies = self.model.of_kind("office")
        changes: list[Change] = []
        for filled in elements:
            given: dict[str, Value] = {code: value for code, value in filled.items() if value is not None}
            if bodies:
                given["office"] = bodies[number % len(bodies)].id
            record = item()
            record = replace(record, elements={**record.elements, **given})
            changes += (create(record), create(part(record)))
        self.write(changes)

    @rule(name=names)
    def create_office(self, name: str) -> None:
        self.write([create(office(name))])

    @precondition(lambda self: self.model.of_kind("item"))
    @rule(chosen=st.lists(picks, min_size=1, max_size=3), elements=values)
    def edit_items(self, chosen: list[int], elements: dict[str, Value | None]) -> None:
        records = {record.id: record for record in (self.pick(number, "item") for number in chosen)}
        changes = without_empty(edit(record, elements) for record in records.values())
        if changes:
            self.write(changes)

    @precondition(lambda self: self.model.of_kind("part"))
    @rule(number=picks, home=picks, position=st.integers(0, 3))
    def move_part(self, number: int, home: int, position: int) -> None:
        self.write([move(self.pick(number, "part"), self.pick(home, "item").id, position)])

    @precondition(lambda self: self.model.living)
    @rule(number=picks)
    def delete_with_children(self, number: int) -> None:
        record = self.pick(number, "office", "item", "part")
        inside = [one for one in self.model.living.values() if one.parent_id == record.id]
        self.write([delete(one) for one in (*inside, record)])

    @precondition(lambda self: self.model.living)
    @rule(number=picks, elements=values)
    def delete_what_was_edited_and_bring_it_back(self, number: int, elements: dict[str, Value | None]) -> None:
        record = self.pick(number, "office", "item", "part")
        inside = [one for one in self.model.living.values() if one.parent_id == record.id]
        if record.kind == "item" and without_empty([edit(record, elements)]):
            self.write([edit(record, elements)])
            record = self.model.living[record.id]
        act = self.write([delete(one) for one in (*inside, record)])
        assert self.take_back(act) is not None

    @precondition(lambda self: self.acts)
    @rule(number=picks)
    def undo(self, number: int) -> None:
        act = self.acts[-1 - number % min(3, len(self.acts))]
        back = self.take_back(act)
        if back is not None:
            self.undone.append(back)

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        self.take_back(self.undone.pop())

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.path, standards())

    # Questions

    @rule(text=words)
    def search(self, text: str) -> None:
        wanted = [fold(word) for word in text.split()]
        expected = {record.id for record in self.model.living.values() if all(has(record, word) for word in wanted)}
        with self.store.read() as reader:
            result = reader.search(text)
            assert set(result.ids) == expected
            assert result.total == len(expected) <= 50

    @rule(
        code=st.sampled_from(["kept_days", "loose_days"]),
        match=st.sampled_from([Match.IS, Match.IS_NOT, Match.AT_LEAST, Match.IS_EMPTY]),
        wanted=st.integers(-3, 3),
        descending=st.booleans(),
    )
    def query(self, code: str, match: Match, wanted: int, *, descending: bool) -> None:
        where = (Filter(code, match, None if match is Match.IS_EMPTY else wanted),)
        expected = [record for record in self.model.of_kind("item") if fits(record.elements.get(code), match, wanted)]
        query = Query("item", where=where, order=(Order("@created", descending),))
        with self.store.read() as reader:
            listing = reader.find(query)
            assert listing.records(reader) == (expected[::-1] if descending else expected)
            assert reader.count(query) == listing.count == len(expected)

    @precondition(lambda self: self.acts)
    @rule(number=picks)
    def read_history(self, number: int) -> None:
        act = self.acts[number % len(self.acts)]
        record_id = act.changes[0].record_id
        expected = [one.id for one in reversed(self.acts) if record_id in one.record_ids]
        with self.store.read() as reader:
            entry = reader.change_set(act.id)
            assert entry is not None
            assert entry.change_set == act
            assert [one.change_set.id for one in reader.history(record_id)] == expected

    # What always holds

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        self.model.assert_equals(self.store)
        with self.store.read() as reader:
            assert reader.verify_history() == []
            assert reader.sequence() == reader.outbox_count() == len(self.acts)
            for kind in SMALL.kinds:
                assert reader.count(Query(kind)) == len(self.model.of_kind(kind))


def has(record: Record, word: str) -> bool:
    """Whether a word is found in a record: in its title, as beginning of a code, as initials."""
    title = fold(SMALL.kind(record.kind).title_of(record.elements))
    codes = [fold(str(record.elements.get(code, ""))) for code in SMALL.kind(record.kind).code_elements]
    return word in title or any(code.startswith(word) for code in codes if code) or word in initials_of(title)


def fits(value: Value | None, match: Match, wanted: int) -> bool:
    """Whether a value fits a filter."""
    if match is Match.IS_EMPTY:
        return value is None
    if match is Match.AT_LEAST:
        return isinstance(value, int) and value >= wanted
    return (value == wanted) is (match is Match.IS)


TestWorkplace = pytest.mark.slow(Workplace.TestCase)
TestWorkplace.settings = settings(max_examples=20, stateful_step_count=30)
