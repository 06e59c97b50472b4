"""Bad input: its own clear message each, and everything stays as it was."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.journeys.journey import Gdbos
from tests.journeys.test_commands import FOOD, HEADINGS, TAXI, write_workbook

CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def _not_a_workbook(path: Path) -> Path:
    path.write_bytes("这是一封信,不是工作簿。".encode() * 50)
    return path


def _broken_zip(path: Path) -> Path:
    whole = write_workbook(path, [HEADINGS, FOOD]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def _password_protected(path: Path) -> Path:
    path.write_bytes(OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2048)
    return path


def _without_header(path: Path) -> Path:
    return write_workbook(path, [["随便", "写写"], ["没有", "表头"]])


def _empty(path: Path) -> Path:
    return write_workbook(path, [])


def _far_apart(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "事项名称"
    sheet["XFD60000"] = "x"
    book.save(path)
    return path


def _a_zip_of_something_else(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return path


@pytest.mark.parametrize(
    "make",
    [_not_a_workbook, _broken_zip, _password_protected, _without_header, _empty, _a_zip_of_something_else],
)
def test_a_file_that_cannot_be_imported_says_which_and_why(
    gdbos: Gdbos, store: Path, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    bad = make(tmp_path / "坏文件.xlsx")
    before = store.read_bytes()
    refused = gdbos("import", bad, "--yes", "--json", code=2).json["error"]
    assert "坏文件.xlsx" in refused["sentence"]
    assert CHINESE.search(refused["sentence"])
    assert CHINESE.search(refused["remedy"])
    assert gdbos("list", "service_item", "--json").json["total"] == 0
    assert store.read_bytes() == before


def test_a_stray_cell_at_the_end_of_the_sheet_neither_hurts_nor_passes_unseen(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    report = gdbos("import", _far_apart(tmp_path / "远.xlsx"), "--yes", "--json").json
    assert report["rows_read"] == 0
    assert any(issue["sheet"] == "Sheet" and "XFD60000" in issue["message"] for issue in report["issues"])


def test_each_unreadable_file_has_a_message_of_its_own(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    makers = (_not_a_workbook, _broken_zip, _password_protected, _without_header, _empty)
    codes = [
        gdbos("import", make(tmp_path / "坏文件.xlsx"), "--yes", "--json", code=2).json["error"]["code"]
        for make in makers
    ]
    assert len(set(codes)) == len(codes), codes


def test_a_missing_file_and_a_folder_are_told_apart(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    missing = gdbos("import", tmp_path / "没有.xlsx", "--json", code=2).json["error"]["code"]
    folder = gdbos("import", tmp_path, "--json", code=2).json["error"]["code"]
    assert missing != folder


def test_a_code_damaged_by_the_spreadsheet_program_is_reported_by_cell(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    damaged: list[object] = [*FOOD[:4], "3.70E+11", *FOOD[5:]]
    report = gdbos(
        "import", write_workbook(tmp_path / "a.xlsx", [HEADINGS, damaged, TAXI]), "--yes", "--json", code=1
    ).json
    (issue,) = [issue for issue in report["issues"] if issue["severity"] == "error"]
    assert (issue["row"], issue["column"], issue["element"]) == (2, "E", "local_task_code")
    assert "3.70E+11" in issue["message"]
    assert report["created"]["service_item"] == 1  # the other row is not held back


def test_a_code_stored_as_a_long_number_is_reported_by_cell(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    damaged: list[object] = [FOOD[0], 115113010087783530, *FOOD[2:]]
    report = gdbos("import", write_workbook(tmp_path / "a.xlsx", [HEADINGS, damaged]), "--yes", "--json", code=1).json
    (issue,) = [issue for issue in report["issues"] if issue["severity"] == "error"]
    assert (issue["row"], issue["column"], issue["element"]) == (2, "B", "dept_code")


def test_an_unknown_code_list_value_is_reported_with_what_is_allowed(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    wrong: list[object] = [*FOOD[:3], "魔法许可", *FOOD[4:]]
    report = gdbos("import", write_workbook(tmp_path / "a.xlsx", [HEADINGS, wrong]), "--yes", "--json", code=1).json
    issue = report["issues"][0]
    assert (issue["row"], issue["column"], issue["element"]) == (2, "D", "task_type")
    assert "魔法许可" in issue["message"]
    assert "行政许可" in issue["message"]
    assert report["problems"]["service_item"] == 1


def test_a_code_used_twice_names_both_rows(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    twice: list[object] = [*TAXI[:4], FOOD[4], *TAXI[5:]]
    report = gdbos(
        "import", write_workbook(tmp_path / "a.xlsx", [HEADINGS, FOOD, twice]), "--yes", "--json", code=1
    ).json
    issue = next(issue for issue in report["issues"] if issue["severity"] == "error")
    assert issue["row"] == 3
    assert "2" in issue["message"]


def test_an_unknown_heading_is_a_question_and_nothing_is_written_before_it_is_answered(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    odd = write_workbook(tmp_path / "a.xlsx", [[*HEADINGS, "办结要多久呀"], [*FOOD, "5"]])
    asked = gdbos("import", odd, "--json", code=2).json
    assert asked["written"] is False
    (question,) = asked["questions"]
    assert "办结要多久呀" in question["text"]
    assert gdbos("list", "service_item", "--json").json["total"] == 0
    answered = gdbos("import", odd, "--answer", "办结要多久呀=promise_explain", "--json").json
    assert answered["questions"] == []
    assert gdbos("show", FOOD[4], "--json").json["elements"]["promise_explain"] == "5"
    assert gdbos("import", odd, "--json").json["questions"] == []  # the answer is remembered for this template


def test_csv_in_every_usual_encoding_gives_the_same(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        with (tmp_path / "a.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([HEADINGS, FOOD, TAXI])
        report = gdbos("import", tmp_path / "a.csv", "--yes", "--json").json
        assert report["created"]["service_item"] + report["unchanged"]["service_item"] == 2


def test_a_store_of_a_newer_program_is_refused_untouched(gdbos: Gdbos, store: Path) -> None:
    import sqlcipher3.dbapi2 as sqlite

    connection = sqlite.connect(str(store))
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version + 1000}")
    connection.close()
    before = store.read_bytes()
    assert gdbos("list", "service_item", "--json", code=2).json["error"]["code"] == "newer-store"
    assert store.read_bytes() == before


def test_a_file_that_is_no_store_is_refused_untouched(gdbos: Gdbos, tmp_path: Path) -> None:
    letter = tmp_path / "letter.gdbos"
    letter.write_text("不是数据文件" * 1000, encoding="utf-8")
    before = letter.read_bytes()
    gdbos("list", "service_item", "--store", letter, "--json", code=2)
    assert letter.read_bytes() == before


def test_a_new_store_never_overwrites_a_file(gdbos: Gdbos, store: Path) -> None:
    before = store.read_bytes()
    gdbos("init", "--name", "另一个", "--region", "511602", code=2)
    assert store.read_bytes() == before


def test_an_export_over_a_file_that_is_open_elsewhere_is_refused(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "清单.xlsx"
    target.write_bytes(b"yesterday")
    (tmp_path / ".~lock.清单.xlsx#").write_text(",张三,office,24.11.2026 09:00,file:///;", encoding="utf-8")
    refused = gdbos("export", "workbook", "--to", target, "--json", code=2).json["error"]
    assert "清单.xlsx" in refused["sentence"]
    assert target.read_bytes() == b"yesterday"


def test_an_unknown_code_kind_or_element_is_told_with_a_way_on(gdbos: Gdbos, store: Path) -> None:
    for words in (
        ["show", "NO-SUCH"],
        ["list", "魔法"],
        ["list", "service_item", "--where", "magic=1"],
        ["set", "X", "magic"],
    ):
        refused = gdbos(*words, "--json", code=2)
        assert CHINESE.search(refused.out) or CHINESE.search(refused.err)


def test_nothing_to_undo_is_said_not_thrown(gdbos: Gdbos, store: Path) -> None:
    assert gdbos("undo", "--json", code=2).json["error"]["code"] == "nothing-to-undo"


def test_an_answer_that_names_no_element_says_so(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    odd = write_workbook(tmp_path / "a.xlsx", [[*HEADINGS, "蹊跷"], [*FOOD, "甲"]])
    run = gdbos("import", odd, "--answer", "蹊跷=不存在", code=2)
    assert "没有要素“不存在”" in run.err
    assert "蹊跷" in gdbos("import", odd, code=2).err
    assert gdbos("import", odd, "--answer", "蹊跷=不导入这一列", "--json").json["questions"] == []


def test_a_region_code_that_is_none_makes_no_store(gdbos: Gdbos, tmp_path: Path) -> None:
    run = gdbos("init", "--store", tmp_path / "b.gdbos", "--name", "乙", "--region", "5116", code=2)
    assert "“5116”不是行政区划代码" in run.err
    assert not (tmp_path / "b.gdbos").exists()
