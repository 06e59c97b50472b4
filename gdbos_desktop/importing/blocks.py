"""One block of a sheet: where its cells are, and where the rows of another of its records begin.

Hides the difference between columns of the sheet and the members of the JSON text in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbos_desktop.domain.cells import SAME_AS_ABOVE, SAME_AS_LEFT
from gdbos_desktop.domain.layouts import Block, Column, SheetLayout
from gdbos_desktop.importing.cleaning import same_text
from gdbos_desktop.importing.reading import RawRow
from gdbos_desktop.importing.rows import SheetImport
from gdbos_desktop.schema import Element, Issue, Kind, Standard, fold
from gdbos_desktop.schema.standard import PARENT

REPEATS = SAME_AS_ABOVE | SAME_AS_LEFT


class Group:
    """Tells where the rows of another record begin: by the strongest key that both rows have, else by the title.

    ``keys`` are places of the parts of keys, strongest first; ``title`` is the place of the title, 0 for none.
    """

    def __init__(self, keys: Sequence[Sequence[int]], title: int) -> None:
        self._keys = [*keys, *([(title,)] if title else [])]
        self._current: dict[int, str] | None = None

    def reset(self) -> None:
        """Forget the record: the next row begins another one."""
        self._current = None

    def starts(self, row: RawRow) -> bool:
        """Whether a row speaks of another record than the rows before it."""
        is_new = self._current is None or self._differs(self._current, row)
        if is_new or self._current is None:
            self._current = {}
        for key in self._keys:
            for place in key:
                if not self._current.get(place) and (text := _text_of(row[place])):
                    self._current[place] = text
        return is_new

    def _differs(self, current: Mapping[int, str], row: RawRow) -> bool:
        for key in self._keys:
            texts = [(current.get(place, ""), _text_of(row[place])) for place in key]
            if all(one and other for one, other in texts):
                return not all(same_text(one, other) for one, other in texts)
        return False


def _text_of(cell: str) -> str:
    text = cell.strip()
    return "" if text in REPEATS else text


@dataclass(frozen=True)
class Held:
    """Rows of a block that wait for the records that contain them; ``numbers`` are the rows of those."""

    block: SheetBlock
    rows: Sequence[RawRow]
    numbers: Sequence[int]
    issues: Mapping[int, Sequence[Issue]]
    moved: Mapping[tuple[int, int], int]


class SheetBlock:
    """A block of a sheet. ``own`` are its columns in the file, ``columns`` those of the rows that ``sheet`` takes (of
    a JSON text: one for each member, ``places`` leads back to the file). ``places_of_record`` is place → element of
    all that speaks of the record. ``merged`` are the rows of a batch that are its records, ``groups`` says for every
    row of the batch which of them it belongs to (-1: none)."""

    sheet: SheetImport

    def __init__(self, number: int, layout: SheetLayout, standard: Standard) -> None:
        self.number = number
        self.layout: Block = layout.blocks[number]
        self.kind: Kind = standard.kind(self.layout.kind)
        self.is_json = bool(self.layout.fields)
        self.own = tuple(
            column for column in layout.columns_of(number) if column.place and (self.is_json or not column.is_left_out)
        )
        self.outer = self.layout.parent if self.layout.parent != number else None
        self.columns, self.places = self.own, dict[int, int]()
        self.json_place = 0
        if self.is_json:
            self.json_place = self.own[0].place if self.own else 1
            fields = list(self.layout.fields.items())
            self.columns = tuple(Column(name, code, number, place) for place, (name, code) in enumerate(fields, 1))
            self.places = dict.fromkeys(range(1, len(fields) + 1), self.json_place)
        self._members = {fold(name): name for name in self.layout.fields}
        self.fill = [] if self.is_json else [column.place for column in self.own if column.fill_down]
        self.places_of_record: dict[int, Element | None] = {
            column.place: None if self.is_json else self.kind.elements.get(column.element) for column in self.own
        }
        self.border, self.inner_border = self._group(), self._group()
        self.is_outer = self.has_rows_inside = False
        self.groups: Sequence[int] = ()
        self.merged: Sequence[RawRow] = ()
        self.told: set[str] = set()
        self.held: list[Held] = []

    def contains(self, block: SheetBlock) -> None:
        """Take notice of a block inside of this one."""
        self.is_outer = True
        if block.is_json:
            for place in block.places_of_record:
                self.places_of_record.setdefault(place, None)
        else:
            self.has_rows_inside = True

    def place_of(self, element: str) -> int:
        """Where an element stands, 0: nowhere."""
        return next((one.place for one in self.own if one.element == element and not one.value), 0)

    def member(self, name: str) -> str | None:
        """The member of ``fields`` that a name in a JSON text is."""
        return name if name in self.layout.fields else self._members.get(fold(name))

    def texts_of(self, members: Mapping[str, str]) -> list[str]:
        """The cells that the members of a JSON object are, in the order of ``columns``."""
        known = {self.member(name): text for name, text in members.items()}
        return [known.get(column.heading, "") for column in self.columns]

    def _group(self) -> Group:
        keys = (self.layout.key,) if self.layout.key else self.kind.keys
        places = [[self.place_of(code) for code in key if code != PARENT] for key in keys]
        return Group([key for key in places if key and all(key)], self.place_of(self.kind.title))
