"""The import page on a new store, and files to import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.import_page import ImportPage
from gdbos_desktop.ui.theme import Theme
from tests.ui.import_page.files import ROWS, workbook
from tests.ui.stage import AnsweringDialogs, settle


@pytest.fixture
def page(
    workbench: Workbench, bridge: Bridge, theme: Theme, dialogs: AnsweringDialogs, qtbot: QtBot
) -> Iterator[ImportPage]:
    made = ImportPage(workbench, bridge, dialogs)
    made.resize(1166, 640)
    made.show()
    settle(bridge)
    yield made
    made.start_again()
    settle(bridge)
    made.close()
    made.deleteLater()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list that raises no question."""
    return workbook(tmp_path / "清单.xlsx", ROWS)
