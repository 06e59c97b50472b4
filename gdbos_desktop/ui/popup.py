"""Small windows that hang from a button or a heading and go away by Esc or a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.ui.theme import icon


class Popup(QFrame):
    """A frame that closes itself; ``body`` takes its content."""

    def __init__(self, parent: QWidget, width: int = 280) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._owner = parent
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self.setFixedWidth(width)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 12, 12, 12)
        self.body.setSpacing(8)

    def show_at(self, place: QPoint) -> None:
        """Open with the upper left corner at a place on the screen, moved so that nothing is cut off."""
        self.adjustSize()
        room = self._owner.window().geometry()
        if room.width() < self.width() or room.height() < self.height():
            screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
            room = screen.availableGeometry()
        left = max(room.left(), min(place.x(), room.right() + 1 - self.width()))
        top = max(room.top(), min(place.y(), room.bottom() + 1 - self.height()))
        self.move(left, top)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def search_field(words: str) -> QLineEdit:
    """A field with a looking-glass and a cross; ``words`` say what can be typed."""
    field = QLineEdit()
    field.setPlaceholderText(words)
    field.setAccessibleName(words)
    field.setClearButtonEnabled(True)
    field.addAction(icon("search-line"), QLineEdit.ActionPosition.LeadingPosition)
    return field


class CheckList(QListWidget):
    """A list whose items may have boxes; a click anywhere on an item, Space or Enter turns its box over."""

    toggled = Signal(QListWidgetItem)

    def __init__(self) -> None:
        super().__init__()
        self.itemClicked.connect(self._toggle)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        item = self.currentItem()
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and item is not None:
            if not self._toggle(item):
                self.itemActivated.emit(item)
            return
        super().keyPressEvent(event)

    def _toggle(self, item: QListWidgetItem) -> bool:
        if item.data(Qt.ItemDataRole.CheckStateRole) is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return False
        is_on = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)
        self.toggled.emit(item)
        return True
