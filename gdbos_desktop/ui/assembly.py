"""Puts the window together: pages, commands, palette, and the wires between them. No widget of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMenu, QWidget

from gdbos_desktop.domain.access import Duty, decide
from gdbos_desktop.domain.changes import ChangeSet, HistoryEntry
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Issue, Kind, Standard
from gdbos_desktop.services.undo_account import UndoHinderedError
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.commands import Command, CommandSet
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.main_window import MainWindow, PageSpec, TopBar
from gdbos_desktop.ui.navigator import Navigator
from gdbos_desktop.ui.pages.page import Page
from gdbos_desktop.ui.pages.records_page import PageParts, RecordsPage
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.theme import Theme, icon, icon_button, plain_button, words_with_key

if TYPE_CHECKING:
    from gdbos_desktop.ui.crash_window import CrashWindow
    from gdbos_desktop.ui.search_palette import SearchPalette

ITEM_KIND = "service_item"
UNDO_PAUSE_MS, LOADING_PAUSE_MS = 200, 40
_LOADED_LATER = (
    "gdbos_desktop.ui.forms.text_widgets",
    "gdbos_desktop.ui.forms.choice_widgets",
    "gdbos_desktop.ui.forms.child_table",
    "gdbos_desktop.ui.forms",
    "gdbos_desktop.ui.import_page",
)
"""Modules that nobody needs for the first rows: read one by one while nothing happens, so that the first form and
the first import open at once."""

_KIND_ICONS = {
    "service_item": "file-list-3-line",
    "draft": "draft-line",
    "catalogue_item": "book-2-line",
    "organisation": "government-line",
    "material": "attachment-2",
    "data_item": "input-cursor-move",
    "data_element": "database-2-line",
}
_PART_KINDS = ("material", "data_item")
"""Kinds that live inside others and still deserve a list of their own."""


@dataclass(frozen=True)
class Desk:
    """What the window is made of besides the store: given by whoever starts the program."""

    theme: Theme
    preferences: Preferences
    dialogs: FileDialogs
    leave_store: Callable[[], None]


def list_kinds(standard: Standard) -> list[Kind]:
    """The kinds that have a page: those that stand by themselves, and a few that are looked up across items."""
    alone = [kind for kind in standard.kinds.values() if kind.stands_alone]
    parts = [standard.kinds[code] for code in _PART_KINDS if code in standard.kinds]
    first = [kind for kind in alone if kind.code == ITEM_KIND]
    drafts = [standard.draft_kind] if standard.draft_kind is not None else []
    return [*first, *drafts, *(kind for kind in alone if kind.code not in {ITEM_KIND, "data_element"}), *parts,
            *(kind for kind in alone if kind.code == "data_element")]  # fmt: skip


def kind_icon(kind: str) -> str:
    """The icon of a kind; kinds a province adds get a plain one."""
    return _KIND_ICONS.get(kind, "file-list-2-line")


class WindowParts(QObject):
    """The window with its bridge, commands and ways: everything a caller may want to drive or look at."""

    def __init__(self, workbench: Workbench, desk: Desk) -> None:
        super().__init__()
        self.workbench = workbench
        self.desk = desk
        self.bridge = Bridge(workbench, self)
        self.navigator = Navigator(self)
        self.kinds = list_kinds(workbench.standard)
        info = workbench.info
        self.top_bar = TopBar(info.name, info.region_code, workbench.workspace.actor.name)
        title = _("{store} – Service Standards Workbench").format(store=info.name)
        self.window = MainWindow(title, self._specs(), self.top_bar)
        self.commands = CommandSet(self.window)
        self.palette: SearchPalette | None = None
        self._crash: CrashWindow | None = None
        self._undo_timer = QTimer(self)  # what can be undone is looked up when the first rows are on screen
        self._undo_timer.setSingleShot(True)
        self._undo_timer.setInterval(UNDO_PAUSE_MS)
        self._undo_timer.timeout.connect(self._refresh_undo)
        self._loading = list(_LOADED_LATER)
        self._loading_timer = QTimer(self)
        self._loading_timer.setInterval(LOADING_PAUSE_MS)
        self._loading_timer.timeout.connect(self._load_next)
        self._add_commands()
        self._fill_top_bar()
        self._connect()

    # Pages

    def _specs(self) -> list[PageSpec]:
        specs: list[PageSpec] = []
        for number, kind in enumerate(self.kinds):
            specs.append(
                PageSpec(
                    kind.code,
                    kind.label,
                    kind_icon(kind.code),
                    partial(self._make_records_page, kind),
                    f"Ctrl+{number + 1}" if number < 9 else "",
                )
            )
        actor = self.workbench.workspace.actor
        if decide(actor, Duty.IMPORT).is_allowed:
            specs.append(PageSpec("import", _("Import"), "upload-2-line", self._make_import_page, "Ctrl+I", True))
        specs.append(PageSpec("check", _("Check"), "shield-check-line", self._make_check_page, "F7"))
        specs.append(PageSpec("history", _("History"), "history-line", self._make_history_page, "Ctrl+H"))
        return specs

    def _make_records_page(self, kind: Kind) -> Page:
        make = self._make_editor if kind.draft is None else self._make_draft_pane
        parts = PageParts(self.bridge, self.navigator, self.desk.dialogs, self.desk.preferences, make)
        return RecordsPage(parts, kind, kind_icon(kind.code))

    def _make_editor(self) -> QWidget:
        from gdbos_desktop.ui.forms import EditorPane  # loaded when first used: the start is for the list

        return EditorPane(self.workbench, self.bridge)

    def _make_draft_pane(self) -> QWidget:
        from gdbos_desktop.ui.forms.draft_pane import DraftPane

        pane = DraftPane(self.workbench, self.bridge)
        pane.item_asked.connect(self.open_record)
        return pane

    def _make_import_page(self) -> Page:
        from gdbos_desktop.ui.import_page import ImportPage
        from gdbos_desktop.ui.pages.hosted_page import HostedPage

        made = ImportPage(self.workbench, self.bridge, self.desk.dialogs)
        made.check_wanted.connect(self._check_all)
        return HostedPage(_("Import"), made, made.let_go)

    def _check_all(self) -> None:
        from gdbos_desktop.ui.pages.check_page import CheckPage

        self.window.show_page("check")
        page = self.window.current_page
        if isinstance(page, CheckPage):
            page.check_all()

    def _make_check_page(self) -> Page:
        from gdbos_desktop.ui.pages.check_page import CheckPage

        return CheckPage(self.bridge, self.navigator, ITEM_KIND)

    def _make_history_page(self) -> Page:
        from gdbos_desktop.ui.pages.history_page import HistoryPage

        return HistoryPage(self.bridge, self.navigator)

    # Commands

    def _add_commands(self) -> None:
        add = self.commands.add
        add(Command("search", _("Search everything"), "search-line", self.open_palette, "Ctrl+K"))
        add(Command("undo", _("Undo"), "arrow-go-back-line", self.undo, "Ctrl+Z"))
        add(Command("redo", _("Redo"), "arrow-go-forward-line", self.redo, "Ctrl+Y"))
        add(Command("new", _("New record"), "add-line", self._new_record, "Ctrl+N"))
        for spec_code, words, icon_name, keys in [
            *((kind.code, kind.label, kind_icon(kind.code), f"Ctrl+{n + 1}") for n, kind in enumerate(self.kinds[:9])),
            ("import", _("Import a workbook …"), "upload-2-line", "Ctrl+I"),
            ("check", _("Check everything"), "shield-check-line", "F7"),
            ("history", _("History"), "history-line", "Ctrl+H"),
        ]:
            add(Command(f"go-{spec_code}", words, icon_name, partial(self.window.show_page, spec_code), keys))
        add(Command("export", _("Export the list as a workbook …"), "file-excel-2-line", self._export_list, "Ctrl+E"))
        add(Command("theme", _("Light or dark"), "moon-line", self.toggle_theme))
        add(Command("dense", _("Low or high rows"), "menu-2-line", self._toggle_dense))
        add(Command("open", _("Open another store …"), "folder-open-line", self.desk.leave_store, "Ctrl+O"))
        self.commands.action("undo").setEnabled(False)
        self.commands.action("redo").setEnabled(False)

    def _fill_top_bar(self) -> None:
        bar = self.top_bar
        search = plain_button(_("Search everything"), "search-line")
        search.setProperty("role", "search")
        search.setMinimumWidth(240)
        search.setText(words_with_key(_("Search everything"), "Ctrl+K"))
        search.clicked.connect(self.open_palette)
        bar.middle.addWidget(search)
        self.undo_button = icon_button("arrow-go-back-line", _("Undo"), "Ctrl+Z")
        self.redo_button = icon_button("arrow-go-forward-line", _("Redo"), "Ctrl+Y")
        self.undo_button.clicked.connect(self.undo)
        self.redo_button.clicked.connect(self.redo)
        self.theme_button = icon_button("moon-line", _("Light or dark"))
        self.theme_button.clicked.connect(self.toggle_theme)
        self.menu_button = icon_button("more-2-line", _("More"))
        self.menu_button.clicked.connect(self._open_menu)
        for part in (self.undo_button, self.redo_button, self.theme_button):
            bar.right.addWidget(part)
        bar.right.addSpacing(8)
        bar.right.addWidget(bar.actor)
        bar.right.addWidget(self.menu_button)
        self.undo_button.setEnabled(False)
        self.redo_button.setEnabled(False)
        self._dress_theme_button()

    def _connect(self) -> None:
        window, bridge = self.window, self.bridge
        bridge.task_started.connect(window.task_strip.add_task)
        bridge.refused.connect(self._on_refused)
        bridge.failed.connect(self.show_crash)
        bridge.records_changed.connect(self._on_change)
        self.navigator.page_asked.connect(window.show_page)
        self.navigator.record_asked.connect(self.open_record)
        self.navigator.issue_asked.connect(self.open_issue)
        self.navigator.message_asked.connect(window.message_bar.show_message)
        window.closing.connect(bridge.close)

    def start(self, page: str = ITEM_KIND) -> None:
        """Show the first page and find out what can be undone."""
        self.window.show_page(page if page in {kind.code for kind in self.kinds} else self.kinds[0].code)
        self._undo_timer.start()
        self._loading_timer.start()

    def _load_next(self) -> None:
        """Read one more module; the reading of workbooks, which knows no widget, is read by the worker."""
        if self.bridge.running:
            return
        if self._loading:
            import_module(self._loading.pop(0))
        else:
            self._loading_timer.stop()

    def _load_importing(self, _progress: Progress) -> None:
        from gdbos_desktop.services.imports import ImportSession

        del ImportSession

    # What the commands do

    def open_palette(self) -> SearchPalette:
        """The global search."""
        from gdbos_desktop.ui.search_palette import SearchPalette  # loaded when first used

        kinds = [kind.code for kind in self.kinds if kind.draft is None]
        icons = {code: kind_icon(code) for code in kinds}
        commands = [command for command in self.commands.list_commands() if command.code != "search"]
        palette = SearchPalette(self.window, self.bridge, commands, kinds, icons)
        palette.record_chosen.connect(self._on_record_chosen)
        palette.open_over(self.window)
        self.palette = palette
        return palette

    def open_record(self, record_id: str) -> None:
        """Open a record on the page of its kind, or what contains it when its kind has no page."""
        self.bridge.run_query(lambda _progress: self._with_page(record_id), self._on_record_chosen, owner=self)

    def open_issue(self, issue: Issue) -> None:
        """Open what an issue is about, at the field."""
        self.bridge.run_query(
            lambda _progress: self._top_of(str(issue.record_id)),
            lambda record: self._on_record_chosen(record, issue),
            owner=self,
        )

    def _with_page(self, record_id: str) -> Record:
        kinds = {kind.code for kind in self.kinds}
        found = self.workbench.records.get(record_id)
        while found.kind not in kinds and found.parent_id:
            found = self.workbench.records.get(found.parent_id)
        return found

    def _top_of(self, record_id: str) -> Record:
        found = self.workbench.records.get(record_id)
        while found.kind != ITEM_KIND and found.parent_id:
            found = self.workbench.records.get(found.parent_id)
        return found

    def undo(self) -> None:
        """Take the latest act back."""
        history = self.workbench.history
        self.bridge.run_change(lambda progress: history.undo(progress=progress), self._told, owner=self)

    def _on_refused(self, error: KnownError) -> None:
        if not isinstance(error, UndoHinderedError):
            self.window.message_bar.show_error(error)
            return
        from gdbos_desktop.ui.undo_dialog import UndoDialog  # loaded when first used

        history, act = self.workbench.history, error.account.entry.change_set
        dialog = UndoDialog(error.account, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.record_wanted.connect(self.navigator.open_record)
        dialog.rest_wanted.connect(
            lambda: self.bridge.run_change(
                lambda progress: history.undo(act.id, progress, rest=True), self._told, owner=self
            )
        )
        dialog.open()

    def redo(self) -> None:
        """Take the latest undo back."""
        history = self.workbench.history
        self.bridge.run_change(history.redo, self._told, owner=self)

    def toggle_theme(self) -> None:
        """Light or dark, remembered."""
        self.desk.theme.set_dark(not self.desk.theme.is_dark)
        self.desk.preferences.set_flag("dark", self.desk.theme.is_dark)
        self._dress_theme_button()

    def show_crash(self, error: BaseException) -> None:
        """Tell of a fault of the program."""
        from gdbos_desktop.ui.crash_window import CrashWindow  # loaded when first used

        if self._crash is None:
            self._crash = CrashWindow(error, self.window)
            self._crash.finished.connect(self._on_crash_read)
            self._crash.open()

    def _on_crash_read(self) -> None:
        if self._crash is not None:
            self._crash.deleteLater()
            self._crash = None

    def _told(self, outcome: Outcome) -> None:
        if outcome.change_set is not None:
            words = _("{act} ({count} records)").format(
                act=outcome.change_set.reason, count=f"{outcome.changed_count:,}"
            )
            self.window.message_bar.show_message(words, "success")

    def _on_record_chosen(self, record: Record, issue: Issue | None = None) -> None:
        self.window.show_page(record.kind)
        page = self.window.page(record.kind)
        if isinstance(page, RecordsPage):
            page.open_record(record.id, issue)

    def _new_record(self) -> None:
        page = self.window.current_page
        if not isinstance(page, RecordsPage) or page.kind.draft is not None:
            self.window.show_page(self.kinds[0].code)
            page = self.window.current_page
        if isinstance(page, RecordsPage):
            page.open_new()

    def _export_list(self) -> None:
        page = self.window.current_page
        if isinstance(page, RecordsPage):
            page.acts.export_workbook(False)

    def _toggle_dense(self) -> None:
        is_dense = not self.desk.preferences.flag("dense")
        self.desk.preferences.set_flag("dense", is_dense)
        for page in self.window.pages:
            if isinstance(page, RecordsPage):
                page.set_dense(is_dense)

    def _open_menu(self) -> None:
        menu = QMenu(self.window)
        for code in ("new", "go-import", "export", "go-check", "", "theme", "dense", "", "open"):
            if code:
                menu.addAction(self.commands.action(code))
            else:
                menu.addSeparator()
        menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    # Keeping in step

    def _on_change(self, change_set: ChangeSet) -> None:
        for page in self.window.pages:
            page.take_change(change_set)
        self._undo_timer.start()

    def _refresh_undo(self) -> None:
        history = self.workbench.history

        def work(_progress: Progress) -> tuple[HistoryEntry | None, HistoryEntry | None]:
            return history.next_undo(), history.next_redo()

        self.bridge.run_query(work, self._show_undo, owner=self)
        if self._loading == list(_LOADED_LATER):
            self.bridge.run_query(self._load_importing, owner=self)

    def _show_undo(self, entries: tuple[HistoryEntry | None, HistoryEntry | None]) -> None:
        may = decide(self.workbench.workspace.actor, Duty.UNDO).is_allowed
        for code, button, entry, words in (
            ("undo", self.undo_button, entries[0], _("Undo: {act}")),
            ("redo", self.redo_button, entries[1], _("Redo: {act}")),
        ):
            keys = self.commands.action(code).shortcut().toString()
            self.commands.action(code).setEnabled(may and entry is not None)
            button.setEnabled(may and entry is not None)
            plain = _("Undo") if code == "undo" else _("Redo")
            button.setToolTip(words_with_key(words.format(act=entry.change_set.reason) if entry else plain, keys))

    def _dress_theme_button(self) -> None:
        self.theme_button.setIcon(icon("sun-line" if self.desk.theme.is_dark else "moon-line"))
