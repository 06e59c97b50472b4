"""Sheets of every shape become records: groups of rows, one column per value, JSON in a cell, banners, covers."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing import ImportOptions, Mode, Proposal
from gdbos_desktop.schema.types import Code
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County

MATERIAL = ("材料名称", "份数", "材料类型")
FORM = ("申请表", "1", "原件")
LICENCE = ("营业执照", "2份", "复印件")
BLANK: tuple[object, ...] = (None,) * len(HEADINGS)


def issues(proposal: Proposal) -> list[tuple[str, str]]:
    """Code and cell of every issue that is more than a hint."""
    return [
        (issue.code, issue.place.cell if issue.place else "")
        for issue in proposal.issues
        if issue.severity.value != "hint" and issue.code != "Q14a"  # BEES has no valid code
    ]


def hints(proposal: Proposal, value: str) -> list[tuple[str, object]]:
    """Code of every hint, and one of its values."""
    return [(one.code, one.values[value]) for one in proposal.issues if one.severity.value == "hint"]


def inside(county: County, item: str, kind: str) -> list[Record]:
    """What an item contains, in order."""
    record = county.items()[item]
    with county.workbench.workspace.store.read() as reader:
        return list(reader.children([record.id], kind))


def names(records: Sequence[Record], element: str) -> list[object]:
    """One element of records."""
    return [record.elements.get(element) for record in records]


GROUPED: dict[str, list[tuple[object, ...]]] = {
    "repeated": [(*FOOD, *FORM), (*FOOD, *LICENCE), (*TAXI, *FORM)],
    "first only": [(*FOOD, *FORM), (*BLANK, *LICENCE), (*TAXI, *FORM)],
    "same as above": [(*FOOD, *FORM), (*["同上"] * len(HEADINGS), *LICENCE), (*TAXI, *FORM)],
}


@pytest.mark.parametrize("manner", GROUPED)
def test_one_row_for_every_material_gives_items_with_their_materials(county: County, manner: str) -> None:
    rows = [(*HEADINGS, *MATERIAL), *GROUPED[manner]]
    proposal = county.take(rows)
    assert issues(proposal) == []
    assert proposal.counts["service_item"].created == 2
    assert proposal.counts["material"].created == 3
    assert names(inside(county, FOOD[2], "material"), "material_name") == ["申请表", "营业执照"]
    assert names(inside(county, FOOD[2], "material"), "page_num") == [1, 2]
    assert names(inside(county, TAXI[2], "material"), "material_name") == ["申请表"]
    again = county.propose(rows)
    assert again.is_empty
    assert again.counts["material"].unchanged == 3


def test_merged_cells_of_the_item_are_one_item(county: County) -> None:
    rows = [(*HEADINGS, *MATERIAL), (*FOOD, *FORM), (*BLANK, *LICENCE), (*TAXI, *FORM)]
    proposal = county.take(rows, [f"{letter}2:{letter}3" for letter in "ABCDEFG"])
    assert proposal.counts["service_item"].created == 2
    assert len(inside(county, FOOD[2], "material")) == 2


def test_material_columns_under_a_group_heading_need_no_name_of_their_own(county: County) -> None:
    top = (*HEADINGS, "申请材料", None, None, None)
    below = (*BLANK, "名称", "份数", "备注", "序号")
    county.take([top, below, (*FOOD, "申请表", 1, "盖章", 1), (*BLANK, "营业执照", 2, None, 2)])
    materials = inside(county, FOOD[2], "material")
    assert names(materials, "material_name") == ["申请表", "营业执照"]
    assert names(materials, "remark") == ["盖章", None]
    assert "remark" not in county.items()[FOOD[2]].elements


def test_what_a_repeated_row_says_otherwise_is_told_at_its_cell_and_not_taken(county: County) -> None:
    other = (*FOOD[:6], "9")
    proposal = county.take([(*HEADINGS, *MATERIAL), (*FOOD, *FORM), (*other, *LICENCE)])
    assert issues(proposal) == [("repeat-differs", "G3")]
    issue = next(issue for issue in proposal.issues if issue.code == "repeat-differs")
    assert (issue.values["first"], issue.values["other"], issue.values["row"]) == ("5", "9", 2)
    assert county.items()[FOOD[2]].elements["promise_day"] == 5
    assert len(inside(county, FOOD[2], "material")) == 2


def test_the_same_value_in_other_words_is_no_difference(county: County) -> None:
    other = ("示例县市场监管局　", *FOOD[1:5], "20个工作日", "5工作日")
    assert issues(county.take([(*HEADINGS, *MATERIAL), (*FOOD, *FORM), (*other, *LICENCE)])) == []


def test_the_materials_of_an_item_with_a_mistake_wait_with_it(county: County) -> None:
    bad = (*FOOD[:3], "魔法许可", *FOOD[4:])
    proposal = county.take([(*HEADINGS, *MATERIAL), (*bad, *FORM), (*bad, *LICENCE), (*TAXI, *FORM)])
    assert issues(proposal) == [("unknown-code", "D2"), ("parent-problem", "H2"), ("parent-problem", "H3")]
    assert len(county.records("material")) == 1


def test_materials_above_the_first_item_are_told(county: County) -> None:
    proposal = county.take([(*HEADINGS, *MATERIAL), (*BLANK, *FORM), (*TAXI, *LICENCE)])
    assert issues(proposal) == [("no-parent", "H2")]
    assert len(county.records("material")) == 1


def test_groups_reach_over_the_borders_of_batches(county: County) -> None:
    rows: list[tuple[object, ...]] = [(*HEADINGS, *MATERIAL)]
    for number in range(3):
        item = (*FOOD[:2], f"事项{number}", FOOD[3], f"T-{number}", "20", "5")
        rows += [(*(item if not n else BLANK), f"材料{n}", "1", "原件") for n in range(1500)]
    proposal = county.propose(rows)
    assert issues(proposal) == []
    assert (proposal.counts["service_item"].created, proposal.counts["material"].created) == (3, 4500)
    parents = {row.change.parent_id for row in proposal.rows if row.change is not None and row.kind == "material"}
    assert len(parents) == 3


def test_new_materials_go_into_items_of_the_store_and_the_mode_that_only_adds_leaves_items_alone(
    county: County,
) -> None:
    county.take([HEADINGS, FOOD])
    changed = (*FOOD[:6], "9")
    proposal = county.take([(*HEADINGS, *MATERIAL), (*changed, *FORM)], options=ImportOptions(mode=Mode.INSERT))
    assert proposal.counts["service_item"].updated == 0
    assert county.items()[FOOD[2]].elements["promise_day"] == 5
    assert names(inside(county, FOOD[2], "material"), "material_name") == ["申请表"]


def test_materials_of_items_that_the_mode_leaves_out_are_left_out_too(county: County) -> None:
    county.take([(*HEADINGS, *MATERIAL), (*FOOD, *FORM)], options=ImportOptions(mode=Mode.UPDATE))
    assert county.items() == {}
    assert county.records("material") == []


def test_one_column_for_every_value_is_one_element(county: County) -> None:
    top = (*HEADINGS, "服务对象", None, None)
    below = (*BLANK, "自然人", "企业法人", "事业法人")
    proposal = county.take([top, below, (*FOOD, "√", "是", None), (*TAXI, "自然人", "否", "×"), (*BEES, None, None, 1)])
    assert issues(proposal) == []
    persons, companies = (
        county.standard.kind("service_item").elements["server_type"].parse(text)
        for text in ("自然人", "自然人；企业法人")
    )
    assert county.items()[FOOD[2]].elements["server_type"] == companies
    assert county.items()[TAXI[2]].elements["server_type"] == persons


def test_a_mark_that_says_neither_yes_nor_no_is_told_at_its_cell(county: County) -> None:
    top, below = (*HEADINGS, "服务对象", None), (*BLANK, "自然人", "企业法人")
    proposal = county.take([top, below, (*FOOD, "√", "也许")])
    assert issues(proposal) == [("not-a-tick", "I3")]
    assert county.items() == {}


def test_two_marks_for_what_can_be_only_one_are_told(county: County) -> None:
    top, below = (*HEADINGS, "办件类型", None), (*BLANK, "即办件", "承诺件")
    proposal = county.propose([top, below, (*FOOD, "√", "√"), (*TAXI, None, "√")])
    assert issues(proposal) == [("two-ticks", "H3")]
    (row,) = [row for row in proposal.rows if row.change is not None]
    assert row.change is not None
    assert "project_type" in row.change.after


STEPS = [{"huanjiemingcheng": "受理", "banlishixian": "1个工作日"}, {"huanjiemingcheng": "审核", "banlishixian": "2"}]


@pytest.mark.parametrize(
    "coded",
    [
        json.dumps(STEPS, ensure_ascii=False),
        json.dumps(STEPS),
        json.dumps(json.dumps(STEPS, ensure_ascii=False), ensure_ascii=False),
        json.dumps(STEPS, ensure_ascii=False).replace('"', "&quot;"),
        json.dumps(STEPS, ensure_ascii=False).replace('"', "&amp;quot;"),
    ],
)
def test_records_in_the_json_of_a_cell_become_records(county: County, coded: str) -> None:
    proposal = county.take([(*HEADINGS, "办理流程"), (*FOOD, coded), (*TAXI, "无")])
    assert issues(proposal) == []
    steps = inside(county, FOOD[2], "step")
    assert names(steps, "step_name") == ["受理", "审核"]
    assert names(steps, "step_days") == [1, 2]
    assert county.propose([(*HEADINGS, "办理流程"), (*FOOD, coded)]).is_empty


def test_broken_json_is_told_with_its_position(county: County) -> None:
    good = json.dumps(STEPS, ensure_ascii=False)
    proposal = county.take([(*HEADINGS, "办理流程"), (*FOOD, good), (*TAXI, good.replace(":", "", 1))])
    assert issues(proposal) == [("broken-json", "H3")]
    issue = next(issue for issue in proposal.issues if issue.code == "broken-json")
    assert issue.values["position"] == good.index(":") + 2
    assert len(county.records("step")) == 2
    assert TAXI[2] in county.items()


def test_json_in_a_text_becomes_lines_and_is_told_once(county: County) -> None:
    text = json.dumps([{"name": "第一步", "val": "交材料"}, {"name": "第二步", "val": "领证"}], ensure_ascii=False)
    proposal = county.take([(*HEADINGS, "受理条件"), (*FOOD, text), (*TAXI, "[无]")])
    assert county.items()[FOOD[2]].elements["accept_condition"] == "第一步：交材料\n第二步：领证"
    assert county.items()[TAXI[2]].elements["accept_condition"] == "[无]"
    assert [(one.code, one.values["count"]) for one in proposal.issues] == [("cleaned", 1)]


def test_a_code_of_the_catalogue_that_lost_its_zeros_gets_them_back_and_is_told(county: County) -> None:
    rows: list[list[object]] = [[*HEADINGS, "基本编码"], [*FOOD, 120008000], [*TAXI, "000120008001"], [*BEES, 123]]
    proposal = county.take(rows)
    codes = [item.elements["catalog_code"] for item in county.items().values()]
    assert codes == ["000120008000", "000120008001", "123"], "so many zeros are not lost by chance"
    assert hints(proposal, "what") == [("cleaned", "zero")]
    assert county.propose(rows).is_empty


def test_the_mark_of_a_text_is_no_part_of_a_code_and_empty_data_of_a_program_say_nothing(county: County) -> None:
    proposal = county.take([[*HEADINGS, "受理条件"], [*FOOD[:4], "'T-0001", "20", "5", "[]"]])
    elements = county.items()[FOOD[2]].elements
    assert elements["local_task_code"] == "T-0001"
    assert "accept_condition" not in elements
    assert sorted(hints(proposal, "what")) == [("cleaned", "json"), ("cleaned", "read-as")]


def test_marks_of_web_pages_are_taken_out_and_told_once_for_each_column(county: County) -> None:
    proposal = county.take(
        [
            (*HEADINGS, "受理条件"),
            (*FOOD, "<p>一、甲&nbsp;乙</p><p>二、丙&amp;lt;br/&amp;gt;丁</p>"),
            (*TAXI, "<5人的A&B公司<br>可以"),
            (*BEES, "<5人，A&B；x<y>z"),
        ]
    )
    texts = [item.elements["accept_condition"] for item in county.items().values()]
    assert texts == ["一、甲 乙\n二、丙\n丁", "<5人的A&B公司\n可以", "<5人，A&B；x<y>z"]
    assert hints(proposal, "count") == [("cleaned", 2)]
    hint = next(one for one in proposal.issues if one.code == "cleaned")
    assert hint.place is not None
    assert hint.place.cell == "H2"


def test_lines_that_name_a_department_between_the_rows_are_no_records(county: County) -> None:
    rows: list[tuple[object, ...]] = [("序号", *HEADINGS), ("一、市场监管局",), (1, *FOOD), ("二、交通运输局",)]
    rows += [(2, *TAXI), (None, "（三）农业局"), (3, *BEES)]
    proposal = county.take(rows)
    assert len(county.items()) == 3
    assert hints(proposal, "rows") == [("rows-passed-over", "2、4、6")]


@pytest.mark.parametrize("name", ["填表说明", "说明", "封面", "目录"])
def test_a_cover_is_left_out_and_the_list_on_the_second_sheet_is_read(county: County, name: str) -> None:
    cover = [["示例县政务服务事项清单"], ["一、请按要求填写，不得空缺。"], ["二、事项名称填写全称。"]]
    proposal = county.take({name: cover, "清单": [HEADINGS, FOOD]})
    assert set(county.items()) == {FOOD[2]}
    assert [issue.code for issue in proposal.issues] == ["sheet-left-out"]


def test_lines_of_one_merged_cell_between_the_rows_are_counted_and_told(county: County) -> None:
    rows = [["示例县清单"], HEADINGS, ["一、市场监管局"], FOOD, ["本县自行增加的其他事项"], TAXI]
    proposal = county.propose(rows, ["A1:G1", "A3:G3", "A5:G5"])
    assert hints(proposal, "rows") == [("rows-passed-over", "3、5")]
    assert proposal.rows_passed_over == 2


def test_a_material_called_none_is_no_material_and_nothing_comes_twice(county: County) -> None:
    rows = [
        [*HEADINGS, "材料名称", "份数", "常见问题"],
        [*FOOD, "无", "0", "无"],
        [*TAXI, "驾驶证", "1", "多久？"],
        [*BEES, "无", "2份", "-"],
    ]
    proposal = county.take(rows)
    assert names(county.records("material"), "material_name") == ["驾驶证"]
    assert names(county.records("faq"), "question") == ["多久？"]
    assert hints(proposal, "row") == [("says-none", 2), ("says-none", 2)]
    assert [code for code, _cell in issues(proposal) if code == "no-name"] == ["no-name"]
    again = county.propose(rows)
    assert again.is_empty


def test_a_sheet_for_every_department_is_one_import(county: County) -> None:
    county.take({"市场监管局": [HEADINGS, FOOD], "交通局": [HEADINGS, TAXI], "农业局": [HEADINGS, BEES]})
    assert len(county.items()) == 3


@pytest.mark.parametrize(
    "below",
    [
        ["1", "2", "3", "4", "5", "6", "7"],
        ["甲", "乙", "丙", "丁", "戊", "己", "庚"],
        ["（必填）", "（必填）", "（必填）", "（必填）", "（选填）", "（工作日）", "（工作日）"],
        ["请填写全称", "填写18位代码", "请填写全称", "从下拉框中选择", None, "数字", "数字"],
    ],
)
def test_what_stands_between_header_and_data_is_no_record(county: County, below: list[str | None]) -> None:
    proposal = county.take([["示例县清单"], [], HEADINGS, below, FOOD, TAXI])
    assert set(county.items()) == {FOOD[2], TAXI[2]}
    assert issues(proposal) == []


def test_a_row_of_units_below_headings_of_three_rows_is_none_of_them(county: County) -> None:
    rows: list[list[object]] = [
        ["基本信息", None, None, None, None, "办理", None, None, None, "材料", None],
        ["主体", None, "事项", None, None, "时限", None, "服务对象", None, "申请材料", None],
        [*HEADINGS, "自然人", "企业法人", "材料名称", "份数"],
        [None, None, None, None, None, "（工作日）", "（工作日）", "打√", "打√", None, "（份）"],
        [*FOOD, "√", None, "申请表", "1"],
        [*FOOD, "√", None, "营业执照", "2"],
    ]
    proposal = county.take(rows)
    assert issues(proposal) == []
    elements = county.items()[FOOD[2]].elements
    assert (elements["anticipate_type"], elements["server_type"]) == ("1", ("1",))
    assert names(inside(county, FOOD[2], "material"), "page_num") == [1, 2]


def test_materials_hold_the_data_items_of_their_rows(county: County) -> None:
    rows = [
        [*HEADINGS, "材料名称", "材料必要性", "数据项名称", "数据类型"],
        [*FOOD, "申请表", "必要", "申请人姓名", "字符"],
        [*FOOD, "申请表", "必要", "证件号码", "字符"],
        [*FOOD, "营业执照", "必要", "字号", "字符"],
        [*TAXI, "申请表", "必要", "申请人姓名", "字符"],
    ]
    county.take(rows)
    materials = {str(one.id): one.elements["material_name"] for one in county.records("material")}
    assert list(materials.values()) == ["申请表", "营业执照", "申请表"]
    found = [(materials[str(one.parent_id)], one.elements["data_item_name"]) for one in county.records("data_item")]
    assert found == [("申请表", "申请人姓名"), ("申请表", "证件号码"), ("营业执照", "字号"), ("申请表", "申请人姓名")]
    assert county.propose(rows).is_empty


def test_the_header_may_stand_below_many_lines_of_advice(county: County) -> None:
    advice = [[f"{number}．请认真填写，第{number}条。"] for number in range(1, 26)]
    county.take([*advice, HEADINGS, FOOD])
    assert set(county.items()) == {FOOD[2]}


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("原件1复印件2", (3, 1, 2)),
        ("原件1份、复印件2份", (3, 1, 2)),
        ("2份（原件1份，复印件1份）", (2, 1, 1)),
        ("原件、复印件各1份", (2, 1, 1)),
        ("1份原件", (1, 1, None)),
        ("一式两份", (2, None, None)),
        ("三份", (3, None, None)),
        ("1", (1, None, None)),
    ],
)
def test_counting_texts_are_shared_out(county: County, text: str, counts: tuple[int | None, ...]) -> None:
    proposal = county.take([(*HEADINGS, "材料名称", "份数"), (*FOOD, "申请表", text)])
    assert issues(proposal) == []
    (material,) = inside(county, FOOD[2], "material")
    assert tuple(material.elements.get(code) for code in ("page_num", "original_num", "copy_num")) == counts


@pytest.mark.parametrize(
    ("text", "days", "unit"),
    [
        ("当场办结", 0, None),
        ("即办", 0, None),
        ("半年", 6, "4"),
        ("一百二十日", 120, "2"),
        ("二十个工作日", 20, "1"),
        ("1个月", 1, "4"),
    ],
)
def test_time_limits_in_words_are_read_and_what_is_no_number_is_told(
    county: County, text: str, days: int, unit: str | None
) -> None:
    proposal = county.take([HEADINGS, (*FOOD[:6], text)])
    elements = county.items()[FOOD[2]].elements
    assert (elements["promise_day"], elements.get("promise_type")) == (days, unit)
    is_told = text in {"当场办结", "即办", "半年"}
    assert [issue.code for issue in proposal.issues] == (["cleaned"] if is_told else [])


def test_elements_that_are_not_for_the_type_of_an_item_are_told_once(county: County) -> None:
    assert county.propose([(*HEADINGS, "征收种类"), (*FOOD, None), (*TAXI, None)]).issues == []
    collected = county.standard.kind("service_item").elements["collect_type"]
    assert isinstance(collected.type, Code)
    label = collected.type.code_list.entries[0].label
    proposal = county.propose([(*HEADINGS, "征收种类"), (*FOOD, label), (*TAXI, label)])
    assert [(one.code, one.values["count"]) for one in proposal.issues] == [("not-of-family", 2)]


@pytest.mark.parametrize(
    ("text", "day", "is_told"),
    [
        ("2020.4.29", "2020-04-29", False),
        ("2020年4月29日", "2020-04-29", False),
        ("20200429", "2020-04-29", False),
        (43950, "2020-04-29", False),
        ("2020-04-29 08:30:00", "2020-04-29", False),
        ("二〇二〇年四月二十九日", "2020-04-29", False),
        ("二〇二〇年四月", "2020-04-01", True),
        ("2020/4", "2020-04-01", True),
    ],
)
def test_days_are_read_in_every_form_and_a_month_alone_is_told(
    county: County, text: object, day: str, is_told: bool
) -> None:
    proposal = county.take([(*HEADINGS, "计划生效日期"), (*FOOD, text)])
    assert county.items()[FOOD[2]].elements["plan_effective_date"] == day
    assert [issue.code for issue in proposal.issues] == (["cleaned"] if is_told else [])
