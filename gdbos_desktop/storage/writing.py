"""The one door for writes: a change set goes through whole or not at all.

Order of work, all in one transaction: versions verified → rows → history with its hash → finding and search → outbox.
Every conflict of the change set is collected before it is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, column, func, literal, select
from sqlalchemy.dialects.sqlite import insert

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, ConflictReason, VersionConflict
from gdbos_desktop.schema import Value
from gdbos_desktop.storage import projections as rows
from gdbos_desktop.storage.faults import ConflictError
from gdbos_desktop.storage.history import ChainHash, about_of, body_of
from gdbos_desktop.storage.projections import Projection, Projections, execute_many
from gdbos_desktop.storage.reader import Reader
from gdbos_desktop.storage.tables import PLACES, elements_json, record, records, setting, store
from gdbos_desktop.storage.tables import change_set as history
from gdbos_desktop.storage.values import to_elements, to_json
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Applied:
    """Where a change set came to stand in the history, and the versions its records have now."""

    sequence: int
    versions: Mapping[str, int]


class UnitOfWork(Reader):
    """The one write transaction; its questions see its own writes. Committed when its ``with`` block ends normally."""

    BATCH = 1000

    def apply(self, change_set: ChangeSet, progress: Progress = no_progress) -> Applied:
        """Write a change set, or raise ConflictError with all its conflicts and write nothing of it.

        A change set that the history already has is such a conflict too: its own id is named. ``progress`` is told
        after every batch; what it raises (Cancelled) takes the whole back.
        """
        if not change_set.changes:
            raise ValueError("a change set without changes")
        if len(change_set.changes) >= PLACES:
            raise ValueError("a change set of more changes than the history can number")
        with _all_or_nothing(self.connection):
            return _Application(self.connection, self._projections, change_set).run(self.BATCH, progress)

    def set_setting(self, section: str, key: str, value: Any) -> None:
        """Keep something that is no record (JSON), such as remembered headings; None forgets it."""
        if value is None:
            self.connection.execute(setting.delete().where(setting.c.section == section, setting.c.key == key))
            return
        kept = insert(setting).values(section=section, key=key, value=to_json(value))
        self.connection.execute(
            kept.on_conflict_do_update(index_elements=["section", "key"], set_={"value": kept.excluded.value})
        )


@contextmanager
def _all_or_nothing(connection: Connection) -> Iterator[None]:
    """A savepoint: whoever catches the error inside the unit of work still commits nothing of the change set."""
    connection.exec_driver_sql("SAVEPOINT change_set")
    try:
        yield
    except BaseException:
        # A full disk may already have taken the whole transaction back, and the savepoint with it.
        driver_connection: Any = connection.connection.dbapi_connection
        if driver_connection.in_transaction:
            connection.exec_driver_sql("ROLLBACK TO change_set")
            connection.exec_driver_sql("RELEASE change_set")
        raise
    connection.exec_driver_sql("RELEASE change_set")


@dataclass(slots=True)
class _State:
    """A record within a batch: as it is now, and what of it stood in the derived tables when the batch began.

    ``json`` are its elements as JSON if known; ``own_json`` what stands in its own row, None when the change at the
    place ``made`` has it.
    """

    rid: int
    id: str
    kind: str
    parent: str | None
    position: int
    version: int
    is_deleted: bool
    made: int
    elements: Mapping[str, Any]
    json: str | None
    own_json: str | None
    is_new: bool
    was_listed: bool
    elements_before: Mapping[str, Any]
    parent_before: str | None


_wanted = func.json_each(bindparam("wanted")).table_valued(column("value"), name="wanted")
_STATES = (
    select(
        record.c.rid,
        record.c.id,
        record.c.kind,
        record.c.parent,
        record.c.position,
        record.c.version,
        record.c.deleted,
        record.c.made,
        elements_json,
        record.c.elements,
    )
    .select_from(records)
    .where(record.c.id.in_(select(_wanted.c.value)))
)

_INSERT_RECORD = (
    "INSERT INTO record (parent, position, version, deleted, made, title, elements, rid, id, kind) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE_RECORD = (
    "UPDATE record SET parent = ?, position = ?, version = ?, deleted = ?, made = ?, title = ?, elements = ? "
    "WHERE rid = ?"
)
_INSERT_CHANGE = "INSERT INTO change (place, rid, about, after) VALUES (?, ?, ?, ?)"
_INSERT_CHANGE_SET = (
    "INSERT INTO change_set (sequence, id, actor, origin, reason, at, undoes, change_count, previous_hash, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BULK = 5000
"""From so many new records of a kind, if it had fewer before, its indexes are made afterwards."""


class _Application:
    """One change set on its way into the file."""

    def __init__(self, connection: Connection, projections: Projections, change_set: ChangeSet) -> None:
        self._connection = connection
        self._projections = projections
        self._change_set = change_set
        head = connection.execute(select(store.c.head_sequence, store.c.head_hash)).one()
        self._previous_hash: str = head.head_hash
        self._sequence: int = head.head_sequence + 1
        self._chain = ChainHash(self._previous_hash, change_set.actor, change_set.at)
        self._next_rid: int = (connection.execute(select(func.max(record.c.rid))).scalar() or 0) + 1
        self._place = self._sequence * PLACES
        self._conflicts: list[VersionConflict] = []
        self._versions: dict[str, int] = {}
        self._placed: dict[str, str] = {}
        self._moved: list[str] = []
        self._deleted: set[str] = set()

    def run(self, batch: int, progress: Progress) -> Applied:
        """Everything, in order."""
        changes, total = self._change_set.changes, len(self._change_set.changes)
        applied_before = select(history.c.sequence).where(history.c.id == self._change_set.id)
        if self._connection.execute(applied_before).first() is not None:
            raise ConflictError([VersionConflict(self._change_set.id, 0, 1, ConflictReason.EXISTS)])
        what = _("Saving")
        progress(0, total, what)
        indexes_later = self._kinds_in_bulk()
        for projection in indexes_later:
            rows.drop_indexes(self._connection, projection)
        for start in range(0, total, batch):
            self._apply_batch(changes[start : start + batch])
            progress(min(start + batch, total), total, what)
        self._check_tree()
        if self._conflicts:
            raise ConflictError(self._conflicts)
        for projection in indexes_later:
            rows.create_indexes(self._connection, projection)
        self._end()
        return Applied(self._sequence, self._versions)

    def _kinds_in_bulk(self) -> list[Projection]:
        if len(self._change_set.changes) < _BULK:
            return []
        new = Counter(one.kind for one in self._change_set.changes if one.action is Action.CREATE)
        found = []
        for kind, count in new.items():
            if count >= _BULK:
                projection = self._projections[kind]
                there = self._connection.execute(select(func.count()).select_from(projection.table)).scalar_one()
                if there < count:
                    found.append(projection)
        return found

    def _apply_batch(self, changes: Sequence[Change]) -> None:
        states = self._load(changes)
        bodies: list[str] = []
        placed: list[tuple[int, int, str, str]] = []
        for one in changes:
            state = states.get(one.record_id)
            conflict = self._conflict(one, state)
            if conflict is not None:
                found = state.version if state else 0
                self._conflicts.append(VersionConflict(one.record_id, one.base_version, found, conflict))
                continue
            before_json = "{}"
            if one.before:
                is_all = one.action is Action.DELETE and state is not None and state.json is not None
                before_json = state.json if is_all and state and state.json else to_json(one.before)
            if state is None:
                state = self._created(one)
                states[one.record_id] = state
            else:
                self._change(one, state)
            self._versions[state.id] = state.version
            after = (
                state.json if state.made == self._place and state.json else to_json(one.after) if one.after else "{}"
            )
            about = about_of(one, before_json)
            bodies.append(body_of(about, after))
            placed.append((self._place, state.rid, about, after))
            self._place += 1
        if self._conflicts:
            return  # the rest is only looked at, to name every conflict
        self._chain.add(bodies)
        self._write(states)
        execute_many(self._connection, _INSERT_CHANGE, placed)

    def _load(self, changes: Sequence[Change]) -> dict[str, _State]:
        ids = list({one.record_id for one in changes})
        states = {}
        for rid, record_id, kind, parent, position, version, deleted, made, text, own in self._connection.execute(
            _STATES, {"wanted": to_json(ids)}
        ):
            elements = to_elements(text)
            states[record_id] = _State(
                rid, record_id, kind, parent, position, version, bool(deleted), made, elements, text, own,
                is_new=False, was_listed=not deleted, elements_before=elements, parent_before=parent,
            )  # fmt: skip
        return states

    @staticmethod
    def _conflict(one: Change, state: _State | None) -> ConflictReason | None:
        if one.action is Action.CREATE:
            return None if state is None else ConflictReason.EXISTS
        if state is None:
            return ConflictReason.MISSING
        if one.kind != state.kind:
            raise ValueError(f"record {one.record_id} is a {state.kind}, not a {one.kind}")
        if one.action is Action.RESTORE:
            if not state.is_deleted:
                return ConflictReason.EXISTS
            return None if one.base_version == state.version else ConflictReason.VERSION
        if state.is_deleted:
            return ConflictReason.DELETED
        if one.base_version != state.version:
            return ConflictReason.VERSION
        here = one.moved_from if one.moved_from is not None else (one.parent_id, one.position)
        if here != (state.parent, state.position):
            return ConflictReason.BEFORE
        elements = state.elements
        if any(elements.get(code) != value for code, value in one.before.items()):
            return ConflictReason.BEFORE
        if one.action is Action.DELETE and len(elements) != sum(value is not None for value in one.before.values()):
            return ConflictReason.BEFORE
        return None

    def _created(self, one: Change) -> _State:
        self._projections[one.kind]  # a kind the standard does not have is our bug: KeyError
        elements = _filled(one.after)
        state = _State(
            self._next_rid, one.record_id, one.kind, one.parent_id, one.position, 1, False, self._place,
            elements, to_json(elements), None,
            is_new=True, was_listed=False, elements_before=_NONE, parent_before=None,
        )  # fmt: skip
        self._next_rid += 1
        if one.parent_id is not None:
            self._placed[state.id] = one.parent_id
        return state

    def _change(self, one: Change, state: _State) -> None:
        state.version += 1
        if one.action is Action.DELETE:
            state.is_deleted = True
            self._deleted.add(state.id)
            self._placed.pop(state.id, None)
            return
        if one.action is Action.RESTORE:
            state.is_deleted = False
            state.elements = _filled(one.after)
            state.json, state.own_json, state.made = to_json(state.elements), None, self._place
            self._deleted.discard(state.id)
        else:
            state.elements = _filled({**state.elements, **one.after})
            state.json = state.own_json = to_json(state.elements)
        if one.parent_id != state.parent or one.action is Action.RESTORE:
            self._moved.append(state.id)
            if one.parent_id is not None:
                self._placed[state.id] = one.parent_id
            else:
                self._placed.pop(state.id, None)
        state.parent, state.position = one.parent_id, one.position

    def _write(self, states: Mapping[str, _State]) -> None:
        into = _Rows()
        for state in states.values():
            self._add_rows(state, into)
        into.execute(self._connection, self._projections)

    def _add_rows(self, state: _State, into: _Rows) -> None:
        projection = self._projections[state.kind]
        rid, elements, is_listed = state.rid, state.elements, not state.is_deleted
        title = projection.title_of(elements)
        row = (
            state.parent,
            state.position,
            state.version,
            int(state.is_deleted),
            state.made,
            title,
            state.own_json,
            rid,
        )
        if state.is_new:
            into.inserted.append((*row, state.id, state.kind))
        else:
            into.updated.append(row)
        if is_listed:
            lists = into.relisted if state.was_listed else into.listed
            lists.setdefault(state.kind, []).append(projection.list_row(rid, self._sequence, elements))
        elif state.was_listed:
            into.unlisted.setdefault(state.kind, []).append((rid,))
        if projection.keys:
            new = projection.digests(elements, state.parent) if is_listed else set()
            old = projection.digests(state.elements_before, state.parent_before) if state.was_listed else set()
            into.keys += [(digest, rid) for digest in new - old]
            into.lost_keys += [(digest, rid) for digest in old - new]
        if state.was_listed and is_listed and title == projection.title_of(state.elements_before):
            return
        if state.was_listed:
            into.lost_entries.append((rid,))
        if is_listed:
            entry, text = projection.search_entry(rid, title)
            into.entries.append(entry)
            into.texts.append(text)

    def _check_tree(self) -> None:
        """Every record placed stands in a living one that it does not contain; nothing deleted leaves children."""
        homeless: dict[str, None] = {}
        if self._placed:
            living = self._living(set(self._placed.values()))
            homeless.update((child, None) for child, parent in self._placed.items() if parent not in living)
        for child in dict.fromkeys(self._moved):
            if child in self._placed and child not in homeless and self._contains_itself(child):
                homeless[child] = None
        left: list[str] = []
        if self._deleted and not self._conflicts:
            children = select(record.c.parent).where(
                record.c.parent.in_(select(_wanted.c.value)), record.c.parent.is_not(None), record.c.deleted == 0
            )
            wanted = {"wanted": to_json(sorted(self._deleted))}
            left = [str(parent) for parent in self._connection.execute(children.distinct(), wanted).scalars()]
        if homeless or left:
            by_record = {one.record_id: one for one in self._change_set.changes}
            for child in homeless:
                self._refuse(by_record[child], ConflictReason.PARENT)
            for parent in left:
                self._refuse(by_record[parent], ConflictReason.CHILDREN)

    def _living(self, ids: set[str]) -> set[str]:
        asked = select(record.c.id).where(record.c.id.in_(select(_wanted.c.value)), record.c.deleted == 0)
        living = set(self._connection.execute(asked, {"wanted": to_json(list(ids))}).scalars())
        if self._conflicts:  # after the first conflict nothing is written, so ask the change set itself too
            brought = {Action.CREATE, Action.RESTORE}
            living |= {one.record_id for one in self._change_set.changes if one.action in brought}
        return living

    def _refuse(self, one: Change, reason: ConflictReason) -> None:
        found = self._connection.execute(select(record.c.version).where(record.c.id == one.record_id)).scalar()
        self._conflicts.append(VersionConflict(one.record_id, one.base_version, found or 0, reason))

    def _contains_itself(self, record_id: str) -> bool:
        above = select(record.c.parent.label("id")).where(record.c.id == record_id).cte("above", recursive=True)
        above = above.union(select(record.c.parent).join(above, record.c.id == above.c.id))
        return self._connection.execute(select(literal(1)).where(above.c.id == record_id)).first() is not None

    def _end(self) -> None:
        one = self._change_set
        digest = self._chain.end(one.id, one.origin.value, one.reason, one.undoes)
        self._connection.exec_driver_sql(
            _INSERT_CHANGE_SET,
            (
                self._sequence, one.id, one.actor, one.origin.value, one.reason, one.at, one.undoes,
                len(one.changes), self._previous_hash, digest,
            ),
        )  # fmt: skip
        self._connection.exec_driver_sql(
            "INSERT INTO outbox (sequence, state) VALUES (?, 'waiting')", (self._sequence,)
        )
        self._connection.execute(store.update().values(head_sequence=self._sequence, head_hash=digest))


class _Rows:
    """The rows of a batch, table by table, so that each table is written with one statement."""

    def __init__(self) -> None:
        self.inserted: list[tuple[Any, ...]] = []
        self.updated: list[tuple[Any, ...]] = []
        self.listed: dict[str, list[tuple[Any, ...]]] = {}
        self.relisted: dict[str, list[tuple[Any, ...]]] = {}
        self.unlisted: dict[str, list[tuple[Any, ...]]] = {}
        self.keys: list[tuple[bytes, int]] = []
        self.lost_keys: list[tuple[bytes, int]] = []
        self.entries: list[tuple[Any, ...]] = []
        self.texts: list[tuple[Any, ...]] = []
        self.lost_entries: list[tuple[Any, ...]] = []

    def execute(self, connection: Connection, projections: Projections) -> None:
        """Write them all."""
        execute_many(connection, _INSERT_RECORD, self.inserted)
        execute_many(connection, _UPDATE_RECORD, self.updated)
        for code, some in self.unlisted.items():
            execute_many(connection, projections[code].delete_sql, some)
        for code, some in self.relisted.items():
            execute_many(connection, projections[code].replace_sql, some)
        for code, some in self.listed.items():
            execute_many(connection, projections[code].insert_sql, some)
        execute_many(connection, rows.DELETE_KEY, self.lost_keys)
        execute_many(connection, rows.INSERT_KEY, sorted(self.keys))
        execute_many(connection, rows.DELETE_SEARCH, self.lost_entries)
        execute_many(connection, rows.DELETE_SEARCH_TEXT, self.lost_entries)
        execute_many(connection, rows.INSERT_SEARCH, self.entries)
        execute_many(connection, rows.INSERT_SEARCH_TEXT, self.texts)


_NONE: Mapping[str, Any] = {}


def _filled(elements: Mapping[str, Value | None]) -> Mapping[str, Any]:
    if None not in elements.values():
        return elements
    return {code: value for code, value in elements.items() if value is not None}
