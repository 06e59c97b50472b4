"""What every editor of one element's value has in common: it shows a value, and says what a person made of it.

A value that nobody touched comes back exactly as it was given. A text that means nothing never replaces a value: the
widget then has an ``issue`` and keeps the value it had.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from gdbos_desktop.schema import Element, Issue, Severity, Value
from gdbos_desktop.ui.theme import set_property

TABULAR = frozenset({"integer", "decimal", "date", "code_text", "credit_code", "region_code"})
"""Types whose values line up: shown in the face of codes."""

Choices = Sequence[tuple[str, str]]
"""Records a reference may point to: (id, title)."""


@dataclass
class FormContext:
    """What widgets ask of the world around the form.

    ``find_choices(kind, text, then)`` looks records up and calls ``then`` with them, at once or later. ``titles`` names
    the records that references point to and grows as the person chooses.
    """

    find_choices: Callable[[str, str, Callable[[Choices], None]], None] = lambda _kind, _text, then: then(())
    titles: dict[str, str] = field(default_factory=dict)

    def title_of(self, record_id: str) -> str:
        """What to call a record; its id while nobody knows."""
        return self.titles.get(record_id, record_id)

    def learn(self, titles: Mapping[str, str]) -> None:
        """Titles that became known."""
        self.titles.update(titles)

    def text_of(self, element: Element, value: Value | None) -> str:
        """A value as people read it, references as titles."""
        if value is None:
            return ""
        return self.title_of(str(value)) if element.type.name == "reference" else element.format(value)


class ValueWidget(QWidget):
    """An editor for the value of one element."""

    edited = Signal()
    """The person changed something; not emitted by ``set_value``."""

    settled = Signal()
    """The person finished: left the field, or chose."""

    is_wide = False
    """Whether it takes both columns of a form."""

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.element = element
        self.context = context
        self._value: Value | None = None
        self._is_touched = False

    # What the form uses

    def set_value(self, value: Value | None) -> None:
        """Show a value of the store."""
        self._value = value
        self._is_touched = False
        self._show(value)

    def read(self) -> Value | Issue | None:
        """The value as it stands, or why what was typed means nothing."""
        return self._read() if self._is_touched else self._value

    def value(self) -> Value | None:
        """The value as it stands; the last one that meant something while the text means nothing."""
        result = self.read()
        return self._value if isinstance(result, Issue) else result

    def issue(self) -> Issue | None:
        """Why what was typed means nothing."""
        result = self.read()
        return result if isinstance(result, Issue) else None

    def settle(self) -> None:
        """Take what was typed as the value and write it the way the standard does."""
        if not self._is_touched:
            return
        result = self._read()
        if not isinstance(result, Issue):
            self._value = result
            self._is_touched = False
            self._show(result)

    def put(self, value: Value | None) -> None:
        """Put a value in place of what is there, as if a person had."""
        self.set_value(value)
        self.edited.emit()

    def type_text(self, text: str) -> None:
        """As if a person had typed the text in place of what is there: pasted cells and one-click mends come here."""
        value = self.element.parse(text)
        if isinstance(value, Issue):
            self._show_text(text)
        else:
            self._show(value)
        self._touch()

    def show_severity(self, severity: Severity | None) -> None:
        """Colour the frame of the field; the words stand beside it."""
        state = "" if severity is None or severity is Severity.HINT else str(severity)
        for control in self.controls():
            set_property(control, "state", state)

    def controls(self) -> Sequence[QWidget]:
        """The parts that carry frame, focus and accessible name."""
        raise NotImplementedError

    # What each kind of editor supplies

    def _show(self, value: Value | None) -> None:
        raise NotImplementedError

    def _show_text(self, text: str) -> None:
        """Show a text that is not a value."""

    def _read(self) -> Value | Issue | None:
        raise NotImplementedError

    def _touch(self) -> None:
        self._is_touched = True
        self.edited.emit()

    def _name_controls(self) -> None:
        """Call at the end of ``__init__``: names, focus, and what happens when the field is left."""
        controls = self.controls()
        for control in controls:
            if not control.accessibleName():
                control.setAccessibleName(self.element.label)
            control.setAccessibleDescription(self.element.help)
            control.installEventFilter(self)
        if controls:
            self.setFocusProxy(controls[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusOut and QApplication.activePopupWidget() is None:
            self._on_left()
        return super().eventFilter(watched, event)

    def _on_left(self) -> None:
        self.settle()
        self.settled.emit()


def is_plain_key(modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a key came without Ctrl, Alt or Meta."""
    return not modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
