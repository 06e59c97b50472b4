"""One element of many records changed in one step that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from gdbos_desktop.schema import Kind, fold
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.forms.bulk_widgets import BulkMode, BulkWidget, make_bulk_widget
from gdbos_desktop.ui.forms.choice_line import Choice, ChoiceLine
from gdbos_desktop.ui.forms.field import IssueLine
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.value_widget import Choices, FormContext
from gdbos_desktop.ui.theme import label, primary_button, quiet_button, row, secondary, section_title

TYPING_MS = 500


class BulkDialog(QDialog):
    """Asks which element, and what is to become of it, for records chosen in a list."""

    applied = Signal(object)
    """The Outcome once it is written."""

    def __init__(
        self, workbench: Workbench, bridge: Bridge, kind: Kind, ids: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self.bridge = bridge
        self.kind = kind
        self.ids = list(ids)
        self.context = FormContext(self._find_choices)
        self.widget: BulkWidget | None = None
        self.setWindowTitle(_("Change {count} records").format(count=len(self.ids)))
        self.setAccessibleName(self.windowTitle())
        self.setFixedWidth(520)
        self._groups = {group.code: group.label for group in kind.groups}
        self._choices = [
            Choice(e.code, e.label, self._groups.get(e.group, ""), fold(f"{e.label}{e.code}"))
            for e in kind.shown
            if e.code != kind.position_element
        ]
        self.line = ChoiceLine()
        self.line.setPlaceholderText(_("Which element? Type a part of its name"))
        self.line.setAccessibleName(_("Element"))
        self.line.textEdited.connect(self._on_searched)
        self.line.list_wanted.connect(lambda: self._on_searched(""))
        self.line.picked.connect(self._on_picked)
        self._help = secondary("", wrap=True)
        self._room = QVBoxLayout()
        self._room.setSpacing(8)
        self._issue_room = QVBoxLayout()
        self.notice = Notice()
        self._words = secondary(_("One step: it can be undone as a whole."))
        self.apply_button = primary_button(_("Change"), "check-line")
        self.apply_button.clicked.connect(self.apply)
        self.apply_button.setDefault(True)
        cancel = quiet_button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_MS)
        self._pause.timeout.connect(self._show_issue)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        title = _("{count} records of {kind}").format(count=len(self.ids), kind=kind.label)
        layout.addWidget(section_title(title))
        layout.addWidget(self.line)
        layout.addWidget(self._help)
        layout.addLayout(self._room)
        layout.addLayout(self._issue_room)
        layout.addWidget(self.notice)
        layout.addSpacing(4)
        layout.addLayout(row(self._words, None, cancel, self.apply_button))
        self._help.hide()
        self._enable()

    def choose_element(self, code: str) -> None:
        """Ask for this element."""
        element = self.kind.elements[code]
        self.line.setText(element.label)
        empty_layout(self._room)
        empty_layout(self._issue_room)
        self._help.setText(element.help)
        self._help.setVisible(bool(element.help))
        self.widget = make_bulk_widget(element, self.context)
        self.widget.changed.connect(self._on_changed)
        self._room.addWidget(label(element.label, "strong"))
        self._room.addWidget(self.widget)
        self.widget.set_mode(BulkMode.SET)
        self.widget.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return is_done

    def _fit(self) -> None:
        """As high as the content at this width."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(max(layout.totalHeightForWidth(self.width()), layout.totalMinimumSize().height()))

    def apply(self) -> None:
        """Write it."""
        widget = self.widget
        if widget is None:
            return
        widget.editor.settle()
        if not widget.is_ready:
            self._show_issue()
            return
        self.apply_button.setEnabled(False)
        self.notice.hide()
        element, value, ids = widget.element, widget.value(), self.ids
        reason = _("Changed “{element}” of {count} records").format(element=element.label, count=len(ids))
        self.bridge.run_change(
            lambda _progress: self.workbench.records.edit(ids, {element.code: value}, reason),
            self._on_written,
            owner=self,
            title=reason,
            refused=self._on_refused,
            ended=self._enable,
        )

    def _on_written(self, outcome: Outcome) -> None:
        self.applied.emit(outcome)
        self.accept()

    def _on_refused(self, error: KnownError) -> None:
        self.notice.show_error(error)

    def _on_searched(self, text: str) -> None:
        word = fold(text)
        self.line.offer([choice for choice in self._choices if word in choice.words])

    def _on_picked(self, choice: Choice) -> None:
        self.choose_element(choice.key)

    def _on_changed(self) -> None:
        self._pause.start()
        self._enable()

    def _show_issue(self) -> None:
        self._pause.stop()
        empty_layout(self._issue_room)
        issue = self.widget.issue() if self.widget is not None else None
        if issue is not None:
            self._issue_room.addWidget(IssueLine(issue))
        self._enable()

    def _enable(self) -> None:
        self.apply_button.setEnabled(self.widget is not None and self.widget.is_ready)
        is_clearing = self.widget is not None and self.widget.mode is BulkMode.CLEAR
        words = _("Empty in {count} records") if is_clearing else _("Change {count} records")
        self.apply_button.setText(words.format(count=len(self.ids)))
        self.apply_button.setAccessibleName(self.apply_button.text())

    def _find_choices(self, kind: str, text: str, then: Callable[[Choices], None]) -> None:
        self.bridge.run_query(lambda _progress: self.workbench.records.choices(kind, text, 50), then, owner=self)
