"""What is derived from records so that they are found fast: a list table per kind, keys, codes, search entries.

Hides which columns a kind's list table has. They follow from the standard: the title, references, and every element
marked ``indexed``; an element that a new standard adds needs no code. When a standard changes what a kind's projection
looks like, the projection is made anew from the records, where everything is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from gdbos_desktop.schema import Element, Kind, Standard, fold
from gdbos_desktop.schema.types import Codes, CodeText, DecimalNumber, Reference
from gdbos_desktop.schema.types import Integer as IntegerType
from gdbos_desktop.schema.types import Text as TextType
from gdbos_desktop.schema.values import clean_code
from gdbos_desktop.storage import tables
from gdbos_desktop.storage.initials import initials_of
from gdbos_desktop.storage.search import tokens_of
from gdbos_desktop.storage.values import codes_text, key_digest, key_parts, sort_key, to_elements, to_json

FORM = 1
"""Counted up when this module derives something else from the same standard."""

RID, ID, CHANGED = "@rid", "@id", "@changed"
SORT, FOLD = "@sort", "@fold"

_DIALECT = sqlite.dialect(paramstyle="qmark")


@dataclass(frozen=True, slots=True)
class Slot:
    """An element that has columns of its own. ``form``: plain, text, codes, decimal – how it is kept and compared."""

    code: str
    form: str


def _form(element: Element) -> str:
    kind_of = element.type
    if isinstance(kind_of, Codes):
        return "codes"
    if isinstance(kind_of, DecimalNumber):
        return "decimal"
    if isinstance(kind_of, CodeText):
        return "code"
    return "text" if isinstance(kind_of, TextType) else "plain"


class Projection:
    """A kind's derived data: its list table and the rows that a record has in it and in the finding tables."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        wanted = [
            element
            for element in kind.elements.values()
            if element.indexed or element.code == kind.title or isinstance(element.type, Reference)
        ]
        self.slots = tuple(Slot(element.code, _form(element)) for element in wanted)
        self.forms = {slot.code: slot.form for slot in self.slots}
        self.keys = tuple(dict.fromkeys([*kind.keys, *([(kind.title,)] if kind.title else [])]))
        self.table = self._table()
        names = [column.name for column in self.table.columns]
        quote = _DIALECT.identifier_preparer.quote
        self.insert_sql = (
            f"INSERT OR REPLACE INTO {quote(self.table.name)} ({', '.join(map(quote, names))}) "
            f"VALUES ({', '.join('?' * len(names))})"
        )
        self.delete_sql = f"DELETE FROM {quote(self.table.name)} WHERE {quote(RID)} = ?"

    def _table(self) -> Table:
        columns: list[Column[Any]] = [
            Column(RID, Integer, primary_key=True),
            Column(ID, Text, nullable=False),
            Column(CHANGED, Integer, nullable=False),
        ]
        indexed: list[str] = []
        for slot in self.slots:
            element = self.kind.elements[slot.code]
            columns.append(Column(slot.code, Integer if isinstance(element.type, IntegerType) else Text))
            if slot.form in {"text", "code"}:
                columns.append(Column(slot.code + FOLD, Text))
            if slot.form == "text":
                columns.append(Column(slot.code + SORT, LargeBinary))
            if slot.form == "decimal":
                columns.append(Column(slot.code + SORT, Numeric(asdecimal=False)))
            if slot.form != "codes":
                indexed.append(slot.code + SORT if slot.form in {"text", "decimal"} else slot.code)
        table = Table(f"list_{self.kind.code}", MetaData(), *columns)
        for name in indexed:
            Index(f"{table.name}_{name}", table.c[name])
        return table

    @property
    def signature(self) -> str:
        """Says all that this projection depends on; another signature means: make it anew."""
        return to_json(
            {
                "form": FORM,
                "columns": [[column.name, str(column.type)] for column in self.table.columns],
                "indexes": sorted(str(index.name) for index in self.table.indexes),
                "keys": [list(key) for key in self.keys],
                "title": self.kind.title,
                "codes": list(self.kind.code_elements),
            }
        )

    def list_row(self, rid: int, record_id: str, changed: int, elements: Mapping[str, Any]) -> tuple[Any, ...]:
        """The record's row in the list table."""
        row: list[Any] = [rid, record_id, changed]
        add = row.append
        for slot in self.slots:
            value = elements.get(slot.code)
            form = slot.form
            if form == "plain":
                add(value)
            elif value is None:
                row.extend((None,) * (3 if form == "text" else 1 if form == "codes" else 2))
            elif form == "codes":
                add(codes_text(value))
            elif form == "decimal":
                add(value)
                add(_number(value))
            else:
                text = str(value)
                small = fold(text)
                add(text)
                add(None if small == text else small)
                if form == "text":
                    add(sort_key(small))
        return tuple(row)

    def digests(self, elements: Mapping[str, Any], parent_id: str | None) -> set[bytes]:
        """The fingerprints of the record's complete natural keys."""
        found = set()
        for key in self.keys:
            parts = key_parts(key, elements, parent_id)
            if parts is not None:
                found.add(key_digest(self.kind.code, key, parts))
        return found

    def codes(self, elements: Mapping[str, Any]) -> set[str]:
        """The record's identifying codes, as they are compared."""
        return {
            code
            for element in self.kind.code_elements
            if (value := elements.get(element)) and (code := clean_code(str(value)))
        }

    def search_entry(self, rid: int, title: str) -> tuple[tuple[int, str], tuple[int, str, str, str]]:
        """The record's rows in ``search`` and ``search_text``."""
        small = fold(title)
        initials = initials_of(small)
        return (rid, tokens_of(self.kind.code, small, initials)), (rid, self.kind.code, small, initials)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return str(text)


INSERT_SEARCH = "INSERT INTO search (rowid, tokens) VALUES (?, ?)"
DELETE_SEARCH = "DELETE FROM search WHERE rowid = ?"
INSERT_SEARCH_TEXT = "INSERT INTO search_text (rid, kind, title, initials) VALUES (?, ?, ?, ?)"
DELETE_SEARCH_TEXT = "DELETE FROM search_text WHERE rid = ?"
INSERT_KEY = "INSERT OR IGNORE INTO record_key (digest, rid) VALUES (?, ?)"
DELETE_KEY = "DELETE FROM record_key WHERE digest = ? AND rid = ?"
INSERT_CODE = "INSERT OR IGNORE INTO record_code (code, rid) VALUES (?, ?)"
DELETE_CODE = "DELETE FROM record_code WHERE code = ? AND rid = ?"


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


def _rebuild(connection: Connection, projection: Projection) -> None:
    kind, table = projection.kind.code, projection.table
    rids = select(tables.record.c.rid).where(tables.record.c.kind == kind)
    for finding in (tables.record_key, tables.record_code):
        connection.execute(finding.delete().where(finding.c.rid.in_(rids)))
    connection.exec_driver_sql(
        "DELETE FROM search WHERE rowid IN (SELECT rid FROM search_text WHERE kind = ?)", (kind,)
    )
    connection.execute(tables.search_text.delete().where(tables.search_text.c.kind == kind))
    connection.execute(DropTable(table, if_exists=True))
    connection.execute(CreateTable(table))
    for rows in _living(connection, kind):
        _fill(connection, projection, rows)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        connection.execute(CreateIndex(index))
    connection.execute(tables.projection.delete().where(tables.projection.c.kind == kind))
    connection.execute(tables.projection.insert().values(kind=kind, signature=projection.signature))


_BATCH = 2000
_record = tables.record.c
_LIVING = (
    select(
        _record.rid,
        _record.id,
        _record.parent,
        _record.elements,
        select(func.max(tables.change.c.place))
        .where(tables.change.c.rid == _record.rid)
        .scalar_subquery()
        .label("place"),
    )
    .where(_record.kind == bindparam("kind"), _record.deleted == 0, _record.rid > bindparam("after"))
    .order_by(_record.rid)
    .limit(_BATCH)
)


def _living(connection: Connection, kind: str) -> Iterator[Sequence[tuple[Any, ...]]]:
    after = 0
    while rows := connection.execute(_LIVING, {"kind": kind, "after": after}).all():
        yield rows
        after = rows[-1][0]


def _fill(connection: Connection, projection: Projection, rows: Sequence[tuple[Any, ...]]) -> None:
    lists, keys, codes, entries, texts = [], [], [], [], []
    for rid, record_id, parent_id, elements_json, place in rows:
        elements = to_elements(elements_json)
        lists.append(projection.list_row(rid, record_id, place // tables.PLACES, elements))
        keys += [(digest, rid) for digest in projection.digests(elements, parent_id)]
        codes += [(code, rid) for code in projection.codes(elements)]
        entry, text = projection.search_entry(rid, projection.kind.title_of(elements))
        entries.append(entry)
        texts.append(text)
    execute_many(connection, projection.insert_sql, lists)
    execute_many(connection, INSERT_KEY, keys)
    execute_many(connection, INSERT_CODE, codes)
    execute_many(connection, INSERT_SEARCH, entries)
    execute_many(connection, INSERT_SEARCH_TEXT, texts)
