"""The list of a form's sections at its left: which one is on screen, how many rows it has, where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gdbos_desktop.schema import Severity
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import color, paint_icon, ui_font

_MARK = int(Qt.ItemDataRole.UserRole)
_CODE = _MARK + 1
_APART = _MARK + 2
ROW_PX, GAP_PX = 24, 9


@dataclass(frozen=True, slots=True)
class SectionMark:
    """What stands behind the name of a section: rows it has (None: it has no rows), issues, fields not filled."""

    rows: int | None = None
    issues: int = 0
    severity: Severity | None = None
    missing: int = 0


class SectionIndex(QListWidget):
    """The sections, in the order of the form; a line sets tables apart from groups of fields."""

    section_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "index")
        self.setAccessibleName(_("Sections of the form"))
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the wheel and the keys will do
        self.setMouseTracking(True)
        self.currentItemChanged.connect(self._on_current)

    def show_sections(self, sections: Sequence[tuple[str, str]], first_table: int) -> None:
        """Show these sections: (code, label); a line stands before the first table."""
        self.blockSignals(True)
        self.clear()
        for place, (code, words) in enumerate(sections):
            item = QListWidgetItem(words)
            item.setData(_CODE, code)
            item.setData(_MARK, SectionMark())
            is_apart = place == first_table and place > 0
            item.setData(_APART, is_apart)
            item.setSizeHint(QSize(0, ROW_PX + (GAP_PX if is_apart else 0)))
            self.addItem(item)
        self.blockSignals(False)

    def show_marks(self, marks: Mapping[str, SectionMark]) -> None:
        """Show what stands behind the names."""
        for item in self._items():
            mark = marks.get(str(item.data(_CODE)), SectionMark())
            if item.data(_MARK) == mark:
                continue
            item.setData(_MARK, mark)
            words = [item.text()]
            if mark.rows is not None:
                words.append(_("{count} rows").format(count=mark.rows))
            if mark.issues:
                words.append(_("{count} issues").format(count=mark.issues))
            if mark.missing:
                words.append(_("{count} not filled").format(count=mark.missing))
            item.setToolTip(" · ".join(words))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, " · ".join(words))

    def choose(self, code: str) -> None:
        """Put the mark on a section without telling."""
        self.blockSignals(True)
        for item in self._items():
            if item.data(_CODE) == code:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def width_wanted(self) -> int:
        """How wide the longest name with its marks is."""
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(item.text()) for item in self._items()), default=0)
        return min(max(longest + 8 + 44, 112), 192) + 8

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(place) for place in range(self.count())]

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.section_chosen.emit(str(item.data(_CODE)))


class _Delegate(QStyledItemDelegate):
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = fields(option).rect
        state = fields(option).state
        mark: SectionMark = index.data(_MARK)
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(_APART):
            painter.fillRect(QRect(rect.left() + 8, rect.top() + GAP_PX // 2, rect.width() - 16, 1), color("line"))
            rect = rect.adjusted(0, GAP_PX, 0, 0)
        if is_chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("accent_tint" if is_chosen else "hover"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 4, 4)
        if state & QStyle.StateFlag.State_HasFocus and is_chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(color("accent_text"))
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 4, 4)
        right = rect.right() - 8
        right = self._paint_issues(painter, rect, right, mark)
        painter.setFont(ui_font(12))
        if mark.rows:
            right = _paint_right(painter, rect, right, str(mark.rows), "secondary")
        painter.setFont(ui_font(bold=is_chosen))
        painter.setPen(color("accent_text" if is_chosen else "text"))
        room = QRect(rect.left() + 8, rect.top(), right - rect.left() - 8, rect.height())
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def _paint_issues(self, painter: QPainter, rect: QRect, right: int, mark: SectionMark) -> int:
        painter.setFont(ui_font(12))
        if mark.issues and mark.severity is not None:
            name, role = {
                Severity.ERROR: ("error-warning-line", "error"),
                Severity.WARNING: ("alert-line", "warning"),
                Severity.HINT: ("lightbulb-line", "accent_text"),
            }[mark.severity]
            right = _paint_right(painter, rect, right, str(mark.issues), role) + 4
            paint_icon(painter, QRect(right - 14, rect.center().y() - 6, 14, 14), name, role)
            return right - 18
        if mark.missing:  # a ring: something is still open here
            painter.setPen(color("warning"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRect(right - 7, rect.center().y() - 3, 6, 6))
            return right - 14
        return right


def _paint_right(painter: QPainter, rect: QRect, right: int, text: str, role: str) -> int:
    width = painter.fontMetrics().horizontalAdvance(text)
    painter.setPen(color(role))
    place = QRect(right - width, rect.top(), width, rect.height())
    painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
    return right - width - 8
