"""Checking the whole store: findings by rule, each in words, and a click that opens the record."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.schema import Issue, Severity
from gdbos_desktop.services.checking import CheckReport
from gdbos_desktop.services.issue_names import issue_name
from gdbos_desktop.system.messages import N_, _, fill
from gdbos_desktop.ui.bridge import Bridge, RunningTask
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.group_tree import CountDelegate
from gdbos_desktop.ui.navigator import Navigator
from gdbos_desktop.ui.pages.page import Page
from gdbos_desktop.ui.theme import ROW_PX, icon, label, primary_button, quiet_button, secondary, ui_font

SEVERITIES = {
    Severity.ERROR: (N_("Error"), "close-circle-fill", "error"),
    Severity.WARNING: (N_("Warning"), "alert-fill", "warning"),
    Severity.HINT: (N_("Hint"), "information-fill", "accent_text"),
}

_Index = QModelIndex | QPersistentModelIndex
_HEADINGS = (N_("Severity"), N_("Record"), N_("Finding"), N_("Suggestion"))
_SEVERITY_PX = 84
_RECORD_SHARE, _SUGGESTION_SHARE = 0.28, 0.18
_RULE = int(Qt.ItemDataRole.UserRole)


class IssuesModel(QAbstractTableModel):
    """The findings of a report, all of them or those of one rule."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.report: CheckReport | None = None
        self.issues: Sequence[Issue] = ()

    def show_report(self, report: CheckReport | None, rule: str = "") -> None:
        """Show what was found; ``rule`` limits to one rule."""
        self.beginResetModel()
        self.report = report
        found = report.issues if report else ()
        self.issues = [issue for issue in found if issue.code == rule] if rule else found
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else len(self.issues)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADINGS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or self.report is None:
            return None
        issue, column = self.issues[index.row()], index.column()
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            if column == 0:
                return _(SEVERITIES[issue.severity][0])
            if column == 1:
                return self.report.titles.get(issue.record_id or "", "")
            if column == 2:
                return fill(issue.message, issue.values)
            return issue.suggestion or ""
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            _words, icon_name, colour = SEVERITIES[issue.severity]
            return icon(icon_name, colour)
        return None


class CheckPage(Page):
    """Runs the check, counts by rule, and leads to the record of each finding."""

    def __init__(self, bridge: Bridge, navigator: Navigator, kind_code: str) -> None:
        super().__init__(_("Check"))
        self._bridge = bridge
        self._navigator = navigator
        self._kind_code = kind_code
        self._running: RunningTask | None = None
        self.report: CheckReport | None = None
        self.check_button = primary_button(_("Check everything"), "shield-check-line")
        self.check_button.clicked.connect(self.check_all)
        self.header.addWidget(self.check_button)
        self.model = IssuesModel(self)
        self.rules = QListWidget()
        self.rules.setProperty("role", "bare")
        self.rules.setAccessibleName(_("Rules"))
        self.rules.setItemDelegate(CountDelegate(self.rules))
        self.rules.setMinimumWidth(200)
        self.rules.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rules.currentItemChanged.connect(self._on_rule)
        self.table = QTableView()
        self.table.setProperty("role", "bare")
        self.table.setAccessibleName(_("Findings"))
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
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.doubleClicked.connect(lambda index: self.open_issue(index.row()))
        self.table.activated.connect(lambda index: self.open_issue(index.row()))
        self.table.selectionModel().selectionChanged.connect(self._show_finding)
        self.finding = self._make_finding()
        right = QWidget()
        right_layout = QVBoxLayout(right)
        right_layout.setContentsMargins(0, 0, 0, 0)
        right_layout.setSpacing(0)
        right_layout.addWidget(self.table, 1)
        right_layout.addWidget(self.finding)
        self.start = EmptyState(
            "shield-check-line",
            _("The rule base looks at every item and all it contains."),
            _("{count} rules are in force.").format(count=self._enabled_count()),
        )
        self.start.add_button(_("Check everything"), "shield-check-line", self.check_all)
        self.clean = EmptyState("checkbox-circle-line", _("No findings."))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(5)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.rules)
        self.splitter.addWidget(right)
        self.splitter.setSizes([240, 900])
        self.splitter.setStretchFactor(1, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        self.stack.addWidget(self.splitter)
        self.stack.addWidget(self.clean)
        self.body.addWidget(self.stack)
        self.check_button.hide()  # until there is a result, the button in the middle is the one next step

    def _make_finding(self) -> QWidget:
        """The selected finding in full: the sentence, the rule it comes from, and the way to its record."""
        pane = QWidget()
        pane.setProperty("role", "strip")
        pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = label("", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rule_words = secondary("", wrap=True)
        self.open_button = quiet_button(_("Open the record"), "edit-line")
        self.open_button.clicked.connect(self._on_open)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.sentence)
        words.addWidget(self.rule_words)
        layout = QHBoxLayout(pane)
        layout.setContentsMargins(12, 8, 16, 8)
        layout.setSpacing(12)
        layout.addLayout(words, 1)
        layout.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignBottom)
        return pane

    def _show_finding(self) -> None:
        row = self._selected_row()
        self.finding.setVisible(row >= 0)
        if row < 0:
            return
        issue = self.model.issues[row]
        titles = {rule.code: rule.title for rule in self._bridge.workbench.checks.rules}
        suggestion = _("Suggestion: {suggestion}").format(suggestion=issue.suggestion) if issue.suggestion else ""
        title = titles.get(issue.code, "")
        rule = _("Rule {code}: {title}").format(code=issue.code, title=title) if title else ""
        self.sentence.setText(fill(issue.message, issue.values))
        self.rule_words.setText("    ".join(part for part in (suggestion, rule) if part))
        self.rule_words.setVisible(bool(suggestion or rule))
        self.open_button.setEnabled(bool(issue.record_id))

    def _selected_row(self) -> int:
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _on_open(self) -> None:
        self.open_issue(self._selected_row())

    def take_change(self, change_set: ChangeSet) -> None:
        if self.report is not None and change_set.changes:
            self.show_status(_("Something was changed since this check; check again."))

    def check_all(self) -> None:
        """Check every item of the store, with progress in the task strip."""
        if self._running is not None:
            return
        checks, query = self._bridge.workbench.checks, Query(self._kind_code)
        self.check_button.setEnabled(False)
        running = self._bridge.run_query(
            lambda progress: checks.check_all(query, progress=progress),
            self.show_report,
            owner=self,
            title=_("Check"),
            ended=self._on_ended,
        )
        self._running = running

    def show_report(self, report: CheckReport) -> None:
        """Show what a check found."""
        self.report = report
        found = len(report.issues)
        words = _("{checked} checked, {found} findings").format(checked=f"{report.checked:,}", found=f"{found:,}")
        if self._running is not None:
            self._running.summary = words
            self._running.is_kept = not self.isVisible()  # this page says the same in its title
        self.remark_label.setText(words)
        self.check_button.setText(_("Check again"))
        self.check_button.show()
        self.stack.setCurrentWidget(self.splitter if found else self.clean)
        self._fill_rules(report)
        self.show_status(
            " · ".join(f"{_(words)} {report.count(severity):,}" for severity, (words, *_rest) in SEVERITIES.items())
        )

    def open_issue(self, row: int) -> None:
        """Open the record of a finding at the field it is about."""
        if 0 <= row < len(self.model.issues) and self.model.issues[row].record_id:
            self._navigator.open_issue(self.model.issues[row])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        has_suggestions = any(issue.suggestion for issue in self.model.issues)
        room = self.width() - self.splitter.sizes()[0]
        self.table.setColumnWidth(0, _SEVERITY_PX)
        self.table.setColumnWidth(1, round(room * _RECORD_SHARE))
        self.table.setColumnWidth(3, round(room * _SUGGESTION_SHARE))
        self.table.setColumnHidden(3, not has_suggestions)

    def _fill_rules(self, report: CheckReport) -> None:
        titles = {rule.code: rule.title for rule in self._bridge.workbench.checks.rules}
        self.rules.blockSignals(True)
        self.rules.clear()
        self._add_rule("", _("All findings"), len(report.issues))
        for code, count in sorted(report.by_rule.items(), key=lambda one: -one[1]):
            self._add_rule(code, f"{code}  {titles[code]}" if code in titles else issue_name(code, titles), count)
        self.rules.blockSignals(False)
        self.rules.setCurrentRow(0)

    def _add_rule(self, code: str, words: str, count: int) -> None:
        item = QListWidgetItem(words)
        item.setData(_RULE, code)
        item.setData(CountDelegate.COUNT, count)
        item.setToolTip(words)
        if not code:
            item.setFont(ui_font(bold=True))
        self.rules.addItem(item)

    def _enabled_count(self) -> int:
        return sum(rule.is_enabled for rule in self._bridge.workbench.checks.rules)

    def _on_rule(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.model.show_report(self.report, str(item.data(_RULE)))
            self._arrange()
            if self.model.issues:
                self.table.selectRow(0)
            self._show_finding()

    def _on_ended(self) -> None:
        self._running = None
        self.check_button.setEnabled(True)
