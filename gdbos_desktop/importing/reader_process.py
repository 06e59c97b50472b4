"""The reading process: opens one file under limits and sends its sheets to the parent, row by row.

Started by ``reading`` with the path as argument. First it sends every sheet with its first rows; then it waits for
``rows N`` lines on its input and streams a whole sheet for each; while it waits it loads the sheets ahead. What goes
wrong is a message too, never a traceback on somebody's screen. The file may be hostile; this process may die of it,
the program may not.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO

from gdbos_desktop.importing.csv_reader import open_text_table
from gdbos_desktop.importing.frames import BANNER, CELL, write_message, write_rows
from gdbos_desktop.importing.raw_sheets import RawCells, ReadingFailure, SheetSource, column_letters, joined_rows
from gdbos_desktop.importing.reader_limits import limit_this_process
from gdbos_desktop.importing.workbook_reader import open_workbook

HEAD_ROWS = 200
HEAD_ROWS_LEAST = 40
HEAD_ROWS_OF_ALL = 8000
"""First rows of all sheets together, as long as each has the least: 200 sheets of 40 rows."""
HEAD_CHARACTERS = 1_000_000
BATCH_ROWS = 1000
BATCH_CHARACTERS = 1_000_000
ROW_CHARACTERS = 2_000_000
"""Longer rows are refused; a sheet with them is no list, and the program that asks for it would need their memory."""
SHEET_LIMIT = 200
NAME_CHARACTERS = 255


def main(arguments: list[str]) -> int:
    """Serve one file under limits: arguments are the path and ``dense`` or ``sparse``."""
    limit_this_process()
    return serve(Path(arguments[0]), arguments[1], sys.stdin, sys.stdout.buffer, is_ahead=True)


def serve(path: Path, manner: str, commands: Iterable[str], out: IO[bytes], *, is_ahead: bool = False) -> int:
    """Send every sheet with its first rows, then obey the commands; the exit code. Nothing a file does is raised.

    ``is_ahead`` loads the sheets in a thread once the first rows are sent.
    """
    try:
        sheets = _open(path, manner == "sparse")
        _send_heads(out, sheets)
        if is_ahead:
            threading.Thread(target=_load_ahead, args=(sheets,), name="gdbos-ahead", daemon=True).start()
        for line in commands:
            command, _, index = line.strip().partition(" ")
            if command != "rows":
                break
            _send_rows(out, sheets[int(index)])
    except ReadingFailure as failure:
        return _fail(out, failure)
    except MemoryError:
        return _fail(out, ReadingFailure("memory"))
    except (BrokenPipeError, KeyboardInterrupt):
        return 1
    except OSError as error:
        return _fail(out, ReadingFailure("unreadable", detail=error.strerror or str(error)))
    return 0


def _open(path: Path, sparse: bool) -> list[SheetSource]:
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise ReadingFailure("zero-bytes")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return open_workbook(path, sparse=sparse)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return open_text_table(path)
    raise ReadingFailure("web-page" if start.lstrip()[:1] == b"<" else "not-a-workbook")


def _load_ahead(sheets: list[SheetSource]) -> None:
    for sheet in sheets:
        if not sheet.is_hidden:
            with suppress(Exception):  # whoever asks for the rows meets it again, and tells
                sheet.prepare()


def _send_heads(out: IO[bytes], sheets: list[SheetSource]) -> None:
    if not sheets:
        raise ReadingFailure("broken", detail="no sheet")
    if len(sheets) > SHEET_LIMIT:
        raise ReadingFailure("sheets", detail=str(len(sheets)))
    count = max(HEAD_ROWS_LEAST, min(HEAD_ROWS, HEAD_ROWS_OF_ALL // len(sheets)))
    left = 16 * HEAD_CHARACTERS
    for sheet in sheets:
        head: list[str] = []
        characters = width = 0
        for row in islice(_short_rows(sheet, sheet.head), count):
            characters += len(row)
            if head and characters > HEAD_CHARACTERS:
                break
            head.append(row)
            width = max(width, row.count(CELL))
        left -= characters
        if left < 0:
            raise ReadingFailure("long-row", sheet.name, detail=str(ROW_CHARACTERS))
        look = sheet.look()
        write_message(
            out,
            {
                "type": "sheet", "name": sheet.name[:NAME_CHARACTERS], "hidden": sheet.is_hidden,
                "rows": sheet.row_count, "stray": sheet.stray, "hidden_rows": look.hidden_rows,
                "hidden_row_ranges": look.hidden_row_ranges,
                "hidden_columns": [column for column in look.hidden_columns if column <= width],
            },
        )  # fmt: skip
        write_rows(out, head)
    write_message(out, {"type": "ready"})


def _short_rows(sheet: SheetSource, rows: Callable[[], Iterator[RawCells]] | None = None) -> Iterator[str]:
    for row in joined_rows(sheet, rows):
        if len(row) > ROW_CHARACTERS:
            number, *cells = row.split(CELL)
            longest = max(range(len(cells)), key=lambda column: len(cells[column]))
            cell = f"{column_letters(longest + 1)}{number.rstrip(BANNER)}"
            raise ReadingFailure("long-row", sheet.name, cell, str(ROW_CHARACTERS))
        yield row


def _send_rows(out: IO[bytes], sheet: SheetSource) -> None:
    sheet.stray.clear()
    batch: list[str] = []
    characters = 0
    for row in _short_rows(sheet):
        if batch and characters + len(row) > BATCH_CHARACTERS:
            write_rows(out, batch)
            batch, characters = [], 0
        batch.append(row)
        characters += len(row)
        if len(batch) >= BATCH_ROWS:
            write_rows(out, batch)
            batch, characters = [], 0
    if batch:
        write_rows(out, batch)
    write_message(out, {"type": "done", "rows": sheet.row_count, "stray": sheet.stray})


def _fail(out: IO[bytes], failure: ReadingFailure) -> int:
    try:
        write_message(
            out,
            {
                "type": "failure", "code": failure.code, "sheet": failure.sheet, "cell": failure.cell,
                "detail": failure.detail[:500],
            },
        )  # fmt: skip
    except (BrokenPipeError, MemoryError):
        return 1
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
