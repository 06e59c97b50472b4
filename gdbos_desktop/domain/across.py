"""Questions about many records at once, fed one subject at a time: one code twice, one material under several names.

Works on a stream of any length: what is kept are distinct texts with a few of their places, not the records.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from gdbos_desktop.domain.parameters import Parameters
from gdbos_desktop.domain.subjects import Finding, Subject
from gdbos_desktop.schema import Value
from gdbos_desktop.schema.conditions import is_filled


class Across(Protocol):
    """One run of a rule over many records."""

    def add(self, subject: Subject) -> None:
        """Take notice of a record."""

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """What was found, each with the id of its record."""


@dataclass(frozen=True, slots=True)
class AcrossPredicate:
    """A named question about many records; ``make`` proves the parameters and returns what starts a run."""

    name: str
    make: Callable[[Parameters], Callable[[], Across]]
    provides: tuple[str, ...]


ACROSS: dict[str, AcrossPredicate] = {}


def across_predicate(
    name: str, *provides: str
) -> Callable[[Callable[[Parameters], Callable[[], Across]]], Callable[[Parameters], Callable[[], Across]]]:
    """Registers a question about many records under the name that rule files use."""

    def register(make: Callable[[Parameters], Callable[[], Across]]) -> Callable[[Parameters], Callable[[], Across]]:
        if name in ACROSS:
            raise ValueError(f"predicate {name!r} is registered twice")
        ACROSS[name] = AcrossPredicate(name, make, provides)
        return make

    return register


@dataclass(slots=True)
class _Places:
    count: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, record_id: str, most: int) -> None:
        self.count += 1
        if len(self.ids) < most:
            self.ids.append(record_id)


@dataclass(slots=True)
class _UniqueRun:
    element: str
    unless: str
    most: int
    seen: dict[Value, str | _Places] = field(default_factory=dict)

    def add(self, subject: Subject) -> None:
        record = subject.record
        value = record.elements.get(self.element)
        if value is None or not is_filled(value) or (self.unless and is_filled(record.elements.get(self.unless))):
            return
        known = self.seen.get(value)
        if known is None:
            self.seen[value] = record.id
        elif isinstance(known, _Places):
            known.add(record.id, self.most)
        elif known != record.id:
            places = self.seen[value] = _Places()
            places.add(known, self.most)
            places.add(record.id, self.most)

    def findings(self) -> Iterator[tuple[str, Finding]]:
        for value, places in self.seen.items():
            if isinstance(places, _Places):
                for record_id in places.ids:
                    yield record_id, Finding({"value": value, "count": places.count})


@across_predicate("unique", "value", "count")
def _unique(parameters: Parameters) -> Callable[[], Across]:
    """No two records have the same value; records where ``unless`` is filled are told apart by that one."""
    element, unless = parameters.element("element"), parameters.optional_element("unless")
    most = parameters.number("most")
    return lambda: _UniqueRun(element, unless, most)


_MARKS = re.compile(r"[\s\W_]+")


@dataclass(slots=True)
class _NamesRun:
    element: str
    most: int
    drop: re.Pattern[str] | None
    synonyms: dict[str, str]
    synonym: re.Pattern[str] | None
    standard_names: dict[str, str]
    names: dict[str, _Places] = field(default_factory=dict)

    def key(self, name: str) -> str:
        plain = _MARKS.sub("", unicodedata.normalize("NFKC", name).casefold())
        if self.synonym is not None:
            plain = self.synonym.sub(lambda match: self.synonyms[match[0]], plain)
        if self.drop is not None:
            plain = self.drop.sub("", plain) or plain
        return plain

    def add(self, subject: Subject) -> None:
        name = subject.record.elements.get(self.element)
        if isinstance(name, str) and is_filled(name):
            places = self.names.get(name)
            if places is None:
                places = self.names[name] = _Places()
            places.add(subject.record.id, self.most)

    def findings(self) -> Iterator[tuple[str, Finding]]:
        groups: dict[str, list[str]] = {}
        for name in self.names:
            groups.setdefault(self.key(name), []).append(name)
        for key, names in groups.items():
            best = self.standard_names.get(key) or min(
                names, key=lambda name: (-self.names[name].count, len(name), name)
            )
            for name in names:
                if name == best:
                    continue
                places = self.names[name]
                others = self.names[best].count if best in self.names else 0
                for record_id in places.ids:
                    yield (
                        record_id,
                        Finding({"name": name, "best": best, "count": places.count, "others": others}, suggestion=best),
                    )


@across_predicate("one_name", "name", "best", "count", "others")
def _one_name(parameters: Parameters) -> Callable[[], Across]:
    """One thing has one name: names that differ in marks, brackets, ``synonyms`` and words to ``drop`` are one thing.

    The name to use is the one among ``standard_names``, else the most frequent.
    """
    element, most = parameters.element("element"), parameters.number("most")
    synonyms = {fold(word): fold(str(name)) for word, name in parameters.table("synonyms").items()}
    drop_words = sorted(map(fold, parameters.texts("drop")), key=len, reverse=True)
    drop = re.compile("|".join(map(re.escape, drop_words))) if drop_words else None
    words = sorted(synonyms, key=len, reverse=True)
    synonym = re.compile("|".join(map(re.escape, words))) if words else None
    fold_name = _NamesRun(element, most, drop, synonyms, synonym, {}).key
    standard_names = {fold_name(name): name for name in parameters.texts("standard_names")}
    return lambda: _NamesRun(element, most, drop, synonyms, synonym, standard_names)


def fold(word: str) -> str:
    """A word without marks, as names are compared here."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", word).casefold())


def make_across(name: str, parameters: Parameters) -> Callable[[], Across]:
    """What starts a run of a named question; ValueError when something does not fit."""
    if name not in ACROSS:
        raise ValueError(f"unknown predicate {name!r}")
    start = ACROSS[name].make(parameters)
    parameters.finish()
    return start
