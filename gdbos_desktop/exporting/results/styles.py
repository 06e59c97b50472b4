"""The style sheet of a workbook, to which coloured twins of its cell formats are added.

Hides fills, borders and format numbers. What is there stays; only lists grow.
"""

from __future__ import annotations

from collections.abc import Mapping

from gdbos_desktop.exporting.results.marks import Tone
from gdbos_desktop.exporting.results.markup import (
    Element,
    Tree,
    Unpatchable,
    attribute,
    look,
    tag_pattern,
    with_attribute,
)
from gdbos_desktop.exporting.words import LIST_FACE
from gdbos_desktop.schema import Severity

SHADES: Mapping[Severity, str] = {
    Severity.ERROR: "FFFFC7CD",
    Severity.WARNING: "FFFFEB9B",
    Severity.HINT: "FFDCEBF8",
}
TONES: Mapping[Tone, str] = {
    Tone.NEW: "FFE2F0D8",
    Tone.CHANGED: "FFDCE6F2",
    Tone.UNCHANGED: "FFF2F2F3",
    Tone.PROBLEM: "FFFFC7CD",
    Tone.SKIPPED: "FFD9D9DA",
}
_LINE = "FFBFBFBF"
_HEADING = "FFD9E1F3"
EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="2"><font><sz val="11"/><name val="\xe5\xae\x8b\xe4\xbd\x93"/></font>'
    b'<font><b/><sz val="11"/><name val="\xe5\xae\x8b\xe4\xbd\x93"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    b'<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    b'<alignment vertical="top"/></xf>'
    b'<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""The style sheet of a plain workbook: format 1 is text, 2 is bold text."""
TEXT_FORMAT, BOLD_FORMAT = 1, 2
_LISTS = ("fonts", "fills", "borders", "cellXfs")


class StyleSheet:
    """Styles of a package. Formats are given out while sheets are written; ``xml`` has them all."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._tree: Tree = look(xml)
        self._prefix = f"{self._tree.root.prefix}:" if self._tree.root.prefix else ""
        lists = {name: self._tree.find(name) for name in _LISTS}
        self._lists: dict[str, Element] = {name: found for name, found in lists.items() if found is not None}
        if len(self._lists) != len(_LISTS) or self._tree.root.name != "styleSheet":
            raise Unpatchable("styles")
        self._counts: dict[str, int] = {}
        self._added: dict[str, list[bytes]] = {name: [] for name in _LISTS}
        for name, element in self._lists.items():
            if element.inner_start == element.end:
                raise Unpatchable("styles")
            self._counts[name] = len(look(xml[element.start : element.end]).children)
        formats = self._lists["cellXfs"]
        part = xml[formats.start : formats.end]
        self._formats = [part[one.start : one.end] for one in look(part).children if one.name == "xf"]
        if len(self._formats) != self._counts["cellXfs"] or not self._formats:
            raise Unpatchable("styles")
        self._fills: dict[str, int] = {}
        self._shaded: dict[tuple[int, str], int] = {}
        self._own: dict[tuple[str, bool], int] = {}
        self._border = self._bold = -1

    def shaded(self, base: int, severity: Severity) -> int:
        """The format ``base`` with the colour of a severity behind the text."""
        return self._twin(base, SHADES[severity])

    def status(self, tone: Tone) -> int:
        """The format of a cell of the status column."""
        return self._own_format(TONES[tone])

    def severity(self, severity: Severity) -> int:
        """The format of a word that names a severity."""
        return self._own_format(SHADES[severity])

    @property
    def plain(self) -> int:
        """The format of a cell of a sheet of ours."""
        return self._own_format("")

    @property
    def heading(self) -> int:
        """The format of a heading of ours."""
        return self._own_format(_HEADING, is_bold=True)

    def faded(self) -> dict[int, int]:
        """The formats with one of our colours, as an earlier result has them, and for each the same without colour.

        The colours are ours alone: nobody else's are a shade beside the customary ones.
        """
        fills = self._lists["fills"]
        part = self._xml[fills.start : fills.end]
        ours = [f'rgb="{colour}"'.encode() for colour in (*SHADES.values(), *TONES.values())]
        coloured = {
            str(number).encode()
            for number, fill in enumerate(look(part).children)
            if any(colour in part[fill.start : fill.end] for colour in ours)
        }
        return {
            number: self._with_fill(number, 0)
            for number, one in enumerate(tuple(self._formats))
            if attribute(one, "fillId") in coloured
        }

    def xml(self) -> bytes:
        """The style sheet with all that was added."""
        xml = self._xml
        for name, element in sorted(self._lists.items(), key=lambda pair: -pair[1].start):
            if not self._added[name]:
                continue
            tag = with_attribute(
                xml[element.start : element.inner_start], "count", str(self._counts[name] + len(self._added[name]))
            )
            grown = tag + xml[element.inner_start : element.inner_end] + b"".join(self._added[name])
            xml = xml[: element.start] + grown + xml[element.inner_end :]
        return xml

    def _twin(self, base: int, colour: str) -> int:
        key = (base, colour)
        if key not in self._shaded:
            self._shaded[key] = self._with_fill(base, self._fill(colour))
        return self._shaded[key]

    def _with_fill(self, base: int, fill: int) -> int:
        original = self._formats[base] if 0 <= base < len(self._formats) else self._formats[0]
        tag = tag_pattern(f"{self._prefix}xf").match(original)
        if tag is None:
            raise Unpatchable("styles")
        head = with_attribute(with_attribute(tag[0], "fillId", str(fill)), "applyFill", "1")
        return self._add("cellXfs", head + original[tag.end() :])

    def _own_format(self, colour: str, is_bold: bool = False) -> int:
        key = (colour, is_bold)
        if key not in self._own:
            p = self._prefix
            if self._border < 0:
                sides = "".join(
                    f'<{p}{side} style="thin"><{p}color rgb="{_LINE}"/></{p}{side}>'
                    for side in ("left", "right", "top", "bottom")
                )
                self._border = self._add("borders", f"<{p}border>{sides}<{p}diagonal/></{p}border>".encode())
            if is_bold and self._bold < 0:
                self._bold = self._add(
                    "fonts", f'<{p}font><{p}b/><{p}sz val="11"/><{p}name val="{LIST_FACE}"/></{p}font>'.encode()
                )
            font = self._bold if is_bold else 0
            fill = self._fill(colour) if colour else 0
            align = 'horizontal="center" vertical="center"' if is_bold else 'vertical="top"'
            self._own[key] = self._add(
                "cellXfs",
                f'<{p}xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="{self._border}" xfId="0" '
                f'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
                f'<{p}alignment {align} wrapText="1"/></{p}xf>'.encode(),
            )
        return self._own[key]

    def _fill(self, colour: str) -> int:
        if colour not in self._fills:
            p = self._prefix
            self._fills[colour] = self._add(
                "fills",
                f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/>'
                f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'.encode(),
            )
        return self._fills[colour]

    def _add(self, name: str, content: bytes) -> int:
        self._added[name].append(content)
        if name == "cellXfs":
            self._formats.append(content)
        return self._counts[name] + len(self._added[name]) - 1
