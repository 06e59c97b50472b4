"""What is derived from records so that they are found fast: a list table per kind, keys, search entries.

Hides which columns a kind's list table has. They follow from the standard: the title, codes, references, single natural
keys, and every element marked ``indexed``; an element that a new standard adds needs no code. When a standard changes
what a kind's projection looks like, the projection is made anew from the records, where everything is.

Two sorts of columns. *Tall* ones have many values (titles, codes, references): each has an index of its own. *Flat*
ones have few (codes of lists, numbers, dates): one index holds them all, so that any combination of them is counted
by reading a few megabytes, and a write pays for one index instead of a dozen (``docs/adr/0001-table-layout.md``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex, DropTable

from gdbos_desktop.schema import Element, Kind, Standard, fold
from gdbos_desktop.schema.types import Codes, CodeText, DecimalNumber, Reference
from gdbos_desktop.schema.types import Integer as IntegerType
from gdbos_desktop.schema.types import Text as TextType
from gdbos_desktop.storage import tables
from gdbos_desktop.storage.fulltext import tokens_of
from gdbos_desktop.storage.initials import initials_of
from gdbos_desktop.storage.tables import record
from gdbos_desktop.storage.values import codes_text, key_digest, key_parts, sort_key, to_elements, to_json

FORM = 2
"""Counted up when this module derives something else from the same standard."""

RID, CHANGED = "@rid", "@changed"
SORT, FOLD = "@sort", "@fold"

_DIALECT = sqlite.dialect(paramstyle="qmark")
_quote = _DIALECT.identifier_preparer.quote


@dataclass(frozen=True, slots=True)
class Slot:
    """An element that has columns of its own.

    ``form`` says how it is kept: ``text`` (value, folded if that differs, sort key), ``code`` (value, folded),
    ``reference`` and ``plain`` (value), ``codes`` (between commas), ``decimal`` (value, number). ``index`` is the
    column that an index of its own begins with, '' for flat ones.
    """

    code: str
    form: str
    index: str

    @property
    def sort(self) -> str:
        """The column that sorts it."""
        return self.index or (self.code + SORT if self.form == "decimal" else self.code)


def _slot(element: Element, is_code: bool) -> Slot:
    kind_of = element.type
    if isinstance(kind_of, Codes):
        return Slot(element.code, "codes", "")
    if isinstance(kind_of, DecimalNumber):
        return Slot(element.code, "decimal", "")
    if isinstance(kind_of, Reference):
        return Slot(element.code, "reference", element.code)
    if is_code or isinstance(kind_of, CodeText):
        return Slot(element.code, "code", element.code + FOLD)
    if isinstance(kind_of, TextType):
        return Slot(element.code, "text", element.code + SORT)
    return Slot(element.code, "plain", "")


class Projection:
    """A kind's derived data: its list table and the rows that a record has in it and in the finding tables."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        single_keys = {key[0] for key in kind.keys if len(key) == 1}
        named = {kind.title, *kind.code_elements, *single_keys}
        slots = [
            _slot(element, element.code in kind.code_elements)
            for element in kind.elements.values()
            if element.indexed or element.code in named or isinstance(element.type, Reference)
        ]
        self.slot_of = {slot.code: slot for slot in slots}
        self._plain = [slot.code for slot in slots if slot.form in {"plain", "reference"}]
        self._other = [slot for slot in slots if slot.form not in {"plain", "reference"}]
        self.keys = tuple(key for key in kind.keys if len(key) > 1)
        """Natural keys of several parts; single ones are found by their own column."""
        self.table = self._table()
        names = [column.name for column in self.table.columns]
        into = (
            f"INTO {_quote(self.table.name)} ({', '.join(map(_quote, names))}) VALUES ({', '.join('?' * len(names))})"
        )
        self.insert_sql = f"INSERT {into}"
        self.replace_sql = f"INSERT OR REPLACE {into}"
        self.delete_sql = f"DELETE FROM {_quote(self.table.name)} WHERE {_quote(RID)} = ?"

    def _table(self) -> Table:
        columns: list[Column[Any]] = [Column(RID, Integer, primary_key=True), Column(CHANGED, Integer, nullable=False)]
        flat = [CHANGED]
        for slot in (*map(self.slot_of.__getitem__, self._plain), *self._other):
            is_number = isinstance(self.kind.elements[slot.code].type, IntegerType)
            columns.append(Column(slot.code, Integer if is_number else Text))
            if slot.form in {"text", "code"}:
                columns.append(Column(slot.code + FOLD, Text))
            if slot.form == "text":
                columns.append(Column(slot.code + SORT, LargeBinary))
            if slot.form == "decimal":
                columns.append(Column(slot.code + SORT, Numeric(asdecimal=False)))
                flat.append(slot.code + SORT)
            if not slot.index:
                flat.append(slot.code)
        table = Table(f"list_{self.kind.code}", MetaData(), *columns)
        Index(f"{table.name}@flat", *(table.c[name] for name in flat))
        for slot in self.slot_of.values():
            if slot.index:
                Index(f"{table.name}@{slot.code}", table.c[slot.index])
        return table

    @property
    def sort_column(self) -> ColumnElement[Any]:
        """The column that sorts the kind's records by their titles."""
        return self.table.c[self.slot_of[self.kind.title].sort]

    @property
    def has_words(self) -> bool:
        """Whether titles are words: a record that is called after another one (a reference) has none of its own."""
        return self.slot_of[self.kind.title].form != "reference"

    @property
    def small_title(self) -> ColumnElement[str]:
        """The folded title."""
        slot = self.slot_of[self.kind.title]
        if slot.form == "code":
            return self.table.c[slot.code + FOLD]
        if slot.form == "text":
            return func.coalesce(self.table.c[slot.code + FOLD], self.table.c[slot.code])
        return func.fold(self.table.c[slot.code])

    def title_of(self, elements: Mapping[str, Any]) -> str:
        """What to call a record, as text of its own."""
        return self.kind.title_of(elements) if self.has_words else ""

    def has_title(self, small: ColumnElement[str], sort: ColumnElement[bytes]) -> ColumnElement[bool]:
        """Whether a record's title, folded, is ``small``; ``sort`` is its sort key, which has the index."""
        if self.slot_of[self.kind.title].form == "text":
            return and_(self.sort_column == sort, self.small_title == small)
        return self.small_title == small

    @property
    def indexes(self) -> list[Index]:
        """The indexes of the list table, in a fixed order."""
        return sorted(self.table.indexes, key=lambda index: str(index.name))

    @property
    def signature(self) -> str:
        """Says all that this projection depends on; another signature means: make it anew."""
        return to_json(
            {
                "form": FORM,
                "columns": [[column.name, str(column.type)] for column in self.table.columns],
                "indexes": [[str(index.name), *(column.name for column in index.columns)] for index in self.indexes],
                "keys": [list(key) for key in self.keys],
                "title": self.kind.title,
            }
        )

    def list_row(self, rid: int, changed: int, elements: Mapping[str, Any]) -> tuple[Any, ...]:
        """The record's row in the list table."""
        get = elements.get
        row: list[Any] = [rid, changed, *[get(code) for code in self._plain]]
        add = row.append
        for slot in self._other:
            value = get(slot.code)
            form = slot.form
            if value is None:
                row += _NOTHING[form]
            elif form == "code":
                add(value)
                add(fold(str(value)))
            elif form == "codes":
                add(codes_text(value))
            elif form == "text":
                text = str(value)
                small = fold(text)
                row += (text, None if small == text else small, sort_key(small))
            else:
                row += (value, _number(value))
        return tuple(row)

    def digests(self, elements: Mapping[str, Any], parent_id: str | None) -> set[bytes]:
        """The fingerprints of the record's complete natural keys."""
        found = set()
        for key in self.keys:
            parts = key_parts(key, elements, parent_id)
            if parts is not None:
                found.add(key_digest(self.kind.code, key, parts))
        return found

    def search_entry(self, rid: int, title: str) -> tuple[tuple[int, str], tuple[int, str, str, str]]:
        """The record's rows in ``search`` and ``search_text``."""
        small = fold(title)
        initials = initials_of(small)
        return (rid, tokens_of(self.kind.code, small, initials)), (rid, self.kind.code, small, initials)


_NOTHING = {"codes": (None,), "code": (None, None), "decimal": (None, None), "text": (None, None, None)}


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:  # 无: somebody stated that there is none
        return None


INSERT_SEARCH = "INSERT INTO search (rowid, tokens) VALUES (?, ?)"
DELETE_SEARCH = "DELETE FROM search WHERE rowid = ?"
INSERT_SEARCH_TEXT = "INSERT INTO search_text (rid, kind, title, initials) VALUES (?, ?, ?, ?)"
DELETE_SEARCH_TEXT = "DELETE FROM search_text WHERE rid = ?"
INSERT_KEY = "INSERT OR IGNORE INTO record_key (digest, rid) VALUES (?, ?)"
DELETE_KEY = "DELETE FROM record_key WHERE digest = ? AND rid = ?"


class Projections:
    """The projections of all kinds of a standard."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.of = {code: Projection(kind) for code, kind in standard.kinds.items()}

    def __getitem__(self, kind: str) -> Projection:
        return self.of[kind]

    def outdated(self, connection: Connection) -> list[str]:
        """The kinds whose projection in the file is not what the standard asks for."""
        stored = {row.kind: row.signature for row in connection.execute(select(tables.projection))}
        return [code for code, projection in self.of.items() if stored.get(code) != projection.signature]

    def rebuild(self, connection: Connection, kinds: Sequence[str]) -> None:
        """Make the projections of these kinds anew from the records."""
        for code in kinds:
            _rebuild(connection, self.of[code])


def execute_many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement for every row, at the driver's speed."""
    if rows:
        connection.exec_driver_sql(sql, list(rows))


def drop_indexes(connection: Connection, projection: Projection) -> None:
    """Before very many rows are added: sorting them once afterwards is several times cheaper than placing each."""
    for index in projection.indexes:
        connection.execute(DropIndex(index))


def create_indexes(connection: Connection, projection: Projection) -> None:
    """The counterpart of ``drop_indexes``."""
    for index in projection.indexes:
        connection.execute(CreateIndex(index))


def _rebuild(connection: Connection, projection: Projection) -> None:
    kind, table = projection.kind.code, projection.table
    rids = select(record.c.rid).where(record.c.kind == kind)
    connection.execute(tables.record_key.delete().where(tables.record_key.c.rid.in_(rids)))
    connection.exec_driver_sql(
        "DELETE FROM search WHERE rowid IN (SELECT rid FROM search_text WHERE kind = ?)", (kind,)
    )
    connection.execute(tables.search_text.delete().where(tables.search_text.c.kind == kind))
    connection.execute(DropTable(table, if_exists=True))
    connection.execute(CreateTable(table))
    for rows in _living(connection, kind):
        _fill(connection, projection, rows)
    create_indexes(connection, projection)
    connection.execute(tables.projection.delete().where(tables.projection.c.kind == kind))
    connection.execute(tables.projection.insert().values(kind=kind, signature=projection.signature))


_BATCH = 2000
_LAST_PLACE = select(func.max(tables.change.c.place)).where(tables.change.c.rid == record.c.rid)
_LIVING = (
    select(record.c.rid, record.c.parent, tables.elements_json, _LAST_PLACE.correlate(record).scalar_subquery())
    .select_from(tables.records)
    .where(record.c.kind == bindparam("kind"), record.c.deleted == 0, record.c.rid > bindparam("after"))
    .order_by(record.c.rid)
    .limit(_BATCH)
)


def _living(connection: Connection, kind: str) -> Iterator[Sequence[tuple[Any, ...]]]:
    after = 0
    while rows := connection.execute(_LIVING, {"kind": kind, "after": after}).all():
        yield rows
        after = rows[-1][0]


def _fill(connection: Connection, projection: Projection, rows: Sequence[tuple[Any, ...]]) -> None:
    lists, keys, entries, texts = [], [], [], []
    for rid, parent_id, json, place in rows:
        elements = to_elements(json)
        lists.append(projection.list_row(rid, place // tables.PLACES, elements))
        keys += [(digest, rid) for digest in projection.digests(elements, parent_id)]
        entry, text = projection.search_entry(rid, projection.title_of(elements))
        entries.append(entry)
        texts.append(text)
    execute_many(connection, projection.insert_sql, lists)
    execute_many(connection, INSERT_KEY, keys)
    execute_many(connection, INSERT_SEARCH, entries)
    execute_many(connection, INSERT_SEARCH_TEXT, texts)
