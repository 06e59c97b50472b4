"""Which writer for workbooks: the same texts through each, one process each (``python tests/bench/writers.py``).

The background of docs/adr/0002. Every writer gets texts that are ready, writes one sheet, and must keep texts texts.
``rustpy-xlsxwriter`` is measured where it happens to be installed; the program does not need it.
"""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import openpyxl
import xlsxwriter

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.exporting.files import WORKBOOK, whole_file
from gdbos_desktop.exporting.skeleton import Column
from gdbos_desktop.exporting.workbook import ListWriter
from gdbos_desktop.schema.types import Integer
from gdbos_desktop.services.sampling import generate_items
from tests.bench.figures import peak_memory_mb, seconds

ROWS, COLUMNS = 20_000, 40
_PLAIN = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}


@cache
def sample() -> tuple[list[Column], list[list[str]]]:
    """The forty columns that generated items fill most, and a thousand rows of texts."""
    kind = standard().kind("service_item")
    items = [item.values for item in generate_items(1_000, 1)]
    filled = Counter(code for values in items for code in values if code in kind.elements)
    ranked = [kind.elements[code] for code, _count in filled.most_common()]
    chosen = [element for element in ranked if not isinstance(element.type, Integer)]
    kept = [kind.elements[kind.title], *(element for element in chosen if element.code != kind.title)][:COLUMNS]
    rows = [[element.format(values.get(element.code)) for element in kept] for values in items]
    return [Column(element.heading, element) for element in kept], rows


def columns() -> list[Column]:
    """What stands above the rows."""
    return sample()[0]


def rows() -> Iterator[list[str]]:
    """Realistic texts, made once and repeated, so that making them costs nothing."""
    made = sample()[1]
    for start in range(0, ROWS, len(made)):
        yield from islice(made, ROWS - start)


def our_own(path: Path) -> None:
    """The whole list as exports write it: styles, widths, drop-downs, comments, print set-up, streamed rows."""
    with (
        whole_file(path, WORKBOOK) as file,
        closing(ListWriter(standard(), {"service_item": columns()}, path.parent)) as writer,
    ):
        for row in rows():
            writer.append("service_item", row)
        writer.finish(file)


def xlsxwriter_constant_memory(path: Path) -> None:
    """XlsxWriter, row after row."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **_PLAIN})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows()):
        sheet.write_row(number, 0, row)
    book.close()


def xlsxwriter_strings_only(path: Path) -> None:
    """XlsxWriter, told for each cell that it is a text."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **_PLAIN})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows()):
        for place, text in enumerate(row):
            if text:
                sheet.write_string(number, place, text)
    book.close()


def openpyxl_write_only(path: Path) -> None:
    """openpyxl, streaming. A text that begins with = becomes a formula unless every cell is an object."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows():
        sheet.append(row)
    book.save(path)


def rustpy_xlsxwriter(path: Path) -> None:
    """A Rust writer behind Python; takes records as dictionaries."""
    rust = importlib.import_module("rustpy_xlsxwriter")
    headings = [column.heading for column in columns()]
    rust.write_worksheet([dict(zip(headings, row, strict=True)) for row in rows()], str(path), sheet_name="items")


WRITERS: dict[str, Callable[[Path], None]] = {
    writer.__name__: writer
    for writer in (our_own, xlsxwriter_constant_memory, xlsxwriter_strings_only, openpyxl_write_only, rustpy_xlsxwriter)
}


def measure(name: str) -> str:
    """Seconds beyond making the rows, megabytes of the process, megabytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        made = seconds(lambda: [len(row) for row in rows()])
        if name == "deflate":
            our_own(path)
            with zipfile.ZipFile(path) as package:
                xml = package.read("xl/worksheets/sheet1.xml")
            return f"{seconds(lambda: zlib.compress(xml, 4)):.2f} {peak_memory_mb():.0f} 0"
        spent = seconds(lambda: WRITERS[name](path)) - made
        return f"{spent:.2f} {peak_memory_mb():.0f} {path.stat().st_size / 1e6:.1f}"


def main() -> None:
    """Measure all in a row; print ratios to XlsxWriter."""
    found = {}
    for name in ("deflate", *WRITERS):
        if name == "rustpy_xlsxwriter" and importlib.util.find_spec(name) is None:
            continue
        command = [sys.executable, __file__, name]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        found[name] = tuple(map(float, done.stdout.split()))
    bare = found["xlsxwriter_constant_memory"][0]
    print(f"{ROWS:,} x {COLUMNS}")  # noqa: T201
    for name, (spent, memory, size) in found.items():
        print(f"{name:28} {spent / bare:5.2f} x  {spent:6.2f} s  {memory:5.0f} MB memory  {size:5.1f} MB")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measure(sys.argv[1]))  # noqa: T201
    else:
        main()
