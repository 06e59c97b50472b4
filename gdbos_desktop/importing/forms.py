"""Forms: one record on a sheet, label left and value right. They become the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdbos_desktop.domain.layouts import SheetLayout
from gdbos_desktop.importing.headers import Heading
from gdbos_desktop.importing.reading import RawRow


class FormReader:
    """Collects the rows of a form until the sheet ends."""

    def __init__(self, layout: SheetLayout, headings: Mapping[int, Heading]) -> None:
        self._layout, self._headings = layout, headings
        self.rows: list[RawRow] = []

    def take(self, rows: Sequence[RawRow]) -> None:
        """Take notice of rows of the sheet."""
        self.rows += rows


def find_form(raw: object, standard: object, kinds: object) -> None:
    """Not yet."""
