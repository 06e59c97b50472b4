"""Days after an import, by hand: names that mean the same, and an import taken back but for what was touched since."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.journeys.journey import Gdbos

ITEMS = [
    ["部门名称", "统一社会信用代码", "事项名称", "事项类型", "地方实施编码", "法定办结时限", "承诺办结时限"],
    ["示例县市场监管局", "11511301MB051073XA", "食品经营许可(新办)", "行政许可", "T-0001", "20", "5"],
    ["示例县交通运输局", "11511301008778175U", "出租汽车经营许可", "行政许可", "T-0002", "20", "10"],
]
MATERIALS = [
    ["所属事项编码", "材料名称"],
    ["T-0001", "居民身份证"],
    ["T-0001", "食品经营许可申请表"],
    ["T-0002", "身份证原件及复印件"],
    ["T-0002", "申请人身份证（原件、复印件各1份）"],
    ["T-0002", "药品经营许可申请表"],
]


def _book(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.slow
def test_names_that_mean_the_same_are_listed_under_the_one_to_use(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    gdbos("import", _book(tmp_path / "清单.xlsx", {"事项": ITEMS, "申请材料": MATERIALS}), "--yes")
    found = gdbos("similar", "申请材料", "--json").json
    assert found["kind"] == "material"
    (cluster,) = found["clusters"]
    assert cluster["proposed"] == "居民身份证"
    assert {one["name"] for one in cluster["members"] if one["reason"]} == {
        "身份证原件及复印件",
        "申请人身份证（原件、复印件各1份）",
    }
    assert "居民身份证" in gdbos("similar", "material").out


@pytest.mark.slow
def test_an_import_is_taken_back_but_for_what_was_touched_since(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    gdbos("import", _book(tmp_path / "清单.xlsx", {"事项": ITEMS, "申请材料": MATERIALS}), "--yes")
    gdbos("set", "T-0001", "承诺办结时限=3")
    refused = gdbos("undo", "#1", "--json", code=2)
    account = {one["title"]: one for one in refused.json["hindered"]}
    (change,) = account["食品经营许可(新办)"]["changes"]
    assert (change["element"], change["before"], change["after"]) == ("promise_day", "5", "3")
    assert refused.json["free"] > 0
    told = gdbos("undo", "1", code=2).out
    assert "食品经营许可(新办)" in told
    assert "5 → 3" in told
    assert gdbos("list", "service_item", "--json").json["total"] == 2
    gdbos("undo", "1", "--rest")
    assert gdbos("list", "service_item", "--json").json["total"] == 1
    gdbos("redo")
    assert gdbos("list", "material", "--json").json["total"] == 5
