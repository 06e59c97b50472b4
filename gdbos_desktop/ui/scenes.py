"""The scenes of the frame, the lists and the pages around them."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path
from typing import cast

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QWidget

from gdbos_desktop.domain.queries import Filter, Match
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.assembly import ITEM_KIND
from gdbos_desktop.ui.crash_window import CrashWindow
from gdbos_desktop.ui.element_picker import ColumnChooser, ElementPicker
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.pages.check_page import CheckPage
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.password_dialog import PasswordDialog
from gdbos_desktop.ui.screenshots import Stage, scene
from gdbos_desktop.ui.start_window import StartWindow

_OTHERS = ("gdbos_desktop.ui.form_scenes", "gdbos_desktop.ui.draft_scenes", "gdbos_desktop.ui.import_scenes")


def load() -> None:
    """Make sure that every module with scenes has been loaded."""
    for name in _OTHERS:
        importlib.import_module(name)


def items_page(stage: Stage) -> RecordsPage:
    """The page of the service items, in front."""
    stage.window.show_page(ITEM_KIND)
    stage.settle()
    return cast("RecordsPage", stage.window.page(ITEM_KIND))


@scene("items", dark=True, scaled=True)
def _items(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.select_row(3)
    return None


@scene("item-open", dark=True, scaled=True)
def _item_open(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.select_row(2)
    record_id = page.model.record_id(2)
    if record_id:
        page.open_record(record_id)
    stage.settle()
    return None


@scene("item-new")
def _item_new(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.open_new()
    stage.settle()
    return None


@scene("items-dense")
def _items_dense(stage: Stage) -> QWidget | None:
    items_page(stage).set_dense(True)
    return None


@scene("items-scrolled-sideways")
def _items_scrolled(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.select_row(2)
    page.table.horizontalScrollBar().setValue(420)
    return None


@scene("items-several-selected")
def _items_selected(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.selectAll()
    page.sort_by(page.kind.title, True)
    stage.settle()
    page.table.selectAll()
    return None


@scene("items-filtered", dark=True, scaled=True)
def _items_filtered(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.set_filter("task_type", (Filter("task_type", Match.IS_ANY, ("01", "05", "07")),))
    page.filter_bar.set_filter("task_name", (Filter("task_name", Match.IS_FILLED),))
    page.filter_bar.set_filter("promise_day", (Filter("promise_day", Match.AT_MOST, 20),))
    stage.settle()
    return None


@scene("items-searched")
def _items_searched(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.search.setText(_("permit"))
    stage.settle()
    return None


@scene("items-no-result")
def _items_no_result(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.search.setText("zzzz")
    page.filter_bar.set_filter("task_type", (Filter("task_type", Match.IS_ANY, ("01",)),))
    stage.settle()
    return None


@scene("list-empty", dark=True)
def _list_empty(stage: Stage) -> QWidget | None:
    stage.window.show_page("data_element")
    return None


@scene("filter-code-list", dark=True, scaled=True)
def _filter_code_list(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.ask_filter("task_type", page.table.header.place_under("task_type"))
    return None


@scene("filter-reference")
def _filter_reference(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.ask_filter("dept_name", page.table.header.place_under("dept_name"))
    return None


@scene("filter-text")
def _filter_text(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.ask_filter("task_name", page.table.header.place_under("task_name"))
    return None


@scene("filter-range")
def _filter_range(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.filter_bar.ask_filter("promise_day", page.table.header.place_under("promise_day"))
    return None


@scene("filter-by-which-element")
def _filter_which(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    button = page.filter_bar.filter_button
    ElementPicker(page, page.kind).show_at(button.mapToGlobal(QPoint(0, button.height() + 4)))
    return None


@scene("columns", scaled=True)
def _columns(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    button = page.filter_bar.columns_button
    chooser = ColumnChooser(page, page.kind, page.table.column_codes())
    chooser.show_at(button.mapToGlobal(QPoint(0, button.height() + 4)))
    return None


@scene("row-menu", dark=True)
def _row_menu(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.select_row(4)
    page.row_menu().popup(page.table.viewport().mapToGlobal(QPoint(240, 170)))
    return None


@scene("header-menu")
def _header_menu(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.header_menu("task_type").popup(page.table.header.place_under("task_type"))
    return None


@scene("palette", dark=True, scaled=True)
def _palette(stage: Stage) -> QWidget | None:
    items_page(stage)
    palette = stage.parts.open_palette()
    palette.search.setText(_("permit"))
    stage.settle()
    return None


@scene("palette-commands")
def _palette_commands(stage: Stage) -> QWidget | None:
    items_page(stage)
    stage.parts.open_palette()
    return None


@scene("message-refused", dark=True, scaled=True)
def _message_refused(stage: Stage) -> QWidget | None:
    items_page(stage)
    stage.window.message_bar.show_error(
        KnownError(
            "file-open",
            _("The file is open elsewhere"),
            _("{file} cannot be written while another program has it open.").format(file=_("list.xlsx")),
            _("Close it there and export again."),
        )
    )
    return None


@scene("message-done")
def _message_done(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    words = _("Deleted {count} of the kind {kind}").format(count=3, kind=page.kind.label)
    stage.window.message_bar.show_message(words, "success", _("Undo"), lambda: None)
    return None


@scene("tasks", dark=True, scaled=True, is_settled=False)
def _tasks(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    release = threading.Event()

    def slow(progress: Progress) -> None:
        progress(41_200, 58_000, _("Checking"))
        while not release.wait(0.02):
            progress(41_200, 58_000, _("Checking"))

    done = stage.bridge.run_query(
        lambda _progress: None, owner=page, title=_("Export {file}").format(file=_("list.xlsx"))
    )
    done.summary = _("{count} rows written").format(count="657")
    done.actions.append((_("Open"), lambda: None))
    done.actions.append((_("Show folder"), lambda: None))
    stage.settle()
    stage.bridge.run_query(slow, owner=page, title=_("Check"))
    for _number in range(30):
        stage.step()
        threading.Event().wait(0.02)
    return None


@scene("history", dark=True, scaled=True)
def _history(stage: Stage) -> QWidget | None:
    stage.window.show_page("history")
    return None


@scene("check-start")
def _check_start(stage: Stage) -> QWidget | None:
    stage.window.show_page("check")
    return None


@scene("check-findings", dark=True, scaled=True)
def _check_findings(stage: Stage) -> QWidget | None:
    stage.window.show_page("check")
    cast("CheckPage", stage.window.page("check")).check_all()
    stage.settle()
    return None


@scene("import-choose", dark=True, scaled=True)
def _import_choose(stage: Stage) -> QWidget | None:
    stage.window.show_page("import")
    return None


@scene("materials")
def _materials(stage: Stage) -> QWidget | None:
    stage.window.show_page("material")
    return None


@scene("organisations")
def _organisations(stage: Stage) -> QWidget | None:
    stage.window.show_page("organisation")
    return None


@scene("catalogue")
def _catalogue(stage: Stage) -> QWidget | None:
    stage.window.show_page("catalogue_item")
    return None


@scene("crash-window", dark=True)
def _crash(stage: Stage) -> QWidget | None:
    items_page(stage)
    try:
        raise ValueError("an example")
    except ValueError as error:
        stage.parts.show_crash(error)
    return None


@scene("crash-window-details")
def _crash_details(stage: Stage) -> QWidget | None:
    items_page(stage)
    window = CrashWindow(ValueError("an example"), stage.window)
    window.unfold()
    window.open()
    return None


@scene("export-menu", dark=True, scaled=True)
def _export_menu(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.select_row(4)
    button = page.export_button
    menu = button.menu()
    if menu is not None:
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return None


@scene("export-where")
def _export_where(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    name = _("{kind} of {store}.xlsx").format(kind=page.kind.label, store=stage.workbench.info.name)
    dialog = QFileDialog(stage.window, _("Export a workbook"), str(stage.folder), _("Excel workbook (*.xlsx)"))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.open()
    return None


@scene("delete-asked", dark=True)
def _delete_asked(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.table.selectAll()
    page.acts.ask_deletion(3).open()
    return None


@scene("password", dark=True, scaled=True)
def _password(stage: Stage) -> QWidget | None:
    return _password_over_start(stage, is_again=False)


@scene("password-wrong")
def _password_wrong(stage: Stage) -> QWidget | None:
    return _password_over_start(stage, is_again=True)


def _password_over_start(stage: Stage, is_again: bool) -> QWidget | None:
    made = _start_window(stage, [Path("/home/user/district.gdbos")])
    PasswordDialog("district.gdbos", is_again, made).open()
    return made


@scene("start", dark=True, scaled=True)
def _start(stage: Stage) -> QWidget | None:
    return _start_window(stage, [])


@scene("start-with-stores")
def _start_again(stage: Stage) -> QWidget | None:
    made = _start_window(stage, [Path("/home/user/district.gdbos"), Path("/media/usb/township.gdbos")])
    made.create_button.click()
    return made


def _start_window(stage: Stage, recent: list[Path]) -> StartWindow:
    made = StartWindow(recent, FileDialogs())
    made.setParent(stage.window)  # goes with the window
    made.resize(900, 540)
    made.show()
    return made
