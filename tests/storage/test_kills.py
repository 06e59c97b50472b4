"""Killed at any moment, the store keeps every acknowledged change set and never holds half of one."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.storage import Store
from gdbos_desktop.storage.database import derive_key
from tests.storage.agreement import assert_sound
from tests.storage.model import Model
from tests.storage.workplace import SMALL, create_store, standards

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed as on Linux"),
]

STORES = 10
KILLS = 22
"""… of each store: 220 in all. The first store has a password."""
PASSWORD = "县里的Password 1"


class Victims:
    """Workers on a store, one after another, each of them killed."""

    def __init__(self, store: Path, announcements: Path, password: str | None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.killable", store, announcements, *([password] if password else [])],
            cwd=Path(__file__).resolve().parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._seeds: IO[str] = self._process.stdin
        self._lines: IO[str] = self._process.stdout

    def kill_one(self, seed: str, chance: random.Random) -> int:
        """Let a worker work, kill it at a random moment; how many change sets it acknowledged."""
        print(seed, file=self._seeds, flush=True)
        worker, acknowledged = int(self._until("worker").split()[1]), 0
        self._until("ready")
        for _number in range(chance.randrange(6)):
            self._until("done")
            acknowledged += 1
        if chance.random() < 0.75:  # else at once after the acknowledgement
            size = int(self._until("try").split()[1])
            time.sleep(chance.random() * (0.004 + size * 0.0003))
        os.kill(worker, signal.SIGKILL)
        for line in iter(self._lines.readline, "gone\n"):
            assert line, "the process that forks has ended"
            acknowledged += line == "done\n"
        return acknowledged

    def _until(self, word: str) -> str:
        while line := self._lines.readline():
            if line.startswith(word):
                return line
        raise AssertionError(f"the worker ended before it said {word}")

    def close(self) -> None:
        """No more of them."""
        self._seeds.close()
        self._process.wait(timeout=30)
        self._lines.close()


def announced(file: Path, position: int) -> Iterator[ChangeSet]:
    """The change sets that were announced after this position of the file; the last may be cut off."""
    with file.open("rb") as stream:
        stream.seek(position)
        while True:
            try:
                yield pickle.load(stream)
            except (EOFError, pickle.UnpicklingError):
                return


@pytest.mark.parametrize("number", range(STORES))
def test_a_killed_process_loses_nothing_acknowledged_and_leaves_nothing_half_done(tmp_path: Path, number: int) -> None:
    path, announcements = tmp_path / "county.gdbos", tmp_path / "announced"
    announcements.touch()
    password = PASSWORD if number == 0 else None
    create_store(path, password=password).close()
    key = derive_key(password, path) if password else None
    chance, model, sequence = random.Random(number), Model(), 0
    unacknowledged = 0
    victims = Victims(path, announcements, password)
    try:
        for kill in range(KILLS):
            position = announcements.stat().st_size
            acknowledged = victims.kill_one(f"{number}-{kill}", chance)
            acts = list(announced(announcements, position))
            with Store.open(path, standards(), password=password) as store:
                with store.read() as reader:
                    written = reader.sequence() - sequence
                    sequence += written
                    assert acknowledged <= written <= len(acts) <= acknowledged + 1
                    for act in acts[:written]:
                        entry = reader.change_set(act.id)
                        assert entry is not None
                        assert entry.change_set == act
                        model.apply(act)
                    assert reader.verify_history() == []
                    latest = reader.change_sets(1)
                    assert [one.change_set.id for one in latest] == [reader.get_setting("work", "latest")][:sequence]
                model.assert_equals(store)
            assert_sound(path, SMALL, key)
            unacknowledged += len(acts) > acknowledged
    finally:
        victims.close()
    assert unacknowledged, "none was killed in the middle of its work"
