"""Pinyin initials of a title: 食品经营许可 → spjyxk, and 银行 → yh although 行 alone is x.

Hides pypinyin, which would take two minutes for 400,000 titles: its dictionaries are boiled down to a table of single
characters and a table of the words in which a character is read otherwise. Both are shipped as a text file
(``docs/build_initials.py`` writes it), because boiling down takes most of a second and a file a few milliseconds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from gdbos_desktop.system.resources import read_texts

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


def boil_down() -> str:
    """The shipped file: for each letter the characters read so, then the words read otherwise, one a line."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    letters: dict[int, str] = {}
    for point, readings in PINYIN_DICT.items():
        first = _first_letter(readings.split(",")[0])
        if first.isascii() and first.isalpha():
            letters[point] = first
    words: dict[str, str] = {}
    for word, syllables in PHRASES_DICT.items():
        if len(word) <= WORD_LENGTH and len(word) == len(syllables):
            words[word] = "".join(_first_letter(readings[0]) for readings in syllables)
    words |= _FIELD_WORDS
    told = _Letters(letters)
    lines = [
        f"{letter}\t{''.join(chr(point) for point in sorted(letters) if letters[point] == letter)}"
        for letter in sorted(set(letters.values()))
    ]
    for word, initials in sorted(words.items()):
        if initials.isascii() and initials.isalpha() and initials != word.translate(told):
            lines.append(f"{word}\t{initials}")
    return "\n".join(lines) + "\n"


@cache
def _tables() -> tuple[_Letters, dict[str, str], frozenset[str]]:
    letters = _Letters()
    words: dict[str, str] = {}
    for line in read_texts("pinyin", ".txt")["initials"].splitlines():
        key, _tab, read = line.partition("\t")
        if key.isascii():
            letters.update(dict.fromkeys(map(ord, read), key))
        else:
            words[key] = read
    return letters, words, frozenset(word[:2] for word in words)


def readings_of(characters: Iterable[str]) -> dict[str, str]:
    """How characters are read, with their tone (份 → fèn): the most common reading; unknown ones are left out."""
    from pypinyin.pinyin_dict import pinyin_dict

    read = {sign: pinyin_dict.get(ord(sign), "").partition(",")[0] for sign in set(characters)}
    return {sign: reading for sign, reading in read.items() if reading}


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
