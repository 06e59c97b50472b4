"""What an import does to items that are in force: drafts beside them, and nothing that a level above has fixed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gdbos_desktop.domain.access import Actor, Duty
from gdbos_desktop.domain.changes import Action
from gdbos_desktop.domain.layouts import Empty
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing import Decision, ImportOptions, Mode
from gdbos_desktop.schema import Severity
from gdbos_desktop.system.errors import KnownError
from tests.importing.books import County, write_book

ITEMS = (
    "部门名称",
    "事项名称",
    "事项类型",
    "地方实施编码",
    "受理条件",
    "法定办结时限",
    "承诺办结时限",
    "办理地点",
    "事项状态",
    "事项版本",
)
FOOD = ("示例县市场监管局", "食品经营许可", "行政许可", "T-0001", "有固定场所", "20", "5", "一楼", "在用", "2")
BEES = ("示例县农业农村局", "养蜂证申领", "公共服务", "T-0003", "有蜂群", "7", "1", "二楼", "草稿", "1")
MATERIALS = ("所属事项编码", "材料名称", "材料必要性", "原件数", "备注")
FORM = ("T-0001", "申请表", "必要", "1", "")
LEASE = ("T-0001", "租赁合同", "非必要", "1", "")


def items(*rows: Sequence[str]) -> list[Sequence[str]]:
    """A list of items."""
    return [ITEMS, *rows]


def changed(row: Sequence[str], **values: str) -> list[str]:
    """The row with other cells, named by their headings."""
    return [values.get(heading, cell) for heading, cell in zip(ITEMS, row, strict=True)]


@pytest.fixture
def office(county: County) -> County:
    """A county with one item in force that has a material, and one that never was in force."""
    county.take({"清单": items(FOOD, BEES), "申请材料": [MATERIALS, FORM]})
    return county


def published(office: County) -> dict[str, Record]:
    """Everything but drafts, by id."""
    kinds = [kind.code for kind in office.standard.described]
    return {record.id: record for kind in kinds for record in office.records(kind)}


def drafts(office: County) -> list[Record]:
    """All drafts, the closed ones included."""
    return office.records("draft")


def code_of(error: pytest.ExceptionInfo[KnownError]) -> str:
    return error.value.code


# Drafts instead of changes


def test_a_changed_row_of_an_item_in_force_becomes_a_draft_and_what_is_published_stays(office: County) -> None:
    before = published(office)
    proposal = office.take(items(changed(FOOD, 承诺办结时限="3", 办理地点="三楼"), BEES))
    assert published(office) == before
    [draft] = drafts(office)
    item = office.items()["食品经营许可"]
    assert draft.parent_id == item.id
    assert draft.elements["item_name"] == "食品经营许可"
    assert draft.elements["draft_state"] == "10"
    assert draft.elements["change_kind"] == "2"
    assert "清单.xlsx" in str(draft.elements["change_reason"])
    row = proposal.rows[0]
    assert (row.decision, row.is_draft) == (Decision.CHANGED, True)
    assert row.change is not None
    assert (row.change.before["promise_day"], row.change.after["promise_day"]) == (5, 3)
    assert proposal.drafted == 1
    assert proposal.counts["service_item"].updated == 1


def test_the_file_says_once_how_many_rows_go_into_drafts(office: County) -> None:
    proposal = office.propose(
        {"清单": items(changed(FOOD, 承诺办结时限="3")), "申请材料": [MATERIALS, changed_material(备注="双面")]}
    )
    [hint] = [issue for issue in proposal.issues if issue.code == "goes-to-draft"]
    assert hint.severity is Severity.HINT
    assert hint.values == {"rows": 2, "items": 1}


def changed_material(**values: str) -> list[str]:
    """The material with other cells."""
    return [values.get(heading, cell) for heading, cell in zip(MATERIALS, FORM, strict=True)]


def test_an_item_that_never_was_in_force_is_changed_at_once(office: County) -> None:
    office.take(items(changed(BEES, 承诺办结时限="2", 受理条件="有许多蜂群")))
    assert office.items()["养蜂证申领"].elements["promise_day"] == 2
    assert office.items()["养蜂证申领"].elements["accept_condition"] == "有许多蜂群"
    assert drafts(office) == []


def test_importing_the_same_changes_again_changes_nothing(office: County) -> None:
    book = {
        "清单": items(changed(FOOD, 承诺办结时限="3")),
        "申请材料": [MATERIALS, changed_material(备注="双面"), LEASE],
    }
    office.take(book)
    count = office.change_count()
    again = office.take(book)
    assert [row.decision for row in again.rows] == [Decision.UNCHANGED] * 3
    assert office.change_count() == count


def test_a_new_material_of_an_item_in_force_stands_in_the_draft_only(office: County) -> None:
    before = published(office)
    proposal = office.take({"申请材料": [MATERIALS, LEASE]})
    assert published(office) == before
    assert [(row.decision, row.is_draft) for row in proposal.rows] == [(Decision.NEW, True)]
    item = office.items()["食品经营许可"]
    found = office.workbench.drafts.of_item(item.id)
    assert found is not None
    assert found.parts == {"material": (1, 0, 0)}


def test_what_only_a_draft_has_can_be_changed_and_added_to_by_the_next_file(office: County) -> None:
    handling = ("所属事项编码", "业务办理项名称", "业务办理项编码")
    office.take({"业务办理项": [handling, ("T-0001", "新设", "H-01")]})
    office.take({"申请材料": [MATERIALS, ("H-01", "章程", "必要", "1", "")]})
    office.take({"申请材料": [MATERIALS, ("H-01", "章程", "必要", "2", "")]})
    before = published(office)
    [draft] = drafts(office)
    item = office.items()["食品经营许可"]
    office.workbench.drafts.publish(draft.id)
    [step] = office.records("handling_item")
    [added] = [record for record in office.records("material") if record.id not in before]
    assert (step.parent_id, added.parent_id) == (item.id, step.id)
    assert added.elements["original_num"] == 2


def test_a_value_that_goes_back_to_what_is_published_leaves_the_draft(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3", 办理地点="三楼")))
    office.take(items(changed(FOOD, 办理地点="三楼")))
    [draft] = drafts(office)
    assert "promise_day" not in str(draft.elements["draft_content"])
    office.take(items(FOOD))
    [draft] = drafts(office)
    assert draft.elements["draft_state"] == "70"
    assert office.workbench.drafts.list_open() == []


def test_a_second_file_goes_into_the_same_draft_and_undo_gives_the_former_one_back(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3")))
    [first] = drafts(office)
    office.take(items(changed(FOOD, 承诺办结时限="2", 办理地点="三楼")))
    [second] = drafts(office)
    assert second.id == first.id
    assert second.elements != first.elements
    office.workbench.history.undo()
    [back] = drafts(office)
    assert back.elements == first.elements
    office.workbench.history.undo()
    assert drafts(office) == []


def test_a_list_that_says_draft_does_not_take_an_item_out_of_force(office: County) -> None:
    proposal = office.take(items(changed(FOOD, 事项状态="草稿", 事项版本="1")))
    assert [row.decision for row in proposal.rows] == [Decision.UNCHANGED]
    assert [issue.values for issue in proposal.issues if issue.code == "state-kept"] == [{"rows": 1}]
    assert drafts(office) == []


def test_a_list_that_pauses_or_cancels_an_item_says_so_in_the_draft(office: County) -> None:
    office.take(items(changed(FOOD, 事项状态="暂停")))
    assert drafts(office)[0].elements["change_kind"] == "3"
    office.take(items(changed(FOOD, 事项状态="取消")))
    assert drafts(office)[0].elements["change_kind"] == "5"
    office.take(items(changed(FOOD, 办理地点="三楼")))
    assert drafts(office)[0].elements["change_kind"] == "2"


def test_rows_that_the_mode_leaves_out_go_into_no_draft(office: County) -> None:
    proposal = office.take(items(changed(FOOD, 承诺办结时限="3")), options=ImportOptions(mode=Mode.INSERT))
    assert [row.decision for row in proposal.rows] == [Decision.SKIPPED]
    assert drafts(office) == []


def test_an_item_changed_after_the_look_is_not_overwritten(office: County) -> None:
    proposal = office.propose(items(changed(FOOD, 承诺办结时限="3")))
    item = office.items()["食品经营许可"]
    office.workbench.records.edit([item.id], {"promise_day": 4})
    with pytest.raises(KnownError) as error:
        office.workbench.imports.commit(proposal)
    assert code_of(error) == "conflict"
    assert drafts(office) == []


def test_a_new_part_of_the_catalogue_under_one_in_force_is_an_item_of_its_own(county: County) -> None:
    headings = ("主项名称", "基本编码", "事项类型", "上级目录编码", "事项状态", "备注")
    county.take([headings, ("食品许可", "000001001000", "行政许可", "", "在用", "")])
    proposal = county.take(
        [
            headings,
            ("食品许可", "000001001000", "行政许可", "", "在用", "常用"),
            ("食品经营许可", "000001001001", "行政许可", "000001001000", "在用", ""),
        ]
    )
    assert [(row.decision, row.is_draft) for row in proposal.rows] == [(Decision.CHANGED, True), (Decision.NEW, False)]
    assert [record.elements.get("remark") for record in county.records("catalogue_item")] == [None, None]
    assert len(drafts(county)) == 1


def test_a_handling_item_cannot_be_moved_out_of_an_item_in_force(office: County) -> None:
    handling = ("所属事项编码", "业务办理项名称", "业务办理项编码")
    office.take({"业务办理项": [handling, ("T-0003", "新设", "H-01")]})
    proposal = office.take({"业务办理项": [handling, ("T-0001", "新设", "H-01")]})
    assert [issue.code for issue in proposal.rows[0].issues] == ["moved-between-items"]


# Locked elements


def test_a_row_that_changes_what_the_province_fixed_is_refused_with_the_reason(office: County) -> None:
    before = published(office)
    proposal = office.take(items(changed(FOOD, 受理条件="什么都行", 承诺办结时限="3"), changed(BEES, 受理条件="随意")))
    assert [row.decision for row in proposal.rows] == [Decision.PROBLEM, Decision.CHANGED]
    [issue] = proposal.rows[0].issues
    assert (issue.code, issue.element, issue.place.row if issue.place else 0) == (
        "element-locked",
        "accept_condition",
        2,
    )
    assert issue.values == {"label": "受理条件", "held": "有固定场所", "wanted": "什么都行"}
    assert "province" in issue.message
    assert drafts(office) == []
    food = office.items()["食品经营许可"]
    assert food == before[food.id]


def test_every_locked_element_of_a_row_is_named_at_its_cell(office: County) -> None:
    proposal = office.propose(items(changed(FOOD, 受理条件="什么都行", 法定办结时限="30")))
    assert [(issue.element, issue.place.column if issue.place else 0) for issue in proposal.rows[0].issues] == [
        ("accept_condition", 5), ("anticipate_day", 6),
    ]  # fmt: skip


def test_an_empty_or_equal_cell_and_a_value_that_was_missing_are_not_locked(office: County) -> None:
    headings = (*ITEMS, "禁止性要求")
    office.take([headings, (*changed(FOOD, 受理条件="", 承诺办结时限="3"), "无不良记录")])
    [draft] = drafts(office)
    assert "prohibit_requirement" in str(draft.elements["draft_content"])


def test_a_locked_name_of_a_body_is_told_by_its_name(office: County) -> None:
    proposal = office.propose(items(changed(FOOD, 部门名称="示例县别的局")))
    [issue] = [issue for issue in proposal.rows[0].issues if issue.code == "element-locked"]
    assert (issue.values["held"], issue.values["wanted"]) == ("示例县市场监管局", "示例县别的局")
    assert proposal.references == []


def test_a_material_that_is_in_force_is_locked_too_and_one_that_only_a_draft_has_is_not(office: County) -> None:
    office.take({"申请材料": [MATERIALS, LEASE]})
    book = [MATERIALS, changed_material(材料必要性="容缺后补"), ("T-0001", "租赁合同", "必要", "1", "")]
    proposal = office.take({"申请材料": book})
    assert [row.decision for row in proposal.rows] == [Decision.PROBLEM, Decision.CHANGED]


# Into force


def test_a_draft_put_into_force_is_the_next_version_and_can_be_taken_back(office: County) -> None:
    office.take({"清单": items(changed(FOOD, 承诺办结时限="3")), "申请材料": [MATERIALS, LEASE]})
    before = published(office)
    [draft] = drafts(office)
    office.workbench.drafts.publish(draft.id)
    food = office.items()["食品经营许可"]
    assert food.elements["promise_day"] == 3
    assert food.elements["task_version"] == 3
    assert {str(record.elements["material_name"]) for record in office.records("material")} == {"申请表", "租赁合同"}
    assert drafts(office)[0].elements["draft_state"] == "50"
    assert drafts(office)[0].elements["made_version"] == 3
    office.workbench.history.undo()
    assert {key: (r.kind, r.elements, r.parent_id) for key, r in published(office).items()} == {
        key: (r.kind, r.elements, r.parent_id) for key, r in before.items()
    }
    assert drafts(office)[0].elements == draft.elements
    office.workbench.drafts.publish(draft.id)
    assert len(office.records("material")) == 2


def test_the_list_from_before_does_not_count_the_version_back(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3")))
    office.workbench.drafts.publish(drafts(office)[0].id)
    again = office.propose(items(changed(FOOD, 承诺办结时限="3")))
    assert [row.decision for row in again.rows] == [Decision.UNCHANGED]


def test_what_was_published_differently_meanwhile_is_told_element_by_element(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3", 办理地点="三楼")))
    item = office.items()["食品经营许可"]
    office.workbench.records.edit([item.id], {"promise_day": 4, "transact_addr": "三楼"})
    found = {one.element: one.conflict for one in office.workbench.drafts.differences(item.id)}
    assert found == {"promise_day": "4", "transact_addr": None}
    with pytest.raises(KnownError) as error:
        office.workbench.drafts.publish(item.id)
    assert code_of(error) == "draft-conflict"
    assert "承诺办结时限" in error.value.sentence
    office.workbench.records.edit([item.id], {"promise_day": 3})
    office.workbench.drafts.publish(item.id)
    assert office.items()["食品经营许可"].elements["task_version"] == 3


def test_who_may_not_publish_puts_nothing_into_force(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3")))
    office.workbench.workspace.actor = Actor("编辑员", frozenset({Duty.READ, Duty.EDIT, Duty.IMPORT}))
    with pytest.raises(KnownError) as error:
        office.workbench.drafts.publish(drafts(office)[0].id)
    assert code_of(error) == "not-allowed"
    assert office.items()["食品经营许可"].elements["promise_day"] == 5


def test_several_drafts_are_put_into_force_together_or_not_at_all(office: County) -> None:
    other = changed(FOOD, 事项名称="酒类许可", 地方实施编码="T-0009")
    office.take(items(other))
    office.take(items(changed(FOOD, 承诺办结时限="3"), [*other[:6], "2", *other[7:]]))
    ids = [draft.id for draft in drafts(office)]
    office.workbench.records.edit([office.items()["酒类许可"].id], {"promise_day": 9})
    with pytest.raises(KnownError):
        office.workbench.drafts.publish_many(ids)
    assert office.items()["食品经营许可"].elements["promise_day"] == 5
    office.workbench.records.edit([office.items()["酒类许可"].id], {"promise_day": 5})
    office.workbench.drafts.publish_many(ids)
    assert [office.items()[name].elements["promise_day"] for name in ("食品经营许可", "酒类许可")] == [3, 2]


def test_a_discarded_draft_leaves_what_is_in_force_and_the_next_change_begins_a_new_one(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3")))
    [first] = drafts(office)
    office.workbench.drafts.discard(first.id)
    assert office.items()["食品经营许可"].elements["promise_day"] == 5
    office.take(items(changed(FOOD, 承诺办结时限="2")))
    assert [(one.elements["draft_state"], one.elements["order_num"]) for one in drafts(office)] == [
        ("70", 1),
        ("10", 2),
    ]
    with pytest.raises(KnownError) as error:
        office.workbench.history.undo(office.workbench.history.recent()[1].change_set.id)
    assert code_of(error) == "second-draft"


def test_differences_name_the_records_and_both_values(office: County) -> None:
    office.take({"清单": items(changed(FOOD, 承诺办结时限="3")), "申请材料": [MATERIALS, LEASE]})
    found = office.workbench.drafts.differences(office.items()["食品经营许可"].id)
    own = [(one.label, one.before, one.after) for one in found if one.is_own]
    assert own == [("承诺办结时限", "5", "3")]
    assert ("租赁合同", Action.CREATE, "") in [(one.title, one.action, one.element) for one in found]


def test_an_item_is_deleted_with_its_drafts(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3")))
    office.workbench.records.delete([office.items()["食品经营许可"].id])
    assert drafts(office) == []
    office.workbench.history.undo()
    assert len(drafts(office)) == 1


def test_drafts_are_neither_found_nor_shown_with_their_item(office: County) -> None:
    office.take(items(changed(FOOD, 承诺办结时限="3")))
    records, _result = office.workbench.records.search("食品经营许可")
    assert [record.kind for record in records] == ["service_item"]
    tree = office.workbench.records.tree(office.items()["食品经营许可"].id)
    assert "draft" not in tree.children
    assert office.workbench.records.find_by_code("T-0001").kind == "service_item"


def test_empty_cells_that_clear_take_no_item_out_of_force(office: County) -> None:
    before = published(office)
    book = write_book(office.folder / "空.xlsx", items(changed(FOOD, 事项状态="", 事项版本="", 办理地点="")))
    with office.session(book) as session:
        for place in session.sheets[0].columns:
            session.set_column("清单", place, empty=Empty.CLEAR)
        proposal = office.workbench.imports.propose(session)
        office.workbench.imports.commit(proposal)
    (row,) = proposal.rows
    assert row.change is not None
    assert set(row.change.after.values()) == {None}
    assert len(row.change.after) == 1
    assert "state-kept" in {issue.code for issue in proposal.issues}
    assert published(office) == before


def test_the_digest_tells_records_apart_that_only_drafts_have(office: County) -> None:
    office.take({"申请材料": [MATERIALS, ("T-0001", "甲表", "必要", "1", ""), ("T-0001", "乙表", "必要", "1", "")]})
    one, other, same = (
        office.propose({"申请材料": [MATERIALS, ("T-0001", name, "必要", "2", "")]})
        for name in ("甲表", "乙表", "甲表")
    )
    digest = office.workbench.imports.digest
    told = [change for proposal in (one, other) for change in proposal.changes()]
    assert [(change.action, change.base_version) for change in told] == [(Action.EDIT, 0)] * 2
    assert digest(one) == digest(same)
    assert digest(one) != digest(other)
