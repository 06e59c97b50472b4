"""Small windows that hang from a button or a heading and go away by Esc or a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLayout,
    QLayoutItem,
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


class FlowLayout(QLayout):
    """Parts one after the other, on as many lines as it takes."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's names
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  # noqa: N802 - the same
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._arrange(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._arrange(rect, is_trial=False)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, is_trial: bool) -> int:
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            size = QSize(min(hint.width(), rect.width()) if rect.width() > 0 else hint.width(), hint.height())
            if lines[-1] and x + size.width() > rect.width():
                lines.append([])
                x = 0
            lines[-1].append((item, size))
            x += size.width() + self.spacing()
        y = rect.y()
        for line in lines:
            height = max((size.height() for _item, size in line), default=0)
            x = rect.x()
            for item, size in line:
                if not is_trial:
                    item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + self.spacing()
            y += height + self.spacing()
        return max(0, y - self.spacing() - rect.y())
