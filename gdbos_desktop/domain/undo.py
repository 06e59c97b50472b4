"""Taking an act back: the changes that undo a change set, or the records that stand in the way.

What counts is what is there now, not how it came about: an act can be taken back as long as every value it wrote still
stands, days later and after other acts were taken back too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, applied
from gdbos_desktop.domain.records import Record


def take_back(
    change_set: ChangeSet, records: Mapping[str, Record], versions: Mapping[str, int]
) -> tuple[tuple[Change, ...], frozenset[str]]:
    """The changes that take a change set back, last first, and the ids of records that changed since.

    ``records`` are the living records it touched, ``versions`` the versions of all of them, deleted ones included.
    """
    now: dict[str, Record | None] = {record_id: records.get(record_id) for record_id in versions}
    version = dict(versions)
    changes: list[Change] = []
    disturbed: set[str] = set()
    for change in reversed(change_set.changes):
        record_id = change.record_id
        record = now.get(record_id)
        if record_id not in version or not _still_stands(change, record):
            disturbed.add(record_id)
            continue
        back = change.inverse(version[record_id])
        if record is not None and change.moved_from is None:
            back = replace(back, parent_id=record.parent_id, position=record.position)
        changes.append(back)
        version[record_id] += 1
        if back.action is Action.DELETE:
            now[record_id] = None
        else:
            held = record or Record(record_id, change.kind, {}, back.parent_id, back.position)
            now[record_id] = applied(held, back)
    return tuple(changes), frozenset(disturbed)


def _still_stands(change: Change, record: Record | None) -> bool:
    """Whether what the change wrote is what is there."""
    if change.action is Action.DELETE:
        return record is None
    if record is None:
        return False
    if change.moved_from is not None and (record.parent_id, record.position) != (change.parent_id, change.position):
        return False
    if change.action is Action.EDIT:
        return all(record.elements.get(code) == value for code, value in change.after.items())
    return dict(record.elements) == {code: value for code, value in change.after.items() if value is not None}
