"""The ways between pages: whoever wants to go somewhere says so here, and the window goes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Navigator(QObject):
    """Wishes to go somewhere. Pages know this object and not the window."""

    page_asked = Signal(str)
    record_asked = Signal(str)
    """A record id: open it on the page of its kind, or of the nearest record that contains it and has a page."""

    message_asked = Signal(str, str, str, object)
    """Words, kind (``info``, ``success`` …), words of a button ('' for none), what the button calls."""

    def go_to_page(self, code: str) -> None:
        """Bring a page to the front."""
        self.page_asked.emit(code)

    def open_record(self, record_id: str) -> None:
        """Open a record wherever it belongs."""
        self.record_asked.emit(record_id)

    def say(self, words: str, kind: str = "info", action: str = "", call: object = None) -> None:
        """Show words in the message bar."""
        self.message_asked.emit(words, kind, action, call)
