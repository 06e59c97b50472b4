"""The frame: rail, top bar, pages, message bar, status line, task strip. It has no feature of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.message_bar import MessageBar
from gdbos_desktop.ui.pages.page import Page
from gdbos_desktop.ui.tasks_strip import TaskStrip
from gdbos_desktop.ui.theme import LARGE_ICON_PX, icon, icon_button, label, line, secondary, words_with_key

RAIL_PX, NARROW_RAIL_PX = 152, 48
NARROW_WINDOW_PX = 1100


@dataclass(frozen=True)
class PageSpec:
    """A page that can be opened: made at the first visit. ``after_line`` begins a new block of the rail."""

    code: str
    words: str
    icon_name: str
    make: Callable[[], Page]
    keys: str = ""
    after_line: bool = False


class Rail(QWidget):
    """The pages as words with icons; icons only when there is little room or when a person wants it so."""

    page_asked = Signal(str)

    def __init__(self, specs: Sequence[PageSpec]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 8, 6, 8)
        layout.setSpacing(2)
        self._buttons: dict[str, QToolButton] = {}
        for spec in specs:
            if spec.after_line:
                layout.addSpacing(4)
                layout.addWidget(line())
                layout.addSpacing(4)
            button = QToolButton()
            button.setProperty("role", "rail")
            button.setText("  " + spec.words)  # Qt leaves four pixels between icon and words: too tight for a rail
            button.setIcon(icon(spec.icon_name))
            button.setIconSize(QSize(LARGE_ICON_PX - 2, LARGE_ICON_PX - 2))
            button.setCheckable(True)
            button.setAccessibleName(spec.words)
            button.setToolTip(words_with_key(spec.words, spec.keys))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, code=spec.code: self.page_asked.emit(code))
            layout.addWidget(button)
            self._buttons[spec.code] = button
        layout.addStretch(1)
        self.set_narrow(False)

    def show_page(self, code: str) -> None:
        """Mark the page in front."""
        for key, button in self._buttons.items():
            button.setChecked(key == code)

    def set_narrow(self, is_narrow: bool) -> None:
        """Icons only."""
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if is_narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._buttons.values():
            button.setToolButtonStyle(style)
        self.setFixedWidth(NARROW_RAIL_PX if is_narrow else RAIL_PX)


class TopBar(QWidget):
    """Which store this is, the way to the global search, who works, and the few acts that are always at hand."""

    rail_toggled = Signal()

    def __init__(self, store_name: str, remark: str, actor: str) -> None:
        super().__init__()
        self.setProperty("role", "topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(44)
        self.rail_button = icon_button("menu-line", _("Words or icons in the rail"))
        self.rail_button.clicked.connect(self.rail_toggled)
        name = label(store_name, "strong")
        name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.remark = secondary(remark)
        self.left = QHBoxLayout()
        self.left.setSpacing(8)
        for part in (self.rail_button, name, self.remark):
            self.left.addWidget(part)
        self.left.addStretch(1)
        self.middle = QHBoxLayout()
        self.right = QHBoxLayout()
        self.right.setSpacing(4)
        self.right.addStretch(1)
        self.actor = secondary(actor)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 0)
        layout.setSpacing(16)
        layout.addLayout(self.left, 1)
        layout.addLayout(self.middle)
        layout.addLayout(self.right, 1)


class MainWindow(QMainWindow):
    """Holds the pages and the bars around them; everything it shows is handed in."""

    closing = Signal()

    def __init__(self, title: str, specs: Sequence[PageSpec], top_bar: TopBar) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setMinimumSize(800, 480)
        self._specs = {spec.code: spec for spec in specs}
        self._pages: dict[str, Page] = {}
        self._is_rail_narrow: bool | None = None
        self.top_bar = top_bar
        self.rail = Rail(specs)
        self.message_bar = MessageBar()
        self.task_strip = TaskStrip()
        self._stack = QStackedWidget()
        self._status = secondary()
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        status_line = self._status_line = QWidget()
        status_line.setProperty("role", "statusline")
        status_line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        status_line.setFixedHeight(26)
        status_layout = QHBoxLayout(status_line)
        status_layout.setContentsMargins(16, 0, 16, 0)
        status_layout.addWidget(self._status)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.message_bar)
        right.addWidget(self._stack, 1)
        right.addWidget(status_line)
        right.addWidget(self.task_strip)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.rail)
        below.addLayout(right, 1)
        middle = QWidget()
        middle.setProperty("role", "page")
        whole = QVBoxLayout(middle)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(top_bar)
        whole.addLayout(below, 1)
        self.setCentralWidget(middle)
        self.rail.page_asked.connect(self.show_page)
        top_bar.rail_toggled.connect(self._on_rail_toggled)

    @property
    def current_page(self) -> Page | None:
        """The page in front."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages made so far."""
        return tuple(self._pages.values())

    @property
    def status(self) -> QLabel:
        """The status line."""
        return self._status

    def page(self, code: str) -> Page:
        """A page, made when it is asked for the first time."""
        if code not in self._pages:
            made = self._specs[code].make()
            made.status_changed.connect(self._on_status)
            self._pages[code] = made
            self._stack.addWidget(made)
        return self._pages[code]

    def show_page(self, code: str) -> None:
        """Bring a page to the front."""
        page = self.page(code)
        self._stack.setCurrentWidget(page)
        self.rail.show_page(code)
        page.page_shown()
        self._show_status(page.status)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if all(page.may_leave() for page in self.pages):
            self.closing.emit()
            event.accept()
        else:
            event.ignore()

    def _on_status(self, words: str) -> None:
        if self.sender() is self.current_page:
            self._show_status(words)

    def _show_status(self, words: str) -> None:
        self._status.setText(words)
        self._status_line.setVisible(bool(words))

    def _on_rail_toggled(self) -> None:
        is_narrow = self.rail.width() <= NARROW_RAIL_PX
        self._is_rail_narrow = not is_narrow
        self._arrange()

    def _arrange(self) -> None:
        narrow_window = self.width() < NARROW_WINDOW_PX
        self.rail.set_narrow(narrow_window if self._is_rail_narrow is None else self._is_rail_narrow)
        self.top_bar.remark.setVisible(not narrow_window)
