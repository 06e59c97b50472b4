"""One import from the first look at a file to the proposal: understands the headings, asks what it cannot know, and
turns the rows into a proposal. Prints nothing, shows nothing, writes nothing: a screen or a command line drives it.

Everything that is decided on the way – what a column holds, which text means another, which suggestion is taken – can
be kept as a recipe (a ``Layout``) and followed by another session; ``mends`` are texts typed for single cells.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gdbos_desktop.domain.checking import KnownCodes
from gdbos_desktop.domain.layouts import Empty, Layout, LayoutError, Shape, SheetLayout, check_layout
from gdbos_desktop.domain.rules import RuleBase
from gdbos_desktop.importing.asking import (
    Mendable,
    Question,
    TextQuestion,
    column_question,
    kind_question,
    mendable,
    text_questions,
)
from gdbos_desktop.importing.drafting import Drafting
from gdbos_desktop.importing.matching import Lookup
from gdbos_desktop.importing.plan import (
    ENOUGH_COLUMNS,
    LEAVE_OUT,
    ColumnPlan,
    SheetPlan,
    Source,
    memory_key,
)
from gdbos_desktop.importing.preview import PreviewRow, preview_rows
from gdbos_desktop.importing.proposal import Mode, Proposal
from gdbos_desktop.importing.raw_sheets import column_letters
from gdbos_desktop.importing.reading import RawRow, RawSheet, RawWorkbook, read_workbook
from gdbos_desktop.importing.references import FileIndex, Parents, References
from gdbos_desktop.importing.refusals import no_key, nothing_found
from gdbos_desktop.importing.rows import LISTED_ISSUES, ImportRun, SheetImport
from gdbos_desktop.importing.shapes import SheetReader
from gdbos_desktop.schema import Issue, Kind, Place, Severity, Standard, fold
from gdbos_desktop.schema.loading import LEVELS
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import CreditCode
from gdbos_desktop.system.clock import new_id
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.system.tasks import Progress, no_progress

OFFERED = 10
KEPT_ROWS = 5_000
"""Sheets of up to so many rows keep their texts for whoever mends them; larger ones are read once more for that."""
LISTED_RANGES = 5
"""Ranges of hidden rows that are named."""
ROUNDS = 3
"""How often the rows are gone through when suggestions are taken: taking one may bring another to light."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user fixed beforehand: one sheet by name, the mode, the kind of record."""

    sheet: str | None = None
    mode: Mode = Mode.UPSERT
    kind: str | None = None


class ImportSession:
    """An opened file. Answer its ``questions`` (or leave those columns out), then ``propose``; mend and propose again.

    Not for several threads at once.
    """

    def __init__(
        self,
        workbook: RawWorkbook,
        standard: Standard,
        rule_base: RuleBase,
        options: ImportOptions | None = None,
        remembered: Mapping[str, str] | None = None,
        recipe: Layout | None = None,
        level: str = LEVELS[-1],
    ) -> None:
        self._workbook = workbook
        self._level = level
        self._standard = standard
        self._rule_base = rule_base
        self.options = options or ImportOptions()
        self._remembered = dict(remembered or {})
        self.answers: dict[str, str] = {}
        """The answers given in this session, by template and heading: what ``Proposal.remembered`` carries on."""
        self.sheets: list[SheetPlan] = []
        self.mends: dict[tuple[str, int, int], str] = {}
        """Texts typed instead of cells: (sheet, row, column) → text."""
        self.followed: Layout | None = None
        """The recipe that this session follows."""
        self._hidden: list[str] = []
        self._recalled: set[str] = set()
        self._kept: dict[str, dict[int, RawRow]] = {}
        try:
            self._understand()
            if recipe is not None:
                self.follow(recipe)
            if not any(plan.is_taken for plan in self.sheets):
                raise nothing_found(self.file, [plan.raw for plan in self.sheets], self._standard)
        except BaseException:
            workbook.close()
            raise

    @classmethod
    def open(
        cls,
        path: Path,
        standard: Standard,
        rule_base: RuleBase,
        options: ImportOptions | None = None,
        remembered: Mapping[str, str] | None = None,
        progress: Progress = no_progress,
        recipe: Layout | None = None,
        level: str = LEVELS[-1],
    ) -> ImportSession:
        """Read the top of every sheet and understand the headings; KnownError when there is nothing to import.

        ``level`` is the level of government of the store: what a level above fixes is locked.
        """
        return cls(read_workbook(path, progress), standard, rule_base, options, remembered, recipe, level)

    @property
    def path(self) -> Path:
        """The file."""
        return self._workbook.path

    @property
    def file(self) -> str:
        """The name of the file."""
        return self._workbook.path.name

    def demand_unchanged(self) -> None:
        """KnownError ``file-changed`` when the file is not the one that was opened any more."""
        self._workbook.demand_unchanged()

    # Questions

    @property
    def questions(self) -> list[Question]:
        """The questions that are still open; what is asked alike on several sheets is one question."""
        found = [kind_question(self.file, plan) for plan in self._taken if plan.rivals]
        alike: dict[tuple[str, str], list[tuple[SheetPlan, ColumnPlan]]] = {}
        for plan, column in self._open_columns():
            name = fold(column.heading.path)
            kind = plan.kind.code if plan.kind is not None else ""
            key = (kind, name) if name and not column.rival else (kind, f"{plan.name}!{column.place}")
            alike.setdefault(key, []).append((plan, column))
        return found + [column_question(self.file, columns) for columns in alike.values()]

    def answer(self, question_id: str, choice: str) -> None:
        """Decide a question: an element's code, a kind's code, or ``LEAVE_OUT``. KeyError for what does not exist."""
        sheet, _mark, what = question_id.rpartition("!")
        plan = self.sheet(sheet)
        if not plan.is_taken:
            raise KeyError(question_id)
        if what == "kind":
            self.set_kind(sheet, choice)
            self.answers[f"{plan.template}/@kind"] = choice
            return
        column = next((one for one in plan.columns.values() if column_letters(one.place) == what), None)
        if column is None:
            raise KeyError(question_id)
        if choice not in (LEAVE_OUT, PARENT):
            assert plan.kind is not None
            plan.kind.elements[choice]
        alike = [(plan, column)]
        if column.is_open and not column.rival:
            alike += [
                (other, one)
                for other, one in self._open_columns()
                if other is not plan and other.kind is plan.kind and fold(one.heading.path) == fold(column.heading.path)
            ]
        for one_plan, one in alike:
            self._answer(one_plan, one, choice)

    def accept_guesses(self) -> int:
        """Take the likely answer of every open question; how many were taken."""
        taken = 0
        for question in self.questions:
            if question.guess:
                with suppress(KeyError):  # an earlier guess may have settled it
                    self.answer(question.id, question.guess)
                    taken += 1
        return taken

    def _answer(self, plan: SheetPlan, column: ColumnPlan, choice: str) -> None:
        key = memory_key(plan.template, column.heading)
        plan.assign(column.place, choice, Source.PERSON)
        self.answers[key] = choice

    # Decisions about a sheet

    def sheet(self, name: str) -> SheetPlan:
        """The plan of a sheet; KeyError."""
        for plan in self.sheets:
            if plan.name == name:
                return plan
        raise KeyError(name)

    def set_taken(self, sheet: str, is_taken: bool) -> None:
        """Import a sheet, or leave it out."""
        plan = self.sheet(sheet)
        if is_taken and not plan.columns:
            raise KeyError(sheet)
        plan.is_taken, plan.is_left_out = is_taken, not is_taken and bool(plan.columns)

    def set_kind(self, sheet: str, kind: str) -> None:
        """Say what the rows of a sheet are. KeyError for a kind that does not exist or does not fit at all."""
        self._look(sheet, kind_code=self._standard.kind(kind).code)

    def set_header(self, sheet: str, first_row: int, header_rows: int) -> None:
        """Say where the header begins and how many rows it has; 0: find it. KeyError when there is none."""
        self._look(sheet, first_row=first_row, header_rows=header_rows)

    def set_shape(self, sheet: str, shape: Shape | None) -> None:
        """Say whether a sheet is a table or a form; None: find it. KeyError when it cannot be read so."""
        self._look(sheet, shape=shape)

    def set_column(
        self, sheet: str, place: int, element: str | None = None, *, block: int = 0, value: str = "", **options: Any
    ) -> None:
        """Say what a column holds (None: as it is) and how it is read: ``separator``, ``empty``, ``fill_down``,
        ``values``, ``accept`` as in ``Column``. KeyError for what does not exist."""
        plan = self.sheet(sheet)
        column = plan.columns[place]
        if element is not None:
            if block == 0 and not value:
                self._answer(plan, column, element)
            else:
                plan.assign(place, element, Source.PERSON, block, value)
        if options:
            if "empty" in options:
                options["empty"] = Empty(options["empty"])
            plan.change(place, **options)

    def set_mode(self, mode: Mode) -> None:
        """Choose how rows are written."""
        self.options = replace(self.options, mode=mode)

    def set_key(self, sheet: str, key: Sequence[str], block: int = 0) -> None:
        """Choose by which elements records are found again; empty: as the standard says. KeyError."""
        plan = self.sheet(sheet)
        kind = self._standard.kind(plan.blocks[block].kind)
        for code in key:
            if code != PARENT:
                kind.elements[code]
        plan.set_key(block, key)

    # Mending

    def mend(self, sheet: str, row: int, place: int, text: str) -> None:
        """Read this text instead of a cell from the next ``propose`` on."""
        self.sheet(sheet)
        self.mends[sheet, row, place] = text

    def unmend(self, sheet: str, row: int, place: int) -> None:
        """Read the cell itself again."""
        self.mends.pop((sheet, row, place), None)

    def accept(self, sheet: str, place: int, code: str) -> None:
        """Take the suggestions of all issues of this code in a column, in this file and whoever follows the recipe."""
        plan = self.sheet(sheet)
        known = {accepted for target in plan.columns[place].targets for accepted in target.accept}
        plan.change(place, accept=tuple(sorted({*known, code})))

    def map_text(self, sheet: str, place: int, text: str, instead: str) -> None:
        """Read ``instead`` wherever a cell of this column says ``text``, on every sheet with the same template."""
        wanted = self.sheet(sheet)
        for plan in self._taken:
            if plan is wanted or (plan.template == wanted.template and place in plan.columns):
                known = {old: new for target in plan.columns[place].targets for old, new in target.values.items()}
                plan.change(place, values={**known, text: instead})

    def mendable(self, proposal: Proposal) -> list[Mendable]:
        """The issues with suggestions, gathered by column and code: each is one click, ``accept``. Columns only: what
        is wrong in a form is mended in its cell."""
        return [one for one in mendable(proposal) if one.column in self.sheet(one.sheet).columns]

    def text_questions(self, proposal: Proposal) -> list[TextQuestion]:
        """Texts that a code list does not know, each asked once for all its rows: ``map_text`` answers."""
        return text_questions(proposal, self.sheets)

    def row_texts(self, sheet: str, row: int, progress: Progress = no_progress) -> RawRow:
        """The texts of a row as they stand in the file, mends put in; index 0 is the row's number. KeyError."""
        plan = self.sheet(sheet)
        kept = self._kept.get(sheet, {})
        if row not in kept:
            kept = self._kept[sheet] = self._find_rows(plan, row, progress)
        texts = list(kept[row])
        for (name, number, place), text in self.mends.items():
            if name == sheet and number == row:
                texts += [""] * (place + 1 - len(texts))
                texts[place] = text
        return texts

    def _find_rows(self, plan: SheetPlan, row: int, progress: Progress) -> dict[int, RawRow]:
        found: dict[int, RawRow] = {}
        is_form = plan.layout.shape is Shape.FORM
        for rows in self._workbook.rows(plan.raw.index, progress, with_banners=is_form):
            if int(rows[-1][0]) >= row:
                found = {int(one[0]): one for one in rows}
                break
        self._workbook.close()
        return found

    # Looking

    def preview(self, sheet: str, limit: int = 200) -> list[PreviewRow]:
        """The first rows of a sheet as they are understood now; nothing is looked up in the store."""
        return preview_rows(self.sheet(sheet), self.mends, limit)

    # The proposal

    def propose(self, lookup: Lookup, progress: Progress = no_progress) -> Proposal:
        """What importing the file would change in the store that ``lookup`` reads. Open columns are left out."""
        plans = self._taken
        for plan in plans:
            if not plan.is_usable:
                raise no_key(self.file, plan)
        kinds = {block.kind for plan in plans for block in plan.blocks}
        order = _sequence(self._standard, kinds)
        plans = sorted(plans, key=lambda plan: order.index(plan.blocks[0].kind))
        accepted: dict[tuple[str, int, int], str] = {}
        try:
            for _round in range(ROUNDS):
                run = self._run(lookup, kinds)
                readers = [self._read(plan, run, accepted, progress) for plan in plans]
                proposal = self._finish(run, readers)
                taken = dict(self._accepted(proposal, accepted))
                if not taken:
                    break
                accepted.update(taken)
        finally:
            self._workbook.close()
        return proposal

    def _accepted(
        self, proposal: Proposal, before: Mapping[tuple[str, int, int], str]
    ) -> Iterator[tuple[tuple[str, int, int], str]]:
        """The suggestions that the columns' ``accept`` takes, as texts of cells."""
        accepting = {
            (plan.name, place): {code for target in column.targets for code in target.accept}
            for plan in self._taken
            for place, column in plan.columns.items()
            if any(target.accept for target in column.targets)
        }
        if not accepting:
            return
        for issue in proposal.issues:
            place = issue.place
            if issue.suggestion is None or place is None or issue.code not in accepting.get(
                (place.sheet, place.column), ()
            ):  # fmt: skip
                continue
            cell = (place.sheet, place.row, place.column)
            if before.get(cell) != issue.suggestion:
                yield cell, issue.suggestion

    def close(self) -> None:
        """Let go of the file; a proposal already made stays valid."""
        self._workbook.close()

    def __enter__(self) -> ImportSession:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # Recipes

    def recipe(self, name: str, title: str = "", version: int = 1) -> Layout:
        """Everything decided so far, for other files of this template: all but the mends of single cells."""
        return Layout(
            name,
            tuple(plan.layout for plan in self.sheets if plan.is_taken or plan.is_left_out),
            title=title or name,
            version=version,
            standard=self._standard.identity,
            mode=str(self.options.mode),
        )

    def fits(self, recipe: Layout) -> float:
        """How much of a recipe is in this file: 0 to 1, the best of its sheets."""
        return max(
            (plan.share_of(sheet) for plan in self.sheets if plan.columns for sheet in recipe.sheets), default=0.0
        )

    def follow(self, recipe: Layout) -> None:
        """Read the file as a recipe says.

        KnownErrors: ``recipe-other-standard``, ``recipe-wrong``, ``recipe-misfit``.
        """
        if recipe.standard and recipe.standard != self._standard.identity:
            raise KnownError(
                "recipe-other-standard",
                _("The recipe is for another standard"),
                _("“{recipe}” was made for the standard {other}; this store follows {own}.").format(
                    recipe=recipe.title or recipe.name, other=recipe.standard, own=self._standard.identity
                ),
                _("Import without the recipe and keep the answers as a new one."),
            )
        try:
            check_layout(recipe, self._standard)
        except LayoutError as error:
            raise KnownError(
                "recipe-wrong",
                _("The recipe cannot be used"),
                _("“{recipe}”: {detail}").format(recipe=recipe.title or recipe.name, detail=error),
                _("Import without the recipe and keep the answers as a new one."),
            ) from error
        self._forget_remembered()
        is_followed = [
            self._follow(plan, recipe.sheets)
            for plan in self.sheets
            if not plan.raw.is_hidden or self.options.sheet is not None
        ]
        if not any(is_followed):
            raise KnownError(
                "recipe-misfit",
                _("The recipe does not fit this file"),
                _("“{file}” has too few of the headings that “{recipe}” is made for.").format(
                    file=self.file, recipe=recipe.title or recipe.name
                ),
                _("Choose another recipe, or import without one."),
            )
        self.options = replace(self.options, mode=Mode(recipe.mode))
        self.followed = recipe

    def _forget_remembered(self) -> None:
        """What this machine remembers of other files is no part of a recipe: only answers of this session stay."""
        self._remembered = {}
        for plan in self.sheets:
            if plan.name in self._recalled:
                plan.kind_code = self.options.kind or ""
                plan.look(self._kinds)
                self._recall(plan)

    def _follow(self, plan: SheetPlan, sheets: Sequence[SheetLayout]) -> bool:
        """Read a sheet as the likest one of a recipe says, or leave it out as that does; whether there is one. A sheet
        that has too few of its columns stays as it was understood."""
        if any(not one.blocks and plan.is_left_out_by(one) for one in sheets):
            plan.is_taken, plan.is_left_out = False, True
            return False
        read = [one for one in sheets if one.blocks]
        if not read:
            return False
        best = max(read, key=lambda one: (plan.share_of(one), fold(one.name) == fold(plan.name)))
        is_fixed = bool(best.first_row or best.header_rows)
        before = (plan.first_row, plan.header_rows, plan.kind_code, plan.shape)
        has_looked = best.shape is not Shape.TABLE or is_fixed or not plan.columns
        if has_looked:
            if is_fixed:
                plan.first_row, plan.header_rows = best.first_row, best.header_rows
            plan.kind_code, plan.shape = best.blocks[0].kind, best.shape
            plan.look(self._kinds)
        if plan.columns and plan.share_of(best) >= ENOUGH_COLUMNS:
            plan.kind_code = best.blocks[0].kind
            plan.follow(best)
            return True
        if has_looked:
            plan.first_row, plan.header_rows, plan.kind_code, plan.shape = before
            plan.look(self._kinds)
            self._recall(plan)
        return False

    # Understanding

    @property
    def _taken(self) -> list[SheetPlan]:
        return [plan for plan in self.sheets if plan.is_taken]

    @property
    def _kinds(self) -> list[Kind]:
        if self.options.kind is not None:
            return [self._standard.kind(self.options.kind)]
        return list(self._standard.described)

    def _understand(self) -> None:
        chosen = self._chosen_sheets()
        for raw in chosen:
            plan = SheetPlan(raw, self._standard, kind_code=self.options.kind or "")
            self.sheets.append(plan)
            plan.look(self._kinds)
            self._recall(plan)
        if self.options.sheet is None:
            left_out = [raw for raw in self._workbook.sheets if raw.is_hidden and raw not in chosen]
            self._hidden = [raw.name for raw in left_out if self._has_rows(raw)]

    def _recall(self, plan: SheetPlan) -> None:
        if not plan.is_taken:
            return
        known = self._known(f"{plan.template}/@kind")
        if plan.rivals and known in {kind.code for kind in plan.rivals}:
            plan.kind_code = str(known)
            plan.look(self._kinds)
            self._recalled.add(plan.name)
        if plan.remember(self._known):
            self._recalled.add(plan.name)

    def _look(self, sheet: str, **fixed: Any) -> None:
        plan = self.sheet(sheet)
        before = {name: getattr(plan, name) for name in fixed}
        for name, value in fixed.items():
            setattr(plan, name, value)
        plan.look(self._kinds)
        if not plan.columns:
            for name, value in before.items():
                setattr(plan, name, value)
            plan.look(self._kinds)
            raise KeyError(sheet)
        self._recall(plan)

    def _chosen_sheets(self) -> list[RawSheet]:
        sheets = self._workbook.sheets
        if self.options.sheet is None:
            visible = [sheet for sheet in sheets if not sheet.is_hidden]
            return visible or list(sheets)
        wanted = [sheet for sheet in sheets if fold(sheet.name) == fold(self.options.sheet)]
        if not wanted:
            raise KnownError(
                "no-such-sheet",
                _("There is no such sheet"),
                _("“{file}” has no sheet “{sheet}”.").format(file=self.file, sheet=self.options.sheet),
                _("Its sheets are: {sheets}.").format(sheets="、".join(sheet.name for sheet in sheets[:20])),
            )
        return wanted

    def _has_rows(self, raw: RawSheet) -> bool:
        """Whether a sheet holds records: a header by which they can be told apart, and something below it."""
        plan = SheetPlan(raw, self._standard)
        plan.look(self._kinds)
        return plan.is_taken and plan.is_usable and plan.understood is not None and any(
            int(row[0]) > plan.understood.last_row for row in raw.head
        )  # fmt: skip

    def _known(self, key: str) -> str | None:
        return self.answers.get(key) or self._remembered.get(key)

    def _open_columns(self) -> Iterator[tuple[SheetPlan, ColumnPlan]]:
        for plan in self._taken:
            for column in plan.columns.values():
                if column.is_open:
                    yield plan, column

    # Reading

    def _run(self, reader: Lookup, kinds: set[str]) -> ImportRun:
        noted: set[str] = set()
        for code in kinds:
            kind = self._standard.kind(code)
            noted.update(kind.parents, kind.references.values())
        index = FileIndex(noted)
        lookup = Drafting(reader, self._standard, self._level)
        return ImportRun(
            file=self.file,
            standard=self._standard,
            lookup=lookup,
            rule_base=self._rule_base,
            mode=self.options.mode,
            new_id=new_id,
            index=index,
            references=References(self._standard, lookup, index, new_id),
            parents=Parents(self._standard, lookup, index),
            known_codes=KnownCodes(self._rule_base),
        )

    def _read(
        self, plan: SheetPlan, run: ImportRun, accepted: Mapping[tuple[str, int, int], str], progress: Progress
    ) -> SheetReader:
        understood = plan.understood
        assert understood is not None
        # A column without a heading that is known may still begin to speak further down.
        unheard = [
            heading.column
            for heading in understood.silent
            if heading.parts and not heading.samples and not plan.columns[heading.column].targets
        ]
        mends = {
            (row, place): text
            for told in (accepted, self.mends)
            for (sheet, row, place), text in told.items()
            if sheet == plan.name
        }
        reader = SheetReader(run, plan.name, plan.layout, plan.headings, understood.last_row, unheard, mends)
        run.new_ids.update(run.references.proposed)
        keeps = plan.raw.row_count <= KEPT_ROWS
        kept: dict[int, RawRow] = {}
        is_form = plan.layout.shape is Shape.FORM  # in which a line of one merged cell may be a label with its value
        for rows in self._workbook.rows(plan.raw.index, progress, with_banners=is_form):
            if int(rows[0][0]) <= understood.last_row:
                first = bisect.bisect_right([int(row[0]) for row in rows], understood.last_row)
                rows = rows[first:]  # noqa: PLW2901 - what stands below the header
            if rows:
                if keeps:
                    kept.update((int(row[0]), row) for row in rows)
                    keeps = len(kept) <= KEPT_ROWS
                reader.take(rows)
        banners = self._workbook.banners.get(plan.raw.index, ())
        reader.pass_over([number for number in banners if number > understood.last_row])
        reader.finish()
        self._kept[plan.name] = kept if keeps else {}
        reader.loose_issues += self._loose_issues(plan)
        return reader

    def _loose_issues(self, plan: SheetPlan) -> list[Issue]:
        unsaid = N_("Nobody said what the column “{heading}” holds; its values were left out.")
        nameless = N_("The column {heading} has no heading; its values were left out.")
        understood = plan.understood
        assert understood is not None
        nobody = [column.heading for column in plan.columns.values() if column.is_open]
        nobody += [
            heading
            for heading in understood.silent
            if heading.samples and not heading.parts and plan.columns[heading.column].source is Source.NOTHING
        ]
        issues = [
            Issue(
                "column-left-out",
                Severity.WARNING,
                unsaid if heading.parts else nameless,
                {"heading": heading.path or column_letters(heading.column)},
                place=plan.place_of(self.file, heading),
            )
            for heading in nobody
        ]
        issues += [
            Issue(
                "recipe-column-missing",
                Severity.WARNING,
                N_("The recipe has a column “{heading}”; this sheet has none of that name, so it fills nothing."),
                {"heading": heading},
                place=Place(self.file, plan.name),
            )
            for heading in plan.missing
        ]
        if plan.rivals and plan.kind is not None:
            issues.append(
                Issue(
                    "kind-not-chosen",
                    Severity.WARNING,
                    N_("Nobody said what the rows of the sheet “{sheet}” are. They were read as {kind}."),
                    {"sheet": plan.name, "kind": plan.kind.label},
                    place=Place(self.file, plan.name),
                )
            )
        issues += self._hidden_parts(plan)
        issues += [
            Issue(
                "stray-cell",
                Severity.WARNING,
                N_("The cell {cell} lies far to the right of the table and was not read."),
                {"cell": cell},
                place=_place_of(self.file, plan.name, cell),
            )
            for cell in self._workbook.stray.get(plan.raw.index, ())
        ]
        return issues

    def _hidden_parts(self, plan: SheetPlan) -> Iterator[Issue]:
        """What the office program does not show was read like all else: the person should know."""
        raw = self._workbook.sheets[plan.raw.index]  # reading the whole sheet may have found more
        last = plan.understood.last_row if plan.understood is not None else 0
        ranges = [(max(first, last + 1), end) for first, end in raw.hidden_row_ranges if end > last]
        if ranges:
            told = "、".join(str(first) if first == end else f"{first}–{end}" for first, end in ranges[:LISTED_RANGES])
            yield Issue(
                "hidden-rows",
                Severity.HINT,
                N_("{count} hidden or filtered rows were read as well: {rows}."),
                {"count": raw.hidden_rows, "rows": told + ("…" if len(ranges) > LISTED_RANGES else "")},
                place=Place(self.file, plan.name, ranges[0][0]),
            )
        for place in raw.hidden_columns:
            column = plan.columns.get(place)
            if column is not None and column.targets:
                yield Issue(
                    "hidden-column",
                    Severity.HINT,
                    N_("The hidden column {column} “{heading}” was read as well."),
                    {"column": column_letters(place), "heading": column.heading.path},
                    place=plan.place_of(self.file, column.heading),
                )

    def _finish(self, run: ImportRun, readers: list[SheetReader]) -> Proposal:
        imports = [one for reader in readers for one in reader.imports]
        self._complete_codes(run, imports)
        issues: list[Issue] = []
        for plan in self.sheets:
            if not plan.is_taken and plan.why and plan.raw.head:
                issues.append(
                    Issue(
                        "sheet-left-out",
                        Severity.HINT,
                        LEFT_OUT.get(plan.why, NO_HEADER),
                        {"sheet": plan.name},
                        place=Place(self.file, plan.name),
                    )
                )
        issues += [
            Issue(
                "sheet-left-out",
                Severity.HINT,
                N_("The sheet “{sheet}” is hidden; it was left out. Unhide it to have it imported."),
                {"sheet": name},
                place=Place(self.file, name),
            )
            for name in self._hidden
        ]
        issues += run.lookup.remarks(self.file)
        issues += [issue.at(Place(self.file)) for issue in run.references.settle_codes()]
        for reader in readers:
            issues += reader.loose_issues
            for sheet in reader.imports:
                issues += sheet.loose_issues
                for row in sorted(sheet.table.issues, key=sheet.table.numbers.__getitem__):
                    issues += sheet.table.issues[row]
        unlisted = max(run.issue_count - LISTED_ISSUES, 0)
        if unlisted:
            issues.append(
                Issue(
                    "more-issues",
                    Severity.HINT,
                    N_("{count} more issues are not listed. Correct these first and import again."),
                    {"count": unlisted},
                    place=Place(self.file),
                )
            )
        return Proposal(
            file=self.file,
            tables=[sheet.table for sheet in imports],
            references=run.references.changes(),
            issues=issues,
            rows_read=sum(reader.rows_read for reader in readers),
            rows_passed_over=sum(reader.rows_passed_over for reader in readers),
            remembered=dict(self.answers),
            unlisted_issues=unlisted,
        )

    def _complete_codes(self, run: ImportRun, imports: Iterable[SheetImport]) -> None:
        """Suggest for a wrong credit code the body's right one, which another row or the store may know."""
        tables = [sheet.table for sheet in imports if sheet.table.issues]
        if not tables:
            return
        for record in run.lookup.get(sorted(run.references.existing)):
            kind = self._standard.kind(record.kind)
            for code, element in kind.elements.items():
                value = record.elements.get(code)
                if isinstance(element.type, CreditCode) and isinstance(value, str) and code in kind.code_elements:
                    run.known_codes.codes.setdefault(record.id, set()).add(value)
        for table in tables:
            for row, issues in table.issues.items():
                table.issues[row] = run.known_codes.completed(issues)


NO_HEADER = N_("No header was found in the sheet “{sheet}”; it was left out.")
LEFT_OUT = {
    "cover": N_("The sheet “{sheet}” is a cover or an instruction; it was left out."),
    "empty": N_("The sheet “{sheet}” is empty; it was left out."),
}
"""Why a sheet is left out, by the word of ``Understood.why``."""


def _place_of(file: str, sheet: str, cell: str) -> Place:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return Place(file, sheet, int(cell[len(letters) :]), column)


def _sequence(standard: Standard, kinds: set[str]) -> list[str]:
    """The kinds in an order in which what is referred to, and what contains, comes first."""
    order: list[str] = []

    def place(code: str, trail: tuple[str, ...]) -> None:
        if code in order or code in trail:
            return
        kind = standard.kind(code)
        for before in (*kind.parents, *kind.references.values()):
            if before in kinds:
                place(before, (*trail, code))
        order.append(code)

    for code in standard.kinds:
        if code in kinds:
            place(code, ())
    return order
