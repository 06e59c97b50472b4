"""What Qt says goes to the log, and the password is asked for in words."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.ui import application
from gdbos_desktop.ui.password_dialog import PasswordDialog
from gdbos_desktop.ui.theme import Theme


def test_messages_of_qt_reach_the_log_but_its_noise_does_not(caplog: pytest.LogCaptureFixture) -> None:
    context = QMessageLogContext()
    with caplog.at_level(logging.DEBUG, "gdbos_desktop.qt"):
        application._take_message(QtMsgType.QtWarningMsg, context, "This plugin does not support raise()")
        application._take_message(QtMsgType.QtCriticalMsg, context, "the display is gone")
    assert [(record.levelno, record.message) for record in caplog.records] == [(logging.ERROR, "the display is gone")]


def test_the_application_is_made_once() -> None:
    assert application.make_application() is application.make_application()


@pytest.mark.parametrize("is_again", [False, True])
def test_a_password_is_typed_and_sent_by_enter(theme: Theme, qtbot: QtBot, is_again: bool) -> None:
    dialog = PasswordDialog("区局.gdbos", is_again)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.open_button.isEnabled()
    QTest.keyClicks(dialog.line, "secret")
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert dialog.result() == PasswordDialog.DialogCode.Accepted
    assert dialog.password == "secret"


def test_without_a_desktop_the_window_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(KnownError, match="桌面"):
        application.check_display()


def test_missing_libraries_of_the_display_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("gdbos_desktop.ui.application.QLibraryInfo.path", lambda _which: str(tmp_path))
    with pytest.raises(KnownError) as refused:
        application.check_display()
    assert refused.value.code == "display-libraries"
    assert "libqxcb.so" in refused.value.sentence


def test_the_packages_named_for_a_missing_library_are_those_that_the_installer_takes() -> None:
    script = Path(__file__).resolve().parents[2] / "installers" / "system-packages.sh"
    assert set(application.DISPLAY_PACKAGES.split()) <= set(
        script.read_text(encoding="utf-8").replace('"', " ").split()
    )
