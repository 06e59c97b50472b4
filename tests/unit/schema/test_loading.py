"""Standard files that contradict themselves are refused, with the file and the entry named."""

from __future__ import annotations

import pytest

from gdbos_desktop.schema import Standard, StandardError, load_code_lists, load_standard

LISTS = load_code_lists(
    {
        "lists": '[[list]]\ncode = "yes_no"\nlabel = "是否"\nversion = "1"\nsource = "s"\n'
        'entry = [{ code = "1", label = "是" }, { code = "0", label = "否" }]'
    }
)

BASE = """
[standard]
name = "base"
version = "1"
title = "示例"

[families]
general = "一般"
public = "公共"

[[kind]]
code = "item"
label = "事项"
title = "name"
order = 2
keys = [["code"], ["name", "org"]]
code_elements = ["code"]
family_element = "type"
families = { "01" = "general" }
group = [{ code = "basic", label = "基本" }, { code = "more", label = "其他" }]

[[kind]]
code = "org"
label = "机构"
title = "name"
order = 1
keys = [["name"]]
group = [{ code = "basic", label = "基本" }]

[[element]]
kind = ["item", "org"]
code = "name"
label = "名称"
type = "text"
group = "basic"
order = 20
required = true
aliases = ["名字"]

[[element]]
kind = "item"
code = "code"
label = "编码"
type = "code_text"
group = "basic"
order = 10

[[element]]
kind = "item"
code = "type"
label = "类型"
type = "text"
group = "more"

[[element]]
kind = "item"
code = "org"
label = "机构"
type = "reference"
target = "org"
group = "basic"
order = 30
"""
MORE = '[standard]\nname = "more"\nversion = "1"\ntitle = "省"\nextends = "base"\n'
ELEMENT = '[[element]]\nkind = "item"\ncode = "x"\nlabel = "甲"\ntype = "text"\ngroup = "basic"\n'


def load(more: str = "", base: str = BASE) -> Standard:
    if more:
        return load_standard({"base": base, "more": MORE + more}, "more", LISTS)
    return load_standard({"base": base}, "base", LISTS)


def test_a_standard_is_read_in_the_order_of_the_form() -> None:
    standard = load()
    assert standard.identity == "base-1"
    assert list(standard.kinds) == ["org", "item"]
    assert list(standard.kind("item").elements) == ["code", "name", "org", "type"]
    assert standard.kind("item").references == {"org": "org"}


PART = '[[kind]]\ncode = "k"\nlabel = "x"\ntitle = "name"\nkeys = [["name"]]\n'
SHARES = 'shares = { kind = "item", elements = ["name"] }'


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[[element", "more: "),
        ('[[element]]\ncode = "x"', "element 'x' lacks code or kind"),
        ('[[element]]\nkind = "item"', "lacks code or kind"),
        (ELEMENT + 'colour = "red"', r"element 'x' has unknown words \['colour'\]"),
        (ELEMENT.replace('"item"', '"moon"'), "element 'x' belongs to unknown kind 'moon'"),
        (ELEMENT.replace('"x"', '"name"'), "element item.name is declared twice"),
        (ELEMENT + 'after = "gone"', "element item.x stands after unknown element 'gone'"),
        (ELEMENT + 'replaces = "gone"', "element item.x replaces unknown element 'gone'"),
        (ELEMENT.replace('"text"', '"integer"') + 'unit_in = "name"', "item.x: unit_in names no code 'name'"),
        (ELEMENT.replace('"text"', '"integer"') + 'unit_in = "gone"', "item.x: unit_in names no code 'gone'"),
        (ELEMENT + 'similar = true\nstandard_in = "gone"', "item.x: standard_in names no element 'gone'"),
        (ELEMENT.replace('"text"', '"colour"'), "element item.x: unknown type 'colour'"),
        (ELEMENT.replace('"text"', '"code"\nlist = "gone"'), "element item.x: unknown code list 'gone'"),
        (ELEMENT.replace('label = "甲"\n', ""), "element item.x: 'label'"),
        (ELEMENT.replace('group = "basic"', 'group = "gone"'), "element item.x is in unknown group 'gone'"),
        (ELEMENT + 'owner = "moon"', "element item.x has unknown owner level 'moon'"),
        (ELEMENT + 'families = ["moon"]', r"element item.x names unknown families \['moon'\]"),
        (ELEMENT + 'required_in = ["moon"]', r"names unknown families \['moon'\]"),
        (ELEMENT + 'required_when = { element = "a" }', "element item.x: unknown condition"),
        (ELEMENT + 'required_when = { element = "gone", equals = "1" }', r"required_when names unknown \['gone'\]"),
        (ELEMENT + 'aliases = ["名　字"]', "item: heading '名字' names both x and name"),
        (ELEMENT + 'aliases = [""]', "item: heading ''"),
        (ELEMENT.replace("甲", "名称"), "item: label '名称' is used twice"),
        (ELEMENT.replace('"text"', '"reference"\ntarget = "moon"'), "kind 'item' refers to unknown kind 'moon'"),
        (
            ELEMENT.replace('"text"', '"reference"\ntarget = "org"\ncreates = { gone = "name" }'),
            "item.x creates 'gone' from 'name': unknown",
        ),
        (
            ELEMENT.replace('"text"', '"reference"\ntarget = "org"\ncreates = { name = "gone" }'),
            "item.x creates 'name' from 'gone': unknown",
        ),
        ('[[change]]\nkind = "item"\ncode = "gone"', "change of unknown element item.gone"),
        ('[[change]]\nkind = "item"\ncode = "name"\ncolour = "red"', r"change of item.name has unknown words"),
        ('[[kind]]\nlabel = "x"', "declared twice or has no code"),
        ('[[kind]]\ncode = "item"\nlabel = "x"\ntitle = "a"\nkeys = []', "kind 'item' is declared twice"),
        ('[[kind]]\ncode = "k"\nlabel = "x"', r"kind 'k' lacks \['keys', 'title'\]"),
        ('[[kind]]\ncode = "k"\nlabel = "x"\ntitle = "a"\nkeys = []\ncolour = 1', r"has unknown words \['colour'\]"),
        ('[[kind]]\ncode = "k"\nlabel = "x"\ntitle = "a"\nkeys = []', "kind 'k' names unknown element 'a'"),
        (PART.replace('[["name"]]', '[["gone"]]') + SHARES, "kind 'k' names unknown element 'gone'"),
        (PART + SHARES.replace('"name"', '"gone"'), "kind 'k' shares unknown element item.gone"),
        (PART + 'parents = ["moon"]\n' + SHARES, "kind 'k' refers to unknown kind 'moon'"),
        (PART + 'families = { "1" = "moon" }\n' + SHARES, "kind 'k' has unknown family 'moon'"),
        (PART + 'parent_heading = "名字"\n' + SHARES, "k: heading '名字' names both @parent and name"),
    ],
)
def test_a_contradiction_is_refused_with_file_and_entry(more: str, words: str) -> None:
    with pytest.raises(StandardError, match=words) as error:
        load(more)
    assert str(error.value).startswith("more: ")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({}, "standard 'more' is missing"),
        ({"more": MORE}, "standard 'base' is missing or extends itself .more → base"),
        ({"more": MORE, "base": MORE.replace('"more"', '"base"').replace('"base"\nv', '"b"\nv')}, "extends itself"),
        ({"more": ""}, r"more: \[standard\] lacks \['name', 'title', 'version'\]"),
        ({"more": "= 3"}, "more: Invalid"),
    ],
)
def test_a_standard_that_cannot_be_found_or_read_is_named(texts: dict[str, str], words: str) -> None:
    with pytest.raises(StandardError, match=words):
        load_standard(texts, "more", LISTS)


def test_a_renamed_element_keeps_what_it_was_and_old_workbooks_stay_readable() -> None:
    standard = load(
        '[[element]]\nkind = "item"\ncode = "new_code"\nreplaces = "code"\nlabel = "新编码"\naliases = ["新码"]'
    )
    item = standard.kind("item")
    assert item.elements["new_code"].type.name == "code_text"
    assert item.elements["new_code"].replaces == "code"
    assert {item.find_heading(word) for word in ("code", "编码", "新编码", "新码", "new_code")} == {"new_code"}
    assert item.keys[0] == ("new_code",)
    assert item.code_elements == ("new_code",)
    assert "code" not in item.elements


def test_a_change_touches_only_its_words_and_the_old_label_stays_a_heading() -> None:
    changed = load(
        '[[change]]\nkind = "item"\ncode = "code"\nlabel = "新编码"\nlength = 3\nrequired = true\nadd_aliases = ["号"]'
    ).kind("item")
    element = changed.elements["code"]
    assert (element.label, element.required, element.type_options["length"]) == ("新编码", True, 3)
    assert {changed.find_heading(word) for word in ("编码", "新编码", "号")} == {"code"}
    assert [issue.code for issue in element.check("1234")] == ["length"]
    assert not load().kind("item").elements["code"].required


def test_a_change_of_one_kind_leaves_the_same_element_of_another_alone() -> None:
    standard = load('[[change]]\nkind = "item"\ncode = "name"\nlabel = "事项名称"')
    assert standard.kind("item").elements["name"].label == "事项名称"
    assert standard.kind("org").elements["name"].label == "名称"


def test_shared_elements_are_optional_and_follow_changes_and_renamings_of_the_lender() -> None:
    part = (
        '[[kind]]\ncode = "part"\nlabel = "部分"\ntitle = "name"\nkeys = [["@parent", "name"]]\nparents = ["item"]\n'
        'shares = { kind = "item", elements = ["name", "code"] }\n'
        '[[element]]\nkind = "item"\ncode = "number"\nreplaces = "code"\nlabel = "号码"\n'
        '[[change]]\nkind = "item"\ncode = "name"\nlength = 7\n'
    )
    kind = load(part).kind("part")
    assert set(kind.elements) == {"name", "number"}
    assert not kind.elements["name"].required
    assert kind.elements["name"].type_options["length"] == 7
    assert [group.code for group in kind.groups] == ["basic", "more"]


def test_loading_one_standard_leaves_no_trace_in_the_next() -> None:
    texts = {"base": BASE, "more": MORE + '[[change]]\nkind = "item"\ncode = "name"\nadd_aliases = ["外号"]'}
    first = load_standard(texts, "more", LISTS)
    again = load_standard(texts, "more", LISTS)
    plain = load_standard(texts, "base", LISTS)
    assert first.kind("item").find_heading("外号") == again.kind("item").find_heading("外号") == "name"
    assert plain.kind("item").find_heading("外号") is None
