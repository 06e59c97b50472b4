"""How ``gdbos undo`` speaks of what stands in its way: each record, and what happened to it since."""

from __future__ import annotations

from typing import Any

import typer

from gdbos_desktop.cli_output import headed, local_time, print_json, say, short
from gdbos_desktop.services.undo_account import HinderedRecord, LaterChange, UndoAccount, hindrance_words
from gdbos_desktop.system.messages import _


def print_account(account: UndoAccount, *, as_json: bool) -> None:
    """Tell why an act cannot be taken back as a whole, and how the rest can; one JSON object, or lines for people."""
    entry = account.entry
    if as_json:
        print_json(
            {
                "act": {"sequence": entry.sequence, "reason": entry.change_set.reason},
                "written": False,
                "free": account.free_count,
                "hindered": [record_data(record) for record in account.hindered],
            }
        )
    else:
        for record in account.hindered:
            name = record.title or record.record_id
            typer.echo(headed(f"{record.kind_label} {name}", hindrance_words(record)))
            for change in record.changes:
                typer.echo(f"    {change_line(change)}")
    say(
        _("#{number} {act}: {count} records stand in the way. Nothing was taken back.").format(
            number=entry.sequence, act=entry.change_set.reason, count=len(account.hindered)
        )
    )
    if account.free_count:
        say(
            _("The other {count} records can be taken back alone: gdbos undo {number} --rest").format(
                count=account.free_count, number=entry.sequence
            )
        )


def change_line(change: LaterChange) -> str:
    """A later change in one line: what became what, when, by whom, in which act."""
    who = f"{local_time(change.at)}  {change.actor}  #{change.sequence} {change.reason}"
    if not change.element:
        return who
    return f"{headed(change.label, f'{short(change.before)} → {short(change.after)}')}  {who}"


def record_data(record: HinderedRecord) -> dict[str, Any]:
    """A record in the way, as JSON."""
    return {
        "record": record.record_id,
        "kind": record.kind,
        "title": record.title,
        "hindrance": record.hindrance.value,
        "is_there": record.is_there,
        "changes": [
            {
                "sequence": change.sequence,
                "at": change.at,
                "actor": change.actor,
                "reason": change.reason,
                "action": change.action.value,
                "element": change.element,
                "before": change.before,
                "after": change.after,
            }
            for change in record.changes
        ],
    }
