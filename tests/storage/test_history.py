"""History: append-only, chained by hashes; whatever is tampered with, the first bad entry is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as driver

from gdbos_desktop.domain.changes import Change, ChangeSet, Origin, create, delete, edit, move
from gdbos_desktop.storage import HistoryFault, Store
from gdbos_desktop.system.errors import Cancelled
from tests.storage.workplace import (
    SMALL,
    add,
    change_set,
    inverse,
    item,
    new_store,
    office,
    part,
    read,
    standards,
    write,
)


def faults(store: Store) -> list[HistoryFault]:
    with store.read() as reader:
        return reader.verify_history()


def test_a_change_set_is_read_back_as_it_was_written(store: Store) -> None:
    (first, second) = add(store, item("一", kept_colours=("1", "2"), kept_days=3), item("二"))
    (child,) = add(store, part(first))
    act = change_set(
        edit(first, {"kept_colours": None, "name": "一改", "loose_day": "2026-11-24"}), move(child, second.id, 2),
        origin=Origin.IMPORT, reason="原因“引号”\n", undoes="nothing",
    )  # fmt: skip
    with store.unit_of_work() as unit:
        applied = unit.apply(act)
    with store.read() as reader:
        entry = reader.change_set(act.id)
        assert entry is not None
        assert entry.change_set == act
        assert (entry.sequence, entry.change_count, entry.undone_by) == (applied.sequence, 2, None)
        assert reader.change_set("nothing") is None


def test_the_history_of_a_record_shows_only_its_own_changes_newest_first(store: Store) -> None:
    first, second = add(store, item("一"), item("二"))
    for days in (1, 2, 3):
        (first,) = read(store, first)
        (second,) = read(store, second)
        write(store, edit(first, {"kept_days": days}), edit(second, {"kept_days": days}))
    with store.read() as reader:
        entries = reader.history(first.id)
        assert [entry.sequence for entry in entries] == [4, 3, 2, 1]
        assert [[one.record_id for one in entry.change_set.changes] for entry in entries] == [[first.id]] * 4
        assert [entry.change_count for entry in entries] == [2, 2, 2, 2]
        assert [entry.sequence for entry in reader.history(first.id, limit=2)] == [4, 3]
        assert reader.history("nobody") == []


def test_change_sets_are_paged_backwards(store: Store) -> None:
    for number in range(5):
        add(store, item(str(number)))
    with store.read() as reader:
        assert [entry.sequence for entry in reader.change_sets(2)] == [5, 4]
        assert [entry.sequence for entry in reader.change_sets(2, before=4)] == [3, 2]
        assert [entry.change_set.changes for entry in reader.change_sets(1)] == [()]


def test_what_was_undone_is_marked_until_it_is_done_again(store: Store) -> None:
    def undone(act: ChangeSet) -> str | None:
        with store.read() as reader:
            entry = reader.change_set(act.id)
            (listed,) = (one for one in reader.change_sets() if one.change_set.id == act.id)
            assert entry is not None
            assert entry.undone_by == listed.undone_by
            return entry.undone_by

    def take_back(act: ChangeSet) -> ChangeSet:
        with store.read() as reader:
            changes = inverse(act, reader.versions(act.record_ids))
        return write(store, *changes, undoes=act.id)[0]

    act, _outcome = write(store, create(item()))
    assert undone(act) is None
    undo = take_back(act)
    assert undone(act) == undo.id
    redo = take_back(undo)
    assert (undone(act), undone(undo)) == (None, redo.id)
    again = take_back(redo)
    assert (undone(act), undone(undo), undone(redo)) == (undo.id, None, again.id)


def test_an_undo_that_names_itself_does_not_hang(store: Store) -> None:
    act = change_set(create(item()))
    with store.unit_of_work() as unit:
        unit.apply(replace(act, undoes=act.id))
    with store.read() as reader:
        assert reader.change_sets()[0].undone_by in {None, act.id}


def test_the_hash_is_that_of_the_hash_before_and_the_canonical_json_of_the_whole(store: Store) -> None:
    add(store, item("一", kept_colours=("1", "2")))
    (bureau,) = add(store, office())
    (second,) = add(store, item("二", office=bureau.id))
    write(store, edit(second, {"name": "三", "office": None}), create(part(second)))
    with store.read() as reader:
        previous = "0" * 64
        for listed in reversed(reader.change_sets()):
            entry = reader.change_set(listed.change_set.id)
            assert entry is not None
            act = entry.change_set
            whole = {
                "actor": act.actor, "at": act.at, "changes": [plain(one) for one in act.changes], "id": act.id,
                "origin": act.origin, "reason": act.reason, "undoes": act.undoes,
            }  # fmt: skip
            text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert entry.previous_hash == previous
            assert entry.hash == hashlib.sha256((previous + text).encode()).hexdigest()
            previous = entry.hash


def plain(one: Change) -> dict[str, Any]:
    return {
        "action": one.action, "base": one.base_version, "before": one.before, "kind": one.kind,
        "moved_from": one.moved_from, "parent": one.parent_id, "position": one.position, "record": one.record_id,
        "values": one.after,
    }  # fmt: skip


def test_history_refuses_to_be_changed_or_deleted(store: Store) -> None:
    add(store, item())
    for statement in (
        "UPDATE change_set SET reason = 'x'", "DELETE FROM change_set", "UPDATE change SET after = '{}'",
        "DELETE FROM change", "REPLACE INTO change SELECT * FROM change",
        "REPLACE INTO change_set SELECT * FROM change_set", "UPDATE OR REPLACE change SET place = place + 1",
        "REPLACE INTO change_set SELECT 9, id, actor, origin, reason, at, undoes, 0, hash, hash FROM change_set",
    ):  # fmt: skip
        raw = driver.connect(str(store.info.path), isolation_level=None)
        with pytest.raises(driver.IntegrityError, match="only ever added to"):
            raw.execute(statement)
        raw.close()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A store with a history of five entries, closed."""
    path = tmp_path / "county.gdbos"
    with new_store(path) as store:
        first, second = add(store, item("食品经营许可", code="A1"), item("药品"))
        write(store, edit(first, {"name": "食品生产许可"}))
        act, _outcome = write(store, delete(second))
        with store.read() as reader:
            write(store, *inverse(act, reader.versions(act.record_ids)), undoes=act.id)
        add(store, item("最后"))
        assert faults(store) == []
    return path


def first_fault(path: Path) -> HistoryFault:
    with Store.open(path, standards()) as store:
        (fault,) = faults(store)
        return fault


def tamper(path: Path, *statements: str) -> None:
    raw = driver.connect(str(path), isolation_level=None)
    for (trigger,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


PLACE = "place = 3 * 16777216"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change_set SET reason = reason || '.' WHERE sequence = 3",
        "UPDATE change_set SET actor = '王五' WHERE sequence = 3",
        "UPDATE change_set SET at = at + 1 WHERE sequence = 3",
        "UPDATE change_set SET origin = 'sync' WHERE sequence = 3",
        "UPDATE change_set SET undoes = 'x' WHERE sequence = 3",
        "UPDATE change_set SET id = 'x' WHERE sequence = 3",
        "UPDATE change_set SET change_count = 2 WHERE sequence = 3",
        "UPDATE change_set SET hash = replace(hash, 'a', 'b') WHERE sequence = 3",
        "UPDATE change_set SET previous_hash = hash WHERE sequence = 3",
        "DELETE FROM change_set WHERE sequence = 3",
        f"DELETE FROM change WHERE {PLACE}",
        f"UPDATE change SET about = replace(about, '药品', '毒品') WHERE {PLACE}",
        f'UPDATE change SET after = \'{{"name":"x"}}\' WHERE {PLACE}',
        f"UPDATE change SET rid = 1 WHERE {PLACE}",
        f"UPDATE change SET place = place + 1 WHERE {PLACE}",
        f"INSERT INTO change SELECT place + 1, rid, about, after FROM change WHERE {PLACE}",
    ],
)
def test_a_changed_entry_is_the_first_fault(written: Path, statement: str) -> None:
    tamper(written, statement)
    assert first_fault(written).sequence == 3


def test_two_exchanged_entries_show(written: Path) -> None:
    tamper(
        written,
        "UPDATE change_set SET sequence = 99 WHERE sequence = 2",
        "UPDATE change_set SET sequence = 2 WHERE sequence = 3",
        "UPDATE change_set SET sequence = 3 WHERE sequence = 99",
    )
    assert first_fault(written).sequence == 2


def test_two_exchanged_changes_of_an_entry_show(written: Path) -> None:
    start = 16777216
    tamper(
        written,
        f"UPDATE change SET place = 9 WHERE place = {start}",
        f"UPDATE change SET place = {start} WHERE place = {start + 1}",
        f"UPDATE change SET place = {start + 1} WHERE place = 9",
    )
    assert first_fault(written).sequence == 1


def test_a_cut_tail_shows(written: Path) -> None:
    tamper(written, "DELETE FROM change_set WHERE sequence = 5", "DELETE FROM change WHERE place >= 5 * 16777216")
    assert first_fault(written).sequence == 5


def test_an_appended_entry_without_its_hash_shows(written: Path) -> None:
    tamper(
        written,
        "INSERT INTO change_set SELECT 6, 'x', actor, origin, reason, at, undoes, 0, hash, hash FROM change_set "
        "WHERE sequence = 5",
    )
    assert first_fault(written).sequence == 6


def test_changes_without_an_entry_show(written: Path) -> None:
    tamper(written, f"INSERT INTO change SELECT 7 * 16777216, rid, about, after FROM change WHERE {PLACE}")
    assert first_fault(written).sequence == 7


@pytest.mark.parametrize("marker", ["食品经营许可", "药品", "李明", "因为需要"])
def test_a_byte_flipped_in_the_file_shows(written: Path, marker: str) -> None:
    data = bytearray(written.read_bytes())
    places = [at for at in range(len(data)) if data.startswith(marker.encode(), at)]
    assert places
    found = 0
    for at in places:
        flipped = bytearray(data)
        flipped[at + 2] ^= 1
        written.write_bytes(bytes(flipped))
        with Store.open(written, standards()) as store:
            found += len(faults(store))
    assert found >= 1  # some copies stand in derived tables, which are no part of the history


def test_every_byte_of_the_history_counts(written: Path) -> None:
    raw = driver.connect(str(written), isolation_level=None)
    texts = {
        row[0] for row in raw.execute("SELECT about FROM change UNION SELECT after FROM change WHERE after <> '{}'")
    }
    raw.close()
    data = written.read_bytes()
    checked = 0
    for text in sorted(texts):
        start = data.find(text.encode())
        for at in range(start, start + len(text.encode()), 7):
            written.write_bytes(data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :])
            with Store.open(written, standards()) as store, store.read() as reader:
                assert problem(reader.verify_history), data[start : at + 1]
            checked += 1
    assert checked > 50


def problem(verify: Callable[[], list[HistoryFault]]) -> bool:
    try:
        return bool(verify())
    except (driver.Error, UnicodeError):
        return True


def test_verifying_reports_its_progress_and_can_be_cancelled(store: Store) -> None:
    add(store, item())
    add(store, item())
    reports: list[tuple[int, int]] = []

    def progress(done: int, total: int, what: str = "") -> None:
        reports.append((done, total))
        if done == 2:
            raise Cancelled

    with store.read() as reader, pytest.raises(Cancelled):
        reader.verify_history(progress)
    assert reports == [(1, 2), (2, 2)]


def test_a_new_store_has_a_sound_history(store: Store) -> None:
    assert faults(store) == []
    assert SMALL.identity == store.info.standard


def test_what_was_taken_back_in_part_is_counted_and_named_record_by_record(store: Store) -> None:
    act, _outcome = write(store, *map(create, (first := item("一"), item("二"), item("三"))))

    def state() -> tuple[int, bool, frozenset[str]]:
        with store.read() as reader:
            entry = reader.change_set(act.id)
            assert entry is not None
            assert (entry.undone_by is not None) == (entry.taken_back == len(act.changes))
            return entry.taken_back, entry.is_partly_undone, frozenset(reader.records_taken_back(act.id))

    with store.read() as reader:
        changes = inverse(act, reader.versions(act.record_ids))
    part_of_it = write(store, *[one for one in changes if one.record_id != first.id], undoes=act.id)[0]
    assert state() == (2, True, act.record_ids - {first.id})
    rest = write(store, *[one for one in changes if one.record_id == first.id], undoes=act.id)[0]
    assert state() == (3, False, act.record_ids)
    with store.read() as reader:
        again = inverse(part_of_it, reader.versions(part_of_it.record_ids))
    write(store, *again, undoes=part_of_it.id)
    assert state() == (1, True, rest.record_ids)


def test_a_thousand_undos_and_redos_in_a_row_are_followed_to_the_end(store: Store) -> None:
    (record,) = add(store, item())
    act = write(store, edit(record, {"name": "新"}))[0]
    last, version = act, 2
    for _number in range(1001):
        change = replace(last.changes[0].inverse(version), base_version=version)
        last, version = write(store, change, undoes=last.id)[0], version + 1
    with store.read() as reader:
        entry = reader.change_set(act.id)
        assert entry is not None
        assert entry.taken_back == 1
        assert reader.records_taken_back(act.id) == {record.id}
