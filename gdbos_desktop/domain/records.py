"""The record tree: what the store holds and screens show, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gdbos_desktop.schema import Value


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a kind: an item, a material, an organisation …

    ``id`` is a UUIDv7 as 32 hexadecimal digits. ``version`` counts its changes from 1. ``parent_id`` is the containing
    record (a material's item), ``position`` its place among its siblings of the same kind, from 0. ``elements`` holds
    filled elements only: element code → value.
    """

    id: str
    kind: str
    elements: Mapping[str, Value]
    parent_id: str | None = None
    position: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class RecordTree:
    """A record with all it contains, kind by kind, in order: what a guide prints and what rules look at.

    ``titles`` names the records that reference elements point to.
    """

    record: Record
    children: Mapping[str, tuple[RecordTree, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
