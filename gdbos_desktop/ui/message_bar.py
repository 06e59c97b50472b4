"""The bar under the top bar: what was refused and what to do, or what was done and how to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.theme import IconLabel, icon_button, link_button, set_property

_LOOKS = {
    "info": ("information-line", "accent_text"),
    "success": ("checkbox-circle-line", "success"),
    "warning": ("alert-line", "warning"),
    "error": ("error-warning-line", "error"),
}
READING_MS = 8_000


class MessageBar(QFrame):
    """Shows one message at a time; refusals stay until read, what was done goes away by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._words = IconLabel(wrap=True)
        self._action = link_button("")
        self._close = icon_button("close-line", _("Close this message"))
        self._call: Callable[[], None] | None = None
        self._action.clicked.connect(self._on_action)
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text

    def show_error(self, error: KnownError) -> None:
        """Say what the world refused: what happened and what to do."""
        self.show_message(
            _("{title}: {sentence} {remedy}").format(title=error.title, sentence=error.sentence, remedy=error.remedy),
            "error",
        )

    def show_message(
        self, words: str, kind: str = "info", action: str = "", call: Callable[[], None] | None = None
    ) -> None:
        """Say something; ``info`` and ``success`` go away by themselves. ``action`` names a button that calls."""
        icon_name, role = _LOOKS[kind]
        self._words.show_state(icon_name, words, "text")
        self._words.show_icon(icon_name, role)
        set_property(self, "kind", kind)
        self._call = call
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(words)
        self.show()
        if kind in {"info", "success"}:
            self._timer.start(READING_MS)
        else:
            self._timer.stop()

    def _on_action(self) -> None:
        self.hide()
        if self._call is not None:
            self._call()
