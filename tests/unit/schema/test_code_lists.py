"""Code lists: found by code, label, alias or both together; translated between vocabularies; extended as data."""

from __future__ import annotations

import pytest

from gdbos_desktop.schema import CodeList, StandardError, load_code_lists
from gdbos_desktop.system.resources import read_texts

SHIPPED = load_code_lists(read_texts("code-lists"))

COLOURS = """
[[list]]
code = "colour"
label = "颜色"
version = "1"
source = "示例"
evidence = "M"
vocabularies = ["old"]
entry = [
  { code = "01", label = "红", aliases = ["赤", "red"], mapping = { old = "r" } },
  { code = "02", label = "绿", evidence = "S:x" },
]
"""


def colours(more: str = "") -> dict[str, CodeList]:
    return load_code_lists({"colours": COLOURS, **({"more": more} if more else {})})


@pytest.mark.parametrize(
    "text",
    ["01", "红", "赤", "RED", " 红 ", "０１", "01 红", "(01)红",
      "01-红", "01.红", "01、红", "01：红", "红(01)", "红（01）", "[01]红", "红-01"],
)  # fmt: skip
def test_a_code_is_found_by_whatever_names_it(text: str) -> None:
    assert colours()["colour"].find(text) == "01"


@pytest.mark.parametrize("text", ["", "1", "红色", "红绿", "02红", "010203"])
def test_nothing_is_found_by_guessing(text: str) -> None:
    assert colours()["colour"].find(text) is None


def test_entries_know_label_position_mapping_and_evidence() -> None:
    colour = colours()["colour"]
    assert (colour.label_of("01"), colour.label_of("99")) == ("红", "99")
    assert (colour.position("01"), colour.position("02"), colour.position("99")) == (0, 1, 2)
    assert (colour.translate("01", "old"), colour.translate("02", "old"), colour.translate("9", "old")) == (
        "r",
        None,
        None,
    )
    assert [entry.evidence for entry in colour.entries] == ["M", "S:x"]


def test_a_list_that_extends_another_has_its_entries_with_some_replaced_and_some_added() -> None:
    lists = colours(
        '[[list]]\ncode = "more"\nextends = "colour"\nlabel = "颜色"\nversion = "2"\nsource = "省"\n'
        'vocabularies = ["old"]\n'
        'entry = [{ code = "02", label = "青" }, { code = "03", label = "蓝" }]'
    )
    assert [(entry.code, entry.label) for entry in lists["more"].entries] == [("01", "红"), ("02", "青"), ("03", "蓝")]
    assert lists["colour"].find("蓝") is None


HEAD = '[[list]]\ncode = "x"\nlabel = "x"\nversion = "1"\nsource = "s"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[list", "more: "),
        ('[[list]]\nlabel = "x"', "no name"),
        (HEAD.replace('"x"\nlabel', '"colour"\nlabel') + "entry = []", "'colour' is declared twice"),
        (HEAD, "'x': it or one of its entries lacks 'entry'"),
        (HEAD + 'entry = [{ code = "1" }]', "lacks 'label'"),
        (HEAD.replace('version = "1"\n', "") + 'entry = [{ code = "1", label = "a" }]', "lacks 'version'"),
        (
            HEAD + 'entry = [{ code = "1", label = "a" }, { code = "1", label = "b" }]',
            "declares one of its codes twice",
        ),
        (HEAD + 'entry = [{ code = "1", label = "a" }, { code = "2", label = "Ａ" }]', "names both 1 and 2"),
        (HEAD + 'entry = [{ code = "1", label = "a", aliases = [" "] }]', "''"),
        (
            HEAD + 'entry = [{ code = "1", label = "a", mapping = { mars = "1" } }]',
            r"undeclared vocabularies \['mars'\]",
        ),
        (HEAD + 'extends = "nowhere"\nentry = []', "extends 'nowhere'"),
        (HEAD + 'extends = "x"\nentry = []', "extends 'x'"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_with_file_and_list(text: str, words: str) -> None:
    with pytest.raises(StandardError, match=words) as error:
        colours(text)
    assert str(error.value).startswith("more: ")


def test_lists_that_extend_each_other_in_a_ring_are_refused() -> None:
    ring = HEAD + 'extends = "y"\nentry = []\n' + HEAD.replace('"x"', '"y"') + 'extends = "x"\nentry = []'
    with pytest.raises(StandardError, match="extends it in turn"):
        load_code_lists({"ring": ring})


@pytest.mark.parametrize(
    ("code_list", "word", "code"),
    [
        ("item_type", "其他行政权力", "10"),
        ("item_type", "1", "01"),
        ("item_type", "公共服务", "20"),
        ("use_level", "镇（乡、街道）级", "5"),
        ("server_type", "个人", "1"),
        ("project_type", "承诺件", "2"),
        ("yes_no", "是", "1"),
        ("yes_no", "√", "1"),
        ("topic_person", "5", "005"),
        ("topic_corporate", "准营准办", "010"),
        ("task_state", "挂起", "2"),
        ("source_type", "申请人自备", "10"),
    ],
)
def test_words_of_real_workbooks_are_known(code_list: str, word: str, code: str) -> None:
    assert SHIPPED[code_list].find(word) == code


@pytest.mark.parametrize(
    ("code_list", "codes"),
    [
        ("item_type", "00 01 02 03 04 05 06 07 08 09 10 20"),
        ("use_level", "1 2 3 4 5 6 7"),
        ("dept_type", "1 2 3 9"),
        ("server_type", "1 2 3 4 5 6 9"),
        ("power_source", "1 2 3 4 5 6"),
        ("handle_area", "1 2 3 4 5 6"),
        ("online_handle_depth", "1 2 3 4 5 6 9"),
        ("satisfaction", "1 2 3 4 5"),
        ("case_result", "0 1 2 3 4 5 6"),
    ],
)
def test_a_list_has_the_codes_of_its_source(code_list: str, codes: str) -> None:
    assert [entry.code for entry in SHIPPED[code_list].entries] == codes.split()


def test_the_conflict_of_service_objects_between_the_national_standard_and_the_platforms_is_mapped() -> None:
    assert SHIPPED["server_type"].find("行政机关") == "6"
    assert SHIPPED["server_type"].translate("6", "gbt39046") == "5"
    assert SHIPPED["server_type"].translate("9", "gbt39046") == "6"


def test_the_topic_lists_leave_out_080_and_mean_different_things_by_one_number() -> None:
    person, corporate = SHIPPED["topic_person"], SHIPPED["topic_corporate"]
    assert (len(person.entries), len(corporate.entries)) == (32, 35)
    assert "080" not in person.by_code
    assert "080" not in corporate.by_code
    assert (person.label_of("005"), corporate.label_of("005")) == ("生育收养", "设立变更")
