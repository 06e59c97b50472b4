"""Mending while reviewing: in the cell, all of a kind, texts for entries; taken back; written as one act."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui import import_reviewed
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.import_detail import CellEditor
from gdbos_desktop.ui.import_page import ImportPage, Step
from tests.ui.import_page.files import (
    BAD_ROW,
    HEADINGS,
    ITEM,
    MATERIAL,
    PAUSE,
    ROWS,
    review,
    step,
    workbook,
    workbook_of,
)
from tests.ui.stage import AnsweringDialogs, Filler, settle
from tests.ui.test_fitting import check

WRONG = [*ROWS, BAD_ROW, ["坏的二行", "区市监局", "行政许可", "廿十几天", 10]]


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A list with two rows that cannot be read."""
    return workbook(tmp_path / "坏.xlsx", WRONG)


def editor(page: ImportPage) -> CellEditor:
    return page.review.detail.editors[0]


def titles(page: ImportPage) -> list[str]:
    return [str(page.review.model.index(row, 2).data()) for row in range(page.review.model.rowCount())]


def test_a_cell_mended_where_it_stands_makes_a_problem_row_good_and_it_is_written(
    page: ImportPage, wrong: Path, bridge: Bridge, workbench: Workbench
) -> None:
    review(page, wrong, bridge)
    assert titles(page) == ["坏的一行", "坏的二行"]
    assert editor(page).field.text() == "行政许口"
    check(page)
    editor(page).type_text("行政许可", take=True)
    settle(bridge, PAUSE)
    assert titles(page) == ["坏的二行"], "the mended row left the filter"
    assert page.review.filter == "issues"
    editor(page).type_text("20", take=True)
    settle(bridge, PAUSE)
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 5
    assert page.proposal.counts[ITEM].problems == 0
    page.commit()
    settle(bridge, 0.1)
    assert step(page) is Step.DONE
    assert workbench.records.count(Query(ITEM)) == 5
    assert len(workbench.history.recent()) == 1, "mends and all: one act"


def test_enter_takes_a_text_and_goes_on_to_the_next_wrong_cell(page: ImportPage, wrong: Path, bridge: Bridge) -> None:
    review(page, wrong, bridge)
    page.activateWindow()
    page.review.table.setFocus()
    QTest.keyClick(page.review.table, Qt.Key.Key_Return)
    assert editor(page).field.hasFocus()
    editor(page).type_text("行政许可")
    QTest.keyClick(editor(page).field, Qt.Key.Key_Return)
    settle(bridge, PAUSE)
    assert page.review.detail.row is not None
    assert page.review.detail.row.title == "坏的二行"
    assert editor(page).field.hasFocus(), "the cursor waits in the next wrong cell"


def test_what_is_typed_is_judged_at_once_and_a_wrong_text_is_not_taken(
    page: ImportPage, wrong: Path, bridge: Bridge
) -> None:
    review(page, wrong, bridge)
    cell = editor(page)
    cell.type_text("行政许")
    assert "行政许" in cell.verdict.text
    cell.take()
    settle(bridge, PAUSE)
    assert titles(page) == ["坏的一行", "坏的二行"]
    cell = editor(page)
    cell.type_text("行政许可")
    assert "按回车采用" in cell.verdict.text
    assert cell.field.property("state") == ""
    page.review.detail.show_row(page.review.model.proposed(0), {})


def test_ctrl_z_takes_a_mend_back_and_nothing_else(page: ImportPage, wrong: Path, bridge: Bridge) -> None:
    review(page, wrong, bridge)
    editor(page).type_text("行政许可", take=True)
    settle(bridge, PAUSE)
    assert page.review.undo_button.isVisible()
    page.review.table.setFocus()
    QTest.keyClick(page.review.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(bridge, PAUSE)
    assert titles(page) == ["坏的一行", "坏的二行"]
    assert page.review.mending.count == 0


def test_a_second_mend_of_a_cell_is_taken_back_to_the_first(page: ImportPage, wrong: Path, bridge: Bridge) -> None:
    review(page, wrong, bridge)
    mending = page.review.mending
    mending.mend("事项", 5, 3, "行政确认", "C5")
    mending.mend("事项", 5, 3, "行政许可", "C5")
    settle(bridge, PAUSE)
    mending.undo()
    settle(bridge, PAUSE)
    page.review.choose_filter("new")
    assert page.proposal is not None
    change = next(row.change for row in page.proposal.rows if row.title == "坏的一行")
    assert change is not None
    assert change.after["task_type"] != "01"


def test_a_row_of_a_large_file_waits_for_the_button(
    page: ImportPage, wrong: Path, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reviewed, "LARGE_FILE", 3)
    review(page, wrong, bridge)
    editor(page).type_text("行政许可", take=True)
    settle(bridge, PAUSE)
    assert titles(page) == ["坏的一行", "坏的二行"]
    assert "尚未重新检查" in str(page.review.model.index(0, 3).data())
    assert "1 处修改" in page.review.recheck_button.text()
    assert not page.commit_button.isEnabled(), "what was mended is compared before it is written"
    page.review.recheck_button.click()
    settle(bridge, PAUSE)
    assert titles(page) == ["坏的二行"]
    assert page.commit_button.isEnabled()


def test_one_click_takes_all_suggestions_of_a_kind_and_one_takes_them_back(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    headings = ["机构名称", "统一社会信用代码"]
    rows = [["区市监局", "11511301O833722O43"], ["区教体局", "１１５１１３０１００８７７８１８３Ｎ"]]
    review(page, workbook(tmp_path / "机构.xlsx", rows, headings), bridge)
    panel = page.review.mends
    before = panel.count
    assert before >= 1
    page.review.tabs.setCurrentWidget(panel)
    check(page)
    one, button = panel.accept_buttons[0]
    assert one.suggestion
    button.click()
    settle(bridge, PAUSE)
    assert page.review.mends.count < before
    page.review.mending.undo()
    settle(bridge, PAUSE)
    assert page.review.mends.count == before


def test_a_text_that_no_list_knows_is_asked_once_for_all_its_rows(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    rows = [[f"事项{number}", "区市监局", "老审批", 20, 10] for number in range(6)]
    review(page, workbook(tmp_path / "类.xlsx", rows), bridge)
    page.review.tabs.setCurrentWidget(page.review.mends)
    (asked,) = page.review.mends.questions
    question, choices, button = asked
    assert question.count == 6
    choices.setCurrentIndex(choices.findData("行政许可"))
    button.click()
    settle(bridge, PAUSE)
    assert page.look is not None
    column = page.look.sheet.column(3)
    assert column is not None
    assert dict(column.targets[0].values) == {"老审批": "行政许可"}
    assert "老审批" in page.review.mending.last_words


def test_filter_and_row_stay_when_the_file_is_compared_again(page: ImportPage, wrong: Path, bridge: Bridge) -> None:
    review(page, wrong, bridge)
    page.review.choose_filter("all")
    page.review.table.selectRow(2)
    page.review.mending.mend("事项", 5, 3, "行政许可", "C5")
    settle(bridge, PAUSE)
    assert page.review.filter == "all"
    assert page.review.table.currentIndex().row() == 2


def test_a_text_half_typed_survives_a_comparison(page: ImportPage, wrong: Path, bridge: Bridge) -> None:
    review(page, wrong, bridge)
    page.review.table.selectRow(1)
    settle(bridge, 0.1)
    page.activateWindow()
    editor(page).field.setFocus()
    editor(page).type_text("2")
    page.review.mending.mend("事项", 5, 3, "行政许可", "C5")
    settle(bridge, PAUSE)
    assert titles(page) == ["坏的二行"]
    assert editor(page).field.text() == "2"
    assert QApplication.focusWidget() is editor(page).field


def test_the_other_cells_of_a_row_can_be_mended_too(page: ImportPage, wrong: Path, bridge: Bridge) -> None:
    review(page, wrong, bridge)
    detail = page.review.detail
    assert len(detail.editors) == 1
    assert detail.unfold_button is not None
    detail.unfold_button.click()
    assert len(detail.editors) == len(HEADINGS)
    detail.editors[1].type_text("改过的名称", take=True)
    settle(bridge, PAUSE)
    assert "改过的名称" in titles(page)


def test_names_that_mean_the_same_are_offered_and_adopted_together(
    page: ImportPage, tmp_path: Path, bridge: Bridge, workbench: Workbench
) -> None:
    fill = Filler(workbench)
    item = fill.add(ITEM, task_name="食品经营许可", task_type="01", task_code="T1")
    for number in range(3):
        fill.add(MATERIAL, item, number, material_name="居民身份证")
    fill.write()
    sheets = {
        "申请材料": [["所属事项", "材料名称"], ["食品经营许可", "身份证"], ["食品经营许可", "居民身份证原件"]],
    }  # fmt: skip
    review(page, workbook_of(tmp_path / "材料.xlsx", sheets), bridge)
    settle(bridge, PAUSE)
    panel = page.review.clusters
    if page.proposal is None or page.proposal.is_empty:
        pytest.fail("the materials are not proposed")
    assert panel.count >= 1
    page.review.tabs.setCurrentWidget(panel)
    check(page)
    panel.boxes[0].click()
    panel.adopt_button.click()
    settle(bridge, PAUSE)
    assert page.look is not None
    replaced = dict(page.look.sheet.columns[1].targets[0].values)
    assert set(replaced.values()) == {"居民身份证"}
    page.review.mending.undo()
    settle(bridge, PAUSE)
    assert not page.look.sheet.columns[1].targets[0].values


def test_the_result_file_is_the_same_workbook_and_nothing_is_imported(
    page: ImportPage, wrong: Path, tmp_path: Path, bridge: Bridge, dialogs: AnsweringDialogs, workbench: Workbench
) -> None:
    review(page, wrong, bridge)
    dialogs.answer = tmp_path / "结果.xlsx"
    page.result_button.click()
    settle(bridge, PAUSE)
    assert "没有导入任何内容" in page.notice.text
    sheet = openpyxl.load_workbook(tmp_path / "结果.xlsx").worksheets[0]
    assert sheet["A2"].value == "食品经营许可"
    assert sheet.max_column > len(HEADINGS)
    assert workbench.records.count(Query(ITEM)) == 0
    page.notice.buttons[0].click()
    assert dialogs.opened == [tmp_path / "结果.xlsx"]


def test_what_was_saved_in_the_meantime_is_told_with_a_button_that_compares_again(
    page: ImportPage, file: Path, bridge: Bridge, workbench: Workbench
) -> None:
    review(page, file, bridge)
    fill = Filler(workbench)
    fill.add(ITEM, task_name="食品经营许可", task_type="01")
    fill.write()
    page.commit()
    settle(bridge, 0.1)
    assert step(page) is Step.REVIEW
    (again,) = page.notice.buttons
    assert again.text() == "再次比较"
    again.click()
    settle(bridge, 0.1)
    assert step(page) is Step.REVIEW
    assert page.notice.text == ""
    page.commit()
    settle(bridge, 0.1)
    assert step(page) is Step.DONE


def test_a_form_is_shown_and_mended_cell_by_cell(
    page: ImportPage, tmp_path: Path, bridge: Bridge, workbench: Workbench
) -> None:
    form = [
        ["事项名称", "食品经营许可"], ["实施主体", "区市监局"], ["事项类型", "行政许口"],
        ["法定办结时限", "20"], ["承诺办结时限", "10"],
    ]  # fmt: skip
    review(page, workbook_of(tmp_path / "表单.xlsx", {"事项": form}), bridge)
    assert page.look is not None
    assert [one.cell for one in page.look.sheet.columns] == ["B1", "B2", "B3", "B4", "B5"]
    assert editor(page).field.text() == "行政许口"
    assert editor(page).field.accessibleName() == "B3  事项类型"
    editor(page).type_text("行政许可", take=True)
    settle(bridge, PAUSE)
    page.commit()
    settle(bridge, 0.1)
    assert workbench.records.count(Query(ITEM)) == 1


def test_the_preview_of_a_form_reads_its_cells(page: ImportPage, tmp_path: Path, bridge: Bridge) -> None:
    form = [["事项名称", "食品经营许可"], ["实施主体", "区市监局"], ["事项类型", "行政许口"], ["法定办结时限", "二十"]]
    page.read(workbook_of(tmp_path / "表单.xlsx", {"事项": form}))
    settle(bridge, 0.1)
    model = page.columns.preview.model
    assert "行政许口" in model.words(model.index(2, 1))
    assert "20" in model.words(model.index(3, 1))
    assert not model.is_read(model.index(3, 0)), "the label"
    page.columns.preview.next_button.click()
    assert page.columns.table.list.columns[page.columns.table.currentIndex().row()].plan.cell == "B3"
