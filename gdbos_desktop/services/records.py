"""Reading and editing records: lists, trees, forms, drafts, deletion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import Change, Origin, create, delete, edit
from gdbos_desktop.domain.checking import completeness
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.domain.trees import placed, records_of, tree_changes
from gdbos_desktop.schema import STATED_NONE, Issue, Kind, Standard, Value
from gdbos_desktop.services.workspace import Outcome, Workspace
from gdbos_desktop.storage import Reader, SearchResult
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

DRAFTS = "draft"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a list: the record, its elements as texts (references as titles), and how complete it is (0–100)."""

    record: Record
    cells: Mapping[str, str]
    complete_percent: int


class RecordList:
    """A list on screen: the exact count and the order are fixed when it is opened, rows are fetched as they are seen.

    Safe to use from any thread. Rows whose record vanished since are None.
    """

    def __init__(self, workspace: Workspace, query: Query) -> None:
        self._workspace = workspace
        self.query = query
        with workspace.store.read() as reader:
            self._listing = reader.find(query)
        self.count = self._listing.count

    def ids(self, offset: int, limit: int) -> list[str]:
        """The ids at these places."""
        with self._workspace.store.read() as reader:
            return self._listing.ids(reader, offset, limit)

    def rows(self, offset: int, limit: int) -> list[ListRow | None]:
        """The rows at these places, formatted."""
        with self._workspace.store.read() as reader:
            ids = self._listing.ids(reader, offset, limit)
            records = {record.id: record for record in reader.get(ids)}
            titles = reader.titles(reference_ids(records.values(), self._workspace.standard))
        rows = [records.get(record_id) for record_id in ids]
        return [None if record is None else self._row(record, titles) for record in rows]

    def _row(self, record: Record, titles: Mapping[str, str]) -> ListRow:
        standard = self._workspace.standard
        return ListRow(record, texts_of(record, standard, titles), completeness(record, standard).percent)


def reference_ids(records: Iterable[Record], standard: Standard) -> set[str]:
    """The ids that reference elements of these records point to."""
    return {
        str(record.elements[code])
        for record in records
        for code in standard.kind(record.kind).references
        if code in record.elements
    }


def changed_reference_ids(changes: Iterable[Change], standard: Standard) -> set[str]:
    """The ids that reference elements pointed to before these changes, or point to after them."""
    return {
        str(value)
        for change in changes
        for code in standard.kind(change.kind).references
        for value in (change.before.get(code), change.after.get(code))
        if value is not None
    }


def texts_of(record: Record, standard: Standard, titles: Mapping[str, str]) -> dict[str, str]:
    """The elements of a record as people read them."""
    kind = standard.kind(record.kind)
    references = kind.references
    return {
        code: titles.get(str(value), "") if code in references else kind.elements[code].format(value)
        for code, value in record.elements.items()
        if code in kind.elements and not kind.elements[code].hidden
    }


def value_text(kind: Kind, code: str, value: Value | None, titles: Mapping[str, str]) -> str:
    """A value as people read it, wherever it stands: the title of what a reference points to, '' for no value."""
    if value is None:
        return ""
    return titles.get(str(value), str(value)) if code in kind.references else kind.elements[code].format(value)


def read_trees(
    reader: Reader, records: Sequence[Record], standard: Standard, *, with_drafts: bool = False
) -> list[RecordTree]:
    """The records with all they contain and the titles they refer to; a few statements for any number of records.

    Change drafts, the past ones included, are left out unless they are asked for.
    """
    drafts = standard.draft_kind.code if standard.draft_kind is not None and not with_drafts else ""
    levels: list[list[Record]] = [list(records)]
    above = {record.id: frozenset({record.kind}) for record in records}
    while levels[-1]:
        children = reader.children([record.id for record in levels[-1]])
        # A kind that contains its own kind (organisations) is a forest of equals, not one thing: stop there.
        inside = [child for child in children if child.kind not in above[str(child.parent_id)] and child.kind != drafts]
        above.update((child.id, above[str(child.parent_id)] | {child.kind}) for child in inside)
        levels.append(inside)
    by_parent: dict[str, list[Record]] = {}
    for level in levels[1:]:
        for child in level:
            by_parent.setdefault(str(child.parent_id), []).append(child)
    titles = reader.titles(reference_ids((record for level in levels for record in level), standard))

    def grow(record: Record) -> RecordTree:
        grown: dict[str, tuple[RecordTree, ...]] = {}
        for child in by_parent.get(record.id, ()):
            grown[child.kind] = (*grown.get(child.kind, ()), grow(child))
        return RecordTree(record, grown, titles)

    return [grow(record) for record in records]


class RecordService:
    """Lists, forms and single edits."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open_list(self, query: Query) -> RecordList:
        """The records a query asks for; KnownError when the person may not read."""
        self._workspace.demand(Duty.READ)
        return RecordList(self._workspace, query)

    def count(self, query: Query) -> int:
        """How many records a query asks for."""
        with self._workspace.store.read() as reader:
            return reader.count(query)

    def count_by(self, query: Query, element: str) -> list[tuple[Value | None, str, int]]:
        """How many records each value of an element has: (value, text, count), most frequent first."""
        with self._workspace.store.read() as reader:
            groups = reader.group_counts(query, element)
            kind = self._workspace.standard.kind(query.kind)
            titles = reader.titles(str(value) for value, _count in groups) if element in kind.references else {}
        return [
            (value, titles.get(str(value), "") or kind.elements[element].format(value), count)
            for value, count in groups
        ]

    def get(self, record_id: str) -> Record:
        """The record; KnownError when it does not exist (any more)."""
        with self._workspace.store.read() as reader:
            records = reader.get([record_id])
        if not records:
            raise _gone()
        return records[0]

    def find_by_code(self, code: str) -> Record:
        """The record a person means by a code (or by its id); KnownError when none or several fit."""
        with self._workspace.store.read() as reader:
            found = reader.find_by_code(code) or reader.get([code])
        if len(found) == 1:
            return found[0]
        if not found:
            raise KnownError(
                "no-such-code",
                _("No such code"),
                _("No record has the code {code}.").format(code=code),
                _("Look it up with a search for a part of the name."),
            )
        raise KnownError(
            "ambiguous-code",
            _("Several records"),
            _("{count} records have the code {code}.").format(count=len(found), code=code),
            _("Use a longer code, such as the code of the handling item."),
        )

    def search(
        self, text: str, kinds: Sequence[str] | None = None, limit: int = 50
    ) -> tuple[list[Record], SearchResult]:
        """What a search finds: words, parts of codes, pinyin initials; change drafts only if their kind is named."""
        self._workspace.demand(Duty.READ)
        if kinds is None and self._workspace.standard.draft_kind is not None:
            kinds = [kind.code for kind in self._workspace.standard.described]
        with self._workspace.store.read() as reader:
            result = reader.search(text, kinds, limit)
            return reader.get(result.ids), result

    def titles(self, ids: Iterable[str]) -> dict[str, str]:
        """What to call the records."""
        with self._workspace.store.read() as reader:
            return reader.titles(ids)

    def choices(self, kind: str, text: str = "", limit: int = 200) -> list[tuple[str, str]]:
        """Records a reference may point to, as (id, title)."""
        with self._workspace.store.read() as reader:
            listing = reader.find(Query(kind, text=text))
            ids = listing.ids(reader, 0, limit)
            titles = reader.titles(ids)
        return [(record_id, titles[record_id]) for record_id in ids if record_id in titles]

    def tree(self, record_id: str) -> RecordTree:
        """The record with all it contains, as a form shows it."""
        with self._workspace.store.read() as reader:
            trees = read_trees(reader, reader.get([record_id]), self._workspace.standard)
        if not trees:
            raise _gone()
        return trees[0]

    def new_record(self, kind: str, parent_id: str | None = None, position: int = 0) -> Record:
        """A fresh record that is not in the store yet: an identity and its place."""
        return placed(Record(self._workspace.new_id(), kind, {}, parent_id, position), self._workspace.standard)

    def save_tree(self, before: RecordTree, after: RecordTree, reason: str = "") -> Outcome:
        """Write what changed between the tree that was opened and the tree as edited: one step of undo.

        A record that is not in the store yet (version 0) is created with all it contains.
        """
        self._workspace.demand(Duty.EDIT)
        is_new = before.record.version == 0
        changes = [create(record) for record in records_of(after)] if is_new else tree_changes(before, after)
        reason = reason or (_("Created") if is_new else _("Edited"))
        self._refuse_taken_codes(changes)
        outcome = self._workspace.apply(changes, origin=Origin.EDIT, reason=reason)
        self.drop_draft(after.record.id)
        return outcome

    def create(self, record: Record, reason: str = "") -> Outcome:
        """Write a new record."""
        self._workspace.demand(Duty.EDIT)
        self._refuse_taken_codes([create(record)])
        return self._workspace.apply([create(record)], origin=Origin.EDIT, reason=reason or _("Created"))

    def edit(self, ids: Sequence[str], values: Mapping[str, Value | None], reason: str = "") -> Outcome:
        """Give these records the same values: one step of undo, however many they are."""
        self._workspace.demand(Duty.EDIT)
        with self._workspace.store.read() as reader:
            changes = [edit(record, values) for record in reader.get(ids)]
        self._refuse_taken_codes(changes)
        return self._workspace.apply(changes, origin=Origin.EDIT, reason=reason or _("Edited"))

    def set_texts(self, record_id: str, texts: Mapping[str, str], reason: str = "") -> Outcome | list[Issue]:
        """Set elements by their texts, as a person types them; the issues, and nothing written, when one is wrong."""
        return self.set_many_texts({record_id: texts}, reason)

    def set_many_texts(self, texts: Mapping[str, Mapping[str, str]], reason: str = "") -> Outcome | list[Issue]:
        """The same for several records (id → element → text), such as a pasted block: one step of undo, or nothing."""
        self._workspace.demand(Duty.EDIT)
        changes: list[Change] = []
        issues: list[Issue] = []
        with self._workspace.store.read() as reader:
            records = {record.id: record for record in reader.get(list(texts))}
        for record_id, wanted in texts.items():
            record = records.get(record_id) or self.get(record_id)
            values, found = self._values(record, wanted)
            changes.append(edit(record, values))
            issues.extend(found)
        if issues:
            return issues
        self._refuse_taken_codes(changes)
        return self._workspace.apply(changes, origin=Origin.EDIT, reason=reason or _("Edited"))

    def _refuse_taken_codes(self, changes: Sequence[Change]) -> None:
        """KnownError ``code-taken`` when an act gives a record the identifying code of another one of its kind.

        The strongest code that a record has identifies it; what imports or others brought in before is left alone.
        """
        standard = self._workspace.standard
        changes = [
            change
            for change in changes
            if not change.after.keys().isdisjoint(standard.kind(change.kind).identifying_codes)
        ]
        if not changes:
            return
        claims: dict[tuple[str, str], dict[tuple[Value, ...], str]] = {}
        with self._workspace.store.read() as reader:
            known = {record.id: record for record in reader.get([change.record_id for change in changes])}
            for change in changes:
                kind, record = standard.kind(change.kind), known.get(change.record_id)
                merged = {**(record.elements if record else {}), **change.after}
                values = {code: value for code, value in merged.items() if value not in (None, STATED_NONE)}
                code = next((code for code in kind.identifying_codes if code in values), "")
                if code not in change.after:
                    continue  # another code, untouched, says which record it is
                owner = claims.setdefault((kind.code, code), {}).setdefault((values[code],), change.record_id)
                if owner != change.record_id:
                    raise self._code_taken(kind, code, values[code], kind.title_of(values))
            for (kind_code, code), owners in claims.items():
                for value, ids in reader.find_by_key(kind_code, (code,), list(owners)).items():
                    others = [record_id for record_id in ids if record_id != owners[value]]
                    if others:
                        title = reader.titles(others[:1]).get(others[0], "")
                        raise self._code_taken(standard.kind(kind_code), code, value[0], title)

    @staticmethod
    def _code_taken(kind: Kind, code: str, value: Value, title: str) -> KnownError:
        element = kind.elements[code]
        return KnownError(
            "code-taken",
            _("Code taken"),
            _("{label} {code} already belongs to “{title}”. Nothing was saved.").format(
                label=element.label, code=element.format(value), title=title
            ),
            _("Check the code; if both are the same thing, keep one of them."),
        )

    def _values(self, record: Record, texts: Mapping[str, str]) -> tuple[dict[str, Value | None], list[Issue]]:
        kind = self._workspace.standard.kind(record.kind)
        values: dict[str, Value | None] = {}
        issues: list[Issue] = []
        for code, text in texts.items():
            element = kind.elements.get(code)
            if element is None:
                raise KnownError(
                    "no-such-element",
                    _("No such element"),
                    _("{kind} has no element {element}.").format(kind=kind.label, element=code),
                    _("The data dictionary lists all elements."),
                )
            value = self._reference(code, text, kind.references) if code in kind.references else element.parse(text)
            if isinstance(value, Issue):
                issues.append(value.about(record_id=record.id))
            else:
                values[code] = value
        return values, issues

    def _reference(self, code: str, text: str, references: Mapping[str, str]) -> Value | None:
        if not text.strip():
            return None
        target = references[code]
        title = self._workspace.standard.kind(target).title
        with self._workspace.store.read() as reader:
            found = reader.find_by_key(target, (title,), [(text,)]).get((text,), [])
        if len(found) != 1:
            raise KnownError(
                "no-such-reference",
                _("Not found"),
                _("“{text}” names {count} records of the kind {kind}.").format(
                    text=text, count=len(found), kind=self._workspace.standard.kind(target).label
                ),
                _("Use the exact name."),
            )
        return found[0]

    def delete(self, ids: Sequence[str], reason: str = "") -> Outcome:
        """Take records away with all they contain; undo brings them back."""
        self._workspace.demand(Duty.EDIT)
        with self._workspace.store.read() as reader:
            trees = read_trees(reader, reader.get(ids), self._workspace.standard, with_drafts=True)
        doomed = {record.id: record for tree in trees for record in records_of(tree)}
        changes = [delete(record) for record in reversed(list(doomed.values()))]
        return self._workspace.apply(changes, origin=Origin.EDIT, reason=reason or _("Deleted"))

    # Drafts: what a form holds that is not saved yet, kept across a crash. Not business data, so not audited.

    def keep_draft(self, before: RecordTree, after: RecordTree) -> None:
        """Keep an unsaved form; replaces an earlier draft of the same record."""
        draft = {
            "version": before.record.version,
            "records": [
                {
                    "id": record.id,
                    "kind": record.kind,
                    "parent": record.parent_id,
                    "position": record.position,
                    "version": record.version,
                    "elements": dict(record.elements),
                }
                for record in records_of(after)
            ],
        }
        with self._workspace.store.unit_of_work() as unit:
            unit.set_setting(DRAFTS, after.record.id, draft)

    def draft(self, tree: RecordTree) -> RecordTree | None:
        """The unsaved form of this record, None when there is none or the record changed since."""
        with self._workspace.store.read() as reader:
            draft = reader.get_setting(DRAFTS, tree.record.id)
        if not draft or draft["version"] != tree.record.version:
            return None
        return _tree_from_draft(draft["records"], tree)

    def drop_draft(self, record_id: str) -> None:
        """Forget the unsaved form."""
        with self._workspace.store.unit_of_work() as unit:
            unit.set_setting(DRAFTS, record_id, None)


def _gone() -> KnownError:
    return KnownError("gone", _("Not there any more"), _("The record was deleted in the meantime."))


def _tree_from_draft(rows: list[dict[str, Any]], tree: RecordTree) -> RecordTree:
    records = [
        Record(
            row["id"],
            row["kind"],
            {code: tuple(value) if isinstance(value, list) else value for code, value in row["elements"].items()},
            row["parent"],
            row["position"],
            row["version"],
        )
        for row in rows
    ]
    children: dict[str, dict[str, list[Record]]] = {}
    for record in records[1:]:
        children.setdefault(str(record.parent_id), {}).setdefault(record.kind, []).append(record)

    def grow(record: Record) -> RecordTree:
        kinds = children.get(record.id, {})
        return replace(
            tree, record=record, children={kind: tuple(grow(child) for child in found) for kind, found in kinds.items()}
        )

    return grow(records[0])
