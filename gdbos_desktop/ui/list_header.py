"""The header of a list: a click sorts, the funnel filters, dragging reorders; all three show what is in force."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.list_model import Column, RecordListModel
from gdbos_desktop.ui.theme import SECONDARY_PX, color, paint_icon, ui_font

_ICON = 14
_PADDING = 8
HEADER_PX = 32


class ListHeader(QHeaderView):
    """Paints label, sort arrow and funnel of each column and says what was asked for."""

    sort_asked = Signal(str, bool)
    """Element code, descending."""

    filter_asked = Signal(str, QPoint)
    """Element code, and the place on the screen under its heading."""

    menu_asked = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(56)
        self.setFixedHeight(HEADER_PX)
        self.setMouseTracking(True)
        self.setStretchLastSection(True)
        self.setAccessibleName(_("Column headings"))
        self._hovered = -1
        self._pressed_on_funnel = False
        self._sort = ("", False)
        self._filtered: frozenset[str] = frozenset()
        self._font = ui_font(SECONDARY_PX)
        self._bold = ui_font(SECONDARY_PX, bold=True)
        self.sectionClicked.connect(self._on_clicked)

    def show_sort(self, code: str, descending: bool) -> None:
        """Show by which column the list is sorted."""
        self._sort = (code, descending)
        self.viewport().update()

    def show_filtered(self, codes: Collection[str]) -> None:
        """Show which columns are filtered."""
        self._filtered = frozenset(codes)
        self.viewport().update()

    def place_under(self, code: str) -> QPoint:
        """Where a popup for this column belongs, on the screen."""
        columns = self._columns()
        section = next((index for index, column in enumerate(columns) if column.code == code), 0)
        return self.viewport().mapToGlobal(QPoint(max(0, self.sectionViewportPosition(section)), self.height()))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(super().sizeHint().width(), HEADER_PX)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        columns = self._columns()
        if section >= len(columns):
            return
        column = columns[section]
        is_sorted, is_filtered = self._sort[0] == column.code, column.code in self._filtered
        is_hovered = section == self._hovered
        painter.fillRect(rect, color("hover" if is_hovered else "page"))
        painter.setPen(QPen(color("line"), 0))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight() + QPoint(0, 8), rect.bottomRight() - QPoint(0, 8))
        right = rect.right() - 4
        if is_filtered or (is_hovered and column.is_sortable):
            place = self._funnel(rect)
            paint_icon(painter, place, "filter-3-fill" if is_filtered else "filter-3-line",
                       "accent_text" if is_filtered else "secondary")  # fmt: skip
            right = place.left() - 2
        if is_sorted:
            place = QRect(right - _ICON, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON)
            paint_icon(painter, place, "arrow-down-line" if self._sort[1] else "arrow-up-line", "accent_text")
            right = place.left() - 2
        font = self._bold if is_sorted or is_filtered else self._font
        painter.setFont(font)
        painter.setPen(color("text" if is_sorted or is_filtered else "secondary"))
        room = QRect(rect.left() + _PADDING, rect.top(), max(0, right - rect.left() - _PADDING), rect.height())
        words = painter.fontMetrics().elidedText(column.label, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hover(self.logicalIndexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._hover(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed_on_funnel = self._is_on_funnel(event.position().toPoint())
        if not self._pressed_on_funnel:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed_on_funnel:
            self._pressed_on_funnel = False
            section = self.logicalIndexAt(event.position().toPoint())
            code = self._code(section)
            if code:
                self.filter_asked.emit(code, self.place_under(code))
            return
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        code = self._code(self.logicalIndexAt(event.pos()))
        if code:
            self.menu_asked.emit(code, event.globalPos())

    def _on_clicked(self, section: int) -> None:
        columns = self._columns()
        if 0 <= section < len(columns) and columns[section].is_sortable:
            code = columns[section].code
            self.sort_asked.emit(code, self._sort == (code, False))

    def _columns(self) -> list[Column]:
        model = self.model()
        return model.columns if isinstance(model, RecordListModel) else []

    def _code(self, section: int) -> str:
        columns = self._columns()
        return columns[section].code if 0 <= section < len(columns) else ""

    def _hover(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()

    def _funnel(self, rect: QRect) -> QRect:
        return QRect(rect.right() - _ICON - 6, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON)

    def _is_on_funnel(self, place: QPoint) -> bool:
        section = self.logicalIndexAt(place)
        columns = self._columns()
        if not (0 <= section < len(columns)) or not columns[section].is_sortable:
            return False
        left = self.sectionViewportPosition(section)
        rect = QRect(left, 0, self.sectionSize(section), self.height())
        # The edge itself resizes the column; the funnel begins inside it.
        return self._funnel(rect).adjusted(-4, -8, 1, 8).contains(place)
