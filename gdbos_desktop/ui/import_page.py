"""The import, step by step: choose a file, see what its columns are, look at the proposal, write it.

Nothing is written before the last step, and that one is a single act that can be taken back. Everything decided on the
way is kept, so that a crash loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.layouts import Layout
from gdbos_desktop.services.imports import (
    ImportOptions,
    ImportSession,
    Mode,
    PendingImport,
    Proposal,
)
from gdbos_desktop.services.similar import NameCluster
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge, RunningTask
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.forms.notice import Action, Notice
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_choose import ENDINGS, ChoosePane
from gdbos_desktop.ui.import_columns import ColumnsPane, Decision
from gdbos_desktop.ui.import_done import DonePane
from gdbos_desktop.ui.import_line import SessionLine
from gdbos_desktop.ui.import_look import SessionLook, look_at
from gdbos_desktop.ui.import_progress import ProgressPane, StepLine, short_name
from gdbos_desktop.ui.import_recipes import KeepRecipe
from gdbos_desktop.ui.import_review import ReviewPane
from gdbos_desktop.ui.import_reviewed import Reviewed, review_of
from gdbos_desktop.ui.theme import page_title, plain_button, primary_button, quiet_button, row, secondary

STEPS = (N_("Choose a file"), N_("Columns"), N_("Review"), N_("Done"))
SECTION, STRAIGHT = "import", "straight-to-review"
KEEP_PAUSE_MS = 400


class Step(IntEnum):
    """Where the person is."""

    CHOOSE = 0
    COLUMNS = 1
    REVIEW = 2
    DONE = 3


class ImportPage(QWidget):
    """Leads one file into the store."""

    imported = Signal(object)
    """The Outcome of an import that was written."""

    check_wanted = Signal()
    """The person wants to see what the checks say of what was imported."""

    def __init__(self, workbench: Workbench, bridge: Bridge, dialogs: FileDialogs | None = None) -> None:
        super().__init__()
        self.workbench = workbench
        self.bridge = bridge
        self.dialogs = dialogs or FileDialogs()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.path: Path | None = None
        self.look: SessionLook | None = None
        self.proposal: Proposal | None = None
        self.outcome: Outcome | None = None
        self.line: SessionLine | None = None
        """The way to the open file; None while there is none."""
        self._running: RunningTask | None = None
        self._number = 0
        self._offered: Layout | None = None
        self._is_straight = False
        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(KEEP_PAUSE_MS)
        self._keep_timer.timeout.connect(self._keep_pending)
        self.step = Step.CHOOSE
        self._build()
        self._show_step(Step.CHOOSE)
        self.choose.refresh()
        settings = workbench.settings
        bridge.run_query(lambda _progress: bool(settings.get(SECTION, STRAIGHT, False)), self._set_straight, owner=self)

    # Building

    def _build(self) -> None:
        self.steps = StepLine(STEPS)
        self.again_button = plain_button(_("Another file"), "arrow-go-back-line")
        self.again_button.clicked.connect(self.start_again)
        self.notice = Notice()
        self.progress = ProgressPane()
        self.progress.cancelled.connect(self._cancel)
        self.choose = ChoosePane(self.workbench, self.bridge, self.dialogs)
        self.choose.file_chosen.connect(self.read)
        self.choose.resume_asked.connect(self.resume)
        self.choose.discard_asked.connect(self._drop_pending)
        self.choose_button = self.choose.choose_button
        self.choose_button.clicked.connect(self._on_choose)
        self.columns = ColumnsPane(self.workbench.standard)
        self.columns.decided.connect(self.decide)
        self.columns.sheet_shown.connect(self._show_sheet)
        self.review = ReviewPane(self.workbench, self.bridge)
        self.review.reopen_wanted.connect(self.back_to_columns)
        self.review.recheck_wanted.connect(self.recheck)
        self.review.decided.connect(self._keep_timer.start)
        self.review.mended_changed.connect(self._show_commit)
        self.done = DonePane(self.workbench.standard)
        self.next_button, self.undo_button = self.done.next_button, self.done.undo_button
        self.check_button = self.done.check_button
        self.next_button.clicked.connect(self.start_again)
        self.undo_button.clicked.connect(self.undo)
        self.check_button.clicked.connect(self.check_wanted)
        self.done.result_button.clicked.connect(self.save_result)
        self.done.recipe_button.clicked.connect(lambda: self.ask_recipe(self.done.recipe_button))
        self._stack = QStackedWidget()
        for part in (self.choose, self._columns_page(), self._review_page(), self.done, self.progress):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(row(page_title(_("Import")), 16, self.steps, None, self.again_button))
        layout.addWidget(self.notice)
        layout.addWidget(self._stack, 1)

    def _columns_page(self) -> QWidget:
        self.straight_box = QCheckBox(_("Straight to the review when every column is known"))
        self.straight_box.clicked.connect(self._on_straight)
        self.columns_words = secondary()
        self.continue_button = primary_button(_("Continue"), "arrow-right-line")
        self.continue_button.clicked.connect(self.go_on)
        return _step_page(self.columns, row(self.straight_box, None, self.columns_words, self.continue_button))

    def _review_page(self) -> QWidget:
        self.back_button = quiet_button(_("Columns"), "arrow-left-line")
        self.back_button.setAccessibleName(_("Back to the columns"))
        self.back_button.clicked.connect(self.back_to_columns)
        self.result_button = quiet_button(_("Save the result file …"), "file-excel-2-line")
        self.result_button.setToolTip(
            _("The same workbook with a status column, colours and remarks; nothing is imported.")
        )
        self.result_button.clicked.connect(self.save_result)
        self.recipe_button = quiet_button(_("Keep as a recipe …"), "file-list-line")
        self.recipe_button.clicked.connect(lambda: self.ask_recipe(self.recipe_button))
        self.commit_button = primary_button(_("Write"), "check-line")
        self.commit_button.clicked.connect(self.commit)
        self.commit_words = secondary()
        bottom = row(
            self.back_button, self.commit_words, None, self.result_button, self.recipe_button, self.commit_button
        )  # fmt: skip
        return _step_page(self.review, bottom)

    # Step 1: the file

    @property
    def mode(self) -> Mode:
        """How rows will be written."""
        return self.choose.mode

    def choose_mode(self, mode: Mode) -> None:
        """Choose how rows will be written."""
        self.choose.choose_mode(mode)

    def _on_choose(self) -> None:
        pattern = _("Workbooks and tables ({endings})").format(endings=" ".join(f"*{ending}" for ending in ENDINGS))
        path = self.dialogs.open_file(self, _("Choose a file"), pattern)
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Read a file and find out what its columns are, by the recipe that was chosen if there is one."""
        options, imports, recipe = ImportOptions(mode=self.mode), self.workbench.imports, self.choose.chosen_recipe
        self._open(path, lambda progress: imports.open(path, options, progress, recipe), recipe)

    def resume(self, pending: PendingImport) -> None:
        """Go on with what was under review when the program last stopped."""
        imports = self.workbench.imports
        self._open(pending.path, lambda progress: imports.resume(pending, progress), None, straight=True)

    def _open(
        self,
        path: Path,
        work: Callable[[Progress], ImportSession],
        recipe: Layout | None,
        straight: bool = False,
    ) -> None:
        self._let_go_of_line()
        self.path = path
        self.notice.hide()
        number = self._next()
        recipes = self.workbench.recipes

        def opened(progress: Progress) -> tuple[ImportSession, SessionLook, Layout | None]:
            session = work(progress)
            try:
                offered = recipes.offer(session) if session.followed is None else None
                return session, look_at(session), offered
            except BaseException:
                session.close()
                raise

        def show(found: tuple[ImportSession, SessionLook, Layout | None]) -> None:
            session, look, offered = found
            if number != self._number:
                session.close()
                return
            self.line = SessionLine(self.bridge, session, self)
            self.review.begin(self.line)
            self.columns.begin()
            self.choose.remember(path)
            self._offered = offered
            is_followed = recipe is not None and look.is_certain
            if look.is_certain and (is_followed or straight or (self._is_straight and offered is None)):
                self.look = look
                self.columns.show_look(look)
                self.propose()
            else:
                self._show_look(look)
                self._show_step(Step.COLUMNS)
                self._show_offer()

        def refused(error: KnownError) -> None:
            actions: list[Action] = []
            if recipe is not None and error.code.startswith("recipe-"):
                actions = [(_("Import without the recipe"), lambda: self._without_recipe(path))]
            if straight:
                actions = [(_("Open it anew"), lambda: self.read(path))]
            self.notice.show_error(error, actions)

        self._run(_("Reading {file}").format(file=short_name(path.name)), opened, show, Step.CHOOSE, refused=refused)

    def _without_recipe(self, path: Path) -> None:
        self.choose.choose_recipe("")
        self.read(path)

    def _show_offer(self) -> None:
        offered = self._offered
        if offered is None:
            return
        words = _("This file follows the template of “{recipe}”.").format(recipe=offered.title or offered.name)
        self.columns.offer.show_words(
            soft(words),
            "info",
            [(_("Use the recipe"), self.use_offered), (_("Not now"), self.columns.offer.hide)],
            closable=False,
        )

    def use_offered(self) -> None:
        """Follow the recipe that was offered."""
        offered = self._offered
        self.columns.offer.hide()
        if offered is not None:
            self.decide(lambda session: session.follow(offered))

    # Step 2: the columns

    def decide(self, decision: Decision) -> None:
        """Carry out a decision about the columns and show what comes of it."""
        line, shown = self.line, self.look.shown if self.look is not None else ""
        if line is None:
            return
        self.notice.hide()

        def work(session: ImportSession, _progress: Progress) -> None:
            try:
                decision(session)
            except KeyError as error:
                raise KnownError(
                    "unreadable-so",
                    _("The sheet cannot be read so"),
                    _("No headings were found where you said, or they do not fit this kind."),
                    _("Choose another row or another kind; what was set before is still in force."),
                ) from error

        line.ask(work, refused=self.notice.show_error)
        self._ask_look(shown)
        self._keep_timer.start()

    def _ask_look(self, shown: str) -> None:
        if self.line is not None:
            self.line.ask(lambda session, _progress: look_at(session, shown), self._show_look, key="look")

    def _show_sheet(self, name: str) -> None:
        if self.look is None or self.look.shown != name:
            self._ask_look(name)

    def _show_look(self, look: SessionLook) -> None:
        self.look = look
        self.columns.show_look(look)
        guesses, open_count = len(look.guessed), len(look.column_questions) - len(look.guessed)
        parts = []
        if guesses:
            parts.append(_("{count} by guess").format(count=guesses))
        if open_count:
            parts.append(_("{count} left out").format(count=open_count))
        self.columns_words.setText(_("As it stands: {parts}").format(parts="、".join(parts)) if parts else "")
        usable = any(sheet.is_taken for sheet in look.sheets)
        self.continue_button.setEnabled(usable)

    def _on_straight(self, is_on: bool) -> None:
        self._is_straight = is_on
        settings = self.workbench.settings
        self.bridge.run_change(lambda _progress: settings.set(SECTION, STRAIGHT, is_on), owner=self)

    def _set_straight(self, is_on: bool) -> None:
        self._is_straight = is_on
        self.straight_box.setChecked(is_on)

    def go_on(self) -> None:
        """From the columns to the review: the guesses in sight are taken, what has no answer is left out."""
        if self.line is not None and self.look is not None and self.look.guessed:
            self.line.ask(lambda session, _progress: session.accept_guesses())
        self.propose()

    def back_to_columns(self) -> None:
        """From the review back to the columns, with everything that was decided."""
        self.notice.hide()
        self._ask_look(self.look.shown if self.look is not None else "")
        self._show_step(Step.COLUMNS)

    # Step 3: the proposal

    def propose(self) -> None:
        """Find out what the file would change."""
        line, imports = self.line, self.workbench.imports
        if line is None:
            return
        self.notice.hide()
        number = self._next()
        back = Step.REVIEW if self.step is Step.REVIEW else Step.COLUMNS
        self._begin(_("Comparing {file} with the store").format(file=short_name(line.name)))
        state = {"is_done": False}

        def started(running: RunningTask) -> None:
            self._running = running
            running.progressed.connect(self.progress.show_state)

        def proposed(reviewed: Reviewed) -> None:
            state["is_done"] = True
            if number == self._number:
                self._show_reviewed(reviewed)
                self._show_step(Step.REVIEW)
                self._keep_timer.start()

        def refused(error: KnownError) -> None:
            state["is_done"] = True
            if number == self._number:
                self._show_step(back, keep_notice=True)
                self.notice.show_error(error)

        def ended() -> None:
            self._ended(number, state["is_done"], back)

        line.ask(
            lambda session, progress: review_of(imports, session, progress),
            proposed,
            title=_("Comparing {file} with the store").format(file=short_name(line.name)),
            refused=refused,
            ended=ended,
            started=started,
        )

    def recheck(self) -> None:
        """Compare again with what was mended; the review stays in sight for small files."""
        line, imports, number = self.line, self.workbench.imports, self._number
        if line is None:
            return
        if self.review.mending.waits:
            self.propose()
            return

        def proposed(reviewed: Reviewed) -> None:
            if number == self._number:
                self._show_reviewed(reviewed)

        line.ask(
            lambda session, progress: review_of(imports, session, progress),
            proposed,
            key="recheck",
            refused=self.notice.show_error,
        )

    def _show_reviewed(self, reviewed: Reviewed) -> None:
        self.proposal = reviewed.proposal
        self.look = reviewed.look
        self.review.show_reviewed(reviewed)
        self._show_commit()
        proposal, similar = reviewed.proposal, self.workbench.similar

        def show(clusters: list[NameCluster]) -> None:
            if proposal is self.proposal:
                self.review.show_clusters(clusters)

        self.bridge.run_query(lambda progress: similar.clusters_of(proposal, progress), show, owner=self)

    def save_result(self) -> None:
        """Write the file back with status, colours and remarks; nothing is imported."""
        line, proposal, imports = self.line, self.proposal, self.workbench.imports
        if line is None or proposal is None or self.path is None:
            return
        name = f"{self.path.stem}（{_('result')}）{'.xlsm' if self.path.suffix.lower() == '.xlsm' else '.xlsx'}"
        target = self.dialogs.save_file(
            self, _("Save the result file"), name, _("Workbooks ({endings})").format(endings="*.xlsx *.xlsm")
        )
        if target is None:
            return

        def written(files: object) -> None:
            path = Path(str(getattr(getattr(files, "workbook", None), "path", target)))
            self.notice.show_words(
                _("The result file “{file}” was written; nothing was imported.").format(file=soft(path.name))
                if self.step is Step.REVIEW
                else _("The result file “{file}” was written.").format(file=soft(path.name)),
                "success",
                [(_("Open it"), lambda: self.dialogs.show_in_system(path))],
            )

        line.ask(
            lambda session, progress: imports.write_result(session, proposal, target, progress),
            written,
            title=_("Writing the result file of {file}").format(file=short_name(line.name)),
            refused=self.notice.show_error,
            started=lambda running: setattr(running, "is_kept", False),
        )

    # Recipes

    def ask_recipe(self, button: QWidget) -> KeepRecipe:
        """Ask under which name everything decided is to be kept."""
        followed = self.look.recipe if self.look is not None else ""
        popup = KeepRecipe(button, followed or (self.path.stem if self.path is not None else ""))
        popup.keep_asked.connect(self.keep_recipe)
        popup.write_asked.connect(self.write_recipe)
        popup.adjustSize()
        popup.show_at(button.mapToGlobal(QPoint(0, -popup.height() - 4)))
        return popup

    def keep_recipe(self, name: str) -> None:
        """Keep everything decided as a recipe of the store."""
        recipes = self.workbench.recipes

        def kept(recipe: Layout) -> None:
            words = _("The recipe “{name}” is kept (version {version}). It is offered for files of this template.")
            self.notice.show_words(words.format(name=soft(recipe.name), version=recipe.version), "success")

        if self.line is not None:
            self.line.ask(
                lambda session, _progress: recipes.keep(session.recipe(name, name)),
                kept,
                refused=self.notice.show_error,
                is_change=True,
            )

    def write_recipe(self, name: str) -> None:
        """Write everything decided as a recipe file for colleagues."""
        recipes = self.workbench.recipes
        path = self.dialogs.save_file(
            self, _("Write the recipe"), f"{name}.json", _("Recipes ({endings})").format(endings="*.json")
        )
        if path is None or self.line is None:
            return

        def written(where: Path) -> None:
            self.notice.show_words(_("The recipe was written to “{file}”.").format(file=soft(where.name)), "success")

        self.line.ask(
            lambda session, _progress: recipes.write_file(session.recipe(name, name), path),
            written,
            refused=self.notice.show_error,
        )

    # What survives a crash

    def _keep_pending(self) -> None:
        imports = self.workbench.imports
        if self.line is not None and self.step in {Step.COLUMNS, Step.REVIEW}:
            self.line.ask(
                lambda session, _progress: imports.keep_pending(session), key="keep", refused=lambda _error: None,
                is_change=True,
            )  # fmt: skip

    def _drop_pending(self) -> None:
        self._keep_timer.stop()
        imports = self.workbench.imports
        self.bridge.run_change(lambda _progress: imports.drop_pending(), owner=self)

    # Step 4: writing

    def commit(self) -> None:
        """Write the proposal as one act."""
        proposal = self.proposal
        if proposal is None or not self.commit_button.isEnabled():
            return
        self.notice.hide()
        imports = self.workbench.imports
        number = self._next()

        def work(progress: Progress) -> Outcome:
            outcome = imports.commit(proposal, progress)
            imports.drop_pending()
            return outcome

        def written(outcome: Outcome) -> None:
            self.outcome = outcome
            self._keep_timer.stop()
            self.imported.emit(outcome)
            if number == self._number:
                self._show_step(Step.DONE)
                self.done.show_done(proposal, outcome)
                self.next_button.setFocus()

        def refused(error: KnownError) -> None:
            is_outdated = error.code == "proposal-outdated"
            self.notice.show_error(error, [(_("Compare again"), self.propose)] if is_outdated else [])

        self._run(
            _("Importing {file}").format(file=short_name(proposal.file)),
            work,
            written,
            Step.REVIEW,
            is_change=True,
            refused=refused,
        )

    def undo(self) -> None:
        """Take the import back as a whole."""
        outcome = self.outcome
        if outcome is None or outcome.change_set is None:
            return
        history, change_set = self.workbench.history, outcome.change_set.id
        self._run(
            _("Taking the import back"),
            lambda progress: history.undo(change_set, progress),
            lambda _outcome: self.done.show_taken_back(),
            Step.DONE,
            is_change=True,
            refused=self.bridge.refused.emit,
        )

    def start_again(self) -> None:
        """Back to the choice of a file; nothing that was not written stays."""
        self._next()
        self._cancel()
        was_open = self.line is not None and self.step in {Step.COLUMNS, Step.REVIEW}
        self._let_go_of_line()
        self.look = self.proposal = self.outcome = None
        self._offered = None
        self.notice.hide()
        self._show_step(Step.CHOOSE)
        if was_open:
            self._drop_pending()
        self.choose.refresh()

    def let_go(self) -> bool:
        """The window closes: let go of the file; always True. What is under review is there again next time."""
        if self._keep_timer.isActive():
            self._keep_timer.stop()
            self._keep_pending()
        if self.line is not None and not self.line.is_busy:
            self._let_go_of_line()
        return True

    def _let_go_of_line(self) -> None:
        self._keep_timer.stop()
        if self.line is not None:
            self.line.close()
            self.line = None
        self.review.begin(None)

    # Running

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _begin(self, title: str) -> None:
        self.progress.begin(title)
        self._stack.setCurrentWidget(self.progress)
        self.again_button.hide()
        self.progress.stop_button.setFocus()

    def _ended(self, number: int, is_done: bool, back: Step) -> None:
        if self._running is not None:
            self._running.is_kept = not self.isVisible()  # this page says itself how it ended
        if number != self._number:
            return
        self._running = None
        if not is_done and self._stack.currentWidget() is self.progress:
            self._show_step(back, keep_notice=True)
            self.notice.show_words(_("Stopped. Nothing was written."), "info")

    def _run(
        self,
        title: str,
        work: Callable[[Progress], object],
        then: Callable[..., None],
        back: Step,
        *,
        is_change: bool = False,
        refused: Callable[[KnownError], None] | None = None,
    ) -> None:
        """Run work with its progress in sight; when it fails or is cancelled, the person is back where it began."""
        self._begin(title)
        number = self._number
        state = {"is_done": False}

        def done(result: object) -> None:
            state["is_done"] = True
            if number == self._number:  # what somebody no longer waits for changes nothing on screen
                self._show_step(back, keep_notice=True)
            then(result)

        def was_refused(error: KnownError) -> None:
            if number == self._number:
                self._show_step(back, keep_notice=True)
                (refused or self.notice.show_error)(error)

        run = self.bridge.run_change if is_change else self.bridge.run_query
        running = self._running = run(
            work, done, owner=self, title=title, refused=was_refused,
            ended=lambda: self._ended(number, state["is_done"], back),
        )  # fmt: skip
        running.progressed.connect(self.progress.show_state)

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self.progress.show_stopping()

    # Showing

    def _show_step(self, step: Step, keep_notice: bool = False) -> None:
        self.step = step
        self.steps.show_step(step)
        self.again_button.setVisible(step in {Step.COLUMNS, Step.REVIEW})
        self._stack.setCurrentIndex(int(step))
        if not keep_notice:
            self.notice.hide()
        if step is Step.REVIEW:
            self._show_commit()
        if self.isVisible():
            self._focus_step()

    def _show_commit(self) -> None:
        proposal = self.proposal
        if proposal is None:
            return
        count = sum(counts.created + counts.updated for counts in proposal.counts.values())
        is_open = self.review.mending.unchecked > 0
        self.commit_button.setEnabled(not proposal.is_empty and not is_open)
        words = _("Write {count} records").format(count=f"{count:,}") if count else _("Nothing to write")
        self.commit_button.setText(words)
        self.commit_button.setAccessibleName(words)
        if is_open:
            self.commit_words.setText(
                _("Mends wait: compare again first.") if self.review.mending.waits else _("Comparing again …")
            )
        elif proposal.is_empty:
            self.commit_words.setText(_("Nothing new or changed."))
        else:
            self.commit_words.setText(_("One act that can be undone."))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self._running is not None:
            self._cancel()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._is_control(event):
            {Step.COLUMNS: self.continue_button, Step.REVIEW: self.commit_button}.get(
                self.step, self.next_button if self.step is Step.DONE else self.choose_button
            ).click()
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _is_control(event: QKeyEvent) -> bool:
        return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The page came to the front: the cursor goes to the next step."""
        del event
        self._focus_step()

    def _focus_step(self) -> None:
        if self._stack.currentWidget() is self.progress:
            self.progress.stop_button.setFocus()
            return
        asked = self.look is not None and bool(self.look.questions)
        {
            Step.CHOOSE: self.choose_button,
            Step.COLUMNS: self.columns.table if asked else self.continue_button,
            Step.REVIEW: self.review.table,
        }.get(self.step, self.next_button).setFocus()


def _step_page(content: QWidget, bottom: QHBoxLayout) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(content, 1)
    layout.addLayout(bottom)
    return page
