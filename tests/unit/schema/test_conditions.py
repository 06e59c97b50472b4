"""Conditions as data: the closed list holds, and everything outside it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from gdbos_desktop.schema import Value, parse_condition
from gdbos_desktop.schema.conditions import condition_elements

VALUES: dict[str, Value] = {
    "is_fee": "1",
    "promise_day": 5,
    "anticipate_day": 20,
    "use_level": ("3", "4"),
    "name": "食品经营许可",
    "none": "无",
    "empty": "",
    "date": "2026-01-01",
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"element": "is_fee", "equals": "1"}, True),
        ({"element": "is_fee", "equals": "0"}, False),
        ({"element": "missing", "equals": "1"}, False),
        ({"element": "use_level", "equals": "4"}, True),
        ({"element": "use_level", "equals": "5"}, False),
        ({"element": "is_fee", "in": ["0", "1"]}, True),
        ({"element": "use_level", "in": ["1", "3"]}, True),
        ({"element": "is_fee", "in": []}, False),
        ({"element": "is_fee", "present": True}, True),
        ({"element": "missing", "present": False}, True),
        ({"element": "none", "present": True}, False),
        ({"element": "empty", "present": False}, True),
        ({"element": "promise_day", "compare": "<=", "with": "anticipate_day"}, True),
        ({"element": "anticipate_day", "compare": "<", "with": "promise_day"}, False),
        ({"element": "promise_day", "compare": ">", "to": 4}, True),
        ({"element": "promise_day", "compare": "!=", "to": 5}, False),
        ({"element": "promise_day", "compare": ">", "with": "name"}, False),
        ({"element": "missing", "compare": ">=", "to": 0}, False),
        ({"element": "none", "compare": ">", "to": 0}, False),
        ({"element": "date", "compare": "<", "to": "2026-02-01"}, True),
        ({"element": "name", "matches": "许可$"}, True),
        ({"element": "use_level", "matches": "^4$"}, True),
        ({"element": "missing", "matches": ""}, False),
        ({"element": "name", "length": [1, 6]}, True),
        ({"element": "use_level", "length": [3, 9]}, False),
        ({"element": "missing", "length": [0, 9]}, False),
        ({"sum": ["promise_day", "anticipate_day"], "compare": "==", "to": 25}, True),
        ({"sum": ["promise_day", "none", "missing"], "compare": "<=", "with": "anticipate_day"}, True),
        ({"sum": ["none"], "compare": "<=", "to": 99}, False),
        ({"all": [{"element": "is_fee", "equals": "1"}, {"element": "name", "present": True}]}, True),
        ({"all": []}, True),
        ({"any": [{"element": "is_fee", "equals": "0"}, {"element": "name", "present": True}]}, True),
        ({"any": []}, False),
        ({"not": {"element": "is_fee", "equals": "1"}}, False),
    ],
)
def test_a_condition_holds_or_not(condition: dict[str, Any], holds: bool) -> None:
    assert parse_condition(condition)(VALUES) is holds


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"element": "a"},
        {"equals": "1"},
        {"element": 3, "equals": "1"},
        {"element": "a", "eval": "1"},
        {"element": "a", "compare": "<"},
        {"element": "a", "compare": "~", "to": 1},
        {"element": "a", "compare": "<", "to": 1, "with": "b"},
        {"sum": ["a"], "compare": "<"},
        {"all": [{"element": "a", "magic": 1}]},
        {"not": {}},
    ],
)
def test_what_is_not_on_the_closed_list_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"condition|comparison"):
        parse_condition(condition)


def test_a_condition_tells_which_elements_it_looks_at() -> None:
    condition = {
        "any": [
            {"element": "a", "equals": "1"},
            {"not": {"all": [{"element": "b", "compare": "<", "with": "c"}]}},
            {"sum": ["d", "e"], "compare": "<", "to": 1},
        ]
    }
    assert condition_elements(condition) == {"a", "b", "c", "d", "e"}
    assert condition_elements({}) == set()
