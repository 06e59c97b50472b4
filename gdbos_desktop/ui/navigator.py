"""The ways between pages: whoever wants to go somewhere says so here, and the window goes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gdbos_desktop.schema import Issue


class Navigator(QObject):
    """Wishes to go somewhere. Pages know this object and not the window."""

    page_asked = Signal(str)
    record_asked = Signal(str)
    """A record id: open it on the page of its kind, or of the nearest record that contains it and has a page."""

    issue_asked = Signal(object)
    """An Issue: open its record and lead to the field."""

    message_asked = Signal(str, str, str, object)
    """Words, kind (``info``, ``success`` …), words of a button ('' for none), what the button calls."""

    def go_to_page(self, code: str) -> None:
        """Bring a page to the front."""
        self.page_asked.emit(code)

    def open_record(self, record_id: str) -> None:
        """Open a record wherever it belongs."""
        self.record_asked.emit(record_id)

    def open_issue(self, issue: Issue) -> None:
        """Open the record of an issue at the field it is about."""
        self.issue_asked.emit(issue)

    def say(self, words: str, kind: str = "info", action: str = "", call: object = None) -> None:
        """Show words in the message bar."""
        self.message_asked.emit(words, kind, action, call)
