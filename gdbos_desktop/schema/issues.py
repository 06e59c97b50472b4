"""Something wrong in the data: a value that is collected and shown in place, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much an issue matters: an ERROR forbids submission, a WARNING asks for a look, a HINT offers help."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: ``row`` and ``column`` count from 1 as the office program shows them; 0 means unknown."""

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0
    heading: str = ""

    @property
    def column_letters(self) -> str:
        """The column as Excel names it: 1 is A, 27 is AA."""
        letters, number = "", self.column
        while number > 0:
            number, remainder = divmod(number - 1, 26)
            letters = chr(65 + remainder) + letters
        return letters

    @property
    def cell(self) -> str:
        """The address as Excel writes it, such as C17; empty when row or column is unknown."""
        return f"{self.column_letters}{self.row}" if self.row and self.column else ""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong in the data.

    ``code`` names the rule (stable, machine-readable). ``message`` is a message id with ``{named}`` placeholders
    that ``values`` fill; the words on screen come from the message catalogue, so a rule file may also put its own
    finished sentence here. ``suggestion`` is a text that, put in place of the value, mends it.
    """

    code: str
    severity: Severity
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    element: str = ""
    suggestion: str | None = None
    record_id: str | None = None
    place: Place | None = None

    def at(self, place: Place) -> Issue:
        """The same issue, found at a place in a file."""
        return replace(self, place=place)

    def about(self, record_id: str | None = None, element: str | None = None) -> Issue:
        """The same issue, tied to a record and an element; what is not given stays."""
        return replace(
            self,
            record_id=self.record_id if record_id is None else record_id,
            element=self.element if element is None else element,
        )
