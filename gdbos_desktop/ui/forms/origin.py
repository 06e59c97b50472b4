"""Where a value comes from: which level of government fixes an element, seen from the level of this store."""

from __future__ import annotations

from dataclasses import dataclass

from gdbos_desktop.domain.levels import is_fixed_above, store_level
from gdbos_desktop.schema import Element
from gdbos_desktop.schema.loading import LEVELS
from gdbos_desktop.system.messages import N_, _

__all__ = ["LABELS", "Origin", "origin_of", "store_level"]

LABELS = {"nation": N_("Nation"), "province": N_("Province"), "city": N_("City"), "county": N_("This level")}


@dataclass(frozen=True, slots=True)
class Origin:
    """The level that fixes an element. ``is_above``: it is above this store, so the value is not ours to change."""

    label: str
    is_above: bool


def origin_of(element: Element, level: str) -> Origin:
    """Who fixes the value of an element, for people at a level."""
    is_above = is_fixed_above(element, level)
    label = LABELS[element.owner if is_above else LEVELS[-1]]
    return Origin(_(label), is_above)
