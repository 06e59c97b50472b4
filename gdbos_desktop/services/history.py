"""History: what happened to a record, undo and redo as new audited changes."""

from __future__ import annotations

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import HistoryEntry, Origin
from gdbos_desktop.domain.undo import take_back
from gdbos_desktop.services.workspace import Outcome, Workspace
from gdbos_desktop.storage import HistoryFault
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress


class HistoryService:
    """Reads the append-only history and takes acts back."""

    LOOK_BACK = 500

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of_record(self, record_id: str, limit: int = 200) -> list[HistoryEntry]:
        """What happened to a record, newest first; each entry holds that record's changes only."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            return reader.history(record_id, limit)

    def recent(self, limit: int = 100, before: int | None = None) -> list[HistoryEntry]:
        """The latest acts, newest first, without their changes."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            return reader.change_sets(limit, before)

    def verify(self, progress: Progress = no_progress) -> list[HistoryFault]:
        """Where the chain of the whole history is broken, first place first; nothing when nobody tampered with it."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            return reader.verify_history(progress)

    def next_undo(self) -> HistoryEntry | None:
        """The act that undo would take back now: the latest one that is not undone and is no undo itself."""
        for entry in self.recent(self.LOOK_BACK):
            if entry.undone_by is None and entry.change_set.origin not in {Origin.UNDO, Origin.SETUP}:
                return entry
        return None

    def next_redo(self) -> HistoryEntry | None:
        """The undo that redo would take back now; None once something new was done."""
        for entry in self.recent(self.LOOK_BACK):
            if entry.change_set.origin is Origin.UNDO:
                if entry.undone_by is None:
                    return entry
            elif entry.change_set.origin is not Origin.REDO:
                return None
        return None

    def undo(self, change_set_id: str | None = None, progress: Progress = no_progress) -> Outcome:
        """Take back the latest act, or the named one however old, as a new change set.

        KnownError when there is nothing to undo, or when a record was changed again since (``conflict``).
        """
        self._workspace.demand(Duty.UNDO)
        entry = self._entry(change_set_id) if change_set_id else self.next_undo()
        if entry is None:
            raise KnownError("nothing-to-undo", _("Nothing to undo"), _("Nothing was changed in this store yet."))
        if entry.undone_by is not None:
            raise KnownError("already-undone", _("Already undone"), _("This act has already been taken back."))
        reason = _("Undo: {reason}").format(reason=entry.change_set.reason)
        return self._reverse(entry, Origin.UNDO, reason, progress)

    def redo(self, progress: Progress = no_progress) -> Outcome:
        """Take back the latest undo."""
        self._workspace.demand(Duty.UNDO)
        entry = self.next_redo()
        if entry is None:
            raise KnownError("nothing-to-redo", _("Nothing to redo"), _("Nothing was undone just before."))
        undone = self._entry(entry.change_set.undoes) if entry.change_set.undoes else None
        act = undone.change_set.reason if undone else entry.change_set.reason
        return self._reverse(entry, Origin.REDO, _("Redo: {reason}").format(reason=act), progress)

    def _entry(self, change_set_id: str) -> HistoryEntry:
        with self._workspace.store.read() as reader:
            entry = reader.change_set(change_set_id)
        if entry is None:
            raise KnownError(
                "no-such-act", _("No such act"), _("The history has no act {id}.").format(id=change_set_id)
            )
        return entry

    def _reverse(self, entry: HistoryEntry, origin: Origin, reason: str, progress: Progress) -> Outcome:
        with self._workspace.store.read() as reader:
            whole = reader.change_set(entry.change_set.id)
            if whole is None:
                raise LookupError(entry.change_set.id)
            ids = sorted(whole.change_set.record_ids)
            records = {record.id: record for record in reader.get(ids)}
            changes, disturbed = take_back(whole.change_set, records, reader.versions(ids))
            titles = reader.titles(disturbed)
        if disturbed:
            names = "、".join([titles.get(record_id, "") for record_id in sorted(disturbed)][:5])
            raise KnownError(
                "conflict",
                _("Changed again since"),
                _("{count} records of this act were changed again since: {names}. Nothing was taken back.").format(
                    count=len(disturbed), names=names
                ),
                _("Take the later changes back first, or edit these records by hand."),
            )
        return self._workspace.apply(
            changes, origin=origin, reason=reason, undoes=whole.change_set.id, progress=progress
        )
