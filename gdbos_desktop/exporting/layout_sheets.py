"""The sheets of a layout around their rows: headings in one row or several, widths, text formats; and forms.

Hides XlsxWriter. Like a list's skeleton, a table is given as what stands before and after its rows.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from gdbos_desktop.exporting.rows import ROW_LIMIT, column_letters, display_width
from gdbos_desktop.exporting.skeleton import SheetSize, Skeleton, taken_apart
from gdbos_desktop.exporting.words import LIST_FACE

_MADE = datetime.datetime(2020, 1, 1)  # not a moment: the same data makes the same bytes
_TINTS = ("#DCE6F1", "#EAF0F7")
_NARROWEST, _WIDEST = 9, 36
_WIDE_GROUP = 4
"""A group over so many more columns is written from the left: its middle may be off the screen."""
_LABEL_WIDTH, _TEXT_WIDTH = 26, 70


@dataclass(frozen=True)
class TableSheet:
    """A table: the parts of each column's heading from the widest group to the column, how many rows they take, where
    they begin (rows from 1), and which columns hold whole numbers."""

    name: str
    headings: Sequence[Sequence[str]]
    first_row: int
    header_rows: int
    numbers: frozenset[int]
    widths: Sequence[int] = ()
    row_count: int = 0
    caption: str = ""

    @property
    def data_row(self) -> int:
        """The first row below the headings."""
        return self.first_row + self.header_rows


def make_tables(tables: Sequence[TableSheet], title: str, subject: str) -> Skeleton:
    """The workbook around the rows of these tables."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": title, "subject": subject, "created": _MADE})
    common = {"font_name": LIST_FACE, "font_size": 10.5, "valign": "vcenter"}
    text = book.add_format({**common, "num_format": "@", "text_wrap": True})
    number = book.add_format({**common, "num_format": "0", "align": "center"})
    heads = [
        tuple(
            book.add_format({
                **common, "bold": True, "text_wrap": True, "align": align, "border": 1, "border_color": "#A6B4C4",
                "bg_color": tint,
            })
            for align in ("center", "left")
        )
        for tint in _TINTS
    ]  # fmt: skip
    for table in tables:
        _write_table(book.add_worksheet(table.name), table, text, number, heads)
    book.close()
    sizes = [SheetSize(table.data_row, len(table.headings), table.row_count) for table in tables]
    return taken_apart(target, sizes)


def _write_table(sheet: Worksheet, table: TableSheet, text: Any, number: Any, heads: Sequence[tuple[Any, ...]]) -> None:
    if table.caption and table.first_row > 1:
        sheet.write_string(0, 0, table.caption)
    for place, heading in enumerate(table.headings):
        found = table.widths[place] if table.widths else 0
        own = min(display_width(heading[-1]) if heading else 0, 20) + 2
        style = number if place in table.numbers else text
        sheet.set_column(place, place, 1.1 * max(own, min(found + 2, _WIDEST), _NARROWEST), style)
        sheet.write_blank(table.data_row - 1, place, None, style)
    tint = 0
    for place, heading in enumerate(table.headings):
        if place and heading[:1] != table.headings[place - 1][:1]:
            tint = 1 - tint
        _write_heading(sheet, table, place, heads[tint])
    last = len(table.headings) - 1
    sheet.autofilter(table.data_row - 2, 0, max(table.data_row - 1, table.data_row + table.row_count - 2), last)
    sheet.freeze_panes(table.data_row - 1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(last)}{ROW_LIMIT}"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(table.first_row - 1, table.data_row - 2)


def _write_heading(sheet: Worksheet, table: TableSheet, place: int, styles: tuple[Any, ...]) -> None:
    """A column's heading; groups alike side by side are one merged cell, a short path reaches down."""
    heading = table.headings[place]
    for level, words in enumerate(heading):
        top = table.first_row - 1 + level
        bottom = table.data_row - 2 if level == len(heading) - 1 else top
        right = place
        if level < len(heading) - 1:
            if (
                place
                and table.headings[place - 1][: level + 1] == heading[: level + 1]
                and len(table.headings[place - 1]) > level + 1
            ):
                continue  # inside a group that began further left
            while (
                right + 1 < len(table.headings)
                and len(table.headings[right + 1]) > level + 1
                and table.headings[right + 1][: level + 1] == heading[: level + 1]
            ):
                right += 1
        style = styles[right - place >= _WIDE_GROUP]
        if not words:
            for row in range(top, bottom + 1):
                sheet.write_blank(row, place, None, style)
        elif (bottom, right) == (top, place):
            sheet.write_string(top, place, words, style)
        else:
            sheet.merge_range(top, place, bottom, right, "", style)
            sheet.write_string(top, place, words, style)


class FormBook:
    """A workbook of forms: a sheet for each record, label left, value right."""

    def __init__(self, title: str, subject: str) -> None:
        self._target = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._target,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
        )
        self._book.set_properties({"title": title, "subject": subject, "created": _MADE})
        common = {"font_name": LIST_FACE, "font_size": 10.5, "border": 1, "border_color": "#A6B4C4", "text_wrap": True}
        self._label = self._book.add_format({**common, "bold": True, "bg_color": _TINTS[0], "valign": "vcenter"})
        self._text = self._book.add_format({**common, "num_format": "@", "valign": "vcenter"})

    def add(self, name: str, pairs: Sequence[tuple[str, str]], first_row: int) -> None:
        """A form; ``first_row`` is where it begins, from 1."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, _LABEL_WIDTH, self._label)
        sheet.set_column(1, 1, _TEXT_WIDTH, self._text)
        for row, (label, text) in enumerate(pairs, first_row - 1):
            lines = sum(1 + max(display_width(line) - 1, 0) // _TEXT_WIDTH for line in text.split("\n"))
            sheet.set_row(row, 18 * min(max(lines, 1), 20))
            sheet.write_string(row, 0, label, self._label)
            if text:
                sheet.write_string(row, 1, text, self._text)
            else:
                sheet.write_blank(row, 1, None, self._text)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def finish(self) -> bytes:
        """The workbook."""
        self._book.close()
        return self._target.getvalue()
