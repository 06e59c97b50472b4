"""Forms: one record on a sheet, label left and value right or both in one cell (事项名称：养蜂证); a table of what it
contains may stand inside.

Hides how labels are told from values. The place of a column of a form is the cell of its value, as one number
(``form_place``); the place of a column of a table inside is that of its heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gdbos_desktop.domain.layouts import Block, Column, SheetLayout
from gdbos_desktop.importing.headers import Heading, is_usable, name_in, needs_parent
from gdbos_desktop.importing.reading import RawRow, RawSheet
from gdbos_desktop.importing.rows import FORM_STEP, ImportRun, Outcome, SheetImport
from gdbos_desktop.schema import Kind, Standard, fold
from gdbos_desktop.schema.standard import PARENT

LEAST_LABELS = 3
LEAST_TABLE = 2
LONGEST_LABEL = 30
_LABELLED = re.compile(r"([^:：\n]{2,30})[:：]\s*(.+)", re.DOTALL)
"""A cell that holds a label and its value."""


def form_place(row: int, column: int) -> int:
    """A cell of a form as one number."""
    return row * FORM_STEP + column


@dataclass(frozen=True)
class _Run:
    """Equal neighbouring cells: one cell, or a merged one."""

    text: str
    first: int
    last: int


@dataclass
class Form:
    """What was understood of a form; ``count`` labels have a value."""

    kind: Kind
    blocks: list[Block]
    columns: list[Column] = field(default_factory=list)
    headings: dict[int, Heading] = field(default_factory=dict)
    precision: dict[int, int] = field(default_factory=dict)
    unknown: list[Heading] = field(default_factory=list)
    count: int = 0

    @property
    def usable(self) -> bool:
        """Whether the record can be told apart."""
        return is_usable(self.kind, frozenset(column.element for column in self.columns if column.block == 0))


def find_form(raw: RawSheet, standard: Standard, kinds: Sequence[Kind]) -> Form | None:
    """The best reading of a sheet as a form; None when too few labels have values."""
    rows = [row for row in raw.head if int(row[0]) not in raw.banners]
    rows = sorted([*rows, *raw.banner_rows], key=lambda row: int(row[0]))
    found = [_form(rows, standard, kind) for kind in kinds if not needs_parent(kind)]
    usable = [form for form in found if form.count >= LEAST_LABELS and form.usable]
    return max(usable, key=lambda form: (form.count, len(form.kind.elements)), default=None)


def _form(rows: Sequence[RawRow], standard: Standard, kind: Kind) -> Form:
    form = Form(kind, [Block(kind.code)])
    children = [child for child in standard.children_of(kind.code) if child is not kind]
    table: Kind | None = None
    taken: set[str] = set()
    last_row = 0
    for row in rows:
        number, runs = int(row[0]), _runs(row)
        inner = _table_of(runs, children)
        if inner is not None:
            table = inner
            _add_table(form, table, number, runs)
        elif table is None or number != last_row + 1 or _begins_with_label(runs, kind):
            table = None
            _add_pairs(form, number, runs, taken)
        last_row = number
    return form


def _runs(row: RawRow) -> list[_Run]:
    runs: list[_Run] = []
    for column in range(1, len(row)):
        text = row[column].strip()
        if not text:
            continue
        if runs and runs[-1].last == column - 1 and runs[-1].text == text:
            runs[-1] = replace(runs[-1], last=column)
        else:
            runs.append(_Run(text, column, column))
    return runs


def _label(kind: Kind, text: str) -> tuple[str, int]:
    return name_in(kind.heading_index, (text,)) if len(text) <= LONGEST_LABEL else ("", 0)


def _parted(text: str) -> tuple[str, str]:
    """Label and value of a cell that has both; blank ones otherwise."""
    found = _LABELLED.fullmatch(text)
    return (found[1].strip(), found[2].strip()) if found else ("", "")


def _begins_with_label(runs: Sequence[_Run], kind: Kind) -> bool:
    return any(_label(kind, run.text)[0] or _label(kind, _parted(run.text)[0])[0] for run in runs[:2]) or len(runs) == 1


def _table_of(runs: Sequence[_Run], children: Sequence[Kind]) -> Kind | None:
    """The kind of which a row is the header of a table: its title and what else are all headings of it."""
    best: tuple[int, Kind] | None = None
    for kind in children:
        codes = [name_in(kind.heading_index, (run.text,))[0] for run in runs]
        named = {code for code in codes if code and code != PARENT}
        if kind.title in named and len(named) >= LEAST_TABLE and len(named) > len(runs) / 2:
            best = max(best or (0, kind), (len(named), kind), key=lambda entry: entry[0])
    return best[1] if best is not None else None


def _add_table(form: Form, kind: Kind, number: int, runs: Sequence[_Run]) -> None:
    form.blocks.append(Block(kind.code, parent=0))
    used: set[str] = set()
    for run in runs:
        code, precision = name_in(kind.heading_index, (run.text,))
        if code and code != PARENT and code not in used:
            used.add(code)
            place = form_place(number, run.first)
            form.headings[place] = Heading(place, (kind.sheet, run.text))
            form.columns.append(Column(f"{kind.sheet}/{run.text}", code, len(form.blocks) - 1, place))
            form.precision[place] = precision


def _add_pairs(form: Form, number: int, runs: Sequence[_Run], taken: set[str]) -> None:
    index = 0
    while index < len(runs):
        run = runs[index]
        code, precision = _label(form.kind, run.text)
        own_label, own_value = ("", "") if code else _parted(run.text)
        own_code, own_precision = _label(form.kind, own_label)
        if own_code and own_code != PARENT:
            index += 1
            if own_code not in taken:
                taken.add(own_code)
                place = form_place(number, run.first)
                form.headings[place] = Heading(place, (own_label,), (own_value,))
                form.columns.append(Column(own_label, own_code, 0, place))
                form.precision[place] = own_precision
                form.count += 1
            continue
        value = runs[index + 1] if index + 1 < len(runs) else None
        # What follows a label is its value, unless it is a label itself that has a value of its own.
        if value is not None and (_label(form.kind, value.text)[0] or _label(form.kind, _parted(value.text)[0])[0]):
            is_apart = value.first > run.last + 1
            value = None if not code or is_apart or index + 2 < len(runs) else value
        if value is None and not code:
            index += 1
            continue
        column = value.first if value is not None else run.last + 1
        place = form_place(number, column)
        heading = Heading(place, (run.text.rstrip(":："),), (value.text,) if value is not None else ())
        if code and code != PARENT and code not in taken:
            taken.add(code)
            form.headings[place] = heading
            form.columns.append(Column(heading.path, code, 0, place))
            form.precision[place] = precision
            form.count += value is not None
        elif not code and value is not None and len(run.text) <= LONGEST_LABEL:
            form.headings[place] = heading
            form.unknown.append(heading)
        index += 2 if value is not None else 1


class FormReader:
    """Collects the rows of a form until the sheet ends, and proposes the record and what it contains."""

    def __init__(self, run: ImportRun, name: str, layout: SheetLayout, headings: Mapping[int, Heading]) -> None:
        self._layout = layout
        self._rows: dict[int, RawRow] = {}
        self._own = [column for column in layout.columns if column.block == 0 and not column.is_left_out]
        self._own.sort(key=lambda column: column.place)
        self.imports: list[SheetImport] = []
        for number, block in enumerate(layout.blocks):
            columns = [column for column in layout.columns_of(number) if not column.is_left_out]
            if number == 0:
                columns = [replace(column, place=place) for place, column in enumerate(self._own, 1)]
                places = {place: column.place for place, column in enumerate(self._own, 1)}
                known = headings
            else:
                known = {one.place % FORM_STEP: headings[one.place] for one in columns if one.place in headings}
                columns = [replace(column, place=column.place % FORM_STEP) for column in columns]
                places = {}
            self.imports.append(
                SheetImport(
                    run, name, block, columns, known, is_inner=number > 0, is_watched=number == 0, places=places
                )
            )

    def take(self, rows: Sequence[RawRow]) -> None:
        """Take notice of rows of the sheet."""
        self._rows.update((int(row[0]), row) for row in rows)

    def finish(self) -> None:
        """Propose the record, then what the tables inside say."""
        if not self._own:
            return
        number = self._own[0].place // FORM_STEP
        cells = [self._value(column) for column in self._own]
        main = self.imports[0]
        if any(cell.strip() for cell in cells):
            main.take([[str(number), *cells]])
        main.finish()
        for block, sheet in enumerate(self.imports[1:], 1):
            rows = list(self._table(block))
            sheet.take(rows, [main.outcomes.get(number, Outcome())] * len(rows))
            sheet.finish()

    def _value(self, column: Column) -> str:
        """The value at the place of a column, without its label when that stands in the same cell."""
        text = self._cell(*divmod(column.place, FORM_STEP))
        label, value = _parted(text.strip())
        return value if label and fold(label) == fold(column.heading.rpartition("/")[2]) else text

    def _cell(self, row: int, column: int) -> str:
        cells = self._rows.get(row, [])
        return cells[column] if column < len(cells) else ""

    def _table(self, block: int) -> Iterator[RawRow]:
        """The rows of a table inside the form: to the next label, line of a section, or blank line."""
        columns = self._layout.columns_of(block)
        if not columns:
            return
        header = max(column.place // FORM_STEP for column in columns)
        labels = {column.place // FORM_STEP for column in self._layout.columns if column.block != block}
        width = max(column.place % FORM_STEP for column in columns) + 1
        for number in range(header + 1, max(self._rows, default=0) + 1):
            row = self._rows.get(number)
            if row is None or number in labels or len({fold(text) for text in row[1:] if text.strip()}) < LEAST_TABLE:
                return
            yield row if len(row) >= width else [*row, *[""] * (width - len(row))]
