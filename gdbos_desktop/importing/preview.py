"""The first rows of a sheet as they are understood with all that is decided so far; no store is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gdbos_desktop.importing.plan import SheetPlan
from gdbos_desktop.schema import Issue, fold


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell of a preview: its text, what is understood ('' when nothing is), and what is wrong with it.

    ``place`` is that of the column by which it is read, 0 when nothing is taken from it.
    """

    text: str
    shown: str = ""
    issues: tuple[Issue, ...] = ()
    place: int = 0


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of a preview. ``role`` is header, data, above (over the header) or note (totals, notes, banners)."""

    number: int
    role: str
    cells: tuple[PreviewCell, ...]


def preview_rows(plan: SheetPlan, mends: Mapping[tuple[str, int, int], str], limit: int) -> list[PreviewRow]:
    """The first rows of a sheet; ``mends`` are the texts typed instead of cells."""
    understood = plan.understood
    first, last = (understood.first_row, understood.last_row) if understood is not None else (0, 0)
    readers: dict[int, Any] = {
        place: element.parse
        for place in plan.columns
        if plan.is_taken and (element := plan.element_at(place)) is not None
    }
    rows = []
    width = max((len(row) for row in plan.raw.head[:limit]), default=1)
    for raw in plan.raw.head[:limit]:
        number = int(raw[0])
        role = "above" if number < first else "header" if number <= last else "data"
        if number in plan.raw.banners and role == "data":
            role = "note"
        cells = []
        for place in range(1, width):
            text = raw[place] if place < len(raw) else ""
            text = mends.get((plan.name, number, place), text)
            column = plan.place_at(number, place)
            if role == "data" and column in readers:
                cells.append(_cell(plan, column, text, readers[column]) if text else PreviewCell(text, place=column))
            else:
                is_taken = role == "data" and plan.is_taken and column in plan.columns
                taken = column if is_taken and plan.columns[column].targets else 0
                cells.append(PreviewCell(text, text if taken else "", place=taken))
        rows.append(PreviewRow(number, role, tuple(cells)))
    return rows


def _cell(plan: SheetPlan, place: int, text: str, parse: Callable[[str], Any]) -> PreviewCell:
    element = plan.element_at(place)
    target = plan.columns[place].targets[0]
    if element is None or target.value:
        return PreviewCell(text, text, place=place)
    told = {fold(old): new for old, new in target.values.items()}.get(fold(text), text)
    value = parse(told)
    if isinstance(value, Issue):
        return PreviewCell(text, "", (value,), place)
    return PreviewCell(text, element.format(value), tuple(element.check(value)), place)
