"""Records written in any layout that imports understand (``domain/layouts.py``): one definition for both directions.

Hides how records of several kinds share rows. A record and what it contains become rows: the columns of a container
are repeated on each row of its contents, contents of several kinds stand side by side, records of a JSON block are one
cell. Everything streams; memory does not grow with the records, but for forms, which are few.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import zip_longest
from pathlib import Path

from gdbos_desktop.domain.addresses import address_of
from gdbos_desktop.domain.cells import shielded
from gdbos_desktop.domain.layouts import Column, Layout, LayoutError, Shape, SheetLayout, check_layout
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.exporting.files import WORKBOOK, shortened, whole_file
from gdbos_desktop.exporting.layout_sheets import FormBook, TableSheet, make_tables
from gdbos_desktop.exporting.packages import Piece, pack, write_package
from gdbos_desktop.exporting.rows import CELL_LIMIT, SheetRows
from gdbos_desktop.exporting.skeleton import SheetNames
from gdbos_desktop.exporting.workbook import BATCH, ExportReader, ExportResult
from gdbos_desktop.schema import Kind, Standard, Value
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Codes, Integer
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

MARK = "√"
"""In a column that stands for one value."""
FORM_LIMIT = 200
"""Sheets that an import looks through."""
HEADER_LIMIT = 3
_ROW_HEIGHT = 20
Row = Mapping[int, Record]
"""What a row speaks of: block → record."""


def write_layout(
    path: Path,
    standard: Standard,
    layout: Layout,
    query: Query,
    reader: ExportReader,
    progress: Progress = no_progress,
) -> ExportResult:
    """Write the records of a query, with what they contain, in a layout. ``ExportResult.rows`` counts rows by sheet.

    A sheet takes the records of the query if its first block is of their kind, else what they contain of its kind.
    KnownErrors: ``layout-wrong`` (does not fit the standard), ``layout-other-kind`` (no sheet for these records),
    ``layout-mixed`` (forms and tables in one workbook), ``too-many-forms``, those of ``files.whole_file`` and
    ``cell-too-long``. On any exception the file is as it was before.
    """
    try:
        check_layout(layout, standard)
    except LayoutError as error:
        raise KnownError(
            "layout-wrong",
            _("The layout does not fit"),
            _("The layout “{name}” does not fit the standard: {detail}").format(name=layout.name, detail=error),
            _("Choose another layout, or have this one corrected."),
        ) from error
    sheets = [_Sheet(standard, sheet) for sheet in layout.sheets if sheet.blocks]
    if all(sheet.kind.code != query.kind for sheet in sheets):
        raise KnownError(
            "layout-other-kind",
            _("The layout is for other records"),
            _("The layout “{name}” has no sheet for “{kind}”.").format(
                name=layout.title or layout.name, kind=standard.kind(query.kind).label
            ),
            _("Choose another layout, or export the records that it is for."),
        )
    forms = [sheet for sheet in sheets if sheet.layout.shape is Shape.FORM]
    if forms and len(sheets) > 1:
        raise KnownError(
            "layout-mixed",
            _("The layout cannot be written"),
            _("The layout “{name}” has forms and other sheets in one workbook.").format(name=layout.name),
            _("Make a layout of its own for the forms."),
        )
    walk = _Walk(standard, reader, query, {block.kind for sheet in sheets for block in sheet.layout.blocks})
    title = layout.title or layout.name
    if forms:
        return _write_forms(path, standard, forms[0], title, walk, progress)
    return _write_tables(path, standard, sheets, title, walk, progress)


class _Batch:
    """Some records of a query with what is known around them."""

    def __init__(
        self,
        records: Sequence[Record],
        inside: Mapping[str, Sequence[Record]],
        titles: Mapping[str, str],
        address: Callable[[str | None], str],
    ) -> None:
        self.records, self.titles, self.address = records, titles, address
        self._inside = inside

    def children(self, record: Record, kind: str) -> list[Record]:
        """What a record contains of a kind, in order of place."""
        return [child for child in self._inside.get(record.id, ()) if child.kind == kind]

    def of_kind(self, kind: str) -> Iterator[Record]:
        """The records of the query if they are of this kind, else what they contain of it at any depth."""
        waiting = list(reversed(self.records))
        while waiting:
            record = waiting.pop()
            if record.kind == kind:
                yield record
            waiting += reversed(self._inside.get(record.id, ()))


class _Walk:
    """Goes through the records of a query, batch by batch."""

    def __init__(self, standard: Standard, reader: ExportReader, query: Query, kinds: set[str]) -> None:
        self._standard, self._reader, self._query = standard, reader, query
        self._kinds = _with_between(standard, query.kind, kinds)
        self.total = reader.count(query)

    def batches(self, progress: Progress) -> Iterator[_Batch]:
        """The records with all that is asked for."""
        done = 0
        progress(0, self.total, _("Writing the list"))
        for records in self._reader.iterate(self._query, BATCH):
            yield self._batch(records)
            done += len(records)
            progress(min(done, self.total), self.total, _("Writing the list"))

    def _batch(self, records: Sequence[Record]) -> _Batch:
        inside: dict[str, list[Record]] = {}
        everything = list(records)
        level = list(records)
        while level:
            found = self._reader.children([record.id for record in level])
            level = [child for child in found if child.kind in self._kinds and child.kind != self._query.kind]
            for child in level:
                inside.setdefault(str(child.parent_id), []).append(child)
            everything += level
        for siblings in inside.values():
            siblings.sort(key=lambda child: (self._standard.kind(child.kind).order, child.position))
        by_id = {record.id: record for record in everything}
        wanted = {record.parent_id for record in records if record.parent_id} - by_id.keys()
        while wanted:
            above = {record.id: record for record in self._reader.get(sorted(map(str, wanted)))}
            by_id.update(above)
            wanted = {record.parent_id for record in above.values() if record.parent_id} - by_id.keys()
        titles = self._reader.titles(
            {
                str(record.elements[code])
                for record in by_id.values()
                for code in self._standard.kind(record.kind).references
                if code in record.elements
            }
        )

        def address(record_id: str | None) -> str:
            record = by_id.get(record_id or "")
            if record is None:
                return ""
            return address_of(record, self._standard.kind(record.kind), titles, address(record.parent_id))

        return _Batch(records, inside, titles, address)


def _with_between(standard: Standard, top: str, kinds: set[str]) -> set[str]:
    """The kinds, and those that stand between the top and one of them."""
    found: set[str] = set()

    def look(kind: str, trail: tuple[str, ...]) -> None:
        for child in standard.children_of(kind):
            if child.code in trail:
                continue
            if child.code in kinds:
                found.update((*trail, child.code))
            look(child.code, (*trail, child.code))

    look(top, (top,))
    return (kinds | found) - {top}


class _Sheet:
    """A sheet of a layout: turns records into rows of texts."""

    def __init__(self, standard: Standard, layout: SheetLayout) -> None:
        self.layout = layout
        self.kinds: list[Kind] = [standard.kind(block.kind) for block in layout.blocks]
        self._tops = [number for number, block in enumerate(layout.blocks) if block.parent is None]
        self.kind = self.kinds[self._tops[0] if self._tops else 0]
        placed: dict[int, Column] = {}
        for number, column in enumerate(layout.columns, 1):
            placed.setdefault(column.place or number, column)
        self.width = max(placed, default=1)
        places = sorted(placed) if layout.shape is Shape.FORM else range(1, self.width + 1)
        self.columns: list[Column | None] = [placed.get(place) for place in places]
        self.header_rows = min(layout.header_rows or self._depth(), HEADER_LIMIT)
        self._texts = [self._formatter(column) for column in self.columns]

    def _depth(self) -> int:
        if self.layout.shape is Shape.FORM:
            return 1
        return max((len(column.heading.split("/")) for column in self.columns if column is not None), default=1)

    def heading(self, column: Column | None) -> tuple[str, ...]:
        """The parts of a heading, one for each row of the header that it fills."""
        if column is None:
            return ("",)
        if self.header_rows == 1:
            return (column.heading,)
        return tuple(column.heading.split("/", self.header_rows - 1))

    @property
    def numbers(self) -> frozenset[int]:
        """The columns of whole numbers, from 0."""
        return frozenset(
            place
            for place, column in enumerate(self.columns)
            if column is not None
            and column.element in self.kinds[column.block].elements
            and isinstance(self.kinds[column.block].elements[column.element].type, Integer)
        )

    @property
    def data(self) -> frozenset[int]:
        """The columns of JSON, from 0."""
        return frozenset(
            place
            for place, column in enumerate(self.columns)
            if column is not None and self.layout.blocks[column.block].fields
        )

    @property
    def title_place(self) -> int:
        """The column that names the records, from 0; -1: none."""
        return next(
            (n for n, c in enumerate(self.columns) if c and c.element and c.element == self.kinds[c.block].title), -1
        )

    def rows(self, batch: _Batch) -> Iterator[list[str]]:
        """The rows of the records of a batch."""
        top = self._tops[0] if self._tops else 0
        for record in batch.of_kind(self.kind.code):
            # A form has room for one record; what that contains is told in cells of JSON only.
            for row in [{top: record}] if self.layout.shape is Shape.FORM else self._spread(top, record, batch):
                yield [
                    "" if column is None else text(row, batch)
                    for column, text in zip(self.columns, self._texts, strict=True)
                ]

    def _spread(self, block: int, record: Record, batch: _Batch) -> list[Row]:
        """A record on as many rows as what it contains needs, and on each of them."""
        below: list[list[Row]] = []
        for number, child in enumerate(self.layout.blocks):
            if child.parent == block and not child.fields:
                below.append([
                    row for found in batch.children(record, child.kind) for row in self._spread(number, found, batch)
                ])  # fmt: skip
        rows: list[Row] = []
        for side_by_side in zip_longest(*below, fillvalue=None):
            row: dict[int, Record] = {block: record}
            for part in side_by_side:
                row.update(part or {})
            rows.append(row)
        return rows or [{block: record}]

    def _formatter(self, column: Column | None) -> Callable[[Row, _Batch], str]:
        """How the text of a column comes from what a row speaks of."""
        if column is None:
            return lambda _row, _batch: ""
        block, kind = self.layout.blocks[column.block], self.kinds[column.block]
        number, parent = column.block, block.parent
        if block.fields:

            def listed(row: Row, batch: _Batch) -> str:
                above = row.get(parent if parent is not None else 0)
                found = batch.children(above, kind.code) if above is not None else []
                told = [
                    {
                        name: shielded(text)
                        for name, code in block.fields.items()
                        if (text := _text(kind, code, one.elements.get(code), batch.titles))
                    }
                    for one in found
                ]
                return json.dumps(told, ensure_ascii=False) if told else ""

            return listed
        if not column.element:
            return lambda _row, _batch: ""
        if column.element == PARENT:
            return lambda row, batch: batch.address(row[number].parent_id) if number in row else ""
        return lambda row, batch: _cell(column, kind, row[number], batch.titles) if number in row else ""


def _cell(column: Column, kind: Kind, record: Record, titles: Mapping[str, str]) -> str:
    value = record.elements.get(column.element)
    if value is None:
        return ""
    if column.value:
        return MARK if value == column.value or (isinstance(value, tuple) and column.value in value) else ""
    element = kind.elements[column.element]
    if column.separator and isinstance(value, tuple):
        words = element.type.code_list.label_of if isinstance(element.type, Codes) else str
        return column.separator.join(words(one) for one in value)
    return _text(kind, column.element, value, titles)


def _text(kind: Kind, code: str, value: Value | None, titles: Mapping[str, str]) -> str:
    if value is None:
        return ""
    return titles.get(str(value), "") if code in kind.references else kind.elements[code].format(value)


def _write_tables(
    path: Path, standard: Standard, sheets: Sequence[_Sheet], title: str, walk: _Walk, progress: Progress
) -> ExportResult:
    names = SheetNames()
    plans = [
        TableSheet(
            names.name(sheet.layout.name or sheet.kind.sheet or sheet.kind.label),
            [sheet.heading(column) for column in sheet.columns],
            max(sheet.layout.first_row, 1), sheet.header_rows, sheet.numbers, caption=title,
        )
        for sheet in sheets
    ]  # fmt: skip
    styles = make_tables(plans, title, standard.title).styles
    with whole_file(path, WORKBOOK) as file, ExitStack() as stack:
        bodies = [
            stack.enter_context(closing(SheetRows(
                plan.name, [heading[-1] for heading in plan.headings], style, sorted(plan.numbers), _ROW_HEIGHT,
                path.parent, title_place=sheet.title_place, first_row=plan.data_row, data=sheet.data,
            )))
            for sheet, plan, style in zip(sheets, plans, styles, strict=True)
        ]  # fmt: skip
        for batch in walk.batches(progress):
            for sheet, rows in zip(sheets, bodies, strict=True):
                for row in sheet.rows(batch):
                    rows.append(row, row[sheet.title_place] if sheet.title_place >= 0 else "")
        pieces: list[Piece] = []
        finished: list[TableSheet] = []
        taken = SheetNames()
        for plan, rows in zip(plans, bodies, strict=True):
            rows.finish()
            for piece, count in rows.pieces:
                finished.append(
                    TableSheet(
                        taken.name(plan.name), plan.headings, plan.first_row, plan.header_rows, plan.numbers,
                        rows.widths, count, title,
                    )
                )  # fmt: skip
                pieces.append(piece)
        made = make_tables(finished, title, standard.title)
        assert set(made.styles) == set(styles)  # the rows already carry their styles
        entries: list[tuple[str, Sequence[Piece]]] = [(name, [pack(data)]) for name, data in made.parts.items()]
        entries += [
            (name, [pack(head), body, pack(tail)]) for (name, head, tail), body in zip(made.sheets, pieces, strict=True)
        ]
        write_package(file, entries)
        counts = {plan.name: rows.count for plan, rows in zip(plans, bodies, strict=True)}
    return ExportResult(path, counts)


def _write_forms(
    path: Path, standard: Standard, sheet: _Sheet, title: str, walk: _Walk, progress: Progress
) -> ExportResult:
    if walk.total > FORM_LIMIT:
        raise KnownError(
            "too-many-forms",
            _("Too many forms for one workbook"),
            _("{count} records would be {count} sheets; a workbook of forms holds {limit}.").format(
                count=walk.total, limit=FORM_LIMIT
            ),
            _("Choose fewer records, or a layout with one row for each."),
        )
    book = FormBook(title, standard.title)
    names = SheetNames()
    count = 0
    with whole_file(path, WORKBOOK) as file:
        for batch in walk.batches(progress):
            for texts in sheet.rows(batch):
                name = texts[sheet.title_place] if sheet.title_place >= 0 else ""
                pairs = [
                    (column.heading, _fitting(text if place in sheet.data else shielded(text), column.heading, name))
                    for place, (column, text) in enumerate(zip(sheet.columns, texts, strict=True))
                    if column is not None
                ]
                book.add(names.name(name or sheet.kind.label), pairs, max(sheet.layout.first_row, 1))
                count += 1
        if not count:
            book.add(names.name(sheet.kind.label), [(c.heading, "") for c in sheet.columns if c is not None], 1)
        file.write(book.finish())
    return ExportResult(path, {sheet.layout.name or sheet.kind.label: count})


def _fitting(text: str, heading: str, title: str) -> str:
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if length > CELL_LIMIT:
        raise KnownError(
            "cell-too-long",
            _("A text is too long for a workbook"),
            _("“{heading}” of “{title}” ({sheet}) has {length} characters; a cell holds {limit}.").format(
                heading=heading, title=shortened(title), sheet=shortened(title), length=length, limit=CELL_LIMIT
            ),
            _("Shorten it or put part of it into an attached file, then export again."),
        )
    return text
