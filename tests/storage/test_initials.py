"""Pinyin initials: the shipped table says what the dictionaries say."""

from __future__ import annotations

import pytest

from gdbos_desktop.storage.initials import boil_down, initials_of
from gdbos_desktop.system.resources import read_texts


def test_the_shipped_table_is_what_the_dictionaries_say() -> None:
    shipped = read_texts("pinyin", ".txt")["initials"].splitlines()
    made = boil_down().splitlines()
    # Another release of the dictionaries may read a rare character otherwise; the table need not follow at once.
    differing = set(shipped) ^ set(made)
    assert len([line for line in differing if "\t" in line and len(line.split("\t")[0]) > 1]) < 100
    letters = [{line[0]: set(line[2:]) for line in lines if line[:1].isascii()} for lines in (shipped, made)]
    assert letters[0].keys() == letters[1].keys()
    assert sum(len(letters[0][letter] ^ letters[1][letter]) for letter in letters[0]) < 200


@pytest.mark.parametrize(
    ("title", "initials"),
    [
        ("食品经营许可", "spjyxk"),
        ("银行开户", "yhkh\nyxkh"),
        ("abc", ""),
        ("a类许可(新办)", "alxkxb"),
        ("厦门", "xm\nsm"),
        ("重庆市", "cqs\nzqs"),
    ],
)
def test_a_title_has_the_initials_people_type(title: str, initials: str) -> None:
    assert initials_of(title) == initials
