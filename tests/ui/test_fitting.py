"""What an acceptance looks at: nothing clipped or outside its place, every control named and reachable by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from gdbos_desktop.domain.queries import Filter, Match
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.ui.assembly import WindowParts
from gdbos_desktop.ui.crash_window import CrashWindow
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.pages.check_page import CheckPage
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.start_window import StartWindow
from gdbos_desktop.ui.theme import Theme
from tests.ui.stage import ITEM, settle

SIZES = {"1366×768": (1366, 768), "125 %": (1093, 614), "150 %": (911, 512)}
PAGES = (ITEM, "organisation", "material", "data_element", "history", "check")


def shown(root: QWidget) -> Iterator[QWidget]:
    """Every widget below that can be seen without scrolling something."""
    for child in root.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not child.isVisible() or child.isWindow():
            continue
        yield child
        if not isinstance(child, (QScrollArea, QAbstractItemView)):
            yield from shown(child)


def outside(root: QWidget) -> list[str]:
    """Widgets that reach beyond the widget they are in."""
    found = []
    for widget in shown(root):
        parent = widget.parentWidget()
        if parent is None or isinstance(parent, (QAbstractScrollArea, QLineEdit)) or widget.size().isEmpty():
            continue
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
            found.append(f"{type(widget).__name__} {widget.geometry()} in {type(parent).__name__} {parent.rect()}")
    return found


def clipped(root: QWidget) -> list[str]:
    """Labels and buttons with less room than their words need."""
    found = []
    for widget in shown(root):
        if isinstance(widget, QLabel) and widget.text() and not widget.wordWrap():
            policy = widget.sizePolicy().horizontalPolicy()
            if policy == policy.Ignored:
                continue  # meant to give way: its words stand elsewhere too
            if widget.width() + 1 < widget.sizeHint().width():
                found.append(f"label “{widget.text()}” {widget.width()} < {widget.sizeHint().width()}")
        elif isinstance(widget, QPushButton) and widget.text():
            need = QFontMetrics(widget.font()).horizontalAdvance(widget.text())
            if widget.width() < need or widget.width() + 1 < widget.minimumSizeHint().width():
                found.append(f"button “{widget.text()}” {widget.width()} < {need}")
        elif (
            isinstance(widget, QLabel) and widget.text() and widget.height() + 2 < widget.heightForWidth(widget.width())
        ):
            found.append(f"text “{widget.text()}” {widget.height()} high")
    return found


def overlapping(root: QWidget) -> list[str]:
    """Buttons and fields that lie over one another."""
    parts = [widget for widget in shown(root) if isinstance(widget, (QAbstractButton, QLineEdit, QComboBox))]
    parts = [widget for widget in parts if not isinstance(widget.parentWidget(), (QLineEdit, QComboBox))]
    places = [(widget, QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())) for widget in parts]
    return [
        f"{first.accessibleName()} over {second.accessibleName()}"
        for number, (first, place) in enumerate(places)
        for second, other in places[number + 1 :]
        if place.adjusted(1, 1, -1, -1).intersects(other.adjusted(1, 1, -1, -1))
        and not first.isAncestorOf(second) and not second.isAncestorOf(first)
    ]  # fmt: skip


def nameless(root: QWidget) -> list[str]:
    """Controls that say nothing to somebody who does not see them."""
    found = []
    for widget in shown(root):
        if isinstance(widget, (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)):
            if isinstance(widget.parentWidget(), (QLineEdit, QComboBox, QAbstractItemView)):
                continue
            words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not words:
                found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
            if isinstance(widget, QToolButton) and not widget.text() and not widget.toolTip():
                found.append(f"{words}: an icon without a tooltip")
    return found


def room(window: QWidget) -> QRect:
    """Where popups may be; the offscreen display pretends frames of two pixels."""
    return window.geometry().adjusted(-2, -2, 2, 2)


def check(root: QWidget) -> None:
    QApplication.processEvents()
    assert outside(root) == []
    assert clipped(root) == []
    assert overlapping(root) == []
    assert nameless(root) == []


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_page_fits_at_every_scaling(parts: WindowParts, size: tuple[int, int]) -> None:
    parts.window.resize(*size)
    for code in PAGES:
        parts.window.show_page(code)
        settle(parts.bridge, 0.4)
        check(parts.window)
    assert parts.window.size().toTuple() == size, "nothing makes the window larger than the screen"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_list_with_filters_a_message_and_tasks_still_fits(parts: WindowParts, size: tuple[int, int]) -> None:
    parts.window.resize(*size)
    page = cast("RecordsPage", parts.window.page(ITEM))
    page.filter_bar.set_filter("task_type", (Filter("task_type", Match.IS_ANY, ("01", "05", "07", "08")),))
    page.filter_bar.set_filter("task_name", (Filter("task_name", Match.CONTAINS, "一个很长很长的筛选词" * 4),))
    page.filter_bar.set_filter("promise_day", (Filter("promise_day", Match.AT_MOST, 10),))
    parts.window.message_bar.show_error(
        KnownError("x", "文件正被占用", "清单写不进去，因为别的程序打开着它。" * 3, "请关闭后重试。")
    )
    running = parts.bridge.run_query(lambda _progress: None, owner=page, title="导出 一个名字相当长的文件.xlsx")
    running.summary = "已写出 657 行"
    running.actions.append(("打开所在文件夹", lambda: None))
    settle(parts.bridge, 0.5)
    check(parts.window)
    assert parts.window.size().toTuple() == size


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_an_open_record_leaves_the_list_usable_or_gives_it_all_up(parts: WindowParts, size: tuple[int, int]) -> None:
    parts.window.resize(*size)
    page = cast("RecordsPage", parts.window.page(ITEM))
    record_id = page.model.record_id(0)
    assert record_id
    page.open_record(record_id)
    settle(parts.bridge, 0.6)
    assert page.editor is not None
    assert page.editor.isVisible()
    assert not page.stack.isVisible() or page.stack.width() >= 260
    assert outside(parts.window) == []
    assert parts.window.size().toTuple() == size
    page.close_editor()
    settle(parts.bridge, 0.4)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_popups_stay_inside_the_window(parts: WindowParts, size: tuple[int, int]) -> None:
    parts.window.resize(*size)
    page = cast("RecordsPage", parts.window.page(ITEM))
    for code in ("task_type", "dept_name", "promise_day", "task_name"):
        popup = page.filter_bar.ask_filter(code, page.table.header.place_under(code))
        settle(parts.bridge)
        check(popup)
        assert room(parts.window).contains(popup.geometry())
        popup.close()
    palette = parts.open_palette()
    settle(parts.bridge)
    check(palette)
    assert room(parts.window).contains(palette.geometry())
    palette.close()


def test_findings_of_a_check_fit_a_small_screen(parts: WindowParts) -> None:
    parts.window.resize(911, 512)
    parts.window.show_page("check")
    page = cast("CheckPage", parts.window.page("check"))
    page.check_all()
    settle(parts.bridge, 0.4)
    check(parts.window)
    assert page.table.columnWidth(2) >= 200


@pytest.mark.parametrize("size", [(900, 540), (760, 470)])
def test_the_start_page_fits(theme: Theme, size: tuple[int, int]) -> None:
    window = StartWindow([], FileDialogs())
    window.resize(*size)
    window.show()
    window.create_button.click()
    check(window)
    window.close()
    window.deleteLater()


def test_the_crash_window_fits_folded_and_unfolded(theme: Theme) -> None:
    window = CrashWindow(ValueError("x"))
    window.show()
    check(window)
    window.unfold()
    check(window)
    window.close()
    window.deleteLater()


def test_tab_goes_through_every_control_of_the_list_page_once(parts: WindowParts) -> None:
    page = cast("RecordsPage", parts.window.page(ITEM))
    wanted = {
        page.filter_bar.search, page.filter_bar.filter_button, page.filter_bar.columns_button, page.table,
        page.new_button, page.import_button, page.export_button, page.tree.tree,
    }  # fmt: skip
    seen: list[QWidget] = []
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page and len(seen) < 5_000:
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            seen.append(widget)
        widget = widget.nextInFocusChain()
    assert wanted <= set(seen)
    assert len(seen) == len(set(seen))
    order = [seen.index(part) for part in (page.filter_bar.search, page.filter_bar.filter_button, page.table)]
    assert order == sorted(order), "from the field over the filter into the list"


def test_the_list_lets_tab_out_again(parts: WindowParts) -> None:
    page = cast("RecordsPage", parts.window.page(ITEM))
    assert not page.table.tabKeyNavigation()


def test_headings_are_wide_enough_for_their_words(parts: WindowParts) -> None:
    page = cast("RecordsPage", parts.window.page(ITEM))
    metrics = QFontMetrics(page.table.header._bold)
    for column in page.model.columns:
        assert metrics.horizontalAdvance(column.label) + 16 <= column.width, column.label
