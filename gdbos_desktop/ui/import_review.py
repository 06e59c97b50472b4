"""The review of what a file would change: the counts, the rows with their decisions, and one row in detail.

The proposal may have a hundred thousand rows: they are made when they are looked at, and what the filters need is
counted once, off the window's thread. What is mended is compared again; filter and place stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.services.imports import Decision, ImportSession, Proposal
from gdbos_desktop.services.issue_names import issue_name
from gdbos_desktop.services.records import changed_reference_ids
from gdbos_desktop.services.similar import NameCluster
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.forms.field import sentence
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.group_tree import CountDelegate
from gdbos_desktop.ui.import_detail import RowDetail, RowTexts, rows_of
from gdbos_desktop.ui.import_line import SessionLine
from gdbos_desktop.ui.import_mending import Mending
from gdbos_desktop.ui.import_panels import ClusterPanel, MendPanel
from gdbos_desktop.ui.import_reviewed import DECISIONS, Reviewed, ReviewIndex, place_in
from gdbos_desktop.ui.import_rows import ReviewModel
from gdbos_desktop.ui.theme import (
    ICON_PX,
    ROW_PX,
    IconLabel,
    code_font,
    icon,
    label,
    link_button,
    quiet_button,
    row,
    secondary,
)

Index = QModelIndex | QPersistentModelIndex

_DECISION_PX, _PLACE_PX, _ROW_PX = 76, 144, 68
_SIDE_NEEDS = 980
"""From this width on the detail stands beside the rows, below them otherwise."""
_COUNTS_NEED = 860
"""On a narrower (and then lower) screen the filters alone tell the counts."""
ALL, ISSUES, DRAFTS = "all", "issues", "drafts"
SHOWN_LOOSE = 3


class ReviewPane(QWidget):
    """Counts, filters, rows, the chosen row in detail, and beside it what mends many rows at once."""

    reopen_wanted = Signal()
    """The person wants to say what the columns hold."""

    recheck_wanted = Signal()
    """The file shall be compared again with what was mended."""

    decided = Signal()
    """Something was mended that a crash must not lose."""

    mended_changed = Signal()
    """How many mends wait for another comparison."""

    def __init__(self, workbench: Workbench, bridge: Bridge) -> None:
        super().__init__()
        self._workbench = workbench
        self._bridge = bridge
        self._standard = workbench.standard
        self._line: SessionLine | None = None
        self._reviewed: Reviewed | None = None
        self._names: dict[str, str] = {}
        self._asked = 0
        self._wants_focus = False
        self.mending = Mending(self)
        self.mending.recheck_wanted.connect(self.recheck_wanted)
        self.mending.decided.connect(self.decided)
        self.mending.changed.connect(self._on_mended)
        self._build_parts()
        self._lay_out()

    def _build_parts(self) -> None:
        self.counts = QFrame()
        self.counts.setProperty("role", "card")
        self._counts_grid = QGridLayout(self.counts)
        self._counts_grid.setContentsMargins(16, 8, 16, 8)
        self._counts_grid.setHorizontalSpacing(24)
        self._counts_grid.setVerticalSpacing(4)
        self.notice = Notice()
        self.filters = QListWidget()
        self.filters.setProperty("role", "bare")
        self.filters.setAccessibleName(_("Which rows"))
        self.filters.setItemDelegate(CountDelegate(self.filters))
        self.filters.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.filters.setIconSize(QSize(ICON_PX, ICON_PX))
        self.filters.setMinimumWidth(168)
        self.filters.currentItemChanged.connect(self._on_filter)
        self.model = ReviewModel(self._standard, self)
        self.table = _RowTable(self.model)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.mend_asked.connect(self._on_mend_asked)
        self.detail = RowDetail(self._standard)
        self.detail.mended.connect(self.mending.mend)
        self.detail.next_wanted.connect(self.go_to_next_problem)
        self.mends = MendPanel(self.mending)
        self.clusters = ClusterPanel(self._standard, self.mending)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(_("Row and mends"))
        self.tabs.tabBar().setAccessibleName(_("Row and mends"))
        for panel, words in (
            (self.detail, _("The row")), (self.mends, _("Mend at once")), (self.clusters, _("Alike names")),
        ):  # fmt: skip
            self.tabs.addTab(panel, words)
        self._mend_state = IconLabel()
        self.undo_button = link_button(_("Take the last mend back"))
        self.undo_button.clicked.connect(self.mending.undo)
        self.recheck_button = quiet_button(_("Compare again"), "refresh-line")
        self.recheck_button.clicked.connect(self.recheck_wanted)
        self._mend_bar = QWidget()
        self._mend_bar.setLayout(
            row(self._mend_state, self.undo_button, None, self.recheck_button, margins=(12, 4, 8, 4))
        )
        self._mend_bar.hide()

    def _lay_out(self) -> None:
        self._right = QSplitter(Qt.Orientation.Horizontal)
        self._right.setProperty("role", "lined")
        self._right.setHandleWidth(1)
        self._right.setChildrenCollapsible(False)
        self._right.addWidget(self.table)
        self._right.addWidget(self.tabs)
        self._right.setStretchFactor(0, 3)
        self._right.setStretchFactor(1, 2)
        self._right.setSizes([600, 360])
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setProperty("role", "lined")
        whole.setHandleWidth(1)
        whole.setChildrenCollapsible(False)
        whole.addWidget(self.filters)
        whole.addWidget(self._right)
        whole.setStretchFactor(1, 1)
        whole.setSizes([172, 920])
        frame = QFrame()
        frame.setProperty("role", "card")
        frame_layout = QVBoxLayout(frame)
        frame_layout.setContentsMargins(1, 1, 1, 1)
        frame_layout.setSpacing(0)
        frame_layout.addWidget(self._mend_bar)
        frame_layout.addWidget(whole, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.counts)
        layout.addWidget(self.notice)
        layout.addWidget(frame, 1)

    # Showing

    def begin(self, line: SessionLine | None) -> None:
        """Another file: nothing of the last one stays."""
        self._line, self._reviewed = line, None
        self._names = {}
        self.model.show_rows(None)
        self.detail.clear()
        self.mending.begin(line)
        self.tabs.setCurrentWidget(self.detail)

    def show_reviewed(self, reviewed: Reviewed) -> None:
        """Show what a file would change; when it was compared again, filter and place stay."""
        before = self._reviewed
        key, where = (self.filter, self._where()) if before is not None else ("", None)
        typed = self._typed()
        self._reviewed = reviewed
        proposal, index = reviewed.proposal, reviewed.index
        self.model.with_sheets = len({table.sheet for table in proposal.tables}) > 1
        self._names.update(
            {
                change.record_id: str(change.after.get(self._standard.kind(change.kind).title, ""))
                for change in proposal.references
            }
        )
        self._show_counts(proposal)
        self._show_loose(index)
        self._show_filters(index, key)
        titles = {rule.code: rule.title for rule in self._workbench.checks.rules}
        self.mends.show_mends(reviewed.mendable, reviewed.texts, titles, self.model.with_sheets)
        self._name_tab(self.mends, _("Mend at once"), self.mends.count)
        self.mending.checked(reviewed)
        self._fit_columns()
        if where is not None:
            self._go_back_to(*where)
        if typed is not None:
            self._typed_again = typed

    def show_clusters(self, clusters: Sequence[NameCluster]) -> None:
        """Show names that mean the same."""
        if self._reviewed is not None:
            self.clusters.show_clusters(clusters, self._reviewed.look)
            self._name_tab(self.clusters, _("Alike names"), self.clusters.count)

    @property
    def filter(self) -> str:
        """The filter in force."""
        number = self.filters.currentRow()
        return str(self.filters.item(number).data(int(Qt.ItemDataRole.UserRole))) if number >= 0 else ALL

    @property
    def words(self) -> str:
        """Everything that is said about the chosen row."""
        return self.detail.words

    def choose_filter(self, key: str) -> bool:
        """Put a filter in force; whether there is one."""
        for place in range(self.filters.count()):
            if self.filters.item(place).data(int(Qt.ItemDataRole.UserRole)) == key:
                self.filters.setCurrentRow(place)
                return True
        return False

    def go_to_next_problem(self) -> bool:
        """On to the next row with issues, the cursor in its first wrong cell; whether there is one."""
        reviewed, number = self._reviewed, self.table.currentIndex().row()
        if reviewed is None:
            return False
        places = self.model.places
        wrong = set(reviewed.index.with_issues)
        for later in range(number + 1, self.model.rowCount()):
            if (later if places is None else places[later]) in wrong:
                self.tabs.setCurrentWidget(self.detail)
                self._wants_focus = True
                self.table.selectRow(later)
                return True
        self.table.setFocus()
        return False

    # Inside

    _typed_again: tuple[str, int, int, str] | None = None
    """What was being typed when the rows came anew: sheet, row, column, text."""

    def _where(self) -> tuple[str, int, int]:
        number = self.table.currentIndex().row()
        if not 0 <= number < self.model.rowCount():
            return "", 0, number
        place = self.model.proposed(number).place
        return place.sheet, place.row, number

    def _typed(self) -> tuple[str, int, int, str] | None:
        shown = self.detail.row
        for editor in self.detail.editors:
            if shown is not None and editor.field.hasFocus():
                text = editor.field.text() if editor.is_touched else ""
                return shown.place.sheet, editor.row, editor.place, text
        return None

    def _go_back_to(self, sheet: str, row_number: int, number: int) -> None:
        """The row that was chosen is chosen again; if the filter lost it, the one that took its place."""
        reviewed, count = self._reviewed, self.model.rowCount()
        if reviewed is None or not count:
            return
        found = reviewed.row_number(sheet, row_number)
        places = self.model.places
        at = place_in(places, found) if found is not None else None
        self.table.selectRow(min(number if at is None else at, count - 1))

    def _show_counts(self, proposal: Proposal) -> None:
        empty_layout(self._counts_grid)
        words = (_("Kind"), _("New"), _("To update"), _("Unchanged"), _("Not imported"))
        for column, text in enumerate(words):
            heading = secondary(text)
            heading.setAlignment(_side(column))
            self._counts_grid.addWidget(heading, 0, column)
        for place, (kind, counts) in enumerate(proposal.counts.items(), start=1):
            self._counts_grid.addWidget(label(self._standard.kind(kind).label), place, 0)
            numbers = (counts.created, counts.updated, counts.unchanged, counts.not_imported)
            for column, number in enumerate(numbers, start=1):
                shown = label(f"{number:,}", "strong" if number and column < 3 else "body" if number else "secondary")
                shown.setFont(code_font())
                shown.setAlignment(_side(column))
                self._counts_grid.addWidget(shown, place, column)
        read = _("{rows} rows read from “{file}”").format(rows=f"{proposal.rows_read:,}", file=proposal.file)
        if proposal.rows_passed_over:
            read += _(", {count} lines passed over (blank, totals, notes)").format(count=proposal.rows_passed_over)
        remark = secondary(read, wrap=True)
        remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._counts_grid.addWidget(remark, 0, len(words), len(proposal.counts) + 1, 1)
        for column in range(len(words)):
            self._counts_grid.setColumnMinimumWidth(column, 56)
        self._counts_grid.setColumnStretch(len(words), 1)

    def _show_loose(self, index: ReviewIndex) -> None:
        if not index.loose:
            self.notice.hide()
            return
        words = [sentence(issue) for issue in index.loose[:SHOWN_LOOSE]]
        if len(index.loose) > SHOWN_LOOSE:
            words.append(_("… and {count} more.").format(count=len(index.loose) - SHOWN_LOOSE))
        has_columns = any(issue.code == "column-left-out" for issue in index.loose)
        actions: list[tuple[str, Callable[[], None]]] = (
            [(_("Assign the columns"), self.reopen_wanted.emit)] if has_columns else []
        )
        self.notice.show_words(" ".join(words), "warning", actions)

    def _show_filters(self, index: ReviewIndex, key: str) -> None:
        self.filters.blockSignals(True)
        self.filters.clear()
        self._add_filter(ALL, _("All rows"), len(index.rows), "list-check", "secondary")
        for decision, (words, icon_name, role) in DECISIONS.items():
            if index.by_decision[decision]:
                self._add_filter(str(decision), _(words), len(index.by_decision[decision]), icon_name, role)
        if index.drafts:
            self._add_filter(DRAFTS, _("Into draft versions"), len(index.drafts), "draft-line", "accent_text")
        if index.with_issues:
            self._add_filter(ISSUES, _("With issues"), len(index.with_issues), "alert-line", "warning")
            titles = {rule.code: rule.title for rule in self._workbench.checks.rules}
            for code, places in sorted(index.by_issue.items(), key=lambda item: -len(item[1])):
                self._add_filter(f"issue:{code}", issue_name(code, titles), len(places), "", "")
        self.filters.setCurrentRow(-1)
        self.filters.blockSignals(False)
        if not key or not self.choose_filter(key):
            self.choose_filter(ISSUES if index.with_issues else ALL)

    def _add_filter(self, key: str, words: str, count: int, icon_name: str, role: str) -> None:
        item = QListWidgetItem(words)
        item.setData(int(Qt.ItemDataRole.UserRole), key)
        item.setData(CountDelegate.COUNT, count)
        item.setToolTip(words)
        item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{words} {count}")
        item.setIcon(icon(icon_name, role) if icon_name else _blank())
        self.filters.addItem(item)

    def _on_filter(self, item: QListWidgetItem | None) -> None:
        reviewed = self._reviewed
        if item is None or reviewed is None:
            return
        index, key = reviewed.index, str(item.data(int(Qt.ItemDataRole.UserRole)))
        places: Sequence[int] | None
        if key == ALL:
            places = None
        elif key == ISSUES:
            places = index.with_issues
        elif key == DRAFTS:
            places = index.drafts
        elif key.startswith("issue:"):
            places = index.by_issue.get(key.removeprefix("issue:"), [])
        else:
            places = index.by_decision[Decision(key)]
        self.model.show_rows(index.rows, places)
        if self.model.rowCount():
            self.table.selectRow(0)
        else:
            self.detail.clear()

    def _on_row(self, current: QModelIndex) -> None:
        if not current.isValid():
            return
        proposed = self.model.proposed(current.row())
        self._asked += 1
        asked, change, reviewed = self._asked, proposed.change, self._reviewed
        wants_focus, self._wants_focus = self._wants_focus, False
        wanted = changed_reference_ids([change], self._standard) - set(self._names) if change is not None else set()
        self.detail.show_row(proposed, self._names)

        def show(texts: RowTexts) -> None:
            if asked == self._asked and reviewed is self._reviewed:
                self.detail.show_row(proposed, self._names, reviewed, texts)
                self._take_focus(wants_focus)

        def named(names: dict[str, str]) -> None:
            self._names.update(names)
            if asked == self._asked and not proposed.issues:
                self.detail.show_row(proposed, self._names)

        if wanted:
            self._bridge.run_query(lambda _progress: self._workbench.records.titles(wanted), named, owner=self)
        if proposed.issues and self._line is not None and reviewed is not None:
            sheet, numbers = proposed.place.sheet, rows_of(proposed, reviewed)

            def read(session: ImportSession, progress: Progress) -> RowTexts:
                texts: dict[int, Sequence[str]] = {}
                for number in numbers:
                    with suppress(KeyError):  # said of the sheet, not of a row that is there
                        texts[number] = session.row_texts(sheet, number, progress)
                return texts

            self._line.ask(read, show, key="texts")

    def _take_focus(self, wants_focus: bool) -> None:
        typed, self._typed_again = self._typed_again, None
        shown = self.detail.row
        if typed is not None and shown is not None and shown.place.sheet == typed[0]:
            editor = next((one for one in self.detail.editors if (one.row, one.place) == typed[1:3]), None)
            if editor is not None:
                if typed[3]:
                    editor.type_text(typed[3])
                self.detail.focus_editor(editor)
                return
        if wants_focus or typed is not None:
            self.detail.focus_first()

    def _on_mend_asked(self) -> None:
        self.tabs.setCurrentWidget(self.detail)
        self.detail.focus_first()

    def _on_mended(self) -> None:
        mending = self.mending
        self.model.show_mended(mending.unchecked_rows)
        self._mend_bar.setVisible(mending.count > 0 or mending.unchecked > 0)
        words = _("Mended {count} times. Last: {words}").format(count=mending.count, words=mending.last_words)
        self._mend_state.show_state("edit-2-line", words if mending.count else _("Taken back"), "secondary")
        self.undo_button.setVisible(mending.can_undo)
        self.recheck_button.setVisible(mending.waits)
        self.recheck_button.setText(_("Compare again ({count} mends)").format(count=mending.unchecked))
        self.recheck_button.setAccessibleName(self.recheck_button.text())
        self.mended_changed.emit()

    def _name_tab(self, panel: QWidget, words: str, count: int) -> None:
        place = self.tabs.indexOf(panel)
        self.tabs.setTabText(place, f"{words} {count}" if count else words)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_undo(event):
            event.accept()  # here the key takes back a mend, not what was written last
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if self._is_undo(event):
            self.mending.undo()
        elif event.key() == Qt.Key.Key_F8:
            self.go_to_next_problem()
        elif event.key() == Qt.Key.Key_Escape and any(one.field.hasFocus() for one in self.detail.editors):
            self.table.setFocus()
        else:
            super().keyPressEvent(event)

    def _is_undo(self, event: QKeyEvent) -> bool:
        return self.mending.can_undo and event.matches(QKeySequence.StandardKey.Undo)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.counts.setVisible(self.width() >= _COUNTS_NEED)
        is_wide = self.width() >= _SIDE_NEEDS
        wanted = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if self._right.orientation() != wanted:
            self._right.setOrientation(wanted)
            self._right.setSizes([600, 360] if is_wide else [150, 220])
        self._fit_columns()

    def _fit_columns(self) -> None:
        width = self.table.viewport().width()
        self.table.setColumnWidth(0, _DECISION_PX)
        place = _PLACE_PX if self.model.with_sheets else _ROW_PX
        self.table.setColumnWidth(1, place)
        self.table.setColumnWidth(2, max(160, (width - _DECISION_PX - place) * 2 // 5))


class _RowTable(QTableView):
    """The rows; Enter goes into the first wrong cell of the chosen one."""

    mend_asked = Signal()

    def __init__(self, model: ReviewModel) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self.setAccessibleName(_("Rows of the file"))
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumHeight(60)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()  # it goes on to the next step
            else:
                self.mend_asked.emit()
        else:
            super().keyPressEvent(event)


def _blank() -> QIcon:
    """As wide as an icon: what belongs under a filter stands a step to the right."""
    picture = QPixmap(ICON_PX, ICON_PX)
    picture.fill(Qt.GlobalColor.transparent)
    return QIcon(picture)


def _side(column: int) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
