"""Importing a workbook: open, answer, review, commit – one change set, one undo."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import Origin
from gdbos_desktop.domain.layouts import Layout, LayoutError, layout_from_words, words_of
from gdbos_desktop.domain.levels import store_level
from gdbos_desktop.services import known_files
from gdbos_desktop.services.drafts import into_drafts
from gdbos_desktop.services.workspace import Outcome, Workspace
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.memory import without_cycle_search
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

if TYPE_CHECKING:
    from gdbos_desktop.importing import (
        LEAVE_OUT,
        ColumnPlan,
        Decision,
        ImportOptions,
        ImportSession,
        Mendable,
        Mode,
        PreviewCell,
        PreviewRow,
        Proposal,
        ProposedRow,
        ProposedRows,
        Question,
        SheetPlan,
        Source,
        TextQuestion,
    )
    from gdbos_desktop.services.import_results import ResultFiles

__all__ = [
    "LEAVE_OUT",
    "ColumnPlan",
    "Decision",
    "ImportOptions",
    "ImportService",
    "ImportSession",
    "Mendable",
    "Mode",
    "PendingImport",
    "PreviewCell",
    "PreviewRow",
    "Proposal",
    "ProposedRow",
    "ProposedRows",
    "Question",
    "SheetPlan",
    "Source",
    "TextQuestion",
]

REMEMBERED = "import-headings"
PENDING = "import-pending"


@dataclass(frozen=True, slots=True)
class PendingImport:
    """An import under review that was not written: the file and everything decided, to go on after a crash.

    ``digest`` is that of the file's bytes, ``at`` when it was kept (milliseconds UTC). ``sheet`` and ``kind`` are what
    was fixed before the file was opened (``ImportOptions``).
    """

    path: Path
    digest: str
    recipe: Layout
    mends: Mapping[tuple[str, int, int], str]
    answers: Mapping[str, str]
    at: int
    sheet: str | None = None
    kind: str | None = None


def __getattr__(name: str) -> Any:
    # Reading workbooks is loaded when somebody imports: the window starts, and edits, without it.
    if name in __all__:
        return getattr(import_module("gdbos_desktop.importing"), name)
    raise AttributeError(name)


class ImportService:
    """Drives import sessions against the open store and writes what was accepted."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def _level(self) -> str:
        return store_level(self._workspace.store.info.region_code)

    def open(
        self, path: Path, options: ImportOptions, progress: Progress = no_progress, recipe: Layout | None = None
    ) -> ImportSession:
        """Read the file and understand its headings, or follow a recipe; nothing is written.

        KnownError when the file cannot be read or the recipe does not fit it.
        """
        self._workspace.demand(Duty.IMPORT)
        from gdbos_desktop.importing import ImportSession  # see __getattr__

        with self._workspace.store.read() as reader:
            remembered = reader.get_settings(REMEMBERED)
        return ImportSession.open(
            path,
            self._workspace.standard,
            self._workspace.rule_base,
            options,
            remembered,
            progress,
            recipe,
            self._level,
        )

    def propose(self, session: ImportSession, progress: Progress = no_progress) -> Proposal:
        """What the file would change; nothing is written. A file known to write nothing is not read again."""
        self._workspace.demand(Duty.IMPORT)
        key = known_files.key_of(session)
        with self._workspace.store.read() as reader, without_cycle_search():
            proposal = known_files.recall(reader, session, key)
            if proposal is None:
                proposal = session.propose(reader, progress)
                proposal.known_as, proposal.store_state = key, known_files.state_of(reader)
            proposal.store_sequence = reader.sequence()
        return proposal

    def look_again(self, session: ImportSession, progress: Progress = no_progress) -> bool:
        """After a file was written: compare it once more, in the background, and keep it as known (``keep_known``)."""
        return self.keep_known(self.propose(session, progress))

    def keep_known(self, proposal: Proposal) -> bool:
        """Keep a file that has nothing to write: its next import takes no reading, until any record changes.

        Whether it is known now. Writes nothing but what is remembered, and only when this is called.
        """
        self._workspace.demand(Duty.IMPORT)
        if not proposal.known_as:
            return proposal.is_empty
        return known_files.remember(self._workspace, proposal, proposal.known_as, proposal.store_state)

    def digest(self, proposal: Proposal) -> str:
        """What the proposal would do, as 64 hexadecimal digits: equal on two machines for the same file, recipe and
        records."""
        self._workspace.demand(Duty.IMPORT)
        from gdbos_desktop.importing.digest import proposal_digest  # see __getattr__
        from gdbos_desktop.importing.drafting import Drafting

        with self._workspace.store.read() as reader:
            seen = Drafting(reader, self._workspace.standard, self._level)
            return proposal_digest(proposal, self._workspace.standard, seen.get)

    def write_result(
        self, session: ImportSession, proposal: Proposal, to: Path, progress: Progress = no_progress
    ) -> ResultFiles:
        """The file back with a status column, colours and comments, and a JSON file beside it; nothing is imported.

        ``to`` is a folder or a file. KnownErrors as ``write_result_files``.
        """
        from gdbos_desktop.services.import_results import write_result_files  # see __getattr__

        return write_result_files(self._workspace, session, proposal, to, progress, self.digest(proposal))

    # What survives a crash

    def keep_pending(self, session: ImportSession) -> None:
        """Keep everything decided about a file until it is written or let go: a crash in between loses nothing."""
        from gdbos_desktop.importing.reading import digest_of  # see __getattr__

        words = {
            "path": str(session.path.absolute()),
            "digest": digest_of(session.path),
            "recipe": words_of(session.recipe("pending")),
            "mends": [[sheet, row, place, text] for (sheet, row, place), text in session.mends.items()],
            "answers": dict(session.answers),
            "at": self._workspace.now(),
            "sheet": session.options.sheet,
            "kind": session.options.kind,
        }
        self._set_pending(words)

    def drop_pending(self) -> None:
        """The import under review was written or let go."""
        self._set_pending(None)

    def pending(self) -> PendingImport | None:
        """The import that was under review when the program last stopped; None when there is none."""
        with self._workspace.store.read() as reader:
            words = reader.get_setting(PENDING, "")
        if not isinstance(words, dict):
            return None
        with suppress(KeyError, TypeError, ValueError, LayoutError):
            mends = {(str(sheet), int(row), int(place)): str(text) for sheet, row, place, text in words["mends"]}
            return PendingImport(
                Path(words["path"]), str(words["digest"]), layout_from_words(words["recipe"]), mends,
                dict(words["answers"]), int(words["at"]), words.get("sheet"), words.get("kind"),
            )  # fmt: skip
        return None

    def resume(self, pending: PendingImport, progress: Progress = no_progress) -> ImportSession:
        """Open the file again as it was under review. KnownErrors of ``open``, and ``file-changed-since``."""
        from gdbos_desktop.importing import ImportOptions  # see __getattr__
        from gdbos_desktop.importing.reading import digest_of

        options = ImportOptions(pending.sheet, kind=pending.kind)
        session = self.open(pending.path, options, progress, pending.recipe)
        if digest_of(pending.path) != pending.digest:
            session.close()
            raise KnownError(
                "file-changed-since",
                _("The file has changed"),
                _("“{file}” was changed after it had been looked over.").format(file=pending.path.name),
                _("Choose it again and look it over once more; the answers about its columns are kept."),
            )
        session.mends.update(pending.mends)
        session.answers.update(pending.answers)
        return session

    def _set_pending(self, words: object) -> None:
        with self._workspace.store.unit_of_work() as unit:
            unit.set_setting(PENDING, "", words)

    def commit(self, proposal: Proposal, progress: Progress = no_progress) -> Outcome:
        """Write the proposal as one change set and remember the answers given for files of this template.

        What it would change in items in force goes into their change drafts.
        KnownError ``proposal-outdated``: what is new in it was compared with a store that has changed since, so it
        might be there twice; and ``conflict``.
        """
        self._workspace.demand(Duty.IMPORT)
        with self._workspace.store.read() as reader:
            is_outdated = reader.sequence() != proposal.store_sequence
        if is_outdated and any(counts.created for counts in proposal.counts.values()):
            raise KnownError(
                "proposal-outdated",
                _("Changed in the meantime"),
                _("Something was saved after “{file}” had been compared. Nothing was written.").format(
                    file=proposal.file
                ),
                _("Choose the file again and look it over once more."),
            )
        reason = _("Import of {file}").format(file=proposal.file)
        with without_cycle_search():
            with self._workspace.store.read() as reader:
                rerouted = into_drafts(self._workspace, reader, proposal.changes(), reason)
            outcome = self._workspace.apply(rerouted.changes, origin=Origin.IMPORT, reason=reason, progress=progress)
        if proposal.remembered:
            with self._workspace.store.unit_of_work() as unit:
                for key, value in proposal.remembered.items():
                    unit.set_setting(REMEMBERED, key, value)
        if outcome.change_set is not None:
            known_files.remember_written(self._workspace, proposal)
        return outcome
