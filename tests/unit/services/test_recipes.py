"""Recipes that are kept, offered, handed on as files; and imports under review that outlive the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from gdbos_desktop.bootstrap import create_workbench, open_workbench
from gdbos_desktop.domain.layouts import Block, Column, Layout, SheetLayout
from gdbos_desktop.services.imports import Decision, ImportOptions
from gdbos_desktop.services.recipes import SECTION
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError
from tests.importing.books import FOOD, HEADINGS, TAXI, write_book

ODD = (*HEADINGS, "办结要多久呀")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "一.xlsx", [ODD, (*FOOD[:3], "魔法", *FOOD[4:], "五天"), (*TAXI, "三天")])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Workbench]:
    workbench = create_workbench(tmp_path / "office.gdbos", "示例县", "511602")
    yield workbench
    workbench.close()


def _recipe(name: str = "月报", *more: Column) -> Layout:
    columns = tuple(Column(heading, element) for heading, element in zip(HEADINGS, _ELEMENTS, strict=True))
    sheet = SheetLayout((Block("service_item"),), (*columns, *more))
    return Layout(name, (sheet,), title="市局月报", standard="national-2020")


_ELEMENTS = ("dept_name", "dept_code", "task_name", "task_type", "local_task_code", "anticipate_day", "promise_day")


def test_a_kept_recipe_is_found_by_name_and_title_and_listed_before_the_shipped_ones(office: Workbench) -> None:
    kept = office.recipes.keep(_recipe())
    assert office.recipes.find("月报") == kept
    assert office.recipes.find("市局月报") == kept
    listed = office.recipes.list_recipes()
    assert listed[0].layout == kept
    assert not listed[0].is_shipped
    office.recipes.forget("月报")
    with pytest.raises(KnownError) as refusal:
        office.recipes.find("月报")
    assert refusal.value.code == "no-such-recipe"


def test_a_recipe_that_differs_is_the_next_version_and_the_same_one_is_not(office: Workbench) -> None:
    assert office.recipes.keep(_recipe()).version == 1
    assert office.recipes.keep(_recipe()).version == 1
    assert office.recipes.keep(_recipe("月报", Column("依据", "by_law"))).version == 2


def test_a_recipe_goes_to_a_colleague_as_a_file(office: Workbench, tmp_path: Path) -> None:
    file = office.recipes.write_file(_recipe(), tmp_path / "月报.json")
    colleague = create_workbench(tmp_path / "other.gdbos", "邻县", "511603")
    kept = colleague.recipes.keep(colleague.recipes.find(str(file)))
    colleague.close()
    assert kept == _recipe()
    assert kept.digest == _recipe().digest


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "recipe-unreadable"),
        (b"\xff\xfe\x00", "recipe-unreadable"),
        (b"[1]", "recipe-unreadable"),
        (b"[" * 100_000, "recipe-unreadable"),
        (b"PK\x03\x04", "recipe-unreadable"),
        (json.dumps({"name": "x", "sheet": [{"colour": 1}]}).encode(), "recipe-wrong"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(office: Workbench, tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(KnownError) as refusal:
        office.recipes.find(str(file))
    assert refusal.value.code == code
    assert "x.json" in refusal.value.sentence


def test_a_recipe_file_that_is_not_there_says_so(office: Workbench, tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        office.recipes.find(str(tmp_path / "none.json"))
    assert refusal.value.code == "recipe-unreadable"


def test_the_recipe_of_a_known_template_is_offered(office: Workbench, book: Path) -> None:
    with office.imports.open(book, ImportOptions()) as session:
        assert office.recipes.offer(session) is None
        office.recipes.keep(_recipe())
        office.recipes.keep(replace(_recipe("别的"), standard="sichuan-2023"))
        offered = office.recipes.offer(session)
    assert offered is not None
    assert offered.name == "月报"
    organisations = write_book(book.with_name("机构.xlsx"), [("机构名称", "区划代码"), ("某局", "511602")])
    with office.imports.open(organisations, ImportOptions()) as session:
        assert office.recipes.offer(session) is None


def test_every_shipped_recipe_fits_the_standard_it_names(office: Workbench) -> None:
    from gdbos_desktop.domain.layouts import check_layout

    for known in office.recipes.list_recipes():
        assert known.is_shipped
        check_layout(known.layout, office.standard)
        assert known.layout.title
        assert known.layout.source


def test_a_review_survives_the_end_of_the_program(tmp_path: Path, book: Path) -> None:
    workbench = create_workbench(tmp_path / "s.gdbos", "示例县", "511602")
    with workbench.imports.open(book, ImportOptions()) as session:
        session.answer("清单!H", "promise_explain")
        session.mend("清单", 2, 4, "行政许可")
        before = workbench.imports.digest(workbench.imports.propose(session))
        workbench.imports.keep_pending(session)
    workbench.close()

    again = open_workbench(tmp_path / "s.gdbos")
    pending = again.imports.pending()
    assert pending is not None
    with again.imports.resume(pending) as session:
        assert session.questions == []
        proposal = again.imports.propose(session)
    assert again.imports.digest(proposal) == before
    assert [row.decision for row in proposal.rows] == [Decision.NEW, Decision.NEW]
    again.imports.drop_pending()
    assert again.imports.pending() is None
    again.close()


def test_a_review_of_a_file_that_changed_since_is_not_taken_up(office: Workbench, book: Path) -> None:
    with office.imports.open(book, ImportOptions()) as session:
        office.imports.keep_pending(session)
    pending = office.imports.pending()
    assert pending is not None
    write_book(book, [ODD, (*TAXI, "三天")])
    with pytest.raises(KnownError) as refusal:
        office.imports.resume(pending)
    assert refusal.value.code == "file-changed-since"
    book.unlink()
    with pytest.raises(KnownError):
        office.imports.resume(pending)


def test_a_review_of_a_hidden_sheet_and_of_one_sheet_of_two_is_taken_up_as_it_was(
    office: Workbench, book: Path
) -> None:
    write_book(book, {"甲": [HEADINGS, FOOD], "乙": [HEADINGS, TAXI]})
    workbook = openpyxl.load_workbook(book)
    workbook["乙"].sheet_state = "hidden"
    workbook.save(book)
    imports = office.imports
    for options, left_out in ((ImportOptions("乙"), ""), (ImportOptions(), "甲")):
        if left_out:
            write_book(book, {"甲": [HEADINGS, FOOD], "丙": [HEADINGS, TAXI]})
        with imports.open(book, options) as session:
            if left_out:
                session.set_taken(left_out, False)
            before = imports.digest(imports.propose(session))
            imports.keep_pending(session)
        pending = imports.pending()
        assert pending is not None
        assert pending.path.is_absolute()
        with imports.resume(pending) as session:
            assert imports.digest(imports.propose(session)) == before


def test_a_recipe_that_contradicts_the_standard_is_not_kept(office: Workbench) -> None:
    with pytest.raises(KnownError) as refusal:
        office.recipes.keep(_recipe("月报", Column("怪", "no_such_element")))
    assert refusal.value.code == "recipe-wrong"


def test_a_recipe_of_a_newer_program_gives_way_to_one_of_the_same_name(office: Workbench) -> None:
    with office.workspace.store.unit_of_work() as unit:
        unit.set_setting(SECTION, "月报", {"format": 99, "name": "月报", "sheet": []})
    assert office.recipes.keep(_recipe()).version == 1


def test_words_too_long_for_a_file_name_are_no_recipe(office: Workbench) -> None:
    with pytest.raises(KnownError) as refusal:
        office.recipes.find("长" * 5000)
    assert refusal.value.code == "no-such-recipe"
