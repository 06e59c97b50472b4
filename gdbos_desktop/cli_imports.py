"""What ``gdbos import`` and ``gdbos recipes`` do with the words of the command line.

Decisions are put to a session here, and here is how an import and a recipe are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer

from gdbos_desktop.cli_output import issue_data, print_issues, print_json, say
from gdbos_desktop.domain.layouts import Column, Empty, Layout, words_of
from gdbos_desktop.schema import Severity, Standard, fold
from gdbos_desktop.services.imports import ImportSession, Proposal, SheetPlan
from gdbos_desktop.services.recipes import KnownRecipe
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the command line decides about the columns of a file, beside answers to questions.

    ``clear`` and ``fill_down`` name headings, ``values`` are heading, text of the cell, text to be read instead.
    ``take`` are codes of issues whose suggestions are taken.
    """

    header_row: int = 0
    header_rows: int = 0
    clear: Sequence[str] = ()
    fill_down: Sequence[str] = ()
    values: Sequence[tuple[str, str, str]] = ()
    take: Sequence[str] = field(default=())

    def apply(self, session: ImportSession) -> None:
        """Put them to a session. KnownErrors ``no-such-heading``, ``no-header-there``."""
        if self.header_row or self.header_rows:
            for plan in [plan for plan in session.sheets if plan.is_taken]:
                try:
                    session.set_header(plan.name, self.header_row, self.header_rows)
                except KeyError as error:
                    raise KnownError(
                        "no-header-there",
                        _("No header there"),
                        _("“{file}”, sheet “{sheet}”: row {row} is no header that is understood.").format(
                            file=session.file, sheet=plan.name, row=self.header_row
                        ),
                        _("Give the row of the headings with --header-row, or leave it out to have it found."),
                    ) from error
        for heading in self.clear:
            for plan, place in _columns(session, heading):
                session.set_column(plan.name, place, empty=Empty.CLEAR)
        for heading in self.fill_down:
            for plan, place in _columns(session, heading):
                session.set_column(plan.name, place, fill_down=True)
        for heading, text, instead in self.values:
            for plan, place in _columns(session, heading):
                session.map_text(plan.name, place, text, instead)

    def take_suggestions(self, session: ImportSession, proposal: Proposal, propose: Callable[[], Proposal]) -> Proposal:
        """The proposal with the suggestions taken that the command line wants."""
        wanted = [one for one in session.mendable(proposal) if one.code in self.take]
        for one in wanted:
            session.accept(one.sheet, one.column, one.code)
        return propose() if wanted else proposal


def text_mapping(words: str) -> tuple[str, str, str]:
    """``heading:text=instead``; KnownError ``bad-assignment``."""
    heading, colon, rest = words.partition(":")
    text, equals, instead = rest.partition("=")
    if not colon or not equals or not heading.strip() or not text.strip():
        raise KnownError(
            "bad-assignment",
            _("Not understood"),
            _("“{words}” is not of the form heading:text=instead.").format(words=words),
            _("For example: heading:old=new"),
        )
    return heading.strip(), text.strip(), instead.strip()


def _columns(session: ImportSession, heading: str) -> Iterator[tuple[SheetPlan, int]]:
    """The columns with this heading, on all sheets."""
    found = [
        (plan, place)
        for plan in session.sheets
        if plan.is_taken
        for place, column in plan.columns.items()
        if fold(heading) in {fold(column.heading.path), fold(column.heading.parts[-1] if column.heading.parts else "")}
    ]
    if not found:
        raise no_such_heading(session, heading)
    yield from found


def no_such_heading(session: ImportSession, heading: str) -> KnownError:
    """What the command line calls a column, no column is called."""
    return KnownError(
        "no-such-heading",
        _("No such heading"),
        _("“{file}” has no column with the heading “{heading}”.").format(file=session.file, heading=heading),
        _("Write the heading as it stands in the file."),
    )


# --- telling ------------------------------------------------------------------------------------------------------


def proposal_data(
    proposal: Proposal, session: ImportSession, standard: Standard, is_written: bool, digest: str
) -> dict[str, Any]:
    """What an import would do or did, as JSON; every kind of the standard is counted."""

    def per_kind(name: str) -> dict[str, int]:
        return {kind.code: int(getattr(proposal.counts.get(kind.code), name, 0)) for kind in standard.described}

    return {
        "file": proposal.file,
        "written": is_written,
        "digest": digest,
        "recipe": session.followed.name if session.followed is not None else None,
        "rows_read": proposal.rows_read,
        "created": per_kind("created"),
        "updated": per_kind("updated"),
        "unchanged": per_kind("unchanged"),
        "skipped": per_kind("skipped"),
        "problems": per_kind("problems"),
        "drafted": proposal.drafted,
        "questions": [
            {
                "id": question.id,
                "text": question.text,
                "guess": question.guess or None,
                "confidence": question.confidence,
                "choices": [{"id": choice.id, "text": choice.text} for choice in question.choices],
            }
            for question in session.questions
        ],
        "totals": [
            {"code": code, "severity": severity.value, "count": count}
            for (code, severity), count in totals_of(proposal).items()
        ],
        "issues": [issue_data(issue) for issue in proposal.issues],
    }


def totals_of(proposal: Proposal) -> dict[tuple[str, Severity], int]:
    """How often each rule speaks, errors first, the most frequent first."""
    totals: dict[tuple[str, Severity], int] = {}
    for issue in proposal.issues:
        totals[issue.code, issue.severity] = totals.get((issue.code, issue.severity), 0) + 1
    order = list(Severity)
    return dict(sorted(totals.items(), key=lambda entry: (order.index(entry[0][1]), -entry[1], entry[0][0])))


def print_proposal(proposal: Proposal, standard: Standard) -> None:
    """Tell what a file would change."""
    say(_("{file}: {rows} rows read").format(file=proposal.file, rows=proposal.rows_read))
    for code, counts in proposal.counts.items():
        say(
            _(
                "  {kind}: {created} new, {updated} changed, {unchanged} unchanged, {problems} with problems, "
                "{skipped} skipped"
            ).format(
                kind=standard.kind(code).label,
                created=counts.created,
                updated=counts.updated,
                unchanged=counts.unchanged,
                problems=counts.problems,
                skipped=counts.skipped,
            )
        )
    print_issues(proposal.issues, as_json=False)


def print_recipes(recipes: Sequence[KnownRecipe], as_json: bool) -> None:
    """Tell which recipes there are."""
    if as_json:
        print_json({"recipes": [recipe_data(one) for one in recipes]})
        return
    for one in recipes:
        layout = one.layout
        origin = _("shipped") if one.is_shipped else _("our own")
        title = "" if layout.title in ("", layout.name) else f"  {layout.title}"
        typer.echo(
            _("{name}{title}  (version {version}, {columns} columns, {origin})").format(
                name=layout.name, title=title, version=layout.version, origin=origin,
                columns=sum(len(sheet.columns) for sheet in layout.sheets),
            )
        )  # fmt: skip
    if not recipes:
        say(_("There are no recipes yet. gdbos import … --save-recipe NAME keeps one."))


def recipe_data(known: KnownRecipe) -> dict[str, Any]:
    """A recipe in a list, as JSON."""
    layout = known.layout
    return {
        "name": layout.name,
        "title": layout.title,
        "version": layout.version,
        "standard": layout.standard,
        "digest": layout.digest,
        "is_shipped": known.is_shipped,
    }


def print_recipe(layout: Layout, standard: Standard, as_json: bool) -> None:
    """Tell everything a recipe decides."""
    if as_json:
        print_json(words_of(layout))
        return
    typer.echo(f"{layout.title or layout.name}  {layout.digest[:12]}")
    for sheet in layout.sheets:
        typer.echo(f"[{sheet.name or '*'}]")
        for column in sheet.columns:
            if not column.is_left_out:
                kind = standard.kind(sheet.blocks[column.block].kind)
                element = kind.elements.get(column.element)
                filled = element.label if element is not None else kind.parent_heading
                typer.echo(f"  {column.heading} → {kind.label}/{filled}{_options(column)}")


def _options(column: Column) -> str:
    told = [_("one value: {code}").format(code=column.value)] if column.value else []
    if column.empty is Empty.CLEAR:
        told.append(_("empty cells clear"))
    if column.fill_down:
        told.append(_("filled down"))
    told += [f"{old}={new}" for old, new in column.values.items()]
    told += [_("takes {code}").format(code=code) for code in column.accept]
    return f"  ({'; '.join(told)})" if told else ""
