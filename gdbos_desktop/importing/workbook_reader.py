"""Workbooks as sheets of cell texts, inside the reading process: calamine, or openpyxl row by row for odd sheets.

calamine is many times faster but asks for memory by the *extent* of a sheet: two cells at A1 and XFD60000 abort the
process. So the archive is looked at first, and sheets of great extent are read sparsely. Hides both libraries.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
import weakref
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import python_calamine

from gdbos_desktop.importing.raw_sheets import (
    COLUMN_LIMIT,
    STRAY_LIMIT,
    MergedRange,
    RawCells,
    ReadingFailure,
    SheetSource,
    column_letters,
    text_of,
)

ENTRY_LIMIT = 20_000
INFLATED_LIMIT = 4 * 1024**3
RATIO_LIMIT = 400
RATIO_FREE_BYTES = 64 * 1024**2
EXTENT_LIMIT = 60_000_000
"""Cells of declared extent up to which calamine is asked."""
KEPT_CELLS = 30_000_000
"""Cells of loaded sheets that are kept between the first look and the reading."""

_DIMENSION = re.compile(rb'<(?:\w+:)?dimension[^>]*\bref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def open_workbook(path: Path, *, sparse: bool) -> list[SheetSource]:
    """The sheets of a workbook file; ReadingFailure says why it cannot be read."""
    with path.open("rb") as file:
        signature = file.read(8)
    if signature.startswith(b"\xd0\xcf\x11\xe0"):
        if _is_encrypted_package(path):
            raise ReadingFailure("password")
        return _calamine_sheets(path)
    extent = _prescan(path)
    if sparse or extent > EXTENT_LIMIT:
        return _sparse_sheets(path)
    look = _ErrorLook(path)
    sheets = _calamine_sheets(path)
    for sheet in sheets:
        sheet.rows = _with_errors(path, sheet, sheet.rows, look)
    return sheets


class _ErrorLook:
    """Whether formulas of a workbook ended in errors (``#REF!``), which calamine hands out as blank cells.

    Looks in a thread of its own while calamine, which needs no Python for it, loads the sheet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_found = False
        self._thread = threading.Thread(target=self._look, name="gdbos-errors")
        self._thread.start()

    def __call__(self) -> bool:
        """The answer; waits for it."""
        self._thread.join()
        return self._is_found

    def _look(self) -> None:
        # What cannot be read here is reported by the reader itself.
        with suppress(Exception), zipfile.ZipFile(self._path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/"):
                    with archive.open(name) as part:
                        tail = b""
                        while chunk := part.read(1 << 20):
                            if b't="e"' in tail + chunk:
                                self._is_found = True
                                return
                            tail = chunk[-4:]


def _with_errors(path: Path, source: SheetSource, quick: Any, look: _ErrorLook) -> Any:
    """The rows of a sheet, read the slow way if the workbook has errors of formulas in it."""

    def rows() -> Iterator[RawCells]:
        passing = quick()
        first = next(passing, None)
        if look():
            exact = next(sheet for sheet in _sparse_sheets(path) if sheet.name == source.name)
            exact.stray = source.stray
            for row in exact.rows():
                source.merged, source.row_count = exact.merged, max(source.row_count, exact.row_count)
                yield row
        elif first is not None:
            yield first
            yield from passing

    return rows


def _is_encrypted_package(path: Path) -> bool:
    # An OLE container with this stream is an encrypted .xlsx; its name stands as UTF-16 in the directory.
    name = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if name in tail + chunk:
                return True
            tail = chunk[-len(name) :]
    return False


def _prescan(path: Path) -> int:
    """Look at the archive without trusting it; the greatest declared extent of a sheet in cells."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadingFailure("broken", detail=str(error)) from error
    with archive:
        entries = archive.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise ReadingFailure("password")
        inflated = sum(entry.file_size for entry in entries)
        if len(entries) > ENTRY_LIMIT or inflated > INFLATED_LIMIT:
            raise ReadingFailure("bomb", detail=str(inflated // 1024**2))
        names = {entry.filename for entry in entries}
        for entry in entries:
            if entry.file_size > RATIO_FREE_BYTES and entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1):
                raise ReadingFailure("bomb", detail=str(entry.file_size // 1024**2))
        if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
            raise ReadingFailure("not-a-workbook")
        extent = 0
        for name in names:
            if name.endswith((".xml", ".rels")):
                head = _head_of(archive, name)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise ReadingFailure("dtd", detail=name)
                if name.startswith("xl/worksheets/") and (found := _DIMENSION.search(head)):
                    extent = max(extent, _cells_in(found))
        return extent


def _head_of(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(4096)
    except Exception as error:  # the archive is hostile: whatever its reader makes of it means a broken part
        raise ReadingFailure("broken", detail=f"{name}: {error}") from error


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cells_in(found: re.Match[bytes]) -> int:
    if not found[3]:
        return 1
    columns = _number(found[3]) - _number(found[1]) + 1
    rows = int(found[4]) - int(found[2]) + 1
    # A sheet wider than what is read has stray cells: the sparse way finds and names them.
    return EXTENT_LIMIT + 1 if columns > COLUMN_LIMIT else columns * rows


def _calamine_sheets(path: Path) -> list[SheetSource]:
    try:
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        else:  # people rename files: what a workbook is shows by its content
            workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except python_calamine.PasswordError as error:
        raise ReadingFailure("password") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ReadingFailure("broken", detail=str(error)) from error
    sources = []
    kept: dict[int, Any] = {}
    for index, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ not in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.DialogSheet):
            continue
        source = SheetSource(
            metadata.name,
            rows=lambda: iter(()),
            is_hidden=metadata.visible != python_calamine.SheetVisibleEnum.Visible,
        )
        source.rows = _calamine_pass(workbook, index, source, kept)
        sources.append(source)
    return sources


def _calamine_pass(workbook: Any, index: int, source: SheetSource, kept: dict[int, Any]) -> Any:
    def rows() -> Iterator[RawCells]:
        sheet = kept.get(index)
        if sheet is None:
            try:
                sheet = workbook.get_sheet_by_index(index)
            except python_calamine.CalamineError as error:
                raise ReadingFailure("broken", source.name, detail=str(error)) from error
            if sum(s.height * s.width for s in kept.values()) + sheet.height * sheet.width <= KEPT_CELLS:
                kept[index] = sheet
            source.row_count = sheet.height
            source.merged = [
                (top + 1, left + 1, bottom + 1, right + 1)
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
            ]
        if sheet.start is None:
            return
        left = [""] * sheet.start[1]
        width = sheet.start[1] + sheet.width
        first = 1  # iter_rows begins with the first row of the sheet, but in the first filled column
        for number, values in enumerate(sheet.iter_rows(), first):
            cells = [value if type(value) is str else text_of(value) for value in values]
            if len(cells) < width:
                cells = left + cells
            if len(cells) > COLUMN_LIMIT:
                _note_stray(source, number, cells)
                del cells[COLUMN_LIMIT:]
            yield number, cells

    return rows


def _note_stray(source: SheetSource, number: int, cells: list[str]) -> None:
    for column in range(COLUMN_LIMIT, len(cells)):
        if cells[column].strip() and len(source.stray) < STRAY_LIMIT:
            source.stray.append(f"{column_letters(column + 1)}{number}")


def _sparse_sheets(path: Path) -> list[SheetSource]:
    import openpyxl

    handle = _Handle()
    file = path.open("rb")  # openpyxl would judge a path by its ending
    weakref.finalize(handle, file.close)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of extensions that mean nothing for a reader of values
            workbook: Any = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # the library meets a hostile file: anything it raises means "cannot be read"
        raise _converted(error) from error
    sources = []
    for sheet in workbook.worksheets:
        source = SheetSource(sheet.title, rows=lambda: iter(()), is_hidden=sheet.sheet_state != "visible")
        source.rows = _sparse_pass(path, workbook, sheet, source, handle)
        sources.append(source)
    return sources


class _Handle:
    """Held by every sheet of a workbook; the file is closed when the last of them is gone."""


def _sparse_pass(path: Path, workbook: Any, sheet: Any, source: SheetSource, handle: _Handle) -> Any:
    def rows(_handle: _Handle = handle) -> Iterator[RawCells]:
        from openpyxl.worksheet._reader import WorkSheetParser

        source.stray.clear()
        source.merged = _merged_ranges(path, sheet._worksheet_path)
        seen = 0
        try:
            with sheet._get_source() as xml:
                # The parser yields the cells that exist; the public iterator would fill in every missing one.
                parser = WorkSheetParser(
                    xml,
                    sheet._shared_strings,
                    data_only=True,
                    epoch=workbook.epoch,
                    date_formats=workbook._date_formats,
                    timedelta_formats=workbook._timedelta_formats,
                )
                width = 1
                for number, found in parser.parse():
                    texts = {cell["column"]: text for cell in found if (text := text_of(cell["value"]))}
                    for column in [column for column in texts if column > COLUMN_LIMIT]:
                        if len(source.stray) < STRAY_LIMIT:
                            source.stray.append(f"{column_letters(column)}{number}")
                        del texts[column]
                    seen += 1
                    source.row_count = max(source.row_count, seen)
                    if texts:
                        width = max(width, *texts)
                        yield number, [texts.get(column, "") for column in range(1, width + 1)]
        except MemoryError:
            raise
        except Exception as error:  # see above
            raise _converted(error, source.name) from error

    return rows


def _merged_ranges(path: Path, part: str) -> list[MergedRange]:
    ranges: list[MergedRange] = []
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as xml:
        rest = b""
        while chunk := xml.read(1 << 20):
            chunk = rest + chunk
            end = 0
            for found in _MERGED.finditer(chunk):
                ranges.append((int(found[2]), _number(found[1]), int(found[4]), _number(found[3])))
                end = found.end()
            rest = chunk[max(end, len(chunk) - 200) :]
    return ranges


def _converted(error: Exception, sheet: str = "") -> ReadingFailure:
    if type(error).__name__ in {"DTDForbidden", "EntitiesForbidden", "ExternalReferenceForbidden"}:
        return ReadingFailure("dtd", sheet)
    return ReadingFailure("broken", sheet, detail=f"{type(error).__name__}: {error}")
