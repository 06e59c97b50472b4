"""Several sheets of one file: what contains comes before what is contained, whatever the order of the sheets."""

from __future__ import annotations

from gdbos_desktop.importing import Proposal
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, Rows

MATERIALS = [
    ("事项编码", "材料名称", "材料编码", "份数"),
    ("T-0001", "申请表", "M-1", "1"),
    ("同上", "营业执照", "M-2", "1份"),
    ("T-0002", "申请表", "M-1", "2"),
]


def test_materials_go_under_their_items_in_the_order_of_the_sheet(county: County) -> None:
    proposal = county.take({"申请材料": MATERIALS, "事项": [HEADINGS, FOOD, TAXI]})
    assert proposal.counts["material"].created == 3
    items = county.items()
    with county.workbench.workspace.store.read() as reader:
        food = reader.children([items[FOOD[2]].id], "material")
        taxi = reader.children([items[TAXI[2]].id], "material")
    assert [(one.elements["material_name"], one.position) for one in food] == [("申请表", 0), ("营业执照", 1)]
    assert [one.elements["material_name"] for one in taxi] == ["申请表"]


def test_a_second_import_of_all_sheets_changes_nothing(county: County) -> None:
    book: dict[str, Rows] = {"事项": [HEADINGS, FOOD, TAXI], "申请材料": MATERIALS}
    county.take(book)
    again = county.propose(book)
    assert again.is_empty
    assert again.counts["material"].unchanged == 3


def test_children_of_records_that_are_already_in_the_store_are_found_by_code(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    proposal = county.take({"申请材料": MATERIALS})
    assert proposal.counts["material"].created == 3


def test_new_children_follow_those_that_are_there(county: County) -> None:
    county.take({"事项": [HEADINGS, FOOD], "申请材料": MATERIALS[:3]})
    county.take({"申请材料": [("事项编码", "材料名称"), ("T-0001", "身份证明")]})
    with county.workbench.workspace.store.read() as reader:
        found = reader.children([county.items()[FOOD[2]].id], "material")
    assert [one.elements["material_name"] for one in found] == ["申请表", "营业执照", "身份证明"]


def test_a_child_of_nothing_and_a_child_without_a_parent_are_reported(county: County) -> None:
    lost = [*MATERIALS, ("T-9999", "申请表", "M-9", "1"), (None, "身份证", "M-3", "1")]
    proposal = county.take({"事项": [HEADINGS, FOOD, TAXI], "申请材料": lost})
    assert [(issue.code, issue.place.cell if issue.place else "") for issue in proposal.issues] == [
        ("unknown-parent", "A5"), ("no-parent", "A6"),
    ]  # fmt: skip
    assert len(county.records("material")) == 3


def test_the_child_of_a_row_that_waits_for_correction_waits_too(county: County) -> None:
    proposal = county.take({"事项": [HEADINGS, FOOD, (*TAXI[:3], "魔法", *TAXI[4:])], "申请材料": MATERIALS})
    assert {issue.code for issue in proposal.issues} == {"unknown-code", "unknown-parent"}
    assert len(county.records("material")) == 2


def test_departments_may_stand_below_their_own_sections(county: County) -> None:
    county.take(
        {
            "实施主体": [
                ("机构名称", "统一社会信用代码", "上级机构"),
                ("市场监管所", TAXI[1], "示例县市场监管局"),
                ("示例县市场监管局", FOOD[1], None),
            ]
        }
    )
    bodies = {str(one.elements["org_name"]): one for one in county.records("organisation")}
    assert bodies["市场监管所"].parent_id == bodies["示例县市场监管局"].id


def test_items_find_the_departments_of_another_sheet_of_the_file(county: County) -> None:
    proposal = county.take(
        {"事项": [HEADINGS, FOOD], "实施主体": [("机构名称", "统一社会信用代码"), (FOOD[0], FOOD[1])]}
    )
    assert not proposal.references
    (body,) = county.records("organisation")
    assert county.items()[FOOD[2]].elements["dept_name"] == body.id


def test_options_of_situations_find_their_materials_inside_the_item(county: County) -> None:
    proposal = county.take(
        {
            "事项": [HEADINGS, FOOD],
            "申请材料": MATERIALS[:3],
            "情形": [("事项编码", "情形编码", "情形名称"), ("T-0001", "S-1", "是否本人办理")],
            "情形选项": [("情形编码", "选项编码", "选项名称"), ("S-1", "O-1", "本人"), ("S-1", "O-2", "他人")],
            "选项材料": [("选项编码", "材料名称"), ("O-2", "营业执照")],
        }
    )
    (link,) = county.records("option_material")
    licence = next(one for one in county.records("material") if one.elements["material_name"] == "营业执照")
    assert link.elements["material"] == licence.id
    assert [row.title for row in proposal.rows if row.kind == "option_material"] == ["营业执照"]


def test_a_sheet_without_a_header_is_left_out_with_a_hint(county: County) -> None:
    proposal = county.propose({"事项": [HEADINGS, FOOD], "填写说明": [["请按要求填写。"], ["谢谢。"]]})
    assert [(issue.code, issue.severity.value) for issue in proposal.issues] == [("sheet-left-out", "hint")]
    assert proposal.counts["service_item"].created == 1


def cells_of(proposal: Proposal) -> list[tuple[str, str, str, object, object]]:
    """Code, sheet and cell of every issue, and the sheet and row of the earlier row that it names."""
    return [
        (issue.code, issue.place.sheet, issue.place.cell, issue.values.get("sheet"), issue.values.get("first"))
        for issue in proposal.issues
        if issue.place is not None
    ]


def test_an_item_repeated_on_another_sheet_is_made_once_with_a_hint(county: County) -> None:
    proposal = county.take({"一月": [HEADINGS, FOOD], "二月": [HEADINGS, TAXI, FOOD]})
    assert cells_of(proposal) == [("repeated-row", "二月", "E3", "一月", 2)]
    assert set(county.items()) == {FOOD[2], TAXI[2]}


def test_a_code_used_for_different_things_on_two_sheets_is_an_error_naming_the_first(county: County) -> None:
    proposal = county.take({"一月": [HEADINGS, TAXI, FOOD], "二月": [HEADINGS, (*BEES[:4], FOOD[4], *BEES[5:])]})
    assert cells_of(proposal) == [("duplicate-row", "二月", "E2", "一月", 3)]
    assert set(county.items()) == {FOOD[2], TAXI[2]}


def test_two_sheets_that_change_one_record_differently_are_an_error_and_no_conflict(county: County) -> None:
    county.take([HEADINGS, FOOD])
    proposal = county.take({"一月": [HEADINGS, (*FOOD[:6], "6")], "二月": [HEADINGS, (*FOOD[:6], "7")]})
    assert cells_of(proposal) == [("duplicate-row", "二月", "E2", "一月", 2)]
    assert county.items()[FOOD[2]].elements["promise_day"] == 6


def test_two_sheets_that_change_one_record_alike_change_it_once(county: County) -> None:
    county.take([HEADINGS, FOOD])
    proposal = county.take({"一月": [HEADINGS, (*FOOD[:6], "6")], "二月": [HEADINGS, (*FOOD[:6], "6")]})
    assert cells_of(proposal) == [("repeated-row", "二月", "E2", "一月", 2)]
    assert county.items()[FOOD[2]].elements["promise_day"] == 6


def test_sheets_with_other_columns_are_compared_by_the_key_they_share(county: County) -> None:
    short = [("部门名称", "事项名称"), (FOOD[0], FOOD[2]), (BEES[0], BEES[2])]
    proposal = county.take({"一月": [HEADINGS, FOOD], "二月": short})
    assert cells_of(proposal) == [("repeated-row", "二月", "A2", "一月", 2)]
    assert set(county.items()) == {FOOD[2], BEES[2]}


def test_one_credit_code_of_two_departments_on_two_sheets_is_an_error(county: County) -> None:
    heading = ("机构名称", "统一社会信用代码")
    proposal = county.take({"部门清单": [heading, ("甲局", FOOD[1])], "机构": [heading, ("乙局", FOOD[1])]})
    assert ("duplicate-row", "机构", "B2", "部门清单", 2) in cells_of(proposal)
    assert len(county.records("organisation")) == 1
