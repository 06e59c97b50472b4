"""The one way to an import session: one call after the other, off the window's thread.

A session is not for several threads at once. Whatever a screen wants of it is asked here; the calls of a line run in
the order in which they were asked. What a newer call makes needless (a picture of the columns) is left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from gdbos_desktop.services.imports import ImportSession
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge, RunningTask

T = TypeVar("T")


@dataclass(frozen=True)
class _Call:
    work: Callable[[ImportSession, Progress], Any]
    then: Callable[[Any], None] | None
    key: str
    title: str
    refused: Callable[[KnownError], None] | None
    ended: Callable[[], None] | None
    started: Callable[[RunningTask], None] | None
    is_change: bool


class SessionLine(QObject):
    """Calls to one session. ``is_open`` until ``close``; then nothing is called any more and no result arrives."""

    busy_changed = Signal(bool)

    def __init__(self, bridge: Bridge, session: ImportSession, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._waiting: deque[_Call] = deque()
        self._running: RunningTask | None = None
        self._key = ""
        self.is_open = True
        self.name = session.path.name
        """The name of the file."""

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way or waits."""
        return self._running is not None or bool(self._waiting)

    def ask(
        self,
        work: Callable[[ImportSession, Progress], T],
        then: Callable[[T], None] | None = None,
        *,
        key: str = "",
        title: str = "",
        refused: Callable[[KnownError], None] | None = None,
        ended: Callable[[], None] | None = None,
        started: Callable[[RunningTask], None] | None = None,
        is_change: bool = False,
    ) -> None:
        """Have ``work`` done with the session; ``then`` gets its result on this thread.

        Of the calls with the same ``key`` only the last is of use: earlier ones are left out or stopped. ``started``
        gets the running task; the rest is as in ``Bridge.run_query``. ``is_change``: it writes into the store.
        """
        if not self.is_open:
            return
        if key:
            self._waiting = deque(call for call in self._waiting if call.key != key)
            if self._key == key:
                self.cancel()
        self._waiting.append(_Call(work, then, key, title, refused, ended, started, is_change))
        self._next()

    def cancel(self) -> None:
        """Stop the call that is under way."""
        if self._running is not None:
            self._running.cancel()

    def close(self) -> None:
        """Let go of the file."""
        self.is_open = False
        self._waiting.clear()
        if self._running is not None:
            self._running.cancel()  # the file is closed when it has stopped
        else:
            self._session.close()

    def _next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        call = self._waiting.popleft()
        session, self._key = self._session, call.key

        def then(result: object) -> None:
            if self.is_open and call.then is not None:
                call.then(result)

        def refused(error: KnownError) -> None:
            if self.is_open and call.refused is not None:
                call.refused(error)
            elif self.is_open:
                self._bridge.refused.emit(error)

        def ended() -> None:
            self._running, self._key = None, ""
            if call.ended is not None:
                call.ended()
            if not self.is_open:
                session.close()
            self._next()
            if self._running is None:
                self.busy_changed.emit(False)

        run = self._bridge.run_change if call.is_change else self._bridge.run_query
        self._running = run(
            lambda progress: call.work(session, progress),
            then,
            owner=self,
            title=call.title,
            refused=refused,
            ended=ended,
        )
        if call.started is not None:
            call.started(self._running)
        self.busy_changed.emit(True)
