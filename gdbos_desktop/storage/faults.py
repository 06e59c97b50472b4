"""What can go wrong between the store and the world, in sentences: the door where the driver's errors end.

Hides the driver's exception types and SQLite's result codes. Everything that is not the world's doing passes through
unchanged: it is our bug.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import DBAPIError

from gdbos_desktop.domain.changes import VersionConflict
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

_BUSY, _LOCKED, _READ_ONLY, _IO_ERROR, _CORRUPT, _FULL, _CANNOT_OPEN, _NOT_A_DATABASE = 5, 6, 8, 10, 11, 13, 14, 26


class ConflictError(Exception):
    """A change set that does not fit what the store holds now; nothing of it was written.

    ``conflicts`` are all of its conflicts, in the order of its changes.
    """

    def __init__(self, conflicts: Sequence[VersionConflict]) -> None:
        self.conflicts = tuple(conflicts)
        first = self.conflicts[0]
        super().__init__(f"{len(self.conflicts)} conflicts, first: {first.reason} of {first.record_id}")


def not_a_store(path: Path) -> KnownError:
    return KnownError(
        "not-a-store",
        _("Not a store"),
        _("“{file}” is not a store of this program.").format(file=path.name),
        _("Choose a file with the ending .gdbos."),
    )


def newer_store(path: Path) -> KnownError:
    return KnownError(
        "newer-store",
        _("Store of a newer version"),
        _("“{file}” was written by a newer version of this program. It was not touched.").format(file=path.name),
        _("Update the program, then open the store again."),
    )


def password_needed(path: Path) -> KnownError:
    return KnownError(
        "password-needed",
        _("Password needed"),
        _("“{file}” is protected by a password, or is not a store.").format(file=path.name),
        _("Enter the password of the store."),
    )


def wrong_password(path: Path) -> KnownError:
    return KnownError(
        "wrong-password",
        _("Wrong password"),
        _("The password does not open “{file}”.").format(file=path.name),
        _("Mind capital letters and the input method, then enter it again."),
    )


def store_missing(path: Path) -> KnownError:
    return KnownError(
        "store-missing",
        _("Store not found"),
        _("There is no file “{file}” in the folder {folder}.").format(file=path.name, folder=path.parent),
        _("Check whether it was moved or renamed, or whether the disk is connected."),
    )


def store_exists(path: Path) -> KnownError:
    return KnownError(
        "store-exists",
        _("File already there"),
        _("There is already a file “{file}” in the folder {folder}. It was not touched.").format(
            file=path.name, folder=path.parent
        ),
        _("Choose another name, or open the store that is there."),
    )


def folder_missing(path: Path) -> KnownError:
    return KnownError(
        "folder-missing",
        _("Folder not found"),
        _("The folder {folder} does not exist.").format(folder=path.parent),
        _("Make the folder first, or choose another one."),
    )


def read_only(path: Path) -> KnownError:
    return KnownError(
        "read-only",
        _("No right to write"),
        _("“{file}” or its folder {folder} may only be read.").format(file=path.name, folder=path.parent),
        _("Copy the store to a folder where you may write, such as your documents, and open it there."),
    )


def not_readable(path: Path) -> KnownError:
    return KnownError(
        "not-readable",
        _("No right to read"),
        _("You have no right to read “{file}”, or another program locks it.").format(file=path.name),
        _("Close it in the other program, or ask whoever keeps it for the right to read and write it."),
    )


def name_too_long(path: Path) -> KnownError:
    return KnownError(
        "name-too-long",
        _("The file name is too long"),
        _("The system does not accept a name as long as “{file}”.").format(file=path.name),
        _("Choose a shorter file name."),
    )


def disk_full(path: Path) -> KnownError:
    return KnownError(
        "disk-full",
        _("Disk full"),
        _("There is no space left for “{file}”. Nothing of this step was written.").format(file=path.name),
        _("Free some space on the disk and repeat the step."),
    )


def store_busy(path: Path) -> KnownError:
    return KnownError(
        "store-busy",
        _("Store in use"),
        _("Another window or program is writing to “{file}” at the moment.").format(file=path.name),
        _("Wait until it has finished, then repeat the step."),
    )


def store_damaged(path: Path) -> KnownError:
    return KnownError(
        "store-damaged",
        _("Store damaged"),
        _("“{file}” is damaged and cannot be read completely.").format(file=path.name),
        _("Do not work with it any further. Keep the file and open the latest backup."),
    )


def disk_error(path: Path) -> KnownError:
    return KnownError(
        "disk-error",
        _("Disk error"),
        _("The disk refused to read or write “{file}”.").format(file=path.name),
        _("Check whether the disk or the USB stick is still connected."),
    )


def unknown_standard(path: Path, standard: str) -> KnownError:
    return KnownError(
        "unknown-standard",
        _("Standard unknown"),
        _("“{file}” follows the standard “{standard}”, which this program does not have.").format(
            file=path.name, standard=standard
        ),
        _("Update the program, or add the file of the standard."),
    )


def from_os(error: OSError, path: Path) -> KnownError:
    """What the operating system refused."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(path)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return read_only(path)
    if error.errno == errno.ENAMETOOLONG:
        return name_too_long(path)
    return disk_error(path)


def _driver_fault(error: driver.Error, path: Path) -> KnownError | None:
    code = getattr(error, "sqlite_errorcode", None)
    makers = {
        _BUSY: store_busy,
        _LOCKED: store_busy,
        _READ_ONLY: read_only,
        _IO_ERROR: disk_error,
        _CORRUPT: store_damaged,
        _FULL: disk_full,
        _CANNOT_OPEN: read_only,
        _NOT_A_DATABASE: store_damaged,
    }
    make = makers.get(code & 0xFF) if isinstance(code, int) else None
    return make(path) if make else None


@contextmanager
def told_in_words(path: Path) -> Iterator[None]:
    """Turns the driver's errors that the world caused into KnownErrors about the store at ``path``."""
    try:
        yield
    except DBAPIError as error:
        fault = _driver_fault(error.orig, path) if isinstance(error.orig, driver.Error) else None
        if fault is None:
            raise
        raise fault from error
    except driver.Error as error:
        fault = _driver_fault(error, path)
        if fault is None:
            raise
        raise fault from error
