"""The table of what a record contains of a kind: add, delete, move, edit in the cell by type, paste from Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.schema import Element, Issue, Kind
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.flow import FlowLayout
from gdbos_desktop.ui.forms.child_model import ChildModel, Index, PasteResult, RecordMaker
from gdbos_desktop.ui.forms.field import IssueLine, sentence
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.origin import origin_of
from gdbos_desktop.ui.forms.value_widget import FormContext, ValueWidget
from gdbos_desktop.ui.forms.widgets import make_widget
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import icon, icon_button, plain_button, quiet_button

ROW_PX, MOST_LINES = 32, 3
_WIDTHS = {
    "long_text": 240, "text": 160, "code": 112, "codes": 160, "integer": 88, "decimal": 88, "date": 112,
    "reference": 200, "code_text": 160, "attachment": 120,
}  # fmt: skip
_TITLE_PX, _LEAST_PX = 220, 132


class ChildTable(QWidget):
    """Rows of one kind inside a form."""

    rows_changed = Signal(object)
    """The trees of this kind, in order, after a change."""

    row_opened = Signal(str)
    """The person wants to see the row (record id) whole."""

    def __init__(
        self,
        kind: Kind,
        context: FormContext,
        level: str,
        make_record: RecordMaker,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self._level = level
        self.model = ChildModel(kind, context, level, make_record, self)
        self.view = _View(self.model, context)
        self.view.setAccessibleName(kind.label)
        self.add_button = quiet_button(_("Add"), "add-line")
        self.open_button = plain_button(_("Open"), "external-link-line")
        self.delete_button = plain_button(_("Delete"), "delete-bin-line")
        self.up_button = icon_button("arrow-up-line", _("Move up"), "Alt+Up")
        self.down_button = icon_button("arrow-down-line", _("Move down"), "Alt+Down")
        self.paste_button = icon_button("clipboard-line", _("Paste"), "Ctrl+V")
        self.add_button.setToolTip(_("Add a row below (Insert)"))
        self.open_button.setToolTip(_("All elements of this row (Ctrl+Enter)"))
        self.delete_button.setToolTip(_("Delete the chosen rows (Ctrl+Delete)"))
        self.paste_button.setToolTip(
            _("Cells copied in Excel; with a line of headings they find their columns (Ctrl+V)")
        )
        self.notice = Notice()
        self._details = QVBoxLayout()
        self._details.setSpacing(4)
        self._lines: list[IssueLine] = []
        self._empty = EmptyState(
            "table-line",
            _("No {kind} yet.").format(kind=kind.label),
            _("Rows copied in Excel can be pasted here (Ctrl+V)."),
        )
        self._empty.add_button(_("Add {kind}").format(kind=kind.label), "add-line", self.add_row, is_primary=False)
        self._empty.add_button(_("Paste"), "clipboard-line", self.paste, is_primary=False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._bar = QWidget()
        tools = FlowLayout(self._bar, 2, 4)
        for part in (
            self.add_button, self.open_button, self.delete_button, self.paste_button, self.up_button, self.down_button,
        ):  # fmt: skip
            tools.addWidget(part)
        layout.addWidget(self._bar)
        layout.addWidget(self.notice)
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._details)

        self.add_button.clicked.connect(self.add_row)
        self.open_button.clicked.connect(self.open_row)
        self.delete_button.clicked.connect(self.delete_rows)
        self.up_button.clicked.connect(lambda: self.move_rows(-1))
        self.down_button.clicked.connect(lambda: self.move_rows(1))
        self.paste_button.clicked.connect(self.paste)
        self.model.rows_changed.connect(self._on_rows_changed)
        self.model.modelReset.connect(self._on_reset)
        self.model.dataChanged.connect(self._show_details)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.selectionModel().selectionChanged.connect(self._enable)
        self.view.key_pressed.connect(self._on_key)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.setFocusProxy(self.view)
        self._on_reset()

    # What the form uses

    def load(self, node: RecordTree, stored: RecordTree | None) -> None:
        """Show what a record contains of the kind."""
        self.notice.hide()
        self.model.load(
            node.record.id,
            node.children.get(self.kind.code, ()),
            stored.children.get(self.kind.code, ()) if stored else (),
        )
        self.view.fit_columns()

    def show_rows(self, rows: tuple[RecordTree, ...]) -> None:
        """Show the rows as they are numbered after a change."""
        if rows != self.model.rows:
            place = self.view.currentIndex()
            self.model.show_rows(rows)
            if place.isValid() and place.row() < len(rows) and not self.view.currentIndex().isValid():
                self.view.go(self.model.index(place.row(), place.column()))

    def show_issues(self, issues: Mapping[str, Sequence[Issue]]) -> None:
        """Issues by row id."""
        self.model.show_issues(issues)
        self._show_details()

    def choose(self, record_id: str, element: str = "") -> None:
        """Put the cursor on a row, on the cell of an element when the table shows it."""
        place = next((index for index, tree in enumerate(self.model.rows) if tree.record.id == record_id), -1)
        column = next((index for index, one in enumerate(self.model.columns) if one.code == element), 0)
        if place >= 0:
            self.view.go(self.model.index(place, column))
            self.view.scrollTo(self.view.currentIndex())

    def take_focus(self) -> None:
        """Put the cursor into the table."""
        if self.model.rows:
            if not self.view.currentIndex().isValid():
                self.view.go(self.model.index(0, 0))
            self.view.setFocus()
        else:
            self.add_button.setFocus()

    @property
    def sentences(self) -> list[str]:
        """What stands beneath the table about the current row."""
        return [line.words for line in self._lines]

    @property
    def mends(self) -> list[QPushButton]:
        """The one-click mends beneath the table."""
        return [line.mend for line in self._lines if line.mend is not None]

    # What the person does

    def add_row(self) -> None:
        """Add a row below the current one and begin to write its name."""
        current = self.view.currentIndex()
        place = current.row() + 1 if current.isValid() else len(self.model.rows)
        self.model.add(place)
        index = self.model.index(place, 0)
        self.view.go(index)
        self.view.setFocus()
        self.view.edit(index)

    def open_row(self) -> None:
        """Show all elements of the current row."""
        current = self.view.currentIndex()
        if current.isValid():
            self.row_opened.emit(self.model.rows[current.row()].record.id)

    def delete_rows(self) -> None:
        """Delete the chosen rows; the notice takes it back."""
        places = self.view.chosen_rows()
        if not places:
            return
        before = self.model.rows
        title = self.kind.elements[self.kind.title]
        names = [self.model.text(place, title) for place in places]
        count = self.model.remove(places)
        inner = count - len(places)
        words = _("{count} rows deleted: {names}.").format(
            count=len(places),
            names="、".join(name or _("no name") for name in names[:3]) + ("…" if len(names) > 3 else ""),
        )
        if inner:
            words += _(" {count} records inside went with them.").format(count=inner)
        self.notice.show_words(words, "info", [(_("Undo"), lambda: self._restore(before))])
        if self.model.rows:
            self.view.go(self.model.index(min(places[0], len(self.model.rows) - 1), 0))

    def move_rows(self, step: int) -> None:
        """Move the chosen rows up (-1) or down (1)."""
        column = max(self.view.currentIndex().column(), 0)
        now = self.model.move(self.view.chosen_rows(), step)
        self._choose_rows(now, column)

    def copy(self) -> None:
        """Put the chosen cells on the clipboard as an office program reads them."""
        indexes = sorted(self.view.selectedIndexes(), key=lambda index: (index.row(), index.column()))
        lines: dict[int, list[str]] = {}
        for index in indexes:
            lines.setdefault(index.row(), []).append(_cell(str(index.data())))
        QGuiApplication.clipboard().setText("\n".join("\t".join(cells) for cells in lines.values()))

    def paste(self) -> None:
        """Take rows from the clipboard; the notice says what happened and takes it back."""
        text = QGuiApplication.clipboard().text()
        current = self.view.currentIndex()
        before = self.model.rows
        result = self.model.paste(text, current.row(), current.column())
        self._tell_paste(result, before)
        if result.added and self.model.rows:
            self._choose_rows([len(self.model.rows) - result.added], 0)

    # Inside

    def _tell_paste(self, result: PasteResult, before: tuple[RecordTree, ...]) -> None:
        if not result.added and not result.changed and not result.refused:
            self.notice.show_words(_("Nothing to paste: copy cells in Excel first."), "info")
            return
        words = [
            _("Pasted: {added} rows added, {changed} cells filled.").format(added=result.added, changed=result.changed)
        ]
        if result.unknown_headings:
            words.append(_("Left out, no such column: {names}.").format(names="、".join(result.unknown_headings[:5])))
        if result.left_out:
            words.append(_("{count} cells lay beyond the last column and were left out.").format(count=result.left_out))
        for place, issue in result.refused[:3]:
            words.append(_("Row {row}: {sentence}").format(row=place + 1, sentence=sentence(issue)))
        if len(result.refused) > 3:
            words.append(_("… and {count} more.").format(count=len(result.refused) - 3))
        has_doubts = result.refused or result.unknown_headings or result.left_out
        kind = "warning" if has_doubts else "success"
        self.notice.show_words(" ".join(words), kind, [(_("Undo"), lambda: self._restore(before))])

    def _restore(self, rows: tuple[RecordTree, ...]) -> None:
        self.model.restore(rows)
        self.notice.hide()

    def _choose_rows(self, places: Sequence[int], column: int) -> None:
        if not places:
            return
        self.view.go(self.model.index(places[0], column))
        selection = self.view.selectionModel()
        for place in places[1:]:
            selection.select(self.model.index(place, column), QItemSelectionModel.SelectionFlag.Select)

    def _on_rows_changed(self, rows: object) -> None:
        self.rows_changed.emit(rows)
        self.view.fit_rows()

    def _on_reset(self) -> None:
        self._stack.setCurrentIndex(0 if self.model.rows else 1)
        self._bar.setVisible(bool(self.model.rows))
        self.view.fit_rows()
        self._enable()
        self._show_details()

    def _on_current(self) -> None:
        self._enable()
        self._show_details()

    def _enable(self) -> None:
        places = self.view.chosen_rows()
        self.open_button.setEnabled(len(places) == 1)
        self.delete_button.setEnabled(bool(places))
        self.up_button.setEnabled(bool(places) and places[0] > 0)
        self.down_button.setEnabled(bool(places) and places[-1] < len(self.model.rows) - 1)

    def _show_details(self) -> None:
        """Beneath the table: what is wrong with the current row, in words."""
        for shown in self._lines:
            self._details.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self._lines = []
        current = self.view.currentIndex()
        if not current.isValid() or current.row() >= len(self.model.rows):
            return
        place = current.row()
        record_id = self.model.rows[place].record.id
        for issue in self.model.issues_of(place)[:3]:
            line = IssueLine(issue)
            element = self.kind.elements.get(issue.element)
            if element is not None and issue.record_id in {record_id, None}:
                line.mended.connect(lambda text, one=element, at=place: self.model.type_text(at, one, text))
            self._details.addWidget(line)
            self._lines.append(line)

    def _on_key(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif key == Qt.Key.Key_Insert:
            self.add_row()
        elif key == Qt.Key.Key_Delete and control:
            self.delete_rows()
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self._clear()
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down} and alt:
            self.move_rows(-1 if key == Qt.Key.Key_Up else 1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control:
            self.open_row()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}:
            self.view.edit(self.view.currentIndex())
        else:
            return
        event.accept()

    def _clear(self) -> None:
        before = self.model.rows
        places = self.view.chosen_rows()
        column = max(self.view.currentIndex().column(), 0)
        count = self.model.clear(self.view.selectedIndexes())
        self._choose_rows(places, column)
        if count > 1:
            self.notice.show_words(
                _("{count} cells emptied.").format(count=count), "info", [(_("Undo"), lambda: self._restore(before))]
            )

    def _on_double_clicked(self, index: Index) -> None:
        if self.model.is_locked(index):
            element = self.model.columns[index.column()]
            self.notice.show_words(
                _("{element} is fixed by: {level}. Press F2 to change it all the same.").format(
                    element=element.label, level=origin_of(element, self._level).label
                ),
                "info",
            )

    def _on_menu(self) -> None:
        menu = QMenu(self)
        for words, name, call in (
            (_("Open"), "external-link-line", self.open_row),
            (_("Add a row"), "add-line", self.add_row),
            (_("Copy"), "file-copy-line", self.copy),
            (_("Paste rows"), "clipboard-line", self.paste),
            (_("Delete"), "delete-bin-line", self.delete_rows),
        ):
            menu.addAction(icon(name), words, call)
        menu.exec(self.cursor().pos())
        menu.deleteLater()


class _View(QTableView):
    """A table whose cells are edited by the widget of their type."""

    key_pressed = Signal(QKeyEvent)

    def __init__(self, model: ChildModel, context: FormContext) -> None:
        super().__init__()
        self.rows_model = model
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self, context))
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCornerButtonEnabled(False)
        self.setMinimumHeight(160)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(56)
        side = self.verticalHeader()
        side.setMinimumSectionSize(ROW_PX)
        side.setDefaultSectionSize(ROW_PX)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setMinimumWidth(44)
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        side.setHighlightSections(False)

    def go(self, index: QModelIndex) -> None:
        """Put the cursor on a cell and choose only it, whatever keys are held down."""
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def chosen_rows(self) -> list[int]:
        """The rows that have a chosen cell."""
        return sorted({index.row() for index in self.selectedIndexes()})

    def fit_columns(self) -> None:
        """Columns as wide as their kind of value wants; the name takes what is left over."""
        metrics = self.fontMetrics()
        for place, element in enumerate(self.rows_model.columns):
            heading = str(self.rows_model.headerData(place, Qt.Orientation.Horizontal))
            wanted = _TITLE_PX if place == 0 else _WIDTHS.get(element.type.name, 140)
            lock = (
                24
                if self.rows_model.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.DecorationRole)
                else 0
            )
            self.setColumnWidth(place, max(wanted, metrics.horizontalAdvance(heading) + 20 + lock))
        columns = range(len(self.rows_model.columns))
        over = self.viewport().width() - sum(self.columnWidth(place) for place in columns)
        soft = [p for p, e in enumerate(self.rows_model.columns) if p == 0 or e.type.name == "long_text"]
        if over > 0:
            self.setColumnWidth(soft[-1], self.columnWidth(soft[-1]) + over)
        elif -over <= sum(self.columnWidth(place) - _LEAST_PX for place in soft):
            self._shrink(soft, -over)
        self.fit_rows()

    def _shrink(self, columns: Sequence[int], excess: int) -> None:
        room = sum(self.columnWidth(place) - _LEAST_PX for place in columns)
        for place in columns:
            share = (self.columnWidth(place) - _LEAST_PX) * excess // max(room, 1)
            self.setColumnWidth(place, self.columnWidth(place) - share - 1)

    def fit_rows(self) -> None:
        """Rows as high as their longest text, up to three lines."""
        metrics = self.fontMetrics()
        wrapping = [p for p, e in enumerate(self.rows_model.columns) if e.type.name in {"long_text", "text"}]
        for place in range(len(self.rows_model.rows)):
            height = ROW_PX
            for column in wrapping:
                text = self.rows_model.text(place, self.rows_model.columns[column])
                if len(text) > 8:
                    room = QRect(0, 0, self.columnWidth(column) - 20, 10_000)
                    lines = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text[:400]).height()
                    height = max(height, min(lines, MOST_LINES * metrics.lineSpacing()) + 14)
            if self.rowHeight(place) != height:
                self.setRowHeight(place, height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()
        self.key_pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def edit(self, index: Index, *how: Any) -> Any:
        """Begin to edit; a cell that a level above fixes only by F2, Enter or the menu, never by chance.

        Qt's two forms in one: ``how`` is what triggered it and the event, or nothing.
        """
        triggers = QAbstractItemView.EditTrigger
        by_chance = bool(how) and how[0] in {triggers.DoubleClicked, triggers.AnyKeyPressed}
        if by_chance and index.isValid() and self.rows_model.is_locked(index):
            return False
        return super().edit(index, *how)


class _CellDelegate(QStyledItemDelegate):
    """Edits a cell with the widget of its type, and hands keys on as a spreadsheet does."""

    def __init__(self, view: _View, context: FormContext) -> None:
        super().__init__(view)
        self._view = view
        self._context = context

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802, ARG002
        element: Element = self._view.rows_model.columns[index.column()]
        frame = _CellFrame(parent)
        widget = make_widget(element, self._context, frame)
        frame.take(widget)
        for control in widget.controls():
            control.installEventFilter(self)
        widget.setProperty("cell", True)
        return frame

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        model = self._view.rows_model
        if isinstance(editor, _CellFrame) and not editor.is_filled:
            editor.is_filled = True
            element = model.columns[index.column()]
            record = model.rows[index.row()].record
            editor.widget.set_value(record.elements.get(element.code))
            typed = model.typed_text(record.id, element.code)
            editor.is_edited = False
            if typed:
                editor.widget.type_text(typed)
            for control in editor.widget.controls():
                if isinstance(control, QPlainTextEdit):
                    control.moveCursor(QTextCursor.MoveOperation.End)

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        if not isinstance(editor, _CellFrame) or not editor.is_edited:
            return
        model = self._view.rows_model
        element = model.columns[index.column()]
        result = editor.widget.read()
        if isinstance(result, Issue):
            model.keep_text(index.row(), element, str(result.values.get("text", "")), result)
        else:
            model.set_value(index.row(), element, result)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802, ARG002
        rect = fields(option).rect
        room = self._view.viewport().rect()
        width = max(rect.width(), min(editor.minimumSizeHint().width(), room.width()))
        height = max(rect.height(), editor.sizeHint().height())
        left = max(room.left(), min(rect.left(), room.right() - width + 1))
        top = max(room.top(), min(rect.top(), room.bottom() - height + 1))
        editor.setGeometry(left, top, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        frame = _frame_of(watched)
        if frame is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(frame, event)
        if event.type() == QEvent.Type.FocusOut and QApplication.activePopupWidget() is None:
            inside = QApplication.focusWidget()
            if inside is None or not frame.isAncestorOf(inside):
                self._close(frame, QAbstractItemDelegate.EndEditHint.NoHint)
        return False

    def _close(self, frame: _CellFrame, hint: QAbstractItemDelegate.EndEditHint, is_kept: bool = True) -> None:
        if frame.is_closed:  # closing takes the focus away, which asks to close again
            return
        frame.is_closed = True
        if is_kept:
            self.commitData.emit(frame)
        self.closeEditor.emit(frame, hint)

    def _on_key(self, frame: _CellFrame, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._close(frame, QAbstractItemDelegate.EndEditHint.RevertModelCache, is_kept=False)
            return True
        is_return = key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_return and event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier):
            return False  # a line break inside a long text, as in a spreadsheet
        if key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab} or is_return:
            hint = {
                Qt.Key.Key_Tab: QAbstractItemDelegate.EndEditHint.EditNextItem,
                Qt.Key.Key_Backtab: QAbstractItemDelegate.EndEditHint.EditPreviousItem,
            }.get(Qt.Key(key), QAbstractItemDelegate.EndEditHint.SubmitModelCache)
            self._close(frame, hint)
            return True
        return False


class _CellFrame(QFrame):
    """The room a cell editor has: at least the cell, more when the text needs it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "cell")
        self.setAutoFillBackground(True)
        self.is_filled = False
        self.is_closed = False
        self.is_edited = False
        self.widget: ValueWidget

    def take(self, widget: ValueWidget) -> None:
        """Hold the editor."""
        self.widget = widget
        widget.edited.connect(self._on_edited)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        self.setFocusProxy(widget)

    def _on_edited(self) -> None:
        self.is_edited = True

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.widget.sizeHint()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.is_filled:
            self._grow()
        return super().event(event)

    def _grow(self) -> None:
        """The text became longer: as high as it needs, inside the table."""
        parent = self.parentWidget()
        room = parent.height() if parent is not None else self.height()
        height = min(max(self.height(), self.sizeHint().height()), room)
        if height > self.height():
            self.setGeometry(self.x(), max(0, min(self.y(), room - height)), self.width(), height)


def _frame_of(watched: QObject) -> _CellFrame | None:
    parent: QObject | None = watched
    while parent is not None and not isinstance(parent, _CellFrame):
        parent = parent.parent()
    return parent


def _cell(text: str) -> str:
    """A cell as an office program writes it: quoted when it has a break, a tab or a quote."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '\n\t"') else text
