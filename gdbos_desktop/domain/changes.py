"""The one shape of every write: a ChangeSet, applied whole or not at all, undone by another one.

The same object is the undo step, the audit entry, the unit of synchronisation and the message that tells screens what
is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Value

Values = Mapping[str, Value | None]
"""Element code → value; None means: not filled."""


class Action(StrEnum):
    """What a change does to a record."""

    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"


class Origin(StrEnum):
    """Which act a change set came from."""

    EDIT = "edit"
    IMPORT = "import"
    UNDO = "undo"
    REDO = "redo"
    SYNC = "sync"
    SETUP = "setup"


@dataclass(frozen=True, slots=True)
class Change:
    """One record's change. ``before`` and ``after`` name exactly the elements that differ.

    ``base_version`` is the version the change was made against (0 for CREATE); another version in the store is a
    conflict. DELETE carries every element in ``before``, CREATE and RESTORE every element in ``after``.
    ``parent_id`` and ``position`` are the record's place; ``moved_from`` its former (parent_id, position) if it moved.
    """

    action: Action
    record_id: str
    kind: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    base_version: int = 0
    parent_id: str | None = None
    position: int = 0
    moved_from: tuple[str | None, int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether an edit changes nothing."""
        return self.action is Action.EDIT and not self.after and self.moved_from is None

    def inverse(self, version_now: int) -> Change:
        """The change that takes this one back, made against ``version_now``."""
        opposite = {
            Action.CREATE: Action.DELETE,
            Action.DELETE: Action.RESTORE,
            Action.RESTORE: Action.DELETE,
            Action.EDIT: Action.EDIT,
        }[self.action]
        here = (self.parent_id, self.position)
        parent_id, position = self.moved_from if self.moved_from is not None else here
        return replace(
            self,
            action=opposite,
            before=self.after,
            after=self.before,
            base_version=version_now,
            parent_id=parent_id,
            position=position,
            moved_from=here if self.moved_from is not None else None,
        )


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One user action. ``id`` is a UUIDv7; ``at`` milliseconds UTC; ``reason`` a short sentence for the history."""

    id: str
    changes: tuple[Change, ...]
    actor: str
    origin: Origin
    reason: str
    at: int
    undoes: str | None = None

    @property
    def record_ids(self) -> frozenset[str]:
        """The records it touches."""
        return frozenset(change.record_id for change in self.changes)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A change set as the store keeps it: its place in the chain, its hash, and what took it back (``undone_by``).

    ``taken_back`` counts those of its changes that are taken back now; only when it is all of them the act is undone.
    """

    sequence: int
    change_set: ChangeSet
    hash: str
    previous_hash: str
    undone_by: str | None = None
    change_count: int = 0
    taken_back: int = 0

    @property
    def is_partly_undone(self) -> bool:
        """Whether some of it is taken back, and some stands."""
        return self.taken_back > 0 and self.undone_by is None


class ConflictReason(StrEnum):
    """Why a change does not fit what the store holds now."""

    VERSION = "version"
    """The record changed in the meantime."""
    EXISTS = "exists"
    """It is to be created (or restored) and is there already."""
    MISSING = "missing"
    """There is no such record."""
    DELETED = "deleted"
    """It is to be edited or deleted and was deleted."""
    BEFORE = "before"
    """The version fits, but the change was made against other values or another place."""
    PARENT = "parent"
    """The record that is to contain it is missing, deleted, or contained in it."""
    CHILDREN = "children"
    """It is to be deleted and still contains records that stay."""


@dataclass(frozen=True, slots=True)
class VersionConflict:
    """A record that changed in the meantime: the store has ``found``, the change was made against ``expected``.

    ``found`` is 0 when the store has no such record; a deleted record keeps counting.
    """

    record_id: str
    expected: int
    found: int
    reason: ConflictReason = ConflictReason.VERSION


def create(record: Record) -> Change:
    """The change that brings a record into being."""
    return Change(
        Action.CREATE, record.id, record.kind, after=dict(record.elements), parent_id=record.parent_id,
        position=record.position,
    )  # fmt: skip


def edit(record: Record, values: Values) -> Change:
    """The change that gives a record these values; elements that already have them are left out."""
    after = {code: value for code, value in values.items() if record.elements.get(code) != value}
    return Change(
        Action.EDIT,
        record.id,
        record.kind,
        before={code: record.elements.get(code) for code in after},
        after=after,
        base_version=record.version,
        parent_id=record.parent_id,
        position=record.position,
    )


def move(record: Record, parent_id: str | None, position: int) -> Change:
    """The change that puts a record under another parent or at another place."""
    return replace(edit(record, {}), parent_id=parent_id, position=position,
                   moved_from=(record.parent_id, record.position))  # fmt: skip


def delete(record: Record) -> Change:
    """The change that takes a record away; it can be restored, and its history stays."""
    return Change(
        Action.DELETE, record.id, record.kind, before=dict(record.elements), base_version=record.version,
        parent_id=record.parent_id, position=record.position,
    )  # fmt: skip


def applied(record: Record, change: Change) -> Record:
    """The record after the change."""
    elements = {code: value for code, value in {**record.elements, **change.after}.items() if value is not None}
    return replace(record, elements=elements, parent_id=change.parent_id, position=change.position,
                   version=change.base_version + 1)  # fmt: skip


def without_empty(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that really change something."""
    return tuple(change for change in changes if not change.is_empty)
