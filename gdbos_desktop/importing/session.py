"""One import from the first look at a file to the proposal: understands the headings, asks what it cannot know, and
turns the rows into a proposal. Prints nothing, shows nothing, writes nothing: a screen or a command line drives it.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gdbos_desktop.domain.checking import KnownCodes
from gdbos_desktop.domain.rules import RuleBase
from gdbos_desktop.importing.headers import (
    Header,
    Heading,
    find_header,
    fingerprint,
    header_for,
    is_usable,
    needs_parent,
)
from gdbos_desktop.importing.matching import Lookup
from gdbos_desktop.importing.proposal import Mode, Proposal
from gdbos_desktop.importing.reading import RawSheet, RawWorkbook, read_workbook
from gdbos_desktop.importing.references import FileIndex, Parents, References
from gdbos_desktop.importing.rows import LISTED_ISSUES, ImportRun, SheetImport
from gdbos_desktop.schema import Issue, Kind, Place, Severity, Standard, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import CreditCode
from gdbos_desktop.system.clock import new_id
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.system.tasks import Progress, no_progress

LEAVE_OUT = "-"
"""The answer to a question about a column: it carries nothing we keep."""
OFFERED = 10


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user fixed beforehand: one sheet by name, the mode, the kind of record."""

    sheet: str | None = None
    mode: Mode = Mode.UPSERT
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must decide: the best choice first, leaving the column out last.

    ``kind`` is the kind of which any element may be answered, '' where only the choices may.
    """

    id: str
    text: str
    choices: tuple[Choice, ...]
    place: Place
    samples: tuple[str, ...] = ()
    kind: str = ""


@dataclass
class SheetPlan:
    """A sheet and how it will be read. ``kind`` is None for sheets that are left out; ``mapping`` column → element."""

    raw: RawSheet
    header: Header | None = None
    rivals: tuple[Kind, ...] = ()
    template: str = ""
    mapping: dict[int, str] = field(default_factory=dict)
    open_columns: dict[int, Heading] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.raw.name

    @property
    def kind(self) -> Kind | None:
        """What its rows are."""
        return self.header.kind if self.header is not None else None

    def heading(self, column: int) -> Heading:
        """The heading of a column."""
        assert self.header is not None
        return next(heading for heading in self.header.headings if heading.column == column)


class ImportSession:
    """An opened file. Answer its ``questions`` (or leave those columns out), then ``propose``."""

    def __init__(
        self,
        workbook: RawWorkbook,
        standard: Standard,
        rule_base: RuleBase,
        options: ImportOptions | None = None,
        remembered: Mapping[str, str] | None = None,
    ) -> None:
        self._workbook = workbook
        self._standard = standard
        self._rule_base = rule_base
        self.options = options or ImportOptions()
        self._remembered = dict(remembered or {})
        self.answers: dict[str, str] = {}
        """The answers given in this session, by template and heading: what ``Proposal.remembered`` carries on."""
        self.sheets: list[SheetPlan] = []
        self._hidden: list[str] = []
        try:
            self._understand()
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
    ) -> ImportSession:
        """Read the top of every sheet and understand the headings; KnownError when there is nothing to import."""
        return cls(read_workbook(path, progress), standard, rule_base, options, remembered)

    @property
    def file(self) -> str:
        """The name of the file."""
        return self._workbook.path.name

    @property
    def questions(self) -> list[Question]:
        """The questions that are still open."""
        found = []
        for plan in self.sheets:
            if plan.header is None:
                continue
            if len(plan.rivals) > 1:
                found.append(self._kind_question(plan))
            found += [self._column_question(plan, heading) for heading in plan.open_columns.values()]
        return found

    def answer(self, question_id: str, choice: str) -> None:
        """Decide a question: an element's code, a kind's code, or ``LEAVE_OUT``. KeyError for what does not exist."""
        sheet, _mark, what = question_id.rpartition("!")
        plan = next((plan for plan in self.sheets if plan.name == sheet), None)
        if plan is None or plan.header is None:
            raise KeyError(question_id)
        if what == "kind":
            self._take_kind(plan, self._standard.kind(choice))
            self.answers[f"{plan.template}/@kind"] = choice
            return
        column = next((heading.column for heading in plan.header.headings if _letters(heading.column) == what), None)
        if column is None:
            raise KeyError(question_id)
        if choice not in (LEAVE_OUT, PARENT):
            plan.header.kind.elements[choice]
        self._take_answer(plan, column, choice)
        self.answers[_key(plan.template, plan.heading(column))] = choice

    def propose(self, lookup: Lookup, progress: Progress = no_progress) -> Proposal:
        """What importing the file would change in the store that ``lookup`` reads. Open columns are left out."""
        plans = [plan for plan in self.sheets if plan.header is not None]
        for plan in plans:
            assert plan.header is not None
            if not is_usable(plan.header.kind, frozenset(plan.mapping.values())):
                raise self._no_key(plan)
        kinds = {plan.header.kind.code for plan in plans if plan.header is not None}
        order = _sequence(self._standard, kinds)
        plans.sort(key=lambda plan: order.index(plan.header.kind.code) if plan.header is not None else 0)
        run = self._run(lookup, kinds)
        imports: list[SheetImport] = []
        try:
            for plan in plans:
                imports.append(self._read(plan, run, progress))
        finally:
            self._workbook.close()
        return self._finish(run, imports)

    def close(self) -> None:
        """Let go of the file; a proposal already made stays valid."""
        self._workbook.close()

    def __enter__(self) -> ImportSession:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # Understanding

    def _understand(self) -> None:
        chosen = self._chosen_sheets()
        kinds = list(self._standard.kinds.values())
        if self.options.kind is not None:
            kinds = [self._standard.kind(self.options.kind)]
        for raw in chosen:
            plan = SheetPlan(raw)
            self.sheets.append(plan)
            header, rivals = find_header(raw, kinds)
            if header is None:
                continue
            self._adopt(plan, header)
            plan.rivals = rivals if len(rivals) > 1 else ()
            known = self._known(f"{plan.template}/@kind")
            if plan.rivals and known in {kind.code for kind in rivals}:
                self._take_kind(plan, self._standard.kind(str(known)))
        if all(plan.header is None for plan in self.sheets):
            raise self._nothing_found(chosen)
        if self.options.sheet is None:
            left_out = [raw for raw in self._workbook.sheets if raw.is_hidden and raw not in chosen]
            self._hidden = [raw.name for raw in left_out if _has_rows(raw, kinds)]

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

    def _adopt(self, plan: SheetPlan, header: Header) -> None:
        plan.header = header
        plan.template = fingerprint(header.headings)
        plan.mapping = dict(header.mapping)
        open_columns = [heading.column for heading in header.unknown] + list(header.ambiguous)
        plan.open_columns = {column: plan.heading(column) for column in sorted(open_columns)}
        for column, heading in list(plan.open_columns.items()):
            if not heading.parts:
                continue
            known = self._known(_key(plan.template, heading))
            if known == LEAVE_OUT or known in header.kind.elements or (known == PARENT and header.kind.parents):
                self._take_answer(plan, column, str(known))

    def _take_kind(self, plan: SheetPlan, kind: Kind) -> None:
        header = header_for(plan.raw, kind)
        if header is None:
            raise KeyError(kind.code)
        self._adopt(plan, header)
        plan.rivals = ()

    def _take_answer(self, plan: SheetPlan, column: int, choice: str) -> None:
        plan.open_columns.pop(column, None)
        plan.mapping.pop(column, None)
        if choice == LEAVE_OUT:
            return
        for other, code in list(plan.mapping.items()):
            if code == choice:
                del plan.mapping[other]  # the person knows better than the alias
        plan.mapping[column] = choice
        plan.mapping = dict(sorted(plan.mapping.items()))

    def _known(self, key: str) -> str | None:
        return self.answers.get(key) or self._remembered.get(key)

    # Questions

    def _kind_question(self, plan: SheetPlan) -> Question:
        return Question(
            f"{plan.name}!kind",
            _("What are the rows of the sheet “{sheet}”?").format(sheet=plan.name),
            tuple(Choice(kind.code, kind.label) for kind in plan.rivals),
            Place(self.file, plan.name),
        )

    def _column_question(self, plan: SheetPlan, heading: Heading) -> Question:
        assert plan.header is not None
        kind = plan.header.kind
        taken = set(plan.mapping.values())
        rival = plan.header.ambiguous.get(heading.column, ())
        offered = [*rival, *(code for code in self._ranked(kind, heading) if code not in taken and code not in rival)]
        choices = [Choice(code, kind.elements[code].label) for code in offered[:OFFERED] if code in kind.elements]
        if rival:
            text = _("Two columns are called like “{label}”. What is in column {column} “{heading}”?").format(
                label=kind.elements[rival[0]].label if rival[0] in kind.elements else kind.parent_heading,
                column=_letters(heading.column),
                heading=heading.path,
            )
        else:
            text = _("What is in column {column} “{heading}” of the sheet “{sheet}”?").format(
                column=_letters(heading.column), heading=heading.path, sheet=plan.name
            )
        return Question(
            f"{plan.name}!{_letters(heading.column)}",
            text,
            (*choices, Choice(LEAVE_OUT, _("Leave this column out"))),
            Place(self.file, plan.name, plan.header.last_row, heading.column, heading.path),
            heading.samples,
            kind.code,
        )

    @staticmethod
    def _ranked(kind: Kind, heading: Heading) -> list[str]:
        """The elements of the kind, those first whose words are most like the heading."""
        from rapidfuzz import fuzz  # most files ask nothing

        wanted = [fold(heading.path), fold(heading.parts[-1]) if heading.parts else ""]

        def likeness(code: str) -> float:
            element = kind.elements[code]
            words = {fold(word) for word in (element.label, element.heading, *element.aliases)}
            return max(fuzz.ratio(one, word) + fuzz.partial_ratio(one, word) / 2 for one in wanted for word in words)

        return sorted(kind.elements, key=likeness, reverse=True)

    # Reading

    def _run(self, lookup: Lookup, kinds: set[str]) -> ImportRun:
        noted: set[str] = set()
        for code in kinds:
            kind = self._standard.kind(code)
            noted.update(kind.parents, kind.references.values())
        index = FileIndex(noted)
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

    def _read(self, plan: SheetPlan, run: ImportRun, progress: Progress) -> SheetImport:
        assert plan.header is not None
        header = plan.header
        headings = {heading.column: heading for heading in header.headings}
        unheard = [heading.column for heading in header.silent if not heading.samples and heading.parts]
        sheet = SheetImport(run, plan.name, header.kind, plan.mapping, headings, unheard)
        run.new_ids.update(run.references.proposed)
        for rows in self._workbook.rows(plan.raw.index, progress):
            if int(rows[0][0]) <= header.last_row:
                first = bisect.bisect_right([int(row[0]) for row in rows], header.last_row)
                rows = rows[first:]  # noqa: PLW2901 - what stands below the header
            if rows:
                sheet.take(rows)
        sheet.finish()
        sheet.loose_issues += self._loose_issues(plan)
        return sheet

    def _loose_issues(self, plan: SheetPlan) -> list[Issue]:
        assert plan.header is not None
        unsaid = N_("Nobody said what the column “{heading}” holds; its values were left out.")
        nameless = N_("The column {heading} has no heading; its values were left out.")
        issues = [
            Issue(
                "column-left-out",
                Severity.WARNING,
                unsaid if heading.parts else nameless,
                {"heading": heading.path or _letters(heading.column)},
                place=Place(self.file, plan.name, plan.header.last_row, heading.column, heading.path),
            )
            for heading in [
                *plan.open_columns.values(),
                *(heading for heading in plan.header.silent if not heading.parts and heading.samples),
            ]
        ]
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

    def _finish(self, run: ImportRun, imports: list[SheetImport]) -> Proposal:
        self._complete_codes(run, imports)
        issues: list[Issue] = []
        for plan in self.sheets:
            if plan.header is None and plan.raw.head:
                issues.append(
                    Issue(
                        "sheet-left-out",
                        Severity.HINT,
                        N_("No header was found in the sheet “{sheet}”; it was left out."),
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
        issues += [issue.at(Place(self.file)) for issue in run.references.settle_codes()]
        for sheet in imports:
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
            rows_read=sum(sheet.rows_read for sheet in imports),
            rows_passed_over=sum(sheet.rows_passed_over for sheet in imports),
            remembered=dict(self.answers),
            unlisted_issues=unlisted,
        )

    def _complete_codes(self, run: ImportRun, imports: list[SheetImport]) -> None:
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

    # Refusals

    def _nothing_found(self, sheets: list[RawSheet]) -> KnownError:
        title = _("There is nothing to import")
        filled = [sheet for sheet in sheets if sheet.head or sheet.stray]
        names = "、".join(sheet.name for sheet in (filled or sheets)[:5])
        if not filled:
            return KnownError(
                "empty-sheet", title, _("“{file}”: the sheet “{sheet}” is empty.").format(file=self.file, sheet=names),
                _("Choose the file that holds the list, with its headings in the first rows."),
            )  # fmt: skip
        strays = [(sheet.name, cell) for sheet in filled for cell in sheet.stray]
        if strays:
            sheet, cell = strays[0]
            return KnownError(
                "stray-cells",
                title,
                _("“{file}”: the sheet “{sheet}” has no table; its cell {cell} is filled, far outside of one.").format(
                    file=self.file, sheet=sheet, cell=cell
                ),
                _("Delete the empty columns with that cell, or choose the sheet with the list."),
            )
        example = filled[0]
        texts = [text for row in example.head[:1] for text in row[1:] if text.strip()][:6]
        return KnownError(
            "no-header",
            title,
            _("“{file}”, sheet “{sheet}”: no row was recognised as headings (row {row} begins with: {texts}).").format(
                file=self.file,
                sheet=names,
                row=example.head[0][0] if example.head else min(example.banners, default=1),
                texts="、".join(text.strip()[:12] for text in texts) or "—",
            ),
            _(
                "The headings must stand in one of the first rows, with a column for the name, such as {examples}."
            ).format(
                examples="、".join(
                    kind.elements[kind.title].heading
                    for kind in self._standard.kinds.values()
                    if not needs_parent(kind)
                )
            ),
        )

    def _no_key(self, plan: SheetPlan) -> KnownError:
        assert plan.header is not None
        kind = plan.header.kind
        missing = kind.elements[kind.title].heading
        if needs_parent(kind) and PARENT not in plan.mapping.values():
            missing = kind.parent_heading
        return KnownError(
            "no-key",
            _("There is nothing to import"),
            _("“{file}”, sheet “{sheet}”: no column is “{heading}”, so the rows cannot be told apart.").format(
                file=self.file, sheet=plan.name, heading=missing
            ),
            _("Say which column it is, or add it to the table."),
        )


def _has_rows(raw: RawSheet, kinds: list[Kind]) -> bool:
    """Whether a sheet holds records: a header by which they can be told apart, and something below it."""
    header, _rivals = find_header(raw, kinds)
    return header is not None and header.is_usable and any(int(row[0]) > header.last_row for row in raw.head)


def _key(template: str, heading: Heading) -> str:
    return f"{template}/{fold(heading.path)}"


def _letters(column: int) -> str:
    return Place(column=column).column_letters


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
