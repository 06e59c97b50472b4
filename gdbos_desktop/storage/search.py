"""Full text: what of a record is indexed, and how a typed text becomes a condition.

The rule, provable by brute force: every word of the text must be found in a record – as a part of its title (compared
by ``fold``), as the beginning of one of its codes, or, when it is of Latin letters, as a part of the pinyin initials of
its title. The index holds single characters and pairs of them because most Chinese search words have two characters;
longer words are found by their pairs and looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, func, intersect, literal_column, or_, select, union

from gdbos_desktop.schema import fold
from gdbos_desktop.schema.values import clean_code
from gdbos_desktop.storage.tables import record, record_code, search, search_text

_INITIAL = "\ue000"  # marks tokens of initials, so that the letter s in a title is not the initial of 食
_KIND = "\ue001"
_OTHER = "\ue002"
# The tokenizer takes every character for part of a token except blanks, control characters and quotation marks.
_TOKEN_SAFE = {
    **dict.fromkeys(range(57344, 58112), _OTHER),
    **{point: 0xE200 + point for point in (*range(0x21), 0x22, 0x27, 0x7F)},
}
_LATIN = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the best ``ids`` first; ``total`` is exact unless ``is_capped`` (then: at least so many)."""

    ids: tuple[str, ...]
    total: int
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the typed text in the forms in which it may be found; ``initials`` is '' when it cannot be any."""

    title: str
    code: str
    initials: str


def words_of(text: str) -> list[Word]:
    """The words of a typed text."""
    words = []
    for part in text.split():
        title = fold(part)
        if title:
            words.append(Word(title, clean_code(part), title if _LATIN.fullmatch(title) else ""))
    return words


def tokens_of(kind: str, title: str, initials: str) -> str:
    """What the index holds of a record: its kind, characters and pairs of its folded title, runs of its initials."""
    safe = title.translate(_TOKEN_SAFE)
    tokens = {_KIND + kind, *safe}
    tokens.update(map(str.__add__, safe, safe[1:]))
    if initials:
        for reading in initials.split("\n"):
            runs = [*reading, *map(str.__add__, reading, reading[1:])]
            runs += [reading[at : at + 3] for at in range(len(reading) - 2)]
            tokens.update([_INITIAL + run for run in runs])
    return " ".join(tokens)


def _all(tokens: Sequence[str]) -> str:
    return "(" + " AND ".join(f'"{token}"' for token in tokens) + ")"


def _match(word: Word, kinds: Sequence[str] | None) -> str:
    safe = word.title.translate(_TOKEN_SAFE)
    pairs = list(dict.fromkeys(map(str.__add__, safe, safe[1:])))
    ways = [_all(pairs or [safe])]
    if word.initials:
        run = word.initials
        runs = [run] if len(run) <= 3 else list(dict.fromkeys(run[at : at + 3] for at in range(len(run) - 2)))
        ways.append(_all([_INITIAL + part for part in runs]))
    expression = f"({' OR '.join(ways)})"
    if kinds is not None:
        expression = "(" + " OR ".join(f'"{_KIND}{kind}"' for kind in kinds) + f") AND {expression}"
    return expression


def _needs_second_look(word: Word) -> bool:
    return len(word.title) > 2 or _OTHER in word.title.translate(_TOKEN_SAFE)


def full_text(word: Word, kinds: Sequence[str] | None) -> Select[tuple[int]]:
    """The records that have the word in their title or its initials."""
    rid = search.c.rowid.label("rid")
    condition: ColumnElement[bool] = literal_column("search").op("MATCH")(_match(word, kinds))
    if not _needs_second_look(word):
        return select(rid).where(condition)
    found: ColumnElement[bool] = func.instr(search_text.c.title, word.title) > 0
    if word.initials:
        found = or_(found, func.instr(search_text.c.initials, word.initials) > 0)
    return select(rid).join(search_text, search_text.c.rid == search.c.rowid).where(condition, found)


def by_code(word: Word, kinds: Sequence[str] | None) -> Select[tuple[int]] | None:
    """The records one of whose codes begins with the word; None when no code can."""
    if not word.code:
        return None
    codes = select(record_code.c.rid.label("rid")).where(
        and_(record_code.c.code >= word.code, record_code.c.code < word.code + _LAST)
    )
    if kinds is not None:
        codes = codes.join(search_text, search_text.c.rid == record_code.c.rid).where(search_text.c.kind.in_(kinds))
    return codes


def matching(words: Sequence[Word], kinds: Sequence[str] | None) -> Select[tuple[int]]:
    """The records that all words find, as a statement that yields each ``rid`` once."""
    parts = []
    for word in words:
        ways = [full_text(word, kinds)]
        codes = by_code(word, kinds)
        if codes is not None:
            ways.append(codes)
        either = union(*ways).subquery() if len(ways) > 1 else ways[0].subquery()
        parts.append(select(either.c.rid))
    return parts[0] if len(parts) == 1 else select(intersect(*parts).subquery().c.rid)


CAP = 10_000
"""Beyond so many hits a search says "at least"."""


def find(connection: Connection, text: str, kinds: Sequence[str] | None, limit: int) -> Found:
    """The records that all words of ``text`` find, the best first; nothing for a text without words."""
    words = words_of(text)
    if not words or (kinds is not None and not kinds):
        return Found((), 0)
    hits = matching(words, kinds).limit(CAP + 1).subquery()
    rids = connection.execute(select(hits.c.rid)).scalars().all()
    best = list(rids[:limit])
    ids = dict(connection.execute(select(record.c.rid, record.c.id).where(record.c.rid.in_(best))).all())
    return Found(tuple(ids[rid] for rid in best), min(len(rids), CAP), len(rids) > CAP)
