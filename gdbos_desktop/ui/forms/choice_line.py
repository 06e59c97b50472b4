"""A line to type in and a list to choose from, narrowed while typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.text_widgets import LONGEST
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import code_font, color, icon, ui_font


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list to choose from; ``remark`` stands at its right end."""

    key: str
    label: str
    remark: str = ""
    words: str = ""


class ChoiceModel(QAbstractListModel):
    """The choices that fit what was typed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[Choice] = ()

    def show_rows(self, rows: Sequence[Choice]) -> None:
        """Show other choices."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return row.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.label} {row.remark}".strip()
        return row if role == Qt.ItemDataRole.UserRole else None


class ChoiceDelegate(QStyledItemDelegate):
    """Draws the label at the left and the remark, such as the code, at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(super().sizeHint(option, index).width(), 28)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        rect = fields(option).rect
        state = fields(option).state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("accent_tint"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("hover"))
        inner = rect.adjusted(8, 0, -8, 0)
        if row.remark:
            font = code_font(12)
            painter.setFont(font)
            painter.setPen(color("secondary"))
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), row.remark)
            inner = inner.adjusted(0, 0, -QFontMetrics(font).horizontalAdvance(row.remark) - 12, 0)
        painter.setFont(ui_font())
        painter.setPen(color("text"))
        text = painter.fontMetrics().elidedText(row.label, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class ChoiceLine(QLineEdit):
    """A line to type in and a list to choose from.

    Typing narrows the list; Down, Enter or a click open it; Esc closes it. What may be chosen comes from outside.
    """

    picked = Signal(object)
    list_wanted = Signal()
    """The person opened the list: every choice is wanted. What fits while typing is a matter of ``textEdited``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(LONGEST)
        self._model = ChoiceModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(10)
        self._completer.setWidget(self)
        popup = self._completer.popup()
        popup.setItemDelegate(ChoiceDelegate(popup))
        popup.setMouseTracking(True)
        popup.setAccessibleName(_("Choices"))
        cast("Any", self._completer).activated[QModelIndex].connect(self._on_activated)  # the overload by type
        self._chevron = self.addAction(icon("arrow-down-s-line"), QLineEdit.ActionPosition.TrailingPosition)
        self._chevron.setToolTip(_("Show the choices"))
        self._chevron.triggered.connect(self.open_list)
        self._is_wanted = False

    @property
    def is_open(self) -> bool:
        """Whether the list is on screen."""
        return self._completer.popup().isVisible()

    def open_list(self) -> None:
        """Show every choice."""
        if not self.isReadOnly():
            self._is_wanted = True
            self.list_wanted.emit()

    def offer(self, rows: Sequence[Choice], current: str = "") -> None:
        """The choices for what was asked last; an open list shows them."""
        if not (self.hasFocus() or self._is_wanted):
            return
        self._is_wanted = False
        self._model.show_rows(rows)
        popup = self._completer.popup()
        if not rows:
            popup.hide()
            return
        self._completer.complete(QRect(0, 0, max(self.width(), 240), self.height() + 2))
        place = next((index for index, row in enumerate(rows) if row.key == current), 0)
        popup.setCurrentIndex(self._completer.completionModel().index(place, 0))
        popup.scrollTo(popup.currentIndex())

    @property
    def choices(self) -> Sequence[Choice]:
        """What the list shows."""
        return self._model.rows

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if self.is_open:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}:
                event.ignore()  # the list takes them
                return
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4}:
            self.open_list()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.is_open and not self.selectedText():
            self.open_list()

    def _on_activated(self, index: QModelIndex) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if row is not None:
            self.picked.emit(row)
