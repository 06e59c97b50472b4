"""The tree beside a list: the records grouped by one element, with exact counts; a click filters the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.schema import Element, Kind, Value
from gdbos_desktop.services.records import RecordService
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.option_fields import fields
from gdbos_desktop.ui.theme import SECONDARY_PX, color, plain_button, row, ui_font

_GROUP = int(Qt.ItemDataRole.UserRole)
_COUNT = _GROUP + 1
_EMPTY = "@empty"


@dataclass(frozen=True, slots=True)
class Group:
    """A value of the grouping element: how many records have it, and under which other value it stands."""

    value: str | None
    words: str
    count: int
    parent: str | None = None


def group_elements(kind: Kind) -> list[Element]:
    """The elements by which records of a kind are worth grouping: listed references first, then listed code lists."""
    useful = [element for element in kind.elements.values() if element.listed or element.indexed]
    return sorted(
        (element for element in useful if element.type.name in {"reference", "code"}),
        key=lambda element: (element.type.name != "reference", not element.listed),
    )


def read_groups(records: RecordService, query: Query, element: Element, kind: Kind) -> list[Group]:
    """The groups with their counts; groups of a kind that contains itself know their parents. Runs off the window."""
    found = records.count_by(query, element.code)
    parents: dict[str, str] = {}
    target = kind.references.get(element.code)
    if target:
        ids = tuple(str(value) for value, _text, _count in found if value is not None)
        if ids:
            listing = records.open_list(Query(target, ids=ids))
            for listed in listing.rows(0, listing.count):
                if listed is not None and listed.record.parent_id in ids:
                    parents[listed.record.id] = str(listed.record.parent_id)
    return [_group(value, text, count, parents) for value, text, count in found]


def _group(value: Value | None, text: str, count: int, parents: Mapping[str, str]) -> Group:
    key = None if value is None or value == "" else str(value)
    return Group(key, text or _("(empty)"), count, parents.get(key or ""))


class CountDelegate(QStyledItemDelegate):
    """Names at the left, counts (role ``COUNT``) at the right in the secondary colour."""

    COUNT = _COUNT

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._font = ui_font(SECONDARY_PX)
        self._metrics = QFontMetrics(self._font)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        words = self._count_words(index)
        if words:
            rect = fields(option).rect
            painter.setFont(self._font)
            painter.setPen(color("secondary"))
            place = rect.adjusted(0, 0, -8, 0)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), words)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        words = self._count_words(index)
        if words:
            rect = fields(option).rect
            taken = self._metrics.horizontalAdvance(words) + 32
            if not fields(option).icon.isNull():
                taken += fields(option).decorationSize.width() + 8
            text = fields(option).text
            metrics = QFontMetrics(fields(option).font)
            fields(option).text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - taken)

    def _count_words(self, index: QModelIndex | QPersistentModelIndex) -> str:
        count = index.data(_COUNT)
        return f"{count:,}" if isinstance(count, int) else ""


class GroupTree(QWidget):
    """Groups of a kind's records. ``group_chosen`` carries the filters of the chosen group, none for all."""

    group_chosen = Signal(object)

    def __init__(self, bridge: Bridge, kind: Kind) -> None:
        super().__init__()
        self._bridge = bridge
        self._kind = kind
        self._asked = 0
        self._chosen: str | None = ""
        self.elements = group_elements(kind)
        self.element = self.elements[0] if self.elements else None
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.by_button = plain_button("", "arrow-down-s-line")
        self.by_button.clicked.connect(self._on_by)
        self.tree = QTreeWidget()
        self.tree.setProperty("role", "bare")
        self.tree.setAccessibleName(_("Groups"))
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(1)
        self.tree.setIndentation(14)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.setItemDelegate(CountDelegate(self.tree))
        self.tree.currentItemChanged.connect(self._on_current)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row(self.by_button, None))
        layout.addWidget(self.tree, 1)
        self.setMinimumWidth(140)
        self._name_button()

    def refresh(self, query: Query) -> None:
        """Count again; ``query`` is what the list is asked for without the group itself."""
        element = self.element
        if element is None:
            return
        self._asked += 1
        number = self._asked
        records = self._bridge.workbench.records

        def work(_progress: Progress) -> tuple[int, list[Group]]:
            return records.count(query), read_groups(records, query, element, self._kind)

        def show(result: tuple[int, list[Group]]) -> None:
            if number == self._asked:
                self.show_groups(*result)

        self._bridge.run_query(work, show, owner=self)

    def show_groups(self, total: int, groups: Sequence[Group]) -> None:
        """Show the groups, keeping the one that was chosen."""
        self.tree.blockSignals(True)
        self.tree.clear()
        top = QTreeWidgetItem([_("All")])
        top.setData(0, _GROUP, "")
        top.setData(0, _COUNT, total)
        top.setFont(0, ui_font(bold=True))
        self.tree.addTopLevelItem(top)
        items: dict[str, QTreeWidgetItem] = {}
        whole: dict[str, int] = {group.value: group.count for group in groups if group.value}
        for group in groups:  # what a part has, its whole has as well
            seen, parent = {group.value}, group.parent
            parents = {one.value: one.parent for one in groups}
            while parent is not None and parent not in seen:
                whole[parent] = whole.get(parent, 0) + group.count
                seen.add(parent)
                parent = parents.get(parent)
        for group in sorted(groups, key=lambda one: one.value is None):
            item = QTreeWidgetItem([group.words])
            item.setToolTip(0, group.words)
            item.setData(0, _GROUP, group.value if group.value else _EMPTY)
            item.setData(0, _COUNT, whole.get(group.value or "", group.count))
            items[group.value or _EMPTY] = item
        for group in groups:
            item = items[group.value or _EMPTY]
            if group.parent is not None and group.parent in items:
                items[group.parent].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
        self.tree.setRootIsDecorated(any(group.parent for group in groups))
        chosen = items.get(self._chosen or "", top)
        self.tree.setCurrentItem(chosen)
        self.tree.blockSignals(False)

    def choose(self, value: str) -> None:
        """Choose a group by its value; '' chooses all."""
        for item in self._items():
            if item.data(0, _GROUP) == value:
                self.tree.setCurrentItem(item)
                return

    def clear_choice(self) -> None:
        """Back to all, without telling."""
        self._chosen = ""
        self.tree.blockSignals(True)
        top = self.tree.topLevelItem(0)
        if top is not None:
            self.tree.setCurrentItem(top)
        self.tree.blockSignals(False)

    def words(self) -> str:
        """What is chosen, in words; '' for all."""
        item = self.tree.currentItem()
        return item.text(0) if self._chosen and item is not None else ""

    def group_by(self, code: str) -> None:
        """Group by another element."""
        self.element = next(element for element in self.elements if element.code == code)
        self._chosen = ""
        self._name_button()
        self.group_chosen.emit(())

    def _items(self) -> list[QTreeWidgetItem]:
        def below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
            return [item, *(found for number in range(item.childCount()) for found in below(item.child(number)))]

        return [
            found
            for number in range(self.tree.topLevelItemCount())
            if (item := self.tree.topLevelItem(number)) is not None
            for found in below(item)
        ]

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        if item is None or self.element is None:
            return
        self._chosen = str(item.data(0, _GROUP))
        self.group_chosen.emit(self._filters(item))

    def _filters(self, item: QTreeWidgetItem) -> tuple[Filter, ...]:
        value = str(item.data(0, _GROUP))
        if not value or self.element is None:
            return ()
        if value == _EMPTY:
            return (Filter(self.element.code, Match.IS_EMPTY),)
        values: list[str] = []
        waiting = [item]
        while waiting:
            part = waiting.pop()
            values.append(str(part.data(0, _GROUP)))
            waiting.extend(part.child(number) for number in range(part.childCount()))
        if len(values) == 1:
            return (Filter(self.element.code, Match.IS, value),)
        return (Filter(self.element.code, Match.IS_ANY, tuple(values)),)

    def _on_by(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for element in self.elements:
            action = menu.addAction(element.label)
            action.setCheckable(True)
            action.setChecked(element is self.element)
            action.triggered.connect(lambda _checked=False, code=element.code: self.group_by(code))
        menu.popup(self.by_button.mapToGlobal(self.by_button.rect().bottomLeft()))

    def _name_button(self) -> None:
        words = _("By {element}").format(element=self.element.label) if self.element else ""
        self.by_button.setText(words)
        self.by_button.setAccessibleName(words)
        self.by_button.setEnabled(len(self.elements) > 1)
