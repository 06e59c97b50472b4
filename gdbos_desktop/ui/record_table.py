"""The table of a list: dense rows of equal height, a first column that stays, everything by keyboard.

Hides painting. Cells are painted by one delegate of our own: a style sheet on cells costs several times as much.
"""

from __future__ import annotations

import csv
import io
from collections import OrderedDict
from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gdbos_desktop.schema.types import Code
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.list_header import ListHeader
from gdbos_desktop.ui.list_model import COMPLETE, Column, RecordListModel
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import BODY_PX, DENSE_ROW_PX, ROW_PX, SECONDARY_PX, code_font, tokens, ui_font

_PADDING = 8
_ELIDED_KEPT = 4_000
LONGEST_CELL = 2**31 - 1
_MIDDLE_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine)
_MIDDLE_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine)


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of a RecordListModel: text, codes in the code face, completeness as a bar with its number."""

    cell_edited = Signal(str, str, str)
    """Record id, element code, new text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self._fonts = {"body": ui_font(BODY_PX), "code": code_font(SECONDARY_PX), "small": ui_font(SECONDARY_PX)}
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}
        self._elided: OrderedDict[tuple[str, str, int], str] = OrderedDict()
        self._colours: dict[str, QColor] = {}
        self._colours_of = ""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        if not isinstance(model, RecordListModel):
            return
        rect = fields(option).rect
        state = fields(option).state
        colours = self._colours if self._colours_of == tokens().name else self._refresh_colours()
        number = index.row()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["accent_tint"])
        elif number == self.hovered_row:
            painter.fillRect(rect, colours["hover"])
        painter.setPen(QPen(colours["line"], 0))  # one pixel of the screen, at every scaling
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        row = model.row_at(number)
        column = model.columns[index.column()]
        if row is None:
            height = 8
            width = min(rect.width() - 2 * _PADDING, 40 + (number * 37 + index.column() * 53) % 90)
            if width > 0:
                painter.fillRect(
                    rect.left() + _PADDING, rect.center().y() - height // 2, width, height, colours["hover"]
                )
        elif column.code == COMPLETE:
            self._paint_complete(painter, rect, row.complete_percent)
        else:
            text = row.cells.get(column.code, "")
            if text:
                self._paint_text(painter, rect, text, column)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours["accent_text"], 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    # Editing in the cell: a line, or the list of a code list.

    def createEditor(  # noqa: N802 - Qt's names
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        model = cast("RecordListModel", index.model())
        element = model.kind.elements[model.columns[index.column()].code]
        row = model.row_at(index.row())
        text = row.cells.get(element.code, "") if row is not None else ""
        editor: QWidget
        if isinstance(element.type, Code):
            editor = QComboBox(parent)
            editor.addItem("")
            for entry in element.type.code_list.entries:
                editor.addItem(entry.label)
            if (
                editor.findText(text) < 0
            ):  # 无, or a code that the list does not have: leaving the cell must not lose it
                editor.addItem(text)
            editor.setCurrentText(text)
        else:
            editor = QLineEdit(text, parent)
            editor.selectAll()
        editor.setAccessibleName(element.label)
        editor.setProperty("role", "cell")
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        """The editor was made with its text; a row that is read again must not overwrite what is being typed."""

    def setModelData(  # noqa: N802
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if not isinstance(model, RecordListModel):
            return
        text = editor.currentText() if isinstance(editor, QComboBox) else cast("QLineEdit", editor).text()
        code, row = model.columns[index.column()].code, model.row_at(index.row())
        if row is not None and text.strip() != row.cells.get(code, ""):
            self.cell_edited.emit(row.record.id, code, text)

    def updateEditorGeometry(  # noqa: N802
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> None:
        rect = fields(option).rect
        wide = max(rect.width(), 160)
        editor.setGeometry(rect.left(), rect.top(), wide, rect.height())

    def _paint_text(self, painter: QPainter, rect: QRect, text: str, column: Column) -> None:
        face = "code" if column.is_code else "body"
        room = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        painter.setFont(self._fonts[face])
        painter.setPen(self._colours["text"])
        painter.drawText(
            room, _MIDDLE_RIGHT if column.is_number else _MIDDLE_LEFT, self._fitting(text, face, room.width())
        )

    def _fitting(self, text: str, face: str, width: int) -> str:
        key = (text, face, width)
        found = self._elided.get(key)
        if found is None:
            shown = text if len(text) < 400 else text[:400]
            found = self._metrics[face].elidedText(shown.replace("\n", " "), Qt.TextElideMode.ElideRight, width)
            self._elided[key] = found
            if len(self._elided) > _ELIDED_KEPT:
                self._elided.popitem(last=False)
        return found

    def _paint_complete(self, painter: QPainter, rect: QRect, percent: int) -> None:
        colours = self._colours
        words = f"{percent}%"
        painter.setFont(self._fonts["small"])
        painter.setPen(colours["success" if percent >= 100 else "text"])
        room = QRect(rect.left() + _PADDING, rect.top(), 34, rect.height())
        painter.drawText(room, _MIDDLE_RIGHT, words)
        left = room.right() + 7
        width = rect.right() - _PADDING - left
        if width > 8:
            top = rect.center().y() - 1
            painter.fillRect(left, top, width, 4, colours["line"])
            painter.fillRect(
                left, top, width * percent // 100, 4, colours["success" if percent >= 100 else "accent_text"]
            )

    def _refresh_colours(self) -> dict[str, QColor]:
        look = tokens()
        names = ("text", "secondary", "line", "hover", "accent_tint", "accent_text", "success")
        self._colours = {name: QColor(str(getattr(look, name))) for name in names}
        self._colours_of = look.name
        return self._colours


class RecordTable(QTableView):
    """Shows a RecordListModel. Rows are selected, not cells; Enter or a double click opens."""

    open_asked = Signal(int)
    menu_asked = Signal(QPoint)
    copy_asked = Signal(bool)
    delete_asked = Signal()
    paste_asked = Signal()
    fill_asked = Signal()
    cell_edited = Signal(str, str, str)
    selection_changed = Signal()
    columns_changed = Signal()
    rows_shown_changed = Signal()

    def __init__(self, model: RecordListModel, is_dense: bool = False) -> None:
        super().__init__()
        self._list_model = model
        self.setProperty("role", "bare")
        self.setAccessibleName(model.kind.label)
        self.header = ListHeader(self)
        self.setHorizontalHeader(self.header)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self._delegate = CellDelegate(self)
        self._delegate.cell_edited.connect(self.cell_edited)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self._frozen = _FrozenColumn(self)
        self.set_dense(is_dense)
        self.customContextMenuRequested.connect(self._on_menu)
        self.doubleClicked.connect(lambda index: self.open_asked.emit(index.row()))
        self.header.sectionResized.connect(self._on_resized)
        self.header.sectionMoved.connect(self._on_moved)
        self.horizontalScrollBar().valueChanged.connect(self._frozen.follow)
        self.horizontalScrollBar().rangeChanged.connect(self._frozen.follow)
        self.verticalScrollBar().valueChanged.connect(self.rows_shown_changed)
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        model.modelReset.connect(self.apply_widths)
        model.modelReset.connect(self.selection_changed)
        self._is_arranging = False
        self.apply_widths()

    @property
    def list_model(self) -> RecordListModel:
        """The model it shows."""
        return self._list_model

    def set_dense(self, is_dense: bool) -> None:
        """Rows of 26 pixels instead of 32."""
        for view in (self, self._frozen):
            rows = view.verticalHeader()
            rows.setMinimumSectionSize(DENSE_ROW_PX)
            rows.setDefaultSectionSize(DENSE_ROW_PX if is_dense else ROW_PX)
            rows.setSectionResizeMode(rows.ResizeMode.Fixed)

    def apply_widths(self) -> None:
        """Give the columns the widths the model remembers."""
        self._is_arranging = True
        for section, column in enumerate(self._list_model.columns):
            if self.columnWidth(section) != column.width:
                self.setColumnWidth(section, column.width)
        self._is_arranging = False
        self._frozen.follow()

    def selected_ranges(self) -> list[tuple[int, int]]:
        """The selected rows as (first, count), in order; nothing is walked row by row."""
        selection = self.selectionModel().selection()
        parts = (selection.at(number) for number in range(selection.count()))
        found = sorted({(part.top(), part.bottom()) for part in parts})
        merged: list[tuple[int, int]] = []
        for top, bottom in found:
            if merged and top <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
            else:
                merged.append((top, bottom))
        return [(top, bottom - top + 1) for top, bottom in merged]

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(count for _first, count in self.selected_ranges())

    def visible_rows(self) -> tuple[int, int]:
        """First and last row on screen; (-1, -1) when there is none."""
        first = self.rowAt(0)
        if first < 0:
            return -1, -1
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._list_model.rowCount() - 1

    def select_row(self, row: int, scroll: bool = True) -> None:
        """Make a row the current one and the only one selected."""
        index = self._list_model.index(row, max(0, self.currentIndex().column()))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        if scroll:
            sideways = self.horizontalScrollBar().value()
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
            self.horizontalScrollBar().setValue(sideways)

    def column_codes(self) -> list[str]:
        """The columns as they stand on screen, from left to right."""
        count = self.header.count()
        return [self._list_model.columns[self.header.logicalIndex(place)].code for place in range(count)]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._frozen.follow()
        self.rows_shown_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, modifiers = event.key(), event.modifiers()
        control = modifiers == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_F2 and self._list_model.flags(self.currentIndex()) & Qt.ItemFlag.ItemIsEditable:
            self.edit(self.currentIndex())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}:
            if self.currentIndex().isValid():
                self.open_asked.emit(self.currentIndex().row())
        elif control and key == Qt.Key.Key_C:
            self.copy_asked.emit(False)
        elif control and key == Qt.Key.Key_V:
            self.paste_asked.emit()
        elif control and key == Qt.Key.Key_D:
            self.fill_asked.emit()
        elif key == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif key == Qt.Key.Key_Menu or (modifiers == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_F10):
            self.menu_asked.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.hover(-1)
        super().leaveEvent(event)

    def hover(self, row: int) -> None:
        """Tint the row under the mouse."""
        before = self._delegate.hovered_row
        if row == before:
            return
        self._delegate.hovered_row = row
        self._frozen.delegate.hovered_row = row
        for view in (self, self._frozen):
            for changed in (before, row):
                if changed >= 0:
                    top, height = view.rowViewportPosition(changed), view.rowHeight(changed)
                    view.viewport().update(0, top, view.viewport().width(), height)

    def _on_menu(self, place: QPoint) -> None:
        self.menu_asked.emit(self.viewport().mapToGlobal(place))

    def _on_resized(self, section: int, _old: int, width: int) -> None:
        if self._is_arranging or section == self.header.logicalIndex(self.header.count() - 1):
            return  # the last one is stretched: its width is nobody's wish
        self._list_model.set_width(section, width)
        self._frozen.follow()
        self.columns_changed.emit()

    def _on_moved(self) -> None:
        if not self._is_arranging:
            self.columns_changed.emit()


class _FrozenColumn(QTableView):
    """The first column again, laid over the table while the table is scrolled sideways."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(table)
        self._table = table
        self.setProperty("role", "frozen")
        self.setObjectName("frozen-column")
        self.setAccessibleName(_("First column"))
        self.setModel(table.model())
        self.setSelectionModel(table.selectionModel())
        self.delegate = CellDelegate(self)  # one of its own: a delegate tells every view it serves of its editors
        self.setItemDelegate(self.delegate)
        header = ListHeader(self)
        header.setSectionsMovable(False)
        header.setSectionsClickable(False)
        header.setStretchLastSection(False)
        self.setHorizontalHeader(header)
        self.verticalHeader().hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.doubleClicked.connect(lambda index: table.open_asked.emit(index.row()))
        table.verticalScrollBar().valueChanged.connect(self._scroll_along)
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        self.hide()

    def follow(self) -> None:
        """Appear, go, and be as wide as the first column."""
        table = self._table
        if table.horizontalScrollBar().value() <= 0 or table.header.count() == 0:
            self.hide()
            return
        for section in range(1, table.header.count()):
            self.setColumnHidden(section, True)
        width = table.columnWidth(0)
        self.setColumnWidth(0, width)
        frame = table.frameWidth()
        height = table.viewport().height() + table.header.height()
        self.setGeometry(frame, frame, min(width, table.viewport().width() - 80), height)
        self._scroll_along(table.verticalScrollBar().value())
        self.show()
        self.raise_()

    def _scroll_along(self, value: int) -> None:
        if self._table.horizontalScrollBar().value() > 0:
            self.verticalScrollBar().setValue(value)


def read_tsv(text: str) -> list[list[str]]:
    """Rows of a block on the clipboard, as Excel and WPS put it there: tabs, line ends, cells with breaks in quotes."""
    csv.field_size_limit(LONGEST_CELL)  # a whole document, pasted by mistake, is a long cell and no fault
    lines = list(csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter="\t"))
    return [line or [""] for line in lines]


def tsv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as the clipboard carries them into Excel: tabs, line ends, cells with breaks in quotes."""

    def cell(text: str) -> str:
        if any(mark in text for mark in '\t\n"'):
            return '"' + text.replace('"', '""') + '"'
        return text

    lines = [*([header] if header else []), *rows]
    return "".join("\t".join(cell(text) for text in line) + "\r\n" for line in lines)
