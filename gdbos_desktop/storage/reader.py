"""Questions to the store within one read transaction: everything a reader sees belongs to the same moment."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, column, func, select

from gdbos_desktop.domain.changes import Change, HistoryEntry
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Standard, Value
from gdbos_desktop.storage import history
from gdbos_desktop.storage.history import HistoryFault
from gdbos_desktop.storage.projections import FOLD, RID, Projection, Projections, Slot
from gdbos_desktop.storage.queries import Plan, group_value
from gdbos_desktop.storage.search import Searcher, SearchResult
from gdbos_desktop.storage.tables import (
    PLACES,
    change,
    change_set,
    elements_json,
    outbox,
    record,
    record_key,
    records,
    setting,
    store,
)
from gdbos_desktop.storage.values import folded, from_json, key_digest, sort_key, to_elements, to_json
from gdbos_desktop.system.tasks import Progress, no_progress

_RECORDS = select(
    record.c.rid,
    record.c.id,
    record.c.kind,
    record.c.parent,
    record.c.position,
    record.c.version,
    elements_json,
).select_from(records)
_wanted = func.json_each(bindparam("wanted")).table_valued(column("value"), name="wanted")

_BY_ID = _RECORDS.where(record.c.id.in_(select(_wanted.c.value)), record.c.deleted == 0)
_BY_RID = _RECORDS.where(record.c.rid.in_(select(_wanted.c.value)), record.c.deleted == 0)
_IDS_BY_RID = select(record.c.rid, record.c.id).where(record.c.rid.in_(select(_wanted.c.value)))
_TITLES = select(record.c.id, record.c.title).where(record.c.id.in_(select(_wanted.c.value)))
_VERSIONS = select(record.c.id, record.c.version).where(record.c.id.in_(select(_wanted.c.value)))
_LIVING = select(record.c.id).where(record.c.id.in_(select(_wanted.c.value)), record.c.deleted == 0)
_ABOVE = select(record.c.id, record.c.parent).where(record.c.id.in_(select(_wanted.c.value)), record.c.deleted == 0)
_INSIDE = select(record.c.parent, record.c.id).where(
    record.c.parent.in_(select(_wanted.c.value)), record.c.parent.is_not(None), record.c.deleted == 0
)
_CHILDREN = _RECORDS.where(
    record.c.parent.in_(select(_wanted.c.value)), record.c.parent.is_not(None), record.c.deleted == 0
).order_by(record.c.parent, record.c.kind, record.c.position, record.c.rid)
_CHANGES = (
    select(change.c.about, change.c.after)
    .where(change.c.place >= bindparam("first"), change.c.place < bindparam("end"))
    .order_by(change.c.place)
)

_CHANGES_OF = select(change.c.place, change.c.about, change.c.after).join(record, record.c.rid == change.c.rid)


def record_from(row: tuple[Any, ...]) -> Record:
    """A record from its row."""
    return Record(row[1], row[2], to_elements(row[6]), row[3], row[4], row[5])


class Listing:
    """The records a query asks for: how many, and which ones at which place.

    ``count`` and the first page are found at once; the places of the rest with the first look beyond it. A listing
    may be kept and asked again through a later reader: order and places stay, records deleted since are left out of
    ``records``. (If the store changed before the first look beyond the first page, the rest shows the later state.)
    """

    FIRST_PAGE = 200

    def __init__(self, plan: Plan, connection: Connection) -> None:
        self._plan = plan
        self._rids = plan.rids(connection, self.FIRST_PAGE)
        self.count = len(self._rids)
        if self.count == self.FIRST_PAGE:
            self.count = plan.count(connection)

    def _slice(self, reader: Reader, offset: int, limit: int | None) -> array[int]:
        end = self.count if limit is None else min(offset + limit, self.count)
        if end > len(self._rids) and len(self._rids) <= self.FIRST_PAGE:
            self._rids = self._plan.rids(reader.connection, None)
        return self._rids[offset:end]

    def ids(self, reader: Reader, offset: int = 0, limit: int | None = None) -> list[str]:
        """The ids at these places."""
        return reader.ids_of(self._slice(reader, offset, limit))

    def records(self, reader: Reader, offset: int = 0, limit: int | None = None) -> list[Record]:
        """The records at these places."""
        return reader.records_of(self._slice(reader, offset, limit))


class Reader:
    """One moment of the store. Not to be used from two threads at once, nor after its ``with`` block."""

    def __init__(self, connection: Connection, projections: Projections, searcher: Searcher) -> None:
        self.connection = connection
        self._projections = projections
        self._searcher = searcher

    @property
    def standard(self) -> Standard:
        """The standard of the store."""
        return self._projections.standard

    def _plan(self, query: Query) -> Plan:
        return Plan(query, self._projections, self._searcher)

    # Records

    def get(self, ids: Sequence[str]) -> list[Record]:
        """The records in the order of ``ids``; those that are missing or deleted are left out."""
        rows = self.connection.execute(_BY_ID, {"wanted": to_json(list(ids))}).all()
        found = {row[1]: record_from(row) for row in rows}
        return [found[record_id] for record_id in ids if record_id in found]

    def records_of(self, rids: Sequence[int]) -> list[Record]:
        """The records with these row numbers, in their order; for the rooms of this module."""
        rows = self.connection.execute(_BY_RID, {"wanted": to_json(list(rids))}).all()
        found = {row[0]: record_from(row) for row in rows}
        return [found[rid] for rid in rids if rid in found]

    def ids_of(self, rids: Sequence[int]) -> list[str]:
        """The ids of these row numbers, in their order; for the rooms of this module."""
        found = dict(self.connection.execute(_IDS_BY_RID, {"wanted": to_json(list(rids))}).all())
        return [found[rid] for rid in rids if rid in found]

    def find(self, query: Query) -> Listing:
        """The records a query asks for."""
        return Listing(self._plan(query), self.connection)

    def iterate(self, query: Query, batch: int = 1000) -> Iterator[list[Record]]:
        """All records a query asks for, batch by batch, in its order."""
        rids = self._plan(query).rids(self.connection, None)
        for start in range(0, len(rids), batch):
            yield self.records_of(rids[start : start + batch])

    def count(self, query: Query) -> int:
        """How many records a query asks for."""
        return self._plan(query).count(self.connection)

    def group_counts(self, query: Query, element: str) -> list[tuple[Value | None, int]]:
        """How often each value of an element occurs, most frequent first; None stands for: not filled."""
        rows = self.connection.execute(self._plan(query).groups(element))
        slot = self._projections[query.kind].slot_of.get(element)
        return [(group_value(value, slot.form if slot else ""), count) for value, count in rows]

    def children(self, parent_ids: Sequence[str], kind: str | None = None) -> list[Record]:
        """What these records contain, ordered by parent, kind and position."""
        statement = _CHILDREN if kind is None else _CHILDREN.where(record.c.kind == kind)
        rows = self.connection.execute(statement, {"wanted": to_json(list(parent_ids))})
        return [record_from(row) for row in rows]

    def living(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids that are records now, not deleted ones."""
        return set(self.connection.execute(_LIVING, {"wanted": to_json(list(ids))}).scalars())

    def above(self, ids: Iterable[str]) -> dict[str, str | None]:
        """What contains these living records, and those, up to the top."""
        found: dict[str, str | None] = {}
        ask = set(ids)
        while ask:
            rows = dict(self.connection.execute(_ABOVE, {"wanted": to_json(list(ask))}).all())
            found.update(rows)
            ask = {parent for parent in rows.values() if parent is not None} - found.keys()
        return found

    def inside(self, parent_ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of what these records contain, by container; nothing else of it is read."""
        found: dict[str, list[str]] = {}
        for parent, record_id in self.connection.execute(_INSIDE, {"wanted": to_json(list(parent_ids))}):
            found.setdefault(parent, []).append(record_id)
        return found

    def titles(self, ids: Iterable[str]) -> dict[str, str]:
        """What the records are called, deleted ones included (something may still refer to them)."""
        return dict(self.connection.execute(_TITLES, {"wanted": to_json(list(ids))}).all())

    def versions(self, ids: Iterable[str]) -> dict[str, int]:
        """The versions of the records now, deleted ones included."""
        return dict(self.connection.execute(_VERSIONS, {"wanted": to_json(list(ids))}).all())

    # Finding

    def find_by_key(
        self, kind: str, key: tuple[str, ...], values: Sequence[tuple[Value, ...]]
    ) -> dict[tuple[Value, ...], list[str]]:
        """Which records have these key values, compared by ``fold``; values that no record has are left out.

        ``key`` names elements or ``@parent``; the kind's natural keys and its title are found fast, others by looking
        at every record of the kind.
        """
        projection = self._projections[kind]
        if len(key) == 1 and key[0] in projection.slot_of:
            return self._find_by_column(projection, projection.slot_of[key[0]], values)
        if key not in projection.keys:
            return self._find_by_looking(kind, key, values)
        digests: dict[bytes, list[tuple[Value, ...]]] = {}
        for value in values:
            if all(part not in ("", (), None) for part in value):
                digest = key_digest(kind, key, [folded(part) for part in value])
                digests.setdefault(digest, []).append(value)
        wanted = to_json([digest.hex() for digest in digests])
        rows = self.connection.execute(_BY_DIGEST, {"wanted": wanted}).all()
        found: dict[tuple[Value, ...], list[str]] = {}
        for digest, record_id in rows:
            for value in digests[digest]:
                found.setdefault(value, []).append(record_id)
        return found

    def _find_by_column(
        self, projection: Projection, slot: Slot, values: Sequence[tuple[Value, ...]]
    ) -> dict[tuple[Value, ...], list[str]]:
        wanted: dict[str, list[tuple[Value, ...]]] = {}
        for value in dict.fromkeys(values):
            if value[0] not in ("", ()):
                small = str(value[0]) if slot.form == "reference" else folded(value[0])
                wanted.setdefault(small, []).append(value)
        listed = projection.table
        column: ColumnElement[Any] = listed.c[slot.code + FOLD if slot.form == "code" else slot.code]
        asked = _wanted.c.value
        if slot.form == "text":
            # Many texts may share the sort key of one: the folded texts are compared afterwards.
            column = func.coalesce(listed.c[slot.code + FOLD], listed.c[slot.code])
            match, asked_for = listed.c[slot.sort] == func.unhex(asked), [sort_key(small).hex() for small in wanted]
        elif slot.form in {"code", "reference"}:
            match, asked_for = column == asked, list(wanted)
        else:
            return self._find_by_looking(projection.kind.code, (slot.code,), values)
        statement = (
            select(column, record.c.id)
            .select_from(_wanted)
            .join(listed, match)
            .join(record, record.c.rid == listed.c[RID])
            .order_by(listed.c[RID])
        )
        found: dict[tuple[Value, ...], list[str]] = {}
        asked_once = {"wanted": to_json(list(dict.fromkeys(asked_for)))}
        for small, record_id in self.connection.execute(statement, asked_once).all():
            for value in wanted.get(small, ()):
                found.setdefault(value, []).append(record_id)
        return found

    def _find_by_looking(
        self, kind: str, key: tuple[str, ...], values: Sequence[tuple[Value, ...]]
    ) -> dict[tuple[Value, ...], list[str]]:
        wanted: dict[tuple[str, ...], list[tuple[Value, ...]]] = {}
        for value in dict.fromkeys(values):
            wanted.setdefault(tuple(map(folded, value)), []).append(value)
        found: dict[tuple[Value, ...], list[str]] = {}
        for batch in self.iterate(Query(kind)):
            for one in batch:
                parts = [one.parent_id if code == "@parent" else one.elements.get(code) for code in key]
                if None in parts:
                    continue
                for value in wanted.get(tuple(folded(part) for part in parts if part is not None), ()):
                    found.setdefault(value, []).append(one.id)
        return found

    def find_by_code(self, code: str) -> list[Record]:
        """The records of any kind that have this code exactly, as codes are compared."""
        return self.records_of(self._searcher.find_code(self.connection, code))

    def search(self, text: str, kinds: Sequence[str] | None = None, limit: int = 50) -> SearchResult:
        """The records in which every word of the text is found: in the title, as beginning of a code, as initials."""
        return self._searcher.find(self.connection, text, kinds, limit)

    # History

    def history(self, record_id: str, limit: int = 200) -> list[HistoryEntry]:
        """What happened to a record, newest first; ``changes`` are only those of this record."""
        statement = _CHANGES_OF.where(record.c.id == record_id).order_by(change.c.place.desc()).limit(limit)
        return self._entries(self.connection.execute(statement).all())

    def history_since(self, record_ids: Iterable[str], sequence: int) -> list[HistoryEntry]:
        """What happened to these records after an act, newest first; ``changes`` are only those of these records."""
        wanted = to_json(list(record_ids))
        statement = _CHANGES_OF.where(
            record.c.id.in_(select(_wanted.c.value)), change.c.place >= (sequence + 1) * PLACES
        ).order_by(change.c.place.desc())
        return self._entries(self.connection.execute(statement, {"wanted": wanted}).all())

    def records_taken_back(self, change_set_id: str) -> set[str]:
        """The records of an act that are taken back now, though perhaps not the whole act."""
        return history.records_taken_back(self.connection, change_set_id)

    def _entries(self, places: Sequence[Any]) -> list[HistoryEntry]:
        changes: dict[int, list[Change]] = {}
        for place, about, after in reversed(places):
            changes.setdefault(place // PLACES, []).append(history.change_from(about, after))
        rows = self.connection.execute(
            select(change_set).where(change_set.c.sequence.in_(changes)).order_by(change_set.c.sequence.desc())
        ).all()
        taken = history.taken_back(self.connection, [row.id for row in rows])
        return [history.entry_from(row, changes[row.sequence], taken) for row in rows]

    def change_sets(self, limit: int = 100, before: int | None = None) -> list[HistoryEntry]:
        """The latest change sets, newest first, without their changes; ``before`` a sequence continues further back."""
        statement = select(change_set).order_by(change_set.c.sequence.desc()).limit(limit)
        if before is not None:
            statement = statement.where(change_set.c.sequence < before)
        rows = self.connection.execute(statement).all()
        taken = history.taken_back(self.connection, [row.id for row in rows])
        return [history.entry_from(row, (), taken) for row in rows]

    def change_set(self, change_set_id: str) -> HistoryEntry | None:
        """The change set with all its changes; None when the history has none of this id."""
        row = self.connection.execute(select(change_set).where(change_set.c.id == change_set_id)).first()
        if row is None:
            return None
        places = {"first": row.sequence * PLACES, "end": (row.sequence + 1) * PLACES}
        changes = [history.change_from(about, after) for about, after in self.connection.execute(_CHANGES, places)]
        taken = history.taken_back(self.connection, [row.id])
        return history.entry_from(row, changes, taken)

    def verify_history(self, progress: Progress = no_progress) -> list[HistoryFault]:
        """The first broken entry of the history; nothing when every hash from the first to the last holds."""
        return history.verify(self.connection, progress)

    def sequence(self) -> int:
        """The number of the latest change set, 0 in a new store."""
        return int(self.connection.execute(select(store.c.head_sequence)).scalar_one())

    def outbox_count(self) -> int:
        """How many change sets wait to be sent."""
        waiting = select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")
        return self.connection.execute(waiting).scalar_one()

    # Settings

    def get_setting(self, section: str, key: str) -> Any:
        """What was kept under this key, None when nothing was."""
        found = self.connection.execute(
            select(setting.c.value).where(setting.c.section == section, setting.c.key == key)
        ).scalar()
        return None if found is None else from_json(found)

    def get_settings(self, section: str) -> dict[str, Any]:
        """Everything kept in a section, by key."""
        rows = self.connection.execute(select(setting.c.key, setting.c.value).where(setting.c.section == section))
        return {key: from_json(value) for key, value in rows}


_BY_DIGEST = (
    select(record_key.c.digest, record.c.id)
    .select_from(_wanted)
    .join(record_key, record_key.c.digest == func.unhex(_wanted.c.value))
    .join(record, record.c.rid == record_key.c.rid)
    .order_by(record.c.rid)
)
