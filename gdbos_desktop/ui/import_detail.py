"""One row of a review in detail: what is wrong cell by cell, mended where it stands, and what changes, old → new."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.domain.layouts import Column
from gdbos_desktop.schema import Element, Issue, Severity, Standard, Value, fold
from gdbos_desktop.schema.types import Code
from gdbos_desktop.services.imports import Decision, ProposedRow
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.forms.field import LOOKS, sentence
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_mapping import letters
from gdbos_desktop.ui.import_reviewed import DECISIONS, Reviewed, element_of, place_words
from gdbos_desktop.ui.theme import IconLabel, label, line, link_button, row, secondary, set_property

SHOWN_VALUES, SHOWN_CELLS = 60, 60
RowTexts = Mapping[int, Sequence[str]]
"""Number of a row → its texts, index 0 the number."""


class CellEditor(QWidget):
    """The text of one cell, with what is wrong about it. What is typed is judged at once; Enter takes it."""

    mended = Signal(int, int, str)
    """The row, the place of the column, and the text."""

    next_wanted = Signal()

    def __init__(
        self,
        row_number: int,
        place: int,
        words: str,
        text: str,
        issues: Sequence[Issue],
        element: Element | None = None,
        target: Column | None = None,
    ) -> None:
        super().__init__()
        self.row, self.place = row_number, place
        self._issues = tuple(issues)
        self._element, self._target = element, target
        self.field = QLineEdit(text.replace("\n", " "))
        self.field.setAccessibleName(words)
        self.field.setCursorPosition(0)
        self._told = self.field.text()
        if element is not None and isinstance(element.type, Code):
            labels = [entry.label for entry in element.type.code_list.by_code.values()]
            completer = QCompleter(labels, self.field)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self.field.setCompleter(completer)
        self.field.textEdited.connect(self._judge)
        self.field.returnPressed.connect(self.take)
        self.verdict = IconLabel(wrap=True)
        self.verdict.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        layout.addWidget(secondary(words))
        layout.addWidget(self.field)
        self._lines: list[QWidget] = []
        self.suggestion = ""
        for issue in self._issues:
            shown = IconLabel(*_look(issue, soft(sentence(issue))), wrap=True)
            layout.addWidget(shown)
            self._lines.append(shown)
            if issue.suggestion and not self.suggestion:
                self.suggestion = issue.suggestion
        if self.suggestion:
            self.mend_button = link_button(_("Change to “{text}”").format(text=_short(self.suggestion)))
            self.mend_button.clicked.connect(lambda: self.type_text(self.suggestion, take=True))
            layout.addLayout(row(18, self.mend_button, None, spacing=0))
        layout.addWidget(self.verdict)
        if any(issue.severity is Severity.ERROR for issue in self._issues):
            self.field.setProperty("state", "error")

    @property
    def is_touched(self) -> bool:
        """Whether something else was typed that was not taken yet."""
        return self.field.text() != self._told

    def type_text(self, text: str, take: bool = False) -> None:
        """Put a text into the field as if it was typed."""
        self.field.setText(text)
        self._judge(text)
        if take:
            self.take()

    def take(self) -> None:
        """Take what was typed, if it can be read, and go on."""
        if self.is_touched:
            if self.problem(self.field.text()) is not None:
                return
            self._told = self.field.text()
            self.mended.emit(self.row, self.place, self._told)
        self.next_wanted.emit()

    def problem(self, text: str) -> Issue | None:
        """What would be wrong with a text; None when it can be read."""
        element = self._element
        if element is None or not text.strip():
            return None
        value = element.parse(self._read_as(text))
        if isinstance(value, Issue):
            return value
        return next((issue for issue in element.check(value) if issue.severity is Severity.ERROR), None)

    def _read_as(self, text: str) -> str:
        values = self._target.values if self._target is not None else {}
        return {fold(old): new for old, new in values.items()}.get(fold(text), text)

    def _judge(self, text: str) -> None:
        problem = self.problem(text)
        for shown in self._lines:
            shown.setVisible(text == self._told)
        if text == self._told:
            self.verdict.hide()
            set_property(self.field, "state", "error" if self._issues else "")
            return
        if problem is not None:
            self.verdict.show_state(*_look(problem, soft(sentence(problem))))
        elif self._element is not None and text.strip():
            value = self._element.parse(self._read_as(text))
            shown_as = self._element.format(value) if not isinstance(value, Issue) else ""
            words = _("Can be read; Enter takes it and has it checked.")
            if shown_as and shown_as != text:
                words = _("Read as “{text}”; Enter takes it and has it checked.").format(text=shown_as)
            self.verdict.show_state("checkbox-circle-line", words, "success")
        else:
            self.verdict.show_state("checkbox-circle-line", _("Enter takes it."), "success")
        set_property(self.field, "state", "error" if problem is not None else "")
        self.verdict.show()


class RowDetail(QScrollArea):
    """The chosen row. ``editors`` are the cells that can be mended, the wrong ones first."""

    mended = Signal(str, int, int, str, str)
    """Sheet, row, place of the column, the text, and what the cell is called."""

    next_wanted = Signal()
    """On to the next row with a problem."""

    def __init__(self, standard: Standard) -> None:
        super().__init__()
        self._standard = standard
        self._row: ProposedRow | None = None
        self.editors: list[CellEditor] = []
        self.unfold_button: QPushButton | None = None
        """Shows the other cells of the row; None when there are none."""
        self._inner = QWidget()
        self._inner.setProperty("role", "surface")
        self._inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(16, 8, 16, 12)
        self._rows.setSpacing(8)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("The chosen row"))
        self.setWidget(self._inner)
        self.setMinimumHeight(60)

    @property
    def row(self) -> ProposedRow | None:
        """The row that is shown."""
        return self._row

    @property
    def words(self) -> str:
        """Everything that is said about the row."""
        return " ".join(shown.text() for shown in self._inner.findChildren(QLabel) if not shown.isHidden())

    def clear(self) -> None:
        """No row is chosen."""
        empty_layout(self._rows)
        self._row, self.editors, self.unfold_button = None, [], None

    def show_row(
        self,
        proposed: ProposedRow,
        names: Mapping[str, str],
        reviewed: Reviewed | None = None,
        texts: RowTexts | None = None,
    ) -> None:
        """Show a row; ``names`` are what references are called. With the ``texts`` of ``rows_of`` it can be mended."""
        self.clear()
        self._row = proposed
        words, icon_name, role = DECISIONS[proposed.decision]
        title = label(soft(proposed.title or _("no name")), "strong", wrap=True)
        state = row(IconLabel(icon_name, _(words), role), secondary(place_words(proposed.place)), None, spacing=12)
        self._rows.addWidget(title)
        self._add(state)
        if proposed.is_draft:
            words = _("The item is in force: the change goes into its draft version, what is in force stays.")
            self._rows.addWidget(IconLabel("draft-line", words, "accent_text", wrap=True))
        if proposed.issues:
            self._show_issues(proposed, reviewed, texts)
        if proposed.change is not None and proposed.change.action in {Action.CREATE, Action.EDIT}:
            if proposed.issues:
                self._rows.addWidget(line())
            self._rows.addWidget(self._values(proposed.change, names))
        elif proposed.decision is Decision.UNCHANGED:
            self._rows.addWidget(secondary(_("The store has the same values already; nothing is written."), wrap=True))
        elif proposed.decision is Decision.PROBLEM:
            self._rows.addWidget(
                secondary(_("This row is not imported as long as it is wrong. Mend it here or in the file."), wrap=True)
            )
        elif proposed.decision is Decision.SKIPPED:
            self._rows.addWidget(secondary(_("The chosen way of writing leaves this row out."), wrap=True))
        self._rows.addStretch(1)
        self.verticalScrollBar().setValue(0)

    def focus_first(self) -> bool:
        """Put the cursor into the first cell that can be mended; whether there is one."""
        if self.editors:
            self.focus_editor(self.editors[0])
        return bool(self.editors)

    def focus_editor(self, editor: CellEditor) -> None:
        """Put the cursor into a cell, all of its text selected."""
        editor.field.setFocus()
        editor.field.selectAll()
        # The places of widgets just made are known after the next turn of the event loop.
        QTimer.singleShot(0, editor, lambda: self.ensureWidgetVisible(editor, 0, 24))

    # Inside

    def _add(self, layout: QLayout) -> None:
        holder = QWidget()
        holder.setLayout(layout)
        self._rows.addWidget(holder)

    def _show_issues(self, proposed: ProposedRow, reviewed: Reviewed | None, texts: RowTexts | None) -> None:
        by_cell: dict[tuple[int, int], list[Issue]] = {}
        for issue in proposed.issues:
            place = issue.place
            row_number = place.row if place is not None and place.row else proposed.place.row
            by_cell.setdefault((row_number, place.column) if place and place.column else (0, 0), []).append(issue)
        for issue in by_cell.pop((0, 0), []):
            self._rows.addWidget(_issue_words(issue))
        if texts is None or reviewed is None:
            for issues in by_cell.values():
                for issue in issues:
                    self._rows.addWidget(_issue_words(issue))
            return
        for cell, issues in by_cell.items():
            self._rows.addWidget(self._editor(proposed, reviewed, texts, cell, issues))
        rest = [cell for cell in _cells_of(proposed, reviewed) if cell not in by_cell][:SHOWN_CELLS]
        if not rest:
            return
        if not by_cell:
            for cell in rest:
                self._rows.addWidget(self._editor(proposed, reviewed, texts, cell, ()))
            return
        more = self.unfold_button = link_button(_("Show the other {count} cells of the row").format(count=len(rest)))
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(row(more, None))

        def unfold() -> None:
            more.hide()
            for cell in rest:
                inner.addWidget(self._editor(proposed, reviewed, texts, cell, ()))

        more.clicked.connect(unfold)
        self._rows.addWidget(holder)

    def _editor(
        self,
        proposed: ProposedRow,
        reviewed: Reviewed,
        texts: RowTexts,
        cell: tuple[int, int],
        issues: Sequence[Issue],
    ) -> CellEditor:
        row_number, place = cell
        sheet_name = proposed.place.sheet
        sheet = reviewed.sheet(sheet_name)
        column = sheet.column_at(row_number, place) if sheet is not None else None
        element, target = element_of(self._standard, sheet, row_number, place)
        where = f"{letters(place)}{row_number}"
        words = f"{where}  {column.heading.path if column is not None else ''}".strip()
        known = texts.get(row_number, ())
        editor = CellEditor(
            row_number, place, words, known[place] if place < len(known) else "", issues, element, target
        )  # fmt: skip
        editor.mended.connect(lambda number, at, text: self.mended.emit(sheet_name, number, at, text, where))
        editor.next_wanted.connect(lambda: self._on_next(editor))
        self.editors.append(editor)
        return editor

    def _on_next(self, editor: CellEditor) -> None:
        wrong = [one for one in self.editors if one.suggestion or one.verdict.text or one.field.property("state")]
        later = [one for one in self.editors[self.editors.index(editor) + 1 :] if one in wrong]
        if later:
            self.focus_editor(later[0])
        else:
            self.next_wanted.emit()

    def _values(self, change: Change, names: Mapping[str, str]) -> QWidget:
        kind = self._standard.kind(change.kind)
        is_edit = change.action is Action.EDIT
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        top = Qt.AlignmentFlag.AlignTop
        codes = [code for code in kind.elements if code in change.after][:SHOWN_VALUES]
        text_of: Callable[[str, Value | None], str] = lambda code, value: self._text(kind.code, code, value, names)  # noqa: E731
        for place, code in enumerate(codes):
            after = text_of(code, change.after[code])
            name = secondary(kind.elements[code].label, wrap=True)
            name.setMaximumWidth(112)
            grid.addWidget(name, place, 0, top)
            if is_edit:
                before = label(soft(text_of(code, change.before.get(code)) or _("empty")), "secondary", wrap=True)
                grid.addWidget(before, place, 1, top)
                grid.addWidget(secondary("→"), place, 2, top)
            grid.addWidget(label(soft(after or _("empty")), wrap=True), place, 3, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 2 if is_edit else 0)
        grid.setColumnStretch(3, 3)
        return holder

    def _text(self, kind: str, code: str, value: Value | None, names: Mapping[str, str]) -> str:
        element = self._standard.kind(kind).elements[code]
        if value is None:
            return ""
        text = names.get(str(value), "") if element.type.name == "reference" else element.format(value)
        return text if len(text) <= 400 else f"{text[:400]}…"


def rows_of(proposed: ProposedRow, reviewed: Reviewed) -> list[int]:
    """The rows of the file whose texts are needed to mend a row: its own, and those in which its issues stand."""
    rows = {proposed.place.row, *(issue.place.row for issue in proposed.issues if issue.place is not None)}
    rows |= {number for number, _place in _cells_of(proposed, reviewed)}
    return sorted(rows - {0})


def _cells_of(proposed: ProposedRow, reviewed: Reviewed) -> list[tuple[int, int]]:
    """Row and column of the cells that a row is made from."""
    sheet = reviewed.sheet(proposed.place.sheet)
    places = [one.at for one in sheet.columns if one.targets] if sheet is not None else []
    return [(row_number or proposed.place.row, column) for row_number, column in places]


def _look(issue: Issue, words: str) -> tuple[str, str, str]:
    icon_name, role = LOOKS[issue.severity]
    return icon_name, words, role


def _issue_words(issue: Issue) -> QWidget:
    cell = f"{issue.place.cell}  " if issue.place is not None and issue.place.cell else ""
    words = f"{cell}{sentence(issue)}"
    if issue.suggestion:
        words += _(" Proposed: {text}").format(text=issue.suggestion)
    return IconLabel(*_look(issue, soft(words)), wrap=True)


def _short(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:24]}…"
