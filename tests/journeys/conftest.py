"""Journeys run the real commands in real processes, as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.journey import Gdbos, Run


@pytest.fixture
def gdbos(tmp_path: Path) -> Gdbos:
    """Runs ``gdbos`` with these words; the store is ``tmp_path/county.gdbos``."""
    own = {
        "GDBOS_STORE": str(tmp_path / "county.gdbos"),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUTF8": "1",
    }

    def run(*words: object, code: int | None = 0) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "gdbos_desktop.cli", *map(str, words)],
            env=os.environ | own,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert code is None or done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def store(gdbos: Gdbos, tmp_path: Path) -> Path:
    """A new store of a county."""
    gdbos("init", "--name", "广安区行政审批局", "--region", "511602")
    return tmp_path / "county.gdbos"
