"""The questions rules may ask, registered by name; which elements, words and bounds they ask about is data.

A predicate is a function from ``Parameters`` to a ``Test``: it reads its parameters once and returns a closure that is
called for every record, so the closure does dictionary look-ups and little else. Anything the closed list of conditions
can say (equals, in, present, compare, matches …) needs no predicate. Everything here follows one custom: what is not
filled, or stated to be none, is not judged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from gdbos_desktop.domain.credit_code import check_credit_code, suggest_credit_code
from gdbos_desktop.domain.item_codes import read_basic_code, read_implementation_code
from gdbos_desktop.domain.parameters import Parameters
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.region_code import check_region_code
from gdbos_desktop.domain.subjects import FIRES, SILENT, Finding, Subject, Test, Values
from gdbos_desktop.schema import Value, fold, is_stated_none

Maker = Callable[[Parameters], Test]

OWN_ID = "@id"
"""As a parameter: the record itself instead of what an element refers to."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named question; ``provides`` are the words it gives to the message of a rule."""

    name: str
    make: Maker
    provides: tuple[str, ...]


PREDICATES: dict[str, Predicate] = {}


def predicate(name: str, *provides: str) -> Callable[[Maker], Maker]:
    """Registers a predicate under the name that rule files use."""

    def register(make: Maker) -> Maker:
        if name in PREDICATES:
            raise ValueError(f"predicate {name!r} is registered twice")
        PREDICATES[name] = Predicate(name, make, provides)
        return make

    return register


# Time limits


@dataclass(frozen=True, slots=True)
class _Units:
    """How many working days a unit is taken for: an assumption of the rule file, told wherever it is used."""

    days: Mapping[str, Fraction]
    labels: Mapping[str, str]
    assumption: str

    @classmethod
    def read(cls, parameters: Parameters, unit: str, kind: str = "") -> _Units:
        table = parameters.table("units")
        element = parameters.standard.kind(kind or parameters.kind.code).elements[unit]
        try:
            days = {code: Fraction(str(text)) for code, text in table.items() if code != "text"}
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"units: {error}") from error
        return cls(days, {code: element.format(code) for code in days}, str(table.get("text", "")))

    def text(self, number: int, unit: str) -> str:
        return f"{number}{self.labels.get(unit, '')}"


@predicate("limit_not_longer", "limit_text", "bound_text", "assumption")
def _limit_not_longer(parameters: Parameters) -> Test:
    """``limit`` is at most ``bound``. ``units_are`` same judges equal units, converted only different ones."""
    limit, limit_unit = parameters.element("limit"), parameters.element("limit_unit")
    bound, bound_unit = parameters.element("bound"), parameters.element("bound_unit")
    converted = parameters.choice("units_are", ("same", "converted")) == "converted"
    units = _Units.read(parameters, limit_unit)
    days = units.days

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        a, b = values.get(limit), values.get(bound)
        if not isinstance(a, int) or not isinstance(b, int):
            return SILENT
        a_unit, b_unit = str(values.get(limit_unit, "")), str(values.get(bound_unit, ""))
        if (a_unit != b_unit) is not converted or (converted and not (a_unit and b_unit)):
            return SILENT  # two limits without any unit are taken to share one, as lists that leave it out do
        if converted:
            if a_unit not in days or b_unit not in days or a * days[a_unit] <= b * days[b_unit]:
                return SILENT
        elif a <= b:
            return SILENT
        return (
            Finding(
                {
                    "limit_text": units.text(a, a_unit),
                    "bound_text": units.text(b, b_unit),
                    "assumption": units.assumption if converted else "",
                }
            ),
        )

    return test


@predicate("limit_at_most", "limit_text", "assumption", "most")
def _limit_at_most(parameters: Parameters) -> Test:
    """``limit``, in working days, is at most ``most``."""
    limit, limit_unit = parameters.element("limit"), parameters.element("limit_unit")
    most = parameters.number("most")
    units = _Units.read(parameters, limit_unit)
    days = units.days
    working_day = next((code for code, factor in days.items() if factor == 1), "")

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        number = values.get(limit)
        if not isinstance(number, int):
            return SILENT
        unit = str(values.get(limit_unit, ""))
        if unit not in days or number * days[unit] <= most:
            return SILENT
        assumption = units.assumption if unit != working_day else ""
        return (Finding({"limit_text": units.text(number, unit), "assumption": assumption, "most": most}),)

    return test


@predicate("steps_within_limit", "total", "limit_text", "assumption")
def _steps_within_limit(parameters: Parameters) -> Test:
    """The days of all ordinary steps together are at most ``limit``; a step without unit has the limit's."""
    limit, limit_unit = parameters.element("limit"), parameters.element("limit_unit")
    steps = parameters.children()
    step_days, step_unit = parameters.element("days", steps), parameters.element("unit", steps)
    special = parameters.optional_element("special", steps)
    units = _Units.read(parameters, limit_unit)
    days = units.days

    def test(values: Values, subject: Subject) -> Sequence[Finding]:
        records = subject.children.get(steps)
        bound = values.get(limit)
        bound_unit = str(values.get(limit_unit, ""))
        if not records or not isinstance(bound, int) or bound_unit not in days:
            return SILENT
        total, mixed = Fraction(0), False
        for record in records:
            elements = record.elements
            number = elements.get(step_days)
            if not isinstance(number, int) or (special and elements.get(special) == "1"):
                continue
            unit = str(elements.get(step_unit, bound_unit))
            if unit not in days:
                return SILENT
            mixed = mixed or (unit != bound_unit and number != 0)
            total += number * days[unit]
        if total <= bound * days[bound_unit]:
            return SILENT
        shown = total / days[bound_unit]
        number_text = str(shown.numerator) if shown.denominator == 1 else f"{float(shown):.1f}"
        return (
            Finding(
                {
                    "total": f"{number_text}{units.labels.get(bound_unit, '')}",
                    "limit_text": units.text(bound, bound_unit),
                    "assumption": units.assumption if mixed else "",
                }
            ),
        )

    return test


# What a record contains


@predicate("children_at_least", "found", "least")
def _children_at_least(parameters: Parameters) -> Test:
    """The record contains at least ``least`` of a kind."""
    children, least = parameters.children(), parameters.number("least")

    def test(_values: Values, subject: Subject) -> Sequence[Finding]:
        found = len(subject.children.get(children, ()))
        return SILENT if found >= least else (Finding({"found": found, "least": least}),)

    return test


@predicate("children_at_most", "found", "most")
def _children_at_most(parameters: Parameters) -> Test:
    """The record contains at most ``most`` of a kind."""
    children, most = parameters.children(), parameters.number("most")

    def test(_values: Values, subject: Subject) -> Sequence[Finding]:
        found = len(subject.children.get(children, ()))
        return SILENT if found <= most else (Finding({"found": found, "most": most}),)

    return test


@predicate("children_cover", "missing")
def _children_cover(parameters: Parameters) -> Test:
    """Every name of table ``names`` is met: some contained record's element has one of the words that stand for it."""
    children = parameters.children()
    element = parameters.element("child_element", children)
    names = {name: re.compile("|".join(map(re.escape, words))) for name, words in parameters.table("names").items()}

    def test(_values: Values, subject: Subject) -> Sequence[Finding]:
        records = subject.children.get(children)
        if not records:
            return SILENT  # that there are none is another rule's matter
        texts = "\n".join(str(record.elements.get(element, "")) for record in records)
        missing = [name for name, pattern in names.items() if not pattern.search(texts)]
        return (Finding({"missing": "、".join(missing)}),) if missing else SILENT

    return test


# Telephones

_NUMBER = re.compile(r"[0-9][0-9-]*(?:转[0-9]+)?")


@lru_cache(4096)
def _numbers(text: str, separators: str) -> tuple[tuple[str, str], ...]:
    """(part, number) of a text with several telephone numbers; number '' where a part has none."""
    plain = unicodedata.normalize("NFKC", text)
    for dash in "‐‑‒–—―":
        plain = plain.replace(dash, "-")
    plain = plain.replace("(", "").replace(")", "-").replace(" ", "")
    found: list[tuple[str, str]] = []
    for part in re.split(f"[{re.escape(separators)}\n]", plain):
        if part.strip("-"):
            numbers = [number.strip("-") for number in _NUMBER.findall(part)]
            found.extend((part.strip("-"), number) for number in numbers or [""])
    return tuple(found)


@predicate("phones_differ", "same")
def _phones_differ(parameters: Parameters) -> Test:
    """Two elements share no telephone number, hot lines aside."""
    left, right = parameters.element("left"), parameters.element("right")
    hot_lines = frozenset(parameters.texts("hot_lines"))
    separators = unicodedata.normalize("NFKC", "".join(parameters.texts("separators")))

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        a, b = values.get(left), values.get(right)
        if a is None or b is None:
            return SILENT
        ours = {number for _, number in _numbers(str(a), separators)}
        same = [number for _, number in _numbers(str(b), separators) if number in ours]
        same = [number for number in dict.fromkeys(same) if number and number not in hot_lines]
        return (Finding({"same": "、".join(same)}),) if same else SILENT

    return test


@predicate("phone_form", "wrong")
def _phone_form(parameters: Parameters) -> Test:
    """In each of the elements ``phones``, every number is a hot line or has one of the ``forms``."""
    elements = parameters.elements("phones")
    hot_lines = frozenset(parameters.texts("hot_lines"))
    separators = unicodedata.normalize("NFKC", "".join(parameters.texts("separators")))
    try:
        form = re.compile("|".join(f"(?:{text})" for text in parameters.texts("forms")))
    except re.error as error:
        raise ValueError(f"forms: {error}") from error

    @lru_cache(16384)
    def wrong_in(text: str) -> str:
        if is_stated_none(text):
            return ""
        return "、".join(
            number or part
            for part, number in _numbers(text, separators)
            if number not in hot_lines and not form.fullmatch(number)
        )

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        found: list[Finding] | None = None
        for element in elements:
            value = values.get(element)
            if isinstance(value, str) and (wrong := wrong_in(value)):
                found = found or []
                found.append(Finding({"wrong": wrong}, element))
        return found or SILENT

    return test


# Texts

_MARKS = re.compile(r"[\s\W_]+")


@lru_cache(8192)
def _without_marks(text: str) -> str:
    return _MARKS.sub("", fold(text))


@predicate("no_placeholder", "found", "text")
def _no_placeholder(parameters: Parameters) -> Test:
    """None of the ``elements`` is a placeholder.

    ``where`` whole: the text is one of ``texts`` with at most ``spare`` further characters; inside: it contains one.
    """
    elements = parameters.elements("elements")
    whole = parameters.choice("where", ("whole", "inside")) == "whole"
    texts = sorted(parameters.texts("texts"), key=len, reverse=True)
    if not texts:
        return lambda _values, _subject: SILENT
    if whole:
        spare = parameters.number("spare")
        words = sorted({_without_marks(text) for text in texts}, key=len, reverse=True)
        longest = max(map(len, words)) + spare
        room = 2 * longest + 8  # marks and blanks may stand between; a longer text is no placeholder
    else:
        spare, words, longest, room = 0, [], 0, 0
    pattern = re.compile("|".join(map(re.escape, words if whole else texts)))
    search = pattern.search

    def is_placeholder(value: str) -> str:
        if not whole:
            match = search(value)
            return match[0] if match else ""
        if len(value) > room:
            return ""
        plain = _without_marks(value)
        if len(plain) > longest:
            return ""
        match = search(plain)
        return match[0] if match and len(plain) - len(match[0]) <= spare else ""

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        found: list[Finding] | None = None
        for element in elements:
            value = values.get(element)
            if isinstance(value, str) and (placeholder := is_placeholder(value)):
                found = found or []
                found.append(Finding({"found": placeholder, "text": _short(value)}, element))
        return found or SILENT

    return test


def _short(text: str, length: int = 40) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# Codes


@lru_cache(16384)
def _credit_code_fault(text: str) -> str:
    return check_credit_code(text) or ""


def is_valid_credit_code(text: str) -> bool:
    """Whether a text is a valid credit code; remembered, since a county has few bodies and many items."""
    return not _credit_code_fault(text)


@predicate("credit_code", "value", "reason", "length")
def _credit_code(parameters: Parameters) -> Test:
    """An element is a valid credit code; what was evidently meant is suggested, also from other codes of ``body``."""
    element = parameters.element("code")
    body = credit_code_body(parameters)
    reasons = parameters.table("reasons")
    for fault in ("length", "characters", "check_digit"):
        if fault not in reasons:
            raise ValueError(f"reasons lack {fault!r}")

    def test(values: Values, subject: Subject) -> Sequence[Finding]:
        value = values.get(element)
        if not isinstance(value, str) or not (fault := _credit_code_fault(value)) or is_stated_none(value):
            return SILENT
        of_body = body_of(subject.record, body)
        known: Iterable[str] = subject.known_codes.get(of_body, ())
        reason = str(reasons[fault]).format(length=len(value))
        return (
            Finding(
                {"value": value, "reason": reason, "length": len(value), "body": of_body},
                suggestion=suggest_credit_code(value, known),
            ),
        )

    return test


def credit_code_body(parameters: Parameters) -> str:
    """The element that refers to the body whose code it is, ``@id`` for the record itself, '' for none."""
    if parameters.choice("body", (OWN_ID, *parameters.kind.elements)) == OWN_ID:
        return OWN_ID
    return parameters.element("body")


def body_of(record: Record, body: str) -> str:
    """The body that a record's code belongs to."""
    return record.id if body == OWN_ID else str(record.elements.get(body, ""))


@predicate("region_code", "value", "reason")
def _region_code(parameters: Parameters) -> Test:
    """An element has the shape of a region code and begins with a known province."""
    element = parameters.element("code")
    provinces = frozenset(parameters.texts("provinces"))
    reasons = parameters.table("reasons")
    for fault in ("length", "digits", "blocks", "province"):
        if fault not in reasons:
            raise ValueError(f"reasons lack {fault!r}")

    @lru_cache(16384)
    def fault_of(code: str) -> str:
        return check_region_code(code, provinces) or ""

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        value = values.get(element)
        if not isinstance(value, str) or not (fault := fault_of(value)) or is_stated_none(value):
            return SILENT
        return (Finding({"value": value, "reason": str(reasons[fault])}),)

    return test


_PARTS: Mapping[str, Callable[[str], str]] = {
    "credit_code": lambda code: parts.credit_code if (parts := read_implementation_code(code)) else "",
    "level": lambda code: parts.level if (parts := read_implementation_code(code)) else "",
    "basic_code": lambda code: parts.basic_code if (parts := read_implementation_code(code)) else "",
    "item_type": lambda code: parts.item_type if (parts := read_implementation_code(code)) else "",
    "implementation_code": lambda code: code[:31] if (p := read_implementation_code(code)) and p.sequence else "",
    "basic_item_type": lambda code: parts.item_type if (parts := read_basic_code(code)) else "",
}


@predicate("code_part_agrees", "part", "other")
def _code_part_agrees(parameters: Parameters) -> Test:
    """A part of a code of the national shape says the same as another element; other shapes say nothing.

    ``also`` are values of the other element that agree with everything. A credit code that is none is not compared:
    that is the matter of another rule, which only warns.
    """
    element, other = parameters.element("code"), parameters.element("agrees_with")
    part = parameters.choice("part", tuple(_PARTS))
    part_of, is_credit_code = _PARTS[part], part == "credit_code"
    also = frozenset(parameters.optional_texts("also"))
    part_type = parameters.kind.elements[other].type

    def test(values: Values, _subject: Subject) -> Sequence[Finding]:
        code, value = values.get(element), values.get(other)
        if not isinstance(code, str) or value is None or is_stated_none(value):
            return SILENT
        found = part_of(code)
        if not found or _agrees(found, value, also) or (is_credit_code and not is_valid_credit_code(str(value))):
            return SILENT
        return (Finding({"part": part_type.format(found), "other": part_type.format(value)}),)

    return test


def _agrees(part: str, value: Value, also: frozenset[str]) -> bool:
    if isinstance(value, tuple):
        return part in value or not also.isdisjoint(value)
    return part == value or value in also


def make_test(name: str, parameters: Parameters) -> Test:
    """The test of a named predicate, its parameters proven; ValueError when something does not fit."""
    if name not in PREDICATES:
        raise ValueError(f"unknown predicate {name!r}")
    test = PREDICATES[name].make(parameters)
    parameters.finish()
    return test


def condition_test(breaks: Callable[[Values], bool]) -> Test:
    """The test of a rule that is pure data: it fires where the condition of its being broken holds."""
    return lambda values, _subject: FIRES if breaks(values) else SILENT


def guarded(when: Callable[[Values], bool], test: Test) -> Test:
    """The test, asked only where the condition holds."""
    return lambda values, subject: test(values, subject) if when(values) else SILENT
