"""Files as sheets of rows of cell texts, read in a process that may die instead of us.

Hides the reading process, its limits, its restart in the sparse manner when a workbook asks for too much memory, and
the many ways in which a file can refuse: each becomes a ``KnownError`` that names file, sheet and cell.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gdbos_desktop
from gdbos_desktop.importing.frames import BANNER, CELL, MESSAGE, READER_FLAG, ROW, read_frame
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et")
TEXT_ENDINGS = (".csv", ".txt", ".tsv")
PATIENCE_SECONDS = 180.0
"""How long the reading process may stay silent."""
QUEUED_FRAMES = 4

RawRow = list[str]
"""A row as it came: at index 0 its number as text, at index n the text of column n. Rows may be shorter than others."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet and its first rows that say something; merged cells are filled, ``banners`` are rows of one merged cell.

    ``row_count`` is what the file says, 0 when it does not. ``stray`` names filled cells too far right to be read.
    Rows that are hidden (or filtered out) and hidden columns are read like all others: ``hidden_rows`` counts those
    rows, ``hidden_row_ranges`` are the first of them as (first, last), ``hidden_columns`` the columns, all from 1.
    ``head`` is without banners; ``banner_rows`` are those among the first rows.
    """

    index: int
    name: str
    is_hidden: bool
    row_count: int
    head: tuple[RawRow, ...]
    banners: frozenset[int]
    stray: tuple[str, ...] = ()
    hidden_rows: int = 0
    hidden_row_ranges: tuple[tuple[int, int], ...] = ()
    hidden_columns: tuple[int, ...] = ()
    banner_rows: tuple[RawRow, ...] = ()


class FrameSource(Protocol):
    """Whoever reads a file for us and sends what ``reader_process`` sends; ``frames`` ends with None."""

    frames: queue.Queue[tuple[bytes, str] | None]

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""

    def ask(self, line: str) -> None:
        """Send a command."""

    def close(self) -> None:
        """End it, whatever it does."""


class RawWorkbook:
    """An open file. ``rows`` streams a sheet; ``close`` ends the reading process (reading again starts another).

    ``start`` makes that process from the path and the manner (``dense`` or ``sparse``). Opening it and every pass end
    in KnownError ``file-changed`` when the file was changed since it was opened: what came of that pass is worth
    nothing.
    """

    def __init__(
        self, path: Path, progress: Progress = no_progress, start: Callable[[Path, str], FrameSource] | None = None
    ) -> None:
        self.path = path
        self._start = start or _ReadingProcess
        self.stray: dict[int, tuple[str, ...]] = {}
        self.banners: dict[int, list[int]] = {}
        self._manner = "dense"
        self._process: FrameSource | None = None
        _demand_readable(path)
        self._stamp = _stamp_of(path)
        self.sheets: tuple[RawSheet, ...] = self._open(progress)

    def rows(
        self, index: int, progress: Progress = no_progress, *, with_banners: bool = False
    ) -> Iterator[list[RawRow]]:
        """All rows of a sheet that say something, in batches, banners left out unless they are asked for; cancelling
        ends the process."""
        last = 0
        sheet = self.sheets[index].name
        while True:
            try:
                self._demand_unchanged(sheet)
                for batch in self._stream(index, progress, with_banners):
                    fresh = batch if not last else [row for row in batch if int(row[0]) > last]
                    if fresh:
                        last = int(fresh[-1][0])
                        yield fresh
                self._demand_unchanged(sheet)
                return
            except _ReaderDied as death:
                self._demand_unchanged(sheet)
                self._restart_sparsely(death)
            except KnownError:
                self._demand_unchanged(sheet)
                raise

    def demand_unchanged(self) -> None:
        """KnownError ``file-changed`` when the file is not the one that was opened any more."""
        self._demand_unchanged()

    def close(self) -> None:
        """End the reading process."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _open(self, progress: Progress) -> tuple[RawSheet, ...]:
        while True:
            try:
                sheets = tuple(self._heads(progress))
                self._demand_unchanged()
                return sheets
            except _ReaderDied as death:
                self._restart_sparsely(death)
            except KnownError:
                self.close()
                self._demand_unchanged()
                raise
            except BaseException:
                self.close()
                raise

    def _demand_unchanged(self, sheet: str = "") -> None:
        if self._stamp == _stamp_of(self.path):
            return
        self.close()
        sentence = (
            _("“{file}” was changed while its sheet “{sheet}” was read. Nothing of it was taken.")
            if sheet
            else _("“{file}” was changed while it was read. Nothing of it was taken.")
        )
        raise KnownError(
            "file-changed",
            _("The file changed"),
            sentence.format(file=self.path.name, sheet=sheet),
            _("Close it in the office program, wait until it is saved or copied completely, and import it again."),
        )

    def _restart_sparsely(self, death: _ReaderDied) -> None:
        self.close()
        if self._manner == "sparse":
            raise KnownError(
                "too-big",
                _("The file needs too much memory"),
                _("“{file}” could not be read within the memory limit.").format(file=self.path.name),
                _("Delete empty rows and columns outside the table, or split the workbook, and try again."),
            ) from death
        self._manner = "sparse"

    def _heads(self, progress: Progress) -> Iterator[RawSheet]:
        process = self._process = self._start(self.path, self._manner)
        self.stray.clear()
        while True:
            message = self._message(process, progress)
            if message["type"] == "ready":
                return
            every, banners = _split(self._frame(process, progress)[1], with_banners=True)
            told = frozenset(banners)
            rows = [row for row in every if int(row[0]) not in told]
            yield RawSheet(
                len(self.stray), message["name"], message["hidden"], message["rows"], tuple(rows),
                told, tuple(message["stray"]), message["hidden_rows"],
                tuple((first, last) for first, last in message["hidden_row_ranges"]), tuple(message["hidden_columns"]),
                tuple(row for row in every if int(row[0]) in told),
            )  # fmt: skip
            self.stray[len(self.stray)] = tuple(message["stray"])

    def _stream(self, index: int, progress: Progress, with_banners: bool) -> Iterator[list[RawRow]]:
        try:
            if self._process is None or not self._process.is_alive:
                self.close()
                for _sheet in self._heads(progress):
                    pass
            process = self._process
            assert process is not None
            process.ask(f"rows {index}")
            total = self.sheets[index].row_count
            passed = self.banners[index] = []
            while True:
                kind, text = self._frame(process, progress)
                if kind == MESSAGE:
                    message = self._judge(json.loads(text))
                    self.stray[index] = tuple(message["stray"])
                    return
                rows, banners = _split(text, with_banners)
                passed += banners
                if rows:
                    progress(min(int(rows[-1][0]), total or sys.maxsize), total, self.sheets[index].name)
                    yield rows
        except GeneratorExit:
            self.close()  # the process is in the middle of a sheet; the next reading starts another one
            raise
        except _ReaderDied:
            raise
        except BaseException:
            self.close()
            raise

    def _message(self, process: FrameSource, progress: Progress) -> dict[str, Any]:
        return self._judge(json.loads(self._frame(process, progress)[1]))

    def _judge(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["type"] == "failure":
            if message["code"] == "memory":
                raise _ReaderDied
            raise _refusal(self.path, message)
        return message

    def _frame(self, process: FrameSource, progress: Progress) -> tuple[bytes, str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                frame = process.frames.get(timeout=0.1)
            except queue.Empty:
                progress(0, 0, _("Reading {file}").format(file=self.path.name))
                if time.monotonic() > deadline:
                    raise KnownError(
                        "too-slow",
                        _("The file cannot be read"),
                        _("“{file}” was not read within {seconds} seconds.").format(
                            file=self.path.name, seconds=int(PATIENCE_SECONDS)
                        ),
                        _("Save it again with the office program as a new .xlsx and try again."),
                    ) from None
                continue
            if frame is None:
                raise _ReaderDied
            return frame


def read_workbook(path: Path, progress: Progress = no_progress) -> RawWorkbook:
    """Open a workbook or text table; KnownError says which file, sheet or cell refuses, and what to do."""
    return RawWorkbook(path, progress)


def digest_of(path: Path, progress: Progress = no_progress) -> str:
    """SHA-256 of the bytes of a file, as 64 hexadecimal digits; reports bytes read of all bytes.

    KnownError when the file cannot be read.
    """
    _demand_readable(path)
    digest = hashlib.sha256()
    try:
        size, done = path.stat().st_size, 0
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                done += len(piece)
                progress(done, max(size, done), path.name)
    except OSError as error:
        raise KnownError(
            "unreadable", _("The file cannot be opened"),
            _("“{file}” cannot be read: {detail}.").format(file=path.name, detail=error.strerror or error),
            _("Copy the file to this computer and try again."),
        ) from error  # fmt: skip
    return digest.hexdigest()


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    """By what a changed file shows: its size, the time of its last change, and which file it is; None for no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


class _ReaderDied(Exception):  # noqa: N818 - an event, converted before it leaves this module
    """The reading process ended without a word: it asked for more memory than it may have."""


class _ReadingProcess:
    """The child and the thread that takes its frames; ``frames`` ends with None."""

    def __init__(self, path: Path, manner: str) -> None:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore"}
        if getattr(sys, "frozen", False):
            command = [sys.executable, READER_FLAG]
        else:
            command = [sys.executable, "-m", "gdbos_desktop.importing.reader_process"]
            root = str(Path(gdbos_desktop.__file__).parent.parent)
            inherited = os.environ.get("PYTHONPATH")
            environment["PYTHONPATH"] = os.pathsep.join([root, inherited] if inherited else [root])
        self._popen = subprocess.Popen(
            [*command, str(path.absolute()), manner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a dying allocator speaks there; nothing a user could use
            env=environment,
            creationflags=flags,
        )
        self.frames: queue.Queue[tuple[bytes, str] | None] = queue.Queue(QUEUED_FRAMES)
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=_take_frames, args=(self._popen, self.frames, self._stop), name="gdbos-reading", daemon=True
        )
        self._thread.start()
        self._end = weakref.finalize(self, _end_process, self._popen, self._stop, self._thread)

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self._popen.poll() is None

    def ask(self, line: str) -> None:
        """Send a command."""
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(f"{line}\n".encode())
            self._popen.stdin.flush()
        except OSError as error:
            raise _ReaderDied from error

    def close(self) -> None:
        """Kill it, whatever it does."""
        self._end()


def _take_frames(
    popen: subprocess.Popen[bytes], frames: queue.Queue[tuple[bytes, str] | None], stop: threading.Event
) -> None:
    assert popen.stdout is not None
    frame: tuple[bytes, str] | None
    while not stop.is_set():
        try:
            frame = read_frame(popen.stdout)
        except (OSError, ValueError):
            frame = None
        while not stop.is_set():
            with suppress(queue.Full):
                frames.put(frame, timeout=0.1)
                break
        if frame is None:
            return


def _end_process(popen: subprocess.Popen[bytes], stop: threading.Event, thread: threading.Thread) -> None:
    stop.set()
    popen.kill()
    popen.wait()
    thread.join()
    for stream in (popen.stdin, popen.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _split(text: str, with_banners: bool = False) -> tuple[list[RawRow], list[int]]:
    rows, banners = [], []
    for line in text.split(ROW) if text else ():
        row = line.split(CELL)
        if row[0].endswith(BANNER):
            row[0] = row[0].removesuffix(BANNER)
            banners.append(int(row[0]))
            if not with_banners:
                continue
        rows.append(row)
    return rows, banners


def _demand_readable(path: Path) -> None:
    names = {"file": path.name, "folder": path.parent}
    title = _("The file cannot be opened")
    try:
        if path.is_dir():
            raise KnownError(
                "is-folder", title, _("“{file}” is a folder, not a file.").format(**names),
                _("Choose the workbook inside the folder."),
            )  # fmt: skip
        if path.suffix.lower() not in WORKBOOK_ENDINGS + TEXT_ENDINGS:
            if not path.exists():
                raise FileNotFoundError
            raise KnownError(
                "unsupported-file",
                title,
                _("“{file}”: files with the ending “{ending}” cannot be imported.").format(
                    **names, ending=path.suffix or _("none")
                ),
                _("Save it as .xlsx or .csv and try again."),
            )
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise KnownError(
            "missing-file", title, _("“{file}” is not in the folder “{folder}”.").format(**names),
            _("Check the name and place of the file."),
        ) from error  # fmt: skip
    except PermissionError as error:
        raise KnownError(
            "no-permission", title,
            _("You have no permission to read “{file}”, or another program locks it.").format(**names),
            _("Close it in the office program, or copy it to a folder of your own, and try again."),
        ) from error  # fmt: skip
    except OSError as error:
        raise KnownError(
            "unreadable", title, _("“{file}” cannot be read: {detail}.").format(**names, detail=error.strerror),
            _("Copy the file to this computer and try again."),
        ) from error  # fmt: skip


def _refusal(path: Path, message: dict[str, Any]) -> KnownError:
    """The reading process's reason in the user's words."""
    code = str(message["code"])
    title = _("The file cannot be read")
    resave = _("Open it in the office program and save it as a new .xlsx, then import that.")
    sentences = {
        "zero-bytes": (_("“{file}” is empty: it has no content at all."), _("Get the file again from where it came.")),
        "not-a-workbook": (
            _("“{file}” is not a workbook: its content does not fit its ending."),
            _("Save it as .xlsx or .csv and try again."),
        ),
        "web-page": (_("“{file}” is a web page or XML text that was given the ending of a workbook."), resave),
        "broken": (
            _("“{file}” is damaged or was not copied completely."),
            _("Get the file again from where it came, or repair it with the office program."),
        ),
        "broken-sheet": (
            _("“{file}”: the sheet “{sheet}” is damaged."),
            _("Get the file again from where it came, or repair it with the office program."),
        ),
        "password": (
            _("“{file}” is protected by a password."),
            _("Open it in the office program, take the password away, save it and import it again."),
        ),
        "bomb": (
            _("“{file}” would unpack to more than {detail} MB; no list of items is that large."),
            _("Get the file from a source you trust, or split it."),
        ),
        "dtd": (_("“{file}” contains declarations that workbooks never have (DTD)."), resave),
        "sheets": (_("“{file}” has {detail} sheets, too many to look through."), _("Split the workbook.")),
        "encoding": (
            _("“{file}” is neither UTF-8 nor GB18030 text: byte {detail} belongs to no character."),
            resave,
        ),
        "quotes": (
            _(
                "“{file}”: the quotation marks of row {row} do not match, "
                "or one of its cells has over a million characters."
            ),
            _("Repair the quotation marks, or save the table as .xlsx and import that."),
        ),
        "long-row": (
            _("“{file}”, sheet “{sheet}”, cell {cell}: the row has more than {detail} characters."),
            _("Take the text out of the table, or give it as a file of its own."),
        ),
        "unreadable": (
            _("“{file}” cannot be read: {detail}."),
            _("Copy the file to this computer and try again."),
        ),
    }
    chosen = "broken-sheet" if code == "broken" and message["sheet"] else code
    sentence, remedy = sentences.get(chosen, sentences["broken"])
    cell = str(message["cell"])
    return KnownError(
        code,
        title,
        sentence.format(
            file=path.name, sheet=message["sheet"], cell=cell, row=cell.lstrip("A"), detail=message["detail"]
        ),
        remedy,
    )
