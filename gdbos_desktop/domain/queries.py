"""A question to the store: which records, in which order. Says nothing of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gdbos_desktop.schema import Value


class Match(StrEnum):
    """How a filter compares. CONTAINS folds case and width; IS_ANY takes several values."""

    IS = "is"
    IS_NOT = "is_not"
    IS_ANY = "is_any"
    CONTAINS = "contains"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS_EMPTY = "is_empty"
    IS_FILLED = "is_filled"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on an element. For a reference element the value is the id of the record referred to."""

    element: str
    match: Match
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by an element; ``@position``, ``@changed`` (time of last change) and ``@created`` are possible too."""

    element: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Records of a kind. ``text`` is what the user typed into the search field: words, code prefixes, initials.

    ``parent_id`` limits to the children of a record, ``ids`` to a selection. Without ``order``: as they were created.
    """

    kind: str
    where: tuple[Filter, ...] = ()
    text: str = ""
    order: tuple[Order, ...] = ()
    parent_id: str | None = None
    ids: tuple[str, ...] | None = None
