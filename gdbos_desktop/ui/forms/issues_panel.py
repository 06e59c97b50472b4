"""Every issue of the record on screen and of all it contains; a click leads to the field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from gdbos_desktop.schema import Issue, Severity
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.field import LOOKS, sentence
from gdbos_desktop.ui.forms.jump_list import JumpList, JumpRow

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


class IssuesPanel(JumpList):
    """Issues, gravest first."""

    issue_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Issues"), _("Nothing is wrong here."), "checkbox-circle-line")
        self.row_chosen.connect(self.issue_chosen)

    def show_issues(self, issues: Sequence[Issue], place_of: Callable[[Issue], str]) -> None:
        """Show these issues; ``place_of`` says where each one is."""
        self.show_rows(
            [
                JumpRow(issue, sentence(issue), place_of(issue), *LOOKS[issue.severity])
                for issue in sorted(issues, key=lambda issue: _RANK[issue.severity])
            ]
        )
