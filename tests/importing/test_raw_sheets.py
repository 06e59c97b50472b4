"""Cells become texts, merged cells fill what they cover, blank rows vanish; both readers say the same."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest

from gdbos_desktop.importing.raw_sheets import MergedRange, SheetSource, column_letters, joined_rows, text_of
from gdbos_desktop.importing.workbook_reader import open_workbook
from tests.importing.books import FOOD, HEADINGS, TAXI, write_book


def joined(rows: Sequence[Sequence[str]], merged: Sequence[MergedRange] = ()) -> list[list[str]]:
    source = SheetSource("清单", rows=lambda: iter((n, list(row)) for n, row in enumerate(rows, 1)), merged=merged)
    return [row.split("\x1f") for row in joined_rows(source)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("字", "字"),
        (True, "TRUE"),
        (5, "5"),
        (20.0, "20"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (370112.5, "370112.5"),
        (115113010087783, "115113010087783"),
        (115113010087783530.0, "1.15113010087784E+17"),
        (1000, "1000"),
        (370_000_000, "370000000"),
        (3.701e9, "3701000000"),
        (3.7e11, "\x1d370000000000"),
        (1_000_000_000_000, "\x1d1000000000000"),
        (-3.7e11, "-370000000000"),
        (datetime.datetime(2026, 11, 24), "2026-11-24"),
        (datetime.datetime(2026, 11, 24, 9, 30), "2026-11-24 09:30:00"),
        (datetime.date(2026, 11, 24), "2026-11-24"),
        (datetime.time(9, 30), "09:30"),
    ],
)
def test_a_cell_value_has_one_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_blank_rows_vanish_and_numbers_stay() -> None:
    assert joined([["a"], [""], [" 　"], ["b"]]) == [["1", "a"], ["4", "b"]]


def test_merged_cells_fill_what_they_cover_and_nothing_else() -> None:
    rows = [["县局", "甲"], ["", "乙"], ["自己的", "丙"], ["", "丁"]]
    assert joined(rows, [(1, 1, 3, 1)]) == [
        ["1", "县局", "甲"],
        ["2", "县局", "乙"],
        ["3", "自己的", "丙"],
        ["4", "", "丁"],
    ]


def test_a_wide_merged_cell_alone_in_its_row_is_a_banner_and_not_data() -> None:
    rows = [["标题", "", "", ""], ["a", "b", "c", "d"]]
    assert joined(rows, [(1, 1, 1, 4)])[0][0] == "1b"


def test_control_characters_of_the_wire_cannot_make_cells_or_rows() -> None:
    assert joined([["a\x1fb\x1ec", "d"]]) == [["1", "a b c", "d"]]


@pytest.mark.parametrize(
    ("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_columns_have_the_letters_of_the_office_program(column: int, letters: str) -> None:
    assert column_letters(column) == letters


def test_the_fast_and_the_sparse_reader_say_the_same(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "a.xlsx",
        {
            "清单": [
                ["标题"], [None], [None, *HEADINGS], [None, *FOOD], [None, None, *TAXI[1:5], 20, 10.5, 3.7e11], [],
                [None, None, "合计", datetime.datetime(2026, 11, 24), True, 115113010087783530],
            ],
            "空": [],
        },
        ["A1:H1", "B4:B5"],
    )  # fmt: skip
    fast, sparse = ([list(joined_rows(sheet)) for sheet in open_workbook(path, sparse=way)] for way in (False, True))
    assert [[row.rstrip("\x1f") for row in rows] for rows in fast] == [
        [row.rstrip("\x1f") for row in rows] for rows in sparse
    ]
    assert fast[0][3].split("\x1f")[2] == FOOD[0]
    assert fast[1] == []
