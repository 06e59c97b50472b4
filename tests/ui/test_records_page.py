"""The page of a kind: searching as one types, filters, groups, columns, copying, deleting, exporting."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.assembly import WindowParts
from gdbos_desktop.ui.element_picker import ColumnChooser, ElementPicker
from gdbos_desktop.ui.filter_bar import FilterChip
from gdbos_desktop.ui.filter_popup import FilterPopup
from gdbos_desktop.ui.group_tree import CountDelegate
from gdbos_desktop.ui.list_model import COMPLETE, first_columns
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.record_table import read_tsv, tsv
from tests.ui.stage import ITEM, AnsweringDialogs, Filler, settle, type_into

PAUSE = 0.7


@pytest.fixture
def page(parts: WindowParts) -> RecordsPage:
    settle(parts.bridge, 0.4)
    return cast("RecordsPage", parts.window.page(ITEM))


def names(page: RecordsPage, count: int = 5) -> list[str]:
    column = next(place for place, one in enumerate(page.model.columns) if one.code == page.kind.title)
    return [str(page.model.data(page.model.index(row, column))) for row in range(min(count, page.model.rowCount()))]


def column_texts(page: RecordsPage, code: str, count: int) -> list[str]:
    rows = [page.model.row_at(row) for row in range(count)]
    return [row.cells.get(code, "") for row in rows if row is not None]


def groups(page: RecordsPage) -> dict[str, int]:
    return {item.text(0): int(item.data(0, CountDelegate.COUNT)) for item in page.tree._items()}


@pytest.mark.parametrize(
    ("typed", "count", "part"),
    [
        ("许可", 80, "许可"),
        ("教师", 40, "教师资格认定"),
        ("食", 40, "食品"),
        ("spjyxk", 40, "食品经营许可"),
        ("511A00000012", 1, "第 13 项"),
    ],
    ids=["two characters", "a word", "one character", "initials", "a code"],
)
def test_searching_as_one_types_finds_words_codes_and_initials(
    parts: WindowParts, page: RecordsPage, typed: str, count: int, part: str
) -> None:
    type_into(page.filter_bar.search, typed)
    settle(parts.bridge, PAUSE)
    assert page.model.rowCount() == count
    assert all(part in name for name in names(page))
    assert f"{count}" in page.remark_label.text()


def test_typing_asks_once_after_the_pause_and_not_at_every_key(parts: WindowParts, page: RecordsPage) -> None:
    asked: list[int] = []
    page.filter_bar.changed.connect(lambda: asked.append(1))
    type_into(page.filter_bar.search, "教师资格")
    settle(parts.bridge, PAUSE)
    assert len(asked) == 1


def test_enter_searches_at_once(parts: WindowParts, page: RecordsPage) -> None:
    type_into(page.filter_bar.search, "教师")
    QTest.keyClick(page.filter_bar.search, Qt.Key.Key_Return)
    settle(parts.bridge)
    assert page.model.rowCount() == 40


def test_an_office_in_the_tree_filters_the_list_and_counts_what_stands_below_it(
    parts: WindowParts, page: RecordsPage
) -> None:
    counts = groups(page)
    assert counts["区教科体局"] == 67
    assert counts["区市监局"] == 67 + 66, "with the station below it"
    assert counts["浓洄市监所"] == 66
    assert next(iter(counts.values())) == 200
    office = next(item for item in page.tree._items() if item.text(0) == "区市监局")
    page.tree.tree.setCurrentItem(office)
    settle(parts.bridge, PAUSE)
    assert page.model.rowCount() == 133
    assert set(column_texts(page, "dept_name", 60)) == {"区市监局", "浓洄市监所"}


def test_the_tree_can_group_by_another_element(parts: WindowParts, page: RecordsPage) -> None:
    page.tree.group_by("task_type")
    settle(parts.bridge, PAUSE)
    assert groups(page)["行政许可"] == 100
    page.tree.choose("01")
    settle(parts.bridge, PAUSE)
    assert page.model.rowCount() == 100


def test_filters_become_chips_that_say_what_they_do_and_can_be_cleared_one_by_one(
    parts: WindowParts, page: RecordsPage
) -> None:
    page.filter_bar.set_filter("task_type", (Filter("task_type", Match.IS_ANY, ("01",)),))
    page.filter_bar.set_filter("promise_day", (Filter("promise_day", Match.AT_MOST, 9),))
    settle(parts.bridge, PAUSE)
    assert 0 < page.model.rowCount() < 100
    assert {int(day) for day in column_texts(page, "promise_day", 20)} <= set(range(10))
    chips = [chip for chip in page.filter_bar.findChildren(FilterChip) if chip.isVisible()]
    assert [chip.words for chip in chips] == ["事项类型：行政许可", "承诺办结时限：≤ 9"]
    chips[0].clear_asked.emit("task_type")
    settle(parts.bridge, PAUSE)
    assert page.filter_bar.words() == ["承诺办结时限：≤ 9"]
    assert page.table.header._filtered == {"promise_day"}


def test_the_filter_of_a_code_list_offers_values_with_counts_and_takes_clicks_anywhere_on_a_line(
    parts: WindowParts, page: RecordsPage
) -> None:
    popup = page.filter_bar.ask_filter("task_type", QPoint(400, 200))
    settle(parts.bridge)
    assert popup._choices is not None
    offered = [popup._choices.item(number).text() for number in range(popup._choices.count())]
    assert offered[0].startswith(("行政许可", "行政确认", "行政"))
    assert any(line.startswith("行政许可") and "(100)" in line for line in offered)
    line = next(popup._choices.item(n) for n in range(popup._choices.count()) if "行政许可" in offered[n])
    place = popup._choices.visualItemRect(line).center()
    QTest.mouseClick(popup._choices.viewport(), Qt.MouseButton.LeftButton, pos=place)
    popup._on_apply()
    settle(parts.bridge, PAUSE)
    assert page.model.rowCount() == 100


def test_the_filter_of_a_reference_offers_names(parts: WindowParts, page: RecordsPage) -> None:
    popup = page.filter_bar.ask_filter("dept_name", QPoint(400, 200))
    settle(parts.bridge)
    assert popup._choices is not None
    popup._choices.toggled.emit(popup._choices.item(0))
    popup._choices.item(0).setCheckState(Qt.CheckState.Checked)
    name = popup._choices.item(0).toolTip()
    popup._on_apply()
    settle(parts.bridge, PAUSE)
    assert page.filter_bar.words() == [f"实施主体：{name}"]
    assert set(column_texts(page, "dept_name", 20)) == {name}


def test_a_range_that_means_nothing_is_told_in_place_and_filters_nothing(parts: WindowParts, page: RecordsPage) -> None:
    popup = page.filter_bar.ask_filter("promise_day", QPoint(400, 200))
    assert popup._from is not None
    popup._from.setText("很多")
    popup._on_apply()
    assert popup._issue.isVisibleTo(popup)
    assert page.filter_bar.filters == {}
    popup.close()
    settle(parts.bridge)


def test_only_empty_ones_are_a_filter_of_every_element(parts: WindowParts, page: RecordsPage) -> None:
    popup = page.filter_bar.ask_filter("task_code", QPoint(400, 200))
    popup._empty.setChecked(True)
    popup._on_apply()
    settle(parts.bridge, PAUSE)
    assert page.model.rowCount() == 200
    assert page.filter_bar.words() == ["实施编码：为空"]


def test_every_element_can_be_filtered_by(parts: WindowParts, page: RecordsPage) -> None:
    for code in page.kind.elements:
        popup = page.filter_bar.ask_filter(code, QPoint(400, 200))
        popup._on_apply()
        settle(parts.bridge)
        QApplication.processEvents()
    assert page.filter_bar.filters == {}


def test_no_result_names_what_excluded_everything_and_one_button_clears_it(
    parts: WindowParts, page: RecordsPage
) -> None:
    page.filter_bar.set_filter("task_type", (Filter("task_type", Match.IS_ANY, ("20",)),))
    type_into(page.filter_bar.search, "教师")
    settle(parts.bridge, PAUSE)
    assert page.stack.currentWidget() is page.no_result
    told = " ".join(label.text() for label in page.no_result.findChildren(QLabel))
    assert "教师" in told
    assert "公共服务" in told
    page.no_result.findChildren(QPushButton)[0].click()
    settle(parts.bridge, PAUSE)
    assert page.stack.currentWidget() is page.table
    assert page.model.rowCount() == 200


def test_a_kind_without_records_says_how_to_begin(parts: WindowParts) -> None:
    parts.window.show_page("data_element")
    settle(parts.bridge)
    page = cast("RecordsPage", parts.window.page("data_element"))
    assert page.stack.currentWidget() is page.empty
    assert "数据元" in page.empty.sentence


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(parts: WindowParts, page: RecordsPage) -> None:
    section = next(place for place, one in enumerate(page.model.columns) if one.code == "promise_day")
    page.table.header.sectionClicked.emit(section)
    settle(parts.bridge, PAUSE)
    assert column_texts(page, "promise_day", 3) == ["0", "0", "0"]
    page.table.header.sectionClicked.emit(section)
    settle(parts.bridge, PAUSE)
    assert column_texts(page, "promise_day", 3) == ["29", "29", "29"]


def test_the_funnel_of_a_heading_opens_the_filter_and_does_not_sort(parts: WindowParts, page: RecordsPage) -> None:
    header = page.table.header
    section = next(place for place, one in enumerate(page.model.columns) if one.code == "task_type")
    right = header.sectionViewportPosition(section) + header.sectionSize(section)
    place = QPoint(right - 14, header.height() // 2)
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(parts.bridge)
    popups = [top for top in QApplication.topLevelWidgets() if isinstance(top, FilterPopup) and top.isVisible()]
    assert len(popups) == 1
    assert page._order == ()
    popups[0].close()


def test_columns_are_chosen_moved_sized_and_remembered(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title, "dept_name", "task_type"])
    page.table.setColumnWidth(1, 222)
    page.table.header.moveSection(2, 1)
    page.sort_by("dept_name", True)
    settle(parts.bridge, 1.2)
    again = RecordsPage(page._parts, page.kind, "file-list-3-line")
    again.resize(1000, 600)
    again.show()
    again.page_shown()
    settle(parts.bridge, 0.6)
    assert again.table.column_codes() == [page.kind.title, "task_type", "dept_name"]
    assert {one.code: one.width for one in again.model.columns}["dept_name"] == 222
    assert again.query.order == page.query.order
    again.close()
    again.deleteLater()


def test_the_usual_columns_come_back_at_a_click(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title])
    assert page.table.column_codes() == [page.kind.title]
    page.reset_columns()
    settle(parts.bridge, 1.0)
    assert page.table.column_codes() == [column.code for column in first_columns(page.kind)]


def test_the_chooser_offers_every_element_once_and_never_takes_the_title_away(
    parts: WindowParts, page: RecordsPage
) -> None:
    chooser = ColumnChooser(page, page.kind, page.table.column_codes())
    codes = [code for n in range(chooser.list.count()) if (code := chooser.list.item(n).data(Qt.ItemDataRole.UserRole))]
    assert sorted(codes) == sorted([*page.kind.elements, COMPLETE])
    title = next(chooser.list.item(n) for n in range(chooser.list.count())
                 if chooser.list.item(n).data(Qt.ItemDataRole.UserRole) == page.kind.title)  # fmt: skip
    assert not chooser.list._toggle(title)
    chooser.close()


def test_the_element_picker_takes_the_first_fitting_one_on_enter(parts: WindowParts, page: RecordsPage) -> None:
    picker = ElementPicker(page, page.kind)
    picked: list[str] = []
    picker.picked.connect(picked.append)
    type_into(picker.search, "承诺办结时限")
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert picked == ["promise_day"]


def test_copying_gives_excel_the_rows_as_they_stand(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title, "dept_name", "promise_day"])
    page.table.select_row(0)
    page.table.selectionModel().select(
        page.model.index(2, 0),
        page.table.selectionModel().SelectionFlag.Select | page.table.selectionModel().SelectionFlag.Rows,
    )
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(parts.bridge)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == ["食品经营许可（第 1 项）\t区市监局\t0", "药品零售企业许可（第 3 项）\t浓洄市监所\t2"]
    page.acts.copy_selection(with_headings=True)
    settle(parts.bridge)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "事项名称\t实施主体\t承诺办结时限"


def test_copying_rows_that_were_never_on_screen_copies_them_too(parts: WindowParts, page: RecordsPage) -> None:
    page.table.selectAll()
    page.acts.copy_selection()
    settle(parts.bridge)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 200


def test_cells_with_tabs_breaks_and_quotes_stay_one_cell() -> None:
    assert tsv([], [["a\tb", 'c\n"d"', "e"]]) == '"a\tb"\t"c\n""d"""\te\r\n'


def stand_on(page: RecordsPage, code: str, first: int, last: int) -> None:
    """Make a cell the current one and select its row and those below."""
    column = next(place for place, one in enumerate(page.model.columns) if one.code == code)
    page.table.setCurrentIndex(page.model.index(first, column))
    model, flags = page.table.selectionModel(), page.table.selectionModel().SelectionFlag
    for row in range(first, last + 1):
        model.select(page.model.index(row, column), flags.Select | flags.Rows)


def elements(page: RecordsPage, row: int) -> dict[str, object]:
    record_id = page.model.record_id(row)
    assert record_id
    return dict(page._workbench.records.get(record_id).elements)


def test_a_block_from_excel_is_pasted_as_one_step_that_can_be_undone(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title, "promise_day", "task_type"])
    stand_on(page, "promise_day", 1, 1)
    QGuiApplication.clipboard().setText("11\t行政许可\r\n12工作日\t05\r\n")
    QTest.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(parts.bridge, 0.3)
    assert (elements(page, 1)["promise_day"], elements(page, 1)["task_type"]) == (11, "01")
    assert (elements(page, 2)["promise_day"], elements(page, 2)["task_type"]) == (12, "05")
    parts.window.message_bar._action.click()
    settle(parts.bridge, 0.3)
    assert elements(page, 1)["promise_day"] == 1
    assert elements(page, 2)["promise_day"] == 2


def test_a_pasted_row_passes_over_the_column_that_says_how_much_is_filled(
    parts: WindowParts, page: RecordsPage
) -> None:
    page.set_columns([page.kind.title, COMPLETE, "promise_day", "task_type"])
    stand_on(page, page.kind.title, 1, 1)
    QGuiApplication.clipboard().setText("食品经营许可\t85%\t9\t行政许可")
    page.acts.paste()
    settle(parts.bridge, 0.3)
    pasted = elements(page, 1)
    assert (pasted[page.kind.title], pasted["promise_day"], pasted["task_type"]) == ("食品经营许可", 9, "01")


def test_one_value_pasted_fills_the_whole_selection(parts: WindowParts, page: RecordsPage) -> None:
    stand_on(page, "promise_day", 3, 6)
    QGuiApplication.clipboard().setText("7")
    page.acts.paste()
    settle(parts.bridge, 0.3)
    assert [elements(page, row)["promise_day"] for row in range(3, 7)] == [7, 7, 7, 7]


def test_a_block_with_one_wrong_value_changes_nothing_and_says_which(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title, "promise_day"])
    stand_on(page, "promise_day", 0, 0)
    QGuiApplication.clipboard().setText("3\n很快\n5")
    page.acts.paste()
    settle(parts.bridge, 0.3)
    assert [elements(page, row)["promise_day"] for row in range(3)] == [0, 1, 2]
    assert "承诺办结时限" in parts.window.message_bar.text
    assert "很快" in parts.window.message_bar.text


def test_a_block_longer_than_the_list_ends_with_the_list(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title, "promise_day"])
    stand_on(page, "promise_day", 199, 199)
    QGuiApplication.clipboard().setText("1\n2\n3")
    page.acts.paste()
    settle(parts.bridge, 0.4)
    page.model.row_at(199)
    settle(parts.bridge)
    assert elements(page, 199)["promise_day"] == 1
    assert page.model.rowCount() == 200


def test_control_d_fills_the_value_of_the_first_row_down(parts: WindowParts, page: RecordsPage) -> None:
    stand_on(page, "promise_day", 8, 11)
    QTest.keyClick(page.table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    settle(parts.bridge, 0.3)
    assert [elements(page, row)["promise_day"] for row in range(8, 12)] == [8, 8, 8, 8]


def test_f2_edits_a_cell_in_its_place(parts: WindowParts, page: RecordsPage) -> None:
    stand_on(page, "promise_day", 2, 2)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("15个工作日")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    settle(parts.bridge, 0.3)
    assert elements(page, 2)["promise_day"] == 15


def test_escape_leaves_the_cell_as_it_was(parts: WindowParts, page: RecordsPage) -> None:
    stand_on(page, "promise_day", 2, 2)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("15")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    settle(parts.bridge, 0.3)
    assert elements(page, 2)["promise_day"] == 2


def test_the_cell_of_a_code_list_offers_its_words(parts: WindowParts, page: RecordsPage) -> None:
    stand_on(page, "task_type", 1, 1)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().findChild(QComboBox)
    assert isinstance(editor, QComboBox)
    assert editor.currentText() == "行政许可"
    editor.setCurrentText("公共服务")
    page.table.commitData(editor)
    settle(parts.bridge, 0.3)
    assert elements(page, 1)["task_type"] == "20"
    page.table.closeEditor(editor, page.table.itemDelegate().EndEditHint.NoHint)


def test_a_cell_whose_value_is_in_no_list_keeps_it_when_it_is_left_untouched(
    parts: WindowParts, page: RecordsPage
) -> None:
    record_id = page.model.record_id(1)
    assert record_id
    page._workbench.records.edit([record_id], {"task_type": "无"})
    settle(parts.bridge, 0.3)
    page.model.row_at(1)
    settle(parts.bridge)
    stand_on(page, "task_type", 1, 1)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().findChild(QComboBox)
    assert isinstance(editor, QComboBox)
    assert editor.currentText() == "无"
    page.table.commitData(editor)
    settle(parts.bridge, 0.3)
    assert elements(page, 1)["task_type"] == "无"
    page.table.closeEditor(editor, page.table.itemDelegate().EndEditHint.NoHint)


def test_what_was_copied_pastes_back_unchanged(parts: WindowParts, page: RecordsPage) -> None:
    page.set_columns([page.kind.title, "dept_name", "promise_day", "task_type", "local_task_code"])
    page.table.selectAll()
    page.acts.copy_selection()
    settle(parts.bridge)
    page.table.setCurrentIndex(page.model.index(0, 0))
    page.acts.paste()
    settle(parts.bridge, 0.4)
    assert parts.workbench.history.recent(1)[0].change_set.reason == "filled", "nothing had to be changed"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ('"甲\n乙"\t丙', [["甲\n乙", "丙"]]),
        ('"说""好"""', [['说"好"']]),
        ("", []),
        ("a\n\nb", [["a"], [""], ["b"]]),
        ("a\rb", [["a"], ["b"]]),
        ("长" * 200_000, [["长" * 200_000]]),
    ],
)
def test_blocks_of_the_clipboard_are_read_as_excel_writes_them(text: str, rows: list[list[str]]) -> None:
    assert read_tsv(text) == rows


def test_many_records_can_be_changed_in_one_step(parts: WindowParts, page: RecordsPage) -> None:
    stand_on(page, "promise_day", 0, 4)
    page.acts.change_selection()
    settle(parts.bridge)
    dialogs = [top for top in QApplication.topLevelWidgets() if isinstance(top, QDialog) and top.isVisible()]
    assert len(dialogs) == 1
    assert "5" in dialogs[0].windowTitle()
    dialogs[0].reject()
    settle(parts.bridge)


def test_deleting_one_record_offers_to_take_it_back(parts: WindowParts, page: RecordsPage) -> None:
    page.table.select_row(3)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    settle(parts.bridge, 0.4)
    assert page.model.rowCount() == 199
    bar = parts.window.message_bar
    assert "1" in bar.text
    bar._action.click()
    settle(parts.bridge, 0.4)
    assert page.model.rowCount() == 200


def test_deleting_many_asks_first_with_the_number(
    parts: WindowParts, page: RecordsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    answers = [False, True]

    def confirm(count: int) -> bool:
        asked.append(count)
        return answers.pop(0)

    monkeypatch.setattr(page.acts, "_confirm_deletion", confirm)
    page.table.selectAll()
    page.acts.delete_selection()
    settle(parts.bridge, 0.3)
    assert page.model.rowCount() == 200
    page.acts.delete_selection()
    settle(parts.bridge, 0.4)
    assert asked == [200, 200]
    assert page.model.rowCount() == 0


def test_exports_take_the_selection_or_the_whole_filtered_list(
    parts: WindowParts, page: RecordsPage, dialogs: AnsweringDialogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    class Result:
        rows = {ITEM: 2}  # noqa: RUF012 - a stand-in
        path = tmp_path / "list.xlsx"

    def export(query: Query, path: Path, progress: object) -> Result:
        records = parts.workbench.records.open_list(query)
        seen.append([row.cells["task_name"] for row in records.rows(0, records.count) if row is not None])
        path.write_bytes(b"")
        return Result()

    monkeypatch.setattr(parts.workbench.exports, "export_workbook", export)
    dialogs.answer = tmp_path / "list"
    page.filter_bar.search.setText("教师")
    settle(parts.bridge, PAUSE)
    page.table.select_row(1)
    page.acts.export_workbook(only_selection=True)
    settle(parts.bridge)
    page.acts.export_workbook(only_selection=False)
    settle(parts.bridge)
    assert len(seen[0]) == 1
    assert len(seen[1]) == 40
    row = parts.window.task_strip.rows[0]
    assert "list.xlsx" in row.words
    words, call = row.running.actions[0]
    call()
    assert words == "打开"
    assert dialogs.opened == [tmp_path / "list.xlsx"]


def test_the_menu_of_a_row_filters_by_the_value_under_the_mouse(parts: WindowParts, page: RecordsPage) -> None:
    column = next(place for place, one in enumerate(page.model.columns) if one.code == "dept_name")
    page.table.setCurrentIndex(page.model.index(1, column))
    menu = page.row_menu()
    action = next(action for action in menu.actions() if "区教科体局" in action.text())
    action.trigger()
    menu.close()
    settle(parts.bridge, PAUSE)
    assert page.model.rowCount() == 67
    assert page.filter_bar.words() == ["实施主体：区教科体局"]


def test_the_menu_of_a_heading_hides_the_column(parts: WindowParts, page: RecordsPage) -> None:
    menu = page.header_menu("project_type")
    next(action for action in menu.actions() if action.text() == "隐藏此列").trigger()
    menu.close()
    settle(parts.bridge, 1.0)
    assert "project_type" not in page.table.column_codes()


def test_enter_opens_the_record_and_escape_puts_it_away(parts: WindowParts, page: RecordsPage) -> None:
    page.table.select_row(2)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle(parts.bridge, 0.6)
    assert page.editor is not None
    assert page.editor.isVisible()
    assert getattr(page.editor, "record_id", "") == page.model.record_id(2)
    page.close_editor()
    assert not page.editor.isVisible()
    settle(parts.bridge, 0.3)


def test_a_saved_edit_shows_in_the_list_without_moving_it(parts: WindowParts, page: RecordsPage) -> None:
    page.table.select_row(4)
    record_id = page.model.record_id(4)
    assert record_id
    parts.workbench.records.edit([record_id], {"task_name": "新的名称"})
    QApplication.processEvents()
    page.table.viewport().repaint()
    settle(parts.bridge, 0.4)
    assert names(page, 5)[4] == "新的名称"
    assert page.table.selected_ranges() == [(4, 1)]


def test_the_status_line_counts_what_is_selected(parts: WindowParts, page: RecordsPage) -> None:
    page.table.selectAll()
    assert parts.window.status.text().startswith("已选 200 条")
    assert "/ 200" in parts.window.status.text()


def test_low_rows_show_more_of_the_list(parts: WindowParts, page: RecordsPage) -> None:
    page.set_dense(False)
    QApplication.processEvents()
    high = page.table.visible_rows()
    page.set_dense(True)
    QApplication.processEvents()
    low = page.table.visible_rows()
    assert low[1] > high[1]


def test_the_first_column_stays_when_the_others_scroll(parts: WindowParts, page: RecordsPage) -> None:
    frozen = cast("QWidget", page.table.findChild(QWidget, "frozen-column"))
    assert not frozen.isVisible()
    page.table.horizontalScrollBar().setValue(300)
    assert frozen.isVisible()
    page.table.verticalScrollBar().setValue(40)
    assert page.table._frozen.verticalScrollBar().value() == 40
    page.table.horizontalScrollBar().setValue(0)
    assert not frozen.isVisible()
    settle(parts.bridge, 0.3)


def test_pages_of_other_kinds_are_the_same_page(parts: WindowParts) -> None:
    parts.window.show_page("material")
    settle(parts.bridge, 0.4)
    page = cast("RecordsPage", parts.window.page("material"))
    assert page.model.rowCount() == 10
    assert page.title == "申请材料"


def test_a_new_record_of_another_window_appears(parts: WindowParts, page: RecordsPage, filled: Workbench) -> None:
    fill = Filler(filled)
    fill.add(ITEM, task_name="刚刚新增的事项")
    fill.write()
    settle(parts.bridge, 0.6)
    assert page.model.rowCount() == 201
    assert groups(page)["全部"] == 201
