"""Change drafts on screen: the line above the form of an item that has one, and the page part that shows one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.access import Duty, decide
from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.schema import Issue
from gdbos_desktop.services.drafts import DraftDifference, DraftSummary, summary_words
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.forms.draft_differences import DifferencesPanel
from gdbos_desktop.ui.forms.notice import Action, Notice
from gdbos_desktop.ui.theme import (
    badge,
    icon_button,
    label,
    line,
    plain_button,
    primary_button,
    row,
    secondary,
    section_title,
    set_property,
)


class DraftActs(QObject):
    """Puts a draft into force or gives it up, off the window's thread; a refusal goes where it is wanted."""

    def __init__(self, bridge: Bridge, refused: Callable[[KnownError], None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._drafts = bridge.workbench.drafts
        self._refused = refused

    def may(self, duty: Duty) -> bool:
        """Whether the person may."""
        return decide(self._bridge.workbench.workspace.actor, duty).is_allowed

    def publish(self, record_id: str) -> None:
        """Put the draft into force."""
        drafts = self._drafts
        self._bridge.run_change(lambda progress: drafts.publish(record_id, progress), owner=self, refused=self._refused)

    def discard(self, record_id: str) -> None:
        """Give the draft up; undo brings it back."""
        drafts = self._drafts
        self._bridge.run_change(lambda _progress: drafts.discard(record_id), owner=self, refused=self._refused)


class DraftLine(Notice):
    """Says above an item's form that it has an open draft, and leads on."""

    view_asked = Signal()
    """The person wants to see the differences."""

    gone = Signal()
    """The draft was put into force or given up."""

    def __init__(self, workbench: Workbench, bridge: Bridge) -> None:
        super().__init__()
        self._workbench = workbench
        self._bridge = bridge
        self._item_id = ""
        self.summary: DraftSummary | None = None
        self._acts = DraftActs(bridge, self._on_refused, self)
        bridge.records_changed.connect(self._on_records_changed)

    def show_for(self, item_id: str, *, may_have_draft: bool) -> None:
        """Tell of the draft of this item; nothing where it has none."""
        self._item_id = item_id if may_have_draft else ""
        self.summary = None
        self.hide()
        if self._item_id:
            self._look()

    def _look(self) -> None:
        item_id, drafts = self._item_id, self._workbench.drafts

        def show(found: DraftSummary | None) -> None:
            if item_id == self._item_id:
                self._tell(found)

        self._bridge.run_query(lambda _progress: drafts.of_item(item_id), show, owner=self)

    def _tell(self, found: DraftSummary | None) -> None:
        had, self.summary = self.summary, found
        if found is None:
            self.hide()
            if had is not None:
                self.gone.emit()
            return
        words = _("There is a change draft: {changes}. What is in force stays until it is put into force.")
        actions: list[Action] = [(_("View"), self.view_asked.emit)]
        if self._acts.may(Duty.PUBLISH):
            actions.append((_("Put into force"), lambda: self._acts.publish(self._item_id)))
        if self._acts.may(Duty.EDIT):
            actions.append((_("Discard"), lambda: self._acts.discard(self._item_id)))
        self.show_words(
            words.format(changes=summary_words(found, self._workbench.standard)), "info", actions, closable=False
        )

    def _on_refused(self, error: KnownError) -> None:
        self.show_error(error, [(_("View"), self.view_asked.emit)])

    def _on_records_changed(self, change_set: ChangeSet) -> None:
        kind = self._workbench.standard.draft_kind
        if self._item_id and kind is not None and any(
            change.kind == kind.code and change.parent_id == self._item_id for change in change_set.changes
        ):  # fmt: skip
            self._look()


@dataclass(frozen=True)
class _Read:
    """A draft as it was read."""

    summary: DraftSummary
    differences: list[DraftDifference]


class DraftPane(QWidget):
    """One change draft beside the list of drafts: what it changes, and what may become of it."""

    closed = Signal()
    """The person closed it."""

    item_asked = Signal(str)
    """The person wants the form of the item (its id)."""

    def __init__(self, workbench: Workbench, bridge: Bridge) -> None:
        super().__init__()
        self._workbench = workbench
        self._bridge = bridge
        self._record_id = ""
        self._item_id = ""
        self._acts = DraftActs(bridge, self._on_refused, self)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        bridge.records_changed.connect(self._on_records_changed)

    def _build(self) -> None:
        self.title = section_title("")
        self.title.setWordWrap(True)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.code = label("", "code")
        set_property(self.code, "role", "secondary")
        self.state = badge("", "accent")
        self.summary = secondary("", wrap=True)
        self.publish_button = primary_button(_("Put into force"), "check-line")
        self.discard_button = plain_button(_("Discard"), "delete-bin-line")
        self.item_button = plain_button(_("Open the item"), "file-list-3-line")
        close = icon_button("close-line", _("Close this draft"))
        self.notice = Notice()
        self.panel = DifferencesPanel(self._workbench.standard)
        head = QVBoxLayout()
        head.setContentsMargins(16, 12, 8, 8)
        head.setSpacing(4)
        top = row(self.title, close, spacing=8)
        top.setStretch(0, 1)
        head.addLayout(top)
        head.addLayout(row(self.state, self.code, None, spacing=8))
        head.addWidget(self.summary)
        tools = row(self.publish_button, self.discard_button, self.item_button, None, margins=(16, 0, 8, 8), spacing=8)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(tools)
        layout.addWidget(self.notice)
        layout.addWidget(line())
        layout.addWidget(self.panel, 1)
        self._empty = EmptyState("draft-line", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(whole)
        self._stack.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._stack.setCurrentWidget(self._empty)
        self._empty.show_words(_("Choose a change draft to see what it changes."))
        close.clicked.connect(self._on_closed)
        self.publish_button.clicked.connect(lambda: self._acts.publish(self._record_id))
        self.discard_button.clicked.connect(lambda: self._acts.discard(self._record_id))
        self.item_button.clicked.connect(lambda: self.item_asked.emit(self._item_id))

    # As the page of a list uses it

    @property
    def record_id(self) -> str:
        """The draft on screen, '' for none."""
        return self._record_id

    def open_record(self, record_id: str) -> None:
        """Show a draft."""
        self._record_id = record_id
        self.notice.hide()
        self._look()

    def new_record(self, _kind: str) -> None:
        """Drafts are made by changing what is in force, never by hand."""

    def show_issue(self, _issue: Issue) -> None:
        """A draft has no fields."""

    def take_focus(self) -> None:
        """Put the cursor onto what there is to do."""
        self.publish_button.setFocus()

    def keep_draft(self) -> None:
        """Nothing is typed here."""

    def has_unsaved(self) -> bool:
        """Nothing is typed here."""
        return False

    # Showing

    def _look(self) -> None:
        record_id, drafts = self._record_id, self._workbench.drafts

        def read(_progress: object) -> _Read:
            summary = drafts.get(record_id)
            return _Read(summary, drafts.differences(record_id))

        def show(found: _Read) -> None:
            if record_id == self._record_id:
                self._show(found)

        self._bridge.run_query(read, show, owner=self, refused=self._on_gone)

    def _show(self, found: _Read) -> None:
        summary = found.summary
        self._item_id = summary.item.id
        self.title.setText(summary.title)
        self.code.setText(summary.code)
        self.code.setVisible(bool(summary.code))
        self.state.setText(summary.state)
        set_property(self.state, "kind", "accent" if summary.is_open else "neutral")
        self.summary.setText(summary_words(summary, self._workbench.standard))
        self.publish_button.setVisible(summary.is_open and self._acts.may(Duty.PUBLISH))
        self.discard_button.setVisible(summary.is_open and self._acts.may(Duty.EDIT))
        self.panel.show_differences(found.differences)
        self._stack.setCurrentIndex(0)

    def _on_gone(self, _error: KnownError) -> None:
        self._empty.show_words(_("This draft is not there any more."))
        self._stack.setCurrentWidget(self._empty)

    def _on_refused(self, error: KnownError) -> None:
        self.notice.show_error(error)
        self._look()

    def _on_closed(self) -> None:
        self.closed.emit()

    def _on_records_changed(self, change_set: ChangeSet) -> None:
        if self._record_id and not change_set.record_ids.isdisjoint({self._record_id, self._item_id}):
            self._look()
