"""Which table layout: a typed column per element, one JSON text per record, or JSON beside a list table.

The measurement behind ``docs/adr/0001-table-layout.md``: 400,000 items of the national standard with some 65 filled
elements, the same indexes over the same values in each layout, every step of the three right after another. Each also
keeps the history, which says the elements of every new record as JSON: that is what a layout may or may not repeat.
``python -m tests.bench.bench_layout [ROWS]`` prints seconds, and ratios to the layout in use.
"""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import methodcaller
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.schema import Value
from gdbos_desktop.storage import database, values
from gdbos_desktop.storage.projections import CHANGED, FOLD, RID, SORT, Projection
from gdbos_desktop.storage.values import to_elements, to_json
from tests.bench.stores import ITEM, sample_values

ROWS, BATCH = 400_000, 20_000
KIND = standard().kind(ITEM)
PROJECTION = Projection(KIND)
LISTED = [column.name for column in PROJECTION.table.columns]
_DIALECT = sqlite.dialect()

Batch = Sequence[tuple[int, dict[str, Any]]]


def quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


class Layout:
    """One way to keep records, in a file of its own."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{self.name}.db"
        self.connection = database.connect(self.path, None, mode="rwc")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536", "temp_store = MEMORY"):
            self.connection.execute(f"PRAGMA {pragma}")
        for name, function in (("fold", values.sql_fold), ("sort_key", values.sql_sort_key)):
            self.connection.create_function(name, 1, function, deterministic=True)
        self.connection.execute("CREATE TABLE change (place INTEGER PRIMARY KEY, after TEXT)")
        self.places = 10_000_000
        self.make()

    def make(self) -> None:
        """The tables."""
        raise NotImplementedError

    def write(self, batch: Batch) -> None:
        """New records."""
        raise NotImplementedError

    def index(self) -> None:
        """The indexes, after the first filling."""
        raise NotImplementedError

    def edit(self, rid: int, code: str, value: Value) -> None:
        """One element of one record."""
        raise NotImplementedError

    def read(self, rids: Sequence[int]) -> list[dict[str, Any]]:
        """Whole records."""
        raise NotImplementedError

    def column(self, name: str) -> str:
        """An element, or what a list keeps of it, in SQL."""
        raise NotImplementedError

    source = "item"

    def page(self, where: str, parameters: Sequence[Any]) -> tuple[int, list[int]]:
        """The number of records and the first fifty by title."""
        (count,) = self.connection.execute(f"SELECT count(*) FROM {self.source} WHERE {where}", parameters).fetchone()
        order = self.column(KIND.title + SORT)
        found = self.connection.execute(
            f"SELECT rid FROM {self.source} WHERE {where} ORDER BY {order}, rid LIMIT 50", parameters
        )
        return count, [row[0] for row in found]

    def add_listed_element(self) -> None:
        """The standard gets an element that lists filter by."""
        raise NotImplementedError

    def remember(self, place: int, after: str) -> None:
        """One entry of the history, the same in every layout."""
        self.connection.execute("INSERT INTO change VALUES (?, ?)", (place, after))

    def write_rows(self, rows: Mapping[str, Sequence[Any]], batch: Batch) -> None:
        """Rows by statement, and the history of the batch, in one transaction."""
        history = [(rid, to_json(elements)) for rid, elements in batch]
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO change VALUES (?, ?)", history)
        for statement, some in rows.items():
            self.connection.executemany(statement, some)
        self.connection.execute("COMMIT")


def index_columns() -> list[tuple[str, list[str]]]:
    """The indexes that lists need: name and columns."""
    return [(str(index.name), [column.name for column in index.columns]) for index in PROJECTION.indexes]


class Columns(Layout):
    """A column per element, and those that lists fold and sort by."""

    name = "columns"

    def make(self) -> None:
        self.others = [code for code in KIND.elements if code not in PROJECTION.slot_of]
        names = [*LISTED[1:], *self.others]
        self.connection.execute(f"CREATE TABLE item (rid INTEGER PRIMARY KEY, {quoted(names)})")
        self.insert = f"INSERT INTO item VALUES ({', '.join('?' * (len(names) + 1))})"

    def write(self, batch: Batch) -> None:
        rows = []
        for rid, elements in batch:
            get = elements.get
            rest = [get(code) for code in self.others]
            plain = ["^".join(value) if type(value) is tuple else value for value in rest]
            rows.append((*PROJECTION.list_row(rid, 1, elements), *plain))
        self.write_rows({self.insert: rows}, batch)

    def index(self) -> None:
        for name, names in index_columns():
            self.connection.execute(f'CREATE INDEX "{name}" ON item ({quoted(names)})')

    def edit(self, rid: int, code: str, value: Value) -> None:
        self.connection.execute(f'UPDATE item SET "{code}" = ? WHERE rid = ?', (value, rid))

    def read(self, rids: Sequence[int]) -> list[dict[str, Any]]:
        codes = list(KIND.elements)
        cursor = self.connection.execute(
            f"SELECT {quoted(codes)} FROM item WHERE rid IN (SELECT value FROM json_each(?))", (to_json(list(rids)),)
        )
        return [{code: value for code, value in zip(codes, row, strict=True) if value is not None} for row in cursor]

    def column(self, name: str) -> str:
        return f'"{name}"'

    def add_listed_element(self) -> None:
        self.connection.execute("ALTER TABLE item ADD COLUMN new_element")
        self.connection.execute(f'DROP INDEX "{PROJECTION.table.name}@flat"')
        flat = dict(index_columns())[f"{PROJECTION.table.name}@flat"]
        self.connection.execute(f'CREATE INDEX "flat" ON item ({quoted([*flat, "new_element"])})')


class Json(Layout):
    """One JSON text per record, and indexes over expressions."""

    name = "json"

    def make(self) -> None:
        self.connection.execute("CREATE TABLE item (rid INTEGER PRIMARY KEY, changed INTEGER, elements TEXT)")

    def write(self, batch: Batch) -> None:
        rows = [(rid, 1, to_json(elements)) for rid, elements in batch]
        self.write_rows({"INSERT INTO item VALUES (?, ?, ?)": rows}, batch)

    def index(self) -> None:
        for name, names in index_columns():
            self.connection.execute(f'CREATE INDEX "{name}" ON item ({", ".join(map(self.column, names))})')

    def edit(self, rid: int, code: str, value: Value) -> None:
        ((text,),) = self.connection.execute("SELECT elements FROM item WHERE rid = ?", (rid,)).fetchall()
        elements = to_elements(text) | {code: value}
        self.connection.execute("UPDATE item SET elements = ? WHERE rid = ?", (to_json(elements), rid))

    def read(self, rids: Sequence[int]) -> list[dict[str, Any]]:
        cursor = self.connection.execute(
            "SELECT elements FROM item WHERE rid IN (SELECT value FROM json_each(?))", (to_json(list(rids)),)
        )
        return [to_elements(text) for (text,) in cursor]

    def column(self, name: str) -> str:
        if name == CHANGED:
            return "changed"
        value = f"json_extract(elements, '$.{name.partition('@')[0]}')"
        return f"sort_key({value})" if name.endswith(SORT) else f"fold({value})" if name.endswith(FOLD) else value

    def add_listed_element(self) -> None:
        self.connection.execute(f'DROP INDEX "{PROJECTION.table.name}@flat"')
        flat = dict(index_columns())[f"{PROJECTION.table.name}@flat"]
        self.connection.execute(f'CREATE INDEX "flat" ON item ({", ".join(map(self.column, [*flat, "new_element"]))})')


class Both(Layout):
    """JSON, and beside it a list table with what lists filter and sort by: the layout in use.

    A record that was never edited has no JSON of its own: the history has it.
    """

    name = "both"
    listed = f'(SELECT *, "{RID}" AS rid FROM "{PROJECTION.table.name}")'
    whole = (
        "(SELECT listed.*, item.rid, coalesce(item.elements, change.after) AS elements "
        f'FROM "{PROJECTION.table.name}" AS listed JOIN item ON item.rid = listed."{RID}" '
        "LEFT JOIN change ON change.place = item.rid AND item.elements IS NULL)"
    )
    source = listed

    def make(self) -> None:
        self.connection.execute("CREATE TABLE item (rid INTEGER PRIMARY KEY, elements TEXT)")
        self.connection.execute(str(CreateTable(PROJECTION.table).compile(dialect=_DIALECT)))

    def write(self, batch: Batch) -> None:
        rows = [(rid, None) for rid, _elements in batch]
        listed = [PROJECTION.list_row(rid, 1, elements) for rid, elements in batch]
        self.write_rows({"INSERT INTO item VALUES (?, ?)": rows, PROJECTION.insert_sql: listed}, batch)

    def index(self) -> None:
        for index in PROJECTION.indexes:
            self.connection.execute(str(CreateIndex(index).compile(dialect=_DIALECT)))

    def edit(self, rid: int, code: str, value: Value) -> None:
        (before,) = self.read([rid])
        elements = before | {code: value}
        self.connection.execute("UPDATE item SET elements = ? WHERE rid = ?", (to_json(elements), rid))
        self.connection.execute(PROJECTION.replace_sql, PROJECTION.list_row(rid, 2, elements))

    def read(self, rids: Sequence[int]) -> list[dict[str, Any]]:
        cursor = self.connection.execute(
            "SELECT coalesce(item.elements, change.after) FROM item LEFT JOIN change ON change.place = item.rid "
            "AND item.elements IS NULL WHERE rid IN (SELECT value FROM json_each(?))",
            (to_json(list(rids)),),
        )
        return [to_elements(text) for (text,) in cursor]

    def column(self, name: str) -> str:
        return f'"{name}"' if name in LISTED else f"json_extract(elements, '$.{name}')"

    def page(self, where: str, parameters: Sequence[Any]) -> tuple[int, list[int]]:
        self.source = self.whole if "elements" in where else self.listed
        return super().page(where, parameters)

    def add_listed_element(self) -> None:
        name = PROJECTION.table.name
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute(f'DROP TABLE "{name}"')
        self.connection.execute(str(CreateTable(PROJECTION.table).compile(dialect=_DIALECT)))
        last = 0
        (end,) = self.connection.execute("SELECT max(rid) FROM item").fetchone()
        while rids := [*range(last + 1, min(last + 2000, end) + 1)]:
            rows = zip(rids, self.read(rids), strict=True)
            listed = [PROJECTION.list_row(rid, 1, elements) for rid, elements in rows]
            self.connection.executemany(PROJECTION.insert_sql, listed)
            last = rids[-1]
        self.index()
        self.connection.execute("COMMIT")


def batches(rows: int) -> Iterator[Batch]:
    """The same records in every run, with bodies and main items."""
    chance = random.Random(5)
    bodies = [f"019a0001000070008000{number:012x}" for number in range(500)]
    found = enumerate(sample_values(rows), 1)
    while some := list(itertools.islice(found, BATCH)):
        for number, elements in some:
            elements["dept_name"] = chance.choice(bodies)
            elements["main_item"] = f"019a0002000070008000{number % 50_000:012x}"
        yield some


Steps = dict[str, dict[str, list[float]]]


def measure(folder: Path, rows: int) -> Steps:
    """Seconds of every step, layout by layout."""
    layouts: list[Layout] = [Columns(folder), Json(folder), Both(folder)]
    taken: Steps = {}

    def step(what: str, work: Callable[[Layout], object], rounds: int = 1) -> None:
        results = {}
        for number in range(rounds):
            for layout in layouts[number % 3 :] + layouts[: number % 3]:
                started = time.perf_counter()
                results[layout.name] = work(layout)
                taken.setdefault(what, {}).setdefault(layout.name, []).append(time.perf_counter() - started)
        print(f"  {what}", file=sys.stderr, flush=True)  # noqa: T201 - a long measurement shows where it is
        if what.startswith("first page"):
            assert results["columns"] == results["json"] == results["both"], what

    for batch in batches(rows):
        step("write 20,000 new records", methodcaller("write", batch))
    step("make the indexes", methodcaller("index"))
    for layout in layouts:
        layout.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        taken.setdefault("file, MB", {})[layout.name] = [layout.path.stat().st_size / 1e6]
    chance = random.Random(6)
    pages = [[chance.randrange(rows) + 1 for _number in range(200)] for _page in range(20)]
    edits = [chance.randrange(rows) + 1 for _number in range(2000)]

    def edit_all(layout: Layout) -> None:
        layout.connection.execute("BEGIN IMMEDIATE")
        for number, rid in enumerate(edits):
            layout.edit(rid, "promise_day", number % 50)
            layout.remember(layout.places + number, to_json({"promise_day": number % 50}))
        layout.connection.execute("COMMIT")
        layout.places += len(edits)

    step("read 20 pages of 200 whole records", lambda layout: [layout.read(page) for page in pages], 3)
    step("edit an element of 2,000 records", edit_all, 3)
    filters: Mapping[str, tuple[str, list[Any]]] = {
        "one of few values": ("{task_type} = ?", ["01"]),
        "three conditions": ("{task_type} = ? AND {project_type} = ? AND {promise_day} <= ?", ["01", "1", 5]),
        "one body": ("{dept_name} = ?", [f"019a0001000070008000{7:012x}"]),
        "an element that is not listed": ("{is_express} = ?", ["1"]),
    }
    for what, (where, parameters) in filters.items():

        def page(layout: Layout, where: str = where, parameters: list[Any] = parameters) -> object:
            named = {code: layout.column(code) for code in KIND.elements}
            return layout.page(where.format_map(named), parameters)

        step(f"first page with count: {what}", page, 3)
    step("add an element that is listed", methodcaller("add_listed_element"))
    for layout in layouts:
        layout.connection.close()
    return taken


def main() -> None:
    """Measure and print a table for the decision."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="gdbos-layout-") as folder:
        taken = measure(Path(folder), rows)
    lines = [f"| {rows:,} records | columns | json | both | columns / both | json / both |", "|---|" + "---|" * 5]
    for what, by_layout in taken.items():
        columns, json, both = (statistics.median(by_layout[name]) for name in ("columns", "json", "both"))
        lines.append(f"| {what} | {columns:.3f} | {json:.3f} | {both:.3f} | {columns / both:.2f} | {json / both:.2f} |")
    print("\n".join(lines))  # noqa: T201 - the benchmark's purpose


if __name__ == "__main__":
    main()
