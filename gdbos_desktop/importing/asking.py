"""What a person is asked about a file: what rows and columns are, what unknown texts mean, which suggestions to take.

Questions that are alike are one question; what is likely is put first with a figure, never answered by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gdbos_desktop.importing.likeness import SURE
from gdbos_desktop.importing.plan import LEAVE_OUT, ColumnPlan, SheetPlan
from gdbos_desktop.importing.proposal import Proposal
from gdbos_desktop.importing.raw_sheets import column_letters
from gdbos_desktop.schema import Issue, Place, Severity
from gdbos_desktop.schema.types import Code, Codes
from gdbos_desktop.system.messages import _

OFFERED = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must decide: the best choice first, leaving the column out last. One answer settles all ``places``.

    ``kind`` is the kind of which any element may be answered, '' where only the choices may. ``guess`` is the choice
    that is likely enough to be put before a person ('': none), ``confidence`` how likely, 0 to 1.
    """

    id: str
    text: str
    choices: tuple[Choice, ...]
    place: Place
    samples: tuple[str, ...] = ()
    kind: str = ""
    guess: str = ""
    confidence: float = 0.0
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """A text that a column's list does not know, in however many rows: which entry is it?

    ``id`` goes to ``map_text`` with the text to be read instead. ``suggestion`` is the likely one or ''.
    """

    id: str
    text: str
    element: str
    label: str
    count: int
    choices: tuple[Choice, ...]
    place: Place
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Mendable:
    """All issues of one code in one column that have a suggestion: one click takes them all."""

    sheet: str
    column: int
    heading: str
    code: str
    count: int
    example: str
    suggestion: str


def kind_question(file: str, plan: SheetPlan) -> Question:
    """What the rows of a sheet are, where several kinds fit equally."""
    return Question(
        f"{plan.name}!kind",
        _("What are the rows of the sheet “{sheet}”?").format(sheet=plan.name),
        tuple(Choice(kind.code, kind.label) for kind in plan.rivals),
        Place(file, plan.name),
    )


def column_question(file: str, alike: Sequence[tuple[SheetPlan, ColumnPlan]]) -> Question:
    """What a column holds; the same heading on several sheets is asked once."""
    plan, column = alike[0]
    kind, heading, rival = plan.kind, column.heading, column.rival
    assert kind is not None
    taken = {one.element for other in plan.columns.values() for one in other.targets if one.block == 0}
    likely = [guess for guess in column.guesses if guess.element not in taken and guess.element != rival]
    offered = [*([rival] if rival else []), *(guess.element for guess in likely)]
    choices = [Choice(code, kind.elements[code].label) for code in offered[:OFFERED] if code in kind.elements]
    letters = column_letters(heading.column)
    if rival:
        text = _("Two columns are called like “{label}”. What is in column {column} “{heading}”?").format(
            label=kind.elements[rival].label if rival in kind.elements else kind.parent_heading,
            column=letters,
            heading=heading.path,
        )
    elif len(alike) > 1:
        text = _("What is in the column “{heading}” of {count} sheets?").format(heading=heading.path, count=len(alike))
    else:
        text = _("What is in column {column} “{heading}” of the sheet “{sheet}”?").format(
            column=letters, heading=heading.path, sheet=plan.name
        )
    guess = likely[0] if likely and not rival and likely[0].confidence >= SURE else None
    places = tuple(one.place_of(file, other.heading) for one, other in alike)
    return Question(
        f"{plan.name}!{letters}",
        text,
        (*choices, Choice(LEAVE_OUT, _("Leave this column out"))),
        places[0],
        heading.samples,
        kind.code,
        guess.element if guess is not None else "",
        guess.confidence if guess is not None else 0.0,
        places,
    )


def mendable(proposal: Proposal) -> list[Mendable]:
    """The issues with suggestions, gathered by column and code: each is one click."""
    found: dict[tuple[str, int, str], list[Issue]] = {}
    for issue in proposal.issues:
        place = issue.place
        if issue.suggestion is not None and place is not None and place.row and place.column:
            found.setdefault((place.sheet, place.column, issue.code), []).append(issue)
    return [
        Mendable(
            sheet, column, issues[0].place.heading if issues[0].place else "", code, len(issues),
            str(issues[0].values.get("text", issues[0].values.get("value", ""))), str(issues[0].suggestion),
        )
        for (sheet, column, code), issues in found.items()
    ]  # fmt: skip


def text_questions(proposal: Proposal, plans: Sequence[SheetPlan]) -> list[TextQuestion]:
    """Texts that a code list does not know, each asked once for all its rows, the most frequent first."""
    sheets = {plan.name: plan for plan in plans}
    found: dict[tuple[str, int, str], list[Issue]] = {}
    for issue in proposal.issues:
        place, text = issue.place, issue.values.get("text")
        if place is not None and place.column and isinstance(text, str) and issue.severity is Severity.ERROR:
            found.setdefault((sheets[place.sheet].template, place.column, text), []).append(issue)
    asked = []
    for (_template, column, text), issues in found.items():
        place = issues[0].place
        assert place is not None
        element = sheets[place.sheet].element_at(column)
        if element is None or not isinstance(element.type, Code | Codes):
            continue
        choices = tuple(Choice(entry.label, entry.label) for entry in element.type.code_list.by_code.values())
        asked.append(
            TextQuestion(
                f"{place.sheet}!{column_letters(column)}!{text}", text, element.code, element.label, len(issues),
                choices, place, issues[0].suggestion or "",
            )
        )  # fmt: skip
    return sorted(asked, key=lambda question: -question.count)
