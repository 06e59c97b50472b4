"""Which record of the store a row of the file is: by its strongest complete key, weaker ones only where they may.

Hides keys, duplicates within the file, ambiguity, and the batches in which the store is asked.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing.words import NO_CODE
from gdbos_desktop.schema import STATED_NONE, Kind, Value, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import CodeText, Reference

RIVALS_LOOKED_AT = 20

Values = tuple[Value | None, ...]
Key = tuple[Value, ...]
RowKeys = tuple[Key | None, ...]
"""A row's keys, strongest first; None where one is not complete."""


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

    def iterate(self, query: Query, batch: int = 1000) -> Iterator[list[Record]]:
        """All records a query asks for, batch by batch."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a row is: a ``record`` of the store, nothing known (``record`` None), or one of several (``rivals``)."""

    record: Record | None = None
    rivals: int = 0
    key: tuple[str, ...] = ()


NOTHING = Match()


class _Seen:
    """Which rows had a key, by the key's 64-bit hash: small enough for every row of every level.

    Most levels are only noted and never asked, so the table of rows is made at the first question. (Two different
    keys of 100,000 rows share a hash once in some billions of files; hashes of texts cannot be chosen by an attacker.)
    """

    def __init__(self) -> None:
        self._hashes = array("q")
        self._numbers = array("q")
        self._rows: dict[int, int] | None = None

    def note(self, key: Hashable, number: int) -> None:
        """Take notice of a row's key; the first row of a key stays."""
        if self._rows is not None:
            self._rows.setdefault(hash(key), number)
        else:
            self._hashes.append(hash(key))
            self._numbers.append(number)

    def find(self, key: Hashable) -> int | None:
        """The first row that had this key."""
        if self._rows is None:
            self._rows = {}
            for code, number in zip(self._hashes, self._numbers, strict=True):
                self._rows.setdefault(code, number)
            self._hashes, self._numbers = array("q"), array("q")
        return self._rows.get(hash(key))


class SeenRows:
    """Which rows of a kind the file had so far, on all of its sheets: by each key, and by the record they are."""

    def __init__(self) -> None:
        self.strong: defaultdict[tuple[str, ...], _Seen] = defaultdict(_Seen)
        """Rows of which this key is the strongest complete one."""
        self.weak: defaultdict[tuple[str, ...], _Seen] = defaultdict(_Seen)
        """Rows that have a stronger key besides."""
        self.matched = _Seen()
        self.has_strong: set[tuple[str, ...]] = set()


class Matcher:
    """Matches the rows of a sheet to the records of the store and to each other; ``seen`` are those of other sheets.

    ``chosen`` is the key that a person said, instead of those of the kind.
    """

    def __init__(
        self, kind: Kind, codes: Sequence[str], lookup: Lookup, new_ids: set[str], seen: SeenRows | None = None,
        chosen: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._kind = kind
        self._lookup = lookup
        self._new_ids = new_ids
        keys = (chosen,) if chosen else kind.keys
        declared = [key for key in keys if all(code == PARENT or code in codes for code in key)]
        named = (PARENT, kind.title) if any(PARENT in key for key in kind.keys) else (kind.title,)
        self._named_level = -1
        if named not in declared and kind.title in codes:
            # Rows without any complete key are recognised by their name alone: better than doubling them.
            self._named_level = len(declared)
            declared.append(named)
        self.keys = tuple(declared)
        self._is_folded = [tuple(code != PARENT and _needs_folding(kind, code) for code in key) for key in declared]
        self._seen = seen or SeenRows()
        self._is_first = not self._seen.has_strong
        self._strong = [self._seen.strong[key] for key in self.keys]
        self._weak = [self._seen.weak[key] for key in self.keys]
        self._is_kind_empty: bool | None = None

    def keys_of(
        self, columns: Mapping[str, Sequence[Value | None]], parents: Sequence[str | None], indices: Sequence[int]
    ) -> list[RowKeys]:
        """The keys of these rows of a batch, level by level; None where one is not complete."""
        levels: list[list[Key | None]] = []
        for key in self.keys:
            parts = [[column[index] for index in indices] for column in (
                parents if code == PARENT else columns[code] for code in key
            )]  # fmt: skip
            complete = _NO_KEY.isdisjoint
            levels.append([values if complete(values) else None for values in zip(*parts, strict=True)])
        rows = list(zip(*levels, strict=True))
        if self._named_level > 0:
            named = self._named_level
            rows = [
                (*row[:named], None) if row[named] is not None and any(key is not None for key in row[:named]) else row
                for row in rows
            ]
        return rows

    def match(self, rows: Sequence[RowKeys]) -> list[Match]:
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

    def duplicate_of(self, number: int, keys: RowKeys, match: Match) -> int | None:
        """The number of an earlier row of the file that is the same thing; otherwise the row is noted under its keys.

        The strongest complete key decides. A weaker key counts only against a row that has no stronger one.
        """
        strongest = self._strongest(keys)
        if strongest >= len(keys):
            return None
        own = self._folded(strongest, keys)
        earlier = self._strong[strongest].find(own)
        if (strongest or not self._is_first) and earlier is None:
            earlier = self._weak[strongest].find(own)
        for level in range(strongest + 1, len(keys)):
            if keys[level] is not None:
                weak = self._folded(level, keys)
                if self.keys[level] in self._seen.has_strong and earlier is None:
                    earlier = self._strong[level].find(weak)
                self._weak[level].note(weak, number)
        if match.record is not None:
            # Two codes may lead to one record that has none: it can be only one of them.
            if earlier is None and (strongest or not self._is_first or match.key != self.keys[0]):
                earlier = self._seen.matched.find(match.record.id)
            self._seen.matched.note(match.record.id, number)
        if earlier is None:
            self._strong[strongest].note(own, number)
            self._seen.has_strong.add(self.keys[strongest])
        return earlier

    def _folded(self, level: int, keys: RowKeys) -> Key:
        key = keys[level]
        assert key is not None
        is_folded = self._is_folded[level]
        if True not in is_folded:
            return key
        return tuple([fold(str(part)) if folds else part for part, folds in zip(key, is_folded, strict=True)])

    @staticmethod
    def _strongest(keys: RowKeys) -> int:
        for level, key in enumerate(keys):
            if key is not None:
                return level
        return len(keys)

    def _decide(self, keys: RowKeys, hits: Sequence[tuple[int, list[str]]], records: Mapping[str, Record]) -> Match:
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


_NO_KEY: frozenset[Value | None] = frozenset({*NO_CODE, STATED_NONE, None, ()})


def _needs_folding(kind: Kind, code: str) -> bool:
    # Codes are kept in the form in which they are compared; references are identities.
    return not isinstance(kind.elements[code].type, CodeText | Reference)
