"""Every command by hand: a small county, edited, checked, exported, taken back."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import sqlcipher3.dbapi2 as driver

from tests.journeys.journey import Gdbos

HEADINGS: list[object] = [
    "部门名称",
    "统一社会信用代码",
    "事项名称",
    "事项类型",
    "地方实施编码",
    "法定办结时限",
    "承诺办结时限",
]
FOOD: list[object] = ["示例县市场监管局", "11511301MB051073XA", "食品经营许可(新办)", "行政许可", "T-0001", "20", "5"]
TAXI: list[object] = ["示例县交通运输局", "11511301008778175U", "出租汽车经营许可", "行政许可", "T-0002", "20", "10"]


def write_workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def county(gdbos: Gdbos, store: Path, tmp_path: Path) -> Path:
    gdbos("import", write_workbook(tmp_path / "两项.xlsx", [HEADINGS, FOOD, TAXI]), "--yes")
    return store


def test_an_edit_is_shown_in_the_record_and_in_its_history_and_undo_takes_it_back(gdbos: Gdbos, county: Path) -> None:
    gdbos("set", "T-0001", "承诺办结时限=3")
    assert gdbos("show", "T-0001", "--json").json["elements"]["promise_day"] == 3
    entries = gdbos("history", "T-0001", "--json").json["entries"]
    assert [entry["origin"] for entry in entries] == ["edit", "import"]
    assert entries[0]["changes"][0]["before"] == {"promise_day": 5}
    gdbos("undo")
    assert gdbos("show", "T-0001", "--json").json["elements"]["promise_day"] == 5
    gdbos("redo")
    assert gdbos("show", "T-0001", "--json").json["elements"]["promise_day"] == 3


def test_a_wrong_value_is_refused_with_a_sentence_and_nothing_is_written(gdbos: Gdbos, county: Path) -> None:
    refused = gdbos("set", "T-0001", "事项类型=魔法", "--json", code=1)
    assert "魔法" in refused.json["issues"][0]["message"]
    assert gdbos("show", "T-0001", "--json").json["elements"]["task_type"] == "01"


def test_setting_the_value_a_record_has_changes_nothing(gdbos: Gdbos, county: Path) -> None:
    before = gdbos("show", "T-0001", "--json").json
    assert gdbos("set", "T-0001", "promise_day=5", "--json").json["changed"] == 0
    assert gdbos("show", "T-0001", "--json").json == before


def test_lists_are_filtered_by_any_element_in_the_words_of_the_field(gdbos: Gdbos, county: Path) -> None:
    assert gdbos("list", "service_item", "--where", "事项类型=行政许可", "--json").json["total"] == 2
    one = gdbos("list", "实施清单事项", "--where", "承诺办结时限=10", "--json").json
    assert [record["elements"]["task_name"] for record in one["records"]] == ["出租汽车经营许可"]
    assert gdbos("list", "organisation", "--json").json["total"] == 2


def test_checks_report_rule_record_and_remedy_and_exit_with_findings(gdbos: Gdbos, county: Path) -> None:
    gdbos("set", "T-0001", "promise_day=30")
    report = gdbos("check", "--json", code=1).json
    assert report["checked"] == 2
    limits = [
        issue for issue in report["issues"] if issue["record_code"] == "T-0001" and issue["element"] == "promise_day"
    ]
    assert limits
    assert all(issue["message"] for issue in limits)
    only = gdbos("check", "--rule", limits[0]["code"], "--json", code=None).json
    assert {issue["code"] for issue in only["issues"]} == {limits[0]["code"]}
    family = str(limits[0]["code"]).rstrip("abcdefghijklmnopqrstuvwxyz")
    under = {issue["code"] for issue in gdbos("check", "--rule", family, "--json", code=None).json["issues"]}
    assert limits[0]["code"] in under
    assert all(code.startswith(family) for code in under)


def test_a_rule_nobody_wrote_and_a_value_that_is_no_number_are_refused_by_name(gdbos: Gdbos, county: Path) -> None:
    assert "没有规则“Q99”" in gdbos("check", "--rule", "Q99", code=2).err
    assert "承诺办结时限：“多久”不是整数" in gdbos("set", "T-0001", "承诺办结时限=多久", code=1).out


def test_an_export_imports_again_without_any_change(gdbos: Gdbos, county: Path, tmp_path: Path) -> None:
    gdbos("export", "workbook", "--to", tmp_path / "清单.xlsx")
    again = gdbos("import", tmp_path / "清单.xlsx", "--yes", "--json").json
    assert sum(again["created"].values()) == sum(again["updated"].values()) == 0
    assert again["questions"] == []


def test_an_export_in_a_layout_imports_again_by_the_same_recipe(gdbos: Gdbos, county: Path, tmp_path: Path) -> None:
    layout = ("--layout", "one-row-per-material", "--to", tmp_path / "材料.xlsx")
    made = gdbos("export", "workbook", *layout, "--json").json
    assert made["rows"] == {"事项与材料": 2}
    words = ("import", tmp_path / "材料.xlsx", "--recipe", "one-row-per-material", "--yes", "--json")
    again = gdbos(*words, code=None).json
    assert sum(again["created"].values()) == sum(again["updated"].values()) == 0
    refused = gdbos("export", "workbook", "--layout", "没有这个", "--to", tmp_path / "x.xlsx", code=2)
    assert "没有这个" in refused.err


def test_guides_are_written_one_for_each_item(gdbos: Gdbos, county: Path, tmp_path: Path) -> None:
    made = gdbos("export", "guide", "--to", tmp_path / "办事指南", "--json").json
    assert len(made["paths"]) == 2
    assert all(Path(path).stat().st_size > 5_000 for path in made["paths"])


def test_a_sample_of_any_size_imports_without_a_question(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    gdbos("sample", "--rows", 300, "--to", tmp_path / "sample.xlsx")
    report = gdbos("import", tmp_path / "sample.xlsx", "--yes", "--json", code=None).json
    assert report["questions"] == []
    left = report["skipped"]["service_item"] + report["problems"]["service_item"]
    assert report["created"]["service_item"] + left == 300


def test_the_main_job_runs_from_end_to_end_and_again(gdbos: Gdbos, tmp_path: Path) -> None:
    first = gdbos("demo", "--out", tmp_path / "demo", "--no-window")
    assert "办事指南" in first.out
    assert list((tmp_path / "demo").glob("*.xlsx"))
    assert len(list((tmp_path / "demo").rglob("*.docx"))) > 10
    again = gdbos("demo", "--out", tmp_path / "demo", "--no-window")
    assert "已经" in again.out or "没有新增" in again.out


def test_a_protected_store_opens_with_its_password_only(
    gdbos: Gdbos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDBOS_STORE_PASSWORD", "correct horse")
    secret = tmp_path / "secret.gdbos"
    gdbos("init", "--store", secret, "--name", "机要科", "--region", "511602", "--password")
    assert not secret.read_bytes().startswith(b"SQLite format 3")
    gdbos("list", "service_item", "--store", secret)
    monkeypatch.setenv("GDBOS_STORE_PASSWORD", "wrong")
    assert gdbos("list", "service_item", "--store", secret, "--json", code=2).json["error"]["code"] == "wrong-password"
    monkeypatch.delenv("GDBOS_STORE_PASSWORD")
    gdbos("list", "service_item", "--store", secret, code=2)


def test_a_history_that_somebody_changed_is_told_with_the_entry(gdbos: Gdbos, county: Path) -> None:
    gdbos("set", "T-0001", "promise_day=3")
    assert gdbos("verify", "--json").json == {"faults": []}
    raw = driver.connect(str(county), isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    (last,) = raw.execute("SELECT max(sequence) FROM change_set").fetchone()
    raw.execute("UPDATE change_set SET actor = 'somebody' WHERE sequence = ?", (last,))
    raw.close()
    assert gdbos("verify", "--json", code=1).json == {
        "faults": [{"sequence": last, "message": "这条历史记录被人改动过。"}]
    }


def test_a_file_with_a_wrong_row_is_written_only_when_the_others_are_accepted(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    wrong: list[object] = [*TAXI[:3], "魔法许可", *TAXI[4:]]
    book = write_workbook(tmp_path / "一错.xlsx", [HEADINGS, FOOD, wrong])
    refused = gdbos("import", book, "--json", code=1).json
    assert refused["written"] is False
    assert (refused["created"]["service_item"], refused["problems"]["service_item"]) == (1, 1)
    assert gdbos("list", "service_item", "--json").json["total"] == 0
    assert "没有写入" in gdbos("import", book, code=1).err
    assert gdbos("import", book, "--yes", "--json", code=1).json["written"] is True
    assert gdbos("list", "service_item", "--json").json["total"] == 1
    again = gdbos("import", book, "--yes", code=1).err
    assert "已经全部在库中" not in again, "a row was refused"
    assert "1 条有问题" in again


def test_an_import_of_nothing_new_writes_nothing_and_offers_no_undo(gdbos: Gdbos, county: Path, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "两项.xlsx", [HEADINGS, FOOD, TAXI])
    before = county.read_bytes()
    again = gdbos("import", book, "--yes", "--json").json
    assert (again["written"], again["created"]["organisation"], again["unchanged"]["service_item"]) == (False, 0, 2)
    assert "undo" not in gdbos("import", book, "--yes").err
    assert county.read_bytes() == before


def test_a_code_that_another_item_has_is_refused_with_its_name(gdbos: Gdbos, county: Path) -> None:
    run = gdbos("set", "T-0001", "地方实施编码=T-0002", code=2)
    assert "T-0002 已是“出租汽车经营许可”的编码" in run.err
    gdbos("show", "T-0001")


def test_a_value_out_of_its_range_is_saved_and_warned_at_once(gdbos: Gdbos, county: Path) -> None:
    run = gdbos("set", "T-0001", "promise_day=30")
    assert "长于法定的" in run.out
    assert gdbos("show", "T-0001", "--json").json["elements"]["promise_day"] == 30


def test_a_heading_that_the_file_lacks_cannot_be_answered(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "两项.xlsx", [HEADINGS, FOOD, TAXI])
    assert "没有表头为“不在”的列" in gdbos("import", book, "--answer", "不在=promise_type", code=2).err


def test_every_command_that_does_something_speaks_json(gdbos: Gdbos, county: Path, tmp_path: Path) -> None:
    made = gdbos(
        "init", "--store", tmp_path / "另.gdbos", "--name", "另一局", "--region", "５１１６０２", "--json"
    ).json
    assert (made["name"], made["region"]) == ("另一局", "511602")
    gdbos("set", "T-0001", "promise_day=3")
    assert gdbos("undo", "--json").json["changed"] == gdbos("redo", "--json").json["changed"] == 1
    assert gdbos("sample", "--rows", 3, "--to", tmp_path / "三.csv", "--json").json["rows"] == 3
    found = gdbos("search", "出租汽车", "--json").json["records"]
    assert [record["texts"]["dept_name"] for record in found if record["kind"] == "service_item"] == [
        "示例县交通运输局"
    ]
