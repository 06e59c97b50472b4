"""Which record of the store a row of the file is: by its strongest complete key, weaker ones only where they may.

Hides keys, duplicates within the file, ambiguity, and the batches in which the store is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Kind, Value, fold, is_stated_none
from gdbos_desktop.schema.standard import PARENT

RIVALS_LOOKED_AT = 20

Values = tuple[Value | None, ...]
Key = tuple[Value, ...]


class Lookup(Protocol):
    """What an import asks of the store; a reader of the store has it all."""

    def get(self, ids: Sequence[str]) -> list[Record]:
        """The records in the order of ids; missing ones left out."""

    def find_by_key(self, kind: str, key: tuple[str, ...], values: Sequence[Key]) -> Mapping[Key, list[str]]:
        """The ids of the records that have these key values, compared by ``fold``."""

    def find_by_code(self, code: str) -> list[Record]:
        """The records of any kind that have this code."""

    def count(self, query: Query) -> int:
        """How many records a query asks for."""

    def children(self, parent_ids: Sequence[str], kind: str | None = None) -> list[Record]:
        """What these records contain."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a row is: a ``record`` of the store, nothing known (``record`` None), or one of several (``rivals``)."""

    record: Record | None = None
    rivals: int = 0
    key: tuple[str, ...] = ()


NOTHING = Match()


class Matcher:
    """Matches the rows of one sheet. ``parents`` gives each row's containing record, None for a top-level kind."""

    def __init__(self, kind: Kind, codes: Sequence[str], lookup: Lookup, new_ids: set[str]) -> None:
        self._kind = kind
        self._lookup = lookup
        self._new_ids = new_ids
        place = {code: index for index, code in enumerate(codes)}
        declared = [key for key in kind.keys if all(code == PARENT or code in place for code in key)]
        named = (PARENT, kind.title) if any(PARENT in key for key in kind.keys) else (kind.title,)
        self._named_level = -1
        if named not in declared and kind.title in place:
            # Rows without any complete key are recognised by their name alone: better than doubling them.
            self._named_level = len(declared)
            declared.append(named)
        self.keys = tuple(declared)
        self._places = [tuple(-1 if code == PARENT else place[code] for code in key) for key in declared]
        self._seen: list[dict[Key, int]] = [{} for _ in declared]
        self._seen_weak: list[dict[Key, int]] = [{} for _ in declared]
        self._matched: dict[str, int] = {}
        self._is_kind_empty: bool | None = None

    def keys_of(self, values: Values, parent: str | None) -> list[Key | None]:
        """The row's keys, level by level; None where one is not complete."""
        keys: list[Key | None] = []
        for places in self._places:
            parts = []
            for place in places:
                part = parent if place < 0 else values[place]
                if part is None or part == "" or (isinstance(part, str) and len(part) <= 8 and is_stated_none(part)):
                    break
                parts.append(part)
            else:
                keys.append(tuple(parts))
                continue
            keys.append(None)
        if self._named_level >= 0 and any(key is not None for key in keys[: self._named_level]):
            keys[self._named_level] = None
        return keys

    def match(self, rows: Sequence[list[Key | None]]) -> list[Match]:
        """What each row is, given its keys; one question to the store per level and batch."""
        if self._is_kind_empty is None:
            self._is_kind_empty = self._lookup.count(Query(self._kind.code)) == 0
        if self._is_kind_empty:
            return [NOTHING] * len(rows)
        pending = list(range(len(rows)))
        hits: list[list[tuple[int, list[str]]]] = [[] for _ in rows]
        for level, key in enumerate(self.keys):
            wanted = {
                value: None
                for index in pending
                if (value := rows[index][level]) is not None and self._new_ids.isdisjoint(value)
            }
            answer = dict(self._lookup.find_by_key(self._kind.code, key, list(wanted))) if wanted else {}
            still = []
            for index in pending:
                value = rows[index][level]
                ids = answer.get(value, []) if value is not None else []
                if ids:
                    hits[index].append((level, ids))
                if not ids or level > self._strongest(rows[index]):
                    still.append(index)
            pending = still
            if not pending:
                break
        wanted_ids = {record_id for row in hits for _, ids in row for record_id in ids[:RIVALS_LOOKED_AT]}
        records = {record.id: record for record in self._lookup.get(list(wanted_ids))} if wanted_ids else {}
        return [self._decide(row, row_hits, records) for row, row_hits in zip(rows, hits, strict=True)]

    def duplicate_of(self, number: int, keys: Sequence[Key | None], record_id: str | None) -> int | None:
        """The number of an earlier row of this file that is the same thing; otherwise the row is noted under its keys.

        The strongest complete key decides. A weaker key counts only against a row that has no stronger one.
        """
        strongest = self._strongest(keys)
        folded = [None if key is None else _folded(key) for key in keys]
        if strongest >= len(keys):
            return None
        own = folded[strongest]
        assert own is not None
        earlier = self._seen[strongest].get(own)
        if earlier is None:
            earlier = self._seen_weak[strongest].get(own)
        for level in range(strongest + 1, len(keys)):
            weak = folded[level]
            if earlier is None and weak is not None:
                earlier = self._seen[level].get(weak)
        if earlier is None and record_id is not None:
            earlier = self._matched.get(record_id)
        if earlier is not None:
            return earlier
        self._seen[strongest][own] = number
        for level in range(strongest + 1, len(keys)):
            weak = folded[level]
            if weak is not None:
                self._seen_weak[level].setdefault(weak, number)
        if record_id is not None:
            self._matched[record_id] = number
        return None

    @staticmethod
    def _strongest(keys: Sequence[Key | None]) -> int:
        for level, key in enumerate(keys):
            if key is not None:
                return level
        return len(keys)

    def _decide(
        self, keys: Sequence[Key | None], hits: Sequence[tuple[int, list[str]]], records: Mapping[str, Record]
    ) -> Match:
        strongest = self._strongest(keys)
        for level, ids in hits:
            candidates = [records[record_id] for record_id in ids[:RIVALS_LOOKED_AT] if record_id in records]
            if level > strongest:
                # A record that has a stronger key of its own, another one than the row's, is another thing.
                candidates = [
                    record
                    for record in candidates
                    if not any(keys[above] is not None and self._has_key(record, above) for above in range(level))
                ]
            if len(candidates) == 1:
                return Match(candidates[0], 0, self.keys[level])
            if candidates:
                return Match(None, len(ids), self.keys[level])
        return NOTHING

    def _has_key(self, record: Record, level: int) -> bool:
        return all(code == PARENT or record.elements.get(code) is not None for code in self.keys[level])


def _folded(key: Key) -> Key:
    return tuple(fold(part) if isinstance(part, str) else part for part in key)
