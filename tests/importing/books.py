"""Files as people make them, and their import without a process of its own: the reader's own code, run right here."""

from __future__ import annotations

import csv
import io
import queue
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from gdbos_desktop.bootstrap import rule_base, standard
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing import ImportOptions, ImportSession, Proposal, RawWorkbook
from gdbos_desktop.importing.frames import read_frame
from gdbos_desktop.importing.reader_process import serve
from gdbos_desktop.importing.reading import FrameSource
from gdbos_desktop.schema import Standard
from gdbos_desktop.services.imports import REMEMBERED
from gdbos_desktop.services.workbench import Workbench

Rows = Sequence[Sequence[object]]

HEADINGS = ("部门名称", "统一社会信用代码", "事项名称", "事项类型", "地方实施编码", "法定办结时限", "承诺办结时限")
FOOD = ("示例县市场监管局", "11511301MB051073XA", "食品经营许可", "行政许可", "T-0001", "20", "5")
TAXI = ("示例县交通运输局", "11511301008778175U", "出租汽车经营许可", "行政许可", "T-0002", "20", "10")
BEES = ("示例县农业农村局", "11511301MB0510738T", "养蜂证申领", "公共服务", "T-0003", "7", "1")


def write_book(path: Path, sheets: Rows | Mapping[str, Rows], merged: Sequence[str] = ()) -> Path:
    """A workbook of these sheets (or one sheet of these rows); ``merged`` ranges belong to the first sheet."""
    if not isinstance(sheets, Mapping):
        sheets = {"清单": sheets}
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    cell: Any = sheet.cell(number, column)
                    cell.value = value
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A text table."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


class ReadingHere:
    """Reads like the reading process, in this one; for files that mean no harm."""

    def __init__(self, path: Path, manner: str) -> None:
        self.frames: queue.Queue[tuple[bytes, str] | None] = queue.Queue()
        self._path, self._manner = path, manner
        self._sent = 0
        self.is_alive = True
        self._serve([])

    def ask(self, line: str) -> None:
        """Obey a command."""
        self._serve([line])

    def close(self) -> None:
        """Answer no more."""
        self.is_alive = False

    def _serve(self, commands: Sequence[str]) -> None:
        out = io.BytesIO()
        serve(self._path, self._manner, commands, out)
        out.seek(0)
        frames = list(iter(lambda: read_frame(out), None))
        for frame in frames[self._sent :]:
            self.frames.put(frame)
        self._sent = self._sent or len(frames)


def read_here(path: Path, start: Callable[[Path, str], FrameSource] = ReadingHere) -> RawWorkbook:
    """The file, read in this process."""
    return RawWorkbook(path, start=start)


class County:
    """A workbench on a real store, and short words for importing into it and looking at it."""

    def __init__(self, workbench: Workbench, folder: Path) -> None:
        self.workbench = workbench
        self.folder = folder

    @property
    def standard(self) -> Standard:
        """The national standard."""
        return standard()

    def session(self, path: Path, options: ImportOptions | None = None) -> ImportSession:
        """An import of a file, not yet proposed."""
        with self.workbench.workspace.store.read() as reader:
            remembered = reader.get_settings(REMEMBERED)
        return ImportSession(read_here(path), self.standard, rule_base(), options, remembered)

    def propose(
        self, source: Path | Rows | Mapping[str, Rows], merged: Sequence[str] = (), options: ImportOptions | None = None
    ) -> Proposal:
        """What a file (or these rows, as a workbook) would change."""
        path = source if isinstance(source, Path) else write_book(self.folder / "清单.xlsx", source, merged)
        with self.session(path, options) as session:
            return self.workbench.imports.propose(session)

    def take(
        self, source: Path | Rows | Mapping[str, Rows], merged: Sequence[str] = (), options: ImportOptions | None = None
    ) -> Proposal:
        """Propose and commit."""
        proposal = self.propose(source, merged, options)
        self.workbench.imports.commit(proposal)
        return proposal

    def records(self, kind: str) -> list[Record]:
        """All records of a kind, in the order of their making."""
        with self.workbench.workspace.store.read() as reader:
            return [record for batch in reader.iterate(Query(kind)) for record in batch]

    def items(self) -> dict[str, Record]:
        """The service items by name."""
        return {str(record.elements["task_name"]): record for record in self.records("service_item")}

    def change_count(self) -> int:
        """How many change sets the store has."""
        with self.workbench.workspace.store.read() as reader:
            return reader.sequence()
