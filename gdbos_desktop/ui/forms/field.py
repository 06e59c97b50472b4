"""One field of a form: label, required mark, origin, the editor, and beneath it what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QEnterEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gdbos_desktop.schema import Element, Issue, Severity, Value
from gdbos_desktop.system.messages import _, fill
from gdbos_desktop.ui.forms.origin import Origin
from gdbos_desktop.ui.forms.text_widgets import GrowingEditor
from gdbos_desktop.ui.forms.value_widget import TABULAR, FormContext, ValueWidget
from gdbos_desktop.ui.forms.widgets import make_widget
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.popup import Popup
from gdbos_desktop.ui.theme import (
    ICON_PX,
    IconLabel,
    code_font,
    icon,
    icon_button,
    label,
    link_button,
    row,
    secondary,
    set_property,
)

LOOKS = {
    Severity.ERROR: ("error-warning-line", "error"),
    Severity.WARNING: ("alert-line", "warning"),
    Severity.HINT: ("lightbulb-line", "accent_text"),
}
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}
HEADING_PX, PAUSE_MS = 22, 700
"""How long a person may pause before half a date is called no date."""


def sentence(issue: Issue) -> str:
    """An issue in the user's words."""
    return fill(issue.message, issue.values)


def worst(issues: Sequence[Issue]) -> Severity | None:
    """The gravest severity among issues."""
    return min((issue.severity for issue in issues), key=_RANK.__getitem__, default=None)


def keep_room(widget: QWidget) -> None:
    """Let a widget keep its room while it is hidden, so that nothing jumps when it appears."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


class IssueLine(QWidget):
    """One issue in its words, with the one-click mend when there is one."""

    mended = Signal(str)

    def __init__(self, issue: Issue) -> None:
        super().__init__()
        self.words = sentence(issue)
        self.mend: QPushButton | None = None
        icon_name, role = LOOKS[issue.severity]
        words = IconLabel(icon_name, soft(self.words), role, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(words)
        if issue.suggestion is not None:
            mend = link_button(_("Change to {text}").format(text=issue.suggestion) if issue.suggestion else _("Empty"))
            mend.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            mend.clicked.connect(lambda: self.mended.emit(issue.suggestion))
            layout.addLayout(row(ICON_PX + 2, mend, None, spacing=0))  # beneath the words: beside them it is too wide
            self.mend = mend


class Field(QWidget):
    """An element of the record on screen."""

    edited = Signal(str)
    """The person changed the value (element code)."""

    read_failed = Signal(str)
    """What was typed means nothing, or means something again (element code)."""

    history_wanted = Signal(str)
    focused = Signal(str)

    def __init__(self, element: Element, context: FormContext, origin: Origin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.element = element
        self.context = context
        self._origin = origin
        self._stored: Value | None = None
        self._issues: tuple[Issue, ...] = ()
        self._is_required = False
        self._is_absent = False
        self._widget: ValueWidget | None = None
        self._locked: GrowingEditor | None = None
        self._lines: list[IssueLine] = []
        self._own_issue: Issue | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self._label = label(element.label)
        self._label.setToolTip(element.help)
        self._star = label("*", "error")
        self._star.setToolTip(_("Required"))
        self._changed = secondary(_("Changed"))
        self._changed.setProperty("role", "accent_text")
        self._missing = label(_("Not filled"), "warning")
        self._source = self._make_origin()
        self._help = icon_button("question-line", _("Explain {element} (F1)").format(element=element.label))
        self._help.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._help.setProperty("role", "small")
        self._help.setIconSize(QSize(14, 14))
        self._help.clicked.connect(self.explain)
        keep_room(self._help)
        heading = row(self._label, self._star, self._missing, self._changed, self._help, None, self._source, spacing=4)
        for part in (self._star, self._changed, self._missing):
            part.hide()
        self._help.hide()

        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        holder = QWidget()
        holder.setFixedHeight(HEADING_PX)
        holder.setLayout(heading)
        self._layout.addWidget(holder)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._judge)

    # What the form uses

    @property
    def is_wide(self) -> bool:
        """Whether it wants both columns."""
        return self.element.type.name == "long_text" or self.editor().is_wide

    @property
    def is_absent(self) -> bool:
        """Whether records of the family on screen have no such element."""
        return self._is_absent

    def set_absent(self, is_absent: bool) -> None:
        """Show or hide the field."""
        # A widget without a parent must not be shown: it would be a window.
        if is_absent != self._is_absent:
            self._is_absent = is_absent
            self.setHidden(is_absent)

    @property
    def is_locked(self) -> bool:
        """Whether the value is shown only, because a level above fixes it."""
        return self._locked is not None and self._locked.isVisibleTo(self)

    def editor(self) -> ValueWidget:
        """The editor; made when first asked for."""
        if self._widget is None:
            self._widget = make_widget(self.element, self.context, self)
            self._widget.edited.connect(self._on_edited)
            self._widget.settled.connect(self._judge)
            self._label.setBuddy(self._widget)
            self._layout.insertWidget(1, self._widget)
            if self._locked is not None and not self._locked.isHidden():
                self._widget.hide()  # asked about, not opened: what a level above fixes stays shut
        return self._widget

    def show_value(self, value: Value | None, stored: Value | None, is_new: bool) -> None:
        """Show a value; ``stored`` is what the store has, to tell what changed."""
        self._stored = stored
        self._own_issue = None
        self._pause.stop()
        if self._origin.is_above and value is not None and value == stored and not is_new and not self._has_focus():
            self._lock(value)
        else:
            self._unlock()
            self.editor().set_value(value)
        self._show_marks()

    def value(self) -> Value | None:
        """The value as it stands."""
        return self._stored if self.is_locked else self.editor().value()

    def own_issue(self) -> Issue | None:
        """Why what was typed means nothing."""
        return None if self.is_locked or self._widget is None else self._widget.issue()

    def type_text(self, text: str) -> None:
        """Put a text in place of the value, as if typed."""
        self.unlock()
        self.editor().type_text(text)
        self.editor().settle()
        self._judge()

    def show_issues(self, issues: Sequence[Issue]) -> None:
        """Show what is wrong with the value."""
        if tuple(issues) != self._issues:
            self._issues = tuple(issues)
            self._show_lines()

    @property
    def sentences(self) -> list[str]:
        """What stands beneath the field."""
        return [line.words for line in self._lines]

    @property
    def mends(self) -> list[QPushButton]:
        """The one-click mends beneath the field."""
        return [line.mend for line in self._lines if line.mend is not None]

    def show_required(self, is_required: bool, is_missing: bool) -> None:
        """Mark the field as required, and as not filled."""
        self._is_required = is_required
        self._star.setVisible(is_required)
        self._missing.setVisible(is_missing)

    def unlock(self) -> None:
        """Let the person change a value that a level above fixes."""
        if self.is_locked:
            value = self._stored
            self._unlock()
            self.editor().set_value(value)
            self._show_lines()

    def take_focus(self) -> None:
        """Put the cursor here."""
        target = self._locked if self.is_locked and self._locked is not None else self.editor()
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def restore(self) -> None:
        """Go back to the value of the store."""
        self.editor().put(self._stored)
        self._judge()

    def put_value(self, value: Value | None) -> None:
        """Put another value in place, as if the person had typed it."""
        self.unlock()
        self.editor().put(value)
        self._judge()

    def explain(self) -> None:
        """Show what the element is, who fixes it, and where that is written."""
        popover = HelpPopover(self)
        popover.history_wanted.connect(lambda: self.history_wanted.emit(self.element.code))
        popover.show_at(self._label.mapToGlobal(QPoint(0, self._label.height() + 4)))

    def facts(self) -> list[tuple[str, str]]:
        """What the explanation lists: name and text."""
        demand = self.element.required_text or (_("Yes") if self._is_required else "")
        facts = [(_("Required"), demand), (_("Fixed by"), self._origin.label), (_("Source"), self.element.source)]
        return [(name, text) for name, text in facts if text]

    # Inside

    def _make_origin(self) -> QWidget:
        if not self._origin.is_above:
            return secondary(self._origin.label)
        words = _("Fixed by: {level}. Press F2 to change it all the same.").format(level=self._origin.label)
        button = QPushButton(self._origin.label)
        button.setProperty("role", "origin")
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the lock stands behind the word
        button.setIconSize(QSize(13, 13))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._on_lock_clicked)
        self._lock_button = button
        return button

    def _on_lock_clicked(self) -> None:
        self.unlock()
        self.take_focus()

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self._widget is not None and self._widget.isAncestorOf(focused)

    def _lock(self, value: Value) -> None:
        if self._locked is None:
            self._locked = GrowingEditor(1, high=12)
            self._locked.setReadOnly(True)
            if self.element.type.name in TABULAR:
                self._locked.setFont(code_font())
            self._locked.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._locked.setAccessibleName(self.element.label)
            self._locked.setAccessibleDescription(_("Fixed by a level above; press F2 to change it."))
            self._layout.insertWidget(1, self._locked)
        self._locked.setPlainText(self.context.text_of(self.element, value))
        self._label.setBuddy(self._locked)
        self._locked.show()
        if self._widget is not None:
            self._widget.hide()
        self._lock_button.setIcon(icon("lock-line"))
        self._lock_button.setText(f"{self._origin.label}\u00a0\u200e")  # a gap before the lock

    def _unlock(self) -> None:
        if self._locked is not None:
            self._locked.hide()
        editor = self.editor()
        editor.show()
        self._label.setBuddy(editor)
        if self._origin.is_above:
            self._lock_button.setIcon(QIcon())
            self._lock_button.setText(self._origin.label)

    def _on_edited(self) -> None:
        self._pause.start()
        self._show_marks()
        self.edited.emit(self.element.code)

    def _judge(self) -> None:
        self._pause.stop()
        issue = self.own_issue()
        if issue != self._own_issue:
            self._own_issue = issue
            self._show_lines()
            self.read_failed.emit(self.element.code)
        self._show_marks()

    def _show_marks(self) -> None:
        self._changed.setVisible(self.value() != self._stored or self._own_issue is not None)

    def _show_lines(self) -> None:
        for line in self._lines:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        issues = (self._own_issue,) if self._own_issue is not None else self._issues
        for issue in sorted(issues, key=lambda issue: _RANK[issue.severity]):
            line = IssueLine(issue)
            line.mended.connect(self.type_text)
            self._layout.addWidget(line)
            self._lines.append(line)
        if self._widget is not None:
            self._widget.show_severity(worst(issues))
        if self._locked is not None:
            severity = worst(issues)
            set_property(self._locked, "state", "" if severity in {None, Severity.HINT} else str(severity))

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        super().enterEvent(event)
        self._help.show()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().leaveEvent(event)
        self._help.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_F1:
            self.explain()
        elif event.key() == Qt.Key.Key_F2 and self.is_locked:
            self._on_lock_clicked()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        menu = QMenu(self)
        for action in self.actions_for(menu):
            menu.addAction(action)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def actions_for(self, parent: QWidget) -> list[QAction]:
        """What can be done with the field, for its menu."""
        found = [
            (_("Explain this element"), "question-line", self.explain, True),
            (_("History of this element"), "history-line", lambda: self.history_wanted.emit(self.element.code), True),
            (_("Back to the saved value"), "arrow-go-back-line", self.restore, self.value() != self._stored),
            (_("Unlock for changing"), "lock-unlock-line", self._on_lock_clicked, self.is_locked),
        ]
        actions = []
        for text, name, call, is_enabled in found:
            action = QAction(icon(name), text, parent)
            action.setEnabled(is_enabled)
            action.triggered.connect(call)
            actions.append(action)
        return actions


class HelpPopover(Popup):
    """What an element is, who fixes it, where that is written."""

    history_wanted = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__(field, 360)
        element = field.element
        self.setAccessibleName(element.label)
        self.body.setContentsMargins(16, 12, 16, 12)
        code = label(element.code, "code")
        set_property(code, "role", "secondary")
        self.body.addLayout(row(label(element.label, "strong"), None, code))
        if element.help:
            self.body.addWidget(label(element.help, wrap=True))
        for name, text in field.facts():
            name_label = secondary(name)
            name_label.setFixedWidth(56)
            words = secondary(text, wrap=True)
            for part in (name_label, words):
                part.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            line = row(name_label, words)
            line.setStretch(1, 1)
            self.body.addLayout(line)
        history = link_button(_("History of this element"))
        history.clicked.connect(self._on_history)
        self.body.addLayout(row(history, None))

    def _on_history(self) -> None:
        self.close()
        self.history_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_F1:
            self.close()
        else:
            super().keyPressEvent(event)
