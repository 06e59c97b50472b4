"""The review of what a file would change: the counts, the rows with their decisions, and one row in detail.

The proposal may have a hundred thousand rows: they are made when they are looked at, and what the filters need is
counted once, off the window's thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.schema import Issue, Place, Standard, Value
from gdbos_desktop.services.imports import Decision, Proposal, ProposedRow, ProposedRows
from gdbos_desktop.services.records import changed_reference_ids
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.forms.field import LOOKS, sentence, worst
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.group_tree import CountDelegate
from gdbos_desktop.services.issue_names import issue_name
from gdbos_desktop.ui.theme import ICON_PX, ROW_PX, IconLabel, code_font, icon, label, line, row, secondary

Index = QModelIndex | QPersistentModelIndex

DECISIONS: Mapping[Decision, tuple[str, str, str]] = {
    Decision.NEW: (N_("New"), "add-circle-line", "success"),
    Decision.CHANGED: (N_("To update"), "edit-circle-line", "accent_text"),
    Decision.UNCHANGED: (N_("Unchanged"), "checkbox-blank-circle-line", "secondary"),
    Decision.PROBLEM: (N_("Problem"), "close-circle-line", "error"),
    Decision.SKIPPED: (N_("Skipped"), "indeterminate-circle-line", "secondary"),
}
_HEADINGS = (N_("Decision"), N_("Place"), N_("Name"), N_("What changes, what is wrong"))
_DECISION_PX, _PLACE_PX, _ROW_PX = 88, 160, 88
ALL, ISSUES = "all", "issues"
SHOWN_VALUES, SHOWN_LOOSE = 60, 3


@dataclass
class ReviewIndex:
    """What the filters of a review need, counted once. ``by_issue``: code → places of the rows."""

    rows: ProposedRows
    by_decision: Mapping[Decision, list[int]]
    with_issues: list[int]
    by_issue: dict[str, list[int]] = field(default_factory=dict)
    loose: list[Issue] = field(default_factory=list)

    @classmethod
    def of(cls, proposal: Proposal) -> ReviewIndex:
        """Count a proposal."""
        rows = proposal.rows
        index = cls(rows, {decision: rows.find(decision) for decision in Decision}, rows.with_issues())
        for place in index.with_issues:
            for code in {issue.code for issue in rows[place].issues}:
                index.by_issue.setdefault(code, []).append(place)
        index.loose = [issue for issue in proposal.issues if not _is_of_row(issue, proposal)]
        return index


def _is_of_row(issue: Issue, proposal: Proposal) -> bool:
    loose = {"column-left-out", "sheet-left-out", "stray-cell", "more-issues"}
    return issue.code not in loose and issue.place is not None and issue.place.row > 0 and bool(proposal.tables)


def place_words(place: Place, with_sheet: bool = True) -> str:
    """Where in the file, as a person looks for it; the sheet is named when there are several."""
    words = _("row {row}").format(row=place.row) if place.row else ""
    return f"{place.sheet} {words}".strip() if with_sheet else words


class ReviewModel(QAbstractTableModel):
    """The rows of a proposal, all or those a filter leaves."""

    def __init__(self, standard: Standard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._standard = standard
        self._rows: ProposedRows | None = None
        self._places: Sequence[int] | None = None
        self._cached: tuple[int, ProposedRow] | None = None
        self.with_sheets = False
        """Whether the rows come from several sheets."""

    def show_rows(self, rows: ProposedRows | None, places: Sequence[int] | None = None) -> None:
        """Show these rows; ``places`` limits to some of them."""
        self.beginResetModel()
        self._rows, self._places, self._cached = rows, places, None
        self.endResetModel()

    def proposed(self, number: int) -> ProposedRow:
        """The row shown at a place of the table."""
        place = number if self._places is None else self._places[number]
        if self._rows is None:
            raise IndexError(number)
        if self._cached is None or self._cached[0] != place:
            self._cached = (place, self._rows[place])  # the cells of a row are asked for one after the other
        return self._cached[1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's names and defaults
        if parent.isValid() or self._rows is None:
            return 0
        return len(self._rows) if self._places is None else len(self._places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADINGS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        column = index.column()
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            proposed = self.proposed(index.row())
            if column == 0:
                return _(DECISIONS[proposed.decision][0])
            if column == 1:
                return place_words(proposed.place, self.with_sheets)
            if column == 2:
                return proposed.title
            return self.remark(proposed)
        if role == Qt.ItemDataRole.DecorationRole and column in {0, 3}:
            proposed = self.proposed(index.row())
            if column == 0:
                return icon(*DECISIONS[proposed.decision][1:])
            severity = worst(proposed.issues)
            return icon(*LOOKS[severity]) if severity is not None else None
        return None

    def remark(self, proposed: ProposedRow) -> str:
        """One line about a row: what is wrong, else what changes."""
        if proposed.issues:
            more = len(proposed.issues) - 1
            words = sentence(proposed.issues[0])
            return words + (_(" and {count} more").format(count=more) if more else "")
        if proposed.decision is Decision.CHANGED and proposed.change is not None:
            kind = self._standard.kind(proposed.kind)
            labels = [kind.elements[code].label for code in proposed.change.after if code in kind.elements]
            return _("Changes: {names}").format(names="、".join(labels) or _("its place"))
        return ""


class ReviewPane(QWidget):
    """Counts, filters, rows, and the chosen row in detail."""

    reopen_wanted = Signal()

    def __init__(self, workbench: Workbench, bridge: Bridge) -> None:
        super().__init__()
        self._workbench = workbench
        self._bridge = bridge
        self._standard = workbench.standard
        self._review: ReviewIndex | None = None
        self._names: dict[str, str] = {}
        self._asked = 0

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
        self.filters.setMinimumWidth(184)
        self.filters.currentItemChanged.connect(self._on_filter)
        self.model = ReviewModel(self._standard, self)
        self.table = QTableView()
        self.table.setProperty("role", "bare")
        self.table.setAccessibleName(_("Rows of the file"))
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)

        self._detail = QWidget()
        self._detail.setProperty("role", "surface")
        self._detail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._detail_rows = QVBoxLayout(self._detail)
        self._detail_rows.setContentsMargins(16, 8, 16, 12)
        self._detail_rows.setSpacing(6)
        self.detail = QScrollArea()
        self.detail.setWidgetResizable(True)
        self.detail.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.detail.setAccessibleName(_("The chosen row"))
        self.detail.setWidget(self._detail)
        self.detail.setMinimumHeight(96)

        right = QSplitter(Qt.Orientation.Vertical)
        right.setProperty("role", "lined")
        right.setHandleWidth(1)
        right.setChildrenCollapsible(False)
        right.addWidget(self.table)
        right.addWidget(self.detail)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 1)
        right.setSizes([360, 150])
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setProperty("role", "lined")
        whole.setHandleWidth(1)
        whole.setChildrenCollapsible(False)
        whole.addWidget(self.filters)
        whole.addWidget(right)
        whole.setStretchFactor(1, 1)
        whole.setSizes([208, 900])
        frame = QFrame()
        frame.setProperty("role", "card")
        frame_layout = QVBoxLayout(frame)
        frame_layout.setContentsMargins(1, 1, 1, 1)
        frame_layout.addWidget(whole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.counts)
        layout.addWidget(self.notice)
        layout.addWidget(frame, 1)

    def show_proposal(self, proposal: Proposal, review: ReviewIndex) -> None:
        """Show what a file would change."""
        self._review = review
        self.model.with_sheets = len(proposal.tables) > 1
        self._names = {
            change.record_id: str(change.after.get(self._standard.kind(change.kind).title, ""))
            for change in proposal.references
        }
        self._show_counts(proposal)
        self._show_loose(proposal, review)
        self._show_filters(review)
        self._fit_columns()

    @property
    def filter(self) -> str:
        """The filter in force."""
        item = self.filters.currentItem()
        return str(item.data(int(Qt.ItemDataRole.UserRole)))

    @property
    def words(self) -> str:
        """Everything that is said about the chosen row."""
        return " ".join(shown.text() for shown in self._detail.findChildren(QLabel) if not shown.isHidden())

    def choose_filter(self, key: str) -> None:
        """Put a filter in force."""
        for place in range(self.filters.count()):
            if self.filters.item(place).data(int(Qt.ItemDataRole.UserRole)) == key:
                self.filters.setCurrentRow(place)

    # Inside

    def _show_counts(self, proposal: Proposal) -> None:
        empty_layout(self._counts_grid)
        words = (_("Kind"), _("New"), _("To update"), _("Unchanged"), _("Not imported"))
        for column, text in enumerate(words):
            heading = secondary(text)
            heading.setAlignment(_side(column))
            self._counts_grid.addWidget(heading, 0, column)
        for place, (kind, counts) in enumerate(proposal.counts.items(), start=1):
            self._counts_grid.addWidget(label(self._standard.kind(kind).label), place, 0)
            numbers = (counts.created, counts.updated, counts.unchanged, counts.skipped)
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

    def _show_loose(self, proposal: Proposal, review: ReviewIndex) -> None:
        del proposal
        if not review.loose:
            self.notice.hide()
            return
        words = [sentence(issue) for issue in review.loose[:SHOWN_LOOSE]]
        if len(review.loose) > SHOWN_LOOSE:
            words.append(_("… and {count} more.").format(count=len(review.loose) - SHOWN_LOOSE))
        has_columns = any(issue.code == "column-left-out" for issue in review.loose)
        actions = [(_("Assign the columns"), self.reopen_wanted.emit)] if has_columns else []
        self.notice.show_words(" ".join(words), "warning", actions)

    def _show_filters(self, review: ReviewIndex) -> None:
        self.filters.blockSignals(True)
        self.filters.clear()
        self._add_filter(ALL, _("All rows"), len(review.rows), "list-check", "secondary")
        for decision, (words, icon_name, role) in DECISIONS.items():
            if review.by_decision[decision]:
                self._add_filter(str(decision), _(words), len(review.by_decision[decision]), icon_name, role)
        if review.with_issues:
            self._add_filter(ISSUES, _("With issues"), len(review.with_issues), "alert-line", "warning")
            titles = {rule.code: rule.title for rule in self._workbench.checks.rules}
            for code, places in sorted(review.by_issue.items(), key=lambda item: -len(item[1])):
                name = issue_name(code, titles)
                self._add_filter(f"issue:{code}", name, len(places), "", "")
        self.filters.blockSignals(False)
        start = ISSUES if review.with_issues else ALL
        self.filters.setCurrentRow(-1)
        self.choose_filter(start)

    def _add_filter(self, key: str, words: str, count: int, icon_name: str, role: str) -> None:
        item = QListWidgetItem(words)
        item.setData(int(Qt.ItemDataRole.UserRole), key)
        item.setData(CountDelegate.COUNT, count)
        item.setToolTip(words)
        item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{words} {count}")
        item.setIcon(icon(icon_name, role) if icon_name else _blank())
        self.filters.addItem(item)

    def _on_filter(self, item: QListWidgetItem | None) -> None:
        review = self._review
        if item is None or review is None:
            return
        key = str(item.data(int(Qt.ItemDataRole.UserRole)))
        if key == ALL:
            self.model.show_rows(review.rows)
        elif key == ISSUES:
            self.model.show_rows(review.rows, review.with_issues)
        elif key.startswith("issue:"):
            self.model.show_rows(review.rows, review.by_issue.get(key.removeprefix("issue:"), []))
        else:
            self.model.show_rows(review.rows, review.by_decision[Decision(key)])
        if self.model.rowCount():
            self.table.selectRow(0)
        else:
            empty_layout(self._detail_rows)

    def _on_row(self, current: QModelIndex) -> None:
        if not current.isValid():
            return
        proposed = self.model.proposed(current.row())
        self._asked += 1
        asked, change = self._asked, proposed.change
        wanted = changed_reference_ids([change], self._standard) - set(self._names) if change is not None else set()
        if not wanted:
            self._show_detail(proposed)
            return

        def show(names: dict[str, str]) -> None:
            self._names.update(names)
            if asked == self._asked:
                self._show_detail(proposed)

        self._bridge.run_query(lambda _progress: self._workbench.records.titles(wanted), show, owner=self)

    def _show_detail(self, proposed: ProposedRow) -> None:
        empty_layout(self._detail_rows)
        words, icon_name, role = DECISIONS[proposed.decision]
        state = IconLabel(icon_name, _(words), role)
        title = label(soft(proposed.title or _("no name")), "strong", wrap=True)
        head = row(title, state, secondary(place_words(proposed.place)), spacing=12)
        head.setStretch(0, 1)
        holder = QWidget()
        holder.setLayout(head)
        self._detail_rows.addWidget(holder)
        for issue in proposed.issues:
            self._detail_rows.addWidget(_issue_words(issue))
        if proposed.change is not None and proposed.change.action in {Action.CREATE, Action.EDIT}:
            if proposed.issues:
                self._detail_rows.addWidget(line())
            self._detail_rows.addWidget(self._values(proposed.change))
        elif proposed.decision is Decision.UNCHANGED:
            self._detail_rows.addWidget(secondary(_("The store has the same values already; nothing is written.")))
        elif proposed.decision is Decision.PROBLEM:
            self._detail_rows.addWidget(
                secondary(_("This row is not imported. Correct it in the file and import the file again."), wrap=True)
            )
        elif proposed.decision is Decision.SKIPPED:
            self._detail_rows.addWidget(secondary(_("The chosen way of writing leaves this row out."), wrap=True))
        self._detail_rows.addStretch(1)
        self.detail.verticalScrollBar().setValue(0)

    def _values(self, change: Change) -> QWidget:
        kind = self._standard.kind(change.kind)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        codes = [code for code in kind.elements if code in change.after][:SHOWN_VALUES]
        for place, code in enumerate(codes):
            after = self._text(kind.code, code, change.after[code])
            name = secondary(kind.elements[code].label)
            grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
            if change.action is Action.EDIT:
                before = label(soft(self._text(kind.code, code, change.before.get(code)) or _("empty")), wrap=True)
                before.setProperty("role", "secondary")
                grid.addWidget(before, place, 1, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(secondary("→"), place, 2, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(soft(after or _("empty")), wrap=True), place, 3, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1 if change.action is Action.EDIT else 0)
        grid.setColumnStretch(3, 1)
        return holder

    def _text(self, kind: str, code: str, value: Value | None) -> str:
        element = self._standard.kind(kind).elements[code]
        if value is None:
            return ""
        text = self._names.get(str(value), "") if element.type.name == "reference" else element.format(value)
        return text if len(text) <= 400 else f"{text[:400]}…"

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        width = self.table.viewport().width()
        self.table.setColumnWidth(0, _DECISION_PX)
        place = _PLACE_PX if self.model.with_sheets else _ROW_PX
        self.table.setColumnWidth(1, place)
        self.table.setColumnWidth(2, max(200, (width - _DECISION_PX - place) * 2 // 5))


def _issue_words(issue: Issue) -> QWidget:
    icon_name, role = LOOKS[issue.severity]
    cell = f"{issue.place.cell}  " if issue.place is not None and issue.place.cell else ""
    words = f"{cell}{sentence(issue)}"
    if issue.suggestion:
        words += _(" Proposed: {text}").format(text=issue.suggestion)
    return IconLabel(icon_name, soft(words), role, wrap=True)


def _blank() -> QIcon:
    """As wide as an icon: what belongs under a filter stands a step to the right."""
    picture = QPixmap(ICON_PX, ICON_PX)
    picture.fill(Qt.GlobalColor.transparent)
    return QIcon(picture)


def _side(column: int) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
