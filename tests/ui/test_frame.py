"""The frame: rail, undo and redo, palette, task strip, message bar, crash window – and what it must never become."""

from __future__ import annotations

import inspect
import threading
from typing import cast

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from gdbos_desktop.domain.access import Actor, Duty
from gdbos_desktop.domain.changes import Origin
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import Cancelled, KnownError
from gdbos_desktop.system.tasks import Progress, ProgressState
from gdbos_desktop.ui import assembly, main_window
from gdbos_desktop.ui.assembly import WindowParts, list_kinds
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.crash_window import CrashWindow
from gdbos_desktop.ui.main_window import NARROW_RAIL_PX, RAIL_PX, MainWindow
from gdbos_desktop.ui.pages.check_page import CheckPage
from gdbos_desktop.ui.pages.history_page import HistoryPage
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.tasks_strip import ROWS_SHOWN, progress_words, time_left_words
from tests.ui.stage import ITEM, settle, type_into

FRAME_METHODS = {"page", "show_page", "current_page", "pages", "status"}


def test_the_main_window_has_no_feature_methods() -> None:
    own = {name for name in vars(MainWindow) if not name.startswith("_")}
    qt = {name for name in own if hasattr(MainWindow.__mro__[1], name)}
    assert own - qt - {"closing"} == FRAME_METHODS
    assert len(vars(MainWindow)) < 25


def test_there_is_no_application_singleton_to_import() -> None:
    for module in (assembly, main_window):
        made = [name for name, value in vars(module).items() if isinstance(value, (QWidget, Workbench, Bridge))]
        assert made == []
        assert "QApplication.instance" not in inspect.getsource(module)


def test_the_rail_holds_every_kind_that_stands_alone_in_the_words_of_the_standard(parts: WindowParts) -> None:
    kinds = list_kinds(parts.workbench.standard)
    assert kinds[0].code == ITEM
    assert {"organisation", "material", "data_item", "data_element"} <= {kind.code for kind in kinds}
    words = [button.accessibleName() for button in parts.window.rail._buttons.values()]
    assert words[: len(kinds)] == [kind.label for kind in kinds]


def test_pages_are_made_at_the_first_visit(parts: WindowParts) -> None:
    before = len(parts.window.pages)
    parts.window.show_page("history")
    assert (before, len(parts.window.pages)) == (1, 2)
    settle(parts.bridge)


def test_the_rail_folds_in_a_narrow_window_and_by_hand(parts: WindowParts) -> None:
    assert parts.window.rail.width() == RAIL_PX
    parts.window.resize(911, 512)
    QApplication.processEvents()
    assert parts.window.rail.width() == NARROW_RAIL_PX
    parts.top_bar.rail_button.click()
    assert parts.window.rail.width() == RAIL_PX
    settle(parts.bridge, 0.4)


def test_undo_and_redo_say_what_they_take_back_and_do_it(parts: WindowParts) -> None:
    page = cast("RecordsPage", parts.window.page(ITEM))
    record_id = page.model.record_id(0)
    assert record_id
    records = parts.workbench.records
    records.edit([record_id], {"task_name": "甲"}, "改名")
    settle(parts.bridge, 0.3)
    assert parts.undo_button.isEnabled()
    assert "改名" in parts.undo_button.toolTip()
    assert not parts.redo_button.isEnabled()
    parts.commands.run("undo")
    settle(parts.bridge, 0.3)
    assert records.get(record_id).elements["task_name"] != "甲"
    assert parts.redo_button.isEnabled()
    parts.commands.run("redo")
    settle(parts.bridge, 0.3)
    assert records.get(record_id).elements["task_name"] == "甲"


def test_control_z_in_the_list_undoes_and_in_a_field_only_the_typing(parts: WindowParts) -> None:
    page = cast("RecordsPage", parts.window.page(ITEM))
    record_id = page.model.record_id(0)
    assert record_id
    parts.workbench.records.edit([record_id], {"task_name": "甲"}, "改名")
    settle(parts.bridge, 0.3)
    parts.window.activateWindow()
    type_into(page.filter_bar.search, "教")
    QTest.keyClick(page.filter_bar.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(parts.bridge, 0.3)
    assert parts.workbench.records.get(record_id).elements["task_name"] == "甲"
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(parts.bridge, 0.3)
    assert parts.workbench.records.get(record_id).elements["task_name"] != "甲"


def test_every_key_belongs_to_one_command(parts: WindowParts) -> None:
    keys = [command.keys for command in parts.commands.list_commands() if command.keys]
    assert len(keys) == len(set(keys))


def test_the_palette_finds_records_by_initials_and_opens_the_chosen_one(parts: WindowParts) -> None:
    palette = parts.open_palette()
    type_into(palette.search, "jszg")
    settle(parts.bridge, 0.4)
    words = palette.words_shown()
    assert words[0] == "政务服务事项"
    assert "教师资格认定" in words[1]
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    settle(parts.bridge, 0.6)
    page = cast("RecordsPage", parts.window.page(ITEM))
    assert page.editor is not None
    assert page.editor.isVisible()


def test_the_palette_finds_commands_and_runs_them(parts: WindowParts) -> None:
    palette = parts.open_palette()
    type_into(palette.search, "历史")
    settle(parts.bridge, 0.4)
    assert "历史" in palette.words_shown()
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    settle(parts.bridge, 0.3)
    assert isinstance(parts.window.current_page, HistoryPage)


def test_enter_before_the_pause_is_over_waits_for_what_was_typed(parts: WindowParts) -> None:
    palette = parts.open_palette()
    type_into(palette.search, "教师资格")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    settle(parts.bridge, 0.6)
    page = cast("RecordsPage", parts.window.page(ITEM))
    assert page.editor is not None
    assert "教师资格" in page.editor.findChildren(QWidget)[0].window().windowTitle() or page.editor.isVisible()


def test_the_palette_says_when_nothing_is_found(parts: WindowParts) -> None:
    palette = parts.open_palette()
    type_into(palette.search, "绝对没有的字")
    settle(parts.bridge, 0.4)
    assert palette.words_shown() == ["名称和编码中都没有“绝对没有的字”。"]
    palette.close()


def test_a_material_found_in_the_palette_opens_on_its_own_page(parts: WindowParts) -> None:
    palette = parts.open_palette()
    type_into(palette.search, "申请表 40")
    settle(parts.bridge, 0.4)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    settle(parts.bridge, 0.6)
    assert parts.window.current_page is parts.window.page("material")


def test_a_task_shows_numbers_and_can_be_cancelled(parts: WindowParts) -> None:
    started, stopped = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        try:
            while True:
                progress(41_200, 58_000, "行")
                started.set()
                threading.Event().wait(0.01)
        except Cancelled:
            stopped.set()
            raise

    outcomes: list[str] = []
    running = parts.bridge.run_query(work, owner=parts.window, title="导入 清单.xlsx")
    running.finished.connect(outcomes.append)
    assert started.wait(5)
    for _turn in range(20):
        QApplication.processEvents()
        threading.Event().wait(0.01)
    row = parts.window.task_strip.rows[0]
    assert "导入 清单.xlsx" in row.words
    assert "41,200/58,000" in row.words
    assert "71 %" in row.words
    row._cancel.click()
    settle(parts.bridge)
    assert stopped.is_set()
    assert outcomes == ["cancelled"]
    assert "没有改动" in row.words
    assert parts.window.task_strip.isVisible(), "it stays until it was read"
    row._dismiss.click()
    assert not parts.window.task_strip.isVisible()


def test_a_finished_task_offers_its_result_until_somebody_looks(parts: WindowParts) -> None:
    called: list[int] = []
    running = parts.bridge.run_query(lambda _progress: 7, lambda _result: None, owner=parts.window, title="导出")
    running.summary = "已写出 7 行"
    running.actions.append(("打开", lambda: called.append(1)))
    settle(parts.bridge)
    row = parts.window.task_strip.rows[0]
    assert "已写出 7 行" in row.words
    next(button for button in row.findChildren(QPushButton) if button.text() == "打开").click()
    assert called == [1]
    assert parts.window.task_strip.rows == ()


def test_many_tasks_are_counted_rather_than_piled_up(parts: WindowParts) -> None:
    for number in range(ROWS_SHOWN + 2):
        parts.bridge.run_query(lambda _progress: None, owner=parts.window, title=f"任务 {number}")
    settle(parts.bridge)
    strip = parts.window.task_strip
    assert sum(row.isVisible() for row in strip.rows) == ROWS_SHOWN
    assert strip._more.text() == "另有 2 个任务"


def test_quiet_work_does_not_appear_in_the_strip(parts: WindowParts) -> None:
    parts.bridge.run_query(lambda _progress: None, owner=parts.window)
    settle(parts.bridge)
    assert parts.window.task_strip.rows == ()


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.4, ""), (12.2, "剩 12 秒"), (59, "剩 59 秒"), (600, "剩 10 分钟")]
)
def test_time_left_is_told_in_words(seconds: float | None, words: str) -> None:
    assert time_left_words(seconds) == words


def test_progress_without_a_total_shows_what_is_done() -> None:
    assert progress_words(ProgressState(1_234, 0, "", None)) == "1,234"
    assert progress_words(ProgressState(0, 0, "", None)) == ""


def test_what_the_world_refused_is_told_in_the_bar_with_what_to_do(parts: WindowParts) -> None:
    def work(_progress: Progress) -> None:
        raise KnownError("disk-full", "磁盘已满", "写不下这个文件。", "请腾出空间后再试。")

    parts.bridge.run_query(work, owner=parts.window)
    settle(parts.bridge)
    assert parts.window.message_bar.isVisible()
    assert parts.window.message_bar.text == "磁盘已满：写不下这个文件。请腾出空间后再试。"
    assert not parts.window.message_bar._timer.isActive(), "a refusal stays until it was read"


def test_somebody_who_takes_a_refusal_keeps_it_out_of_the_bar(parts: WindowParts) -> None:
    def work(_progress: Progress) -> None:
        raise KnownError("x", "甲", "乙")

    taken: list[KnownError] = []
    parts.bridge.run_query(work, owner=parts.window, refused=taken.append)
    settle(parts.bridge)
    assert [error.code for error in taken] == ["x"]
    assert not parts.window.message_bar.isVisible()


def test_a_fault_of_the_program_opens_the_crash_window_with_details_to_copy(
    parts: WindowParts, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_progress: Progress) -> None:
        raise ZeroDivisionError("eins durch null")

    parts.bridge.run_query(work, owner=parts.window)
    settle(parts.bridge)
    windows = [top for top in QApplication.topLevelWidgets() if isinstance(top, CrashWindow) and top.isVisible()]
    assert len(windows) == 1
    assert "ZeroDivisionError" in windows[0].details
    windows[0]._on_copy()
    assert "eins durch null" in QGuiApplication.clipboard().text()
    windows[0].accept()
    settle(parts.bridge)
    assert "failed" in caplog.text


def test_a_result_for_a_widget_that_is_gone_is_dropped(bridge: Bridge) -> None:
    owner = QWidget()
    called: list[int] = []
    bridge.run_query(lambda _progress: 1, called.append, owner=owner)
    shiboken6.delete(owner)
    settle(bridge)
    assert called == []


def test_a_result_never_arrives_before_the_question_was_put(bridge: Bridge) -> None:
    owner = QWidget()
    for _turn in range(50):
        called: list[int] = []
        bridge.run_query(lambda _progress: 1, called.append, owner=owner)
        assert called == []
        settle(bridge)
        assert called == [1]
    owner.deleteLater()


def test_a_timer_that_ticks_after_the_window_closed_starts_nothing(workbench: Workbench, qapp: QApplication) -> None:
    bridge = Bridge(workbench)
    bridge.close()
    called: list[int] = []
    running = bridge.run_query(lambda _progress: called.append(1), owner=bridge)
    assert running.outcome == "cancelled"
    assert called == []
    bridge.deleteLater()


def test_results_arrive_on_the_thread_of_the_window(bridge: Bridge) -> None:
    owner = QWidget()
    threads: list[tuple[str, str]] = []
    bridge.run_query(
        lambda _progress: threading.current_thread().name,
        lambda name: threads.append((name, threading.current_thread().name)),
        owner=owner,
    )
    settle(bridge)
    assert threads[0][0].startswith("gdbos-read")
    assert threads[0][1] == threading.main_thread().name
    owner.deleteLater()


def test_a_bridge_that_closes_lets_the_last_small_write_through(workbench: Workbench, qapp: QApplication) -> None:
    bridge = Bridge(workbench)
    bridge.run_change(lambda _progress: workbench.settings.set("a", "b", 1), owner=bridge)
    bridge.close()
    assert workbench.settings.get("a", "b") == 1
    bridge.deleteLater()


def test_the_history_page_takes_an_old_act_back(parts: WindowParts) -> None:
    page = cast("RecordsPage", parts.window.page(ITEM))
    first, second = page.model.record_id(0), page.model.record_id(1)
    assert first
    assert second
    records = parts.workbench.records
    before = records.get(first).elements["task_name"]
    records.edit([first], {"task_name": "甲"}, "改第一条")
    records.edit([second], {"task_name": "乙"}, "改第二条")
    parts.window.show_page("history")
    settle(parts.bridge, 0.3)
    history = cast("HistoryPage", parts.window.page("history"))
    reasons = [entry.change_set.reason for entry in history.model.entries]
    assert reasons[:2] == ["改第二条", "改第一条"]
    history.table.selectRow(1)
    assert history.undo_button.isEnabled()
    history.undo_button.click()
    settle(parts.bridge, 0.4)
    assert records.get(first).elements["task_name"] == before
    assert records.get(second).elements["task_name"] == "乙"
    assert history.model.entries[0].change_set.origin is Origin.UNDO
    history.table.selectRow(2)
    assert not history.undo_button.isEnabled(), "what was taken back cannot be taken back again"


def test_the_check_page_counts_by_rule_and_leads_to_the_record(parts: WindowParts) -> None:
    parts.window.show_page("check")
    page = cast("CheckPage", parts.window.page("check"))
    page.check_all()
    settle(parts.bridge, 0.3)
    assert page.report is not None
    assert page.report.checked == 200
    assert page.model.rowCount() == len(page.report.issues)
    page.rules.setCurrentRow(1)
    code = page.model.issues[0].code
    assert {issue.code for issue in page.model.issues} == {code}
    assert len(page.model.issues) == page.report.by_rule[code]
    issue = page.model.issues[0]
    page.open_issue(0)
    settle(parts.bridge, 1.0)
    opened = parts.window.current_page
    assert isinstance(opened, RecordsPage)
    assert getattr(opened.editor, "record_id", "") == issue.record_id
    assert opened._led_to is issue


def test_a_person_who_may_only_read_sees_no_way_to_write(parts: WindowParts, filled: Workbench) -> None:
    filled.workspace.actor = Actor("读者", frozenset({Duty.READ}))
    again = WindowParts(filled, parts.desk)
    again.window.show()
    again.start()
    settle(again.bridge, 0.3)
    page = cast("RecordsPage", again.window.current_page)
    assert not page.new_button.isVisible()
    assert not page.import_button.isVisible()
    assert not page.export_button.isVisible()
    assert not again.undo_button.isEnabled()
    assert "import" not in again.window.rail._buttons
    again.window.close()
    again.bridge.close()
    again.window.deleteLater()
    again.deleteLater()


def test_the_theme_is_changed_at_once_and_remembered(parts: WindowParts) -> None:
    parts.commands.run("theme")
    assert parts.desk.theme.is_dark
    assert parts.desk.preferences.flag("dark")
    parts.commands.run("theme")
    assert not parts.desk.theme.is_dark
