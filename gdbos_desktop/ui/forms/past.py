"""From history entries to what the history panel shows: texts instead of codes, acts on contained records included.

Runs off the window's thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdbos_desktop.domain.changes import Action, Change, HistoryEntry
from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.domain.trees import records_of
from gdbos_desktop.schema import Standard
from gdbos_desktop.services.records import changed_reference_ids, value_text
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.ui.forms.history_panel import PastAct, PastValue

MOST_RECORDS = 200


def read_past(workbench: Workbench, tree: RecordTree) -> list[PastAct]:
    """What happened to a record and to what it contains now, newest first."""
    records = {record.id: record for record in list(records_of(tree))[:MOST_RECORDS]}
    merged: dict[str, tuple[HistoryEntry, list[Change]]] = {}
    for record_id in records:
        for entry in workbench.history.of_record(record_id):
            merged.setdefault(entry.change_set.id, (entry, []))[1].extend(entry.change_set.changes)
    entries = sorted(merged.values(), key=lambda found: found[0].sequence, reverse=True)
    changes = [change for _entry, found in entries for change in found]
    titles = {**tree.titles, **workbench.records.titles(changed_reference_ids(changes, workbench.standard))}
    names = {record.id: _name(workbench.standard, record.kind, record.elements, titles) for record in records.values()}
    return [_act(entry, changes, tree.record.id, names, titles, workbench.standard) for entry, changes in entries]


def _name(standard: Standard, kind_code: str, values: object, titles: dict[str, str]) -> str:
    kind = standard.kind(kind_code)
    value = values.get(kind.title) if isinstance(values, dict) else None
    text = titles.get(str(value), str(value)) if value is not None else ""
    return f"{kind.label} {text}".strip()


def _act(
    entry: HistoryEntry,
    changes: Sequence[Change],
    own: str,
    names: dict[str, str],
    titles: dict[str, str],
    standard: Standard,
) -> PastAct:
    parts = []
    for change in sorted(changes, key=lambda change: change.record_id != own):
        subject = "" if change.record_id == own else names.get(change.record_id, standard.kind(change.kind).label)
        values = tuple(
            _value(change, code, change.record_id == own, titles, standard) for code in _codes(change, standard)
        )
        if values or change.action is not Action.EDIT:  # rows that only moved up when another was deleted say nothing
            parts.append((subject, change.action, values))
    act = entry.change_set
    return PastAct(act.at, act.actor, act.reason, entry.undone_by is not None, tuple(parts))


def _codes(change: Change, standard: Standard) -> list[str]:
    kind = standard.kind(change.kind)
    touched = {*change.after, *change.before} - {kind.position_element}
    return [element.code for element in kind.shown if element.code in touched]


def _value(change: Change, code: str, is_own: bool, titles: dict[str, str], standard: Standard) -> PastValue:
    kind = standard.kind(change.kind)
    before, after = change.before.get(code), change.after.get(code)
    old, new = (value_text(kind, code, value, titles) for value in (before, after))
    return PastValue(code, kind.elements[code].label, old, new, before, is_own)
