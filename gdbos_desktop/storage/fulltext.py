"""What the full-text index holds of a title, and what a typed word asks of it.

The index holds single characters and pairs of them, because most Chinese search words have two characters; longer words
are found by their pairs and then looked at again. Initials are held as runs of one to three letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gdbos_desktop.schema import fold

_KIND = "\ue001"
_OTHER = "\ue002"
# The tokenizer takes every character for part of a token except blanks, control characters and quotation marks.
_TOKEN_SAFE = {
    **dict.fromkeys(range(57344, 58112), _OTHER),
    **{point: 0xE200 + point for point in (*range(0x21), 0x22, 0x27, 0x7F)},
}
# Letters of initials are wide ones: a folded title has none, so the s of 食 is never taken for the letter s.
_WIDE = {ord(letter): 0xFEE0 + ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}
_LATIN = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_RUN = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a typed text, folded; ``is_latin`` if it may be the initials of something."""

    text: str
    is_latin: bool

    @property
    def needs_second_look(self) -> bool:
        """Whether the index answers with candidates only."""
        return len(self.text) > 2 or _OTHER in self.text.translate(_TOKEN_SAFE)


def words_of(text: str) -> list[Word]:
    """The words of a typed text."""
    folded = (fold(part) for part in text.split())
    return [Word(word, _LATIN.fullmatch(word) is not None) for word in dict.fromkeys(folded) if word]


def tokens_of(kind: str, title: str, initials: str) -> str:
    """What the index holds of a record: its kind, characters and pairs of its folded title, runs of its initials."""
    safe = title.translate(_TOKEN_SAFE) if _UNSAFE.search(title) else title
    tokens = [_KIND + kind, *safe, *map(str.__add__, safe, safe[1:])]  # twice the same does the index no harm
    if initials:
        for reading in initials.translate(_WIDE).split("\n"):
            pairs = [*map(str.__add__, reading, reading[1:])]
            tokens += [*reading, *pairs, *map(str.__add__, pairs, reading[2:])]
    return " ".join(tokens)


_UNSAFE = re.compile("[\x00-\x20\"'\x7f\ue000-\ue2ff]")


def _all(tokens: Iterable[str]) -> str:
    return "(" + " AND ".join(f'"{token}"' for token in dict.fromkeys(tokens)) + ")"


def match_of(word: Word, kinds: Sequence[str] | None) -> str:
    """The full-text expression for the records that may have the word in their title or its initials."""
    ways = [match_of_title(word.text)]
    if word.is_latin:
        wide = word.text.translate(_WIDE)
        ways.append(_all([wide[at : at + _RUN] for at in range(max(1, len(wide) - _RUN + 1))]))
    expression = f"({' OR '.join(ways)})"
    if kinds is not None:
        expression = "(" + " OR ".join(f'"{_KIND}{kind}"' for kind in kinds) + f") AND {expression}"
    return expression


def match_of_title(part: str) -> str:
    """The full-text expression for the records that may have this part in their folded title."""
    safe = part.translate(_TOKEN_SAFE)
    return _all(map(str.__add__, safe, safe[1:]) if len(safe) > 1 else safe)
