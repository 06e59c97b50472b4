"""A workbench on a real store in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import create_workbench
from gdbos_desktop.services.workbench import Workbench


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    opened = create_workbench(tmp_path / "county.gdbos", "示例县", "999901")
    yield opened
    opened.close()
