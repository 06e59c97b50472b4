"""The scenes of the import page: every step, with a file made from the store's own list."""

from __future__ import annotations

import csv
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QWidget

from gdbos_desktop.domain.queries import Query
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
