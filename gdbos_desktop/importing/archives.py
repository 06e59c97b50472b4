"""A workbook that is a zip archive, looked at without trusting it, inside the reading process.

Hides the limits of what is unpacked, where the parts of a workbook stand, and the small package of the first rows
that lets any reader show them without loading the sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import normpath
from typing import IO, Any

from gdbos_desktop.importing.raw_sheets import COLUMN_LIMIT, ReadingFailure, column_number

ENTRY_LIMIT = 20_000
INFLATED_LIMIT = 4 * 1024**3
RATIO_LIMIT = 400
RATIO_FREE_BYTES = 64 * 1024**2
EXTENT_LIMIT = 60_000_000
"""Cells of declared extent up to which calamine is asked."""
QUICK_FROM_BYTES = 4 * 1024**2
"""Sheets and strings of so many bytes and more are shown by their beginning before they are loaded."""
PIECE = 1 << 20

_DIMENSION = re.compile(rb'<(?:\w+:)?dimension[^>]*\bref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
_ROOT = re.compile(rb"<((?:\w+:)?)(worksheet|sst)\b[^>]*?(/?)>")
_ZEROS = re.compile(r"^(?:\[[^\]]*\])?(0{2,20})(?:;.*)?$", re.DOTALL)
_BARE_PARTS = {
    "[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
}  # fmt: skip


@dataclass
class Archive:
    """What a first look at an archive found; parts are named as they stand in it.

    ``sheet_parts`` are the parts of the sheets in the order of the workbook, "" where there is none; ``extent`` is
    the greatest declared extent of a sheet in cells; ``zero_widths`` are the styles of cells that show their numbers
    with leading zeros, and to how many digits.
    """

    path: Path
    kind: str
    sizes: Mapping[str, int]
    extent: int = 0
    sheet_parts: tuple[str, ...] = ()
    strings_part: str = ""
    zero_widths: Mapping[bytes, int] = field(default_factory=dict)
    dimensions: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether loading it takes long enough to show its first rows before."""
        return sum(self.sizes.get(name, 0) for name in (*self.sheet_parts, self.strings_part)) > QUICK_FROM_BYTES

    def beginning(self, index: int | None, size: int) -> tuple[bytes, bool]:
        """A package of the first ``size`` bytes of rows of a sheet (None: of no sheet), and whether these are all.

        It holds what cells need to be shown: styles, and the shared strings up to the last one used.
        """
        with zipfile.ZipFile(self.path) as archive:
            parts = {name: archive.read(name) for name in self.sizes if name.lower() in _BARE_PARTS}
            is_whole, greatest = True, -1
            if index is not None:
                part = self.sheet_parts[index]
                with archive.open(part) as xml:
                    parts[part], is_whole = _first_rows(xml, size)
                greatest = max((int(found[1]) for found in _STRING_CELL.finditer(parts[part])), default=-1)
            if self.strings_part:
                with archive.open(self.strings_part) as xml:
                    parts[self.strings_part] = _strings_up_to(xml, greatest)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as small:
            for name, content in parts.items():
                small.writestr(name, content)
        return packed.getvalue(), is_whole


_STRING_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="s"[^>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})')
_STRING_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")


def _first_rows(xml: IO[bytes], size: int) -> tuple[bytes, bool]:
    """The rows that end within the first ``size`` bytes of a sheet, at least one, and whether these are all."""
    start = xml.read(size)
    root = _ROOT.search(start)
    prefix = root[1] if root else b""
    end = b"</%srow>" % prefix
    cut = 0
    while (cut := start.rfind(end, max(cut - len(end), 0))) < 0:
        cut = len(start)
        more = xml.read(size)
        if not more:
            return start, True
        start += more
    is_whole = not (more := xml.read(1))
    if is_whole:
        return start, True
    return start[: cut + len(end)] + b"</%ssheetData></%sworksheet>" % (prefix, prefix), False


def _strings_up_to(xml: IO[bytes], greatest: int) -> bytes:
    """A string table up to the string of this number (from 0; -1: an empty table)."""
    pieces: list[bytes] = []
    left = greatest + 1
    rest = b""
    prefix = b""
    while piece := xml.read(PIECE):
        data = rest + piece
        if not pieces:
            root = _ROOT.search(data)
            prefix = root[1] if root else b""
            if not left and root:
                return data[: root.end()] + (b"" if root[3] else b"</%ssst>" % prefix)
        for found in _STRING_END.finditer(data):
            left -= 1
            if not left:
                return b"".join((*pieces, data[: found.end()], b"</%ssst>" % prefix))
        cut = max(data.rfind(b"<"), 0)  # a tag may stand across two pieces
        pieces.append(data[:cut])
        rest = data[cut:]
    return b"".join((*pieces, rest))


def open_archive(path: Path) -> Archive:
    """Look at an archive; ReadingFailure for what is none, hides behind a password, or would unpack to too much."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadingFailure("broken", detail=str(error)) from error
    with archive:
        entries = archive.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise ReadingFailure("password")
        inflated = sum(entry.file_size for entry in entries)
        if len(entries) > ENTRY_LIMIT or inflated > INFLATED_LIMIT:
            raise ReadingFailure("bomb", detail=str(inflated // 1024**2))
        sizes = {entry.filename: entry.file_size for entry in entries}
        for entry in entries:
            if entry.file_size > RATIO_FREE_BYTES and entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1):
                raise ReadingFailure("bomb", detail=str(entry.file_size // 1024**2))
        if len({name.lower() for name in sizes}) < len(entries):
            # Two parts of one name: every reader would see another file.
            raise ReadingFailure("broken", detail="two parts of one name")
        kind = _kind_of(sizes)
        dimensions = {}
        extent = 0
        for name in sizes:
            if name.endswith((".xml", ".rels")):
                head = _head_of(archive, name)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise ReadingFailure("dtd", detail=name)
                if name.startswith("xl/worksheets/") and (found := _DIMENSION.search(head)):
                    extent = max(extent, _cells_in(found))
                    dimensions[name] = int(found[4] or found[2]), column_number(found[3] or found[1])
        looked = Archive(path, kind, sizes, extent, dimensions=dimensions)
        if kind == "xlsx":
            _find_parts(archive, looked)
        elif kind == "ods" and _has_encrypted_parts(archive):
            raise ReadingFailure("password")
        return looked


def _kind_of(names: Mapping[str, int]) -> str:
    if "content.xml" in names:
        return "ods"
    if any(name.lower() == "xl/workbook.bin" for name in names):
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    raise ReadingFailure("not-a-workbook")


def _has_encrypted_parts(archive: zipfile.ZipFile) -> bool:
    try:
        return b"encryption-data" in archive.read("META-INF/manifest.xml")
    except KeyError:
        return False
    except Exception as error:  # see below
        raise ReadingFailure("broken", detail=str(error)) from error


def _find_parts(archive: zipfile.ZipFile, looked: Archive) -> None:
    # What is broken here is told by the reader itself; without these parts nothing is shown early or said of hiding.
    from defusedxml.ElementTree import fromstring

    try:
        by_lower = {name.lower(): name for name in looked.sizes}

        def tree(name: str) -> Any:
            return fromstring(archive.read(by_lower[name]))

        targets = {}
        for link in tree("xl/_rels/workbook.xml.rels"):
            target = str(link.get("Target", ""))
            place = target.lstrip("/") if target.startswith(("/", "xl/")) else normpath(f"xl/{target}")
            targets[link.get("Id")] = by_lower.get(place.lower(), "")
            if str(link.get("Type", "")).endswith("/sharedStrings"):
                looked.strings_part = by_lower.get(place.lower(), "")
        names = []
        for sheet in tree("xl/workbook.xml").iterfind("{*}sheets/{*}sheet"):
            (identity,) = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
            names.append(targets.get(identity, ""))
        looked.sheet_parts = tuple(names)
        if "xl/styles.xml" in by_lower:
            looked.zero_widths = _zero_widths(tree("xl/styles.xml"))
    except Exception:  # the file is hostile: whatever is raised here means that there is nothing to find
        looked.sheet_parts, looked.strings_part = (), ""


def _zero_widths(styles: Any) -> dict[bytes, int]:
    widths = {}
    for number_format in styles.iterfind("{*}numFmts/{*}numFmt"):
        if found := zero_width(number_format.get("formatCode", "")):
            widths[number_format.get("numFmtId")] = found
    return {
        b"%d" % index: widths[style.get("numFmtId")]
        for index, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        if style.get("numFmtId") in widths
    }


def zero_width(number_format: str) -> int:
    """To how many digits a number format of nothing but zeros fills up a number; 0 for every other format."""
    found = _ZEROS.match(number_format.replace('"', "").replace("\\", ""))
    return len(found[1]) if found else 0


def _head_of(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(4096)
    except Exception as error:  # the archive is hostile: whatever its reader makes of it means a broken part
        raise ReadingFailure("broken", detail=f"{name}: {error}") from error


def _cells_in(found: re.Match[bytes]) -> int:
    if not found[3]:
        return 1
    columns = column_number(found[3]) - column_number(found[1]) + 1
    rows = int(found[4]) - int(found[2]) + 1
    # A sheet wider than what is read has stray cells: the sparse way finds and names them.
    return EXTENT_LIMIT + 1 if columns > COLUMN_LIMIT else columns * rows
