"""Change drafts on screen: told above the form, shown side by side, put into force or given up from there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gdbos_desktop.domain.access import Actor, Duty
from gdbos_desktop.domain.changes import Origin, create, edit
from gdbos_desktop.domain.records import Record
from gdbos_desktop.services.drafts import into_drafts
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.forms.draft_pane import DraftPane
from tests.ui.forms.items import MATERIAL, Item
from tests.ui.stage import settle


def make_draft(workbench: Workbench, item: Item) -> str:
    """The item's draft, as an import makes it; its id."""
    workspace = workbench.workspace
    record = workbench.records.get(item.id)
    material = Record(workspace.new_id(), MATERIAL, {"material_name": "居住证明", "order_num": 9}, item.id, 8)
    with workspace.store.read() as reader:
        rerouted = into_drafts(workspace, reader, [edit(record, {"promise_day": 3}), create(material)], "导入")
    workspace.apply(rerouted.changes, origin=Origin.IMPORT, reason="导入")
    found = workbench.drafts.of_item(item.id)
    assert found is not None
    return found.record.id


def button(editor: EditorPane, words: str) -> QPushButton:
    [found] = [one for one in editor.draft_line.buttons if one.text() == words]
    return found


@pytest.fixture
def pane(workbench: Workbench, bridge: Bridge, qtbot: QtBot) -> Iterator[DraftPane]:
    made = DraftPane(workbench, bridge)
    made.resize(620, 600)
    made.show()
    qtbot.waitActive(made).__enter__()
    yield made
    settle(bridge)
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))


def test_the_form_tells_of_a_draft_as_soon_as_there_is_one(
    editor: EditorPane, item: Item, workbench: Workbench, bridge: Bridge
) -> None:
    assert editor.draft_line.text == ""
    make_draft(workbench, item)
    settle(bridge, 0.1)
    assert "1 个要素" in editor.draft_line.text
    assert "新增 1" in editor.draft_line.text
    assert editor.notice.text == ""  # what is in force did not change


def test_view_shows_both_versions_beside_the_form(
    editor: EditorPane, item: Item, workbench: Workbench, bridge: Bridge
) -> None:
    make_draft(workbench, item)
    settle(bridge, 0.1)
    button(editor, "查看").click()
    settle(bridge, 0.1)
    assert editor.draft_panel.isVisible()
    first = editor.draft_panel.differences[0]
    assert (first.label, first.before, first.after) == ("承诺办结时限", "10", "3")


def test_put_into_force_from_the_form_changes_the_form_and_ends_the_line(
    editor: EditorPane, item: Item, workbench: Workbench, bridge: Bridge
) -> None:
    make_draft(workbench, item)
    settle(bridge, 0.1)
    editor.show_draft_version()
    settle(bridge, 0.1)
    button(editor, "发布").click()
    settle(bridge, 0.1)
    settle(bridge, 0.1)
    assert editor.draft_line.text == ""
    assert not editor.draft_panel.isVisible()
    assert editor.draft is not None
    assert editor.draft.after.record.elements["promise_day"] == 3
    assert editor.draft.after.record.elements["task_version"] == 2
    assert not editor.has_unsaved()


def test_a_conflict_is_told_in_the_line_and_nothing_is_put_into_force(
    editor: EditorPane, item: Item, workbench: Workbench, bridge: Bridge
) -> None:
    make_draft(workbench, item)
    workbench.records.edit([item.id], {"promise_day": 7})
    settle(bridge, 0.1)
    button(editor, "发布").click()
    settle(bridge, 0.1)
    assert "承诺办结时限" in editor.draft_line.text
    assert workbench.records.get(item.id).elements["promise_day"] == 7


def test_who_may_not_publish_is_offered_to_look_only(
    editor: EditorPane, item: Item, workbench: Workbench, bridge: Bridge
) -> None:
    make_draft(workbench, item)
    workbench.workspace.actor = Actor("读者", frozenset({Duty.READ}))
    editor.open_record(item.id)
    settle(bridge, 0.1)
    assert [one.text() for one in editor.draft_line.buttons] == ["查看"]


def test_a_draft_in_its_list_is_discarded_and_stays_readable(
    pane: DraftPane, item: Item, workbench: Workbench, bridge: Bridge
) -> None:
    pane.open_record(make_draft(workbench, item))
    settle(bridge, 0.1)
    assert pane.publish_button.isVisible()
    pane.discard_button.click()
    settle(bridge, 0.1)
    settle(bridge, 0.1)
    assert pane.state.text() == "撤回"
    assert not pane.publish_button.isVisible()
    assert [one.after for one in pane.panel.differences if one.is_own] == ["3"]
    assert workbench.records.get(item.id).elements["promise_day"] == 10
