"""The scenes of change drafts: the line above an item's form, the differences beside it, and the page of all drafts."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gdbos_desktop.domain.changes import Change, Origin, create, edit
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Value
from gdbos_desktop.services.drafts import into_drafts
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.form_scenes import ITEM_PLACE, open_item
from gdbos_desktop.ui.pages.records_page import RecordsPage
from gdbos_desktop.ui.scenes import items_page
from gdbos_desktop.ui.screenshots import Stage, scene

_PLACES = (ITEM_PLACE, ITEM_PLACE + 3, ITEM_PLACE + 5)


def _make_drafts(stage: Stage) -> None:
    """Drafts as an import makes them, of a few items of the list; taken back afterwards."""
    workspace, records = stage.workbench.workspace, stage.workbench.records
    page = items_page(stage)
    changes: list[Change] = []
    for number, place in enumerate(_PLACES):
        tree = records.tree(page.model.record_id(place) or "")
        item = tree.record
        values: dict[str, Value | None] = {
            "promise_day": 1,
            "transact_addr": _("Second floor, counters 3 to 5"),
            "consult_phone": "0999-5571234",
        }
        changes.append(edit(item, dict(list(values.items())[: 3 - number])))
        materials = [one.record for one in tree.children.get("material", ())]
        if materials and not number:
            elements: dict[str, Value] = {
                "material_name": _("Proof of residence"),
                "is_need": "2",
                "order_num": len(materials) + 1,
            }
            changes.append(edit(materials[0], {"remark": _("Both sides"), "copy_num": 2}))
            changes.append(create(Record(workspace.new_id(), "material", elements, item.id, len(materials))))
    reason = _("Import of {file}").format(file=_("list.xlsx"))
    with workspace.store.read() as reader:
        rerouted = into_drafts(workspace, reader, changes, reason)
    outcome = workspace.apply(rerouted.changes, origin=Origin.IMPORT, reason=reason)
    if outcome.change_set is not None:
        made = outcome.change_set.id
        stage.afterwards.append(lambda: stage.workbench.history.undo(made))
    stage.settle()


@scene("draft-line", dark=True, scaled=True)
def _draft_line(stage: Stage) -> QWidget | None:
    _make_drafts(stage)
    open_item(stage)
    return None


@scene("draft-differences", scaled=True)
def _draft_differences(stage: Stage) -> QWidget | None:
    _make_drafts(stage)
    editor = open_item(stage)
    editor.room_button.setChecked(True)
    stage.settle()
    editor.show_draft_version()
    return None


@scene("draft-list", dark=True, scaled=True)
def _draft_list(stage: Stage) -> QWidget | None:
    _make_drafts(stage)
    stage.window.show_page("draft")
    stage.settle()
    page = stage.window.page("draft")
    if isinstance(page, RecordsPage):
        page.table.select_row(0)
        page.open_record(page.model.record_id(0) or "")
    return None


@scene("draft-list-empty")
def _draft_list_empty(stage: Stage) -> QWidget | None:
    stage.window.show_page("draft")
    return None
