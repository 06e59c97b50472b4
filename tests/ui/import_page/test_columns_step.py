"""The columns step: what every column fills and how that is known, one answer for all alike, a preview that follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdbos_desktop.services.imports import LEAVE_OUT
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.import_mapping import FILLS, KNOWN, FieldPicker
from gdbos_desktop.ui.import_page import ImportPage, Step
from tests.ui.import_page.files import (
    HEADINGS,
    ITEM,
    MATERIAL,
    ORGANISATION,
    ROWS,
    asked,
    read,
    review,
    step,
    workbook,
    workbook_of,
)
from tests.ui.stage import settle
from tests.ui.test_fitting import check


@contextmanager
def picker(page: ImportPage, place: int) -> Iterator[FieldPicker]:
    opened = page.columns.ask(place)
    assert opened is not None
    yield opened
    opened.close()


def sheet_words(page: ImportPage, number: int) -> str:
    return str(page.columns.sheets.item(number).data(int(Qt.ItemDataRole.AccessibleTextRole)))


def fills(page: ImportPage, place: int) -> str:
    return next(one.fills for one in page.columns.columns if one.plan.place == place)


def known(page: ImportPage, place: int) -> str:
    return next(one.known for one in page.columns.columns if one.plan.place == place)


def test_unknown_columns_come_first_and_their_answers_are_remembered(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*row, "窗口 3", "x"] for row in ROWS], [*HEADINGS, "自己起的列名", "另一列"])
    read(page, path, bridge)
    assert step(page) is Step.COLUMNS
    assert [one.plan.place for one in page.columns.columns][:2] == [6, 7]
    assert "2 列需要您确认" in page.columns.state.text
    assert "2 列不导入" in page.columns_words.text()
    assert page.columns.table.hasFocus()
    check(page)
    page.columns.choose(6, "transact_addr")
    page.columns.choose(7, LEAVE_OUT)
    settle(bridge, 0.1)
    assert (fills(page, 6), known(page, 6)) == ("办理地点", "您指定")
    assert "都已对应" in page.columns.state.text
    page.continue_button.click()
    settle(bridge, 0.1)
    page.commit()
    settle(bridge, 0.1)
    page.start_again()
    read(page, path, bridge)
    assert asked(page) == [], "the same table is not asked about again"
    assert known(page, 6) == "上次的回答"


def test_what_nobody_answered_is_left_out_said_and_can_be_answered_from_the_review(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*row, "窗口 3"] for row in ROWS], [*HEADINGS, "没人认识的列"])
    review(page, path, bridge)
    assert step(page) is Step.REVIEW
    assert "没人认识的列" in page.review.notice.text
    page.review.notice.buttons[0].click()
    settle(bridge, 0.1)
    assert step(page) is Step.COLUMNS
    page.columns.choose(6, "transact_addr")
    page.continue_button.click()
    settle(bridge, 0.1)
    assert step(page) is Step.REVIEW
    assert page.proposal is not None
    change = page.proposal.rows[0].change
    assert change is not None
    assert change.after["transact_addr"] == "窗口 3"
    assert page.review.notice.text == ""


def test_a_likely_answer_is_put_in_front_as_a_guess_and_taken_on_going_on(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    headings = ["事项名称", "实施主体", "事项类型", "法定办结时限", "承诺办结时线"]
    read(page, workbook(tmp_path / "a.xlsx", ROWS, headings), bridge)
    (guessed,) = asked(page)
    assert guessed.fills == "承诺办结时限"
    assert "猜测" in guessed.known
    assert "%" in guessed.known
    assert "1 列按猜测" in page.columns_words.text()
    assert page.columns.guess_button.isVisible()
    page.continue_button.click()
    settle(bridge, 0.1)
    assert page.proposal is not None
    change = page.proposal.rows[0].change
    assert change is not None
    assert change.after["promise_day"] == 10
    page.back_button.click()
    settle(bridge, 0.1)
    assert known(page, 5) == "您指定"


def test_one_answer_settles_the_same_column_of_two_sheets(page: ImportPage, tmp_path: Path, bridge: Bridge) -> None:
    rows: list[Sequence[object]] = [[*HEADINGS, "窗口"], *([*row, "3 号窗口"] for row in ROWS)]
    more: list[Sequence[object]] = [[*HEADINGS, "窗口"], *([f"{row[0]}（二）", *row[1:], "5 号窗口"] for row in ROWS)]
    read(page, workbook_of(tmp_path / "两表.xlsx", {"一科": rows, "二科": more}), bridge)
    assert "1 列需要您确认" in page.columns.state.text
    page.columns.choose(6, "transact_addr")
    settle(bridge, 0.1)
    assert "都已对应" in page.columns.state.text
    page.columns.sheets.setCurrentRow(1)
    settle(bridge, 0.1)
    assert fills(page, 6) == "办理地点"
    page.continue_button.click()
    settle(bridge, 0.1)
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 6
    assert {str(row.change.after["transact_addr"]) for row in page.proposal.rows if row.change} == {
        "3 号窗口",
        "5 号窗口",
    }


def test_the_list_of_answers_finds_by_words_and_names_who_fills_an_element_already(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    read(page, workbook(tmp_path / "a.xlsx", [[*row, "x"] for row in ROWS], [*HEADINGS, "窗口"]), bridge)
    with picker(page, 6) as opened:
        check(opened)
        assert any(words.startswith("事项类型") and words.endswith("C") for words in opened.offered)
        opened.search.setText("办理地点")
        assert opened.offered[0].startswith("办理地点")
        QTest.keyClick(opened.search, Qt.Key.Key_Return)
    settle(bridge, 0.1)
    assert fills(page, 6) == "办理地点"


def test_a_column_given_to_another_element_leaves_its_old_one_and_the_preview_follows(
    page: ImportPage, file: Path, bridge: Bridge
) -> None:
    read(page, file, bridge)
    model = page.columns.preview.model
    assert model.index(1, 4).data() == "10"
    assert not model.words(model.index(1, 1))
    page.columns.choose(2, "promise_day")
    settle(bridge, 0.1)
    assert fills(page, 2) == "承诺办结时限"
    assert fills(page, 5) == ""
    assert "区市监局" in model.words(model.index(1, 1)), "the cell is told to be no number"
    assert "3 个单元格有疑问" in page.columns.preview._state.text
    check(page)


def test_what_a_cell_is_read_as_stands_below_the_preview_and_can_be_shown_instead(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    rows = [["食品经营许可", "区市监局", "行政许可", "二十个工作日", 10]]
    read(page, workbook(tmp_path / "a.xlsx", rows), bridge)
    preview = page.columns.preview
    index = preview.model.index(1, 3)
    assert index.data() == "二十个工作日"
    preview.table.setCurrentIndex(index)
    assert "读作“20" in preview.line.text()
    preview.read_button.click()
    assert str(index.data()).startswith("20")


def test_what_cannot_be_is_refused_in_place(page: ImportPage, file: Path, bridge: Bridge) -> None:
    read(page, file, bridge)
    page.decide(lambda session: session.set_kind("事项", "没有这种"))
    settle(bridge, 0.1)
    assert "没有找到表头" in page.notice.text
    assert page.columns.options.first_row.value() == 1, "what was in force before still is"
    assert fills(page, 1) == "事项名称"


def test_a_sheet_that_is_left_out_says_why_and_a_tick_leaves_one_out(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    sheets: dict[str, Sequence[Sequence[object]]] = {
        "填表说明": [["本表由各单位填写"], ["请于月底前报送"]],
        "一科": [HEADINGS, *ROWS],
        "二科": [HEADINGS, ["教师资格认定（二）", *ROWS[2][1:]]],
    }
    read(page, workbook_of(tmp_path / "三表.xlsx", sheets), bridge)
    words = [sheet_words(page, number) for number in range(3)]
    assert "政务服务事项 · 3 行" in words[1]
    assert "行" not in words[0]
    page.columns.sheets.item(2).setCheckState(Qt.CheckState.Unchecked)
    settle(bridge, 0.1)
    assert "您选择不导入" in sheet_words(page, 2)
    page.continue_button.click()
    settle(bridge, 0.1)
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 3


def test_options_of_a_column_are_kept_in_the_layout(page: ImportPage, file: Path, bridge: Bridge) -> None:
    read(page, file, bridge)
    page.columns.table.choose(3)
    options = page.columns.column_options
    options.clear_box.click()
    options.fill_box.click()
    options.key_box.click()
    settle(bridge, 0.1)
    assert page.look is not None
    column = page.look.sheet.column(3)
    assert column is not None
    assert (str(column.targets[0].empty), column.targets[0].fill_down) == ("clear", True)
    assert page.look.sheet.key_of(0) == ("task_type",)
    assert options.clear_box.isChecked()
    options.value.setCurrentIndex(1)
    options.value.activated.emit(1)
    settle(bridge, 0.1)
    assert " = " in fills(page, 3), "the column stands for one value"


def test_the_kind_of_the_rows_can_be_said(page: ImportPage, tmp_path: Path, bridge: Bridge) -> None:
    path = workbook(tmp_path / "a.xlsx", [["区市监局", "115113010833722043"]], ["机构名称", "统一社会信用代码"])
    read(page, path, bridge)
    assert page.look is not None
    assert page.look.sheet.kind == ORGANISATION
    options = page.columns.options
    options.kind.setCurrentIndex(options.kind.findData(MATERIAL))
    options.kind.activated.emit(options.kind.currentIndex())
    settle(bridge, 0.1)
    assert page.look.sheet.kind in {ORGANISATION, MATERIAL}
    assert page.look.sheet.kind == MATERIAL or page.notice.text


def test_a_file_whose_columns_are_all_known_goes_straight_to_the_review_once_that_is_ticked(
    page: ImportPage, file: Path, tmp_path: Path, bridge: Bridge, workbench: Workbench
) -> None:
    read(page, file, bridge)
    page.straight_box.click()
    settle(bridge)
    page.start_again()
    read(page, file, bridge)
    assert step(page) is Step.REVIEW
    page.back_button.click()
    settle(bridge, 0.1)
    assert step(page) is Step.COLUMNS, "the way back"
    page.start_again()
    read(page, workbook(tmp_path / "问.xlsx", [[*row, "x"] for row in ROWS], [*HEADINGS, "窗口"]), bridge)
    assert step(page) is Step.COLUMNS, "what is not known is still asked"
    again = ImportPage(workbench, bridge)
    settle(bridge)
    assert again.straight_box.isChecked(), "remembered"
    again.deleteLater()


def test_the_words_of_a_line_say_everything_without_colour(page: ImportPage, file: Path, bridge: Bridge) -> None:
    read(page, file, bridge)
    model = page.columns.table.list
    for row in range(model.rowCount()):
        for section in range(model.columnCount()):
            assert model.index(row, section).data(int(Qt.ItemDataRole.AccessibleTextRole))
        assert model.index(row, KNOWN).data() in {"表头一致", "别名一致"}
        assert model.index(row, FILLS).data()
