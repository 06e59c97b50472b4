"""The scenes of the import page: every step, with a file made from the store's own list."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QWidget

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.schema.types import Codes
from gdbos_desktop.services.demo import sample_workbook
from gdbos_desktop.services.imports import ImportSession
from gdbos_desktop.services.sampling import write_sample_list
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.assembly import ITEM_KIND
from gdbos_desktop.ui.import_choose import MOST_RECENT, RECENT_KEY, RECENT_SECTION
from gdbos_desktop.ui.import_page import ImportPage, Step
from gdbos_desktop.ui.pages.hosted_page import HostedPage
from gdbos_desktop.ui.screenshots import Stage, scene

ROWS = 24
LONG_LIST = 12_000
_COLUMNS = (
    "task_name", "dept_name", "dept_code", "task_type", "catalog_code", "task_code", "local_task_code",
    "anticipate_day", "promise_day", "link_way",
)  # fmt: skip


def import_page(stage: Stage) -> ImportPage:
    """The import page, in front."""
    stage.window.show_page("import")
    stage.settle()
    stage.afterwards.append(stage.workbench.imports.drop_pending)
    return cast("ImportPage", cast("HostedPage", stage.window.page("import")).part)


def write_list(stage: Stage, *, is_changed: bool = True, strange: Sequence[str] = ()) -> Path:
    """A list as an office hands it in: known rows, changed rows, new rows, some wrong, and headings nobody knows."""
    kind = stage.workbench.standard.kind(ITEM_KIND)
    columns = [code for code in _COLUMNS if code in kind.elements]
    listed = stage.workbench.records.open_list(Query(ITEM_KIND)).rows(0, ROWS)
    lines = [{code: row.cells.get(code, "") for code in columns} for row in listed if row is not None]
    if is_changed:
        for place, line in enumerate(lines):
            if place % 3 == 1:
                line["promise_day"] = "1"
            if place % 5 == 2:  # a new item
                line["task_name"] += _(" (second window)")
                line["task_code"] = line["local_task_code"] = ""
        lines[0]["promise_day"] = _("ten or so")
        lines[3]["dept_code"] = lines[3]["dept_code"][:-1]
        lines[4]["task_type"] = _("permits of old")
        lines[5]["task_code"] = "3.70E+11"
    path = stage.folder / _("list.csv")
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*(kind.elements[code].label for code in columns), *strange])
        for number, line in enumerate(lines, start=1):
            writer.writerow([*line.values(), *(f"{heading} {number}" for heading in strange)])
    return path


@scene("import-reading", dark=True, is_settled=False)
def _reading(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    path = stage.folder / _("list.csv")
    write_sample_list(path, LONG_LIST, 1, stage.workbench.standard)
    page.read(path)
    for _turn in range(2_000):
        stage.step()
        threading.Event().wait(0.002)
        if "," in page.progress.words:  # some thousands
            break
    return None


@scene("import-columns", dark=True, scaled=True)
def _columns(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    page.read(write_list(stage, strange=(_("Remark of the window"), _("Telephone of the desk"), _("Days"))))
    stage.settle()
    return None


@scene("import-columns-known")
def _columns_known(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    page.read(write_list(stage))
    stage.settle()
    page.columns.table.choose(4)
    return None


@scene("import-column-answers", dark=True, scaled=True)
def _answers(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    page.read(write_list(stage, strange=(_("Remark of the window"), _("Days promised"))))
    stage.settle()
    asked = [one.plan.place for one in page.columns.columns if one.is_asked]
    if asked:
        page.columns.ask(asked[0])
    return None


@scene("import-review", dark=True, scaled=True)
def _review(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.review.table.selectRow(1)
    return None


@scene("import-review-problems", dark=True, scaled=True)
def _review_problems(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.review.table.selectRow(0)
    page.review.table.setFocus()
    return None


def _reviewed(stage: Stage, *, is_changed: bool = True) -> ImportPage:
    page = import_page(stage)
    page.read(write_list(stage, is_changed=is_changed))
    stage.settle()
    if page.step is Step.COLUMNS:
        page.go_on()
        stage.settle()
    return page


def write_rows(stage: Stage, rows: Sequence[Sequence[str]], name: str = "") -> Path:
    """A list with just these rows, the headings first."""
    path = stage.folder / (name or _("list.csv"))
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def _labels(stage: Stage, *codes: str) -> list[str]:
    kind = stage.workbench.standard.kind(ITEM_KIND)
    return [kind.elements[code].label for code in codes]


@scene("import-guesses", dark=True, scaled=True)
def _guesses(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    page.read(write_list(stage, strange=(_("Telephone of consultation"), _("Remark of the window"))))
    stage.settle()
    return None


@scene("import-value-columns", dark=True)
def _value_columns(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    code_list = stage.workbench.standard.kind(ITEM_KIND).elements["server_type"].type
    entries = list(cast("Codes", code_list).code_list.by_code.values())[:3]
    name = _("Permit for a food business")
    lines = [[name, *("√" if (number + place) % 2 else "" for place in range(3))] for number in range(8)]
    page.read(write_rows(stage, [[*_labels(stage, "task_name"), *(entry.label for entry in entries)], *lines]))
    stage.settle()
    for place, entry in enumerate(entries, start=2):
        page.decide(_standing_for(place, entry.code))
    stage.settle()
    page.columns.table.choose(3)
    return None


def _standing_for(place: int, code: str) -> Callable[[ImportSession], None]:
    return lambda session: session.set_column(session.sheets[0].name, place, "server_type", value=code)


@scene("import-form", dark=True)
def _form(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    kind = stage.workbench.standard.kind(ITEM_KIND)
    first = stage.workbench.records.open_list(Query(ITEM_KIND)).rows(0, 1)[0]
    cells = first.cells if first is not None else {}
    lines = [[kind.elements[code].label, cells.get(code, "")] for code in _COLUMNS if code in kind.elements]
    page.read(write_rows(stage, lines))
    stage.settle()
    return None


@scene("import-blocks", dark=True, scaled=True)
def _blocks(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    material = stage.workbench.standard.kind("material")
    listed = stage.workbench.records.open_list(Query(ITEM_KIND)).rows(0, 4)
    codes = ("task_name", "dept_name", "task_type", "task_code")
    inner = list(material.shown)[:4]
    group = material.label
    heading = [*_labels(stage, *codes), *(f"{group}/{element.label}" for element in inner)]
    lines = []
    for row in listed:
        for number in range(3):
            values = [_("identity card"), *("" for _rest in inner[1:])] if number else [_("identity card of residents")]
            lines.append([*(row.cells.get(code, "") if row is not None else "" for code in codes), *values])
    page.read(write_rows(stage, [heading, *lines]))
    stage.settle()
    return None


@scene("import-wrong-cells", dark=True, scaled=True)
def _wrong_cells(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    page.read(write_list(stage))
    stage.settle()
    preview = page.columns.preview
    preview.table.setCurrentIndex(preview.model.index(5, 3))
    return None


@scene("import-mend-a-cell", dark=True, scaled=True)
def _mend_a_cell(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.review.mending.mend(page.review.model.proposed(0).place.sheet, 2, 9, "10", "I2")
    stage.settle(0.4)
    page.review.table.selectRow(0)
    stage.settle()
    if page.review.detail.editors:
        page.review.detail.editors[0].type_text("1")
        page.review.detail.editors[0].field.setFocus()
    return None


@scene("import-mend-at-once", dark=True, scaled=True)
def _mend_at_once(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    listed = stage.workbench.records.open_list(Query(ITEM_KIND)).rows(0, ROWS)
    known = [row.cells for row in listed if row is not None]
    codes = ("task_name", "dept_name", "dept_code", "task_type", "promise_day")
    lines = []
    for number, cells in enumerate(known):
        line = [cells.get(code, "") for code in codes]
        line[2] = line[2].replace("0", "O") if number % 3 == 0 else line[2]
        line[3] = (_("permits of old"), _("confirmations of old"), line[3])[number % 3]
        lines.append(line)
    page.read(write_rows(stage, [_labels(stage, *codes), *lines]))
    stage.settle()
    page.go_on()
    stage.settle()
    page.review.tabs.setCurrentWidget(page.review.mends)
    return None


@scene("import-alike-names", dark=True, scaled=True)
def _alike_names(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    kind = stage.workbench.standard.kind("material")
    listed = stage.workbench.records.open_list(Query(ITEM_KIND)).rows(0, 6)
    items = [row.cells.get("task_code", "") for row in listed if row is not None]
    names = (_("identity card of residents"), _("identity card"), _("identity card, original and copy"))
    lines = [[items[number % len(items)], names[number % 3], str(number + 40)] for number in range(9)]
    heading = [kind.parent_heading, kind.elements[kind.title].label]
    page.read(write_rows(stage, [heading, *(line[:2] for line in lines)]))
    stage.settle()
    page.go_on()
    stage.settle()
    page.review.tabs.setCurrentWidget(page.review.clusters)
    stage.settle()
    if page.review.clusters.boxes:
        page.review.clusters.boxes[0].setChecked(True)
    return None


def _keep_recipe(stage: Stage) -> None:
    name = _("List of the windows")
    page = import_page(stage)
    page.read(write_list(stage, strange=(_("Remark of the window"),)))
    stage.settle()
    page.keep_recipe(name)
    stage.settle()
    page.start_again()
    stage.settle()
    stage.afterwards.append(lambda: stage.workbench.recipes.forget(name))


@scene("import-recipe-offered", dark=True, scaled=True)
def _recipe_offered(stage: Stage) -> QWidget | None:
    _keep_recipe(stage)
    page = import_page(stage)
    page.read(write_list(stage, strange=(_("Remark of the window"),)))
    stage.settle()
    return None


@scene("import-recipe-chosen", dark=True)
def _recipe_chosen(stage: Stage) -> QWidget | None:
    _keep_recipe(stage)
    page = import_page(stage)
    page.choose.choose_recipe(_("List of the windows"))
    return None


@scene("import-recipe-kept", dark=True, scaled=True)
def _recipe_kept(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.ask_recipe(page.recipe_button)
    return None


@scene("import-pending", dark=True, scaled=True)
def _pending(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    stage.settle(0.6)
    page.let_go()
    page.step = Step.DONE  # as if the program had ended here
    page.start_again()
    stage.settle()
    return None


@scene("import-several-sheets", dark=True, scaled=True)
def _several_sheets(stage: Stage) -> QWidget | None:
    page = import_page(stage)
    page.read(sample_workbook())
    stage.settle()
    return None


@scene("import-nothing-new")
def _nothing_new(stage: Stage) -> QWidget | None:
    _reviewed(stage, is_changed=False)
    return None


@scene("import-done", dark=True, scaled=True)
def _done(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.commit()
    stage.settle()
    if page.outcome is not None:
        stage.afterwards.append(stage.workbench.history.undo)
    return None


@scene("import-taken-back")
def _taken_back(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.commit()
    stage.settle()
    page.undo()
    stage.settle()
    return None


@scene("import-refused", dark=True, scaled=True)
def _refused(stage: Stage) -> QWidget | None:
    known = [stage.folder / f"{number}-{_('list.csv')}" for number in range(1, MOST_RECENT + 1)]
    for file in known:
        file.write_bytes(b"")
    settings, before = stage.workbench.settings, stage.workbench.settings.get(RECENT_SECTION, RECENT_KEY, [])
    settings.set(RECENT_SECTION, RECENT_KEY, [str(file) for file in known])
    stage.afterwards.append(lambda: settings.set(RECENT_SECTION, RECENT_KEY, before))
    page = import_page(stage)
    path = stage.folder / _("list.xlsx")
    path.write_bytes(b"\x89PNG\r\n\x1a\n no workbook at all")
    page.read(path)
    stage.settle()
    return None


@scene("import-used-before")
def _used_before(stage: Stage) -> QWidget | None:
    page = _reviewed(stage)
    page.start_again()
    stage.settle()
    return None
