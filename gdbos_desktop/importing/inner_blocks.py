"""Records inside of the rows of a list: materials beside their item, one column per value, JSON in a cell.

Hides how columns that the main kind does not know are given to kinds that may stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gdbos_desktop.domain.layouts import Block, Column
from gdbos_desktop.importing.cleaning import json_cell, looks_like_json
from gdbos_desktop.importing.headers import Header, Heading, name_in
from gdbos_desktop.schema import Element, Kind, Standard, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Code, Codes
from gdbos_desktop.storage.initials import initials_of

LEAST_VALUES = 2
"""So many columns of one group must be values of its list."""
LEAST_OF_NESTING = 2
"""A kind that contains others itself needs so many columns of its own to be seen in a list."""
_SYLLABLE = "[a-z]{0,5}"


@dataclass
class Found:
    """The blocks of a sheet and their columns; ``precision`` is place → how precisely its heading names its element."""

    blocks: tuple[Block, ...]
    columns: list[Column] = field(default_factory=list)
    precision: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many columns are understood."""
        return len({column.place for column in self.columns})


def find_blocks(standard: Standard, header: Header) -> Found:
    """What the columns of a header hold: of its kind first, then of kinds that may stand in that one."""
    search = _Search(standard, header)
    search.find_json()
    search.find_values(header.kind, 0)
    search.find_inner(header.kind, 0)
    return search.found()


def _parted(heading: Heading) -> Heading:
    if len(heading.parts) != 1 or "/" not in heading.parts[0]:
        return heading
    parts = tuple(part for part in heading.parts[0].split("/") if part.strip())
    return replace(heading, parts=parts) if len(parts) > 1 else heading


class _Search:
    def __init__(self, standard: Standard, header: Header) -> None:
        self._standard, self._header = standard, header
        self._blocks = [Block(header.kind.code)]
        self._taken: dict[int, Column] = {}
        self._precision = dict(header.precision)
        self._silent = {heading.column for heading in header.silent}
        # A path in one cell (申请材料/材料名称), as other programs write headings of two rows, is a path nevertheless.
        self._all = [one if one.column in header.mapping else _parted(one) for one in header.headings]
        self._headings = [one for one in self._all if one.parts and one.column not in self._silent]

    def found(self) -> Found:
        columns = dict(self._taken)
        for place, code in self._header.mapping.items():
            if place not in columns:
                heading = next(one for one in self._header.headings if one.column == place)
                columns[place] = Column(heading.path, code, place=place)
        precision = {place: self._precision.get(place, 2) for place in columns}
        return Found(tuple(self._blocks), [columns[place] for place in sorted(columns)], precision)

    # Records as JSON

    def find_json(self) -> None:
        """Columns whose cells are records of a kind that may stand in the main one."""
        kind = self._header.kind
        for heading in self._headings:
            samples = [text for text in heading.samples if looks_like_json(text)]
            if not samples:
                continue
            members = list(dict.fromkeys(name for text in samples for one in json_cell(text).members for name in one))
            named = [child for child in self._children(kind) if self._names(heading, child)]
            element = kind.elements.get(self._header.mapping.get(heading.column, ""))
            for child in named or (self._children(kind) if element is not None else []):
                fields = fields_of(child, members)
                if child.title in fields.values():
                    self._blocks.append(Block(child.code, parent=0, fields=fields))
                    self._take(heading, Column(heading.path, child.title, len(self._blocks) - 1, heading.column), 3)
                    break

    @staticmethod
    def _names(heading: Heading, kind: Kind) -> bool:
        words = {fold(word) for word in (kind.label, kind.sheet, kind.code, *kind.sheet_aliases)}
        return any(fold(part) in words for part in heading.parts)

    # One column per value

    def find_values(self, kind: Kind, block: int) -> None:
        """Columns under a group that names an element with a list, each called after a code of it."""
        groups: dict[tuple[str, str], list[tuple[Heading, str]]] = {}
        elements: dict[tuple[str, str], Element] = {}
        for heading in self._all:  # a value that no row near the top has is one nevertheless
            if len(heading.parts) < 2 or heading.column in self._taken or self._is_sure(heading.column):
                continue
            code, _precision = name_in(kind.heading_index, heading.parts[:-1], self._prefixes(kind))
            element = kind.elements.get(code)
            if element is None or not isinstance(element.type, Code | Codes):
                continue
            value = element.type.code_list.find(heading.parts[-1])
            if value is not None:
                group = (element.code, "/".join(heading.parts[:-1]))
                groups.setdefault(group, []).append((heading, value))
                elements[group] = element
        for group, marked in groups.items():
            # The same group further right is that of another record.
            first: dict[str, Heading] = {}
            for heading, value in marked:
                first.setdefault(value, heading)
            if len(first) < LEAST_VALUES or self._is_filled(group[0], block):
                continue
            for value, heading in first.items():
                self._take(heading, Column(heading.path, group[0], block, heading.column, value), 3)

    def _is_sure(self, place: int) -> bool:
        return self._precision.get(place, 0) >= 3 and place in self._header.mapping

    def _is_filled(self, element: str, block: int) -> bool:
        if block == 0:
            return any(code == element and place not in self._taken for place, code in self._header.mapping.items())
        return any(column.block == block and column.element == element for column in self._taken.values())

    # One row per inner record

    def find_inner(self, kind: Kind, block: int) -> None:
        """Columns of kinds that may stand in ``kind``, the kind with the most columns first."""
        tried = {one.kind for one in self._blocks}
        while True:
            best: dict[int, tuple[str, int]] = {}
            best_kind: Kind | None = None
            for child in self._children(kind):
                if child.code not in tried and len(columns := self._columns_of(child)) > len(best):
                    best, best_kind = columns, child
            if best_kind is None:
                return
            tried.add(best_kind.code)
            self._blocks.append(Block(best_kind.code, parent=block))
            number = len(self._blocks) - 1
            for heading in self._all:
                if heading.column in best:
                    code, precision = best[heading.column]
                    self._take(heading, Column(heading.path, code, number, heading.column), precision)
            self.find_values(best_kind, number)
            self.find_inner(best_kind, number)

    def _columns_of(self, kind: Kind) -> dict[int, tuple[str, int]]:
        """The columns that a kind would have: its title or a key, and what stands beside it or in the same group."""
        prefixes = self._prefixes(kind)
        group_words = {fold(word) for word in (*prefixes, kind.code)}
        candidates: dict[int, tuple[str, int]] = {}
        groups: dict[int, str] = {}
        for heading in self._all:
            if not heading.parts or heading.column in self._taken:
                continue
            group = fold(heading.parts[-2]) if len(heading.parts) > 1 else ""
            is_own_group = group in group_words
            is_free = heading.column not in self._header.mapping and heading.column not in self._silent
            if not is_own_group and not is_free:
                continue
            code, precision = name_in(kind.heading_index, heading.parts, prefixes if is_own_group else ())
            if code and code != PARENT:
                candidates[heading.column] = (code, precision)
                groups[heading.column] = group
        codes = {code for code, _precision in candidates.values()}
        keys = [set(key) - {PARENT, kind.position_element} for key in kind.keys]
        if not (kind.title in codes or any(key and codes.issuperset(key) for key in keys)):
            return {}
        anchors = [place for place, (code, _p) in candidates.items() if code == kind.title] or list(candidates)
        anchor = anchors[0]
        chosen: dict[int, tuple[str, int]] = {}
        used: set[str] = set()
        near = sorted(candidates, key=lambda place: (abs(place - anchor), place))
        for place in near:
            code, precision = candidates[place]
            is_same_group = bool(groups[place]) and groups[place] == groups[anchor]
            if code not in used and (is_same_group or precision == 3 or self._is_beside(place, anchor, candidates)):
                chosen[place] = (code, precision)
                used.add(code)
        has_inner = any(kind.code in other.parents for other in self._standard.kinds.values() if other is not kind)
        return chosen if len(chosen) >= (LEAST_OF_NESTING if has_inner and kind.families else 1) else {}

    @staticmethod
    def _is_beside(place: int, anchor: int, candidates: Mapping[int, object]) -> bool:
        step = 1 if place > anchor else -1
        return all(between in candidates for between in range(anchor, place, step))

    def _children(self, kind: Kind) -> list[Kind]:
        return [child for child in self._standard.children_of(kind.code) if child.code != kind.code]

    @staticmethod
    def _prefixes(kind: Kind) -> Sequence[str]:
        return tuple(dict.fromkeys((kind.label, kind.sheet, *kind.sheet_aliases)))

    def _take(self, heading: Heading, column: Column, precision: int) -> None:
        self._taken[heading.column] = column
        self._precision[heading.column] = precision


def fields_of(kind: Kind, members: Sequence[str]) -> dict[str, str]:
    """Which elements the members of JSON objects name: by code, label, alias, or by how a label is spoken
    (huanjiemingcheng is 环节名称); a member that names none, or one that is named already, is left out."""
    fields: dict[str, str] = {}
    for name in members:
        code = kind.find_heading(name) or _spoken(kind, name)
        if code and code != PARENT and code not in fields.values():
            fields[name] = code
    return fields


def _spoken(kind: Kind, name: str) -> str:
    """The one element one of whose words is spoken like a name in Latin letters; '' for none or several."""
    bare = re.sub("[^a-z]", "", name.lower())
    if len(bare) < 4 or not name.isascii():
        return ""
    found = []
    for element in kind.elements.values():
        for word in (element.label, *element.aliases):
            initials = initials_of(word)
            pattern = "".join(f"{letter}{_SYLLABLE}" for letter in initials)
            if 1 < len(initials) == len(word) and len(bare) <= 6 * len(word) and re.fullmatch(pattern, bare):
                found.append((len(word), element.code))
    if not found:
        return ""
    longest = max(length for length, _code in found)
    codes = {code for length, code in found if length == longest}
    return codes.pop() if len(codes) == 1 else ""
