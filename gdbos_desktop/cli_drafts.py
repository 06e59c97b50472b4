"""How ``gdbos drafts`` speaks: open change drafts and what they would change, for people and as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from gdbos_desktop.cli_output import print_json, say
from gdbos_desktop.domain.changes import Action
from gdbos_desktop.schema import Standard
from gdbos_desktop.services.drafts import DraftDifference, DraftSummary, difference_words, summary_words
from gdbos_desktop.system.messages import _


def print_drafts(drafts: Sequence[DraftSummary], standard: Standard, as_json: bool) -> None:
    """The open drafts, one a line."""
    if as_json:
        print_json({"drafts": [draft_data(draft) for draft in drafts]})
        return
    for draft in drafts:
        words = summary_words(draft, standard)
        typer.echo(f"{draft.code}  " + _("{title}: {changes}").format(title=draft.title, changes=words))
    say(_("{count} open change drafts. Put one into force with: gdbos drafts publish CODE").format(count=len(drafts)))


def print_draft(draft: DraftSummary, found: Sequence[DraftDifference], standard: Standard, as_json: bool) -> None:
    """What a draft would change, element by element."""
    if as_json:
        print_json({**draft_data(draft), "differences": [_difference_data(one) for one in found]})
        return
    typer.echo(_("{title}: {changes}").format(title=draft.title, changes=summary_words(draft, standard)))
    for one in found:
        typer.echo(f"  {difference_words(one, standard)}")


def draft_data(draft: DraftSummary) -> dict[str, Any]:
    """A draft as JSON."""
    return {
        "id": draft.record.id,
        "item": draft.item.id,
        "code": draft.code,
        "title": draft.title,
        "elements": draft.elements,
        "parts": {
            kind: {"added": added, "changed": changed, "taken_away": gone}
            for kind, (added, changed, gone) in draft.parts.items()
        },
    }


def _difference_data(one: DraftDifference) -> dict[str, Any]:
    return {
        "record": one.record_id,
        "kind": one.kind,
        "title": one.title,
        "action": Action(one.action).value,
        "element": one.element,
        "label": one.label,
        "before": one.before,
        "after": one.after,
        "conflict": one.conflict,
    }
