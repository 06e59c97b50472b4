"""Questions and answers, modes, limits and cancelling: what a person decides during an import."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdbos_desktop.importing import LEAVE_OUT, Decision, ImportOptions, Mode
from gdbos_desktop.importing import rows as rows_module
from gdbos_desktop.system.errors import Cancelled, KnownError
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, write_book

ODD = (*HEADINGS, "办结要多久呀")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return write_book(tmp_path / "一.xlsx", [ODD, (*FOOD, "五天左右")])


def test_an_unknown_heading_is_a_question_with_samples_and_choices(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        (question,) = session.questions
    assert question.id == "清单!H"
    assert "办结要多久呀" in question.text
    assert question.samples == ("五天左右",)
    assert question.place.cell == "H1"
    assert question.choices[-1].id == LEAVE_OUT
    offered = [choice.id for choice in question.choices]
    assert "promise_explain" in offered
    assert "promise_day" not in offered  # it has a column


def test_an_answer_maps_the_column(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        session.answer("清单!H", "promise_explain")
        assert session.questions == []
        proposal = county.workbench.imports.propose(session)
    county.workbench.imports.commit(proposal)
    assert county.items()[FOOD[2]].elements["promise_explain"] == "五天左右"
    assert not proposal.issues


def test_a_column_that_is_left_out_on_purpose_is_no_issue(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        session.answer("清单!H", LEAVE_OUT)
        proposal = county.workbench.imports.propose(session)
    assert not proposal.issues


def test_an_open_question_leaves_the_column_out_and_says_so(county: County, odd: Path) -> None:
    proposal = county.propose(odd)
    assert [(issue.code, issue.place.cell if issue.place else "") for issue in proposal.issues] == [
        ("column-left-out", "H1")
    ]


@pytest.mark.parametrize("answer", ["promise_explain", LEAVE_OUT])
def test_answers_are_remembered_for_the_template_whatever_the_file_is_called(
    county: County, odd: Path, tmp_path: Path, answer: str
) -> None:
    with county.session(odd) as session:
        session.answer("清单!H", answer)
        county.workbench.imports.commit(county.workbench.imports.propose(session))
    with county.session(write_book(tmp_path / "二.xlsx", {"别的": [["标题"], ODD, (*TAXI, "三天")]})) as session:
        assert session.questions == []
    with county.session(write_book(tmp_path / "三.xlsx", [(*ODD, "又一列"), (*TAXI, "三天", "x")])) as session:
        assert [question.id for question in session.questions] == ["清单!H", "清单!I"]  # another template


def test_answers_are_not_remembered_before_the_import_is_written(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        session.answer("清单!H", LEAVE_OUT)
        county.workbench.imports.propose(session)
    with county.session(odd) as session:
        assert len(session.questions) == 1


def test_of_two_columns_for_one_element_the_person_chooses(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [(*HEADINGS, "承诺办结时限（工作日）"), (*FOOD, "7")])
    with county.session(path) as session:
        (question,) = session.questions
        assert question.choices[0].id == "promise_day"
        session.answer(question.id, "promise_day")
        proposal = county.workbench.imports.propose(session)
    change = proposal.rows[0].change
    assert change is not None
    assert change.after["promise_day"] == 7


def test_answers_to_nothing_are_refused(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        for question, choice in (("清单!Z", LEAVE_OUT), ("别的!H", LEAVE_OUT), ("清单!H", "no_such_element")):
            with pytest.raises(KeyError):
                session.answer(question, choice)


def test_rows_that_may_be_of_two_kinds_are_a_question(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", {"Sheet1": [("事项名称", "事项类型"), ("养蜂证申领", "公共服务")]})
    with county.session(path) as session:
        (question,) = [one for one in session.questions if one.id == "Sheet1!kind"]
        assert {choice.id for choice in question.choices} >= {"catalogue_item", "service_item"}
        told = [issue.code for issue in county.workbench.imports.propose(session).issues]
        assert told == ["kind-not-chosen"], "what nobody said is not assumed in silence"
        session.answer("Sheet1!kind", "catalogue_item")
        assert session.questions == []
        county.workbench.imports.commit(county.workbench.imports.propose(session))
    assert len(county.records("catalogue_item")) == 1
    with county.session(path) as session:
        assert session.questions == []
    with county.session(path, ImportOptions(kind="service_item")) as session:
        assert session.questions == []


def test_one_sheet_can_be_chosen_by_name(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", {"甲": [HEADINGS, FOOD], "乙": [HEADINGS, TAXI]})
    county.take(path, options=ImportOptions(sheet=" 乙"))
    assert list(county.items()) == [TAXI[2]]
    with pytest.raises(KnownError) as refusal:
        county.propose(path, options=ImportOptions(sheet="丙"))
    assert refusal.value.code == "no-such-sheet"
    assert "甲、乙" in refusal.value.remedy


def test_insert_only_adds_and_update_only_changes(county: County) -> None:
    county.take([HEADINGS, FOOD])
    table = [HEADINGS, (*FOOD[:6], "3"), TAXI]
    insert = county.propose(table, options=ImportOptions(mode=Mode.INSERT))
    assert [row.decision for row in insert.rows] == [Decision.SKIPPED, Decision.NEW]
    update = county.propose(table, options=ImportOptions(mode=Mode.UPDATE))
    assert [row.decision for row in update.rows] == [Decision.CHANGED, Decision.SKIPPED]
    assert not update.references  # no department for a row that is left out
    upsert = county.propose(table)
    assert [row.decision for row in upsert.rows] == [Decision.CHANGED, Decision.NEW]


def test_nothing_is_written_before_commit_and_one_change_set_by_it(county: County) -> None:
    before = county.change_count()
    proposal = county.propose([HEADINGS, FOOD, TAXI, BEES])
    assert county.change_count() == before
    county.workbench.imports.commit(proposal)
    assert county.change_count() == before + 1


def test_a_second_import_writes_not_even_an_empty_change_set(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI, BEES])
    before = county.change_count()
    again = county.take([HEADINGS, FOOD, TAXI, BEES])
    assert again.is_empty
    assert county.change_count() == before


def test_a_cancelled_import_writes_nothing(county: County, tmp_path: Path) -> None:
    rows = [HEADINGS, *((*FOOD[:2], f"事项{n}", FOOD[3], f"T-{n}", "20", "5") for n in range(3000))]
    path = write_book(tmp_path / "a.xlsx", rows)
    before = county.change_count()

    def cancel(done: int, total: int, what: str = "") -> None:
        assert what
        if done > 1500 <= total:
            raise Cancelled

    with county.session(path) as session, pytest.raises(Cancelled):
        county.workbench.imports.propose(session, cancel)
    with county.session(path) as session:
        proposal = county.workbench.imports.propose(session)
    with pytest.raises(Cancelled):
        county.workbench.imports.commit(proposal, cancel)
    assert county.change_count() == before
    assert county.items() == {}
    county.workbench.imports.commit(proposal)
    assert len(county.items()) == 3000


def test_a_record_changed_since_the_proposal_is_not_overwritten(county: County) -> None:
    county.take([HEADINGS, FOOD])
    stale = county.propose([HEADINGS, (*FOOD[:6], "3")])
    county.take([HEADINGS, (*FOOD[:6], "4")])
    with pytest.raises(KnownError) as refusal:
        county.workbench.imports.commit(stale)
    assert refusal.value.code == "conflict"
    assert county.items()[FOOD[2]].elements["promise_day"] == 4


def test_very_many_issues_are_counted_to_the_end_and_listed_to_the_limit(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "LISTED_ISSUES", 10)
    monkeypatch.setattr("gdbos_desktop.importing.session.LISTED_ISSUES", 10)
    proposal = county.propose([HEADINGS, *((*FOOD[:3], "魔法", f"T-{n}", "1", "1") for n in range(25))])
    assert proposal.unlisted_issues == 15
    assert [issue.code for issue in proposal.issues] == ["unknown-code"] * 10 + ["more-issues"]
    assert proposal.counts["service_item"].problems == 25


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "empty-sheet"),
        ([["随便", "写写"], ["没有", "表头"]], "no-header"),
        (
            [("部门名称", "统一社会信用代码", "事项类型", "法定办结时限", "不认识"), ("局", "", "行政许可", "1", "x")],
            "no-key",
        ),
        ([("部门名称", "统一社会信用代码", "事项类型", "法定办结时限"), ("局", FOOD[1], "行政许可", "1")], "no-key"),
    ],
)
def test_a_table_that_cannot_be_imported_says_why(county: County, rows: list[list[object]], code: str) -> None:
    with pytest.raises(KnownError) as refusal:
        county.propose(rows)
    assert refusal.value.code == code
    assert "清单.xlsx" in refusal.value.sentence
    assert refusal.value.remedy


def test_hidden_sheets_are_read_only_when_there_is_no_other(county: County, tmp_path: Path) -> None:
    import openpyxl

    path = write_book(tmp_path / "a.xlsx", {"看得见": [HEADINGS, FOOD], "藏起来": [HEADINGS, TAXI]})
    book = openpyxl.load_workbook(path)
    book["藏起来"].sheet_state = "hidden"
    book.save(path)
    proposal = county.take(path)
    assert list(county.items()) == [FOOD[2]]
    (hint,) = proposal.issues
    assert (hint.code, hint.severity.value, hint.place and hint.place.sheet) == ("sheet-left-out", "hint", "藏起来")
    assert "hidden" in hint.message
    county.take(path, options=ImportOptions(sheet="藏起来"))
    assert len(county.items()) == 2


def test_hidden_sheets_without_records_are_no_matter(county: County, tmp_path: Path) -> None:
    import openpyxl

    path = write_book(
        tmp_path / "a.xlsx", {"清单": [HEADINGS, FOOD], "空表": [HEADINGS], "选项": [["行政许可"], ["其他"]]}
    )
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[1:]:
        sheet.sheet_state = "veryHidden"
    book.save(path)
    assert not county.propose(path).issues


def test_a_table_without_a_header_is_shown_by_its_first_row(county: County) -> None:
    with pytest.raises(KnownError) as refusal:
        county.propose([[1, 2, 3], [4, 5, 6]])
    assert "1、2、3" in refusal.value.sentence
    assert "4" not in refusal.value.sentence
