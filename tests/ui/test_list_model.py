"""The list model: exact count at once, rows only as they are seen, nothing read on the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from gdbos_desktop.domain.queries import Filter, Match, Order, Query
from gdbos_desktop.services.records import RecordList
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.list_model import COMPLETE, PAGE, PAGES_KEPT, ROW_ROLE, RecordListModel, column_of, first_columns
from tests.ui.stage import ITEM, Filler, settle


class Spy:
    """Counts which rows are read, and on which thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[int, int]] = []
        self.threads: set[str] = set()
        original = RecordList.rows

        def rows(inner: RecordList, offset: int, limit: int) -> Any:
            self.asked.append((offset, limit))
            self.threads.add(threading.current_thread().name)
            return original(inner, offset, limit)

        monkeypatch.setattr(RecordList, "rows", rows)


@pytest.fixture
def model(filled: Workbench, bridge: Bridge) -> Iterator[RecordListModel]:
    made = RecordListModel(bridge, filled.standard.kind(ITEM))
    yield made
    made.deleteLater()


def opened(model: RecordListModel, bridge: Bridge, query: Query | None = None) -> RecordListModel:
    model.open_query(query or Query(ITEM))
    settle(bridge)
    return model


def text(model: RecordListModel, row: int, column: int = 0) -> object:
    return model.data(model.index(row, column), Qt.ItemDataRole.DisplayRole)


def test_the_model_obeys_the_rules_of_qt(model: RecordListModel, bridge: Bridge) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    opened(model, bridge)
    opened(model, bridge, Query(ITEM, text="许可"))
    for row in range(model.rowCount()):
        text(model, row)
    settle(bridge)
    opened(model, bridge, Query(ITEM, text="没有这样的事项"))
    assert model.rowCount() == 0
    tester.deleteLater()


def test_the_count_is_exact_while_only_the_first_page_is_read(
    model: RecordListModel, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = Spy(monkeypatch)
    opened(model, bridge)
    assert model.rowCount() == 200
    assert spy.asked == [(0, PAGE)]


def test_a_row_not_there_yet_is_a_placeholder_and_comes_with_its_page(
    model: RecordListModel, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(model, bridge)
    spy = Spy(monkeypatch)
    assert text(model, 150) is None
    assert text(model, 151) is None
    settle(bridge)
    assert spy.asked == [(128, PAGE)], "two rows of one page are one question"
    assert "第 151 项" in str(text(model, 150))


def test_nothing_is_read_on_the_thread_of_the_window(
    model: RecordListModel, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = Spy(monkeypatch)
    opened(model, bridge)
    text(model, 190)
    settle(bridge)
    assert spy.threads
    assert all(name.startswith("gdbos-read") for name in spy.threads)


def test_a_wild_scroll_reads_the_rows_it_ends_on_first_and_not_all_it_passed(
    model: RecordListModel, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = Filler(bridge.workbench)
    for number in range(3_000):
        fill.add(ITEM, task_name=f"事项 {number}")
    fill.write()
    settle(bridge)
    opened(model, bridge)
    spy = Spy(monkeypatch)
    for row in range(100, 3_100, 50):
        model.row_at(row)
    settle(bridge)
    assert spy.asked[0][0] == 3_050 // PAGE * PAGE
    assert len(spy.asked) <= 4


def test_memory_stays_small_however_far_somebody_scrolls(model: RecordListModel, bridge: Bridge) -> None:
    fill = Filler(bridge.workbench)
    for number in range(PAGE * (PAGES_KEPT + 12)):
        fill.add(ITEM, task_name=f"事项 {number}")
    fill.write()
    settle(bridge)
    opened(model, bridge)
    for page in range(PAGES_KEPT + 12):
        model.row_at(page * PAGE)
        settle(bridge)
    assert len(model._pages) <= PAGES_KEPT


def test_roles_that_are_not_served_return_at_once(model: RecordListModel, bridge: Bridge) -> None:
    opened(model, bridge)
    index = model.index(0, 0)
    for role in (
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.BackgroundRole,
        Qt.ItemDataRole.CheckStateRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.SizeHintRole,
    ):
        assert model.data(index, role) is None
    assert model.data(index, ROW_ROLE).record.kind == ITEM


def test_numbers_stand_at_the_right(model: RecordListModel, bridge: Bridge) -> None:
    opened(model, bridge)
    number = next(place for place, column in enumerate(model.columns) if column.code == "promise_day")
    alignment = model.data(model.index(0, number), Qt.ItemDataRole.TextAlignmentRole)
    assert Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight


def test_sorting_is_a_question_to_the_store(model: RecordListModel, bridge: Bridge) -> None:
    opened(model, bridge, Query(ITEM, order=(Order("promise_day", True),)))
    column = next(place for place, one in enumerate(model.columns) if one.code == "promise_day")
    days = [int(str(text(model, row, column))) for row in range(30)]
    assert days == sorted(days, reverse=True)
    assert days[0] == 29


def test_an_edit_refreshes_the_row_in_place_and_keeps_the_list_open(model: RecordListModel, bridge: Bridge) -> None:
    bridge.records_changed.connect(model.take_change)
    opened(model, bridge)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    record_id = model.record_id(0)
    assert record_id
    bridge.workbench.records.edit([record_id], {"task_name": "改过的名称"})
    QApplication.processEvents()
    assert text(model, 0) != "改过的名称", "the old value stays until the new one is here"
    text(model, 0)
    settle(bridge)
    assert text(model, 0) == "改过的名称"
    assert resets == []


def test_a_changed_title_of_an_office_shows_in_the_rows_that_refer_to_it(
    model: RecordListModel, bridge: Bridge
) -> None:
    bridge.records_changed.connect(model.take_change)
    opened(model, bridge)
    row = model.row_at(0)
    assert row is not None
    office = str(row.record.elements["dept_name"])
    bridge.workbench.records.edit([office], {"org_name": "区市场监督管理局"})
    QApplication.processEvents()
    model.row_at(0)
    settle(bridge)
    row = model.row_at(0)
    assert row is not None
    assert row.cells["dept_name"] == "区市场监督管理局"


def test_a_deletion_opens_the_list_again_with_the_new_count(model: RecordListModel, bridge: Bridge) -> None:
    bridge.records_changed.connect(model.take_change)
    opened(model, bridge)
    record_id = model.record_id(5)
    assert record_id
    bridge.workbench.records.delete([record_id])
    settle(bridge)
    assert model.rowCount() == 199


def test_a_change_of_another_kind_leaves_the_list_alone(
    model: RecordListModel, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.records_changed.connect(model.take_change)
    opened(model, bridge)
    spy = Spy(monkeypatch)
    fill = Filler(bridge.workbench)
    fill.add("data_element", name_cn="姓名")
    fill.write()
    settle(bridge)
    assert spy.asked == []


def test_the_answer_to_an_outdated_question_is_dropped(model: RecordListModel, bridge: Bridge) -> None:
    model.open_query(Query(ITEM, text="教师"))
    model.open_query(Query(ITEM, text="药品"))
    settle(bridge)
    assert model.rowCount() == 40
    assert "药品" in str(text(model, 0))


def test_a_record_is_found_again_at_its_place(model: RecordListModel, bridge: Bridge) -> None:
    opened(model, bridge, Query(ITEM, where=(Filter("task_type", Match.IS, "01"),)))
    text(model, 90)
    settle(bridge)
    record_id = model.record_id(90)
    assert record_id
    found: list[int] = []
    model.find_row(record_id, found.append)
    model.find_row("0" * 32, found.append)
    settle(bridge)
    assert sorted(found) == [-1, 90]


def test_the_first_columns_are_title_completeness_and_what_the_standard_lists(filled: Workbench) -> None:
    kind = filled.standard.kind(ITEM)
    codes = [column.code for column in first_columns(kind)]
    assert codes[:2] == [kind.title, COMPLETE]
    assert set(codes) == {element.code for element in kind.listed} | {kind.title, COMPLETE}
    assert len(codes) == len(set(codes))


def test_every_element_of_every_kind_can_be_a_column(filled: Workbench) -> None:
    for kind in filled.standard.kinds.values():
        for code, element in kind.elements.items():
            column = column_of(kind, code)
            assert column.label == element.label
            assert column.width >= 56
