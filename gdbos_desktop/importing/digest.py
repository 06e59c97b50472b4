"""The digest of a proposal: what it would do, as one number that two machines can compare.

The same file with the same recipe against the same records has the same digest, whatever identities the machines gave
their records: new records count through the proposal, known ones are named by kind, codes and title, and by what they
stand in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence

from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing.proposal import Proposal
from gdbos_desktop.schema import Standard, Value
from gdbos_desktop.schema.types import Reference

BATCH = 500


def proposal_digest(proposal: Proposal, standard: Standard, get: Callable[[Sequence[str]], list[Record]]) -> str:
    """64 hexadecimal digits; ``get`` finds records by their ids, those that only open drafts
    have included."""
    naming = _Naming(standard, get)
    changes = list(proposal.changes())
    for change in changes:
        if change.action is Action.CREATE:
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
        self._records: dict[str, Record] = {}

    def new(self, record_id: str) -> None:
        """A record that the proposal makes: the next number."""
        self._names[record_id] = f"#{len(self._names) + 1}"

    def learn(self, changes: Sequence[Change]) -> None:
        """Find out what the other records are called that the changes speak of, and what these stand in."""
        ask = {record_id for change in changes for record_id in self._spoken_of(change)}
        asked = set(self._names)
        while ids := sorted(ask - asked):
            asked.update(ids)
            ask = set()
            for start in range(0, len(ids), BATCH):
                for record in self._get(ids[start : start + BATCH]):
                    self._records[record.id] = record
                    ask.update(self._told_by(record))

    def _told_by(self, record: Record) -> Iterator[str]:
        """The records that a record's own name tells of."""
        kind = self._standard.kind(record.kind)
        if record.parent_id is not None:
            yield record.parent_id
        for code in (*kind.code_elements, kind.title):
            if code in kind.references and code in record.elements:
                yield str(record.elements[code])

    def _name(self, record_id: str | None) -> str:
        """What a record is called, '' for one that is not there."""
        if record_id is None or record_id in self._names:
            return self._names.get(record_id or "", "")
        record = self._records.get(record_id)
        self._names[record_id] = ""  # while its own name is made: a damaged store may go in circles
        if record is not None:
            kind = self._standard.kind(record.kind)
            words = [self._name(record.parent_id), kind.code]
            for code in (*kind.code_elements, kind.title):
                told = str(record.elements.get(code, ""))
                words.append(self._name(told) if code in kind.references else told)
            self._names[record_id] = "|".join(words)
        return self._names[record_id]

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
            return self._name(value) if is_reference and isinstance(value, str) else value

        return [
            str(change.action), kind.code, self._name(change.record_id), self._name(change.parent_id), change.position,
            {code: named(code, value) for code, value in change.before.items()},
            {code: named(code, value) for code, value in change.after.items()},
        ]  # fmt: skip
