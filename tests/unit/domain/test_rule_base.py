"""Rule files: what they may say, what is refused, how provinces and offices change them."""

from __future__ import annotations

import pytest

from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import RuleBase, Stage, Subject, load_rule_base
from gdbos_desktop.schema import Issue, Severity, Standard, StandardError, load_code_lists, load_standard
from gdbos_desktop.system.messages import fill

LISTS = """
[[list]]
code = "yes_no"
label = "是否"
version = "1"
source = "x"
entry = [{ code = "1", label = "是" }, { code = "0", label = "否" }]
"""

STANDARD = """
[standard]
name = "small"
version = "1"
title = "小"
[families]
a = "甲"
[[kind]]
code = "thing"
label = "物"
title = "name"
keys = [["name"]]
family_element = "sort"
families = { 1 = "a" }
[[kind.group]]
code = "g"
label = "组"
[[kind]]
code = "part"
label = "零件"
title = "part_name"
parents = ["thing"]
keys = [["@parent", "part_name"]]
[[kind.group]]
code = "g"
label = "组"
[[element]]
kind = "thing"
code = "name"
label = "名称"
type = "text"
group = "g"
[[element]]
kind = "thing"
code = "sort"
label = "类别"
type = "code"
list = "yes_no"
group = "g"
[[element]]
kind = "thing"
code = "region"
label = "区划"
type = "region_code"
group = "g"
[[element]]
kind = "thing"
code = "size"
label = "大小"
type = "integer"
group = "g"
[[element]]
kind = "part"
code = "part_name"
label = "零件名称"
type = "text"
group = "g"
"""

PROVINCE = """
[standard]
name = "province"
version = "1"
title = "省"
extends = "small"
[[element]]
kind = "thing"
code = "extent"
replaces = "size"
label = "规模"
type = "integer"
group = "g"
"""


@pytest.fixture(scope="module")
def small() -> Standard:
    return load_standard({"small": STANDARD}, "small", load_code_lists({"l": LISTS}))


@pytest.fixture(scope="module")
def province() -> Standard:
    return load_standard({"small": STANDARD, "province": PROVINCE}, "province", load_code_lists({"l": LISTS}))


def rule(body: str, code: str = "R1", kind: str = "thing", message: str = "请改。") -> str:
    return f'[[rule]]\ncode = "{code}"\ntitle = "t"\nkind = "{kind}"\nmessage = "{message}"\n{body}\n'


TOO_BIG = 'expect = { element = "size", compare = "<=", to = 5 }\nwhen = { element = "size", present = true }'


def check(base: RuleBase, region_code: str = "", **values: str | int) -> list[Issue]:
    return base.check(Subject(Record("r", "thing", values), region_code=region_code))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", ["rules.toml"]),
        ("[surprise]\nx = 1", ["rules.toml", "surprise"]),
        (rule(TOO_BIG) * 2, ["rules.toml", "R1", "twice"]),
        (rule(TOO_BIG, kind="nothing"), ["rules.toml", "R1", "nothing"]),
        (rule(TOO_BIG, code=""), ["rules.toml", "no code"]),
        (rule(TOO_BIG.replace("size", "sise")), ["R1", "thing.sise"]),
        (rule("surprise = 1\n" + TOO_BIG), ["R1", "surprise"]),
        (rule('severity = "fatal"\n' + TOO_BIG), ["R1", "fatal"]),
        (rule('stages = ["later"]\n' + TOO_BIG), ["R1", "later"]),
        (rule('families = ["z"]\n' + TOO_BIG), ["R1", "'z'"]),
        (rule('item_types = ["9"]\n' + TOO_BIG), ["R1", "9"]),
        (rule('predicate = "guess"'), ["R1", "guess"]),
        (rule('across = true\npredicate = "guess"'), ["R1", "guess"]),
        (rule(""), ["R1"]),
        (rule('predicate = "unique"\n' + TOO_BIG), ["R1"]),
        (rule(TOO_BIG + '\nwith = { a = "b" }'), ["R1", "'a'"]),
        (rule(TOO_BIG + '\nelement = "sise"'), ["R1", "sise"]),
        (rule(TOO_BIG, message="{sise}请改。"), ["R1", "sise"]),
        (rule(TOO_BIG, message="{label_sise}请改。"), ["R1", "sise"]),
        (rule('expect = { element = "size", smells = "nice" }'), ["R1", "smells"]),
        (rule('expect = { element = "sort", equals = "7" }'), ["R1", "sort", "'7'"]),
        (rule('expect = { any = [{ element = "sort", in = ["1", "7"] }] }'), ["R1", "sort", "'7'"]),
        (rule('predicate = "children_at_least"\nwith = { children = "thing", least = 1 }'), ["R1", "thing"]),
        (rule('predicate = "children_at_least"\nwith = { children = "part" }'), ["R1", "least"]),
        (rule('predicate = "children_at_least"\nwith = { children = "part", least = "1" }'), ["R1", "least"]),
        (rule('predicate = "children_at_least"\nwith = { children = "part", least = 1, most = 2 }'), ["R1", "most"]),
        (
            rule('predicate = "no_placeholder"\nwith = { elements = ["name"], texts = "@nothing", where = "inside" }'),
            ["R1", "@nothing"],
        ),
        (
            rule('across = true\npredicate = "unique"\nwith = { element = "name", most = 1 }', message="{size}"),
            ["R1", "size"],
        ),
        ('[[change]]\ncode = "R9"\non = false', ["R9"]),
        (rule(TOO_BIG) + '[[change]]\ncode = "R1"\nseverity = "loud"', ["R1", "loud"]),
        ("[[rule]]\ncode = 'R1'\ntitle = 't'\nkind = 'thing'\n" + TOO_BIG, ["R1", "message"]),
    ],
)
def test_a_rule_file_that_contradicts_the_standard_is_refused_by_name(
    text: str, words: list[str], small: Standard
) -> None:
    with pytest.raises(StandardError) as refused:
        load_rule_base({"rules.toml": text}, small)
    for word in words:
        assert word in str(refused.value)


def test_a_rule_of_pure_data_fires_with_labels_and_values(small: Standard) -> None:
    message = "“{label}”“{label_name}”{name}是{size}，请改小。"
    base = load_rule_base({"f": rule(TOO_BIG + '\nelement = "size"', message=message)}, small)
    (issue,) = check(base, name="钉", size=9)
    assert fill(issue.message, issue.values) == "“大小”“名称”钉是9，请改小。"
    assert (issue.code, issue.element, issue.record_id, issue.severity) == ("R1", "size", "r", Severity.WARNING)
    assert check(base, name="钉", size=5) == []
    assert check(base, name="钉") == []


def test_a_long_value_is_shortened_in_the_message(small: Standard) -> None:
    base = load_rule_base({"f": rule(TOO_BIG, message="{name}请改。")}, small)
    (issue,) = check(base, name="钉" * 500, size=9)
    assert len(fill(issue.message, issue.values)) < 80


def test_braces_in_a_value_do_no_harm(small: Standard) -> None:
    base = load_rule_base({"f": rule(TOO_BIG, message="{name}请改。")}, small)
    (issue,) = check(base, name="{0}{size}{", size=9)
    assert fill(issue.message, issue.values) == "{0}{size}{请改。"


def test_a_rule_keeps_to_its_region(small: Standard) -> None:
    base = load_rule_base({"f": rule(TOO_BIG + '\nregions = ["37", "5116"]')}, small)
    assert check(base, size=9, region="370102000000")
    assert check(base, size=9, region="511602000000")
    assert not check(base, size=9, region="511702000000")
    assert not check(base, size=9)
    assert check(base, size=9, region_code="370000000000")
    assert not check(base, size=9, region="440000000000", region_code="370000000000")


def test_a_rule_keeps_to_its_types(small: Standard) -> None:
    for scope in ('families = ["a"]', 'item_types = ["1"]'):
        base = load_rule_base({"f": rule(f"{TOO_BIG}\n{scope}")}, small)
        assert check(base, size=9, sort="1")
        assert not check(base, size=9, sort="0")
        assert not check(base, size=9)


def test_an_element_that_a_province_renamed_is_found_under_its_old_name(province: Standard) -> None:
    text = rule(TOO_BIG + '\nelement = "size"', message="“{label}”{label_size}是{size}，请改。")
    base = load_rule_base({"f": text}, province)
    (issue,) = check(base, extent=9)
    assert issue.element == "extent"
    assert fill(issue.message, issue.values) == "“规模”规模是9，请改。"


def test_a_later_file_changes_switches_off_and_adds_words(small: Standard) -> None:
    first = '[lists]\nbad = ["甲"]\n' + rule(
        'predicate = "no_placeholder"\nwith = { elements = ["name"], texts = "@bad", where = "inside" }'
    )
    assert not check(load_rule_base({"a": first}, small), name="乙")
    more = '[add_lists]\nbad = ["乙"]\n[[change]]\ncode = "R1"\nseverity = "hint"\nmessage = "别写{found}，请改。"'
    (issue,) = check(load_rule_base({"a": first, "b": more}, small), name="乙")
    assert issue.severity is Severity.HINT
    assert fill(issue.message, issue.values) == "别写乙，请改。"
    assert not check(
        load_rule_base({"a": first, "b": more, "c": '[[change]]\ncode = "R1"\non = false'}, small), name="乙"
    )
    tighter = '[[change]]\ncode = "R1"\nwith = { elements = ["name"], texts = ["丙"] }'
    assert check(load_rule_base({"a": first, "b": tighter}, small), name="丙")


def test_a_file_for_other_standards_is_passed_over(small: Standard) -> None:
    other = '[rules]\nstandards = ["other", "other-1"]\n' + rule("predicate = 'nonsense'")
    assert load_rule_base({"f": other}, small).rules == ()
    ours = '[rules]\nstandards = ["small"]\n' + rule(TOO_BIG)
    assert len(load_rule_base({"f": ours}, small).rules) == 1


def test_switches_change_severity_words_and_stages_and_leave_the_original_alone(small: Standard) -> None:
    base = load_rule_base({"f": rule(TOO_BIG)}, small)
    switched = base.with_switches(
        {"R1": {"severity": "error", "message": "{label_size}请改。", "stages": ["import"]}, "gone": {"on": False}}
    )
    assert [issue.severity for issue in check(base, size=9)] == [Severity.WARNING]
    assert check(switched, size=9) == []
    (issue,) = switched.check(Subject(Record("r", "thing", {"size": 9})), Stage.IMPORT)
    assert issue.severity is Severity.ERROR
    assert fill(issue.message, issue.values) == "大小请改。"
    assert switched.rule("R1").stages == {Stage.IMPORT}


@pytest.mark.parametrize("words", [{"element": "name"}, {"severity": "loud"}, {"message": "{nobody}"}])
def test_switches_that_mean_nothing_are_refused(small: Standard, words: dict[str, str]) -> None:
    base = load_rule_base({"f": rule(TOO_BIG)}, small)
    with pytest.raises(StandardError, match="R1"):
        base.with_switches({"R1": words})


def test_an_unknown_rule_code_is_a_key_error(small: Standard) -> None:
    with pytest.raises(KeyError):
        load_rule_base({}, small).rule("R1")
