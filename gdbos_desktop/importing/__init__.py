"""From bytes to a proposal: reading, header mapping, parsing, matching. Nothing is written until somebody accepts.

Hides file formats, merged cells, header guessing, and how a row finds the record it means. Imports of this package
stay cheap: the reading process passes through here too.
"""

from gdbos_desktop.importing.proposal import Counts, Decision, Mode, Proposal, ProposedRow, ProposedRows
from gdbos_desktop.importing.reading import RawSheet, RawWorkbook, read_workbook
from gdbos_desktop.importing.session import LEAVE_OUT, Choice, ImportOptions, ImportSession, Question, SheetPlan

__all__ = [
    "LEAVE_OUT",
    "Choice",
    "Counts",
    "Decision",
    "ImportOptions",
    "ImportSession",
    "Mode",
    "Proposal",
    "ProposedRow",
    "ProposedRows",
    "Question",
    "RawSheet",
    "RawWorkbook",
    "SheetPlan",
    "read_workbook",
]
