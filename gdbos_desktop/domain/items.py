"""Which item a record belongs to, and whether that item is in force: the unit that is published as a whole.

A record's item is the nearest of itself and what contains it whose kind has states: an item with its handling items,
situations, materials and steps is one. Records outside of such items (departments, data elements) belong to none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Standard

BATCH = 1_000


class ItemsInForce:
    """Finds the items in force of many records with few questions; ``get`` reads records as they are published."""

    def __init__(self, standard: Standard, get: Callable[[Sequence[str]], Sequence[Record]]) -> None:
        self._standard = standard
        self._get = get
        self._item: dict[str, str | None] = {}

    def learn(self, ids: Iterable[str]) -> None:
        """Find out about these records and all that contain them; those that do not exist belong to nothing."""
        chains: dict[str, list[str]] = {}
        wanted = [record_id for record_id in dict.fromkeys(ids) if record_id not in self._item]
        for start in range(0, len(wanted), BATCH):
            chains.update((record_id, [record_id]) for record_id in wanted[start : start + BATCH])
            while chains:
                chains = self._climb(chains)

    def _climb(self, chains: dict[str, list[str]]) -> dict[str, list[str]]:
        """One step up: ``chains`` has for a record the records below it that wait for its answer, itself included."""
        found = {record.id: record for record in self._get(list(chains))}
        above: dict[str, list[str]] = {}
        for record_id, below in chains.items():
            record = found.get(record_id)
            if record is None:
                self._item.update(dict.fromkeys(below))
            elif self._standard.kind(record.kind).states is not None or record.parent_id is None:
                is_in_force = self._standard.kind(record.kind).is_in_force(record.elements)
                self._item.update(dict.fromkeys(below, record_id if is_in_force else None))
            elif record.parent_id in self._item:
                self._item.update(dict.fromkeys(below, self._item[record.parent_id]))
            else:
                above.setdefault(record.parent_id, [record.parent_id]).extend(below)
        return above

    def note(self, record_id: str, parent_id: str) -> None:
        """A record that does not exist yet will stand in this one, which is known already."""
        self._item[record_id] = self._item.get(parent_id)

    def item_of(self, record_id: str | None) -> str | None:
        """The item in force that a record belongs to; None when it belongs to none, or nobody learned of it."""
        return self._item.get(record_id) if record_id is not None else None
