"""Credit codes: what is valid, what was evidently meant, and that nothing else is guessed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from gdbos_desktop.domain.credit_code import (
    CodeFault,
    check_credit_code,
    suggest_credit_code,
    with_check_digit,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALID = ("12441500196720244T", "11450000007565194H", "115113010833722043", "115113010087786859", "11511301MB1550442U")

codes = st.builds(
    lambda front, rest: with_check_digit(front + rest),
    st.from_regex(r"[159][1-9][0-9]{6}", fullmatch=True),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", VALID)
def test_published_codes_are_valid(code: str) -> None:
    assert check_credit_code(code) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", CodeFault.LENGTH),
        ("083372204", CodeFault.LENGTH),
        ("1111111111111111", CodeFault.LENGTH),
        ("12430000MBOL67976N", CodeFault.CHARACTERS),
        ("91350211M0000XUF46", CodeFault.CHECK_DIGIT),
        ("115113010833722044", CodeFault.CHECK_DIGIT),
        ("11511301mb1550442u", CodeFault.CHARACTERS),
        ("１15113010833722043", CodeFault.CHARACTERS),
        ("一1511301083372204三", CodeFault.CHARACTERS),
        ("A1110000600037341L", CodeFault.CHECK_DIGIT),
        ("X1110000600037341L", CodeFault.CHARACTERS),
        ("NA510000600037341L", CodeFault.CHARACTERS),
        ("N1510000600O37341L", CodeFault.CHARACTERS),
    ],
)
def test_a_wrong_code_is_told_why(text: str, fault: CodeFault) -> None:
    assert check_credit_code(text) is fault


@given(codes)
def test_python_stdnum_and_we_agree_on_digits_in_front(code: str) -> None:
    assert check_credit_code(code) is None
    assert uscc.is_valid(code)


@given(st.text(max_size=20))
def test_whatever_stdnum_refuses_we_refuse_unless_a_letter_stands_in_front(text: str) -> None:
    if check_credit_code(text) is None:
        assert uscc.is_valid(text) or text[0] in "ANY"


@given(st.sampled_from("ANY"), st.text(ALPHABET, min_size=9, max_size=9))
def test_bodies_with_a_letter_in_front_have_the_same_check_digit(letter: str, rest: str) -> None:
    code = with_check_digit(f"{letter}1370102{rest}")
    assert check_credit_code(code) is None
    wrong = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % 31]
    assert check_credit_code(wrong) is CodeFault.CHECK_DIGIT


@given(codes)
def test_a_valid_code_gets_no_suggestion(code: str) -> None:
    assert suggest_credit_code(code, [code]) is None


@given(codes, st.data())
def test_a_letter_typed_for_a_digit_is_mended(code: str, data: st.DataObject) -> None:
    places = [index for index, character in enumerate(code) if character in "01"]
    assume(places)
    chosen = data.draw(st.sets(st.sampled_from(places), min_size=1))
    typed = "".join(
        {"0": "O", "1": "I"}[character] if index in chosen else character for index, character in enumerate(code)
    )
    assert check_credit_code(typed) is CodeFault.CHARACTERS
    assert suggest_credit_code(typed) == code


@given(codes)
def test_case_width_blanks_and_dashes_are_mended(code: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    for typed in (code.lower(), wide, f" {code[:8]} {code[8:]}", f"{code[:8]}-{code[8:17]}-{code[17:]}"):
        if typed != code:
            assert suggest_credit_code(typed) == code


@given(st.text(max_size=24), st.lists(st.one_of(codes, st.text(max_size=20)), max_size=3))
def test_a_suggestion_is_always_a_valid_code(text: str, known: list[str]) -> None:
    suggestion = suggest_credit_code(text, known)
    if suggestion is not None:
        assert check_credit_code(suggestion) is None
        assert suggestion != text


@pytest.mark.parametrize(
    ("text", "known", "meant"),
    [
        ("083372204", ["115113010833722043"], "115113010833722043"),
        ("00877868-5", ["115113010087786859"], "115113010087786859"),
        ("76726532-x", ["1151130176726532XP"], "1151130176726532XP"),
        ("083372204", [], None),
        ("083372204", ["115113010087786859"], None),
        ("0087790701", ["11511301599994805M"], None),
        ("1111111111111111", ["115113010833722043"], None),
        ("511301083", ["115113010833722043"], None),
    ],
)
def test_an_old_organisation_code_is_completed_only_by_a_known_code(
    text: str, known: list[str], meant: str | None
) -> None:
    assert suggest_credit_code(text, known) == meant


def test_two_known_codes_around_one_organisation_code_leave_it_open() -> None:
    other = with_check_digit("12511301" + "083372204")
    assert suggest_credit_code("083372204", ["115113010833722043", other]) is None
    assert suggest_credit_code("083372204", ["115113010833722043", "115113010833722043"]) == "115113010833722043"


def test_a_wrong_known_code_completes_nothing() -> None:
    assert suggest_credit_code("083372204", ["115113010833722044"]) is None


def test_a_wrong_check_digit_is_never_guessed() -> None:
    assert suggest_credit_code("115113010833722044", ["115113010833722043"]) is None
