"""The reading process: opens one file under limits and sends its sheets to the parent, row by row.

Started by ``reading`` with the path as argument. First it sends every sheet with its first rows; then it waits for
``rows N`` lines on its input and streams a whole sheet for each. What goes wrong is a message too, never a traceback
on somebody's screen. The file may be hostile; this process may die of it, the program may not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO

from gdbos_desktop.importing.csv_reader import open_text_table
from gdbos_desktop.importing.frames import write_message, write_rows
from gdbos_desktop.importing.raw_sheets import ReadingFailure, SheetSource, joined_rows
from gdbos_desktop.importing.reader_limits import limit_this_process
from gdbos_desktop.importing.workbook_reader import open_workbook

HEAD_ROWS = 60
BATCH_ROWS = 1000
BATCH_CHARACTERS = 4_000_000
SHEET_LIMIT = 200


def main(arguments: list[str]) -> int:
    """Serve one file under limits: arguments are the path and ``dense`` or ``sparse``."""
    limit_this_process()
    return serve(Path(arguments[0]), arguments[1], sys.stdin, sys.stdout.buffer)


def serve(path: Path, manner: str, commands: Iterable[str], out: IO[bytes]) -> int:
    """Send every sheet with its first rows, then obey the commands; the exit code. Nothing a file does is raised."""
    try:
        sheets = _open(path, manner == "sparse")
        _send_heads(out, sheets)
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


def _send_heads(out: IO[bytes], sheets: list[SheetSource]) -> None:
    if not sheets:
        raise ReadingFailure("broken", detail="no sheet")
    if len(sheets) > SHEET_LIMIT:
        raise ReadingFailure("sheets", detail=str(len(sheets)))
    for sheet in sheets:
        head = list(islice(joined_rows(sheet), HEAD_ROWS))
        write_message(
            out,
            {
                "type": "sheet", "name": sheet.name, "hidden": sheet.is_hidden, "rows": sheet.row_count,
                "stray": sheet.stray,
            },
        )  # fmt: skip
        write_rows(out, head)
    write_message(out, {"type": "ready"})


def _send_rows(out: IO[bytes], sheet: SheetSource) -> None:
    sheet.stray.clear()
    batch: list[str] = []
    characters = 0
    for row in joined_rows(sheet):
        batch.append(row)
        characters += len(row)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
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
