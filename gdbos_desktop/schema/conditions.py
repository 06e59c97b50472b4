"""Conditions as data: a closed list, so that a standard or a rule can say *when* without any code.

``{element = "is_fee", equals = "1"}`` · ``in = [...]`` · ``present = true|false`` · ``compare = "<=", with = "other"``
(or ``to = 5``) · ``matches = "regex"`` · ``length = [min, max]`` · ``sum = ["a", "b"], compare = "<=", with = "c"`` ·
and ``all``, ``any``, ``not`` around them. An element that is not filled satisfies only ``present = false``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from gdbos_desktop.schema.values import LONGEST_STATED_NONE, Value, is_stated_none

Condition = Callable[[Mapping[str, Value]], bool]

_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


def is_filled(value: Value | None) -> bool:
    """Whether a value says something: neither absent nor "there is none"."""
    return value is not None and value not in ("", ()) and not is_stated_none(value)


def parse_condition(data: Mapping[str, Any]) -> Condition:
    """The condition that ``data`` declares; raises ValueError for anything outside the closed list.

    A condition is asked of every record by every rule, so it becomes one compiled expression instead of a tree of
    calls. Element codes and constants never stand in the source: they are names bound to the data.
    """
    source = _Source()
    expression = source.of(data)
    condition: Condition = eval(f"lambda values: {expression}", source.names)
    return condition


class _Source:
    """The expression of a condition, and the names it uses."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {
            "is_short_text_filled": _is_short_text_filled,
            "matches": _matches,
            "total": _total,
        }

    def of(self, data: Mapping[str, Any]) -> str:
        for word, glue in (("all", " and "), ("any", " or ")):
            if word in data:
                return "(" + (glue.join(self.of(part) for part in data[word]) or repr(word == "all")) + ")"
        if "not" in data:
            return f"(not {self.of(data['not'])})"
        if "sum" in data:
            return self._comparison(f"total(values, {self._name(tuple(data['sum']))})", data)
        if not isinstance(data.get("element"), str):
            raise ValueError(f"condition without element: {dict(data)!r}")
        value = f"values.get({self._name(data['element'])})"
        held = f"v{len(self.names)}"
        if "equals" in data:
            wanted = self._name(data["equals"])
            return f"(({held} := {value}) == {wanted} or ({held}.__class__ is tuple and {wanted} in {held}))"
        if "in" in data:
            options = self._name(frozenset(data["in"]))
            inside = f"({held}.__class__ is tuple and not {options}.isdisjoint({held}))"
            return f"(({held} := {value}) in {options} or {inside})"
        if "present" in data:
            short = f"{held}.__class__ is str and len({held}) <= {LONGEST_STATED_NONE}"
            filled = f"(is_short_text_filled({held}) if {short} else {held} != ())"
            present = f"(({held} := {value}) is not None and {filled})"
            return present if data["present"] else f"(not {present})"
        if "matches" in data:
            return f"matches({self._name(re.compile(data['matches']))}, {value})"
        if "length" in data:
            low, high = (int(number) for number in data["length"])
            size = f"len({held} if {held}.__class__ is tuple else str({held}))"
            return f"(({held} := {value}) is not None and {low} <= {size} <= {high})"
        if "compare" in data:
            return self._comparison(value, data)
        raise ValueError(f"unknown condition: {dict(data)!r}")

    def _comparison(self, left: str, data: Mapping[str, Any]) -> str:
        compare = data.get("compare")
        if compare not in _COMPARISONS or ("with" in data) == ("to" in data):
            raise ValueError(f"comparison needs compare and one of with, to: {dict(data)!r}")
        right = f"values.get({self._name(data['with'])})" if "with" in data else self._name(data["to"])
        a = f"a{len(self.names)}"
        b = f"b{len(self.names)}"
        alike = (
            f"(({a} := {left}).__class__ is ({b} := {right}).__class__) and {a}.__class__ in {self._name((int, str))}"
        )
        return f"({alike} and {a} {compare} {b})"

    def _name(self, value: object) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name


@lru_cache(maxsize=8192)
def _is_short_text_filled(text: str) -> bool:
    return is_filled(text)


def condition_elements(data: Mapping[str, Any]) -> set[str]:
    """The codes of all elements that a condition looks at."""
    parts = [*data.get("all", ()), *data.get("any", ()), *([data["not"]] if "not" in data else [])]
    named = {data[word] for word in ("element", "with") if word in data} | set(data.get("sum", ()))
    return named.union(*(condition_elements(part) for part in parts))


def _matches(pattern: re.Pattern[str], value: Value | None) -> bool:
    if value is None:
        return False
    if isinstance(value, tuple):
        return any(pattern.search(text) for text in value)
    return pattern.search(value if isinstance(value, str) else str(value)) is not None


def _total(values: Mapping[str, Value], elements: tuple[str, ...]) -> int | None:
    numbers = [number for element in elements if isinstance(number := values.get(element), int)]
    return sum(numbers) if numbers else None
