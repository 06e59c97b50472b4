"""The reading process: starts, streams, dies, is started again another way; the program goes on."""

from __future__ import annotations

import gc
import hashlib
import os
import queue
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from gdbos_desktop.importing import read_workbook, reading
from gdbos_desktop.importing.reading import RawWorkbook, digest_of
from gdbos_desktop.system.errors import Cancelled, KnownError
from tests.importing.books import FOOD, HEADINGS, TAXI, ReadingHere, read_here, write_book

LONG = [HEADINGS, *((*FOOD[:2], f"事项{n}", *FOOD[3:]) for n in range(2500))]


def children() -> list[psutil.Process]:
    """Processes that read for us."""
    return [one for one in psutil.Process().children() if "reader_process" in " ".join(one.cmdline())]


def test_a_sheet_is_streamed_in_batches_and_may_be_read_twice(tmp_path: Path) -> None:
    book = read_workbook(write_book(tmp_path / "a.xlsx", {"甲": LONG, "乙": [HEADINGS, TAXI]}))
    try:
        assert [sheet.name for sheet in book.sheets] == ["甲", "乙"]
        assert book.sheets[0].head[1] == ["2", *LONG[1]]
        batches = list(book.rows(0))
        assert len(batches) > 1
        assert [row[3] for batch in batches for row in batch] == [str(row[2]) for row in LONG]
        assert [row[3] for batch in book.rows(1) for row in batch] == [HEADINGS[2], TAXI[2]]
        assert sum(map(len, book.rows(0))) == 2501
    finally:
        book.close()
    assert not children()


def test_reading_that_is_left_or_cancelled_ends_the_process_and_can_begin_again(tmp_path: Path) -> None:
    book = read_workbook(write_book(tmp_path / "a.xlsx", LONG))
    for _batch in book.rows(0):
        break
    gc.collect()
    assert not children()

    def cancel(done: int, total: int, what: str = "") -> None:
        raise Cancelled(done, total, what)

    with pytest.raises(Cancelled):
        list(book.rows(0, cancel))
    assert not children()
    assert sum(map(len, book.rows(0))) == 2501
    book.close()


class Dying(ReadingHere):
    """A reading process that dies of its memory limit in the middle, as long as it reads the fast way."""

    manners: ClassVar[list[str]] = []

    def __init__(self, path: Path, manner: str) -> None:
        super().__init__(path, manner)
        self.manners.append(manner)

    def ask(self, line: str) -> None:
        """Send one batch, then nothing more."""
        super().ask(line)
        if self._manner == "dense":
            first = self.frames.get()
            self.frames = queue.Queue()
            self.frames.put(first)
            self.frames.put(None)


def test_a_workbook_that_asks_for_too_much_memory_is_read_sparsely_from_where_it_stood(tmp_path: Path) -> None:
    Dying.manners.clear()
    book = RawWorkbook(write_book(tmp_path / "a.xlsx", LONG), start=Dying)
    rows = [row for batch in book.rows(0) for row in batch]
    assert [row[3] for row in rows] == [str(row[2]) for row in LONG]
    assert Dying.manners == ["dense", "sparse"]


class DyingEarly(ReadingHere):
    """A reading process that dies between the first looks at two sheets, as long as it reads the fast way."""

    def _serve(self, commands: Sequence[str]) -> None:
        super()._serve(commands)
        if self._manner == "dense":
            first = [self.frames.get(), self.frames.get()]
            self.frames = queue.Queue()
            for frame in (*first, None):
                self.frames.put(frame)


def test_a_workbook_whose_second_sheet_needs_too_much_memory_keeps_its_sheets_apart(tmp_path: Path) -> None:
    sheets = {"甲": [("名称",), ("甲一",)], "乙": [("名称",), ("乙一",)]}
    book = RawWorkbook(write_book(tmp_path / "a.xlsx", sheets), start=DyingEarly)
    assert [(sheet.index, sheet.name) for sheet in book.sheets] == [(0, "甲"), (1, "乙")]
    assert [row[1] for batch in book.rows(book.sheets[1].index) for row in batch] == ["名称", "乙一"]


class Dead(ReadingHere):
    """Dies at once, however it reads."""

    def _serve(self, _commands: Sequence[str]) -> None:
        self.frames.put(None)


def test_a_workbook_that_cannot_even_be_read_sparsely_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        RawWorkbook(write_book(tmp_path / "a.xlsx", LONG), start=Dead)
    assert refusal.value.code == "too-big"
    assert "a.xlsx" in refusal.value.sentence


class Mute(ReadingHere):
    """Says nothing and never ends."""

    def _serve(self, _commands: Sequence[str]) -> None:
        pass


def test_a_reading_process_that_stays_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(KnownError) as refusal:
        RawWorkbook(write_book(tmp_path / "a.xlsx", LONG), start=Mute)
    assert refusal.value.code == "too-slow"


@pytest.mark.parametrize(
    ("name", "code"),
    [("没有.xlsx", "missing-file"), ("没有.doc", "missing-file"), (".", "is-folder"), ("信.docx", "unsupported-file")],
)
def test_what_is_no_readable_file_is_refused_by_its_name(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "信.docx").write_bytes(b"PK\x03\x04")
    with pytest.raises(KnownError) as refusal:
        read_workbook(tmp_path / name)
    assert refusal.value.code == code
    assert refusal.value.remedy


# Files that change


def change(path: Path) -> None:
    """Another program saves the file."""
    write_book(path, [HEADINGS, FOOD, TAXI, FOOD])
    os.utime(path, ns=(1, 1))  # whatever the clock of the file system can tell apart


def test_a_file_that_changes_between_its_first_rows_and_its_reading_is_noticed(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", LONG)
    book = read_here(path)
    change(path)
    with pytest.raises(KnownError) as refusal:
        list(book.rows(0))
    assert refusal.value.code == "file-changed"
    assert "a.xlsx" in refusal.value.sentence
    assert "清单" in refusal.value.sentence
    assert refusal.value.remedy


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_file_that_changes_in_the_middle_of_a_sheet_is_noticed(tmp_path: Path, is_removed: bool) -> None:
    path = write_book(tmp_path / "a.xlsx", LONG)
    book = read_here(path)
    rows = book.rows(0)
    next(rows)
    path.unlink() if is_removed else change(path)
    with pytest.raises(KnownError) as refusal:
        list(rows)
    assert refusal.value.code == "file-changed"


class Slow(ReadingHere):
    """Another program saves the file while this one looks at it for the first time."""

    def _serve(self, commands: Sequence[str]) -> None:
        super()._serve(commands)
        change(self._path)


def test_a_file_that_changes_while_it_is_opened_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        RawWorkbook(write_book(tmp_path / "a.xlsx", LONG), start=Slow)
    assert refusal.value.code == "file-changed"


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 3_000_000)
    told: list[tuple[int, int]] = []
    digest = digest_of(path, lambda done, total, _what="": told.append((done, total)))
    assert digest == hashlib.sha256(b"a" * 3_000_000).hexdigest()
    assert told[-1] == (3_000_000, 3_000_000)
    assert len(told) > 1
    with pytest.raises(KnownError) as refusal:
        digest_of(tmp_path / "没有.csv")
    assert refusal.value.code == "missing-file"
