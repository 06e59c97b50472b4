"""What a sheet holds, as a layout: where its header is, what its columns mean, what is not certain.

Hides all guessing about shapes. What cannot be known is told apart from what is known: unknown and ambiguous columns,
kinds that fit equally, and why a sheet is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gdbos_desktop.domain.layouts import Column, Shape, SheetLayout
from gdbos_desktop.importing.forms import Form, find_form
from gdbos_desktop.importing.headers import Header, Heading, find_header, header_for, unknown_header
from gdbos_desktop.importing.inner_blocks import Found, find_blocks
from gdbos_desktop.importing.passing import numbers_columns
from gdbos_desktop.importing.reading import RawRow, RawSheet
from gdbos_desktop.importing.words import ADVICE, BELOW_HEADING, COVERS, LIKELY_COVERS, SENTENCE_ENDS
from gdbos_desktop.schema import Kind, Standard, fold

ROWS_BELOW_HEADER = 3
"""So many rows of units, numbers and advice may stand between header and data."""
FORM_SHARE = 1.5
"""So many times as many labels with values as headings of a table make a form."""
FEW_HEADINGS = 5
LEAST_OF_CONTAINER = 3
"""A list of materials that has so many columns of their item is a list of items with their materials."""
_CONFIDENCE = {3: 1.0, 2: 0.9, 1: 0.8}


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
    blocks when the sheet is left out, and then ``why`` says why. ``last_row`` is the last row of the header and of what
    stands between it and the data. ``confidence`` is place → 0 … 1, ``source`` place → ``exact`` or ``alias``.
    ``unknown`` are headings that name nothing known, ``ambiguous`` places whose element another column fills already
    (with that element), ``silent`` columns without heading or values or that carry nothing (序号). ``rivals`` are the
    kinds that fit equally well, the likeliest first (blank or one: no question). ``usable`` says whether records can
    be told apart. In a form the places are those of the values, row by row (see ``forms``).
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
    standard: Standard,
    kinds: Sequence[Kind],
    *,
    first_row: int = 0,
    header_rows: int = 0,
    shape: Shape | None = None,
) -> Understood | None:
    """The best reading of a sheet as one of ``kinds``. A given ``first_row``, ``header_rows`` and ``shape`` are obeyed;
    None when there is nothing where the header was said to be."""
    sheet = SheetLayout((), (), name=raw.name, first_row=first_row, header_rows=header_rows)
    is_told = bool(first_row or header_rows or shape)
    name = fold(raw.name)
    if not raw.head and not raw.banners:
        return Understood(sheet, why=Why.EMPTY)
    if name in COVERS and not is_told:
        return Understood(sheet, why=Why.COVER)
    header, rivals = (
        (None, ()) if shape is Shape.FORM else find_header(raw, kinds, first_row, header_rows, _known_words(standard))
    )
    if shape is not Shape.TABLE and not first_row and not header_rows and _may_be_form(header):
        form = find_form(raw, standard, kinds) if name not in LIKELY_COVERS or shape is Shape.FORM else None
        if form is not None and (header is None or form.count > FORM_SHARE * len(header.mapping)):
            return _form(sheet, form)
    if shape is Shape.FORM:
        return None
    if header is None and first_row and kinds:
        header = unknown_header(raw, kinds[0], first_row, header_rows)
        if header is None:
            return None
    if header is None or (name in LIKELY_COVERS and not header.is_usable and not is_told):
        is_cover = name in LIKELY_COVERS or header is not None or _is_prose(raw)
        return Understood(sheet, why=Why.COVER if is_cover else Why.NO_HEADER if raw.head else Why.EMPTY)
    return _table(sheet, raw, standard, kinds, header, rivals)


def _known_words(standard: Standard) -> frozenset[str]:
    """All words that a heading of any kind may be, folded."""
    if standard.identity not in _WORDS or _WORDS[standard.identity][0] is not standard:
        words = frozenset().union(*(kind.heading_index for kind in standard.kinds.values()))
        _WORDS[standard.identity] = (standard, words)
    return _WORDS[standard.identity][1]


_WORDS: dict[str, tuple[Standard, frozenset[str]]] = {}


def _is_prose(raw: RawSheet) -> bool:
    """Whether a sheet only says sentences: one text in every row, several rows, one of them long or an announcement."""
    texts = [[text for text in row[1:] if text.strip()] for row in raw.head]
    if not texts or any(len(set(row)) > 1 for row in texts):
        return False
    return len(texts) > 1 and any(len(row[0]) > 12 or row[0].rstrip().endswith(SENTENCE_ENDS) for row in texts)


def _table(
    sheet: SheetLayout,
    raw: RawSheet,
    standard: Standard,
    kinds: Sequence[Kind],
    header: Header,
    rivals: tuple[Kind, ...],
) -> Understood:
    header, last_row = _with_true_samples(raw, header)
    found = find_blocks(standard, header)
    for kind in kinds:
        # A list that has several columns of what contains its records is a list of those, too.
        if kind.code in header.kind.parents and kind is not header.kind and not _is_named_for(raw, header.kind):
            outer = header_for(raw, kind, header.first_row, header.last_row - header.first_row + 1)
            if outer is None or not outer.is_usable or len(outer.mapping) < LEAST_OF_CONTAINER:
                continue
            outer, _last = _with_true_samples(raw, outer)
            whole = find_blocks(standard, outer)
            if len(whole.blocks) > 1 and whole.count > found.count:
                header, found, rivals = outer, whole, ()
    columns = found.columns
    placed = {column.place for column in columns}
    rest = [
        Column(heading.path, place=heading.column)
        for heading in header.headings
        if heading.parts and heading.column not in placed
    ]
    silent = {heading.column for heading in header.silent}
    return Understood(
        replace(sheet, blocks=found.blocks, columns=tuple(sorted([*columns, *rest], key=lambda one: one.place))),
        {heading.column: heading for heading in header.headings},
        header.first_row,
        last_row,
        {place: _CONFIDENCE.get(precision, 0.8) for place, precision in found.precision.items()},
        _sources(standard, found),
        tuple(heading for heading in header.unknown if heading.column not in placed),
        {place: codes for place, codes in header.ambiguous.items() if place not in placed},
        tuple(heading for heading in header.headings if heading.column in silent and heading.column not in placed),
        rivals if len(rivals) > 1 else (),
        header.is_usable,
    )


def _sources(standard: Standard, found: Found) -> dict[int, str]:
    sources = {}
    for column in found.columns:
        kind = standard.kind(found.blocks[column.block].kind)
        element = kind.elements.get(column.element)
        words = (element.label, element.heading, element.code) if element is not None else (kind.parent_heading,)
        last = column.heading.rpartition("/")[2]
        is_exact = bool(column.value) or fold(last) in map(fold, words) or fold(column.heading) in map(fold, words)
        sources[column.place] = "exact" if is_exact else "alias"
    return sources


def _is_named_for(raw: RawSheet, kind: Kind) -> bool:
    return fold(raw.name) in {fold(word) for word in (kind.sheet, kind.label, kind.code, *kind.sheet_aliases)}


def _with_true_samples(raw: RawSheet, header: Header) -> tuple[Header, int]:
    """The header without rows of units, numbers and advice among its samples, and the last row that is no data."""
    rows = [row for row in raw.head if int(row[0]) > header.last_row and int(row[0]) not in raw.banners]
    last = header.last_row
    skipped = 0
    for row in rows[:ROWS_BELOW_HEADER]:
        if int(row[0]) != last + 1 or not _is_below_header(row):
            break
        last, skipped = last + 1, skipped + 1
    if not skipped:
        return header, last
    texts: set[str] = {text.strip() for row in rows[:skipped] for text in row[1:]}
    told = {}
    for heading in header.headings:
        said = (row[heading.column].strip() for row in rows[:skipped] if heading.column < len(row))
        below = tuple(text for text in said if text)
        if not below and texts.isdisjoint(heading.samples):
            continue
        values = (row[heading.column].strip() for row in rows[skipped:] if heading.column < len(row))
        samples = tuple(dict.fromkeys(text for text in values if text))[:3]
        told[heading.column] = replace(heading, samples=samples, below=below)
    if not told:
        return header, last
    unknown = [told.get(heading.column, heading) for heading in header.unknown]
    fallen = [heading for heading in unknown if not heading.samples]
    changed = replace(
        header,
        headings=tuple(told.get(heading.column, heading) for heading in header.headings),
        unknown=[heading for heading in unknown if heading.samples],
        silent=[*(told.get(heading.column, heading) for heading in header.silent), *fallen],
    )
    return changed, last


def _is_below_header(row: RawRow) -> bool:
    """Whether a row under the header says how to fill in the columns, counts them, or names their units."""
    if numbers_columns(row):
        return True
    texts = [fold(text) for text in row[1:] if text.strip()]
    if len(texts) < 2:
        return False
    below = sum(bool(BELOW_HEADING.fullmatch(text)) for text in texts)
    advice = sum(bool(ADVICE.match(text)) for text in texts)
    return below == len(texts) or (advice > 0 and advice + below > len(texts) / 2 and len(texts) > 2)


def _may_be_form(header: Header | None) -> bool:
    return header is None or not header.is_usable or len(header.mapping) <= FEW_HEADINGS


def _form(sheet: SheetLayout, form: Form) -> Understood:
    columns = [*form.columns, *(Column(heading.path, place=heading.column) for heading in form.unknown)]
    return Understood(
        replace(
            sheet, shape=Shape.FORM, blocks=tuple(form.blocks), columns=tuple(sorted(columns, key=lambda c: c.place))
        ),
        dict(sorted(form.headings.items())),
        confidence={place: _CONFIDENCE.get(precision, 0.8) for place, precision in form.precision.items()},
        source=dict.fromkeys(form.precision, "alias"),
        unknown=tuple(form.unknown),
        usable=form.usable,
    )
