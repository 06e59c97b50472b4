"""A clerk's day in the window, by keyboard and buttons: find, mend, save, take back, import, hand out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import openpyxl
import pytest
from docx import Document
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gdbos_desktop import bootstrap
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.demo import sample_workbook
from gdbos_desktop.services.imports import LEAVE_OUT, ImportOptions
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.assembly import Desk, WindowParts
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.import_page import ImportPage, Step
from gdbos_desktop.ui.pages.history_page import HistoryPage
from gdbos_desktop.ui.pages.hosted_page import HostedPage
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.tasks_strip import TaskRow
from gdbos_desktop.ui.theme import Theme
from tests.ui.forms.items import press, type_text
from tests.ui.stage import ITEM, MATERIAL, AnsweringDialogs, close_window, settle, type_into

PAUSE = 0.6
"""Longer than any pause after typing."""


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Workbench]:
    """The store of the shipped sample."""
    made = bootstrap.create_workbench(tmp_path / "sample.gdbos", "示例县", "999901000000")
    session = made.imports.open(sample_workbook(), ImportOptions())
    made.imports.commit(made.imports.propose(session))
    yield made
    made.close()


@pytest.fixture
def desk(
    sample: Workbench, theme: Theme, dialogs: AnsweringDialogs, tmp_path: Path, qtbot: QtBot
) -> Iterator[WindowParts]:
    """The window on it, in front."""
    made = WindowParts(sample, Desk(theme, Preferences(tmp_path / "window.ini"), dialogs, lambda: None))
    made.window.resize(1366, 768)
    with qtbot.waitActive(made.window):
        made.window.show()
        made.window.activateWindow()
    made.start()
    settle(made.bridge, 0.3)
    yield made
    close_window(made)


@pytest.fixture
def page(desk: WindowParts) -> RecordsPage:
    """The list of the items."""
    return cast("RecordsPage", desk.window.page(ITEM))


def open_first(desk: WindowParts, page: RecordsPage) -> EditorPane:
    page.table.setFocus()
    page.table.select_row(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle(desk.bridge, PAUSE)
    QTest.keyClick(page.table, Qt.Key.Key_Return)  # once more: into the form
    return cast("EditorPane", page.editor)


def step(importer: ImportPage) -> Step:
    return importer.step


def names(page: RecordsPage) -> list[str]:
    return [str(page.model.index(row, 0).data()) for row in range(page.model.rowCount())]


@pytest.mark.parametrize("words", ["食品", "spjy"])
def test_two_characters_and_initials_find_the_same_items(desk: WindowParts, page: RecordsPage, words: str) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = QApplication.focusWidget()
    assert line is page.filter_bar.search
    assert isinstance(line, QLineEdit)
    type_into(line, words)
    settle(desk.bridge, PAUSE)
    found = names(page)
    assert found
    assert all("食品" in name for name in found)
    QTest.keyClick(line, Qt.Key.Key_Down)
    line.clear()
    settle(desk.bridge, PAUSE)
    assert page.model.rowCount() == 60


def test_a_wrong_limit_is_told_beside_its_field_mended_saved_undone_and_done_again(
    desk: WindowParts, page: RecordsPage
) -> None:
    editor = open_first(desk, page)
    form, record_id = editor.form, editor.record_id
    assert form is not None
    records = desk.workbench.records
    before = records.get(record_id).elements["promise_day"]
    limit = cast("int", records.get(record_id).elements["anticipate_day"])
    field = form.field("promise_day")
    form.jump("promise_day")
    field.type_text(str(limit + 10))
    settle(desk.bridge, PAUSE)
    assert any(str(limit + 10) in words for words in field.sentences)
    assert editor.save_button.isEnabled()
    wanted = max(limit - 1, 1)
    field.type_text(str(wanted))
    settle(desk.bridge, PAUSE)
    assert field.sentences == []
    QTest.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    assert records.get(record_id).elements["promise_day"] == wanted
    assert not editor.has_unsaved()

    page.table.setFocus()
    QTest.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    assert records.get(record_id).elements["promise_day"] == before
    assert field.value() == before
    QTest.keyClick(desk.window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    assert records.get(record_id).elements["promise_day"] == wanted
    assert field.value() == wanted

    editor.show_history("promise_day")
    settle(desk.bridge, PAUSE)
    assert len(editor.history_panel.acts) >= 3
    QTest.keyClick(desk.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    history = cast("HistoryPage", desk.window.current_page)
    assert history.model.rowCount() == 4  # import, edit, undo, redo


def test_a_material_is_edited_in_its_row_and_rows_come_from_excel(desk: WindowParts, page: RecordsPage) -> None:
    editor = open_first(desk, page)
    form = editor.form
    assert form is not None
    form.show_section(f"@{MATERIAL}")
    table = form.table(MATERIAL)
    rows = len(table.model.rows)
    table.view.go(table.model.index(0, 0))
    table.view.setFocus()
    press(table.view, Qt.Key.Key_F2)
    cell = QApplication.focusWidget()
    assert isinstance(cell, (QLineEdit, QPlainTextEdit))
    cell.selectAll()
    type_text(cell, "新的申请表")
    press(cell, Qt.Key.Key_Return)
    headings = "\t".join(column.label for column in table.model.columns[:2])
    QGuiApplication.clipboard().setText(f"{headings}\n营业执照副本\t必要\n场地证明\t必要")
    table.take_focus()
    QTest.keyClick(table.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    assert len(table.model.rows) == rows + 2
    QTest.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    tree = desk.workbench.records.tree(editor.record_id)
    kept = [str(child.record.elements["material_name"]) for child in tree.children[MATERIAL]]
    assert kept[0] == "新的申请表"
    assert kept[-2:] == ["营业执照副本", "场地证明"]


def test_a_list_with_a_strange_column_goes_in_after_one_answer_and_out_again(
    desk: WindowParts, page: RecordsPage, dialogs: AnsweringDialogs, tmp_path: Path
) -> None:
    count = desk.workbench.records.count(Query(ITEM))
    path = tmp_path / "清单.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(
            [
                ["事项名称", "实施主体", "事项类型", "承诺办结时限", "窗口私用备注"],
                ["户外广告设置许可", "示例县住房和城乡建设局", "行政许可", 5, "甲"],
            ]
        )
    QTest.keyClick(desk.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    settle(desk.bridge, PAUSE)
    importer = cast("ImportPage", cast("HostedPage", desk.window.current_page).part)
    dialogs.answer = path
    importer.choose_button.click()
    settle(desk.bridge, PAUSE)
    assert step(importer) is Step.COLUMNS
    (asked,) = [one for one in importer.columns.columns if one.is_asked]
    importer.columns.choose(asked.plan.place, LEAVE_OUT)
    settle(desk.bridge, PAUSE)
    importer.continue_button.click()
    settle(desk.bridge, PAUSE)
    assert step(importer) is Step.REVIEW
    importer.commit_button.click()
    settle(desk.bridge, PAUSE)
    assert step(importer) is Step.DONE
    assert desk.window.task_strip.rows == ()  # the page itself said how each step ended
    assert desk.workbench.records.count(Query(ITEM)) == count + 1

    desk.window.show_page(ITEM)
    type_into(page.filter_bar.search, "户外广告")
    settle(desk.bridge, PAUSE)
    assert names(page) == ["户外广告设置许可"]
    dialogs.answer = tmp_path / "户外.xlsx"
    page.acts.export_workbook(only_selection=False)
    settle(desk.bridge, PAUSE)
    book = openpyxl.load_workbook(tmp_path / "户外.xlsx")
    assert any("户外广告设置许可" in row for row in book.worksheets[0].iter_rows(values_only=True))
    dialogs.answer = tmp_path
    page.table.select_row(0)
    page.acts.export_guides(only_selection=True)
    settle(desk.bridge, PAUSE)
    (guide,) = tmp_path.glob("*户外广告*.docx")
    assert "户外广告设置许可" in "".join(paragraph.text for paragraph in Document(str(guide)).paragraphs)
    guide.with_name(f".~lock.{guide.name}#").touch()  # somebody has it open
    page.acts.export_guides(only_selection=True)
    settle(desk.bridge, PAUSE)
    assert any("1 份没有写成" in row.words for row in desk.window.findChildren(TaskRow))


def test_the_checks_are_one_button_away_from_a_finished_import(desk: WindowParts, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text("事项名称,事项类型\n户外广告设置许可,行政许可\n", encoding="utf-8-sig")
    desk.window.show_page("import")
    importer = cast("ImportPage", cast("HostedPage", desk.window.current_page).part)
    importer.read(path)
    settle(desk.bridge, PAUSE)
    importer.go_on()
    settle(desk.bridge, PAUSE)
    importer.commit()
    settle(desk.bridge, PAUSE)
    importer.check_button.click()
    settle(desk.bridge, PAUSE)
    assert desk.window.current_page is desk.window.page("check")
    assert desk.window.task_strip.rows == ()


def test_f11_gives_the_form_the_whole_page_and_the_list_back(desk: WindowParts, page: RecordsPage) -> None:
    editor = open_first(desk, page)
    narrow = editor.width()
    QTest.keyClick(editor, Qt.Key.Key_F11)
    settle(desk.bridge, 0.1)
    assert editor.width() > narrow * 1.5
    assert not page.table.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_F11)
    settle(desk.bridge, 0.1)
    assert editor.width() == narrow
    assert page.table.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_F11)
    editor.close_record()
    settle(desk.bridge, 0.1)
    assert page.table.isVisible()
