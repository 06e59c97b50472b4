"""How a sheet will be read: what is known of every column, how surely, and what a person or a recipe decided.

Hides how the understanding of a sheet (``understanding``), remembered answers and recipes come together in one
``SheetLayout``. Answers nothing by itself that is not certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from gdbos_desktop.domain.layouts import Block, Column, Shape, SheetLayout, fingerprint_of
from gdbos_desktop.importing.headers import Heading, is_usable
from gdbos_desktop.importing.likeness import SURE, Guess, guesses
from gdbos_desktop.importing.raw_sheets import column_letters
from gdbos_desktop.importing.reading import RawSheet
from gdbos_desktop.importing.rows import FORM_STEP
from gdbos_desktop.importing.understanding import Understood, understand
from gdbos_desktop.schema import Element, Kind, Place, Standard, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Code, Codes

LEAVE_OUT = "-"
"""The answer to a question about a column: it carries nothing we keep."""
GUESSES = 10
ENOUGH_COLUMNS = 0.5
"""So much of a recipe's sheet must be in a file's sheet for it to be that sheet."""


class Source(StrEnum):
    """How it is known what a column holds."""

    EXACT = "exact"
    ALIAS = "alias"
    REMEMBERED = "remembered"
    RECIPE = "recipe"
    PERSON = "person"
    LIKENESS = "likeness"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column of a sheet. ``targets`` is what it fills (usually one, nothing when it is left out or not known).

    ``confidence`` is 0 to 1. ``is_open``: a person should say what it is; ``guesses`` are the likeliest elements.
    ``rival`` is the element that another column fills already.
    """

    heading: Heading
    targets: tuple[Column, ...] = ()
    source: Source = Source.NOTHING
    confidence: float = 0.0
    is_open: bool = False
    guesses: tuple[Guess, ...] = ()
    rival: str = ""

    @property
    def place(self) -> int:
        """The number of the column, from 1."""
        return self.heading.column

    @property
    def at(self) -> tuple[int, int]:
        """Row and column of the cell that a part of a form is; the row is 0 for the column of a table."""
        row, column = divmod(self.place, FORM_STEP)
        return row, column

    @property
    def cell(self) -> str:
        """What people call it: the letters of the column, for a part of a form the cell."""
        row, column = self.at
        return f"{column_letters(column)}{row}" if row else column_letters(column)

    @property
    def element(self) -> str:
        """The element it fills, '' for none; of several the first."""
        return self.targets[0].element if self.targets else ""

    @property
    def guess(self) -> Guess | None:
        """What it likely is, when that is likely enough to be put before a person."""
        first = self.guesses[0] if self.guesses else None
        return first if first is not None and first.confidence >= SURE else None


@dataclass
class SheetPlan:
    """A sheet and how it will be read. ``is_taken`` is False for sheets that are left out, ``why`` says why (a word
    of ``Understood.why``). ``first_row``, ``header_rows`` and ``shape`` are what a person fixed (0, None: found)."""

    raw: RawSheet
    standard: Standard
    is_taken: bool = False
    why: str = ""
    understood: Understood | None = None
    kind_code: str = ""
    first_row: int = 0
    header_rows: int = 0
    shape: Shape | None = None
    blocks: tuple[Block, ...] = ()
    columns: dict[int, ColumnPlan] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Headings that the recipe has and this sheet has not."""
    is_left_out: bool = False
    """Whether a person or a recipe left the sheet out, though it could be read."""

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.raw.name

    @property
    def kind(self) -> Kind | None:
        """What its rows are, in the first place."""
        return self.standard.kind(self.blocks[0].kind) if self.is_taken and self.blocks else None

    @property
    def rivals(self) -> tuple[Kind, ...]:
        """The kinds that fit equally well, while nobody decided."""
        if self.kind_code or self.understood is None or len(self.understood.rivals) < 2:
            return ()
        return tuple(self.understood.rivals)

    @property
    def template(self) -> str:
        """The identity of its headings."""
        return fingerprint_of([column.heading.path for column in self.columns.values()])

    @property
    def headings(self) -> Mapping[int, Heading]:
        """The headings by place."""
        return {place: column.heading for place, column in self.columns.items()}

    @property
    def layout(self) -> SheetLayout:
        """The whole of it, every column with its place; of a sheet that was left out the headings."""
        if self.is_left_out:
            headings = tuple(Column(one.heading.path, place=one.place) for one in self.columns.values())
            return SheetLayout((), headings, name=self.name)
        targets = [
            target
            for column in self.columns.values()
            for target in (column.targets or (Column(column.heading.path, place=column.place),))
        ]
        understood = self.understood
        return SheetLayout(
            self.blocks,
            tuple(targets),
            name=self.name,
            shape=understood.layout.shape if understood is not None else Shape.TABLE,
            first_row=self.first_row,
            header_rows=self.header_rows,
        )

    @property
    def is_usable(self) -> bool:
        """Whether the records of its first block can be told apart."""
        kind = self.kind
        if kind is None:
            return False
        elements = frozenset(t.element for c in self.columns.values() for t in c.targets if t.block == 0)
        return is_usable(kind, elements)

    def find(self, letters_or_heading: str) -> ColumnPlan | None:
        """The column with these letters or this heading."""
        wanted = fold(letters_or_heading)
        for column in self.columns.values():
            if wanted in {fold(column_letters(column.place)), fold(column.heading.path)}:
                return column
        return None

    def element_at(self, place: int) -> Element | None:
        """The element that a column fills in the first place; None for none, and for ``@parent``."""
        column = self.columns.get(place)
        if column is None or not column.targets or column.element == PARENT:
            return None
        kind = self.standard.kind(self.blocks[column.targets[0].block].kind)
        return kind.elements.get(column.element)

    def place_of(self, file: str, heading: Heading) -> Place:
        """Where a heading stands."""
        row = self.understood.last_row if self.understood is not None else 0
        return Place(file, self.name, row, heading.column, heading.path)

    def place_at(self, row: int, column: int) -> int:
        """The place of what a cell of the file belongs to: its column; in a form what is said of the cell itself."""
        is_form = self.understood is not None and self.understood.layout.shape is Shape.FORM
        in_form = row * FORM_STEP + column
        return in_form if is_form and in_form in self.columns else column

    # Understanding

    def look(self, kinds: Sequence[Kind]) -> None:
        """Understand the sheet (anew) with what is fixed so far; what persons said of its columns is forgotten."""
        if self.kind_code:
            kinds = [self.standard.kind(self.kind_code)]
        found = understand(
            self.raw, self.standard, kinds, first_row=self.first_row, header_rows=self.header_rows, shape=self.shape
        )
        self.columns, self.blocks, self.missing, self.understood, self.is_left_out = {}, (), (), None, False
        self.is_taken = found is not None and bool(found.layout.blocks)
        self.why = str(found.why) if found is not None else "no-header"
        if found is None or not self.is_taken:
            return
        self.understood = found
        self.blocks = found.layout.blocks
        unknown = {heading.column for heading in found.unknown}
        by_place: dict[int, list[Column]] = {}
        for column in found.layout.columns:
            by_place.setdefault(column.place, []).append(column)
        for place, heading in found.headings.items():
            targets = tuple(column for column in by_place.get(place, ()) if not column.is_left_out)
            source = Source(found.source.get(place, Source.ALIAS)) if targets else Source.NOTHING
            rivals = found.ambiguous.get(place, ())
            rival = rivals[0] if rivals else ""
            is_open = not targets and (place in unknown or bool(rival))
            self.columns[place] = ColumnPlan(
                heading, targets, source, found.confidence.get(place, 0.0) if targets else 0.0, is_open,
                self._guesses(heading) if is_open else (), rival,
            )  # fmt: skip

    def _guesses(self, heading: Heading) -> tuple[Guess, ...]:
        kind = self.standard.kind(self.blocks[0].kind)
        return tuple(guesses(kind, heading.parts))

    # Decisions

    def assign(self, place: int, element: str, source: Source, block: int = 0, value: str = "") -> None:
        """Say what a column holds: an element of a block (or one ``value`` of it), ``@parent``, or ``LEAVE_OUT``. A
        column that held this before is open from now on. KeyError for what is not."""
        column = self.columns[place]
        if element == LEAVE_OUT:
            self.columns[place] = replace(column, targets=(), source=source, confidence=1.0, is_open=False)
            return
        kind = self.standard.kind(self.blocks[block].kind)
        if value or element != PARENT:
            form = kind.elements[element].type
            if value and isinstance(form, Code | Codes):
                form.code_list.by_code[value]
            elif value:
                raise KeyError(value)
        for other, plan in list(self.columns.items()):
            kept = tuple(one for one in plan.targets if (one.element, one.block, one.value) != (element, block, value))
            if other != place and kept != plan.targets:
                # The person knows better than the alias: the other column says nothing now.
                self.columns[other] = replace(plan, targets=kept) if kept else _opened(plan)
        same = [one for one in column.targets if (one.element, one.block) == (element, block)]
        target = replace(same[0], value=value) if same else Column(column.heading.path, element, block, place, value)
        self.columns[place] = replace(column, targets=(target,), source=source, confidence=1.0, is_open=False)

    def change(self, place: int, **options: Any) -> None:
        """Change how a column is read: ``separator``, ``empty``, ``fill_down``, ``values``, ``accept``."""
        column = self.columns[place]
        self.columns[place] = replace(column, targets=tuple(replace(one, **options) for one in column.targets))

    def set_key(self, block: int, key: Sequence[str]) -> None:
        """Choose by which elements the records of a block are found again; empty: as the standard says."""
        blocks = list(self.blocks)
        blocks[block] = replace(blocks[block], key=tuple(key))
        self.blocks = tuple(blocks)

    def remember(self, known: Callable[[str], str | None]) -> int:
        """Take what was answered before for headings like these; ``known`` finds an answer by its key. How many."""
        answered: set[int] = set()
        kind = self.standard.kind(self.blocks[0].kind)
        while places := [place for place, one in self.columns.items() if one.is_open and place not in answered]:
            answered.update(places)
            for place in places:
                heading = self.columns[place].heading
                answer = known(memory_key(self.template, heading)) if heading.parts else None
                if answer == LEAVE_OUT or answer in kind.elements or (answer == PARENT and kind.parents):
                    self.assign(place, str(answer), Source.REMEMBERED)
        return sum(one.source is Source.REMEMBERED for one in self.columns.values())

    def is_left_out_by(self, recipe: SheetLayout) -> bool:
        """Whether this is the sheet that a recipe leaves out: of the same name, with the same headings."""
        return fold(recipe.name) == fold(self.name) and recipe.fingerprint == self.template

    def follow(self, recipe: SheetLayout) -> None:
        """Read the sheet as a recipe says. Columns the recipe does not know stay as they are understood."""
        kept_blocks = {
            number
            for number, (own, theirs) in enumerate(zip(self.blocks, recipe.blocks, strict=False))
            if (own.kind, own.parent, own.fields) == (theirs.kind, theirs.parent, theirs.fields)
        }
        self.blocks = recipe.blocks
        self.is_taken, self.is_left_out, self.why = True, False, ""
        found = dict(_placed(recipe, self.columns))
        self.missing = tuple(
            dict.fromkeys(one.heading for one in recipe.columns if one not in found and recipe.is_read(one))
        )
        by_place: dict[int, list[Column]] = {}
        for column, place in found.items():
            by_place.setdefault(place, []).append(replace(column, place=place))
        taken = {_told(one) for targets in by_place.values() for one in targets}
        for place, plan in self.columns.items():
            targets = by_place.get(place)
            if targets is None:
                # A column of this file only: what it was taken for may be filled by the recipe from elsewhere, or be
                # nothing that the recipe's records have. Then somebody should say what it is.
                kept = tuple(one for one in plan.targets if one.block in kept_blocks and _told(one) not in taken)
                self.columns[place] = _opened(plan) if plan.targets and not kept else replace(plan, targets=kept)
            else:
                told = tuple(one for one in targets if recipe.is_read(one))
                self.columns[place] = replace(plan, targets=told, source=Source.RECIPE, confidence=1.0, is_open=False)

    def share_of(self, recipe: SheetLayout) -> float:
        """How much of a recipe's sheet is in this one: 0 to 1."""
        wanted = [column for column in recipe.columns if recipe.is_read(column)]
        found = dict(_placed(recipe, self.columns))
        return sum(column in found for column in wanted) / len(wanted) if wanted else 0.0


def _opened(column: ColumnPlan) -> ColumnPlan:
    """A column that lost what it held: somebody should say anew, without a guess (the likeliest is taken)."""
    return replace(column, targets=(), source=Source.NOTHING, confidence=0.0, is_open=True, guesses=(), rival="")


def _told(column: Column) -> tuple[int, str, str]:
    """What a column fills: no two columns fill the same."""
    return column.block, column.element, column.value


def _placed(recipe: SheetLayout, columns: Mapping[int, ColumnPlan]) -> Iterator[tuple[Column, int]]:
    """The columns of a recipe and where a sheet has them: at their place if the heading there is theirs, else the next
    one with this heading."""
    by_heading: dict[str, list[int]] = {}
    for place, plan in columns.items():
        by_heading.setdefault(fold(plan.heading.path), []).append(place)
    at_home = {
        column.place
        for column in recipe.columns
        if column.place in columns and fold(column.heading) in {"", fold(columns[column.place].heading.path)}
    }
    given: dict[tuple[str, int], int] = {}
    for number, column in enumerate(recipe.columns):
        if column.place in at_home:
            yield column, column.place
            continue
        key = (fold(column.heading), column.place or -number)
        if key not in given:
            free = [place for place in by_heading.get(key[0], ()) if place not in at_home]
            free = [place for place in free if place not in given.values()]
            if not free:
                continue
            given[key] = free[0]
        yield column, given[key]


def memory_key(template: str, heading: Heading) -> str:
    """Under what an answer about a heading is remembered."""
    return f"{template}/{fold(heading.path)}"
