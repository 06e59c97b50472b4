"""The history as it stands in the file: change sets and changes as canonical JSON, chained by hashes.

The hash of an entry is SHA-256 over the hash before it and the canonical JSON of the whole change set, its changes
included; the store remembers the last one. So a changed byte, a missing entry, an exchanged pair and a cut tail show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Connection, select

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, HistoryEntry, Origin
from gdbos_desktop.storage.tables import PLACES, change, change_set, record, store
from gdbos_desktop.storage.values import from_json, to_json
from gdbos_desktop.system.messages import N_
from gdbos_desktop.system.tasks import Progress, no_progress

START = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True, slots=True)
class HistoryFault:
    """A broken place in the history: the entry where it shows first and what is wrong (a message id)."""

    sequence: int
    change_set_id: str
    message: str


class ChainHash:
    """The hash of one change set, fed change by change so that a large one needs no second copy in memory."""

    def __init__(self, previous_hash: str, actor: str, at: int) -> None:
        self._sum = hashlib.sha256(previous_hash.encode())
        self._sum.update(f'{{"actor":{to_json(actor)},"at":{at},"changes":['.encode())
        self._is_first = True

    def add(self, bodies: Sequence[str]) -> None:
        """The next changes, as JSON."""
        if bodies:
            self._sum.update(("" if self._is_first else ",").encode() + ",".join(bodies).encode())
            self._is_first = False

    def end(self, change_set_id: str, origin: str, reason: str, undoes: str | None) -> str:
        """The hash, after the last change."""
        rest = to_json({"id": change_set_id, "origin": origin, "reason": reason, "undoes": undoes})
        self._sum.update(f"],{rest[1:]}".encode())
        return self._sum.hexdigest()


def about_of(one: Change, before_json: str) -> str:
    """A change as canonical JSON, without the elements it sets: they stand beside it and come last in the hash."""
    moved = "null" if one.moved_from is None else to_json(one.moved_from)
    parent = "null" if one.parent_id is None else encode_basestring(one.parent_id)
    return (
        f'{{"action":"{one.action.value}","base":{one.base_version},"before":{before_json},'
        f'"kind":{encode_basestring(one.kind)},"moved_from":{moved},"parent":{parent},"position":{one.position},'
        f'"record":{encode_basestring(one.record_id)}}}'
    )


def body_of(about: str, after: str) -> str:
    """The whole change as canonical JSON."""
    return f'{about[:-1]},"values":{after}}}'


def change_from(about: str, after: str) -> Change:
    """The change that a row of ``change`` says."""
    data = from_json(about)
    moved = data["moved_from"]
    return Change(
        action=Action(data["action"]),
        record_id=data["record"],
        kind=data["kind"],
        before=_values(data["before"]),
        after=_values(from_json(after)),
        base_version=data["base"],
        parent_id=data["parent"],
        position=data["position"],
        moved_from=None if moved is None else (moved[0], moved[1]),
    )


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {code: tuple(value) if isinstance(value, list) else value for code, value in data.items()}


def entry_from(row: Any, changes: Iterable[Change], taken_back: Mapping[str, TakenBack]) -> HistoryEntry:
    """A history entry from its row in ``change_set``."""
    found = ChangeSet(row.id, tuple(changes), row.actor, Origin(row.origin), row.reason, row.at, row.undoes)
    taken = taken_back.get(row.id, TakenBack(0, None))
    undone_by = taken.by if taken.count >= row.change_count else None
    return HistoryEntry(row.sequence, found, row.hash, row.previous_hash, undone_by, row.change_count, taken.count)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many changes of an act are taken back now, and the latest act that did."""

    count: int
    by: str | None


def taken_back(connection: Connection, ids: Iterable[str]) -> dict[str, TakenBack]:
    """What of these acts is taken back now; acts of which nothing is are left out.

    Every change of an undo takes back one change of what it undoes, as long as it is not taken back itself (a redo).
    """
    taken: dict[str, TakenBack] = {}
    for undoer in _undoers(connection, ids):
        before = taken.get(undoer.undoes, TakenBack(0, None))
        in_force = undoer.change_count - taken.get(undoer.id, _NOTHING).count
        if in_force > 0:
            taken[undoer.undoes] = TakenBack(before.count + in_force, before.by or undoer.id)
    wanted = set(ids)
    return {one: found for one, found in taken.items() if one in wanted}


_NOTHING = TakenBack(0, None)


def records_taken_back(connection: Connection, change_set_id: str) -> set[str]:
    """The records of an act that are taken back now."""
    taken: dict[str, set[str]] = {}
    for undoer in _undoers(connection, [change_set_id]):
        touched = connection.execute(
            select(record.c.id)
            .join(change, change.c.rid == record.c.rid)
            .where(change.c.place >= undoer.sequence * PLACES, change.c.place < (undoer.sequence + 1) * PLACES)
        ).scalars()
        taken.setdefault(undoer.undoes, set()).update(set(touched) - taken.get(undoer.id, set()))
    return taken.get(change_set_id, set())


def _undoers(connection: Connection, ids: Iterable[str]) -> list[Any]:
    """All that undid these acts, what undid that, and so on: the latest first, so that each follows what undid it."""
    found: dict[str, Any] = {}
    ask, asked = set(ids), set[str]()
    while ask:
        asked |= ask
        rows = connection.execute(
            select(change_set.c.undoes, change_set.c.id, change_set.c.sequence, change_set.c.change_count).where(
                change_set.c.undoes.in_(ask)
            )
        ).all()
        found.update((row.id, row) for row in rows)
        ask = {row.id for row in rows} - asked  # a damaged or malicious history may go in circles
    return sorted(found.values(), key=lambda row: -row.sequence)


_BATCH = 500


def verify(connection: Connection, progress: Progress = no_progress) -> list[HistoryFault]:
    """The first broken entry of the history, or nothing when the whole chain holds."""
    head = connection.execute(select(store.c.head_sequence, store.c.head_hash)).one()
    total, previous, expected = head.head_sequence, START, 1
    for row in connection.execute(select(change_set).order_by(change_set.c.sequence)):
        if row.sequence != expected:
            return [HistoryFault(expected, "", N_("The entry is missing."))]
        if row.previous_hash != previous:
            return [HistoryFault(row.sequence, row.id, N_("The entry does not follow the one before it."))]
        fault = _verify_entry(connection, row)
        if fault:
            return [HistoryFault(row.sequence, row.id, fault)]
        previous, expected = row.hash, expected + 1
        progress(row.sequence, total)
    if expected - 1 != total or previous != head.head_hash:
        return [HistoryFault(min(expected, total), "", N_("The end of the history is missing or was exchanged."))]
    stray = connection.execute(select(change.c.place).where(change.c.place >= expected * PLACES).limit(1)).first()
    if stray is not None:
        return [HistoryFault(stray.place // PLACES, "", N_("There are changes without an entry."))]
    return []


def _verify_entry(connection: Connection, row: Any) -> str:
    chain = ChainHash(row.previous_hash, row.actor, row.at)
    first = row.sequence * PLACES
    changes = connection.execute(
        select(change.c.place, change.c.about, change.c.after, record.c.id)
        .outerjoin(record, record.c.rid == change.c.rid)
        .where(change.c.place >= first, change.c.place < first + PLACES)
        .order_by(change.c.place)
    )
    count = 0
    for part in changes.partitions(_BATCH):
        chain.add([body_of(about, after) for _place, about, after, _id in part])
        for place, about, _after, record_id in part:
            if place != first + count:
                return N_("A change of the entry is missing.")
            if record_id is None or not about.endswith(f'"record":{encode_basestring(record_id)}}}'):
                return N_("A change of the entry belongs to another record.")
            count += 1
    if count != row.change_count:
        return N_("A change of the entry is missing.")
    if chain.end(row.id, row.origin, row.reason, row.undoes) != row.hash:
        return N_("The entry was altered.")
    return ""
