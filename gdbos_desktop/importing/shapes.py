"""The rows of a sheet, whatever its shape, become the rows of its blocks: what a layout says is done here.

Hides how one sheet holds records of several kinds. ``SheetReader`` takes the rows as they stand in the file;
``SheetImport`` proposes the records of one block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdbos_desktop.domain.layouts import SheetLayout
from gdbos_desktop.importing.headers import Heading
from gdbos_desktop.importing.reading import RawRow
from gdbos_desktop.importing.rows import ImportRun, SheetImport
from gdbos_desktop.schema import Issue


class SheetReader:
    """Reads one sheet by a resolved layout: every column that is read has its place.

    ``mends`` are texts that a person typed instead of what a cell says, by row number and place.
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
        self._last_header_row = last_header_row
        self._mends: dict[int, dict[int, str]] = {}
        for (number, place), text in mends.items():
            self._mends.setdefault(number, {})[place] = text
        self.imports: list[SheetImport] = []
        for number, block in enumerate(layout.blocks):
            mapping = {column.place: column.element for column in layout.columns_of(number) if column.element}
            kind = run.standard.kind(block.kind)
            self.imports.append(SheetImport(run, name, kind, mapping, headings, () if number else unheard))
        self.loose_issues: list[Issue] = []

    @property
    def rows_read(self) -> int:
        """How many records the rows speak of."""
        return sum(one.rows_read for one in self.imports)

    @property
    def rows_passed_over(self) -> int:
        """How many rows are no records: blank ones, totals, notes, repeated headers."""
        return self.imports[0].rows_passed_over

    def take(self, rows: Sequence[RawRow]) -> None:
        """Propose what rows below the header say; in the order of the file, in batches of any size."""
        if self._mends:
            rows = [self._mended(row) for row in rows]
        for one in self.imports:
            one.take(rows)

    def finish(self) -> None:
        """After the last row."""
        for one in self.imports:
            one.finish()

    def _mended(self, row: RawRow) -> RawRow:
        mends = self._mends.get(int(row[0]))
        if not mends:
            return row
        mended = [*row, *[""] * (max(mends) + 1 - len(row))]
        for place, text in mends.items():
            mended[place] = text
        return mended
