"""Every rule fires where it should, is silent where it should be, and says in Chinese what to do."""

from __future__ import annotations

import re
import tomllib

import pytest

from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import RuleBase, Stage, Subject
from gdbos_desktop.schema import Issue, Standard
from gdbos_desktop.system.messages import fill
from gdbos_desktop.system.resources import read_texts
from tests.unit.domain.rule_cases import ACROSS_FIRES, ACROSS_SILENT, FIRES, SILENT, Case

CODES = [rule["code"] for text in read_texts("rules").values() for rule in tomllib.loads(text).get("rule", ())]
SINGLE = [code for code in CODES if code in FIRES]
ACROSS = [code for code in CODES if code in ACROSS_FIRES]


def subject_of(case: Case, number: int = 0) -> Subject:
    record = Record(f"r{number}", case.kind, case.values)
    children = {
        kind: [Record(f"r{number}-{kind}-{index}", kind, values) for index, values in enumerate(found)]
        for kind, found in case.children.items()
    }
    return Subject(record, children)


def found_by(rules: RuleBase, code: str, case: Case, stage: Stage) -> list[Issue]:
    return [issue for issue in rules.check(subject_of(case), stage) if issue.code == code]


def assert_useful(issue: Issue, national: Standard, kind: str) -> None:
    text = fill(issue.message, issue.values)
    assert "{" not in text, text
    assert re.search("[\u4e00-\u9fff]", text)
    assert text.endswith("。")
    assert re.search("请|不由", text), f"does not say what to do: {text}"
    assert "“”" not in text, f"names something empty: {text}"
    assert not re.search("[A-Za-z]_[a-z]", text), f"shows a code name: {text}"
    assert issue.record_id
    assert any(issue.element in national.kinds[code].elements for code in (kind, "material", "faq", "fee", "step"))


def test_every_rule_has_both_kinds_of_cases(rules: RuleBase) -> None:
    assert [rule.code for rule in rules.rules] == CODES
    assert set(CODES) == set(FIRES) | set(ACROSS_FIRES)
    assert set(FIRES) == set(SILENT)
    assert set(ACROSS_FIRES) == set(ACROSS_SILENT)
    assert {code for code in CODES if rules.rule(code).is_across} == set(ACROSS_FIRES)
    assert all([*FIRES.values(), *SILENT.values(), *ACROSS_FIRES.values(), *ACROSS_SILENT.values()])


def test_all_fifteen_rules_of_the_field_are_there() -> None:
    assert {re.sub("[a-z]$", "", code) for code in CODES} == {f"Q{number}" for number in range(1, 16)}


@pytest.mark.parametrize("code", SINGLE)
def test_the_rule_fires_and_says_where_what_and_what_to_do(code: str, rules: RuleBase, national: Standard) -> None:
    for stage in rules.rule(code).stages:
        for case in FIRES[code]:
            issues = found_by(rules, code, case, stage)
            assert issues, case
            for issue in issues:
                assert issue.severity is rules.rule(code).severity
                assert_useful(issue, national, case.kind)


@pytest.mark.parametrize("code", SINGLE)
def test_the_rule_stays_silent(code: str, rules: RuleBase) -> None:
    for stage in Stage:
        for case in SILENT[code]:
            assert found_by(rules, code, case, stage) == [], case


@pytest.mark.parametrize("code", SINGLE)
def test_the_rule_keeps_to_its_stages_and_can_be_switched_off(code: str, rules: RuleBase) -> None:
    off = rules.with_switches({code: {"on": False}})
    for case in FIRES[code]:
        for stage in set(Stage) - rules.rule(code).stages:
            assert found_by(rules, code, case, stage) == []
        assert found_by(off, code, case, Stage.SUBMIT) == []


@pytest.mark.parametrize("code", SINGLE)
def test_an_empty_record_and_one_of_stated_nones_are_not_judged_by_value(
    code: str, rules: RuleBase, national: Standard
) -> None:
    demands_presence = {"Q6c", "Q8a", "Q8b", "Q11a", "Q11b"}
    for kind in rules.rule(code).kinds:
        nothing = dict.fromkeys(national.kinds[kind].elements, "无")
        nothing.pop("task_type", None)
        for values in ({}, nothing):
            if code not in demands_presence:
                assert found_by(rules, code, Case(values, kind), Stage.SUBMIT) == []


@pytest.mark.parametrize("code", ACROSS)
def test_the_rule_about_many_records_fires(code: str, rules: RuleBase, national: Standard) -> None:
    for cases in ACROSS_FIRES[code]:
        run = rules.start_across()
        for number, case in enumerate(cases):
            run.add(subject_of(case, number))
        issues = [issue for issue in run.issues() if issue.code == code]
        assert issues, cases
        for issue in issues:
            assert_useful(issue, national, cases[0].kind)


@pytest.mark.parametrize("code", ACROSS)
def test_the_rule_about_many_records_stays_silent(code: str, rules: RuleBase) -> None:
    for cases in ACROSS_SILENT[code]:
        run = rules.start_across()
        for number, case in enumerate(cases):
            run.add(subject_of(case, number))
        assert [issue for issue in run.issues() if issue.code == code] == []
    off = rules.with_switches({code: {"on": False}}).start_across()
    for number, case in enumerate(ACROSS_FIRES[code][0]):
        off.add(subject_of(case, number))
    assert [issue for issue in off.issues() if issue.code == code] == []


def test_every_rule_says_what_it_rests_on(rules: RuleBase) -> None:
    for rule in rules.rules:
        assert rule.title
        assert rule.source, rule.code
        assert re.fullmatch(r"S(:\w+)?|P|M|C", rule.evidence), rule.code
