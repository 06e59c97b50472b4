"""What is in force, and what a change draft is made of, are words of the standard file; contradictions are refused."""

from __future__ import annotations

import pytest

from gdbos_desktop.schema import Standard, StandardError, load_code_lists, load_standard
from gdbos_desktop.system.resources import read_texts

NAME = "national-2020"
TEXT = read_texts("standards")[NAME]
LISTS = load_code_lists(read_texts("code-lists"))
STATES = '[kind.states]\nelement = "task_state"\nin_force = ["1", "2"]\nunborn = ["4"]\nversion = "task_version"\n'


def load(text: str) -> Standard:
    return load_standard({NAME: text}, NAME, LISTS)


def test_an_item_in_use_or_paused_is_in_force_and_one_without_a_state_is_not() -> None:
    kind = load(TEXT).kind("service_item")
    states = [kind.is_in_force({"task_state": state}) for state in ("1", "2", "3", "4")]
    assert states == [True, True, False, False]
    assert not kind.is_in_force({})
    assert not load(TEXT).kind("material").is_in_force({"task_state": "1"})


def test_change_drafts_are_no_part_of_what_the_standard_is_about() -> None:
    standard = load(TEXT)
    assert standard.draft_kind is not None
    assert standard.draft_kind not in standard.described
    assert standard.draft_kind not in standard.children_of("service_item")
    assert "draft_content" not in [element.code for element in standard.draft_kind.shown]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (STATES, STATES.replace('"task_state"', '"gone"'), "the states name no code element 'gone'"),
        (STATES, STATES.replace('"1", "2"', '"1", "x"'), r"task_state has no codes \['x'\]"),
        (STATES, STATES.replace('["4"]', '["y"]'), r"task_state has no codes \['y'\]"),
        (STATES, STATES.replace('"task_version"', '"task_name"'), "the version 'task_name' is no number"),
        (STATES, STATES.replace('element = "task_state"\n', ""), "lack 'element'"),
        ('parents = ["service_item", "catalogue_item"]', 'parents = ["material"]', "no kind of change drafts stands"),
        ('begins = "10"', 'begins = "99"', r"draft_state has no codes \['99'\]"),
        ('ordinary_kind = "2"', 'ordinary_kind = "99"', r"change_kind has no codes \['99'\]"),
        ('content = "draft_content"', 'content = "gone"', "name unknown element 'gone'"),
        ('content = "draft_content"\n', "", "draft words of 'draft'"),
        ('begins = "10"', 'begins = "10"\ncolour = "red"', "draft words of 'draft'"),
    ],
)
def test_states_and_drafts_that_contradict_the_rest_are_refused(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(StandardError, match=words) as error:
        load(TEXT.replace(old, new))
    assert str(error.value).startswith(NAME)
