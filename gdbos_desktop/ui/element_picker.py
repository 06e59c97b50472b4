"""Picking elements of a kind: one to filter by, or those that are columns."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidgetItem, QWidget

from gdbos_desktop.schema import Kind, fold
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.list_model import COMPLETE, column_of
from gdbos_desktop.ui.popup import CheckList, Popup, search_field
from gdbos_desktop.ui.theme import plain_button, row, secondary, ui_font

_CODE = int(Qt.ItemDataRole.UserRole)
_LIST_PX = 300


class _ElementPopup(Popup):
    """All elements of a kind under their groups, with a field to find one."""

    def __init__(self, parent: QWidget, kind: Kind, words: str) -> None:
        super().__init__(parent, 300)
        self.kind = kind
        self.setAccessibleName(words)
        self.search = search_field(words)
        self.search.textChanged.connect(self._on_search)
        self.list = CheckList()
        self.list.setAccessibleName(words)
        self.list.setFixedHeight(_LIST_PX)
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        labels = {group.code: group.label for group in kind.groups}
        last = None
        for element in sorted(kind.shown, key=lambda one: self._group_order(one.group)):
            if element.group != last:
                last = element.group
                self._add_heading(labels.get(element.group, "") or kind.label)
            self._add(element.code, element.label)
        self.search.setFocus()

    def _group_order(self, code: str) -> int:
        return next((group.order for group in self.kind.groups if group.code == code), 0)

    def _add_heading(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(ui_font(12, bold=True))
        self.list.addItem(item)

    def _add(self, code: str, words: str) -> QListWidgetItem:
        item = QListWidgetItem(words)
        item.setData(_CODE, code)
        item.setToolTip(words)
        self.list.addItem(item)
        return item

    def _on_search(self, text: str) -> None:
        wanted = fold(text)
        for number in range(self.list.count()):
            item = self.list.item(number)
            is_heading = item.data(_CODE) is None
            item.setHidden(bool(wanted) and (is_heading or wanted not in fold(item.text())))


class ElementPicker(_ElementPopup):
    """Picks one element."""

    picked = Signal(str)

    def __init__(self, parent: QWidget, kind: Kind) -> None:
        super().__init__(parent, kind, _("Filter by which element?"))
        self.list.itemClicked.connect(self._on_picked)
        self.list.itemActivated.connect(self._on_picked)
        self.search.returnPressed.connect(self._on_return)

    def _on_return(self) -> None:
        items = (self.list.item(number) for number in range(self.list.count()))
        first = next((item for item in items if not item.isHidden() and item.data(_CODE)), None)
        if first is not None:
            self._on_picked(first)

    def _on_picked(self, item: QListWidgetItem) -> None:
        code = item.data(_CODE)
        if code:
            self.close()
            self.picked.emit(str(code))


class ColumnChooser(_ElementPopup):
    """Chooses which elements are columns; every click shows at once."""

    chosen = Signal(list)
    reset_asked = Signal()

    def __init__(self, parent: QWidget, kind: Kind, shown: Collection[str]) -> None:
        super().__init__(parent, kind, _("Show which columns?"))
        self._order = list(shown)
        special = QListWidgetItem(column_of(kind, COMPLETE).label)
        special.setData(_CODE, COMPLETE)
        self.list.insertItem(1, special)
        for number in range(self.list.count()):
            item = self.list.item(number)
            code = item.data(_CODE)
            if code is None:
                continue
            item.setCheckState(Qt.CheckState.Checked if code in self._order else Qt.CheckState.Unchecked)
            if code == kind.title:
                item.setFlags(Qt.ItemFlag.NoItemFlags)  # a list without names helps nobody
        self.list.toggled.connect(self._on_changed)
        reset = plain_button(_("Usual columns"), "arrow-go-back-line")
        reset.clicked.connect(self._on_reset)
        self._count = secondary()
        self.body.addLayout(row(self._count, None, reset))
        self._show_count()

    def _on_changed(self, item: QListWidgetItem) -> None:
        code = str(item.data(_CODE))
        if item.checkState() == Qt.CheckState.Checked:
            if code not in self._order:
                self._order.append(code)
        elif code in self._order:
            self._order.remove(code)
        self._show_count()
        self.chosen.emit(list(self._order))

    def _on_reset(self) -> None:
        self.reset_asked.emit()
        self.close()

    def _show_count(self) -> None:
        self._count.setText(_("{count} columns").format(count=len(self._order)))
