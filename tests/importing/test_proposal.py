"""A proposal is looked at row by row and turned into changes once."""

from __future__ import annotations

import pytest

from gdbos_desktop.domain.changes import Action
from gdbos_desktop.importing import Counts, Decision
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County


def test_rows_are_a_sequence_that_can_be_sliced_and_searched(county: County) -> None:
    county.take([HEADINGS, FOOD])
    proposal = county.propose([HEADINGS, FOOD, TAXI, (*BEES[:3], "魔法", *BEES[4:])])
    rows = proposal.rows
    assert len(rows) == 3
    assert [row.decision for row in rows[0:2]] == [Decision.UNCHANGED, Decision.NEW]
    assert rows[-1].decision is Decision.PROBLEM
    assert rows.find(Decision.NEW) == [1]
    assert rows.with_issues() == [2]
    for wrong in (3, -4):
        with pytest.raises(IndexError):
            rows[wrong]


def test_counts_are_by_kind_and_hold_what_is_made_by_the_way(county: County) -> None:
    proposal = county.propose([HEADINGS, FOOD, TAXI, FOOD])
    assert proposal.counts == {"organisation": Counts(created=2), "service_item": Counts(created=2, skipped=1)}


def test_what_is_referred_to_and_what_contains_comes_first(county: County) -> None:
    proposal = county.propose(
        {
            "申请材料": [("事项编码", "材料名称"), ("T-0001", "申请表")],
            "事项": [HEADINGS, FOOD],
            "实施主体": [("机构名称", "上级机构"), ("一股", "一所"), ("一所", "一局"), ("一局", None)],
        }
    )
    changes = proposal.changes()
    seen: set[str] = set()
    for change in changes:
        assert change.action is Action.CREATE
        assert change.parent_id is None or change.parent_id in seen
        for code in ("dept_name", "main_item"):
            assert change.after.get(code, "") in {"", *seen}
        seen.add(change.record_id)
    assert len(seen) == len(changes) == 6


def test_a_proposal_outlives_its_session_and_its_file(county: County) -> None:
    proposal = county.propose([HEADINGS, FOOD])
    (county.folder / "清单.xlsx").unlink()
    county.workbench.imports.commit(proposal)
    assert list(county.items()) == [FOOD[2]]
