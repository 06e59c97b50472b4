"""The tree on screen: what the store has, what the person made of it, and the place inside that is being looked at.

Pure functions over frozen trees; the window holds one ``Draft``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.domain.trees import records_of, tree_changes, with_children, with_values
from gdbos_desktop.schema import Kind, Standard, Value

Path = tuple[tuple[str, str], ...]
"""The way down from the top record: (kind, id) of each step; empty for the top record itself."""


@dataclass(frozen=True)
class Draft:
    """``before`` is the tree of the store (version 0: not there yet), ``after`` the tree as edited."""

    before: RecordTree
    after: RecordTree

    @property
    def is_new(self) -> bool:
        """Whether the store does not have the record yet."""
        return self.before.record.version == 0

    @property
    def is_changed(self) -> bool:
        """Whether saving would write anything."""
        return self.after is not self.before and bool(tree_changes(self.before, self.after))

    def with_node(self, path: Path, node: RecordTree) -> Draft:
        """The draft with another node at a place."""
        return replace(self, after=put(self.after, path, node))

    def with_value(self, path: Path, element: str, value: Value | None) -> Draft:
        """The draft with one value changed."""
        return self.with_node(path, with_values(node_at(self.after, path), {element: value}))


def node_at(tree: RecordTree, path: Path) -> RecordTree:
    """The node at a place; KeyError when it is not there (any more)."""
    for kind, record_id in path:
        found = next((child for child in tree.children.get(kind, ()) if child.record.id == record_id), None)
        if found is None:
            raise KeyError(record_id)
        tree = found
    return tree


def find_node(tree: RecordTree, path: Path) -> RecordTree | None:
    """The node at a place, None when it is not there."""
    try:
        return node_at(tree, path)
    except KeyError:
        return None


def put(tree: RecordTree, path: Path, node: RecordTree) -> RecordTree:
    """The tree with another node at a place."""
    if not path:
        return node
    (kind, record_id), rest = path[0], path[1:]
    children = tuple(
        put(child, rest, node) if child.record.id == record_id else child for child in tree.children.get(kind, ())
    )
    return replace(tree, children={**tree.children, kind: children})


def paths(tree: RecordTree, above: Path = ()) -> Iterator[tuple[str, Path]]:
    """Every record of the tree with the way to it."""
    yield tree.record.id, above
    for kind, children in tree.children.items():
        for child in children:
            yield from paths(child, (*above, (kind, child.record.id)))


def child_kinds(standard: Standard, kinds_above: tuple[str, ...]) -> list[Kind]:
    """The kinds a record holds in its form; a kind that contains its own kind is a forest, not a part."""
    return [kind for kind in standard.children_of(kinds_above[-1]) if kind.code not in kinds_above]


def rebased(draft: Draft, fresh: RecordTree, standard: Standard) -> Draft:
    """The person's changes put on top of what the store has now; rows are numbered anew where their order is new.

    Values the person changed stay as typed; everything else is as in ``fresh``. Rows the person added stay, rows taken
    away stay away, rows that somebody else added stay too.
    """
    return Draft(fresh, _rebased(draft.before, draft.after, fresh, standard))


def _rebased(before: RecordTree, after: RecordTree, fresh: RecordTree, standard: Standard) -> RecordTree:
    codes = {*before.record.elements, *after.record.elements}
    mine: Mapping[str, Value | None] = {
        code: after.record.elements.get(code)
        for code in codes
        if before.record.elements.get(code) != after.record.elements.get(code)
    }
    tree = with_values(fresh, mine)
    for kind in {**fresh.children, **after.children}:
        was = {child.record.id: child for child in before.children.get(kind, ())}
        there = {child.record.id: child for child in fresh.children.get(kind, ())}
        kept = []
        for child in after.children.get(kind, ()):
            known, now = was.get(child.record.id), there.get(child.record.id)
            if known is None:
                kept.append(child)
            elif now is not None:
                kept.append(_rebased(known, child, now, standard))
        mine_ids = {child.record.id for child in after.children.get(kind, ())} | set(was)
        kept += [child for record_id, child in there.items() if record_id not in mine_ids]
        if [child.record.id for child in kept] == list(there):  # nobody moved a row: their places stay as they are
            tree = replace(tree, children={**tree.children, kind: tuple(kept)})
        else:
            tree = with_children(tree, kind, tuple(kept), standard)
    return tree


def record_ids(tree: RecordTree) -> list[str]:
    """Every record of the tree."""
    return [record.id for record in records_of(tree)]
