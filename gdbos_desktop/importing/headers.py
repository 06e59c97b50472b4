"""Which row of a sheet is the header, what its columns mean, and which kind of record the sheet holds.

Hides the guessing: title rows, unit lines, headers of one to three rows with merged groups, decorated headings. What
is not certain is reported as unknown or ambiguous, never decided here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gdbos_desktop.importing.reading import RawRow, RawSheet
from gdbos_desktop.importing.words import BELOW_HEADING, HEADING_DECORATION, NOTHING_HEADINGS
from gdbos_desktop.schema import Kind, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Code, Codes

_STATEMENT = re.compile(r".[:：].")

HEADER_STARTS = 30
HEADER_HEIGHT = 3
LONGEST_HEADING = 60
SAMPLES = 3
MANY = 4
"""A row of more texts than this is a row of a header when at least one of so many is a word of a heading."""


@dataclass(frozen=True)
class Heading:
    """A column of the header: its parts from the outer group to the inner heading, and first values under it.

    ``below`` is what stands between heading and data: a unit, a remark how to fill it in.
    """

    column: int
    parts: tuple[str, ...]
    samples: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The heading as people read it, such as ``实施主体/部门名称``."""
        return "/".join(self.parts)


@dataclass
class Header:
    """What was understood of a sheet as one kind. ``mapping`` is column → element code or ``@parent``.

    ``unknown`` are headings that name nothing known, ``ambiguous`` those whose element another column already fills,
    ``silent`` columns without heading or values, and columns that carry nothing (序号). ``precision`` is how precisely
    the heading of a column names its element: 3 the whole path, 2 its last part, 1 that without decoration.
    """

    kind: Kind
    first_row: int
    last_row: int
    headings: tuple[Heading, ...]
    mapping: dict[int, str] = field(default_factory=dict)
    unknown: list[Heading] = field(default_factory=list)
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)
    silent: list[Heading] = field(default_factory=list)
    precision: dict[int, int] = field(default_factory=dict)

    @property
    def elements(self) -> frozenset[str]:
        """The elements (and ``@parent``) that have a column."""
        return frozenset(self.mapping.values())

    @property
    def is_usable(self) -> bool:
        """Whether rows of this kind could be told apart: the title or a complete key has columns."""
        return is_usable(self.kind, self.elements)


def is_usable(kind: Kind, elements: frozenset[str]) -> bool:
    """Whether columns for these elements suffice to recognise records of the kind."""
    if needs_parent(kind) and PARENT not in elements:
        return False
    return kind.title in elements or any(elements.issuperset(key) for key in kind.keys)


def needs_parent(kind: Kind) -> bool:
    """Whether records of the kind exist only inside another one (a material, not an organisation)."""
    return not kind.stands_alone


def find_header(
    sheet: RawSheet,
    kinds: Sequence[Kind],
    first_row: int = 0,
    header_rows: int = 0,
    known_words: frozenset[str] = frozenset(),
) -> tuple[Header | None, tuple[Kind, ...]]:
    """The best reading of a sheet among ``kinds``, and the kinds that fit equally well (a question if several).

    A given ``first_row`` (of the file) and number of ``header_rows`` are obeyed. ``known_words`` are folded headings of
    other kinds that may stand in these."""
    candidates = _candidates(sheet, first_row, header_rows)
    name = fold(sheet.name)
    words = known_words.union(*(kind.heading_index for kind in kinds))
    found: list[tuple[tuple[bool, bool, int], Header]] = []
    for kind in kinds:
        header = _best_header(kind, candidates, words)
        if header is None or _is_first_column_of_form(header, words):
            continue
        is_named = name in {fold(word) for word in (kind.sheet, kind.label, kind.code, *kind.sheet_aliases)}
        found.append(((header.is_usable, is_named and header.is_usable, len(header.mapping)), header))
    if not found:
        return None, ()
    # Of kinds that fit equally the one with the most elements is what lists are mostly made of.
    best_score, best = max(found, key=lambda entry: (entry[0], len(entry[1].kind.elements)))
    if best_score[0] and not best_score[1]:
        # Items without a column of names are no list of departments: rather ask for the names than take what is left.
        lame_score, lame = max(found, key=lambda entry: (entry[0][2], -entry[1].kind.order))
        if lame_score[2] >= max(3, 2 * best_score[2]):
            return lame, (lame.kind,)
    if not best_score[0] and not _is_worth_asking(best):
        return None, ()
    equal = [header.kind for score, header in found if score == best_score]
    return best, tuple(sorted(equal, key=lambda kind: kind is not best.kind))


def _is_first_column_of_form(header: Header, words: frozenset[str]) -> bool:
    """Whether the names below the heading are headings themselves: a form filled downwards, not a list."""
    for heading in header.headings:
        if header.mapping.get(heading.column) == header.kind.title:
            return len(heading.samples) > 1 and words.issuperset(map(fold, heading.samples))
    return False


def header_for(sheet: RawSheet, kind: Kind, first_row: int = 0, header_rows: int = 0) -> Header | None:
    """The best reading of a sheet as one kind."""
    return _best_header(kind, _candidates(sheet, first_row, header_rows), frozenset(kind.heading_index))


def unknown_header(sheet: RawSheet, kind: Kind, first_row: int, header_rows: int) -> Header | None:
    """The header where a person says it is, though no word of it is known; None when there is nothing."""
    for candidate in _candidates(sheet, first_row, header_rows):
        return _understood(kind, candidate, {heading.column: ("", 0) for heading in candidate.headings})
    return None


def name_in(index: Mapping[str, str], parts: tuple[str, ...], prefixes: Sequence[str] = ()) -> tuple[str, int]:
    """The element that a heading names in an index of headings, and how precisely; '' for none.

    ``prefixes`` are words that may stand before its last part, as its group says: 材料/名称 is 材料名称.
    """
    code, precision = _lookup(index, _words(parts))
    if precision < 3 and parts:
        for prefix in prefixes:
            for last in (parts[-1], _bare(parts[-1])):
                if longer := index.get(fold(f"{prefix}{last}")):
                    return longer, 3
    return code, precision


def _is_worth_asking(header: Header) -> bool:
    # Several known headings, yet no name or key among them: a person can say which column it is.
    return len(header.mapping) >= 3 and len(header.mapping) >= len(header.headings) / 3 and bool(header.unknown)


_Words = tuple[tuple[str, int], ...]
"""What a heading may be called in an index of headings, and how precisely; the most precise first."""


@dataclass(frozen=True)
class _Candidate:
    first_row: int
    last_row: int
    headings: tuple[Heading, ...]
    words: tuple[_Words, ...]
    is_full: bool
    lower: frozenset[str]
    last: frozenset[str]
    """The texts of its last row, folded, other than those that only repeat what stands above."""


def _candidates(sheet: RawSheet, first_row: int = 0, header_rows: int = 0) -> list[_Candidate]:
    """Every run of one to three rows near the top that could be a header; of given rows only that one."""
    if first_row:
        sheet = replace(sheet, banners=frozenset(), head=tuple(row for row in sheet.head if int(row[0]) >= first_row))
    rows = [row for row in sheet.head if int(row[0]) not in sheet.banners]
    width = max((len(row) for row in rows), default=1)
    result = []
    known: dict[tuple[str, ...], _Words] = {}
    heights = range(header_rows, header_rows + 1) if header_rows else range(1, HEADER_HEIGHT + 1)
    for start in range(min(len(rows), 1 if first_row else HEADER_STARTS)):
        for height in heights:
            block = rows[start : start + height]
            if len(block) < height or int(block[-1][0]) - int(block[0][0]) != height - 1:
                break  # header rows follow each other without a gap
            grid = [[_clean(row[column]) if column < len(row) else "" for column in range(1, width)] for row in block]
            if height > 1 and not header_rows and any(_is_title_line(line) for line in grid):
                break
            if height > 1 and not header_rows and _is_row_of_units(grid):
                break
            following = rows[start + height :]
            filled = _filled(grid)
            headings = tuple(
                Heading(column, parts, _samples(following, column)) for column, parts in enumerate(_paths(filled), 1)
            )
            # Folded once for all kinds that will look.
            words = tuple(known.get(one.parts) or known.setdefault(one.parts, _words(one.parts)) for one in headings)
            is_full = all(top or not any(rest) for top, *rest in zip(*filled, strict=True))
            lower = frozenset(fold(text) for line in grid[1:] for text in line if text)
            last = frozenset(
                fold(text) for above, text in zip(grid[-2], grid[-1], strict=True) if text and text != above
            ) if height > 1 else frozenset()  # fmt: skip
            result.append(_Candidate(int(block[0][0]), int(block[-1][0]), headings, words, is_full, lower, last))
    return result


def _is_title_line(line: list[str]) -> bool:
    """Whether a row is a title (one text) or a line such as ``填报单位：… 填报日期：…``, not part of a header."""
    texts = {text for text in line if text}
    stated = sum(bool(_STATEMENT.search(text)) for text in texts)
    return len(texts) < 2 or 2 * stated >= len(texts)


def _is_row_of_units(grid: list[list[str]]) -> bool:
    """Whether the last row of a header only says units and how to fill in the columns, each under a heading of its
    own; two of them under one heading tell its columns apart."""
    below = [(above, fold(text)) for above, text in zip(grid[-2], grid[-1], strict=True) if text]
    if len(below) < 2 or not all(above and BELOW_HEADING.fullmatch(text) for above, text in below):
        return False
    return len({above for above, _text in below}) == len(below)


def _clean(text: str) -> str:
    return "".join(text.split()) if len(text) <= 4 * LONGEST_HEADING else text


def _filled(grid: list[list[str]]) -> list[list[str]]:
    """The rows of a header in which a group without merged cells reaches right until the next group."""
    filled = [list(line) for line in grid]
    for level in range(len(filled) - 1):
        below = filled[level + 1]
        for column in range(1, len(filled[level])):
            if not filled[level][column] and below[column] and filled[level][column - 1]:
                is_group = below[column - 1] and below[column - 1] != filled[level][column - 1]
                filled[level][column] = filled[level][column - 1] if is_group else ""
    return filled


def _paths(filled: list[list[str]]) -> list[tuple[str, ...]]:
    """The parts of every column's heading."""
    paths = []
    for texts in zip(*filled, strict=True):
        parts: list[str] = []
        for text in texts:
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        paths.append(tuple(parts))
    return paths


def _samples(rows: Sequence[RawRow], column: int) -> tuple[str, ...]:
    seen: list[str] = []
    for row in rows:
        text = row[column].strip() if column < len(row) else ""
        if text and text not in seen:
            seen.append(text)
            if len(seen) == SAMPLES:
                break
    return tuple(seen)


def _best_header(kind: Kind, candidates: Sequence[_Candidate], known: frozenset[str]) -> Header | None:
    """The candidate in which most elements have a column; ``known`` are all words that a heading may be."""
    best: Header | None = None
    best_score = (0, 0, 0)
    index = kind.heading_index
    for candidate in candidates:
        # The cheap look first: most rows of a table have no word of a heading in them.
        found = {
            heading.column: _lookup(index, words)
            for heading, words in zip(candidate.headings, candidate.words, strict=True)
        }
        elements = {code for code, _ in found.values() if code}
        height = candidate.last_row - candidate.first_row
        by_value = _elements_by_value(kind, candidate) if height else set()
        if _is_row_of_data(kind, candidate, known):
            continue
        elements |= by_value
        # A second row that says nothing known is data under the header.
        is_header = candidate.is_full and (not height or by_value or not known.isdisjoint(candidate.lower))
        score = (len(elements), height if is_header else -height, -candidate.first_row)
        if elements and score > best_score:
            best_score = score
            best = _understood(kind, candidate, found)
    return best


def _is_row_of_data(kind: Kind, candidate: _Candidate, known: frozenset[str]) -> bool:
    """Whether the last row of a candidate is one of data: a word of a heading among many others is a coincidence."""
    if len(candidate.last) <= MANY or len(candidate.last & known) >= len(candidate.last) / MANY:
        return False
    return not _elements_by_value(kind, candidate, candidate.last)


def _elements_by_value(kind: Kind, candidate: _Candidate, among: frozenset[str] | None = None) -> set[str]:
    """The elements of which a candidate has one column for every value: 服务对象/自然人, 服务对象/企业法人.

    Only columns whose last part is ``among`` these, when they are given.
    """
    found: dict[str, set[str]] = {}
    for heading in candidate.headings:
        if len(heading.parts) > 1 and (among is None or fold(heading.parts[-1]) in among):
            code = kind.heading_index.get(fold(heading.parts[-2]), "")
            element = kind.elements.get(code)
            if element is not None and isinstance(element.type, Code | Codes):
                value = element.type.code_list.find(heading.parts[-1])
                found.setdefault(code, set()).update([value] if value else ())
    return {code for code, values in found.items() if len(values) > 1}


def _words(parts: tuple[str, ...]) -> _Words:
    """Precisely (3) the whole path, less so (2) its last part, vaguely (1) that without decoration."""
    if not parts or max(map(len, parts)) > LONGEST_HEADING:
        return ()
    last, bare = parts[-1], _bare(parts[-1])
    words: dict[str, int] = {}
    if len(parts) > 1:
        for path in (parts, parts[-2:]):
            for joint in ("/", ""):
                words.setdefault(fold(joint.join(path)), 3)
    words.setdefault(fold(last), 3 if len(parts) == 1 else 2)
    if bare != last:
        if len(parts) > 1:
            words.setdefault(fold(f"{_bare(parts[-2])}{bare}"), 2)
        words.setdefault(fold(bare), 1)
    return tuple(words.items())


def _lookup(index: Mapping[str, str], words: _Words) -> tuple[str, int]:
    """The element a heading names, and how precisely; '' for none."""
    for word, precision in words:
        if code := index.get(word):
            return code, precision
    return "", 0


def _bare(text: str) -> str:
    """A heading without 必填 stars, numbering and units in brackets."""
    while (stripped := HEADING_DECORATION.sub("", text).strip()) != text and stripped:
        text = stripped
    return text


def _understood(kind: Kind, candidate: _Candidate, found: Mapping[int, tuple[str, int]]) -> Header:
    header = Header(kind, candidate.first_row, candidate.last_row, candidate.headings)
    owners: dict[str, int] = {}
    for heading in candidate.headings:
        code, precision = found[heading.column]
        if not code:
            is_nothing = bool(heading.parts) and fold(_bare(heading.parts[-1])) in NOTHING_HEADINGS
            if is_nothing or not heading.parts or not heading.samples:
                header.silent.append(heading)
            else:
                header.unknown.append(heading)
            continue
        owner = owners.get(code)
        if owner is None:
            owners[code] = heading.column
        elif not heading.samples:
            header.silent.append(heading)
        elif precision > found[owner][1]:
            owners[code] = heading.column
            header.ambiguous[owner] = (code,)
        else:
            header.ambiguous[heading.column] = (code,)
    header.mapping = {column: code for code, column in sorted(owners.items(), key=lambda item: item[1])}
    header.precision = {column: found[column][1] for column in header.mapping}
    return header
