"""What every service shares: the open store, the person at work, the rules, clock and identities – and the one way to
write: ``Workspace.apply`` opens the transaction and tells the screens what became stale. Whoever calls it has demanded
the duty first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.domain.access import Actor, Duty, decide
from gdbos_desktop.domain.changes import Action, Change, ChangeSet, ConflictReason, Origin, without_empty
from gdbos_desktop.domain.rules import RuleBase
from gdbos_desktop.schema import Standard
from gdbos_desktop.storage import Applied, ConflictError, Reader, Store
from gdbos_desktop.system.clock import new_id, now_ms
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb did: the change set it wrote (None when there was nothing to change) and its place in history."""

    change_set: ChangeSet | None
    sequence: int = 0

    @property
    def changed_count(self) -> int:
        """How many records changed."""
        return len(self.change_set.record_ids) if self.change_set else 0


@dataclass
class Workspace:
    """The open store and the person at work. ``listeners`` hear of every change set after it is on disk."""

    store: Store
    rule_base: RuleBase
    actor: Actor
    now: Callable[[], int] = now_ms
    new_id: Callable[[], str] = new_id
    listeners: list[Callable[[ChangeSet], None]] = field(default_factory=list)

    @property
    def standard(self) -> Standard:
        """The standard of the store."""
        return self.store.standard

    def demand(self, duty: Duty) -> None:
        """Go on only if the person at work may; otherwise a KnownError says why."""
        decision = decide(self.actor, duty)
        if not decision.is_allowed:
            raise KnownError("not-allowed", _("Not allowed"), _(decision.reason))

    def apply(
        self,
        changes: Sequence[Change],
        *,
        origin: Origin,
        reason: str,
        undoes: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        """Write the changes as one change set; nothing is written when nothing changes.

        A record that somebody changed in the meantime refuses the whole (KnownError ``conflict``): never overwritten.
        So does one that is to be deleted while others stand inside it (``not-empty``), and an item that would have two
        open change drafts (``second-draft``).
        """
        changes = without_empty(changes)
        if not changes:
            return Outcome(None)
        self._refuse_second_draft(changes)
        change_set = ChangeSet(self.new_id(), changes, self.actor.name, origin, reason, self.now(), undoes)
        applied = self._apply(change_set, progress)
        for listener in list(self.listeners):
            listener(change_set)
        return Outcome(change_set, applied.sequence)

    def _apply(self, change_set: ChangeSet, progress: Progress) -> Applied:
        try:
            with self.store.unit_of_work() as unit:
                return unit.apply(change_set, progress)
        except ConflictError as error:
            with self.store.read() as reader:
                ids = [conflict.record_id for conflict in error.conflicts]
                if all(conflict.reason is ConflictReason.CHILDREN for conflict in error.conflicts):
                    raise _not_empty(reader, ids) from error
                raise conflict_error(reader, ids) from error

    def _refuse_second_draft(self, changes: Sequence[Change]) -> None:
        """KnownError ``second-draft`` when an act leaves an item with two open change drafts."""
        kind = self.standard.draft_kind
        if kind is None or kind.draft is None or all(change.kind != kind.code for change in changes):
            return
        is_open: dict[str, bool] = {}
        items: dict[str, str] = {}
        for change in changes:
            if change.kind == kind.code and (change.action is Action.DELETE or kind.draft.state in change.after):
                is_open[change.record_id] = (
                    change.action is not Action.DELETE and change.after.get(kind.draft.state) in kind.draft.open
                )
                items[change.record_id] = str(change.parent_id)
        opened = [items[record_id] for record_id, is_now in is_open.items() if is_now]
        if not opened:
            return
        with self.store.read() as reader:
            for record in reader.children(sorted(set(opened)), kind.code):
                if record.id not in is_open and record.elements.get(kind.draft.state) in kind.draft.open:
                    opened.append(str(record.parent_id))
            doubled = [item for item, count in Counter(opened).items() if count > 1]
            names = named(reader, doubled)
        if doubled:
            raise KnownError(
                "second-draft",
                _("There is a change draft already"),
                _("An item can have one open change draft only; {names} would have two. Nothing was written.").format(
                    names=names
                ),
                _("Put the open draft into force, or discard it."),
            )


def named(reader: Reader, ids: Sequence[str]) -> str:
    """What to call these records in a message: the first five of them."""
    return "、".join(list(reader.titles(ids).values())[:5]) or _("a record that no longer exists")


def conflict_error(reader: Reader, ids: Collection[str]) -> KnownError:
    """The refusal of an act whose records were changed meanwhile."""
    return KnownError(
        "conflict",
        _("Changed in the meantime"),
        _("{count} records were changed after you opened them: {names}. Nothing was overwritten.").format(
            count=len(ids), names=named(reader, sorted(ids))
        ),
        _("Open them again, look at the new values, and repeat your change."),
    )


def _not_empty(reader: Reader, ids: Sequence[str]) -> KnownError:
    return KnownError(
        "not-empty",
        _("Other records inside"),
        _("Other records still stand inside {names}. Nothing was deleted.").format(names=named(reader, ids)),
        _("Delete those first, or move them elsewhere."),
    )
