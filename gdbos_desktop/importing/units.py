"""Units that stand behind a number in one cell (20个工作日), though the standard keeps them in an element of their own.

Hides when such a unit fills that element and when it only raises a warning.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdbos_desktop.importing.words import BRACKETED
from gdbos_desktop.schema import Element, Issue, Kind, Severity, Value
from gdbos_desktop.schema.types import Code, Integer
from gdbos_desktop.system.messages import N_

CACHED_TEXTS = 4000


class UnitReader:
    """Reads the units in one column of numbers. ``heading`` may say a unit for all of them: 时限(工作日)."""

    def __init__(self, number: Element, unit: Element, heading: str) -> None:
        assert isinstance(number.type, Integer)
        assert isinstance(unit.type, Code)
        self.number, self.unit = number, unit
        self._type, self._list = number.type, unit.type.code_list
        words = (self._list.find(word) for word in BRACKETED.findall(heading))
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
            word = self._word(text)
            if not word or numbers[index] is None:
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
            word = self._words[text] = self._type.counting_word(text)
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
