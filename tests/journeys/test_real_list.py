"""The published list of a real district, imported, imported again, and imported in its other form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.journey import Gdbos

WORKBOOK = "广安区政务服务事项清单.xlsx"
CSV = "广安区政务服务事项.csv"


@pytest.fixture
def imported(gdbos: Gdbos, store: Path, guangan: Path) -> dict[str, Any]:
    report: dict[str, Any] = gdbos("import", guangan / WORKBOOK, "--yes", "--json").json
    return report


def test_the_workbook_gives_657_items_under_24_departments(imported: dict[str, Any]) -> None:
    assert imported["created"]["service_item"] == 657
    assert imported["created"]["organisation"] == 24
    assert imported["rows_read"] == 657
    assert imported["questions"] == []


def test_exactly_46_rows_are_warned_for_their_credit_code(imported: dict[str, Any]) -> None:
    issues = [issue for issue in imported["issues"] if issue["severity"] != "hint"]
    assert len(issues) == 46
    assert {issue["element"] for issue in issues} == {"dept_code"}
    assert {issue["severity"] for issue in issues} == {"warning"}
    assert len({issue["row"] for issue in issues}) == 46
    assert all(issue["sheet"] == "政务服务事项清单" and issue["column"] == "C" for issue in issues)
    proposed = {str(issue["suggestion"]) for issue in issues if issue["suggestion"]}
    assert {"115113010833722043", "115113010087786859"} <= proposed


def test_sub_items_are_linked_to_their_main_items(gdbos: Gdbos, imported: object) -> None:
    assert gdbos("list", "catalogue_item", "--json").json["total"] == 381
    bees = gdbos("list", "service_item", "--where", "主项名称=养蜂证申领", "--json").json
    assert {record["texts"]["task_name"] for record in bees["records"]} >= {"养蜂证换证"}
    licences = gdbos("list", "service_item", "--where", "部门名称=区行政审批局", "--json").json
    assert licences["total"] == 344


def test_a_second_import_changes_nothing(gdbos: Gdbos, imported: object, guangan: Path) -> None:
    again = gdbos("import", guangan / WORKBOOK, "--yes", "--json").json
    assert sum(again["created"].values()) == sum(again["updated"].values()) == 0
    assert again["unchanged"]["service_item"] == 657


def test_the_other_form_of_the_same_list_changes_nothing(gdbos: Gdbos, imported: object, guangan: Path) -> None:
    other = gdbos("import", guangan / CSV, "--yes", "--json").json
    assert other["questions"] == []
    assert other["rows_read"] == 657
    assert sum(other["created"].values()) == sum(other["updated"].values()) == 0


def test_one_undo_removes_the_whole_import(gdbos: Gdbos, imported: object) -> None:
    gdbos("undo")
    assert gdbos("list", "service_item", "--json").json["total"] == 0
    assert gdbos("list", "organisation", "--json").json["total"] == 0
    gdbos("redo")
    assert gdbos("list", "service_item", "--json").json["total"] == 657


def test_a_dry_run_writes_nothing(gdbos: Gdbos, store: Path, guangan: Path) -> None:
    report = gdbos("import", guangan / WORKBOOK, "--dry-run", "--json").json
    assert report["created"]["service_item"] == 657
    assert report["written"] is False
    assert gdbos("list", "service_item", "--json").json["total"] == 0


def test_two_characters_initials_and_codes_find_items(gdbos: Gdbos, imported: object) -> None:
    bees = gdbos("search", "养蜂", "--json").json
    assert any("养蜂证" in record["texts"]["task_name"] for record in bees["records"])
    initials = gdbos("search", "yfzsl", "--json").json
    assert any(record["texts"]["task_name"] == "养蜂证申领" for record in initials["records"])
    code = gdbos("search", "511Z07001006", "--json").json
    assert code["records"][0]["texts"]["task_name"].startswith("企业投资项目备案")
