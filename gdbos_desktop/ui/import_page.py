"""The import, step by step: choose a file, answer what only a person can know, look at the proposal, write it.

Nothing is written before the last step, and that one is a single act that can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.services.imports import ImportOptions, ImportSession, Mode, Proposal, Question
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.system.paths import documents_folder
from gdbos_desktop.system.tasks import Progress, ProgressState
from gdbos_desktop.ui.bridge import Bridge, RunningTask
from gdbos_desktop.ui.flow import FlowLayout, empty_layout
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_questions import QuestionsPane
from gdbos_desktop.ui.import_review import ReviewIndex, ReviewPane
from gdbos_desktop.ui.theme import (
    IconLabel,
    label,
    link_button,
    page_title,
    plain_button,
    primary_button,
    quiet_button,
    row,
    secondary,
    section_title,
    set_property,
)

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt")
RECENT_SECTION, RECENT_KEY, MOST_RECENT = "import", "recent-files", 6
STEPS = (N_("Choose a file"), N_("Columns"), N_("Review"), N_("Done"))
MODES = (
    (Mode.UPSERT, N_("Add and update")),
    (Mode.INSERT, N_("Only add")),
    (Mode.UPDATE, N_("Only update")),
)


class Step(IntEnum):
    """Where the person is."""

    CHOOSE = 0
    QUESTIONS = 1
    REVIEW = 2
    DONE = 3


class ImportPage(QWidget):
    """Leads one file into the store."""

    imported = Signal(object)
    """The Outcome of an import that was written."""

    check_wanted = Signal()
    """The person wants to see what the checks say of what was imported."""

    def __init__(self, workbench: Workbench, bridge: Bridge) -> None:
        super().__init__()
        self.workbench = workbench
        self.bridge = bridge
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.ask_file: Callable[[], Path | None] = self._ask_file
        """How a file is asked for; tests and pictures answer instead."""
        self.path: Path | None = None
        self.session: ImportSession | None = None
        self.proposal: Proposal | None = None
        self.outcome: Outcome | None = None
        self._questions: list[Question] = []
        self._answers: dict[str, str] = {}
        self._running: RunningTask | None = None
        self._number = 0
        self.recent: list[Path] = []
        """The files used before that are still there."""
        self.step = Step.CHOOSE
        self._build()
        self._show_step(Step.CHOOSE)
        self._load_recent()

    # Building

    def _build(self) -> None:
        self.steps = _StepLine()
        self.again_button = plain_button(_("Another file"), "arrow-go-back-line")
        self.again_button.clicked.connect(self.start_again)
        self.notice = Notice()
        self.progress = _ProgressPane()
        self.progress.cancelled.connect(self._cancel)
        self.questions = QuestionsPane()
        self.questions.answered.connect(self._on_answered)
        self.review = ReviewPane(self.workbench, self.bridge)
        self.review.reopen_wanted.connect(self._reopen)
        self.continue_button = primary_button(_("Continue"), "arrow-right-line")
        self.continue_button.clicked.connect(self.propose)
        self._questions_words = secondary()
        self.commit_button = primary_button(_("Write"), "check-line")
        self.commit_button.clicked.connect(self.commit)
        self._commit_words = secondary()

        self._stack = QStackedWidget()
        self._choose = self._choose_page()
        self._ask = _step_page(self.questions, row(self._questions_words, None, self.continue_button))
        self._look = _step_page(self.review, row(self._commit_words, None, self.commit_button))
        self._done = self._done_page()
        for part in (self._choose, self._ask, self._look, self._done, self.progress):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(row(page_title(_("Import")), 16, self.steps, None, self.again_button))
        layout.addWidget(self.notice)
        layout.addWidget(self._stack, 1)

    def _choose_page(self) -> QWidget:
        page = QWidget()
        self.drop = _DropZone()
        self.drop.dropped.connect(self.read)
        self.choose_button = self.drop.button
        self.choose_button.clicked.connect(self._on_choose)
        self._modes = QButtonGroup(self)
        modes = QWidget()
        flow = FlowLayout(modes, 16, 4)
        words_before = secondary(_("Way of writing:"))
        words_before.setMinimumHeight(24)
        flow.addWidget(words_before)
        for mode, words in MODES:
            radio = QRadioButton(_(words))
            radio.setAccessibleName(_(words))
            radio.setChecked(mode is Mode.UPSERT)
            radio.setMinimumHeight(24)
            self._modes.addButton(radio)
            radio.setProperty("mode", str(mode))
            flow.addWidget(radio)
        self._recent = QWidget()
        self._recent_rows = QGridLayout(self._recent)  # two beside each other: six rows are too high for a low screen
        self._recent_rows.setContentsMargins(0, 8, 0, 0)
        self._recent_rows.setHorizontalSpacing(24)
        self._recent_rows.setVerticalSpacing(4)
        self._recent_rows.setColumnStretch(1, 1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.drop, 3)
        layout.addWidget(modes)
        layout.addWidget(self._recent)
        layout.addStretch(1)
        return page

    def _done_page(self) -> QWidget:
        page = QFrame()
        page.setProperty("role", "card")
        self._done_title = IconLabel("checkbox-circle-line", "", "success")
        self._done_words = label("", wrap=True)
        self._done_counts = QVBoxLayout()
        self._done_counts.setSpacing(4)
        self.undo_button = quiet_button(_("Undo this import"), "arrow-go-back-line")
        self.undo_button.clicked.connect(self.undo)
        self.check_button = quiet_button(_("Check everything"), "shield-check-line")
        self.check_button.clicked.connect(self.check_wanted)
        self.next_button = primary_button(_("Import another file"), "upload-2-line")
        self.next_button.clicked.connect(self.start_again)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        self._done_heading = section_title("")
        self._done_heading.setWordWrap(True)
        heading = row(self._done_title, self._done_heading)
        heading.setStretch(1, 1)
        layout.addLayout(heading)
        layout.addLayout(self._done_counts)
        layout.addWidget(self._done_words)
        layout.addLayout(row(self.next_button, self.check_button, self.undo_button, None))
        layout.addStretch(1)
        return page

    # Step 1: the file

    @property
    def mode(self) -> Mode:
        """How rows will be written."""
        checked = self._modes.checkedButton()
        return Mode(str(checked.property("mode")))

    def choose_mode(self, mode: Mode) -> None:
        """Choose how rows will be written."""
        for button in self._modes.buttons():
            button.setChecked(button.property("mode") == str(mode))

    def read(self, path: Path) -> None:
        """Read a file and find out what its columns are."""
        self.path = path
        self._answers = {}
        self._open(path, {})

    def _open(self, path: Path, answers: dict[str, str]) -> None:
        self.notice.hide()
        options = ImportOptions(mode=self.mode)
        imports = self.workbench.imports
        number = self._next()

        def work(progress: Progress) -> tuple[ImportSession, list[Question]]:
            session = imports.open(path, options, progress)
            return session, session.questions

        def opened(found: tuple[ImportSession, list[Question]]) -> None:
            if number != self._number:
                found[0].close()
                return
            self.session, self._questions = found
            self._remember(path)
            if self._questions:
                self._answers = answers
                self._show_step(Step.QUESTIONS)
            else:
                self.propose()

        self._run(_("Reading {file}").format(file=_short_name(path.name)), work, opened, Step.CHOOSE)

    def _on_choose(self) -> None:
        path = self.ask_file()
        if path is not None:
            self.read(path)

    def _ask_file(self) -> Path | None:
        pattern = _("Workbooks and tables ({endings})").format(endings=" ".join(f"*{ending}" for ending in ENDINGS))
        start = str(self.path.parent if self.path else documents_folder())
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Choose a file"), start, pattern)
        return Path(chosen) if chosen else None

    # Step 2: the questions

    def _on_answered(self, question: str, choice: str) -> None:
        self._answers[question] = choice
        if question.endswith("!kind") and self.session is not None:
            session = self.session
            session.answer(question, choice)
            self._questions = session.questions
            self.questions.show_questions(self._questions, self._answers)
        self._count_answers()

    def _count_answers(self) -> None:
        open_count = sum(question.id not in self._answers for question in self._questions)
        words = _("{count} columns are not answered; they will be left out.").format(count=open_count)
        self._questions_words.setText(words if open_count else _("Everything is answered."))

    def propose(self) -> None:
        """Find out what the file would change."""
        session = self.session
        if session is None:
            return
        self.notice.hide()
        answers = {
            q.id: self._answers[q.id] for q in self._questions if q.id in self._answers and not q.id.endswith("!kind")
        }
        imports = self.workbench.imports
        number = self._next()

        def work(progress: Progress) -> tuple[Proposal, ReviewIndex]:
            for question, choice in answers.items():
                session.answer(question, choice)
            proposal = imports.propose(session, progress)
            return proposal, ReviewIndex.of(proposal)

        def proposed(found: tuple[Proposal, ReviewIndex]) -> None:
            if number == self._number:
                self.proposal = found[0]
                self._show_step(Step.REVIEW)
                self.review.show_proposal(*found)

        title = _("Comparing {file} with the store").format(file=_short_name(self.path.name) if self.path else "")
        self._run(title, work, proposed, Step.QUESTIONS if self._questions else Step.CHOOSE)

    def _reopen(self) -> None:
        """Back to the columns, with the answers given so far."""
        if self.path is not None:
            self._open(self.path, dict(self._answers))

    # Step 3 and 4: the proposal, and writing it

    def commit(self) -> None:
        """Write the proposal as one act."""
        proposal = self.proposal
        if proposal is None or proposal.is_empty:
            return
        self.notice.hide()
        imports = self.workbench.imports
        number = self._next()

        def written(outcome: Outcome) -> None:
            self.outcome = outcome
            self.let_go()
            self.imported.emit(outcome)
            if number == self._number:
                self._show_done(proposal, outcome)

        self._run(
            _("Importing {file}").format(file=_short_name(proposal.file)),
            lambda progress: imports.commit(proposal, progress),
            written,
            Step.REVIEW,
            is_change=True,
        )

    def undo(self) -> None:
        """Take the import back as a whole."""
        outcome = self.outcome
        if outcome is None or outcome.change_set is None:
            return
        history, change_set = self.workbench.history, outcome.change_set.id

        def undone(_outcome: Outcome) -> None:
            self.undo_button.setEnabled(False)
            self.check_button.hide()
            self._done_title.show_state("arrow-go-back-line", "", "secondary")
            self._done_heading.setText(_("The import was taken back."))
            self._done_words.setText(_("The store is as it was before. The history keeps both acts."))

        self._run(
            _("Taking the import back"),
            lambda progress: history.undo(change_set, progress),
            undone,
            Step.DONE,
            is_change=True,
            refused=self.bridge.refused.emit,
        )

    def start_again(self) -> None:
        """Back to the choice of a file; nothing that was not written stays."""
        self._next()
        self._cancel()
        self.let_go()
        self.session = self.proposal = self.outcome = None
        self._questions, self._answers = [], {}
        self.notice.hide()
        self._show_step(Step.CHOOSE)
        self._load_recent()

    def let_go(self) -> bool:
        """Let go of the file; always True: nothing keeps the person here."""
        if self.session is not None:
            self.session.close()
        return True

    # Running

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _run(
        self,
        title: str,
        work: Callable[[Progress], object],
        then: Callable[..., None],
        back: Step,
        is_change: bool = False,
    ) -> None:
        """Run work with its progress in sight; when it fails or is cancelled, the person is back where it began."""
        self.progress.begin(title)
        self._stack.setCurrentWidget(self.progress)
        self.again_button.hide()
        number = self._number
        state = {"is_done": False}

        def done(result: object) -> None:
            state["is_done"] = True
            if number == self._number:  # what somebody no longer waits for changes nothing on screen
                self._show_step(back, keep_notice=True)
            then(result)

        def refused(error: KnownError) -> None:
            if number == self._number:
                self._show_step(back, keep_notice=True)
                self.notice.show_error(error)

        def ended() -> None:
            running.is_kept = not self.isVisible()  # this page says itself how it ended
            if number == self._number:
                self._running = None
            if number == self._number and not state["is_done"] and self._stack.currentWidget() is self.progress:
                self._show_step(back, keep_notice=True)
                self.notice.show_words(_("Stopped. Nothing was written."), "info")

        run = self.bridge.run_change if is_change else self.bridge.run_query
        running = self._running = run(work, done, owner=self, title=title, refused=refused, ended=ended)
        running.progressed.connect(self.progress.show_state)

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self.progress.show_stopping()

    # Showing

    def _show_step(self, step: Step, keep_notice: bool = False) -> None:
        self.step = step
        self.steps.show_step(step)
        self.again_button.setVisible(step in {Step.QUESTIONS, Step.REVIEW})
        self._stack.setCurrentIndex(int(step))
        if not keep_notice:
            self.notice.hide()
        if step is Step.QUESTIONS:
            self.questions.show_questions(self._questions, self._answers)
            self._count_answers()
        if step is Step.REVIEW and self.proposal is not None:
            self._show_commit(self.proposal)

    def _show_commit(self, proposal: Proposal) -> None:
        count = sum(counts.created + counts.updated for counts in proposal.counts.values())
        self.commit_button.setEnabled(not proposal.is_empty)
        words = _("Write {count} records").format(count=f"{count:,}") if count else _("Nothing to write")
        self.commit_button.setText(words)
        self.commit_button.setAccessibleName(words)
        if proposal.is_empty:
            self._commit_words.setText(_("The store already has everything that is in this file."))
        else:
            self._commit_words.setText(_("Written as one act: it can be undone as a whole at any time."))

    def _show_done(self, proposal: Proposal, outcome: Outcome) -> None:
        self._show_step(Step.DONE)
        self._done_title.show_state("checkbox-circle-line", "", "success")
        self._done_heading.setText(_("“{file}” is imported").format(file=soft(proposal.file)))
        empty_layout(self._done_counts)
        standard = self.workbench.standard
        for kind, counts in proposal.counts.items():
            words = _("{kind}: {created} new, {updated} changed, {unchanged} unchanged, {skipped} not imported").format(
                kind=standard.kind(kind).label,
                created=f"{counts.created:,}",
                updated=f"{counts.updated:,}",
                unchanged=f"{counts.unchanged:,}",
                skipped=f"{counts.skipped:,}",
            )
            self._done_counts.addWidget(label(words, wrap=True))
        left = len(proposal.issues)
        self._done_words.setText(
            _("{count} issues of the file remain; the check page lists what the store still has.").format(count=left)
            if left
            else _("The file had no issues.")
        )
        self.undo_button.setEnabled(outcome.change_set is not None)
        self.check_button.show()
        self.next_button.setFocus()

    # Files used before

    def _load_recent(self) -> None:
        settings = self.workbench.settings

        def look(_progress: Progress) -> list[tuple[Path, int]]:
            kept = settings.get(RECENT_SECTION, RECENT_KEY, [])
            found = []
            for path in map(Path, map(str, kept)):
                with suppress(OSError):  # gone, or in a folder that may not be looked into any more
                    size = path.stat().st_size
                    found += [(path, size)] if path.is_file() else []
            return found

        self.bridge.run_query(look, self._show_recent, owner=self)

    def _show_recent(self, files: Sequence[tuple[Path, int]]) -> None:
        empty_layout(self._recent_rows)
        self.recent = [path for path, _size_of_file in files]
        self._recent.setVisible(bool(files))
        if not files:
            return
        self._recent_rows.addWidget(secondary(_("Used before")), 0, 0, 1, 2)
        for place, (path, size) in enumerate(files[:MOST_RECENT]):
            button = link_button(_short_name(path.name))
            button.setToolTip(str(path))
            button.clicked.connect(lambda _on=False, path=path: self.read(path))
            holder = QWidget()
            remark = secondary(_("{folder} · {size}").format(folder=_short_name(path.parent.name), size=_size(size)))
            holder.setLayout(row(button, remark, None))
            self._recent_rows.addWidget(holder, 1 + place // 2, place % 2)

    def _remember(self, path: Path) -> None:
        settings = self.workbench.settings

        def keep(_progress: Progress) -> None:
            kept = [str(known) for known in settings.get(RECENT_SECTION, RECENT_KEY, []) if str(known) != str(path)]
            settings.set(RECENT_SECTION, RECENT_KEY, [str(path), *kept][:MOST_RECENT])

        self.bridge.run_change(keep, owner=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self._running is not None:
            self._cancel()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The page came to the front: the cursor goes to the next step."""
        del event
        {Step.CHOOSE: self.choose_button, Step.QUESTIONS: self.continue_button, Step.REVIEW: self.review.table}.get(
            self.step, self.next_button
        ).setFocus()


class _StepLine(QWidget):
    """Where the person is among the steps; the number says it without colour."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[QLabel] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for number, words in enumerate(STEPS, start=1):
            if self._labels:
                layout.addWidget(label("›", "secondary"))
            shown = label(f"{number} {_(words)}", "secondary")
            self._labels.append(shown)
            layout.addWidget(shown)

    def show_step(self, step: int) -> None:
        """Mark a step."""
        for place, shown in enumerate(self._labels):
            set_property(shown, "role", "strong" if place == step else "secondary")
        self.setAccessibleName(self._labels[step].text())


class _DropZone(QFrame):
    """Takes a file that is dropped on it, or a click on its button."""

    dropped = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "drop")
        self.setAcceptDrops(True)
        self.setMinimumHeight(140)
        self.button = primary_button(_("Choose a file …"), "folder-open-line")
        title = label(_("Drag an Excel or CSV file here"), "section")
        words = secondary(
            _("Title rows, merged cells and totals are understood; nothing is written before you have seen it."),
            wrap=True,
        )
        for part in (title, words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._wrong = label("", "error")
        self._wrong.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._wrong)
        layout.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            set_property(self, "kind", "over")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        super().dragLeaveEvent(event)
        set_property(self, "kind", "")

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        set_property(self, "kind", "")
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(files) == 1:
            event.acceptProposedAction()
            self._wrong.setText("")
            self.dropped.emit(files[0])
        else:
            self._wrong.setText(_("One file at a time, please."))


class _ProgressPane(QFrame):
    """What is running, how far it is, how long it still takes, and the way to stop it."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = section_title("")
        self._what = secondary()
        self._numbers = secondary()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress"))
        self.bar.setFixedWidth(480)
        self.stop_button = quiet_button(_("Stop"), "close-line")
        self.stop_button.clicked.connect(self.cancelled)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        for part in (self._title, self.bar, self._what, self._numbers):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        layout.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        layout.setSpacing(8)

    def begin(self, title: str) -> None:
        """Something begins."""
        self._title.setText(title)
        self._what.setText("")
        self._numbers.setText("")
        self.bar.setRange(0, 0)
        self.stop_button.setEnabled(True)

    def show_state(self, state: ProgressState) -> None:
        """How far it is."""
        if state.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(state.done / state.total * 1000))
            words = _("{done} of {total}").format(done=f"{state.done:,}", total=f"{state.total:,}")
            if state.seconds_left is not None and state.seconds_left >= 1:
                words += _(", {seconds} seconds left").format(seconds=f"{state.seconds_left:.0f}")
        else:
            self.bar.setRange(0, 0)
            words = _("{done} rows so far").format(done=f"{state.done:,}") if state.done else ""
        self._what.setText(state.what)
        self._numbers.setText(words)

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._title.text()} {self._what.text()} {self._numbers.text()}"

    def show_stopping(self) -> None:
        """The person wants it stopped."""
        self.stop_button.setEnabled(False)
        self._what.setText(_("Stopping …"))


def _step_page(content: QWidget, bottom: QHBoxLayout) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(content, 1)
    layout.addLayout(bottom)
    return page


def _short_name(name: str, limit: int = 28) -> str:
    return name if len(name) <= limit else f"{name[: limit - 12]}…{name[-11:]}"


def _size(size: int) -> str:
    return f"{size / 1024:,.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"
