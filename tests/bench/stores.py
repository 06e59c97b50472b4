"""The store: the write door beside raw executemany, and search at 400,000 records."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.domain.changes import Change, ChangeSet, Origin, create
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Value
from gdbos_desktop.services.sampling import generate_items
from gdbos_desktop.storage import Store
from gdbos_desktop.system.clock import new_id, now_ms
from tests.bench.figures import Figure, percentile, seconds

ITEM = "service_item"


def sample_values(rows: int, seed: int = 1) -> Iterator[dict[str, Value]]:
    """Realistic items: element code → value; texts as the standard parses them."""
    kind = standard().kind(ITEM)
    for item in generate_items(rows, seed):
        values: dict[str, Value] = {}
        for code, value in item.values.items():
            if code in kind.elements and code not in kind.references:
                values[code] = value
        yield values


def change_sets(rows: int, batch: int = 20_000) -> Iterator[ChangeSet]:
    """The creation of ``rows`` items in acts of ``batch``."""
    values = sample_values(rows)
    while changes := tuple(itertools.islice(_creations(values), batch)):
        yield ChangeSet(new_id(), changes, "bench", Origin.IMPORT, "bench", now_ms())


def _creations(values: Iterator[dict[str, Value]]) -> Iterator[Change]:
    for elements in values:
        yield create(Record(new_id(), ITEM, elements))


def filled_store(path: Path, rows: int) -> Store:
    """A store with ``rows`` items."""
    store = Store.create(path, standard(), name="bench", region_code="510000000000")
    for change_set in change_sets(rows):
        with store.unit_of_work() as unit:
            unit.apply(change_set)
    return store


def measure_write_door(scratch: Path, scale: float) -> list[Figure]:
    """20,000 items through the door, with history and search, beside raw executemany of the same rows."""
    rows = int(20_000 * scale)
    (change_set,) = change_sets(rows, rows)
    columns = sorted({code for change in change_set.changes for code in change.after})
    table = [(change.record_id, *(_plain(change.after.get(code)) for code in columns)) for change in change_set.changes]

    def raw() -> None:
        path = scratch / f"raw-{time.monotonic_ns()}.db"
        connection = sqlite.connect(str(path), isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"CREATE TABLE item (id TEXT PRIMARY KEY, {', '.join(columns)})")
        connection.execute("BEGIN IMMEDIATE")
        marks = ",".join("?" * (len(columns) + 1))
        connection.executemany(f"INSERT INTO item VALUES ({marks})", table)
        connection.execute("COMMIT")
        connection.close()

    def door() -> None:
        store = Store.create(
            scratch / f"door-{time.monotonic_ns()}.gdbos", standard(), name="bench", region_code="510000000000"
        )
        with store.unit_of_work() as unit:
            unit.apply(change_set)
        store.close()

    filled = sum(len(change.after) for change in change_set.changes) / rows
    return [
        Figure(
            "write door",
            f"{rows:,} × {len(columns)} ({filled:.0f} filled) with history, search, outbox",
            seconds(door, 3),
            "raw executemany",
            seconds(raw, 3),
            8.0,
        )
    ]


def _plain(value: Value | None) -> str | int | None:
    return "^".join(value) if isinstance(value, tuple) else value


def measure_search(scratch: Path, scale: float) -> list[Figure]:
    """p95 of a page with its count, for one to six characters and for initials, in milliseconds."""
    rows = int(400_000 * scale)
    store = filled_store(scratch / "search.gdbos", rows)
    generator = random.Random(7)
    names = [str(values["task_name"]) for values in sample_values(2_000, seed=3)]
    figures = []
    with store.read() as reader:
        for length in (1, 2, 3, 4, 6):
            words = [_piece(generator, names, length) for _word in range(200)]
            figures.append(_search_figure(reader.search, f"{length} characters", words, rows))
        initials = ["spjyxk", "xzxk", "jyxk", "bazx", "sl", "zx", "bg", "xkz"] * 10
        figures.append(_search_figure(reader.search, "initials", initials, rows))
    store.close()
    return figures


def _piece(generator: random.Random, names: list[str], length: int) -> str:
    name = generator.choice([name for name in names if len(name) >= length])
    start = generator.randrange(len(name) - length + 1)
    return name[start : start + length]


def _search_figure(search: object, what: str, words: list[str], rows: int) -> Figure:
    assert callable(search)
    times = []
    for word in words:
        started = time.perf_counter()
        search(word, None, 50)
        times.append((time.perf_counter() - started) * 1000)
    return Figure(f"search p95, {rows:,} records", what, percentile(times, 95), "goal", 10.0, 1.0, unit="ms")
