"""A page around a part that brings its own title and actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gdbos_desktop.ui.pages.page import Page


class HostedPage(Page):
    """Shows one widget over the whole page."""

    def __init__(self, title: str, part: QWidget, may_leave: Callable[[], bool] | None = None) -> None:
        super().__init__(title)
        self.part = part
        self._may_leave = may_leave
        self.title_label.hide()
        self.remark_label.hide()
        self.header.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(part)

    def page_shown(self) -> None:
        self.part.setFocus()

    def may_leave(self) -> bool:
        return self._may_leave() if self._may_leave else True
