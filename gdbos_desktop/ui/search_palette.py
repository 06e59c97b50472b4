"""The global search (Ctrl+K): records by words, codes and initials, and commands by their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import fold
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.commands import Command
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.popup import Popup, search_field
from gdbos_desktop.ui.theme import BODY_PX, SECONDARY_PX, code_font, color, line, paint_icon, row, secondary, ui_font

TYPING_PAUSE_MS = 120
FOUND_SHOWN = 30
COMMANDS_SHOWN = 8
_WHAT = int(Qt.ItemDataRole.UserRole)
_ITEM_PX, _HEADING_PX = 40, 26


class _Line:
    """One line of the palette: a heading, a command or a record."""

    def __init__(
        self, words: str, icon_name: str = "", code: str = "", aside: str = "", call: Callable[[], object] | None = None
    ) -> None:
        self.words, self.icon_name, self.code, self.aside, self.call = words, icon_name, code, aside, call


class _LineDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002, N802
        shown = index.data(_WHAT)
        return QSize(100, _ITEM_PX if shown.call else _HEADING_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown: _Line = index.data(_WHAT)
        rect = fields(option).rect
        if shown.call is None:
            painter.setFont(ui_font(SECONDARY_PX))
            painter.setPen(color("secondary"))
            painter.drawText(rect.adjusted(12, 4, -12, 0), int(Qt.AlignmentFlag.AlignVCenter), shown.words)
            return
        if fields(option).state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect.adjusted(4, 1, -4, -1), color("accent_tint"))
        paint_icon(painter, QRect(rect.left() + 14, rect.center().y() - 7, 16, 16), shown.icon_name, "secondary")
        right = rect.right() - 14
        if shown.aside:
            painter.setFont(ui_font(SECONDARY_PX))
            width = painter.fontMetrics().horizontalAdvance(shown.aside)
            painter.setPen(color("secondary"))
            painter.drawText(
                QRect(right - width, rect.top(), width, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), shown.aside
            )
            right -= width + 12
        room = QRect(rect.left() + 40, rect.top(), right - rect.left() - 40, rect.height())
        top = QRect(room.left(), room.top() + 3, room.width(), 18) if shown.code else room
        font = ui_font(BODY_PX)
        words = QFontMetrics(font).elidedText(shown.words, Qt.TextElideMode.ElideRight, top.width())
        painter.setFont(font)
        painter.setPen(color("text"))
        painter.drawText(top, int(Qt.AlignmentFlag.AlignVCenter), words)
        if shown.code:
            below = QRect(room.left(), room.top() + 20, room.width(), 16)
            painter.setFont(code_font(SECONDARY_PX - 1))
            painter.setPen(color("secondary"))
            painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), shown.code)


class SearchPalette(Popup):
    """Finds and goes. ``record_chosen`` carries the Record; a chosen command is called after the palette is gone."""

    record_chosen = Signal(object)

    def __init__(
        self, parent: QWidget, bridge: Bridge, commands: Sequence[Command], kinds: Sequence[str], icons: dict[str, str]
    ) -> None:
        super().__init__(parent, 620)
        self._bridge = bridge
        self._commands = commands
        self._kinds = kinds
        self._icons = icons
        self._asked = 0
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.setAccessibleName(_("Global search"))
        self.search = search_field(_("Items, materials, codes, initials, commands …"))
        self.search.setMinimumHeight(36)
        field = QVBoxLayout()
        field.setContentsMargins(12, 12, 12, 8)
        field.addWidget(self.search)
        self.body.addLayout(field)
        self.list = QListWidget()
        self.list.setProperty("role", "bare")
        self.list.setAccessibleName(_("Found"))
        self.list.setItemDelegate(_LineDelegate(self.list))
        self.list.setFixedHeight(360)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._on_chosen)
        self.body.addWidget(self.list)
        self._count = secondary()
        hint = secondary(_("↑↓ choose · Enter open · Esc close"))
        self.body.addWidget(line())
        self.body.addLayout(row(hint, None, self._count, margins=(16, 6, 16, 6)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_PAUSE_MS)
        self._timer.timeout.connect(self._on_pause)
        self.search.textChanged.connect(self._on_typed)
        self.search.installEventFilter(self)
        self._show([], "")
        self.search.setFocus()

    def open_over(self, window: QWidget) -> None:
        """Open in the upper middle of a window."""
        width = min(620, window.width() - 48)
        self.setFixedWidth(width)
        self.list.setFixedHeight(min(360, max(160, window.height() - 220)))
        self.show_at(window.mapToGlobal(QPoint((window.width() - width) // 2, 56)))

    def words_shown(self) -> list[str]:
        """What the list offers, headings included."""
        return [self.list.item(number).data(_WHAT).words for number in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                if self._timer.isActive():
                    self._timer.stop()
                    self._search(self.search.text(), go=True)
                else:
                    self._on_chosen(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._timer.start()

    def _on_pause(self) -> None:
        self._search(self.search.text())

    def _search(self, text: str, go: bool = False) -> None:
        self._asked += 1
        number = self._asked
        text = text.strip()
        if not text:
            self._count.setText("")
            self._show([], "")
            return

        def work(_progress: Progress) -> tuple[list[Record], int, bool]:
            found, result = self._bridge.workbench.records.search(text, self._kinds, FOUND_SHOWN)
            return found, result.total, result.is_capped

        def show(result: tuple[list[Record], int, bool]) -> None:
            if number == self._asked:
                found, total, is_capped = result
                self._show(found, text)
                words = _("{found} shown of more than {total}") if is_capped else _("{found} of {total} shown")
                self._count.setText(words.format(found=len(found), total=f"{total:,}") if total else "")
                if go:
                    self._on_chosen(self.list.currentItem())

        self._bridge.run_query(work, show, owner=self)

    def _show(self, found: Sequence[Record], text: str) -> None:
        self.list.clear()
        wanted = fold(text)
        commands = [command for command in self._commands if not wanted or wanted in fold(command.words)]
        standard = self._bridge.workbench.standard
        for kind in self._kinds:
            records = [record for record in found if record.kind == kind]
            if records:
                self._add(_Line(standard.kind(kind).label))
            for record in records:
                self._add(self._record_line(record))
        if commands:
            self._add(_Line(_("Commands")))
        for command in commands[: COMMANDS_SHOWN if text else None]:
            self._add(_Line(command.words, command.icon_name, "", command.keys, command.call))
        if not self.list.count():
            self._add(_Line(_("Nothing has “{text}” in its name or code.").format(text=text)))
        self._step(1)

    def _record_line(self, record: Record) -> _Line:
        kind = self._bridge.workbench.standard.kind(record.kind)
        return _Line(
            kind.title_of(record.elements) or _("(without a name)"),
            self._icons.get(record.kind, "file-list-2-line"),
            kind.code_of(record.elements),
            "",
            lambda: self.record_chosen.emit(record),
        )

    def _add(self, shown: _Line) -> None:
        item = QListWidgetItem()
        item.setData(_WHAT, shown)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, shown.words)
        if shown.call is None:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _step(self, step: int) -> None:
        number = self.list.currentRow()
        while 0 <= (number := number + step) < self.list.count():
            if self.list.item(number).data(_WHAT).call is not None:
                self.list.setCurrentRow(number)
                return

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        chosen = item.data(_WHAT) if item is not None else None
        if chosen is not None and chosen.call is not None:
            self.close()
            chosen.call()
