"""Taking an act back: the changes that undo a change set, and the records that stand in the way.

What counts is what is there now, not how it came about: a record can be taken back as long as every value the act wrote
still stands, days later and after other acts were taken back too. Records that were touched since stay as they are; so
do those that cannot go without them. The rest can be taken back alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, applied
from gdbos_desktop.domain.records import Record


class Hindrance(StrEnum):
    """Why a record of an act cannot be taken back."""

    CHANGED = "changed"
    """Elements that the act wrote have other values now."""
    MOVED = "moved"
    """It stands elsewhere now."""
    DELETED = "deleted"
    """It was deleted since."""
    RESTORED = "restored"
    """The act deleted it, and it is there again."""
    CONTAINS = "contains"
    """The act created it, and it contains records that stay."""
    CONTAINER = "container"
    """It would go back into a record that is not there, or that stands inside it now."""
    REFERRED = "referred"
    """The act created it, and a record that stays refers to it."""


@dataclass(frozen=True, slots=True)
class Hindered:
    """A record that stays as it is. ``elements`` are those with other values than the act wrote (CHANGED)."""

    record_id: str
    kind: str
    hindrance: Hindrance
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the records of an act: ``inside`` container → ids of the living records it contains now,
    ``above`` living record → what contains it, for those the act put records into or took them from and all above
    them; ``refers_to`` the ids that a record refers to."""

    inside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    above: Mapping[str, str | None] = field(default_factory=dict)
    refers_to: Callable[[Record], Iterable[str]] = lambda _record: ()


@dataclass(frozen=True, slots=True)
class TakingBack:
    """The changes that take back all that still stands, last first, and what stays, in the order of the act."""

    changes: tuple[Change, ...]
    hindered: tuple[Hindered, ...]


def take_back(
    change_set: ChangeSet,
    records: Mapping[str, Record],
    versions: Mapping[str, int],
    around: Surroundings | None = None,
    done: Set[str] = frozenset(),
) -> TakingBack:
    """How to take a change set back.

    ``records`` are the living records it touched, ``versions`` the versions of all of them, deleted ones included;
    ``done`` the records that were taken back before and are left alone. Without ``around`` nothing stands around.
    """
    taking = _Taking(change_set, records, versions, around or Surroundings(), done)
    taking.find_touched()
    taking.find_held()
    order = dict.fromkeys(change.record_id for change in change_set.changes)
    return TakingBack(taking.changes(), tuple(taking.staying[one] for one in order if one in taking.staying))


class _Taking:
    """One act on its way back."""

    def __init__(
        self,
        change_set: ChangeSet,
        records: Mapping[str, Record],
        versions: Mapping[str, int],
        around: Surroundings,
        done: Set[str],
    ) -> None:
        self._backwards = [change for change in reversed(change_set.changes) if change.record_id not in done]
        self._records = records
        self._versions = versions
        self._around = around
        self.staying: dict[str, Hindered] = {}
        self._then: dict[str, Record | None] = {}
        """What the records that go back are then; None: not there."""

    def changes(self) -> tuple[Change, ...]:
        """The changes of all that does not stay."""
        return tuple(back for change in self._backwards if (back := self._back.get(id(change))) is not None
                     and change.record_id not in self.staying)  # fmt: skip

    def find_touched(self) -> None:
        """Play the act backwards; a record whose values do not stand stays."""
        version = dict(self._versions)
        now: dict[str, Record | None] = {one: self._records.get(one) for one in version}
        self._back: dict[int, Change] = {}
        for change in self._backwards:
            record_id = change.record_id
            if record_id in self.staying:
                continue
            record = now.get(record_id)
            found = _hindrance(change, record, is_known=record_id in version)
            if found is not None:
                self.staying[record_id] = found
                continue
            back = change.inverse(version[record_id])
            if record is not None and change.moved_from is None:
                back = replace(back, parent_id=record.parent_id, position=record.position)
            self._back[id(change)] = back
            version[record_id] += 1
            if back.action is Action.DELETE:
                now[record_id] = None
            else:
                held = record or Record(record_id, change.kind, {}, back.parent_id, back.position)
                now[record_id] = applied(held, back)
        self._then = {change.record_id: now.get(change.record_id) for change in self._backwards}

    def find_held(self) -> None:
        """Records that cannot go without what stays, until no more is found."""
        kinds = {change.record_id: change.kind for change in self._backwards}
        inside: dict[str, set[str]] = {one: set(found) for one, found in self._around.inside.items()}
        for record_id in self._then:
            for record in (self._records.get(record_id), self._then[record_id]):
                if record is not None and record.parent_id is not None:
                    inside.setdefault(record.parent_id, set()).add(record_id)
        is_settled = False
        while not is_settled:
            is_settled = True
            referred = {
                target
                for record_id in self.staying
                if (record := self._records.get(record_id)) is not None
                for target in self._around.refers_to(record)
            }
            for record_id, then in self._then.items():
                if record_id in self.staying:
                    continue
                reason = None
                if then is None:
                    if any(self._is_inside(child, record_id) for child in inside.get(record_id, ())):
                        reason = Hindrance.CONTAINS
                    elif record_id in referred:
                        reason = Hindrance.REFERRED
                elif then.parent_id is not None and not self._has_place(record_id, then):
                    reason = Hindrance.CONTAINER
                if reason is not None:
                    self.staying[record_id] = Hindered(record_id, kinds[record_id], reason)
                    is_settled = False
            if is_settled and (circular := self._circular()) is not None:
                self.staying[circular] = Hindered(circular, kinds[circular], Hindrance.CONTAINER)
                is_settled = False

    def _circular(self) -> str | None:
        """The first record that would go back into something that stands inside it at that moment."""
        if not any(change.moved_from for change in self._backwards):
            return None
        above = {**self._around.above, **{one: record.parent_id for one, record in self._records.items()}}
        for back in self.changes():
            above[back.record_id] = back.parent_id
            place, seen = back.parent_id, {back.record_id}
            while place is not None:
                if place in seen:
                    return back.record_id
                seen.add(place)
                place = above.get(place)
        return None

    def _after(self, record_id: str) -> Record | None:
        """A record of the act as it is when all is done."""
        return self._records.get(record_id) if record_id in self.staying else self._then.get(record_id)

    def _is_inside(self, child: str, container: str) -> bool:
        if child not in self._then:
            return True
        record = self._after(child)
        return record is not None and record.parent_id == container

    def _has_place(self, record_id: str, then: Record) -> bool:
        record = self._records.get(record_id)
        if record is not None and record.parent_id == then.parent_id:
            return True  # it is there now, and what contains it stays as long as it does
        if then.parent_id in self._then:
            return self._after(then.parent_id) is not None
        return then.parent_id in self._around.above


def _hindrance(change: Change, record: Record | None, *, is_known: bool) -> Hindered | None:
    """Why what the change wrote is not what is there; None when it is."""

    def stays(reason: Hindrance, elements: tuple[str, ...] = ()) -> Hindered:
        return Hindered(change.record_id, change.kind, reason, elements)

    if change.action is Action.DELETE:
        return None if record is None and is_known else stays(Hindrance.RESTORED)
    if record is None:
        return stays(Hindrance.DELETED)
    wrote = change.after
    if change.action is not Action.EDIT:  # the whole record was written
        wrote = {**dict.fromkeys(record.elements), **change.after}
    elements = tuple(code for code, value in wrote.items() if record.elements.get(code) != value)
    if elements:
        return stays(Hindrance.CHANGED, elements)
    place = (change.parent_id, change.position)
    if change.moved_from is not None and (record.parent_id, record.position) != place:
        return stays(Hindrance.MOVED)
    if change.action is not Action.EDIT and record.parent_id != change.parent_id:  # another place among them is nothing
        return stays(Hindrance.MOVED)
    return None
