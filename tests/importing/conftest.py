"""A county with a real store; its imports read files in this process, which is much faster than one process each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import create_workbench
from tests.importing.books import County


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    workbench = create_workbench(tmp_path / "county.gdbos", "示例县", "511602")
    yield County(workbench, tmp_path)
    workbench.close()
