"""The digest of a proposal: what it would do, as one number that two machines can compare.

The same file with the same recipe against the same records has the same digest, whatever identities the machines gave
their records: new records count through the proposal, known ones are named by kind, codes and title.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence

from gdbos_desktop.domain.changes import Change
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing.proposal import Proposal
from gdbos_desktop.schema import Standard, Value
from gdbos_desktop.schema.types import Reference

BATCH = 500


def proposal_digest(proposal: Proposal, standard: Standard, get: Callable[[Sequence[str]], list[Record]]) -> str:
    """64 hexadecimal digits; ``get`` finds records of the store by their ids."""
    naming = _Naming(standard, get)
    changes = list(proposal.changes())
    for change in changes:
        if change.base_version == 0:
            naming.new(change.record_id)
    naming.learn(changes)
    digest = hashlib.sha256()
    for change in changes:
        digest.update(_line(naming.told(change)))
    for table in proposal.tables:
        for index, number in enumerate(table.numbers):
            digest.update(_line([table.sheet, table.kind.code, number, str(table.decision(index)), table.title(index)]))
            for issue in table.issues.get(index, ()):
                place = issue.place.cell if issue.place is not None else ""
                digest.update(_line([issue.code, place, issue.suggestion]))
    return digest.hexdigest()


def _line(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


class _Naming:
    """What records are called, independently of the machine."""

    def __init__(self, standard: Standard, get: Callable[[Sequence[str]], list[Record]]) -> None:
        self._standard = standard
        self._get = get
        self._names: dict[str, str] = {}

    def new(self, record_id: str) -> None:
        """A record that the proposal makes: the next number."""
        self._names[record_id] = f"#{len(self._names) + 1}"

    def learn(self, changes: Sequence[Change]) -> None:
        """Find out what the other records are called that the changes speak of."""
        wanted = dict.fromkeys(
            record_id for change in changes for record_id in self._spoken_of(change) if record_id not in self._names
        )
        ids = list(wanted)
        for start in range(0, len(ids), BATCH):
            for record in self._get(ids[start : start + BATCH]):
                kind = self._standard.kind(record.kind)
                codes = [str(record.elements.get(code, "")) for code in kind.code_elements]
                self._names[record.id] = "|".join([kind.code, *codes, str(record.elements.get(kind.title, ""))])

    def _spoken_of(self, change: Change) -> Iterator[str]:
        yield change.record_id
        if change.parent_id is not None:
            yield change.parent_id
        kind = self._standard.kind(change.kind)
        for code in kind.references:
            for values in (change.before, change.after):
                if isinstance(value := values.get(code), str):
                    yield value

    def told(self, change: Change) -> object:
        """A change with names instead of identities."""
        kind = self._standard.kind(change.kind)

        def named(code: str, value: Value | None) -> object:
            is_reference = code in kind.elements and isinstance(kind.elements[code].type, Reference)
            return self._names.get(value, value) if is_reference and isinstance(value, str) else value

        return [
            str(change.action), kind.code, self._names.get(change.record_id, ""),
            self._names.get(change.parent_id or "", ""), change.position,
            {code: named(code, value) for code, value in change.before.items()},
            {code: named(code, value) for code, value in change.after.items()},
        ]  # fmt: skip
