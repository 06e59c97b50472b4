"""The provincial export: 227 columns, materials one per row, JSON in cells, a second block for children."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import rule_base, standard
from gdbos_desktop.domain.layouts import Layout
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing import Decision, ImportSession
from gdbos_desktop.schema import Severity, Value
from tests.importing.books import BEES, HEADINGS, County, read_here, write_book
from tests.importing.provincial import ProvincialItem, headings, invented_item, write_provincial

STEP = {"huanjiemingcheng": "step_name", "banlishixian": "step_days"}
FAQ = {"name": "question", "val": "answer"}


@pytest.fixture
def items() -> list[ProvincialItem]:
    dice = random.Random(20200429)
    return [invented_item(number, dice, with_child=number % 3 == 0) for number in range(1, 13)]


@pytest.fixture
def layout(county: County) -> Layout:
    return county.workbench.recipes.find("province-2020")


def _take(county: County, path: Path, layout: Layout) -> list[Decision]:
    with ImportSession(read_here(path), standard(), rule_base(), recipe=layout) as session:
        assert session.questions == []
        proposal = county.workbench.imports.propose(session)
    assert [issue for issue in proposal.issues if issue.severity is Severity.ERROR] == []
    county.workbench.imports.commit(proposal)
    return [row.decision for row in proposal.rows]


def _expected(kind: str, words: Mapping[str, str]) -> dict[str, Value]:
    """What the elements of a kind make of texts by heading or element code; blank ones and unread ones left out."""
    found = standard().kind(kind)
    values: dict[str, Value] = {}
    for heading, text in words.items():
        code = heading if heading in found.elements else found.heading_index.get(_fold(heading), "")
        if code in found.elements and text:
            value = found.elements[code].parse(text)
            assert isinstance(value, str | int | tuple)
            values[code] = value
    return values


def _fold(text: str) -> str:
    return text.lower()


def _all_items(items: list[ProvincialItem]) -> list[ProvincialItem]:
    return [one for item in items for one in (item, item.child) if one is not None]


def _inside(county: County, kind: str, parent: Record) -> list[Record]:
    found = [record for record in county.records(kind) if record.parent_id == parent.id]
    return sorted(found, key=lambda record: record.position)


def test_the_generator_keeps_to_the_description() -> None:
    parts = headings()
    assert len(parts) == 227
    assert [heading for _group, heading in parts[12:19]] == [
        "自然人", "企业法人", "事业法人", "社会组织法人", "非法人企业", "行政机关", "其他组织",
    ]  # fmt: skip
    assert parts[91] == ("申请材料", "材料名称")
    assert all(parts[place + 112] == parts[place] for place in range(2, 113))


def test_every_value_of_a_provincial_file_stands_in_the_store_and_nothing_else(
    county: County, items: list[ProvincialItem], layout: Layout, tmp_path: Path
) -> None:
    _take(county, write_provincial(tmp_path / "省级.xlsx", items), layout)
    stored = county.items()
    expected = _all_items(items)
    assert set(stored) == {item.cells["事项名称"] for item in expected}
    for item in expected:
        record = stored[item.cells["事项名称"]]
        cells = {heading: text for heading, text in item.cells.items() if heading not in {"部门代码", "事项性质"}}
        cells |= {"server_type": "；".join(item.server_types), "handle_type": "；".join(item.handle_types)}
        cells.setdefault("dept_code", item.cells["部门代码"])
        said = _expected("service_item", cells)
        assert said.items() <= record.elements.items()
        derived = {"anticipate_type", "promise_type", "dept_name"}
        assert set(record.elements) - set(said) <= derived
        for kind, rows, words in (
            ("material", item.materials, None),
            ("step", item.steps, STEP),
            ("faq", item.questions, FAQ),
        ):
            found = _inside(county, kind, record)
            assert len(found) == len(rows)
            for child, row in zip(found, rows, strict=True):
                told = {words[name]: text for name, text in row.items()} if words else row
                expected_values = _expected(kind, told)
                assert expected_values.items() <= child.elements.items()


def test_a_provincial_file_that_comes_again_changes_nothing(
    county: County, items: list[ProvincialItem], layout: Layout, tmp_path: Path
) -> None:
    path = write_provincial(tmp_path / "省级.xlsx", items)
    _take(county, path, layout)
    before = county.change_count()
    again = write_provincial(tmp_path / "再来.xlsx", items, seed=7)  # other codes are numbers now
    assert set(_take(county, again, layout)) == {Decision.UNCHANGED}
    assert county.change_count() == before


def test_the_file_is_known_by_its_headings(
    county: County, items: list[ProvincialItem], layout: Layout, tmp_path: Path
) -> None:
    path = write_provincial(tmp_path / "省级.xlsx", items)
    with ImportSession(read_here(path), standard(), rule_base()) as session:
        assert county.workbench.recipes.offer(session) == layout


def test_without_a_recipe_the_shapes_are_found_as_well(
    county: County, items: list[ProvincialItem], tmp_path: Path
) -> None:
    path = write_provincial(tmp_path / "省级.xlsx", [item for item in items if item.child is None])
    with ImportSession(read_here(path), standard(), rule_base()) as session:
        plan = session.sheets[0]
        assert plan.understood is not None
        assert (plan.understood.first_row, plan.understood.last_row) == (1, 2)
        kinds = [block.kind for block in plan.blocks]
        assert kinds[0] == "service_item"
        assert {"material", "step", "faq"} <= set(kinds)
        values = [target.value for column in plan.columns.values() for target in column.targets if target.value]
        assert values[:7] == ["1", "2", "3", "4", "5", "6", "9"]


def test_headings_of_two_rows_written_as_paths_in_one_are_understood(county: County, tmp_path: Path) -> None:
    paths = ("服务对象/自然人", "服务对象/企业法人", "申请材料/材料名称", "申请材料/材料类型")
    rows = [(*BEES, "√", "", name, "原件") for name in ("居民身份证", "申请表")]
    path = write_book(tmp_path / "a.xlsx", [(*HEADINGS, *paths), *rows])
    with county.session(path) as session:
        assert session.questions == []
        proposal = county.workbench.imports.propose(session)
    assert {kind: counts.created for kind, counts in proposal.counts.items()} == {
        "organisation": 1, "service_item": 1, "material": 2,
    }  # fmt: skip
