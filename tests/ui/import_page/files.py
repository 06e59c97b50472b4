"""Files to import, and the ways of the page that several tests go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.import_mapping import MappedColumn
from gdbos_desktop.ui.import_page import ImportPage, Step
from tests.ui.stage import settle

ITEM, ORGANISATION, MATERIAL = "service_item", "organisation", "material"
HEADINGS = ["事项名称", "实施主体", "事项类型", "法定办结时限", "承诺办结时限"]
ROWS: list[list[object]] = [
    ["食品经营许可", "区市监局", "行政许可", 20, 10],
    ["小餐饮备案", "区市监局", "其他行政权力", 10, 5],
    ["教师资格认定", "区教体局", "行政许可", 30, 15],
]
BAD_ROW: list[object] = ["坏的一行", "区市监局", "行政许口", 20, 10]
PAUSE = 0.25
"""Longer than the pause after a mend; twice as long is longer than any."""


def workbook(path: Path, rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> Path:
    """A workbook with one sheet."""
    return workbook_of(path, {"事项": [list(headings), *rows]})


def workbook_of(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def step(page: ImportPage) -> Step:
    """Where the page is; asked anew each time."""
    return page.step


def read(page: ImportPage, path: Path, bridge: Bridge) -> None:
    """Open a file: the columns are in sight."""
    page.read(path)
    settle(bridge, 0.1)


def review(page: ImportPage, path: Path, bridge: Bridge) -> None:
    """Open a file and go on to the review."""
    read(page, path, bridge)
    if page.step is Step.COLUMNS:
        page.continue_button.click()
        settle(bridge, 0.1)


def asked(page: ImportPage) -> list[MappedColumn]:
    """The columns that need an answer."""
    return [one for one in page.columns.columns if one.is_asked]
