"""Pinyin initials of a title: 食品经营许可 → spjyxk, and 银行 → yh although 行 alone is x.

Hides pypinyin, which would take two minutes for 400,000 titles: its dictionaries are boiled down once to a table of
single characters and a table of the words in which a character is read otherwise.
"""

from __future__ import annotations

import unicodedata
from functools import cache

WORD_LENGTH = 4
"""The longest word whose reading counts; longer ones are idioms that no title of a service has."""

# Words of the field in which the general dictionary is silent or follows another reading.
_FIELD_WORDS = {
    "给付": "jf",
    "供给": "gj",
    "参保": "cb",
    "参公": "cg",
    "畜禽": "cq",
    "校验": "jy",
    "校准": "jz",
    "调解": "tj",
    "调处": "tc",
    "调剂": "tj",
    "重整": "cz",
    "重建": "cj",
    "重审": "cs",
    "重报": "cb",
    "单县": "sx",
    "厦门": "xm",
    "会计": "kj",
    "银行": "yh",
    "行业": "hy",
    "商行": "sh",
}


class _Letters(dict[int, str | None]):
    """For ``str.translate``: what is neither in the table nor a letter or digit vanishes."""

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        kept = character if character.isascii() and character.isalnum() else None
        self[point] = kept
        return kept


def _first_letter(reading: str) -> str:
    return unicodedata.normalize("NFD", reading)[:1].lower()


@cache
def _tables() -> tuple[_Letters, dict[str, str], frozenset[str]]:
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    letters = _Letters()
    for point, readings in PINYIN_DICT.items():
        first = _first_letter(readings.split(",")[0])
        if first.isascii() and first.isalpha():
            letters[point] = first
    words: dict[str, str] = {}
    for word, syllables in PHRASES_DICT.items():
        if len(word) <= WORD_LENGTH and len(word) == len(syllables):
            initials = "".join(_first_letter(readings[0]) for readings in syllables)
            if initials.isascii() and initials.isalpha() and initials != word.translate(letters):
                words[word] = initials
    for word, initials in _FIELD_WORDS.items():
        if initials != word.translate(letters):
            words[word] = initials
        else:
            words.pop(word, None)
    return letters, words, frozenset(word[:2] for word in words)


def initials_of(title: str) -> str:
    """The initials of a folded title: the reading of its words and, if different, of its single characters.

    Several readings stand on lines of their own; '' for a title without Chinese characters.
    """
    if title.isascii():
        return ""
    letters, words, beginnings = _tables()
    plain = title.translate(letters)
    pairs = [*map(str.__add__, title, title[1:])]
    if beginnings.isdisjoint(pairs):
        return plain
    read: list[str] = []
    done = 0
    for at, pair in enumerate(pairs):
        if at < done or pair not in beginnings:
            continue
        for size in range(WORD_LENGTH, 1, -1):
            initials = words.get(title[at : at + size])
            if initials is not None and at + size <= len(title):
                read += (title[done:at].translate(letters), initials)
                done = at + size
                break
    read.append(title[done:].translate(letters))
    spoken = "".join(read)
    return plain if spoken == plain else f"{spoken}\n{plain}"
