"""What stands in one cell with a number, though the standard keeps it in elements of its own.

Hides when a unit (20个工作日) fills its element and when it only raises a warning, and how a counting text (原件1份、
复印件2份) is shared out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gdbos_desktop.importing.cleaning import READ_OTHERWISE
from gdbos_desktop.importing.words import (
    BRACKETED,
    CHINESE_DATE,
    COUNT,
    COUNT_FILLERS,
    COUNT_OF_ALL,
    COUNTED,
    EACH,
    FIRST_MONTH,
    MONTH,
    READ_AS,
    UNIT_OF,
)
from gdbos_desktop.schema import Element, Issue, Kind, Severity, Value, fold
from gdbos_desktop.schema.types import Code, Integer, chinese_number
from gdbos_desktop.system.messages import N_

CACHED_TEXTS = 4000


class UnitReader:
    """Reads the units in one column of numbers. ``heading`` may say a unit for all of them, 时限(工作日): that is the
    unit of numbers without one."""

    def __init__(self, number: Element, unit: Element, heading: str) -> None:
        assert isinstance(number.type, Integer)
        assert isinstance(unit.type, Code)
        self.number, self.unit = number, unit
        self._type, self._list = number.type, unit.type.code_list
        # A number in brackets counts the columns; it is no code of a unit.
        said = (UNIT_OF.sub("", word.strip()) for word in BRACKETED.findall(heading))
        words = (self._list.find(word) for word in said if not word.isascii())
        self._heading_unit = next((code for code in words if code), None)
        self._words: dict[str, str] = {}

    @classmethod
    def of(cls, kind: Kind, code: str, heading: str) -> UnitReader | None:
        """The reader of a column of this element; None when the standard knows of no unit for it."""
        number = kind.elements.get(code)
        unit = kind.elements.get(number.unit_in) if number is not None else None
        if number is None or unit is None or not isinstance(number.type, Integer) or not isinstance(unit.type, Code):
            return None
        return cls(number, unit, heading)

    def read(
        self, texts: Sequence[str], numbers: Sequence[Value | None], units: Sequence[Value | None]
    ) -> tuple[list[Value | None], dict[int, Issue]]:
        """The units of some rows, given those of their own column; and the cells that say another or an unknown one."""
        found, issues = list(units), dict[int, Issue]()
        if len(self._words) > CACHED_TEXTS:
            self._words.clear()
        for index, text in enumerate(texts):
            word, number = self._word(text), numbers[index]
            if number is None:
                continue
            if not word:
                if found[index] is None and isinstance(number, int):
                    found[index] = self._heading_unit
                continue
            code, own = self._list.find(word), units[index] or self._heading_unit
            if code is None:
                issues[index] = self._unknown(text, word)
            elif own is None or code == own:
                found[index] = code
            else:
                issues[index] = self._contradiction(text, code, own)
        return found, issues

    def _word(self, text: str) -> str:
        word = self._words.get(text)
        if word is None:
            word = self._words[text] = self._type.counting_word(READ_AS.get(fold(text), text))
        return word

    def _unknown(self, text: str, word: str) -> Issue:
        return Issue(
            "unknown-unit",
            Severity.WARNING,
            N_("“{text}”: the unit “{unit}” is not in the list {list}. Only the number was taken. Fill in “{label}”."),
            {"text": text.strip(), "unit": word, "list": self._list.label, "label": self.unit.label},
            self.number.code,
        )

    def _contradiction(self, text: str, code: str, own: Value) -> Issue:
        return Issue(
            "unit-differs",
            Severity.WARNING,
            N_("“{text}” says {unit}, but “{label}” is {own}. Only the number was taken; keep the unit that is right."),
            {
                "text": text.strip(),
                "unit": self._list.label_of(code),
                "label": self.unit.label,
                "own": self.unit.format(own),
            },
            self.number.code,
        )


class PartReader:
    """Shares a counting text out: 原件1份、复印件2份 fills the elements of the originals and of the copies."""

    def __init__(self, number: Element) -> None:
        self.number = number
        self.codes = tuple(dict.fromkeys(number.parts.values()))
        self._shares: dict[str, dict[str, int]] = {}

    @classmethod
    def of(cls, kind: Kind, code: str) -> PartReader | None:
        """The reader of a column of this element; None when the standard shares nothing out."""
        number = kind.elements.get(code)
        return cls(number) if number is not None and number.parts else None

    def read(self, texts: Sequence[str], own: Sequence[Sequence[Value | None]]) -> list[list[Value | None]]:
        """The values of ``codes`` in some rows; what a column of their own says stays."""
        if len(self._shares) > CACHED_TEXTS:
            self._shares.clear()
        found = [list(values) for values in own]
        for index, text in enumerate(texts):
            if len(text) < _SHORTEST_PARTS:
                continue
            shares = self._shares.get(text)
            if shares is None:
                counted = shared_out(self.number, text)
                shares = self._shares[text] = counted[1] if counted else {}
            for code, count in shares.items():
                values = found[self.codes.index(code)]
                if values[index] is None:
                    values[index] = count
        return found


_SHORTEST_PARTS = 3


def shared_out(number: Element, text: str) -> tuple[int, dict[str, int]] | None:
    """The whole and its parts (element → count) in a counting text; None for a text that is none.

    Reads 原件1复印件2, 原件1份、复印件2份, 1份原件, 原件、复印件各1份, 2份（原件1份，复印件1份）, 一式两份.
    """
    words = sorted(number.parts, key=len, reverse=True)
    bare = COUNT_FILLERS.sub("", fold(text))
    bare = re.sub(r"[()\[\]]", "|", bare)
    if whole := COUNT_OF_ALL.fullmatch(bare):
        return _number(number, whole[1]), {}
    name = "|".join(map(re.escape, words))
    pieces = [piece for piece in bare.split("|") if piece]
    total: int | None = None
    shares: dict[str, int] = {}
    for piece in pieces:
        if whole := COUNT_OF_ALL.fullmatch(piece):
            if total is not None:
                return None
            total = _number(number, whole[1])
        elif each := re.fullmatch(rf"((?:{name}){{2,}}){EACH}({COUNT}){COUNTED}", piece):
            for word in re.findall(name, each[1]):
                _add(shares, number.parts[word], _number(number, each[2]))
        elif re.fullmatch(rf"(?:(?:{name})({COUNT}){COUNTED})+", piece):
            for word, count in re.findall(rf"({name})({COUNT})", piece):
                _add(shares, number.parts[word], _number(number, count))
        elif re.fullmatch(rf"(?:({COUNT}){COUNTED}(?:{name}))+", piece):
            for count, word in re.findall(rf"({COUNT}){COUNTED}({name})", piece):
                _add(shares, number.parts[word], _number(number, count))
        else:
            return None
    if not shares:
        return None if total is None else (total, {})
    return (sum(shares.values()) if total is None else total), shares


def _number(element: Element, text: str) -> int:
    found = element.type.parse(text)
    return found if isinstance(found, int) else 0


def _add(shares: dict[str, int], code: str, count: int) -> None:
    shares[code] = shares.get(code, 0) + count


def other_dates(text: str) -> list[tuple[str, str]]:
    """The day that a text says in Chinese numerals, or the first day of a month that it says without a day (that is
    worth telling); each with what to call the reading, '' for one that says just the same."""
    word = fold(text)
    if found := CHINESE_DATE.fullmatch(word):
        year, month, day = found[1], found[2], found[3]
        digits = "".join(sign if sign.isdigit() and sign.isascii() else str(chinese_number(sign) or 0) for sign in year)
        number = 1 if month in FIRST_MONTH else _digits(month)
        return [("" if day else READ_OTHERWISE, f"{digits}-{number}-{_digits(day) if day else 1}")]
    if found := MONTH.fullmatch(word):
        return [(READ_OTHERWISE, f"{found[1]}-{found[2]}-1")]
    return []


def _digits(text: str) -> int:
    return int(text) if text.isascii() else chinese_number(text) or 0
