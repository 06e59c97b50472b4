"""Searching: how a typed text becomes a condition on records.

The rule, provable by brute force: every word of the text must be found in a record – as a part of its title (compared
by ``fold``), as the beginning of one of its codes, or, when it is of Latin letters, as a part of the pinyin initials of
its title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    intersect,
    literal_column,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects import sqlite

from gdbos_desktop.schema import fold
from gdbos_desktop.storage.fulltext import Word, match_of, match_of_title, words_of
from gdbos_desktop.storage.projections import FOLD, RID, Projections
from gdbos_desktop.storage.tables import record, search, search_text
from gdbos_desktop.storage.values import sort_key

_LAST = "\U0010ffff"
_MATCH = literal_column("search").op("MATCH")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found: the best ``ids`` first; ``total`` is exact unless ``is_capped`` (then: at least so many)."""

    ids: tuple[str, ...]
    total: int
    is_capped: bool = False


def has_word(word: Word, kinds: Sequence[str] | None) -> Select[Any]:
    """The records that have the word in their title or its initials."""
    rid = search.c.rowid.label("rid")
    condition: ColumnElement[bool] = _MATCH(match_of(word, kinds))
    if not word.needs_second_look:
        return select(rid).where(condition)
    found: ColumnElement[bool] = func.instr(search_text.c.title, word.text) > 0
    if word.is_latin:
        found = or_(found, func.instr(search_text.c.initials, word.text) > 0)
    return select(rid).join(search_text, search_text.c.rid == search.c.rowid).where(condition, found)


def has_title_part(part: str) -> Select[Any]:
    """The records that may have this part in their folded title: candidates, to be looked at again."""
    return select(search.c.rowid.label("rid")).where(_MATCH(match_of_title(part)))


class Searcher:
    """Searches over the kinds of a standard; the long statements over all list tables are compiled once."""

    CAP = 1_000
    """Up to so many hits are counted and the best come first; beyond, exact ones do and the rest follows as created."""

    def __init__(self, projections: Projections) -> None:
        self._projections = projections
        self._ready: dict[tuple[str, ...], Ready | None] = {}

    def matching(self, words: Sequence[Word], kinds: Sequence[str] | None) -> Select[Any]:
        """The records that all words find, as a statement that yields each ``rid`` once."""
        parts = []
        for word in words:
            ways = [has_word(word, kinds)]
            for rid, code in self._code_columns(kinds):
                ways.append(select(rid.label("rid")).where(code >= word.text, code < word.text + _LAST))
            parts.append(select(union(*ways).subquery().c.rid))
        return parts[0] if len(parts) == 1 else select(intersect(*parts).subquery().c.rid)

    def find(self, connection: Connection, text: str, kinds: Sequence[str] | None, limit: int) -> SearchResult:
        """The records that all words of ``text`` find, the best first; nothing for a text without words."""
        words = words_of(text)
        if not words or (kinds is not None and not kinds):
            return SearchResult((), 0)
        rids = self._rids(connection, words, kinds)
        best = self._best(connection, rids, words, kinds, limit)
        rows = connection.execute(select(record.c.rid, record.c.id).where(record.c.rid.in_(best)))
        ids = {row[0]: row[1] for row in rows}
        return SearchResult(tuple(ids[rid] for rid in best), min(len(rids), self.CAP), len(rids) > self.CAP)

    def find_code(self, connection: Connection, code: str) -> list[int]:
        """The records of any kind that have this code exactly, as created."""
        small = fold(code)
        ready = self._statement("exact", None)
        return sorted(set(ready.run(connection, low=small, limit=-1))) if ready and small else []

    def _rids(self, connection: Connection, words: Sequence[Word], kinds: Sequence[str] | None) -> list[int]:
        if len(words) > 1:
            return sorted(connection.execute(self.matching(words, kinds).limit(self.CAP + 1)).scalars())
        word = words[0]
        found = set(connection.execute(has_word(word, kinds).limit(self.CAP + 1)).scalars())
        codes = self._statement("beginning", kinds)
        if codes is not None:
            found.update(codes.run(connection, low=word.text, high=word.text + _LAST, limit=self.CAP + 1))
        return sorted(found)

    def _best(
        self, connection: Connection, rids: list[int], words: Sequence[Word], kinds: Sequence[str] | None, limit: int
    ) -> list[int]:
        whole = "".join(word.text for word in words)
        same_code, same_title = self._statement("exact", kinds), self._statement("title", kinds)
        equal = set(same_code.run(connection, low=whole, limit=limit) if same_code else ())
        if len(words) > 1:
            equal.intersection_update(rids)  # a code that is all words together need not begin with each of them
        equal.update(same_title.run(connection, low=whole, sort=sort_key(whole), limit=limit) if same_title else ())
        if len(rids) > self.CAP:
            return [*sorted(equal), *(rid for rid in rids if rid not in equal)][:limit]
        titles = select(search_text.c.rid, search_text.c.title).where(search_text.c.rid.in_(rids))
        ranked = []
        for rid, title in connection.execute(titles):
            at = title.find(words[0].text)
            place = 0 if rid in equal else 1 if at == 0 else 2 if at > 0 else 3
            ranked.append((place, len(title), rid))
        return [rid for _place, _length, rid in sorted(ranked)[:limit]]

    def _code_columns(self, kinds: Sequence[str] | None) -> list[tuple[ColumnElement[int], ColumnElement[str]]]:
        return [
            (projection.table.c[RID], projection.table.c[code + FOLD])
            for kind, projection in self._projections.of.items()
            if kinds is None or kind in kinds
            for code in projection.kind.code_elements
        ]

    def _statement(self, what: str, kinds: Sequence[str] | None) -> Ready | None:
        key = (what, *(kinds if kinds is not None else ("@all",)))
        if key not in self._ready:
            low: ColumnElement[str] = bindparam("low")
            ways: list[Select[Any]] = []
            if what == "title":
                for kind, projection in self._projections.of.items():
                    if projection.has_words and (kinds is None or kind in kinds):
                        same = projection.has_title(low, bindparam("sort"))
                        ways.append(select(projection.table.c[RID].label("rid")).where(same))
            for rid, code in self._code_columns(kinds) if what != "title" else ():
                same = code == low if what == "exact" else and_(code >= low, code < bindparam("high"))
                ways.append(select(rid.label("rid")).where(same))
            self._ready[key] = Ready(union_all(*ways)) if ways else None
        return self._ready[key]


class Ready:
    """A long statement compiled once: SQLAlchemy would spend longer on recognising it than SQLite on answering."""

    def __init__(self, statement: CompoundSelect[Any]) -> None:
        compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
        self._sql = f"{compiled} LIMIT ?"
        self._names = [*(compiled.positiontup or ()), "limit"]

    def run(self, connection: Connection, **values: Any) -> list[int]:
        """The row numbers it finds for these values."""
        parameters = tuple(values[name] for name in self._names)
        return list(connection.exec_driver_sql(self._sql, parameters).scalars())
