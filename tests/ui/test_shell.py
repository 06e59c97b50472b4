"""From the start page to a store and back: nothing is made or opened on the window's thread, and refusals are said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gdbos_desktop import __main__ as program
from gdbos_desktop import bootstrap
from gdbos_desktop.services import demo
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.password_dialog import PasswordDialog
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.shell import Shell, StoreKeeper
from gdbos_desktop.ui.start_window import StartWindow
from tests.ui.stage import settle


class Keeper:
    """The real ways to a store, noting on which thread they were taken and what the start page allowed meanwhile."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def create(self, path: Path, name: str, region: str, password: str | None) -> Workbench:
        self.threads.append(threading.current_thread())
        return bootstrap.create_workbench(path, name, region, password=password)

    def open(self, path: Path, password: str | None) -> Workbench:
        self.threads.append(threading.current_thread())
        return bootstrap.open_workbench(path, password)

    def make_sample(self, path: Path) -> None:
        self.threads.append(threading.current_thread())
        program._make_sample(path)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def shell(qapp: QApplication, keeper: Keeper, tmp_path: Path) -> Iterator[Shell]:
    made = Shell(
        qapp,
        StoreKeeper(keeper.create, keeper.open, keeper.make_sample),
        Preferences(tmp_path / "window.ini"),
    )
    yield made
    if made.parts is not None:
        settle(made.parts.bridge, 0.05)
    made.close_store()
    if made.start_window is not None:
        made.start_window.close()
        made.start_window.deleteLater()
    made.theme.deleteLater()
    made.deleteLater()


def start_page(shell: Shell) -> StartWindow:
    shown = shell.start_window
    assert shown is not None
    return shown


def buttons_allowed(shell: Shell) -> list[bool]:
    return [button.isEnabled() for button in start_page(shell)._cards.findChildren(QPushButton)]


def test_the_sample_is_made_beside_the_window_which_takes_no_second_wish_meanwhile(
    shell: Shell, keeper: Keeper, tmp_path: Path, qtbot: QtBot
) -> None:
    shell.start(None)
    meanwhile: list[bool] = []
    QTimer.singleShot(0, lambda: meanwhile.extend(buttons_allowed(shell)))
    start_page(shell).sample_asked.emit(tmp_path / "示例.gdbos")
    assert meanwhile
    assert not any(meanwhile)
    assert threading.main_thread() not in keeper.threads
    assert shell.start_window is None
    assert shell.parts is not None
    assert "示例" in shell.parts.window.windowTitle()


def test_a_new_store_opens_in_the_window_and_is_found_again(shell: Shell, keeper: Keeper, tmp_path: Path) -> None:
    shell.start(None)
    start_page(shell).create_asked.emit(tmp_path / "区局.gdbos", "区局", "511602", "")
    assert shell.parts is not None
    assert threading.main_thread() not in keeper.threads
    settle(shell.parts.bridge, 0.05)
    shell.close_store()
    shell.start(None)
    assert shell.parts is not None


def test_what_cannot_be_opened_is_said_on_the_start_page_which_then_takes_wishes_again(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "信.gdbos").write_text("no store", encoding="utf-8")
    shell.start(tmp_path / "信.gdbos")
    assert shell.parts is None
    assert "信.gdbos" in start_page(shell).message_bar.text
    assert all(buttons_allowed(shell))


def test_a_protected_store_asks_until_the_password_is_right(shell: Shell, tmp_path: Path) -> None:
    bootstrap.create_workbench(tmp_path / "密.gdbos", "区局", "511602", password="right").close()
    words = ["wrong", "right"]

    def type_next() -> None:
        dialogs = [top for top in QApplication.topLevelWidgets() if isinstance(top, PasswordDialog) and top.isVisible()]
        if dialogs:
            QTest.keyClicks(dialogs[0].line, words.pop(0))
            dialogs[0].accept()
        if words:
            QTimer.singleShot(20, type_next)

    QTimer.singleShot(0, type_next)
    shell.start(tmp_path / "密.gdbos")
    assert words == []
    assert shell.parts is not None


def test_what_was_typed_a_moment_before_the_store_is_left_is_offered_again(shell: Shell, tmp_path: Path) -> None:
    shell.start(None)
    start_page(shell).create_asked.emit(tmp_path / "区局.gdbos", "区局", "511602", "")
    editor = new_form(shell)
    assert editor.form is not None
    editor.form.field("task_name").type_text("写到一半")
    shell.leave_store()
    assert shell.open_store(tmp_path / "区局.gdbos")
    editor = new_form(shell)
    assert "草稿" in editor.notice.text


def test_a_sample_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "sample_workbook", lambda: tmp_path / "没有.xlsx")
    with pytest.raises(KnownError):
        program._make_sample(tmp_path / "示例.gdbos")
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_even_be_looked_for_is_not_offered_again(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "window.ini")
    preferences.remember_store(tmp_path / ("长" * 300))
    assert preferences.recent_stores() == []


def new_form(shell: Shell) -> EditorPane:
    """The form of a new record, as Ctrl+N opens it."""
    assert shell.parts is not None
    settle(shell.parts.bridge, 0.1)
    shell.parts.commands.action("new").trigger()
    settle(shell.parts.bridge, 0.1)
    page = shell.parts.window.current_page
    assert isinstance(page, RecordsPage)
    assert isinstance(page.editor, EditorPane)
    return page.editor
