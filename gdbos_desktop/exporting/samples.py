"""Files of invented items: the sample workbook as a county office would hand it in, and flat lists of any length.

Hides the dress of such a workbook (title and unit rows, two header rows, merged departments, a total line, a sheet for
each kind that items contain). The words and the mistakes put in are data (``resources/samples``); the same seed gives
the same bytes.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from gdbos_desktop.domain.sampling import SampleItem, SampleMaker
from gdbos_desktop.exporting.files import PLAIN_LIST, WORKBOOK, whole_file
from gdbos_desktop.schema import Kind, Standard, Value
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.resources import read_texts
from gdbos_desktop.system.tasks import Progress, no_progress

ITEM = "service_item"
SHARE_OF_DEFECTS = 0.05
_CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_REPORT_EVERY = 200
# Texts stay texts: a cell that begins with = or http is what somebody typed.
_PLAIN = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}


@cache
def vocabulary() -> Mapping[str, Any]:
    """The words of the invented items."""
    return tomllib.loads(read_texts("samples")["vocabulary"])


@cache
def sample_maker() -> SampleMaker:
    """Makes items from the shipped words."""
    return SampleMaker(vocabulary())


def write_sample_list(path: Path, rows: int, seed: int, standard: Standard, progress: Progress = no_progress) -> None:
    """``rows`` items, one a row under one header row, as .xlsx or .csv (UTF-8 with BOM) by the ending of ``path``.

    Needs little memory however many rows. KnownError for another ending and for whatever keeps the file from being
    written.
    """
    words = vocabulary()["list"]
    writers = {".xlsx": _write_book, ".csv": _write_csv}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise KnownError(
            "unknown-ending",
            _("Unknown kind of file"),
            _("“{name}” ends neither in .xlsx nor in .csv.").format(name=path.name),
            _("Choose a file name with one of these endings."),
        )
    kind = standard.kind(ITEM)
    columns: Sequence[str] = words["columns"]
    writer(path, words["name"], [kind.elements[code].heading for code in columns],
           _list_rows(kind, columns, rows, seed, progress))  # fmt: skip
    progress(rows, rows, _("Writing"))


def _list_rows(
    kind: Kind, columns: Sequence[str], rows: int, seed: int, progress: Progress
) -> Iterator[list[str | int]]:
    cells = [(code, _cell_maker(kind, code)) for code in columns]
    for number, item in enumerate(sample_maker().items(rows, Random(seed), SHARE_OF_DEFECTS)):
        if number % _REPORT_EVERY == 0:
            progress(number, rows, _("Writing"))
        values = item.values
        yield ["" if (value := values.get(code)) is None else cell(value) for code, cell in cells]


def _write_csv(path: Path, _sheet: str, headings: Sequence[str], rows: Iterator[list[str | int]]) -> None:
    with whole_file(path, PLAIN_LIST) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(headings)
        writer.writerows(rows)
        text.flush()
        text.detach()


def _write_book(path: Path, sheet: str, headings: Sequence[str], rows: Iterator[list[str | int]]) -> None:
    with whole_file(path, WORKBOOK) as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, **_PLAIN})
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"})
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, headings, bold)
        for place, row in enumerate(rows, 1):
            page.write_row(place, 0, row)
        book.close()


def write_sample(path: Path, rows: int, seed: int, standard: Standard) -> None:
    """The sample workbook: ``rows`` items of an invented county, with all they contain."""
    words = vocabulary()["sheet"]
    mistakes = {int(number): name for number, name in words["defects"].items()}
    items = list(sample_maker().county_items(rows, words["departments"], Random(seed), mistakes))
    with whole_file(path, WORKBOOK) as file:
        book = xlsxwriter.Workbook(file, _PLAIN)
        book.set_properties({"created": _CREATED, "title": words["title"].format(county=sample_maker().first_county)})
        dress = _Dress(book)
        _write_items(book.add_worksheet(words["name"]), items, standard, words, dress)
        for child in words["child"]:
            _write_children(book.add_worksheet(child["name"]), items, standard, child, words["parent"], dress)
        book.close()


class _Dress:
    """The formats of the workbook."""

    def __init__(self, book: Any) -> None:
        cell = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10}
        head = cell | {"bold": True, "align": "center", "bg_color": "#DCE6F1"}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.note = book.add_format({"font_size": 10})
        self.head = book.add_format(head)
        self.text = book.add_format(cell | {"num_format": "@"})
        self.number = book.add_format(cell | {"align": "center"})
        self.total = book.add_format(cell | {"bold": True})


def _write_items(
    page: Any, items: Sequence[SampleItem], standard: Standard, words: Mapping[str, Any], dress: _Dress
) -> None:
    kind = standard.kind(ITEM)
    groups = words["group"]
    columns = [(code, heading) for group in groups for code, heading in group["columns"]]
    county = sample_maker().first_county
    page.merge_range(0, 0, 0, len(columns), words["title"].format(county=county), dress.title)
    page.set_row(0, 30)
    page.write_string(1, 0, words["filler"].format(county=county), dress.note)
    page.write_string(1, len(columns) - 2, words["date"], dress.note)
    page.merge_range(2, 0, 3, 0, words["number"], dress.head)
    place = 1
    for group in groups:
        headings = group["columns"]
        if len(headings) > 1:
            page.merge_range(2, place, 2, place + len(headings) - 1, group["label"], dress.head)
        else:
            page.write_string(2, place, group["label"], dress.head)
        for _code, heading in headings:
            page.write_string(3, place, heading, dress.head)
            place += 1
    for offset, (code, heading) in enumerate(columns, 1):
        page.set_column(offset, offset, _width(heading, [item.values.get(code) for item in items]))
    page.set_column(0, 0, 6)
    page.freeze_panes(4, 3)

    cells = [(code, _cell_maker(kind, code)) for code, _heading in columns]
    row = 4
    previous: dict[str, str | int] = {}
    for number, item in enumerate(items, 1):
        page.write_number(row, 0, number, dress.number)
        for offset, (code, cell) in enumerate(cells, 1):
            value = item.values.get(code)
            made: str | int = "" if value is None else cell(value)
            shown = _as_clerks_write(code, made, previous.get(code), number, words["same"])
            previous[code] = made
            if isinstance(shown, int):
                page.write_number(row, offset, shown, dress.number)
            else:
                page.write_string(row, offset, shown, dress.text)
        row += 1
    _merge_departments(page, items, columns, dress)
    page.write_string(row, 0, words["total"], dress.total)
    page.write_string(row, 1, words["count"].format(count=len(items)), dress.total)


def _as_clerks_write(code: str, made: str | int, above: str | int | None, number: int, same: str) -> str | int:
    """A cell as offices really fill it: 同上 for what stands above, now and then full-width digits."""
    if code in {"transact_addr", "transact_time"} and made and made == above and number % 3 == 0:
        return same
    if number % 10 == 5 and code in {"anticipate_day", "consult_phone"}:
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in str(made))
    return made


def _merge_departments(
    page: Any, items: Sequence[SampleItem], columns: Sequence[tuple[str, str]], dress: _Dress
) -> None:
    place = 1 + [code for code, _heading in columns].index("dept_name")
    row = 4
    for department, found in groupby(items, key=lambda item: str(item.values["dept_name"])):
        count = len(list(found))
        if count > 1:
            page.merge_range(row, place, row + count - 1, place, department, dress.text)
        row += count


def _write_children(
    page: Any,
    items: Sequence[SampleItem],
    standard: Standard,
    child: Mapping[str, Any],
    parent_heading: str,
    dress: _Dress,
) -> None:
    kind = standard.kind(child["kind"])
    cells = [(code, _cell_maker(kind, code)) for code in child["columns"]]
    page.write_row(0, 0, [parent_heading, *(kind.elements[code].heading for code in child["columns"])], dress.head)
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 36)
    row = 1
    for item in items:
        for values in item.children.get(kind.code, ()):
            page.write_string(row, 0, str(item.values["task_code"]), dress.text)
            for offset, (code, cell) in enumerate(cells, 1):
                value = values.get(code)
                made = "" if value is None else cell(value)
                if isinstance(made, int):
                    page.write_number(row, offset, made, dress.number)
                else:
                    page.write_string(row, offset, made, dress.text)
            row += 1
    for offset, code in enumerate(child["columns"], 1):
        found = [values.get(code) for item in items for values in item.children.get(kind.code, ())]
        page.set_column(offset, offset, _width(kind.elements[code].heading, found))


def _cell_maker(kind: Kind, code: str) -> Callable[[Value], str | int]:
    """How a value stands in a cell: numbers as numbers, everything else as the text people read."""
    element = kind.elements[code]

    def cell(value: Value) -> str | int:
        return value if isinstance(value, int) else element.format(value)

    return cell


def _width(heading: str, values: Sequence[Value | None]) -> float:
    longest = max((len(str(value)) for value in values[:50] if value is not None), default=0)
    return float(min(max(2 * len(heading) + 2, longest + 4, 10), 40))
