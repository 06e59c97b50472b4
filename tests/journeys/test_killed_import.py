"""``gdbos import`` killed at any moment: all of the file is in the store, or nothing; once more, and it is complete."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.cli_output import progress_line
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.storage import Store
from gdbos_desktop.system.errors import Cancelled
from tests.journeys.journey import Gdbos
from tests.storage.agreement import assert_sound

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed as on Linux"),
]

ROWS = 200
KILLS = 5


def start_import(book: Path, store: Path) -> subprocess.Popen[bytes]:
    """The command at work, in a session of its own, so that nothing it started is left behind."""
    return subprocess.Popen(
        [sys.executable, "-m", "gdbos_desktop.cli", "import", str(book), "--store", str(store), "--yes", "--json"],
        cwd=Path(__file__).resolve().parents[2], env=os.environ | {"HOME": str(store.parent)}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def while_it_runs(store: Path, whole: float, chance: random.Random) -> None:
    """A moment at which the command reads, matches or writes."""
    time.sleep(chance.random() * whole)


def while_it_writes(store: Path, whole: float, chance: random.Random) -> None:
    """A moment at which the log beside the store has begun to grow."""
    log, latest = store.with_name(store.name + "-wal"), time.monotonic() + 10 * whole
    while time.monotonic() < latest and not (log.exists() and log.stat().st_size):
        time.sleep(0.0005)
    time.sleep(chance.random() * 0.02)


def filled(numbers: dict[str, int]) -> dict[str, int]:
    """Without the kinds of which there is nothing."""
    return {kind: number for kind, number in numbers.items() if number}


def counts(path: Path) -> dict[str, int]:
    """How many records of each kind the store holds; its history is sound."""
    with Store.open(path, standard) as store, store.read() as reader:
        assert reader.verify_history() == []
        return filled({kind: reader.count(Query(kind)) for kind in store.standard.kinds})


@pytest.mark.parametrize("wait", [while_it_runs, while_it_writes])
def test_a_killed_import_has_written_everything_or_nothing_and_can_be_run_again(
    gdbos: Gdbos, store: Path, tmp_path: Path, wait: Callable[[Path, float, random.Random], None]
) -> None:
    chance = random.Random(wait.__name__)
    gdbos("sample", "--rows", ROWS, "--to", tmp_path / "a.xlsx")
    empty = store.read_bytes()
    started = time.monotonic()
    expected = filled(gdbos("import", tmp_path / "a.xlsx", "--yes", "--json", code=None).json["created"])
    whole = time.monotonic() - started
    assert expected["service_item"] > ROWS // 2
    for _kill in range(KILLS):
        store.write_bytes(empty)
        running = start_import(tmp_path / "a.xlsx", store)
        wait(store, whole, chance)
        running.kill()
        running.wait()
        written = counts(store)
        assert written in ({}, expected)
        again = gdbos("import", tmp_path / "a.xlsx", "--yes", "--json", code=None).json
        assert filled(again["created"]) == ({} if written else expected)
        assert sum(again["updated"].values()) == 0
        assert counts(store) == expected
        assert_sound(store, standard())


def test_the_first_interrupt_cancels_at_the_next_report_and_the_second_one_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        told = progress_line("import")
        told(1, 10)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            told(2, 10)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
