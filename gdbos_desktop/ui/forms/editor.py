"""The editor of one record: header, form, side panel; drafts, checks and saving around them.

The record on screen is a ``Draft`` of frozen trees. Everything slow (reading, checking, keeping drafts, saving) runs
off the window's thread; what comes back for a record that is no longer on screen is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.domain.checking import REQUIRED
from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.domain.trees import records_of, with_children
from gdbos_desktop.schema import Issue, Severity, Value
from gdbos_desktop.services.drafts import DraftDifference
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.forms.builder import Form, FormBuilder
from gdbos_desktop.ui.forms.completeness import CompletenessMeter, MissingPanel
from gdbos_desktop.ui.forms.draft import Draft, Path, find_node, node_at, paths, rebased
from gdbos_desktop.ui.forms.draft_differences import DifferencesPanel
from gdbos_desktop.ui.forms.draft_pane import DraftLine
from gdbos_desktop.ui.forms.field import worst
from gdbos_desktop.ui.forms.history_panel import HistoryPanel, PastAct
from gdbos_desktop.ui.forms.issues_panel import IssuesPanel
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.origin import store_level
from gdbos_desktop.ui.forms.past import read_past
from gdbos_desktop.ui.forms.value_widget import Choices, FormContext
from gdbos_desktop.ui.theme import (
    badge,
    icon,
    icon_button,
    label,
    line,
    link_button,
    plain_button,
    primary_button,
    row,
    section_title,
    set_property,
    words_with_key,
)

CHECK_MS, DRAFT_MS = 350, 1_000
SIDE_BY_SIDE_PX = 940
"""From this width on the panel stands beside the form, below it otherwise."""
NEW_DRAFTS = "draft-new"
"""Where the store remembers which unsaved new record of a kind has a draft."""


@dataclass(frozen=True)
class _Found:
    """What a check found: all issues, and for the record on screen how complete it is."""

    issues: list[Issue]
    percent: int
    missing: tuple[str, ...]


class EditorPane(QWidget):
    """Edits any record of any kind, with all it contains."""

    record_saved = Signal(object)
    """The id of a record that was written."""

    closed = Signal()
    """The person closed the record."""

    room_asked = Signal(bool)
    """The person wants the form to have the whole page, or to share it again."""

    def __init__(self, workbench: Workbench, bridge: Bridge) -> None:
        super().__init__()
        self.workbench = workbench
        self.bridge = bridge
        self.standard = workbench.standard
        self.context = FormContext(self._find_choices)
        self.builder = FormBuilder(
            self.standard, self.context, store_level(workbench.info.region_code), workbench.records.new_record
        )
        self._draft: Draft | None = None
        self._path: Path = ()
        self._forms: dict[tuple[str, ...], Form] = {}
        self._issues: Sequence[Issue] = ()
        self._number = 0
        self._kept: RecordTree | None = None
        self._unwritten: dict[str, Draft] = {}
        """Drafts on their way to the disk, by record: an import before them may keep them waiting."""
        self._is_saving = False
        self._offered: RecordTree | None = None
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._check_timer = self._timer(CHECK_MS, self._check)
        self._draft_timer = self._timer(DRAFT_MS, self.keep_draft)
        bridge.records_changed.connect(self._on_records_changed)
        self._show_nothing()

    # What the pages use

    @property
    def record_id(self) -> str:
        """The record that is open, '' when none is."""
        return self._draft.after.record.id if self._draft is not None else ""

    @property
    def draft(self) -> Draft | None:
        """The record that is open, as the store has it and as edited."""
        return self._draft

    @property
    def form(self) -> Form | None:
        """The form on screen."""
        widget = self._forms_stack.currentWidget()
        return widget if self._draft is not None and isinstance(widget, Form) else None

    @property
    def issues(self) -> Sequence[Issue]:
        """What the last check found."""
        return self._issues

    def open_record(self, record_id: str) -> None:
        """Open a record; unsaved work on another one is kept as its draft."""
        if record_id == self.record_id and self.has_unsaved():
            return
        self.keep_draft()
        records = self.workbench.records
        number = self._next()
        waiting = self._unwritten.get(record_id)

        def read(_progress: object) -> tuple[RecordTree, RecordTree | None]:
            tree = records.tree(record_id)
            if waiting is not None and waiting.before.record.version == tree.record.version:
                return tree, waiting.after
            return tree, records.draft(tree)

        self.bridge.run_query(
            read,
            lambda found: self._show(number, Draft(found[0], found[0]), found[1]),
            owner=self,
            refused=lambda error: self._on_not_opened(number, error),
        )

    def new_record(self, kind: str, parent_id: str | None = None) -> None:
        """Begin a record of a kind; it is in the store once it is saved."""
        self.keep_draft()
        workbench = self.workbench
        number = self._next()
        drafts = self._unwritten.values()
        waiting = next((one for one in drafts if one.is_new and one.after.record.kind == kind), None)

        def begin(_progress: object) -> tuple[RecordTree, RecordTree | None]:
            if waiting is not None:
                return waiting.before, waiting.after
            known = workbench.settings.get(NEW_DRAFTS, kind, "")
            fresh = RecordTree(workbench.records.new_record(kind, parent_id))
            tree = replace(fresh, record=replace(fresh.record, id=known)) if known else fresh
            kept = workbench.records.draft(tree) if known else None
            return (tree, kept) if kept is not None else (fresh, None)

        self.bridge.run_query(begin, lambda found: self._show(number, Draft(found[0], found[0]), found[1]), owner=self)

    def has_unsaved(self) -> bool:
        """Whether something on screen is not in the store."""
        if self._draft is None:
            return False
        return self._draft.is_changed or any(form.unread() for form in self._forms.values())

    def save(self) -> None:
        """Write everything that was changed, as one step that can be undone."""
        if self._draft is None or self._is_saving:
            return
        self._settle()
        draft = self._draft
        if not draft.is_changed and not draft.is_new:
            self._tell_unread(_("Nothing to save: everything is saved already."))
            return
        self._is_saving = True
        self._draft_timer.stop()
        self._show_state()
        records, settings = self.workbench.records, self.workbench.settings
        kind = self.standard.kind(draft.after.record.kind)
        name = self.context.text_of(kind.elements[kind.title], draft.after.record.elements.get(kind.title))
        words = _("Added {kind} “{name}”") if draft.is_new else _("Edited {kind} “{name}”")
        reason = words.format(kind=kind.label, name=name)

        def write(_progress: object) -> tuple[Outcome, RecordTree]:
            outcome = records.save_tree(draft.before, draft.after, reason)
            if draft.is_new:
                settings.set(NEW_DRAFTS, kind.code, None)
            return outcome, records.tree(draft.after.record.id)

        number = self._number
        self.bridge.run_change(
            write,
            lambda done: self._on_saved(number, draft, done[1]),
            owner=self,
            refused=lambda error: self._on_not_saved(number, draft, error),
            ended=self._on_save_ended,
        )

    def revert(self) -> None:
        """Go back to what the store has; the notice takes that back."""
        if self._draft is None or not self.has_unsaved():
            return
        mine = self._draft
        self._put(Draft(mine.before, mine.before), is_other=True)
        self._drop_draft()
        self.notice.show_words(
            _("Back to what is saved."), "info", [(_("Take my changes again"), lambda: self._put(mine, is_other=True))]
        )

    def close_record(self) -> None:
        """Leave the record; what is not saved stays as a draft and is offered when it is opened again."""
        self.keep_draft()
        self._next()
        self._show_nothing()
        self.closed.emit()

    def keep_draft(self) -> None:
        """Keep what is not saved, so that a crash loses nothing."""
        self._draft_timer.stop()
        draft = self._draft
        if draft is None or self._is_saving or self._offered is not None:
            return
        if draft.after is self._kept:
            return
        if draft.is_changed:
            self._kept = draft.after
            self._write_draft(draft)
        elif self._kept is not None:  # typed and taken back by hand: there is nothing to offer next time
            self._drop_draft()

    def _write_draft(self, draft: Draft) -> None:
        records, settings = self.workbench.records, self.workbench.settings
        record_id = draft.after.record.id
        self._unwritten[record_id] = draft

        def written() -> None:
            if self._unwritten.get(record_id) is draft:
                del self._unwritten[record_id]

        def keep(_progress: object) -> None:
            records.keep_draft(draft.before, draft.after)
            if draft.is_new:
                settings.set(NEW_DRAFTS, draft.after.record.kind, record_id)

        self.bridge.run_change(keep, owner=self, ended=written)

    def take_focus(self) -> None:
        """Put the cursor into the form."""
        if self.form is not None:
            self.form.focus_first()

    def show_issue(self, issue: Issue) -> None:
        """Lead to the field, or the row, that an issue is about."""
        draft = self._draft
        if draft is None:
            return
        found = dict(paths(draft.after)).get(issue.record_id or draft.after.record.id, ())
        kinds = [draft.after.record.kind, *(kind for kind, _id in found)]
        kind = self.standard.kind(kinds[-1])
        is_field = issue.element in kind.elements
        if found and len(found) == len(self._path) + 1 and found[:-1] == self._path and self.form is not None:
            self.form.jump_row(found[-1][0], found[-1][1], issue.element)  # the row is in a table on screen
            return
        self._go(found)
        if is_field and self.form is not None:
            self.form.jump(issue.element)

    # Building

    def _build(self) -> None:
        self.title = section_title("")
        self.title.setWordWrap(True)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.code = label("", "code")
        set_property(self.code, "role", "secondary")
        self.kind_label = badge("")
        self.state = badge("")
        self.save_button = primary_button(_("Save"), "save-line")
        self.save_button.setToolTip(_("Save everything (Ctrl+S)"))
        self.revert_button = plain_button(_("Undo changes"), "arrow-go-back-line")
        self.revert_button.setToolTip(_("Back to what is saved"))
        self.room_button = icon_button("fullscreen-line", _("Only the form, in the whole width"), "F11")
        self.room_button.setCheckable(True)
        self.room_button.toggled.connect(self._on_room)
        self.close_button = icon_button("close-line", _("Close this record"), "Ctrl+W")
        self.meter = CompletenessMeter()
        self.issues_button = self._panel_button(_("Issues"), "error-warning-line")
        self.history_button = self._panel_button(_("History"), "history-line")
        self.notice = Notice()
        self.draft_line = DraftLine(self.workbench, self.bridge)
        self.trail = QWidget()
        self._trail_row = QHBoxLayout(self.trail)
        self._trail_row.setContentsMargins(16, 0, 16, 4)
        self._trail_row.setSpacing(4)

        self._forms_stack = QStackedWidget()
        self.issues_panel = IssuesPanel()
        self.missing_panel = MissingPanel()
        self.history_panel = HistoryPanel()
        self.draft_panel = DifferencesPanel(self.standard)
        self._panels = QStackedWidget()
        for panel in (self.issues_panel, self.missing_panel, self.history_panel, self.draft_panel):
            self._panels.addWidget(panel)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        self._side_title = label("", "strong")
        close_side = icon_button("close-line", _("Close this list"))
        close_side.clicked.connect(lambda: self.show_panel(None))
        side.addLayout(row(self._side_title, None, close_side, margins=(12, 4, 4, 4)))
        side.addWidget(line())
        side.addWidget(self._panels, 1)
        self._side.setProperty("role", "surface")
        self._side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setProperty("role", "lined")
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._forms_stack)
        self._splitter.addWidget(self._side)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._side.hide()

        head = QVBoxLayout()
        head.setContentsMargins(16, 12, 8, 8)
        head.setSpacing(4)
        buttons = (self.revert_button, self.save_button, self.room_button, self.close_button)
        top = row(self.title, *buttons, spacing=8)
        top.setStretch(0, 1)
        for button in buttons:
            top.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        head.addLayout(top)
        head.addLayout(row(self.kind_label, self.code, self.state, None, spacing=8))
        tools = row(self.meter, self.issues_button, self.history_button, None, margins=(8, 0, 8, 6), spacing=4)

        self._record = QWidget()
        whole = QVBoxLayout(self._record)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addLayout(tools)
        whole.addWidget(self.draft_line)
        whole.addWidget(self.notice)
        whole.addWidget(self.trail)
        whole.addWidget(line())
        whole.addWidget(self._splitter, 1)
        self._nothing = EmptyState("file-list-3-line", _("Choose a record to see and edit it here."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._record)
        self._pages.addWidget(self._nothing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

        self.save_button.clicked.connect(self.save)
        self.revert_button.clicked.connect(self.revert)
        self.close_button.clicked.connect(self.close_record)
        self.meter.clicked.connect(lambda on: self.show_panel(self.missing_panel if on else None))
        self.issues_button.clicked.connect(lambda on: self.show_panel(self.issues_panel if on else None))
        self.history_button.clicked.connect(lambda on: self.show_history() if on else self.show_panel(None))
        self.issues_panel.issue_chosen.connect(self.show_issue)
        self.missing_panel.element_chosen.connect(self._on_missing_chosen)
        self.history_panel.value_wanted.connect(self._on_value_wanted)
        self.history_panel.filter_cleared.connect(self.show_history)
        self.draft_line.view_asked.connect(self.show_draft_version)
        self.draft_line.gone.connect(self._on_draft_gone)
        for keys, call in (
            (QKeySequence(QKeySequence.StandardKey.Save), self.save),
            (QKeySequence("Ctrl+W"), self.close_record),
            (QKeySequence("Ctrl+PgDown"), lambda: self._step(1)),
            (QKeySequence("Ctrl+PgUp"), lambda: self._step(-1)),
            (QKeySequence("Alt+Left"), self._up),
            (QKeySequence("F8"), self._next_issue),
            (QKeySequence("F11"), self.room_button.toggle),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    def _on_room(self, is_wide: bool) -> None:
        words = _("Show the list again") if is_wide else _("Only the form, in the whole width")
        self.room_button.setIcon(icon("fullscreen-exit-line" if is_wide else "fullscreen-line", "secondary"))
        self.room_button.setToolTip(words_with_key(words, "F11"))
        self.room_button.setAccessibleName(words)
        self.room_asked.emit(is_wide)

    @staticmethod
    def _panel_button(words: str, icon_name: str) -> QPushButton:
        button = plain_button(words, icon_name)
        button.setCheckable(True)
        return button

    def _timer(self, pause: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(call)
        return timer

    # Showing

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _show_nothing(self) -> None:
        self._draft = None
        self._kept = None
        self._offered = None
        self._issues = ()
        self._pages.setCurrentWidget(self._nothing)

    def _show(self, number: int, draft: Draft, kept: RecordTree | None) -> None:
        if number != self._number:
            return
        self.notice.hide()
        self._offered = None
        self._kept = None
        self.context.titles = dict(draft.after.titles)
        has_states = self.standard.kind(draft.after.record.kind).states is not None
        self.draft_line.show_for(draft.after.record.id, may_have_draft=has_states and not draft.is_new)
        self._on_draft_gone()
        self._put(draft, is_other=True)
        if kept is not None:
            self._offered = kept
            self.notice.show_words(
                _("There is unsaved work on this record from last time."),
                "warning",
                [(_("Go on with it"), self._take_offered), (_("Throw it away"), self._drop_offered)],
                closable=False,
            )
        if draft.is_new and self.form is not None:
            self.form.show_section(self.form.sections[0].code)
            self.form.focus_first()

    def _put(self, draft: Draft, is_other: bool = False) -> None:
        """Show a draft from its top; ``is_other``: not a consequence of what was typed."""
        self._draft = draft
        if is_other:
            self._path = ()
            self._issues = ()
        self._pages.setCurrentWidget(self._record)
        self._load_form()
        self._after_change()
        self._check_timer.start(0 if is_other else CHECK_MS)
        if is_other and self.history_button.isChecked():
            self.show_history()

    def _load_form(self, keep_typed: bool = False) -> None:
        draft = self._draft
        if draft is None:
            return
        kinds = (draft.after.record.kind, *(kind for kind, _id in self._path))
        if kinds not in self._forms:
            form = self.builder.build(kinds)
            form.value_changed.connect(self._on_value_changed)
            form.children_changed.connect(self._on_children_changed)
            form.child_opened.connect(lambda kind, record_id: self._go((*self._path, (kind, record_id))))
            form.history_wanted.connect(self.show_history)
            form.reading_changed.connect(self._show_state)
            self._forms[kinds] = form
            self._forms_stack.addWidget(form)
        form = self._forms[kinds]
        stored = None if draft.is_new else find_node(draft.before, self._path)
        form.load(node_at(draft.after, self._path), stored, keep_typed)
        self._forms_stack.setCurrentWidget(form)
        self._show_trail()
        self._show_found()

    def _show_trail(self) -> None:
        empty_layout(self._trail_row)
        self.trail.setVisible(bool(self._path))
        if not self._path or self._draft is None:
            return
        back = icon_button("arrow-left-line", _("Back"), "Alt+Left")
        back.clicked.connect(self._up)
        self._trail_row.addWidget(back)
        for depth in range(len(self._path)):
            place = self._path[:depth]
            button = link_button(_shortened(self._name(node_at(self._draft.after, place))))
            button.clicked.connect(lambda _checked=False, place=place: self._go(place))
            self._trail_row.addWidget(button)
            self._trail_row.addWidget(label("›", "secondary"))
        node = node_at(self._draft.after, self._path)
        kind = self.standard.kind(node.record.kind)
        self._trail_row.addWidget(label(_shortened(f"{kind.label} {self._name(node)}"), "strong"))
        self._trail_row.addStretch(1)

    def _name(self, node: RecordTree) -> str:
        kind = self.standard.kind(node.record.kind)
        value = node.record.elements.get(kind.title)
        return self.context.text_of(kind.elements[kind.title], value) or _("no name")

    def _after_change(self) -> None:
        """The header follows the draft."""
        draft = self._draft
        if draft is None:
            return
        record = draft.after.record
        kind = self.standard.kind(record.kind)
        self.title.setText(
            self._name(draft.after) if kind.title in record.elements else _("New: {kind}").format(kind=kind.label)
        )
        self.kind_label.setText(kind.label)
        self.code.setText(kind.code_of(record.elements))
        self.code.setVisible(bool(self.code.text()))
        self._show_state()

    def _show_state(self) -> None:
        draft = self._draft
        if draft is None:
            return
        unsaved = self.has_unsaved()
        if self._is_saving:
            words, kind = _("Saving …"), "accent"
        elif draft.is_new:
            words, kind = _("Not saved yet"), "warning"
        elif unsaved:
            words, kind = _("Changed, not saved"), "warning"
        else:
            words, kind = _("Saved, version {version}").format(version=draft.before.record.version), "neutral"
        self.state.setText(words)
        set_property(self.state, "kind", kind)
        self.save_button.setEnabled(not self._is_saving and (unsaved or draft.is_new))
        self.revert_button.setVisible(unsaved and not draft.is_new)

    def _show_found(self) -> None:
        """What the last check found, on the form and in the lists."""
        draft, form = self._draft, self.form
        if draft is None or form is None:
            return
        node = node_at(draft.after, self._path)
        own = [i for i in self._issues if (i.record_id or draft.after.record.id) == node.record.id]
        missing = [issue.element for issue in own if issue.code == REQUIRED]
        form.show_issues(self._issues, missing)
        top_ids = {draft.after.record.id, None}
        loud = [issue for issue in self._issues if issue.code != REQUIRED or issue.record_id not in top_ids]
        self.issues_button.setText(_("Issues {count}").format(count=len(loud)) if loud else _("Issues"))
        self.issues_button.setAccessibleName(self.issues_button.text())
        severity = worst(loud)
        role = (
            {Severity.ERROR: "error", Severity.WARNING: "warning"}.get(severity, "secondary")
            if severity
            else "secondary"
        )
        self.issues_button.setIcon(icon("error-warning-line", role))
        self.issues_panel.show_issues(loud, self._place_of)
        top = self.standard.kind(draft.after.record.kind)
        groups = {group.code: group.label for group in top.groups}
        absent = [
            i.element for i in self._issues if i.code == REQUIRED and i.record_id in {draft.after.record.id, None}
        ]
        self.missing_panel.show_missing(
            [(top.elements[code], groups[top.elements[code].group]) for code in absent if code in top.elements]
        )

    def _place_of(self, issue: Issue) -> str:
        draft = self._draft
        if draft is None:
            return ""
        way = dict(paths(draft.after)).get(issue.record_id or "", ())
        words = []
        for depth in range(1, len(way) + 1):
            node = find_node(draft.after, way[:depth])
            if node is not None:
                words.append(f"{self.standard.kind(node.record.kind).label} {self._name(node)}")
        kind = self.standard.kind(way[-1][0] if way else draft.after.record.kind)
        if issue.element in kind.elements:
            words.append(kind.elements[issue.element].label)
        return " · ".join(words)

    # The side panel

    def show_panel(self, panel: QWidget | None) -> None:
        """Show a list beside the form, or none."""
        self.meter.setChecked(panel is self.missing_panel)
        self.issues_button.setChecked(panel is self.issues_panel)
        self.history_button.setChecked(panel is self.history_panel)
        self._side.setVisible(panel is not None)
        if panel is None:
            return
        self._panels.setCurrentWidget(panel)
        titles = {
            self.missing_panel: _("Not filled"),
            self.issues_panel: _("Issues"),
            self.history_panel: _("History"),
            self.draft_panel: _("Change draft"),
        }
        self._side_title.setText(titles[panel])
        if panel is self.missing_panel and self.form is not None:
            self.form.tell_missing()
        self._arrange()

    def show_history(self, element: str = "") -> None:
        """Show what happened to the record, or to one element of it."""
        draft = self._draft
        if draft is None:
            return
        self.show_panel(self.history_panel)
        if draft.is_new:
            self.history_panel.show_acts(())
            return
        node = find_node(draft.before, self._path)
        if node is None:
            self.history_panel.show_acts(())
            return
        number = self._number
        kind = self.standard.kind(node.record.kind)
        words = kind.elements[element].label if element else ""

        def show(acts: list[PastAct]) -> None:
            if number == self._number:
                self.history_panel.show_acts(acts, element, words)

        self.bridge.run_query(lambda _progress: read_past(self.workbench, node), show, owner=self)

    def show_draft_version(self) -> None:
        """Show beside the form what the item's open change draft would change."""
        summary, drafts = self.draft_line.summary, self.workbench.drafts
        if summary is None:
            return
        number = self._number

        def show(found: list[DraftDifference]) -> None:
            if number == self._number:
                self.draft_panel.show_differences(found)
                self.show_panel(self.draft_panel)

        self.bridge.run_query(lambda _progress: drafts.differences(summary.record.id), show, owner=self)

    def _on_draft_gone(self) -> None:
        if self._side.isVisible() and self._panels.currentWidget() is self.draft_panel:
            self.show_panel(None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_wide = self.width() >= SIDE_BY_SIDE_PX
        orientation = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != orientation:
            self._splitter.setOrientation(orientation)
            room = self.width() if is_wide else self.height()
            side = 320 if is_wide else 240
            self._splitter.setSizes([max(room - side, 200), side])
        self._side.setMinimumSize(260 if is_wide else 0, 0 if is_wide else 120)

    def _on_missing_chosen(self, element: str) -> None:
        self._go(())
        if self.form is not None:
            self.form.jump(element)

    def _on_value_wanted(self, element: str, value: Value | None) -> None:
        if self.form is not None and element in self.form.kind.elements:
            self.form.jump(element)
            self.form.field(element).put_value(value)

    # Moving

    def _go(self, path: Path) -> None:
        if path == self._path or self._draft is None or find_node(self._draft.after, path) is None:
            return
        self._settle()
        came_from = self._path
        self._path = path
        self._load_form()
        form = self.form
        if form is None:
            return
        if len(came_from) > len(path) and came_from[: len(path)] == path:
            form.jump_row(*came_from[len(path)])
        else:
            form.focus_first()
        if self.history_button.isChecked():
            self.show_history()

    def _up(self) -> None:
        if self._path:
            self._go(self._path[:-1])

    def _step(self, step: int) -> None:
        if self.form is not None:
            self._settle()
            self.form.step_section(step)

    def _next_issue(self) -> None:
        rows = self.issues_panel.rows
        if rows:
            here = self.issues_panel.list.currentRow()
            place = (here + 1) % len(rows)
            self.issues_panel.list.setCurrentRow(place)
            key = rows[place].key
            if isinstance(key, Issue):
                self.show_issue(key)

    def _settle(self) -> None:
        """What is being typed counts: leave the field it is in, without losing it."""
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()

    # What the person changes

    def _on_value_changed(self, element: str, value: Value | None) -> None:
        if self._draft is not None:
            self._change(self._draft.with_value(self._path, element, value))

    def _on_children_changed(self, kind: str, rows: tuple[RecordTree, ...]) -> None:
        if self._draft is not None:
            node = node_at(self._draft.after, self._path)
            self._change(self._draft.with_node(self._path, with_children(node, kind, rows, self.standard)))

    def _change(self, draft: Draft) -> None:
        if self._offered is not None:  # somebody who begins anew does not want the old work
            self._offered = None
            self.notice.hide()
        self._draft = draft
        if self.form is not None:
            self.form.refresh(node_at(draft.after, self._path))
        self._after_change()
        self._check_timer.start(CHECK_MS)
        if not self._draft_timer.isActive():
            self._draft_timer.start()

    # Checking

    def _check(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self._learn_names(draft.after)
        tree = replace(draft.after, titles={**draft.after.titles, **self.context.titles})
        checks = self.workbench.checks

        def look(_progress: object) -> _Found:
            return _Found(checks.check_tree(tree), checks.complete_percent(tree.record), checks.missing(tree.record))

        def show(found: _Found) -> None:
            if self._draft is draft:
                self._issues = found.issues
                self.meter.show_state(found.percent, len(found.missing))
                self._show_found()

        self.bridge.run_query(look, show, owner=self)

    # Drafts

    def _take_offered(self) -> None:
        kept, draft = self._offered, self._draft
        self._offered = None
        self.notice.hide()
        if kept is not None and draft is not None:
            self._kept = kept
            self._put(Draft(draft.before, kept), is_other=True)

    def _drop_offered(self) -> None:
        self._offered = None
        self.notice.hide()
        self._drop_draft()

    def _drop_draft(self) -> None:
        draft = self._draft
        self._draft_timer.stop()
        self._kept = None
        if draft is not None:
            self._unwritten.pop(draft.after.record.id, None)
            records, settings = self.workbench.records, self.workbench.settings

            def drop(_progress: object) -> None:
                records.drop_draft(draft.after.record.id)
                if draft.is_new:
                    settings.set(NEW_DRAFTS, draft.after.record.kind, None)

            self.bridge.run_change(drop, owner=self)

    # Saving and what comes from outside

    def _on_saved(self, number: int, saved: Draft, fresh: RecordTree) -> None:
        if number == self._number and self._draft is not None:
            went_on = self._draft.after is not saved.after
            self.context.learn(fresh.titles)
            self._kept = None
            self._draft = (
                rebased(Draft(saved.after, self._draft.after), fresh, self.standard) if went_on else Draft(fresh, fresh)
            )
            self._is_saving = False
            self._load_form(keep_typed=True)
            self._after_change()
            self._check_timer.start(0)
            self._tell_unread(_("Saved."))
            if self.history_button.isChecked():
                self.show_history(self.history_panel.element)
        self.record_saved.emit(saved.after.record.id)

    def _tell_unread(self, words: str) -> None:
        unread = [(form, code) for form in self._forms.values() for code in form.unread()]
        if unread:
            form, code = unread[0]
            names = "、".join(form.kind.elements[code].label for form, code in unread)
            self.notice.show_words(
                words + _(" Not understood and not saved: {names}.").format(names=names),
                "warning",
                [(_("Show"), lambda: form.jump(code))],
            )
        elif self._offered is None:
            self.notice.hide()

    def _on_not_saved(self, number: int, draft: Draft, error: KnownError) -> None:
        if number != self._number:  # the person went on to another record meanwhile
            self._write_draft(draft)
            self.bridge.refused.emit(error)
            return
        actions: list[tuple[str, Callable[[], None]]] = []
        if error.code == "conflict":
            actions = [(_("Load what is there now, keep my changes"), self._reload_keeping)]
        self.notice.show_error(error, actions)

    def _on_save_ended(self) -> None:
        self._is_saving = False
        self._show_state()
        self.keep_draft()

    def _reload_keeping(self) -> None:
        mine = self._draft
        if mine is None:
            return
        number = self._number
        record_id = mine.after.record.id

        def show(fresh: RecordTree) -> None:
            if number == self._number and self._draft is not None:
                self.context.learn(fresh.titles)
                self._put(rebased(self._draft, fresh, self.standard), is_other=True)
                self.notice.show_words(
                    _("The newest values are loaded. What you changed is marked “Changed”: look at it, then save."),
                    "info",
                )

        self.bridge.run_query(
            lambda _progress: self.workbench.records.tree(record_id), show, owner=self, refused=self.notice.show_error
        )

    def _on_records_changed(self, change_set: ChangeSet) -> None:
        draft = self._draft
        if draft is None or self._is_saving or draft.is_new:
            return
        drafts = self.standard.draft_kind
        if change_set.record_ids.isdisjoint(record.id for record in records_of(draft.before)) and not any(
            change.parent_id == draft.before.record.id and (drafts is None or change.kind != drafts.code)
            for change in change_set.changes
        ):
            return
        if self.has_unsaved():
            self.notice.show_words(
                _("This record was just changed elsewhere: {reason}.").format(reason=change_set.reason),
                "warning",
                [(_("Load what is there now, keep my changes"), self._reload_keeping)],
            )
            return
        number = self._number
        record_id = draft.before.record.id

        def show(fresh: RecordTree) -> None:
            if number == self._number and self._draft is not None and not self.has_unsaved():
                if fresh.record == self._draft.before.record and fresh.children == self._draft.before.children:
                    return
                self.context.learn(fresh.titles)
                self._draft = Draft(fresh, fresh)
                if find_node(fresh, self._path) is None:
                    self._path = ()
                self._load_form()
                self._after_change()
                self._check_timer.start(0)
                if self.history_button.isChecked():
                    self.show_history(self.history_panel.element)

        self.bridge.run_query(
            lambda _progress: self.workbench.records.tree(record_id),
            show,
            owner=self,
            refused=lambda error: self._on_not_opened(number, error),
        )

    def _on_not_opened(self, number: int, error: KnownError) -> None:
        if number == self._number:
            self._show_nothing()
            self._nothing.show_words(error.sentence, error.remedy)

    # References

    def _find_choices(self, kind: str, text: str, then: Callable[[Choices], None]) -> None:
        """Records of a kind: those inside the record on screen when the kind lives there, else those of the store."""
        draft = self._draft
        if draft is None:
            then(())
            return
        if kind in self._kinds_inside(draft.after.record.kind):
            self._learn_names(draft.after)
            word = text.casefold().strip()
            found = [
                (record.id, self.context.titles.get(record.id, ""))
                for record in records_of(draft.after)
                if record.kind == kind
            ]
            then([(key, title) for key, title in found if title and word in title.casefold()])
            return
        self.bridge.run_query(lambda _progress: self.workbench.records.choices(kind, text, 50), then, owner=self)

    def _kinds_inside(self, kind: str) -> set[str]:
        inside: set[str] = set()
        waiting = [kind]
        while waiting:
            for child in self.standard.children_of(waiting.pop()):
                if child.code not in inside and child.code != kind:
                    inside.add(child.code)
                    waiting.append(child.code)
        return inside

    def _learn_names(self, tree: RecordTree) -> None:
        """References among the records on screen show their names as they are typed."""
        for record in records_of(tree):
            kind = self.standard.kind(record.kind)
            value = record.elements.get(kind.title)
            if value is not None and record.id != tree.record.id and kind.title not in kind.references:
                self.context.titles[record.id] = str(value)


def _shortened(text: str, limit: int = 18) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
