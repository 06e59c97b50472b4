"""A check of a file and its result: handed back, mended, imported again."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gdbos_desktop.bootstrap import create_workbench
from gdbos_desktop.exporting.words import RESULT_SHEET
from gdbos_desktop.importing import Decision, Proposal
from gdbos_desktop.services.import_results import ResultFiles, write_result_files
from gdbos_desktop.system.errors import Cancelled, KnownError
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, write_book, write_csv

WRONG = ("示例县交通运输局", "11511301008778175U", "货运许可", "行政许可什么", "T-0005", "五天", "很快")


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    (tmp_path / "files").mkdir()
    workbench = create_workbench(tmp_path / "county.gdbos", "示例县", "511602")
    yield County(workbench, tmp_path / "files")
    workbench.close()


def _check(county: County, path: Path, to: Path | None = None) -> tuple[Proposal, ResultFiles]:
    with county.session(path) as session:
        proposal = county.workbench.imports.propose(session)
    return proposal, write_result_files(county.workbench.workspace, session, proposal, to or county.folder)


def _decisions(proposal: Proposal) -> list[tuple[str, int, Decision]]:
    return [(row.place.sheet, row.place.row, row.decision) for row in proposal.rows]


def _status(path: Path) -> list[Any]:
    sheet: Any = openpyxl.load_workbook(path).worksheets[0]
    return [cell.value for cell in sheet["H"]]


def test_a_result_says_of_every_row_what_becomes_of_it_and_nothing_is_written(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    before = county.change_count()
    rows = [HEADINGS, FOOD, (*TAXI[:-1], "8"), BEES, WRONG]
    _proposal, files = _check(county, write_book(county.folder / "月报.xlsx", rows))
    status = _status(files.workbook.path)
    assert status[:3] == [RESULT_SHEET, "未变", "修改：承诺办结时限：10 → 8"]
    assert status[3].startswith("新增\n警告 B4：")
    assert status[4].startswith("有误：这一行不会导入\n错误 D5：")
    sheet: Any = openpyxl.load_workbook(files.workbook.path).worksheets[0]
    assert sheet["D5"].comment.text.startswith("错误 [unknown-code]\n")
    assert county.change_count() == before


def test_the_data_beside_it_say_the_same_to_a_program(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    rows = [HEADINGS, FOOD, (*TAXI[:-1], "8"), WRONG]
    proposal, files = _check(county, write_book(county.folder / "月报.xlsx", rows))
    data = json.loads(files.data.read_text(encoding="utf-8"))
    assert data["decisions"] == {"new": 0, "changed": 1, "unchanged": 1, "problem": 1, "skipped": 0}
    assert [(row["row"], row["decision"]) for row in data["rows"]] == [(2, "unchanged"), (3, "changed"), (4, "problem")]
    assert data["rows"][1]["changes"] == [
        {"element": "promise_day", "label": "承诺办结时限", "old": "10", "new": "8"},
    ]
    assert {issue["cell"] for issue in data["rows"][2]["issues"]} == {"D4", "G4"}
    assert {rule["code"]: rule["count"] for rule in data["rules"]} == {"number": 1, "unknown-code": 1}
    assert len(data["issues"]) == len(proposal.issues)
    assert not data["is_written"]


def test_a_result_that_comes_back_is_decided_like_its_source(county: County) -> None:
    county.take([HEADINGS, FOOD])
    proposal, files = _check(county, write_book(county.folder / "月报.xlsx", [HEADINGS, FOOD, TAXI, WRONG]))
    with county.session(files.workbook.path) as session:
        assert session.questions == []
        again = county.workbench.imports.propose(session)
    assert _decisions(again) == _decisions(proposal)


def test_a_result_of_a_result_puts_its_words_in_the_same_column(county: County) -> None:
    _proposal, first = _check(county, write_book(county.folder / "月报.xlsx", [HEADINGS, FOOD, WRONG]))
    county.take([HEADINGS, FOOD])
    _again, second = _check(county, first.workbook.path)
    assert [path.name for path in (first.workbook.path, second.workbook.path)] == [
        f"月报（{RESULT_SHEET}）.xlsx", f"月报（{RESULT_SHEET}2）.xlsx",
    ]  # fmt: skip
    assert _status(second.workbook.path)[:2] == [RESULT_SHEET, "未变"]
    assert openpyxl.load_workbook(second.workbook.path).worksheets[0].max_column == 8


def test_a_text_table_comes_back_as_a_workbook(county: County) -> None:
    _proposal, files = _check(county, write_csv(county.folder / "月报.csv", [HEADINGS, FOOD, WRONG], "gb18030"))
    assert not files.workbook.is_same_workbook
    assert _status(files.workbook.path)[1] == "新增"


def test_a_workbook_that_cannot_be_marked_comes_back_with_its_title_line(county: County) -> None:
    rows = [("示例县政务服务事项清单",), HEADINGS, FOOD, WRONG]
    source = write_book(county.folder / "月报.xlsx", rows, ["A1:G1"])
    odd = county.folder / "怪.xlsx"
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(odd, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, data.replace(b"<sheetData>", b"<sheetData><!-- odd -->"))
    _proposal, files = _check(county, odd)
    assert not files.workbook.is_same_workbook
    sheet: Any = openpyxl.load_workbook(files.workbook.path).worksheets[0]
    assert [sheet["A1"].value, sheet["H2"].value, sheet["H3"].value] == [rows[0][0], RESULT_SHEET, "新增"]


def test_a_file_of_another_sort_is_not_written_over(county: County) -> None:
    source = write_book(county.folder / "月报.xlsx", [HEADINGS, FOOD])
    (county.folder / "结果.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KnownError) as refused:
        _check(county, source, county.folder / "结果.xlsx")
    assert refused.value.code == "not-a-result"
    assert not (county.folder / "结果.xlsx").exists()
    with pytest.raises(KnownError) as itself:
        _check(county, source, source)
    assert itself.value.code == "is-source"


def test_a_file_that_was_changed_since_it_was_compared_gets_no_marks(county: County) -> None:
    book = write_book(county.folder / "月报.xlsx", [HEADINGS, FOOD, TAXI])
    with county.session(book) as session:
        proposal = county.workbench.imports.propose(session)
    write_book(book, [HEADINGS, BEES, TAXI, FOOD])
    with pytest.raises(KnownError) as refusal:
        write_result_files(county.workbench.workspace, session, proposal, county.folder)
    assert refusal.value.code == "file-changed"
    assert [path.name for path in county.folder.iterdir()] == [book.name]


def test_a_workbook_that_cannot_be_written_leaves_no_data_beside_it(county: County) -> None:
    book = write_book(county.folder / "月报.xlsx", [HEADINGS, FOOD, TAXI])

    def cancel(done: int, total: int, what: str = "") -> None:
        raise Cancelled

    with county.session(book) as session:
        proposal = county.workbench.imports.propose(session)
    with pytest.raises(Cancelled):
        write_result_files(county.workbench.workspace, session, proposal, county.folder, cancel)
    assert [path.name for path in county.folder.iterdir()] == [book.name]


def test_rows_that_waited_for_what_contains_them_are_marked_in_the_order_of_the_sheet(county: County) -> None:
    rows = [("机构名称", "上级机构"), ("丙科", "乙局"), ("乙局", "甲府"), ("甲府", ""), ("丁局", "甲府")]
    _proposal, files = _check(county, write_book(county.folder / "机构.xlsx", {"机构": rows}))
    with zipfile.ZipFile(files.workbook.path) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    assert [int(number) for number in re.findall(rb'<row r="(\d+)"', xml)] == [1, 2, 3, 4, 5]
    said = json.loads(files.data.read_text(encoding="utf-8"))
    assert [row["row"] for row in said["rows"]] == [2, 3, 4, 5]
