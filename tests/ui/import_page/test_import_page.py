"""The import page: a file goes in step by step, every refusal is told in place, and one click takes it back."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.imports import Decision, ImportService, Mode
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.tasks import Progress, ProgressState
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.import_page import ImportPage, Step
from tests.ui.import_page.files import BAD_ROW, HEADINGS, ITEM, ORGANISATION, ROWS, asked, read, review, step, workbook
from tests.ui.stage import settle
from tests.ui.test_fitting import check


def test_a_file_without_questions_shows_its_columns_and_goes_on_with_one_key(
    page: ImportPage, file: Path, bridge: Bridge
) -> None:
    read(page, file, bridge)
    assert step(page) is Step.COLUMNS
    assert "都已对应" in page.columns.state.text
    assert page.continue_button.hasFocus()
    check(page)
    page.continue_button.click()
    settle(bridge, 0.1)
    assert step(page) is Step.REVIEW
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 3
    assert page.proposal.counts[ORGANISATION].created == 2
    assert "5" in page.commit_button.text()
    assert page.review.model.rowCount() == 3
    assert page.review.model.index(0, 2).data() == "食品经营许可"
    check(page)


def test_nothing_is_written_before_the_last_step(
    page: ImportPage, file: Path, bridge: Bridge, workbench: Workbench
) -> None:
    review(page, file, bridge)
    assert workbench.records.count(Query(ITEM)) == 0
    page.start_again()
    settle(bridge)
    assert workbench.records.count(Query(ITEM)) == 0
    assert step(page) is Step.CHOOSE


def test_an_import_is_one_act_and_one_click_takes_it_back(
    page: ImportPage, file: Path, bridge: Bridge, workbench: Workbench
) -> None:
    outcomes: list[object] = []
    page.imported.connect(outcomes.append)
    review(page, file, bridge)
    page.commit_button.click()
    settle(bridge, 0.1)
    assert step(page) is Step.DONE
    assert workbench.records.count(Query(ITEM)) == 3
    assert len(workbench.history.recent()) == 1
    assert len(outcomes) == 1
    check(page)
    page.undo_button.click()
    settle(bridge, 0.1)
    assert workbench.records.count(Query(ITEM)) == 0
    assert not page.undo_button.isEnabled()
    assert "撤销" in page.done.heading.text()


def test_importing_again_changes_nothing_and_says_so(page: ImportPage, file: Path, bridge: Bridge) -> None:
    review(page, file, bridge)
    page.commit()
    settle(bridge, 0.1)
    page.start_again()
    review(page, file, bridge)
    assert page.proposal is not None
    assert page.proposal.is_empty
    assert not page.commit_button.isEnabled()
    assert page.review.filter == "all"
    assert page.review.model.index(0, 0).data() == "未变"


def test_a_changed_row_shows_the_old_and_the_new_value(
    page: ImportPage, file: Path, tmp_path: Path, bridge: Bridge
) -> None:
    review(page, file, bridge)
    page.commit()
    settle(bridge, 0.1)
    page.start_again()
    rows = [list(row) for row in ROWS]
    rows[1][4] = 3
    review(page, workbook(tmp_path / "新清单.xlsx", rows), bridge)
    page.review.choose_filter(str(Decision.CHANGED))
    settle(bridge)
    assert page.review.model.rowCount() == 1
    assert "承诺办结时限" in str(page.review.model.index(0, 3).data())
    words = page.review.words
    assert "5" in words
    assert "3" in words
    assert "→" in words


def test_problem_rows_are_told_with_their_place_and_left_out(page: ImportPage, tmp_path: Path, bridge: Bridge) -> None:
    rows = [*ROWS, BAD_ROW]
    review(page, workbook(tmp_path / "坏.xlsx", rows), bridge)
    assert step(page) is Step.REVIEW
    assert page.review.filter == "issues"
    assert page.review.model.rowCount() == 1
    assert page.review.model.index(0, 0).data() == "有误"
    assert page.review.model.index(0, 1).data() == "第 5 行"
    assert "行政许口" in page.review.words
    assert "C5" in page.review.words
    page.review.choose_filter("issue:unknown-code")
    assert page.review.model.rowCount() == 1
    check(page)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("不是表格.xlsx", b"nonsense"),
        ("空.xlsx", b""),
        ("断.xlsx", b"PK\x03\x04broken"),
        ("空.csv", b""),
        ("没有表头.csv", b"1,2,3\n4,5,6\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_place_with_what_to_do(
    page: ImportPage, tmp_path: Path, bridge: Bridge, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    review(page, path, bridge)
    assert step(page) is Step.CHOOSE
    assert page.notice.isVisible()
    assert name in page.notice.text or "“" in page.notice.text
    assert page.choose_button.isVisible()
    check(page)


def test_a_file_that_vanished_is_told_in_place(page: ImportPage, tmp_path: Path, bridge: Bridge) -> None:
    review(page, tmp_path / "没有.xlsx", bridge)
    assert step(page) is Step.CHOOSE
    assert page.notice.isVisible()


def test_reading_can_be_stopped_and_nothing_is_left(
    page: ImportPage, file: Path, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_self: ImportService, _path: Path, _options: object, progress: Progress, _recipe: object) -> None:
        for number in range(2_000):
            progress(number, 2_000, "读取")
            time.sleep(0.002)

    monkeypatch.setattr(ImportService, "open", slow)
    page.read(file)
    for _turn in range(40):
        QApplication.processEvents()
        time.sleep(0.01)
    assert page.progress.isVisible()
    assert page.progress.bar.value() > 0
    check(page)
    page.progress.stop_button.click()
    settle(bridge, 0.1)
    assert step(page) is Step.CHOOSE
    assert "没有写入" in page.notice.text


def test_progress_tells_numbers_and_the_time_left(page: ImportPage) -> None:
    page.progress.begin("正在读取 大文件.xlsx")
    page.progress.show_state(ProgressState(41_200, 58_000, "读取", 12.0))
    assert page.progress.bar.value() == 710
    assert "41,200" in page.progress.words
    assert "12" in page.progress.words


def test_a_dropped_file_is_read_and_two_are_refused(page: ImportPage, file: Path, bridge: Bridge) -> None:
    def drop(paths: Sequence[Path]) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        place = QPointF(50, 50)
        QApplication.sendEvent(page.choose.drop, QDragEnterEvent(place.toPoint(), copy, data, left, none))
        QApplication.sendEvent(page.choose.drop, QDropEvent(place, copy, data, left, none))

    drop([file, file])
    settle(bridge)
    assert step(page) is Step.CHOOSE
    drop([file])
    settle(bridge, 0.1)
    assert step(page) is Step.COLUMNS


def test_files_used_before_are_offered(page: ImportPage, file: Path, bridge: Bridge) -> None:
    review(page, file, bridge)
    page.start_again()
    settle(bridge, 0.1)
    assert [path.name for path in page.choose.recent] == [file.name]
    file.unlink()
    page.start_again()
    settle(bridge, 0.1)
    assert page.choose.recent == [], "a file that is gone is not offered"


def test_the_way_of_writing_is_obeyed(page: ImportPage, file: Path, bridge: Bridge) -> None:
    page.choose_mode(Mode.UPDATE)
    review(page, file, bridge)
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 0
    assert page.proposal.counts[ITEM].skipped == 3
    assert not page.commit_button.isEnabled()


def test_another_file_while_one_is_being_read_wins(
    page: ImportPage, file: Path, tmp_path: Path, bridge: Bridge
) -> None:
    other = workbook(tmp_path / "另一个.xlsx", ROWS[:1])
    page.read(file)
    page.read(other)
    settle(bridge, 0.3)
    assert step(page) is Step.COLUMNS
    assert page.look is not None
    assert page.look.file == other.name


def test_thousands_of_rows_scroll_without_being_made(
    page: ImportPage, tmp_path: Path, bridge: Bridge, workbench: Workbench
) -> None:
    path = tmp_path / "大.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for number in range(5_000):
            writer.writerow([f"事项 {number}", "区市监局", "行政许可" if number % 50 else "行政许口", 20, 10])
    review(page, path, bridge)
    assert step(page) is Step.REVIEW
    page.review.choose_filter("all")
    begun = time.perf_counter()
    page.review.table.scrollToBottom()
    QApplication.processEvents()
    assert time.perf_counter() - begun < 0.5
    page.review.choose_filter("issues")
    assert page.review.model.rowCount() == 100


def test_the_real_list_of_a_district(page: ImportPage, guangan: Path, bridge: Bridge, workbench: Workbench) -> None:
    review(page, guangan / "广安区政务服务事项清单.xlsx", bridge)
    assert step(page) is Step.REVIEW
    assert page.proposal is not None
    assert page.proposal.counts[ITEM].created == 657
    assert page.proposal.counts[ORGANISATION].created == 24
    assert page.review.model.rowCount() == 46
    check(page)
    page.commit()
    settle(bridge, 0.1)
    assert workbench.records.count(Query(ITEM)) == 657
    page.start_again()
    review(page, guangan / "广安区政务服务事项.csv", bridge)
    assert page.proposal is not None
    assert page.proposal.is_empty
    page.start_again()


@pytest.mark.parametrize("size", [(1214, 640), (941, 500), (760, 420)])
def test_every_step_fits_at_every_scaling(
    page: ImportPage, tmp_path: Path, bridge: Bridge, size: tuple[int, int]
) -> None:
    page.resize(*size)
    settle(bridge, 0.1)
    check(page)
    rows = [[*row, "窗口 3"] for row in ROWS] + [[*BAD_ROW, ""]]
    path = workbook(tmp_path / ("名字很长的文件" * 6 + ".xlsx"), rows, [*HEADINGS, "自己起的列名"])
    read(page, path, bridge)
    assert step(page) is Step.COLUMNS
    assert len(asked(page)) == 1
    check(page)
    page.go_on()
    settle(bridge, 0.1)
    check(page)
    page.commit()
    settle(bridge, 0.1)
    check(page)
    assert page.size().toTuple() == size
