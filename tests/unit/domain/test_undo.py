"""Undo looks at what stands now: acts are taken back in any order as long as nobody wrote over them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, Origin, applied, create, delete, edit, move
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.undo import Hindrance, Surroundings, TakingBack, take_back


class World:
    """A store in a few lines: living records, versions of all."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.versions: dict[str, int] = {}

    def play(self, *changes: Change) -> ChangeSet:
        for change in changes:
            assert self.versions.get(change.record_id, 0) == change.base_version
            self.versions[change.record_id] = change.base_version + 1
            if change.action is Action.DELETE:
                assert dict(self.records.pop(change.record_id).elements) == dict(change.before)
                continue
            fresh = Record(change.record_id, change.kind, {}, change.parent_id, change.position)
            record = self.records.get(change.record_id, fresh)
            assert all(record.elements.get(code) == value for code, value in change.before.items())
            self.records[change.record_id] = applied(record, change)
        return ChangeSet("set", changes, "tester", Origin.EDIT, "", 0)

    def take_back(self, change_set: ChangeSet) -> tuple[ChangeSet | None, frozenset[str]]:
        ids = change_set.record_ids
        living = {record_id: self.records[record_id] for record_id in ids if record_id in self.records}
        back = take_back(change_set, living, {record_id: self.versions[record_id] for record_id in ids})
        disturbed = frozenset(found.record_id for found in back.hindered)
        return (None if disturbed else self.play(*back.changes)), disturbed

    def take_back_rest(self, act: ChangeSet, done: frozenset[str] = frozenset()) -> TakingBack:
        """Take back what still stands, checked as the store would: nothing without its container, none deleted full."""
        ids = act.record_ids
        living = {record_id: self.records[record_id] for record_id in ids if record_id in self.records}
        inside: dict[str, list[str]] = {}
        for record in self.records.values():
            inside.setdefault(record.parent_id or "", []).append(record.id)
        around = Surroundings(inside, {record.id: record.parent_id for record in self.records.values()})
        back = take_back(act, living, {record_id: self.versions[record_id] for record_id in ids}, around, done)
        for change in back.changes:
            self.play(change)
            if change.action is Action.DELETE:
                assert all(record.parent_id != change.record_id for record in self.records.values())
            else:
                assert change.parent_id is None or change.parent_id in self.records
                assert self.is_tree
        return back

    @property
    def is_tree(self) -> bool:
        """Whether nothing contains itself."""
        for record in self.records.values():
            place, steps = record.parent_id, 0
            while place is not None:
                place, steps = self.records[place].parent_id if place in self.records else None, steps + 1
                if steps > len(self.records):
                    return False
        return True

    @property
    def contents(self) -> dict[str, tuple[dict[str, object], str | None, int]]:
        return {key: (dict(r.elements), r.parent_id, r.position) for key, r in self.records.items()}


def _world() -> World:
    world = World()
    world.play(create(Record("a", "item", {"name": "x"})), create(Record("b", "item", {"name": "y"})))
    return world


@st.composite
def acts(draw: st.DrawFn) -> list[tuple[str, str, int]]:
    act = st.tuples(st.sampled_from(["edit", "delete", "move"]), st.sampled_from(["a", "b"]), st.integers(0, 5))
    return draw(st.lists(act, max_size=6))


def _do(world: World, act: tuple[str, str, int]) -> ChangeSet | None:
    what, record_id, number = act
    record = world.records.get(record_id)
    if record is None:
        return None
    if what == "delete":
        return world.play(delete(record))
    if what == "move":
        return world.play(move(record, None, number)) if record.position != number else None
    change = edit(record, {"days": number, "name": f"n{number}"})
    return None if change.is_empty else world.play(change)


@given(acts())
def test_taking_back_every_act_last_first_ends_where_it_began_and_redo_goes_forward(
    plan: list[tuple[str, str, int]],
) -> None:
    world = _world()
    states, done = [world.contents], []
    for act in plan:
        change_set = _do(world, act)
        if change_set is not None:
            done.append(change_set)
            states.append(world.contents)
    undone = []
    for change_set, wanted in zip(reversed(done), reversed(states[:-1]), strict=True):
        back, disturbed = world.take_back(change_set)
        assert not disturbed
        assert back is not None
        assert world.contents == wanted
        undone.append(back)
    for change_set, wanted in zip(reversed(undone), states[1:], strict=True):
        forward, disturbed = world.take_back(change_set)
        assert forward is not None
        assert world.contents == wanted


@given(acts(), st.integers(0, 5))
def test_an_older_act_is_taken_back_exactly_or_named_as_disturbed_and_left_alone(
    plan: list[tuple[str, str, int]], days: int
) -> None:
    world = _world()
    act = world.play(edit(world.records["a"], {"days": days}))
    for step in plan:
        _do(world, step)
    before = world.contents
    back, disturbed = world.take_back(act)
    if back is None:
        assert disturbed == {"a"}
        assert world.contents == before
        assert before.get("a", ({}, None, 0))[0].get("days") != days
    else:
        expected = {key: (dict(values), parent, place) for key, (values, parent, place) in before.items()}
        expected["a"][0].pop("days")
        assert world.contents == expected


def test_an_act_that_touched_a_record_twice_is_taken_back_in_both_steps() -> None:
    world = _world()
    first = edit(world.records["a"], {"days": 1})
    second = edit(applied(world.records["a"], first), {"days": 2})
    act = world.play(first, second)
    back, disturbed = world.take_back(act)
    assert back is not None
    assert not disturbed
    assert world.contents["a"][0] == {"name": "x"}


def test_a_record_created_and_edited_since_is_not_deleted_by_undo() -> None:
    world = World()
    act = world.play(create(Record("a", "item", {"name": "x"})))
    world.play(edit(world.records["a"], {"days": 1}))
    taken, disturbed = world.take_back(act)
    assert taken is None
    assert disturbed == {"a"}


def _item_with_materials(world: World) -> ChangeSet:
    return world.play(
        create(Record("item", "item", {"name": "x"})),
        create(Record("m1", "material", {"name": "1"}, "item", 0)),
        create(Record("m2", "material", {"name": "2"}, "item", 1)),
        create(Record("other", "item", {"name": "y"})),
    )


def test_the_rest_is_taken_back_and_what_contains_a_touched_record_stays_with_it() -> None:
    world = World()
    act = _item_with_materials(world)
    world.play(edit(world.records["m2"], {"name": "2a", "days": 3}))
    back = world.take_back_rest(act)
    assert world.records.keys() == {"item", "m2"}
    assert [(found.record_id, found.hindrance, found.elements) for found in back.hindered] == [
        ("item", Hindrance.CONTAINS, ()),
        ("m2", Hindrance.CHANGED, ("name", "days")),
    ]


def test_a_record_that_somebody_put_into_what_the_act_created_keeps_it() -> None:
    world = World()
    act = _item_with_materials(world)
    world.play(create(Record("m3", "material", {"name": "3"}, "item", 2)))
    back = world.take_back_rest(act)
    assert world.records.keys() == {"item", "m3"}
    assert [(found.record_id, found.hindrance) for found in back.hindered] == [("item", Hindrance.CONTAINS)]


def test_a_record_put_elsewhere_since_stays_and_another_place_among_its_like_does_not_count() -> None:
    world = World()
    act = _item_with_materials(world)
    world.play(move(world.records["m1"], "other", 0), move(world.records["m2"], "item", 5))
    back = world.take_back_rest(act)
    assert [(found.record_id, found.hindrance) for found in back.hindered] == [
        ("m1", Hindrance.MOVED),
        ("other", Hindrance.CONTAINS),
    ]
    assert world.records.keys() == {"m1", "other"}


def test_what_a_record_that_stays_refers_to_stays_too() -> None:
    world = World()
    act = world.play(
        create(Record("office", "organisation", {"name": "o"})),
        create(Record("bureau", "organisation", {"name": "b"})),
        create(Record("item", "item", {"name": "x", "office": "office"})),
    )
    world.play(edit(world.records["item"], {"name": "z"}))
    around = Surroundings(refers_to=lambda record: [str(record.elements.get("office", ""))])
    back = take_back(act, world.records, world.versions, around)
    assert [(found.record_id, found.hindrance) for found in back.hindered] == [
        ("office", Hindrance.REFERRED),
        ("item", Hindrance.CHANGED),
    ]
    assert [change.record_id for change in back.changes] == ["bureau"]


def test_a_deleted_record_stays_deleted_while_its_container_is_not_there() -> None:
    world = World()
    _item_with_materials(world)
    act = world.play(delete(world.records["m1"]))
    world.play(delete(world.records["m2"]), delete(world.records["item"]))
    back = world.take_back_rest(act)
    assert [(found.record_id, found.hindrance) for found in back.hindered] == [("m1", Hindrance.CONTAINER)]
    assert world.records.keys() == {"other"}


def test_a_record_does_not_go_back_into_what_stands_inside_it_now() -> None:
    world = World()
    world.play(create(Record("p", "office", {})), create(Record("a", "office", {}, "p", 0)))
    act = world.play(move(world.records["a"], None, 0))
    world.play(move(world.records["p"], "a", 0))
    back = world.take_back_rest(act)
    assert [(found.record_id, found.hindrance) for found in back.hindered] == [("a", Hindrance.CONTAINER)]
    assert world.is_tree


def test_what_was_taken_back_before_is_left_alone_the_second_time() -> None:
    world = World()
    act = _item_with_materials(world)
    touched = world.play(edit(world.records["m2"], {"name": "2a"}))
    first = world.take_back_rest(act)
    world.take_back_rest(touched)
    second = world.take_back_rest(act, frozenset(change.record_id for change in first.changes))
    assert not second.hindered
    assert world.records == {}


class PartialUndo(RuleBasedStateMachine):
    """Random acts on a small tree, then one of them taken back in part: what was touched stays, the rest is as before.

    Beside the world stands what it looked like before and after each act.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.acts: list[tuple[ChangeSet, dict[str, Record], dict[str, Record]]] = []
        self.number = 0

    def _play(self, *changes: Change) -> None:
        changes = tuple(change for change in changes if not change.is_empty)
        if changes:
            before = dict(self.world.records)
            self.acts.append((self.world.play(*changes), before, dict(self.world.records)))

    @rule(size=st.integers(1, 3), top=st.integers(0, 9))
    def create_tree(self, size: int, top: int) -> None:
        items = [record.id for record in self.world.records.values() if record.kind == "item"]
        parent = items[top % len(items)] if items and top > 4 else None
        made: list[Change] = []
        for number in range(size):
            self.number += 1
            inside = parent if number == 0 else made[0].record_id
            name = f"r{self.number}"
            kind = "item" if number == 0 else "material"
            made.append(create(Record(name, kind, {"name": name}, inside, number)))
        self._play(*made)

    @precondition(lambda self: self.world.records)
    @rule(which=st.sets(st.integers(0, 20), min_size=1, max_size=3), days=st.integers(0, 2))
    def edit_some(self, which: set[int], days: int) -> None:
        self._play(*(edit(record, {"days": days}) for record in self._chosen(which)))

    @precondition(lambda self: self.world.records)
    @rule(which=st.sets(st.integers(0, 20), min_size=1, max_size=1))
    def delete_with_all_inside(self, which: set[int]) -> None:
        self._play(*(delete(record) for record in self._below(self._chosen(which)[0])))

    @precondition(lambda self: len(self.world.records) > 1)
    @rule(which=st.integers(0, 20), to=st.integers(0, 20), position=st.integers(0, 2))
    def move_one(self, which: int, to: int, position: int) -> None:
        record, target = self._chosen({which})[0], self._chosen({to})[0]
        if target.id not in {below.id for below in self._below(record)}:
            self._play(move(record, target.id, position))

    @precondition(lambda self: self.acts)
    @rule(back=st.integers(0, 5))
    def take_one_back_in_part(self, back: int) -> None:
        act, before, after = self.acts[max(0, len(self.acts) - 1 - back)]
        now = dict(self.world.records)
        taken = self.world.take_back_rest(act)
        staying = {found.record_id for found in taken.hindered}
        for record_id in act.record_ids | now.keys() | self.world.records.keys():
            then, was = self.world.records.get(record_id), now.get(record_id)
            if record_id in staying or record_id not in act.record_ids:
                assert then == was
            elif before.get(record_id) is None:
                assert then is None
            else:
                assert then is not None
                for code in {**before[record_id].elements, **after.get(record_id, before[record_id]).elements}:
                    wrote = after[record_id].elements.get(code) if record_id in after else None
                    if record_id not in after or wrote != before[record_id].elements.get(code):
                        assert then.elements.get(code) == before[record_id].elements.get(code)
        if taken.changes:
            change_set = ChangeSet("set", taken.changes, "tester", Origin.UNDO, "", 0)
            self.acts.append((change_set, now, dict(self.world.records)))

    def _chosen(self, which: set[int]) -> list[Record]:
        living = sorted(self.world.records.values(), key=lambda record: record.id)
        return list({living[number % len(living)].id: living[number % len(living)] for number in which}.values())

    def _below(self, top: Record) -> list[Record]:
        found: list[Record] = []
        for record in list(self.world.records.values()):
            if record.parent_id == top.id:
                found += self._below(record)
        return [*found, top]


PartialUndo.TestCase.settings = settings(max_examples=200, stateful_step_count=20, deadline=None)
TestPartialUndo = PartialUndo.TestCase
