"""The strip at the bottom for everything long: what, how far, how long still, cancel; the result until it was read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import ProgressState
from gdbos_desktop.ui.bridge import RunningTask
from gdbos_desktop.ui.theme import IconLabel, icon_button, label, link_button, quiet_button, secondary

ROWS_SHOWN = 3


def time_left_words(seconds: float | None) -> str:
    """How long it will still take, in words; empty while nothing can be said."""
    if seconds is None or seconds < 1:
        return ""
    if seconds < 60:
        return _("{seconds} s left").format(seconds=round(seconds))
    return _("{minutes} min left").format(minutes=round(seconds / 60))


def progress_words(state: ProgressState) -> str:
    """How much is done of how much, with thousands separated."""
    if state.total:
        return f"{state.done:,}/{state.total:,}"
    return f"{state.done:,}" if state.done else ""


class TaskRow(QWidget):
    """One task: under way, or ended and not yet read."""

    dismissed = Signal(object)

    def __init__(self, running: RunningTask) -> None:
        super().__init__()
        self.running = running
        self._state = IconLabel("loader-4-line", running.title, "text")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(running.title)
        self._numbers = label("", "secondary")
        self._what = secondary()
        self._what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._cancel = quiet_button(_("Cancel"))
        self._cancel.setAccessibleName(_("Cancel: {task}").format(task=running.title))
        self._dismiss = icon_button("close-line", _("Put away"))
        self._dismiss.hide()
        self._cancel.clicked.connect(self._on_cancel)
        self._dismiss.clicked.connect(lambda: self.dismissed.emit(self))
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(16, 2, 8, 2)
        self._layout.setSpacing(12)
        for part in (self._state, self._bar, self._numbers):
            self._layout.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self._layout.addWidget(self._what, 1)
        self._layout.addWidget(self._cancel)
        self._layout.addWidget(self._dismiss)
        self.setFixedHeight(36)
        running.progressed.connect(self._on_progress)
        running.finished.connect(self._on_finished)

    @property
    def words(self) -> str:
        """What the row says now."""
        return " ".join(part for part in (self._state.text, self._numbers.text(), self._what.text()) if part)

    def _on_progress(self, state: ProgressState) -> None:
        if state.total:
            # Scaled: more than two thousand million rows would not fit Qt's integers.
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, state.done * 1000 // state.total))
        else:
            self._bar.setRange(0, 0)
        percent = f"{min(100, state.done * 100 // state.total)} %" if state.total else ""
        self._numbers.setText("  ".join(part for part in (percent, progress_words(state)) if part))
        self._what.setText("  ".join(part for part in (state.what, time_left_words(state.seconds_left)) if part))

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._what.setText(_("Stopping …"))
        self.running.cancel()

    def _on_finished(self, outcome: str) -> None:
        looks = {
            "done": ("checkbox-circle-line", "success", self.running.summary or _("Done")),
            "cancelled": ("forbid-line", "secondary", _("Cancelled; nothing was changed")),
            "refused": ("error-warning-line", "error", str(getattr(self.running.error, "title", ""))),
            "failed": ("error-warning-line", "error", _("Broken off by a fault of the program")),
        }
        icon_name, role, words = looks[outcome]
        self._state.show_state(icon_name, self.running.title, "text")
        self._state.show_icon(icon_name, role)
        self._bar.hide()
        self._numbers.setText("")
        self._what.setText(words)
        self._cancel.hide()
        self._dismiss.show()
        for action_words, call in self.running.actions:
            button = link_button(action_words)
            button.clicked.connect(call)
            button.clicked.connect(lambda: self.dismissed.emit(self))
            self._layout.insertWidget(self._layout.count() - 1, button)


class TaskStrip(QWidget):
    """All tasks with a title, the newest at the top; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows: list[TaskRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 2, 0, 2)
        self._layout.setSpacing(0)
        self._more = secondary()
        self._more.setContentsMargins(16, 0, 0, 4)
        self._layout.addWidget(self._more)
        self._arrange()

    @property
    def rows(self) -> tuple[TaskRow, ...]:
        """The rows, the newest first."""
        return tuple(self._rows)

    def add_task(self, running: RunningTask) -> None:
        """Show a task from its beginning to the moment its result was read."""
        made = TaskRow(running)
        made.dismissed.connect(self._on_dismissed)
        self._rows.insert(0, made)
        self._layout.insertWidget(0, made)
        running.finished.connect(lambda _outcome: self._on_finished(made))
        self._arrange()

    def _on_finished(self, ended: TaskRow) -> None:
        if ended.running.is_kept or ended.running.outcome == "failed":
            self._arrange()
        else:
            self._on_dismissed(ended)

    def _on_dismissed(self, gone: TaskRow) -> None:
        if gone not in self._rows:
            return
        self._rows.remove(gone)
        self._layout.removeWidget(gone)
        gone.running.deleteLater()
        gone.deleteLater()
        self._arrange()

    def _arrange(self) -> None:
        for index, shown in enumerate(self._rows):
            shown.setVisible(index < ROWS_SHOWN)
        hidden = len(self._rows) - ROWS_SHOWN
        self._more.setVisible(hidden > 0)
        if hidden > 0:
            self._more.setText(_("{count} more tasks").format(count=hidden))
        self.setVisible(bool(self._rows))
