"""A fresh store for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbos_desktop.storage import Store
from tests.storage.workplace import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "county.gdbos") as made:
        yield made
