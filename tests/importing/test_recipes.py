"""Recipes: what was decided about one file is followed by the next one, on this machine and on another."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.bootstrap import create_workbench, rule_base, standard
from gdbos_desktop.domain.layouts import (
    Block,
    Column,
    Empty,
    Layout,
    LayoutError,
    SheetLayout,
    check_layout,
    layout_from_words,
    words_of,
)
from gdbos_desktop.importing import LEAVE_OUT, Decision, ImportSession, Mode, Proposal, Source
from gdbos_desktop.importing.digest import proposal_digest
from gdbos_desktop.system.errors import KnownError
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, read_here, write_book

ODD = (*HEADINGS, "办结要多久呀")


def follow(path: Path, recipe: Layout) -> ImportSession:
    return ImportSession(read_here(path), standard(), rule_base(), recipe=recipe)


def digest(county: County, proposal: Proposal) -> str:
    with county.workbench.workspace.store.read() as reader:
        return proposal_digest(proposal, standard(), reader.get)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return write_book(tmp_path / "一.xlsx", [ODD, (*FOOD[:3], "许可类", *FOOD[4:], "五天左右")])


@pytest.fixture
def recipe(county: County, odd: Path) -> Layout:
    with county.session(odd) as session:
        session.answer("清单!H", "promise_explain")
        session.map_text("清单", 4, "许可类", "行政许可")
        session.set_column("清单", 7, empty=Empty.CLEAR)
        session.set_mode(Mode.UPSERT)
        return session.recipe("每月清单", "市局每月清单")


def test_next_month_s_file_is_read_without_a_question(county: County, recipe: Layout, tmp_path: Path) -> None:
    path = write_book(tmp_path / "二.xlsx", {"五月": [ODD, (*BEES[:3], "许可类", *BEES[4:], "两天")]})
    with follow(path, recipe) as session:
        assert session.questions == []
        county.workbench.imports.commit(county.workbench.imports.propose(session))
    elements = county.items()[BEES[2]].elements
    assert elements["promise_explain"] == "两天"
    assert elements["task_type"] == county.standard.kind("service_item").elements["task_type"].parse("行政许可")


def test_columns_are_found_by_their_headings_wherever_they_stand(
    county: County, recipe: Layout, tmp_path: Path
) -> None:
    turned = [tuple(reversed(row)) for row in ([*ODD], [*FOOD, "五天左右"])]
    path = write_book(tmp_path / "三.xlsx", turned)
    with follow(path, recipe) as session:
        plan = session.sheet("清单")
        assert next(column.element for column in plan.columns.values()) == "promise_explain"
        assert {column.source for column in plan.columns.values()} == {Source.RECIPE}
        assert county.workbench.imports.propose(session).rows[0].decision is Decision.NEW


def test_a_column_that_the_file_does_not_have_is_told(county: County, recipe: Layout, tmp_path: Path) -> None:
    path = write_book(tmp_path / "四.xlsx", [HEADINGS, FOOD])
    with follow(path, recipe) as session:
        proposal = county.workbench.imports.propose(session)
    (issue,) = [issue for issue in proposal.issues if issue.code == "recipe-column-missing"]
    assert issue.values["heading"] == "办结要多久呀"


def test_a_column_that_the_recipe_does_not_know_is_asked_about(county: County, recipe: Layout, tmp_path: Path) -> None:
    path = write_book(tmp_path / "五.xlsx", [(*ODD, "又一列怪的"), (*FOOD, "五天", "x")])
    with follow(path, recipe) as session:
        assert [question.place.heading for question in session.questions] == ["又一列怪的"]


def test_another_file_is_refused_and_so_is_another_standard(county: County, recipe: Layout, tmp_path: Path) -> None:
    organisations = write_book(tmp_path / "机构.xlsx", {"机构": [("机构名称", "区划代码"), ("某局", "511602")]})
    with pytest.raises(KnownError) as refusal:
        follow(organisations, recipe)
    assert refusal.value.code == "recipe-misfit"
    with pytest.raises(KnownError) as refusal:
        follow(organisations, replace(recipe, standard="sichuan-2023"))
    assert refusal.value.code == "recipe-other-standard"
    assert "sichuan-2023" in refusal.value.sentence


def test_an_empty_cell_takes_the_value_out_only_where_the_recipe_says_so(
    county: County, recipe: Layout, tmp_path: Path
) -> None:
    county.take([HEADINGS, FOOD])
    path = write_book(tmp_path / "六.xlsx", [ODD, (*FOOD[:5], "", "", "")])
    with follow(path, recipe) as session:
        (row,) = county.workbench.imports.propose(session).rows
    assert row.change is not None
    assert dict(row.change.after) == {"promise_day": None}  # column F keeps, column G clears


def test_same_file_and_same_recipe_have_the_same_digest_on_two_machines(
    county: County, recipe: Layout, odd: Path, tmp_path: Path
) -> None:
    found = []
    for name in ("甲", "乙"):
        other = County(create_workbench(tmp_path / f"{name}.gdbos", name, "511602000000"), tmp_path)
        for _again in range(2):  # an empty store, and one with the records
            with follow(odd, layout_from_words(json.loads(json.dumps(words_of(recipe))))) as session:
                proposal = other.workbench.imports.propose(session)
            found.append(digest(other, proposal))
            other.workbench.imports.commit(proposal)
        other.workbench.close()
    assert found[0] == found[2]
    assert found[1] == found[3]
    assert found[0] != found[1]


def test_the_digest_tells_a_different_cell(county: County, tmp_path: Path) -> None:
    one = digest(county, county.propose(write_book(tmp_path / "1.xlsx", [HEADINGS, FOOD])))
    other = digest(county, county.propose(write_book(tmp_path / "2.xlsx", [HEADINGS, (*FOOD[:6], "6")])))
    assert one != other


def test_the_digest_tells_which_of_two_records_of_one_name_is_meant(county: County) -> None:
    items = [
        ("部门名称", "事项名称", "事项类型", "地方实施编码"),
        *(("某局", name, "行政许可", name) for name in "甲乙"),
    ]
    materials = ("所属事项编码", "材料名称", "材料必要性", "原件数")
    county.take({"清单": items, "申请材料": [materials, *((name, "申请表", "必要", "1") for name in "甲乙")]})
    one, other = (county.propose({"申请材料": [materials, (name, "申请表", "必要", "2")]}) for name in ("甲", "乙"))
    assert [row.decision for row in (*one.rows, *other.rows)] == [Decision.CHANGED, Decision.CHANGED]
    assert county.workbench.imports.digest(one) != county.workbench.imports.digest(other)


def test_one_answer_settles_the_same_heading_of_every_sheet(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", {"甲局": [ODD, (*FOOD, "五天")], "乙局": [ODD, (*TAXI, "三天")]})
    with county.session(path) as session:
        (question,) = session.questions
        assert [place.sheet for place in question.places] == ["甲局", "乙局"]
        session.answer(question.id, "promise_explain")
        assert session.questions == []
        county.workbench.imports.commit(county.workbench.imports.propose(session))
    assert [item.elements["promise_explain"] for item in county.items().values()] == ["五天", "三天"]


def test_a_column_that_becomes_another_element_forgets_how_the_former_was_read(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        session.set_column("清单", 8, "promise_explain")
        session.set_column("清单", 8, empty=Empty.CLEAR, values={"五天左右": "五天"})
        session.set_column("清单", 8, "promise_explain")
        assert session.sheet("清单").columns[8].targets[0].empty is Empty.CLEAR
        session.set_column("清单", 8, "remark")
        (target,) = session.sheet("清单").columns[8].targets
    assert (target.element, target.empty, dict(target.values)) == ("remark", Empty.KEEP, {})


def test_a_likely_heading_is_a_guess_with_a_figure_and_nothing_is_taken_before_somebody_says_so(
    county: County, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "a.xlsx", [(*HEADINGS[:6], "承诺办结时线"), (*FOOD[:6], "5")])
    with county.session(path) as session:
        (question,) = session.questions
        assert question.guess == "promise_day"
        assert 0.8 <= question.confidence < 1
        (row,) = county.workbench.imports.propose(session).rows
        assert row.change is not None
        assert "promise_day" not in row.change.after
        assert session.accept_guesses() == 1
        (row,) = county.workbench.imports.propose(session).rows
        assert row.change is not None
        assert row.change.after["promise_day"] == 5


def test_a_column_that_gave_its_element_to_another_is_asked_about_and_never_left_out_in_silence(
    county: County, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "a.xlsx", [(*HEADINGS, "甲乙丙"), (*FOOD, "7")])
    with county.session(path) as session:
        session.answer("清单!H", "promise_day")
        assert [question.place.heading for question in session.questions] == [HEADINGS[6]]
        assert not session.questions[0].guess
        proposal = county.workbench.imports.propose(session)
        assert "column-left-out" in {issue.code for issue in proposal.issues}
        session.answer("清单!G", LEAVE_OUT)
        county.workbench.imports.commit(county.workbench.imports.propose(session))
    with county.session(path) as session:  # both answers are remembered
        assert session.questions == []
        assert [session.sheet("清单").columns[place].element for place in (7, 8)] == ["", "promise_day"]


def test_a_column_cannot_stand_for_a_value_that_its_list_has_not(county: County, odd: Path) -> None:
    with county.session(odd) as session:
        with pytest.raises(KeyError):
            session.set_column("清单", 8, "server_type", value="no such code")
        with pytest.raises(KeyError):
            session.set_column("清单", 8, "promise_day", value="1")
        assert session.sheet("清单").columns[8].is_open


def test_an_unknown_text_is_asked_once_for_all_its_rows(county: County, tmp_path: Path) -> None:
    rows = [(*FOOD[:2], f"{FOOD[2]}{n}", "许可类", f"T-{n}", "20", "5") for n in range(4)]
    path = write_book(tmp_path / "a.xlsx", {"甲": [HEADINGS, *rows[:2]], "乙": [HEADINGS, *rows[2:]]})
    with county.session(path) as session:
        proposal = county.workbench.imports.propose(session)
        (question,) = session.text_questions(proposal)
        assert (question.text, question.count) == ("许可类", 4)
        assert "行政许可" in [choice.id for choice in question.choices]
        session.map_text(question.place.sheet, question.place.column, question.text, "行政许可")
        proposal = county.workbench.imports.propose(session)
    assert {row.decision for row in proposal.rows} == {Decision.NEW}


def test_one_click_takes_all_suggestions_of_a_kind(county: County, tmp_path: Path) -> None:
    wrong = FOOD[1].replace("0", "O")
    rows = [(FOOD[0], wrong, f"{FOOD[2]}{n}", FOOD[3], f"T-{n}", "20", "5") for n in range(3)]
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, *rows])
    with county.session(path) as session:
        proposal = county.workbench.imports.propose(session)
        (mendable,) = session.mendable(proposal)
        assert (mendable.count, mendable.suggestion) == (3, FOOD[1])
        session.accept(mendable.sheet, mendable.column, mendable.code)
        proposal = county.workbench.imports.propose(session)
        assert session.mendable(proposal) == []
        county.workbench.imports.commit(proposal)
        recipe = session.recipe("建议")
    assert {item.elements["dept_code"] for item in county.items().values()} == {FOOD[1]}
    more = write_book(tmp_path / "b.xlsx", [HEADINGS, (FOOD[0], wrong, "又一项", FOOD[3], "T-9", "20", "5")])
    with follow(more, recipe) as session:
        assert session.mendable(county.workbench.imports.propose(session)) == []


def test_a_cell_mended_in_place_makes_its_row_good(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, (*FOOD[:3], "魔法", *FOOD[4:]), TAXI])
    with county.session(path) as session:
        proposal = county.workbench.imports.propose(session)
        (problem,) = [row for row in proposal.rows if row.decision is Decision.PROBLEM]
        assert session.row_texts("清单", problem.place.row)[4] == "魔法"
        session.mend("清单", problem.place.row, 4, "行政许可")
        assert session.row_texts("清单", problem.place.row)[4] == "行政许可"
        proposal = county.workbench.imports.propose(session)
        assert [row.decision for row in proposal.rows] == [Decision.NEW, Decision.NEW]
        session.unmend("清单", problem.place.row, 4)
        proposal = county.workbench.imports.propose(session)
        assert [row.decision for row in proposal.rows] == [Decision.PROBLEM, Decision.NEW]


def test_the_preview_shows_what_is_understood_of_every_cell(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [("某县清单",), HEADINGS, (*FOOD[:3], "魔法", *FOOD[4:])])
    with county.session(path) as session:
        rows = session.preview("清单")
        assert [row.role for row in rows] == ["above", "header", "data"]
        cell = rows[2].cells[3]
        assert (cell.text, cell.shown, [issue.code for issue in cell.issues]) == ("魔法", "", ["unknown-code"])
        assert rows[2].cells[5].shown.startswith("20")
        session.answer("清单!D", LEAVE_OUT)
        assert session.preview("清单")[2].cells[3].issues == ()


codes = st.sampled_from(["task_name", "promise_day", "task_type", "dept_name", "by_law"])
texts = st.text(min_size=1, max_size=8)
columns = st.builds(
    Column, texts, codes, place=st.integers(0, 9), separator=st.sampled_from(["", "|", "、"]),
    empty=st.sampled_from(Empty), fill_down=st.booleans(), values=st.dictionaries(texts, texts, max_size=2),
    accept=st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True).map(tuple),
)  # fmt: skip
distinct = st.lists(columns, max_size=4, unique_by=lambda column: column.element).map(tuple)
layouts = st.builds(
    Layout,
    texts,
    st.lists(
        st.builds(SheetLayout, st.just((Block("service_item"),)), distinct, texts),
        max_size=2,
    ).map(tuple),
    version=st.integers(1, 9),
    mode=st.sampled_from(["upsert", "insert"]),
)


@given(layouts)
def test_a_recipe_is_the_same_after_it_went_through_a_file(layout: Layout) -> None:
    again = layout_from_words(json.loads(json.dumps(words_of(layout))))
    assert again == layout
    assert again.digest == layout.digest
    check_layout(layout, standard())


@pytest.mark.parametrize(
    "words",
    [
        {"name": "x", "sheet": 3},
        {"name": "x", "format": 99, "sheet": []},
        {"sheet": []},
        {"name": "x", "colour": "red", "sheet": []},
        {"name": "x", "sheet": [{"block": [{"kind": 3}], "column": []}]},
        {"name": "x", "sheet": [{"block": [], "column": [{"heading": "a", "empty": "perhaps"}]}]},
        {"name": "x", "sheet": [{"block": [], "column": [{"heading": "a", "values": {"a": 1}}]}]},
    ],
)
def test_a_recipe_file_that_is_none_is_refused(words: dict[str, object]) -> None:
    with pytest.raises(LayoutError):
        layout_from_words(words)


def test_two_columns_for_one_element_are_refused() -> None:
    sheet = SheetLayout((Block("service_item"),), (Column("时限", "promise_day"), Column("承诺", "promise_day")))
    with pytest.raises(LayoutError, match=r"承诺.*时限"):
        check_layout(Layout("x", (sheet,)), standard())


@pytest.mark.parametrize(
    ("block", "column"),
    [
        (Block("no_such_kind"), Column("a", "task_name")),
        (Block("service_item"), Column("a", "no_such_element")),
        (Block("service_item"), Column("a", "task_name", block=3)),
        (Block("material", parent=5), Column("a", "material_name")),
        (Block("service_item"), Column("a", "server_type", value="no such code")),
    ],
)
def test_a_recipe_that_contradicts_the_standard_is_refused(block: Block, column: Column) -> None:
    with pytest.raises(LayoutError):
        check_layout(Layout("x", (SheetLayout((block,), (column,)),)), standard())


LISTED = ("dept_name", "dept_code", "task_name", "task_type", "local_task_code", "anticipate_day", "promise_day")
PLAIN = tuple(Column(heading, element) for heading, element in zip(HEADINGS, LISTED, strict=True))
ITEMS = SheetLayout((Block("service_item"),), PLAIN)


def made(*sheets: SheetLayout, mode: str = "upsert") -> Layout:
    return Layout("x", sheets, standard="national-2020", mode=mode)


def test_a_column_of_a_kind_that_the_recipe_does_not_have_is_asked_about(county: County, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [(*HEADINGS, "材料名称"), (*FOOD, "申请表")])
    other = replace(ITEMS, blocks=(Block("service_item"), Block("situation", parent=0)))
    with follow(path, made(other)) as session:
        assert [question.place.heading for question in session.questions] == ["材料名称"]
        (row,) = county.workbench.imports.propose(session).rows
    assert (row.kind, row.decision) == ("service_item", Decision.NEW)


def test_a_recipe_for_another_kind_than_the_headings_suggest_leaves_no_column_with_the_wrong_one(
    county: County, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "a.xlsx", {"机构": [("机构名称", "区划代码"), ("某局", "511602")]})
    recipe = made(SheetLayout((Block("service_item"),), (Column("机构名称", "task_name"),)))
    with follow(path, recipe) as session:
        (row,) = county.workbench.imports.propose(session).rows
    assert row.change is not None
    assert dict(row.change.after) == {"task_name": "某局"}


def test_a_header_row_that_a_recipe_fixes_is_not_forced_on_a_sheet_that_is_another(tmp_path: Path) -> None:
    bodies = [("机构名称", "区划代码"), ("某局", "511602"), ("二局", "511602")]
    path = write_book(tmp_path / "a.xlsx", {"清单": [("某县清单",), HEADINGS, FOOD], "机构": bodies})
    with follow(path, made(replace(ITEMS, first_row=2))) as session:
        kinds = [plan.kind.code for plan in session.sheets if plan.kind is not None]
        assert kinds == ["service_item", "organisation"]
        assert session.sheet("机构").first_row == 0


def test_a_sheet_that_was_left_out_is_left_out_the_next_time(county: County, tmp_path: Path) -> None:
    sheets = {"甲局": [HEADINGS, FOOD], "乙局": [HEADINGS, TAXI]}
    with county.session(write_book(tmp_path / "a.xlsx", sheets)) as session:
        session.set_taken("乙局", False)
        recipe = layout_from_words(words_of(session.recipe("只要甲局")))
    check_layout(recipe, standard())
    with follow(write_book(tmp_path / "b.xlsx", {**sheets, "丙局": [HEADINGS, BEES]}), recipe) as session:
        rows = county.workbench.imports.propose(session).rows
    assert [row.title for row in rows] == [FOOD[2], BEES[2]]


def test_what_a_machine_remembers_of_other_files_changes_nothing_that_follows_a_recipe(
    county: County, tmp_path: Path
) -> None:
    odd = write_book(tmp_path / "a.xlsx", [ODD, (*FOOD, "五天")])
    with county.session(odd) as session:
        session.answer("清单!H", "promise_explain")
        county.workbench.imports.commit(county.workbench.imports.propose(session))
    with county.session(odd) as session:
        assert session.questions == []
        session.follow(made(ITEMS))
        later = digest(county, county.workbench.imports.propose(session))
    with follow(odd, made(ITEMS)) as session:
        assert [question.place.heading for question in session.questions] == [ODD[-1]]
        assert digest(county, county.workbench.imports.propose(session)) == later


@pytest.mark.parametrize(
    "recipe",
    [
        made(),
        made(ITEMS, mode="strange"),
        made(SheetLayout((), ())),
        made(SheetLayout((), PLAIN)),
        made(replace(ITEMS, first_row=-1)),
        made(replace(ITEMS, columns=(*PLAIN, Column("上级", "@parent", value="1")))),
        made(replace(ITEMS, columns=(*PLAIN, Column("远", "by_law", place=1 << 40)))),
        made(replace(ITEMS, blocks=(Block("handling_item", parent=0),), columns=())),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused_and_breaks_nothing(tmp_path: Path, recipe: Layout) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, FOOD])
    with pytest.raises(KnownError) as refusal:
        follow(path, recipe)
    assert refusal.value.code in {"recipe-wrong", "recipe-misfit"}
