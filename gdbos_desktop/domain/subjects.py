"""What the rules look at, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Value

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Subject:
    """A record with the records it contains directly, by kind and in order.

    ``titles`` names the records that references point to. ``known_codes`` holds the valid credit codes known for a
    body (its id, or its name while it has none); ``region_code`` is the region of the store, for rules of a region.
    """

    record: Record
    children: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    known_codes: Mapping[str, Collection[str]] = field(default_factory=dict)
    region_code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule was broken: values for the words of its message, and where, if not at the rule's own element.

    ``record`` is set when the fault lies in a record that the subject contains.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    element: str = ""
    suggestion: str | None = None
    record: Record | None = None


SILENT: tuple[Finding, ...] = ()
FIRES: tuple[Finding, ...] = (Finding(),)

Test = Callable[[Values, Subject], Sequence[Finding]]
"""A rule bound to its parameters: what it finds in the values of a subject; nothing, mostly."""
