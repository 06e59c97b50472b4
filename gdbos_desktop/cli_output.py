"""How the commands speak: sentences for people, one JSON object for machines, progress with numbers."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import typer

from gdbos_desktop.domain.changes import HistoryEntry
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.schema import Issue, Kind, Severity, Standard
from gdbos_desktop.services.demo import DemoResult
from gdbos_desktop.services.issue_names import severity_word
from gdbos_desktop.services.records import texts_of
from gdbos_desktop.system.messages import _, fill
from gdbos_desktop.system.tasks import Progress, ProgressState, Task

SECONDS_BETWEEN_LINES = 2.0
LINES = 50
"""Issues told one a line; the rest is counted."""


def sentence(issue: Issue) -> str:
    """The sentence of an issue and its suggestion, without its place."""
    words = fill(issue.message, issue.values)
    if issue.suggestion is not None:
        words += _(" Suggestion: {suggestion}").format(suggestion=issue.suggestion)
    return words


def issue_text(issue: Issue) -> str:
    """The sentence of an issue in the user's language, with its place and its suggestion."""
    words = sentence(issue)
    if issue.place is not None and issue.place.row:
        where = _("{sheet} row {row}").format(sheet=issue.place.sheet, row=issue.place.row)
        words = headed(f"{where} {issue.place.cell}".rstrip(), words)
    return words


def headed(head: str, words: str) -> str:
    """What is spoken of, and what is said of it."""
    return _("{head}: {words}").format(head=head, words=words)


def issue_data(issue: Issue) -> dict[str, Any]:
    """An issue as JSON."""
    place = issue.place
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "sheet": place.sheet if place else "",
        "row": place.row if place else 0,
        "column": place.column_letters if place else "",
        "cell": place.cell if place else "",
        "heading": place.heading if place else "",
        "element": issue.element,
        "message": fill(issue.message, issue.values),
        "suggestion": issue.suggestion,
        "record": issue.record_id,
    }


def record_data(record: Record, cells: Mapping[str, str]) -> dict[str, Any]:
    """A record as JSON, with its texts."""
    return {
        "id": record.id,
        "kind": record.kind,
        "version": record.version,
        "parent": record.parent_id,
        "elements": dict(record.elements),
        "texts": dict(cells),
    }


def tree_data(tree: RecordTree, standard: Standard) -> dict[str, Any]:
    """A record with all it contains, as JSON."""
    data = record_data(tree.record, texts_of(tree.record, standard, tree.titles))
    data["children"] = {kind: [tree_data(child, standard) for child in found] for kind, found in tree.children.items()}
    return data


def entry_data(entry: HistoryEntry) -> dict[str, Any]:
    """An entry of the history as JSON."""
    act = entry.change_set
    return {
        "sequence": entry.sequence,
        "at": act.at,
        "actor": act.actor,
        "origin": act.origin.value,
        "reason": act.reason,
        "hash": entry.hash,
        "undone_by": entry.undone_by,
        "taken_back": entry.taken_back,
        "changes": [
            {"action": change.action.value, "before": dict(change.before), "after": dict(change.after)}
            for change in act.changes
        ],
    }


def print_issues(issues: Sequence[Issue], as_json: bool, kind: Kind | None = None) -> None:
    """Tell issues, equal ones in one line, or each as JSON; ``kind`` gives the labels of their elements."""
    if as_json:
        print_json({"issues": [issue_data(issue) for issue in issues]})
        return
    alike: dict[tuple[str, str, str], list[Issue]] = {}
    for issue in issues:
        alike.setdefault((issue.code, sentence(issue), issue.place.sheet if issue.place else ""), []).append(issue)
    groups = list(alike.values())
    for first, *others in groups[:LINES]:
        words = issue_text(first)
        if kind is not None and first.element in kind.elements:
            words = headed(kind.elements[first.element].label, words)
        if others:
            words += _(" The same in {count} more rows.").format(count=len(others))
        typer.echo(f"{severity_word(first.severity)} [{first.code}] {words}")
    if len(groups) > LINES:
        say(_("… and {count} more").format(count=sum(map(len, groups[LINES:]))))


def print_tree(tree: RecordTree, standard: Standard, depth: int) -> None:
    """Show a record with all it contains."""
    kind = standard.kind(tree.record.kind)
    indent = "    " * depth
    typer.echo(indent + headed(kind.label, kind.name_of(tree.record.elements, tree.titles)))
    texts = texts_of(tree.record, standard, tree.titles)
    for element in kind.elements.values():
        if element.code in texts:
            typer.echo(f"{indent}  {element.label} ({element.code}): {texts[element.code]}")
    for children in tree.children.values():
        for child in children:
            print_tree(child, standard, depth + 1)


def demo_data(result: DemoResult) -> dict[str, Any]:
    """The outcome of the main job, as JSON."""
    return {
        "store": str(result.store),
        "source": str(result.source),
        "rows_read": result.rows_read,
        "created": dict(result.created),
        "updated": dict(result.changed),
        "checked": result.checked,
        "found": {severity.value: count for severity, count in result.found.items()},
        "workbook": str(result.workbook),
        "guides": [str(path) for path in result.guides],
    }


def print_demo(result: DemoResult, standard: Standard) -> None:
    """The short summary of the main job."""
    made = "、".join(f"{standard.kind(kind).label} {count}" for kind, count in result.created.items() if count)
    typer.echo(_("Sample workbook: {path} ({rows} rows read)").format(path=result.source, rows=result.rows_read))
    typer.echo(_("Imported: {made}").format(made=made or _("nothing new, the sample was already there")))
    if result.problems:
        typer.echo(_("Rows with problems: {count} (reported one by one by gdbos import)").format(count=result.problems))
    typer.echo(counts_line(result.checked, result.found))
    typer.echo(_("Store: {path}").format(path=result.store))
    typer.echo(_("List: {path}").format(path=result.workbook))
    if result.guides:
        typer.echo(_("Guides: {count} in {folder}").format(count=len(result.guides), folder=result.guides[0].parent))


def counts_line(checked: int, found: Mapping[Severity, int]) -> str:
    """One line: how much was checked, what was found."""
    return _("Checked {checked} items: {errors} errors, {warnings} warnings, {hints} hints").format(
        checked=checked, errors=found[Severity.ERROR], warnings=found[Severity.WARNING], hints=found[Severity.HINT]
    )


def local_time(milliseconds: int) -> str:
    """Milliseconds UTC as local date and time."""
    return datetime.fromtimestamp(milliseconds / 1000).strftime("%Y-%m-%d %H:%M:%S")  # local time, as people read it


def short(text: str) -> str:
    """The beginning of a text, for one line."""
    text = text.replace("\n", " ")
    return (text[:40] + "…" if len(text) > 41 else text) or "∅"


def say(words: str) -> None:
    """A sentence for people, on standard error."""
    typer.echo(words, err=True)


def print_json(data: Mapping[str, Any]) -> None:
    """The one machine-readable object, on standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


def progress_line(step: str) -> Progress:
    """A line on standard error that tells numbers; where nobody watches, a line every two seconds.

    The first Ctrl-C cancels the work where it reports next, so nothing ends in the middle of a statement and what is
    written already is told as written. The second one ends the command where it stands.
    """
    is_terminal = sys.stderr.isatty()
    next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def show(state: ProgressState) -> None:
        nonlocal next_line
        if not is_terminal:
            if time.monotonic() < next_line:
                return
            next_line = time.monotonic() + SECONDS_BETWEEN_LINES
        numbers = f"{state.done:,}"
        if state.total:
            numbers = f"{state.done * 100 // state.total} % {state.done:,}/{state.total:,}"
        left = "" if state.seconds_left is None else _(" · {seconds:.0f} s left").format(seconds=state.seconds_left)
        line = f"{state.what or step} {numbers}{left}"
        typer.echo(f"\r\x1b[K{line}" if is_terminal else line, nl=not is_terminal, err=True)
        if is_terminal and state.total and state.done >= state.total:
            typer.echo("\r\x1b[K", nl=False, err=True)

    task = Task(step, show)

    def cancel(_number: int, _frame: object) -> None:
        task.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, cancel)
    return task.report
