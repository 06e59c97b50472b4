"""The model behind every list: the order is fixed when a list is opened, rows are fetched in pages as they are seen.

Hides when and how rows arrive. Nothing is read on the window's thread: a row not there yet is a placeholder, and its
page is asked for once. There is no proxy model: sorting and filtering are questions to the store.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from gdbos_desktop.domain.changes import Action, ChangeSet
from gdbos_desktop.domain.queries import Order, Query
from gdbos_desktop.schema import Kind
from gdbos_desktop.services.records import ListRow, RecordList
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge

PAGE = 64
PAGES_KEPT = 48
ASKED_AT_ONCE = 4

COMPLETE = "@complete"
"""The column that says how much of what the standard demands is filled."""

CHANGED = "@changed"
"""Sort order only: the time of the last change."""

_Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The ListRow itself, None while it is not there."""

_SERVED = frozenset({_DISPLAY, ROW_ROLE, _ALIGN, _TOOLTIP})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: an element of the kind, or ``@complete``."""

    code: str
    label: str
    width: int
    is_number: bool = False
    is_code: bool = False
    is_sortable: bool = True
    is_editable: bool = False
    """Whether a value fits into one line, so that it can be edited in its cell."""


_IN_CELL = frozenset(
    {"text", "code_text", "credit_code", "region_code", "code", "date", "integer", "decimal", "phone", "url"}
)
_WIDTHS = {
    "code_text": 260,
    "credit_code": 180,
    "region_code": 130,
    "code": 100,
    "codes": 160,
    "date": 104,
    "integer": 96,
    "decimal": 96,
    "phone": 130,
    "reference": 176,
    "long_text": 240,
    "url": 200,
}


def column_of(kind: Kind, code: str) -> Column:
    """The column of an element, as wide as values of its type usually are."""
    if code == COMPLETE:
        return Column(COMPLETE, _("Filled"), 96, is_sortable=False)
    element = kind.elements[code]
    type_name = element.type.name
    width = 300 if code == kind.title else _WIDTHS.get(type_name, 170)
    return Column(
        code,
        element.label,
        width,
        is_number=type_name in {"integer", "decimal"},
        is_code=type_name in {"code_text", "credit_code", "region_code"},
        is_editable=type_name in _IN_CELL,
    )


def first_columns(kind: Kind) -> list[Column]:
    """The columns before anybody chose: title, completeness, what the standard lists; the long codes last."""
    listed = [column_of(kind, element.code) for element in kind.listed if element.code != kind.title]
    has_demands = kind.draft is None and any(element.required for element in kind.elements.values())
    complete = [column_of(kind, COMPLETE)] if has_demands else []
    return [column_of(kind, kind.title), *complete, *sorted(listed, key=lambda column: column.is_code)]


class RecordListModel(QAbstractTableModel):
    """Rows of a RecordList. Signals: ``opened`` with the exact count whenever a list was (re)opened."""

    opened = Signal(int)
    loading_changed = Signal(bool)

    def __init__(self, bridge: Bridge, kind: Kind, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._records = bridge.workbench.records
        self.kind = kind
        self.columns: list[Column] = first_columns(kind)
        self.query = Query(kind.code)
        self.record_list: RecordList | None = None
        self._count = 0
        self._pages: OrderedDict[int, list[ListRow | None]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._asked: set[int] = set()
        self._opening = 0
        self._generation = 0
        self.is_loading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)

    # What the view asks. Every role this model does not serve returns at once.

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        if role not in _SERVED or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == _ALIGN:
            return _RIGHT if column.is_number else None
        row = self.row_at(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return None
        if column.code == COMPLETE:
            return f"{row.complete_percent} %"
        return row.cells.get(column.code, "").replace("\n", " ")

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role == _DISPLAY:
                return self.columns[section].label
            if role == _ALIGN:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        base = super().flags(index)
        if index.isValid() and self.may_edit and self.columns[index.column()].is_editable:
            return base | Qt.ItemFlag.ItemIsEditable
        return base

    may_edit = False
    """Whether the person may edit cells."""

    def row_at(self, row: int) -> ListRow | None:
        """The row if it is here; otherwise its page is asked for and None returned."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None or number in self._stale:
            self._want(number)
        if page is None:
            return None
        return page[place] if place < len(page) else None

    def record_id(self, row: int) -> str | None:
        """The id of a row that is here."""
        page = self._pages.get(row // PAGE)
        found = page[row % PAGE] if page and row % PAGE < len(page) else None
        return found.record.id if found else None

    # What the page asks.

    def open_query(self, query: Query, then: Callable[[], None] | None = None) -> None:
        """Ask the store; the old rows stay on screen until the answer is here. A newer question outdates an older."""
        self.query = query
        self._opening += 1
        number = self._opening
        self._set_loading(True)

        def work(_progress: Progress) -> tuple[RecordList, list[ListRow | None]]:
            opened = self._records.open_list(query)
            return opened, opened.rows(0, PAGE) if opened.count else []

        def show(result: tuple[RecordList, list[ListRow | None]]) -> None:
            if number != self._opening:
                return
            self._show(*result)
            if then is not None:
                then()

        def settle() -> None:
            if number == self._opening:
                self._set_loading(False)

        self._bridge.run_query(work, show, owner=self, ended=settle)

    def reopen(self, then: Callable[[], None] | None = None) -> None:
        """Ask the same question again: records came or went."""
        self.open_query(self.query, then)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        self.beginResetModel()
        self.columns = list(columns)
        self.endResetModel()

    def set_width(self, section: int, width: int) -> None:
        """Keep the width a person gave a column."""
        if 0 <= section < len(self.columns):
            self.columns[section] = replace(self.columns[section], width=width)

    def sort_by(self, code: str, descending: bool) -> None:
        """Ask in another order."""
        order = (Order(code, descending),) if code else ()
        self.open_query(replace(self.query, order=order))

    def take_change(self, change_set: ChangeSet) -> None:
        """Refresh what a change set made stale: edits in place, otherwise the whole list."""
        mine = [change for change in change_set.changes if change.kind == self.kind.code]
        if any(change.action is not Action.EDIT or change.moved_from is not None for change in mine):
            self.reopen()
        elif mine or any(change.kind in self.kind.references.values() for change in change_set.changes):
            # Old values stay visible until the new ones are here: nothing flickers while somebody types.
            self._stale = set(self._pages)
            self._generation += 1
            self._asked.clear()
            if self._count:
                self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(self.columns) - 1))

    def find_row(self, record_id: str, then: Callable[[int], None]) -> None:
        """Find the place of a record in this list; ``then`` gets its row, -1 when it is not in it."""
        record_list = self.record_list
        if record_list is None:
            then(-1)
            return

        def work(progress: Progress) -> int:
            for offset in range(0, record_list.count, 20_000):
                progress(offset, record_list.count)
                ids = record_list.ids(offset, 20_000)
                if record_id in ids:
                    return offset + ids.index(record_id)
            return -1

        self._bridge.run_query(work, then, owner=self)

    # How rows arrive.

    def _show(self, opened: RecordList, first: list[ListRow | None]) -> None:
        self.beginResetModel()
        self.record_list = opened
        self._count = opened.count
        self._generation += 1
        self._pages.clear()
        self._stale.clear()
        self._asked.clear()
        self._wanted.clear()
        if first:
            self._pages[0] = first
        self.endResetModel()
        self.opened.emit(self._count)

    def _want(self, number: int) -> None:
        if number in self._asked:
            return
        if number in self._wanted:
            self._wanted.remove(number)
        self._wanted.append(number)  # the last one wanted is the one on screen
        if not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        record_list = self.record_list
        wanted = self._wanted[-ASKED_AT_ONCE:]
        self._wanted.clear()
        if record_list is None or not wanted:
            return
        generation = self._generation
        self._asked.update(wanted)

        def work(_progress: Progress) -> dict[int, list[ListRow | None]]:
            return {number: record_list.rows(number * PAGE, PAGE) for number in reversed(wanted)}

        def show(pages: dict[int, list[ListRow | None]]) -> None:
            if generation != self._generation:
                return
            for number, rows in pages.items():
                self._pages[number] = rows
                self._pages.move_to_end(number)
                self._stale.discard(number)
                first, last = number * PAGE, min(self._count, (number + 1) * PAGE) - 1
                if first <= last:
                    self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)

        self._bridge.run_query(work, show, owner=self, ended=lambda: self._asked.difference_update(wanted))

    def _set_loading(self, loading: bool) -> None:
        if loading != self.is_loading:
            self.is_loading = loading
            self.loading_changed.emit(loading)
