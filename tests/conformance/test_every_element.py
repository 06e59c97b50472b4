"""Every element of every standard keeps the promises that the rest of the program relies on."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdbos_desktop.schema import (
    STATED_NONE,
    Element,
    Issue,
    Kind,
    Standard,
    Value,
    fold,
    load_code_lists,
    load_standard,
)
from gdbos_desktop.schema.conditions import condition_elements
from gdbos_desktop.schema.dictionary import data_dictionary
from gdbos_desktop.schema.loading import LEVELS
from gdbos_desktop.schema.types import TYPE_NAMES, Code, Codes, Reference
from gdbos_desktop.system.resources import read_texts

TEXTS = read_texts("standards")
CODE_LISTS = load_code_lists(read_texts("code-lists"))
STANDARDS = {name: load_standard(TEXTS, name, CODE_LISTS) for name in TEXTS}
DICTIONARIES = {name: data_dictionary(standard) for name, standard in STANDARDS.items()}
KINDS = [(standard, kind) for standard in STANDARDS.values() for kind in standard.kinds.values()]
ELEMENTS = [(standard, kind, element) for standard, kind in KINDS for element in kind.elements.values()]

every_kind = pytest.mark.parametrize(("standard", "kind"), KINDS, ids=lambda x: getattr(x, "identity", None) or x.code)
every_element = pytest.mark.parametrize(
    ("standard", "kind", "element"), ELEMENTS, ids=lambda x: getattr(x, "identity", None) or x.code
)


def cells(element: Element) -> st.SearchStrategy[str]:
    """Texts that a cell of this element may hold: sensible ones, near misses and rubbish."""
    texts = [
        st.text(max_size=12),
        st.sampled_from(["", " ", "无", "不涉及", "-", "/", "　无　", "0", "1", "１２", "一"]),
    ]
    element_type = element.type
    if isinstance(element_type, Code | Codes):
        words = [
            word
            for entry in element_type.code_list.entries
            for word in (entry.code, entry.label, *entry.aliases, f"{entry.code} {entry.label}")
        ]
        texts.append(st.sampled_from(words))
        texts.append(st.lists(st.sampled_from(words), max_size=4).map("、".join))
        texts.append(st.lists(st.sampled_from(words), max_size=4).map("；".join))
    if element_type.name == "integer":
        texts.append(st.integers(-(10**15), 10**15).map(str))
        texts.append(st.integers(0, 99).map("{}个工作日".format))
    if element_type.name == "date":
        texts.append(st.dates().map(str))
        texts.append(st.dates().map(lambda day: f"{day.year}年{day.month}月{day.day}日"))
    return st.one_of(texts)


@every_element
@settings(max_examples=15)
@given(data=st.data())
def test_what_a_cell_means_is_written_so_that_it_is_read_back(
    standard: Standard, kind: Kind, element: Element, data: st.DataObject
) -> None:
    value = element.parse(data.draw(cells(element)))
    if value is None or isinstance(value, Issue):
        return
    assert element.parse(element.format(value)) == value
    remarks = list(element.check(value))
    assert all(issue.element == element.code for issue in remarks)
    doubt = kind.doubts.get(element.code)
    assert not remarks or (doubt is not None and doubt(value))


@every_element
def test_every_declared_code_is_written_so_that_it_is_read_back(
    standard: Standard, kind: Kind, element: Element
) -> None:
    if not isinstance(element.type, Code | Codes):
        return
    codes = [entry.code for entry in element.type.code_list.entries]
    values: list[Value] = [*codes] if isinstance(element.type, Code) else [*((code,) for code in codes), tuple(codes)]
    for value in values:
        assert element.parse(element.format(value)) == value
        assert list(element.check(value)) == []


@every_element
def test_a_stated_none_is_kept_unless_the_code_list_has_the_word(
    standard: Standard, kind: Kind, element: Element
) -> None:
    if isinstance(element.type, Code | Codes) and element.type.code_list.find(STATED_NONE):
        return
    assert element.parse(STATED_NONE) == STATED_NONE
    assert element.format(STATED_NONE) == STATED_NONE


@every_element
def test_the_type_is_known_and_has_a_storage_slot(standard: Standard, kind: Kind, element: Element) -> None:
    assert element.type.name in TYPE_NAMES
    assert element.type.sql in {"TEXT", "INTEGER"}
    slot = int if element.type.sql == "INTEGER" else str | tuple
    assert isinstance(element.parse("1"), slot | Issue | None)


@every_element
def test_a_blank_cell_is_no_value_and_no_value_is_a_blank_cell(
    standard: Standard, kind: Kind, element: Element
) -> None:
    for blank in ("", " ", "\u3000", "\n", "\u200b", "\ufeff \r\n"):
        assert element.parse(blank) is None
    assert element.format(None) == ""
    assert list(element.check(None)) == []


@every_element
def test_the_exported_heading_and_the_label_and_the_code_lead_back(
    standard: Standard, kind: Kind, element: Element
) -> None:
    for heading in (element.heading, element.label, element.code, *element.aliases):
        assert kind.find_heading(heading) == element.code
        assert kind.find_heading(f" {heading}\n") == element.code


@every_element
def test_the_words_for_people_are_there(standard: Standard, kind: Kind, element: Element) -> None:
    assert 2 <= len(element.label) <= 20
    assert element.label == element.label.strip()
    assert "\n" not in element.label + element.heading
    assert element.help.endswith("。")
    assert element.source
    assert element.evidence.split(":")[0] in {"S", "P", "M", "C"}


@every_element
def test_owner_group_and_families_are_declared(standard: Standard, kind: Kind, element: Element) -> None:
    assert element.owner in LEVELS
    assert element.group in {group.code for group in kind.groups}
    assert element.families | element.required_in <= set(standard.family_labels)
    assert element.required_in <= (element.families or element.required_in)
    assert (element.required_when is None) == (element.required_text == "")


@every_element
def test_the_length_of_the_exchange_table_holds_every_code(standard: Standard, kind: Kind, element: Element) -> None:
    length = element.type_options.get("length")
    if length and isinstance(element.type, Code):
        assert max(len(entry.code) for entry in element.type.code_list.entries) <= length


@every_element
def test_a_reference_leads_to_a_kind_and_creates_known_elements(
    standard: Standard, kind: Kind, element: Element
) -> None:
    if isinstance(element.type, Reference):
        target = standard.kind(element.type.target)
        assert set(element.type.creates) <= set(target.elements)
        assert set(element.type.creates.values()) <= set(kind.elements)


@every_element
def test_the_data_dictionary_has_a_row_for_it(standard: Standard, kind: Kind, element: Element) -> None:
    section = DICTIONARIES[standard.identity].split(f"\n## {kind.label}\n")[1].split("\n## ")[0]
    rows = [row for row in section.splitlines() if f"| `{element.code}` |" in row]
    assert len(rows) == 1
    assert element.label in rows[0]
    assert element.help in rows[0]


@every_kind
def test_no_heading_and_no_label_names_two_elements(standard: Standard, kind: Kind) -> None:
    owners: dict[str, str] = {}
    words = [("@parent", word) for word in (kind.parent_heading, *kind.parent_aliases) if word]
    words += [
        (element.code, word)
        for element in kind.elements.values()
        for word in (element.code, element.label, element.heading, *element.aliases)
    ]
    for code, word in words:
        assert fold(word)
        assert owners.setdefault(fold(word), code) == code
    assert len({element.label for element in kind.elements.values()}) == len(kind.elements)


@every_kind
def test_a_kind_names_only_what_it_has(standard: Standard, kind: Kind) -> None:
    assert kind.title in kind.elements
    assert kind.elements[kind.title].required
    assert kind.keys
    assert {part for key in kind.keys for part in key} <= {*kind.elements, "@parent"}
    assert set(kind.code_elements) <= set(kind.elements)
    assert set(kind.parents) <= set(standard.kinds)
    assert bool(kind.parents) == bool(kind.parent_heading)
    assert kind.listed
    assert kind.help.endswith("。")
    assert 1 <= len(kind.sheet) <= 31  # what a worksheet may be called
    assert not set(kind.sheet) & set("[]:*?/\\")


@every_kind
def test_children_are_told_from_their_siblings_within_the_container(standard: Standard, kind: Kind) -> None:
    if kind.parents and kind.code not in kind.parents:
        assert all("@parent" in key or set(key) <= set(kind.code_elements) for key in kind.keys)
        assert kind.position_element in kind.elements


@pytest.mark.parametrize("standard", STANDARDS.values(), ids=lambda standard: standard.identity)
def test_sheets_are_told_apart_by_their_names(standard: Standard) -> None:
    owners: dict[str, str] = {}
    for kind in standard.kinds.values():
        for word in {fold(word) for word in (kind.sheet, *kind.sheet_aliases)}:
            assert owners.setdefault(word, kind.code) == kind.code


@pytest.mark.parametrize("name", STANDARDS)
def test_a_standard_is_called_as_its_file(name: str) -> None:
    assert STANDARDS[name].identity == name
    assert STANDARDS[name].title
    assert STANDARDS[name].source


@pytest.mark.parametrize("name", STANDARDS)
def test_conditions_look_at_elements_of_the_kind(name: str) -> None:
    data: dict[str, Any] = tomllib.loads(TEXTS[name])
    for words in (*data.get("element", ()), *data.get("change", ())):
        kinds = words["kind"] if isinstance(words["kind"], list) else [words["kind"]]
        for kind in kinds:
            named = condition_elements(words.get("required_when", {}))
            assert named <= set(STANDARDS[name].kind(kind).elements)


@pytest.mark.parametrize("code_list", CODE_LISTS.values(), ids=lambda code_list: code_list.code)
def test_every_word_of_a_code_list_means_one_code(code_list: Any) -> None:
    owners: dict[str, str] = {}
    for entry in code_list.entries:
        assert entry.evidence.split(":")[0] in {"S", "P", "M", "C"}
        for word in (entry.code, entry.label, *entry.aliases):
            assert owners.setdefault(fold(word), entry.code) == entry.code
            assert code_list.find(word) == entry.code
            assert code_list.find(f" {word} ") == entry.code
        assert code_list.find(f"{entry.code} {entry.label}") == entry.code
        assert set(entry.mapping) <= set(code_list.vocabularies)
    assert code_list.source
    assert code_list.version
