"""What all rooms' tests share: hypothesis without deadlines (time is measured in the benchmark, never asserted)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("repeatable", settings.get_profile("patient"), derandomize=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "patient")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def guangan() -> Path:
    """The folder with the published list of a real district; tests that need it are skipped where it is absent."""
    folder = SHARED_DATA / "guangan"
    if not folder.is_dir():
        pytest.skip("the real list of a district is not on this machine")
    return folder
