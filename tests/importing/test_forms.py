"""Forms: label left, value right, one record on every sheet; tables inside of them."""

from __future__ import annotations

import pytest

from gdbos_desktop.importing import Proposal
from tests.importing.books import BEES, FOOD, TAXI, County, Rows


def form(item: tuple[str, ...]) -> list[list[object]]:
    """One item as a form of two pairs in a row."""
    dept, code, name, kind, number, legal, promised = item
    return [
        ["政务服务事项信息表"],
        ["事项名称", name, "事项类型", kind],
        ["实施主体", dept, "实施主体编码", code],
        ["地方实施编码", number, "法定办结时限", f"{legal}个工作日"],
        ["承诺办结时限", promised, "受理条件", None],
        ["受理条件", "一、成年。\n二、有证。"],
    ]


def errors(proposal: Proposal) -> list[tuple[str, str, str]]:
    return [
        (issue.code, issue.place.sheet, issue.place.cell)
        for issue in proposal.issues
        if issue.place is not None and issue.severity.value == "error"
    ]


def test_a_form_is_one_item(county: County) -> None:
    proposal = county.take(form(FOOD))
    assert errors(proposal) == []
    elements = county.items()[FOOD[2]].elements
    assert (elements["local_task_code"], elements["anticipate_day"], elements["promise_day"]) == (FOOD[4], 20, 5)
    assert county.propose(form(FOOD)).is_empty


@pytest.mark.parametrize("merged", [(), tuple(f"A{number}:D{number}" for number in range(1, 8))])
def test_label_and_value_may_stand_in_one_cell(county: County, merged: tuple[str, ...]) -> None:
    rows: list[list[object]] = [
        ["养蜂证办事指南"],
        [f"事项名称：{BEES[2]}"],
        [f"事项类型： {BEES[3]}"],
        [f"实施主体:{BEES[0]}"],
        ["地方实施编码：T-0003"],
        ["法定办结时限：7个工作日"],
        ["受理条件：从事养蜂：有蜂场的\n个人"],
        ["申请材料"],
        ["材料名称", "份数"],
        ["申请表", "1"],
        ["承诺办结时限：若干", None, "咨询电话：0826-1234567"],
    ]
    proposal = county.propose(rows, merged)
    assert ("number", "清单", "A11") in errors(proposal)
    rows[10][0] = "承诺办结时限：1个工作日"
    county.take(rows, merged)
    elements = county.items()[BEES[2]].elements
    assert (elements["local_task_code"], elements["anticipate_day"], elements["promise_day"]) == ("T-0003", 7, 1)
    assert elements["accept_condition"] == "从事养蜂：有蜂场的\n个人"
    assert elements["consult_phone"] == "0826-1234567"
    assert [record.elements["material_name"] for record in county.records("material")] == ["申请表"]
    assert county.propose(rows, merged).is_empty


def test_every_sheet_is_an_item(county: County) -> None:
    county.take({"一": form(FOOD), "二": form(TAXI), "三": form(BEES)})
    assert set(county.items()) == {FOOD[2], TAXI[2], BEES[2]}


def test_merged_labels_and_values_count_once(county: County) -> None:
    rows: Rows = [
        ["事项信息表"],
        ["基本信息", "事项名称", None, FOOD[2], None, None],
        [None, "事项类型", None, FOOD[3], None, None],
        [None, "实施主体", None, FOOD[0], None, None],
        [None, "承诺办结时限", None, "5", None, None],
    ]
    county.take(rows, ["A1:F1", "A2:A5", *(f"B{n}:C{n}" for n in range(2, 6)), *(f"D{n}:F{n}" for n in range(2, 6))])
    assert county.items()[FOOD[2]].elements["promise_day"] == 5


def test_what_is_wrong_is_told_at_the_cell_of_the_value(county: County) -> None:
    proposal = county.take({"一": form((*FOOD[:3], "魔法许可", *FOOD[4:])), "二": form((*TAXI[:6], "若干"))})
    assert errors(proposal) == [("unknown-code", "一", "D2"), ("number", "二", "B5")]
    assert county.items() == {}


def test_a_table_of_materials_inside_becomes_the_materials_of_the_item(county: County) -> None:
    table: list[list[object]] = [
        ["申请材料"],
        ["序号", "材料名称", "份数", "材料类型"],
        [1, "申请表", 1, "原件"],
        [2, "营业执照", "2份", "复印件"],
    ]
    proposal = county.take([*form(FOOD)[:-1], *table, ["咨询电话", "0826-1234567"]])
    assert errors(proposal) == []
    item = county.items()[FOOD[2]]
    with county.workbench.workspace.store.read() as reader:
        materials = reader.children([item.id], "material")
    assert [one.elements["material_name"] for one in materials] == ["申请表", "营业执照"]
    assert item.elements["consult_phone"] == "0826-1234567"


def test_a_list_of_what_fields_mean_is_no_form(county: County) -> None:
    county.take(
        {"填表说明": [["事项名称", "填全称"], ["事项类型", "填类型"], ["实施主体", "填全称"]], "表": form(FOOD)}
    )
    assert set(county.items()) == {FOOD[2]}
