"""What every page is to the frame around it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.ui.theme import page_title, row, secondary


class Page(QWidget):
    """A page of the window: title, remark beside it, actions at the right, and below whatever the job needs.

    ``status_changed`` carries the words for the status line. The frame calls ``page_shown`` whenever the page comes to
    the front and ``take_change`` for every change set written.
    """

    status_changed = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.title = title
        self.title_label = page_title(title)
        self.remark_label = secondary()
        self.header: QHBoxLayout = row(self.title_label, self.remark_label, None, margins=(16, 12, 16, 8), spacing=12)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self.header)
        outer.addLayout(self.body, 1)
        self._status = ""

    @property
    def status(self) -> str:
        """The words for the status line."""
        return self._status

    def show_status(self, words: str) -> None:
        """Say something in the status line while this page is in front."""
        if words != self._status:
            self._status = words
            self.status_changed.emit(words)

    def page_shown(self) -> None:
        """The page came to the front."""

    def take_change(self, change_set: ChangeSet) -> None:
        """Something was written; refresh what is stale."""

    def focus_search(self) -> None:
        """Put the cursor where one looks for something on this page."""

    def may_leave(self) -> bool:
        """Whether the window may close now; a page with unsaved work that cannot be kept asks first."""
        return True
