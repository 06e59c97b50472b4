"""How much a heading is like the words of an element: letters, parts, and how it is spoken (时线 for 时限).

Hides RapidFuzz and pinyin. What it finds is a guess with a figure, never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from gdbos_desktop.schema import Kind, fold
from gdbos_desktop.storage.initials import initials_of

SURE = 0.8
"""From here on a guess is put before the person as the likely answer."""
_PART_WEIGHT, _SOUND = 0.9, 0.86
_SHORTEST_SOUND = 4
"""Initials of fewer characters fit too many words."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An element that a heading may mean, and how likely: 0 to 1."""

    element: str
    confidence: float


def guesses(kind: Kind, parts: Sequence[str]) -> list[Guess]:
    """The elements of a kind by their likeness to a heading (its parts from outer group to inner), likeliest first."""
    if not parts:
        return [Guess(code, 0.0) for code in kind.elements]
    wanted = tuple(dict.fromkeys(fold(text) for text in ("".join(parts), parts[-1])))
    found = [Guess(code, _likeness(wanted, _words(kind, code))) for code in kind.elements]
    return sorted(found, key=lambda guess: -guess.confidence)


def _words(kind: Kind, code: str) -> tuple[str, ...]:
    element = kind.elements[code]
    return tuple(dict.fromkeys(map(fold, (element.label, element.heading, *element.aliases))))


@lru_cache(maxsize=20_000)
def _likeness(wanted: tuple[str, ...], words: tuple[str, ...]) -> float:
    from rapidfuzz import fuzz  # most files ask nothing

    best = 0.0
    for one in wanted:
        sound = initials_of(one)
        for word in words:
            if not word:
                continue
            score = fuzz.ratio(one, word) / 100
            if min(len(one), len(word)) > 2:
                share = min(len(one), len(word)) / max(len(one), len(word))
                score = max(score, _PART_WEIGHT * fuzz.partial_ratio(one, word) / 100 * (0.6 + 0.4 * share))
            if score < _SOUND and len(word) >= _SHORTEST_SOUND and len(word) == len(one) and sound == initials_of(word):
                score = _SOUND
            best = max(best, score)
    return round(best, 3)
