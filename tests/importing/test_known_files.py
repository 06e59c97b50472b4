"""A file that wrote nothing is told again without being read, until one byte, one decision or one record differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import rule_base
from gdbos_desktop.domain.layouts import Column
from gdbos_desktop.importing import LEAVE_OUT, ImportOptions, ImportSession, Mode, Proposal, RawWorkbook
from gdbos_desktop.importing.known_files import packed, unpacked
from gdbos_desktop.importing.proposal import Decision
from gdbos_desktop.services.known_files import MOST, ORDER, SECTION
from tests.importing.books import BEES, FOOD, HEADINGS, TAXI, County, ReadingHere, write_book

WRONG = ("示例县教育局", "11511301MB0510738X", "", "行政许可", "T-0009", "20", "5")


@pytest.fixture
def known(county: County) -> tuple[County, Path]:
    """A county that has all of a file but a row with errors, and knows it."""
    book = write_book(county.folder / "清单.xlsx", [HEADINGS, FOOD, TAXI, WRONG])
    with county.session(book) as session:
        county.workbench.imports.commit(county.workbench.imports.propose(session))
        assert county.workbench.imports.look_again(session)
    return county, book


def _again(county: County, book: Path, options: ImportOptions | None = None) -> tuple[Proposal, bool]:
    """What the file would change, the same as when it is compared anew, and whether its rows were read for that."""
    asked: list[str] = []

    class Listening(ReadingHere):
        def ask(self, line: str) -> None:
            asked.append(line)
            super().ask(line)

    with ImportSession(RawWorkbook(book, start=Listening), county.standard, rule_base(), options) as session:
        asked.clear()
        proposal = county.workbench.imports.propose(session)
        was_read = any(line.startswith("rows") for line in asked)
        with county.workbench.workspace.store.read() as reader:
            assert _told(county, proposal) == _told(county, session.propose(reader))
    return proposal, was_read


def _told(county: County, proposal: Proposal) -> object:
    rows = [(row.place, row.kind, row.decision, row.title, row.issues) for row in proposal.rows if not row.change]
    changed = [(row.place, row.decision) for row in proposal.rows if row.change]
    counts = (proposal.rows_read, proposal.rows_passed_over, dict(proposal.counts), dict(proposal.remembered))
    return rows, changed, counts, proposal.issues, proposal.unlisted_issues


def test_the_same_file_again_is_told_without_being_read(known: tuple[County, Path]) -> None:
    county, book = known
    proposal, was_read = _again(county, book)
    assert not was_read
    assert [row.decision for row in proposal.rows] == [Decision.UNCHANGED, Decision.UNCHANGED, Decision.PROBLEM]
    assert proposal.is_empty
    assert proposal.issues


def test_a_file_that_was_written_whole_is_known_at_once(county: County) -> None:
    county.take([HEADINGS, FOOD, (*TAXI[:6], "9")])
    book = write_book(county.folder / "全.xlsx", [("某县清单",), HEADINGS, FOOD, TAXI, BEES, ("合计", "3")])
    county.take(book)
    proposal, was_read = _again(county, book)
    assert not was_read
    assert [row.decision for row in proposal.rows] == [Decision.UNCHANGED] * 3


def test_a_file_that_had_nothing_to_write_is_kept_without_a_second_look_but_only_when_asked(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    book = write_book(county.folder / "另.xlsx", [HEADINGS, FOOD, TAXI])
    proposal = county.take(book)
    assert _again(county, book)[1]
    assert county.workbench.imports.keep_known(proposal)
    assert not _again(county, book)[1]


def test_a_file_with_something_to_write_is_not_kept(county: County) -> None:
    book = write_book(county.folder / "清单.xlsx", [HEADINGS, FOOD])
    with county.session(book) as session:
        assert not county.workbench.imports.look_again(session)
    assert _again(county, book)[1]


def test_any_change_of_any_record_has_the_file_compared_anew(known: tuple[County, Path]) -> None:
    county, book = known
    county.take(write_book(county.folder / "其他.xlsx", [HEADINGS, BEES]))
    assert _again(county, book)[1]
    records = county.workbench.records
    records.edit([county.items()["食品经营许可"].id], {"promise_day": 4})
    proposal, was_read = _again(county, book)
    assert was_read
    assert proposal.rows[0].decision is Decision.CHANGED


def test_another_text_in_one_cell_is_another_file(known: tuple[County, Path]) -> None:
    county, _book = known
    book = write_book(county.folder / "清单.xlsx", [HEADINGS, FOOD, (*TAXI[:-1], "9"), WRONG])
    proposal, was_read = _again(county, book)
    assert was_read
    assert proposal.rows[1].decision is Decision.CHANGED


def test_another_way_of_writing_is_another_question(known: tuple[County, Path]) -> None:
    county, book = known
    proposal, was_read = _again(county, book, ImportOptions(mode=Mode.INSERT))
    assert was_read
    assert proposal.rows[0].decision is not Decision.UNCHANGED


def test_a_mended_cell_has_the_file_compared_anew(known: tuple[County, Path]) -> None:
    county, book = known
    with county.session(book) as session:
        session.mends[("清单", 2, 7)] = "4"
        assert county.workbench.imports.propose(session).rows[0].decision is Decision.CHANGED
        assert not county.workbench.imports.look_again(session)


def test_what_is_kept_and_damaged_is_read_anew(known: tuple[County, Path]) -> None:
    county, book = known
    with county.workbench.workspace.store.unit_of_work() as unit:
        (key,) = unit.get_setting(SECTION, ORDER)
        kept = unit.get_setting(SECTION, key)
        for damaged in (kept | {"proposal": kept["proposal"][:-40]}, kept | {"proposal": "e30="}, ["?"], 7):
            unit.set_setting(SECTION, key, damaged)
    assert _again(county, book)[1]


def test_only_the_latest_files_are_kept(county: County) -> None:
    for number in range(MOST + 2):
        book = write_book(county.folder / f"{number}.xlsx", [HEADINGS, FOOD])
        with county.session(book) as session:
            county.workbench.imports.commit(county.workbench.imports.propose(session))
            assert county.workbench.imports.look_again(session)
    with county.workbench.workspace.store.read() as reader:
        kept = reader.get_settings(SECTION)
        assert len(kept[ORDER]) == MOST
        assert set(kept) == {ORDER, *kept[ORDER]}
    assert not _again(county, county.folder / f"{MOST + 1}.xlsx")[1]
    assert _again(county, county.folder / "0.xlsx")[1]


def test_a_proposal_is_unpacked_as_it_was_packed(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    book = write_book(county.folder / "清单.xlsx", [HEADINGS, FOOD, TAXI, WRONG])
    with county.session(book) as session:
        proposal = county.workbench.imports.propose(session)
        text = packed(proposal)
        assert text is not None
        assert _told(county, unpacked(text, session, county.standard)) == _told(county, proposal)
        for wrong in ("", "e30=", text[:-8], "中"):
            with pytest.raises(ValueError, match=r"."):
                unpacked(wrong, session, county.standard)


def test_a_record_edited_between_comparing_and_writing_has_the_file_compared_anew(county: County) -> None:
    county.take([HEADINGS, FOOD, TAXI])
    book = write_book(county.folder / "清单.xlsx", [HEADINGS, (*FOOD[:6], "4"), TAXI])
    proposal = county.propose(book)
    county.workbench.records.edit([county.items()[TAXI[2]].id], {"promise_day": 9})
    county.workbench.imports.commit(proposal)
    again, was_read = _again(county, book)
    assert was_read
    assert [row.decision for row in again.rows] == [Decision.UNCHANGED, Decision.CHANGED]


def test_a_column_that_somebody_left_out_is_another_question_than_one_that_nobody_explained(county: County) -> None:
    county.take([HEADINGS, FOOD])
    book = write_book(county.folder / "怪.xlsx", [(*HEADINGS, "怪列"), (*FOOD, "五天")])
    proposal = county.propose(book)
    assert "column-left-out" in {issue.code for issue in proposal.issues}
    assert county.workbench.imports.keep_known(proposal)
    with county.session(book) as session:
        session.answer("清单!H", LEAVE_OUT)
        proposal = county.workbench.imports.propose(session)
    assert "column-left-out" not in {issue.code for issue in proposal.issues}


def test_a_column_that_the_file_lacks_for_a_recipe_is_told_of_a_known_file_too(county: County) -> None:
    county.take([HEADINGS, FOOD])
    book = write_book(county.folder / "清单.xlsx", [HEADINGS, FOOD])
    with county.session(book) as session:
        assert county.workbench.imports.keep_known(county.workbench.imports.propose(session))
        recipe = session.recipe("月报")
    sheet = recipe.sheets[0]
    longer = replace(recipe, sheets=(replace(sheet, columns=(*sheet.columns, Column("没有的列", "by_law"))),))
    with county.session(book) as session:
        session.follow(longer)
        proposal = county.workbench.imports.propose(session)
    assert "recipe-column-missing" in {issue.code for issue in proposal.issues}
