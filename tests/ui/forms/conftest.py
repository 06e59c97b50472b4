"""An editor on a small real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.theme import Theme
from tests.ui.forms.items import Item, put_item
from tests.ui.stage import settle

MakeEditor = Callable[[], EditorPane]


@pytest.fixture
def item(workbench: Workbench) -> Item:
    """A full item in the store."""
    return put_item(workbench)


@pytest.fixture
def make_editor(workbench: Workbench, bridge: Bridge, theme: Theme, qtbot: QtBot) -> Iterator[MakeEditor]:
    """Makes editors as wide as beside a list on a small screen."""
    made: list[EditorPane] = []

    def make() -> EditorPane:
        pane = EditorPane(workbench, bridge)
        pane.resize(620, 640)
        pane.show()
        qtbot.waitActive(pane).__enter__()
        pane.activateWindow()
        made.append(pane)
        return pane

    yield make
    for pane in made:
        pane.close_record()
    settle(bridge)
    for pane in made:
        pane.close()
        pane.deleteLater()
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))


@pytest.fixture
def editor(make_editor: MakeEditor, item: Item, bridge: Bridge) -> EditorPane:
    """An editor with the item open and checked."""
    pane = make_editor()
    pane.open_record(item.id)
    settle(bridge, 0.1)
    settle(bridge, 0.1)
    return pane
