"""The rows of a proposal as a table: made when they are looked at, all or those that a filter leaves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gdbos_desktop.schema import Standard
from gdbos_desktop.services.imports import Decision, ProposedRow, ProposedRows
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.forms.field import LOOKS, sentence, worst
from gdbos_desktop.ui.import_reviewed import DECISIONS, place_words
from gdbos_desktop.ui.theme import icon

Index = QModelIndex | QPersistentModelIndex

_HEADINGS = (N_("Decision"), N_("Place"), N_("Name"), N_("What changes, what is wrong"))


class ReviewModel(QAbstractTableModel):
    """The rows of a proposal, all or those a filter leaves."""

    def __init__(self, standard: Standard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._standard = standard
        self._rows: ProposedRows | None = None
        self._places: Sequence[int] | None = None
        self._cached: tuple[int, ProposedRow] | None = None
        self.with_sheets = False
        """Whether the rows come from several sheets."""
        self._mended: Collection[tuple[str, int]] = ()

    def show_rows(self, rows: ProposedRows | None, places: Sequence[int] | None = None) -> None:
        """Show these rows; ``places`` limits to some of them."""
        self.beginResetModel()
        self._rows, self._places, self._cached = rows, places, None
        self.endResetModel()

    def show_mended(self, rows: Collection[tuple[str, int]]) -> None:
        """Mark the rows (sheet, number) that were mended and not compared since."""
        self._mended = set(rows)
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(_HEADINGS) - 1))

    @property
    def places(self) -> Sequence[int] | None:
        """The places of the rows that the filter leaves; None: all."""
        return self._places

    def proposed(self, number: int) -> ProposedRow:
        """The row shown at a place of the table."""
        place = number if self._places is None else self._places[number]
        if self._rows is None:
            raise IndexError(number)
        if self._cached is None or self._cached[0] != place:
            self._cached = (place, self._rows[place])  # the cells of a row are asked for one after the other
        return self._cached[1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's names and defaults
        if parent.isValid() or self._rows is None:
            return 0
        return len(self._rows) if self._places is None else len(self._places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADINGS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        column = index.column()
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            proposed = self.proposed(index.row())
            if column == 0:
                return _(DECISIONS[proposed.decision][0])
            if column == 1:
                return place_words(proposed.place, self.with_sheets)
            if column == 2:
                return proposed.title
            return self.remark(proposed)
        if role == Qt.ItemDataRole.DecorationRole and column in {0, 3}:
            proposed = self.proposed(index.row())
            if self._is_mended(proposed):
                return icon("edit-2-line", "accent_text") if column else icon("time-line", "secondary")
            if column == 0:
                return icon(*DECISIONS[proposed.decision][1:])
            severity = worst(proposed.issues)
            if severity is not None:
                return icon(*LOOKS[severity])
            return icon("draft-line", "accent_text") if proposed.is_draft else None
        return None

    def remark(self, proposed: ProposedRow) -> str:
        """One line about a row: what is wrong, else what changes."""
        if self._is_mended(proposed):
            return _("Mended, not compared again yet")
        if proposed.issues:
            more = len(proposed.issues) - 1
            words = sentence(proposed.issues[0])
            return words + (_(" and {count} more").format(count=more) if more else "")
        if proposed.decision is Decision.CHANGED and proposed.change is not None:
            kind = self._standard.kind(proposed.kind)
            labels = [kind.elements[code].label for code in proposed.change.after if code in kind.elements]
            words = _("Changes: {names}").format(names="、".join(labels) or _("its place"))
            return _("Into the draft version. ") + words if proposed.is_draft else words
        return ""

    def _is_mended(self, proposed: ProposedRow) -> bool:
        return bool(self._mended) and (proposed.place.sheet, proposed.place.row) in self._mended
