"""What a change draft would change, side by side: what is in force at the left, the draft at the right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.changes import Action
from gdbos_desktop.schema import Standard
from gdbos_desktop.services.drafts import DraftDifference
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.theme import IconLabel, badge, label, line, quiet_button, row, secondary

PAGE = 60
"""So many elements are shown at once; the rest when somebody asks."""
LONGEST = 300


class DifferencesPanel(QWidget):
    """The differences, record by record: the item itself first."""

    def __init__(self, standard: Standard) -> None:
        super().__init__()
        self._standard = standard
        self._found: Sequence[DraftDifference] = ()
        self._shown = 0
        self._grid = QGridLayout()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(_("Differences between what is in force and the draft"))
        self._empty = EmptyState("git-commit-line", _("The draft changes nothing any more."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @property
    def differences(self) -> Sequence[DraftDifference]:
        """What it shows."""
        return self._found

    def show_differences(self, found: Sequence[DraftDifference]) -> None:
        """Show what a draft changes."""
        self._found = found
        self._shown = 0
        self._make_body()
        self._stack.setCurrentIndex(0 if found else 1)
        self._show_more()

    def _make_body(self) -> None:
        old = self._scroll.takeWidget()
        if old is not None:
            old.deleteLater()
        body = QWidget()
        body.setProperty("role", "surface")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(16, 8, 16, 16)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        for column, stretch in enumerate((2, 4, 4)):
            self._grid.setColumnStretch(column, stretch)
        for column, words in enumerate((_("Element"), _("In force"), _("Draft"))):
            self._grid.addWidget(secondary(words), 0, column)
        self._scroll.setWidget(body)

    def _show_more(self) -> None:
        page = self._found[self._shown : self._shown + PAGE]
        self._shown += len(page)
        for _record, group in groupby(page, key=lambda one: (one.record_id, one.is_own)):
            self._add_record(list(group))
        rest = len(self._found) - self._shown
        if rest > 0:
            more = quiet_button(_("Show {count} more").format(count=min(rest, PAGE)))
            more.clicked.connect(lambda: self._on_more(more))
            self._grid.addWidget(more, self._grid.rowCount(), 0, 1, 3)
        else:
            self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _on_more(self, button: QWidget) -> None:
        self._grid.removeWidget(button)
        button.hide()
        button.deleteLater()
        self._show_more()

    def _add_record(self, group: list[DraftDifference]) -> None:
        first = group[0]
        if not first.is_own:
            kind = self._standard.kind(first.kind)
            words, look = {
                Action.CREATE: (_("added"), "success"),
                Action.DELETE: (_("taken away"), "error"),
            }.get(first.action, (_("changed"), "accent"))
            self._grid.addWidget(line(), self._grid.rowCount(), 0, 1, 3)
            head = QWidget()
            parts = row(secondary(kind.label), badge(words, look), label(first.title, "strong", wrap=True), spacing=8)
            parts.setStretch(2, 1)
            head.setLayout(parts)
            self._grid.addWidget(head, self._grid.rowCount(), 0, 1, 3)
        for one in group:
            if one.element:
                self._add_element(one)
            elif one.conflict is not None:
                self._add_conflict(_("{title}: {found}").format(title=one.title, found=one.conflict))

    def _add_element(self, one: DraftDifference) -> None:
        place = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        nothing = "" if one.action is Action.CREATE else _("empty")
        before = secondary(_short(one.before) or nothing, wrap=True)
        after = label(_short(one.after) or _("empty"), wrap=True)
        for column, widget in enumerate((secondary(one.label, wrap=True), before, after)):
            self._grid.addWidget(widget, place, column, top)
        before.setToolTip(one.before)
        after.setToolTip(one.after)
        if one.conflict is not None:
            self._add_conflict(_("Meanwhile in force: {found}").format(found=_short(one.conflict) or _("empty")))

    def _add_conflict(self, words: str) -> None:
        warning = IconLabel(wrap=True)
        warning.show_state("alert-line", words, "warning")
        self._grid.addWidget(warning, self._grid.rowCount(), 1, 1, 2)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
