"""History: what happened to a record, undo and redo as new audited changes."""

from __future__ import annotations

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import Action, HistoryEntry, Origin
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.undo import Surroundings, TakingBack, take_back
from gdbos_desktop.services.undo_account import UndoAccount, UndoHinderedError, account_of
from gdbos_desktop.services.workspace import Outcome, Workspace
from gdbos_desktop.storage import HistoryFault, Reader
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
        """The act that undo would take back now: the latest one that wholly stands and is no undo itself."""
        for entry in self.recent(self.LOOK_BACK):
            if not entry.taken_back and entry.change_set.origin not in {Origin.UNDO, Origin.SETUP}:
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

    def find_act(self, word: str) -> HistoryEntry:
        """The act with this id or this number (12 or #12), without its changes; KnownError ``no-such-act``."""
        number = word.strip().removeprefix("#")
        if not number.isascii() or not number.isdigit() or len(number) > LONGEST_NUMBER:
            return self._entry(word.strip())
        entries = [entry for entry in self.recent(1, int(number) + 1) if entry.sequence == int(number)]
        if not entries:
            raise _no_such_act(word)
        return entries[0]

    def account(self, change_set_id: str) -> UndoAccount:
        """What stands in the way of taking this act back, record by record, and how many records do not."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            entry, taking = self._taking(reader, change_set_id)
            return account_of(entry, taking, reader)

    def undo(
        self, change_set_id: str | None = None, progress: Progress = no_progress, *, rest: bool = False
    ) -> Outcome:
        """Take back the latest act, or the named one however old, as a new change set.

        KnownError when there is nothing to undo; ``UndoHinderedError`` (``conflict``), with an account, when records
        were touched since. With ``rest`` these stay as they are, and all else of the act is taken back.
        """
        self._workspace.demand(Duty.UNDO)
        entry = self._entry(change_set_id) if change_set_id else self.next_undo()
        if entry is None:
            raise KnownError("nothing-to-undo", _("Nothing to undo"), _("Nothing was changed in this store yet."))
        if entry.undone_by is not None:
            raise KnownError("already-undone", _("Already undone"), _("This act has already been taken back."))
        reason = _("Undo: {reason}").format(reason=entry.change_set.reason)
        return self._reverse(entry, Origin.UNDO, reason, progress, rest=rest)

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
            raise _no_such_act(change_set_id)
        return entry

    def _taking(self, reader: Reader, change_set_id: str) -> tuple[HistoryEntry, TakingBack]:
        """An act with its changes, and how to take it back now."""
        entry = reader.change_set(change_set_id)
        if entry is None:
            raise _no_such_act(change_set_id)
        act = entry.change_set
        ids = sorted(act.record_ids)
        made = [one.record_id for one in act.changes if one.action in {Action.CREATE, Action.RESTORE}]
        homes = {one.parent_id for one in act.changes} | {one.moved_from[0] for one in act.changes if one.moved_from}
        around = Surroundings(
            reader.inside(made), reader.above(home for home in homes if home is not None), self._refers_to
        )
        records = {record.id: record for record in reader.get(ids)}
        done = reader.records_taken_back(act.id) if entry.taken_back else frozenset[str]()
        return entry, take_back(act, records, reader.versions(ids), around, done)

    def _refers_to(self, record: Record) -> list[str]:
        references = self._workspace.standard.kind(record.kind).references
        return [str(record.elements[code]) for code in references if code in record.elements]

    def _reverse(
        self, entry: HistoryEntry, origin: Origin, reason: str, progress: Progress, *, rest: bool = False
    ) -> Outcome:
        with self._workspace.store.read() as reader:
            whole, taking = self._taking(reader, entry.change_set.id)
            account = account_of(whole, taking, reader) if taking.hindered and not (rest and taking.changes) else None
        if account is not None:
            raise UndoHinderedError(account)
        if taking.hindered:
            reason = _("{reason} (in part)").format(reason=reason)
        return self._workspace.apply(
            taking.changes, origin=origin, reason=reason, undoes=whole.change_set.id, progress=progress
        )


LONGEST_NUMBER = 12
"""An act's number has no more digits; its id has."""


def _no_such_act(word: str) -> KnownError:
    return KnownError("no-such-act", _("No such act"), _("The history has no act {id}.").format(id=word))
