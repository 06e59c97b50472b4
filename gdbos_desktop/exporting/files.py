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
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

_LOCKED = frozenset({32, 33})  # Windows: sharing violation, lock violation
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ESTALE, errno.ENXIO})
_REFUSED = frozenset({errno.EACCES, errno.EPERM})


@contextlib.contextmanager
def whole_file(path: Path, *, is_durable: bool = True) -> Iterator[BinaryIO]:
    """A new file at ``path`` that appears (or replaces the old one) only when the block ends without an exception.

    ``is_durable=False`` leaves the moment of writing to disk to the system: for the many files of a batch, which can be
    made again. KnownError codes: ``file-open``, ``read-only``, ``folder-missing``, ``disk-full``, ``name-too-long``,
    ``is-folder``, ``cannot-write``.
    """
    with explained(path):
        check_writable(path)
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


def check_writable(path: Path) -> None:
    """Refuse early what would fail at the end of long work: no folder, a folder in place of a file, a file in use."""
    folder = path.parent
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
    """What an error of the operating system means for a person who wants a file at ``path``."""
    code = error.errno
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
            _("The system does not accept a name as long as “{name}”.").format(name=path.name),
            _("Choose a shorter file name."),
        )
    return KnownError(
        "cannot-write",
        _("The file cannot be written"),
        _("“{name}” in {folder} could not be written: {reason}.").format(
            name=path.name, folder=path.parent, reason=error.strerror or error
        ),
        _("Check the disk or the network drive, or choose another folder."),
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
