"""Cleaning and folding: what is stored does not move, whatever a cell contains."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.schema import STATED_NONE, fold, is_stated_none
from gdbos_desktop.schema.values import clean_code, clean_line, clean_lines, narrow_line

CLEANERS = (clean_line, clean_lines, clean_code, narrow_line)
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\r\n\t\v\f\x00\x1f\x85\u2028\u200b\ufeff\u00ad\u3000\u00a0 ß\u0345\u0301ǰ\u0390_x0Dd中（ＡＩ"),
    ),
    max_size=20,
)


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=NASTY)
def test_cleaning_twice_is_cleaning_once(clean: object, text: str) -> None:
    assert callable(clean)
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("clean", CLEANERS)
def test_no_single_character_moves_when_cleaned_again(clean: object) -> None:
    assert callable(clean)
    for number in range(sys.maxunicode + 1):
        if number < 0x3400 or 0xD7A4 <= number < 0x11000 or number % 251 == 0:
            character = chr(number)
            for text in (character, f"a{character}", f"{character}\u0301b"):
                assert clean(clean(text)) == clean(text), hex(number)


@given(text=NASTY)
def test_a_line_has_no_break_no_control_and_no_blank_at_its_ends(text: str) -> None:
    line = clean_line(text)
    assert not set(line) & set("\r\n\t\v\f\x00\x1f\u2028\u2029\u200b\ufeff\u3000\u00a0")
    assert line == line.strip()
    assert "  " not in line


@given(text=NASTY)
def test_a_cleaned_text_can_be_written_as_utf8(text: str) -> None:
    for clean in CLEANERS:
        clean(text).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  食品经营许可　(新办) ", "食品经营许可 (新办)"),
        ("食品经营\n许可", "食品经营许可"),
        ("food\nbusiness", "food business"),
        ("编码\n511", "编码 511"),
        ("a\u00a0\u00a0b", "a b"),
        ("零\u200b宽", "零宽"),
        ("\ufeff事项名称", "事项名称"),
        ("事项_x000D_\n名称", "事项名称"),
        ("_x000_x000D_D_", ""),
        ("断\x0b行", "断行"),
        ("半个\ud800字", "半个字"),
    ],
)
def test_a_cell_becomes_the_line_a_person_sees(text: str, line: str) -> None:
    assert clean_line(text) == line


def test_several_lines_keep_their_paragraphs() -> None:
    assert clean_lines("\r\n一、条件 \r\n\r\n 二、材料\u2028三\n\n") == "一、条件\n\n二、材料\n三"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("１１５１１３０１００８７７８１８３n", "11511301008778183N"),
        (" 511 602 000 000\n", "511602000000"),
        ("511a－01", "511A-01"),
        ("g-000007 —001", "G-000007—001"),
    ],
)
def test_a_code_is_half_width_upper_case_and_without_blanks(text: str, code: str) -> None:
    assert clean_code(text) == code


@given(text=NASTY)
def test_the_quick_ways_of_folding_lead_to_the_same_form(text: str) -> None:
    visible = text.translate(dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad")))
    assert fold(text) == "".join(unicodedata.normalize("NFKC", visible).casefold().split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("子项（办理项）名称", "子项(办理项) 名称"),
        ("ＦＡＱ", "faq"),
        ("实施 主体\n", "实施主体"),
        ("是否\u200b收费", "是否收费"),
    ],
)
def test_headings_are_equal_whatever_their_width_case_and_blanks(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "text", ["无", " 无 ", "不涉及", "-", "—", "——", "/", "／", "暂无", "None", "无 特定 审批 结果", "－"]
)
def test_somebody_stated_that_there_is_none(text: str) -> None:
    assert is_stated_none(text)


@pytest.mark.parametrize("value", ["", "无锡市", "0", 0, None, ("1",), "否", "无" * 30, "-1"])
def test_this_is_not_a_statement_that_there_is_none(value: str | int | tuple[str, ...] | None) -> None:
    assert not is_stated_none(value)


def test_the_canonical_word_for_none_is_one_of_them() -> None:
    assert is_stated_none(STATED_NONE)
