"""Columns of cell texts become values: parsed once per different text, with the issues each text raises.

Hides 同上 and 同左, spreadsheet errors, numbers that lost their digits, and the cache that makes it fast.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gdbos_desktop.importing.words import SAME_AS_ABOVE, SAME_AS_LEFT, SPREADSHEET_ERRORS
from gdbos_desktop.schema import Element, Issue, Severity, Value
from gdbos_desktop.schema.values import clean_line
from gdbos_desktop.system.messages import N_

CACHED_TEXTS = 4000
_DAMAGED = re.compile(r"-?\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)


class ColumnReader(dict[str, Value | None]):
    """The values of one column, by cell text. ``remarks`` holds the issues of the texts seen since ``start_batch``."""

    def __init__(self, column: int, heading: str, element: Element | None) -> None:
        super().__init__()
        self.column, self.heading, self.element = column, heading, element
        self.remarks: dict[str, tuple[Issue, ...]] = {}
        self._repeats = False
        self._last_text = ""

    def read(self, texts: Sequence[str], left: Sequence[str]) -> tuple[list[Value | None], Sequence[str]]:
        """The values of a batch of cells, and the texts they stand for; ``left`` are the cells to their left."""
        if len(self) > CACHED_TEXTS:
            self.clear()
            self.remarks.clear()
        values = list(map(self.__getitem__, texts))
        if self._repeats:
            texts = self._resolved(texts, left)
            values = list(map(self.__getitem__, texts))
        if texts:
            self._last_text = texts[-1]
        return values, texts

    def __missing__(self, text: str) -> Value | None:
        value = self[text] = self._parse(text)
        return value

    def _parse(self, text: str) -> Value | None:
        if not text:
            return None
        if len(text) <= 16:
            if (issue := self._special(text)) is not None:
                self.remarks[text] = (issue,)
                return None
            if self._repeats and text.strip() in SAME_AS_ABOVE | SAME_AS_LEFT:
                return None
        if self.element is None:
            return clean_line(text) or None
        if text.endswith(_DIGITS) and _DAMAGED.fullmatch(text.strip()):
            self.remarks[text] = (
                Issue(
                    "damaged-code",
                    Severity.ERROR,
                    N_(
                        "“{text}” is a code that the spreadsheet program damaged by turning it into a number. "
                        "Format the column as text and type the full code again."
                    ),
                    {"text": text.strip()},
                    self.element.code,
                ),
            )
            return None
        value = self.element.parse(text)
        if isinstance(value, Issue):
            self.remarks[text] = (value,)
            return None
        if value is not None and (issues := tuple(self.element.check(value))):
            self.remarks[text] = issues
        return value

    def _special(self, text: str) -> Issue | None:
        bare = text.strip()
        if bare in SAME_AS_ABOVE or bare in SAME_AS_LEFT:
            self._repeats = True
            return None
        if bare[:1] == "#" and bare.upper() in SPREADSHEET_ERRORS:
            return Issue(
                "spreadsheet-error",
                Severity.ERROR,
                N_("The formula in this cell has no result ({text}). Type the value itself."),
                {"text": bare},
                self.element.code if self.element else "",
            )
        return None

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


_DIGITS = tuple("0123456789")
