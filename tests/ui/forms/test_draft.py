"""Trees as edited: what changed, where one is inside, and changes put on top of newer values."""

from __future__ import annotations

from dataclasses import replace

from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.schema import Value, load_standard
from gdbos_desktop.ui.forms.draft import Draft, find_node, node_at, paths, rebased

STANDARD = load_standard(
    {
        "small-1": """
        [standard]
        name = "small"
        version = "1"
        title = "Small"
        [[kind]]
        code = "item"
        label = "Item"
        title = "a"
        keys = [["a"]]
        group = [{ code = "g", label = "G" }]
        [[kind]]
        code = "row"
        label = "Row"
        title = "name"
        keys = [["@parent", "name"]]
        parents = ["item"]
        position_element = "number"
        group = [{ code = "g", label = "G" }]
        [[kind]]
        code = "deep"
        label = "Deep"
        title = "x"
        keys = [["@parent", "x"]]
        parents = ["row"]
        group = [{ code = "g", label = "G" }]
        [[element]]
        kind = "item"
        code = "a"
        label = "A"
        type = "text"
        group = "g"
        [[element]]
        kind = "row"
        code = "name"
        label = "Name"
        type = "text"
        group = "g"
        [[element]]
        kind = "row"
        code = "number"
        label = "Number"
        type = "integer"
        group = "g"
        [[element]]
        kind = "deep"
        code = "x"
        label = "X"
        type = "text"
        group = "g"
        """
    },
    "small-1",
    {},
)


def tree(record_id: str, kind: str = "item", children: tuple[RecordTree, ...] = (), **elements: Value) -> RecordTree:
    grouped: dict[str, tuple[RecordTree, ...]] = {}
    for place, child in enumerate(children):
        placed = replace(child, record=replace(child.record, parent_id=record_id, position=place))
        grouped[child.record.kind] = (*grouped.get(child.record.kind, ()), placed)
    return RecordTree(Record(record_id, kind, elements, version=1), grouped)


def names(node: RecordTree, kind: str = "row") -> list[object]:
    return [child.record.elements.get("name") for child in node.children.get(kind, ())]


STORED = tree(
    "i", a="1", b="2",
    children=(tree("r1", "row", name="one"), tree("r2", "row", name="two", children=(tree("d", "deep", x="1"),))),
)  # fmt: skip


def test_a_draft_nobody_touched_is_not_changed() -> None:
    assert not Draft(STORED, STORED).is_changed
    assert not Draft(STORED, replace(STORED)).is_changed
    assert Draft(STORED, STORED).with_value((), "a", "9").is_changed
    assert not Draft(STORED, STORED).with_value((), "a", "9").with_value((), "a", "1").is_changed


def test_a_value_deep_inside_is_changed_in_place() -> None:
    path = (("row", "r2"), ("deep", "d"))
    changed = Draft(STORED, STORED).with_value(path, "x", "7")
    assert node_at(changed.after, path).record.elements == {"x": "7"}
    assert node_at(changed.after, (("row", "r1"),)) is node_at(STORED, (("row", "r1"),))
    assert find_node(STORED, (("row", "gone"),)) is None
    assert dict(paths(STORED))["d"] == path


def test_my_changes_stay_and_theirs_come_in() -> None:
    mine = Draft(STORED, STORED).with_value((), "a", "mine").with_value((("row", "r1"),), "name", "eins")
    fresh = tree(
        "i", a="theirs", b="theirs", c="new",
        children=(
            tree("r1", "row", name="one", more="x"), tree("r2", "row", name="zwei"), tree("r3", "row", name="three"),
        ),
    )  # fmt: skip
    both = rebased(mine, fresh, STANDARD)
    assert both.before is fresh
    assert both.after.record.elements == {"a": "mine", "b": "theirs", "c": "new"}
    assert names(both.after) == ["eins", "zwei", "three"]
    assert both.after.children["row"][0].record.elements["more"] == "x"


def test_rows_i_added_or_took_away_stay_so() -> None:
    added = tree("n", "row", name="mine")
    mine = Draft(STORED, replace(STORED, children={"row": (STORED.children["row"][1], added)}))
    fresh = replace(STORED, children={"row": (*STORED.children["row"], tree("t", "row", name="theirs"))})
    both = rebased(mine, fresh, STANDARD)
    assert names(both.after) == ["two", "mine", "theirs"]
    assert [child.record.position for child in both.after.children["row"]] == [0, 1, 2]
    assert [child.record.elements["number"] for child in both.after.children["row"]] == [1, 2, 3]


def test_rows_nobody_moved_keep_their_places() -> None:
    mine = Draft(STORED, STORED).with_value((("row", "r2"),), "name", "zwei")
    both = rebased(mine, replace(STORED), STANDARD)
    assert both.after.children["row"][0] == STORED.children["row"][0]
    assert "number" not in both.after.children["row"][1].record.elements


def test_a_row_they_deleted_is_gone_even_if_i_changed_it() -> None:
    mine = Draft(STORED, STORED).with_value((("row", "r1"),), "name", "eins")
    fresh = replace(STORED, children={"row": STORED.children["row"][1:]})
    assert names(rebased(mine, fresh, STANDARD).after) == ["two"]
