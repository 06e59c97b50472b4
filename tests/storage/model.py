"""The store as plain dictionaries: what must be there after a change set, worked out in the simplest way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gdbos_desktop.domain.changes import Action, ChangeSet
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.storage import Store


@dataclass
class Model:
    """``living`` in the order of creation; ``versions`` of all, deleted ones included."""

    living: dict[str, Record] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)

    def apply(self, act: ChangeSet) -> None:
        """The same change set, applied to the dictionaries."""
        for one in act.changes:
            version = self.versions.get(one.record_id, 0) + 1
            self.versions[one.record_id] = version
            if one.action is Action.CREATE:
                self.created.append(one.record_id)
            if one.action is Action.DELETE:
                del self.living[one.record_id]
                continue
            before = self.living.get(one.record_id) or Record(one.record_id, one.kind, {})
            elements = {code: value for code, value in {**before.elements, **one.after}.items() if value is not None}
            self.living[one.record_id] = replace(
                before, elements=elements, parent_id=one.parent_id, position=one.position, version=version
            )

    def of_kind(self, kind: str) -> list[Record]:
        """The living records of a kind in the order of their creation."""
        return [
            self.living[record_id]
            for record_id in self.created
            if record_id in self.living and self.living[record_id].kind == kind
        ]

    def assert_equals(self, store: Store) -> None:
        """The store holds exactly these records."""
        with store.read() as reader:
            for kind in store.standard.kinds:
                assert reader.find(Query(kind)).records(reader) == self.of_kind(kind), kind
            assert reader.versions(self.versions) == self.versions
