"""The verbs on records: one act is one step of undo, nothing is overwritten, nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gdbos_desktop.domain.access import Actor, Duty
from gdbos_desktop.domain.changes import ChangeSet, Origin
from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.domain.rules import load_rule_base
from gdbos_desktop.domain.trees import with_children, with_values
from gdbos_desktop.services.records import RecordService
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError

NAMES = ("食品经营许可", "出租汽车经营许可", "养蜂证申领")


def _item(workbench: Workbench, name: str, code: str = "") -> Record:
    values = {"task_name": name, "task_type": "01"} | ({"local_task_code": code} if code else {})
    record = replace(workbench.records.new_record("service_item"), elements=values)
    workbench.records.create(record)
    return workbench.records.get(record.id)


def _with_materials(workbench: Workbench, tree: RecordTree, *names: str) -> RecordTree:
    children = tuple(
        RecordTree(replace(workbench.records.new_record("material", tree.record.id), elements={"material_name": name}))
        for name in names
    )
    return with_children(tree, "material", children, workbench.standard)


def test_a_form_with_children_is_saved_as_one_step_and_undone_as_one(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    before = workbench.records.tree(item.id)
    after = with_values(_with_materials(workbench, before, "申请表", "身份证"), {"promise_day": 5})
    outcome = workbench.records.save_tree(before, after)
    assert outcome.changed_count == 3
    saved = workbench.records.tree(item.id)
    assert [child.record.elements["material_name"] for child in saved.children["material"]] == ["申请表", "身份证"]
    assert [child.record.elements["order_num"] for child in saved.children["material"]] == [1, 2]
    workbench.history.undo()
    undone = workbench.records.tree(item.id)
    assert dict(undone.record.elements) == dict(before.record.elements)
    assert undone.children.get("material", ()) == ()
    workbench.history.redo()
    redone = workbench.records.tree(item.id)
    assert [child.record.elements for child in redone.children["material"]] == [
        child.record.elements for child in saved.children["material"]
    ]


def test_undo_goes_back_step_by_step_and_redo_forward_again(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    for days in (5, 4, 3):
        workbench.records.edit([item.id], {"promise_day": days})

    def days_now() -> object:
        return workbench.records.get(item.id).elements.get("promise_day")

    assert days_now() == 3
    seen = []
    for _step in range(3):
        workbench.history.undo()
        seen.append(days_now())
    assert seen == [4, 5, None]
    seen = []
    for _step in range(3):
        workbench.history.redo()
        seen.append(days_now())
    assert seen == [5, 4, 3]
    with pytest.raises(KnownError, match="重做"):
        workbench.history.redo()


def test_after_undo_and_a_new_edit_there_is_nothing_to_redo(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    workbench.records.edit([item.id], {"promise_day": 5})
    workbench.history.undo()
    workbench.records.edit([item.id], {"promise_day": 9})
    assert workbench.history.next_redo() is None
    workbench.history.undo()
    assert "promise_day" not in workbench.records.get(item.id).elements


def test_a_form_opened_before_somebody_elses_change_is_refused_and_nothing_is_overwritten(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    opened = workbench.records.tree(item.id)
    workbench.records.edit([item.id], {"promise_day": 5})
    with pytest.raises(KnownError) as refused:
        workbench.records.save_tree(opened, with_values(opened, {"promise_day": 9}))
    assert refused.value.code == "conflict"
    assert NAMES[0] in refused.value.sentence
    assert workbench.records.get(item.id).elements["promise_day"] == 5


def test_undoing_an_act_whose_record_changed_since_is_refused(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    first = workbench.records.edit([item.id], {"promise_day": 5})
    workbench.records.edit([item.id], {"promise_day": 6})
    assert first.change_set is not None
    with pytest.raises(KnownError) as refused:
        workbench.history.undo(first.change_set.id)
    assert refused.value.code == "conflict"
    assert workbench.records.get(item.id).elements["promise_day"] == 6


def _part(workbench: Workbench, kind: str, parent: Record, **elements: str) -> Record:
    record = replace(workbench.records.new_record(kind, parent.id), elements=elements)
    workbench.records.create(record)
    return record


def test_what_a_handling_item_contains_is_there_though_the_item_contains_the_same_kind(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    _part(workbench, "material", item, material_name="申请表")
    handling = _part(workbench, "handling_item", item, task_name="首次申请")
    own = _part(workbench, "material", handling, material_name="身份证")
    _part(workbench, "data_item", own, data_item_name="姓名")
    (below,) = workbench.records.tree(item.id).children["handling_item"]
    (material,) = below.children["material"]
    assert material.record.elements["material_name"] == "身份证"
    assert [one.record.elements["data_item_name"] for one in material.children["data_item"]] == ["姓名"]
    assert workbench.records.delete([item.id]).changed_count == 5


REGIONAL = """
[[rule]]
code = "X1"
title = "本县的规则"
kind = "service_item"
severity = "warning"
message = "本县不办"
expect = {element = "task_name", matches = "^没有"}
regions = ["%s"]
"""


@pytest.mark.parametrize(("region", "found"), [("9999", ["X1"]), ("5116", [])])
def test_a_rule_of_a_region_holds_for_the_stores_of_that_region(
    workbench: Workbench, region: str, found: list[str]
) -> None:
    item = _item(workbench, NAMES[0])
    workbench.workspace.rule_base = load_rule_base({"x": REGIONAL % region}, workbench.standard)
    report = workbench.checks.check_all(Query("service_item"), "X1" if found else "")
    assert [issue.code for issue in report.issues if issue.code == "X1"] == found
    tree = workbench.records.tree(item.id)
    assert [issue.code for issue in workbench.checks.check_tree(tree) if issue.code == "X1"] == found


def test_findings_name_what_is_called_after_another_record_by_that_name(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    material = _part(workbench, "material", item, material_name="申请表")
    situation = _part(workbench, "situation", item, situation_name="由谁办理")
    option = _part(workbench, "situation_option", situation, option_name="他人")
    link = _part(workbench, "option_material", option, material=material.id)
    report = workbench.checks.check_all(Query("service_item"))
    assert report.titles[link.id] == "申请表"


def test_departments_inside_a_department_are_equals_and_not_parts_of_it(workbench: Workbench) -> None:
    bureau = replace(workbench.records.new_record("organisation"), elements={"org_name": "示例局"})
    workbench.records.create(bureau)
    _part(workbench, "organisation", bureau, org_name="审批股")
    assert not workbench.records.tree(bureau.id).children
    with pytest.raises(KnownError) as refused:
        workbench.records.delete([bureau.id])
    assert refused.value.code == "not-empty"
    assert "示例局" in refused.value.sentence


def test_deleting_an_item_takes_its_materials_along_and_undo_brings_all_back(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    before = workbench.records.tree(item.id)
    workbench.records.save_tree(before, _with_materials(workbench, before, "申请表", "身份证"))
    full = workbench.records.tree(item.id)
    assert workbench.records.delete([item.id]).changed_count == 3
    assert workbench.records.count(Query("material")) == 0
    workbench.history.undo()
    back = workbench.records.tree(item.id)
    assert [child.record.id for child in back.children["material"]] == [
        child.record.id for child in full.children["material"]
    ]


def test_bulk_edit_is_one_step_however_many_records(workbench: Workbench) -> None:
    ids = [_item(workbench, name).id for name in NAMES]
    assert workbench.records.edit(ids, {"promise_day": 7}).changed_count == 3
    workbench.history.undo()
    assert all("promise_day" not in workbench.records.get(record_id).elements for record_id in ids)


def test_a_draft_survives_and_is_dropped_when_saved(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    before = workbench.records.tree(item.id)
    after = with_values(_with_materials(workbench, before, "申请表"), {"server_type": ("1", "2"), "promise_day": 5})
    workbench.records.keep_draft(before, after)
    kept = RecordService(workbench.workspace).draft(workbench.records.tree(item.id))
    assert kept == after
    workbench.records.save_tree(before, after)
    assert workbench.records.draft(workbench.records.tree(item.id)) is None


def test_a_draft_of_an_older_version_is_not_offered(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    before = workbench.records.tree(item.id)
    workbench.records.keep_draft(before, with_values(before, {"promise_day": 5}))
    workbench.records.edit([item.id], {"promise_day": 6})
    assert workbench.records.draft(workbench.records.tree(item.id)) is None


def test_a_person_without_the_duty_is_refused_with_the_reason(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    workbench.workspace.actor = Actor("访客", frozenset({Duty.READ}))
    acts: tuple[Callable[[], object], ...] = (
        lambda: workbench.records.edit([item.id], {"promise_day": 1}),
        lambda: workbench.records.delete([item.id]),
        workbench.history.undo,
    )
    for act in acts:
        with pytest.raises(KnownError) as refused:
            act()
        assert refused.value.code == "not-allowed"
    assert workbench.records.get(item.id).version == 1


def test_listeners_hear_of_every_change_after_it_is_on_disk(workbench: Workbench) -> None:
    heard: list[ChangeSet] = []
    workbench.workspace.listeners.append(heard.append)
    item = _item(workbench, NAMES[0])
    workbench.records.edit([item.id], {"promise_day": 1})
    workbench.records.edit([item.id], {"promise_day": 1})  # changes nothing, so nothing is heard
    workbench.history.undo()
    assert [change_set.origin for change_set in heard] == [Origin.EDIT, Origin.EDIT, Origin.UNDO]


def test_an_open_list_keeps_its_order_while_records_change(workbench: Workbench) -> None:
    ids = [_item(workbench, name).id for name in NAMES]
    opened = workbench.records.open_list(Query("service_item"))
    workbench.records.delete([ids[1]])
    rows = opened.rows(0, 10)
    assert [row.record.id if row else None for row in rows] == [ids[0], None, ids[2]]


def test_values_are_counted_with_the_words_people_read(workbench: Workbench) -> None:
    for name in NAMES:
        _item(workbench, name)
    assert workbench.records.count_by(Query("service_item"), "task_type") == [("01", "行政许可", 3)]


def test_a_reference_is_set_by_the_name_people_know(workbench: Workbench) -> None:
    item = _item(workbench, NAMES[0])
    body = replace(workbench.records.new_record("organisation"), elements={"org_name": "示例县农业农村局"})
    workbench.records.create(body)
    workbench.records.set_texts(item.id, {"dept_name": "示例县农业农村局"})
    assert workbench.records.get(item.id).elements["dept_name"] == body.id
    found = workbench.records.open_list(Query("service_item", (Filter("dept_name", Match.IS, body.id),)))
    row = found.rows(0, 1)[0]
    assert row is not None
    assert row.cells["dept_name"] == "示例县农业农村局"
    with pytest.raises(KnownError):
        workbench.records.set_texts(item.id, {"dept_name": "没有这个局"})


def test_a_save_that_gives_a_record_the_code_of_another_is_refused_whole(workbench: Workbench) -> None:
    first = workbench.records.new_record("service_item")
    second = workbench.records.new_record("service_item")
    workbench.records.create(replace(first, elements={"task_name": "甲", "local_task_code": "A-1"}))
    taken = replace(second, elements={"task_name": "乙", "local_task_code": "a-1"})
    with pytest.raises(KnownError, match="“甲”") as refused:
        workbench.records.create(taken)
    assert refused.value.code == "code-taken"
    with pytest.raises(KnownError, match="“甲”"):
        workbench.records.save_tree(RecordTree(second), RecordTree(taken))
    workbench.records.create(replace(second, elements={"task_name": "乙", "local_task_code": "A-2"}))
    with pytest.raises(KnownError, match="A-3"):
        workbench.records.edit([first.id, second.id], {"local_task_code": "A-3"})
    assert workbench.records.edit([first.id, second.id], {"task_name": "丙"}).changed_count == 2
