"""The application is built on whatever machine it finds."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import create_workbench


def test_a_machine_that_does_not_know_who_works_still_opens_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise ModuleNotFoundError("pwd")

    monkeypatch.setattr(getpass, "getuser", nobody)
    made = create_workbench(tmp_path / "区局.gdbos", "区局", "511602")
    assert made.workspace.actor.name
    made.close()
