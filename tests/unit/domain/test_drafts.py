"""Draft versions as values: merging, laying over what is published, putting into force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.bootstrap import standard
from gdbos_desktop.domain.changes import Action, Change, create, delete, edit
from gdbos_desktop.domain.drafts import (
    Draft,
    draft_change,
    merged,
    next_version,
    overlaid,
    put_into_force,
    read_draft,
    written,
)
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import DraftForm, Value

NATIONAL = standard()
ITEM = Record("i", "service_item", {"task_name": "养蜂证申领", "task_state": "1", "task_version": 2}, None, 0, 7)
FORM = Record("f", "material", {"material_name": "申请表", "order_num": 1}, "i", 0, 3)
CODES = ("remark", "transact_addr", "consult_phone")


def form() -> DraftForm:
    assert NATIONAL.draft_kind is not None
    assert NATIONAL.draft_kind.draft is not None
    return NATIONAL.draft_kind.draft


def draft_of(content: Mapping[str, Change], item: Record = ITEM) -> Draft:
    """The draft that an item gets for this content."""
    change = draft_change(item, None, content, NATIONAL, 0, lambda: "d", "why")
    assert change is not None
    filled = {code: value for code, value in change.after.items() if value is not None}
    return read_draft(Record("d", change.kind, filled, change.parent_id, change.position, 1), form())


values = st.dictionaries(st.sampled_from(CODES), st.one_of(st.none(), st.sampled_from(["a", "b", "c"])))


@given(start=values, steps=st.lists(values, max_size=5))
def test_changes_merged_one_after_another_say_what_they_said_together(
    start: dict[str, str | None], steps: list[dict[str, str | None]]
) -> None:
    own: dict[str, Value] = {code: value for code, value in start.items() if value is not None}
    published = replace(ITEM, elements={**ITEM.elements, **own})
    content: Mapping[str, Change] = {}
    wanted = published
    for step in steps:
        content = merged(content, [edit(wanted, step)], {published.id: published})
        wanted = replace(
            published,
            elements={code: value for code, value in {**wanted.elements, **step}.items() if value is not None},
        )
        change = content.get(published.id)
        assert (overlaid(published, change) if change is not None else published) == wanted
        if change is not None:
            assert change.after
            assert all(published.elements.get(code) == value for code, value in change.before.items())
            assert all(published.elements.get(code) != value for code, value in change.after.items())
            assert read_draft(draft_of(content, published).record, form()).content == {
                published.id: replace(change, base_version=0)
            }


def test_a_file_that_goes_back_to_what_was_published_before_somebody_else_changed_it_is_heard() -> None:
    before = replace(ITEM, elements={**ITEM.elements, "remark": "a"})
    content = merged({}, [edit(before, {"remark": "b"})], {"i": before})
    for now in ("b", "c"):
        published = replace(ITEM, elements={**ITEM.elements, "remark": now})
        wanted = overlaid(published, content["i"])
        assert wanted is not None
        again = merged(content, [edit(wanted, {"remark": "a"})], {"i": published})
        assert again["i"].after == {"remark": "a"}
        _changes, conflicts = put_into_force(draft_of(again), published, {"i": published}, {"i": 9}, NATIONAL)
        assert [one.found for one in conflicts] == ([] if now == "b" else ["c"])


def test_a_record_that_only_the_draft_has_takes_further_changes_and_vanishes_when_it_is_deleted() -> None:
    content = merged({}, [create(FORM)], {})
    new = overlaid(None, content["f"])
    assert new is not None
    content = merged(content, [edit(new, {"remark": "双面", "order_num": None})], {})
    assert content["f"].action is Action.CREATE
    assert content["f"].after == {"material_name": "申请表", "remark": "双面"}
    changed = overlaid(None, content["f"])
    assert changed is not None
    assert merged(content, [delete(changed)], {}) == {}


def test_a_record_deleted_in_a_draft_after_a_change_is_deleted_as_it_is_published() -> None:
    content = merged({}, [edit(FORM, {"remark": "双面"})], {"f": FORM})
    changed = overlaid(FORM, content["f"])
    assert changed is not None
    content = merged(content, [delete(changed)], {"f": FORM})
    assert overlaid(FORM, content["f"]) is None
    changes, conflicts = put_into_force(draft_of(content), ITEM, {"i": ITEM, "f": FORM}, {"f": 3}, NATIONAL)
    assert conflicts == ()
    assert [(one.action, one.record_id) for one in changes] == [
        (Action.EDIT, "i"), (Action.DELETE, "f"), (Action.EDIT, "d"),
    ]  # fmt: skip


def test_what_was_published_meanwhile_counts_element_by_element() -> None:
    before = replace(ITEM, elements={**ITEM.elements, "remark": "a", "transact_addr": "a", "consult_phone": "a"})
    content = merged({}, [edit(before, dict.fromkeys(CODES, "b"))], {"i": before})
    now = replace(before, elements={**before.elements, "transact_addr": "b", "consult_phone": "c"})
    _changes, conflicts = put_into_force(draft_of(content), now, {"i": now}, {"i": 9}, NATIONAL)
    assert [(one.element, one.expected, one.found, one.wanted) for one in conflicts] == [
        ("consult_phone", "a", "c", "b")
    ]
    settled = replace(now, elements={**now.elements, "consult_phone": "a"})
    changes, conflicts = put_into_force(draft_of(content), settled, {"i": settled}, {"i": 9}, NATIONAL)
    assert conflicts == ()
    assert changes[0].after == {"remark": "b", "consult_phone": "b", "task_version": 3}


def test_a_record_that_is_gone_and_one_whose_container_is_gone_are_conflicts() -> None:
    inside = Record("x", "data_item", {"data_item_name": "姓名"}, "f", 0)
    content = merged({}, [edit(FORM, {"remark": "b"}), create(inside)], {"f": FORM})
    _changes, conflicts = put_into_force(draft_of(content), ITEM, {"i": ITEM}, {"f": 4}, NATIONAL)
    assert [(one.record_id, one.element) for one in conflicts] == [("f", ""), ("x", "")]


def test_a_record_whose_publication_was_taken_back_is_restored() -> None:
    content = merged({}, [create(FORM)], {})
    changes, _conflicts = put_into_force(draft_of(content), ITEM, {"i": ITEM}, {"f": 2}, NATIONAL)
    assert [(one.action, one.base_version) for one in changes if one.record_id == "f"] == [(Action.RESTORE, 2)]


def test_versions_count_up_and_a_higher_one_in_the_draft_is_taken() -> None:
    assert next_version(ITEM, {}, NATIONAL) == 3
    assert next_version(ITEM, {"task_version": 1}, NATIONAL) == 3
    assert next_version(ITEM, {"task_version": 9}, NATIONAL) == 9
    unnumbered = replace(ITEM, elements={"task_name": "x"})
    assert next_version(unnumbered, {}, NATIONAL) == 1


def test_a_draft_that_was_handed_in_goes_back_to_its_beginning_when_it_changes() -> None:
    draft = draft_of(merged({}, [edit(ITEM, {"remark": "b"})], {"i": ITEM}))
    handed_in = replace(draft, record=replace(draft.record, elements={**draft.record.elements, "draft_state": "20"}))
    content = merged(
        draft.content, [edit(replace(ITEM, elements={**ITEM.elements, "remark": "b"}), {"remark": "c"})], {"i": ITEM}
    )
    change = draft_change(ITEM, handed_in, content, NATIONAL, 0, lambda: "n")
    assert change is not None
    assert change.after == {"draft_state": "10", "draft_content": written(content)}


def test_the_kind_of_change_a_person_chose_stays_unless_the_state_says_another() -> None:
    draft = draft_of(merged({}, [edit(ITEM, {"remark": "b"})], {"i": ITEM}))
    assert draft.record.elements["change_kind"] == "2"
    chosen = replace(draft, record=replace(draft.record, elements={**draft.record.elements, "change_kind": "8"}))
    wanted = replace(ITEM, elements={**ITEM.elements, "remark": "b"})
    more = draft_change(
        ITEM, chosen, merged(draft.content, [edit(wanted, {"remark": "c"})], {"i": ITEM}), NATIONAL, 0, str
    )
    assert more is not None
    assert "change_kind" not in more.after
    pause = draft_change(
        ITEM, chosen, merged(draft.content, [edit(wanted, {"task_state": "2"})], {"i": ITEM}), NATIONAL, 0, str
    )
    assert pause is not None
    assert pause.after["change_kind"] == "3"
