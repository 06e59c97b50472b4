"""Importing a workbook: open, answer, review, commit – one change set, one undo."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import Origin
from gdbos_desktop.services.workspace import Outcome, Workspace
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.memory import without_cycle_search
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

if TYPE_CHECKING:
    from gdbos_desktop.importing import (
        LEAVE_OUT,
        Decision,
        ImportOptions,
        ImportSession,
        Mode,
        Proposal,
        ProposedRow,
        ProposedRows,
        Question,
    )

__all__ = [
    "LEAVE_OUT",
    "Decision",
    "ImportOptions",
    "ImportService",
    "ImportSession",
    "Mode",
    "Proposal",
    "ProposedRow",
    "ProposedRows",
    "Question",
]

REMEMBERED = "import-headings"


def __getattr__(name: str) -> Any:
    # Reading workbooks is loaded when somebody imports: the window starts, and edits, without it.
    if name in __all__:
        return getattr(import_module("gdbos_desktop.importing"), name)
    raise AttributeError(name)


class ImportService:
    """Drives import sessions against the open store and writes what was accepted."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, path: Path, options: ImportOptions, progress: Progress = no_progress) -> ImportSession:
        """Read the file and understand its headings; nothing is written. KnownError when it cannot be read."""
        self._workspace.demand(Duty.IMPORT)
        from gdbos_desktop.importing import ImportSession  # see __getattr__

        with self._workspace.store.read() as reader:
            remembered = reader.get_settings(REMEMBERED)
        return ImportSession.open(
            path, self._workspace.standard, self._workspace.rule_base, options, remembered, progress
        )

    def propose(self, session: ImportSession, progress: Progress = no_progress) -> Proposal:
        """What the file would change; nothing is written."""
        self._workspace.demand(Duty.IMPORT)
        with self._workspace.store.read() as reader, without_cycle_search():
            proposal = session.propose(reader, progress)
            proposal.store_sequence = reader.sequence()
        return proposal

    def commit(self, proposal: Proposal, progress: Progress = no_progress) -> Outcome:
        """Write the proposal as one change set and remember the answers given for files of this template.

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
        with without_cycle_search():
            outcome = self._workspace.apply(
                proposal.changes(),
                origin=Origin.IMPORT,
                reason=_("Import of {file}").format(file=proposal.file),
                progress=progress,
            )
        if proposal.remembered:
            with self._workspace.store.unit_of_work() as unit:
                for key, value in proposal.remembered.items():
                    unit.set_setting(REMEMBERED, key, value)
        return outcome
