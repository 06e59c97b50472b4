"""Where a person is among the steps of an import, and how far the work under way is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import ProgressState
from gdbos_desktop.ui.theme import label, quiet_button, secondary, section_title, set_property


class StepLine(QWidget):
    """Where the person is among the steps; the number says it without colour."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._labels: list[QLabel] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for number, words in enumerate(steps, start=1):
            if self._labels:
                layout.addWidget(label("›", "secondary"))
            shown = label(f"{number} {_(words)}", "secondary")
            self._labels.append(shown)
            layout.addWidget(shown)

    def show_step(self, step: int) -> None:
        """Mark a step."""
        for place, shown in enumerate(self._labels):
            set_property(shown, "role", "strong" if place == step else "secondary")
        self.setAccessibleName(self._labels[step].text())


class ProgressPane(QFrame):
    """What is running, how far it is, how long it still takes, and the way to stop it."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = section_title("")
        self._what = secondary()
        self._numbers = secondary()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress"))
        self.bar.setFixedWidth(480)
        self.stop_button = quiet_button(_("Stop"), "close-line")
        self.stop_button.clicked.connect(self.cancelled)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        for part in (self._title, self.bar, self._what, self._numbers):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        layout.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        layout.setSpacing(8)

    def begin(self, title: str) -> None:
        """Something begins."""
        self._title.setText(title)
        self._what.setText("")
        self._numbers.setText("")
        self.bar.setRange(0, 0)
        self.stop_button.setEnabled(True)

    def show_state(self, state: ProgressState) -> None:
        """How far it is."""
        if state.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(state.done / state.total * 1000))
            words = _("{done} of {total}").format(done=f"{state.done:,}", total=f"{state.total:,}")
            if state.seconds_left is not None and state.seconds_left >= 1:
                words += _(", {seconds} seconds left").format(seconds=f"{state.seconds_left:.0f}")
        else:
            self.bar.setRange(0, 0)
            words = _("{done} rows so far").format(done=f"{state.done:,}") if state.done else ""
        self._what.setText(state.what)
        self._numbers.setText(words)

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._title.text()} {self._what.text()} {self._numbers.text()}"

    def show_stopping(self) -> None:
        """The person wants it stopped."""
        self.stop_button.setEnabled(False)
        self._what.setText(_("Stopping …"))


def short_name(name: str, limit: int = 28) -> str:
    """A file's name that is not too long for a line; the ending stays."""
    return name if len(name) <= limit else f"{name[: limit - 12]}…{name[-11:]}"
