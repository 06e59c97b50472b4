"""What was done lately: who, when, what, how many records – and the way to take each act back."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedWidget, QTableView

from gdbos_desktop.domain.access import Duty, decide
from gdbos_desktop.domain.changes import ChangeSet, HistoryEntry, Origin
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.navigator import Navigator
from gdbos_desktop.ui.pages.page import Page
from gdbos_desktop.ui.theme import ROW_PX, color, icon, quiet_button

ACTS_READ = 300

_ORIGINS = {
    Origin.EDIT: (N_("Edit"), "edit-line"),
    Origin.IMPORT: (N_("Import"), "upload-2-line"),
    Origin.UNDO: (N_("Undo"), "arrow-go-back-line"),
    Origin.REDO: (N_("Redo"), "arrow-go-forward-line"),
    Origin.SYNC: (N_("Synchronisation"), "refresh-line"),
    Origin.SETUP: (N_("Set-up"), "settings-3-line"),
}

_Index = QModelIndex | QPersistentModelIndex
_HEADINGS = (N_("Time"), N_("What was done"), N_("Way"), N_("Records"), N_("Who"), N_("State"))
_COUNT = 3
"""The column of numbers."""
_WIDTHS = (132, 420, 96, 88, 120, 120)


def moment_words(milliseconds: int) -> str:
    """A moment as people here write it."""
    return datetime.fromtimestamp(milliseconds / 1000).strftime("%Y-%m-%d %H:%M")


class ActsModel(QAbstractTableModel):
    """The acts, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[HistoryEntry] = []

    def show_entries(self, entries: list[HistoryEntry]) -> None:
        """Show these acts."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADINGS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry, column = self.entries[index.row()], index.column()
        act = entry.change_set
        if role == Qt.ItemDataRole.DisplayRole:
            words, _icon = _ORIGINS[act.origin]
            state = _state(entry)
            return (moment_words(act.at), act.reason, _(words), f"{entry.change_count:,}", act.actor, state)[column]
        if role == Qt.ItemDataRole.DecorationRole and column == 2:
            return icon(_ORIGINS[act.origin][1])
        if role == Qt.ItemDataRole.ForegroundRole and entry.undone_by:
            return color("secondary")
        if role == Qt.ItemDataRole.ToolTipRole and column == 1:
            return act.reason
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        return None


class HistoryPage(Page):
    """The latest acts; the selected one can be taken back, however old, but for records that were touched since."""

    def __init__(self, bridge: Bridge, navigator: Navigator) -> None:
        super().__init__(_("History"))
        self._bridge = bridge
        self._navigator = navigator
        self._is_stale = True
        self.model = ActsModel(self)
        self.table = QTableView()
        self.table.setProperty("role", "bare")
        self.table.setAccessibleName(_("History"))
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        for section, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(section, width)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.undo_button = quiet_button(_("Undo this act"), "arrow-go-back-line")
        self.undo_button.setEnabled(False)
        self.undo_button.clicked.connect(self.undo_selected)
        self.header.addWidget(self.undo_button)
        remark = _("Every import and every edit will stand here, with the way to take it back.")
        self.empty = EmptyState("history-line", _("Nothing was done yet."), remark)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.body.addWidget(self.stack)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)

    def page_shown(self) -> None:
        if self._is_stale:
            self.refresh()
        self.table.setFocus()

    def take_change(self, change_set: ChangeSet) -> None:  # noqa: ARG002 - every act belongs here
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Read the latest acts again."""
        self._is_stale = False
        history = self._bridge.workbench.history
        self._bridge.run_query(lambda _progress: history.recent(ACTS_READ), self._show, owner=self)

    def undo_selected(self) -> None:
        """Take the selected act back."""
        entry = self._selected()
        if entry is None:
            return
        history, act = self._bridge.workbench.history, entry.change_set
        words = _("Taken back: {act}").format(act=act.reason)
        self._bridge.run_change(
            lambda progress: history.undo(act.id, progress),
            lambda _outcome: self._navigator.say(words, "success"),
            owner=self,
            title=_("Undo: {act}").format(act=act.reason) if entry.change_count > 200 else "",
        )

    def _show(self, entries: list[HistoryEntry]) -> None:
        self.model.show_entries(entries)
        self.stack.setCurrentWidget(self.table if entries else self.empty)
        self._on_selection()
        count = len(entries)
        self.remark_label.setText(
            _("the latest {count} acts").format(count=count)
            if count >= ACTS_READ
            else _("{count} acts").format(count=count)
        )

    def _selected(self) -> HistoryEntry | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.entries[rows[0].row()] if rows else None

    def _on_selection(self) -> None:
        entry = self._selected()
        may = decide(self._bridge.workbench.workspace.actor, Duty.UNDO).is_allowed
        self.undo_button.setEnabled(
            bool(may and entry and not entry.undone_by and entry.change_set.origin is not Origin.SETUP)
        )


def _state(entry: HistoryEntry) -> str:
    if entry.undone_by:
        return _("taken back")
    return _("{count} taken back").format(count=f"{entry.taken_back:,}") if entry.is_partly_undone else ""


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column == _COUNT else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
