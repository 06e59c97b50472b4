"""Columns of cell texts become values: parsed once per different text, with the issues each text raises.

Hides 同上 and 同左, spreadsheet errors, numbers that lost their digits, and the cache that makes it fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdbos_desktop.domain.cells import DAMAGED_NUMBER, SAME_AS_ABOVE, SAME_AS_LEFT, SPREADSHEET_ERRORS
from gdbos_desktop.domain.region_code import FULL_LENGTH
from gdbos_desktop.importing.frames import ROUND_NUMBER
from gdbos_desktop.schema import Element, Issue, Severity, Value
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import CodeText, Reference, RegionCode
from gdbos_desktop.schema.values import clean_line
from gdbos_desktop.system.messages import N_

CACHED_TEXTS = 4000
VARIED_SHARE = 0.7
"""From this share of new texts in a batch on, remembering them costs more than it saves."""


class ColumnReader(dict[str, Value | None]):
    """The values of one column, by cell text; ``remarks`` holds the issues of the texts of the latest batch.

    A column whose texts repeat is parsed once per text; one in which nearly every text is new is parsed straight.
    """

    def __init__(self, column: int, heading: str, element: Element | None) -> None:
        super().__init__()
        self.column, self.heading, self.element = column, heading, element
        self.remarks: dict[str, tuple[Issue, ...]] = {}
        self._repeats = False
        self._is_varied = False
        self._last_text = ""
        self._parse = self._parser(element)

    def read(self, texts: Sequence[str], left: Sequence[str]) -> tuple[list[Value | None], Sequence[str]]:
        """The values of a batch of cells, and the texts they stand for; ``left`` are the cells to their left."""
        if self._is_varied or len(self) > CACHED_TEXTS:
            self.clear()
            self.remarks.clear()
        values = self._values(texts)
        if self._repeats:
            texts = self._resolved(texts, left)
            values = self._values(texts)
        if texts:
            self._last_text = texts[-1]
        return values, texts

    def __missing__(self, text: str) -> Value | None:
        value = self[text] = self._parse(text)
        return value

    def _values(self, texts: Sequence[str]) -> list[Value | None]:
        if self._is_varied:
            parse = self._parse
            return [parse(text) if text else None for text in texts]
        known = len(self)
        values = list(map(self.__getitem__, texts))
        self._is_varied = len(self) - known > VARIED_SHARE * len(texts) > VARIED_SHARE * 100
        return values

    def _parser(self, element: Element | None) -> Callable[[str], Value | None]:
        if element is None:
            return lambda text: None if self._is_special(text) or self._is_rounded(text) else clean_line(text) or None
        parse_text, doubt, is_code = element.type.parse, element.type.doubt(), isinstance(element.type, CodeText)

        def parse(text: str) -> Value | None:
            if not text or (text[0] in _SPECIAL_STARTS and (self._is_special(text) or self._is_rounded(text))):
                return None
            if not is_code and text[-1] in _DIGITS and ("E+" in text or "e+" in text) and self._is_damaged(text):
                return None
            value = parse_text(text)
            if isinstance(value, Issue):
                self.remarks[text] = (value.about(element=element.code),)
                return None
            if doubt is not None and value is not None and doubt(value) and (issues := tuple(element.check(value))):
                self.remarks[text] = issues
            return value

        return parse

    def _is_special(self, text: str) -> bool:
        """Whether a text says 同上 or 同左, or is the error of a formula; either way it is no value itself."""
        bare = text.strip()
        if bare in SAME_AS_ABOVE or bare in SAME_AS_LEFT:
            self._repeats = True
            return True
        if bare[:1] != "#" or bare.upper() not in SPREADSHEET_ERRORS:
            return False
        self._remark(
            text, "spreadsheet-error", N_("The formula in this cell has no result ({text}). Type the value itself.")
        )
        return True

    def _is_damaged(self, text: str) -> bool:
        """Whether a text is what is left of a long number that was no number."""
        if DAMAGED_NUMBER.fullmatch(text.strip()):
            self._damaged(text)
            return True
        return False

    def _is_rounded(self, text: str) -> bool:
        """Whether a cell that was a long round number is what is left of a code. Whole region codes do end in zeros."""
        kind = self.element.type if self.element is not None else None
        is_region = isinstance(kind, RegionCode) and len(text) == len(ROUND_NUMBER) + FULL_LENGTH
        if text[:1] != ROUND_NUMBER or is_region or not (kind is None or isinstance(kind, CodeText | Reference)):
            return False
        self._damaged(text)
        return True

    def _damaged(self, text: str) -> None:
        self._remark(
            text,
            "damaged-code",
            N_(
                "“{text}” is a code that the spreadsheet program damaged by turning it into a number. "
                "Format the column as text and type the full code again."
            ),
        )

    def _remark(self, text: str, code: str, message: str) -> None:
        element = self.element.code if self.element is not None else PARENT
        self.remarks[text] = (Issue(code, Severity.ERROR, message, {"text": text.strip()}, element),)

    def _resolved(self, texts: Sequence[str], left: Sequence[str]) -> list[str]:
        resolved = []
        last = self._last_text
        for text, neighbour in zip(texts, left, strict=True):
            bare = text.strip()
            if bare in SAME_AS_ABOVE:
                text = last  # noqa: PLW2901
            elif bare in SAME_AS_LEFT:
                text = neighbour  # noqa: PLW2901
            resolved.append(text)
            last = text
        return resolved


_DIGITS = frozenset("0123456789")
_SPECIAL_STARTS = frozenset([*(text[0] for text in SAME_AS_ABOVE | SAME_AS_LEFT), *"# \t\n\u3000\u00a0", ROUND_NUMBER])
"""First characters of special texts: a cheap look before the exact one."""
