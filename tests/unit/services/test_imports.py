"""The verbs of importing: what was looked over is what is written, or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gdbos_desktop.services.imports import ImportOptions, Proposal
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError


def _proposal(workbench: Workbench, folder: Path, days: int) -> Proposal:
    table = folder / "一项.csv"
    table.write_text(
        f"部门名称,事项名称,事项类型,地方实施编码,承诺办结时限\n县民政局,低保审批,行政给付,T-1,{days}\n",
        encoding="utf-8",
    )
    return workbench.imports.propose(workbench.imports.open(table, ImportOptions()))


def _save_something(workbench: Workbench, code: str) -> None:
    item = workbench.records.new_record("service_item")
    workbench.records.create(replace(item, elements={"task_name": "低保审批", "local_task_code": code}))


def test_what_is_new_in_a_proposal_is_not_written_into_a_store_that_changed_since(
    workbench: Workbench, tmp_path: Path
) -> None:
    proposal = _proposal(workbench, tmp_path, 5)
    _save_something(workbench, "T-1")
    with pytest.raises(KnownError) as refused:
        workbench.imports.commit(proposal)
    assert refused.value.code == "proposal-outdated"
    again = _proposal(workbench, tmp_path, 5)
    assert again.counts["service_item"].created == 0
    workbench.imports.commit(again)
    assert len(workbench.records.find_by_code("T-1").elements) > 2


def test_changes_of_known_records_are_written_although_others_were_saved_since(
    workbench: Workbench, tmp_path: Path
) -> None:
    workbench.imports.commit(_proposal(workbench, tmp_path, 5))
    proposal = _proposal(workbench, tmp_path, 3)
    _save_something(workbench, "T-2")
    workbench.imports.commit(proposal)
    assert workbench.records.find_by_code("T-1").elements["promise_day"] == 3
