"""Where the header of a sheet is and what its columns mean; what is not certain is left open."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.domain.layouts import fingerprint_of
from gdbos_desktop.importing.headers import Header, Heading, find_header, header_for
from gdbos_desktop.importing.reading import RawSheet
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI

KINDS = list(standard().kinds.values())


def sheet(*rows: Sequence[str], name: str = "清单", banners: Sequence[int] = ()) -> RawSheet:
    """A sheet as the reader delivers it: merged cells filled, blank rows absent."""
    head = tuple([str(number), *row] for number, row in enumerate(rows, 1) if any(row))
    return RawSheet(0, name, False, len(rows), head, frozenset(banners))


def found(raw: RawSheet) -> Header:
    header, _rivals = find_header(raw, KINDS)
    assert header is not None
    return header


def test_a_plain_header_maps_by_alias() -> None:
    header = found(sheet(HEADINGS, FOOD, TAXI))
    assert header.kind.code == "service_item"
    assert list(header.mapping.values()) == [
        "dept_name", "dept_code", "task_name", "task_type", "local_task_code", "anticipate_day", "promise_day",
    ]  # fmt: skip
    assert not header.unknown
    assert not header.ambiguous


@pytest.mark.parametrize("label", ["中文标签", "交换名"])
def test_labels_and_exchange_names_of_every_element_are_understood(label: str) -> None:
    kind = standard().kind("service_item")
    words = [element.label if label == "中文标签" else code for code, element in kind.elements.items()]
    header = found(sheet(words, ["x"] * len(words)))
    assert list(header.mapping.values()) == list(kind.elements)


def test_title_rows_above_the_header_are_not_the_header() -> None:
    header = found(
        sheet(["示例县政务服务事项清单"], ["填报单位：县局", "填报日期：2026年"], [], HEADINGS, FOOD, TAXI, banners=[1])
    )
    assert (header.first_row, header.last_row) == (4, 4)


def test_a_header_of_two_rows_joins_group_and_heading() -> None:
    header = found(
        sheet(
            ["实施主体", "实施主体", "事项名称", "时限", "时限"],
            ["部门名称", "统一社会信用代码", "事项名称", "法定办结时限", "承诺办结时限"],
            ["县局", "11511301MB051073XA", "养蜂证申领", "20", "5"],
        )
    )
    assert (header.first_row, header.last_row) == (1, 2)
    assert [heading.path for heading in header.headings] == [
        "实施主体/部门名称", "实施主体/统一社会信用代码", "事项名称", "时限/法定办结时限", "时限/承诺办结时限",
    ]  # fmt: skip
    assert header.mapping == {1: "dept_name", 2: "dept_code", 3: "task_name", 4: "anticipate_day", 5: "promise_day"}


def test_a_group_without_merged_cells_reaches_to_the_next_group() -> None:
    header = found(
        sheet(
            ["实施主体", "", "事项名称", "时限", ""],
            ["部门名称", "统一社会信用代码", "", "法定办结时限", "承诺办结时限"],
            ["县局", "11511301MB051073XA", "养蜂证申领", "20", "5"],
        )
    )
    assert header.headings[1].path == "实施主体/统一社会信用代码"
    assert header.mapping[5] == "promise_day"


@pytest.mark.parametrize(
    "heading",
    [
        "* 事项名称",
        "事项名称（必填）",
        "事项 名称",
        "事项\n名称",
        "１．事项名称",
        "一、事项名称",
        "（2）事项名称",
        "事项名称：",
        "【必填】事项名称",
    ],
)
def test_decorated_headings_are_understood(heading: str) -> None:
    assert found(sheet([heading, "事项类型"], ["养蜂证申领", "行政许可"])).mapping[1] == "task_name"


def test_a_heading_nobody_knows_is_unknown_and_not_guessed() -> None:
    header = found(sheet([*HEADINGS, "办结要多久呀"], [*FOOD, "很久"]))
    assert [heading.path for heading in header.unknown] == ["办结要多久呀"]
    assert header.unknown[0].samples == ("很久",)
    assert 8 not in header.mapping


def test_a_second_column_for_the_same_element_is_ambiguous() -> None:
    header = found(sheet([*HEADINGS, "承诺办结时限（工作日）"], [*FOOD, "7"]))
    assert header.ambiguous == {8: ("promise_day",)}
    assert header.mapping[7] == "promise_day"


def test_the_more_precise_heading_wins_even_if_it_stands_further_right() -> None:
    header = found(sheet(["承诺办结时限（天）", "承诺办结时限", "事项名称"], ["1", "2", "养蜂"]))
    assert header.mapping[2] == "promise_day"
    assert header.ambiguous == {1: ("promise_day",)}


def test_serial_numbers_and_empty_columns_are_no_questions() -> None:
    header = found(sheet(["序号", *HEADINGS, "以后再填"], ["1", *FOOD, ""]))
    assert not header.unknown
    assert {heading.path for heading in header.silent} == {"序号", "以后再填"}


def test_the_name_of_the_sheet_decides_between_kinds_that_fit_equally() -> None:
    rows = (["事项名称", "事项类型"], ["养蜂证申领", "行政许可"])
    named, rivals = find_header(sheet(*rows, name="基本目录"), KINDS)
    assert named is not None
    assert named.kind.code == "catalogue_item"
    assert len(rivals) == 1
    unnamed, rivals = find_header(sheet(*rows, name="Sheet1"), KINDS)
    assert unnamed is not None
    assert [kind.code for kind in rivals] == ["service_item", "catalogue_item"]  # the likelier first


def test_a_child_table_needs_the_column_of_what_contains_it() -> None:
    kind = standard().kind("material")
    without = header_for(sheet(["材料名称", "份数"], ["申请表", "1"], name="申请材料"), kind)
    assert without is not None
    assert not without.is_usable
    having = header_for(sheet(["事项编码", "材料名称"], ["T-1", "申请表"], name="申请材料"), kind)
    assert having is not None
    assert having.is_usable


def test_a_form_filled_downwards_is_no_list() -> None:
    rows = [["部门名称", "农业局"], ["事项名称", "养蜂证"], ["事项类型", "公共服务"], ["承诺办结时限", "5"]]
    assert find_header(sheet(*rows), KINDS) == (None, ())


def test_a_sheet_of_prose_has_no_header() -> None:
    assert find_header(sheet(["随便", "写写"], ["没有", "表头"]), KINDS) == (None, ())
    assert find_header(sheet(), KINDS) == (None, ())


def test_the_template_is_the_headings_whatever_their_width() -> None:
    one = found(sheet(HEADINGS, FOOD))
    other = found(sheet([" 部门\n名称", *HEADINGS[1:]], BEES))
    assert _fingerprint(one.headings) == _fingerprint(other.headings)
    assert _fingerprint(one.headings) != _fingerprint(found(sheet(HEADINGS[:-1], FOOD[:-1])).headings)


def _fingerprint(headings: Sequence[Heading]) -> str:
    return fingerprint_of([heading.path for heading in headings])
