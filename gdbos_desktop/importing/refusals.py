"""Why a file cannot be imported at all, in words that say what to do."""

from __future__ import annotations

from collections.abc import Sequence

from gdbos_desktop.importing.headers import needs_parent
from gdbos_desktop.importing.plan import SheetPlan
from gdbos_desktop.importing.reading import RawSheet
from gdbos_desktop.schema import Standard
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _


def nothing_found(file: str, sheets: Sequence[RawSheet], standard: Standard) -> KnownError:
    """No sheet holds a table: ``empty-sheet``, ``stray-cells`` or ``no-header``."""
    title = _("There is nothing to import")
    filled = [sheet for sheet in sheets if sheet.head or sheet.stray]
    names = "、".join(sheet.name for sheet in (filled or sheets)[:5])
    if not filled:
        return KnownError(
            "empty-sheet", title, _("“{file}”: the sheet “{sheet}” is empty.").format(file=file, sheet=names),
            _("Choose the file that holds the list, with its headings in the first rows."),
        )  # fmt: skip
    strays = [(sheet.name, cell) for sheet in filled for cell in sheet.stray]
    if strays:
        sheet, cell = strays[0]
        return KnownError(
            "stray-cells",
            title,
            _("“{file}”: the sheet “{sheet}” has no table; its cell {cell} is filled, far outside of one.").format(
                file=file, sheet=sheet, cell=cell
            ),
            _("Delete the empty columns with that cell, or choose the sheet with the list."),
        )
    example = filled[0]
    texts = [text for row in example.head[:1] for text in row[1:] if text.strip()][:6]
    return KnownError(
        "no-header",
        title,
        _("“{file}”, sheet “{sheet}”: no row was recognised as headings (row {row} begins with: {texts}).").format(
            file=file,
            sheet=names,
            row=example.head[0][0] if example.head else min(example.banners, default=1),
            texts="、".join(text.strip()[:12] for text in texts) or "—",
        ),
        _("The headings must stand in one of the first rows, with a column for the name, such as {examples}.").format(
            examples="、".join(
                kind.elements[kind.title].heading for kind in standard.described if not needs_parent(kind)
            )
        ),
    )


def no_key(file: str, plan: SheetPlan) -> KnownError:
    """The rows of a sheet cannot be told apart: ``no-key``."""
    kind = plan.kind
    assert kind is not None
    missing = kind.elements[kind.title].heading
    elements = {target.element for column in plan.columns.values() for target in column.targets}
    if needs_parent(kind) and PARENT not in elements:
        missing = kind.parent_heading
    return KnownError(
        "no-key",
        _("There is nothing to import"),
        _("“{file}”, sheet “{sheet}”: no column is “{heading}”, so the rows cannot be told apart.").format(
            file=file, sheet=plan.name, heading=missing
        ),
        _("Say which column it is, or add it to the table."),
    )
