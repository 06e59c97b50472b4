"""The dress of official documents (GB/T 9704) as numbers, read from data: page, grid, faces, sizes, headings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gdbos_desktop.exporting.words import CHINESE_DIGITS, CHINESE_TEN
from gdbos_desktop.system.resources import resource_folder

TWIPS_PER_MM = 1440 / 25.4


@dataclass(frozen=True)
class Page:
    """The sheet and its type area in twips (1/20 pt)."""

    width: int
    height: int
    top: int
    bottom: int
    left: int
    right: int
    footer: int
    lines: int
    characters: int

    @property
    def text_width(self) -> int:
        """Of the type area."""
        return self.width - self.left - self.right

    @property
    def text_height(self) -> int:
        """Of the type area."""
        return self.height - self.top - self.bottom

    @property
    def line_pitch(self) -> int:
        """Twips from line to line so that ``lines`` fill the type area."""
        return self.text_height // self.lines

    def character_space(self, size: float) -> int:
        """What is added to each character of ``size`` points, in 1/4096 pt, so that ``characters`` fill a line."""
        return int((self.text_width / 20 / self.characters - size) * 4096 // 1)


@dataclass(frozen=True)
class HeadingDress:
    """A level of headings: its face and how it is counted."""

    face: str
    number: str

    def mark(self, count: int) -> str:
        """The number before the ``count``-th heading."""
        return self.number.format(chinese=chinese_numeral(count), digit=count)


@dataclass(frozen=True)
class Dress:
    """How a document looks. ``faces`` gives for each role the faces to use, the preferred one first."""

    page: Page
    faces: Mapping[str, Sequence[str]]
    sizes: Mapping[str, float]
    spacing: Mapping[str, float]
    headings: Sequence[HeadingDress]

    def face(self, role: str) -> str:
        """The preferred face of a role."""
        return self.faces[role][0]


def load_dress(path: Path) -> Dress:
    """The dress a file declares."""
    words: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    page = words["page"]
    lengths = {
        name: round(page[name] * TWIPS_PER_MM)
        for name in ("width", "height", "top", "bottom", "left", "right", "footer")
    }
    return Dress(
        Page(**lengths, lines=page["lines"], characters=page["characters"]),
        words["faces"],
        words["sizes"],
        words["spacing"],
        [HeadingDress(heading["face"], heading["number"]) for heading in words["heading"]],
    )


@cache
def official() -> Dress:
    """The dress of GB/T 9704-2012."""
    return load_dress(resource_folder("templates") / "gbt9704.toml")


def chinese_numeral(number: int) -> str:
    """1 to 99 in Chinese numerals: 一, 十, 二十一."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return (
        f"{CHINESE_DIGITS[tens] if tens > 1 else ''}{CHINESE_TEN if tens else ''}{CHINESE_DIGITS[ones] if ones else ''}"
    )
