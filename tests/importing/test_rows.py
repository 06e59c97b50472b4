"""Rows of real tables: what counts as a row, what is passed over, what is proposed, and what waits for a correction."""

from __future__ import annotations

import pytest

from gdbos_desktop.importing import Decision, Proposal
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, Rows


def decisions(proposal: Proposal) -> list[tuple[int, str]]:
    """Row of the file → decision."""
    return [(row.place.row, row.decision.value) for row in proposal.rows]


def issues(proposal: Proposal) -> list[tuple[str, str]]:
    """Code and cell of every issue."""
    return [(issue.code, issue.place.cell if issue.place else "") for issue in proposal.issues]


def test_a_list_is_proposed_row_by_row(county: County) -> None:
    proposal = county.propose([HEADINGS, FOOD, TAXI])
    assert decisions(proposal) == [(2, "new"), (3, "new")]
    assert [row.title for row in proposal.rows] == [FOOD[2], TAXI[2]]
    assert proposal.rows_read == 2
    assert not proposal.issues
    assert county.items() == {}


def test_title_rows_unit_lines_totals_and_signatures_are_not_rows(county: County) -> None:
    proposal = county.propose(
        [
            ["示例县政务服务事项清单"],
            ["填报单位：县局", None, None, "填报日期：2026-11-24"],
            [],
            HEADINGS,
            ["1", "2", "3", "4", "5", "6", "7"],
            FOOD,
            [],
            HEADINGS,
            TAXI,
            ["小计", None, "1"],
            ["合计", None, "2项"],
            ["总计：2项"],
            ["填表人：张三", None, "审核人：李四"],
            ["注：本表一式两份。"],
            [None, None, "共2项"],
            ["（以下空白）"],
            ["第1页，共2页"],
        ],
        ["A1:G1"],
    )
    assert [row.title for row in proposal.rows] == [FOOD[2], TAXI[2]]
    assert proposal.rows_read == 2
    (hint,) = proposal.issues
    assert (hint.code, hint.severity.value, hint.values["count"]) == ("rows-passed-over", "hint", 8)
    assert hint.values["rows"] == "10、11、12、13、14、15、16、17"


@pytest.mark.parametrize(
    "title",
    [
        "合计单位登记",
        "备案：企业投资项目",
        "注册商标变更",
        "说明书审核",
        "总工会会员登记",
        "第二类医疗器械经营备案",
        "共有产权登记",
    ],
)
def test_items_whose_names_begin_like_a_footer_are_kept(county: County, title: str) -> None:
    assert county.propose([HEADINGS, (*FOOD[:2], title, *FOOD[3:])]).counts["service_item"].created == 1


@pytest.mark.parametrize(
    "row",
    [
        ("制表人", None, "李四", None, "审核人", "王五"),
        ("制表人", None, "李四"),
        ("填报单位", "县局", None, "填报日期", "2026-11-24"),
        ("备注", None, "以上为准"),
        ("（单位盖章）",),
        (None, "填表人", "李四", "审核人", "王五"),
    ],
)
def test_signatures_in_cells_of_their_own_are_not_rows(county: County, row: tuple[object, ...]) -> None:
    numbered = [("序号", *HEADINGS), (1, *FOOD), (2, *TAXI), row]
    proposal = county.propose(numbered)
    assert [one.title for one in proposal.rows] == [FOOD[2], TAXI[2]]
    assert [(issue.code, issue.values["rows"]) for issue in proposal.issues] == [("rows-passed-over", "4")]


@pytest.mark.parametrize("title", ["填报人", "制表", "说明", "负责人"])
def test_names_that_could_be_signatures_are_kept(county: County, title: str) -> None:
    headings = (HEADINGS[2], *HEADINGS[:2], *HEADINGS[3:])
    assert county.propose([headings, (title, *FOOD[:2], *FOOD[3:])]).counts["service_item"].created == 1


def test_merged_cells_of_the_data_count_for_every_row_they_cover(county: County) -> None:
    county.take([HEADINGS, FOOD, (None, None, *TAXI[2:]), (None, None, *BEES[2:])], ["A2:A4", "B2:B4"])
    assert len({record.elements["dept_name"] for record in county.items().values()}) == 1
    assert {record.elements["dept_code"] for record in county.items().values()} == {FOOD[1]}


def test_same_as_above_counts_like_the_cell_above(county: County) -> None:
    county.take([HEADINGS, FOOD, ("同上", "〃", TAXI[2], "同上", *TAXI[4:])])
    taxi = county.items()[TAXI[2]].elements
    food = county.items()[FOOD[2]].elements
    assert [taxi[code] for code in ("dept_name", "dept_code", "task_type")] == [
        food[code] for code in ("dept_name", "dept_code", "task_type")
    ]


def test_width_blanks_and_line_breaks_make_no_other_item(county: County) -> None:
    county.take([HEADINGS, (*FOOD[:5], "20工作日", "5")])
    noisy = (
        "　示例县市场\n监管局 ",
        "１１５１１３０１ＭＢ０５１０７３ＸＡ",
        " 食品经营\n许可\u200b",
        "行政 许可",
        "ｔ－０００１",
        "２０个工作日",
        "5 ",
    )
    again = county.propose([HEADINGS, noisy])
    assert again.is_empty
    assert again.counts["service_item"].unchanged == 1


def test_a_bad_cell_holds_its_own_row_back_and_no_other(county: County) -> None:
    proposal = county.take([HEADINGS, (*FOOD[:3], "魔法许可", *FOOD[4:]), TAXI, (*BEES[:5], "若干", "1")])
    assert decisions(proposal) == [(2, "problem"), (3, "new"), (4, "problem")]
    assert [(code, cell) for code, cell in issues(proposal) if code != "Q14a"] == [
        ("unknown-code", "D2"), ("number", "F4"),
    ]  # fmt: skip
    assert list(county.items()) == [TAXI[2]]
    assert proposal.counts["service_item"].problems == 2
    assert len(county.records("organisation")) == 1  # the others' departments are not made for nothing


def test_an_issue_names_file_sheet_row_column_and_heading(county: County) -> None:
    proposal = county.propose({"清单": [HEADINGS, FOOD, (*TAXI[:3], "魔法许可", *TAXI[4:])]})
    (issue,) = proposal.issues
    assert issue.place is not None
    assert (issue.place.file, issue.place.sheet, issue.place.cell, issue.place.heading) == (
        "清单.xlsx", "清单", "D3", "事项类型",
    )  # fmt: skip
    assert issue.element == "task_type"


def test_a_damaged_code_names_its_cell(county: County) -> None:
    proposal = county.propose(
        [HEADINGS, (*FOOD[:4], 370112345678901234567, *FOOD[5:]), (*TAXI[:4], "3.70E+11", "1", "1")]
    )
    assert issues(proposal) == [("damaged-code", "E2"), ("damaged-code", "E3")]
    assert proposal.is_empty


def test_a_number_that_has_only_the_digits_that_were_shown_is_a_damaged_code(county: County) -> None:
    headings = (*HEADINGS, "行政区划代码")
    rounded = (*FOOD[:4], 3.7e11, *FOOD[5:], 511602000000)
    proposal = county.take([headings, rounded, (*TAXI[:4], 1000, *TAXI[5:], 510000000000), (*BEES, 510000)])
    assert [one for one in issues(proposal) if one[0] != "Q14a"] == [("damaged-code", "E2")]
    assert decisions(proposal) == [(2, "problem"), (3, "new"), (4, "new")]
    assert county.items()[TAXI[2]].elements["local_task_code"] == "1000"
    assert county.items()[TAXI[2]].elements["region_code"] == "510000000000"


def test_a_formula_without_a_result_is_reported_by_cell_and_not_taken_for_blank(county: County) -> None:
    proposal = county.propose([HEADINGS, (*FOOD[:5], "#REF!", "5"), TAXI, (*BEES[:2], "#N/A", *BEES[3:])], ["B3:B4"])
    assert [(code, cell) for code, cell in issues(proposal) if code != "Q14a"] == [
        ("spreadsheet-error", "F2"), ("spreadsheet-error", "C4"),
    ]  # fmt: skip
    assert decisions(proposal) == [(2, "problem"), (3, "new"), (4, "problem")]


def test_a_row_without_a_name_is_reported(county: County) -> None:
    assert issues(county.propose([HEADINGS, (*FOOD[:2], None, *FOOD[3:])])) == [("no-name", "C2")]


def test_two_codes_that_lead_to_one_record_without_a_code_are_reported_and_change_it_once(county: County) -> None:
    county.take([HEADINGS, (*FOOD[:4], None, *FOOD[5:])])
    proposal = county.take([HEADINGS, FOOD, (*FOOD[:4], "T-0009", *FOOD[5:])])
    assert [(code, cell) for code, cell in issues(proposal) if code == "duplicate-row"] == [("duplicate-row", "A3")]
    assert county.items()[FOOD[2]].elements["local_task_code"] == FOOD[4]


def test_a_code_used_twice_for_different_things_is_an_error_that_names_both_rows(county: County) -> None:
    proposal = county.propose([HEADINGS, FOOD, TAXI, (*BEES[:4], FOOD[4], *BEES[5:])])
    assert decisions(proposal) == [(2, "new"), (3, "new"), (4, "problem")]
    issue = next(issue for issue in proposal.issues if issue.code == "duplicate-row")
    assert (issue.values["first"], issue.values["second"]) == (2, 4)


def test_a_row_that_only_repeats_an_earlier_one_is_left_out_with_a_hint(county: County) -> None:
    table = [HEADINGS, FOOD, TAXI, FOOD, (*FOOD[:5], None, None)]
    proposal = county.take(table)
    assert decisions(proposal) == [(2, "new"), (3, "new"), (4, "skipped"), (5, "skipped")]
    assert [(issue.code, issue.severity.value, issue.values["first"]) for issue in proposal.issues] == [
        ("repeated-row", "hint", 2), ("repeated-row", "hint", 2),
    ]  # fmt: skip
    assert decisions(county.propose(table)) == [(2, "unchanged"), (3, "unchanged"), (4, "skipped"), (5, "skipped")]
    changed = (*FOOD[:6], "3")
    assert decisions(county.propose([HEADINGS, changed, changed])) == [(2, "changed"), (3, "skipped")]
    assert decisions(county.propose([HEADINGS, FOOD, changed])) == [(2, "unchanged"), (3, "problem")]


def test_the_same_name_in_two_departments_is_two_items(county: County) -> None:
    without_code = HEADINGS[:4]
    proposal = county.propose([without_code, FOOD[:4], (*TAXI[:2], FOOD[2], FOOD[3])])
    assert proposal.counts["service_item"].created == 2


def test_values_are_changed_only_where_the_file_says_something_else(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    proposal = county.propose([HEADINGS, (*FOOD[:6], "3"), TAXI])
    (changed,) = [row for row in proposal.rows if row.decision is Decision.CHANGED]
    assert changed.change is not None
    assert changed.change.before == {"promise_day": 5}
    assert changed.change.after == {"promise_day": 3}
    assert proposal.counts["service_item"].unchanged == 1


def test_a_credit_code_that_fails_its_check_is_a_warning_and_the_row_is_taken(county: County) -> None:
    proposal = county.take([HEADINGS, (FOOD[0], FOOD[1][:-1] + "B", *FOOD[2:])])
    assert [(issue.severity.value, issue.place.cell if issue.place else "") for issue in proposal.issues] == [
        ("warning", "B2")
    ]
    assert FOOD[2] in county.items()


def test_an_old_organisation_code_is_completed_by_the_credit_code_of_another_row(county: County) -> None:
    proposal = county.propose([HEADINGS, (FOOD[0], FOOD[1][8:17], *TAXI[2:]), FOOD])
    (issue,) = proposal.issues
    assert issue.suggestion == FOOD[1]


def test_a_column_that_fills_only_far_below_is_told_once(county: County) -> None:
    rows: Rows = [
        (*HEADINGS, "以后再填"),
        *((*FOOD[:2], f"事项{n}", FOOD[3], f"T-{n}", "20", "5", "x" if n > 240 else None) for n in range(250)),
    ]
    proposal = county.propose(rows)
    assert issues(proposal) == [("column-left-out", "H243")]


def test_sub_items_are_linked_to_their_main_items_and_those_are_made_once(county: County) -> None:
    county.take([(*HEADINGS, "主项名称"), (*FOOD, "食品经营"), (*TAXI[:2], *BEES[2:], "食品经营"), (*TAXI, "客运经营")])
    mains = {record.id: record.elements["task_name"] for record in county.records("catalogue_item")}
    assert sorted(map(str, mains.values())) == ["客运经营", "食品经营"]
    assert {name: mains[str(item.elements["main_item"])] for name, item in county.items().items()} == {
        FOOD[2]: "食品经营", BEES[2]: "食品经营", TAXI[2]: "客运经营",
    }  # fmt: skip


def test_a_new_organisation_gets_the_values_most_rows_agree_on(county: County) -> None:
    other = (FOOD[0], TAXI[1], "其他事项", "行政许可", "T-9", "1", "1")
    county.take([HEADINGS, FOOD, (*FOOD[:2], *TAXI[2:]), other])
    (body,) = county.records("organisation")
    assert body.elements["org_name"] == FOOD[0]
    assert body.elements["credit_code"] == FOOD[1]


def test_a_new_body_with_the_code_of_a_known_one_is_told_and_never_doubles_the_code(county: County) -> None:
    county.take([HEADINGS, FOOD])
    proposal = county.take(
        [HEADINGS, ("县市场监督管理局", *FOOD[1:]), ("县政务局", *TAXI[1:]), ("县数据局", TAXI[1], *BEES[2:])]
    )
    told = [(issue.code, issue.values["title"], issue.values["other"]) for issue in proposal.issues]
    assert told == [("code-taken", "县市场监督管理局", FOOD[0]), ("code-taken", "县数据局", "县政务局")]
    codes = [body.elements.get("credit_code") for body in county.records("organisation")]
    assert sorted(map(str, codes)) == sorted([FOOD[1], TAXI[1], "None", "None"])


def test_a_name_that_fits_two_bodies_is_asked_for_its_code(county: County) -> None:
    county.take(
        {"实施主体": [("机构名称", "统一社会信用代码"), ("市场监管所", FOOD[1]), ("市场监管所", TAXI[1])]},
    )
    proposal = county.propose([HEADINGS, ("市场监管所", None, *FOOD[2:])])
    assert issues(proposal) == [("ambiguous-reference", "A2")]


def test_a_body_may_be_named_by_its_code(county: County) -> None:
    county.take([HEADINGS, FOOD])
    county.take([("部门名称", "事项名称", "事项类型"), (FOOD[1], "另一事项", "行政许可")])
    assert len(county.records("organisation")) == 1
