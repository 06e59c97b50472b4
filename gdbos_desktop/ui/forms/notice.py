"""A line inside a form that says what happened and offers the next step; it never stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.theme import IconLabel, icon_button, link_button, set_property

Action = tuple[str, Callable[[], None]]

_LOOKS = {
    "info": ("information-line", "accent_text"),
    "success": ("checkbox-circle-line", "success"),
    "warning": ("alert-line", "warning"),
    "error": ("error-warning-line", "error"),
}


class Notice(QFrame):
    """One message with any number of ways on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._words = IconLabel(wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        self._buttons: list[QPushButton] = []
        self._close = icon_button("close-line", _("Close this message"))
        self._close.clicked.connect(self.hide)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 4, 12, 4)
        self._layout.setSpacing(12)
        self._layout.addWidget(self._words, 1, Qt.AlignmentFlag.AlignVCenter)
        self._layout.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; '' when it says nothing."""
        return self._words.text if not self.isHidden() else ""

    @property
    def buttons(self) -> Sequence[QPushButton]:
        """The ways on."""
        return self._buttons

    def show_words(self, words: str, kind: str = "info", actions: Sequence[Action] = (), closable: bool = True) -> None:
        """Say something: ``info``, ``success``, ``warning``, ``error``."""
        icon_name, role = _LOOKS[kind]
        self._words.show_state(icon_name, words, "text")
        self._words.show_icon(icon_name, role)
        set_property(self, "kind", kind)
        self.setAccessibleName(words)
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for place, (text, call) in enumerate(actions):
            button = link_button(text)
            button.clicked.connect(lambda _checked=False, call=call: call())
            self._layout.insertWidget(1 + place, button)
            self._buttons.append(button)
        self._close.setVisible(closable)
        self.show()

    def show_error(self, error: KnownError, actions: Sequence[Action] = ()) -> None:
        """Say what the world refused and what to do."""
        words = _("{title}: {sentence} {remedy}")
        self.show_words(
            words.format(title=error.title, sentence=error.sentence, remedy=error.remedy).strip(), "error", actions
        )
