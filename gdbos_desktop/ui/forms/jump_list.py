"""A list in a side panel whose rows lead to a place in the form: a sentence, where it is, how grave it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.forms.wrapped import draw_text, text_height
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import color, paint_icon, ui_font

_ROW = int(Qt.ItemDataRole.UserRole)
_LEFT, _RIGHT, _DOWN = 36, 12, 7


@dataclass(frozen=True)
class JumpRow:
    """A row: what it leads to, the sentence, where it is, icon and colour."""

    key: object
    text: str
    place: str
    icon_name: str
    role: str


class JumpList(QWidget):
    """Rows that lead somewhere by click or Enter; a sentence when there are none."""

    row_chosen = Signal(object)

    def __init__(self, name: str, empty: str, empty_icon: str) -> None:
        super().__init__()
        self.list = _List()
        self.list.setAccessibleName(name)
        self.list.itemClicked.connect(self._on_item)
        self.list.itemActivated.connect(self._on_item)
        self._empty = EmptyState(empty_icon, empty)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._rows: list[JumpRow] = []
        self._stack.setCurrentIndex(1)

    @property
    def rows(self) -> Sequence[JumpRow]:
        """What it shows."""
        return self._rows

    def show_rows(self, rows: Sequence[JumpRow]) -> None:
        """Show other rows; the place in the list stays."""
        if list(rows) == self._rows:
            return
        self._rows = list(rows)
        here = self.list.currentRow()
        self.list.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(_ROW, row)
            words = f"{row.place}  {row.text}".strip()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            item.setToolTip(row.text)
            self.list.addItem(item)
        if 0 <= here < len(rows):
            self.list.setCurrentRow(here)
        self._stack.setCurrentIndex(0 if rows else 1)

    def _on_item(self, item: QListWidgetItem) -> None:
        self.row_chosen.emit(item.data(_ROW).key)


class _List(QListWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802, ARG002
        row: JumpRow = index.data(_ROW)
        width = self._view.viewport().width()
        height = self._text_height(row, width) + (17 if row.place else 0) + 2 * _DOWN
        return QSize(width, height)

    def _text_height(self, row: JumpRow, width: int) -> int:
        return text_height(row.text, ui_font(), width - _LEFT - _RIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: JumpRow = index.data(_ROW)
        rect = fields(option).rect
        state = fields(option).state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("accent_tint"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("hover"))
        paint_icon(painter, QRect(rect.left() + 12, rect.top() + _DOWN + 1, 16, 16), row.icon_name, row.role)
        inner = rect.adjusted(_LEFT, _DOWN, -_RIGHT, -_DOWN)
        painter.setPen(color("text"))
        draw_text(painter, inner, row.text, ui_font())
        height = self._text_height(row, rect.width())
        painter.setFont(ui_font(12))
        painter.setPen(color("secondary"))
        place = painter.fontMetrics().elidedText(row.place, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(QRect(inner.left(), inner.top() + height + 1, inner.width(), 16), 0, place)
        painter.setPen(color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()
