"""Lists as workbooks in the layout that imports read: what is exported and imported again changes nothing.

A sheet for each kind, the kind that was asked for first, then what its records contain. One header row; the first
column of a contained kind names the containing record (``domain.addresses``); references stand as titles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from gdbos_desktop.domain.addresses import address_of
from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.exporting.files import WORKBOOK, whole_file
from gdbos_desktop.exporting.packages import Piece, pack, write_package
from gdbos_desktop.exporting.rows import ROW_LIMIT, SheetRows
from gdbos_desktop.exporting.skeleton import Column, SheetNames, SheetPlan, make_skeleton
from gdbos_desktop.schema import Element, ElementType, Kind, Standard, Value
from gdbos_desktop.schema.types import Code, Codes
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

BATCH = 500


class ExportReader(Protocol):
    """What a list export asks of the store; a reader of the store has it all."""

    def count(self, query: Query) -> int:
        """How many records a query asks for."""

    def group_counts(self, query: Query, element: str) -> list[tuple[Value | None, int]]:
        """How many records each value of an element has."""

    def iterate(self, query: Query, batch: int = ...) -> Iterator[list[Record]]:
        """The records of a query, batch by batch."""

    def get(self, ids: Sequence[str]) -> list[Record]:
        """The records with these ids."""

    def children(self, parent_ids: Sequence[str], kind: str | None = None) -> list[Record]:
        """What these records contain, in order of place."""

    def titles(self, ids: Iterable[str]) -> Mapping[str, str]:
        """What to call the records with these ids."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The file that was written, and how many rows of each kind stand in it."""

    path: Path
    rows: Mapping[str, int]


def export_workbook(
    path: Path, standard: Standard, query: Query, reader: ExportReader, progress: Progress = no_progress
) -> ExportResult:
    """Write the records a query asks for, with all they contain, as a workbook at ``path``.

    KnownErrors of ``files.whole_file`` (the name ends in .xlsx, and only a workbook is ever replaced), and
    ``cell-too-long``: nothing is ever cut. On any exception, a cancelled progress included, the file is as it was
    before. Memory does not grow with the number of records.
    """
    total = reader.count(query)
    progress(0, total, _("Writing the list"))
    with whole_file(path, WORKBOOK) as file:
        kinds = exported_kinds(standard, query.kind)
        columns = {kind.code: list_columns(kind) for kind in kinds}
        columns[query.kind] = _columns_that_matter(reader, query, kinds[0])
        with closing(ListWriter(standard, columns, path.parent)) as writer:
            _Walk(standard, kinds, reader, writer).write(query, total, progress)
            writer.finish(file)
    return ExportResult(path, writer.counts)


def exported_kinds(standard: Standard, kind: str) -> list[Kind]:
    """The kind and all kinds its records contain at any depth, containers first.

    A kind that contains its own kind (departments) is a list of equals: what is asked for is what is written.
    """
    kinds = [standard.kind(kind)]
    for container in kinds:  # grows while it is walked
        kinds += [child for child in standard.children_of(container.code) if child not in kinds]
    return [kinds[0], *sorted(kinds[1:], key=lambda child: child.order)]


def list_columns(kind: Kind) -> list[Column]:
    """All columns of a kind's sheet."""
    parent = [Column(kind.parent_heading)] if kind.parents and kind.parent_heading else []
    return parent + [Column(element.heading, element) for element in kind.shown]


def _columns_that_matter(reader: ExportReader, query: Query, kind: Kind) -> list[Column]:
    """The columns without elements that only other item types have, unless somebody filled them all the same."""
    columns = list_columns(kind)
    if not kind.family_element:
        return columns
    families = {kind.families.get(str(value), "") for value, _count in reader.group_counts(query, kind.family_element)}
    return [
        column
        for column in columns
        if column.element is None
        or not families
        or any(column.element.applies_to(family) for family in families)
        or reader.count(replace(query, where=(*query.where, Filter(column.element.code, Match.IS_FILLED))))
    ]


class ListWriter:
    """Takes rows for several sheets in any order and makes one workbook of them."""

    def __init__(
        self, standard: Standard, columns: Mapping[str, Sequence[Column]], folder: Path, row_limit: int = ROW_LIMIT
    ) -> None:
        self._standard = standard
        self._columns = columns
        plans = self._plans()
        self._styles = make_skeleton(plans, "", "").styles
        self._rows = {
            plan.kind.code: SheetRows(
                plan.name,
                [column.heading for column in plan.columns],
                styles,
                [place for place, column in enumerate(plan.columns) if column.is_number],
                plan.row_height,
                folder,
                row_limit,
                next((n for n, c in enumerate(plan.columns) if c.element and c.element.code == plan.kind.title), -1),
            )
            for plan, styles in zip(plans, self._styles, strict=True)
        }

    def columns(self, kind: str) -> Sequence[Column]:
        """The columns of a kind's sheet."""
        return self._columns[kind]

    def append(self, kind: str, row: Sequence[str], title: str = "") -> None:
        """One row of a kind's sheet, a text for each column."""
        self._rows[kind].append(row, title)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each kind has, kinds without rows left out but the first."""
        first = next(iter(self._rows))
        return {kind: rows.count for kind, rows in self._rows.items() if rows.count or kind == first}

    def close(self) -> None:
        """Let go of the files for work under way, whether the workbook was written or not."""
        for rows in self._rows.values():
            rows.close()

    def finish(self, file: BinaryIO) -> None:
        """Write the workbook."""
        bodies: list[Piece] = []
        plans: list[SheetPlan] = []
        names = SheetNames()
        for plan in self._plans():
            rows = self._rows[plan.kind.code]
            rows.finish()
            for piece, count in rows.pieces:
                name = names.name(plan.name)
                plans.append(SheetPlan(name, plan.kind, plan.columns, rows.widths, count))
                bodies.append(piece)
        title = _("{kind} list").format(kind=plans[0].kind.label)
        skeleton = make_skeleton(plans, title, self._standard.title)
        assert set(skeleton.styles) == set(self._styles)  # the rows already carry their styles
        sheets = {name: (head, body, tail) for (name, head, tail), body in zip(skeleton.sheets, bodies, strict=True)}
        entries: list[tuple[str, Sequence[Piece]]] = [(name, [pack(data)]) for name, data in skeleton.parts.items()]
        entries += [(name, [pack(head), body, pack(tail)]) for name, (head, body, tail) in sheets.items()]
        write_package(file, entries)

    def _plans(self) -> list[SheetPlan]:
        names = SheetNames()
        return [
            SheetPlan(names.name(self._standard.kind(kind).sheet or self._standard.kind(kind).label),
                      self._standard.kind(kind), columns)
            for kind, columns in self._columns.items()
        ]  # fmt: skip


class _Walk:
    """Goes through the records of a query and all they contain, and turns each into a row."""

    def __init__(self, standard: Standard, kinds: Sequence[Kind], reader: ExportReader, writer: ListWriter) -> None:
        self._standard = standard
        self._kinds = {kind.code: kind for kind in kinds}
        self._top = kinds[0]
        self._reader = reader
        self._writer = writer
        self._makers = {kind.code: RowMaker(kind, writer.columns(kind.code)) for kind in kinds}

    def write(self, query: Query, total: int, progress: Progress) -> None:
        done = 0
        for batch in self._reader.iterate(query, BATCH):
            self._write_batch(batch)
            done += len(batch)
            progress(min(done, total), total, _("Writing the list"))

    def _write_batch(self, batch: Sequence[Record]) -> None:
        levels = [list(batch)]
        while parents := [record.id for record in levels[-1] if self._standard.children_of(record.kind)]:
            found = self._reader.children(parents)
            levels.append([child for child in found if child.kind in self._kinds and child.kind != self._top.code])
        by_parent: dict[str, list[Record]] = {}
        for level in levels[1:]:
            for child in level:
                by_parent.setdefault(str(child.parent_id), []).append(child)
        for siblings in by_parent.values():
            siblings.sort(key=lambda child: (self._kinds[child.kind].order, child.position))
        everything = [record for level in levels for record in level]
        above = self._containers(batch)
        titles = self._reader.titles(_references([*everything, *above.values()], self._standard))

        def write(record: Record, parent_address: str) -> None:
            kind = self._kinds[record.kind]
            self._writer.append(
                record.kind,
                self._makers[record.kind].row(record, titles, parent_address),
                kind.title_of(record.elements),
            )
            children = by_parent.get(record.id)
            if children:
                address = address_of(record, kind, titles, parent_address)
                for child in children:
                    write(child, address)

        for record in batch:
            write(record, self._address(record.parent_id, above, titles))

    def _containers(self, batch: Sequence[Record]) -> dict[str, Record]:
        """The records that contain those of the batch, up to the top, by id."""
        above: dict[str, Record] = {}
        wanted = {record.parent_id for record in batch if record.parent_id}
        while wanted:
            found = self._reader.get(sorted(wanted))
            above.update((record.id, record) for record in found)
            wanted = {record.parent_id for record in found if record.parent_id} - above.keys()
        return above

    def _address(self, record_id: str | None, above: Mapping[str, Record], titles: Mapping[str, str]) -> str:
        record = above.get(record_id or "")
        if record is None:
            return ""
        kind = self._standard.kind(record.kind)
        return address_of(record, kind, titles, self._address(record.parent_id, above, titles))


class RowMaker:
    """Turns records of one kind into rows of texts."""

    def __init__(self, kind: Kind, columns: Sequence[Column]) -> None:
        self._blank = [""] * len(columns)
        self._parent = 0 if columns and columns[0].element is None else -1
        self._places = {column.element.code: place for place, column in enumerate(columns) if column.element}
        self._texts = {code: _formatter(kind.elements[code]) for code in self._places}
        self._references = frozenset(code for code in kind.references if code in self._places)

    def row(self, record: Record, titles: Mapping[str, str], parent_address: str) -> list[str]:
        """The texts of a record, one for each column."""
        row = self._blank.copy()
        if self._parent >= 0:
            row[self._parent] = parent_address
        places = self._places
        for code, value in record.elements.items():
            place = places.get(code)
            if place is None:
                continue
            if code in self._references:
                row[place] = titles.get(str(value), "")
            elif (text := self._texts[code]) is None:
                row[place] = value if isinstance(value, str) else _plain(value)
            else:
                row[place] = text(value)
        return row


def _formatter(element: Element) -> Callable[[Value], str] | None:
    """How to write a value of an element; None where it is written as it is."""
    if isinstance(element.type, Code | Codes):
        known: dict[Value, str] = {}

        def label(value: Value) -> str:
            text = known.get(value)
            if text is None:
                text = element.format(value)
                if len(known) < 10_000:
                    known[value] = text
            return text

        return label
    return None if type(element.type).format is ElementType.format else element.format


def _plain(value: Value) -> str:
    return "；".join(value) if isinstance(value, tuple) else str(value)


def _references(records: Iterable[Record], standard: Standard) -> set[str]:
    return {
        str(record.elements[code])
        for record in records
        for code in standard.kind(record.kind).references
        if code in record.elements
    }
