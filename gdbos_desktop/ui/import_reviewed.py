"""What a review shows, made off the window's thread: the proposal, its counts, and what can be mended at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.domain.layouts import Column
from gdbos_desktop.schema import Element, Issue, Place, Standard
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.services.imports import (
    ColumnPlan,
    Decision,
    ImportService,
    ImportSession,
    Mendable,
    Proposal,
    ProposedRows,
    TextQuestion,
)
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.import_look import SessionLook, SheetLook, look_at

DECISIONS: Mapping[Decision, tuple[str, str, str]] = {
    Decision.NEW: (N_("New"), "add-circle-line", "success"),
    Decision.CHANGED: (N_("To update"), "edit-circle-line", "accent_text"),
    Decision.UNCHANGED: (N_("Unchanged"), "checkbox-blank-circle-line", "secondary"),
    Decision.PROBLEM: (N_("Problem"), "close-circle-line", "error"),
    Decision.SKIPPED: (N_("Skipped"), "indeterminate-circle-line", "secondary"),
}
"""What becomes of a row: words, icon and colour."""

LARGE_FILE = 3_000
"""Files with more rows than this are compared again on a button, not after each mend."""


@dataclass
class ReviewIndex:
    """What the filters of a review need, counted once: places of rows. ``by_issue``: code → places, ``drafts``: those
    that go into draft versions. ``loose`` are the issues of no row."""

    rows: ProposedRows
    by_decision: Mapping[Decision, list[int]]
    with_issues: list[int]
    by_issue: dict[str, list[int]] = field(default_factory=dict)
    drafts: list[int] = field(default_factory=list)
    loose: list[Issue] = field(default_factory=list)

    @classmethod
    def of(cls, proposal: Proposal) -> ReviewIndex:
        """Count a proposal."""
        rows = proposal.rows
        index = cls(rows, {decision: rows.find(decision) for decision in Decision}, rows.with_issues())
        for place in index.with_issues:
            for code in {issue.code for issue in rows[place].issues}:
                index.by_issue.setdefault(code, []).append(place)
        offset = 0
        for table in proposal.tables:
            index.drafts += [offset + number for number in sorted(table.drafted)]
            offset += len(table.contents)
        of_rows = {id(issue) for table in proposal.tables for issues in table.issues.values() for issue in issues}
        index.loose = [issue for issue in proposal.issues if id(issue) not in of_rows]
        return index


@dataclass(frozen=True)
class Reviewed:
    """A proposal with all that its review shows. ``texts`` are texts that no code list knows."""

    proposal: Proposal
    index: ReviewIndex
    look: SessionLook
    mendable: Sequence[Mendable] = ()
    texts: Sequence[TextQuestion] = ()
    mends: int = 0

    @property
    def is_large(self) -> bool:
        """Whether comparing takes long enough that it waits for a button."""
        return len(self.index.rows) > LARGE_FILE

    def sheet(self, name: str) -> SheetLook | None:
        """How a sheet is read."""
        return next((one for one in self.look.sheets if one.name == name), None)

    def column(self, sheet: str, place: int) -> ColumnPlan | None:
        """How a column is read."""
        found = self.sheet(sheet)
        return found.column(place) if found is not None else None

    def row_number(self, sheet: str, row: int) -> int | None:
        """Where a row of the file stands among ``index.rows``; None when it is not there any more."""
        offset = 0
        for table in self.proposal.tables:
            if table.sheet == sheet and row in table.numbers:
                return offset + table.numbers.index(row)
            offset += len(table.contents)
        return None


def review_of(imports: ImportService, session: ImportSession, progress: Progress) -> Reviewed:
    """Compare the file with the store and gather what a review shows."""
    proposal = imports.propose(session, progress)
    return Reviewed(
        proposal,
        ReviewIndex.of(proposal),
        look_at(session),
        session.mendable(proposal),
        session.text_questions(proposal),
        len(session.mends),
    )


def element_of(
    standard: Standard, sheet: SheetLook | None, row: int, place: int
) -> tuple[Element | None, Column | None]:
    """The element that a cell fills, and how it is read; None for none."""
    column = sheet.column_at(row, place) if sheet is not None else None
    target = column.targets[0] if column is not None and column.targets else None
    if sheet is None or target is None or target.element == PARENT or target.block >= len(sheet.blocks):
        return None, target
    return standard.kind(sheet.blocks[target.block].kind).elements.get(target.element), target


def place_words(place: Place, with_sheet: bool = True) -> str:
    """Where in the file, as a person looks for it; the sheet is named when there are several."""
    words = _("row {row}").format(row=place.row) if place.row else ""
    return f"{place.sheet} {words}".strip() if with_sheet else words


def place_in(places: Sequence[int] | None, number: int) -> int | None:
    """Where a row stands in a filtered view (ascending), the next one when it is not in it; None after the last."""
    if places is None:
        return number
    found = bisect_left(places, number)
    return found if found < len(places) else None
