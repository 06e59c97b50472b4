"""What a person mends while reviewing a file: texts of cells, all suggestions of a kind, texts that mean others.

Every act goes through the session's line, can be taken back, and is followed by another comparison: at once for small
files, when it is asked for with large ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gdbos_desktop.services.imports import ImportSession, Mendable, TextQuestion
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.import_line import SessionLine
from gdbos_desktop.ui.import_reviewed import Reviewed

PAUSE_MS = 150
"""Mends that follow each other this quickly are compared together."""

Undo = Callable[[ImportSession], None]


@dataclass(frozen=True)
class _Act:
    words: str
    rows: frozenset[tuple[str, int]]
    undo: Undo


@dataclass(frozen=True, slots=True)
class Replacement:
    """In a column of a sheet, a text and what is to be read instead."""

    sheet: str
    place: int
    text: str
    instead: str


class Mending(QObject):
    """The acts of one review, newest last."""

    changed = Signal()
    """The acts, or how many of them were not compared yet."""

    recheck_wanted = Signal()
    """Time to compare again."""

    decided = Signal()
    """Something was decided that a crash must not lose."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._line: SessionLine | None = None
        self._acts: list[_Act] = []
        self._is_large = False
        self.unchecked = 0
        """Acts since the last comparison."""
        self.unchecked_rows: set[tuple[str, int]] = set()
        """Sheet and number of the rows mended since."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.recheck_wanted)

    def begin(self, line: SessionLine | None) -> None:
        """Another file, or none."""
        self._timer.stop()
        self._line, self._acts, self.unchecked = line, [], 0
        self.unchecked_rows = set()
        self.changed.emit()

    def checked(self, reviewed: Reviewed) -> None:
        """The file was compared with everything that was decided until now."""
        self._is_large = reviewed.is_large
        self.unchecked = 0
        self.unchecked_rows = set()
        self.changed.emit()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._acts)

    @property
    def last_words(self) -> str:
        """What the newest act was."""
        return self._acts[-1].words if self._acts else ""

    @property
    def count(self) -> int:
        """How many acts there were."""
        return len(self._acts)

    @property
    def waits(self) -> bool:
        """Whether acts wait for somebody to ask for the comparison."""
        return self._is_large and self.unchecked > 0

    # Acts

    def mend(self, sheet: str, row: int, place: int, text: str, where: str) -> None:
        """Read a text instead of what a cell says; ``where`` names the cell."""

        def work(session: ImportSession, _progress: Progress) -> Undo:
            before = session.mends.get((sheet, row, place))
            session.mend(sheet, row, place, text)
            if before is None:
                return lambda back: back.unmend(sheet, row, place)
            return lambda back: back.mend(sheet, row, place, before)

        self._do(work, _("{cell} → “{text}”").format(cell=where, text=_short(text)), [(sheet, row)])

    def accept(self, one: Mendable) -> None:
        """Take the suggestions of all issues of a kind in a column."""
        self.accept_all([one], _("Suggestions for “{heading}”").format(heading=one.heading))

    def accept_all(self, several: Sequence[Mendable], words: str = "") -> None:
        """Take the suggestions of several kinds at once; one act."""
        columns = [(one.sheet, one.column) for one in several]

        def work(session: ImportSession, _progress: Progress) -> Undo:
            undo = _columns_as_they_are(session, [place for _sheet, place in columns])
            for one in several:
                session.accept(one.sheet, one.column, one.code)
            return undo

        self._do(work, words or _("All suggestions"))

    def map_text(self, question: TextQuestion, instead: str) -> None:
        """Read an entry of the code list wherever a cell of the column says this text."""
        sheet, place = question.place.sheet, question.place.column
        self.replace([Replacement(sheet, place, question.text, instead)])

    def replace(self, several: Iterable[Replacement]) -> None:
        """Read other texts instead of these; one act."""
        replacements = tuple(several)
        if not replacements:
            return

        def work(session: ImportSession, _progress: Progress) -> Undo:
            undo = _columns_as_they_are(session, [one.place for one in replacements])
            for one in replacements:
                session.map_text(one.sheet, one.place, one.text, one.instead)
            return undo

        first = replacements[0]
        self._do(work, _("“{text}” → “{instead}”").format(text=_short(first.text), instead=_short(first.instead)))

    def undo(self) -> None:
        """Take the newest act back."""
        if self._line is None or not self._acts:
            return
        act = self._acts.pop()
        self._line.ask(lambda session, _progress: act.undo(session))
        self._count(act.rows)

    # Inside

    def _do(
        self,
        work: Callable[[ImportSession, Progress], Undo],
        words: str,
        rows: Iterable[tuple[str, int]] = (),
    ) -> None:
        if self._line is None:
            return
        touched = frozenset(rows)
        self._line.ask(work, lambda undo: self._done(_Act(words, touched, undo)))
        self._count(touched)

    def _done(self, act: _Act) -> None:
        self._acts.append(act)
        self.changed.emit()

    def _count(self, rows: frozenset[tuple[str, int]]) -> None:
        self.unchecked += 1
        self.unchecked_rows |= rows
        if not self._is_large:
            self._timer.start()
        self.decided.emit()
        self.changed.emit()


def _columns_as_they_are(session: ImportSession, places: Sequence[int]) -> Undo:
    """Gives back to these columns of every sheet the replaced texts and accepted suggestions that they have now."""
    kept: list[tuple[str, int, dict[str, Any]]] = []
    for plan in session.sheets:
        for place in set(places):
            column = plan.columns.get(place)
            if column is not None and column.targets:
                first = column.targets[0]
                kept.append((plan.name, place, {"values": dict(first.values), "accept": first.accept}))

    def undo(back: ImportSession) -> None:
        for sheet, place, options in kept:
            back.set_column(sheet, place, **options)

    return undo


def _short(text: str, limit: int = 16) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= limit else f"{line[:limit]}…"
