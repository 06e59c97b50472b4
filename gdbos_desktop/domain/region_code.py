"""Region codes (GB/T 2260 and the statistical divisions): shape, level and parent.

Hides the blocks 2-2-2-3-3 and the exceptions to the ladder. Names and validity of regions are data and not known here;
codes that provinces assign themselves (development zones such as xx71) have the ordinary shape and are accepted.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

FULL_LENGTH = 12
_ENDS = (2, 4, 6, 9, 12)
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
_NO_CITY = frozenset({"01", "02"})  # 市辖区, 县: place-holders for the city of a municipality
_UNDER_PROVINCE = "90"  # counties and cities directly under the province: 4190, 4290, 4690, 6590


class RegionFault(StrEnum):
    """Why a text is not a region code."""

    LENGTH = "length"
    DIGITS = "digits"
    BLOCKS = "blocks"
    PROVINCE = "province"


def check_region_code(text: str, provinces: Collection[str] = ()) -> RegionFault | None:
    """Why ``text`` has not the shape of a region code; ``provinces``, when given, are the allowed first two digits."""
    if not (text.isascii() and text.isdigit()):
        return RegionFault.DIGITS
    if len(text) not in {6, 9, FULL_LENGTH}:
        return RegionFault.LENGTH
    code = text.ljust(FULL_LENGTH, "0")
    province, city, county, town, village = _blocks(code)
    if not int(province):
        return RegionFault.PROVINCE if provinces else RegionFault.BLOCKS
    # A city without counties (东莞, 中山, 儋州) has towns under county 00; any other block needs the one before it.
    if (int(county) and not int(city)) or (int(town) and not int(city)) or (int(village) and not int(town)):
        return RegionFault.BLOCKS
    if provinces and province not in provinces:
        return RegionFault.PROVINCE
    return None


def region_level(code: str) -> int:
    """1 province, 2 city, 3 county, 4 township, 5 village; for a code of valid shape."""
    blocks = _blocks(code.ljust(FULL_LENGTH, "0"))
    return max(index for index, block in enumerate(blocks, 1) if int(block))


def parent_region(code: str) -> str | None:
    """The code above, in the platform's twelve digits; None for a province.

    Districts of a municipality and counties directly under a province belong to the province itself.
    """
    full = code.ljust(FULL_LENGTH, "0")
    blocks = list(_blocks(full))
    level = region_level(full)
    if level == 1:
        return None
    blocks[level - 1] = "0" * len(blocks[level - 1])
    if level == 3 and (blocks[1] == _UNDER_PROVINCE or (blocks[0] in _MUNICIPALITIES and blocks[1] in _NO_CITY)):
        blocks[1] = "00"
    return "".join(blocks)


def _blocks(full: str) -> tuple[str, ...]:
    return tuple(full[start:end] for start, end in zip((0, *_ENDS), _ENDS, strict=False))
