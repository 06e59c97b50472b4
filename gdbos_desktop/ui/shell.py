"""From the start of the program to its end: which store is open, the start page when none is, one window at a time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.assembly import Desk, WindowParts
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.qt_words import translate_qt
from gdbos_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from gdbos_desktop.ui.start_window import StartWindow

T = TypeVar("T")

FIRST_SIZE = (1280, 720)


@dataclass(frozen=True)
class StoreKeeper:
    """How stores come to be: the parts of bootstrap the window may use."""

    create: Callable[[Path, str, str, str | None], Workbench]
    """File, name of the office, region code, password."""

    open: Callable[[Path, str | None], Workbench]
    make_sample: Callable[[Path], None]
    """Write the shipped sample as a store into a file that does not exist yet."""


class _Bell(QObject):
    rung = Signal()


class Shell(QObject):
    """Opens stores in windows. Lives as long as the program."""

    def __init__(self, application: QApplication, keeper: StoreKeeper, preferences: Preferences) -> None:
        super().__init__(application)
        self._application = application
        self._keeper = keeper
        self._preferences = preferences
        translate_qt(application)
        self.theme = Theme(application, preferences.flag("dark"))
        self.parts: WindowParts | None = None
        self.start_window: StartWindow | None = None
        self._workbench: Workbench | None = None

    def start(self, path: Path | None) -> None:
        """Open the store given, else the one opened last, else the start page."""
        recent = self._preferences.recent_stores()
        wanted = path or (recent[0] if recent else None)
        if wanted is None or not self.open_store(wanted):
            self.show_start()

    def show_start(self, error: KnownError | None = None) -> None:
        """The start page: a new store, an existing one, or the sample."""
        from gdbos_desktop.ui.start_window import StartWindow  # loaded when first used

        if self.start_window is None:
            self.start_window = StartWindow(self._preferences.recent_stores(), FileDialogs())
            self.start_window.open_asked.connect(self.open_store)
            self.start_window.create_asked.connect(self._create)
            self.start_window.sample_asked.connect(self._make_sample)
        self.start_window.show()
        if error is not None:
            self.start_window.show_error(error)

    def open_store(self, path: Path) -> bool:
        """Open a store in the window; says why when it cannot be opened."""
        return self._enter(lambda password: self._keeper.open(path, password), path)

    def leave_store(self) -> None:
        """Close the window and its store, back to the start page."""
        self.close_store()
        self.show_start()

    def close_store(self) -> None:
        """Close what is open."""
        parts, self.parts = self.parts, None
        if parts is not None:
            self._preferences.set_blob("geometry", parts.window.saveGeometry())
            parts.window.close()  # first: its pages hand what is not saved to the bridge
            parts.bridge.close()
            parts.window.deleteLater()
            parts.deleteLater()
        if self._workbench is not None:
            self._workbench.close()
            self._workbench = None

    def install_crash_hook(self) -> None:
        """Show the crash window for what no slot caught."""
        previous = sys.excepthook

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            previous(kind, error, trace)
            if self.parts is not None:
                self.parts.show_crash(error)

        sys.excepthook = hook

    def _create(self, path: Path, name: str, region: str, password: str) -> None:
        self._enter(lambda _password: self._keeper.create(path, name, region, password or None), path)

    def _make_sample(self, path: Path) -> None:
        try:
            if not path.exists():
                self._off_thread(lambda: self._keeper.make_sample(path), _("Making the sample …"))
        except KnownError as error:
            self.show_start(error)
            return
        self.open_store(path)

    def _off_thread(self, work: Callable[[], T], words: str) -> T:
        """The result of work that takes a moment, or what it raised; meanwhile windows are drawn but take no input."""
        waiting = QEventLoop()
        bell = _Bell()
        bell.rung.connect(waiting.quit, Qt.ConnectionType.QueuedConnection)
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # it goes on in the thread that waits
                future.set_exception(error)
            bell.rung.emit()

        thread = threading.Thread(target=run, name="store")
        start_window = self.start_window
        if start_window is not None:
            start_window.show_busy(words)
        thread.start()
        waiting.exec()
        thread.join()
        if start_window is not None:
            start_window.show_ready()
        return future.result()

    def _enter(self, make: Callable[[str | None], Workbench], path: Path) -> bool:
        password: str | None = None
        while True:
            try:
                workbench = self._off_thread(partial(make, password), _("Opening …"))
                break
            except KnownError as error:
                if error.code in {"password-needed", "wrong-password"}:
                    password = self._ask_password(path, again=password is not None)
                    if password is not None:
                        continue
                self.show_start(error)
                return False
        self.close_store()
        self._workbench = workbench
        self._preferences.remember_store(path)
        desk = Desk(self.theme, self._preferences, FileDialogs(), self.leave_store)
        self.parts = WindowParts(workbench, desk)
        window = self.parts.window
        geometry = self._preferences.blob("geometry")
        if geometry is None or not window.restoreGeometry(geometry):
            room = window.screen().availableGeometry()
            window.resize(min(FIRST_SIZE[0], room.width()), min(FIRST_SIZE[1], room.height()))
        window.closing.connect(self._on_window_closing)
        window.show()
        self.parts.start()
        if self.start_window is not None:
            self.start_window.close()
            self.start_window.deleteLater()
            self.start_window = None
        return True

    def _on_window_closing(self) -> None:
        if self.parts is not None:
            self._preferences.set_blob("geometry", self.parts.window.saveGeometry())

    def _ask_password(self, path: Path, again: bool) -> str | None:
        from gdbos_desktop.ui.password_dialog import PasswordDialog  # loaded when first used

        dialog = PasswordDialog(path.name, again, self.start_window)
        is_typed = dialog.exec() == PasswordDialog.DialogCode.Accepted
        typed = dialog.password if is_typed else None
        dialog.deleteLater()
        return typed
