"""The import pipeline: a workbook of 100,000 × 40, from the file to committed records, again, and back with marks."""

from __future__ import annotations

import time
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite
import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine
from sqlalchemy.orm import Session, registry

from gdbos_desktop.bootstrap import create_workbench, standard
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.imports import ImportOptions, ImportSession, Proposal
from gdbos_desktop.services.sampling import write_sample_list
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.tasks import no_progress
from tests.bench.figures import Figure, peak_memory_mb, seconds


def measure_import(scratch: Path, scale: float) -> list[Figure]:
    """End to end beside calamine + raw executemany, re-import beside calamine, and what a user would script."""
    rows = int(100_000 * scale)
    book = scratch / "items.xlsx"
    write_sample_list(book, rows, 1, standard(), no_progress)
    memory_before = peak_memory_mb()
    workbench = create_workbench(scratch / "import.gdbos", "bench", "510000000000")
    started = time.perf_counter()
    session, proposal = _import(workbench, book)
    first = time.perf_counter() - started
    started = time.perf_counter()
    workbench.imports.look_again(session)
    looked = time.perf_counter() - started
    started = time.perf_counter()
    _session, again = _import(workbench, book)
    second = time.perf_counter() - started
    _edit_one(workbench)
    started = time.perf_counter()
    session, edited = _import(workbench, book, is_written=False)
    third = time.perf_counter() - started
    started = time.perf_counter()
    workbench.imports.write_result(session, edited, scratch / "result.xlsx")
    result = time.perf_counter() - started
    memory = peak_memory_mb() - memory_before
    workbench.close()
    created = sum(counts.created for counts in proposal.counts.values())
    changed, found = (sum(counts.created + counts.updated for counts in one.counts.values()) for one in (again, edited))

    bare = seconds(lambda: _bare(book, scratch))
    read = seconds(lambda: list(CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows()))
    copied = seconds(lambda: _copied(book, scratch / "copy.xlsx"))
    script_rows = max(1, rows // 10)
    small = scratch / "small.xlsx"
    write_sample_list(small, script_rows, 2, standard(), no_progress)
    scripted = seconds(lambda: _scripted(small, scratch))
    fresh = create_workbench(scratch / "small.gdbos", "bench", "510000000000")
    ours_small = seconds(lambda: _import(fresh, small))
    fresh.close()
    return [
        Figure("import", f"{rows:,} rows → {created:,} records", first, "calamine + executemany", bare, 3.0,
               note=f"parent memory +{memory:.0f} MB with all that follows"),
        Figure("re-import", f"unchanged file ({changed} changes)", second, "calamine rows", read, 1.8,
               note=f"known since a second look in the background, {looked:.1f} s"),
        Figure("re-import", f"unchanged file, one record edited since ({found} changes)", third, "calamine rows", read,
               None, note="compared anew"),
        Figure("result workbook", f"{rows:,} rows with marks", result, "calamine + XlsxWriter", copied, None),
        Figure("import", f"{script_rows:,} rows, against a script", ours_small, "openpyxl + add_all", scripted, 0.4),
    ]  # fmt: skip


def _import(workbench: Workbench, book: Path, *, is_written: bool = True) -> tuple[ImportSession, Proposal]:
    session = workbench.imports.open(book, ImportOptions())
    proposal = workbench.imports.propose(session)
    if is_written:
        workbench.imports.commit(proposal)
    return session, proposal


def _edit_one(workbench: Workbench) -> None:
    (record_id,) = workbench.records.open_list(Query("service_item")).ids(0, 1)
    workbench.records.edit([record_id], {"promise_day": 999})


def _copied(book: Path, to: Path) -> None:
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows()
    copy = xlsxwriter.Workbook(str(to), {"constant_memory": True, "strings_to_formulas": False})
    sheet = copy.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    copy.close()


def _bare(book: Path, scratch: Path) -> None:
    rows = [
        [str(cell) for cell in row] for row in CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows()
    ]
    width = len(rows[0])
    connection = sqlite.connect(str(scratch / f"bare-{time.monotonic_ns()}.db"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"CREATE TABLE item ({', '.join(f'c{number}' for number in range(width))})")
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO item VALUES ({','.join('?' * width)})", rows)
    connection.execute("COMMIT")
    connection.close()


def _scripted(book: Path, scratch: Path) -> None:
    sheet = load_workbook(book, read_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    width = len(rows[-1])
    mapper = registry(metadata=MetaData())
    table = Table(
        "item", mapper.metadata, Column("id", Integer, primary_key=True),
        *(Column(f"c{number}", Text) for number in range(width)),
    )  # fmt: skip

    class Item:
        def __init__(self, **values: object) -> None:
            for name, value in values.items():
                setattr(self, name, value)

    mapper.map_imperatively(Item, table)
    engine = create_engine(f"sqlite:///{scratch / f'script-{time.monotonic_ns()}.db'}")
    mapper.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            Item(**{f"c{number}": None if cell is None else str(cell) for number, cell in enumerate(row)})
            for row in rows
        )
        session.commit()
    engine.dispose()
