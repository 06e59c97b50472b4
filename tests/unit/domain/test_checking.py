"""Checking whole records: what is missing, type remarks, rules, and what only many records show."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.domain.checking import REQUIRED, CrossCheck, KnownCodes, check_subject, completeness
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import RuleBase, Stage, Subject
from gdbos_desktop.schema import Issue, Severity, Standard, Value
from gdbos_desktop.system.messages import fill


def codes(issues: list[Issue]) -> set[str]:
    return {issue.code for issue in issues}


def record(kind: str = "service_item", /, **values: Value) -> Record:
    return Record("r", kind, values)


def required_of(national: Standard, rules: RuleBase, **values: Value) -> set[str]:
    issues = check_subject(Subject(record(**values)), national, rules, Stage.SUBMIT)
    return {issue.element for issue in issues if issue.code == REQUIRED}


def test_what_is_missing_is_an_error_before_submission_only(national: Standard, rules: RuleBase) -> None:
    subject = Subject(record(task_name="食品经营许可"))
    assert REQUIRED in codes(check_subject(subject, national, rules, Stage.SUBMIT))
    for stage in (Stage.EDIT, Stage.IMPORT):
        assert REQUIRED not in codes(check_subject(subject, national, rules, stage))


def test_a_missing_element_says_which_one_to_fill(national: Standard, rules: RuleBase) -> None:
    issues = check_subject(Subject(record(task_type="01", is_fee="1")), national, rules, Stage.SUBMIT)
    by_element = {issue.element: issue for issue in issues if issue.code == REQUIRED}
    name = by_element["task_name"]
    assert name.severity is Severity.ERROR
    assert name.record_id == "r"
    assert fill(name.message, name.values) == "“事项名称”没有填写。请在提交前填写。"
    basis = by_element["fee_basis"]
    assert "是否收费" in fill(basis.message, basis.values)


def test_what_is_demanded_depends_on_the_item_type(national: Standard, rules: RuleBase) -> None:
    assert "punishment_method" in required_of(national, rules, task_type="02")
    assert "accept_condition" not in required_of(national, rules, task_type="02")
    assert "accept_condition" in required_of(national, rules, task_type="01")
    assert "punishment_method" not in required_of(national, rules, task_type="01")
    assert "anticipate_day" in required_of(national, rules, task_type="01")
    assert "anticipate_day" not in required_of(national, rules, task_type="20")


def test_while_the_type_is_unknown_only_common_elements_are_demanded(national: Standard, rules: RuleBase) -> None:
    missing = required_of(national, rules)
    assert {"task_type", "task_name", "dept_code"} <= missing
    assert missing.isdisjoint({"punishment_method", "accept_condition", "anticipate_day", "local_task_code"})


def test_a_stated_none_counts_as_filled_and_zero_too(national: Standard, rules: RuleBase) -> None:
    assert "anticipate_day" not in required_of(national, rules, task_type="01", anticipate_day="无")
    assert "limit_scene_num" not in required_of(national, rules, task_type="01", limit_scene_num=0)
    assert "server_type" in required_of(national, rules, task_type="01", server_type=())


def test_a_rule_does_not_repeat_what_is_reported_as_missing(national: Standard, rules: RuleBase) -> None:
    subject = Subject(record(task_type="01", is_fee="1"))
    issues = check_subject(subject, national, rules, Stage.SUBMIT)
    assert [issue.code for issue in issues if issue.element == "fee_basis"] == [REQUIRED]
    assert "Q6a" in codes(check_subject(subject, national, rules, Stage.EDIT))


def test_type_remarks_and_unknown_codes_are_found_at_every_stage(national: Standard, rules: RuleBase) -> None:
    subject = Subject(
        record(
            task_type="77", task_name="长" * 1001, server_type=("1", "x"), online_handle_url="www", limit_scene_num=12
        )
    )
    for stage in Stage:
        found = {(issue.code, issue.element) for issue in check_subject(subject, national, rules, stage)}
        assert {
            ("unknown-code", "task_type"),
            ("length", "task_name"),
            ("unknown-code", "server_type"),
            ("url", "online_handle_url"),
            ("range", "limit_scene_num"),
        } <= found  # fmt: skip
    assert all(issue.record_id == "r" for issue in check_subject(subject, national, rules, Stage.IMPORT))


def test_the_quick_test_of_a_type_never_hides_a_remark(national: Standard) -> None:
    values: list[Value] = ["", "无", "x" * 3001, "1", "www", "https://a.cn", ("1",), ("1", "q"), (), 0, 99, -1]
    for kind in national.kinds.values():
        for element in kind.elements.values():
            for value in values:
                remarks = list(element.check(value))
                doubt = kind.doubts.get(element.code)
                assert not remarks or (doubt is not None and doubt(value)), (element.code, value)


def test_completeness_counts_what_is_demanded(national: Standard) -> None:
    nothing = completeness(record(), national)
    assert nothing.percent == 0
    assert nothing.filled == 0
    assert len(nothing.missing) == nothing.required
    fee = completeness(record("fee", fee_name="工本费"), national)
    assert (fee.filled, fee.required, fee.missing, fee.percent) == (1, 2, ("fee_stand",), 50)
    assert completeness(record("fee", fee_name="工本费", fee_stand="每证10元"), national).percent == 100
    with_reduction = record("fee", fee_name="工本费", fee_stand="每证10元", is_desc="1")
    assert completeness(with_reduction, national).missing == ("desc_explain",)


@given(st.data())
def test_a_hundred_percent_means_nothing_is_missing(national: Standard, data: st.DataObject) -> None:
    kind = national.kinds[data.draw(st.sampled_from(list(national.kinds)))]
    filled = data.draw(st.sets(st.sampled_from(list(kind.elements))))
    values: dict[str, Value] = dict.fromkeys(filled, "1")
    found = completeness(Record("r", kind.code, values), national)
    assert (found.percent == 100) == (not found.missing)
    assert 0 <= found.percent <= 100
    assert found.filled + len(found.missing) == found.required


def test_a_rule_of_the_container_points_at_the_contained_record(national: Standard, rules: RuleBase) -> None:
    issues = check_subject(Subject(Record("f1", "fee", {"fee_name": "工本费"})), national, rules, Stage.EDIT)
    assert [(issue.code, issue.element, issue.record_id) for issue in issues] == [("Q6c", "fee_stand", "f1")]


def test_known_codes_of_the_same_body_complete_an_organisation_code(rules: RuleBase) -> None:
    known = KnownCodes(rules)
    records = [
        Record("a", "service_item", {"dept_name": "x", "dept_code": "083372204"}),
        Record("b", "service_item", {"dept_name": "x", "dept_code": "115113010833722043"}),
        Record("c", "service_item", {"dept_name": "y", "dept_code": "083372204"}),
        Record("d", "service_item", {"dept_code": "083372204"}),
    ]
    issues: list[Issue] = []
    for each in records:
        issues.extend(rules.check(Subject(each), Stage.IMPORT))
        known.add(each)
    assert [issue.suggestion for issue in issues] == [None, None, None]
    completed = {issue.record_id: issue.suggestion for issue in known.completed(issues)}
    assert completed == {"a": "115113010833722043", "c": None, "d": None}


def test_the_code_of_an_organisation_completes_the_codes_of_its_items(rules: RuleBase) -> None:
    known = KnownCodes(rules)
    known.add(Record("x", "organisation", {"org_name": "县教科体局", "credit_code": "115113010833722043"}))
    item = Record("a", "service_item", {"dept_name": "x", "dept_code": "083372204"})
    (issue,) = known.completed(rules.check(Subject(item), Stage.IMPORT))
    assert issue.suggestion == "115113010833722043"
    (direct,) = rules.check(Subject(item, known_codes=known.codes), Stage.IMPORT)
    assert direct.suggestion == "115113010833722043"


def test_the_most_frequent_name_of_a_material_is_proposed(national: Standard, rules: RuleBase) -> None:
    cross = CrossCheck(rules)
    names = ["身份证", "身份证", "居民身份证", "身份证（复印件）", "户口簿"]
    for number, name in enumerate(names):
        cross.add(Subject(Record(f"m{number}", "material", {"material_name": name})))
    issues = {issue.record_id: issue for issue in cross.issues()}
    assert set(issues) == {"m2", "m3"}
    assert all(issue.suggestion == "身份证" for issue in issues.values())
    assert "身份证" in fill(issues["m2"].message, issues["m2"].values)


def test_the_standard_name_of_a_material_wins_over_the_frequent_one(national: Standard) -> None:
    from gdbos_desktop.domain.rules import load_rule_base
    from gdbos_desktop.system.resources import read_texts

    texts = {**read_texts("rules"), "local": '[add_lists]\nstandard_materials = ["居民身份证"]'}
    cross = CrossCheck(load_rule_base(texts, national))
    for number, name in enumerate(["身份证", "身份证", "居民身份证"]):
        cross.add(Subject(Record(f"m{number}", "material", {"material_name": name})))
    assert {issue.record_id: issue.suggestion for issue in cross.issues()} == {"m0": "居民身份证", "m1": "居民身份证"}


def test_a_code_in_use_a_thousand_times_is_told_at_a_hundred_places(national: Standard, rules: RuleBase) -> None:
    cross = CrossCheck(rules)
    for number in range(1000):
        cross.add(Subject(Record(f"r{number}", "service_item", {"local_task_code": "511A-1"})))
    issues = cross.issues()
    assert len(issues) == 100
    assert issues[0].values["count"] == 1000


def test_the_same_record_seen_twice_is_no_duplicate(national: Standard, rules: RuleBase) -> None:
    cross = CrossCheck(rules)
    for _ in range(2):
        cross.add(Subject(Record("r", "service_item", {"local_task_code": "511A-1"})))
    assert cross.issues() == []


def guangan_records(folder: Path, national: Standard) -> list[Record]:
    text = (folder / "广安区政务服务事项.csv").read_bytes().decode("gb18030")
    elements = {
        "办理项名称": "task_name", "事项类型": "task_type", "地方实施编码": "local_task_code",
        "统一社会信用代码": "dept_code", "行政区划代码": "region_code",
    }  # fmt: skip
    kind = national.kind("service_item")
    records = []
    for number, row in enumerate(csv.DictReader(text.splitlines())):
        values: dict[str, Value] = {"dept_name": row["部门名称"]}
        for heading, code in elements.items():
            value = kind.elements[code].parse(row[heading])
            assert value is not None
            assert not isinstance(value, Issue)
            values[code] = value
        records.append(Record(f"r{number}", "service_item", values))
    return records


def test_the_list_of_a_real_district_is_warned_for_46_credit_codes_and_nothing_else(
    guangan: Path, national: Standard, rules: RuleBase
) -> None:
    records = guangan_records(guangan, national)
    assert len(records) == 657
    known = KnownCodes(rules)
    issues: list[Issue] = []
    for each in records:
        issues.extend(check_subject(Subject(each), national, rules, Stage.IMPORT))
        known.add(each)
    issues = known.completed(issues)
    assert len({issue.record_id for issue in issues}) == len(issues) == 46
    assert {(issue.code, issue.element, issue.severity) for issue in issues} == {
        ("Q14a", "dept_code", Severity.WARNING)
    }
    proposals = {(issue.values["value"], issue.suggestion) for issue in issues}
    assert proposals == {
        ("083372204", "115113010833722043"),
        ("00877868-5", "115113010087786859"),
        ("06032418-9", "125113010603241893"),
        ("008778175", "11511301008778175U"),
        ("45225901-3", "12511300452259013M"),
        ("76726532-X", "1151130176726532XP"),
        ("0087790701", None),
        ("00877836X", None),
        ("8282348", None),
        ("1111111111111111", None),
        ("4444444444", None),
    }


@pytest.mark.parametrize("kind", ["organisation", "catalogue_item", "situation", "data_item", "data_element", "step"])
def test_kinds_without_rules_are_checked_too(kind: str, national: Standard, rules: RuleBase) -> None:
    for stage in Stage:
        check_subject(Subject(Record("r", kind, {})), national, rules, stage)
