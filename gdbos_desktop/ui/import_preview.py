"""The first rows of a sheet as they are understood: what is no data is grey, what cannot be read is marked and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.services.imports import PreviewCell, PreviewRow
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.forms.field import LOOKS, sentence, worst
from gdbos_desktop.ui.import_mapping import letters
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import (
    BODY_PX,
    DENSE_ROW_PX,
    ICON_PX,
    IconLabel,
    color,
    link_button,
    paint_icon,
    plain_button,
    row,
    secondary,
    ui_font,
)

Index = QModelIndex | QPersistentModelIndex
_ROLES: Mapping[str, str] = {
    "above": N_("Over the headings: not read"),
    "header": N_("Heading"),
    "note": N_("A note or a total: not read"),
    "data": "",
}
_NARROW_PX, _WIDE_PX, _MOST_LOOKED_AT = 64, 200, 12
_NOTHING = PreviewCell("")


class PreviewModel(QAbstractTableModel):
    """Rows of a preview. ``is_raw`` shows what stands in the file, otherwise what is understood."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[PreviewRow] = ()
        self._width = 0
        self._fills: Mapping[int, str] = {}
        self.is_raw = True

    def show_rows(self, rows: Sequence[PreviewRow], fills: Mapping[int, str]) -> None:
        """Show these rows; ``fills`` says what the columns hold, by place."""
        width = max((len(one.cells) for one in rows), default=0)
        is_same = len(rows) == len(self.rows) and width == self._width
        if not is_same:
            self.beginResetModel()
        self.rows, self._width, self._fills = rows, width, fills
        if not is_same:
            self.endResetModel()
        elif rows and width:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, width - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, width - 1)

    def cell(self, index: Index) -> PreviewCell:
        """The cell at an index."""
        cells = self.rows[index.row()].cells
        return cells[index.column()] if index.column() < len(cells) else _NOTHING

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's names and defaults
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else self._width

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Vertical:
            return self.rows[section].number if role == Qt.ItemDataRole.DisplayRole else None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            fills = self._fills.get(section + 1, "")
            return f"{letters(section + 1)}  {fills}" if fills else letters(section + 1)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            text = cell.text if self.is_raw or self.rows[index.row()].role != "data" else (cell.shown or cell.text)
            return (text if len(text) <= 200 else text[:200]).replace("\n", " ")
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return self.words(index) or None
        return None

    def is_read(self, index: Index) -> bool:
        """Whether a cell is data from which something is taken."""
        return self.cell(index).place > 0

    def words(self, index: Index) -> str:
        """What is to be said of a cell: what is wrong, or how it is read."""
        cell, role = self.cell(index), self.rows[index.row()].role
        if role != "data":
            return _(_ROLES[role])
        if cell.issues:
            words = " ".join(sentence(issue) for issue in cell.issues)
            proposed = next((issue.suggestion for issue in cell.issues if issue.suggestion), "")
            return words + (_(" Proposed: {text}").format(text=proposed) if proposed else "")
        if not cell.text:
            return ""
        if not self.is_read(index):
            return _("Left out")
        return _("Read as “{text}”").format(text=cell.shown) if cell.shown and cell.shown != cell.text else ""


class _CellDelegate(QStyledItemDelegate):
    """Grey for what is not read, a mark and a tint for what is wrong, a small corner for what is read otherwise."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._fonts = {"body": ui_font(BODY_PX), "strong": ui_font(BODY_PX, bold=True)}
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, PreviewModel):
            return
        place = fields(option)
        rect, cell, role = place.rect, model.cell(index), model.rows[index.row()].role
        severity = worst(cell.issues)
        painter.save()
        ground = "surface" if role == "data" else "page"
        if severity is not None:
            ground = LOOKS[severity][1].replace("accent_text", "accent") + "_tint"
        painter.fillRect(rect, color(ground))
        painter.setPen(color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        room = rect.adjusted(6, 0, -6, 0)
        if severity is not None:
            mark = QRect(room.left(), rect.center().y() - ICON_PX // 2 + 1, ICON_PX, ICON_PX)
            paint_icon(painter, mark, *LOOKS[severity])
            room.setLeft(room.left() + ICON_PX + 4)
        face = "strong" if role == "header" else "body"
        is_grey = role in {"above", "note"} or (role == "data" and not model.is_read(index))
        painter.setFont(self._fonts[face])
        painter.setPen(color("secondary" if is_grey else "text"))
        text = self._metrics[face].elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        if severity is None and cell.shown and cell.shown != cell.text and model.is_read(index):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("accent_text"))
            corner = rect.topRight()
            painter.drawPolygon([corner, corner - QPoint(6, 0), corner + QPoint(0, 6)])
        if place.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(color("accent_text"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


class PreviewPane(QWidget):
    """The rows, the choice between what stands there and what is understood, and a line about the cell looked at."""

    column_chosen = Signal(int)
    """The place of the column in which somebody clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.model = PreviewModel(self)
        self.table = QTableView()
        self.table.setProperty("role", "bare")
        self.table.setAccessibleName(_("The first rows of the sheet"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(_CellDelegate(self.table))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.table.setCornerButtonEnabled(False)
        self.table.setMinimumHeight(60)
        numbers = self.table.verticalHeader()
        numbers.setMinimumSectionSize(DENSE_ROW_PX)
        numbers.setDefaultSectionSize(DENSE_ROW_PX)
        numbers.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(40)
        self.table.selectionModel().currentChanged.connect(self._on_current)
        self.table.clicked.connect(lambda index: self.column_chosen.emit(self._place(index)))
        self._title = secondary(_("The first rows"))
        self._state = IconLabel()
        self._wrong: Sequence[tuple[int, int]] = ()
        self._headings: dict[int, str] = {}
        self.next_button = link_button(_("Next one"))
        self.next_button.setAccessibleName(_("Next doubtful cell"))
        self.next_button.clicked.connect(self.go_to_next)
        self._group = QButtonGroup(self)
        self.raw_button, self.read_button = plain_button(_("As in the file")), plain_button(_("As it is read"))
        for button in (self.raw_button, self.read_button):
            button.setCheckable(True)
            self._group.addButton(button)
            button.clicked.connect(self._on_way)
        self.raw_button.setChecked(True)
        self._mark = IconLabel()
        self.line = secondary()
        self.line.setMinimumHeight(20)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # its tooltip has it all
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(
            row(
                self._title,
                self._state,
                self.next_button,
                None,
                self.raw_button,
                self.read_button,
                margins=(12, 2, 8, 2),
            )
        )
        layout.addWidget(self.table, 1)
        said = row(self._mark, self.line, margins=(12, 2, 12, 2), spacing=4)
        said.setStretch(1, 1)
        layout.addLayout(said)

    def show_preview(
        self, rows: Sequence[PreviewRow], fills: Mapping[int, str], wrong: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Show these rows; the cell that is looked at stays. ``wrong`` are the doubtful cells, by index."""
        before = (self.model.columnCount(), self._headings)
        self.model.show_rows(rows, fills)
        self._headings = dict(fills)
        if (self.model.columnCount(), self._headings) != before:
            self._fit()
        self._wrong = wrong
        self.next_button.setVisible(bool(wrong))
        if wrong:
            words = _("{count} cells are doubtful").format(count=len(wrong))
            self._state.show_state("error-warning-line", words, "error")
        elif rows:
            self._state.show_state("checkbox-circle-line", _("Every cell can be read"), "success")
        else:
            self._state.show_state("", "")
        self._title.setText(_("The first {count} rows").format(count=len(rows)) if rows else _("The sheet is empty"))
        self._on_current(self.table.currentIndex())

    def show_column(self, place: int) -> None:
        """Bring a column, or the cell of a form, into view."""
        looked_at = self.table.currentIndex()
        if looked_at.isValid() and self.model.cell(looked_at).place == place:
            return
        if place > self.model.columnCount():
            self._show_cell(place)
        elif 0 < place <= self.model.columnCount() and self.table.currentIndex().column() != place - 1:
            first = next((n for n, one in enumerate(self.model.rows) if one.role == "data"), 0)
            current = self.table.currentIndex().row()
            index = self.model.index(current if current >= 0 else first, place - 1)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)

    def _show_cell(self, place: int) -> None:
        for number, one in enumerate(self.model.rows):
            for section, cell in enumerate(one.cells):
                if cell.place == place:
                    index = self.model.index(number, section)
                    self.table.setCurrentIndex(index)
                    self.table.scrollTo(index)
                    return

    def go_to_next(self) -> None:
        """On to the next doubtful cell, round again after the last."""
        here = (self.table.currentIndex().row(), self.table.currentIndex().column())
        later = next((cell for cell in self._wrong if cell > here), self._wrong[0] if self._wrong else None)
        if later is not None:
            index = self.model.index(*later)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
            self.column_chosen.emit(self._place(index))

    def _place(self, index: QModelIndex) -> int:
        return self.model.cell(index).place or index.column() + 1

    def _fit(self) -> None:
        rows = [one for one in self.model.rows if one.role in {"header", "data"}][:_MOST_LOOKED_AT]
        for section in range(self.model.columnCount()):
            texts = [one.cells[section].text[:20] for one in rows if section < len(one.cells)]
            texts.append(str(self.model.headerData(section, Qt.Orientation.Horizontal)))
            width = max(map(_about_px, texts)) + 32
            if self.table.columnWidth(section) != width:
                self.table.setColumnWidth(section, max(_NARROW_PX, min(width, _WIDE_PX)))

    def _on_way(self) -> None:
        self.model.is_raw = self.raw_button.isChecked()
        self.table.viewport().update()

    def _on_current(self, index: QModelIndex) -> None:
        if not index.isValid() or index.row() >= len(self.model.rows):
            self._mark.show_state("", "")
            self.line.setText(_("Choose a cell to see how it is read."))
            return
        cell = self.model.cell(index)
        where = f"{letters(index.column() + 1)}{self.model.rows[index.row()].number}"
        severity = worst(cell.issues)
        words = self.model.words(index)
        text = cell.text.replace("\n", " ")
        text = text if len(text) <= 60 else f"{text[:60]}…"
        said = f"{where}  “{text}”  {words}" if text else f"{where}  {words or _('empty')}"
        name, role = LOOKS[severity] if severity is not None else ("", "secondary")
        self._mark.show_state(name, "", role)
        self.line.setText(said)
        self.line.setToolTip(said)


def _about_px(text: str) -> int:
    """How wide a text is, near enough and without measuring: there may be some thousands."""
    return sum(13 if sign > "\u2e7f" else 8 for sign in text)
