"""The Qt application and what Qt says of itself: made here, so that no room but this one knows Qt."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _, language
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.shell import Shell, StoreKeeper

NOISE = ("This plugin does not support",)
"""What a display without some ability says again and again; it says nothing about this program."""

DISPLAY_PACKAGES = (
    "libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
)
"""Debian's names of what Qt needs to show a window; ``installers/system-packages.sh`` installs them."""

_LOG = logging.getLogger("gdbos_desktop.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run_shell(keeper: StoreKeeper, store: Path | None) -> int:
    """Show the window on a store, or on the one opened last, until it is closed; the exit code of the program.

    KnownErrors: ``no-display``, ``display-libraries``.
    """
    check_display()
    application = make_application()
    shell = Shell(application, keeper, Preferences())
    shell.install_crash_hook()
    shell.start(store)
    code = application.exec()
    shell.close_store()
    return code


def check_display() -> None:
    """KnownError when this machine cannot show a window: Qt itself would end the program without a word."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform != "linux" or (platform and not platform.startswith("xcb")):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise KnownError(
            "no-display",
            _("No display"),
            _("This machine shows no desktop to the program, so no window can be opened."),
            _("Open it from the desktop, or work with the commands: gdbos --help"),
        )
    if os.environ.get("WAYLAND_DISPLAY") and not platform:
        return
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    try:
        ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
    except OSError as error:
        raise KnownError(
            "display-libraries",
            _("System libraries missing"),
            _("The window needs system libraries that are not installed: {reason}").format(reason=error),
            _("On Debian and its relatives: apt-get install {packages}").format(packages=DISPLAY_PACKAGES),
        ) from error


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
    if kind is QtMsgType.QtFatalMsg:  # the program ends now: the last word must reach somebody
        sys.stderr.write(f"{words}\n")
    if not words.startswith(NOISE):
        _LOG.log(_LEVELS.get(kind, logging.WARNING), "%s", words)
