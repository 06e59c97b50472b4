"""The Qt application and what Qt says of itself: made here, so that no room but this one knows Qt."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gdbos_desktop.system.messages import _, language
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.shell import Shell, StoreKeeper

NOISE = ("This plugin does not support",)
"""What a display without some ability says again and again; it says nothing about this program."""

_LOG = logging.getLogger("gdbos_desktop.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run_shell(keeper: StoreKeeper, store: Path | None) -> int:
    """Show the window on a store, or on the one opened last, until it is closed; the exit code of the program."""
    application = make_application()
    shell = Shell(application, keeper, Preferences())
    shell.install_crash_hook()
    shell.start(store)
    code = application.exec()
    shell.close_store()
    return code


def make_application() -> QApplication:
    """The Qt application, sharp at every scaling; the one that exists if there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    send_messages_to_log()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([sys.argv[0] if sys.argv else "gdbos-desktop"])
    application.setApplicationName("gdbos-desktop")
    application.setApplicationDisplayName(_("Service Standards Workbench"))
    language()
    return application


def send_messages_to_log() -> None:
    """From now on Qt's own messages go to the log file, not to the terminal of the person."""
    qInstallMessageHandler(_take_message)


def _take_message(kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
    if not words.startswith(NOISE):
        _LOG.log(_LEVELS.get(kind, logging.WARNING), "%s", words)
