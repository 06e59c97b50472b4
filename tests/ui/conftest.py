"""What the window's tests share: no display, a small real store, and a guard against what is left behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdbos_desktop import bootstrap
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.assembly import Desk, WindowParts
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.theme import Theme
from tests.ui.stage import ITEM, MATERIAL, ORGANISATION, AnsweringDialogs, Filler, close_bridge, close_window, settle


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fails the test that leaves a thread, a running timer or a top-level widget behind."""
    threads, widgets = set(threading.enumerate()), set(qapp.topLevelWidgets())
    yield
    for _turn in range(3):
        qapp.processEvents()
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    assert not left, f"threads left behind: {left}"
    shown = [repr(widget) for widget in qapp.topLevelWidgets() if widget not in widgets]
    assert not shown, f"top-level widgets left behind: {shown}"
    timers = [repr(timer.parent()) for timer in qapp.findChildren(QTimer) if timer.isActive()]
    assert not timers, f"timers left running: {timers}"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme."""
    made = Theme(qapp, dark=False)
    yield made
    made.set_dark(False)
    made.deleteLater()


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """A new, empty store."""
    made = bootstrap.create_workbench(tmp_path / "store.gdbos", "区行政审批局", "511602000000")
    yield made
    made.close()


@pytest.fixture
def filled(workbench: Workbench) -> Workbench:
    """A store with three offices, one of them below another, and two hundred items with some materials."""
    fill = Filler(workbench)
    market = fill.add(ORGANISATION, org_name="区市监局", credit_code="115113010833722043")
    school = fill.add(ORGANISATION, org_name="区教科体局")
    station = fill.add(ORGANISATION, market, org_name="浓洄市监所")
    names = ["食品经营许可", "教师资格认定", "药品零售企业许可", "学前教育资助", "企业投资项目备案"]
    for number in range(200):
        office = (market, school, station)[number % 3]
        item = fill.add(
            ITEM,
            task_name=f"{names[number % 5]}（第 {number + 1} 项）",
            dept_name=office.id,
            task_type="01" if number % 2 else "05",
            local_task_code=f"511A{number:08d}-511602000000-000-11511301008778183N-1-00",
            promise_day=number % 30,
        )
        if number % 20 == 0:
            fill.add(MATERIAL, item, material_name=f"申请表 {number}", is_need="1")
    fill.write()
    return workbench


@pytest.fixture
def bridge(workbench: Workbench, qapp: QApplication) -> Iterator[Bridge]:
    """A bridge to the store."""
    made = Bridge(workbench)
    yield made
    close_bridge(made)
    made.deleteLater()


@pytest.fixture
def dialogs() -> AnsweringDialogs:
    """File dialogs that answer at once."""
    return AnsweringDialogs()


@pytest.fixture
def parts(
    filled: Workbench, theme: Theme, dialogs: AnsweringDialogs, tmp_path: Path, qtbot: QtBot
) -> Iterator[WindowParts]:
    """The whole window on the filled store, 1366×768, its first page loaded."""
    desk = Desk(theme, Preferences(tmp_path / "window.ini"), dialogs, lambda: None)
    made = WindowParts(filled, desk)
    made.window.resize(1366, 768)
    made.window.show()
    made.start()
    settle(made.bridge, 0.3)
    yield made
    close_window(made)
