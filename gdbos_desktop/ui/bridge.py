"""The one bridge between the window's thread and the work: results come back as calls on the window's thread.

Nothing else in the window touches a thread. ``run_query`` and ``run_change`` are the only two ways off it. What the
world refused (KnownError) goes to the message bar, a cancelled task is silent, anything else is our bug and goes to the
crash window. A result for a widget that is gone is dropped.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import Cancelled, KnownError
from gdbos_desktop.system.tasks import Progress, ProgressState, Task

T = TypeVar("T")

CLOSING_SECONDS = 10.0

_LOG = logging.getLogger(__name__)


class RunningTask(QObject):
    """One piece of work as the window sees it. All signals arrive on the window's thread.

    ``title`` is empty for work nobody needs to see (a page of rows). ``finished`` comes last and always, with one of
    the outcomes ``done``, ``cancelled``, ``refused`` (a KnownError) or ``failed`` (a bug). Whoever started it may fill
    ``summary`` (a short sentence) and ``actions`` (button words and what they call) in ``then``: the task strip shows
    them when the task has ended.
    """

    progressed = Signal(object)
    finished = Signal(str)

    def __init__(self, number: int, title: str, parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self.title = title
        self.state = ProgressState(0, 0, "", None)
        self.outcome = ""
        self.result: Any = None
        self.error: BaseException | None = None
        self.is_kept = True
        """Whether it stays in sight when it has ended; False when the page that began it shows the end itself."""
        self.summary = ""
        self.actions: list[tuple[str, Callable[[], None]]] = []
        self.task = Task(title, self._on_progress)

    def cancel(self) -> None:
        """Ask the work to stop; ``finished`` tells when it did."""
        self.task.cancel()

    def _on_progress(self, state: ProgressState) -> None:
        # Called on the worker's thread; the bridge's queued signal carries it over.
        bridge = self.parent()
        if isinstance(bridge, Bridge):
            bridge.post(lambda: self._show(state))

    def _show(self, state: ProgressState) -> None:
        self.state = state
        self.progressed.emit(state)


class Bridge(QObject):
    """Runs work for the widgets of one window on one workbench."""

    task_started = Signal(object)
    """A RunningTask with a title began: the task strip shows it."""

    records_changed = Signal(object)
    """A ChangeSet was written, by whomever: screens see whether they are stale."""

    refused = Signal(object)
    """A KnownError nobody took: the message bar shows it."""

    failed = Signal(object)
    """An exception that is our bug: the crash window shows it."""

    _posted = Signal(object)

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self._numbers = itertools.count(1)
        self._running: dict[int, RunningTask] = {}
        self._is_closed = False
        # Queued even from this thread: a result never arrives before run_query has returned.
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)
        workbench.workspace.listeners.append(self._on_change_set)

    def run_query(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], None] | None = None,
        *,
        owner: QObject,
        title: str = "",
        refused: Callable[[KnownError], None] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> RunningTask:
        """Run work that reads or deals with files; ``then`` gets its result on this thread while ``owner`` lives.

        With a ``title`` it appears in the task strip. ``refused`` takes a KnownError instead of the message bar;
        ``ended`` is called last, whatever happened. The work must not touch a widget.
        """
        return self._run(self.workbench.tasks.run_query, work, then, owner, title, refused, ended)

    def run_change(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], None] | None = None,
        *,
        owner: QObject,
        title: str = "",
        refused: Callable[[KnownError], None] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> RunningTask:
        """Run work that writes, one after the other; otherwise as ``run_query``."""
        return self._run(self.workbench.tasks.run_change, work, then, owner, title, refused, ended)

    @property
    def running(self) -> tuple[RunningTask, ...]:
        """What is under way, quiet work included."""
        return tuple(self._running.values())

    def post(self, call: Callable[[], None]) -> None:
        """Have something called on the window's thread; usable from any thread, dropped once the bridge is closed."""
        if not self._is_closed and shiboken6.isValid(self):
            self._posted.emit(call)

    def close(self) -> None:
        """Stop long work, let small writes under way (drafts, preferences) reach the disk, and hear no more of it."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._on_change_set in self.workbench.workspace.listeners:
            self.workbench.workspace.listeners.remove(self._on_change_set)
        for running in self.running:
            if running.title:
                running.cancel()
        last = self.workbench.tasks.run_change(lambda _progress: None, Task(""))
        with suppress(TimeoutError):
            last.result(CLOSING_SECONDS)

    def _run(
        self,
        runner: Callable[[Callable[[Progress], T], Task], Future[T]],
        work: Callable[[Progress], T],
        then: Callable[[T], None] | None,
        owner: QObject,
        title: str,
        refused: Callable[[KnownError], None] | None,
        ended: Callable[[], None] | None,
    ) -> RunningTask:
        running = RunningTask(next(self._numbers), title, self)
        if self._is_closed:  # a timer that was still ticking while the window closed
            running.outcome = "cancelled"
            return running
        self._running[running.number] = running

        def settle(future: Future[T]) -> None:
            self._running.pop(running.number, None)
            alive = shiboken6.isValid(owner)
            error = CancelledError() if future.cancelled() else future.exception()
            running.error = error
            try:
                if error is None:
                    running.outcome = "done"
                    running.result = future.result()
                    if then is not None and alive:
                        then(running.result)
                elif isinstance(error, (Cancelled, CancelledError)):
                    running.outcome = "cancelled"
                elif isinstance(error, KnownError):
                    running.outcome = "refused"
                    if refused is None:
                        self.refused.emit(error)
                    elif alive:
                        refused(error)
                else:
                    running.outcome = "failed"
                    _LOG.error("%s failed", title or "work", exc_info=error)
                    self.failed.emit(error)
            finally:
                if ended is not None and alive and shiboken6.isValid(owner):
                    ended()
                running.finished.emit(running.outcome)
                if not title:  # the task strip keeps the others until they were read
                    running.deleteLater()

        if title:
            self.task_started.emit(running)
        future = runner(work, running.task)
        future.add_done_callback(lambda done: self.post(lambda: settle(done)))
        return running

    def _on_change_set(self, change_set: ChangeSet) -> None:
        self.post(lambda: self.records_changed.emit(change_set))

    @Slot(object)
    def _on_posted(self, call: Callable[[], None]) -> None:
        if not self._is_closed:
            call()
