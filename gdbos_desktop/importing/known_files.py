"""A file that had nothing to write is known: the next time, while nothing at all is different, it is not read again.

A proposal follows from the bytes of the file, everything decided about it, the shipped standards and rules, the program
and the records of the store – nothing else. So what a comparison found is kept under a digest of the first four, beside
the state of the store, for files of which every row was there already or was left out. Whatever differs, be it one byte
or one edit of one record, is compared anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gdbos_desktop import __version__
from gdbos_desktop.domain.layouts import words_of
from gdbos_desktop.importing.plan import SheetPlan, Source
from gdbos_desktop.importing.proposal import DECISIONS, Decision, Proposal, ProposedTable
from gdbos_desktop.importing.reading import digest_of
from gdbos_desktop.importing.session import ImportSession
from gdbos_desktop.schema import Issue, Place, Severity, Standard
from gdbos_desktop.system.tasks import Progress, no_progress

FORM = 2
"""Counts up whenever the same file and decisions may mean something else, or are packed otherwise."""

_WRITING = frozenset({DECISIONS.index(Decision.NEW), DECISIONS.index(Decision.CHANGED)})


def key_of(session: ImportSession, shipped: Iterable[Mapping[str, str]], progress: Progress = no_progress) -> str:
    """The digest of the file as it is on the disk now and of everything decided about it; '' with mended cells.

    ``shipped`` are the texts of the data that the program brings (standards, code lists, rules). KnownError when the
    file cannot be read.
    """
    if session.mends:
        return ""
    options = session.options
    decided = {
        "form": FORM,
        "program": __version__,
        "file": digest_of(session.path, progress),
        "name": session.file,
        "recipe": words_of(session.recipe("known")),
        "silent": [_silent_of(plan) for plan in session.sheets],
        "options": [options.sheet, str(options.mode), options.kind],
        "shipped": [sorted(texts.items()) for texts in shipped],
    }
    told = json.dumps(decided, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _silent_of(plan: SheetPlan) -> object:
    """What a sheet's layout does not tell, but its issues do: columns that nobody explained, and those it lacks."""
    columns = [[place, one.is_open, one.source is Source.NOTHING] for place, one in plan.columns.items()]
    return [plan.name, plan.is_taken, plan.why, list(plan.missing), columns]


def writes_nothing(proposal: Proposal) -> bool:
    """Whether importing would leave the store as it is: every row is there already, or is left out for what it says."""
    return proposal.is_empty and not proposal.drafted


def as_written(proposal: Proposal) -> Proposal | None:
    """What comparing the file once more will find after the proposal was written: every row is there. None when that
    must be found out: something goes into drafts, or a row has a problem that the written ones may change."""
    if proposal.is_empty or proposal.drafted or proposal.unlisted_issues:
        return None
    if any(table.count(Decision.PROBLEM) or table.count(Decision.SKIPPED) for table in proposal.tables):
        return None
    if any(issue.place is None or not issue.place.row for issue in proposal.issues):
        return None
    tables = [
        ProposedTable(
            table.sheet, table.kind, table.codes, table.numbers,
            bytearray([DECISIONS.index(Decision.UNCHANGED)]) * len(table.decisions),
            [table.title(index) for index in range(len(table.contents))], table.issues, table.titles,
        )
        for table in proposal.tables
    ]  # fmt: skip
    return replace(proposal, tables=tables, references=())


def packed(proposal: Proposal) -> str | None:
    """A proposal that writes nothing, as text to be kept; None when an issue says what a text cannot keep."""
    if not all(_is_plain(issue) for issue in proposal.issues) or not all(
        _is_plain(issue) for table in proposal.tables for found in table.issues.values() for issue in found
    ):
        return None
    tables = [
        {
            "sheet": table.sheet,
            "kind": table.kind.code,
            "codes": list(table.codes),
            "numbers": list(table.numbers),
            "decisions": table.decisions.hex(),
            "titles": [table.title(index) for index in range(len(table.contents))],
            "issues": [[index, [_told(one) for one in found]] for index, found in table.issues.items()],
        }
        for table in proposal.tables
    ]
    told = {
        "tables": tables,
        "issues": [_told(issue) for issue in proposal.issues],
        "unlisted": proposal.unlisted_issues,
        "read": proposal.rows_read,
        "passed": proposal.rows_passed_over,
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return base64.b64encode(zlib.compress(body, 1)).decode()


def unpacked(text: str, session: ImportSession, standard: Standard) -> Proposal:
    """The proposal that was packed, for a session of the same file. ValueError when the text is none."""
    try:
        told = json.loads(zlib.decompress(base64.b64decode(text)).decode("utf-8", "surrogatepass"))
        return Proposal(
            file=session.file,
            tables=[_table(words, standard) for words in told["tables"]],
            references=(),
            issues=[_issue(words) for words in told["issues"]],
            rows_read=told["read"],
            rows_passed_over=told["passed"],
            remembered=dict(session.answers),
            unlisted_issues=told["unlisted"],
        )
    except (KeyError, TypeError, IndexError, zlib.error, UnicodeDecodeError) as error:
        raise ValueError("not a packed proposal") from error


def _table(words: Mapping[str, Any], standard: Standard) -> ProposedTable:
    table = ProposedTable(
        words["sheet"],
        standard.kind(words["kind"]),
        tuple(words["codes"]),
        array("q", words["numbers"]),
        bytearray.fromhex(words["decisions"]),
        words["titles"],
        {index: [_issue(one) for one in found] for index, found in words["issues"]},
    )
    if not len(table.numbers) == len(table.decisions) == len(table.contents) or not _WRITING.isdisjoint(
        table.decisions
    ):
        raise ValueError("rows that do not fit together")
    return table


def _is_plain(issue: Issue) -> bool:
    return all(value is None or type(value) in {str, int, bool} for value in issue.values.values())


def _told(issue: Issue) -> list[object]:
    place = issue.place
    return [
        issue.code, issue.severity.value, issue.message, dict(issue.values), issue.element, issue.suggestion,
        issue.record_id,
        None if place is None else [place.file, place.sheet, place.row, place.column, place.heading],
    ]  # fmt: skip


def _issue(words: list[Any]) -> Issue:
    code, severity, message, values, element, suggestion, record_id, place = words
    where = None if place is None else Place(*place)
    return Issue(code, Severity(severity), message, values, element, suggestion, record_id, where)
