"""Long work off the window's thread: one lane for database writes, one pool for files and reading.

Plain Python; the window has a bridge of its own. Progress is a report of numbers at most ten times a second; a
cancelled task ends at its next report.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gdbos_desktop.system.errors import Cancelled

T = TypeVar("T")


class Progress(Protocol):
    """Called by long work: how much is done of how much (0: unknown), and what is being done."""

    def __call__(self, done: int, total: int, what: str = "") -> None: ...


def no_progress(done: int, total: int, what: str = "") -> None:
    """For work nobody watches."""


@dataclass(frozen=True, slots=True)
class ProgressState:
    """What a task last reported; ``seconds_left`` is None while nothing can be said."""

    done: int
    total: int
    what: str
    seconds_left: float | None


class Task:
    """One piece of work under way: its name, its progress, and the way to cancel it."""

    INTERVAL_SECONDS = 0.1

    def __init__(self, title: str, on_progress: Callable[[ProgressState], None] | None = None) -> None:
        self.title = title
        self._on_progress = on_progress
        self._cancelled = threading.Event()
        self._started = time.monotonic()
        self._last_report = 0.0

    def cancel(self) -> None:
        """Ask the work to stop; its next report raises Cancelled."""
        self._cancelled.set()

    def report(self, done: int, total: int, what: str = "") -> None:
        """The ``Progress`` of this task."""
        if self._cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        if self._on_progress is None or (now - self._last_report < self.INTERVAL_SECONDS and done != total):
            return
        self._last_report = now
        left = (now - self._started) / done * (total - done) if done and total else None
        self._on_progress(ProgressState(done, total, what, left))


class TaskRunner:
    """The two ways off the window's thread."""

    def __init__(self, readers: int = 2) -> None:
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="gdbos-write")
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="gdbos-read")

    def run_change(self, work: Callable[[Progress], T], task: Task) -> Future[T]:
        """Run work that writes: one after the other, in the order asked."""
        return self._lane.submit(work, task.report)

    def run_query(self, work: Callable[[Progress], T], task: Task) -> Future[T]:
        """Run work that reads or deals with files."""
        return self._pool.submit(work, task.report)

    def close(self) -> None:
        """Wait for running work and for every write that was asked for; drop reading that has not begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._lane.shutdown(wait=True)
