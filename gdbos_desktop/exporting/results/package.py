"""A workbook file as a package of parts: found by their relationships, changed one by one, the others copied.

Hides content types, relationships and part names. Nothing is unpacked but what is asked for.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import IO
from xml.sax.saxutils import quoteattr

from gdbos_desktop.exporting.packages import CopiedEntry, Piece, pack, write_package
from gdbos_desktop.exporting.results.markup import Unpatchable, appended, look

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_TYPE = f"{_FORMAT}.worksheet+xml"
COMMENTS_TYPE = f"{_FORMAT}.comments+xml"
STYLES_TYPE = f"{_FORMAT}.styles+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PART_LIMIT = 64 * 1024**2
"""Bytes of a part that is looked at as a whole."""
DAMAGES = (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, KeyError, EOFError)
"""What reading a damaged package raises."""
_TYPES = "[Content_Types].xml"


class Relationship:
    """What a part refers to."""

    def __init__(self, id_: str, type_: str, target: str) -> None:
        self.id, self.type, self.target = id_, type_, target


class WorkbookPackage:
    """An open workbook file and the changes to its parts. Unpatchable when it is none of the usual form.

    The file stays the caller's, who closes it after the package.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
            self._understand()
        except DAMAGES as error:
            raise Unpatchable(str(error)) from error

    def _understand(self) -> None:
        self._changed: dict[str, Sequence[Piece]] = {}
        self._added: dict[str, Sequence[Piece]] = {}
        self._texts: dict[str, bytes] = {}
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        self._names = {entry.filename.casefold(): entry.filename for entry in entries}
        if len(self._names) != len(entries) or any(entry.flag_bits & 1 for entry in entries):
            raise Unpatchable("entries")
        found = [one.target for one in self.relationships("") if one.type == f"{OFFICE}/officeDocument"]
        if len(found) != 1:
            raise Unpatchable("workbook")
        self.workbook = self.part(found[0])
        tree = look(self.read(self.workbook))
        prefix = f"xmlns:{tree.root.prefix}" if tree.root.prefix else "xmlns"
        if tree.root.name != "workbook" or tree.root.attributes.get(prefix) != MAIN:
            raise Unpatchable("workbook")  # the strict form has other names for everything
        sheets = tree.find("sheets")
        if sheets is None or sheets.inner_start == sheets.end:
            raise Unpatchable("sheets")
        self._tag = tree.tag("sheet")
        listed = look(self.read(self.workbook)[sheets.start : sheets.end]).children
        targets = {one.id: one for one in self.relationships(self.workbook)}
        self._numbers = [int(sheet.attributes["sheetId"]) for sheet in listed]
        self.sheets: dict[str, str] = {}
        """The parts of the sheets by name, charts left out."""
        self.sheet_names = [sheet.attributes["name"] for sheet in listed]
        for sheet in listed:
            links = (value for name, value in sheet.attributes.items() if name.endswith(":id"))
            target = targets.get(next(links, ""))
            if target is not None and target.type == f"{OFFICE}/worksheet":
                self.sheets[sheet.attributes["name"]] = self.part(target.target)

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    @property
    def has_macros(self) -> bool:
        """Whether it says of itself that it has macros."""
        return MACRO_TYPE.encode() in self.read(_TYPES)

    def part(self, name: str) -> str:
        """The name of a part as the file spells it; Unpatchable when it is not there."""
        found = self._names.get(name.casefold())
        if found is None:
            raise Unpatchable(name)
        return found

    def read(self, part: str) -> bytes:
        """A part as it is by now; Unpatchable when it is too large to be looked at."""
        if part in self._texts:
            return self._texts[part]
        try:
            with self.open(part) as stream:
                data = stream.read(PART_LIMIT + 1)
        except DAMAGES as error:
            raise Unpatchable(str(error)) from error
        if len(data) > PART_LIMIT:
            raise Unpatchable(part)
        return data

    def open(self, part: str) -> IO[bytes]:
        """A part of the source as a stream."""
        return self._zip.open(self._zip.getinfo(self.part(part)))

    def size(self, part: str) -> int:
        """The bytes of a part of the source, as the file says."""
        return self._zip.getinfo(self.part(part)).file_size

    def change(self, part: str, content: bytes | Sequence[Piece]) -> None:
        """Put other content into a part, or make it."""
        pieces = [pack(content)] if isinstance(content, bytes) else content
        if isinstance(content, bytes):
            self._texts[part] = content
        if part.casefold() in self._names:
            self._changed[part] = pieces
        else:
            self._added[part] = pieces

    def new_name(self, pattern: str) -> str:
        """A part name that is free; ``pattern`` has one ``{}`` for a number."""
        number = 1
        taken = self._names.keys() | {name.casefold() for name in self._added}
        while (name := pattern.format(number)).casefold() in taken:
            number += 1
        return name

    def relationships(self, part: str) -> list[Relationship]:
        """What a part ('' is the package) refers to inside the package."""
        name = _relationships_of(part)
        if name.casefold() not in self._names and name not in self._texts:
            return []
        folder = posixpath.dirname(part)
        found = []
        for one in look(self.read(self._names.get(name.casefold(), name))).children:
            told = [one.attributes.get(word, "") for word in ("Id", "Type", "Target")]
            if one.name != "Relationship" or not all(told):
                raise Unpatchable(name)
            if one.attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, told[2])).lstrip("/")
                found.append(Relationship(told[0], told[1], target))
        return found

    def relate(self, part: str, type_: str, target: str) -> str:
        """Make a part refer to another; the id of that."""
        wanted = _relationships_of(part)
        name = self._names.get(wanted.casefold(), wanted)
        if name.casefold() in self._names or name in self._texts:
            xml = self.read(name)
        else:
            xml = (
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                b'<Relationships xmlns="%s/relationships"></Relationships>' % _PACKAGE.encode()
            )
        tree = look(xml)
        taken = {child.attributes.get("Id", "") for child in tree.children}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        line = (
            f'<{tree.tag("Relationship")} Id="rId{number}" Type="{OFFICE}/{type_}" Target={quoteattr("/" + target)}/>'
        )
        self.change(name, appended(xml, tree.root, line.encode()))
        return f"rId{number}"

    def declare(self, part: str, content_type: str) -> None:
        """Say what a part is."""
        xml = self.read(_TYPES)
        tree = look(xml)
        line = f'<{tree.tag("Override")} PartName={quoteattr("/" + part)} ContentType="{content_type}"/>'
        self.change(_TYPES, appended(xml, tree.root, line.encode()))

    def add_sheet(self, name: str, content: bytes) -> None:
        """Put a sheet behind the others."""
        part = self.new_name("xl/worksheets/sheet{}.xml")
        self.change(part, content)
        self.declare(part, SHEET_TYPE)
        link = self.relate(self.workbook, "worksheet", part)
        number = max(self._numbers, default=0) + 1
        line = f'<{self._tag} xmlns:r="{OFFICE}" name={quoteattr(name)} sheetId="{number}" r:id="{link}"/>'
        xml = self.read(self.workbook)
        sheets = look(xml).find("sheets")
        assert sheets is not None
        self.change(self.workbook, appended(xml, sheets, line.encode()))

    def write(self, file: IO[bytes]) -> None:
        """Write the package: changed and new parts in place and at the end, the others copied."""
        changed: Mapping[str, Sequence[Piece]] = self._changed
        entries: list[tuple[str, Sequence[Piece]] | CopiedEntry] = [
            (entry.filename, changed[entry.filename]) if entry.filename in changed else CopiedEntry(self._file, entry)
            for entry in self._zip.infolist()
        ]
        entries += self._added.items()
        try:
            write_package(file, entries)
        except zipfile.BadZipFile as error:
            raise Unpatchable(str(error)) from error


def _relationships_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
