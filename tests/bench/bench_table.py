"""The table on screen at 400,000 records: first page of a filtered, sorted list and jumps anywhere.

The bare work is the same view painting a model that answers with one constant text; ours has to find, read and format
the rows first. Both are measured until the texts are really painted.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView

from gdbos_desktop.bootstrap import open_workbench
from gdbos_desktop.domain.queries import Filter, Match, Order, Query
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.list_model import RecordListModel
from gdbos_desktop.ui.record_table import RecordTable
from gdbos_desktop.ui.theme import ROW_PX, Theme
from tests.bench.figures import Figure
from tests.bench.stores import ITEM, filled_store

ROWS, JUMPS, SIZE = 400_000, 40, (1200, 640)


class ConstantModel(QAbstractTableModel):
    """As many rows and columns as ours, all the same text."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self._size = rows, columns

    def rowCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return self._size[0]

    def columnCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return self._size[1]

    def data(self, _index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return "企业投资项目备案（内资项目）" if role == Qt.ItemDataRole.DisplayRole else None


def measure(scratch: Path, scale: float) -> list[Figure]:
    """First page and jumps, ours beside bare."""
    rows = int(ROWS * scale)
    path = scratch / "table.gdbos"
    filled_store(path, rows).close()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["bench"])
    theme = Theme(application)
    workbench = open_workbench(path)
    bridge = Bridge(workbench)
    model = RecordListModel(bridge, workbench.standard.kind(ITEM))
    table = RecordTable(model)
    table.resize(*SIZE)
    table.show()
    try:
        first = statistics.median(_first_pages(application, model, table))
        _open(application, model, Query(ITEM))
        places = [random.Random(7).randrange(model.rowCount()) for _jump in range(JUMPS)]
        ours = statistics.median(_jump(application, table, place, lambda: model.row_at(_top(table)) is not None)
                                 for place in places)  # fmt: skip
        application.setStyleSheet("")  # the bare view is the toolkit alone
        bare_view = _bare_view(rows, len(model.columns), [column.width for column in model.columns])
        bare_first = statistics.median(_shown_again(application, bare_view, rows) for _round in range(5))
        bare = statistics.median(_jump(application, bare_view, place, lambda: True) for place in places)
        bare_view.close()
        bare_view.deleteLater()
    finally:
        table.close()
        table.deleteLater()
        model.deleteLater()
        bridge.close()
        bridge.deleteLater()
        theme.deleteLater()
        application.processEvents()
        workbench.close()
    return [
        Figure("table jump", f"a jump anywhere in {rows:,} rows until the texts are painted", ours,
               "painting a constant model", bare, 2.0),
        Figure("table first page", f"first page of a filtered, sorted list at {rows:,}", first,
               "showing a constant model", bare_first, None, note="bar: 0.1 s"),
    ]  # fmt: skip


def _first_pages(application: QApplication, model: RecordListModel, table: RecordTable) -> list[float]:
    questions = [
        Query(ITEM, (Filter("task_type", Match.IS, "01"),), order=(Order("task_name"),)),
        Query(ITEM, (Filter("project_type", Match.IS, "1"),), order=(Order("promise_day", True),)),
        Query(ITEM, (Filter("task_state", Match.IS, "1"),), order=(Order("task_name", True),)),
    ]
    found = []
    for question in questions * 3:
        begun = time.perf_counter()
        _open(application, model, question)
        table.viewport().repaint()
        found.append(time.perf_counter() - begun)
    return found


def _open(application: QApplication, model: RecordListModel, question: Query) -> None:
    opened: list[int] = []
    connection = model.opened.connect(opened.append)
    model.open_query(question)
    while not opened:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    model.opened.disconnect(connection)


def _jump(application: QApplication, view: QTableView, place: int, is_there: Callable[[], bool]) -> float:
    begun = time.perf_counter()
    view.verticalScrollBar().setValue(place)
    application.processEvents()
    while not is_there():
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    view.viewport().repaint()
    return time.perf_counter() - begun


def _top(table: RecordTable) -> int:
    return max(0, table.rowAt(0))


def _bare_view(rows: int, columns: int, widths: list[int]) -> QTableView:
    view = QTableView()
    view.setModel(ConstantModel(rows, columns))
    view.setWordWrap(False)
    view.setShowGrid(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(ROW_PX)
    view.verticalHeader().setSectionResizeMode(view.verticalHeader().ResizeMode.Fixed)
    for section, width in enumerate(widths):
        view.setColumnWidth(section, width)
    view.resize(*SIZE)
    view.show()
    QApplication.processEvents()
    return view


def _shown_again(application: QApplication, view: QTableView, rows: int) -> float:
    begun = time.perf_counter()
    view.setModel(ConstantModel(rows, view.horizontalHeader().count()))
    application.processEvents()
    view.viewport().repaint()
    return time.perf_counter() - begun
