"""Where a value comes from: which level of government fixes an element, seen from the level of this store."""

from __future__ import annotations

from dataclasses import dataclass

from gdbos_desktop.domain.region_code import check_region_code, region_level
from gdbos_desktop.schema import Element
from gdbos_desktop.system.messages import N_, _

LEVELS = ("nation", "province", "city", "county")
"""Owner levels from above to below."""

LABELS = {"nation": N_("Nation"), "province": N_("Province"), "city": N_("City"), "county": N_("This level")}


@dataclass(frozen=True, slots=True)
class Origin:
    """The level that fixes an element. ``is_above``: it is above this store, so the value is not ours to change."""

    label: str
    is_above: bool


def store_level(region_code: str) -> str:
    """The level of a store by its region code; the lowest one when the code does not say."""
    if not region_code or check_region_code(region_code) is not None:
        return LEVELS[-1]
    return LEVELS[min(region_level(region_code), len(LEVELS) - 1)]


def origin_of(element: Element, level: str) -> Origin:
    """Who fixes the value of an element, for people at a level."""
    is_above = LEVELS.index(element.owner) < LEVELS.index(level)
    label = LABELS[element.owner if is_above else LEVELS[-1]]
    return Origin(_(label), is_above)
