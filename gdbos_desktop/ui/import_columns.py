"""The columns step: which sheets are taken, what their columns hold, and how the first rows are understood.

Shows a ``SessionLook`` and says what a person decided; it never touches a session itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.layouts import Shape
from gdbos_desktop.schema import Standard
from gdbos_desktop.services.imports import ImportSession
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_column_options import ColumnOptions, SheetOptions, used_elements
from gdbos_desktop.ui.import_look import SessionLook, SheetLook, why_words
from gdbos_desktop.ui.import_mapping import FieldPicker, MappedColumn, MappingTable, Target, mapped_columns
from gdbos_desktop.ui.import_preview import PreviewPane
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import (
    ICON_PX,
    SECONDARY_PX,
    IconLabel,
    color,
    icon,
    line,
    link_button,
    quiet_button,
    row,
    secondary,
    ui_font,
)

Decision = Callable[[ImportSession], object]
"""A decision of a person, carried out on the session off the window's thread."""

_NAME = int(Qt.ItemDataRole.UserRole)
_REMARK = _NAME + 1
_SHEET_PX = 44
_OPTIONS_NEED, _SHEETS_NEED = 860, 700


class _SheetDelegate(QStyledItemDelegate):
    """A sheet's name, and below it in the secondary colour what becomes of it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(super().sizeHint(option, index).width(), _SHEET_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        whole = fields(option).rect
        super().paint(painter, option, index)
        left = whole.left() + 30
        room = QRect(left, whole.top() + 4, whole.right() - left - 6, whole.height() - 8)
        painter.save()
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        is_taken = state is not None and Qt.CheckState(state) is Qt.CheckState.Checked
        for text, font, role, side in (
            (str(index.data(_NAME)), ui_font(), "text" if is_taken else "secondary", Qt.AlignmentFlag.AlignTop),
            (str(index.data(_REMARK)), ui_font(SECONDARY_PX), "secondary", Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(font)
            painter.setPen(color(role))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(side | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        fields(option).text = ""


class ColumnsPane(QWidget):
    """Sheets at the left; sheet options, the columns, their options and the preview at the right."""

    decided = Signal(object)
    """A ``Decision``."""

    sheet_shown = Signal(str)
    """Another sheet is looked at."""

    def __init__(self, standard: Standard) -> None:
        super().__init__()
        self._standard = standard
        self._look: SessionLook | None = None
        self._columns: list[MappedColumn] = []
        self._asked: dict[str, list[int]] = {}
        self.picker: FieldPicker | None = None
        self.offer = Notice()
        """Offers a recipe whose template the file follows."""
        self.kind_notice = Notice()
        self.sheets = self._sheet_list()
        self.options = SheetOptions(standard)
        self.options.kind_chosen.connect(lambda kind: self._decide(lambda s, name: s.set_kind(name, kind)))
        self.options.header_chosen.connect(
            lambda first, rows: self._decide(lambda s, name: s.set_header(name, first, rows))
        )
        self.options.shape_chosen.connect(lambda shape: self._decide(lambda s, name: s.set_shape(name, Shape(shape))))
        self.state = IconLabel()
        self.guess_button = quiet_button(_("Take all guesses"), "check-double-line")
        self.guess_button.clicked.connect(self.take_guesses)
        self.next_button = link_button(_("Next column to answer"))
        self.next_button.clicked.connect(self.go_to_next)
        self.table = MappingTable()
        self.table.setMinimumHeight(60)
        self.table.pick_asked.connect(self.ask)
        self.table.column_chosen.connect(self._on_column)
        self.column_options = ColumnOptions(standard)
        self.column_options.option_changed.connect(self._on_option)
        self.column_options.value_changed.connect(self._on_value)
        self.column_options.key_changed.connect(self._on_key)
        self.preview = PreviewPane()
        self.preview.column_chosen.connect(self.table.choose)
        self._left_out = secondary("", wrap=True)
        self._build()

    def _sheet_list(self) -> QListWidget:
        made = QListWidget()
        made.setProperty("role", "bare")
        made.setAccessibleName(_("Sheets of the file"))
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setIconSize(QSize(ICON_PX, ICON_PX))
        made.setItemDelegate(_SheetDelegate(made))
        made.setMinimumWidth(136)
        made.currentItemChanged.connect(self._on_sheet)
        made.itemChanged.connect(self._on_tick)
        return made

    def _build(self) -> None:
        top = QWidget()
        layout = QVBoxLayout(top)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.options)
        state = row(self.state, self.next_button, None, self.guess_button)
        layout.addLayout(state)
        self._table_box = QSplitter(Qt.Orientation.Horizontal)
        self._table_box.setProperty("role", "lined")
        self._table_box.setHandleWidth(1)
        self._table_box.setChildrenCollapsible(False)
        self._table_box.addWidget(self.table)
        self._table_box.addWidget(self.column_options)
        self._table_box.setStretchFactor(0, 1)
        self._table_box.setSizes([720, 232])
        upper = QWidget()
        upper_layout = QVBoxLayout(upper)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.setSpacing(0)
        upper_layout.addWidget(top)
        upper_layout.addWidget(line())
        upper_layout.addWidget(self._table_box, 1)
        upper_layout.addWidget(self._left_out)
        self._left_out.setContentsMargins(12, 12, 12, 12)
        self._left_out.hide()
        self._upper = upper
        both = QSplitter(Qt.Orientation.Vertical)
        both.setProperty("role", "lined")
        both.setHandleWidth(1)
        both.setChildrenCollapsible(False)
        both.addWidget(upper)
        both.addWidget(self.preview)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setSizes([340, 220])
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setProperty("role", "lined")
        whole.setHandleWidth(1)
        whole.setChildrenCollapsible(False)
        whole.addWidget(self.sheets)
        whole.addWidget(both)
        whole.setStretchFactor(1, 1)
        whole.setSizes([184, 900])
        frame = QFrame()
        frame.setProperty("role", "card")
        frame_layout = QVBoxLayout(frame)
        frame_layout.setContentsMargins(1, 1, 1, 1)
        frame_layout.addWidget(whole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.offer)
        layout.addWidget(self.kind_notice)
        layout.addWidget(frame, 1)

    # Showing

    def begin(self) -> None:
        """Another file: nothing of the last one stays."""
        self._asked.clear()
        self._look = None
        self.offer.hide()

    def show_look(self, look: SessionLook) -> None:
        """Show the present state of the file."""
        is_first = self._look is None
        self._look = look
        for (name, place), _question in look.by_place.items():
            known = self._asked.setdefault(name, [])
            if place not in known:
                known.append(place)
        self._show_sheets(look)
        sheet = look.sheet
        self._columns = mapped_columns(look, self._standard, self._asked.get(sheet.name, ()))
        self.table.show_columns(self._columns)
        self.options.show_sheet(sheet)
        self.options.setVisible(sheet.can_be_taken or sheet.is_taken)
        is_shown = sheet.is_taken
        self._table_box.setVisible(is_shown)
        self._left_out.setVisible(not is_shown)
        self._left_out.setText(self._why(sheet))
        self.preview.show_preview(look.preview, self._fills(sheet), look.wrong)
        self._show_state(look)
        self._show_kind_question(look)
        self._on_column(self.table.place)
        if is_first:
            self.table.choose_next_asked()

    @property
    def columns(self) -> list[MappedColumn]:
        """The lines of the table."""
        return self._columns

    def _fills(self, sheet: SheetLook) -> Mapping[int, str]:
        if not sheet.is_taken:
            return {}
        return {one.plan.place: one.fills for one in self._columns if one.plan.targets}

    def _show_sheets(self, look: SessionLook) -> None:
        self.sheets.blockSignals(True)
        self.sheets.clear()
        for sheet in look.sheets:
            kind = self._standard.kind(sheet.kind).label if sheet.kind else ""
            if sheet.is_taken:
                remark = _("{kind} · {rows} rows").format(kind=kind, rows=f"{sheet.row_count:,}")
            else:
                remark = why_words(sheet)
            item = QListWidgetItem(sheet.name)
            item.setData(_NAME, sheet.name)
            item.setData(_REMARK, remark)
            item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{sheet.name} {remark}")
            item.setToolTip(f"{sheet.name}\n{remark}")
            if any(question.place.sheet == sheet.name for question in look.questions):
                item.setIcon(icon("question-line", "warning"))
            if sheet.can_be_taken:
                item.setCheckState(Qt.CheckState.Checked if sheet.is_taken else Qt.CheckState.Unchecked)
            self.sheets.addItem(item)
            if sheet.name == look.shown:
                self.sheets.setCurrentItem(item)
        self.sheets.blockSignals(False)
        self._arrange()

    def _show_state(self, look: SessionLook) -> None:
        asked = len(look.column_questions)
        self.guess_button.setVisible(bool(look.guessed))
        self.guess_button.setText(_("Take all guesses ({count})").format(count=len(look.guessed)))
        self.next_button.setVisible(asked > 1)
        sheet = look.sheet
        if asked:
            words = _("{count} columns need your answer").format(count=asked)
            self.state.show_state("question-line", words, "warning")
        elif sheet.is_taken and not sheet.is_usable:
            kind = self._standard.kind(sheet.kind)
            words = _("No column is “{heading}”: say which one it is.").format(heading=kind.elements[kind.title].label)
            self.state.show_state("error-warning-line", words, "error")
        else:
            missing = "、".join(name for one in look.sheets if one.is_taken for name in one.missing)
            if missing:
                self.state.show_state("alert-line", _("The recipe misses: {names}").format(names=missing), "warning")
            else:
                self.state.show_state("checkbox-circle-line", _("Every column is known"), "success")

    def _show_kind_question(self, look: SessionLook) -> None:
        question = next((one for one in look.questions if not one.places), None)
        if question is None:
            self.kind_notice.hide()
            return
        actions = [
            (choice.text, partial(self.decided.emit, _answering(question.id, choice.id))) for choice in question.choices
        ]
        self.kind_notice.show_words(soft(question.text), "warning", actions, closable=False)

    def _why(self, sheet: SheetLook) -> str:
        words = why_words(sheet)
        if sheet.can_be_taken:
            return _("{why}. Tick the sheet to have it imported.").format(why=words)
        return _("{why}. Say in which row the headings begin if it holds a list.").format(why=words)

    # Acting

    def ask(self, place: int) -> FieldPicker | None:
        """Open the list of what a column may fill."""
        look = self._look
        column = next((one for one in self._columns if one.plan.place == place), None)
        if look is None or column is None or not look.sheet.blocks:
            return None
        self.table.choose(place)
        picker = FieldPicker(self.table, self._standard, look.sheet.blocks, column, used_elements(self._columns))
        picker.picked.connect(lambda target: self._on_picked(place, target))
        corner = self.table.cell_corner(place).bottomLeft()
        picker.show_at(self.table.viewport().mapToGlobal(corner))
        self.picker = picker
        return picker

    def choose(self, place: int, element: str, block: int = 0) -> None:
        """Answer as a person would from the list."""
        self._on_picked(place, Target(element, block))

    def take_guesses(self) -> None:
        """Take the likely answer of every question."""
        self.decided.emit(lambda session: session.accept_guesses())

    def go_to_next(self) -> None:
        """On to the next column that needs an answer, on another sheet when this one has none."""
        look = self._look
        if look is None or self.table.choose_next_asked():
            self.table.setFocus()
            return
        other = next((place.sheet for one in look.questions for place in one.places if place.sheet != look.shown), "")
        if other:
            self.sheet_shown.emit(other)

    def _on_picked(self, place: int, target: Target) -> None:
        look = self._look
        column = next((one for one in self._columns if one.plan.place == place), None)
        if look is None or column is None:
            return
        self.table.setFocus()
        question, name = column.question, look.shown
        if question is not None and target.block == 0:
            self.decided.emit(_answering(question.id, target.element))
        else:
            self.decided.emit(
                lambda session: session.set_column(name, place, target.element, block=target.block)
            )  # fmt: skip

    def _on_option(self, place: int, option: str, value: object) -> None:
        options: dict[str, Any] = {option: value}
        self._decide(lambda session, name: session.set_column(name, place, **options))

    def _on_value(self, place: int, value: str) -> None:
        column = next((one for one in self._columns if one.plan.place == place), None)
        if column is None or not column.plan.targets:
            return
        target = column.plan.targets[0]
        self._decide(lambda s, name: s.set_column(name, place, target.element, block=target.block, value=value))

    def _on_key(self, place: int, is_key: bool) -> None:
        look = self._look
        column = next((one for one in self._columns if one.plan.place == place), None)
        if look is None or column is None or not column.plan.targets:
            return
        target = column.plan.targets[0]
        rest = tuple(code for code in look.sheet.key_of(target.block) if code != target.element)
        key = (*rest, target.element) if is_key else rest
        self._decide(lambda session, name: session.set_key(name, key, target.block))

    def _decide(self, decision: Callable[[ImportSession, str], object]) -> None:
        look = self._look
        if look is not None:
            name = look.shown
            self.decided.emit(lambda session: decision(session, name))

    def _on_column(self, place: int) -> None:
        look = self._look
        if look is None:
            return
        column = next((one for one in self._columns if one.plan.place == place), None)
        self.column_options.show_column(column, look.sheet)
        self.preview.show_column(place)

    def _on_sheet(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.sheet_shown.emit(str(item.data(_NAME)))

    def _on_tick(self, item: QListWidgetItem) -> None:
        name, is_taken = str(item.data(_NAME)), item.checkState() == Qt.CheckState.Checked
        self.sheet_shown.emit(name)
        self.decided.emit(lambda session: session.set_taken(name, is_taken))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """One sheet needs no list; on a narrow screen the options of a column give way to the columns."""
        several = self._look is not None and len(self._look.sheets) > 1
        self.sheets.setVisible(several)
        self.column_options.setVisible(self.width() - (184 if several else 0) >= _OPTIONS_NEED - 184)


def _answering(question: str, choice: str) -> Decision:
    return lambda session: session.answer(question, choice)
