"""Helpers of the window's tests: filling a store, waiting for work, answering dialogs, closing what was opened."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gdbos_desktop.domain.changes import Change, Origin, create
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Value
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.assembly import WindowParts
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.file_dialogs import FileDialogs

ITEM, ORGANISATION, MATERIAL = "service_item", "organisation", "material"


class Filler:
    """Puts records into a store in one change set."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._changes: list[Change] = []

    def add(self, kind: str, parent: Record | None = None, position: int = 0, **elements: Value) -> Record:
        """A record to be written by ``write``."""
        workspace = self._workbench.workspace
        made = Record(workspace.new_id(), kind, elements, parent.id if parent else None, position)
        self._changes.append(create(made))
        return made

    def write(self, reason: str = "filled") -> None:
        """Write what was added."""
        self._workbench.workspace.apply(self._changes, origin=Origin.IMPORT, reason=reason)
        self._changes = []


def close_bridge(bridge: Bridge) -> None:
    """End what runs and wait for it."""
    for running in bridge.running:
        running.cancel()
    settle(bridge)
    bridge.close()


def settle(bridge: Bridge, pause: float = 0.0) -> None:
    """Wait until no work is under way, and at least for ``pause`` seconds (typing pauses and the like)."""
    begun, quiet = time.monotonic(), 0
    while time.monotonic() - begun < 30:
        QApplication.processEvents()
        quiet = 0 if bridge.running else quiet + 1
        if quiet > 3 and time.monotonic() - begun >= pause:
            return
        time.sleep(0.005)
    raise AssertionError(f"still running: {[running.title for running in bridge.running]}")


def type_into(field: QLineEdit, text: str) -> None:
    """Type character by character, as an input method does; Qt's own test keys know no Chinese."""
    field.setFocus()
    for character in text:
        field.insert(character)


class AnsweringDialogs(FileDialogs):
    """Answers instead of a person; remembers what it was asked to open."""

    def __init__(self, answer: Path | None = None) -> None:
        super().__init__()
        self.answer = answer
        self.opened: list[Path] = []

    def save_file(self, parent: QWidget, title: str, name: str, pattern: str) -> Path | None:  # noqa: ARG002
        return self.answer

    def open_file(self, parent: QWidget, title: str, pattern: str) -> Path | None:  # noqa: ARG002
        return self.answer

    def choose_folder(self, parent: QWidget, title: str) -> Path | None:  # noqa: ARG002
        return self.answer

    def show_in_system(self, path: Path) -> None:
        self.opened.append(path)


def close_window(parts: WindowParts) -> None:
    """Close a window with all that hangs on it."""
    for running in parts.bridge.running:
        running.cancel()
    settle(parts.bridge, 0.05)
    for top in QApplication.topLevelWidgets():
        if top is not parts.window and top.isVisible():
            top.close()
    parts.window.close()
    parts.bridge.close()
    parts.window.deleteLater()
    parts.deleteLater()
