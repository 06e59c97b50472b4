"""What a sheet holds, as a layout: where its header is, what its columns mean, what is not certain.

Hides all guessing about shapes. What cannot be known is told apart from what is known: unknown and ambiguous columns,
kinds that fit equally, and why a sheet is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gdbos_desktop.domain.layouts import Block, Column, Shape, SheetLayout
from gdbos_desktop.importing.headers import Header, Heading, find_header
from gdbos_desktop.importing.reading import RawSheet
from gdbos_desktop.schema import Kind, Standard


class Why(StrEnum):
    """Why a sheet is left out."""

    NOTHING = ""
    EMPTY = "empty"
    COVER = "cover"
    NO_HEADER = "no-header"


@dataclass(frozen=True)
class Understood:
    """What was understood of a sheet. Rows are those of the file; places are columns from 1.

    ``layout`` has a column for every heading, also for those from which nothing is taken (no element); it has no
    blocks when the sheet is left out, and then ``why`` says why. ``confidence`` is place → 0 … 1, ``source`` place →
    ``exact`` or ``alias``. ``unknown`` are headings that name nothing known, ``ambiguous`` places whose element
    another column fills already (with that element), ``silent`` columns without heading or values or that carry nothing
    (序号). ``rivals`` are the kinds that fit equally well, the likeliest first (blank or one: no question).
    ``usable`` says whether records can be told apart.
    """

    layout: SheetLayout
    headings: Mapping[int, Heading] = field(default_factory=dict)
    first_row: int = 0
    last_row: int = 0
    confidence: Mapping[int, float] = field(default_factory=dict)
    source: Mapping[int, str] = field(default_factory=dict)
    unknown: tuple[Heading, ...] = ()
    ambiguous: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    silent: tuple[Heading, ...] = ()
    rivals: tuple[Kind, ...] = ()
    usable: bool = False
    why: Why = Why.NOTHING

    @property
    def kind(self) -> str:
        """The kind of the first block, '' for a sheet that is left out."""
        return self.layout.blocks[0].kind if self.layout.blocks else ""


def understand(
    raw: RawSheet,
    standard: Standard,  # noqa: ARG001 - kinds inside of kinds
    kinds: Sequence[Kind],
    *,
    first_row: int = 0,
    header_rows: int = 0,
    shape: Shape | None = None,  # noqa: ARG001 - forms
) -> Understood | None:
    """The best reading of a sheet as one of ``kinds``. A given ``first_row`` and ``header_rows`` are obeyed; None when
    there is nothing where the header was said to be."""
    header, rivals = find_header(raw, kinds)
    name = SheetLayout((), (), name=raw.name, first_row=first_row, header_rows=header_rows)
    if header is None:
        return Understood(name, why=Why.NO_HEADER if raw.head else Why.EMPTY)
    return _table(name, header, rivals)


def _table(sheet: SheetLayout, header: Header, rivals: tuple[Kind, ...]) -> Understood:
    columns = tuple(
        Column(heading.path, header.mapping.get(heading.column, ""), place=heading.column)
        for heading in header.headings
        if heading.parts or heading.column in header.mapping
    )
    return Understood(
        replace(sheet, blocks=(Block(header.kind.code),), columns=columns),
        {heading.column: heading for heading in header.headings},
        header.first_row,
        header.last_row,
        dict.fromkeys(header.mapping, 1.0),
        dict.fromkeys(header.mapping, "exact"),
        tuple(header.unknown),
        dict(header.ambiguous),
        tuple(header.silent),
        rivals if len(rivals) > 1 else (),
        header.is_usable,
    )
