"""The last step: what was written, and what can be done with it now."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gdbos_desktop.schema import Standard
from gdbos_desktop.services.imports import Proposal
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.flow import FlowLayout, empty_layout
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.theme import IconLabel, label, primary_button, quiet_button, row, section_title


class DonePane(QFrame):
    """Counts, and the ways on."""

    def __init__(self, standard: Standard) -> None:
        super().__init__()
        self._standard = standard
        self.setProperty("role", "card")
        self._state = IconLabel("checkbox-circle-line", "", "success")
        self.heading = section_title("")
        self.heading.setWordWrap(True)
        self.words = label("", wrap=True)
        self._counts = QVBoxLayout()
        self._counts.setSpacing(4)
        self.next_button = primary_button(_("Import another file"), "upload-2-line")
        self.check_button = quiet_button(_("Check everything"), "shield-check-line")
        self.undo_button = quiet_button(_("Undo this import"), "arrow-go-back-line")
        self.result_button = quiet_button(_("Save the result file …"), "file-excel-2-line")
        self.recipe_button = quiet_button(_("Keep as a recipe …"), "file-list-line")
        buttons = QWidget()
        flow = FlowLayout(buttons, 8, 8)
        for button in (
            self.next_button, self.check_button, self.result_button, self.recipe_button, self.undo_button,
        ):  # fmt: skip
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        heading = row(self._state, self.heading)
        heading.setStretch(1, 1)
        layout.addLayout(heading)
        layout.addLayout(self._counts)
        layout.addWidget(self.words)
        layout.addWidget(buttons)
        layout.addStretch(1)

    def show_done(self, proposal: Proposal, outcome: Outcome) -> None:
        """Say what was written."""
        self._state.show_state("checkbox-circle-line", "", "success")
        self.heading.setText(_("“{file}” is imported").format(file=soft(proposal.file)))
        empty_layout(self._counts)
        for kind, counts in proposal.counts.items():
            words = _("{kind}: {created} new, {updated} changed, {unchanged} unchanged, {skipped} not imported").format(
                kind=self._standard.kind(kind).label,
                created=f"{counts.created:,}",
                updated=f"{counts.updated:,}",
                unchanged=f"{counts.unchanged:,}",
                skipped=f"{counts.not_imported:,}",
            )
            self._counts.addWidget(label(words, wrap=True))
        left = len(proposal.issues)
        words = (
            _("{count} issues of the file remain; the check page lists what the store still has.").format(count=left)
            if left
            else _("The file had no issues.")
        )
        if proposal.drafted:
            words += " " + _("{count} changes went into draft versions of items in force.").format(
                count=proposal.drafted
            )
        self.words.setText(words)
        self.undo_button.setEnabled(outcome.change_set is not None)
        self.check_button.show()
        self.result_button.show()
        self.recipe_button.show()

    def show_taken_back(self) -> None:
        """The import was undone."""
        self.undo_button.setEnabled(False)
        self.check_button.hide()
        self.result_button.hide()
        self._state.show_state("arrow-go-back-line", "", "secondary")
        self.heading.setText(_("The import was taken back."))
        self.words.setText(_("The store is as it was before. The history keeps both acts."))
