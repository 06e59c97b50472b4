"""What happened to a record: who, when, from what to what; the whole, or one element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.changes import Action
from gdbos_desktop.schema import Value
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.theme import icon_button, label, line, link_button, quiet_button, row, secondary

PAGE = 40


@dataclass(frozen=True)
class PastValue:
    """One element in one act: its label, the texts before and after, and the value before."""

    element: str
    label: str
    before: str
    after: str
    value_before: Value | None
    is_own: bool


@dataclass(frozen=True)
class PastAct:
    """One act as the panel shows it. ``subject`` names the contained record it was about, '' for the record itself."""

    at: int
    actor: str
    reason: str
    is_undone: bool
    parts: tuple[tuple[str, Action, tuple[PastValue, ...]], ...]


class HistoryPanel(QWidget):
    """Acts, newest first."""

    value_wanted = Signal(str, object)
    """(element, value): the person wants an earlier value back."""

    filter_cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._acts: Sequence[PastAct] = ()
        self._element = ""
        self._shown = 0
        self._chip = QFrame()
        self._chip.setProperty("role", "chip")
        self._chip_words = label("")
        clear = icon_button("close-line", _("Show the whole history"))
        clear.clicked.connect(self._on_clear)
        chip_layout = row(self._chip_words, clear, margins=(8, 2, 4, 2), spacing=4)
        self._chip.setLayout(chip_layout)
        self._bar = QWidget()
        self._bar.setLayout(row(self._chip, None, margins=(12, 8, 12, 0)))
        self._list = QWidget()
        self._list.setProperty("role", "surface")
        self._list.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(12, 8, 12, 12)
        self._rows.setSpacing(8)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        self._scroll.setAccessibleName(_("History"))
        self._empty = EmptyState("history-line", _("Nothing happened here yet."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        self._bar.hide()
        self._stack.setCurrentIndex(1)

    @property
    def element(self) -> str:
        """The element whose history is shown, '' for all."""
        return self._element

    def show_acts(self, acts: Sequence[PastAct], element: str = "", element_label: str = "") -> None:
        """Show what happened; with ``element`` only what happened to it."""
        self._element = element
        self._acts = [filtered for act in acts if (filtered := _only(act, element)) is not None] if element else acts
        self._chip_words.setText(element_label)
        self._bar.setVisible(bool(element))
        empty_layout(self._rows)
        self._shown = 0
        self._stack.setCurrentIndex(0 if self._acts else 1)
        self._show_more()
        self._scroll.verticalScrollBar().setValue(0)

    @property
    def acts(self) -> Sequence[PastAct]:
        """What it shows."""
        return self._acts

    def _on_clear(self) -> None:
        self.filter_cleared.emit()

    def _show_more(self) -> None:
        for act in self._acts[self._shown : self._shown + PAGE]:
            if self._shown:
                self._rows.addWidget(line())
            self._rows.addWidget(self._act(act))
            self._shown += 1
        rest = len(self._acts) - self._shown
        if rest > 0:
            more = quiet_button(_("Show {count} more").format(count=min(rest, PAGE)))
            more.clicked.connect(lambda: self._on_more(more))
            self._rows.addWidget(more)
        else:
            self._rows.addStretch(1)

    def _on_more(self, button: QWidget) -> None:
        button.hide()
        button.deleteLater()
        self._rows.removeWidget(button)
        self._show_more()

    def _act(self, act: PastAct) -> QWidget:
        widget = QWidget()
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        when = QDateTime.fromMSecsSinceEpoch(act.at).toString("yyyy-MM-dd HH:mm")
        head: QHBoxLayout = row(label(act.actor, "strong"), secondary(when), None, spacing=8)
        layout.addLayout(head)
        reason = act.reason + (_(" (undone)") if act.is_undone else "")
        layout.addWidget(secondary(reason, wrap=True))
        for subject, action, values in act.parts:
            if subject or action is not Action.EDIT:
                layout.addWidget(label(_part_words(subject, action, len(values)), wrap=True))
            if action is Action.EDIT:
                for value in values:
                    layout.addWidget(self._value(value))
        return widget

    def _value(self, past: PastValue) -> QWidget:
        widget = QWidget()
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(0)
        head = row(secondary(past.label), None, spacing=8)
        if past.is_own:
            back = link_button(_("Put back"))
            back.setAccessibleName(_("Put back the earlier value of {element}").format(element=past.label))
            back.setToolTip(_("Take “{text}” again").format(text=_short(past.before, 60) or _("empty")))
            back.clicked.connect(lambda: self.value_wanted.emit(past.element, past.value_before))
            head.addWidget(back)
        layout.addLayout(head)
        words = f"{_short(past.before) or _('empty')}  →  {_short(past.after) or _('empty')}"
        text = label(words, wrap=True)
        text.setToolTip(f"{past.before}\n→\n{past.after}"[:2000])
        layout.addWidget(text)
        return widget


def _only(act: PastAct, element: str) -> PastAct | None:
    parts = []
    for subject, action, values in act.parts:
        kept = tuple(value for value in values if value.element == element and value.is_own)
        if kept:
            parts.append((subject, Action.EDIT if kept else action, kept))
    return PastAct(act.at, act.actor, act.reason, act.is_undone, tuple(parts)) if parts else None


def _part_words(subject: str, action: Action, count: int) -> str:
    words = {
        Action.CREATE: _("{subject} added, {count} elements filled"),
        Action.EDIT: _("{subject} changed"),
        Action.DELETE: _("{subject} deleted"),
        Action.RESTORE: _("{subject} brought back"),
    }[action]
    return words.format(subject=subject or _("Record"), count=count).strip()


def _short(text: str, limit: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[:limit]}…"
