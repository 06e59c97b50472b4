"""Levels of government: at which one a store works, and which elements a level above it fixes."""

from __future__ import annotations

from gdbos_desktop.domain.region_code import check_region_code, region_level
from gdbos_desktop.schema import Element
from gdbos_desktop.schema.loading import LEVELS


def store_level(region_code: str) -> str:
    """The level of a store by its region code; the lowest one when the code does not say."""
    if not region_code or check_region_code(region_code) is not None:
        return LEVELS[-1]
    return LEVELS[min(region_level(region_code), len(LEVELS) - 1)]


def is_fixed_above(element: Element, level: str) -> bool:
    """Whether a level above this one fixes the element's value, so that it is not changed here."""
    return LEVELS.index(element.owner) < LEVELS.index(level)
