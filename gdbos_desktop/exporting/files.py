"""Whole files or none: written beside the target under a temporary name, then put in its place in one step.

Hides locking, lock marks of office programs, and what the errors of operating systems mean to a person. Every refusal
of the world is a ``KnownError``; whatever happens, nothing half-written stays behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

_LOCKED = frozenset({32, 33})  # Windows: sharing violation, lock violation
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ESTALE, errno.ENXIO})
_REFUSED = frozenset({errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True)
class FileForm:
    """A form of files: the ending of their names, and the folder that only packages of this form have inside ('' for
    plain text)."""

    ending: str
    inside: str = ""


WORKBOOK = FileForm(".xlsx", "xl/")
WORD = FileForm(".docx", "word/")
PLAIN_LIST = FileForm(".csv")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # workbooks and documents with a password
_UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@contextlib.contextmanager
def whole_file(path: Path, form: FileForm, *, is_durable: bool = True) -> Iterator[BinaryIO]:
    """A new file at ``path`` that appears (or replaces the old one) only when the block ends without an exception.

    ``is_durable=False`` leaves the moment of writing to disk to the system: for the many files of a batch, which can be
    made again. Only a name with the ending of the form is taken, and only a file of the same form is ever replaced.
    KnownError codes: ``wrong-ending``, ``other-file``, ``is-file``, ``file-open``, ``read-only``, ``folder-missing``,
    ``disk-full``, ``name-too-long``, ``is-folder``, ``cannot-write``.
    """
    with explained(path):
        check_ending(path, form)
        check_writable(path)
        _check_replaces_its_like(path, form)
        temporary = path.with_name(f".gdbos-{secrets.token_hex(6)}.tmp")
        # Not tempfile: its files are private to the user, and a list in a shared folder is for colleagues to read.
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
        try:
            with open(descriptor, "w+b", buffering=1 << 18) as file:
                yield file
                file.flush()
                if is_durable:
                    os.fsync(file.fileno())
            _take_mode(temporary, path)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        if is_durable:
            _sync_folder(path.parent)


def scratch_file(folder: Path) -> IO[bytes]:
    """A nameless file for work under way: in memory while small, else in the folder the result goes to.

    Not in the system's temporary folder: an encrypted store must not leave its texts where nobody looks.
    """
    return tempfile.SpooledTemporaryFile(max_size=1 << 22, dir=str(folder), prefix=".gdbos-", suffix=".tmp")


def check_ending(path: Path, form: FileForm) -> None:
    """Refuse a name whose ending promises something else than what is written."""
    if path.suffix.casefold() == form.ending:
        return
    raise KnownError(
        "wrong-ending",
        _("The name has another ending"),
        _("What is written here has the ending {ending}, and “{name}” does not end so.").format(
            ending=form.ending, name=shortened(path.name)
        ),
        _("Use the name “{name}”, for example.").format(name=shortened(path.stem or path.name) + form.ending),
    )


def _check_replaces_its_like(path: Path, form: FileForm) -> None:
    """Refuse to put a file in the place of one that is something else, whatever it is called."""
    if not path.exists() or _is_like(path, form):
        return
    raise KnownError(
        "other-file",
        _("This file is something else"),
        _("“{name}” is there already, and what is in it is no file of the form {ending}. It stays as it is.").format(
            name=shortened(path.name), ending=form.ending
        ),
        _("Choose another file name."),
    )


def _is_like(path: Path, form: FileForm) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return True
    if not form.inside:
        return head.startswith(_UNICODE_MARKS) or b"\0" not in head
    if head.startswith(_OLE):
        return True
    try:
        with zipfile.ZipFile(path) as package:
            return any(name.startswith(form.inside) for name in package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def check_writable(path: Path) -> None:
    """Refuse early what would fail at the end of long work: no folder, a folder in place of a file, a file in use."""
    folder = path.parent
    if (in_the_way := file_in_the_way(folder)) is not None:
        raise _is_file(in_the_way)
    if not folder.is_dir():
        raise _folder_missing(path)
    if path.is_dir():
        raise KnownError(
            "is-folder",
            _("There is a folder of this name"),
            _("{path} is a folder, not a file.").format(path=path),
            _("Choose another file name."),
        )
    if not path.exists():
        return
    if mark := office_mark(path):
        raise KnownError(
            "file-open",
            _("The file is open"),
            _("“{name}” is open in another program (mark: {mark}).").format(name=path.name, mark=mark.name),
            _(
                "Close it there and try again, or choose another name. If it is not open, delete the file {mark}."
            ).format(mark=mark.name),
        )
    if not os.access(path, os.W_OK):
        raise _read_only(path)
    with path.open("r+b"):  # Windows refuses here while another program holds the file
        pass


def office_mark(path: Path) -> Path | None:
    """The file by which an office program says that it has ``path`` open (LibreOffice, WPS, Microsoft Office)."""
    name = path.name
    # Word puts its mark in place of the first two characters of a longer name.
    for mark in (f".~lock.{name}#", f"~${name}", f"~${name[2:]}" if len(path.stem) > 8 else "", f".~{name}"):
        if mark and (beside := path.with_name(mark)).exists():
            return beside
    return None


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what the operating system says about ``path`` into a KnownError."""
    try:
        yield
    except OSError as error:
        raise explain(error, path) from error


def explain(error: OSError, path: Path) -> KnownError:
    """What an error of the operating system means for a person who wants a file or folder at ``path``.

    The words of the system itself are in its own language, so only the number of the error is passed on.
    """
    code = error.errno
    if code in {errno.EEXIST, errno.ENOTDIR} and (in_the_way := file_in_the_way(path)) is not None:
        return _is_file(in_the_way)
    if getattr(error, "winerror", None) in _LOCKED or code in {errno.ETXTBSY, errno.EBUSY}:
        return _file_open(path)
    if code in _FULL:
        return KnownError(
            "disk-full",
            _("The disk is full"),
            _("There is no room left for “{name}” in {folder}.").format(name=path.name, folder=path.parent),
            _("Free some space or choose another disk, then try again."),
        )
    if code in _GONE:
        return _folder_missing(path)
    if code == errno.EROFS:
        return _read_only(path)
    if code in _REFUSED:
        # Windows says "access denied" for a file that another program holds as well.
        return _file_open(path) if sys.platform == "win32" and path.exists() else _read_only(path)
    if code == errno.ENAMETOOLONG:
        return KnownError(
            "name-too-long",
            _("The file name is too long"),
            _("The system does not accept a name as long as “{name}”.").format(name=shortened(path.name)),
            _("Choose a shorter file name."),
        )
    return KnownError(
        "cannot-write",
        _("The file cannot be written"),
        _("“{name}” in {folder} could not be written (error {number} of the system).").format(
            name=shortened(path.name), folder=path.parent, number=getattr(error, "winerror", None) or code or 0
        ),
        _("Check the disk or the network drive, or choose another folder."),
    )


def file_in_the_way(folder: Path) -> Path | None:
    """The file that stands where a folder of this path would have to be, if there is one."""
    return next((place for place in (folder, *folder.parents) if place.is_file()), None)


def _is_file(path: Path) -> KnownError:
    return KnownError(
        "is-file",
        _("There is a file of this name"),
        _("{path} is a file, not a folder.").format(path=path),
        _("Choose another name for the folder."),
    )


def _file_open(path: Path) -> KnownError:
    return KnownError(
        "file-open",
        _("The file is open"),
        _("“{name}” is in use by another program.").format(name=path.name),
        _("Close it there and try again, or choose another name."),
    )


def _read_only(path: Path) -> KnownError:
    return KnownError(
        "read-only",
        _("Writing is not allowed here"),
        _("“{name}” cannot be written in {folder}: the file or the folder is read-only.").format(
            name=path.name, folder=path.parent
        ),
        _("Choose another folder, or ask for the right to write there."),
    )


def _folder_missing(path: Path) -> KnownError:
    return KnownError(
        "folder-missing",
        _("The folder is not there"),
        _("The folder {folder} does not exist (any more).").format(folder=path.parent),
        _("Make the folder, plug the disk in again, or choose another folder."),
    )


def _take_mode(temporary: Path, path: Path) -> None:
    # A file that is replaced keeps who may read it.
    with contextlib.suppress(OSError):
        temporary.chmod(path.stat().st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    # The new name itself must survive a power cut; Windows has no such call and needs none.
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_FORBIDDEN = str.maketrans('<>:"/\\|?*', "＜＞：”／＼｜？＊")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
NAME_LIMIT = 80
"""Longest stem in characters: with folders above it a path stays below what Windows and file systems take."""


def shortened(text: str, limit: int = 40) -> str:
    """The beginning of a text, for messages: on one line, with … when something is left out."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


class FileNames:
    """Gives every file of a batch a name of its own that Windows, Linux and a USB stick accept."""

    def __init__(self, ending: str) -> None:
        self._ending = ending
        self._taken: set[str] = set()

    def name(self, *words: str) -> str:
        """A free name made of the words that are not empty, such as a code and a title."""
        stem = safe_stem("_".join(word for word in words if word))
        number, candidate = 1, stem
        while candidate.casefold() in self._taken:
            number += 1
            mark = f"({number})"
            candidate = f"{stem[: NAME_LIMIT - len(mark)]}{mark}"
        self._taken.add(candidate.casefold())
        return f"{candidate}{self._ending}"


def safe_stem(text: str) -> str:
    """The text as a file name without ending; signs that systems forbid become their full-width twins."""
    text = "".join(c if c.isprintable() else " " for c in text.translate(_FORBIDDEN))
    stem = " ".join(text.split())[:NAME_LIMIT]
    while len(stem.encode("utf-8", "replace")) > 3 * NAME_LIMIT:
        stem = stem[:-1]
    stem = stem.strip(" .")
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem
