"""Workbooks as sheets of cell texts, inside the reading process: calamine, or openpyxl row by row for odd sheets.

calamine is many times faster but asks for memory by the *extent* of a sheet: two cells at A1 and XFD60000 abort the
process. So the archive is looked at first, and sheets of great extent are read sparsely. The first rows of a large
workbook are read from a small package of its beginning, by the very reader that reads all of it. Hides both libraries.
"""

from __future__ import annotations

import datetime
import io
import re
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

import python_calamine

from gdbos_desktop.importing.archives import EXTENT_LIMIT, PIECE, Archive, open_archive
from gdbos_desktop.importing.raw_sheets import (
    COLUMN_LIMIT,
    STRAY_LIMIT,
    RawCells,
    ReadingFailure,
    SheetLook,
    SheetSource,
    column_letters,
    corrected,
    text_of,
)
from gdbos_desktop.importing.sheet_xml import look_at_part

KEPT_CELLS = 30_000_000
"""Cells of loaded sheets that are kept between the first look and the reading."""

Content = Path | bytes
Looks = Callable[[int | str], SheetLook]
"""What the bytes of a sheet tell, by its place among all sheets of the workbook or by the name of its part."""


def open_workbook(path: Path, *, sparse: bool, quick: bool | None = None) -> list[SheetSource]:
    """The sheets of a workbook file; ReadingFailure says why it cannot be read.

    ``quick`` says whether first rows are read from the beginning of the file; without a word large files are.
    """
    with path.open("rb") as file:
        signature = file.read(8)
    if signature.startswith(b"\xd0\xcf\x11\xe0"):
        from gdbos_desktop.importing.old_workbooks import has_password, is_encrypted_package, look_at_old_workbook

        if is_encrypted_package(path) or has_password(path):
            raise ReadingFailure("password")
        return _calamine_sheets(path.read_bytes(), _looks_in_thread(look_at_old_workbook, path))
    archive = open_archive(path)
    if archive.kind == "ods":
        from gdbos_desktop.importing.open_documents import demand_well_formed, look_at_document

        demand_well_formed(path)
        sheets = _calamine_sheets(path.read_bytes(), _looks_in_thread(look_at_document, path))
        for sheet in sheets:
            sheet.rows = partial(_with_durations, sheet.rows)
        return sheets
    if archive.kind == "xlsb":
        from gdbos_desktop.importing.binary_workbooks import look_at_binary_workbook

        return _calamine_sheets(path.read_bytes(), _looks_in_thread(look_at_binary_workbook, path))
    looks = _looks_by_part(archive)
    read = _sparse_sheets if sparse or archive.extent > EXTENT_LIMIT else _calamine_sheets
    if quick is None:
        quick = archive.is_large
    return _quick_sheets(archive, looks, read) if quick and archive.sheet_parts else read(path, looks)


def _looks_in_thread(look_at: Callable[[Path], list[SheetLook]], path: Path) -> Looks:
    """Look while the reader, which needs no Python for it, loads the sheet."""
    found: list[SheetLook] = []
    failures: list[BaseException] = []

    def look() -> None:
        try:
            found.extend(look_at(path))
        except (Exception, MemoryError) as error:
            failures.append(error)

    thread = threading.Thread(target=look, name="gdbos-looking", daemon=True)
    thread.start()

    def wait(which: int | str) -> SheetLook:
        thread.join()
        if failures:
            raise failures[0]
        return found[which] if isinstance(which, int) and which < len(found) else SheetLook()

    return wait


def _looks_by_part(archive: Archive) -> Looks:
    @cache
    def look_at(part: str) -> SheetLook:
        if not part:
            return SheetLook()
        look = look_at_part(archive.path, part, archive.zero_widths)
        look.row_count = archive.dimensions.get(part, (look.row_count, 0))[0]
        return look

    def look(which: int | str) -> SheetLook:
        if isinstance(which, int):
            which = archive.sheet_parts[which] if which < len(archive.sheet_parts) else ""
        return look_at(which if which in archive.sheet_parts else "")

    return look


Read = Callable[[Content, Looks], list[SheetSource]]


def _quick_sheets(archive: Archive, looks: Looks, read: Read) -> list[SheetSource]:
    """The sheets as the workbook names them; it is read as a whole when the first of them is asked for its rows."""
    whole = _Whole(partial(read, archive.path, looks))
    sheets = _calamine_sheets(archive.beginning(None, 0)[0], looks)
    for source in sheets:
        source.rows = partial(_whole_pass, whole, source)
        source.head = partial(_head_pass, archive, looks, read, source)
        source.prepare = partial(whole.prepare, source)
    return sheets


class _Whole:
    """The workbook read as a whole, once, by whichever thread needs it first."""

    def __init__(self, read: Callable[[], list[SheetSource]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._sheets: list[SheetSource] | None = None

    def sheet(self, source: SheetSource) -> SheetSource:
        """A sheet of it."""
        with self._lock:
            if self._sheets is None:
                self._sheets = self._read()
            return _same_sheet(self._sheets, source)

    def prepare(self, source: SheetSource) -> None:
        """Load a sheet ahead."""
        self.sheet(source).prepare()


def _same_sheet(sheets: list[SheetSource], source: SheetSource) -> SheetSource:
    same = [sheet for sheet in sheets if sheet.name == source.name]
    if not same:
        raise ReadingFailure("broken", source.name)
    return next((sheet for sheet in same if sheet.index == source.index), same[0])


def _whole_pass(whole: _Whole, source: SheetSource) -> Iterator[RawCells]:
    exact = whole.sheet(source)
    exact.stray = source.stray
    for row in exact.rows():
        source.merged, source.row_count = exact.merged, max(source.row_count, exact.row_count)
        yield row


def _head_pass(archive: Archive, looks: Looks, read: Read, source: SheetSource) -> Iterator[RawCells]:
    """The rows of the beginning of a sheet, of a greater beginning when somebody asks for more, then all."""
    source.row_count = _look_of(source).row_count
    size, last, is_whole = PIECE, 0, False
    while not is_whole and size < _GREATEST_BEGINNING:
        content, is_whole = archive.beginning(source.index, size)
        beginning = _same_sheet(read(content, looks), source)
        source.stray.clear()
        beginning.stray = source.stray
        for number, cells in beginning.rows():
            source.merged = beginning.merged
            if number > last:
                last = number
                yield number, cells
        size *= 8
    if not is_whole:
        source.stray.clear()
        for number, cells in source.rows():
            if number > last:
                yield number, cells


_GREATEST_BEGINNING = 64 * PIECE


def _calamine_sheets(content: Content, looks: Looks) -> list[SheetSource]:
    try:
        if isinstance(content, Path) and content.suffix.lower() in {".xlsx", ".xlsm"}:
            workbook = python_calamine.CalamineWorkbook.from_path(str(content))
        else:  # people rename files: what a workbook is shows by its content
            whole = content.read_bytes() if isinstance(content, Path) else content
            workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(whole))
    except python_calamine.PasswordError as error:
        raise ReadingFailure("password") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ReadingFailure("broken", detail=str(error)) from error
    except BaseException as error:
        raise _unless_panic(error) from error
    sources = []
    loaded = _Loaded(workbook)
    for index, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ not in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.DialogSheet):
            continue
        source = SheetSource(
            metadata.name,
            rows=lambda: iter(()),
            is_hidden=metadata.visible != python_calamine.SheetVisibleEnum.Visible,
            look=partial(looks, index),
            prepare=partial(loaded.sheet, index),
            index=index,
        )
        source.rows = partial(_calamine_pass, loaded, source)
        sources.append(source)
    return sources


class _Loaded:
    """The sheets of a calamine workbook, which one thread at a time may ask; loaded ones are kept up to a size."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._lock = threading.Lock()
        self._kept: dict[int, Any] = {}

    def sheet(self, index: int) -> Any:
        """A sheet with all its cells."""
        with self._lock:
            sheet = self._kept.get(index)
            if sheet is None:
                try:
                    sheet = self._workbook.get_sheet_by_index(index)
                except (python_calamine.CalamineError, OSError, ValueError) as error:
                    raise ReadingFailure("broken", detail=str(error)) from error
                except BaseException as error:
                    raise _unless_panic(error) from error
                if sum(s.height * s.width for s in self._kept.values()) + sheet.height * sheet.width <= KEPT_CELLS:
                    self._kept[index] = sheet
            return sheet


def _calamine_pass(loaded: _Loaded, source: SheetSource) -> Iterator[RawCells]:
    try:
        sheet, look = loaded.sheet(source.index), source.look()
    except ReadingFailure as failure:
        raise _of_sheet(failure, source) from failure
    source.row_count = sheet.end[0] + 1 if sheet.end else 0
    source.merged = look.merged or [
        (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
    return corrected(_calamine_rows(sheet, source), look)


def _look_of(source: SheetSource) -> SheetLook:
    try:
        return source.look()
    except ReadingFailure as failure:
        raise _of_sheet(failure, source) from failure


def _of_sheet(failure: ReadingFailure, source: SheetSource) -> ReadingFailure:
    return ReadingFailure(failure.code, failure.sheet or source.name, failure.cell, failure.detail)


def _unless_panic(error: BaseException) -> BaseException:
    """A broken file may bring the library to a stop that is no ordinary exception; everything else stays itself."""
    return ReadingFailure("broken", detail=str(error)) if type(error).__name__ == "PanicException" else error


def _calamine_rows(sheet: Any, source: SheetSource) -> Iterator[RawCells]:
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    width = sheet.start[1] + sheet.width
    first = 1  # iter_rows begins with the first row of the sheet, but in the first filled column
    for number, values in enumerate(_convertible(sheet, source), first):
        cells = [value if type(value) is str else text_of(value) for value in values]
        if len(cells) < width:
            cells = left + cells
        if len(cells) > COLUMN_LIMIT:
            _note_stray(source, number, cells)
            del cells[COLUMN_LIMIT:]
        yield number, cells


def _convertible(sheet: Any, source: SheetSource) -> Iterator[list[Any]]:
    try:
        yield from sheet.iter_rows()
    except (ValueError, OverflowError) as error:  # a moment that no calendar has
        raise ReadingFailure("broken", source.name, detail=str(error)) from error


def _with_durations(rows: Callable[[], Iterator[RawCells]]) -> Iterator[RawCells]:
    """Rows of a document whose durations over a day arrive as it writes them: PT30H00M00S."""
    for number, cells in rows():
        for column, text in enumerate(cells):
            if text.startswith("PT") and (found := _DURATION.fullmatch(text)):
                hours, minutes, seconds = (int(part) for part in found.groups())
                cells[column] = text_of(datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds))
        yield number, cells


_DURATION = re.compile(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:\.\d+)?S")


def _note_stray(source: SheetSource, number: int, cells: list[str]) -> None:
    for column in range(COLUMN_LIMIT, len(cells)):
        if cells[column].strip() and len(source.stray) < STRAY_LIMIT:
            source.stray.append(f"{column_letters(column + 1)}{number}")


def _sparse_sheets(content: Content, looks: Looks) -> list[SheetSource]:
    import openpyxl

    handle = _Handle()
    # openpyxl would judge a path by its ending
    file: IO[bytes] = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
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
    for index, sheet in enumerate(workbook._sheets):
        if not hasattr(sheet, "_get_source"):
            continue  # a chart
        source = SheetSource(
            sheet.title,
            rows=lambda: iter(()),
            is_hidden=sheet.sheet_state != "visible",
            look=partial(looks, sheet._worksheet_path.lstrip("/")),
            index=index,
        )
        source.rows = partial(_sparse_pass, workbook, sheet, source, handle)
        sources.append(source)
    return sources


class _Handle:
    """Held by every sheet of a workbook; the file is closed when the last of them is gone."""


def _sparse_pass(workbook: Any, sheet: Any, source: SheetSource, _handle: _Handle) -> Iterator[RawCells]:
    source.stray.clear()
    look = _look_of(source)
    source.merged = look.merged
    return corrected(_sparse_rows(workbook, sheet, source), look)


def _sparse_rows(workbook: Any, sheet: Any, source: SheetSource) -> Iterator[RawCells]:
    from openpyxl.worksheet._reader import WorkSheetParser

    seen = 0
    try:
        with sheet._get_source() as xml:
            # The parser yields the cells that exist; the public iterator would fill in every missing one.
            parser = WorkSheetParser(
                _WithoutBlankCells(xml),
                sheet._shared_strings,
                data_only=True,
                epoch=workbook.epoch,
                date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats,
            )
            parser.row_dimensions = _Nothing()
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


class _Nothing(dict[str, Any]):
    """Forgets what it is told: heights of a million rows."""

    def __setitem__(self, key: str, value: Any) -> None:
        pass


class _WithoutBlankCells(io.RawIOBase):
    """The XML of a sheet without the cells and rows that have nothing but a style; there may be millions."""

    def __init__(self, xml: IO[bytes]) -> None:
        self._xml = xml
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, _size: int = -1) -> bytes:
        """The next piece, whatever size was asked for."""
        while piece := self._xml.read(PIECE):
            data = self._rest + piece
            cut = data.rfind(b"<")
            self._rest = data[cut:] if cut > 0 else b""
            if kept := _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", data[:cut] if cut > 0 else data)):
                return kept
        rest, self._rest = self._rest, b""
        return rest


_BLANK_CELL = re.compile(rb'<(?:\w+:)?c r="[A-Z]{1,3}\d{1,7}"(?: s="\d{1,6}")?\s*/>')
_BLANK_ROW = re.compile(rb'<(?:\w+:)?row r="\d{1,7}"[^>]*(?:/>|>\s*</(?:\w+:)?row>)')


def _converted(error: Exception, sheet: str = "") -> ReadingFailure:
    if type(error).__name__ in {"DTDForbidden", "EntitiesForbidden", "ExternalReferenceForbidden"}:
        return ReadingFailure("dtd", sheet)
    return ReadingFailure("broken", sheet, detail=f"{type(error).__name__}: {error}")
