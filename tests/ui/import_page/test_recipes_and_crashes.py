"""What was decided is kept: as a recipe for the next file, and over a crash for this one."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.imports import ImportSession, Mode
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.import_page import ImportPage, Step
from tests.importing.provincial import invented_item, write_provincial
from tests.ui.import_page.files import BAD_ROW, HEADINGS, ITEM, PAUSE, ROWS, asked, read, review, step, workbook
from tests.ui.stage import AnsweringDialogs, settle
from tests.ui.test_fitting import check

OWN = [*HEADINGS, "自己起的列名"]


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A list with a column nobody knows."""
    return workbook(tmp_path / "四月.xlsx", [[*row, "窗口 3"] for row in ROWS], OWN)


@pytest.fixture
def next_month(tmp_path: Path) -> Path:
    """The same template, other rows."""
    return workbook(tmp_path / "五月.xlsx", [[f"{row[0]}（五月）", *row[1:], "窗口 5"] for row in ROWS], OWN)


def answered(page: ImportPage, path: Path, bridge: Bridge) -> None:
    read(page, path, bridge)
    page.columns.choose(6, "transact_addr")
    settle(bridge, PAUSE)


def test_a_recipe_kept_from_one_file_takes_the_next_one_without_a_question(
    page: ImportPage, strange: Path, next_month: Path, bridge: Bridge, workbench: Workbench
) -> None:
    answered(page, strange, bridge)
    page.go_on()
    settle(bridge, 0.1)
    popup = page.ask_recipe(page.recipe_button)
    check(popup)
    popup.name.setText("窗口清单")
    QTest.keyClick(popup.name, Qt.Key.Key_Return)
    settle(bridge, 0.1)
    assert "窗口清单" in page.notice.text
    page.start_again()
    settle(bridge)
    page.choose.choose_recipe("窗口清单")
    read(page, next_month, bridge)
    assert step(page) is Step.REVIEW, "everything fits: straight to the review"
    assert page.proposal is not None
    assert {str(row.change.after["transact_addr"]) for row in page.proposal.rows if row.change} == {"窗口 5"}
    page.back_button.click()
    settle(bridge, 0.1)
    assert {one.known for one in page.columns.columns} == {"按方案"}
    page.start_again()
    settle(bridge)
    page.choose.choose_recipe("窗口清单")
    page.choose.forget_button.click()
    settle(bridge)
    assert all(known.layout.name != "窗口清单" for known in workbench.recipes.list_recipes())


def test_a_known_template_is_recognised_and_its_recipe_offered(
    page: ImportPage, strange: Path, next_month: Path, bridge: Bridge
) -> None:
    answered(page, strange, bridge)
    page.keep_recipe("窗口清单")
    settle(bridge, 0.1)
    page.start_again()
    settle(bridge)
    page.choose.choose_recipe("")
    read(page, next_month, bridge)
    assert step(page) is Step.COLUMNS
    assert "窗口清单" in page.columns.offer.text
    assert len(asked(page)) == 1
    check(page)
    page.columns.offer.buttons[0].click()
    settle(bridge, 0.1)
    assert asked(page) == []
    assert page.columns.offer.text == ""


def test_a_recipe_travels_as_a_file(
    page: ImportPage, strange: Path, next_month: Path, bridge: Bridge, dialogs: AnsweringDialogs, tmp_path: Path
) -> None:
    page.choose_mode(Mode.INSERT)
    answered(page, strange, bridge)
    dialogs.answer = tmp_path / "方案.json"
    page.write_recipe("窗口清单")
    settle(bridge, 0.1)
    assert "方案.json" in page.notice.text
    page.start_again()
    settle(bridge)
    page.choose_mode(Mode.UPSERT)
    page.choose.read_recipe_button.click()
    settle(bridge, 0.1)
    assert "窗口清单" in page.choose.recipe.currentText()
    assert page.mode is Mode.INSERT, "the way of writing is part of it"
    read(page, next_month, bridge)
    assert step(page) is Step.REVIEW


def test_the_template_of_the_province_is_recognised_and_its_recipe_shows_what_every_column_fills(
    page: ImportPage, tmp_path: Path, bridge: Bridge
) -> None:
    dice = random.Random(1)
    items = [invented_item(number, dice) for number in range(3)]
    read(page, write_provincial(tmp_path / "省级.xlsx", items), bridge)
    assert page.columns.offer.text
    page.columns.offer.buttons[0].click()
    settle(bridge, 0.1)
    fills = [one.fills for one in page.columns.columns if one.plan.targets]
    assert all(fills)
    assert any(words.startswith("申请材料 › ") for words in fills)
    page.go_on()
    settle(bridge, 0.2)
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 3
    assert page.proposal.counts["material"].created > 0


def test_a_recipe_that_only_a_newer_program_can_read_stops_no_import(
    page: ImportPage, file: Path, bridge: Bridge, workbench: Workbench
) -> None:
    workbench.settings.set("import-recipes", "来自新版", {"format": 99, "name": "来自新版", "sheet": []})
    read(page, file, bridge)
    assert step(page) is Step.COLUMNS
    assert page.columns.offer.text == ""


def test_a_recipe_for_another_table_is_refused_and_the_file_can_be_opened_without_it(
    page: ImportPage, strange: Path, tmp_path: Path, bridge: Bridge
) -> None:
    answered(page, strange, bridge)
    page.keep_recipe("窗口清单")
    settle(bridge, 0.1)
    page.start_again()
    settle(bridge)
    page.choose.choose_recipe("窗口清单")
    other = workbook(tmp_path / "机构.xlsx", [["区市监局", "115113010833722043"]], ["机构名称", "统一社会信用代码"])
    read(page, other, bridge)
    assert step(page) is Step.CHOOSE
    page.notice.buttons[0].click()
    settle(bridge, 0.1)
    assert step(page) is Step.COLUMNS


def test_what_was_under_review_is_there_again_after_a_crash(
    page: ImportPage, tmp_path: Path, bridge: Bridge, workbench: Workbench
) -> None:
    path = workbook(tmp_path / "坏.xlsx", [*([*row, "窗口 3"] for row in ROWS), [*BAD_ROW, ""]], OWN)
    answered(page, path, bridge)
    page.go_on()
    settle(bridge, PAUSE)
    page.review.detail.editors[0].type_text("行政许可", take=True)
    settle(bridge, 2 * PAUSE)
    again = ImportPage(workbench, bridge)  # the first one never said goodbye
    again.resize(1166, 640)
    again.show()
    settle(bridge, 0.1)
    assert "坏.xlsx" in again.choose.pending_notice.text
    check(again)
    again.choose.pending_notice.buttons[0].click()
    settle(bridge, 0.2)
    assert step(again) is Step.REVIEW
    assert again.proposal is not None
    assert again.proposal.counts[ITEM].created == 4, "the mend is there"
    again.commit()
    settle(bridge, PAUSE)
    assert workbench.records.count(Query(ITEM)) == 4
    assert workbench.imports.pending() is None
    again.start_again()
    settle(bridge)
    assert again.choose.pending_notice.text == ""
    again.close()
    again.deleteLater()


def test_a_file_changed_since_the_crash_is_told_and_opened_anew(
    page: ImportPage, file: Path, bridge: Bridge, workbench: Workbench
) -> None:
    review(page, file, bridge)
    settle(bridge, 2 * PAUSE)
    workbook(file, ROWS[:1])
    again = ImportPage(workbench, bridge)
    again.show()
    settle(bridge, 0.1)
    again.choose.pending_notice.buttons[0].click()
    settle(bridge, 0.2)
    assert step(again) is Step.CHOOSE
    again.notice.buttons[0].click()
    settle(bridge, 0.2)
    assert step(again) is Step.COLUMNS
    again.start_again()
    settle(bridge)
    again.close()
    again.deleteLater()


def test_what_is_let_go_is_not_offered_again(
    page: ImportPage, file: Path, bridge: Bridge, workbench: Workbench
) -> None:
    review(page, file, bridge)
    settle(bridge, 2 * PAUSE)
    assert workbench.imports.pending() is not None
    page.start_again()
    settle(bridge, 0.1)
    assert workbench.imports.pending() is None


def test_a_file_goes_in_by_the_keyboard_alone(
    page: ImportPage, tmp_path: Path, bridge: Bridge, dialogs: AnsweringDialogs, workbench: Workbench
) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    dialogs.answer = workbook(tmp_path / "坏.xlsx", [*([*row, "窗口 3"] for row in ROWS), [*BAD_ROW, ""]], OWN)

    def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        popup = QApplication.activePopupWidget()
        widget = popup.focusWidget() if popup is not None else QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, key, modifiers)
        settle(bridge, PAUSE)

    page.activateWindow()
    page.setFocus()
    press(Qt.Key.Key_Space)
    assert step(page) is Step.COLUMNS
    press(Qt.Key.Key_Return)
    assert page.columns.picker is not None
    page.columns.picker.search.setText("办理地点")
    press(Qt.Key.Key_Return)
    assert asked(page) == []
    press(Qt.Key.Key_Return, control)
    assert step(page) is Step.REVIEW
    press(Qt.Key.Key_Return)
    field = page.review.detail.editors[0].field
    assert field.hasFocus()
    page.review.detail.editors[0].type_text("行政许可")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, control)
    assert step(page) is Step.DONE
    assert workbench.records.count(Query(ITEM)) == 4


def test_a_session_is_never_touched_by_the_window_nor_by_two_at_once(
    page: ImportPage, tmp_path: Path, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, inside, wrong = threading.current_thread(), threading.Lock(), []
    calls = ("preview", "answer", "set_column", "accept_guesses", "propose", "row_texts", "mend", "recipe", "follow")

    def watched(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any, **options: Any) -> Any:
            if threading.current_thread() is window:
                wrong.append(f"{name} on the window's thread")
            if not inside.acquire(blocking=False):
                wrong.append(f"{name} while another call runs")
                return call(*arguments, **options)
            try:
                return call(*arguments, **options)
            finally:
                inside.release()

        return made

    for name in calls:
        monkeypatch.setattr(ImportSession, name, watched(name, getattr(ImportSession, name)))
    path = workbook(tmp_path / "坏.xlsx", [*([*row, "窗口 3"] for row in ROWS), [*BAD_ROW, ""]], OWN)
    read(page, path, bridge)
    page.columns.choose(6, "transact_addr")
    page.columns.choose(5, "-")
    page.columns.choose(5, "promise_day")
    page.go_on()
    settle(bridge, PAUSE)
    page.review.table.selectRow(0)
    page.review.mending.mend("事项", 5, 3, "行政许可", "C5")
    page.review.mending.undo()
    page.keep_recipe("方案")
    page.back_to_columns()
    settle(bridge, 2 * PAUSE)
    assert wrong == []
