"""XML of office files looked at as bytes, so that whatever is not changed stays as it is, byte for byte.

Hides the XML parser, prefixes and quoting. The parser only says *where* elements stand; changes are made in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.parsers import expat

from gdbos_desktop.exporting.rows import CELL_LIMIT

_ATTRIBUTES = rb"""(?:[^<>"'/]++|"[^"<]*+"|'[^'<]*+'|/(?!>))*+"""
_DECLARATION = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_NOT_IN_XML = re.compile("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Unpatchable(Exception):  # noqa: N818 - it says what the file is, not a bug
    """The package is not of the form that can be changed in place."""


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands in its bytes: all of it, and what is inside. ``name`` is without prefix."""

    name: str
    prefix: str
    attributes: Mapping[str, str]
    start: int
    inner_start: int
    inner_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Tree:
    """The outermost element and those directly inside."""

    root: Element
    children: Sequence[Element]

    def find(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def tag(self, name: str) -> str:
        """A name with the prefix of the outermost element."""
        return f"{self.root.prefix}:{name}" if self.root.prefix else name


def look(xml: bytes) -> Tree:
    """The outermost element of well-formed XML and its children; Unpatchable for anything else."""
    demand_plain(xml)
    parser = new_parser()
    found: list[tuple[int, str, dict[str, str], int]] = []  # depth, name, attributes, start
    ends: dict[int, int] = {}
    open_elements: list[int] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) < 2:
            found.append((len(open_elements), name, attributes, parser.CurrentByteIndex))
            open_elements.append(len(found) - 1)
        else:
            open_elements.append(-1)

    def end(_name: str) -> None:
        place = open_elements.pop()
        if place >= 0:
            ends[place] = parser.CurrentByteIndex

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parse(parser, xml, is_last=True)
    elements = [
        _element(xml, name, attributes, begin, ends[place])
        for place, (_depth, name, attributes, begin) in enumerate(found)
    ]
    return Tree(elements[0], elements[1:])


def _element(xml: bytes, name: str, attributes: dict[str, str], start: int, end_tag: int) -> Element:
    prefix, _colon, local = name.rpartition(":")
    tag = tag_pattern(name).match(xml, start)
    if tag is None:
        raise Unpatchable(name)
    if tag[1]:
        return Element(local, prefix, attributes, start, tag.end(), tag.end(), tag.end())
    return Element(local, prefix, attributes, start, tag.end(), end_tag, xml.index(b">", end_tag) + 1)


@cache
def tag_pattern(name: str) -> re.Pattern[bytes]:
    """Matches the opening (or empty) tag of a name; group 1 is the slash of an empty one."""
    return re.compile(rb"<" + re.escape(name.encode()) + rb"(?=[\s/>])" + _ATTRIBUTES + rb"(/?)>")


def new_parser() -> Any:
    """A parser that refuses document types."""
    parser = expat.ParserCreate()

    def refuse(*_arguments: object) -> None:
        raise Unpatchable("doctype")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def parse(parser: Any, xml: bytes, *, is_last: bool) -> None:
    """Feed a parser; Unpatchable for what is not well-formed."""
    try:
        parser.Parse(xml, is_last)
    except expat.ExpatError as error:
        raise Unpatchable(str(error)) from error


def demand_plain(xml: bytes) -> None:
    """Refuse encodings other than UTF-8."""
    declared = _DECLARATION.match(xml.removeprefix(_BYTE_ORDER_MARK)[:200])
    if xml[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in xml[:200]:
        raise Unpatchable("encoding")
    if declared is not None and declared[1].decode("latin-1").casefold() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise Unpatchable("encoding")


@cache
def _attribute_pattern(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(\s" + re.escape(name.encode()) + rb"""\s*=\s*)("[^"]*"|'[^']*')""")


def attribute(tag: bytes, name: str) -> bytes | None:
    """The value of an attribute in an opening tag, as it is written."""
    found = _attribute_pattern(name).search(tag)
    return None if found is None else found[2][1:-1]


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """An opening tag with an attribute set."""
    written = value.encode()
    pattern = _attribute_pattern(name)
    if pattern.search(tag):
        return pattern.sub(lambda found: found[1] + b'"' + written + b'"', tag, count=1)
    at = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:at].rstrip() + b" " + name.encode() + b'="' + written + b'"' + tag[at:]


def appended(xml: bytes, parent: Element, content: bytes) -> bytes:
    """The XML with content put at the end of an element."""
    if parent.inner_start < parent.end:
        return xml[: parent.inner_end] + content + xml[parent.inner_end :]
    name = f"{parent.prefix}:{parent.name}" if parent.prefix else parent.name
    opened = xml[parent.start : parent.end - 2].rstrip() + b">"
    return xml[: parent.start] + opened + content + b"</" + name.encode() + b">" + xml[parent.end :]


def escaped(text: str) -> str:
    """A text as XML: without characters that XML does not know, cut to what a cell holds."""
    text = _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > CELL_LIMIT // 2:
        text = _fitting(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return _LOOKS_ESCAPED.sub("_x005F_", text) if "_x" in text else text


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) // 2 <= CELL_LIMIT:
        return text
    return units[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
