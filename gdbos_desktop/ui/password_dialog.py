"""Asks for the password of a store."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.theme import label, primary_button, quiet_button, row, secondary, section_title

WIDTH_PX = 400


class PasswordDialog(QDialog):
    """One line for a password; says so when the last one did not fit."""

    def __init__(self, file: str, is_again: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Password"))
        self.setFixedWidth(WIDTH_PX)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setAccessibleName(_("Password"))
        self.open_button = primary_button(_("Open"), "lock-unlock-line")
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        self.cancel_button = quiet_button(_("Cancel"))
        self.line.textChanged.connect(lambda text: self.open_button.setEnabled(bool(text)))
        self.open_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        title = section_title(_("“{file}” is protected by a password").format(file=file))
        title.setWordWrap(True)
        layout.addWidget(title)
        layout.addWidget(self.line)
        if is_again:
            layout.addWidget(label(_("That password does not fit. Mind upper and lower case."), "error", wrap=True))
        else:
            layout.addWidget(
                secondary(_("Whoever made the store knows it; a lost one cannot be found again."), wrap=True)
            )
        layout.addSpacing(8)
        layout.addLayout(row(None, self.cancel_button, self.open_button))

    @property
    def password(self) -> str:
        """What was typed."""
        return self.line.text()
