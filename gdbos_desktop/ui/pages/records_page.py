"""The page of one kind of record: groups at the left, the list, and the form at the right. The heart of the window.

One class serves every kind; what differs comes from the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.access import Duty, decide
from gdbos_desktop.domain.changes import ChangeSet
from gdbos_desktop.domain.queries import Filter, Order, Query
from gdbos_desktop.schema import Issue, Kind
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.element_picker import ColumnChooser
from gdbos_desktop.ui.empty_state import EmptyState
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.filter_bar import FilterBar, no_result_words
from gdbos_desktop.ui.group_tree import GroupTree
from gdbos_desktop.ui.list_acts import ListActs
from gdbos_desktop.ui.list_menus import fill_export_menu, header_menu, row_menu
from gdbos_desktop.ui.list_model import COMPLETE, Column, RecordListModel, column_of, first_columns
from gdbos_desktop.ui.navigator import Navigator
from gdbos_desktop.ui.pages.page import Page
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.record_table import RecordTable
from gdbos_desktop.ui.theme import primary_button, quiet_button

LAYOUTS = "list-layout"
SAVE_PAUSE_MS = 800
FOLLOW_PAUSE_MS = 200
COUNT_PAUSE_MS = 250
LOOK_MS, LOOKS = 60, 50

_NARROW_PX, _MEDIUM_PX, _WIDE_PX = 780, 1080, 1400


class Editor(Protocol):
    """The form at the right, as this page uses it."""

    def open_record(self, record_id: str) -> None:
        """Show a record."""

    def new_record(self, kind: str) -> None:
        """Begin a record."""

    @property
    def record_id(self) -> str:
        """The record that is open."""

    def show_issue(self, issue: Issue) -> None:
        """Lead to the field of an issue."""

    def take_focus(self) -> None:
        """Put the cursor into the form."""

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
        self.acts = ListActs(self._bridge, parts.navigator, parts.dialogs, self.table, lambda: self.query)
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
        self._export_menu.aboutToShow.connect(lambda: fill_export_menu(self._export_menu, self.acts))
        self.model.may_edit = self.acts.may_edit
        for button in (self.import_button, self.export_button, self.new_button):
            self.header.addWidget(button)
        # Only now: a button that is shown before it has a place flashes up as a window of its own.
        self.new_button.setVisible(self.acts.may_edit)
        self.import_button.setVisible(self.kind.draft is None and decide(actor, Duty.IMPORT).is_allowed)
        self.export_button.setVisible(decide(actor, Duty.EXPORT).is_allowed)

    def _build_body(self, icon_name: str) -> None:
        sentence = _("There is nothing of the kind {kind} here yet.").format(kind=self.kind.label)
        remark = _("Import the list of your office, or add one by hand.")
        if self.kind.draft is not None:
            remark = _("A draft is made when a list that is imported changes an item that is in force.")
        self.empty = EmptyState(icon_name, sentence, remark)
        self.empty.add_button(
            _("Import a workbook …"), "upload-2-line", lambda: self._parts.navigator.go_to_page("import")
        )
        if self.kind.draft is None:
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
        self.table.header.filter_asked.connect(self.filter_bar.ask_filter)
        self.table.header.menu_asked.connect(lambda code, place: self.header_menu(code).popup(place))
        self.table.open_asked.connect(self._on_open_row)
        self.table.menu_asked.connect(lambda place: self.row_menu().popup(place))
        self.acts.deleted.connect(self.close_editor)
        self.table.selection_changed.connect(self._on_selection)
        self.table.columns_changed.connect(self._on_layout_changed)
        self.table.rows_shown_changed.connect(self._tell_status)
        self.model.opened.connect(self._on_opened)
        self.splitter.splitterMoved.connect(self._on_layout_changed)
        self._save_timer = self._timer(SAVE_PAUSE_MS, self._save_layout)
        self._follow_timer = self._timer(FOLLOW_PAUSE_MS, self._follow_selection)
        self._issue_timer = self._timer(LOOK_MS, self._lead_to_issue)
        self._count_timer = self._timer(COUNT_PAUSE_MS, self._refresh_tree)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self.focus_search)
        switch = QShortcut(QKeySequence("F6"), self)
        switch.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        switch.activated.connect(self.switch_pane)
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

    def open_record(self, record_id: str, issue: Issue | None = None) -> None:
        """Open a record in the form and find it in the list; ``issue`` leads on to the field it is about."""
        self._open_in_editor(record_id)
        self._led_to, self._looks = (issue, LOOKS) if issue is not None else (None, 0)
        if issue is not None:
            self._issue_timer.start()
        if self.model.record_list is None:
            self._pending_record = record_id
        else:
            self._select_record(record_id)

    def _lead_to_issue(self) -> None:
        # The form reads its record off this thread and says nothing when it has it: look again for a while.
        issue, self._looks = self._led_to, self._looks - 1
        editor = cast("Editor | None", self.editor)
        if issue is None or editor is None:
            return
        if editor.record_id and self._bridge.running == ():
            editor.show_issue(issue)
        elif self._looks > 0:
            self._issue_timer.start()

    _led_to: Issue | None = None
    _looks = 0

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
            room_asked = getattr(self.editor, "room_asked", None)
            if room_asked is not None:
                room_asked.connect(self._on_room_asked)
        if not self._editor_place.isVisible():
            self._editor_place.show()
            self._arrange()
        return self.editor

    def _on_room_asked(self, is_whole: bool) -> None:
        self._is_form_alone = is_whole
        self._arrange()

    _is_form_alone = False

    def _on_open_row(self, row: int) -> None:
        record_id = self.model.record_id(row)
        editor = cast("Editor | None", self.editor)
        if record_id and editor is not None and self._editor_place.isVisible() and editor.record_id == record_id:
            if self.table.hasFocus():
                editor.take_focus()  # Enter once more: from the list into the form
        elif record_id:
            self._open_in_editor(record_id)

    def switch_pane(self) -> None:
        """From the list into the form, or back."""
        editor = cast("Editor | None", self.editor)
        focused = QApplication.focusWidget()
        is_in_form = focused is not None and self._editor_place.isAncestorOf(focused)
        if is_in_form and self.table.isVisible():
            self.table.setFocus()
        elif editor is not None and self._editor_place.isVisible():
            editor.take_focus()

    def _on_selection(self) -> None:
        self._tell_status()
        if self._editor_place.isVisible() and self.table.isVisible():
            self._follow_timer.start()

    def _follow_selection(self) -> None:
        if self._editor_place.isVisible() and self.table.selected_count() == 1:
            self._on_open_row(self.table.selected_ranges()[0][0])

    # Menus

    def row_menu(self) -> QMenu:
        """What can be done with the selected rows."""
        return row_menu(self.acts, self.filter_bar, self._on_open_row)

    def header_menu(self, code: str) -> QMenu:
        """What can be done with a column."""
        return header_menu(
            self.acts,
            self.filter_bar,
            code,
            sort_by=self.sort_by,
            is_sorted=bool(self._order),
            set_columns=self.set_columns,
            choose_columns=lambda: self._on_columns_asked(self.table.header.place_under(code)),
        )

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
        room_for_tree = width >= (self._room_beside_form if editing else _NARROW_PX)
        wanted = self._tree_wanted if self._tree_wanted is not None else True
        is_tree_shown = has_groups and wanted and room_for_tree
        was = (self.tree.isVisibleTo(self), self.stack.isVisibleTo(self))
        is_list_shown = not (editing and (width < _NARROW_PX or self._is_form_alone))
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

    @property
    def _room_beside_form(self) -> int:
        """From which width on the groups stand beside a form: later when nobody asked for them."""
        return _MEDIUM_PX if self._tree_wanted else _WIDE_PX

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
