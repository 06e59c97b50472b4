"""Trees compared: whatever was edited in a form, the changes lead exactly there and back again."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.domain.changes import Action, Change, applied
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.domain.trees import records_of, tree_changes, with_values
from gdbos_desktop.schema import Value

CODES = ("a", "b", "c")
VALUES: st.SearchStrategy[Value] = st.one_of(st.text(max_size=3), st.integers(0, 9))
ELEMENTS = st.dictionaries(st.sampled_from(CODES), VALUES, max_size=3)


def _tree(child_ids: list[str], data: st.DataObject) -> RecordTree:
    children = tuple(
        RecordTree(Record(child_id, "material", data.draw(ELEMENTS), "item", index, 1))
        for index, child_id in enumerate(child_ids)
    )
    return RecordTree(Record("item", "service_item", data.draw(ELEMENTS), None, 0, 3), {"material": children})


def _play(changes: tuple[Change, ...], tree: RecordTree) -> dict[str, Record]:
    """What a store would hold after the changes, applied one by one."""
    store = {record.id: record for record in records_of(tree)}
    for change in changes:
        if change.action is Action.CREATE:
            assert change.record_id not in store
            values = {code: value for code, value in change.after.items() if value is not None}
            store[change.record_id] = Record(
                change.record_id, change.kind, values, change.parent_id, change.position, 1
            )
        elif change.action is Action.DELETE:
            del store[change.record_id]
        else:
            record = store[change.record_id]
            assert {code: record.elements.get(code) for code in change.before} == dict(change.before)
            store[change.record_id] = applied(record, change)
    return store


@given(st.data(), st.permutations(["m1", "m2", "m3"]), st.integers(0, 3), st.integers(0, 3))
def test_the_changes_between_two_trees_make_one_into_the_other(
    data: st.DataObject, order: list[str], kept_before: int, kept_after: int
) -> None:
    before = _tree(["m1", "m2", "m3"][:kept_before], data)
    after = _tree(order[:kept_after], data)
    result = _play(tree_changes(before, after), before)
    wanted = {record.id: record for record in records_of(after)}
    assert {key: (r.elements, r.parent_id, r.position) for key, r in result.items()} == {
        key: (r.elements, r.parent_id, r.position) for key, r in wanted.items()
    }


@given(st.data())
def test_a_tree_compared_with_itself_changes_nothing(data: st.DataObject) -> None:
    tree = _tree(["m1", "m2"], data)
    assert tree_changes(tree, tree) == ()


def test_what_is_deleted_goes_before_what_contained_it() -> None:
    option = RecordTree(Record("option", "situation_option", {}, "situation"))
    situation = RecordTree(Record("situation", "situation", {}, "item"), {"situation_option": (option,)})
    item = RecordTree(Record("item", "service_item", {}), {"situation": (situation,)})
    changes = tree_changes(item, replace(item, children={}))
    assert [change.record_id for change in changes] == ["option", "situation"]


def test_emptying_an_element_is_a_change_to_none() -> None:
    tree = RecordTree(Record("item", "service_item", {"a": "x"}, version=4))
    (change,) = tree_changes(tree, with_values(tree, {"a": None}))
    assert dict(change.before) == {"a": "x"}
    assert dict(change.after) == {"a": None}
    assert change.base_version == 4
