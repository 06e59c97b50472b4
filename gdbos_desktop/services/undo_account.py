"""The account of an act that cannot be taken back as a whole: which records stand in the way, and what happened to
them since – which element became what, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gdbos_desktop.domain.changes import Action, Change, ChangeSet, HistoryEntry
from gdbos_desktop.domain.undo import Hindered, Hindrance, TakingBack
from gdbos_desktop.schema import Kind, Standard
from gdbos_desktop.services.records import changed_reference_ids, value_text
from gdbos_desktop.storage import Reader
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

__all__ = [
    "HinderedRecord",
    "Hindrance",
    "LaterChange",
    "UndoAccount",
    "UndoHinderedError",
    "account_of",
    "hindrance_words",
]

NAMED = 5


@dataclass(frozen=True, slots=True)
class LaterChange:
    """What happened to a record after the act: an element (``label``) or, with '' for it, the record as a whole.

    ``at`` is milliseconds UTC, ``reason`` the act that did it and ``sequence`` its number.
    """

    sequence: int
    at: int
    actor: str
    reason: str
    action: Action
    element: str = ""
    label: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class HinderedRecord:
    """A record in the way. ``is_there``: it can be opened; ``changes`` are the latest that matter, newest first."""

    record_id: str
    kind: str
    kind_label: str
    title: str
    hindrance: Hindrance
    is_there: bool
    changes: tuple[LaterChange, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoAccount:
    """An act, the records of it that stand in the way, and how many others can be taken back without them."""

    entry: HistoryEntry
    hindered: tuple[HinderedRecord, ...]
    free_count: int


class UndoHinderedError(KnownError):
    """An act cannot be taken back as a whole; ``account`` says why, record by record."""

    def __init__(self, account: UndoAccount) -> None:
        names = "、".join([one.title for one in account.hindered if one.title][:NAMED])
        sentence = _("{count} records of this act stand in the way: {names}. Nothing was taken back.").format(
            count=len(account.hindered), names=names or _("records that no longer exist")
        )
        remedy = (
            _("Take back the other {count} records and leave these as they are, or take the later changes back first.")
            if account.free_count
            else _("Take the later changes back first, or edit these records by hand.")
        )
        super().__init__("conflict", _("Changed again since"), sentence, remedy.format(count=account.free_count))
        self.account = account


def hindrance_words(record: HinderedRecord) -> str:
    """Why the record stands in the way, as a short sentence."""
    return {
        Hindrance.CHANGED: _("Changed again since."),
        Hindrance.MOVED: _("Moved since."),
        Hindrance.DELETED: _("Deleted since."),
        Hindrance.RESTORED: _("Restored since."),
        Hindrance.CONTAINS: _("Contains records that stay, so it stays too."),
        Hindrance.CONTAINER: _("The record that contained it is not there."),
        Hindrance.REFERRED: _("A record that stays refers to it, so it stays too."),
    }[record.hindrance]


def account_of(entry: HistoryEntry, taking: TakingBack, reader: Reader) -> UndoAccount:
    """The account of an act (with its changes), as the store stands now."""
    standard = reader.standard
    ids = [found.record_id for found in taking.hindered]
    titles, living = reader.titles(ids), reader.living(ids)
    later: dict[str, list[tuple[HistoryEntry, Change]]] = {}
    for since in reader.history_since(ids, entry.sequence):
        for change in reversed(since.change_set.changes):
            later.setdefault(change.record_id, []).append((since, change))
    changes = [change for found in later.values() for _since, change in found]
    referred = reader.titles(changed_reference_ids(changes, standard))
    titles |= _titles_of_gone(entry.change_set, ids, titles, standard)
    records = tuple(
        HinderedRecord(
            found.record_id,
            found.kind,
            standard.kind(found.kind).label,
            titles.get(found.record_id, ""),
            found.hindrance,
            found.record_id in living,
            tuple(_later_changes(found, later.get(found.record_id, ()), standard.kind(found.kind), referred)),
        )
        for found in taking.hindered
    )
    return UndoAccount(entry, records, len({change.record_id for change in taking.changes}))


def _titles_of_gone(
    act: ChangeSet, ids: Sequence[str], titles: Mapping[str, str], standard: Standard
) -> dict[str, str]:
    nameless = {record_id for record_id in ids if not titles.get(record_id)}
    return {
        change.record_id: standard.kind(change.kind).title_of(
            {code: value for code, value in {**change.before, **change.after}.items() if value is not None}
        )
        for change in act.changes
        if change.record_id in nameless
    }


def _later_changes(
    found: Hindered, later: Sequence[tuple[HistoryEntry, Change]], kind: Kind, referred: Mapping[str, str]
) -> Iterator[LaterChange]:
    """The latest change of each element that stands in the way, or the latest of the record as a whole."""
    seen: set[str] = set()
    for since, change in later:
        act = since.change_set
        if found.hindrance is Hindrance.CHANGED:
            for code in change.after:
                if code in found.elements and code not in seen and code in kind.elements:
                    seen.add(code)
                    before, after = (
                        value_text(kind, code, values.get(code), referred) for values in (change.before, change.after)
                    )
                    label = kind.elements[code].label
                    yield LaterChange(
                        since.sequence, act.at, act.actor, act.reason, change.action, code, label, before, after
                    )
        elif _is_the_reason(found.hindrance, change):
            yield LaterChange(since.sequence, act.at, act.actor, act.reason, change.action)
            return


def _is_the_reason(hindrance: Hindrance, change: Change) -> bool:
    return (
        (hindrance is Hindrance.DELETED and change.action is Action.DELETE)
        or (hindrance is Hindrance.RESTORED and change.action is not Action.DELETE)
        or (hindrance is Hindrance.MOVED and change.moved_from is not None)
    )
