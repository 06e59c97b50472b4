"""An act that cannot be taken back as a whole: which records stand in the way, what happened to them since, and the
choice to take back the rest."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableView, QVBoxLayout, QWidget

from gdbos_desktop.services.undo_account import HinderedRecord, LaterChange, UndoAccount, hindrance_words
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.pages.history_page import moment_words
from gdbos_desktop.ui.theme import ROW_PX, color, primary_button, quiet_button, row, secondary, section_title

WIDTH_PX, LOWEST_PX, MOST_ROWS = 920, 132, 10
SHOWN = 60
"""Characters of a value in one line; the whole stands in the tool tip."""

_Index = QModelIndex | QPersistentModelIndex
_HEADINGS = (N_("Record"), N_("Why it stays"), N_("What happened since"), N_("When"), N_("Who"))
_WIDTHS = (300, 132, 240, 128, 92)
_RECORD, _WHY, _WHAT, _WHEN, _WHO = range(5)


class AccountModel(QAbstractTableModel):
    """One line for each later change; a record with none, such as one that contains others, has one line too."""

    def __init__(self, account: UndoAccount, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._has_kinds = len({record.kind for record in account.hindered}) > 1
        self._lines: list[tuple[HinderedRecord, LaterChange | None, bool]] = []
        for record in account.hindered:
            for number, change in enumerate(record.changes or (None,)):
                self._lines.append((record, change, number == 0))

    def record(self, line: int) -> HinderedRecord:
        """The record that a line is about."""
        return self._lines[line][0]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADINGS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        record, change, is_first = self._lines[index.row()]
        column = index.column()
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            is_short = role == Qt.ItemDataRole.DisplayRole
            if column == _RECORD:
                title = record.title or record.record_id
                if self._has_kinds or not is_short:
                    title = _("{kind} {title}").format(kind=record.kind_label, title=title)
                return title if is_first or not is_short else ""
            if column == _WHY:
                return hindrance_words(record).rstrip("。.") if is_first or not is_short else ""
            if change is None:
                return ""
            if column == _WHAT:
                return _what(change, SHOWN if is_short else 0)
            return moment_words(change.at) if column == _WHEN else change.actor
        if role == Qt.ItemDataRole.ForegroundRole and column == _RECORD and record.is_there:
            return color("accent_text")
        return None


class UndoDialog(QDialog):
    """The account of an act, and what can be done: nothing, or take back the rest."""

    rest_wanted = Signal()
    """All but these records shall be taken back."""

    record_wanted = Signal(str)
    """The id of a record that shall be opened."""

    def __init__(self, account: UndoAccount, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.account = account
        count, act = len(account.hindered), account.entry.change_set
        self.setWindowTitle(_("Undo"))
        self.setAccessibleName(_("Undo"))
        self.setFixedWidth(WIDTH_PX)
        title = section_title(_("“{act}” cannot be taken back as a whole").format(act=act.reason))
        title.setWordWrap(True)
        words = _("{count} records stay, because of what happened after {time}. Click one to open it.")
        self.words = secondary(words.format(count=f"{count:,}", time=moment_words(act.at)), wrap=True)
        self.model = AccountModel(account, self)
        self.table = self._make_table()
        self.keep_button = quiet_button(_("Take nothing back"))
        self.keep_button.clicked.connect(self.reject)
        free = f"{account.free_count:,}"
        self.rest_button = primary_button(_("Take back the other {count}").format(count=free), "arrow-go-back-line")
        self.rest_button.clicked.connect(self._on_rest)
        remark = (
            _("These records stay as they are; the rest is one act that can be undone.")
            if account.free_count
            else _("Nothing else of this act is left to take back. Undo the later acts first.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self.words)
        layout.addSpacing(4)
        layout.addWidget(self.table)
        layout.addSpacing(4)
        layout.addLayout(row(secondary(remark), None, self.keep_button, self.rest_button))
        if not account.free_count:
            self.rest_button.hide()
        (self.rest_button if account.free_count else self.keep_button).setDefault(True)
        self.table.setFocus()
        self._fit()

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return is_done

    def _fit(self) -> None:
        """As high as the words are at this width."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(max(layout.totalHeightForWidth(WIDTH_PX), layout.totalMinimumSize().height()))

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setAccessibleName(_("Records that stay"))
        table.setModel(self.model)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().setHighlightSections(False)
        for section, width in enumerate(_WIDTHS):
            table.setColumnWidth(section, width)
        table.horizontalHeader().setSectionResizeMode(_WHAT, QHeaderView.ResizeMode.Stretch)
        lines = min(self.model.rowCount(), MOST_ROWS)
        table.setFixedHeight(max(LOWEST_PX, (lines + 1) * ROW_PX + 12))  # lines, headings, frame
        if lines == self.model.rowCount():
            table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.clicked.connect(self._on_clicked)
        table.activated.connect(self._on_activated)
        return table

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == _RECORD:
            self._on_activated(index)

    def _on_activated(self, index: QModelIndex) -> None:
        record = self.model.record(index.row())
        if record.is_there:
            self.reject()
            self.record_wanted.emit(record.record_id)

    def _on_rest(self) -> None:
        self.accept()
        self.rest_wanted.emit()


def _what(change: LaterChange, shown: int) -> str:
    """A later change in words: what became what, or the act that did it."""
    if not change.element:
        return change.reason
    before, after = (_short(text, shown) for text in (change.before, change.after))
    return _("{element}: {before} → {after}").format(element=change.label, before=before, after=after)


def _short(text: str, shown: int) -> str:
    if not text:
        return _("(blank)")
    line = text.replace("\n", " ")
    return f"{line[:shown]}…" if shown and len(line) > shown else line
