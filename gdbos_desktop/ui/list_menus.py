"""The menus of a list: of a row, of a heading, of the export button. Words and order; the doing is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gdbos_desktop.domain.queries import Filter, Match
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.filter_bar import FilterBar
from gdbos_desktop.ui.list_acts import ListActs
from gdbos_desktop.ui.list_model import COMPLETE, column_of
from gdbos_desktop.ui.theme import icon

_SHOWN_LENGTH = 16


@dataclass(frozen=True)
class _Maker:
    """Adds entries to a menu that goes away with its closing."""

    menu: QMenu

    def add(self, words: str, icon_name: str, call: Callable[[], object], keys: str = "", is_on: bool = True) -> None:
        action = self.menu.addAction(icon(icon_name), words)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.setEnabled(is_on)
        action.triggered.connect(lambda _checked=False: call())


def _new_menu(parent: QWidget) -> _Maker:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return _Maker(menu)


def row_menu(acts: ListActs, bar: FilterBar, open_row: Callable[[int], None]) -> QMenu:
    """What can be done with the selected rows."""
    maker = _new_menu(acts.table)
    add, menu = maker.add, maker.menu
    count, index = acts.table.selected_count(), acts.table.currentIndex()
    number, is_there = f"{count:,}", index.isValid()
    add(_("Open"), "edit-line", lambda: open_row(index.row()), "Return", is_there)
    menu.addSeparator()
    add(_("Copy"), "file-copy-line", acts.copy_selection, "Ctrl+C", count > 0)
    add(_("Copy with headings"), "table-line", lambda: acts.copy_selection(True), "", count > 0)
    same = _same_value(acts, index.row(), index.column()) if is_there else None
    if same is not None:
        words, one, titles = same
        add(words, "filter-3-line", lambda: bar.set_filter(one.element, (one,), titles))
    if acts.may_edit:
        menu.addSeparator()
        add(_("Paste"), "clipboard-line", acts.paste, "Ctrl+V", is_there)
        add(_("Fill down"), "arrow-down-line", acts.fill_down, "Ctrl+D", count > 1)
        add(_("Change {count} …").format(count=number), "edit-box-line", acts.change_selection, "", count > 0)
    menu.addSeparator()
    words = _("Export a workbook of {count} …").format(count=number)
    add(words, "file-excel-2-line", lambda: acts.export_workbook(True), "", count > 0)
    if acts.has_guides:
        words = _("Export {count} service guides …").format(count=number)
        add(words, "file-word-2-line", lambda: acts.export_guides(True), "", count > 0)
    if acts.may_edit:
        menu.addSeparator()
        words = _("Delete {count}").format(count=number)
        add(words, "delete-bin-line", acts.delete_selection, "Del", count > 0)
    return menu


def _same_value(acts: ListActs, row: int, column: int) -> tuple[str, Filter, dict[str, str]] | None:
    listed, shown = acts.model.row_at(row), acts.model.columns[column]
    if listed is None or shown.code == COMPLETE:
        return None
    value = listed.record.elements.get(shown.code)
    if value is None or isinstance(value, tuple):
        return None
    text = listed.cells.get(shown.code, "")
    short = text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"
    words = _("Only {element} “{value}”").format(element=shown.label, value=short)
    return words, Filter(shown.code, Match.IS, value), {str(value): text}


def header_menu(
    acts: ListActs,
    bar: FilterBar,
    code: str,
    *,
    sort_by: Callable[[str, bool], None],
    is_sorted: bool,
    set_columns: Callable[[list[str]], None],
    choose_columns: Callable[[], None],
) -> QMenu:
    """What can be done with a column."""
    maker = _new_menu(acts.table)
    add, menu, header = maker.add, maker.menu, acts.table.header
    column = column_of(acts.kind, code)
    if column.is_sortable:
        add(_("Sort upward"), "sort-asc", lambda: sort_by(code, False))
        add(_("Sort downward"), "sort-desc", lambda: sort_by(code, True))
        add(_("In the order of creation"), "time-line", lambda: sort_by("", False), "", is_sorted)
        menu.addSeparator()
        words = _("Filter by {element} …").format(element=column.label)
        add(words, "filter-3-line", lambda: bar.ask_filter(code, header.place_under(code)))
        add(_("Clear this filter"), "filter-off-line", lambda: bar.set_filter(code, ()), "", code in bar.filters)
        menu.addSeparator()
    others = [one for one in acts.table.column_codes() if one != code]
    add(_("Hide this column"), "eye-off-line", lambda: set_columns(others), "", code != acts.kind.title)
    add(_("Choose columns …"), "layout-column-line", choose_columns)
    return menu


def fill_export_menu(menu: QMenu, acts: ListActs) -> None:
    """What can be exported now: the selection or the whole filtered list, as workbook or as guides."""
    menu.clear()
    maker = _Maker(menu)
    for is_selection, number in ((True, acts.table.selected_count()), (False, acts.model.rowCount())):
        where = _("selection, {count}") if is_selection else _("whole list, {count}")
        words = where.format(count=f"{number:,}")
        maker.add(
            _("Workbook ({what}) …").format(what=words),
            "file-excel-2-line",
            partial(acts.export_workbook, is_selection),
            "",
            number > 0,
        )
        if acts.has_guides:
            maker.add(
                _("Service guides ({what}) …").format(what=words),
                "file-word-2-line",
                partial(acts.export_guides, is_selection),
                "",
                number > 0,
            )
        if is_selection:
            menu.addSeparator()
