"""Checking a record as a whole: what is missing, what the types remark, what the rules say, and what only many records
together show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gdbos_desktop.domain.credit_code import suggest_credit_code
from gdbos_desktop.domain.predicates import body_of, is_valid_credit_code
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import RuleBase, Stage, Subject
from gdbos_desktop.schema import Element, Issue, Severity, Standard

REQUIRED = "required"
STANDARD_CODES = frozenset({REQUIRED, "length", "range", "url", "damaged-code"})
"""Codes of the issues that come from the standard itself, not from a rule: what is missing, what types remark."""

_MISSING = "“{label}” is not filled. Fill it in before submitting."
_MISSING_WITH_REASON = "“{label}” is not filled ({reason}). Fill it in before submitting."


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what the standard demands of a record is filled; ``missing`` are element codes in form order."""

    filled: int
    required: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """0 to 100; 100 only when nothing is missing."""
        return self.filled * 100 // self.required if self.required else 100


def completeness(record: Record, standard: Standard) -> Completeness:
    """How much of what the standard demands is filled; a stated "there is none" counts as filled."""
    required, missing = _missing(record, standard)
    return Completeness(required - len(missing), required, tuple(element.code for element in missing))


def check_subject(subject: Subject, standard: Standard, rule_base: RuleBase, stage: Stage) -> list[Issue]:
    """Every issue of one record by itself: type remarks and rules of the stage; before submission also what is missing.

    The records it contains are subjects of their own; rules of the containing record may still point at them.
    """
    record = subject.record
    kind = standard.kinds[record.kind]
    missing = _missing(record, standard)[1] if stage is Stage.SUBMIT else []
    issues = [_required_issue(element, record) for element in missing]
    doubts = kind.doubts
    for code, value in record.elements.items():
        doubt = doubts.get(code)
        if doubt is not None and doubt(value):
            issues.extend(issue.about(record_id=record.id) for issue in kind.elements[code].check(value))
    found = rule_base.check(subject, stage)
    if missing and found:  # what is missing is said once, in the words of the standard
        said = {element.code for element in missing}
        found = [issue for issue in found if issue.element not in said or issue.record_id != record.id]
    return issues + found


def _missing(record: Record, standard: Standard) -> tuple[int, list[Element]]:
    kind = standard.kinds[record.kind]
    values = record.elements
    count = 0
    missing: list[Element] = []
    for element in kind.required_for(kind.family_of(values)):
        if element.required_when is None or element.required_when(values):
            count += 1
            value = values.get(element.code)
            if value is None or value in ("", ()):
                missing.append(element)
    return count, missing


def _required_issue(element: Element, record: Record) -> Issue:
    values: dict[str, object] = {"label": element.label}
    message = _MISSING
    if element.required_when is not None and element.required_text:
        message = _MISSING_WITH_REASON
        values["reason"] = element.required_text
    return Issue(REQUIRED, Severity.ERROR, message, values, element.code, record_id=record.id)


class KnownCodes:
    """The valid credit codes met so far for each body: they complete an old organisation code to the code meant.

    Feed it every record, then let it complete the issues of all of them.
    """

    def __init__(self, rule_base: RuleBase) -> None:
        self._rule_base = rule_base
        self._elements: dict[str, tuple[tuple[str, str], ...]] = {}
        self._rules = {rule.code for rule in rule_base.rules if rule.predicate == "credit_code"}
        self.codes: dict[str, set[str]] = {}

    def add(self, record: Record) -> None:
        """Take notice of the codes in a record."""
        elements = self._elements.get(record.kind)
        if elements is None:
            elements = self._elements[record.kind] = self._rule_base.credit_codes(record.kind)
        for element, body in elements:
            code = record.elements.get(element)
            if isinstance(code, str) and is_valid_credit_code(code):
                self.codes.setdefault(body_of(record, body), set()).add(code)

    def completed(self, issues: Iterable[Issue]) -> list[Issue]:
        """The issues, those about credit codes with the suggestion that is evident now."""
        return [self._completed(issue) if issue.code in self._rules else issue for issue in issues]

    def _completed(self, issue: Issue) -> Issue:
        if issue.suggestion is not None:
            return issue
        known = self.codes.get(str(issue.values.get("body", "")), ())
        suggestion = suggest_credit_code(str(issue.values.get("value", "")), known)
        return issue if suggestion is None else replace(issue, suggestion=suggestion)


class CrossCheck:
    """What only many records together show: one code twice, one material under several names, old organisation codes.

    Feed it a stream of subjects once; it keeps distinct texts, not records.
    """

    def __init__(self, rule_base: RuleBase, stage: Stage = Stage.SUBMIT) -> None:
        self._run = rule_base.start_across(stage)
        self._known_codes = KnownCodes(rule_base)

    def add(self, subject: Subject) -> None:
        """Take notice of a record."""
        self._run.add(subject)
        self._known_codes.add(subject.record)

    def issues(self) -> list[Issue]:
        """The issues of the rules about many records."""
        return self._run.issues()

    def completed(self, issues: Iterable[Issue]) -> list[Issue]:
        """The issues of single records, with suggestions that only the other records make evident."""
        return self._known_codes.completed(issues)
