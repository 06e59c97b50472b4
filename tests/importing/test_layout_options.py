"""What a layout says of its columns and blocks besides where they stand: fill-down, clearing, other texts, keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gdbos_desktop.bootstrap import rule_base, standard
from gdbos_desktop.domain.layouts import Block, Column, Empty, Layout, SheetLayout
from gdbos_desktop.importing import ImportSession, Proposal
from tests.importing.books import FOOD, HEADINGS, TAXI, County, Rows, read_here, write_book

ELEMENTS = ("dept_name", "dept_code", "task_name", "task_type", "local_task_code", "anticipate_day", "promise_day")
ITEM = tuple(
    Column(heading, element, place=place)
    for place, (heading, element) in enumerate(zip(HEADINGS, ELEMENTS, strict=True), 1)
)


def take(
    county: County, rows: Rows, columns: Sequence[Column], blocks: Sequence[Block] = (Block("service_item"),)
) -> Proposal:
    """Import rows by a layout."""
    layout = Layout("x", (SheetLayout(tuple(blocks), tuple(columns), name="清单", first_row=1, header_rows=1),))
    path = write_book(county.folder / "清单.xlsx", rows)
    with ImportSession(read_here(path), standard(), rule_base(), recipe=layout) as session:
        proposal = county.workbench.imports.propose(session)
    county.workbench.imports.commit(proposal)
    return proposal


def test_a_blank_is_filled_from_above_only_where_the_layout_says_so(county: County) -> None:
    second = (None, None, *TAXI[2:])
    rows: Rows = [HEADINGS, FOOD, second, [], (None, *TAXI[1:2], "第三事项", TAXI[3], "T-3", 1, 1)]
    filled = [replace(column, fill_down=column.element == "dept_name") for column in ITEM]
    take(county, rows, filled)
    bodies = [item.elements.get("dept_name") for item in county.items().values()]
    assert bodies[0] == bodies[1] is not None
    assert bodies[2] is None
    assert "dept_code" not in county.items()[TAXI[2]].elements


def test_nothing_is_filled_in_silence(county: County) -> None:
    take(county, [HEADINGS, FOOD, (None, *TAXI[1:])], ITEM)
    assert "dept_name" not in county.items()[TAXI[2]].elements


def test_an_empty_cell_takes_the_value_out_where_the_layout_says_so_but_never_a_key(county: County) -> None:
    county.take([HEADINGS, FOOD])
    clearing = [replace(column, empty=Empty.CLEAR) for column in ITEM]
    proposal = take(county, [HEADINGS, (*FOOD[:3], FOOD[3], FOOD[4], "", "")], clearing)
    (change,) = [row.change for row in proposal.rows if row.change is not None]
    assert change.after == {"anticipate_day": None, "promise_day": None}
    take(county, [HEADINGS, ("", *FOOD[1:])], clearing)
    assert "dept_name" in county.items()[FOOD[2]].elements


def test_a_text_may_mean_another(county: County) -> None:
    said = [replace(column, values={"许可类": "行政许可"} if column.element == "task_type" else {}) for column in ITEM]
    take(county, [HEADINGS, (*FOOD[:3], " 许可 类", *FOOD[4:])], said)
    assert county.items()[FOOD[2]].elements["task_type"] == "01"


@pytest.mark.parametrize("key", [("task_name",), ("task_name", "task_type")])
def test_records_are_found_again_by_the_key_that_was_chosen(county: County, key: tuple[str, ...]) -> None:
    county.take([HEADINGS, FOOD])
    renumbered = (*FOOD[:4], "T-9999", *FOOD[5:])
    proposal = take(county, [HEADINGS, renumbered], ITEM, [Block("service_item", key=key)])
    assert proposal.counts["service_item"].updated == 1
    assert county.items()[FOOD[2]].elements["local_task_code"] == "T-9999"


def test_materials_are_filled_down_within_their_item_only(county: County) -> None:
    columns = [
        *ITEM,
        Column("材料名称", "material_name", 1, 8),
        Column("来源渠道说明", "source_explain", 1, 9, fill_down=True),
    ]
    blank = (None,) * len(HEADINGS)
    rows: Rows = [
        (*HEADINGS, "材料名称", "来源渠道说明"),
        (*FOOD, "申请表", "自备"),
        (*blank, "营业执照", None),
        (*TAXI, "身份证", None),
    ]
    take(county, rows, columns, [Block("service_item"), Block("material", parent=0)])
    told = {one.elements["material_name"]: one.elements.get("source_explain") for one in county.records("material")}
    assert told == {"申请表": "自备", "营业执照": "自备", "身份证": None}


def test_two_items_in_one_row_each_with_materials(county: County) -> None:
    second = [replace(column, place=column.place + 8, block=2) for column in ITEM]
    columns = [
        *ITEM, Column("材料名称", "material_name", 1, 8), *second, Column("材料名称", "material_name", 3, 16)
    ]  # fmt: skip
    blocks = [
        Block("service_item"), Block("material", parent=0), Block("service_item"), Block("material", parent=2)
    ]  # fmt: skip
    heads = (*HEADINGS, "材料名称")
    blank = (None,) * 8
    rows: Rows = [
        (*heads, *heads),
        (*FOOD, "甲", *TAXI, "丙"),
        (*FOOD, "乙", *blank),
        (*FOOD[:2], "另一事项", FOOD[3], "T-77", 1, 1, "丁", *blank),
    ]
    take(county, rows, columns, blocks)
    items = county.items()
    found = {str(one.elements["material_name"]): one.parent_id for one in county.records("material")}
    assert found == {"甲": items[FOOD[2]].id, "乙": items[FOOD[2]].id, "丙": items[TAXI[2]].id,
                     "丁": items["另一事项"].id}  # fmt: skip
