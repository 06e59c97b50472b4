"""A layout: which column of a workbook holds what, as data – one definition for reading a file and for writing one.

A **layout** describes the sheets of a workbook. A sheet has *blocks*, each of one kind of record, and *columns*, each
of which fills an element in one of the blocks. The usual list is one block. Other shapes that people use:

- one row per material: block 0 the item, its columns repeated on every row, block 1 ``parent = 0`` the material;
- one column per value (服务对象/自然人 √): several columns of the same element, each with the ``value`` it stands for;
- records as JSON in a cell (办理流程): a block with ``fields``, member name → element, and one column of that block;
- a form: ``shape = "form"``, one record per sheet, label left and value right.

An **import recipe** is a layout with what was decided besides: texts that mean others (``values``), suggestions that
are taken (``accept``), what an empty cell says, keys, and the mode. The same file holds both; an export ignores what
is only about reading. Files are TOML or JSON: ``layout_from_words`` and ``words_of`` are inverse.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar

from gdbos_desktop.schema import Kind, Standard, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Code, Codes

LAYOUT_FORMAT = 1
"""The form of the files that this program writes; it reads this one and older ones."""


MODES = ("upsert", "insert", "update")
"""The ways in which an import writes."""


class LayoutError(ValueError):
    """A layout file that contradicts itself or the standard: says which sheet and column."""


class Shape(StrEnum):
    """How a sheet is filled."""

    TABLE = "table"
    FORM = "form"


_ROWS = 10_000
_PLACES = {Shape.TABLE: 16_384, Shape.FORM: 1 << 30}
"""No table has its header further down, or a column (or a cell of a form) with a greater number."""


class Empty(StrEnum):
    """What an empty cell says: nothing (the value stays), or that the value is to be taken out."""

    KEEP = "keep"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Block:
    """The records of one kind in a sheet.

    ``parent`` is the block whose record of the same rows contains this one's (None: a column says it, or nothing does).
    ``key`` are the elements by which records are found again, empty: as the standard says. ``fields`` make it the
    records of a JSON text in one cell: member name → element.
    """

    kind: str
    parent: int | None = None
    key: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds. ``heading`` is its path as people read it (``实施主体/部门名称``).

    ``element`` is an element of the block's kind, ``@parent``, or '' when nothing is taken from it (and nothing but the
    heading is written). ``place`` is the number of the column from 1; 0: wherever the heading is. Two columns may have
    the same place: one cell that says something of two records. ``value`` is the code that a mark in this column stands
    for. ``separator`` parts several values in a cell ('' : any of the usual ones). ``fill_down``: a blank means the
    value above, within the same record of the parent block. ``values``: text of the cell → text to be read instead.
    ``accept``: codes of issues whose suggestion is taken. ``overrides``: of two columns for one element this one counts
    where it is filled. A column with a place but without a heading is left out whatever it is called.
    """

    heading: str
    element: str = ""
    block: int = 0
    place: int = 0
    value: str = ""
    separator: str = ""
    empty: Empty = Empty.KEEP
    fill_down: bool = False
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    accept: tuple[str, ...] = ()
    overrides: bool = False

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is taken from it."""
        return not self.element and not self.value


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet. ``name`` may be blank: any sheet with these headings. ``first_row`` is where the header begins (0: it is
    looked for), ``header_rows`` how many rows it has (0: one to three, looked for). A sheet without blocks is one that
    is left out: its columns are headings only."""

    blocks: tuple[Block, ...]
    columns: tuple[Column, ...]
    name: str = ""
    shape: Shape = Shape.TABLE
    first_row: int = 0
    header_rows: int = 0

    @property
    def fingerprint(self) -> str:
        """The identity of the template: the same headings in the same order, whatever the file is called."""
        return fingerprint_of([column.heading for column in _by_place(self.columns)])

    def is_read(self, column: Column) -> bool:
        """Whether anything is taken from a column of this sheet: a JSON text fills its block without an element."""
        return not column.is_left_out or (column.block < len(self.blocks) and bool(self.blocks[column.block].fields))

    def columns_of(self, block: int) -> tuple[Column, ...]:
        """The columns of one block."""
        return tuple(column for column in self.columns if column.block == block)


@dataclass(frozen=True, slots=True)
class Layout:
    """A named, versioned description of a workbook. ``standard`` is ``name-version`` of the standard it was made for.

    ``mode`` is how an import writes (upsert, insert, update). ``source`` says where the layout comes from.
    """

    name: str
    sheets: tuple[SheetLayout, ...]
    title: str = ""
    version: int = 1
    standard: str = ""
    mode: str = "upsert"
    source: str = ""

    @property
    def digest(self) -> str:
        """What it says, as 64 hexadecimal digits: equal layouts have equal digests on any machine."""
        text = json.dumps(words_of(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def sheet_for(self, fingerprint: str, name: str) -> SheetLayout | None:
        """The sheet with these headings; of several the one of this name."""
        found = [sheet for sheet in self.sheets if sheet.fingerprint == fingerprint]
        named = [sheet for sheet in found if fold(sheet.name) == fold(name)]
        return next(iter(named or found), None)


def fingerprint_of(headings: Sequence[str]) -> str:
    """The identity of a row of headings."""
    words = "\n".join(fold(heading) for heading in headings)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def check_layout(layout: Layout, standard: Standard) -> None:
    """LayoutError at the first thing that the standard does not know or that contradicts itself."""
    if layout.mode not in MODES:
        raise LayoutError(f"mode {layout.mode} is none of {', '.join(MODES)}")
    for number, sheet in enumerate(layout.sheets, 1):
        where = f"sheet {number} {sheet.name}".strip()
        if not (0 <= sheet.first_row <= _ROWS and 0 <= sheet.header_rows <= _ROWS):
            raise LayoutError(f"{where}: the header cannot stand there")
        if not sheet.blocks:
            if any(not column.is_left_out for column in sheet.columns):
                raise LayoutError(f"{where}: columns without a block")
            continue
        kinds = [_kind(standard, block.kind, where) for block in sheet.blocks]
        for block, kind in zip(sheet.blocks, kinds, strict=True):
            if block.parent is not None and not 0 <= block.parent < len(kinds):
                raise LayoutError(f"{where}: no block {block.parent}")
            if _goes_in_circles(sheet.blocks, block):
                raise LayoutError(f"{where}: {kind.code} stands in itself")
            if block.parent is not None and kinds[block.parent].code not in kind.parents:
                raise LayoutError(f"{where}: {kind.code} cannot stand in {kinds[block.parent].code}")
            for code in (*block.key, *block.fields.values()):
                if code != PARENT:
                    _demand(kind, code, where)
        told: dict[tuple[int, str, str], str] = {}
        for column in sheet.columns:
            at = f"{where}, {column.heading}"
            fills = (column.block, column.element, column.value)
            if column.element and fills in told and not column.overrides:
                raise LayoutError(f"{at}: {column.element} is filled by {told[fills]} already")
            told[fills] = column.heading
            if not 0 <= column.block < len(kinds):
                raise LayoutError(f"{at}: no block {column.block}")
            if not 0 <= column.place <= _PLACES[sheet.shape]:
                raise LayoutError(f"{at}: no place {column.place}")
            kind = kinds[column.block]
            if column.element and column.element != PARENT:
                _demand(kind, column.element, at)
            if column.value:
                if not column.element:
                    raise LayoutError(f"{at}: a value without an element")
                _demand(kind, column.element, at)
                kind_of_value = kind.elements[column.element].type
                if not isinstance(kind_of_value, Code | Codes) or column.value not in kind_of_value.code_list.by_code:
                    raise LayoutError(f"{at}: {column.value} is no code of {column.element}")


def _goes_in_circles(blocks: Sequence[Block], block: Block) -> bool:
    seen: list[Block] = []
    above: Block | None = block
    while above is not None and not any(above is one for one in seen):
        seen.append(above)
        parent = above.parent
        above = blocks[parent] if parent is not None and 0 <= parent < len(blocks) else None
    return above is not None


def layout_from_words(words: Mapping[str, Any]) -> Layout:
    """A layout from the tables of its file; LayoutError for words that are unknown or of the wrong sort."""
    told = dict(words)
    form = told.pop("format", LAYOUT_FORMAT)
    if not isinstance(form, int) or form > LAYOUT_FORMAT:
        raise LayoutError(f"format {form}: made by a newer program")
    sheets = tuple(_sheet(sheet, number) for number, sheet in enumerate(_tables(told.pop("sheet", ()), "sheet"), 1))
    return _made(Layout, {**told, "sheets": sheets}, "layout")


def words_of(layout: Layout) -> dict[str, Any]:
    """The tables of a layout's file: only what differs from the usual."""
    sheets = []
    for sheet in layout.sheets:
        words = _told(sheet, without={"blocks", "columns"})
        words["block"] = [_told(block) for block in sheet.blocks]
        words["column"] = [_told(column) for column in sheet.columns]
        sheets.append(words)
    return {"format": LAYOUT_FORMAT, **_told(layout, without={"sheets"}), "sheet": sheets}


def _by_place(columns: Sequence[Column]) -> list[Column]:
    """Each place once, from left to right."""
    placed: dict[int, Column] = {}
    for number, column in enumerate(columns, 1):
        placed.setdefault(column.place or number, column)
    return [placed[place] for place in sorted(placed)]


def _kind(standard: Standard, code: str, where: str) -> Kind:
    if code not in standard.kinds:
        raise LayoutError(f"{where}: the standard has no kind {code}")
    return standard.kind(code)


def _demand(kind: Kind, code: str, where: str) -> None:
    if code not in kind.elements:
        raise LayoutError(f"{where}: {kind.code} has no element {code}")


def _sheet(words: Mapping[str, Any], number: int) -> SheetLayout:
    where = f"sheet {number}"
    told = dict(words)
    blocks = tuple(_made(Block, block, where) for block in _tables(told.pop("block", ()), where))
    columns = tuple(_made(Column, column, where) for column in _tables(told.pop("column", ()), where))
    return _made(SheetLayout, {**told, "blocks": blocks, "columns": columns}, where)


def _tables(found: object, where: str) -> list[Mapping[str, Any]]:
    if not isinstance(found, list | tuple) or not all(isinstance(one, Mapping) for one in found):
        raise LayoutError(f"{where}: a list of tables is expected")
    return list(found)


_Part = TypeVar("_Part", Layout, SheetLayout, Block, Column)


def _strings(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(part, str) for pair in value.items() for part in pair)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": lambda value: value if isinstance(value, str) else None,
    "int": lambda value: value if isinstance(value, int) and not isinstance(value, bool) else None,
    "int | None": lambda value: value if isinstance(value, int) and not isinstance(value, bool) else None,
    "bool": lambda value: value if isinstance(value, bool) else None,
    "tuple[str, ...]": lambda value: tuple(map(str, value)) if isinstance(value, list | tuple) else None,
    "Mapping[str, str]": lambda value: dict(value) if _strings(value) else None,
    "Empty": lambda value: Empty(value) if value in set(Empty) else None,
    "Shape": lambda value: Shape(value) if value in set(Shape) else None,
}


def _made(form: type[_Part], words: Mapping[str, Any], where: str) -> _Part:
    known = {one.name: str(one.type) for one in fields(form)}
    told: dict[str, Any] = {}
    for name, value in words.items():
        if name not in known:
            raise LayoutError(f"{where}: unknown word {name}")
        told[name] = value if known[name] not in _READERS else _READERS[known[name]](value)
        if told[name] is None:
            raise LayoutError(f"{where}: {name} = {value!r} is no {known[name]}")
    try:
        return form(**told)
    except TypeError as error:
        raise LayoutError(f"{where}: {error}") from error


def _told(one: Any, without: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for part in fields(one):
        value = getattr(one, part.name)
        usual = part.default if part.default is not MISSING else None
        if part.name in without or value == usual or (not value and part.default_factory is not MISSING):
            continue
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        told[part.name] = value
    return told
