"""The write door: whole or not at all, every conflict named, nothing overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gdbos_desktop.domain.changes import (
    Change,
    ConflictReason,
    Origin,
    VersionConflict,
    applied,
    create,
    delete,
    edit,
    move,
)
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.storage import ConflictError, Store
from gdbos_desktop.system.errors import Cancelled
from tests.storage.workplace import add, change_set, inverse, item, office, part, read, write


def refused(store: Store, *changes: Change) -> tuple[VersionConflict, ...]:
    """The conflicts of a change set that must be refused, leaving the store as it was."""
    before = contents(store)
    with pytest.raises(ConflictError) as caught, store.unit_of_work() as unit:
        unit.apply(change_set(*changes))
    assert contents(store) == before
    return caught.value.conflicts


def reasons(conflicts: Sequence[VersionConflict]) -> list[ConflictReason]:
    return [conflict.reason for conflict in conflicts]


def contents(store: Store) -> tuple[object, ...]:
    with store.read() as reader:
        records = [record for kind in ("office", "item", "part") for record in reader.find(Query(kind)).records(reader)]
        assert reader.verify_history() == []
        return records, reader.sequence(), reader.outbox_count(), reader.search("食").total


def test_what_is_created_is_read_back_with_its_values_and_types(store: Store) -> None:
    record = item(kept_colours=("1", "12"), kept_days=5, loose_days=7, loose_colours=("2",), loose_day="2026-11-24")
    (created,) = add(store, record)
    assert read(store, record) == [created]


def test_an_edit_changes_only_its_elements_and_counts_the_version(store: Store) -> None:
    (record,) = add(store, item(kept_days=5, loose_text="甲"))
    _act, outcome = write(store, edit(record, {"kept_days": 6, "loose_text": None, "loose_days": 1}))
    (found,) = read(store, record)
    assert found.elements == {"name": "食品经营许可", "kept_days": 6, "loose_days": 1}
    assert found.version == outcome.versions[record.id] == 2


def test_an_edit_of_a_record_that_changed_meanwhile_is_refused(store: Store) -> None:
    (record,) = add(store, item())
    write(store, edit(record, {"kept_days": 6}))
    assert refused(store, edit(record, {"kept_days": 7})) == (VersionConflict(record.id, 1, 2, ConflictReason.VERSION),)


def test_all_conflicts_of_a_change_set_are_collected(store: Store) -> None:
    first, second, third = add(store, item("一"), item("二"), item("三"))
    write(store, edit(second, {"kept_days": 1}), delete(third))
    conflicts = refused(
        store,
        edit(first, {"kept_days": 1}),
        edit(second, {"kept_days": 2}),
        edit(third, {"kept_days": 3}),
        create(first),
        edit(item("四"), {"kept_days": 1}),
        create(part(third)),
    )
    assert reasons(conflicts) == [
        ConflictReason.VERSION,
        ConflictReason.DELETED,
        ConflictReason.EXISTS,
        ConflictReason.MISSING,
        ConflictReason.PARENT,
    ]


def test_an_edit_made_against_other_values_is_refused_although_the_version_fits(store: Store) -> None:
    (record,) = add(store, item(kept_days=5))
    stale = replace(edit(record, {"kept_days": 6}), before={"kept_days": 4})
    assert reasons(refused(store, stale)) == [ConflictReason.BEFORE]


def test_an_edit_made_at_another_place_is_refused(store: Store) -> None:
    (record,) = add(store, item())
    assert reasons(refused(store, replace(edit(record, {"kept_days": 6}), position=3))) == [ConflictReason.BEFORE]


def test_a_deletion_that_does_not_know_every_element_is_refused(store: Store) -> None:
    (record,) = add(store, item(kept_days=5))
    assert reasons(refused(store, replace(delete(record), before={"name": "食品经营许可"}))) == [ConflictReason.BEFORE]


def test_a_deleted_record_is_hidden_everywhere_but_keeps_its_title_and_version(store: Store) -> None:
    record, other = add(store, item("食品经营许可", code="A1"), item("饮水"))
    write(store, delete(record))
    with store.read() as reader:
        assert reader.get([record.id]) == []
        assert reader.find(Query("item")).ids(reader) == [other.id]
        assert reader.search("食品").total == reader.search("a1").total == reader.search("spjy").total == 0
        assert reader.find_by_code("a1") == []
        assert reader.find_by_key("item", ("code",), [("A1",)]) == {}
        assert reader.titles([record.id]) == {record.id: "食品经营许可"}
        assert reader.versions([record.id]) == {record.id: 2}


def test_undoing_a_deletion_brings_back_everything(store: Store) -> None:
    (record,) = add(store, item("食品经营许可", code="A1", kept_days=3))
    (child,) = add(store, part(record))
    act, _outcome = write(store, delete(child), delete(record))
    with store.read() as reader:
        versions = reader.versions(act.record_ids)
    write(store, *inverse(act, versions), undoes=act.id)
    assert read(store, record, child) == [replace(record, version=3), replace(child, version=3)]
    with store.read() as reader:
        assert reader.search("食品").ids == (record.id,)
        assert reader.children([record.id]) == [replace(child, version=3)]
        assert reader.verify_history() == []


def test_a_record_changed_twice_in_one_change_set_ends_with_the_last_values(store: Store) -> None:
    record = item(kept_days=1)
    first = edit(replace(record, version=1), {"kept_days": 2})
    second = edit(applied(replace(record, version=1), first), {"kept_days": 3, "name": "饮品"})
    act, _outcome = write(store, create(record), first, second)
    (found,) = read(store, record)
    assert (found.version, found.elements) == (3, {"name": "饮品", "kept_days": 3})
    with store.read() as reader:
        assert (reader.search("食品").total, reader.search("饮品").total) == (0, 1)
        versions = reader.versions(act.record_ids)
    write(store, *inverse(act, versions), undoes=act.id)
    assert read(store, record) == []


def test_a_parent_with_living_children_cannot_be_deleted_alone(store: Store) -> None:
    (record,) = add(store, item())
    (child,) = add(store, part(record))
    assert reasons(refused(store, delete(record))) == [ConflictReason.CHILDREN]
    write(store, delete(record), delete(child))
    assert read(store, record, child) == []


def test_parents_and_children_of_one_change_set_may_come_in_any_order(store: Store) -> None:
    record = item()
    child = part(record)
    write(store, create(child), create(record))
    assert len(read(store, record, child)) == 2


def test_a_child_of_nothing_is_refused(store: Store) -> None:
    assert reasons(refused(store, create(part(item())))) == [ConflictReason.PARENT]


def test_a_record_cannot_be_restored_into_a_deleted_one(store: Store) -> None:
    (record,) = add(store, item())
    (child,) = add(store, part(record))
    act, _outcome = write(store, delete(child))
    write(store, delete(record))
    with store.read() as reader:
        back = inverse(act, reader.versions([child.id]))
    assert reasons(refused(store, *back)) == [ConflictReason.PARENT]


def test_moving_takes_a_record_to_its_new_parent(store: Store) -> None:
    first, second = add(store, item("一"), item("二"))
    (child,) = add(store, part(first))
    write(store, move(child, second.id, 4))
    with store.read() as reader:
        assert reader.children([first.id]) == []
        (moved,) = reader.children([second.id])
        assert (moved.parent_id, moved.position, moved.version) == (second.id, 4, 2)
        assert reader.find_by_key("part", ("@parent", "name"), [(second.id, "身份证"), (first.id, "身份证")]) == {
            (second.id, "身份证"): [child.id]
        }


def test_nothing_can_be_moved_into_itself(store: Store) -> None:
    (top,) = add(store, office("县"))
    (middle,) = add(store, office("镇", parent=top.id))
    (low,) = add(store, office("村", parent=middle.id))
    assert reasons(refused(store, move(top, low.id, 0))) == [ConflictReason.PARENT]
    assert reasons(refused(store, move(top, top.id, 0))) == [ConflictReason.PARENT]


def test_a_conflict_that_is_caught_inside_the_unit_of_work_leaves_the_rest_intact(store: Store) -> None:
    (record,) = add(store, item())
    with store.unit_of_work() as unit:
        unit.apply(change_set(edit(record, {"kept_days": 1})))
        with pytest.raises(ConflictError):
            unit.apply(change_set(create(item("新")), edit(record, {"kept_days": 2})))
    assert read(store, record)[0].elements["kept_days"] == 1
    with store.read() as reader:
        assert reader.search("新").total == 0
        assert reader.verify_history() == []


def test_an_error_inside_the_unit_of_work_takes_everything_back(store: Store) -> None:
    before = contents(store)

    def work() -> None:
        with store.unit_of_work() as unit:
            unit.apply(change_set(create(item())))
            unit.set_setting("a", "b", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert contents(store) == before


def test_the_unit_of_work_sees_its_own_writes_and_others_do_not_yet(store: Store) -> None:
    record = item()
    with store.unit_of_work() as unit:
        unit.apply(change_set(create(record)))
        assert [found.id for found in unit.get([record.id])] == [record.id]
        assert unit.search("食品").total == 1
        with store.read() as reader:
            assert reader.get([record.id]) == []


def test_cancelling_takes_everything_back(store: Store) -> None:
    records = [item(f"事项{number}") for number in range(2500)]
    before, reports = contents(store), []

    def progress(done: int, total: int, what: str = "") -> None:
        reports.append((done, total))
        if done >= 2000:
            raise Cancelled

    with pytest.raises(Cancelled), store.unit_of_work() as unit:
        unit.apply(change_set(*map(create, records)), progress)
    assert reports == [(0, 2500), (1000, 2500), (2000, 2500)]
    assert contents(store) == before


def test_a_large_creation_is_found_by_every_index_afterwards(store: Store) -> None:
    few = add(store, item("早先的事项", code="OLD", kept_days=9))
    records = [item(f"事项{number:05}", code=f"c{number}", kept_days=number % 7) for number in range(6000)]
    write(store, *map(create, records))
    with store.read() as reader:
        assert reader.find_by_key("item", ("code",), [("C5999",), ("old",)]) == {
            ("C5999",): [records[-1].id],
            ("old",): [few[0].id],
        }
        indexes = reader.connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'list_item'"
        ).scalar()
        assert indexes == 6
        assert reader.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_an_empty_change_set_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="without changes"), store.unit_of_work() as unit:
        unit.apply(change_set())


def test_a_kind_that_the_standard_does_not_have_is_a_mistake(store: Store) -> None:
    with pytest.raises(KeyError), store.unit_of_work() as unit:
        unit.apply(change_set(create(Record("x", "unicorn", {}))))


def test_a_change_set_is_applied_only_once(store: Store) -> None:
    act, _outcome = write(store, create(item()))
    again = replace(act, changes=(create(item("又")),))
    with pytest.raises(ConflictError), store.unit_of_work() as unit:
        unit.apply(again)


def test_every_change_set_waits_in_the_outbox(store: Store) -> None:
    add(store, item())
    add(store, item())
    with store.read() as reader:
        assert reader.outbox_count() == 2


def test_settings_keep_json_and_are_forgotten_with_none(store: Store) -> None:
    with store.unit_of_work() as unit:
        unit.set_setting("view", "columns", {"a": [1, None, "中"]})
        unit.set_setting("view", "columns", ["中"])
        unit.set_setting("view", "width", 3)
        assert unit.get_setting("view", "columns") == ["中"]
    with store.unit_of_work() as unit:
        unit.set_setting("view", "width", None)
    with store.read() as reader:
        assert reader.get_settings("view") == {"columns": ["中"]}
        assert reader.get_setting("view", "width") is None
        assert reader.outbox_count() == 0


def test_a_unit_of_work_inside_another_of_the_same_thread_is_a_mistake(store: Store) -> None:
    with store.unit_of_work(), pytest.raises(RuntimeError, match="inside another"), store.unit_of_work():
        pass


def test_origins_are_kept(store: Store) -> None:
    for origin in Origin:
        act = change_set(create(item(origin.value)), origin=origin)
        with store.unit_of_work() as unit:
            unit.apply(act)
    with store.read() as reader:
        assert [entry.change_set.origin for entry in reader.change_sets()] == list(reversed(Origin))
