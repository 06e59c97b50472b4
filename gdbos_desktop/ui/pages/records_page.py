"""The page of one kind of record: groups at the left, the list, and the form at the right. The heart of the window.

One class serves every kind; what differs comes from the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QMessageBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.access import Duty, decide
from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.domain.queries import Filter, Match, Order, Query
from gdbos_desktop.schema import Kind
from gdbos_desktop.services.records import ListRow
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.element_picker import ColumnChooser
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.filter_bar import FilterBar, no_result_words
from gdbos_desktop.ui.group_tree import GroupTree
from gdbos_desktop.ui.list_model import COMPLETE, Column, RecordListModel, column_of, first_columns
from gdbos_desktop.ui.navigator import Navigator
from gdbos_desktop.ui.pages.page import Page
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.record_table import RecordTable, tsv
from gdbos_desktop.ui.theme import icon, primary_button, quiet_button

LAYOUTS = "list-layout"
SAVE_PAUSE_MS = 800
FOLLOW_PAUSE_MS = 200
COUNT_PAUSE_MS = 250
ASK_BEFORE_DELETING = 2
COPIED_AT_MOST = 50_000
GUIDE_KIND = "service_item"

_NARROW_PX, _MEDIUM_PX = 780, 1080


class Editor(Protocol):
    """The form at the right, as this page uses it."""

    def open_record(self, record_id: str) -> None:
        """Show a record."""

    def new_record(self, kind: str) -> None:
        """Begin a record."""

    def keep_draft(self) -> None:
        """Keep what is not saved as a draft."""

    def has_unsaved(self) -> bool:
        """Whether something typed is not saved yet."""


@dataclass(frozen=True)
class PageParts:
    """What every records page is given."""

    bridge: Bridge
    navigator: Navigator
    dialogs: FileDialogs
    preferences: Preferences
    make_editor: Callable[[], QWidget]


class RecordsPage(Page):
    """Lists the records of a kind and opens them."""

    def __init__(self, parts: PageParts, kind: Kind, icon_name: str) -> None:
        super().__init__(kind.label)
        self.kind = kind
        self._parts = parts
        self._bridge = parts.bridge
        self._workbench = parts.bridge.workbench
        self._group: tuple[Filter, ...] = ()
        self._order: tuple[Order, ...] = ()
        self._is_started = False
        self._tree_wanted: bool | None = None
        self._pending_record = ""
        self.model = RecordListModel(self._bridge, kind, self)
        self.table = RecordTable(self.model, parts.preferences.flag("dense"))
        self.filter_bar = FilterBar(self._bridge, kind)
        self.tree = GroupTree(self._bridge, kind)
        self.editor: QWidget | None = None
        self._build_actions()
        self._build_body(icon_name)
        self._connect()

    # Building

    def _build_actions(self) -> None:
        actor = self._workbench.workspace.actor
        self.new_button = primary_button(_("New"), "add-line")
        self.import_button = quiet_button(_("Import …"), "upload-2-line")
        self.export_button = quiet_button(_("Export"), "download-2-line")
        self.export_button.setProperty("menu", "true")
        self._export_menu = QMenu(self)
        self.export_button.setMenu(self._export_menu)
        self._export_menu.aboutToShow.connect(self._fill_export_menu)
        self.new_button.setVisible(decide(actor, Duty.EDIT).is_allowed)
        self.import_button.setVisible(decide(actor, Duty.IMPORT).is_allowed)
        self.export_button.setVisible(decide(actor, Duty.EXPORT).is_allowed)
        for button in (self.import_button, self.export_button, self.new_button):
            self.header.addWidget(button)

    def _build_body(self, icon_name: str) -> None:
        sentence = _("There is nothing of the kind {kind} here yet.").format(kind=self.kind.label)
        self.empty = EmptyState(icon_name, sentence, _("Import the list of your office, or add one by hand."))
        self.empty.add_button(
            _("Import a workbook …"), "upload-2-line", lambda: self._parts.navigator.go_to_page("import")
        )
        self.empty.add_button(_("Add one by hand"), "add-line", self.open_new, is_primary=False)
        self.no_result = EmptyState("filter-off-line", "")
        self.no_result.add_button(_("Clear all filters"), "close-line", self.clear_filters)
        self.stack = QStackedWidget()
        parts: tuple[QWidget, ...] = (self.table, self.empty, self.no_result)
        for part in parts:
            self.stack.addWidget(part)
        self.stack.setMinimumWidth(260)
        self._editor_place = QWidget()
        self._editor_place.setProperty("role", "surface")
        self._editor_place.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._editor_layout = QVBoxLayout(self._editor_place)
        self._editor_layout.setContentsMargins(0, 0, 0, 0)
        self._editor_place.hide()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(5)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self._editor_place)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setStretchFactor(2, 4)
        self.body.addWidget(self.filter_bar)
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.open_new)
        self.import_button.clicked.connect(lambda: self._parts.navigator.go_to_page("import"))
        self.filter_bar.changed.connect(self.search_now)
        self.filter_bar.columns_asked.connect(self._on_columns_asked)
        self.filter_bar.tree_toggled.connect(self._on_tree_toggled)
        self.tree.group_chosen.connect(self._on_group)
        self.table.header.sort_asked.connect(self.sort_by)
        self.table.header.filter_asked.connect(self._on_filter_asked)
        self.table.header.menu_asked.connect(self._on_header_menu)
        self.table.open_asked.connect(self._on_open_row)
        self.table.menu_asked.connect(self._on_menu)
        self.table.copy_asked.connect(self.copy_selection)
        self.table.delete_asked.connect(self.delete_selection)
        self.table.selection_changed.connect(self._on_selection)
        self.table.columns_changed.connect(self._on_layout_changed)
        self.table.rows_shown_changed.connect(self._tell_status)
        self.model.opened.connect(self._on_opened)
        self.splitter.splitterMoved.connect(self._on_layout_changed)
        self._save_timer = self._timer(SAVE_PAUSE_MS, self._save_layout)
        self._follow_timer = self._timer(FOLLOW_PAUSE_MS, self._follow_selection)
        self._count_timer = self._timer(COUNT_PAUSE_MS, self._refresh_tree)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self.focus_search)
        leave = QShortcut(QKeySequence("Esc"), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.close_editor)

    def _timer(self, pause_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause_ms)
        timer.timeout.connect(call)
        return timer

    # The page in its frame

    def page_shown(self) -> None:
        if not self._is_started:
            self._is_started = True
            self._start()
        self._arrange()
        self.table.setFocus()
        self._tell_status()

    def take_change(self, change_set: ChangeSet) -> None:
        if not self._is_started:
            return
        self.model.take_change(change_set)
        self._count_timer.start()

    def focus_search(self) -> None:
        self.filter_bar.search.setFocus()
        self.filter_bar.search.selectAll()

    def set_dense(self, is_dense: bool) -> None:
        """Lower rows."""
        self.table.set_dense(is_dense)

    def _start(self) -> None:
        settings = self._workbench.settings

        def work(_progress: Progress) -> Any:
            return settings.get(LAYOUTS, self.kind.code)

        def show(layout: Any) -> None:
            self._apply_layout(layout if isinstance(layout, dict) else {})
            self.search_now()  # the groups are counted once the first rows are there

        self._bridge.run_query(work, show, owner=self)

    # What the list is asked for

    @property
    def base_query(self) -> Query:
        """Text and filters, without the chosen group and without an order."""
        return Query(self.kind.code, self.filter_bar.where, self.filter_bar.text)

    @property
    def query(self) -> Query:
        """All that the list is asked for now."""
        base = self.base_query
        return replace(base, where=(*base.where, *self._group), order=self._order)

    def search_now(self) -> None:
        """Ask the store for what field, filters, group and order say now."""
        self.filter_bar.base_where = self._group
        self.table.header.show_filtered(self.filter_bar.filters)
        self.model.open_query(self.query)
        self._count_timer.start()

    def sort_by(self, code: str, descending: bool) -> None:
        """Sort by an element; ties in the order of creation."""
        self._order = (Order(code, descending),) if code else ()
        self.table.header.show_sort(code, descending)
        self.model.open_query(self.query)
        self._save_timer.start()

    def clear_filters(self) -> None:
        """Everything of the kind again."""
        self._group = ()
        self.tree.clear_choice()
        self.filter_bar.clear()

    def _on_group(self, filters: tuple[Filter, ...]) -> None:
        self._group = filters
        self.search_now()

    def _refresh_tree(self) -> None:
        if self.tree.isVisible() or self._tree_wanted is not False:
            self.tree.refresh(self.base_query)

    def _on_opened(self, count: int) -> None:
        self.remark_label.setText(_("{count} records").format(count=f"{count:,}"))
        if count:
            self.stack.setCurrentWidget(self.table)
        elif self.filter_bar.filters or self.filter_bar.text or self._group:
            parts = [self.tree.words(), no_result_words(self.filter_bar)]
            reason = _(" and ").join(part for part in parts if part)
            self.no_result.show_words(_("Nothing fits."), _("Nothing fits: {filters}").format(filters=reason))
            self.stack.setCurrentWidget(self.no_result)
        else:
            self.stack.setCurrentWidget(self.empty)
        self.table.horizontalHeader().setVisible(True)
        self._tell_status()
        if self._pending_record:
            record_id, self._pending_record = self._pending_record, ""
            self._select_record(record_id)

    # Opening

    def open_record(self, record_id: str) -> None:
        """Open a record in the form and find it in the list."""
        self._open_in_editor(record_id)
        if self.model.record_list is None:
            self._pending_record = record_id
        else:
            self._select_record(record_id)

    def open_new(self) -> None:
        """An empty form for a new record."""
        cast("Editor", self._show_editor()).new_record(self.kind.code)

    def close_editor(self) -> None:
        """Put the form away; what was typed is kept as a draft."""
        if self._editor_place.isVisible():
            if self.editor is not None:
                cast("Editor", self.editor).keep_draft()
            self._editor_place.hide()
            self._arrange()
            self.table.setFocus()

    def may_leave(self) -> bool:
        if self.editor is not None:
            cast("Editor", self.editor).keep_draft()
        if self._save_timer.isActive():
            self._save_timer.stop()
            self._save_layout()
        return True

    def _select_record(self, record_id: str) -> None:
        def show(row: int) -> None:
            if row >= 0:
                self.table.blockSignals(True)
                self.table.select_row(row)
                self.table.blockSignals(False)
                self._tell_status()

        self.model.find_row(record_id, show)

    def _open_in_editor(self, record_id: str) -> None:
        editor = cast("Editor", self._show_editor())
        editor.open_record(record_id)

    def _show_editor(self) -> QWidget:
        if self.editor is None:
            self.editor = self._parts.make_editor()
            self._editor_layout.addWidget(self.editor)
            closed = getattr(self.editor, "closed", None)
            if closed is not None:
                closed.connect(self.close_editor)
        if not self._editor_place.isVisible():
            self._editor_place.show()
            self._arrange()
        return self.editor

    def _on_open_row(self, row: int) -> None:
        record_id = self.model.record_id(row)
        if record_id:
            self._open_in_editor(record_id)

    def _on_selection(self) -> None:
        self._tell_status()
        if self._editor_place.isVisible() and self.table.isVisible():
            self._follow_timer.start()

    def _follow_selection(self) -> None:
        if self._editor_place.isVisible() and self.table.selected_count() == 1:
            self._on_open_row(self.table.selected_ranges()[0][0])

    # Selections

    def selected_ids(self) -> Callable[[], list[str]]:
        """A function that gives the ids of the selection; call it off the window's thread, it may read many."""
        ranges, record_list = self.table.selected_ranges(), self.model.record_list

        def read() -> list[str]:
            return [
                found for first, count in ranges for found in (record_list.ids(first, count) if record_list else [])
            ]

        return read

    def copy_selection(self, with_headings: bool = False) -> None:
        """Put the selected rows on the clipboard, column by column as they stand, for Excel."""
        ranges, record_list = self.table.selected_ranges(), self.model.record_list
        count = sum(number for _first, number in ranges)
        if record_list is None or not count:
            return
        if count > COPIED_AT_MOST:
            self._parts.navigator.say(
                _("At most {count} rows can be copied; export them instead.").format(count=f"{COPIED_AT_MOST:,}"),
                "warning",
            )
            return
        codes = self.table.column_codes()
        labels = [column_of(self.kind, code).label for code in codes] if with_headings else []

        def work(progress: Progress) -> str:
            lines: list[list[str]] = []
            for first, number in ranges:
                for offset in range(first, first + number, 500):
                    progress(len(lines), count)
                    rows = record_list.rows(offset, min(500, first + number - offset))
                    lines.extend(_cells(row, codes) for row in rows if row is not None)
            return tsv(labels, lines)

        def show(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self._parts.navigator.say(_("{count} rows copied").format(count=f"{count:,}"), "success")

        title = _("Copy {count} rows").format(count=f"{count:,}") if count > 2_000 else ""
        self._bridge.run_query(work, show, owner=self, title=title)

    def delete_selection(self) -> None:
        """Delete what is selected, with all it contains; undo brings it back."""
        count = self.table.selected_count()
        if not count or not decide(self._workbench.workspace.actor, Duty.EDIT).is_allowed:
            return
        if count >= ASK_BEFORE_DELETING and not self._confirm_deletion(count):
            return
        read, records = self.selected_ids(), self._workbench.records
        words = _("Deleted {count} of the kind {kind}").format(count=f"{count:,}", kind=self.kind.label)

        def work(_progress: Progress) -> Outcome:
            return records.delete(read(), words)

        def show(outcome: Outcome) -> None:
            self.close_editor()
            if outcome.change_set is None:
                return
            act = outcome.change_set.id
            self._parts.navigator.say(words, "success", _("Undo"), lambda: self._undo(act))

        self._bridge.run_change(work, show, owner=self, title=words if count > 200 else "")

    def _confirm_deletion(self, count: int) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(_("Delete"))
        box.setText(
            _("Delete {count} of the kind {kind}, with all they contain?").format(
                count=f"{count:,}", kind=self.kind.label
            )
        )
        box.setInformativeText(_("Undo brings them back."))
        delete = box.addButton(_("Delete {count}").format(count=f"{count:,}"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(_("Keep them"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return clicked is delete

    def _undo(self, act: str) -> None:
        history = self._workbench.history
        self._bridge.run_change(lambda progress: history.undo(act, progress), owner=self)

    # Exports

    def _fill_export_menu(self) -> None:
        self._export_menu.clear()
        count, total = self.table.selected_count(), self.model.rowCount()
        guides = self.kind.code == GUIDE_KIND
        for is_selection, number in ((True, count), (False, total)):
            where = _("selection, {count}") if is_selection else _("whole list, {count}")
            words = where.format(count=f"{number:,}")
            action = self._export_menu.addAction(icon("file-excel-2-line"), _("Workbook ({what}) …").format(what=words))
            action.setEnabled(number > 0)
            action.triggered.connect(lambda _c=False, one=is_selection: self.export_workbook(one))
            if guides:
                action = self._export_menu.addAction(
                    icon("file-word-2-line"), _("Service guides ({what}) …").format(what=words)
                )
                action.setEnabled(number > 0)
                action.triggered.connect(lambda _c=False, one=is_selection: self.export_guides(one))
            if is_selection:
                self._export_menu.addSeparator()

    def export_workbook(self, only_selection: bool) -> None:
        """Write the selection or the whole filtered list as a workbook that can be imported again."""
        name = _("{kind} of {store}.xlsx").format(kind=self.kind.label, store=self._workbench.info.name)
        path = self._parts.dialogs.save_file(self, _("Export a workbook"), name, _("Excel workbook (*.xlsx)"))
        if path is None:
            return
        if path.suffix.lower() != ".xlsx":
            path = path.with_name(path.name + ".xlsx")
        question, exports = self._exported(only_selection), self._workbench.exports
        running = self._bridge.run_query(
            lambda progress: exports.export_workbook(question(), path, progress),
            lambda result: self._told(
                running, _("{count} rows written").format(count=f"{sum(result.rows.values()):,}"), path
            ),
            owner=self,
            title=_("Export {file}").format(file=path.name),
        )

    def export_guides(self, only_selection: bool) -> None:
        """Write a service guide for each record of the selection or of the whole filtered list."""
        folder = self._parts.dialogs.choose_folder(self, _("Folder for the service guides"))
        if folder is None:
            return
        question, exports = self._exported(only_selection), self._workbench.exports
        running = self._bridge.run_query(
            lambda progress: exports.export_guides(question(), folder, progress=progress),
            lambda result: self._told(
                running, _("{count} service guides written").format(count=f"{len(result.paths):,}"), folder
            ),
            owner=self,
            title=_("Service guides into {folder}").format(folder=folder.name),
        )

    def _exported(self, only_selection: bool) -> Callable[[], Query]:
        if not only_selection:
            query = self.query
            return lambda: query
        read, kind, order = self.selected_ids(), self.kind.code, self._order
        return lambda: Query(kind, ids=tuple(read()), order=order)

    def _told(self, running: Any, words: str, path: Path) -> None:
        dialogs = self._parts.dialogs
        running.summary = words
        running.actions.append((_("Open"), lambda: dialogs.show_in_system(path)))
        if path.is_file():
            running.actions.append((_("Show folder"), lambda: dialogs.show_in_system(path.parent)))

    # Menus

    def _on_menu(self, place: QPoint) -> None:
        menu = self.row_menu()
        menu.popup(place)

    def row_menu(self) -> QMenu:
        """What can be done with the selected rows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        count = self.table.selected_count()
        index = self.table.currentIndex()
        may_edit = decide(self._workbench.workspace.actor, Duty.EDIT).is_allowed

        def add(words: str, icon_name: str, call: Callable[[], None], keys: str = "", is_on: bool = True) -> None:
            action = menu.addAction(icon(icon_name), words)
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setEnabled(is_on)
            action.triggered.connect(lambda _checked=False: call())

        add(_("Open"), "edit-line", lambda: self._on_open_row(index.row()), "Return", index.isValid())
        menu.addSeparator()
        add(_("Copy"), "file-copy-line", self.copy_selection, "Ctrl+C", count > 0)
        add(_("Copy with headings"), "table-line", lambda: self.copy_selection(True), "", count > 0)
        same = self._same_value(index.row(), index.column()) if index.isValid() else None
        if same is not None:
            code, words, filters, titles = same
            add(words, "filter-3-line", lambda: self.filter_bar.set_filter(code, filters, titles))
        menu.addSeparator()
        add(_("Export a workbook of {count} …").format(count=f"{count:,}"), "file-excel-2-line",
            lambda: self.export_workbook(True), "", count > 0)  # fmt: skip
        if self.kind.code == GUIDE_KIND:
            add(_("Export {count} service guides …").format(count=f"{count:,}"), "file-word-2-line",
                lambda: self.export_guides(True), "", count > 0)  # fmt: skip
        menu.addSeparator()
        add(
            _("Delete {count}").format(count=f"{count:,}"),
            "delete-bin-line",
            self.delete_selection,
            "Del",
            may_edit and count > 0,
        )
        return menu

    def _same_value(self, row: int, column: int) -> tuple[str, str, tuple[Filter, ...], dict[str, str]] | None:
        listed, shown = self.model.row_at(row), self.model.columns[column]
        if listed is None or shown.code == COMPLETE:
            return None
        value = listed.record.elements.get(shown.code)
        if value is None or isinstance(value, tuple):
            return None
        text = listed.cells.get(shown.code, "")
        words = _("Only {element} “{value}”").format(
            element=shown.label, value=text if len(text) <= 16 else text[:15] + "…"
        )
        return shown.code, words, (Filter(shown.code, Match.IS, value),), {str(value): text}

    def _on_header_menu(self, code: str, place: QPoint) -> None:
        self.header_menu(code).popup(place)

    def header_menu(self, code: str) -> QMenu:
        """What can be done with a column."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = column_of(self.kind, code)

        def add(words: str, icon_name: str, call: Callable[[], None], is_on: bool = True) -> None:
            action = menu.addAction(icon(icon_name), words)
            action.setEnabled(is_on)
            action.triggered.connect(lambda _checked=False: call())

        if column.is_sortable:
            add(_("Sort upward"), "sort-asc", lambda: self.sort_by(code, False))
            add(_("Sort downward"), "sort-desc", lambda: self.sort_by(code, True))
            add(_("In the order of creation"), "time-line", lambda: self.sort_by("", False), bool(self._order))
            menu.addSeparator()
            add(_("Filter by {element} …").format(element=column.label), "filter-3-line",
                lambda: self._on_filter_asked(code, self.table.header.place_under(code)))  # fmt: skip
            add(_("Clear this filter"), "filter-off-line", lambda: self.filter_bar.set_filter(code, ()),
                code in self.filter_bar.filters)  # fmt: skip
            menu.addSeparator()
        others = [one for one in self.table.column_codes() if one != code]
        add(_("Hide this column"), "eye-off-line", lambda: self.set_columns(others), code != self.kind.title)
        add(
            _("Choose columns …"),
            "layout-column-line",
            lambda: self._on_columns_asked(self.table.header.place_under(code)),
        )
        return menu

    def _on_filter_asked(self, code: str, place: QPoint) -> None:
        self.filter_bar.ask_filter(code, place)

    # Columns and panes, remembered

    def set_columns(self, codes: Sequence[str]) -> None:
        """Show these columns in this order; widths that are known stay."""
        known: dict[str, Column] = {column.code: column for column in self.model.columns}
        title = self.kind.title
        ordered = dict.fromkeys([title, *codes])
        columns = [
            known.get(code) or column_of(self.kind, code)
            for code in ordered
            if code == COMPLETE or code in self.kind.elements
        ]
        self._put_columns(columns)
        self._save_timer.start()

    def _put_columns(self, columns: Sequence[Column]) -> None:
        header = self.table.header
        for place in range(header.count()):
            header.moveSection(header.visualIndex(place), place)
        self.model.set_columns(columns)

    def _on_columns_asked(self, place: QPoint) -> None:
        chooser = ColumnChooser(self, self.kind, self.table.column_codes())
        chooser.chosen.connect(self.set_columns)
        chooser.reset_asked.connect(self.reset_columns)
        chooser.show_at(place)

    def reset_columns(self) -> None:
        """The usual columns with their usual widths."""
        self._put_columns(first_columns(self.kind))
        self._save_timer.start()

    def _on_tree_toggled(self, is_shown: bool) -> None:
        self._tree_wanted = is_shown
        self._arrange()
        self._save_timer.start()

    def _apply_layout(self, layout: dict[str, Any]) -> None:
        columns = [
            replace(column_of(self.kind, code), width=int(width))
            for code, width in layout.get("columns", [])
            if code == COMPLETE or code in self.kind.elements
        ]
        if columns and columns[0].code == self.kind.title:
            self._put_columns(columns)
        order = layout.get("order")
        if order and order[0] in self.kind.elements:
            self._order = (Order(order[0], bool(order[1])),)
            self.table.header.show_sort(order[0], bool(order[1]))
        if isinstance(layout.get("tree"), bool):
            self._tree_wanted = layout["tree"]
        sizes = layout.get("panes")
        self._panes = [int(size) for size in sizes] if isinstance(sizes, list) and len(sizes) == 3 else None
        self._arrange()

    _panes: list[int] | None = None

    def _on_layout_changed(self) -> None:
        self._save_timer.start()

    def _save_layout(self) -> None:
        widths = {column.code: column.width for column in self.model.columns}
        sizes = self.splitter.sizes()
        if all(sizes):
            self._panes = sizes
        layout = {
            "columns": [[code, widths[code]] for code in self.table.column_codes()],
            "order": [self._order[0].element, self._order[0].descending] if self._order else None,
            "tree": self._tree_wanted,
            "panes": self._panes,
        }
        settings = self._workbench.settings
        self._bridge.run_change(lambda _progress: settings.set(LAYOUTS, self.kind.code, layout), owner=self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Three panes when there is room; the groups give way first, then the list gives way to the form."""
        width = self.width()
        editing = self._editor_place.isVisibleTo(self)
        has_groups = bool(self.tree.elements)
        room_for_tree = width >= (_MEDIUM_PX if editing else _NARROW_PX)
        wanted = self._tree_wanted if self._tree_wanted is not None else True
        is_tree_shown = has_groups and wanted and room_for_tree
        was = (self.tree.isVisibleTo(self), self.stack.isVisibleTo(self))
        is_list_shown = not (editing and width < _NARROW_PX)
        self.tree.setVisible(is_tree_shown and is_list_shown)
        self.stack.setVisible(is_list_shown)
        self.filter_bar.setVisible(is_list_shown)
        self.filter_bar.tree_button.setVisible(has_groups)
        self.filter_bar.tree_button.blockSignals(True)
        self.filter_bar.tree_button.setChecked(is_tree_shown)
        self.filter_bar.tree_button.blockSignals(False)
        now = (self.tree.isVisibleTo(self), self.stack.isVisibleTo(self))
        if was != now or editing != self._was_editing or not self._is_arranged:
            self._is_arranged = width > 200
            self._was_editing = editing
            tree_px = (self._panes or [200, 0, 0])[0] if is_tree_shown else 0
            rest = width - tree_px
            if editing:
                kept = self._panes
                editor_px = min(kept[2], rest - 260) if kept else max(480, rest * 11 // 20)
                self.splitter.setSizes([tree_px, rest - editor_px, editor_px])
            else:
                self.splitter.setSizes([tree_px, rest, 0])

    _is_arranged = False
    _was_editing = False

    # Status line

    def _tell_status(self) -> None:
        total = self.model.rowCount()
        first, last = self.table.visible_rows()
        selected = self.table.selected_count()
        parts = [_("{count} selected").format(count=f"{selected:,}")] if selected > 1 else []
        if total and first >= 0:
            parts.append(
                _("showing {first}–{last} of {total}").format(
                    first=f"{first + 1:,}", last=f"{last + 1:,}", total=f"{total:,}"
                )
            )
        self.show_status(" · ".join(parts))


def _cells(row: ListRow, codes: Sequence[str]) -> list[str]:
    return [f"{row.complete_percent}%" if code == COMPLETE else row.cells.get(code, "") for code in codes]
