"""The scenes of the editor: every section of an item, what is wrong beside its field, history, drafts, bulk editing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

from PySide6.QtWidgets import QApplication, QWidget

from gdbos_desktop.domain.changes import Origin, create
from gdbos_desktop.domain.records import Record
from gdbos_desktop.services.sampling import generate_items
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.assembly import ITEM_KIND
from gdbos_desktop.ui.forms import EditorPane
from gdbos_desktop.ui.forms.bulk_dialog import BulkDialog
from gdbos_desktop.ui.forms.choice_line import ChoiceLine
from gdbos_desktop.ui.scenes import items_page
from gdbos_desktop.ui.screenshots import Stage, scene
from gdbos_desktop.ui.undo_dialog import UndoDialog

ITEM_PLACE = 2
"""Which item of the list is opened."""
MANY = 2_000
_SECTIONS = (
    "basic", "body", "basis", "condition", "process", "fee", "result", "online", "place", "rights", "topic", "state",
)  # fmt: skip
_TABLES = ("handling_item", "situation", "material", "fee", "faq", "step", "legal_basis")
_LOUD = ("basic", "material", "situation")
"""Sections that are looked at in the dark and at every scaling too."""


def open_item(stage: Stage, place: int = ITEM_PLACE) -> EditorPane:
    """Open an item beside the list; what a scene leaves unsaved is thrown away afterwards."""
    page = items_page(stage)
    page.table.select_row(place)
    record_id = page.model.record_id(place) or ""
    page.open_record(record_id)
    stage.settle()
    stage.afterwards.append(lambda: stage.workbench.records.drop_draft(record_id))
    return cast("EditorPane", page.editor)


def _show_section(stage: Stage, code: str) -> QWidget | None:
    editor = open_item(stage)
    form = editor.form
    if form is not None:
        codes = [section.code for section in form.sections]
        for wanted in (code, f"@{code}"):
            if wanted in codes:
                form.show_section(wanted)
                form.focus_first()
    return None


def _add_sections() -> None:
    for code in _SECTIONS:
        is_loud = code in _LOUD
        scene(f"form-{code}", dark=is_loud, scaled=is_loud)(partial(_show_section, code=code))
    for code in _TABLES:
        is_loud = code in _LOUD
        scene(f"table-{code}", dark=is_loud, scaled=is_loud)(partial(_show_section, code=code))


_add_sections()


@scene("form-wide", dark=True, scaled=True)
def _form_wide(stage: Stage) -> QWidget | None:
    editor = open_item(stage)
    editor.room_button.setChecked(True)
    return None


@scene("form-wide-history")
def _form_wide_history(stage: Stage) -> QWidget | None:
    editor = _with_past(stage)
    editor.room_button.setChecked(True)
    editor.show_history()
    return None


@scene("form-issues", dark=True, scaled=True)
def _form_issues(stage: Stage) -> QWidget | None:
    editor = _with_issues(stage)
    if editor.form is not None:
        editor.form.jump("promise_day")
    return None


@scene("form-issues-listed", scaled=True)
def _form_issues_listed(stage: Stage) -> QWidget | None:
    editor = _with_issues(stage)
    editor.show_panel(editor.issues_panel)
    return None


def _with_issues(stage: Stage) -> EditorPane:
    editor = open_item(stage)
    form = editor.form
    if form is not None:
        for element, text in (
            ("anticipate_day", "20"),
            ("promise_day", "30"),
            ("link_way", "12345"),
            ("plan_effective_date", "2023.13.1"),
        ):
            if any(one.code == element for section in form.sections for one in section.elements):
                form.field(element).type_text(text)
    stage.settle()
    return editor


@scene("form-missing", dark=True)
def _form_missing(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.open_new()
    stage.settle()
    editor = cast("EditorPane", page.editor)
    editor.show_panel(editor.missing_panel)
    return None


@scene("form-help", dark=True)
def _form_help(stage: Stage) -> QWidget | None:
    editor = open_item(stage)
    if editor.form is not None:
        editor.form.jump("task_type")
        editor.form.field("task_type").explain()
    return None


@scene("form-choices")
def _form_choices(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    page.open_new()
    stage.settle()
    editor = cast("EditorPane", page.editor)
    if editor.form is not None:
        editor.form.jump("task_type")
        for line in editor.form.field("task_type").editor().findChildren(ChoiceLine):
            line.open_list()
    return None


@scene("form-history", dark=True, scaled=True)
def _form_history(stage: Stage) -> QWidget | None:
    editor = _with_past(stage)
    editor.show_history()
    return None


@scene("form-history-of-field")
def _form_history_of_field(stage: Stage) -> QWidget | None:
    editor = _with_past(stage)
    editor.show_history("promise_day")
    if editor.form is not None:
        editor.form.jump("promise_day")
    return None


def _with_past(stage: Stage) -> EditorPane:
    """An item that was changed and changed back."""
    editor = open_item(stage)
    records, record_id = stage.workbench.records, editor.record_id
    before = records.get(record_id).elements.get("promise_day")
    label = stage.workbench.standard.kind(ITEM_KIND).elements["promise_day"].label
    words = _("Changed “{element}” of {count} records").format(element=label, count=1)
    records.edit([record_id], {"promise_day": 3}, words)
    records.edit([record_id], {"promise_day": before}, words)
    stage.settle()
    return editor


@scene("form-draft-offered")
def _form_draft(stage: Stage) -> QWidget | None:
    page = items_page(stage)
    records = stage.workbench.records
    tree = records.tree(page.model.record_id(ITEM_PLACE) or "")
    mine = replace(tree, record=replace(tree.record, elements={**tree.record.elements, "promise_day": 3}))
    records.keep_draft(tree, mine)
    open_item(stage)
    return None


@scene("form-changed-elsewhere")
def _form_conflict(stage: Stage) -> QWidget | None:
    editor = open_item(stage)
    if editor.form is not None:
        editor.form.field("promise_day").type_text("2")
    records, record_id = stage.workbench.records, editor.record_id
    records.edit([record_id], {"anticipate_day": 33}, _("Changed at the other desk"))
    stage.afterwards.append(stage.workbench.history.undo)
    stage.settle()
    return None


@scene("form-part", dark=True)
def _form_part(stage: Stage) -> QWidget | None:
    editor = open_item(stage)
    if editor.form is not None:
        table = editor.form.table("material")
        editor.form.show_section("@material")
        table.take_focus()
        table.open_row()
    return None


@scene("table-pasted")
def _table_pasted(stage: Stage) -> QWidget | None:
    editor = open_item(stage)
    if editor.form is not None:
        editor.form.show_section("@material")
        table = editor.form.table("material")
        columns = [column.label for column in table.model.columns[:2]]
        name = str(table.model.index(0, 0).data())
        clipboard = QApplication.clipboard()
        clipboard.setText("\n".join(["\t".join([*columns, "X"]), f"{name} (2)\t?\t1", f"{name} (3)\t\t"]))
        table.paste()
        clipboard.clear()
    return None


@scene("table-cell-edited")
def _table_cell(stage: Stage) -> QWidget | None:
    editor = open_item(stage)
    if editor.form is not None:
        editor.form.show_section("@material")
        table = editor.form.table("material")
        table.take_focus()
        index = table.model.index(1, 0)
        table.view.go(index)
        table.view.edit(index)
    return None


@scene("bulk-edit", dark=True, scaled=True)
def _bulk(stage: Stage) -> QWidget | None:
    _bulk_dialog(stage).choose_element("task_type")
    return None


@scene("bulk-edit-begun")
def _bulk_begun(stage: Stage) -> QWidget | None:
    _bulk_dialog(stage)
    return None


@scene("bulk-edit-refused")
def _bulk_refused(stage: Stage) -> QWidget | None:
    dialog = _bulk_dialog(stage)
    dialog.choose_element("promise_day")
    if dialog.widget is not None:
        dialog.widget.editor.type_text("3.5")
        dialog.widget.editor.settle()
        dialog.apply()
    return None


def _bulk_dialog(stage: Stage) -> BulkDialog:
    page = items_page(stage)
    page.table.selectAll()
    page.acts.change_selection()
    stage.settle()
    found = page.table.findChildren(BulkDialog)
    return found[0]


@scene("items-many")
def _items_many(stage: Stage) -> QWidget | None:
    workspace = stage.workbench.workspace
    kind = workspace.standard.kind(ITEM_KIND)
    changes = []
    for item in generate_items(MANY, 7):
        values = {c: v for c, v in item.values.items() if c in kind.elements and c not in kind.references}
        changes.append(create(Record(workspace.new_id(), ITEM_KIND, values)))
    workspace.apply(changes, origin=Origin.IMPORT, reason=_("Import of {file}").format(file=_("list.xlsx")))
    stage.afterwards.append(stage.workbench.history.undo)
    page = items_page(stage)
    stage.settle()
    page.table.verticalScrollBar().setValue(page.table.verticalScrollBar().maximum() // 2)
    return None


@scene("history-undone", dark=True, scaled=True)
def _history_undone(stage: Stage) -> QWidget | None:
    records, history = stage.workbench.records, stage.workbench.history
    page = items_page(stage)
    ids = [page.model.record_id(place) or "" for place in range(3)]
    calls: list[Callable[[], object]] = [
        lambda: records.edit(ids[:1], {"promise_day": 4}),
        lambda: records.edit(ids, {"task_state": "1", "promise_day": 6}),
        history.undo,
        history.redo,
        history.undo,
        history.undo,
    ]
    for call in calls:
        call()
    stage.window.show_page("history")
    return None


@scene("undo-hindered", dark=True, scaled=True)
def _undo_hindered(stage: Stage) -> QWidget | None:
    records, history = stage.workbench.records, stage.workbench.history
    page = items_page(stage)
    ids = [page.model.record_id(place) or "" for place in range(6)]
    act = records.edit(ids, {"task_state": "1", "promise_day": 6}).change_set
    long_name = str(records.get(ids[1]).elements["task_name"]) * 3
    later: tuple[Callable[[], object], ...] = (
        lambda: records.edit(ids[:1], {"promise_day": 4, "task_state": "2"}),
        lambda: records.edit(ids[1:2], {"promise_day": 3, "task_name": long_name}),
        lambda: records.edit(ids[1:2], {"task_state": "3"}),
        lambda: records.delete(ids[2:3]),
    )
    for call in later:
        call()
        stage.afterwards.append(history.undo)
    stage.afterwards.append(history.undo)
    stage.window.show_page("history")
    stage.settle()
    if act is not None:
        account = history.account(act.id)
        return UndoDialog(account, stage.window)
    return None
