"""What kinds of issues are called where they are listed."""

from __future__ import annotations

from collections.abc import Mapping

from gdbos_desktop.schema import Severity
from gdbos_desktop.system.messages import N_, _

ISSUE_NAMES: Mapping[str, str] = {
    "number": N_("Not a number"),
    "date": N_("Not a date"),
    "unknown-code": N_("Not in the code list"),
    "damaged-code": N_("Damaged code"),
    "range": N_("Outside the allowed range"),
    "length": N_("Longer than the standard allows"),
    "url": N_("Not a web address"),
    "ambiguous-match": N_("Fits several records"),
    "ambiguous-parent": N_("Container not clear"),
    "ambiguous-reference": N_("Name not clear"),
    "duplicate-row": N_("Twice in the file"),
    "no-name": N_("Without a name"),
    "no-parent": N_("Without a container"),
    "unknown-parent": N_("Unknown container"),
    "unknown-reference": N_("Unknown name"),
    "required": N_("Required but empty"),
    "repeated-row": N_("Repeats an earlier row"),
    "code-taken": N_("Code of another record"),
    "unit-differs": N_("Units differ"),
    "unknown-unit": N_("Unknown unit"),
    "spreadsheet-error": N_("Error of the spreadsheet"),
    "stray-cell": N_("Beside the table"),
    "column-left-out": N_("Column left out"),
    "sheet-left-out": N_("Sheet left out"),
    "cleaned": N_("Cleaned"),
    "rows-passed-over": N_("Totals and notes"),
    "kind-not-chosen": N_("Kind of the rows not said"),
    "says-none": N_("Says that there is none"),
    "not-a-tick": N_("Not a tick"),
    "two-ticks": N_("Several ticks"),
    "repeat-differs": N_("Repeated differently"),
    "broken-json": N_("Broken data"),
    "member-left-out": N_("Part of the data left out"),
    "parent-problem": N_("Waits for its container"),
    "not-of-family": N_("Not of this type of item"),
    "element-locked": N_("Fixed by a higher level"),
    "state-kept": N_("State is not imported"),
    "goes-to-draft": N_("Into draft versions"),
    "moved-between-items": N_("Under another item"),
    "recipe-column-missing": N_("Column of the recipe missing"),
    "hidden-rows": N_("Hidden rows"),
    "hidden-column": N_("Hidden column"),
    "more-issues": N_("More of the same"),
}


def issue_name(code: str, rule_titles: Mapping[str, str]) -> str:
    """What to call all issues of a code: our words for it, else the title of the rule, else the code itself."""
    return _(ISSUE_NAMES[code]) if code in ISSUE_NAMES else rule_titles.get(code, code)


def severity_word(severity: Severity) -> str:
    """The word for a severity."""
    return {Severity.ERROR: _("Error"), Severity.WARNING: _("Warning"), Severity.HINT: _("Hint")}[severity]
