"""The result of an import: the same workbook with a status for each row, beside what rewrites a workbook otherwise."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.exporting.results import CellMark, RowMark, SheetMarks, Tone, write_result
from gdbos_desktop.schema import Severity
from gdbos_desktop.services.sampling import write_sample_list
from gdbos_desktop.system.tasks import no_progress
from tests.bench.figures import Figure, peak_memory_mb, seconds

MARKED_SHARE = 20
"""One row in so many has a coloured cell with a comment."""


def measure_results(scratch: Path, scale: float) -> list[Figure]:
    """Every row of 100,000 × 40 marked, beside inflating and deflating it; a tenth, beside openpyxl's load and save."""
    rows = int(100_000 * scale)
    book, small = scratch / "list.xlsx", scratch / "short.xlsx"
    write_sample_list(book, rows, 1, standard(), no_progress)
    write_sample_list(small, max(1, rows // 10), 2, standard(), no_progress)
    memory_before = peak_memory_mb()
    ours = seconds(lambda: _mark(book, scratch / "result.xlsx", rows))
    memory = peak_memory_mb() - memory_before
    bare = seconds(lambda: _inflate_and_deflate(book))
    ours_small = seconds(lambda: _mark(small, scratch / "short-result.xlsx", max(1, rows // 10)))
    scripted = seconds(lambda: load_workbook(small).save(scratch / "again.xlsx"))
    return [
        Figure("result", f"{rows:,} rows marked", ours, "inflate + deflate", bare, 5.0,
               note=f"memory +{memory:.0f} MB"),
        Figure("result", f"{max(1, rows // 10):,} rows, against a script", ours_small, "openpyxl load + save", scripted,
               0.25),
    ]  # fmt: skip


class _Rows:
    def __init__(self, count: int) -> None:
        self._count = count

    def __iter__(self) -> Iterator[RowMark]:
        for number in range(2, self._count + 2):
            if number % 3:
                yield RowMark(number, "未变", Tone.UNCHANGED)
            else:
                yield RowMark(number, f"修改：承诺办结时限：{number} → 7", Tone.CHANGED)


def _mark(source: Path, target: Path, count: int) -> None:
    target.unlink(missing_ok=True)
    cells = {(row, 3): CellMark(Severity.ERROR, "不是整数") for row in range(2, count + 2, MARKED_SHARE)}
    name = load_workbook(source, read_only=True).sheetnames[0]
    assert write_result(source, target, [SheetMarks(name, 1, _Rows(count), cells)], []).is_same_workbook


def _inflate_and_deflate(book: Path) -> None:
    deflate = zlib.compressobj(4, zlib.DEFLATED, -15)
    with zipfile.ZipFile(book) as package, package.open("xl/worksheets/sheet1.xml") as part:
        while chunk := part.read(1 << 20):
            deflate.compress(chunk)
    deflate.flush()
