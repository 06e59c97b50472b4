"""The rule base: rules as data over named predicates, bound to a standard once, then asked of every record.

A rule file (``resources/rules``, or a user's) declares ``[lists]`` and ``[tables]`` that rules share, ``[[rule]]``
tables, and ``[[change]]`` tables that re-word, re-scope or switch off rules of earlier files. A rule is a predicate
with parameters, or pure data: ``expect`` (a condition of the closed list) wherever ``when`` holds. Hides the binding:
names are proven when the file is loaded, and a check of a record is a walk over closures chosen for its kind, type and
stage.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from gdbos_desktop.domain.across import ACROSS, Across, make_across
from gdbos_desktop.domain.parameters import Parameters, Shared, bind_condition, find_element
from gdbos_desktop.domain.predicates import PREDICATES, condition_test, credit_code_body, guarded, make_test
from gdbos_desktop.domain.subjects import Finding, Subject, Test, Values
from gdbos_desktop.schema import Issue, Kind, Severity, Standard, StandardError, Value
from gdbos_desktop.schema.types import RegionCode

__all__ = ["Finding", "Rule", "RuleBase", "Stage", "Subject", "load_rule_base"]

LABEL = "label"
"""In a message: the label of the element where the issue is shown; ``label_x`` that of element x, ``x`` its value."""

CREDIT_CODE = "credit_code"
_SHOWN_LENGTH = 60


class Stage(StrEnum):
    """When a rule is asked: of a row's own values while importing, of a form while typing, before submission."""

    IMPORT = "import"
    EDIT = "edit"
    SUBMIT = "submit"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as declared. ``predicate`` '' means pure data: ``when`` and ``expect``.

    Scope: ``kinds`` of records; ``families`` and ``item_types`` (both empty: all); ``stages``; ``regions``, beginnings
    of region codes (empty: everywhere). ``element`` is where the issue is shown. ``is_across`` marks rules about many
    records at once. ``evidence`` and ``source`` say what the rule rests on.
    """

    code: str
    title: str
    kinds: tuple[str, ...]
    severity: Severity
    message: str
    stages: frozenset[Stage]
    is_enabled: bool = True
    element: str = ""
    predicate: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, Any] | None = None
    expect: Mapping[str, Any] | None = None
    families: frozenset[str] = frozenset()
    item_types: frozenset[str] = frozenset()
    regions: tuple[str, ...] = ()
    is_across: bool = False
    evidence: str = ""
    source: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A rule bound to one kind."""

    rule: Rule
    kind: Kind
    element: str
    labels: Mapping[str, str]
    shown: tuple[tuple[str, str], ...]
    test: Test | None = None
    start: Callable[[], Across] | None = None


@dataclass(slots=True)
class _Plan:
    """The tests of a kind at a stage, by the value of its family element; filled as values turn up."""

    kind: Kind
    bound: tuple[_Bound, ...]
    by_type: dict[Value, tuple[tuple[Test, _Bound], ...]] = field(default_factory=dict)

    def tests_for(self, item_type: Value) -> tuple[tuple[Test, _Bound], ...]:
        family = self.kind.families.get(str(item_type), "")
        tests = tuple(
            (bound.test, bound)
            for bound in self.bound
            if bound.test is not None and _is_meant(bound.rule, str(item_type), family)
        )
        self.by_type[item_type] = tests
        return tests


def _is_meant(rule: Rule, item_type: str, family: str) -> bool:
    return (not rule.families and not rule.item_types) or family in rule.families or item_type in rule.item_types


class RuleBase:
    """The rules in force for a standard. Immutable: other switches are another rule base."""

    def __init__(self, standard: Standard, rules: Sequence[Rule], bound: Mapping[str, Mapping[str, _Bound]]) -> None:
        self.standard = standard
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._bound = bound
        self._plans: dict[tuple[str, Stage], _Plan] = {}

    def rule(self, code: str) -> Rule:
        """The rule with this code; KeyError when there is none."""
        return self._bound_rules()[code]

    def check(self, subject: Subject, stage: Stage = Stage.SUBMIT) -> list[Issue]:
        """What the rules find in one record, in the order of the rule base."""
        record = subject.record
        plan = self._plans.get((record.kind, stage)) or self._plan(record.kind, stage)
        values = record.elements
        item_type = values.get(plan.kind.family_element, "")
        tests = plan.by_type.get(item_type)
        if tests is None:
            tests = plan.tests_for(item_type)
        issues: list[Issue] = []
        for test, bound in tests:
            if found := test(values, subject):
                issues.extend(_issue(bound, subject, finding, self.standard) for finding in found)
        return issues

    def with_switches(self, switches: Mapping[str, Mapping[str, Any]]) -> RuleBase:
        """The rule base with some rules switched or changed: rule code → ``on``, ``severity``, ``message``, ``stages``.

        Unknown codes are left alone (a store may remember a rule that is gone); unknown words raise StandardError.
        """
        rules: list[Rule] = []
        bound = dict(self._bound)
        for rule in self.rules:
            words = switches.get(rule.code)
            if words is not None:
                if unknown := set(words) - {"on", "severity", "message", "stages"}:
                    raise StandardError(f"switches: rule {rule.code!r} has unknown words {sorted(unknown)}")
                rule = _changed("switches", rule, words)  # noqa: PLW2901 - the rule as switched
                bound[rule.code] = {
                    kind: _rebound(old, rule, self.standard) for kind, old in self._bound[rule.code].items()
                }
            rules.append(rule)
        return RuleBase(self.standard, rules, bound)

    def start_across(self, stage: Stage = Stage.SUBMIT) -> AcrossRun:
        """Begin a run of the rules about many records."""
        runs: dict[str, list[tuple[Across, _Bound]]] = {}
        for rule in self.rules:
            if rule.is_enabled and rule.is_across and stage in rule.stages:
                for kind, bound in self._bound[rule.code].items():
                    if bound.start is not None:
                        runs.setdefault(kind, []).append((bound.start(), bound))
        return AcrossRun(runs, self.standard)

    def credit_codes(self, kind: str) -> tuple[tuple[str, str], ...]:
        """(element, element of the body) of the credit codes that rules look at in a kind."""
        found = []
        for rule in self.rules:
            bound = self._bound[rule.code].get(kind)
            if rule.predicate == CREDIT_CODE and bound is not None:
                parameters = Parameters(rule.parameters, bound.kind, self.standard, Shared({}, {}))
                found.append((parameters.element("code"), credit_code_body(parameters)))
        return tuple(found)

    def forms(self, kind: str) -> Mapping[str, re.Pattern[str]]:
        """Element → the form that a rule expects of its text, for the elements of a kind of which one rule says it."""
        found: dict[str, list[str]] = {}
        for rule in self.rules:
            expected = rule.expect or {}
            if rule.is_enabled and kind in rule.kinds and set(expected) == {"element", "matches"}:
                found.setdefault(str(expected["element"]), []).append(str(expected["matches"]))
        return {element: re.compile(texts[0]) for element, texts in found.items() if len(texts) == 1}

    def _bound_rules(self) -> Mapping[str, Rule]:
        return {rule.code: rule for rule in self.rules}

    def _plan(self, kind: str, stage: Stage) -> _Plan:
        bound = tuple(
            self._bound[rule.code][kind]
            for rule in self.rules
            if rule.is_enabled and stage in rule.stages and kind in self._bound[rule.code]
        )
        plan = self._plans[kind, stage] = _Plan(self.standard.kind(kind), bound)
        return plan


class AcrossRun:
    """Feeds records to the rules about many records and tells what they found."""

    def __init__(self, runs: Mapping[str, Sequence[tuple[Across, _Bound]]], standard: Standard) -> None:
        self._runs = runs
        self._standard = standard

    def add(self, subject: Subject) -> None:
        """Take notice of a record."""
        for run, _bound in self._runs.get(subject.record.kind, ()):
            run.add(subject)

    def issues(self) -> list[Issue]:
        """What was found, rule by rule."""
        issues: list[Issue] = []
        for runs in self._runs.values():
            for run, bound in runs:
                for record_id, finding in run.findings():
                    issues.append(
                        Issue(
                            bound.rule.code,
                            bound.rule.severity,
                            bound.rule.message,
                            {**bound.labels, **finding.values},
                            finding.element or bound.element,
                            finding.suggestion,
                            record_id,
                        )
                    )
        return issues


def _issue(bound: _Bound, subject: Subject, finding: Finding, standard: Standard) -> Issue:
    record = finding.record or subject.record
    values: dict[str, object] = dict(bound.labels)
    for name, code in bound.shown:
        values[name] = _shown(bound.kind, code, subject)
    if finding.element:
        values[LABEL] = standard.kind(record.kind).elements[finding.element].label
    values.update(finding.values)
    return Issue(
        bound.rule.code,
        bound.rule.severity,
        bound.rule.message,
        values,
        finding.element or bound.element,
        finding.suggestion,
        record.id,
    )


def _shown(kind: Kind, code: str, subject: Subject) -> str:
    value = subject.record.elements.get(code)
    if code in kind.references:
        return subject.titles.get(str(value), "")
    text = kind.elements[code].format(value)
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


# Loading

_RULE_WORDS = frozenset(
    {
        "code", "title", "kind", "severity", "message", "stages", "on", "element", "predicate", "with", "when",
        "expect", "families", "item_types", "regions", "across", "evidence", "source", "help",
    }
)  # fmt: skip
_FILE_WORDS = frozenset({"rules", "lists", "tables", "add_lists", "rule", "change"})


def load_rule_base(texts: Mapping[str, str], standard: Standard) -> RuleBase:
    """The rules of file name → TOML text, in that order, bound to a standard.

    A file whose ``[rules] standards`` names other standards only is passed over. StandardError names file and rule.
    """
    rules: dict[str, Rule] = {}
    files: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    tables: dict[str, Mapping[str, Any]] = {}
    for file, text in texts.items():
        data = _toml(file, text)
        if unknown := set(data) - _FILE_WORDS:
            raise StandardError(f"{file}: unknown words {sorted(unknown)}")
        standards = data.get("rules", {}).get("standards", ())
        if standards and standard.name not in standards and standard.identity not in standards:
            continue
        lists.update({name: tuple(words) for name, words in data.get("lists", {}).items()})
        for name, words in data.get("add_lists", {}).items():
            lists[name] = tuple(dict.fromkeys((*lists.get(name, ()), *words)))
        tables.update(data.get("tables", {}))
        for words in data.get("rule", ()):
            rule = _rule(file, words)
            if rule.code in rules:
                raise StandardError(f"{file}: rule {rule.code!r} is declared twice")
            rules[rule.code] = rule
            files[rule.code] = file
        for words in data.get("change", ()):
            code = words.get("code", "")
            if code not in rules:
                raise StandardError(f"{file}: change of unknown rule {code!r}")
            rules[code] = _changed(file, rules[code], words)
            files[code] = file
    shared = Shared(lists, tables)
    bound = {code: _bind(files[code], rule, standard, shared) for code, rule in rules.items()}
    return RuleBase(standard, tuple(rules.values()), bound)


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StandardError(f"{file}: {error}") from error


def _rule(file: str, words: Mapping[str, Any]) -> Rule:
    code = words.get("code")
    if not isinstance(code, str) or not code:
        raise StandardError(f"{file}: a rule has no code")
    try:
        blank = Rule(
            code, words["title"], (), Severity.WARNING, words["message"], frozenset({Stage.EDIT, Stage.SUBMIT})
        )
        kinds = words["kind"]
    except KeyError as error:
        raise StandardError(f"{file}: rule {code!r} lacks {error}") from error
    return _changed(file, replace(blank, kinds=(kinds,) if isinstance(kinds, str) else tuple(kinds)), words)


def _changed(file: str, rule: Rule, words: Mapping[str, Any]) -> Rule:
    if unknown := set(words) - _RULE_WORDS:
        raise StandardError(f"{file}: rule {rule.code!r} has unknown words {sorted(unknown)}")
    try:
        changes: dict[str, Any] = {
            name: words[name]
            for name in ("title", "message", "element", "predicate", "when", "expect", "evidence", "source", "help")
            if name in words
        }
        if "severity" in words:
            changes["severity"] = Severity(words["severity"])
        if "stages" in words:
            changes["stages"] = frozenset(Stage(stage) for stage in words["stages"])
        if "on" in words:
            changes["is_enabled"] = bool(words["on"])
        if "across" in words:
            changes["is_across"] = bool(words["across"])
        if "with" in words:
            changes["parameters"] = {**rule.parameters, **words["with"]}
        for name in ("families", "item_types"):
            if name in words:
                changes[name] = frozenset(words[name])
        if "regions" in words:
            changes["regions"] = tuple(words["regions"])
        return replace(rule, **changes)
    except ValueError as error:
        raise StandardError(f"{file}: rule {rule.code!r}: {error}") from error


def _bind(file: str, rule: Rule, standard: Standard, shared: Shared) -> dict[str, _Bound]:
    try:
        if not rule.kinds:
            raise ValueError("it is about no kind")
        for family in rule.families:
            if family not in standard.family_labels:
                raise ValueError(f"unknown family {family!r}")
        for code in rule.kinds:
            if code not in standard.kinds:
                raise ValueError(f"unknown kind {code!r}")
            if unknown := rule.item_types - set(standard.kind(code).families):
                raise ValueError(f"unknown item types {sorted(unknown)}")
        return {code: _bind_kind(rule, standard.kind(code), standard, shared) for code in rule.kinds}
    except ValueError as error:
        raise StandardError(f"{file}: rule {rule.code!r}: {error}") from error


def _bind_kind(rule: Rule, kind: Kind, standard: Standard, shared: Shared) -> _Bound:
    if bool(rule.predicate) == (rule.expect is not None):
        raise ValueError("a rule has a predicate or an expectation")
    parameters = Parameters(rule.parameters, kind, standard, shared)
    start: Callable[[], Across] | None = None
    test: Test | None = None
    provides: tuple[str, ...] = ()
    when = bind_condition(rule.when, kind) if rule.when is not None else None
    if rule.is_across:
        start = make_across(rule.predicate, parameters)
        provides = ACROSS[rule.predicate].provides
    elif rule.predicate:
        test = make_test(rule.predicate, parameters)
        provides = PREDICATES[rule.predicate].provides
        if when is not None:
            test = guarded(when, test)
    else:
        parameters.finish()
        broken: list[Mapping[str, Any]] = [{"not": rule.expect or {}}]
        test = condition_test(bind_condition({"all": [rule.when, *broken] if rule.when else broken}, kind))
    if test is not None and rule.regions:
        test = guarded_by_region(test, rule.regions, kind)
    element = find_element(kind, rule.element) if rule.element else kind.title
    labels, shown = _words(rule.message, kind, element, provides, bool(rule.is_across))
    return _Bound(rule, kind, element, labels, shown, test, start)


def _rebound(old: _Bound, rule: Rule, standard: Standard) -> _Bound:
    provides = (ACROSS if rule.is_across else PREDICATES)[rule.predicate].provides if rule.predicate else ()
    try:
        labels, shown = _words(rule.message, standard.kind(old.kind.code), old.element, provides, rule.is_across)
    except ValueError as error:
        raise StandardError(f"switches: rule {rule.code!r}: {error}") from error
    return replace(old, rule=rule, labels=labels, shown=shown)


def _words(
    message: str, kind: Kind, element: str, provides: Sequence[str], is_across: bool
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    labels: dict[str, str] = {}
    shown: list[tuple[str, str]] = []
    for _text, name, _spec, _conversion in string.Formatter().parse(message):
        if name is None or name in provides:
            continue
        if name == LABEL:
            labels[name] = kind.elements[element].label
        elif name.startswith(f"{LABEL}_"):
            labels[name] = kind.elements[find_element(kind, name.removeprefix(f"{LABEL}_"))].label
        elif is_across:
            raise ValueError(f"the message names {name!r}, which nothing provides")
        else:
            shown.append((name, find_element(kind, name)))
    return labels, tuple(dict.fromkeys(shown))


def guarded_by_region(test: Test, regions: tuple[str, ...], kind: Kind) -> Test:
    """The test, asked only of records of these regions: by their own region code, else by that of the store."""
    element = next((element.code for element in kind.elements.values() if isinstance(element.type, RegionCode)), "")

    def guard(values: Values, subject: Subject) -> Sequence[Finding]:
        region = values.get(element) or subject.region_code
        return test(values, subject) if str(region).startswith(regions) else ()

    return guard
