"""The rows of a child table as a Qt model: what a record contains of one kind, edited in the cell by type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont

from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.domain.trees import records_of, with_values
from gdbos_desktop.schema import Element, Issue, Kind, Severity, Value
from gdbos_desktop.system.messages import N_
from gdbos_desktop.ui.forms.field import LOOKS, sentence, worst
from gdbos_desktop.ui.forms.origin import origin_of
from gdbos_desktop.ui.forms.value_widget import TABULAR, FormContext
from gdbos_desktop.ui.record_table import read_tsv
from gdbos_desktop.ui.theme import code_font, color, icon, ui_font

RecordMaker = Callable[[str, str, int], Record]
"""A fresh record: (kind, id of the record that contains it, place)."""

Index = QModelIndex | QPersistentModelIndex
ISSUES = int(Qt.ItemDataRole.UserRole)
ELEMENT = ISSUES + 1
MOST_COLUMNS = 9


@dataclass(frozen=True)
class PasteResult:
    """What a paste did: rows added, cells changed, cells that meant nothing, headings nobody knows."""

    added: int = 0
    changed: int = 0
    refused: tuple[tuple[int, Issue], ...] = ()
    unknown_headings: tuple[str, ...] = ()
    left_out: int = 0


class ChildModel(QAbstractTableModel):
    """Rows of one kind. Every change gives a new tuple of frozen trees; nothing is edited in place."""

    rows_changed = Signal(object)

    def __init__(
        self, kind: Kind, context: FormContext, level: str, make_record: RecordMaker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.columns = columns_of(kind)
        self._context = context
        self._level = level
        self._make_record = make_record
        self._owner = ""
        self._rows: tuple[RecordTree, ...] = ()
        self._stored: Mapping[str, Record] = {}
        self._issues: Mapping[str, Sequence[Issue]] = {}
        self._typed: dict[tuple[str, str], tuple[str, Issue]] = {}

    # What is shown

    @property
    def rows(self) -> tuple[RecordTree, ...]:
        """The rows as they stand."""
        return self._rows

    def load(self, owner: str, rows: tuple[RecordTree, ...], stored: Iterable[RecordTree]) -> None:
        """Show the rows of another record."""
        self.beginResetModel()
        self._owner, self._rows = owner, rows
        self._stored = {tree.record.id: tree.record for tree in stored}
        self._issues, self._typed = {}, {}
        self.endResetModel()

    def show_rows(self, rows: tuple[RecordTree, ...]) -> None:
        """Show the rows as the editor numbered them after a change."""
        if [row.record.id for row in rows] == [row.record.id for row in self._rows]:
            self._rows = rows
            self._tell_all()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def show_issues(self, issues: Mapping[str, Sequence[Issue]]) -> None:
        """Issues by row id."""
        self._issues = issues
        self._tell_all()
        if self._rows:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self._rows) - 1)

    def issues_of(self, row: int, element: str = "") -> list[Issue]:
        """What is wrong with a row, or with one cell of it; typed texts that mean nothing come first."""
        record_id = self._rows[row].record.id
        typed = [issue for (own, code), (_text, issue) in self._typed.items() if own == record_id]
        found = [*typed, *self._issues.get(record_id, ())]
        if not element:
            return found
        return [issue for issue in found if issue.element == element and issue.record_id in {record_id, None}]

    def typed_text(self, record_id: str, element: str) -> str:
        """A text that means nothing and stays in its cell; '' when there is none."""
        return self._typed.get((record_id, element), ("",))[0]

    @property
    def unread_count(self) -> int:
        """How many cells hold a text that means nothing."""
        return len(self._typed)

    def is_locked(self, index: Index) -> bool:
        """Whether a level above fixes the cell, so that it takes F2 to change it."""
        record = self._rows[index.row()].record
        element = self.columns[index.column()]
        stored = self._stored.get(record.id)
        if stored is None or not self.is_above(element):
            return False
        value = stored.elements.get(element.code)
        return value is not None and record.elements.get(element.code) == value

    def is_above(self, element: Element) -> bool:
        """Whether a level above fixes an element."""
        return origin_of(element, self._level).is_above

    # Changing

    def set_value(self, row: int, element: Element, value: Value | None) -> None:
        """Give a cell a value."""
        self._typed.pop((self._rows[row].record.id, element.code), None)
        if self._rows[row].record.elements.get(element.code) == value:
            self._tell_all()
            return
        self._put(row, with_values(self._rows[row], {element.code: value}))

    def type_text(self, row: int, element: Element, text: str) -> Issue | None:
        """Give a cell what a text means; a text that means nothing stays in the cell and is told."""
        result = self._read(element, text)
        if isinstance(result, Issue):
            self.keep_text(row, element, text, result)
            return result
        self.set_value(row, element, result)
        return None

    def keep_text(self, row: int, element: Element, text: str, issue: Issue) -> None:
        """Keep a text that means nothing where it was typed, beside the value that stays."""
        record_id = self._rows[row].record.id
        self._typed[record_id, element.code] = (text, issue.about(record_id=record_id, element=element.code))
        self._tell_all()
        self.headerDataChanged.emit(Qt.Orientation.Vertical, row, row)

    def add(self, place: int) -> str:
        """Put a fresh row at a place; its id."""
        tree = RecordTree(self._make_record(self.kind.code, self._owner, place))
        self._replace((*self._rows[:place], tree, *self._rows[place:]))
        return tree.record.id

    def remove(self, places: Sequence[int]) -> int:
        """Take rows away; how many records go with them."""
        gone = set(places)
        count = sum(len(list(records_of(self._rows[place]))) for place in gone)
        self._replace(tuple(row for place, row in enumerate(self._rows) if place not in gone))
        return count

    def restore(self, rows: tuple[RecordTree, ...]) -> None:
        """Go back to earlier rows."""
        self._replace(rows)

    def move(self, places: Sequence[int], step: int) -> list[int]:
        """Move rows one up (-1) or down (1) together; where they are now."""
        rows = list(self._rows)
        chosen = sorted(places, reverse=step > 0)
        if not chosen or not 0 <= chosen[0] + step < len(rows):
            return sorted(places)
        for place in chosen:
            rows[place], rows[place + step] = rows[place + step], rows[place]
        self._replace(tuple(rows))
        return sorted(place + step for place in places)

    def clear(self, indexes: Iterable[QModelIndex]) -> int:
        """Empty cells; those that a level above fixes stay. How many were emptied."""
        rows = list(self._rows)
        count = 0
        for index in indexes:
            element = self.columns[index.column()]
            if not self.is_locked(index):
                self._typed.pop((rows[index.row()].record.id, element.code), None)
                count += rows[index.row()].record.elements.get(element.code) is not None
                rows[index.row()] = with_values(rows[index.row()], {element.code: None})
        self._replace(tuple(rows))
        return count

    def paste(self, text: str, row: int, column: int) -> PasteResult:
        """Take cells as an office program copies them.

        With a first line of headings the lines become new rows; without, they go into the cells from a place on, and
        what is over at the bottom becomes new rows.
        """
        lines = [line for line in read_tsv(text) if any(line)]
        if not lines:
            return PasteResult()
        found = [self.kind.find_heading(cell) for cell in lines[0]]
        known = [code for code in found if code in self.kind.elements]
        with_headings = len(known) >= max(1, (len(lines[0]) + 1) // 2) and len(lines) > 1
        if with_headings:
            elements = [self.kind.elements.get(code or "") for code in found]
            unknown = tuple(cell for cell, code in zip(lines[0], found, strict=True) if cell and not code)
            return self._paste(lines[1:], elements, len(self._rows), unknown)
        fitting: list[Element | None] = list(self.columns[max(column, 0) :])
        return self._paste(lines, fitting, row if row >= 0 else len(self._rows), ())

    def _paste(
        self, lines: Sequence[Sequence[str]], elements: Sequence[Element | None], start: int, unknown: tuple[str, ...]
    ) -> PasteResult:
        rows = list(self._rows)
        refused: list[tuple[int, Issue]] = []
        typed: dict[tuple[str, str], tuple[str, Issue]] = {}
        added = changed = left_out = 0
        for offset, line in enumerate(lines):
            place = start + offset
            if place >= len(rows):
                rows.append(RecordTree(self._make_record(self.kind.code, self._owner, place)))
                added += 1
            record_id = rows[place].record.id
            values: dict[str, Value | None] = {}
            for element, cell in zip(elements, line, strict=False):
                if element is None or element.code == self.kind.position_element:
                    continue
                result = self._read(element, cell)
                if isinstance(result, Issue):
                    refused.append((place, result))
                    typed[record_id, element.code] = (cell, result.about(record_id=record_id, element=element.code))
                else:
                    values[element.code] = result
                    self._typed.pop((record_id, element.code), None)
            left_out += sum(bool(cell.strip()) for cell in line[len(elements) :])
            old = rows[place].record.elements
            changed += sum(old.get(code) != value for code, value in values.items())
            rows[place] = with_values(rows[place], values)
        self._typed.update(typed)
        self._replace(tuple(rows))
        return PasteResult(added, changed, tuple(refused), unknown, left_out)

    def _read(self, element: Element, text: str) -> Value | Issue | None:
        if element.type.name != "reference":
            return element.parse(text)
        word = text.strip()
        known = [key for key, title in self._context.titles.items() if title == word]
        if not word or len(known) == 1:
            return known[0] if word else None
        message = N_("“{text}” is not in the list. Choose one from it, or add the record first.")
        return Issue("unknown-reference", Severity.ERROR, message, {"text": word}, element.code)

    def _put(self, row: int, tree: RecordTree) -> None:
        self._rows = (*self._rows[:row], tree, *self._rows[row + 1 :])
        self._tell_all()
        self.rows_changed.emit(self._rows)

    def _replace(self, rows: tuple[RecordTree, ...]) -> None:
        # Numbered like the editor will, so that what follows does not look like another change.
        rows = tuple(replace(row, record=replace(row.record, position=place)) for place, row in enumerate(rows))
        self.beginResetModel()
        self._rows = rows
        there = {row.record.id for row in rows}
        self._typed = {key: kept for key, kept in self._typed.items() if key[0] in there}
        self.endResetModel()
        self.rows_changed.emit(rows)

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))

    # Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's names and defaults
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: ARG002 - every cell can be edited
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def text(self, row: int, element: Element) -> str:
        """What a cell says."""
        record = self._rows[row].record
        typed = self._typed.get((record.id, element.code))
        return typed[0] if typed else self._context.text_of(element, record.elements.get(element.code))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        element = self.columns[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return self.text(index.row(), element)
        if role == ELEMENT:
            return element
        if role == Qt.ItemDataRole.FontRole and element.type.name in TABULAR:
            return code_font()
        if role in {ISSUES, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.BackgroundRole}:
            issues = self.issues_of(index.row(), element.code)
            if role == ISSUES:
                return issues
            if role == Qt.ItemDataRole.ToolTipRole:
                return "\n".join(map(sentence, issues)) or self.text(index.row(), element)
            severity = worst(issues)
            return color(f"{severity}_tint") if severity in {Severity.ERROR, Severity.WARNING} else None
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical:
            return self._row_header(section, role)
        if not 0 <= section < len(self.columns):
            return None
        element = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{element.label} *" if element.required and element.required_when is None else element.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return element.help or element.label
        if role == Qt.ItemDataRole.FontRole:
            font: QFont = ui_font(12)
            return font
        if role == Qt.ItemDataRole.DecorationRole and self.is_above(element):
            return icon("lock-line")
        return None

    def _row_header(self, section: int, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return str(section + 1)
        if section < len(self._rows) and role in {Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ToolTipRole}:
            issues = self.issues_of(section)
            severity = worst(issues)
            if severity is None:
                return None
            if role == Qt.ItemDataRole.ToolTipRole:
                return "\n".join(map(sentence, issues[:8]))
            return icon(*LOOKS[severity])
        return None


def columns_of(kind: Kind) -> list[Element]:
    """What a table shows of a kind: its name first, then what must be filled, then what lists show, then the rest."""
    rest = [e for e in kind.elements.values() if e.code not in {kind.title, kind.position_element}]
    title = [kind.elements[kind.title]]
    if len(rest) < MOST_COLUMNS:
        return title + rest
    chosen = [e for e in rest if e.required] + [e for e in rest if e.listed and not e.required]
    chosen += [e for e in rest if e not in chosen and e.type.name != "long_text"]
    return title + chosen[: MOST_COLUMNS - 1]
