"""A county whose imports run as in the product: in a reading process under limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import create_workbench
from gdbos_desktop.services.workbench import Workbench
from tests.security.packages import valid_parts


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    opened = create_workbench(tmp_path / "county.gdbos", "示例县", "511602")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return valid_parts(tmp_path_factory.mktemp("valid"))
