"""From bytes to a proposal: reading, header mapping, parsing, matching. Nothing is written until somebody accepts.

Hides file formats, merged cells, header guessing, and how a row finds the record it means.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdbos_desktop.importing.asking import Choice, Mendable, Question, TextQuestion
    from gdbos_desktop.importing.plan import LEAVE_OUT, ColumnPlan, SheetPlan, Source
    from gdbos_desktop.importing.preview import PreviewCell, PreviewRow
    from gdbos_desktop.importing.proposal import Counts, Decision, Mode, Proposal, ProposedRow, ProposedRows
    from gdbos_desktop.importing.reading import RawSheet, RawWorkbook, read_workbook
    from gdbos_desktop.importing.session import ImportOptions, ImportSession

__all__ = [
    "LEAVE_OUT",
    "Choice",
    "ColumnPlan",
    "Counts",
    "Decision",
    "ImportOptions",
    "ImportSession",
    "Mendable",
    "Mode",
    "PreviewCell",
    "PreviewRow",
    "Proposal",
    "ProposedRow",
    "ProposedRows",
    "Question",
    "RawSheet",
    "RawWorkbook",
    "SheetPlan",
    "Source",
    "TextQuestion",
    "read_workbook",
]


def __getattr__(name: str) -> Any:
    # The reading process passes through here on its way to one module; it must not load the standard and the rules
    # (a quarter of a second for every file).
    if name in __all__:
        for module in ("proposal", "reading", "plan", "asking", "preview", "session"):
            found = import_module(f"{__name__}.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(name)
