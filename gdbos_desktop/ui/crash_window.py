"""The crash window: our bug, said plainly; the work stays, and the details can be copied for whoever mends it."""

from __future__ import annotations

import platform
import traceback

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from gdbos_desktop import __version__
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.theme import (
    IconLabel,
    code_font,
    label,
    plain_button,
    primary_button,
    quiet_button,
    row,
    section_title,
)


def details_of(error: BaseException) -> str:
    """What a developer needs: versions and the way the error took. Holds no data of the store."""
    head = f"GDBOS Desktop {__version__} · Python {platform.python_version()} · Qt {qVersion()} · {platform.platform()}"
    return head + "\n\n" + "".join(traceback.format_exception(error))


class CrashWindow(QDialog):
    """Tells of a fault of the program; ``details`` stand folded below."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("A fault of the program"))
        self.details = details_of(error)
        self._text = QPlainTextEdit(self.details)
        self._text.setReadOnly(True)
        self._text.setFont(code_font(12))
        self._text.setAccessibleName(_("Technical details"))
        self._text.hide()
        self._fold = plain_button(_("Show technical details"), "arrow-right-s-line")
        self._fold.clicked.connect(self._on_fold)
        copy = quiet_button(_("Copy details"), "file-copy-line")
        copy.clicked.connect(self._on_copy)
        go_on = primary_button(_("Keep working"))
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addLayout(
            row(
                IconLabel("error-warning-line", "", "error"),
                section_title(_("The program made a mistake")),
                None,
                spacing=4,
            )
        )
        layout.addWidget(
            label(
                _(
                    "The last step was not finished. What was saved before is safe, unsaved forms are kept as drafts. "
                    "You can go on working; if it happens again, copy the details and send them to support."
                ),
                wrap=True,
            )
        )
        layout.addWidget(self._text, 1)
        layout.addLayout(row(self._fold, None, copy, go_on))
        self.setMinimumWidth(520)

    def unfold(self) -> None:
        """Show the details."""
        if not self._text.isVisibleTo(self):
            self._on_fold()

    def _on_fold(self) -> None:
        shown = not self._text.isVisibleTo(self)
        self._text.setVisible(shown)
        self._fold.setText(_("Hide technical details") if shown else _("Show technical details"))
        self.resize(self.width(), 480 if shown else self.minimumSizeHint().height())

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)
