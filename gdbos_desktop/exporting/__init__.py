"""From records to files: lists as workbooks, service guides and reports as Word documents.

Hides Excel and Word libraries, styles, page set-up, and how a file comes to be whole or not at all.
"""

from gdbos_desktop.exporting.guide import GuideProblem, GuideResult, write_guides
from gdbos_desktop.exporting.workbook import ExportReader, ExportResult, export_workbook

__all__ = [
    "ExportReader",
    "ExportResult",
    "GuideProblem",
    "GuideResult",
    "export_workbook",
    "write_guides",
]
