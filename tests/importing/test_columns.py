"""Cell texts become values, parsed once per different text; what is wrong is remarked, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.importing.columns import ColumnReader
from gdbos_desktop.schema import Issue, Value
from gdbos_desktop.schema.code_lists import CodeEntry, CodeList
from gdbos_desktop.schema.types import Code

ITEM = standard().kind("service_item")


def read(element: str, texts: Sequence[str], left: Sequence[str] | None = None) -> tuple[list[Value | None], list[str]]:
    """Values and the codes of the issues."""
    reader = ColumnReader(1, element, ITEM.elements[element])
    values, resolved = reader.read(texts, left or [""] * len(texts))
    return values, [issue.code for text in resolved for issue in reader.remarks.get(text, ())]


@pytest.mark.parametrize(
    ("element", "text", "value"),
    [
        ("task_name", " 养蜂证\n申领　", "养蜂证申领"),
        ("task_name", "A\nB", "A B"),
        ("dept_code", "１１５１１３０１ＭＢ０５１０７３ＸＡ", "11511301MB051073XA"),
        ("task_type", " 行政 许可", "01"),
        ("promise_day", "２０个工作日", 20),
        ("promise_day", "二十", 20),
        ("promise_day", "20（工作日）", 20),
        ("promise_day", "", None),
        ("promise_day", " 　", None),
        ("promise_day", "无", "无"),
        ("local_task_code", "t－0001 ", "T-0001"),
    ],
)
def test_a_text_becomes_the_value_it_means(element: str, text: str, value: Value | None) -> None:
    assert read(element, [text]) == ([value], [])


@pytest.mark.parametrize(
    ("element", "text", "code"),
    [
        ("local_task_code", "3.70E+11", "damaged-code"),
        ("task_name", "3.70112345678901E+17", "damaged-code"),
        ("task_name", "#REF!", "spreadsheet-error"),
        ("promise_day", " #n/a ", "spreadsheet-error"),
        ("promise_day", "若干", "number"),
        ("task_type", "魔法许可", "unknown-code"),
    ],
)
def test_a_text_that_means_nothing_is_remarked_and_gives_no_value(element: str, text: str, code: str) -> None:
    assert read(element, [text]) == ([None], [code])


@pytest.mark.parametrize(
    ("element", "text", "value"),
    [
        ("local_task_code", "370000000000", "370000000000"),
        ("local_task_code", "1000", "1000"),
        ("region_code", "\x1d370000000000", "370000000000"),
        ("task_name", "\x1d370000000000", "370000000000"),
        ("link_way", "\x1d13800000000", "13800000000"),
        ("promise_day", "\x1d1000000000", 1000000000),
    ],
)
def test_a_round_number_is_a_value_where_it_may_be_one(element: str, text: str, value: Value) -> None:
    assert read(element, [text]) == ([value], [])


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("local_task_code", "\x1d370000000000"),
        ("dept_code", "\x1d1000000000000"),
        ("dept_name", "\x1d370000000000"),
        ("region_code", "\x1d3700000000"),
    ],
)
def test_a_round_number_in_a_column_of_codes_is_a_damaged_code(element: str, text: str) -> None:
    assert read(element, [text, "同上"]) == ([None, None], ["damaged-code", "damaged-code"])


def test_a_round_number_does_not_say_to_what_a_row_belongs() -> None:
    reader = ColumnReader(1, "事项编码", None)
    assert reader.read(["\x1d370000000000", "T-1"], ["", ""])[0] == [None, "T-1"]
    assert [issue.code for issue in reader.remarks["\x1d370000000000"]] == ["damaged-code"]


@pytest.mark.parametrize("same", ["同上", " 同上 ", "〃", '"', "同上。"])
def test_same_as_above_takes_the_value_above(same: str) -> None:
    assert read("promise_day", ["5", same, same, "7", same])[0] == [5, 5, 5, 7, 7]


def test_same_as_above_reaches_over_the_end_of_a_batch() -> None:
    reader = ColumnReader(1, "", ITEM.elements["promise_day"])
    reader.read(["5"], [""])
    assert reader.read(["同上"], [""])[0] == [5]


def test_same_as_above_repeats_the_complaint_of_the_cell_above() -> None:
    assert read("promise_day", ["若干", "同上"]) == ([None, None], ["number", "number"])


def test_same_as_left_takes_the_cell_to_the_left() -> None:
    assert read("promise_day", ["同左", "3"], ["9", "8"])[0] == [9, 3]


def test_same_as_above_in_the_first_row_is_blank() -> None:
    assert read("task_name", ["同上", "养蜂"])[0] == [None, "养蜂"]


@given(
    st.lists(
        st.sampled_from(["", "5", "同上", "七", "若干", "#N/A", "12个工作日", "〃", " "]), min_size=1, max_size=40
    ),
    st.integers(1, 7),
)
def test_batches_and_caches_change_nothing(texts: list[str], size: int) -> None:
    whole = ColumnReader(1, "", ITEM.elements["promise_day"])
    expected, _ = whole.read(texts, [""] * len(texts))
    parts = ColumnReader(1, "", ITEM.elements["promise_day"])
    values: list[Value | None] = []
    for start in range(0, len(texts), size):
        part = texts[start : start + size]
        values += parts.read(part, [""] * len(part))[0]
    assert values == expected
    for text, value in zip(texts, expected, strict=True):
        own = ITEM.elements["promise_day"].parse(text)
        if text.strip() not in {"同上", "〃", "#N/A"}:
            assert value == (None if isinstance(own, Issue) else own)


def test_a_column_of_ever_new_texts_is_read_right_and_not_remembered() -> None:
    reader = ColumnReader(1, "", ITEM.elements["task_name"])
    for batch in range(3):
        texts = [f"事项{batch}-{number}" for number in range(500)]
        assert reader.read(texts, [""] * 500)[0] == texts
    assert len(reader) <= 500


def test_lost_zeros_are_restored_where_the_code_list_confirms_it_and_are_counted() -> None:
    known = CodeList("x", "类", "1", "", (CodeEntry("001", "甲"), CodeEntry("012", "乙")))
    reader = ColumnReader(1, "类", replace(ITEM.elements["task_type"], type=Code(known)))
    assert reader.read(["1", "001", "1", "12"], [""] * 4, [2, 3, 4, 5])[0] == ["001", "001", "001", "012"]
    assert reader.cleaned.counts == {"zero": 3}
    assert reader.read(["7"], [""], [6])[0] == [None]
