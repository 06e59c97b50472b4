"""Keeping what was decided about a file as a recipe, in the store or as a file for colleagues."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.popup import Popup
from gdbos_desktop.ui.theme import label, primary_button, quiet_button, row, secondary


class KeepRecipe(Popup):
    """Asks for the name of a recipe."""

    keep_asked = Signal(str)
    write_asked = Signal(str)

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent, 344)
        self.setAccessibleName(_("Keep as a recipe"))
        self.name = QLineEdit(name)
        self.name.setAccessibleName(_("Name of the recipe"))
        self.name.setPlaceholderText(_("Name of the recipe"))
        self.name.selectAll()
        self.name.textChanged.connect(self._on_text)
        self.name.returnPressed.connect(self._on_keep)
        self.keep_button = primary_button(_("Keep the recipe"))
        self.keep_button.clicked.connect(self._on_keep)
        self.write_button = quiet_button(_("As a file …"))
        self.write_button.clicked.connect(self._on_write)
        words = _(
            "Columns, replaced texts, suggestions, keys and the way of writing: next month's file of this template "
            "goes in without a question."
        )
        self.body.addWidget(label(_("Keep as a recipe"), "strong"))
        self.body.addWidget(secondary(words, wrap=True))
        self.body.addWidget(self.name)
        self.body.addLayout(row(None, self.write_button, self.keep_button))
        self._on_text()
        self.name.setFocus()

    def _on_text(self) -> None:
        is_named = bool(self.name.text().strip())
        self.keep_button.setEnabled(is_named)
        self.write_button.setEnabled(is_named)

    def _on_keep(self) -> None:
        if self.keep_button.isEnabled():
            self.close()
            self.keep_asked.emit(self.name.text().strip())

    def _on_write(self) -> None:
        self.close()
        self.write_asked.emit(self.name.text().strip())
