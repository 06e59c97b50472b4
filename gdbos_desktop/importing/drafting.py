"""An import beside what is in force: rows that would change a published item go into its draft version instead.

Hides that the store an import compares with is two layers: what is published, and over it what the open drafts want.
Comparing with both makes the second import of a file change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.domain.drafts import overlaid, read_draft
from gdbos_desktop.domain.items import ItemsInForce
from gdbos_desktop.domain.levels import is_fixed_above
from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing.matching import Key, Lookup
from gdbos_desktop.schema import Issue, Kind, Place, Severity, Standard, Value, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.system.messages import N_

LONGEST_QUOTE = 60


class Drafting:
    """A store as an import sees it: a ``Lookup`` over the published records with the open drafts laid over them.

    ``level`` is the level of government of the store (``domain.levels``).
    """

    def __init__(self, lookup: Lookup, standard: Standard, level: str) -> None:
        self._lookup = lookup
        self._standard = standard
        self._level = level
        self._items = ItemsInForce(standard, lookup.get)
        self._drafted: dict[str, Change] = {}
        self._created: dict[str | None, list[str]] = {}
        self._of_kind: dict[str, list[str]] = {}
        self._indexes: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], list[str]]] = {}
        self._published: dict[str, Record] = {}
        self._inside = _kinds_inside_items(standard)
        self._row_count = 0
        self._kept: set[str] = set()
        self._changed_items: set[str] = set()
        self._read_drafts()

    def _read_drafts(self) -> None:
        kind = self._standard.draft_kind
        if kind is None or kind.draft is None:
            return
        form = kind.draft
        query = Query(kind.code, (Filter(form.state, Match.IS_ANY, form.open),))
        if not self._lookup.count(query):
            return
        for batch in self._lookup.iterate(query):
            for record in batch:
                self._drafted.update(read_draft(record, form).content)
        for change in self._drafted.values():
            self._of_kind.setdefault(change.kind, []).append(change.record_id)
            if change.action is Action.CREATE:
                self._created.setdefault(change.parent_id, []).append(change.record_id)

    # The store with its drafts, as a Lookup

    def get(self, ids: Sequence[str]) -> list[Record]:
        """The records as the open drafts want them, in the order of ids."""
        found = self._lookup.get(ids)
        if self._drafted.keys().isdisjoint(ids):
            return found
        records: dict[str, Record | None] = {record.id: record for record in found}
        for record_id in ids:
            if (change := self._drafted.get(record_id)) is not None:
                records[record_id] = self._laid_over(records.get(record_id), change)
        return [record for record_id in ids if (record := records.get(record_id)) is not None]

    def _laid_over(self, record: Record | None, change: Change) -> Record | None:
        if record is not None:
            self._published[record.id] = record
        return overlaid(record, change)

    def find_by_key(self, kind: str, key: tuple[str, ...], values: Sequence[Key]) -> Mapping[Key, list[str]]:
        """The ids of the records that have these key values in a draft, or published and untouched by drafts."""
        found = self._lookup.find_by_key(kind, key, values)
        if kind not in self._of_kind:
            return found
        index = self._index(kind, key)
        result: dict[Key, list[str]] = {}
        for value in values:
            ids = [record_id for record_id in found.get(value, ()) if record_id not in self._drafted]
            ids += index.get(tuple(map(_small, value)), ())
            if ids:
                result[value] = ids
        return result

    def _index(self, kind: str, key: tuple[str, ...]) -> Mapping[tuple[str, ...], list[str]]:
        index = self._indexes.get((kind, key))
        if index is None:
            index = self._indexes[kind, key] = {}
            for record in self.get(self._of_kind[kind]):
                parts = [record.parent_id if code == PARENT else record.elements.get(code) for code in key]
                filled = [part for part in parts if part is not None]
                if len(filled) == len(key):
                    index.setdefault(tuple(map(_small, filled)), []).append(record.id)
        return index

    def find_by_code(self, code: str) -> list[Record]:
        """The records of any described kind that have this code."""
        found = [record for record in self._lookup.find_by_code(code) if record.id not in self._drafted]
        wanted = fold(code)
        for kind in self._of_kind:
            for element in self._standard.kind(kind).code_elements:
                ids = self._index(kind, (element,)).get((wanted,), [])
                found += self.get([record_id for record_id in ids if all(one.id != record_id for one in found)])
        return found

    def count(self, query: Query) -> int:
        """How many records a query asks for; those that only drafts have count where the whole kind is asked for."""
        count = self._lookup.count(query)
        if query == Query(query.kind):
            changes = [self._drafted[record_id] for record_id in self._of_kind.get(query.kind, ())]
            count += sum(change.action is Action.CREATE for change in changes)
        return count

    def iterate(self, query: Query, batch: int = 1000) -> Iterator[list[Record]]:
        """What is published of a query, batch by batch."""
        return self._lookup.iterate(query, batch)

    def children(self, parent_ids: Sequence[str], kind: str | None = None) -> list[Record]:
        """What these records contain, as the open drafts want it."""
        found = self._lookup.children(parent_ids, kind)
        draft_kind = self._standard.draft_kind
        if draft_kind is not None and kind is None:
            found = [record for record in found if record.kind != draft_kind.code]
        if not self._drafted:
            return found
        records: list[Record | None] = [
            self._laid_over(record, change) if (change := self._drafted.get(record.id)) is not None else record
            for record in found
        ]
        wanted = set(parent_ids)
        for parent_id in dict.fromkeys(parent_ids):
            new = [self._drafted[record_id] for record_id in self._created.get(parent_id, ())]
            records += [overlaid(None, change) for change in new if kind in (None, change.kind)]
        return [record for record in records if record is not None and record.parent_id in wanted]

    # Which rows go into drafts

    def learn(self, kind: Kind, records: Iterable[Record | None], parents: Iterable[str | None]) -> None:
        """Find out which items the rows of a batch are about: by the records they are, or by what contains new ones."""
        if kind.code not in self._inside:
            return
        wanted = {record.parent_id for record in records if record is not None}
        self._learn_places(wanted.union(parents))

    def _learn_places(self, places: Iterable[str | None]) -> None:
        wanted = {place for place in places if place is not None}
        created = {place for place in wanted if self._is_created(place)}
        self._items.learn(wanted - created)
        for record_id in created:
            self._note_created(record_id)

    def _is_created(self, record_id: str) -> bool:
        change = self._drafted.get(record_id)
        return change is not None and change.action is Action.CREATE

    def _note_created(self, record_id: str) -> None:
        """A record that only a draft has belongs to the item of what it stands in."""
        chain: list[str] = []
        current: str | None = record_id
        while current is not None and self._is_created(current):
            chain.append(current)
            current = self._drafted[current].parent_id
        if current is not None:
            self._items.learn([current])
            for inside in reversed(chain):
                self._items.note(inside, current)

    def item_of(self, kind: Kind, record: Record | None, parent: str | None) -> str | None:
        """The item in force whose draft takes what a row says of a record, or of a new one in ``parent``."""
        if kind.states is not None:  # a new item is an item of its own, wherever it stands
            is_in_force = record is not None and kind.is_in_force(self._as_published(record).elements)
            return record.id if record is not None and is_in_force else None
        if kind.code not in self._inside:
            return None
        return self._items.item_of(record.parent_id if record is not None else parent)

    def _as_published(self, record: Record) -> Record:
        return self._published.get(record.id, record)

    def note_new(self, record_id: str, item: str, parent: str) -> None:
        """Take notice of a row that makes a record in an item in force."""
        self._items.note(record_id, parent)
        self._note(item)

    def note_changed(self, item: str | None) -> None:
        """Take notice of a row that changes something, in an item in force or (None) elsewhere."""
        if item is not None:
            self._note(item)

    def _note(self, item: str) -> None:
        self._row_count += 1
        self._changed_items.add(item)

    def settled(self, kind: Kind, record: Record, after: dict[str, Value | None]) -> dict[str, Value | None]:
        """What a row changes, without what a list cannot take back of an item in force: its count of versions, and
        that it was put into force at all; nor can an empty cell take out the one or the other."""
        states = kind.states
        if states is None or not kind.is_in_force(self._as_published(record).elements):
            return after
        kept = dict(after)
        said, held = after.get(states.version), record.elements.get(states.version)
        if said is None or (isinstance(said, int) and isinstance(held, int) and said < held):
            kept.pop(states.version, None)
        if after.get(states.element) in (None, *states.unborn):
            kept.pop(states.element, None)
        if len(kept) < len(after):
            self._kept.add(record.id)
        return kept

    def refusals(
        self, kind: Kind, record: Record, change: Change, item: str | None, titles: Mapping[str, str]
    ) -> list[Issue]:
        """Why a row may not make a change: an issue for each element of an item in force that a level above fixes.

        A row that moves something into or out of an item in force is refused too.
        """
        if change.moved_from is not None and kind.code in self._inside and not self._stays(change):
            return [
                Issue(
                    "moved-between-items",
                    Severity.ERROR,
                    N_(
                        "“{title}” stands in another item, which is in force. A list cannot move it: write it as new, "
                        "without its code, and take the old one out of its item."
                    ),
                    {"title": kind.title_of(record.elements)},
                    PARENT,
                )
            ]
        if item is None:
            return []
        published = self._as_published(record)
        issues = []
        for code, wanted in change.after.items():
            element = kind.elements[code]
            held = published.elements.get(code)
            if held in (None, wanted) or not record.version or not is_fixed_above(element, self._level):
                continue
            names = dict(titles)
            if code in kind.references:
                target = self._standard.kind(kind.references[code])
                names.update((one.id, target.title_of(one.elements)) for one in self._lookup.get([str(held)]))
            issues.append(
                Issue(
                    "element-locked",
                    Severity.ERROR,
                    _LOCKED[element.owner],
                    {
                        "label": element.label,
                        "held": _quote(names.get(str(held)) or element.format(held)),
                        "wanted": _quote(names.get(str(wanted)) or element.format(wanted)),
                    },
                    code,
                )
            )
        return issues

    def _stays(self, change: Change) -> bool:
        before, after = change.moved_from[0] if change.moved_from is not None else None, change.parent_id
        if before == after:
            return True
        self._learn_places([before, after])
        return self._items.item_of(before) == self._items.item_of(after)

    def remarks(self, file: str) -> list[Issue]:
        """What is to be said once for the whole file."""
        issues = []
        if self._row_count:
            issues.append(
                Issue(
                    "goes-to-draft",
                    Severity.HINT,
                    N_(
                        "{rows} rows change {items} items that are in force. The changes are kept as change drafts; "
                        "what is in force stays as it is until the drafts are put into force."
                    ),
                    {"rows": self._row_count, "items": len(self._changed_items)},
                    place=Place(file),
                )
            )
        if self._kept:
            issues.append(
                Issue(
                    "state-kept",
                    Severity.HINT,
                    N_(
                        "{rows} rows say a lower version or an earlier state than what is in force. Both are kept as "
                        "they are in force."
                    ),
                    {"rows": len(self._kept)},
                    place=Place(file),
                )
            )
        return issues


_LOCKED = {
    "nation": N_(
        "“{label}” is fixed by the nation: in force is “{held}”, the file says “{wanted}”. "
        "Restore the value, or send a suggestion upwards."
    ),
    "province": N_(
        "“{label}” is fixed by the province: in force is “{held}”, the file says “{wanted}”. "
        "Restore the value, or send a suggestion upwards."
    ),
    "city": N_(
        "“{label}” is fixed by the city: in force is “{held}”, the file says “{wanted}”. "
        "Restore the value, or send a suggestion upwards."
    ),
}


def _kinds_inside_items(standard: Standard) -> frozenset[str]:
    """The kinds without states whose records may stand in an item, at any depth."""
    inside: set[str] = set()
    waiting = [kind.code for kind in standard.described if kind.states is not None]
    while waiting:
        for child in standard.children_of(waiting.pop()):
            if child.code not in inside and child.states is None:
                inside.add(child.code)
                waiting.append(child.code)
    return frozenset(inside)


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _small(value: Value) -> str:
    if isinstance(value, tuple):
        return "\x1f".join(map(fold, value))
    return fold(value) if isinstance(value, str) else str(value)
