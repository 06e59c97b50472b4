"""Units behind numbers: they fill the element that holds the unit, and never differ from it in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.importing import Proposal
from gdbos_desktop.importing.units import UnitReader
from gdbos_desktop.schema.code_lists import CodeList
from gdbos_desktop.schema.types import Code, Integer
from tests.importing.books import FOOD, HEADINGS, TAXI, County

ITEM = standard().kind("service_item")
WORKDAY, DAY, MONTH = "1", "2", "4"


def unit_issues(proposal: Proposal) -> list[tuple[str, str]]:
    return [(issue.code, issue.place.cell if issue.place else "") for issue in proposal.issues if "unit" in issue.code]


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("5个工作日", 5, WORKDAY),
        ("二十个工作日", 20, WORKDAY),
        ("20（工作日）", 20, WORKDAY),
        ("3个月", 3, MONTH),
        ("三个月以内", 3, MONTH),
        ("20个自然日", 20, DAY),
        ("20个日历日", 20, DAY),
        ("8小时", 8, "3"),
        ("1年", 1, "5"),
    ],
)
def test_a_unit_behind_a_number_fills_the_element_of_the_unit(
    county: County, text: str, number: int, unit: str
) -> None:
    proposal = county.take([HEADINGS, (*FOOD[:5], text, "5")])
    elements = county.items()[FOOD[2]].elements
    assert (elements["anticipate_day"], elements["anticipate_type"]) == (number, unit)
    assert "promise_type" not in elements
    assert unit_issues(proposal) == []
    assert county.propose([HEADINGS, (*FOOD[:5], text, "5")]).is_empty


def test_a_number_alone_and_a_stated_none_say_no_unit_and_take_none_away(county: County) -> None:
    county.take([HEADINGS, (*FOOD[:5], "20个工作日", "5个工作日")])
    assert county.propose([HEADINGS, (*FOOD[:5], "20", "")]).is_empty
    county.take([HEADINGS, (*TAXI[:5], "无", "10")])
    assert {"anticipate_type", "promise_type"}.isdisjoint(county.items()[TAXI[2]].elements)


def test_the_unit_of_the_row_stays_and_a_text_that_says_another_is_warned(county: County) -> None:
    headings = (*HEADINGS, "法定办结时限单位")
    proposal = county.take([headings, (*FOOD[:5], "3个月", "5", "工作日"), (*TAXI[:5], "3个月", "5", "月")])
    assert unit_issues(proposal) == [("unit-differs", "F2")]
    assert county.items()[FOOD[2]].elements["anticipate_type"] == WORKDAY
    assert county.items()[TAXI[2]].elements["anticipate_type"] == MONTH


def test_the_unit_of_the_row_may_be_blank_in_some_rows(county: County) -> None:
    county.take([(*HEADINGS, "法定办结时限单位"), (*FOOD[:5], "3个月", "5", None)])
    assert county.items()[FOOD[2]].elements["anticipate_type"] == MONTH


def test_a_heading_that_says_the_unit_is_not_contradicted_in_silence(county: County) -> None:
    headings = (*HEADINGS[:5], "法定办结时限（工作日）", HEADINGS[6])
    proposal = county.take([headings, (*FOOD[:5], "3个月", "5"), (*TAXI[:5], "20工作日", "5")])
    assert unit_issues(proposal) == [("unit-differs", "F2")]
    assert "anticipate_type" not in county.items()[FOOD[2]].elements
    assert county.items()[TAXI[2]].elements["anticipate_type"] == WORKDAY


@pytest.mark.parametrize("said", ["（工作日）", "(单位：工作日)", "工作日"])
@pytest.mark.parametrize("is_below", [False, True])
def test_the_unit_of_a_heading_or_of_the_row_below_is_that_of_bare_numbers(
    county: County, said: str, is_below: bool
) -> None:
    if is_below:
        county.take([HEADINGS, (*[None] * 5, said, said), (*FOOD[:5], "20", "无"), (*TAXI[:5], "3个月", "5")])
    else:
        headings = (*HEADINGS[:5], f"{HEADINGS[5]}({said.strip('()（）')})", HEADINGS[6])
        county.take([headings, (*FOOD[:5], "20", "无"), (*TAXI[:5], None, "5")])
    food = county.items()[FOOD[2]].elements
    assert (food["anticipate_day"], food["anticipate_type"]) == (20, WORKDAY)
    assert "promise_type" not in food
    assert "anticipate_type" not in county.items()[TAXI[2]].elements


def test_a_number_in_brackets_under_a_heading_is_no_unit(county: County) -> None:
    county.take([HEADINGS, [f"({number})" for number in range(1, 8)], FOOD])
    assert not {"anticipate_type", "promise_type"} & set(county.items()[FOOD[2]].elements)


def test_the_same_as_above_has_the_unit_of_the_cell_above(county: County) -> None:
    county.take([HEADINGS, (*FOOD[:5], "3个月", "5"), (*TAXI[:5], "同上", "5")])
    assert county.items()[TAXI[2]].elements["anticipate_type"] == MONTH


def test_a_unit_that_the_code_list_has_not_is_warned() -> None:
    days = ITEM.elements["promise_type"]
    assert isinstance(days.type, Code)
    known = days.type.code_list
    short = CodeList(known.code, known.label, known.version, known.source, known.entries[:2])
    reader = UnitReader(ITEM.elements["promise_day"], replace(days, type=Code(short)), "承诺办结时限")
    units, issues = reader.read(["3个月", "5个工作日", "6"], [3, 5, 6], [None, None, None])
    assert units == [None, WORKDAY, None]
    assert {index: issue.code for index, issue in issues.items()} == {0: "unknown-unit"}


def test_every_number_with_a_unit_reads_every_unit_of_its_list() -> None:
    for kind in standard().kinds.values():
        for element in kind.elements.values():
            if element.unit_in:
                assert isinstance(element.type, Integer)
                unit = kind.elements[element.unit_in].type
                assert isinstance(unit, Code)
                for entry in unit.code_list.entries:
                    assert element.type.parse(f"3{entry.label}") == 3
                    assert unit.code_list.find(element.type.counting_word(f"3{entry.label}")) == entry.code
                for suffix in element.type.suffixes:
                    assert unit.code_list.find(suffix) is not None, suffix
