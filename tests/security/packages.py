"""Workbooks taken apart and put together again, with whatever somebody hostile would put into them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.importing.books import FOOD, HEADINGS, TAXI, write_book

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
_STRING_PART = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_STRING_LINK = (
    b'<Relationship Id="rId99" Target="sharedStrings.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)


def valid_parts(folder: Path) -> dict[str, bytes]:
    """The parts of a small, valid workbook with shared strings."""
    with zipfile.ZipFile(write_book(folder / "valid.xlsx", [HEADINGS, FOOD, TAXI])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    inline = re.compile(rb't="inlineStr"><is><t>(.*?)</t></is>')
    if STRINGS not in parts:
        texts = list(dict.fromkeys(inline.findall(parts[SHEET])))
        parts[SHEET] = inline.sub(lambda found: b't="s"><v>%d</v>' % texts.index(found[1]), parts[SHEET])
        items = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
        parts[STRINGS] = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + items + b"</sst>"
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", _STRING_PART)
        links = "xl/_rels/workbook.xml.rels"
        parts[links] = parts[links].replace(b"</Relationships>", _STRING_LINK)
    return parts


def pack(path: Path, parts: Mapping[str, bytes]) -> Path:
    """A workbook of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
