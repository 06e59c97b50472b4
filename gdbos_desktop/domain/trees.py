"""Record trees compared: what must change so that one tree becomes the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gdbos_desktop.domain.changes import Change, create, delete, edit, move
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.schema import Standard, Value


def records_of(tree: RecordTree) -> Iterator[Record]:
    """Every record of the tree, containers before what they contain."""
    yield tree.record
    for children in tree.children.values():
        for child in children:
            yield from records_of(child)


def placed(record: Record, standard: Standard) -> Record:
    """The record with the number people see (the kind's position element) in step with its place."""
    element = standard.kind(record.kind).position_element
    if not element or record.elements.get(element) == record.position + 1:
        return record
    return replace(record, elements={**record.elements, element: record.position + 1})


def with_children(tree: RecordTree, kind: str, children: tuple[RecordTree, ...], standard: Standard) -> RecordTree:
    """The tree with these children of a kind, numbered in the order given."""
    numbered = tuple(
        replace(child, record=placed(replace(child.record, position=index), standard))
        for index, child in enumerate(children)
    )
    return replace(tree, children={**tree.children, kind: numbered})


def with_values(tree: RecordTree, values: Mapping[str, Value | None]) -> RecordTree:
    """The tree whose top record has these values; None empties an element."""
    elements = {code: value for code, value in {**tree.record.elements, **values}.items() if value is not None}
    return replace(tree, record=replace(tree.record, elements=elements))


def tree_changes(before: RecordTree, after: RecordTree) -> tuple[Change, ...]:
    """The changes that make ``before`` into ``after``: created top-down, deleted bottom-up, the rest edited."""
    old = {record.id: record for record in records_of(before)}
    new = {record.id: record for record in records_of(after)}
    changes: list[Change] = []
    for record in new.values():
        known = old.get(record.id)
        if known is None:
            changes.append(create(record))
            continue
        change = edit(known, {code: record.elements.get(code) for code in {**known.elements, **record.elements}})
        if (known.parent_id, known.position) != (record.parent_id, record.position):
            moved = move(known, record.parent_id, record.position)
            change = replace(moved, before=change.before, after=change.after)
        if not change.is_empty:
            changes.append(change)
    changes.extend(delete(record) for record in reversed(list(old.values())) if record.id not in new)
    return tuple(changes)
