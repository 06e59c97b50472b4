"""The editor: one save is one step, nothing typed is lost, what is wrong stands beside the field."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gdbos_desktop.domain.access import Actor, Duty
from gdbos_desktop.domain.changes import Origin
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Severity
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.tasks import Task
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.forms.builder import Form
from gdbos_desktop.ui.forms.field import Field
from gdbos_desktop.ui.forms.text_widgets import LineWidget
from tests.ui.forms.conftest import MakeEditor
from tests.ui.forms.items import ITEM, MATERIAL, Item, press, type_text
from tests.ui.stage import settle

PAUSE = 0.9
"""Longer than the pauses for checking, judging and keeping drafts."""


def form(editor: EditorPane) -> Form:
    assert editor.form is not None
    return editor.form


def field(editor: EditorPane, element: str) -> Field:
    found = form(editor).field(element)
    form(editor).jump(element)
    return found


def retype(one: Field, text: str) -> None:
    """Put another text into a field of one line as a person does."""
    one.unlock()
    one.take_focus()
    widget = one.editor()
    if isinstance(widget, LineWidget):
        widget.line.selectAll()
    else:
        target = widget.controls()[0]
        assert isinstance(target, QPlainTextEdit)
        target.selectAll()
    press(widget.controls()[0], Qt.Key.Key_Delete)
    type_text(widget.controls()[0], text)


def is_locked(one: Field) -> bool:
    return one.is_locked


# Opening


def test_an_opened_record_shows_what_the_store_has_and_is_not_changed_by_being_looked_at(
    editor: EditorPane, item: Item, bridge: Bridge
) -> None:
    assert editor.record_id == item.id
    for section in form(editor).sections:
        form(editor).show_section(section.code)
        settle(bridge)
    for code, one in form(editor)._fields.items():
        assert one.value() == item.tree.record.elements.get(code), code
    assert not editor.has_unsaved()
    assert not editor.save_button.isEnabled()


def test_only_the_section_on_screen_is_built(editor: EditorPane) -> None:
    assert len(form(editor)._pages) == 1
    form(editor).step_section(1)
    assert len(form(editor)._pages) == 2


def test_the_index_names_groups_and_tables_and_marks_where_something_is_wrong(editor: EditorPane) -> None:
    kind = editor.standard.kind(ITEM)
    labels = [section.label for section in form(editor).sections]
    assert labels[: len(kind.groups) - 1] == [g.label for g in kind.groups if g.label in labels][: len(kind.groups) - 1]
    assert {child.label for child in editor.standard.children_of(ITEM)} <= set(labels)
    index = form(editor).index
    tips = [index.item(row).toolTip() for row in range(index.count())]
    assert any("个问题" in tip for tip in tips)
    assert any("项未填" in tip for tip in tips)


def test_a_record_that_is_gone_is_told_in_place(make_editor: MakeEditor, bridge: Bridge, workbench: Workbench) -> None:
    editor = make_editor()
    editor.open_record("0" * 32)
    settle(bridge)
    assert editor.record_id == ""
    assert editor._nothing.isVisible()
    assert "删除" in editor._nothing.sentence


# What a level above fixes


def test_a_value_fixed_above_is_shown_locked_and_opens_with_f2(editor: EditorPane) -> None:
    one = field(editor, "task_name")
    assert one.is_locked
    press(one, Qt.Key.Key_F2)
    assert not is_locked(one)
    retype(one, "食品经营许可")
    assert editor.has_unsaved()
    assert editor.draft is not None
    assert editor.draft.after.record.elements["task_name"] == "食品经营许可"
    assert editor.title.text() == "食品经营许可"


def test_own_values_and_empty_ones_are_open(editor: EditorPane) -> None:
    assert not field(editor, "promise_day").is_locked
    assert not field(editor, "prohibit_requirement").is_locked


# Saving


def test_a_save_is_one_change_set_and_one_undo(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    before = len(workbench.history.recent())
    saved: list[object] = []
    editor.record_saved.connect(saved.append)
    retype(field(editor, "promise_day"), "8")
    retype(field(editor, "transact_time"), "工作日 9:00—17:00")
    table = form(editor).table(MATERIAL)
    table.model.remove([1])
    table.model.set_value(0, table.model.columns[0], "申请书")
    editor.save()
    settle(bridge)
    assert saved == [item.id]
    recent = workbench.history.recent()
    assert len(recent) == before + 1
    tree = workbench.records.tree(item.id)
    assert tree.record.elements["promise_day"] == 8
    assert tree.children[MATERIAL][0].record.elements["material_name"] == "申请书"
    assert len(tree.children[MATERIAL]) == 3
    assert not editor.has_unsaved()
    workbench.history.undo()
    settle(bridge)
    undone = workbench.records.tree(item.id)
    assert undone.record.elements == item.tree.record.elements
    assert [c.record.elements for c in undone.children[MATERIAL]] == [
        c.record.elements for c in item.tree.children[MATERIAL]
    ]


def test_ctrl_s_saves_while_the_cursor_is_in_a_field(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "promise_day"), "十二")
    widget = QApplication.focusWidget()
    assert widget is not None
    press(widget, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    editor.save()
    settle(bridge)
    assert workbench.records.get(item.id).elements["promise_day"] == 12


def test_an_undo_elsewhere_is_shown_at_once(editor: EditorPane, workbench: Workbench, bridge: Bridge) -> None:
    retype(field(editor, "promise_day"), "8")
    editor.save()
    settle(bridge)
    workbench.history.undo()
    settle(bridge, 0.1)
    settle(bridge)
    assert field(editor, "promise_day").value() == 10


def test_a_record_changed_elsewhere_is_never_overwritten(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "promise_day"), "8")
    workbench.records.edit([item.id], {"promise_day": 15, "transact_time": "周一至周五"})
    settle(bridge)
    editor.save()
    settle(bridge)
    assert "没有覆盖" in editor.notice.text
    assert workbench.records.get(item.id).elements["promise_day"] == 15
    assert editor.has_unsaved(), "what was typed is still there"
    editor.notice.buttons[0].click()
    settle(bridge, 0.1)
    assert editor.draft is not None
    assert editor.draft.after.record.elements["promise_day"] == 8, "mine stays, marked as changed"
    assert editor.draft.after.record.elements["transact_time"] == "周一至周五", "theirs came in"
    editor.save()
    settle(bridge)
    assert workbench.records.get(item.id).elements["promise_day"] == 8


def test_a_new_record_is_created_with_all_it_contains_in_one_step(
    make_editor: MakeEditor, workbench: Workbench, bridge: Bridge
) -> None:
    editor = make_editor()
    editor.new_record(ITEM)
    settle(bridge)
    retype(field(editor, "task_name"), "新事项")
    table = form(editor).table(MATERIAL)
    row = table.model.add(0)
    table.model.set_value(0, table.model.columns[0], "申请书")
    editor.save()
    settle(bridge)
    tree = workbench.records.tree(editor.record_id)
    assert tree.record.version == 1
    assert [child.record.id for child in tree.children[MATERIAL]] == [row]
    assert len([entry for entry in workbench.history.recent() if entry.change_set.origin is Origin.EDIT]) == 1
    workbench.history.undo()
    assert workbench.records.count(Query(ITEM)) == 0


def test_reverting_can_itself_be_taken_back(editor: EditorPane, bridge: Bridge) -> None:
    retype(field(editor, "promise_day"), "8")
    editor.revert()
    settle(bridge)
    assert field(editor, "promise_day").value() == 10
    assert not editor.has_unsaved()
    editor.notice.buttons[0].click()
    assert field(editor, "promise_day").value() == 8


# What is wrong


def test_typing_wrong_shows_the_issue_beside_the_field_and_saves_the_rest(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "transact_time"), "工作日")
    one = field(editor, "plan_effective_date")
    retype(one, "2023.13.1")
    settle(bridge, PAUSE)
    assert "不是日期" in one.sentences[0]
    assert editor.has_unsaved()
    editor.save()
    settle(bridge)
    assert "未保存：计划生效日期" in editor.notice.text
    record = workbench.records.get(item.id)
    assert record.elements["transact_time"] == "工作日"
    assert record.elements["plan_effective_date"] == "2023-05-01", "nothing half understood is written"
    retype(one, "2024年1月2日")
    settle(bridge, PAUSE)
    assert not one.sentences
    editor.save()
    settle(bridge)
    assert workbench.records.get(item.id).elements["plan_effective_date"] == "2024-01-02"


def test_a_rule_speaks_up_as_one_types_and_falls_silent_when_it_is_mended(editor: EditorPane, bridge: Bridge) -> None:
    one = field(editor, "promise_day")
    retype(one, "90")
    settle(bridge, PAUSE)
    assert any("法定" in words for words in one.sentences)
    assert any(issue.element == "promise_day" and issue.severity is Severity.ERROR for issue in editor.issues)
    retype(one, "10")
    settle(bridge, PAUSE)
    assert not any("法定" in words for words in one.sentences)


def test_a_suggestion_is_taken_with_one_click(
    make_editor: MakeEditor, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    workbench.records.edit([item.id], {"dept_code": "115113010833722O43"})
    editor = make_editor()
    editor.open_record(item.id)
    settle(bridge, 0.1)
    settle(bridge, 0.1)
    one = field(editor, "dept_code")
    assert one.mends, one.sentences
    one.mends[0].click()
    settle(bridge, PAUSE)
    assert one.value() == "115113010833722043"
    assert not one.mends


def test_what_is_not_filled_is_marked_quietly_and_told_when_asked(editor: EditorPane, bridge: Bridge) -> None:
    one = field(editor, "handle_flow")
    assert one._missing.isVisible()
    assert not one.sentences
    editor.meter.click()
    settle(bridge)
    assert editor.missing_panel.isVisible()
    assert editor.missing_panel.rows
    assert any("没有填" in words for words in one.sentences)


def test_the_lists_lead_to_the_field(editor: EditorPane, bridge: Bridge) -> None:
    editor.show_panel(editor.missing_panel)
    row = next(row for row in editor.missing_panel.rows if row.key == "is_pay_online")
    editor.missing_panel.row_chosen.emit(row.key)
    assert form(editor).section == "fee"
    editor.show_panel(editor.issues_panel)
    issue = next(issue for issue in editor.issues if issue.element == "online_handle_url")
    editor.show_issue(issue)
    assert form(editor).section == "online"
    focused = QApplication.focusWidget()
    assert focused is not None
    assert form(editor).field("online_handle_url").isAncestorOf(focused)


def test_an_issue_of_a_contained_record_leads_to_its_row(editor: EditorPane, item: Item) -> None:
    issue = next(i for i in editor.issues if i.record_id == item.child(MATERIAL, 3) and i.code != "required")
    editor.show_issue(issue)
    table = form(editor).table(MATERIAL)
    assert form(editor).section == f"@{MATERIAL}"
    assert table.view.currentIndex().row() == 3


def test_the_completeness_grows_when_a_missing_element_is_filled(editor: EditorPane, bridge: Bridge) -> None:
    before = editor.meter.percent
    retype(field(editor, "handle_flow"), "受理、审核、审批、办结、送达")
    settle(bridge, PAUSE)
    assert editor.meter.percent > before


# Families


def test_another_item_type_shows_other_elements_and_loses_nothing(
    editor: EditorPane, bridge: Bridge, workbench: Workbench
) -> None:
    before = {element.code for section in form(editor).sections for element in section.elements}
    one = field(editor, "task_type")
    one.unlock()
    one.editor().put("02")
    settle(bridge, PAUSE)
    after = {element.code for section in form(editor).sections for element in section.elements}
    kind = workbench.standard.kind(ITEM)
    assert after == {element.code for element in kind.elements_for("punish")}
    assert before - after
    one.editor().put("01")
    settle(bridge, PAUSE)
    assert {element.code for section in form(editor).sections for element in section.elements} == before
    assert not editor.has_unsaved()


# Drafts


def test_a_draft_survives_a_new_window_and_is_offered(
    make_editor: MakeEditor, editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "transact_time"), "还没有保存")
    settle(bridge, 1.3)
    assert workbench.records.get(item.id).elements.get("transact_time") is None
    other = make_editor()  # as after a crash: nobody closed the first one
    other.open_record(item.id)
    settle(bridge)
    assert "草稿" in other.notice.text
    assert field(other, "transact_time").value() is None
    other.notice.buttons[0].click()
    settle(bridge)
    assert field(other, "transact_time").value() == "还没有保存"
    assert other.has_unsaved()
    other.save()
    settle(bridge)
    assert workbench.records.get(item.id).elements["transact_time"] == "还没有保存"
    assert workbench.records.draft(workbench.records.tree(item.id)) is None


def test_a_draft_of_a_new_record_is_found_again(make_editor: MakeEditor, workbench: Workbench, bridge: Bridge) -> None:
    editor = make_editor()
    editor.new_record(ITEM)
    settle(bridge)
    retype(field(editor, "task_name"), "写到一半")
    settle(bridge, 1.3)
    other = make_editor()
    other.new_record(ITEM)
    settle(bridge)
    assert "草稿" in other.notice.text
    other.notice.buttons[0].click()
    assert field(other, "task_name").value() == "写到一半"
    other.notice.hide()
    other.save()
    settle(bridge)
    third = make_editor()
    third.new_record(ITEM)
    settle(bridge)
    assert third.notice.text == ""


def test_a_draft_that_was_thrown_away_is_not_offered_again(
    make_editor: MakeEditor, editor: EditorPane, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "transact_time"), "不要了")
    editor.close_record()
    settle(bridge)
    editor.open_record(item.id)
    settle(bridge)
    assert "草稿" in editor.notice.text
    editor.notice.buttons[1].click()
    settle(bridge)
    editor.close_record()
    editor.open_record(item.id)
    settle(bridge)
    assert editor.notice.text == ""


def test_a_draft_that_waits_behind_an_import_is_offered_all_the_same(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item, qtbot: QtBot
) -> None:
    is_over = threading.Event()
    workbench.tasks.run_change(lambda _progress: is_over.wait(10), Task(""))
    retype(field(editor, "transact_time"), "还没写到盘上")
    editor.open_record(item.office.id)
    qtbot.waitUntil(lambda: editor.record_id == item.office.id)
    editor.open_record(item.id)
    qtbot.waitUntil(lambda: editor.record_id == item.id)
    assert "草稿" in editor.notice.text
    is_over.set()
    settle(bridge)
    editor.notice.buttons[0].click()
    assert field(editor, "transact_time").value() == "还没写到盘上"


def test_what_was_typed_and_taken_back_by_hand_is_not_offered(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "promise_day"), "8")
    settle(bridge, 1.3)
    assert workbench.records.draft(workbench.records.tree(item.id)) is not None
    retype(field(editor, "promise_day"), "10")
    editor.close_record()
    settle(bridge)
    assert workbench.records.draft(workbench.records.tree(item.id)) is None


def test_a_save_that_is_refused_after_the_person_went_on_leaves_a_draft(
    editor: EditorPane, workbench: Workbench, bridge: Bridge, item: Item
) -> None:
    retype(field(editor, "promise_day"), "8")
    workbench.workspace.actor = Actor("访客", frozenset({Duty.READ}))
    editor.save()
    editor.open_record(item.office.id)
    settle(bridge)
    assert editor.record_id == item.office.id
    kept = workbench.records.draft(workbench.records.tree(item.id))
    assert kept is not None
    assert kept.record.elements["promise_day"] == 8


def test_going_to_another_record_keeps_what_was_typed(
    editor: EditorPane, bridge: Bridge, item: Item, workbench: Workbench
) -> None:
    retype(field(editor, "transact_time"), "中途换了一条")
    editor.open_record(item.office.id)
    settle(bridge)
    assert editor.record_id == item.office.id
    editor.open_record(item.id)
    settle(bridge)
    assert "草稿" in editor.notice.text
    editor.notice.buttons[0].click()
    assert field(editor, "transact_time").value() == "中途换了一条"


# History


def test_the_history_tells_who_when_and_from_what_to_what(
    editor: EditorPane, bridge: Bridge, workbench: Workbench, item: Item
) -> None:
    workbench.records.edit([item.id], {"promise_day": 7})
    settle(bridge, 0.1)
    editor.show_history("promise_day")
    settle(bridge)
    assert editor.history_panel.isVisible()
    act = editor.history_panel.acts[0]
    assert act.actor == workbench.workspace.actor.name
    past = act.parts[0][2][0]
    assert (past.before, past.after) == ("10", "7")
    editor.history_panel.value_wanted.emit(past.element, past.value_before)
    assert field(editor, "promise_day").value() == 10
    assert editor.has_unsaved()
    editor.show_history()
    settle(bridge)
    assert len(editor.history_panel.acts) == 2


# Contained records as a whole


def test_a_contained_record_opens_whole_and_goes_back(
    editor: EditorPane, bridge: Bridge, workbench: Workbench, item: Item
) -> None:
    form(editor).jump_row(MATERIAL, item.child(MATERIAL, 0))
    form(editor).table(MATERIAL).open_row()
    assert form(editor).kind.code == MATERIAL
    assert editor.trail.isVisible()
    retype(field(editor, "fill_explain"), "用黑色签字笔填写")
    table = form(editor).table("data_item")
    table.model.add(0)
    table.model.set_value(0, table.model.columns[0], "经营者名称")
    press(editor, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    editor._up()
    assert form(editor).kind.code == ITEM
    editor.save()
    settle(bridge)
    material = workbench.records.tree(item.id).children[MATERIAL][0]
    assert material.record.elements["fill_explain"] == "用黑色签字笔填写"
    assert material.children["data_item"][0].record.elements["data_item_name"] == "经营者名称"


def test_references_to_what_the_record_contains_offer_only_that(editor: EditorPane, item: Item) -> None:
    found: list[object] = []
    editor._find_choices(MATERIAL, "营业", found.extend)
    assert found == [(item.child(MATERIAL, 1), "营业执照")]
    editor._find_choices("situation", "", found.extend)
    assert len(found) == 3


@pytest.mark.parametrize("kind", ["organisation", "catalogue_item", "data_element", "service_item"])
def test_every_top_kind_can_be_begun_and_saved(
    make_editor: MakeEditor, workbench: Workbench, bridge: Bridge, kind: str
) -> None:
    editor = make_editor()
    editor.new_record(kind)
    settle(bridge)
    for section in form(editor).sections:
        form(editor).show_section(section.code)
    retype(field(editor, workbench.standard.kind(kind).title), "新的一条")
    editor.save()
    settle(bridge)
    assert workbench.records.get(editor.record_id).version == 1


def test_a_provincial_standard_needs_no_code() -> None:
    """Sections follow the standard: what a province adds or renames is simply there."""
    from gdbos_desktop.schema import load_code_lists, load_standard
    from gdbos_desktop.system.resources import read_texts
    from gdbos_desktop.ui.forms.builder import FormBuilder
    from gdbos_desktop.ui.forms.value_widget import FormContext

    texts, lists = read_texts("standards"), load_code_lists(read_texts("code-lists"))
    for name in texts:
        standard = load_standard(texts, name, lists)
        builder = FormBuilder(standard, FormContext(), "county", lambda kind, _p, _n: Record("", kind, {}))
        for kind in standard.kinds.values():
            for family in ("", *standard.family_labels):
                sections = builder.sections((kind.code,), family)
                shown = [element.code for section in sections for element in section.elements]
                assert shown == [element.code for element in kind.elements_for(family)]
