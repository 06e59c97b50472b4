"""The second table from the type of an element to a widget: for giving many records the same value at once.

Many records have many values, so a bulk widget shows none of them: it begins with "keep", and says what is to happen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from gdbos_desktop.schema import Element, Issue, Value
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.forms.value_widget import FormContext, ValueWidget
from gdbos_desktop.ui.forms.widgets import WIDGETS


class BulkMode(StrEnum):
    """What happens to the element in all the records."""

    KEEP = "keep"
    SET = "set"
    CLEAR = "clear"


_WORDS = {BulkMode.KEEP: N_("Keep as it is"), BulkMode.SET: N_("Set to"), BulkMode.CLEAR: N_("Empty")}


class BulkWidget(QWidget):
    """Keep, set or empty one element of many records."""

    changed = Signal()

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.element = element
        self.editor: ValueWidget = WIDGETS[element.type.name](element, context, self)
        self._group = QButtonGroup(self)
        self._radios: dict[BulkMode, QRadioButton] = {}
        modes = QHBoxLayout()
        modes.setSpacing(16)
        for mode, words in _WORDS.items():
            radio = QRadioButton(_(words))
            radio.setAccessibleName(f"{element.label} {_(words)}")
            radio.clicked.connect(lambda _on=False, mode=mode: self.set_mode(mode))
            self._group.addButton(radio)
            self._radios[mode] = radio
            modes.addWidget(radio)
        modes.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(modes)
        layout.addWidget(self.editor)
        self.editor.edited.connect(self.changed)
        self.set_mode(BulkMode.KEEP)

    @property
    def mode(self) -> BulkMode:
        """What is to happen."""
        return next(mode for mode, radio in self._radios.items() if radio.isChecked())

    def set_mode(self, mode: BulkMode) -> None:
        """Choose what is to happen."""
        self._radios[mode].setChecked(True)
        self.editor.setEnabled(mode is BulkMode.SET)
        self.changed.emit()

    def set_value(self, value: Value | None) -> None:
        """Set this value; None empties."""
        self.editor.set_value(value)
        self.set_mode(BulkMode.CLEAR if value is None else BulkMode.SET)

    def value(self) -> Value | None:
        """The value to be set; None for emptying and for keeping."""
        return self.editor.value() if self.mode is BulkMode.SET else None

    def issue(self) -> Issue | None:
        """Why what was typed cannot be set."""
        return self.editor.issue() if self.mode is BulkMode.SET else None

    @property
    def is_ready(self) -> bool:
        """Whether there is something to do and it is understood."""
        if self.mode is BulkMode.SET:
            return self.editor.issue() is None and self.editor.value() is not None
        return self.mode is BulkMode.CLEAR


BulkMaker = Callable[[Element, FormContext, QWidget | None], BulkWidget]

BULK_WIDGETS: Mapping[str, BulkMaker] = dict.fromkeys(WIDGETS, BulkWidget)
"""Every type has one; a type that wants another way of bulk editing (find and replace in texts …) gets its own here."""


def make_bulk_widget(element: Element, context: FormContext, parent: QWidget | None = None) -> BulkWidget:
    """The widget that edits an element of many records."""
    return BULK_WIDGETS[element.type.name](element, context, parent)
