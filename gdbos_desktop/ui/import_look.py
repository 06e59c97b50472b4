"""What the columns of a file look like at one moment: taken from a session off the window's thread, then only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gdbos_desktop.domain.layouts import Block, Column, Shape
from gdbos_desktop.schema import Standard
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.services.imports import ColumnPlan, ImportSession, PreviewRow, Question, SheetPlan, Source
from gdbos_desktop.system.messages import N_, _

PREVIEW_ROWS = 200

WHY_LEFT_OUT: Mapping[str, str] = {
    "": N_("Left out by you"),
    "empty": N_("Empty"),
    "cover": N_("A cover or an instruction"),
    "no-header": N_("No headings were found"),
}


SOURCES: Mapping[str, tuple[str, str, str]] = {
    "exact": (N_("Same heading"), "checkbox-circle-line", "success"),
    "alias": (N_("Other word for it"), "checkbox-circle-line", "success"),
    "remembered": (N_("Answered before"), "history-line", "success"),
    "recipe": (N_("By the recipe"), "file-list-line", "success"),
    "person": (N_("You said so"), "user-line", "accent_text"),
    "likeness": (N_("Alike"), "question-line", "warning"),
    "nothing": (N_("Carries nothing"), "indeterminate-circle-line", "secondary"),
}
"""How it is known what a column holds: words, icon and colour."""


@dataclass(frozen=True)
class SheetLook:
    """A sheet: whether it is taken (if not, why), what its rows are, where its header is, its columns."""

    name: str
    is_taken: bool
    can_be_taken: bool
    why: str
    rows: int
    blocks: tuple[Block, ...]
    rivals: tuple[str, ...]
    first_row: int
    last_row: int
    shape: Shape
    columns: tuple[ColumnPlan, ...]
    missing: tuple[str, ...]
    is_usable: bool

    @property
    def kind(self) -> str:
        """What its rows are in the first place; '' when nobody knows."""
        return self.blocks[0].kind if self.blocks else ""

    @property
    def row_count(self) -> int:
        """How many rows stand below the header, blank ones included."""
        return max(self.rows - self.last_row, 0)

    def column(self, place: int) -> ColumnPlan | None:
        """The column at a place, from 1."""
        return next((one for one in self.columns if one.place == place), None)

    def column_at(self, row: int, column: int) -> ColumnPlan | None:
        """What a cell of the file belongs to: its column; in a form what is said of the cell itself."""
        if self.shape is not Shape.FORM:
            return self.column(column)
        return next((one for one in self.columns if one.at == (row, column)), None)

    def key_of(self, block: int) -> tuple[str, ...]:
        """By which elements records are found again, when somebody chose."""
        return self.blocks[block].key if block < len(self.blocks) else ()


@dataclass(frozen=True)
class SessionLook:
    """All sheets, the open questions, and the preview of the sheet that is shown."""

    file: str
    sheets: tuple[SheetLook, ...]
    questions: tuple[Question, ...]
    shown: str
    preview: tuple[PreviewRow, ...]
    recipe: str = ""
    wrong: tuple[tuple[int, int], ...] = ()
    """Row and column (from 0, of ``preview``) of the cells that are doubtful, row by row."""

    @property
    def sheet(self) -> SheetLook:
        """The sheet that is shown."""
        return next(one for one in self.sheets if one.name == self.shown)

    @cached_property
    def by_place(self) -> Mapping[tuple[str, int], Question]:
        """Sheet and column → the question that asks what it is."""
        return {(place.sheet, place.column): question for question in self.questions for place in question.places}

    @property
    def column_questions(self) -> Sequence[Question]:
        """The questions about columns."""
        return [question for question in self.questions if question.places]

    @property
    def guessed(self) -> Sequence[Question]:
        """The questions with a likely answer."""
        return [question for question in self.questions if question.guess]

    @property
    def is_certain(self) -> bool:
        """Whether nothing is asked and every column of the recipe was found."""
        return not self.questions and not any(sheet.missing for sheet in self.sheets if sheet.is_taken)


def look_at(session: ImportSession, shown: str = "") -> SessionLook:
    """The present state of a session; ``shown`` is the sheet to preview, '' the first that is taken."""
    sheets = tuple(_sheet(plan) for plan in session.sheets)
    names = [sheet.name for sheet in sheets]
    if shown not in names:
        shown = next((sheet.name for sheet in sheets if sheet.is_taken), names[0])
    recipe = session.followed
    preview = tuple(session.preview(shown, PREVIEW_ROWS))
    return SessionLook(
        session.file,
        sheets,
        tuple(session.questions),
        shown,
        preview,
        (recipe.title or recipe.name) if recipe is not None else "",
        tuple((n, place) for n, one in enumerate(preview) for place, cell in enumerate(one.cells) if cell.issues),
    )


def _sheet(plan: SheetPlan) -> SheetLook:
    understood = plan.understood
    return SheetLook(
        plan.name,
        plan.is_taken,
        bool(plan.columns),
        plan.why,
        plan.raw.row_count,
        plan.blocks,
        tuple(kind.code for kind in plan.rivals),
        understood.first_row if understood is not None else 0,
        understood.last_row if understood is not None else 0,
        understood.layout.shape if understood is not None else Shape.TABLE,
        tuple(plan.columns.values()),
        plan.missing,
        plan.is_usable,
    )


def target_words(standard: Standard, blocks: Sequence[Block], target: Column) -> str:
    """What a column fills, such as ``材料 › 材料名称`` or ``服务对象 = 自然人``."""
    if target.block >= len(blocks):
        return ""
    kind = standard.kind(blocks[target.block].kind)
    if not target.element:
        return kind.label  # a whole list of them in one cell
    if target.element == PARENT:
        words = kind.parent_heading or _("belongs to")
    else:
        element = kind.elements[target.element]
        words = element.label
        if target.value:
            code_list = getattr(element.type, "code_list", None)
            entry = code_list.by_code.get(target.value) if code_list is not None else None
            words = f"{words} = {entry.label if entry is not None else target.value}"
    return f"{kind.label} › {words}" if target.block else words


def is_answered_by_program(source: Source) -> bool:
    """Whether the program knew by itself what a column holds."""
    return source not in {Source.PERSON, Source.NOTHING, Source.LIKENESS}


def why_words(sheet: SheetLook) -> str:
    """Why a sheet is left out."""
    words = WHY_LEFT_OUT.get(sheet.why, N_("No headings were found"))
    return _(words)
