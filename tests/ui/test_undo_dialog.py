"""Taking an act back in part from the window: the account names what is in the way, opens it, and offers the rest."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt

from gdbos_desktop.ui.assembly import WindowParts
from gdbos_desktop.ui.pages.history_page import HistoryPage
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.undo_dialog import UndoDialog
from tests.ui.stage import settle

ITEM = "service_item"


def _ids(parts: WindowParts) -> list[str]:
    page = cast("RecordsPage", parts.window.page(ITEM))
    return [page.model.record_id(place) or "" for place in range(2)]


def _hindered_act(parts: WindowParts) -> UndoDialog:
    records = parts.workbench.records
    first, second = _ids(parts)
    records.edit([first, second], {"task_name": "甲"}, "改两条")
    records.edit([first], {"task_name": "乙"}, "再改一条")
    parts.window.show_page("history")
    settle(parts.bridge, 0.3)
    history = cast("HistoryPage", parts.window.page("history"))
    history.table.selectRow(1)
    history.undo_button.click()
    settle(parts.bridge, 0.3)
    (dialog,) = parts.window.findChildren(UndoDialog)
    return dialog


def test_the_account_shows_what_became_what_and_the_rest_is_taken_back(parts: WindowParts) -> None:
    dialog = _hindered_act(parts)
    shown = [str(dialog.model.index(0, column).data() or "") for column in range(5)]
    assert shown[0] == "乙"
    assert "甲 → 乙" in shown[2]
    assert shown[4] == parts.workbench.workspace.actor.name
    dialog.rest_button.click()
    settle(parts.bridge, 0.4)
    first, second = _ids(parts)
    records = parts.workbench.records
    assert records.get(first).elements["task_name"] == "乙"
    assert records.get(second).elements["task_name"] != "甲"
    history = cast("HistoryPage", parts.window.page("history"))
    states = [history.model.index(row, 5).data() for row in range(3)]
    assert [bool(state) for state in states] == [False, False, True]


def test_a_click_on_a_record_opens_it_and_nothing_is_taken_back(parts: WindowParts) -> None:
    dialog = _hindered_act(parts)
    asked: list[str] = []
    parts.navigator.record_asked.connect(asked.append)
    cell = dialog.table.visualRect(dialog.model.index(0, 0)).center()
    assert dialog.model.index(0, 0).data(Qt.ItemDataRole.ForegroundRole) is not None
    dialog.table.clicked.emit(dialog.table.indexAt(cell))
    settle(parts.bridge, 0.3)
    first, second = _ids(parts)
    assert asked == [first]
    assert parts.workbench.records.get(second).elements["task_name"] == "甲"
