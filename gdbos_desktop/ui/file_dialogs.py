"""Asking for files and folders, and opening what was made; one object so that tests and pictures can answer instead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from gdbos_desktop.system.paths import documents_folder


class FileDialogs:
    """The system's own dialogs; each begins where the last one ended."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def save_file(self, parent: QWidget, title: str, name: str, pattern: str) -> Path | None:
        """Where to write a file; None when the person thought better of it."""
        chosen, _kind = QFileDialog.getSaveFileName(parent, title, str(self._start() / name), pattern)
        return self._remember(chosen)

    def open_file(self, parent: QWidget, title: str, pattern: str) -> Path | None:
        """Which file to read."""
        chosen, _kind = QFileDialog.getOpenFileName(parent, title, str(self._start()), pattern)
        return self._remember(chosen)

    def choose_folder(self, parent: QWidget, title: str) -> Path | None:
        """Which folder to write into."""
        chosen = QFileDialog.getExistingDirectory(parent, title, str(self._start()))
        return self._remember(chosen, is_folder=True)

    def show_in_system(self, path: Path) -> None:
        """Open a file or folder with the program the system has for it."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _start(self) -> Path:
        return self._folder or documents_folder()

    def _remember(self, chosen: str, is_folder: bool = False) -> Path | None:
        if not chosen:
            return None
        path = Path(chosen)
        self._folder = path if is_folder else path.parent
        return path
