"""Connections and transactions: one SQLite file in WAL mode, any number of readers, one writer.

Hides the driver, the pragmas, the password, and this trap: with the driver's own transactions a failed migration does
not roll back ``CREATE TABLE``. They are switched off; every transaction here begins with an explicit ``BEGIN`` (a
reader's snapshot) or ``BEGIN IMMEDIATE`` (the writer).
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from gdbos_desktop.storage import faults, values

APPLICATION_ID = 0x67646273  # "gdbs": tells a store from any other SQLite file
_HEADER = b"SQLite format 3\x00"
_PAGE = 4096
_SALT = 16
_KDF_ROUNDS = 256_000  # what SQLCipher 4 does with a passphrase, done once here instead of at every connection


def is_plain(path: Path) -> bool:
    """Whether the file is an unprotected SQLite file."""
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def is_marked(path: Path) -> bool:
    """Whether an unprotected file says that it is a store, however damaged the rest may be."""
    with path.open("rb") as file:
        return file.read(72)[68:] == APPLICATION_ID.to_bytes(4, "big")


def looks_protected(path: Path) -> bool:
    """Whether the file may be a protected store: whole pages of what looks like noise."""
    size = path.stat().st_size
    if size == 0 or size % _PAGE:
        return False
    with path.open("rb") as file:
        return len(set(file.read(_PAGE))) > 240  # noise misses about none of the 256 bytes, text most of them


def derive_key(password: str, path: Path | None = None) -> str:
    """SQLCipher's raw key and salt for a password: of the store at ``path``, or for a new store."""
    if path is None:
        salt = os.urandom(_SALT)
    else:
        with path.open("rb") as file:
            salt = file.read(_SALT)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _KDF_ROUNDS, 32)
    return key.hex() + salt.hex()


def settle_folder(folder: Path) -> None:
    """Have the disk remember the names in a folder, where the system offers it: many network drives do not."""
    if hasattr(os, "O_DIRECTORY"):
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def file_uri(path: PurePath) -> str:
    """The address of a file as SQLite takes it: a network folder (\\\\server\\share) is no authority to it."""
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def connect(path: Path, key: str | None, *, mode: str = "rw", timeout_seconds: float = 5.0) -> Any:
    """A driver connection with the driver's transactions off. ``mode``: rw, rwc, ro, or immutable."""
    words = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    connection = driver.connect(
        f"{file_uri(path.absolute())}?{words}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=timeout_seconds,
        cached_statements=256,
    )
    if key is not None:
        connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong password is told by us, not on the console
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
    return connection


def engine_for(path: Path, key: str | None, begin: str, *pragmas: str, connections: int = 1) -> Engine:
    """An engine over the file whose every transaction begins with the statement ``begin``."""

    def open_connection() -> Any:
        connection = connect(path, key)
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "trusted_schema = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA journal_size_limit = 67108864")  # a large import leaves no large log behind
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("fold", 1, values.sql_fold, deterministic=True)
        connection.create_function("sort_key", 1, values.sql_sort_key, deterministic=True)
        connection.create_function("decimal_number", 1, values.sql_decimal_number, deterministic=True)
        return connection

    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=open_connection,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0 if connections == 1 else 64,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Database:
    """The file of a store, open for work. ``read`` and ``write`` may be used from any thread; writers take turns."""

    READERS = 8
    READ_CACHE_KIB = 16_384
    WRITE_CACHE_KIB = 65_536
    PATIENCE_SECONDS = 30.0
    """How long a writer of this program waits for another one, such as an import."""

    def __init__(self, path: Path, key: str | None = None, *, told_as: Path | None = None) -> None:
        self._told_as = told_as or path
        self._write_lock = threading.Lock()
        self._writing_thread: int | None = None
        self._readers = engine_for(
            path, key, "BEGIN", f"cache_size = -{self.READ_CACHE_KIB}", "query_only = ON", connections=self.READERS
        )
        self._writer = engine_for(path, key, "BEGIN IMMEDIATE", f"cache_size = -{self.WRITE_CACHE_KIB}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction: a snapshot that later writes do not touch."""
        with faults.told_in_words(self._told_as), self._readers.connect() as connection, connection.begin():
            connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()  # takes the snapshot now
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one write transaction: committed at normal exit, rolled back otherwise."""
        thread = threading.get_ident()
        if self._writing_thread == thread:
            raise RuntimeError("a unit of work inside another one of the same thread")
        if not self._write_lock.acquire(timeout=self.PATIENCE_SECONDS):
            raise faults.store_busy(self._told_as)
        try:
            self._writing_thread = thread
            with faults.told_in_words(self._told_as), self._writer.connect() as connection, connection.begin():
                yield connection
        finally:
            self._writing_thread = None
            self._write_lock.release()

    def close(self) -> None:
        """Close every connection; the last one of all programs folds the write-ahead log into the file."""
        self._readers.dispose()
        self._writer.dispose()
