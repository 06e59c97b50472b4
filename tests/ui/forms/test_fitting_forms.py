"""Every section of every form fits: nothing elided, nothing outside its place, every control named, at every width."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.forms.builder import FieldsPage
from gdbos_desktop.ui.theme import Theme
from tests.ui.forms.conftest import MakeEditor
from tests.ui.forms.items import ITEM, MATERIAL, Item
from tests.ui.stage import settle
from tests.ui.test_fitting import check, clipped, nameless, outside

WIDTHS = (500, 560, 620, 900, 1200)


def look(editor: EditorPane) -> None:
    """Check the frame and, section by section, what can be scrolled to."""
    form = editor.form
    assert form is not None
    for section in form.sections:
        form.show_section(section.code)
        QApplication.processEvents()
        QApplication.processEvents()
        check(editor)
        for scroll in form.findChildren(QScrollArea):
            page = scroll.widget()
            if not page.isVisible():
                continue
            assert page.width() <= scroll.viewport().width(), f"{section.label} is wider than its room"
            problems = [*outside(page), *clipped(page), *nameless(page)]
            assert problems == [], section.label
            _no_word_is_lost(page)


def _no_word_is_lost(page: QWidget) -> None:
    for shown in page.findChildren(QLabel):
        if shown.isVisible() and shown.text() and not shown.wordWrap():
            assert shown.width() + 1 >= shown.sizeHint().width(), shown.text()
        assert "…" not in shown.text()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_section_of_a_full_item_fits(editor: EditorPane, bridge: Bridge, width: int) -> None:
    editor.resize(width, 600)
    settle(bridge, 0.1)
    look(editor)


@pytest.mark.parametrize("family", ["02", "04", "06", "20"])
def test_every_section_of_every_family_fits(
    make_editor: MakeEditor, item: Item, workbench: Workbench, bridge: Bridge, family: str
) -> None:
    workbench.records.edit([item.id], {"task_type": family})
    editor = make_editor()
    editor.open_record(item.id)
    settle(bridge, 0.5)
    look(editor)


@pytest.mark.parametrize("kind", ["organisation", "catalogue_item", "data_element", MATERIAL, "handling_item", "step"])
def test_an_empty_form_of_every_kind_fits_with_everything_told(
    make_editor: MakeEditor, bridge: Bridge, kind: str
) -> None:
    editor = make_editor()
    editor.new_record(kind)
    settle(bridge, 0.5)
    assert editor.form is not None
    editor.form.tell_missing()
    look(editor)


@pytest.mark.parametrize("width", [620, 1200])
def test_the_side_panels_fit(editor: EditorPane, bridge: Bridge, width: int) -> None:
    editor.resize(width, 640)
    for panel in (editor.issues_panel, editor.missing_panel):
        editor.show_panel(panel)
        settle(bridge, 0.1)
        check(editor)
    editor.show_history()
    settle(bridge, 0.1)
    check(editor)
    editor.show_history("promise_day")
    settle(bridge, 0.1)
    check(editor)


def test_a_long_title_wraps_and_a_notice_does_not_push_anything_out(editor: EditorPane, bridge: Bridge) -> None:
    assert editor.draft is not None
    editor._change(editor.draft.with_value((), "task_name", "很长的事项名称" * 12))
    editor.notice.show_words(
        "需要说明的话" * 20, "warning", [("第一个去处", lambda: None), ("第二个去处", lambda: None)]
    )
    settle(bridge, 0.5)
    check(editor)
    assert editor.width() == 620


def test_a_contained_record_fits_with_its_trail(editor: EditorPane, item: Item, bridge: Bridge) -> None:
    editor._go(((MATERIAL, item.child(MATERIAL, 2)),))
    settle(bridge, 0.1)
    look(editor)


def test_two_columns_when_wide_and_one_when_narrow(editor: EditorPane, bridge: Bridge) -> None:
    form = editor.form
    assert form is not None
    for width, columns in ((620, 1), (1200, 2), (700, 1)):
        editor.resize(width, 600)
        settle(bridge, 0.1)
        page = form._pages["basic"]
        assert isinstance(page, FieldsPage)
        assert page.columns == columns


def test_a_value_fixed_above_is_shown_once_in_one_column_and_in_two(editor: EditorPane, bridge: Bridge) -> None:
    for width in (620, 1200):
        editor.resize(width, 600)
        settle(bridge, 0.1)
        form = editor.form
        assert form is not None
        field = form.field("task_name")
        assert field.is_locked
        assert not field.editor().isVisible()


def test_tab_goes_down_the_fields_in_the_order_of_the_form(editor: EditorPane, bridge: Bridge) -> None:
    form = editor.form
    assert form is not None
    form.show_section("process")
    form.focus_first()
    seen: list[str] = []
    for _step in range(60):
        widget = QApplication.focusWidget()
        owner = next((code for code, one in form._fields.items() if widget and one.isAncestorOf(widget)), "")
        if owner and (not seen or seen[-1] != owner):
            seen.append(owner)
        editor.focusNextChild()
        if widget is not None and widget is QApplication.focusWidget():
            break
    wanted = [e.code for s in form.sections if s.code == "process" for e in s.elements]
    assert [code for code in seen if code in wanted][: len(wanted)] == wanted


def test_the_dark_theme_redraws_everything(editor: EditorPane, theme: Theme, bridge: Bridge) -> None:
    theme.set_dark(True)
    settle(bridge, 0.1)
    whole = editor.grab().toImage().scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
    assert whole.pixelColor(0, 0).lightness() < 90
    theme.set_dark(False)


def test_an_item_without_anything_is_a_form_too(make_editor: MakeEditor, workbench: Workbench, bridge: Bridge) -> None:
    record = workbench.records.new_record(ITEM)
    workbench.records.save_tree(RecordTree(record), RecordTree(record))
    editor = make_editor()
    editor.open_record(record.id)
    settle(bridge, 0.5)
    assert "未命名" in editor.title.text() or "新增" in editor.title.text()
    check(editor)
