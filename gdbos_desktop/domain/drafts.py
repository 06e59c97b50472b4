"""Draft versions: what is to change in an item that is in force, kept beside it until it is put into force.

A draft is a record of the standard's kind of change drafts that stands in the item. Its content are changes to the
records of the item's tree, one for each, written against what was published when they were proposed: ``before`` is
what was in force, ``after`` what is wanted. Nothing here reads or writes a store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gdbos_desktop.domain.changes import Action, Change, create, delete, edit
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.trees import placed
from gdbos_desktop.schema import DraftForm, Kind, Standard, Value
from gdbos_desktop.schema.standard import PARENT

Content = Mapping[str, Change]
"""Record id → what is to become of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft version of the item ``record.parent_id``."""

    record: Record
    content: Content

    @property
    def item_id(self) -> str:
        """The item it is a version of."""
        return str(self.record.parent_id)


@dataclass(frozen=True, slots=True)
class DraftConflict:
    """What was published since a draft was written: the draft changes ``expected`` to ``wanted``, but finds ``found``.

    ``element`` is ``@parent`` when the record's place is meant, '' when the record itself is (gone, or in nothing).
    """

    record_id: str
    kind: str
    element: str = ""
    expected: Value | None = None
    found: Value | None = None
    wanted: Value | None = None


def is_open(record: Record, form: DraftForm) -> bool:
    """Whether a record of the kind of drafts is one that was neither published nor given up."""
    return record.elements.get(form.state) in form.open


def read_draft(record: Record, form: DraftForm) -> Draft:
    """The draft that a record holds."""
    content: dict[str, Change] = {}
    for entry in json.loads(str(record.elements.get(form.content, "[]"))):
        moved = entry.get("moved_from")
        change = Change(
            Action(entry["action"]), entry["id"], entry["kind"], _values(entry["before"]), _values(entry["after"]), 0,
            entry["parent"], entry["position"], (moved[0], moved[1]) if moved else None,
        )  # fmt: skip
        content[change.record_id] = change
    return Draft(record, content)


def written(content: Content) -> str:
    """The content as a draft record keeps it: canonical JSON."""
    entries = []
    for change in content.values():
        entry: dict[str, Any] = {
            "id": change.record_id, "kind": change.kind, "action": change.action.value, "before": dict(change.before),
            "after": dict(change.after), "parent": change.parent_id, "position": change.position,
        }  # fmt: skip
        if change.moved_from is not None:
            entry["moved_from"] = list(change.moved_from)
        entries.append(entry)
    return json.dumps(entries, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _values(said: Mapping[str, Any]) -> dict[str, Value | None]:
    return {code: tuple(value) if isinstance(value, list) else value for code, value in said.items()}


def filled(values: Mapping[str, Value | None]) -> dict[str, Value]:
    """The values that are there."""
    return {code: value for code, value in values.items() if value is not None}


def overlaid(record: Record | None, change: Change) -> Record | None:
    """The record as a draft wants it, None when it is not to be there; the version stays that of what is published.

    ``record`` is what is published, None for nothing.
    """
    if change.action is Action.DELETE or (record is None and change.action is Action.EDIT):
        return None
    held = record or Record(change.record_id, change.kind, {})
    elements = filled({**held.elements, **change.after})
    is_placed = record is None or change.moved_from is not None
    parent_id, position = (change.parent_id, change.position) if is_placed else (held.parent_id, held.position)
    return replace(held, elements=elements, parent_id=parent_id, position=position)


def merged(content: Content, changes: Iterable[Change], published: Mapping[str, Record]) -> dict[str, Change]:
    """The content with further changes, made to what it wants; whatever is as published anyway is left out.

    ``published`` are the records that the content and the changes touch, as they are in force now. What somebody else
    has published since is the base of later changes only where it is what the content wanted.
    """
    result = _needed(content, published)
    for change in changes:
        known = result.get(change.record_id)
        together = _composed(known, change) if known is not None else _plain(change)
        if together is None:
            del result[change.record_id]
        else:
            result[change.record_id] = together
    return _needed(result, published)


def _needed(content: Content, published: Mapping[str, Record]) -> dict[str, Change]:
    """The content without what is as published by now."""
    return {
        record_id: needed
        for record_id, change in content.items()
        if (needed := _still_needed(change, published.get(record_id))) is not None
    }


def _still_needed(change: Change, record: Record | None) -> Change | None:
    if change.action is not Action.EDIT or record is None:
        return change
    kept = [code for code, value in change.after.items() if record.elements.get(code) != value]
    is_there = (record.parent_id, record.position) == (change.parent_id, change.position)
    change = replace(
        change,
        before={code: change.before.get(code) for code in kept},
        after={code: change.after[code] for code in kept},
        moved_from=None if is_there else change.moved_from,
    )
    return None if change.is_empty else change


def _plain(change: Change) -> Change:
    return replace(change, action=Action.CREATE if change.action is Action.RESTORE else change.action, base_version=0)


def _composed(first: Change, second: Change) -> Change | None:
    before = {**second.before, **first.before}
    if second.action is Action.DELETE:
        return None if first.action is Action.CREATE else replace(second, before=before, base_version=0)
    if first.action is Action.CREATE:
        return replace(
            first,
            after=filled({**first.after, **second.after}),
            parent_id=second.parent_id,
            position=second.position,
        )
    after: dict[str, Value | None]
    if first.action is Action.DELETE:  # and brought back, with these values
        after = {code: second.after.get(code) for code in {**first.before, **second.after}}
        here: tuple[str | None, int] | None = (first.parent_id, first.position)
    else:
        after = {**first.after, **second.after}
        here = first.moved_from or second.moved_from
    before = {code: before.get(code) for code in after}
    return replace(second, action=Action.EDIT, before=before, after=after, base_version=0, moved_from=here)


# Drafts instead of changes


@dataclass(frozen=True, slots=True)
class Rerouted:
    """Changes of which those to items in force have become changes of drafts.

    ``disturbed`` are the records that are not (any more) as a change supposes, or that it would take from one item to
    another one: with any of them nothing may be written. ``items`` are the items whose drafts change.
    """

    changes: tuple[Change, ...]
    disturbed: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()


@dataclass
class Router:
    """Turns changes to items in force into changes of their drafts.

    ``items`` says of the records that belong to an item in force, and of those that contain them, which one it is.
    ``published`` holds these items and the records that are changed as they are in force, ``drafts`` the open draft of
    an item. ``drafts_before`` counts all drafts that an item ever had. ``new_id`` gives identities; ``reason`` says why
    a new draft is made.
    """

    standard: Standard
    items: Mapping[str, str]
    published: Mapping[str, Record]
    drafts: Mapping[str, Draft]
    drafts_before: Mapping[str, int]
    new_id: Callable[[], str]
    reason: str = ""
    _disturbed: set[str] = field(default_factory=set)

    def route(self, changes: Iterable[Change]) -> Rerouted:
        """The changes to write instead of these."""
        direct: list[Change] = []
        wanted: dict[str, list[Change]] = {}
        for change in changes:
            item = self.items.get(change.record_id)
            is_item = self.standard.kind(change.kind).states is not None
            if not is_item and self.items.get(str(change.parent_id)) != item:
                self._disturbed.add(change.record_id)
            elif item is None:
                direct.append(change)
            else:
                wanted.setdefault(item, []).append(change)
        touched = []
        for item, theirs in wanted.items():
            change_of_draft = self._draft_change(self.published[item], theirs)
            if change_of_draft is not None:
                direct.append(change_of_draft)
                touched.append(item)
        return Rerouted(tuple(direct), frozenset(self._disturbed), tuple(touched))

    def _draft_change(self, item: Record, changes: list[Change]) -> Change | None:
        draft = self.drafts.get(item.id)
        before: Content = draft.content if draft is not None else {}
        held: dict[str, Record | None] = {}
        for change in changes:
            drafted, published = before.get(change.record_id), self.published.get(change.record_id)
            held[change.record_id] = overlaid(published, drafted) if drafted is not None else published
        fitting = [change for change in changes if self._fits(change, held)]
        content = merged(before, fitting, self.published)
        return draft_change(item, draft, content, self.standard, self._place(item), self.new_id, self.reason)

    def _place(self, item: Record) -> int:
        return self.drafts_before.get(item.id, 0)

    def _fits(self, change: Change, held: dict[str, Record | None]) -> bool:
        """Whether a record is as the change supposes; if so, ``held`` has it as changed afterwards."""
        record = held[change.record_id]
        if change.action is Action.CREATE:
            fits = record is None
        else:
            here = change.moved_from or (change.parent_id, change.position)
            fits = (
                record is not None
                and record.version == change.base_version
                and (record.parent_id, record.position) == here
                and all(record.elements.get(code) == value for code, value in change.before.items())
            )
        if fits:
            held[change.record_id] = overlaid(record, change)
        else:
            self._disturbed.add(change.record_id)
        return fits


def draft_change(
    item: Record, draft: Draft | None, content: Content, standard: Standard, place: int, new_id: Callable[[], str],
    reason: str = "",
) -> Change | None:  # fmt: skip
    """The change that gives an item a draft of this content; None when there is nothing to change.

    A draft that was handed in already goes back to its beginning, so that nobody approves what he did not see; one
    that wants nothing any more is withdrawn.
    """
    kind, form = _drafts_of(standard)
    states = standard.kind(item.kind).states
    if draft is not None and written(draft.content) == written(content):
        return None
    if not content:
        return None if draft is None else edit(draft.record, {form.state: form.withdrawn, form.content: None})
    kind_of_change = form.ordinary_kind
    known = draft.record.elements.get(form.change_kind) if draft is not None else None
    if known is not None and known not in form.kinds_by_state.values():
        kind_of_change = str(known)
    own = content.get(item.id)
    if states is not None and own is not None:
        kind_of_change = form.kinds_by_state.get(str(own.after.get(states.element)), kind_of_change)
    values: dict[str, Value | None] = {
        kind.title: standard.kind(item.kind).title_of(item.elements),
        form.state: form.begins,
        form.change_kind: kind_of_change,
        form.content: written(content),
    }
    if draft is not None:
        return edit(draft.record, values)
    values[form.reason] = reason or None
    return create(placed(Record(new_id(), kind.code, filled(values), item.id, place), standard))


def _drafts_of(standard: Standard) -> tuple[Kind, DraftForm]:
    kind = standard.draft_kind
    if kind is None or kind.draft is None:
        raise LookupError("the standard has no change drafts")
    return kind, kind.draft


# Drafts put into force, or given up


def put_into_force(
    draft: Draft, item: Record, published: Mapping[str, Record], versions: Mapping[str, int], standard: Standard
) -> tuple[tuple[Change, ...], tuple[DraftConflict, ...]]:
    """The changes that make a draft what is in force, as the item's next version; or what stands against it.

    ``published`` are the living records that the draft touches and those it puts something into, ``versions`` those of
    all that it touches, deleted ones included. What somebody else has published meanwhile is no conflict where it is
    what the draft wants, and the item's version is counted, not compared.
    """
    _kind, form = _drafts_of(standard)
    states = standard.kind(item.kind).states
    counted = states.version if states is not None else ""
    changes: list[Change] = []
    conflicts: list[DraftConflict] = []
    there = {item.id, *published}
    for wanted in draft.content.values():
        if wanted.action is Action.CREATE:
            there.add(wanted.record_id)
    values: dict[str, Value | None] = {}
    for wanted in draft.content.values():
        record = published.get(wanted.record_id)
        found = [one for one in _conflicts(wanted, record, there) if one.element != counted or one.record_id != item.id]
        conflicts += found
        if found:
            continue
        if wanted.record_id == item.id:
            values = dict(wanted.after)
        elif wanted.action is Action.DELETE:
            changes += [delete(record)] if record is not None else []
        elif record is None:
            version = versions.get(wanted.record_id, 0)  # it was there already when its publication was taken back
            action = Action.RESTORE if version else Action.CREATE
            changes.append(replace(wanted, action=action, before={}, base_version=version, moved_from=None))
        else:
            changes.append(_edited(wanted, record))
    number = next_version(item, values, standard)
    if counted:
        values[counted] = number
    changes.insert(0, edit(item, values))
    changes.append(edit(draft.record, {form.state: form.published, form.version: number}))
    return tuple(change for change in changes if not change.is_empty), tuple(conflicts)


def next_version(item: Record, values: Mapping[str, Value | None], standard: Standard) -> int:
    """The number of the item's next version: one more than in force, unless the draft says a higher one."""
    states = standard.kind(item.kind).states
    code = states.version if states is not None else ""
    now, said = item.elements.get(code), values.get(code)
    count = now if isinstance(now, int) else 0
    return max(count + 1, said) if isinstance(said, int) else count + 1


def _edited(wanted: Change, record: Record) -> Change:
    change = edit(record, wanted.after)
    here, there = (record.parent_id, record.position), (wanted.parent_id, wanted.position)
    is_moved = wanted.moved_from is not None or wanted.action is Action.CREATE
    if is_moved and here != there:
        change = replace(change, parent_id=there[0], position=there[1], moved_from=here)
    return change


def _conflicts(wanted: Change, record: Record | None, there: set[str]) -> Iterable[DraftConflict]:
    if record is None:
        if wanted.action is Action.EDIT or (wanted.action is Action.CREATE and wanted.parent_id not in there):
            yield DraftConflict(wanted.record_id, wanted.kind)
        return
    for code in {**wanted.before, **wanted.after}:
        now, to, before = record.elements.get(code), wanted.after.get(code), wanted.before.get(code)
        if now not in (before, to):
            yield DraftConflict(wanted.record_id, wanted.kind, code, before, now, to)
    if wanted.moved_from is not None:
        if record.parent_id not in (wanted.moved_from[0], wanted.parent_id):
            yield DraftConflict(
                wanted.record_id, wanted.kind, PARENT, wanted.moved_from[0], record.parent_id, wanted.parent_id
            )
        elif wanted.parent_id not in there:
            yield DraftConflict(wanted.record_id, wanted.kind)


def withdraw(draft: Draft, standard: Standard) -> Change:
    """The change that gives a draft up; what it wanted stays readable in it."""
    _kind, form = _drafts_of(standard)
    return edit(draft.record, {form.state: form.withdrawn})
