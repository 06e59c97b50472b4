"""Undo looks at what stands now: acts are taken back in any order as long as nobody wrote over them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, Origin, applied, create, delete, edit, move
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.undo import take_back


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
        changes, disturbed = take_back(change_set, living, {record_id: self.versions[record_id] for record_id in ids})
        return (None if disturbed else self.play(*changes)), disturbed

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
