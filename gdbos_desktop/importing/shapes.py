"""The rows of a sheet, whatever its shape, become the rows of its blocks: what a layout says is done here.

Hides how one sheet holds records of several kinds: which rows speak of one record and where its group ends, records in
the JSON text of a cell, columns that are filled down, forms. ``SheetReader`` takes the rows as they stand in the file;
``SheetImport`` proposes the records of one block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gdbos_desktop.domain.cells import SAME_AS_ABOVE
from gdbos_desktop.domain.layouts import Shape, SheetLayout
from gdbos_desktop.importing.blocks import REPEATS, Held, SheetBlock
from gdbos_desktop.importing.cleaning import is_blank, json_cell, same_text
from gdbos_desktop.importing.forms import FormReader
from gdbos_desktop.importing.headers import Heading
from gdbos_desktop.importing.passing import RowFilter
from gdbos_desktop.importing.reading import RawRow
from gdbos_desktop.importing.rows import ImportRun, Outcome, SheetImport
from gdbos_desktop.importing.words import NO_RECORDS
from gdbos_desktop.schema import Element, Issue, Place, Severity
from gdbos_desktop.system.messages import N_

NOTHING = Outcome()
Moved = dict[tuple[int, int], int]
"""(row number, place) → the row of the file in which the cell stands that counts here."""


class SheetReader:
    """Reads one sheet by a resolved layout: every column that is read has its place.

    ``last_header_row`` is the last row of the header, ``unheard`` are places whose columns looked empty at the top,
    ``mends`` texts that a person typed instead of what a cell says, by row number and place.
    ``imports`` has one import for every block, what contains before what is contained.
    """

    def __init__(
        self,
        run: ImportRun,
        name: str,
        layout: SheetLayout,
        headings: Mapping[int, Heading],
        last_header_row: int,
        unheard: Sequence[int] = (),
        mends: Mapping[tuple[int, int], str] = {},
    ) -> None:
        self._run, self._name, self._headings = run, name, headings
        self._last_header_row = last_header_row
        self._mends: dict[int, dict[int, str]] = {}
        for (number, place), text in mends.items():
            self._mends.setdefault(number, {})[place] = text
        self.loose_issues: list[Issue] = []
        self.imports: list[SheetImport] = []
        self._form: FormReader | None = None
        if layout.shape is Shape.FORM:
            self._form = FormReader(run, name, layout, headings)
            self.imports = self._form.imports
            return
        self._blocks = [SheetBlock(number, layout, run.standard) for number in range(len(layout.blocks))]
        for block in self._blocks:
            if block.outer is not None:
                self._blocks[block.outer].contains(block)
        self._sorted = list(self._ordered())
        for block in self._sorted:
            block.sheet = SheetImport(
                run, name, block.layout, block.columns, headings, () if self.imports else unheard,
                is_inner=block.outer is not None, is_watched=block.is_outer, places=block.places,
            )  # fmt: skip
            self.imports.append(block.sheet)
        first = self._blocks[0]
        read = [column.place for block in self._blocks for column in block.own]
        self._filter = RowFilter(first.place_of(first.kind.title), read, headings)
        self._fill = [place for block in self._blocks if block.outer is None for place in block.fill]
        self._is_list = len(self._blocks) == 1 and not first.is_json and not self._fill
        self._width = max(column.place for block in self._blocks for column in block.own) + 1
        self._open: list[RawRow] = []
        self._last: RawRow = []

    @property
    def rows_read(self) -> int:
        """How many records the rows speak of."""
        return sum(one.rows_read for one in self.imports)

    @property
    def rows_passed_over(self) -> int:
        """How many rows are no records: blank ones, totals, notes, repeated headers."""
        if self._form is not None:
            return 0
        if not self._is_list:
            return self._filter.passed_over
        return self._filter.passed_over + self.imports[0].rows_passed_over

    def take(self, rows: Sequence[RawRow]) -> None:
        """Propose what rows below the header say; in the order of the file, in batches of any size."""
        if self._mends:
            rows = [self._mended(row) for row in rows]
        if self._form is not None:
            self._form.take(rows)
            return
        kept = self._filter.kept(rows)
        if self._is_list:
            self.imports[0].take(kept)
        elif kept:
            self._take_blocks(kept)

    def pass_over(self, numbers: Sequence[int]) -> None:
        """Count rows that say something and are not to be taken: lines of one merged cell."""
        if self._form is None:
            self._filter.pass_over(numbers)

    def finish(self) -> None:
        """After the last row."""
        if self._form is not None:
            self._form.finish()
            return
        if self._open:
            self._propose(self._open)
            self._open = []
        for block in self._sorted:
            block.sheet.finish()
            if block.is_outer:
                self._take_held(block)
        self.loose_issues += self._filter.hint(self._run.file, self._name)

    def _ordered(self) -> Iterator[SheetBlock]:
        """The blocks, what contains before what is contained."""
        done: set[int | None] = {None}
        rest = list(self._blocks)
        while rest:
            ready = [block for block in rest if block.outer in done] or rest[:1]
            for block in ready:
                rest.remove(block)
                done.add(block.number)
                yield block

    def _mended(self, row: RawRow) -> RawRow:
        mends = self._mends.get(int(row[0]))
        if not mends:
            return row
        mended = [*row, *[""] * (max(mends) + 1 - len(row))]
        for place, text in mends.items():
            mended[place] = text
        return mended

    # Records of several kinds in one row

    def _take_blocks(self, rows: Sequence[RawRow]) -> None:
        width = self._width
        rows = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
        if self._fill:
            rows = [self._filled(row) for row in rows]
        first = self._blocks[0]
        if not any(block.has_rows_inside for block in self._blocks):
            self._propose(rows)
            return
        start = 0
        for index, row in enumerate(rows):
            if first.border.starts(row) and (self._open or index > start):
                self._propose([*self._open, *rows[start:index]])
                self._open, start = [], index
        self._open += rows[start:]

    def _filled(self, row: RawRow) -> RawRow:
        """A row whose blank cells are filled from the row right above it, in the columns of outermost blocks."""
        last, self._last = self._last, row
        if not last or int(row[0]) != int(last[0]) + 1:
            return row
        self._last = _filled_from(row, last, self._fill)
        return self._last

    def _propose(self, rows: Sequence[RawRow]) -> None:
        """Propose the records of whole groups of rows of the first block."""
        count = len(rows)
        # A record further right never reaches over the end of the first block's record.
        borders = [0] * count if self._blocks[0].has_rows_inside else list(range(count))
        leaves = sum(not block.is_json and not block.has_rows_inside for block in self._blocks)
        for block in self._sorted:
            outer = self._blocks[block.outer] if block.outer is not None else None
            if block.is_json:
                self._take_json(block, rows, outer)
            elif block.has_rows_inside:
                groups = outer.groups if outer is not None else borders
                self._take_groups(block, rows, groups, outer)
            else:
                groups = outer.groups if outer is not None else borders
                self._take_leaves(block, rows, groups, outer, is_one_of_many=leaves > 1)

    def _take_groups(
        self, block: SheetBlock, rows: Sequence[RawRow], outer_groups: Sequence[int], outer: SheetBlock | None
    ) -> None:
        """Rows that speak of one record become one row; ``block.groups`` says for every row which."""
        block.groups, block.merged = [], []
        merged: list[RawRow] = []
        numbers: list[int] = []
        issues: dict[int, list[Issue]] = {}
        moved: Moved = {}
        last_outer = -1
        for index, row in enumerate(rows):
            is_border = index == 0 or outer_groups[index] != last_outer
            last_outer = outer_groups[index]
            if is_border:
                block.inner_border.reset()
            is_blank_here = is_blank([row[place] for place in block.places_of_record])
            if is_blank_here and (is_border or not block.groups or block.groups[-1] < 0):
                block.groups.append(-1)
                continue
            if block.inner_border.starts(row) or is_border:
                merged.append([*row])
                numbers.append(index)
                block.groups.append(len(merged) - 1)
            else:
                block.groups.append(len(merged) - 1)
                found = self._merge(block, merged[-1], row, moved)
                if found:
                    issues.setdefault(len(merged) - 1, []).extend(found)
        block.merged = merged
        self._give(block, merged, outer, [outer_groups[index] for index in numbers], issues, moved)

    def _merge(self, block: SheetBlock, merged: RawRow, row: RawRow, moved: Moved) -> list[Issue]:
        """Add what a further row says of the same record; what it says otherwise is an issue."""
        issues = []
        number = int(merged[0])
        for place, element in block.places_of_record.items():
            text, first = row[place], merged[place]
            if text == first or not text or text.isspace() or text.strip() in REPEATS:
                continue
            if not first.strip() or first.strip() in SAME_AS_ABOVE:
                merged[place] = text
                moved[number, place] = int(row[0])
            elif not same_text(text, first) and not _mean_the_same(element, text, first):
                heading = self._headings.get(place)
                issues.append(
                    Issue(
                        "repeat-differs",
                        Severity.WARNING,
                        N_("Row {row} says “{first}” of this record, this row says “{other}”. The first was taken."),
                        {
                            "row": moved.get((number, place), number),
                            "first": first.strip()[:60],
                            "other": text.strip()[:60],
                        },
                        element.code if element is not None else "",
                        place=Place(
                            self._run.file, self._name, int(row[0]), place, heading.path if heading is not None else ""
                        ),
                    )
                )
        return issues

    def _take_leaves(
        self,
        block: SheetBlock,
        rows: Sequence[RawRow],
        outer_groups: Sequence[int],
        outer: SheetBlock | None,
        *,
        is_one_of_many: bool,
    ) -> None:
        kept: list[RawRow] = []
        groups: list[int] = []
        last: RawRow = []
        last_group = -2
        for index, row in enumerate(rows):
            texts = [row[place] for place in block.places_of_record]
            if not is_blank(texts):
                if outer is not None and block.fill and last and outer_groups[index] == last_group:
                    row = _filled_from(row, last, block.fill)  # noqa: PLW2901
                is_repeated = is_one_of_many and last and outer_groups[index] == last_group and (
                    texts == [last[place] for place in block.places_of_record]
                )  # fmt: skip
                if not is_repeated:
                    kept.append(row)
                    groups.append(outer_groups[index])
                last, last_group = row, outer_groups[index]
        block.merged, block.groups = kept, list(range(len(kept)))
        self._give(block, kept, outer, groups, {}, {})

    def _take_json(self, block: SheetBlock, rows: Sequence[RawRow], outer: SheetBlock | None) -> None:
        sources = outer.merged if outer is not None else rows
        made: list[RawRow] = []
        groups: list[int] = []
        issues: dict[int, list[Issue]] = {}
        for group, row in enumerate(sources):
            text = row[block.json_place].strip()
            if not text or text in NO_RECORDS:
                continue
            cell = json_cell(text)
            if cell.position:
                issues[len(made)] = [self._broken(block, int(row[0]), text, cell.position)]
            members: Sequence[Mapping[str, str]] = cell.members or ([{}] if cell.position else [])
            for one in members:
                made.append([row[0], *block.texts_of(one)])
                groups.append(group)
            self._tell_members(block, int(row[0]), cell.members)
        self._give(block, made, outer, groups, issues, {})

    def _broken(self, block: SheetBlock, number: int, text: str, position: int) -> Issue:
        heading = self._headings.get(block.json_place)
        return Issue(
            "broken-json",
            Severity.ERROR,
            N_("The text of the cell is broken at character {position} (“{around}”). Correct it or copy it again."),
            {"position": position, "around": text[max(position - 6, 0) : position + 6]},
            place=Place(self._run.file, self._name, number, block.json_place, heading.path if heading else ""),
        )

    def _tell_members(self, block: SheetBlock, number: int, members: Sequence[Mapping[str, str]]) -> None:
        for one in members:
            for name, value in one.items():
                if value.strip() and block.member(name) is None and name not in block.told:
                    block.told.add(name)
                    heading = self._headings.get(block.json_place)
                    self.loose_issues.append(
                        Issue(
                            "member-left-out",
                            Severity.WARNING,
                            N_("Nobody said what “{name}” in the data of this column holds; its values were left out."),
                            {"name": name},
                            place=Place(
                                self._run.file, self._name, number, block.json_place, heading.path if heading else ""
                            ),
                        )
                    )

    def _give(
        self,
        block: SheetBlock,
        rows: Sequence[RawRow],
        outer: SheetBlock | None,
        groups: Sequence[int],
        issues: Mapping[int, Sequence[Issue]],
        moved: Moved,
    ) -> None:
        """Propose rows of a block; ``groups`` are the places of the rows in ``outer.merged`` that contain them."""
        if outer is None:
            block.sheet.take(rows, None, issues, moved)
            return
        numbers = [int(outer.merged[group][0]) if group >= 0 else 0 for group in groups]
        if outer.sheet.is_waiting or outer.held:
            outer.held.append(Held(block, rows, numbers, issues, moved))
            return
        known = outer.sheet.outcomes
        block.sheet.take(rows, [known.get(number, NOTHING) for number in numbers], issues, moved)

    def _take_held(self, outer: SheetBlock) -> None:
        """Rows whose containing rows waited to the end for what contains those."""
        held, outer.held = outer.held, []
        known = outer.sheet.outcomes
        for one in held:
            outcomes = [known.get(number, NOTHING) for number in one.numbers]
            one.block.sheet.take(one.rows, outcomes, one.issues, one.moved)


def _mean_the_same(element: Element | None, text: str, other: str) -> bool:
    """Whether two texts of one element are the same value (20 and 20个工作日)."""
    if element is None:
        return False
    value = element.type.parse(text)
    return value is not None and not isinstance(value, Issue) and value == element.type.parse(other)


def _filled_from(row: RawRow, above: RawRow, places: Sequence[int]) -> RawRow:
    if all(row[place].strip() for place in places):
        return row
    filled = [*row]
    for place in places:
        if not filled[place].strip():
            filled[place] = above[place]
    return filled
