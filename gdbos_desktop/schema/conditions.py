"""Conditions as data: a closed list, so that a standard or a rule can say *when* without any code.

``{element = "is_fee", equals = "1"}`` · ``in = [...]`` · ``present = true|false`` · ``compare = "<=", with = "other"``
(or ``to = 5``) · ``matches = "regex"`` · ``length = [min, max]`` · ``sum = ["a", "b"], compare = "<=", with = "c"`` ·
and ``all``, ``any``, ``not`` around them. An element that is not filled satisfies only ``present = false``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from gdbos_desktop.schema.values import Value, is_stated_none

Condition = Callable[[Mapping[str, Value]], bool]

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def is_filled(value: Value | None) -> bool:
    """Whether a value says something: neither absent nor "there is none"."""
    return value is not None and value not in ("", ()) and not is_stated_none(value)


def parse_condition(data: Mapping[str, Any]) -> Condition:
    """The condition that ``data`` declares; raises ValueError for anything outside the closed list."""
    if "all" in data:
        parts = [parse_condition(part) for part in data["all"]]
        return lambda values: all(part(values) for part in parts)
    if "any" in data:
        parts = [parse_condition(part) for part in data["any"]]
        return lambda values: any(part(values) for part in parts)
    if "not" in data:
        inner = parse_condition(data["not"])
        return lambda values: not inner(values)
    if "sum" in data:
        return _compare(_sum_of(tuple(data["sum"])), data)
    element = data.get("element")
    if not isinstance(element, str):
        raise ValueError(f"condition without element: {dict(data)!r}")
    if "equals" in data:
        wanted = data["equals"]
        return lambda values: _equal(values.get(element), wanted)
    if "in" in data:
        options = tuple(data["in"])
        return lambda values: any(_equal(values.get(element), option) for option in options)
    if "present" in data:
        expected = bool(data["present"])
        return lambda values: is_filled(values.get(element)) is expected
    if "matches" in data:
        pattern = re.compile(data["matches"])
        return lambda values: _matches(pattern, values.get(element))
    if "length" in data:
        low, high = data["length"]
        return lambda values: _length_between(values.get(element), low, high)
    if "compare" in data:
        return _compare(lambda values: values.get(element), data)
    raise ValueError(f"unknown condition: {dict(data)!r}")


def condition_elements(data: Mapping[str, Any]) -> set[str]:
    """The codes of all elements that a condition looks at."""
    parts = [*data.get("all", ()), *data.get("any", ()), *([data["not"]] if "not" in data else [])]
    named = {data[word] for word in ("element", "with") if word in data} | set(data.get("sum", ()))
    return named.union(*(condition_elements(part) for part in parts))


def _equal(value: Value | None, wanted: object) -> bool:
    return wanted in value if isinstance(value, tuple) else value is not None and value == wanted


def _matches(pattern: re.Pattern[str], value: Value | None) -> bool:
    if value is None:
        return False
    texts = value if isinstance(value, tuple) else (str(value),)
    return any(pattern.search(text) for text in texts)


def _length_between(value: Value | None, low: int, high: int) -> bool:
    return value is not None and low <= len(value if isinstance(value, tuple) else str(value)) <= high


def _sum_of(elements: tuple[str, ...]) -> Callable[[Mapping[str, Value]], Value | None]:
    def total(values: Mapping[str, Value]) -> Value | None:
        numbers = [number for element in elements if isinstance(number := values.get(element), int)]
        return sum(numbers) if numbers else None

    return total


def _compare(left: Callable[[Mapping[str, Value]], Value | None], data: Mapping[str, Any]) -> Condition:
    compare = _COMPARISONS.get(data.get("compare", ""))
    if compare is None or ("with" in data) == ("to" in data):
        raise ValueError(f"comparison needs compare and one of with, to: {dict(data)!r}")
    other = data.get("with")
    constant = data.get("to")

    def holds(values: Mapping[str, Value]) -> bool:
        a = left(values)
        b = values.get(other) if other is not None else constant
        comparable = (isinstance(a, int) and isinstance(b, int)) or (isinstance(a, str) and isinstance(b, str))
        return comparable and compare(a, b)

    return holds
