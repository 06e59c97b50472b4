"""Commands: the verbs of the window, each defined once for menus, keys, buttons and the search palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gdbos_desktop.ui.theme import icon


@dataclass(frozen=True, slots=True)
class Command:
    """One verb: ``words`` are also what the palette searches; ``keys`` is a key sequence such as ``Ctrl+K``."""

    code: str
    words: str
    icon_name: str
    call: Callable[[], object]
    keys: str = ""


class CommandSet:
    """The commands of a window as Qt actions, in the order they were added."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, command: Command) -> QAction:
        """Add a command and bind its key to the window."""
        action = QAction(icon(command.icon_name), command.words, self._window)
        action.setObjectName(command.code)
        if command.keys:
            action.setShortcut(QKeySequence(command.keys))
        action.triggered.connect(lambda _checked=False: command.call())
        self._window.addAction(action)
        self._commands[command.code] = command
        self._actions[command.code] = action
        return action

    def action(self, code: str) -> QAction:
        """The action of a command."""
        return self._actions[code]

    def run(self, code: str) -> None:
        """Do it, if it may be done now."""
        self._actions[code].trigger()

    def list_commands(self) -> list[Command]:
        """What may be done now."""
        return [command for code, command in self._commands.items() if self._actions[code].isEnabled()]
