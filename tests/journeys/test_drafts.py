"""Change drafts by hand, from the list to what is in force."""

from __future__ import annotations

from pathlib import Path

from tests.importing.books import write_book
from tests.journeys.journey import Gdbos

HEADINGS = ("部门名称", "事项名称", "事项类型", "地方实施编码", "受理条件", "承诺办结时限", "事项状态", "事项版本")
FOOD = ("示例局", "食品经营许可", "行政许可", "T-0001", "有固定场所", "5", "在用", "2")


def test_a_changed_list_waits_as_a_draft_until_it_is_put_into_force(gdbos: Gdbos, store: Path, tmp_path: Path) -> None:
    gdbos("import", write_book(tmp_path / "一月.xlsx", [HEADINGS, FOOD]), "--yes")
    gdbos("import", write_book(tmp_path / "二月.xlsx", [HEADINGS, (*FOOD[:5], "3", *FOOD[6:])]), "--yes")
    assert gdbos("show", "T-0001", "--json").json["elements"]["promise_day"] == 5
    shown = gdbos("drafts", "show", "T-0001", "--json").json
    assert [(one["element"], one["before"], one["after"]) for one in shown["differences"]] == [
        ("promise_day", "5", "3")
    ]
    assert gdbos("drafts", "publish", "T-0001", "--json").json["changed"] == 2
    elements = gdbos("show", "T-0001", "--json").json["elements"]
    assert (elements["promise_day"], elements["task_version"]) == (3, 3)
    assert gdbos("drafts", "--json").json == {"drafts": []}
    assert gdbos("drafts", "publish", "T-0001", "--json", code=2).json["error"]["code"] == "no-draft"
