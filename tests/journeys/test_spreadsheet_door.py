"""A list from the first look to its taking back, by real commands: dry run, result file, recipe, colleague, undo."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

from tests.importing.books import FOOD, HEADINGS, TAXI, write_book
from tests.journeys.journey import Gdbos

ODD = (*HEADINGS, "办结要多久呀")
BAD = (*FOOD[:3], "许可类", *FOOD[4:], "五天")


def test_a_dry_run_writes_the_file_back_with_remarks_and_nothing_into_the_store(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    book = write_book(tmp_path / "清单.xlsx", [ODD, BAD, (*TAXI, "三天")])
    before = book.read_bytes()
    run = gdbos(
        "import",
        book,
        "--dry-run",
        "--json",
        "--answer",
        "办结要多久呀=promise_explain",
        "--result",
        "结果.xlsx",
        code=1,
    )
    told = json.loads(run.out)
    assert not told["written"]
    assert told["created"]["service_item"] == 1
    assert {one["code"]: one["count"] for one in told["totals"]} == {"unknown-code": 1}
    assert json.loads(gdbos("list", "service_item", "--json").out)["total"] == 0
    assert book.read_bytes() == before

    sheet = openpyxl.load_workbook(tmp_path / "结果.xlsx")["清单"]
    assert [cell.value for cell in sheet[2]][:8] == list(BAD)
    comment = sheet["D2"].comment
    assert comment is not None
    assert "许可类" in comment.text
    assert sheet["D2"].fill.fgColor.rgb != sheet["D3"].fill.fgColor.rgb
    assert str(sheet.cell(2, 9).value)
    beside = json.loads((tmp_path / "结果.json").read_text(encoding="utf-8"))
    assert beside["proposal_digest"] == told["digest"]
    again = json.loads(
        gdbos(
            "import",
            "结果.xlsx",
            "--sheet",
            "清单",
            "--dry-run",
            "--json",
            "--answer",
            "办结要多久呀=promise_explain",
            code=1,
        ).out
    )
    assert again["created"] == told["created"]
    assert again["totals"] == told["totals"]


def test_the_store_of_a_group_of_commands_is_said_before_or_after_the_command(gdbos: Gdbos, store: Path) -> None:
    shipped = "one-row-per-material"
    gdbos("recipes", "show", shipped, "--store", store)
    gdbos("recipes", "--store", store, "show", shipped)
    gdbos("recipes", "show", shipped, "--store", "gone.gdbos", code=2)
    gdbos("recipes", "--store", "gone.gdbos", "show", shipped, code=2)
    gdbos("drafts", "show", "T-1", "--store", "gone.gdbos", code=2)


def test_what_one_office_decided_another_office_follows_with_the_same_digest(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    book = write_book(tmp_path / "清单.xlsx", [ODD, BAD, (*TAXI, "三天")])
    decided = json.loads(
        gdbos(
            "import", book, "--json", "--save-recipe", "月报",
            "--answer", "办结要多久呀=promise_explain", "--value", "事项类型:许可类=行政许可",
        ).out
    )  # fmt: skip
    assert decided["written"]
    gdbos("recipes", "export", "月报", tmp_path / "月报.json")

    gdbos("init", "--store", "b.gdbos", "--name", "邻县", "--region", "511602")
    followed = json.loads(gdbos("import", book, "--store", "b.gdbos", "--recipe", tmp_path / "月报.json", "--json").out)
    assert followed["questions"] == []
    assert followed["recipe"] == "月报"
    assert followed["digest"] == decided["digest"]
    assert followed["created"] == decided["created"]

    june = write_book(tmp_path / "六月.xlsx", {"六月": [ODD, (*BAD[:4], "T-0007", *BAD[5:])]})
    assert "月报" in gdbos("import", june, "--dry-run", code=None).err
    run = json.loads(gdbos("import", june, "--recipe", "月报", "--json").out)
    assert (run["written"], run["issues"]) == (True, [])


def test_an_import_is_taken_back_after_other_work_or_accounts_for_what_stands_in_the_way(
    gdbos: Gdbos, store: Path, tmp_path: Path
) -> None:
    gdbos("import", write_book(tmp_path / "一.xlsx", [HEADINGS, FOOD, TAXI]))
    gdbos("import", write_book(tmp_path / "二.xlsx", [HEADINGS, (*FOOD[:4], "T-0009", "20", "5")]), code=None)
    acts = json.loads(gdbos("history", "--json", FOOD[4]).out)
    assert acts
    gdbos("set", TAXI[4], "promise_day=9")
    gdbos("undo")
    gdbos("undo")
    gdbos("undo")
    assert json.loads(gdbos("list", "service_item", "--json").out)["total"] == 0
