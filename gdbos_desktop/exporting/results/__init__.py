"""The workbook back with what came of its rows: a status column, coloured cells, comments, totals per rule.

Hides the form of workbook files. A workbook (.xlsx, .xlsm) is changed in place: charts, images, macros, other sheets
stay byte for byte, only what must change changes. Whatever is no such workbook, or of a form that is not understood to
the last byte, comes back as a new workbook with its texts and the same marks.

How to fill the marks from decisions: see ``services/import_results.py``.
"""

from gdbos_desktop.exporting.results.marks import (
    CellMark,
    RawSheetRows,
    RawSheets,
    ResultWorkbook,
    RowMark,
    RuleTotal,
    SheetMarks,
    Tone,
)
from gdbos_desktop.exporting.results.writing import demand_result_target, result_ending, write_result

__all__ = [
    "CellMark",
    "RawSheetRows",
    "RawSheets",
    "ResultWorkbook",
    "RowMark",
    "RuleTotal",
    "SheetMarks",
    "Tone",
    "demand_result_target",
    "result_ending",
    "write_result",
]
