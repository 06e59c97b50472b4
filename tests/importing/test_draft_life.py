"""Any sequence of imports, edits, publications and undos: what is in force changes only where somebody says so."""

from __future__ import annotations

import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gdbos_desktop.bootstrap import create_workbench
from gdbos_desktop.domain.drafts import is_open, overlaid, read_draft
from gdbos_desktop.domain.records import Record
from gdbos_desktop.system.errors import KnownError
from tests.importing.books import County, write_csv

HEADINGS = ("部门名称", "事项名称", "事项类型", "地方实施编码", "承诺办结时限", "办理地点", "事项状态", "事项版本")
CODES = ("promise_day", "transact_addr")
NAMES = ("甲事项", "乙事项")
days = st.integers(1, 3)
places = st.sampled_from(["一楼", "二楼"])
names = st.sampled_from(NAMES)


@dataclass
class Item:
    """An item as it should be: what is in force, its version, and the open draft (element → from, to)."""

    now: dict[str, object]
    version: int = 1
    draft: dict[str, tuple[object, object]] | None = None
    closed: int = 0

    @property
    def wanted(self) -> dict[str, object]:
        """What the next file is compared with."""
        return {**self.now, **{code: to for code, (_from, to) in (self.draft or {}).items()}}

    def merge(self, values: dict[str, object]) -> None:
        """A file says this."""
        wanted = self.wanted
        changed = {code: value for code, value in values.items() if value != wanted[code]}
        if not changed:
            return
        content = {code: pair for code, pair in (self.draft or {}).items() if pair[1] != self.now[code]}
        for code, value in changed.items():
            content[code] = (content[code][0] if code in content else self.now[code], value)
        content = {code: (old, to) for code, (old, to) in content.items() if to != self.now[code]}
        if not content and self.draft is not None:
            self.closed += 1
        self.draft = content or None


@dataclass
class Model:
    """Both items."""

    items: dict[str, Item] = field(default_factory=dict)


class Life(RuleBasedStateMachine):
    """A store beside its model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.county = County(create_workbench(self.folder / "county.gdbos", "示例县", "511602"), self.folder)
        self.model = Model()
        self.before: list[Model] = []

    def teardown(self) -> None:
        self.county.workbench.close()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self._take({name: {"promise_day": 2, "transact_addr": "一楼"} for name in NAMES})
        self.model.items = {name: Item({"promise_day": 2, "transact_addr": "一楼"}) for name in NAMES}

    def _take(self, said: dict[str, dict[str, object]]) -> None:
        rows = [
            ("示例局", name, "行政许可", f"T-{NAMES.index(name)}", one["promise_day"], one["transact_addr"], "在用", 1)
            for name, one in said.items()
        ]
        self.county.take(write_csv(self.folder / "清单.csv", [HEADINGS, *rows]))

    def _acted(self, count: int, before: Model) -> None:
        """Remember what was before an act, if there was an act."""
        if self.county.change_count() > count:
            self.before.append(before)

    @rule(name=names, day=days, place=places, other=days)
    def import_list(self, name: str, day: int, place: str, other: int) -> None:
        last = NAMES[1 - NAMES.index(name)]
        said: dict[str, dict[str, object]] = {
            name: {"promise_day": day, "transact_addr": place},
            last: {"promise_day": other, "transact_addr": "一楼"},
        }
        count, before = self.county.change_count(), deepcopy(self.model)
        self._take(said)
        for one, values in said.items():
            self.model.items[one].merge(values)
        self._acted(count, before)
        count = self.county.change_count()
        self._take(said)
        assert self.county.change_count() == count

    @rule(name=names, day=days)
    def edit_what_is_in_force(self, name: str, day: int) -> None:
        count, before = self.county.change_count(), deepcopy(self.model)
        self.county.workbench.records.edit([self.county.items()[name].id], {"promise_day": day})
        self.model.items[name].now["promise_day"] = day
        self._acted(count, before)

    @rule(name=names)
    def put_into_force(self, name: str) -> None:
        item, count, before = self.model.items[name], self.county.change_count(), deepcopy(self.model)
        fits = item.draft is not None and all(item.now[code] in pair for code, pair in item.draft.items())
        record_id, drafts = self.county.items()[name].id, self.county.workbench.drafts
        if not fits:
            with pytest.raises(KnownError) as error:
                drafts.publish(record_id)
            assert error.value.code == ("no-draft" if item.draft is None else "draft-conflict")
            return
        drafts.publish(record_id)
        item.now, item.version, item.draft, item.closed = item.wanted, item.version + 1, None, item.closed + 1
        self._acted(count, before)

    @precondition(lambda self: any(item.draft for item in self.model.items.values()))
    @rule(name=names)
    def discard(self, name: str) -> None:
        item, count, before = self.model.items[name], self.county.change_count(), deepcopy(self.model)
        if item.draft is not None:
            self.county.workbench.drafts.discard(self.county.items()[name].id)
            item.draft, item.closed = None, item.closed + 1
            self._acted(count, before)

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        self.county.workbench.history.undo()
        self.model = self.before.pop()

    @invariant()
    def the_store_is_as_the_model(self) -> None:
        drafts: dict[str, list[Record]] = {}
        kind = self.county.standard.draft_kind
        assert kind is not None
        assert kind.draft is not None
        for record in self.county.records(kind.code):
            drafts.setdefault(str(record.parent_id), []).append(record)
        for name, record in self.county.items().items():
            item = self.model.items[name]
            assert {code: record.elements[code] for code in CODES} == item.now
            assert record.elements["task_version"] == item.version
            opened = [one for one in drafts.get(record.id, []) if is_open(one, kind.draft)]
            assert len(opened) == (item.draft is not None)
            assert len(drafts.get(record.id, [])) == item.closed + len(opened)
            for one in opened:
                [change] = read_draft(one, kind.draft).content.values()
                assert {code: (change.before[code], change.after[code]) for code in change.after} == item.draft
                laid = overlaid(record, change)
                assert laid is not None
                assert {code: laid.elements[code] for code in CODES} == item.wanted


TestDraftLife = Life.TestCase
TestDraftLife.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)
