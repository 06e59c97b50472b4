"""Issues know their place as the office program shows it."""

from __future__ import annotations

import pytest

from gdbos_desktop.schema import Issue, Place, Severity


@pytest.mark.parametrize(
    ("column", "letters"),
    [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA"), (16384, "XFD"), (0, "")],
)
def test_columns_are_named_as_excel_names_them(column: int, letters: str) -> None:
    assert Place(row=1, column=column).column_letters == letters


def test_a_cell_is_named_only_when_row_and_column_are_known() -> None:
    assert Place(row=17, column=3).cell == "C17"
    assert Place(row=17).cell == ""
    assert Place(column=3).cell == ""


def test_an_issue_is_tied_to_record_element_and_place_without_losing_anything() -> None:
    issue = Issue("date", Severity.ERROR, "m", {"text": "x"}, suggestion="2026-01-01")
    tied = issue.about("r1", "day").at(Place("f.xlsx", "表", 2, 1))
    assert (tied.record_id, tied.element, tied.suggestion) == ("r1", "day", "2026-01-01")
    assert tied.about(element="other").record_id == "r1"
    assert tied.about("r2").element == "day"
    assert issue.record_id is None
