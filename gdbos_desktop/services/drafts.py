"""Draft versions of items in force: what they would change, and putting them into force or giving them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import Action, Change, Origin
from gdbos_desktop.domain.drafts import (
    Draft,
    DraftConflict,
    Rerouted,
    Router,
    filled,
    is_open,
    put_into_force,
    read_draft,
    withdraw,
)
from gdbos_desktop.domain.items import BATCH, ItemsInForce
from gdbos_desktop.domain.queries import Filter, Match, Order, Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import DraftForm, Kind, Standard
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.services.records import texts_of, value_text
from gdbos_desktop.services.workspace import Outcome, Workspace, conflict_error
from gdbos_desktop.storage import Reader
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

CONFLICTS_TOLD = 5


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in a list: its record, its item and the numbers of what it does; ``state`` as people read it.

    ``elements`` counts the changed elements of the item itself; ``parts`` says of each kind that the item contains how
    many of its records are added, changed and taken away.
    """

    record: Record
    item: Record
    title: str
    code: str
    elements: int
    parts: Mapping[str, tuple[int, int, int]]
    state: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class DraftDifference:
    """One element of one record: what is in force and what the draft wants, as people read it.

    ``title`` names the record; ``is_own`` when it is the item itself. ``element`` is '' for a record that is added or
    taken away as a whole (``before``/``after`` are blank then). ``conflict`` is what was published meanwhile, None
    when nothing stands against it.
    """

    record_id: str
    kind: str
    title: str
    is_own: bool
    action: Action
    element: str
    label: str
    before: str
    after: str
    conflict: str | None = None


class DraftService:
    """Lists open drafts, shows what they change, puts them into force, gives them up."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def kind(self) -> Kind | None:
        """The kind of change drafts; None in a standard where nothing has states."""
        return self._workspace.standard.draft_kind

    def count(self) -> int:
        """How many drafts are open."""
        query = _open_drafts(self._workspace.standard)
        if query is None:
            return 0
        with self._workspace.store.read() as reader:
            return reader.count(query)

    def list_open(self, limit: int | None = None) -> list[DraftSummary]:
        """The open drafts, the one changed last first."""
        self._workspace.demand(Duty.READ)
        query = _open_drafts(self._workspace.standard)
        if query is None:
            return []
        with self._workspace.store.read() as reader:
            records = reader.find(replace(query, order=(Order("@changed", True),))).records(reader, 0, limit)
            items = {record.id: record for record in reader.get([str(record.parent_id) for record in records])}
            return [self._summary(record, items[str(record.parent_id)]) for record in records]

    def of_item(self, item_id: str) -> DraftSummary | None:
        """The open draft of an item, None when it has none."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            draft = open_drafts(reader, self._workspace.standard, [item_id]).get(item_id)
            item = reader.get([item_id])
        return self._summary(draft.record, item[0]) if draft is not None and item else None

    def get(self, draft_id: str) -> DraftSummary:
        """A draft, be it closed; KnownError ``no-draft`` when there is none with this id."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            found = reader.get([draft_id])
            items = reader.get([str(one.parent_id) for one in found])
        if not items or self.kind is None or found[0].kind != self.kind.code:
            raise _no_draft()
        return self._summary(found[0], items[0])

    def find(self, record_id: str) -> DraftSummary:
        """The open draft that a draft's record or an item's record leads to; KnownError ``no-draft``."""
        self._workspace.demand(Duty.READ)
        with self._workspace.store.read() as reader:
            item, draft = self._read(reader, record_id)
        return self._summary(draft.record, item)

    def differences(self, record_id: str) -> list[DraftDifference]:
        """What the draft with this id, or the open one of this item, changes: element by element, the item's own first.

        An open one is compared with what is in force by now; a closed one says what it changed.
        """
        self._workspace.demand(Duty.READ)
        standard = self._workspace.standard
        form = _form(standard)
        with self._workspace.store.read() as reader:
            found = [one for one in reader.get([record_id]) if self.kind is not None and one.kind == self.kind.code]
            conflicts: Sequence[DraftConflict] = ()
            if found and not is_open(found[0], form):
                draft = read_draft(found[0], form)
                item, (published, versions) = reader.get([draft.item_id])[0], _touched(reader, draft)
            else:
                item, draft = self._read(reader, record_id)
                published, versions = _touched(reader, draft)
                _changes, conflicts = put_into_force(draft, item, published, versions, standard)
            titles = _titles(reader, draft, published, standard)
        against = {(one.record_id, one.element): one for one in conflicts}
        differences: list[DraftDifference] = []
        for change in sorted(draft.content.values(), key=lambda change: change.record_id != item.id):
            differences += self._differences(change, item, published, titles, against)
        return differences

    def publish(self, record_id: str, progress: Progress = no_progress) -> Outcome:
        """Put the open draft of an item (or with this id) into force, as the item's next version: one step of undo.

        KnownErrors ``no-draft``, and ``draft-conflict`` when something it changes was published differently meanwhile.
        """
        return self.publish_many([record_id], progress)

    def publish_many(self, record_ids: Sequence[str], progress: Progress = no_progress) -> Outcome:
        """Put several drafts into force, all or none: one step of undo."""
        self._workspace.demand(Duty.PUBLISH)
        standard = self._workspace.standard
        changes: list[Change] = []
        names: list[str] = []
        versions_told = 0
        with self._workspace.store.read() as reader:
            wanted = list(dict.fromkeys(record_ids))
            for number, record_id in enumerate(wanted):
                progress(number, len(wanted))
                item, draft = self._read(reader, record_id)
                published, versions = _touched(reader, draft)
                theirs, conflicts = put_into_force(draft, item, published, versions, standard)
                title = standard.kind(item.kind).title_of(item.elements)
                if conflicts:
                    raise self._conflict(title, conflicts, _titles(reader, draft, published, standard))
                changes += theirs
                names.append(title)
                versions_told = self._version_of(theirs[-1])
        if len(names) == 1:
            reason = _("Put into force: “{title}”, version {version}").format(title=names[0], version=versions_told)
        else:
            reason = _("Put {count} change drafts into force").format(count=len(names))
        return self._workspace.apply(changes, origin=Origin.EDIT, reason=reason, progress=progress)

    def discard(self, record_id: str) -> Outcome:
        """Give the open draft of an item (or with this id) up; what is in force stays."""
        self._workspace.demand(Duty.EDIT)
        with self._workspace.store.read() as reader:
            item, draft = self._read(reader, record_id)
        title = self._workspace.standard.kind(item.kind).title_of(item.elements)
        reason = _("Discarded the change draft of “{title}”").format(title=title)
        return self._workspace.apply([withdraw(draft, self._workspace.standard)], origin=Origin.EDIT, reason=reason)

    def _read(self, reader: Reader, record_id: str) -> tuple[Record, Draft]:
        found = reader.get([record_id])
        kind = self.kind
        if found and kind is not None:
            item_id = str(found[0].parent_id) if found[0].kind == kind.code else record_id
            draft = open_drafts(reader, self._workspace.standard, [item_id]).get(item_id)
            items = reader.get([item_id])
            if draft is not None and items:
                return items[0], draft
        raise _no_draft()

    def _summary(self, record: Record, item: Record) -> DraftSummary:
        standard = self._workspace.standard
        form = _form(standard)
        draft = read_draft(record, form)
        kind = standard.kind(item.kind)
        parts: dict[str, list[int]] = {}
        elements = 0
        for change in draft.content.values():
            if change.record_id == item.id:
                elements = len(change.after)
            else:
                place = {Action.CREATE: 0, Action.DELETE: 2}.get(change.action, 1)
                parts.setdefault(change.kind, [0, 0, 0])[place] += 1
        return DraftSummary(
            record, item, kind.title_of(item.elements), kind.code_of(item.elements), elements,
            {code: (counts[0], counts[1], counts[2]) for code, counts in parts.items()},
            texts_of(record, standard, {}).get(form.state, ""), is_open(record, form),
        )  # fmt: skip

    def _differences(
        self, change: Change, item: Record, published: Mapping[str, Record], titles: Mapping[str, str],
        against: Mapping[tuple[str, str], DraftConflict],
    ) -> list[DraftDifference]:  # fmt: skip
        kind = self._workspace.standard.kind(change.kind)
        record = published.get(change.record_id)
        values = {**(record.elements if record else {}), **filled(change.after or change.before)}
        title = kind.name_of(values, titles)
        is_own = change.record_id == item.id
        whole = against.get((change.record_id, ""))
        gone = _("not there any more") if whole is not None else None

        def difference(element: str, label: str, before: str, after: str, conflict: str | None) -> DraftDifference:
            return DraftDifference(
                change.record_id, change.kind, title, is_own, change.action, element, label, before, after, conflict
            )

        if change.action is Action.DELETE:
            return [difference("", "", "", "", gone)]
        found = [difference("", "", "", "", gone)] if change.action is Action.CREATE else []
        for code in kind.elements:
            is_said = change.action is Action.CREATE and code in (kind.position_element, kind.title)
            if code not in change.after or is_said:
                continue
            conflict = against.get((change.record_id, code))
            now = value_text(kind, code, conflict.found, titles) if conflict is not None else None
            before = value_text(kind, code, change.before.get(code), titles)
            after = value_text(kind, code, change.after[code], titles)
            found.append(difference(code, kind.elements[code].label, before, after, gone if now is None else now))
        if change.moved_from is not None and not found:
            found.append(difference(PARENT, _("Place"), str(change.moved_from[1] + 1), str(change.position + 1), gone))
        return found

    def _version_of(self, change: Change) -> int:
        version = change.after.get(_form(self._workspace.standard).version)
        return version if isinstance(version, int) else 0

    def _conflict(self, title: str, conflicts: Sequence[DraftConflict], titles: Mapping[str, str]) -> KnownError:
        told = []
        for one in conflicts[:CONFLICTS_TOLD]:
            kind = self._workspace.standard.kind(one.kind)
            label = kind.elements[one.element].label if one.element in kind.elements else kind.label
            text = _("{label}: “{expected}” became “{found}”")
            if one.element in kind.elements:
                told.append(
                    text.format(
                        label=label,
                        expected=value_text(kind, one.element, one.expected, titles),
                        found=value_text(kind, one.element, one.found, titles),
                    )
                )
            else:
                told.append(_("{kind} “{title}” is not there any more").format(
                    kind=label, title=titles.get(one.record_id, "")
                ))  # fmt: skip
        return KnownError(
            "draft-conflict",
            _("Published differently meanwhile"),
            _(
                "The draft of “{title}” was made against other values ({count}): {told}. Nothing was put into force."
            ).format(title=title, count=len(conflicts), told="；".join(told)),
            _("Discard the draft and make the change again from what is in force now."),
        )


def _no_draft() -> KnownError:
    return KnownError(
        "no-draft",
        _("No change draft"),
        _("This item has no open change draft."),
        _("The list of change drafts shows which items have one."),
    )


def _form(standard: Standard) -> DraftForm:
    kind = standard.draft_kind
    if kind is None or kind.draft is None:
        raise LookupError("the standard has no change drafts")
    return kind.draft


def _open_drafts(standard: Standard) -> Query | None:
    kind = standard.draft_kind
    if kind is None or kind.draft is None:
        return None
    return Query(kind.code, (Filter(kind.draft.state, Match.IS_ANY, kind.draft.open),))


def open_drafts(reader: Reader, standard: Standard, item_ids: Sequence[str]) -> dict[str, Draft]:
    """The open drafts of these items, by item."""
    kind = standard.draft_kind
    if kind is None or kind.draft is None:
        return {}
    return {
        str(record.parent_id): read_draft(record, kind.draft)
        for record in reader.children(item_ids, kind.code)
        if is_open(record, kind.draft)
    }


def into_drafts(workspace: Workspace, reader: Reader, changes: Sequence[Change], reason: str) -> Rerouted:
    """The changes to write instead of these: those to items in force become changes of their drafts.

    KnownError ``conflict`` when a record was changed since the changes were made against it.
    """
    standard = workspace.standard
    if standard.draft_kind is None or not changes:
        return Rerouted(tuple(changes))
    drafts = all_open_drafts(reader, standard)
    items = _items_of(reader, standard, changes, drafts)
    if not items:
        return Rerouted(tuple(changes))
    in_force = list(dict.fromkeys(items.values()))
    counts: dict[str, int] = {}
    published: dict[str, Record] = {}
    wanted = list(dict.fromkeys([*in_force, *(change.record_id for change in changes if change.record_id in items)]))
    for start in range(0, len(in_force), BATCH):
        for record in reader.children(in_force[start : start + BATCH], standard.draft_kind.code):
            counts[str(record.parent_id)] = counts.get(str(record.parent_id), 0) + 1
    for start in range(0, len(wanted), BATCH):
        published.update((record.id, record) for record in reader.get(wanted[start : start + BATCH]))
    rerouted = Router(standard, items, published, drafts, counts, workspace.new_id, reason).route(changes)
    if rerouted.disturbed:
        raise conflict_error(reader, rerouted.disturbed)
    return rerouted


def all_open_drafts(reader: Reader, standard: Standard) -> dict[str, Draft]:
    """Every open draft of the store, by item."""
    query = _open_drafts(standard)
    if query is None or not reader.count(query):
        return {}
    form = _form(standard)
    return {str(record.parent_id): read_draft(record, form) for batch in reader.iterate(query) for record in batch}


def _items_of(
    reader: Reader, standard: Standard, changes: Sequence[Change], drafts: Mapping[str, Draft]
) -> dict[str, str]:
    """Of the records that these changes touch, and of those that contain them: the item in force of each that has one.

    A record that only a draft or one of the changes has belongs to the item of what it stands in; a new item is one of
    its own, and not in force yet.
    """
    above: dict[str, str | None] = {}
    for draft in drafts.values():
        above.update((one.record_id, one.parent_id) for one in draft.content.values() if one.action is Action.CREATE)
    new_items = set()
    for change in changes:
        if change.action is Action.CREATE:
            if standard.kind(change.kind).states is None:
                above[change.record_id] = change.parent_id
            else:
                new_items.add(change.record_id)

    def foot(record_id: str) -> str | None:
        """The record of the store that this one stands in, itself if it is there."""
        place: str | None = record_id
        while place in above:
            place = above[place]
        return place if place not in new_items else None

    feet: dict[str, str] = {}
    for change in changes:
        moved_from = change.moved_from[0] if change.moved_from is not None else None
        for record_id in (change.record_id, change.parent_id, moved_from):
            if record_id is not None and (place := foot(record_id)) is not None:
                feet[record_id] = place
    known = ItemsInForce(standard, reader.get)
    known.learn(feet.values())
    return {record_id: item for record_id, place in feet.items() if (item := known.item_of(place)) is not None}


def _touched(reader: Reader, draft: Draft) -> tuple[dict[str, Record], dict[str, int]]:
    ids = list(draft.content)
    parents = [change.parent_id for change in draft.content.values() if change.parent_id]
    published = {record.id: record for record in reader.get(list(dict.fromkeys([*ids, *parents])))}
    return published, reader.versions(ids)


def _titles(reader: Reader, draft: Draft, published: Mapping[str, Record], standard: Standard) -> dict[str, str]:
    """What to call the records that the draft touches or refers to, those that only it has included."""
    asked: set[str] = set(published)
    own: dict[str, str] = {}
    for change in draft.content.values():
        kind = standard.kind(change.kind)
        for code in kind.references:
            asked.update(str(value) for value in (change.before.get(code), change.after.get(code)) if value)
        if change.action is Action.CREATE:
            own[change.record_id] = kind.title_of(filled(change.after))
    return {**own, **{record_id: title for record_id, title in reader.titles(asked).items() if title}}


def summary_words(draft: DraftSummary, standard: Standard) -> str:
    """What a draft changes, in one line: elements of the item, and parts by kind."""
    words = [_("{count} elements").format(count=draft.elements)] if draft.elements else []
    for code, counts in draft.parts.items():
        texts = (_("{count} added"), _("{count} changed"), _("{count} taken away"))
        said = [text.format(count=count) for count, text in zip(counts, texts, strict=True) if count]
        words.append(_("{kind} ({counts})").format(kind=standard.kind(code).label, counts="、".join(said)))
    return "、".join(words)


def difference_words(one: DraftDifference, standard: Standard) -> str:
    """A difference in one line."""
    label = standard.kind(one.kind).label
    if not one.element:
        words = _("{kind} “{title}” is taken away") if one.action is Action.DELETE else _("{kind} “{title}” is added")
        text = words.format(kind=label, title=one.title)
    else:
        empty = _("(empty)")
        text = _("{label}: {before} → {after}").format(
            label=one.label, before=one.before or empty, after=one.after or empty
        )
        if not one.is_own:
            text = _("{kind} “{title}”, {text}").format(kind=label, title=one.title, text=text)
    if one.conflict is not None:
        text += _(" (by now: {found})").format(found=one.conflict or _("(empty)"))
    return text
