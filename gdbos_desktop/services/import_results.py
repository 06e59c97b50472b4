"""What an import would do, as files to hand back: the workbook with marks, and the same as JSON. Nothing is stored.

Hides how decisions and issues of a proposal become marks of rows and cells. Wiring::

    files = write_result_files(workspace, session, proposal, to, progress)

after ``propose``; ``to`` is a folder or the name of a file.
Readers of results ignore the column headed ``exporting.words.RESULT_SHEET`` and the sheets called so.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.changes import Change
from gdbos_desktop.domain.layouts import Shape
from gdbos_desktop.exporting.files import FileForm, check_ending, explained, shortened, whole_file
from gdbos_desktop.exporting.results import (
    CellMark,
    RawSheetRows,
    ResultWorkbook,
    RowMark,
    RuleTotal,
    SheetMarks,
    Tone,
    demand_result_target,
    result_ending,
    write_result,
)
from gdbos_desktop.exporting.words import RESULT_SHEET
from gdbos_desktop.importing import Decision, ImportSession, Proposal, ProposedRow, SheetPlan
from gdbos_desktop.importing.proposal import ProposedTable
from gdbos_desktop.importing.reading import digest_of, read_workbook
from gdbos_desktop.schema import Issue, Severity, Standard
from gdbos_desktop.services.issue_names import issue_name, severity_word
from gdbos_desktop.services.records import changed_reference_ids, value_text
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.storage import Reader
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _, fill
from gdbos_desktop.system.tasks import Progress, no_progress

JSON = FileForm(".json")
RESULT_FORMAT = "gdbos-import-result"
RESULT_VERSION = 1
_BATCH = 500
_CHANGES_TOLD = 6
_ISSUES_TOLD = 8
_RANGES_TOLD = 30
_TEXT_TOLD = 40
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.HINT)
_DECISIONS = (Decision.PROBLEM, Decision.CHANGED, Decision.NEW, Decision.SKIPPED, Decision.UNCHANGED)
"""Of several records in one row, the first of these is the tone of the row."""
_NUMBERED = re.compile(rf"（{RESULT_SHEET}\d*）$")


@dataclass(frozen=True, slots=True)
class ResultFiles:
    """What was written: the workbook (see ``ResultWorkbook``) and the JSON file beside it."""

    workbook: ResultWorkbook
    data: Path


def write_result_files(
    workspace: Workspace,
    session: ImportSession,
    proposal: Proposal,
    to: Path,
    progress: Progress = no_progress,
    digest: str = "",
) -> ResultFiles:
    """Write the result of a proposal beside nothing else: a workbook, and a JSON file of the same name.

    In a folder the files get a free name; a file that is named is replaced only if it is an earlier result, never the
    source. ``digest`` is the proposal's, when it is known. KnownErrors of ``write_result``, ``not-a-result`` also for
    the JSON file, ``wrong-ending``, and ``file-changed``: marks of another file would stand beside the wrong rows.
    """
    workspace.demand(Duty.IMPORT)
    if session.path.exists():  # else it is gone, which is said of it below
        session.demand_unchanged()

    def watched(done: int, total: int, what: str = "") -> None:
        session.demand_unchanged()
        progress(done, total, what)

    source = session.path
    target = _free_name(source, to) if to.is_dir() else to
    ending = result_ending(source)
    if target.suffix.casefold() not in {".xlsx", ".xlsm"}:
        check_ending(target, FileForm(ending))
    target = target if target.suffix.casefold() == ending else target.with_suffix(ending)
    data = target.with_suffix(JSON.ending)
    demand_result_target(source, target)
    _demand_result_data(data)
    with workspace.store.read() as reader:
        words = _Words(workspace.standard, reader, proposal)
        known = {id(issue) for table in proposal.tables for issues in table.issues.values() for issue in issues}
        told = {table.sheet for table in proposal.tables}
        marks = [_marks(proposal, plan, words) for plan in session.sheets if plan.name in told]
        marks = _with_loose(marks, proposal, known)
        titles = {rule.code: rule.title for rule in workspace.rule_base.rules}
        with whole_file(data, JSON) as file:
            for text in _document(proposal, source, digest, words):
                file.write(text.encode("utf-8", "replace"))
            workbook = write_result(
                source, target, marks, _totals(proposal, titles), watched,
                facts=_facts(proposal), raw_sheets=lambda: _raw_sheets(source),
            )  # fmt: skip
    return ResultFiles(workbook, data)


class _Words:
    """Turns what a proposal says into words; titles of what references point to are looked up in batches."""

    def __init__(self, standard: Standard, reader: Reader, proposal: Proposal) -> None:
        self.standard = standard
        self._reader = reader
        self._known: dict[str, str] = {}
        for change in proposal.references:
            kind = standard.kind(change.kind)
            self._known[change.record_id] = str(change.after.get(kind.title) or "")
        for table in proposal.tables:
            self._known.update(table.titles)

    def learn(self, changes: Iterable[Change]) -> None:
        """Find out what the references in these changes are called."""
        if missing := changed_reference_ids(changes, self.standard) - self._known.keys():
            self._known.update(self._reader.titles(sorted(missing)))

    def changes(self, change: Change) -> list[dict[str, str]]:
        """What an edit changes, as people read it."""
        kind = self.standard.kind(change.kind)
        return [
            {
                "element": code,
                "label": kind.elements[code].label,
                "old": value_text(kind, code, change.before.get(code), self._known),
                "new": value_text(kind, code, change.after.get(code), self._known),
            }
            for code in dict.fromkeys((*change.before, *change.after))
            if code in kind.elements
        ]

    def decision(self, row: ProposedRow) -> str:
        """The first line of the status of a row."""
        if row.decision is Decision.CHANGED and row.change is not None:
            told = self.changes(row.change)
            words = "；".join(
                _("{label}: {old} → {new}").format(
                    label=one["label"],
                    old=shortened(one["old"], _TEXT_TOLD) or _("(empty)"),
                    new=shortened(one["new"], _TEXT_TOLD) or _("(empty)"),
                )
                for one in told[:_CHANGES_TOLD]
            )
            if len(told) > _CHANGES_TOLD:
                words += _(" and {count} more").format(count=len(told) - _CHANGES_TOLD)
            return _("Changed: {changes}").format(changes=words) if words else _("Changed")
        return {
            Decision.NEW: _("New"),
            Decision.CHANGED: _("Changed"),
            Decision.UNCHANGED: _("Unchanged"),
            Decision.SKIPPED: _("Skipped: the mode of this import leaves such rows out"),
            Decision.PROBLEM: _("Problem: the row is not imported"),
        }[row.decision]


def sentence(issue: Issue) -> str:
    """An issue in a line: how bad, where, what, and what to put instead."""
    where = issue.place.cell if issue.place is not None else ""
    words = f"{severity_word(issue.severity)} {where}".rstrip()
    words = _("{head}: {words}").format(head=words, words=fill(issue.message, issue.values))
    if issue.suggestion is not None:
        words += _(" Suggestion: {suggestion}").format(suggestion=issue.suggestion)
    return words


def _comment(issues: Sequence[Issue]) -> str:
    """What a comment says: code, reason and remedy of each issue of a cell."""
    parts = []
    for issue in issues[:_ISSUES_TOLD]:
        lines = [f"{severity_word(issue.severity)} [{issue.code}]", fill(issue.message, issue.values)]
        if issue.suggestion is not None:
            lines.append(_("Suggestion: {suggestion}").format(suggestion=issue.suggestion))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _marks(proposal: Proposal, plan: SheetPlan, words: _Words) -> SheetMarks:
    tables = [table for table in proposal.tables if table.sheet == plan.name]
    rows: list[RowMark] = []
    cells: dict[tuple[int, int], list[Issue]] = {}
    for batch in _row_batches(proposal, tables):
        words.learn(row.change for row in batch if row.change is not None and row.decision is Decision.CHANGED)
        for number, found in groupby(batch, key=lambda row: row.place.row):
            together = list(found)
            rows.append(_row_mark(number, together, words))
            for row in together:
                for issue in row.issues:
                    if issue.place is not None and issue.place.row and issue.place.column:
                        cells.setdefault((issue.place.row, issue.place.column), []).append(issue)
    understood = plan.understood
    is_form = understood is not None and understood.layout.shape is Shape.FORM
    header = 0 if understood is None or is_form else understood.last_row
    earlier = next((place for place, heading in plan.headings.items() if heading.parts[-1:] == (RESULT_SHEET,)), 0)
    return SheetMarks(plan.name, header, rows, _cell_marks(cells), earlier)


def _row_batches(proposal: Proposal, tables: Sequence[ProposedTable]) -> Iterator[list[ProposedRow]]:
    """The rows of the tables of one sheet in the order of the sheet; a row of the sheet is never torn apart."""
    everything = proposal.rows
    starts: dict[int, int] = {}
    offset = 0
    for table in proposal.tables:
        starts[id(table)] = offset
        offset += len(table.contents)
    ordered = merge(
        *(
            ((table.numbers[index], place, starts[id(table)] + index) for index in _in_order(table.numbers))
            for place, table in enumerate(tables)
        )
    )
    batch: list[ProposedRow] = []
    last = 0
    for number, _place, index in ordered:
        if len(batch) >= _BATCH and number != last:
            yield batch
            batch = []
        batch.append(everything[index])
        last = number
    if batch:
        yield batch


def _in_order(numbers: Sequence[int]) -> Sequence[int]:
    """The places of these numbers in ascending order: rows that waited for others came late into their table."""
    if all(one <= other for one, other in pairwise(numbers)):
        return range(len(numbers))
    return sorted(range(len(numbers)), key=numbers.__getitem__)


def _row_mark(number: int, rows: Sequence[ProposedRow], words: _Words) -> RowMark:
    decisive = min(rows, key=lambda row: _DECISIONS.index(row.decision))
    if len({row.kind for row in rows}) == 1 and len(rows) == 1:
        lines = [words.decision(decisive)]
    else:
        told = dict.fromkeys(
            _("{head}: {words}").format(head=words.standard.kind(row.kind).label, words=words.decision(row))
            for row in rows
            if row.decision is not Decision.UNCHANGED
        )
        lines = list(told)[:_CHANGES_TOLD] or [words.decision(decisive)]
    issues = dict.fromkeys(sentence(issue) for row in rows for issue in row.issues)
    lines += list(issues)[:_ISSUES_TOLD]
    if len(issues) > _ISSUES_TOLD:
        lines.append(_("… and {count} more").format(count=len(issues) - _ISSUES_TOLD))
    return RowMark(number, "\n".join(lines), Tone(decisive.decision.value))


def _cell_marks(cells: Mapping[tuple[int, int], Sequence[Issue]]) -> dict[tuple[int, int], CellMark]:
    return {
        place: CellMark(min((issue.severity for issue in issues), key=_SEVERITIES.index), _comment(issues))
        for place, issues in cells.items()
    }


def _with_loose(marks: Sequence[SheetMarks], proposal: Proposal, known: set[int]) -> list[SheetMarks]:
    """The marks with those of issues that belong to a cell but to no row: a heading nobody explained, a stray cell."""
    loose: dict[str, dict[tuple[int, int], list[Issue]]] = {}
    for issue in proposal.issues:
        place = issue.place
        if place is not None and place.row and place.column and id(issue) not in known:
            loose.setdefault(place.sheet, {}).setdefault((place.row, place.column), []).append(issue)
    return [
        replace(sheet, cells={**_cell_marks(loose[sheet.sheet]), **sheet.cells}) if sheet.sheet in loose else sheet
        for sheet in marks
    ]


def _totals(proposal: Proposal, titles: Mapping[str, str]) -> list[RuleTotal]:
    """Issues by rule and sheet, the worst and most frequent first."""
    found: dict[tuple[Severity, str, str], list[Issue]] = {}
    for issue in proposal.issues:
        sheet = issue.place.sheet if issue.place is not None else ""
        found.setdefault((issue.severity, issue.code, sheet), []).append(issue)
    totals = []
    for (severity, code, sheet), issues in found.items():
        example = fill(issues[0].message, issues[0].values)
        name = issue_name(code, titles)
        meaning = example if name == code else _("{name}. For example: {example}").format(name=name, example=example)
        rows = [issue.place.row for issue in issues if issue.place is not None and issue.place.row]
        totals.append(RuleTotal(code, meaning, severity, len(issues), sheet, _ranges(rows)))
    return sorted(totals, key=lambda total: (_SEVERITIES.index(total.severity), -total.count, total.code))


def _ranges(rows: Iterable[int]) -> str:
    """Rows as people write them: 3–17、20."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    told = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:_RANGES_TOLD]]
    return "、".join(told) + ("……" if len(ranges) > _RANGES_TOLD else "")


def _facts(proposal: Proposal) -> list[tuple[str, str]]:
    decisions = _decisions(proposal)
    counted = _(
        "new {new}, changed {changed}, unchanged {unchanged}, with problems {problem}, skipped {skipped}"
    ).format(**{decision.value: decisions[decision] for decision in Decision})
    facts = [
        (_("File"), proposal.file),
        (_("Records"), counted),
        (_("Note"), _("This is a check: nothing was written into the store. This sheet and the column “{name}” are "
                      "ignored when the file is imported.").format(name=RESULT_SHEET)),
    ]  # fmt: skip
    if proposal.unlisted_issues:
        facts.append((_("Not listed"), _("{count} more issues are not listed.").format(count=proposal.unlisted_issues)))
    return facts


def _decisions(proposal: Proposal) -> Counter[Decision]:
    return Counter({decision: sum(table.count(decision) for table in proposal.tables) for decision in Decision})


def _raw_sheets(source: Path) -> Iterator[RawSheetRows]:
    workbook = read_workbook(source)
    try:
        for raw in workbook.sheets:
            rows = ((int(row[0]), row[1:]) for batch in workbook.rows(raw.index, with_banners=True) for row in batch)
            yield RawSheetRows(raw.name, rows)
    finally:
        workbook.close()


# The JSON file


def _document(proposal: Proposal, source: Path, digest: str, words: _Words) -> Iterator[str]:
    """The JSON text in pieces, a line for each row and each issue."""
    by_rule: Counter[tuple[str, Severity]] = Counter((issue.code, issue.severity) for issue in proposal.issues)
    head: dict[str, Any] = {
        "format": RESULT_FORMAT,
        "version": RESULT_VERSION,
        "file": proposal.file,
        "file_sha256": digest_of(source),
        "proposal_digest": digest,
        "is_written": False,
        "decisions": {decision.value: count for decision, count in _decisions(proposal).items()},
        "kinds": {
            kind: {
                "created": one.created,
                "updated": one.updated,
                "unchanged": one.unchanged,
                "skipped": one.skipped,
                "problems": one.problems,
            }
            for kind, one in proposal.counts.items()
        },
        "rules": [
            {"code": code, "severity": severity.value, "count": count}
            for (code, severity), count in sorted(by_rule.items())
        ],
        "unlisted_issues": proposal.unlisted_issues,
    }
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "issues": ['
    yield from _lines(_issue(issue) for issue in proposal.issues)
    yield '],\n "rows": ['
    yield from _lines(_rows(proposal, words))
    yield "]\n}\n"


def _lines(data: Iterable[object]) -> Iterator[str]:
    for number, one in enumerate(data):
        yield (",\n  " if number else "\n  ") + json.dumps(one, ensure_ascii=False)
    yield "\n "


def _rows(proposal: Proposal, words: _Words) -> Iterator[dict[str, Any]]:
    for table in proposal.tables:
        for batch in _row_batches(proposal, [table]):
            words.learn(row.change for row in batch if row.change is not None and row.decision is Decision.CHANGED)
            for row in batch:
                is_changed = row.decision is Decision.CHANGED and row.change is not None
                yield {
                    "sheet": row.place.sheet,
                    "row": row.place.row,
                    "kind": row.kind,
                    "decision": row.decision.value,
                    "title": row.title,
                    "changes": words.changes(row.change) if is_changed and row.change is not None else [],
                    "issues": [_issue(issue) for issue in row.issues],
                }


def _issue(issue: Issue) -> dict[str, Any]:
    place = issue.place
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "sheet": place.sheet if place is not None else "",
        "row": place.row if place is not None else 0,
        "cell": place.cell if place is not None else "",
        "element": issue.element,
        "message": fill(issue.message, issue.values),
        "suggestion": issue.suggestion,
    }


# Names


def _free_name(source: Path, folder: Path) -> Path:
    """A name in a folder that neither a workbook nor a JSON file has."""
    stem = _NUMBERED.sub("", source.stem)
    number = 1
    while True:
        mark = f"（{RESULT_SHEET}{number if number > 1 else ''}）"
        target = folder / f"{stem}{mark}.xlsx"
        if not any(target.with_suffix(ending).exists() for ending in (".xlsx", ".xlsm", JSON.ending)):
            return target
        number += 1


def _demand_result_data(path: Path) -> None:
    """Refuse to write over a JSON file that is no result."""
    with explained(path):
        if not path.is_file():
            return
        with path.open("rb") as file:
            is_result = f'"format": "{RESULT_FORMAT}"'.encode() in file.read(200)
    if not is_result:
        raise KnownError(
            "not-a-result",
            _("This file is something else"),
            _("“{name}” is there already and is no result of a check. It stays as it is.").format(
                name=shortened(path.name)
            ),
            _("Choose another file name."),
        )
