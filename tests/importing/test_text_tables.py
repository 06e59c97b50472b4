"""Text tables: every usual encoding and delimiter gives the same rows, without anybody being asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdbos_desktop.importing.csv_reader import open_text_table
from gdbos_desktop.importing.raw_sheets import ReadingFailure
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, write_csv

ROWS = [HEADINGS, FOOD, TAXI]


def rows_of(path: Path) -> list[list[str]]:
    (sheet,) = open_text_table(path)
    return [cells for _number, cells in sheet.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_encoding_and_delimiter_gives_the_same_rows(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = write_csv(tmp_path / "清单.csv", ROWS, encoding, delimiter)
    assert rows_of(path) == [list(row) for row in ROWS]


def test_rare_characters_of_gb18030_survive(tmp_path: Path) -> None:
    rows = [HEADINGS, (*FOOD[:2], "㙍𠮷证申领", *FOOD[3:])]
    assert rows_of(write_csv(tmp_path / "a.csv", rows, "gb18030"))[1][2] == "㙍𠮷证申领"


def test_quoted_cells_keep_breaks_commas_and_quotes(tmp_path: Path) -> None:
    cell = '第一行\n第二行,还有"引号"'
    assert rows_of(write_csv(tmp_path / "a.csv", [HEADINGS, [cell, *FOOD[1:]]]))[1][0] == cell


def test_text_that_is_neither_utf8_nor_gb18030_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("事项名称,事项类型\n".encode() + b"\xff\xff\xfe\n")
    with pytest.raises(ReadingFailure) as refusal:
        open_text_table(path)
    assert refusal.value.code == "encoding"


def test_a_text_table_imports_like_the_workbook(county: County, tmp_path: Path) -> None:
    county.take(write_csv(tmp_path / "清单.csv", [*ROWS, BEES], "gb18030"))
    again = county.propose([*ROWS, BEES])
    assert again.is_empty
    assert again.counts["service_item"].unchanged == 3


def test_blank_cells_of_a_second_table_take_nothing_away(county: County, tmp_path: Path) -> None:
    county.take([*ROWS])
    other = county.propose(write_csv(tmp_path / "别的.csv", [HEADINGS, (*FOOD[:5], "", ""), TAXI]))
    assert other.is_empty
