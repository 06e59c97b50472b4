"""The table of columns: what each is called, what stands in it, what it fills, and how that is known.

``MappingTable`` shows the columns of one sheet, those that need an answer first. ``FieldPicker`` is the list with a
search field from which an answer is picked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gdbos_desktop.domain.layouts import Block
from gdbos_desktop.schema import Kind, Place, Standard, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.services.imports import LEAVE_OUT, ColumnPlan, Question, Source
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.import_look import SOURCES, SessionLook, SheetLook, target_words
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.popup import Popup, search_field
from gdbos_desktop.ui.theme import (
    ICON_PX,
    ROW_PX,
    code_font,
    color,
    icon,
    paint_icon,
    row,
    secondary,
    ui_font,
)

Index = QModelIndex | QPersistentModelIndex

LETTERS, HEADING, SAMPLES, FILLS, KNOWN = range(5)
_HEADINGS = (N_("Column"), N_("Heading"), N_("For example"), N_("Fills"), N_("How it is known"))
_LETTERS_PX, _KNOWN_PX = 48, 136
_LIST_PX, _PICKER_PX = 312, 320
_KEY = int(Qt.ItemDataRole.UserRole)


def letters(place: int) -> str:
    """Column 1 is A, 27 is AA."""
    return Place(column=place).column_letters


@dataclass(frozen=True, slots=True)
class Target:
    """What a person may answer: an element of a block, the containing record, or to leave the column out."""

    element: str
    block: int = 0


@dataclass(frozen=True)
class MappedColumn:
    """A line of the table."""

    plan: ColumnPlan
    question: Question | None
    fills: str
    known: str
    icon_name: str
    role: str

    @property
    def is_asked(self) -> bool:
        """Whether a person should answer."""
        return self.question is not None


def mapped_columns(look: SessionLook, standard: Standard, first: Sequence[int] = ()) -> list[MappedColumn]:
    """The columns of the sheet that is shown; those at the places ``first``, and open ones, before the others."""
    sheet = look.sheet
    found = []
    for plan in sheet.columns:
        if plan.heading.path or plan.heading.samples or plan.targets:
            found.append(_mapped(plan, look.by_place.get((sheet.name, plan.place)), sheet, standard))
    ahead = set(first)
    return sorted(found, key=lambda one: (not (one.is_asked or one.plan.place in ahead), one.plan.place))


def _mapped(plan: ColumnPlan, question: Question | None, sheet: SheetLook, standard: Standard) -> MappedColumn:
    if question is not None:
        if question.guess:
            words = next((choice.text for choice in question.choices if choice.id == question.guess), question.guess)
            known = _("A guess, {percent} %").format(percent=round(question.confidence * 100))
            return MappedColumn(plan, question, words, known, "question-line", "warning")
        if plan.rival:
            return MappedColumn(plan, question, "", _("Twice in the sheet"), "error-warning-line", "warning")
        return MappedColumn(plan, question, "", _("Needs your answer"), "question-line", "warning")
    fills = "、".join(target_words(standard, sheet.blocks, target) for target in plan.targets)
    source = (
        plan.source if plan.targets or plan.source in {Source.PERSON, Source.REMEMBERED, Source.RECIPE} else "nothing"
    )
    words, icon_name, role = SOURCES[str(source)]
    return MappedColumn(plan, None, fills, _(words), icon_name, role)


class MappingModel(QAbstractTableModel):
    """The columns of one sheet."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: list[MappedColumn] = []

    def show_columns(self, columns: Sequence[MappedColumn]) -> None:
        """Show these columns; where they are the same ones as before, the place in the table stays."""
        same = [one.plan.place for one in columns] == [one.plan.place for one in self.columns]
        if not same:
            self.beginResetModel()
        self.columns = list(columns)
        if not same:
            self.endResetModel()
        elif self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.columns) - 1, KNOWN))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's names and defaults
        return 0 if parent.isValid() else len(self.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADINGS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        one, section = self.columns[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(one, section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return one.question.text if one.question is not None and section >= FILLS else self.words(one, section)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_(_HEADINGS[section])} {self.words(one, section)}"
        if role == Qt.ItemDataRole.DecorationRole and section == KNOWN:
            return icon(one.icon_name, one.role)
        if role == Qt.ItemDataRole.FontRole and section == LETTERS:
            return code_font()
        if role == Qt.ItemDataRole.ForegroundRole:
            if section in {LETTERS, SAMPLES} or (section == KNOWN and one.role == "secondary"):
                return color("secondary")
            if section == KNOWN:
                return color(one.role)
            if section == FILLS and not one.plan.targets and not one.is_asked:
                return color("secondary")
        return None

    @staticmethod
    def words(one: MappedColumn, section: int) -> str:
        """What a cell says."""
        if section == LETTERS:
            return one.plan.cell
        if section == HEADING:
            return one.plan.heading.path or _("(no heading)")
        if section == SAMPLES:
            return "、".join(one.plan.heading.samples).replace("\n", " ")
        if section == FILLS:
            if one.fills:
                return one.fills
            return _("Please choose …") if one.is_asked else _("Left out")
        return one.known


class _FillsDelegate(QStyledItemDelegate):
    """The cell that says what a column fills looks like the list it opens."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place = fields(option)
        state = place.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        rect = place.rect
        painter.save()
        painter.fillRect(rect, color("accent_tint" if is_chosen else "surface"))
        painter.setPen(color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = index.model()
        asked = isinstance(model, MappingModel) and model.columns[index.row()].is_asked
        box = rect.adjusted(4, 3, -4, -4)
        if asked or is_chosen:
            painter.setPen(color("warning" if asked else "line_strong"))
            painter.setBrush(color("warning_tint" if asked else "surface"))
            painter.drawRoundedRect(box, 4, 4)
        arrow = QRect(box.right() - ICON_PX - 4, box.center().y() - ICON_PX // 2 + 1, ICON_PX, ICON_PX)
        paint_icon(painter, arrow, "arrow-down-s-line", "secondary")
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole) or color("text"))
        font = QFont(place.font)
        painter.setFont(font)
        room = box.adjusted(8, 0, -ICON_PX - 8, 0)
        text = QFontMetrics(font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class MappingTable(QTableView):
    """The columns of a sheet; Enter, Space or a click on what a column fills opens the list of answers."""

    pick_asked = Signal(int)
    """The place of the column for which an answer is wanted."""

    column_chosen = Signal(int)
    """The place of the column that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.list = MappingModel(self)
        self.setProperty("role", "bare")
        self.setAccessibleName(_("Columns of the sheet"))
        self.setModel(self.list)
        self.setItemDelegateForColumn(FILLS, _FillsDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(40)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_row)

    @property
    def place(self) -> int:
        """The column that is chosen; 0 when none is."""
        row_number = self.currentIndex().row()
        return self.list.columns[row_number].plan.place if 0 <= row_number < len(self.list.columns) else 0

    def show_columns(self, columns: Sequence[MappedColumn]) -> None:
        """Show these columns; the chosen one stays chosen."""
        before = self.place
        self.list.show_columns(columns)
        if not self.choose(before) and columns:
            self.selectRow(0)
        self._fit()

    def choose(self, place: int) -> bool:
        """Choose a column; whether there is one."""
        for number, one in enumerate(self.list.columns):
            if one.plan.place == place:
                if self.currentIndex().row() != number:
                    self.selectRow(number)
                return True
        return False

    def choose_next_asked(self) -> bool:
        """Go on to the next column that needs an answer; whether there is one."""
        count = len(self.list.columns)
        here = max(self.currentIndex().row(), 0)
        for step in range(count):
            number = (here + step) % count
            if self.list.columns[number].is_asked:
                self.selectRow(number)
                return True
        return False

    def cell_corner(self, place: int) -> QRect:
        """Where the answer of a column stands, on the viewport."""
        self.choose(place)
        return self.visualRect(self.list.index(self.currentIndex().row(), FILLS))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        opens = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2}
        if opens and is_plain and self.place:
            self.pick_asked.emit(self.place)
        elif opens:
            event.ignore()  # with Ctrl it goes on to the next step
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == FILLS:
            self.pick_asked.emit(self.place)

    def _on_row(self) -> None:
        if self.place:
            self.column_chosen.emit(self.place)

    def _fit(self) -> None:
        rest = max(self.viewport().width() - _LETTERS_PX - _KNOWN_PX, 240)
        widths = (_LETTERS_PX, rest * 32 // 100, rest * 30 // 100, rest * 38 // 100)
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)


class FieldPicker(Popup):
    """What a column may fill: the likely ones, to leave it out, then everything under its groups; typing finds."""

    picked = Signal(object)
    """A ``Target``."""

    def __init__(
        self,
        parent: QWidget,
        standard: Standard,
        blocks: Sequence[Block],
        column: MappedColumn,
        used: Mapping[tuple[int, str], str] = {},
    ) -> None:
        super().__init__(parent, _PICKER_PX)
        title = _("What is in column {column} “{heading}”?").format(
            column=column.plan.cell, heading=column.plan.heading.path or _("(no heading)")
        )
        self.setAccessibleName(title)
        self._words: list[str] = []
        self.search = search_field(_("Find an element"))
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setFixedHeight(_LIST_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._on_picked)
        self.list.itemActivated.connect(self._on_picked)
        heading = secondary(title, wrap=True)
        self.body.addLayout(row(heading))
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        self._fill(standard, blocks, column, used)
        self.search.setFocus()

    @property
    def offered(self) -> list[str]:
        """The words of what can be picked now, in order."""
        items = (self.list.item(number) for number in range(self.list.count()))
        return [item.text() for item in items if item.data(_KEY) is not None and not item.isHidden()]

    def pick(self, element: str, block: int = 0) -> None:
        """Pick as a click would."""
        for number in range(self.list.count()):
            if self.list.item(number).data(_KEY) == Target(element, block):
                self._on_picked(self.list.item(number))
                return
        raise KeyError(element)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                if self.list.currentRow() >= 0 and not self.list.currentItem().isHidden():
                    self._on_picked(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    # Inside

    def _fill(
        self,
        standard: Standard,
        blocks: Sequence[Block],
        column: MappedColumn,
        used: Mapping[tuple[int, str], str],
    ) -> None:
        present = {(one.block, one.element) for one in column.plan.targets}
        kind = standard.kind(blocks[0].kind)
        likely = [
            choice for choice in (column.question.choices if column.question is not None else ())
            if choice.id != LEAVE_OUT
        ]  # fmt: skip
        if likely:
            self._head(_("Likely"))
            chances = {guess.element: guess.confidence for guess in column.plan.guesses}
            for choice in likely:
                chance = chances.get(choice.id, 0.0)
                remark = f"{round(chance * 100)} %" if chance else ""
                self._add(choice.text, Target(choice.id), remark, kind, choice.id)
        self._head(_("Not from this column"))
        self._add(_("Leave this column out"), Target(LEAVE_OUT), "", kind, "")
        for number, block in enumerate(blocks):
            kind = standard.kind(block.kind)
            if kind.parents and (number == 0 or block.parent is None):
                self._head(_("{kind}: belongs to").format(kind=kind.label))
                self._add(kind.parent_heading, Target(PARENT, number), used.get((number, PARENT), ""), kind, PARENT)
            groups = {group.code: group for group in kind.groups}
            last = None
            for element in sorted(
                kind.shown, key=lambda one: groups[one.group].order if one.group in groups else 0
            ):  # fmt: skip
                if element.group != last:
                    last = element.group
                    words = groups[element.group].label if element.group in groups else kind.label
                    self._head(f"{kind.label} › {words}" if len(blocks) > 1 else words)
                remark = used.get((number, element.code), "") if (number, element.code) not in present else ""
                self._add(element.label, Target(element.code, number), remark, kind, element.code)
        self._select_first(present, likely[0].id if likely else "")

    def _select_first(self, present: set[tuple[int, str]], likely: str) -> None:
        for number in range(self.list.count()):
            key = self.list.item(number).data(_KEY)
            if key is not None and ((key.block, key.element) in present or key.element == likely):
                self.list.setCurrentRow(number)
                self.list.scrollToItem(self.list.item(number), QListWidget.ScrollHint.PositionAtCenter)
                return
        self._step(1)

    def _head(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(ui_font(12, bold=True))
        self.list.addItem(item)
        self._words.append("")

    def _add(self, words: str, key: Target, remark: str, kind: Kind, code: str) -> None:
        item = QListWidgetItem(f"{words}    {remark}" if remark else words)
        item.setData(_KEY, key)
        item.setToolTip(item.text())
        self.list.addItem(item)
        element = kind.elements.get(code)
        others = (element.heading, *element.aliases) if element is not None else ()
        self._words.append(fold("\n".join((words, *others))))

    def _on_search(self, text: str) -> None:
        wanted = fold(text)
        first = -1
        for number, words in enumerate(self._words):
            item = self.list.item(number)
            is_head = item.data(_KEY) is None
            item.setHidden(bool(wanted) and (is_head or wanted not in words))
            if first < 0 and not is_head and not item.isHidden():
                first = number
        self.list.setCurrentRow(first)

    def _step(self, by: int) -> None:
        number = self.list.currentRow() + by
        while 0 <= number < self.list.count():
            item = self.list.item(number)
            if not item.isHidden() and item.data(_KEY) is not None:
                self.list.setCurrentRow(number)
                return
            number += by

    def _on_picked(self, item: QListWidgetItem) -> None:
        key = item.data(_KEY)
        if key is not None:
            self.close()
            self.picked.emit(key)
