"""An act is taken back days later: as a whole when nothing of it was touched, otherwise by an account and the rest."""

from __future__ import annotations

import pytest

from gdbos_desktop.domain.changes import HistoryEntry, Origin, create, delete, edit
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.undo import Hindrance
from gdbos_desktop.services.undo_account import HinderedRecord, UndoHinderedError, hindrance_words
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError

FOOD, TAXI, BEES = ("f" * 32, "b" * 32, "e" * 32)


def _import(workbench: Workbench) -> str:
    records = [
        Record("0" * 32, "organisation", {"org_name": "示例县市场监管局"}),
        Record(FOOD, "service_item", {"task_name": "食品经营许可", "promise_day": 5, "dept_name": "0" * 32}),
        Record("1" * 32, "material", {"material_name": "身份证"}, FOOD, 0),
        Record("2" * 32, "material", {"material_name": "营业执照"}, FOOD, 1),
        Record(TAXI, "service_item", {"task_name": "出租汽车经营许可"}),
        Record(BEES, "service_item", {"task_name": "养蜂证申领"}),
    ]
    outcome = workbench.workspace.apply([create(one) for one in records], origin=Origin.IMPORT, reason="导入清单")
    assert outcome.change_set is not None
    return outcome.change_set.id


def _record(workbench: Workbench, record_id: str) -> Record:
    with workbench.workspace.store.read() as reader:
        return reader.get([record_id])[0]


def _edit(workbench: Workbench, record_id: str, reason: str = "改", **values: str | int | None) -> None:
    change = edit(_record(workbench, record_id), values)
    workbench.workspace.apply([change], origin=Origin.EDIT, reason=reason)


def _living(workbench: Workbench) -> set[str]:
    with workbench.workspace.store.read() as reader:
        return reader.living([FOOD, TAXI, BEES, "0" * 32, "1" * 32, "2" * 32])


def _entry(workbench: Workbench, act: str) -> HistoryEntry:
    return workbench.history.find_act(act)


def _account(workbench: Workbench, act: str) -> dict[str, HinderedRecord]:
    return {one.title: one for one in workbench.history.account(act).hindered}


def test_an_act_that_nobody_touched_since_is_taken_back_whole_whatever_else_was_done(workbench: Workbench) -> None:
    act = _import(workbench)
    other = Record("9" * 32, "service_item", {"task_name": "别的事项"})
    workbench.workspace.apply([create(other)], origin=Origin.EDIT, reason="新增")
    assert workbench.history.undo(act).changed_count == 6
    assert _living(workbench) == set()
    assert _entry(workbench, act).taken_back == 6


def test_the_account_says_which_element_became_what_by_whom(workbench: Workbench) -> None:
    act = _import(workbench)
    _edit(workbench, FOOD, "缩短时限", promise_day=3)
    _edit(workbench, FOOD, "再缩短", promise_day=2)
    workbench.workspace.apply([delete(_record(workbench, TAXI))], origin=Origin.EDIT, reason="删除")
    with pytest.raises(UndoHinderedError) as hindered:
        workbench.history.undo(act)
    assert hindered.value.code == "conflict"
    found = {one.title: one for one in hindered.value.account.hindered}
    assert set(found) == {"示例县市场监管局", "食品经营许可", "出租汽车经营许可"}
    food, taxi = found["食品经营许可"], found["出租汽车经营许可"]
    assert [(one.label, one.before, one.after, one.reason) for one in food.changes] == [
        ("承诺办结时限", "3", "2", "再缩短")
    ]
    assert food.changes[0].actor == workbench.workspace.actor.name
    assert (taxi.hindrance, taxi.is_there, taxi.changes[0].reason) == (Hindrance.DELETED, False, "删除")
    assert found["示例县市场监管局"].hindrance is Hindrance.REFERRED
    assert hindered.value.account.free_count == 3
    assert all(hindrance_words(one) for one in found.values())
    assert len(_living(workbench)) == 5


def test_the_rest_is_taken_back_and_what_was_touched_stays(workbench: Workbench) -> None:
    act = _import(workbench)
    _edit(workbench, "1" * 32, material_name="居民身份证")
    assert _account(workbench, act)["食品经营许可"].hindrance is Hindrance.CONTAINS
    outcome = workbench.history.undo(act, rest=True)
    assert _living(workbench) == {FOOD, "1" * 32, "0" * 32}
    assert outcome.change_set is not None
    assert outcome.change_set.undoes == act
    entry = _entry(workbench, act)
    assert (entry.is_partly_undone, entry.undone_by, entry.taken_back) == (True, None, 3)


def test_undo_by_key_goes_on_to_older_acts_after_a_partial_one_and_redo_brings_the_part_back(
    workbench: Workbench,
) -> None:
    act = _import(workbench)
    _edit(workbench, BEES, "改名", task_name="养蜂证申领和换发")
    workbench.history.undo(act, rest=True)
    upcoming = workbench.history.next_undo()
    assert upcoming is not None
    assert upcoming.change_set.reason == "改名"
    workbench.history.redo()
    assert len(_living(workbench)) == 6
    assert _entry(workbench, act).taken_back == 0


def test_what_stayed_can_be_taken_back_later_when_the_later_change_is_undone(workbench: Workbench) -> None:
    act = _import(workbench)
    _edit(workbench, BEES, task_name="养蜂证申领和换发")
    later = workbench.history.next_undo()
    assert later is not None
    workbench.history.undo(act, rest=True)
    assert _living(workbench) == {BEES}
    workbench.history.undo(later.change_set.id)
    assert workbench.history.undo(act).changed_count == 1
    assert _living(workbench) == set()
    assert _entry(workbench, act).undone_by is not None
    with pytest.raises(KnownError, match="已经撤销过"):
        workbench.history.undo(act)


def test_where_every_record_was_touched_there_is_no_rest(workbench: Workbench) -> None:
    _import(workbench)
    _edit(workbench, BEES, "第一次", task_name="甲")
    first = workbench.history.next_undo()
    assert first is not None
    _edit(workbench, BEES, "第二次", task_name="乙")
    with pytest.raises(UndoHinderedError) as hindered:
        workbench.history.undo(first.change_set.id, rest=True)
    assert hindered.value.account.free_count == 0


def test_an_act_is_found_by_its_number_or_its_id(workbench: Workbench) -> None:
    act = _import(workbench)
    number = _entry(workbench, act).sequence
    assert _entry(workbench, f"#{number}").change_set.id == act
    for word in ("#999", "keine", "", "1" * 40):
        with pytest.raises(KnownError) as missing:
            workbench.history.find_act(word)
        assert missing.value.code == "no-such-act"
