"""Exports: a workbook of 100,000 × 40 beside XlsxWriter on rows in memory, 1,000 guides beside python-docx."""

from __future__ import annotations

from pathlib import Path

import docx
import xlsxwriter
from openpyxl import load_workbook

from gdbos_desktop.bootstrap import create_workbench, open_workbench, standard
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.imports import ImportOptions
from gdbos_desktop.services.records import texts_of
from gdbos_desktop.services.sampling import write_sample_list
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.tasks import no_progress
from tests.bench.figures import Figure, peak_memory_mb, seconds
from tests.bench.stores import filled_store, sample_values

ITEM = "service_item"
GUIDE_SECTIONS = 22


def _workbench(scratch: Path, rows: int) -> Workbench:
    book = scratch / "items.xlsx"
    write_sample_list(book, rows, 1, standard(), no_progress)
    workbench = create_workbench(scratch / "store.gdbos", "bench", "510000000000")
    proposal = workbench.imports.propose(workbench.imports.open(book, ImportOptions()))
    workbench.imports.commit(proposal)
    return workbench


def measure_workbook(scratch: Path, scale: float) -> list[Figure]:
    """From the store to a finished workbook in the import layout."""
    rows = int(100_000 * scale)
    workbench = _workbench(scratch, rows)
    query = Query(ITEM)
    listed = workbench.records.open_list(query)
    table: list[list[str]] = []
    for offset in range(0, listed.count, 2_000):
        table.extend(list(row.cells.values()) for row in listed.rows(offset, 2_000) if row is not None)
    ours = seconds(lambda: workbench.exports.export_workbook(query, scratch / "ours.xlsx"))
    workbench.close()

    def bare() -> None:
        book = xlsxwriter.Workbook(
            str(scratch / "bare.xlsx"),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
        book.close()

    width = sum(map(len, table)) / max(1, len(table))
    return [
        Figure("workbook export", f"{len(table):,} × {width:.0f} from the store", ours, "XlsxWriter constant memory",
               seconds(bare), 0.6)
    ]  # fmt: skip


def measure_whole_store(scratch: Path, scale: float) -> list[Figure]:
    """A store of 400,000 items as one workbook, beside the bare writer on the same texts, row by row."""
    rows = int(400_000 * scale)
    path = scratch / "store.gdbos"
    filled_store(path, rows).close()
    workbench = open_workbench(path)
    query = Query(ITEM)
    memory_before = peak_memory_mb()
    ours = seconds(lambda: workbench.exports.export_workbook(query, scratch / "ours.xlsx"))
    memory = peak_memory_mb() - memory_before
    workbench.close()
    written = load_workbook(scratch / "ours.xlsx", read_only=True)
    width = len(next(written.worksheets[0].iter_rows(min_row=2, values_only=True)))
    written.close()
    texts = [[str(value) for value in values.values()] for values in sample_values(min(rows, 2_000))]

    def bare() -> None:
        book = xlsxwriter.Workbook(
            str(scratch / "bare.xlsx"),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        book.use_zip64()  # its sheet is longer than an older archive can say
        sheet = book.add_worksheet()
        for number in range(rows):
            sheet.write_row(number, 0, texts[number % len(texts)])
        book.close()

    return [
        Figure("workbook export", f"whole store, {rows:,} × {width}", ours, "XlsxWriter constant memory",
               seconds(bare), 0.6, note=f"parent memory +{memory:.0f} MB")
    ]  # fmt: skip


def measure_guides(scratch: Path, scale: float) -> list[Figure]:
    """Service guides of items with their children beside python-docx writing documents of the same length."""
    rows = int(1_000 * scale)
    workbench = _workbench(scratch, rows)
    query = Query(ITEM)
    ours = seconds(lambda: workbench.exports.export_guides(query, scratch / "guides"))
    listed = workbench.records.open_list(query)
    texts = [
        list(texts_of(row.record, workbench.standard, {}).values()) for row in listed.rows(0, rows) if row is not None
    ]
    workbench.close()

    def bare() -> None:
        for number, values in enumerate(texts):
            document = docx.Document()
            for section in range(GUIDE_SECTIONS):
                document.add_heading(str(section), 1)
                document.add_paragraph(values[section % len(values)])
            table = document.add_table(rows=6, cols=6)
            cells = table._cells
            for index, cell in enumerate(cells):
                cell.text = values[index % len(values)]
            document.save(str(scratch / f"bare-{number}.docx"))

    return [Figure("guides", f"{len(texts):,} documents", ours, "python-docx, one process", seconds(bare), 0.5)]
