"""Several of many: a field that shows what is chosen, and a panel with check boxes and a search."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.schema import CodeList, Element, fold
from gdbos_desktop.schema.types import Code, Codes
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.wrapped import draw_text, text_height
from gdbos_desktop.ui.theme import color, paint_icon


class ChosenField(QAbstractButton):
    """A field that shows what was chosen, on as many lines as it needs, and opens a list when pressed."""

    _ACROSS, _DOWN, _CHEVRON = 9, 5, 28

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._chosen = ""

    def show_chosen(self, text: str) -> None:
        """Show what is chosen; nothing: an invitation."""
        self._chosen = text
        self.setText(text)
        self.setToolTip(text or _("Choose one or more (Enter)"))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        wrapped = text_height(self._chosen or "X", self.font(), width - self._ACROSS - self._CHEVRON)
        return max(30, wrapped + 2 * self._DOWN)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, 30)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = str(self.property("state") or "")
        edge = state if state in {"error", "warning"} else "accent_text" if self.hasFocus() else ""
        painter.setPen(color(edge or ("secondary" if self.underMouse() else "line_strong")))
        painter.setBrush(color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(color("text" if self._chosen else "secondary"))
        room = self.rect().adjusted(self._ACROSS, self._DOWN, -self._CHEVRON, -self._DOWN)
        draw_text(painter, room, self._chosen or _("Choose"), self.font())
        chevron = QRect(self.width() - 24, (self.height() - 16) // 2, 16, 16)
        paint_icon(painter, chevron, "arrow-down-s-line", "secondary")


class CheckListPanel(QFrame):
    """A list with check boxes and a search above it."""

    changed = Signal(tuple)
    closed = Signal()

    def __init__(self, element: Element, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Type to narrow the list"))
        self.search.setAccessibleName(_("Type to narrow the list"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(element.label)
        self.list.setProperty("role", "bare")
        self._code_list = code_list_of(element)
        self._unlisted: tuple[str, ...] = ()  # codes the list does not know stay until somebody empties the field
        for entry in self._code_list.entries:
            item = QListWidgetItem(entry.label)
            item.setData(Qt.ItemDataRole.UserRole, entry.code)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, entry.label)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.search.textChanged.connect(self._narrow)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.itemClicked.connect(self._on_item_clicked)
        self.search.installEventFilter(self)
        self._pressed_state: tuple[str, Qt.CheckState] | None = None
        self.list.itemPressed.connect(self._on_item_pressed)

    def open_below(self, field: QWidget, codes: Sequence[str]) -> None:
        """Show it under a field with these codes checked."""
        self._unlisted = tuple(code for code in codes if code not in self._code_list.by_code)
        self.list.blockSignals(True)
        for item in self._items():
            checked = item.data(Qt.ItemDataRole.UserRole) in codes
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self.search.clear()
        self.list.setCurrentRow(0)
        self.setFixedWidth(max(280, min(field.width(), 420)))
        self.setFixedHeight(min(len(self._items()), 10) * 28 + 64)
        below = field.mapToGlobal(QPoint(0, field.height() + 2))
        screen = field.screen().availableGeometry()
        if below.y() + self.height() > screen.bottom():
            below.setY(field.mapToGlobal(QPoint(0, 0)).y() - self.height() - 2)
        self.move(below)
        self.show()
        self.search.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                row = self.list.currentRow()
                if row >= 0 and not self.list.item(row).isHidden():
                    self._toggle(self.list.item(row))
                return True
        return super().eventFilter(watched, event)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _step(self, step: int) -> None:
        shown = [row for row, item in enumerate(self._items()) if not item.isHidden()]
        if shown:
            here = self.list.currentRow()
            place = (shown.index(here) + step) % len(shown) if here in shown else 0
            self.list.setCurrentRow(shown[place])

    def _narrow(self, text: str) -> None:
        word = fold(text)
        for item, entry in zip(self._items(), self._code_list.entries, strict=True):
            item.setHidden(word not in fold(" ".join((entry.code, entry.label, *entry.aliases))))
        self._step(0)

    def _on_item_pressed(self, item: QListWidgetItem) -> None:
        self._pressed_state = (str(item.data(Qt.ItemDataRole.UserRole)), item.checkState())

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        # A click on the words counts as one on the box, which Qt handles itself.
        if self._pressed_state == (str(item.data(Qt.ItemDataRole.UserRole)), item.checkState()):
            self._toggle(item)

    def _toggle(self, item: QListWidgetItem) -> None:
        checked = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked)

    def _on_item_changed(self) -> None:
        checked = (item for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        self.changed.emit((*(str(item.data(Qt.ItemDataRole.UserRole)) for item in checked), *self._unlisted))


def code_list_of(element: Element) -> CodeList:
    """The code list behind an element that is chosen from one."""
    kind = element.type
    if not isinstance(kind, Code | Codes):
        raise TypeError(f"{element.code} has no code list")
    return kind.code_list
