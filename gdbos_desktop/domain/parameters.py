"""The parameters a rule file gives to a predicate, proven against the standard while they are read.

Hides where a name may come from: an element that a provincial standard renamed is found under its old name, ``@name``
stands for a list or table of the rule file, and a word that no predicate asked for is a mistake of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdbos_desktop.schema import Condition, Kind, Standard, parse_condition
from gdbos_desktop.schema.types import Code, Codes


@dataclass(frozen=True, slots=True)
class Shared:
    """What the rules of a base share: named lists of texts and named tables."""

    lists: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Mapping[str, Any]]


def find_element(kind: Kind, code: str) -> str:
    """The code under which the kind knows an element, be it the one that replaced it; ValueError for none."""
    if code in kind.elements:
        return code
    for element in kind.elements.values():
        if element.replaces == code:
            return element.code
    raise ValueError(f"unknown element {kind.code}.{code}")


class Parameters:
    """Reads the parameters of one rule for one kind; every method raises ValueError when the data does not fit."""

    def __init__(self, words: Mapping[str, Any], kind: Kind, standard: Standard, shared: Shared) -> None:
        self._words = words
        self._shared = shared
        self._asked: set[str] = set()
        self.kind = kind
        self.standard = standard

    def element(self, name: str, kind: str = "") -> str:
        """The element a parameter names, of this kind or of another."""
        return find_element(self.standard.kind(kind) if kind else self.kind, self._text(name))

    def optional_element(self, name: str, kind: str = "") -> str:
        """The same, '' when the rule does not give the parameter."""
        self._asked.add(name)
        return self.element(name, kind) if name in self._words else ""

    def elements(self, name: str) -> tuple[str, ...]:
        """Several elements of this kind."""
        return tuple(find_element(self.kind, code) for code in self._texts(name))

    def children(self, name: str = "children") -> str:
        """A kind that this kind contains."""
        child = self._text(name)
        if child not in self.standard.kinds or self.kind.code not in self.standard.kind(child).parents:
            raise ValueError(f"{self.kind.code} contains no {child!r}")
        return child

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, given in place or as ``@list``."""
        return self._texts(name)

    def optional_texts(self, name: str) -> tuple[str, ...]:
        """The same, empty when the rule does not give the parameter."""
        self._asked.add(name)
        return self._texts(name) if name in self._words else ()

    def table(self, name: str) -> Mapping[str, Any]:
        """A table, given in place or as ``@table``."""
        value = self._value(name)
        if isinstance(value, str) and value.startswith("@"):
            value = self._shared.tables.get(value[1:])
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} is no table")
        return value

    def number(self, name: str) -> int:
        """A whole number."""
        value = self._value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{name} is no whole number")
        return value

    def choice(self, name: str, options: Sequence[str]) -> str:
        """One word of a closed list."""
        value = self._text(name)
        if value not in options:
            raise ValueError(f"{name} is {value!r}, not one of {', '.join(options)}")
        return value

    def finish(self) -> None:
        """Complain about parameters that nobody asked for."""
        if unknown := set(self._words) - self._asked:
            raise ValueError(f"unknown parameters {sorted(unknown)}")

    def _value(self, name: str) -> Any:
        self._asked.add(name)
        if name not in self._words:
            raise ValueError(f"parameter {name!r} is missing")
        return self._words[name]

    def _text(self, name: str) -> str:
        value = self._value(name)
        if not isinstance(value, str):
            raise ValueError(f"{name} is no text")
        return value

    def _texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if isinstance(value, str) and value.startswith("@"):
            if value[1:] not in self._shared.lists:
                raise ValueError(f"unknown list {value}")
            return self._shared.lists[value[1:]]
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise ValueError(f"{name} is no list of texts")
        return tuple(value)


def bind_condition(data: Mapping[str, Any], kind: Kind) -> Condition:
    """A condition of the closed list, its elements and codes proven; ValueError when the kind does not have them."""
    return parse_condition(_proven(data, kind))


def _proven(data: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    proven: dict[str, Any] = {}
    for word, value in data.items():
        if word in {"all", "any"}:
            proven[word] = [_proven(part, kind) for part in value]
        elif word == "not":
            proven[word] = _proven(value, kind)
        elif word in {"element", "with"}:
            proven[word] = find_element(kind, value)
        elif word == "sum":
            proven[word] = [find_element(kind, code) for code in value]
        else:
            proven[word] = value
    element = kind.elements.get(proven.get("element", ""))
    if element is not None and isinstance(element.type, Code | Codes):
        options = [proven["equals"]] if "equals" in proven else proven.get("in", [])
        for option in options:
            if option not in element.type.code_list.by_code:
                raise ValueError(f"{element.code} has no code {option!r}")
    return proven
