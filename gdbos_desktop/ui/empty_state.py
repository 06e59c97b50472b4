"""What stands where nothing is: one sentence what this is, one button how to begin."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gdbos_desktop.ui.theme import icon, label, primary_button, quiet_button

_PICTURE_PX = 40


class EmptyState(QWidget):
    """A quiet picture, a sentence, and at most two buttons."""

    def __init__(self, icon_name: str, sentence: str, remark: str = "") -> None:
        super().__init__()
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence = label(sentence, "strong", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._remark = label(remark, "secondary", wrap=True)
        self._remark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if not remark:
            self._remark.hide()  # show() before it has a parent would make it a window
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addWidget(self._sentence)
        layout.addWidget(self._remark)
        layout.addSpacing(8)
        layout.addLayout(self._buttons)
        layout.addStretch(3)
        self._refresh()

    def add_button(self, words: str, icon_name: str, call: Callable[[], None], is_primary: bool = True) -> None:
        """Add a way on."""
        button = primary_button(words, icon_name) if is_primary else quiet_button(words, icon_name)
        button.clicked.connect(lambda _checked=False: call())
        self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_words(self, sentence: str, remark: str = "") -> None:
        """Say something else."""
        self._sentence.setText(sentence)
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        if hasattr(self, "_picture"):
            size = QSize(_PICTURE_PX, _PICTURE_PX)
            self._picture.setPixmap(icon(self._icon_name, "disabled").pixmap(size, self.devicePixelRatioF()))
