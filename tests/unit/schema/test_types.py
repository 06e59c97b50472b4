"""Types: what clerks really write is understood, what means nothing is said so, rubbish never breaks anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdbos_desktop.schema import STATED_NONE, Issue, Severity, load_code_lists
from gdbos_desktop.schema.types import TYPE_NAMES, ElementType, chinese_number, make_type
from gdbos_desktop.system.resources import read_texts

CODE_LISTS = load_code_lists(read_texts("code-lists"))
OPTIONS: dict[str, dict[str, Any]] = {
    "code": {"list": "use_level"},
    "codes": {"list": "use_level"},
    "reference": {"target": "organisation"},
    "integer": {"min": 0, "max": 999, "suffixes": ["工作日", "个工作日", "份"]},
}
TYPES = {name: make_type(name, OPTIONS.get(name, {}), CODE_LISTS) for name in TYPE_NAMES}


def parse(name: str, text: str) -> Any:
    return TYPES[name].parse(text)


def issue(name: str, text: str) -> Issue:
    found = TYPES[name].parse(text)
    assert isinstance(found, Issue)
    return found


every_type = pytest.mark.parametrize("element_type", TYPES.values(), ids=TYPES)
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.text("0123456789.,+-eE_ 年月日/:TZ　１２零一二十百千元¥", max_size=20),
    st.text("；;、/ ,，|^\n县级镇（乡、街道）村无-", max_size=30),
    st.sampled_from(["9" * 5000, "零" * 5000, "1E-999999999", "1E999999999", "、" * 5000, "2023-13-45", "NaN", "inf"]),
)


@every_type
@settings(max_examples=300)
@given(text=HOSTILE)
def test_any_text_is_a_value_or_an_issue_and_a_value_is_read_back_as_it_was_written(
    element_type: ElementType, text: str
) -> None:
    value = element_type.parse(text)
    if isinstance(value, Issue):
        assert value.severity is Severity.ERROR
        assert value.message.format_map(dict(value.values))
        assert len(str(value.values["text"])) <= 61
    elif value is not None:
        assert element_type.parse(element_type.format(value)) == value
        list(element_type.check(value))
        json.dumps(value)


@every_type
def test_blank_texts_are_no_value(element_type: ElementType) -> None:
    for blank in ("", " ", "\u3000\u00a0", "\n\r\n", "\u200b\ufeff", "\x00"):
        assert element_type.parse(blank) is None


@every_type
def test_a_cell_as_long_as_excel_allows_is_answered(element_type: ElementType) -> None:
    for text in ("字" * 32767, "1" * 32767, " " * 32767, "、无" * 16000, "a\n" * 16000, "县级、" * 10000):
        result = element_type.parse(text)
        assert result is None or isinstance(result, str | int | tuple | Issue)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20", 20),
        ("２０", 20),
        (" 20 个工作日 ", 20),
        ("20.0", 20),
        ("20.00", 20),
        ("二十", 20),
        ("二十个工作日", 20),
        ("十", 10),
        ("十五工作日内", 15),
        ("20个工作日以内", 20),
        ("一百零五", 105),
        ("两份", 2),
        ("1份", 1),
        ("0", 0),
        ("007", 7),
        ("-3", -3),
        ("1,200", 1200),
        ("二〇", 20),
        ("无", STATED_NONE),
        ("不涉及", STATED_NONE),
    ],
)
def test_whole_numbers_are_read_as_people_write_them(text: str, number: object) -> None:
    assert parse("integer", text) == number


@pytest.mark.parametrize(
    "text", ["20.5", "即办", "20-30", "1,2", "工作日", "约二十", "3.7E+11", "9" * 16, "万", "0x10", "1_000"]
)
def test_what_is_no_whole_number_is_said_so(text: str) -> None:
    assert issue("integer", text).code == "number"


def test_numbers_out_of_range_are_kept_and_remarked() -> None:
    assert [found.code for found in TYPES["integer"].check(-1)] == ["range"]
    assert [found.values["limit"] for found in TYPES["integer"].check(1000)] == [999]
    assert list(TYPES["integer"].check(0)) == []
    assert list(TYPES["integer"].check(STATED_NONE)) == []


@given(number=st.integers(0, 9999))
def test_chinese_numerals_say_what_digits_say(number: int) -> None:
    digits = "零一二三四五六七八九"
    words, text, zero = str(number).zfill(4), "", False
    for digit, unit in zip(words, ("千", "百", "十", ""), strict=True):
        if digit == "0":
            zero = bool(text)
        else:
            text += ("零" if zero else "") + digits[int(digit)] + unit
            zero = False
    assert chinese_number(text or "零") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10", "10"),
        ("10.50", "10.5"),
        ("1,234.5元", "1234.5"),
        ("¥12", "12"),
        ("￥１２.０", "12"),
        ("-0.0", "0"),
        ("0.10", "0.1"),
        ("1E3", "1000"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("暂无", STATED_NONE),
    ],
)
def test_decimals_are_canonical_and_never_rounded(text: str, number: str) -> None:
    assert parse("decimal", text) == number


@pytest.mark.parametrize("text", ["十元", "1.2.3", "1E999", "NaN", "Infinity", "1_0", "每证10元", "."])
def test_what_is_no_decimal_is_said_so(text: str) -> None:
    assert issue("decimal", text).code == "number"


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-01",
        "2023.5.1",
        "2023/5/1",
        "20230501",
        "20230501T101500",
        "2023年5月1日",
        "2023 年 5 月 1 日",
        "２０２３年５月１日",
        "2023-5-1 10:00:00",
        "2023-05-01T10:00:00.000",
        "2023-05-01 0:00",
        "2023-05-01T00:00:00Z",
        "2023-05-01T00:00:00+08:00",
        "2023.05.01日",
        "45047",
        "45047.0",
        "45047.75",
    ],
)
def test_a_day_is_read_in_every_usual_form(text: str) -> None:
    assert parse("date", text) == "2023-05-01"


@pytest.mark.parametrize(
    "text", ["2023-13-01", "2023-02-29", "20231301", "2023年", "五月一日", "1", "99999999", "2023-5", "0000-01-01"]
)
def test_what_is_no_day_is_said_so(text: str) -> None:
    assert issue("date", text).code == "date"


@given(day=st.dates(date(1000, 1, 1)))
def test_every_day_is_written_and_read_back(day: date) -> None:
    assert parse("date", TYPES["date"].format(day.isoformat())) == day.isoformat()
    assert parse("date", f"{day.year}.{day.month}.{day.day}") == day.isoformat()


@pytest.mark.parametrize("text", ["3.70E+11", "3.7E+11", "1.15113E+17", "5E+3", "３.７０Ｅ＋１１"])
def test_a_code_damaged_by_the_spreadsheet_program_is_recognised(text: str) -> None:
    for name in ("code_text", "credit_code"):
        assert issue(name, text).code == "damaged-code"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("511602", "511602000000"),
        ("511602001", "511602001000"),
        ("51", "510000000000"),
        ("511602000000", "511602000000"),
        (" ５１１６０２ ", "511602000000"),
        ("5116", "511600000000"),
        ("51160", "51160"),
        ("四川省", "四川省"),
    ],
)
def test_a_region_code_is_kept_in_the_form_of_the_platform(text: str, code: str) -> None:
    assert parse("region_code", text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("县级", ("4",)),
        ("4", ("4",)),
        ("县级；市级", ("3", "4")),
        ("3^4", ("3", "4")),
        ("3,4", ("3", "4")),
        ("市级,县级,", ("3", "4")),
        ("市级|县级", ("3", "4")),
        ("市级/县级", ("3", "4")),
        ("市级 县级", ("3", "4")),
        ("市级\n县级", ("3", "4")),
        ("县级、县级", ("4",)),
        ("镇（乡、街道）级", ("5",)),
        ("县级、镇（乡、街道）级、村（社区）级", ("4", "5", "6")),
        ("国家级（局、署、会）、省级", ("1", "2")),
        ("04", None),
        ("4 县级", ("4",)),
        ("县级（4）", ("4",)),
        ("无", STATED_NONE),
        ("/", STATED_NONE),
        ("；；", None),
    ],
)
def test_several_codes_are_read_whatever_separates_them(text: str, codes: object) -> None:
    found = parse("codes", text)
    if codes is None:
        assert found is None or isinstance(found, Issue)
    else:
        assert found == codes


def test_one_unknown_word_among_several_is_named() -> None:
    found = issue("codes", "县级；火星级")
    assert found.code == "unknown-code"
    assert found.values["text"] == "火星级"
    assert "县级" in str(found.values["allowed"])


def test_an_unknown_code_quotes_only_the_beginning_of_a_novel() -> None:
    assert len(str(issue("code", "长" * 9999).values["text"])) == 61


def test_codes_that_left_the_list_are_kept_and_remarked() -> None:
    assert [found.code for found in TYPES["code"].check("77")] == ["unknown-code"]
    assert [found.values["text"] for found in TYPES["codes"].check(("4", "77"))] == ["77"]
    assert TYPES["code"].format("77") == "77"


def test_a_list_with_a_code_for_none_keeps_the_code() -> None:
    audit_type = make_type("code", {"list": "audit_type"}, CODE_LISTS)
    assert audit_type.parse("无") == audit_type.parse("-") == audit_type.parse("0") == "0"
    assert make_type("codes", {"list": "audit_type"}, CODE_LISTS).parse("不涉及") == ("0",)


@pytest.mark.parametrize("name", ["text", "long_text", "code_text", "phone", "url", "attachment"])
def test_a_text_over_the_length_of_the_exchange_table_is_remarked_and_never_cut(name: str) -> None:
    element_type = make_type(name, {"length": 5}, CODE_LISTS)
    value = element_type.parse("一二三四五六")
    assert value == "一二三四五六"
    found = [remark for remark in element_type.check(value) if remark.code == "length"]
    assert [(remark.severity, remark.values) for remark in found] == [(Severity.WARNING, {"length": 6, "limit": 5})]
    assert not [remark for remark in element_type.check("一二三四五") if remark.code == "length"]


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("https://www.sczwfw.gov.cn/jiq?a=1", True),
        ("http://a.cn", True),
        ("无", True),
        ("www.sczwfw.gov.cn", False),
        ("javascript:alert(1)", False),
        ("http://a b", False),
        ("https://", False),
    ],
)
def test_a_web_address_without_its_beginning_is_remarked(text: str, is_fine: bool) -> None:
    assert (list(TYPES["url"].check(text)) == []) is is_fine


def test_a_telephone_number_is_half_width() -> None:
    assert parse("phone", "０８２６－２３４５６７８；12345") == "0826-2345678;12345"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    for text in ("=1+1", "@SUM(A1)", "+86", "-abc", "{=A1}"):
        assert parse("text", text) == text


def test_a_cell_that_says_none_is_not_an_empty_cell() -> None:
    for name in TYPE_NAMES:
        assert parse(name, "无") == STATED_NONE, name


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: make_type("colour", {}, CODE_LISTS), "colour"),
        (lambda: make_type("code", {"list": "missing"}, CODE_LISTS), "missing"),
        (lambda: make_type("codes", {}, CODE_LISTS), "None"),
    ],
)
def test_an_unknown_type_or_list_is_refused_by_name(make: Callable[[], ElementType], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
