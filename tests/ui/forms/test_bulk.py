"""One element of many records: one step, nothing by accident."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.forms.bulk_dialog import BulkDialog
from gdbos_desktop.ui.forms.bulk_widgets import BulkMode
from gdbos_desktop.ui.forms.text_widgets import DateWidget
from gdbos_desktop.ui.theme import Theme
from tests.ui.forms.items import ITEM, type_text
from tests.ui.stage import settle
from tests.ui.test_fitting import check


@pytest.fixture
def dialog(filled: Workbench, bridge: Bridge, theme: Theme) -> Iterator[BulkDialog]:
    ids = filled.records.open_list(Query(ITEM)).ids(0, 50)
    made = BulkDialog(filled, bridge, filled.standard.kind(ITEM), ids)
    made.show()
    yield made
    settle(bridge)
    made.close()
    made.deleteLater()


def test_fifty_records_get_a_value_in_one_step_that_one_undo_takes_back(
    dialog: BulkDialog, filled: Workbench, bridge: Bridge
) -> None:
    outcomes: list[object] = []
    dialog.applied.connect(outcomes.append)
    assert not dialog.apply_button.isEnabled()
    dialog.choose_element("transact_time")
    assert not dialog.apply_button.isEnabled(), "nothing is set yet"
    assert dialog.widget is not None
    dialog.widget.set_value("工作日 9:00—17:00")
    assert "50" in dialog.apply_button.text()
    dialog.apply()
    settle(bridge)
    assert len(outcomes) == 1
    changed = [filled.records.get(one).elements.get("transact_time") for one in dialog.ids]
    assert changed == ["工作日 9:00—17:00"] * 50
    assert filled.history.next_undo() is not None
    filled.history.undo()
    assert all("transact_time" not in filled.records.get(one).elements for one in dialog.ids)


def test_emptying_says_so_on_the_button(dialog: BulkDialog, filled: Workbench, bridge: Bridge) -> None:
    dialog.choose_element("promise_day")
    assert dialog.widget is not None
    dialog.widget.set_mode(BulkMode.CLEAR)
    assert "清空" in dialog.apply_button.text()
    dialog.apply()
    settle(bridge)
    assert all("promise_day" not in filled.records.get(one).elements for one in dialog.ids)


def test_what_is_not_understood_is_told_and_not_written(dialog: BulkDialog, filled: Workbench, bridge: Bridge) -> None:
    before = len(filled.history.recent())
    dialog.choose_element("plan_effective_date")
    assert dialog.widget is not None
    editor = dialog.widget.editor
    assert isinstance(editor, DateWidget)
    type_text(editor.line, "2023.13.1")
    dialog.apply()
    settle(bridge)
    assert not dialog.apply_button.isEnabled()
    assert len(filled.history.recent()) == before
    assert dialog.isVisible()


def test_elements_are_found_by_a_part_of_their_name(dialog: BulkDialog) -> None:
    dialog.line._is_wanted = True
    dialog._on_searched("办理地")
    assert "办理地点" in [choice.label for choice in dialog.line.choices]
    assert len(dialog.line.choices) < 5


@pytest.mark.parametrize(
    "element", ["transact_addr", "use_level", "user_topic_type", "is_fee", "dept_name", "task_type"]
)
def test_the_dialog_fits_for_every_kind_of_widget(dialog: BulkDialog, bridge: Bridge, element: str) -> None:
    dialog.choose_element(element)
    settle(bridge, 0.1)
    check(dialog)
