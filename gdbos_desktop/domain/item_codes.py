"""The codes of an item: which generation a code belongs to, and what the national one is composed of.

Two generations and free local forms are alive side by side (GB/T 39554.1-2020: 12, 31, 33 characters; GB/T 39046-2020:
10 and 24; provinces as they like). Only a code of the national shape says something about body, level, catalogue and
type, so only that one can be cross-checked. Hides where the parts stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_CREDIT = r"[0-9ANY][0-9]{7}[0-9A-HJ-NP-RTUW-Y]{10}"
_NATIONAL = re.compile(rf"({_CREDIT})([1-7])(\d{{12}})(\d{{2}})?")
_BASIC = re.compile(r"(\d{2})(\d{2})(\d{2})(\d{3})(\d{3})")
_LEGACY_BASIC = re.compile(r"[0-9A-Z]{2}\d{8}")
_LEGACY_LENGTH = 24


class CodeGeneration(StrEnum):
    """Which rules a code was made by."""

    NATIONAL = "national"
    LEGACY = "legacy"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class BasicCode:
    """基本编码, twelve digits: ``region`` 00 is the national catalogue; ``sub_item`` 000 means none."""

    region: str
    item_type: str
    department: str
    main_item: str
    sub_item: str


@dataclass(frozen=True, slots=True)
class ImplementationCode:
    """实施编码, 31 characters, or with ``sequence`` 业务办理项编码, 33."""

    credit_code: str
    level: str
    basic_code: str
    sequence: str = ""

    @property
    def item_type(self) -> str:
        """The item type that the basic code carries."""
        return self.basic_code[2:4]


def read_basic_code(code: str) -> BasicCode | None:
    """The parts of a national basic code, None for any other form."""
    match = _BASIC.fullmatch(code)
    return BasicCode(*match.groups()) if match else None


def read_implementation_code(code: str) -> ImplementationCode | None:
    """The parts of a national implementation or handling-item code, None for any other form."""
    match = _NATIONAL.fullmatch(code)
    return ImplementationCode(match[1], match[2], match[3], match[4] or "") if match else None


def code_generation(code: str) -> CodeGeneration:
    """Which rules a catalogue, implementation or handling-item code was made by."""
    if _BASIC.fullmatch(code) or _NATIONAL.fullmatch(code):
        return CodeGeneration.NATIONAL
    if _LEGACY_BASIC.fullmatch(code) or (len(code) == _LEGACY_LENGTH and code.isascii() and code.isalnum()):
        return CodeGeneration.LEGACY
    return CodeGeneration.LOCAL
