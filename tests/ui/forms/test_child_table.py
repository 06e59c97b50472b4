"""Tables inside a form: cells by type, rows added, moved, deleted, pasted – and every act can be taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTableView

from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.schema import Issue, Severity, load_code_lists, load_standard
from gdbos_desktop.system.clock import new_id
from gdbos_desktop.system.resources import read_texts
from gdbos_desktop.ui.forms.child_model import columns_of
from gdbos_desktop.ui.forms.child_table import ChildTable
from gdbos_desktop.ui.forms.choice_line import ChoiceLine
from gdbos_desktop.ui.forms.value_widget import FormContext
from gdbos_desktop.ui.theme import Theme
from tests.ui.forms.items import press, type_text

STANDARD = load_standard(read_texts("standards"), "national-2020", load_code_lists(read_texts("code-lists")))
CHILD_KINDS = [kind.code for kind in STANDARD.kinds.values() if kind.parents and kind.code not in kind.parents]


def make_record(kind: str, parent: str, position: int) -> Record:
    return Record(new_id(), kind, {}, parent, position)


class Stage:
    """A table with rows, and what it told."""

    def __init__(self, kind: str, *names: str, is_stored: bool = True, level: str = "county") -> None:
        self.kind = STANDARD.kind(kind)
        self.table = ChildTable(self.kind, FormContext(), level, make_record)
        rows = tuple(
            RecordTree(Record(new_id(), kind, {self.kind.title: name}, "p", place, 1))
            for place, name in enumerate(names)
        )
        node = RecordTree(Record("p", "service_item", {}, version=1), {kind: rows})
        self.told: list[tuple[RecordTree, ...]] = []
        self.table.rows_changed.connect(self.told.append)
        self.table.load(node, node if is_stored else None)
        self.table.resize(600, 320)
        self.table.show()
        self.table.activateWindow()
        assert QTest.qWaitForWindowActive(self.table)
        self.table.take_focus()

    @property
    def view(self) -> QTableView:
        return self.table.view

    @property
    def names(self) -> list[object]:
        return [tree.record.elements.get(self.kind.title) for tree in self.table.model.rows]

    def column(self, element: str) -> int:
        return next(place for place, one in enumerate(self.table.model.columns) if one.code == element)

    def go(self, row: int, element: str) -> None:
        self.table.view.go(self.table.model.index(row, self.column(element)))

    def value(self, row: int, element: str) -> object:
        return self.table.model.rows[row].record.elements.get(element)

    def paste(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        press(self.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def stages(theme: Theme) -> Iterator[list[Stage]]:
    made: list[Stage] = []
    yield made
    for stage in made:
        stage.table.close()
        stage.table.deleteLater()


@pytest.fixture
def steps(stages: list[Stage]) -> Stage:
    stage = Stage("step", "受理", "审核", "办结")
    stages.append(stage)
    return stage


def focused() -> object:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


# Cells


def test_a_cell_is_edited_by_the_widget_of_its_type_and_enter_takes_it(steps: Stage) -> None:
    steps.go(1, "step_days")
    press(steps.view, Qt.Key.Key_F2)
    line = QApplication.focusWidget()
    assert line is not None
    type_text(line, "十个工作日")
    press(line, Qt.Key.Key_Return)
    assert steps.value(1, "step_days") == 10
    assert len(steps.told) == 1
    assert QApplication.focusWidget() is steps.view


def test_typing_begins_to_edit_and_escape_gives_up(steps: Stage) -> None:
    steps.go(0, "step_dept")
    type_text(steps.view, "政")
    widget = QApplication.focusWidget()
    assert widget is not None
    assert widget is not steps.view
    type_text(widget, "务大厅")
    press(widget, Qt.Key.Key_Escape)
    assert steps.value(0, "step_dept") is None
    assert steps.told == []


def test_a_code_is_chosen_from_its_list_in_the_cell(steps: Stage) -> None:
    steps.go(0, "step_day_type")
    press(steps.view, Qt.Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, ChoiceLine)
    line.selectAll()
    type_text(line, "自然")
    assert [choice.label for choice in line.choices] == ["自然日"]
    line.picked.emit(line.choices[0])
    press(line, Qt.Key.Key_Return)
    assert STANDARD.kind("step").elements["step_day_type"].format(str(steps.value(0, "step_day_type"))) == "自然日"


def test_a_long_text_grows_over_its_cell_and_alt_enter_breaks_the_line(stages: list[Stage]) -> None:
    stage = Stage("faq", "问")
    stages.append(stage)
    stage.go(0, "answer")
    press(stage.view, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    type_text(editor, "第一行")
    for _line in range(4):
        QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        type_text(editor, "又一行")
    QApplication.processEvents()
    assert editor.height() > stage.view.rowHeight(0)
    press(editor, Qt.Key.Key_Return)
    assert str(stage.value(0, "answer")).count("又一行") == 4


def test_tab_takes_the_cell_and_goes_on_to_the_next(steps: Stage) -> None:
    steps.go(0, "step_name")
    press(steps.view, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    editor.selectAll()
    type_text(editor, "收件")
    press(editor, Qt.Key.Key_Tab)
    assert steps.names[0] == "收件"
    assert steps.view.currentIndex().column() == 1


def test_a_text_that_means_nothing_stays_in_its_cell_and_is_told(steps: Stage) -> None:
    steps.go(2, "step_days")
    press(steps.view, Qt.Key.Key_F2)
    line = QApplication.focusWidget()
    assert line is not None
    type_text(line, "很快")
    press(line, Qt.Key.Key_Return)
    assert steps.value(2, "step_days") is None
    assert steps.view.currentIndex().data() == "很快"
    assert steps.table.model.unread_count == 1
    assert steps.table.sentences == ["“很快”不是整数。"] or "很快" in steps.table.sentences[0]
    steps.table.model.type_text(2, steps.kind.elements["step_days"], "3")
    assert steps.table.model.unread_count == 0
    assert steps.value(2, "step_days") == 3


def test_what_a_level_above_fixes_takes_f2(stages: list[Stage]) -> None:
    stage = Stage("material", "营业执照")
    stages.append(stage)
    index = stage.table.model.index(0, 0)
    assert stage.table.model.is_locked(index)
    stage.go(0, "material_name")
    type_text(stage.view, "x")
    assert QApplication.focusWidget() is stage.view
    stage.view.doubleClicked.emit(index)
    assert "F2" in stage.table.notice.text
    press(stage.view, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    type_text(editor, "复印件")
    press(editor, Qt.Key.Key_Return)
    assert stage.names == ["营业执照复印件"]
    assert not stage.table.model.is_locked(index), "changed once, it is open"


def test_a_province_finds_its_own_values_open(stages: list[Stage]) -> None:
    stage = Stage("material", "营业执照", level="province")
    stages.append(stage)
    assert not stage.table.model.is_locked(stage.table.model.index(0, 0))


# Rows


def test_insert_adds_a_row_below_and_begins_its_name(steps: Stage) -> None:
    steps.go(0, "step_name")
    press(steps.view, Qt.Key.Key_Insert)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    type_text(editor, "补正")
    press(editor, Qt.Key.Key_Return)
    assert steps.names == ["受理", "补正", "审核", "办结"]
    assert [tree.record.position for tree in steps.table.model.rows] == [0, 1, 2, 3]


def test_deleted_rows_come_back_with_the_notice(steps: Stage) -> None:
    steps.go(0, "step_name")
    steps.view.selectionModel().select(steps.table.model.index(2, 0), QItemSelectionModel.SelectionFlag.Select)
    press(steps.view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert steps.names == ["审核"]
    assert "受理、办结" in steps.table.notice.text
    steps.table.notice.buttons[0].click()
    assert steps.names == ["受理", "审核", "办结"]


def test_rows_move_together_and_stop_at_the_ends(steps: Stage) -> None:
    steps.go(1, "step_name")
    press(steps.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert steps.names == ["审核", "受理", "办结"]
    press(steps.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert steps.names == ["审核", "受理", "办结"]
    assert steps.view.currentIndex().row() == 0
    steps.view.selectionModel().select(steps.table.model.index(1, 0), QItemSelectionModel.SelectionFlag.Select)
    press(steps.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert steps.names == ["办结", "审核", "受理"]


def test_delete_empties_cells_and_the_notice_takes_it_back(steps: Stage) -> None:
    for row in range(3):
        steps.table.model.type_text(row, steps.kind.elements["step_days"], str(row + 1))
    column = steps.column("step_days")
    steps.view.setCurrentIndex(steps.table.model.index(0, column))
    steps.view.selectionModel().select(steps.table.model.index(2, column), QItemSelectionModel.SelectionFlag.Select)
    press(steps.view, Qt.Key.Key_Delete)
    assert [steps.value(row, "step_days") for row in range(3)] == [None, 2, None]
    steps.table.notice.buttons[0].click()
    assert [steps.value(row, "step_days") for row in range(3)] == [1, 2, 3]


def test_an_empty_table_says_what_it_is_for_and_how_to_begin(stages: list[Stage]) -> None:
    stage = Stage("fee")
    stages.append(stage)
    assert stage.table._empty.isVisible()
    assert "收费项目" in stage.table._empty.sentence
    stage.table.add_row()
    assert not stage.table._empty.isVisible()
    assert len(stage.table.model.rows) == 1


# The clipboard


def test_rows_with_headings_find_their_columns_whatever_their_order(stages: list[Stage]) -> None:
    stage = Stage("material")
    stages.append(stage)
    stage.paste("是否必需\t材料名称\t原件份数\r\n必要\t申请书\t1份\r\n非必要\t营业执照\t\r\n")
    assert stage.names == ["申请书", "营业执照"]
    assert stage.value(0, "is_need") == "1"
    assert stage.value(0, "original_num") == 1
    assert "2 行" in stage.table.notice.text


def test_deleted_rows_are_named_as_people_know_them(stages: list[Stage]) -> None:
    stage = Stage("option_material", "id-of-a-material")
    stages.append(stage)
    stage.table.model._context.titles["id-of-a-material"] = "营业执照"
    stage.go(0, "material")
    stage.table.delete_rows()
    assert "营业执照" in stage.table.notice.text


def test_cells_without_headings_go_where_the_cursor_is_and_over_the_end(steps: Stage) -> None:
    steps.go(2, "step_name")
    steps.paste("审批\t政务服务股\n送达\t窗口")
    assert steps.names == ["受理", "审核", "审批", "送达"]
    assert steps.value(3, "step_dept") == "窗口"
    steps.table.notice.buttons[0].click()
    assert steps.names == ["受理", "审核", "办结"]


def test_pasted_cells_that_mean_nothing_are_kept_and_named(steps: Stage) -> None:
    steps.go(0, "step_name")
    steps.paste("环节名称\t办理时限\t不认识的列\n补正\t若干天\tx")
    assert steps.names[-1] == "补正"
    assert steps.value(3, "step_days") is None
    assert "若干天" in steps.table.notice.text
    assert "不认识的列" in steps.table.notice.text
    assert steps.table.model.unread_count == 1


def test_a_cell_of_several_lines_survives_copy_and_paste(stages: list[Stage]) -> None:
    stage = Stage("faq", '一"问', "二问")
    stages.append(stage)
    stage.table.model.type_text(0, stage.kind.elements["answer"], "第一行\n第二行\t完")
    stage.view.selectAll()
    press(stage.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QApplication.clipboard().text()
    stage.view.setCurrentIndex(stage.table.model.index(0, 0))
    before = [tree.record.elements for tree in stage.table.model.rows]
    stage.paste(text)
    assert [tree.record.elements for tree in stage.table.model.rows] == before


def test_too_many_cells_are_counted_not_forced_in(steps: Stage) -> None:
    steps.go(0, "step_name")
    steps.paste("\t".join(["补正"] + ["多"] * 20))
    assert "未粘贴" in steps.table.notice.text


@pytest.mark.parametrize("text", ["", "\n\n", "\t\t"])
def test_an_empty_clipboard_changes_nothing(steps: Stage, text: str) -> None:
    steps.paste(text)
    assert steps.told == []
    assert steps.names == ["受理", "审核", "办结"]


# What the table shows


@pytest.mark.parametrize("kind", CHILD_KINDS)
def test_the_name_and_what_must_be_filled_are_columns_and_required_headings_are_marked(kind: str) -> None:
    declared = STANDARD.kind(kind)
    columns = columns_of(declared)
    assert columns[0].code == declared.title
    always = [e for e in declared.elements.values() if e.required and e.required_when is None]
    by_place = {declared.position_element}  # the order of the rows fills it
    assert {element.code for element in always} - by_place <= {element.code for element in columns}
    assert not by_place & {element.code for element in columns}


def test_issues_are_shown_at_the_row_at_the_cell_and_in_words_beneath(steps: Stage) -> None:
    record_id = steps.table.model.rows[1].record.id
    issue = Issue("X", Severity.WARNING, "时限太长。", element="step_days", record_id=record_id, suggestion="5")
    steps.table.show_issues({record_id: [issue]})
    header = steps.table.model.headerData(1, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole)
    assert header == "时限太长。"
    steps.go(1, "step_days")
    assert steps.table.sentences == ["时限太长。"]
    steps.table.mends[0].click()
    assert steps.value(1, "step_days") == 5


def test_the_table_keeps_the_cursor_when_the_editor_numbers_the_rows(steps: Stage) -> None:
    steps.go(2, "step_dept")
    steps.table.show_rows(steps.table.model.rows[:2])
    assert steps.view.currentIndex().row() <= 1
