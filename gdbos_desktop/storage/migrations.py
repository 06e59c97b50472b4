"""The form of the store file, version by version: how it began, and the steps that later versions took.

Steps are frozen: they speak of the tables as they were, never of the live definitions, because they still run in ten
years. Each step is one explicit transaction that also counts the version up; before the first one a copy of the file is
made and read back. A file from a newer program is recognised without being touched. Steps are written with alembic's
operations; its scripts and version table are not used (``docs/adr/0005-migrations.md``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from gdbos_desktop.storage import database, faults

if TYPE_CHECKING:
    from alembic.operations import Operations

Step = Callable[["Operations"], None]

_HISTORY_IS_FINAL = """
CREATE TRIGGER {table}_{verb}_refused BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'history is only ever added to'); END
"""
# REPLACE INTO deletes what stands there without asking the triggers of DELETE, so the place is looked at before.
_HISTORY_IS_NOT_REPLACED = """
CREATE TRIGGER {table}_REPLACE_refused BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})
BEGIN SELECT RAISE(ABORT, 'history is only ever added to'); END
"""

_VERSION_1 = (
    """
    CREATE TABLE store (
        only INTEGER PRIMARY KEY CHECK (only = 1), store_id TEXT NOT NULL, name TEXT NOT NULL,
        region_code TEXT NOT NULL, standard TEXT NOT NULL, created_at INTEGER NOT NULL,
        head_sequence INTEGER NOT NULL, head_hash TEXT NOT NULL)
    """,
    """
    CREATE TABLE record (
        rid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        parent TEXT REFERENCES record (id) DEFERRABLE INITIALLY DEFERRED, position INTEGER NOT NULL,
        version INTEGER NOT NULL, deleted INTEGER NOT NULL, made INTEGER NOT NULL, title TEXT NOT NULL,
        elements TEXT)
    """,
    """
    CREATE INDEX record_parent ON record (parent, kind, position) WHERE parent IS NOT NULL AND deleted = 0
    """,
    """
    CREATE TABLE change_set (
        sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, actor TEXT NOT NULL, origin TEXT NOT NULL,
        reason TEXT NOT NULL, at INTEGER NOT NULL, undoes TEXT, change_count INTEGER NOT NULL,
        previous_hash TEXT NOT NULL, hash TEXT NOT NULL)
    """,
    "CREATE INDEX change_set_undoes ON change_set (undoes) WHERE undoes IS NOT NULL",
    """
    CREATE TABLE change (
        place INTEGER PRIMARY KEY, rid INTEGER NOT NULL REFERENCES record (rid),
        about TEXT NOT NULL, after TEXT NOT NULL)
    """,
    "CREATE INDEX change_rid ON change (rid)",
    *(
        _HISTORY_IS_FINAL.format(table=table, verb=verb)
        for table in ("change_set", "change")
        for verb in ("UPDATE", "DELETE")
    ),
    _HISTORY_IS_NOT_REPLACED.format(table="change", taken="place = NEW.place"),
    _HISTORY_IS_NOT_REPLACED.format(table="change_set", taken="sequence = NEW.sequence OR id = NEW.id"),
    """
    CREATE TABLE outbox (
        sequence INTEGER PRIMARY KEY REFERENCES change_set (sequence),
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'accepted', 'refused')))
    """,
    """
    CREATE TABLE setting (
        section TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (section, key)) WITHOUT ROWID
    """,
    """
    CREATE TABLE record_key (
        digest BLOB NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY (digest, rid)) WITHOUT ROWID
    """,
    """
    CREATE TABLE search_text (
        rid INTEGER PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, initials TEXT NOT NULL)
    """,
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        tokens, content='', contentless_delete=1, detail=none,
        tokenize="ascii tokenchars '!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'")
    """,
    "CREATE TABLE projection (kind TEXT PRIMARY KEY, signature TEXT NOT NULL)",
    f"PRAGMA application_id = {database.APPLICATION_ID}",
)


def begin(connection: Connection) -> None:
    """Make the tables of version 1 in an empty file; ``migrate`` takes it from there."""
    for statement in _VERSION_1:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("PRAGMA user_version = 1")


STEPS: Mapping[int, Step] = {}
"""Version reached → what to do with a file of the version before. Released steps never change."""


def current() -> int:
    """The version that this program reads and writes."""
    return max(STEPS, default=1)


def version_of(path: Path, key: str | None) -> int:
    """The version of the store file, found without writing a byte to it or beside it; KnownError if it is none."""
    log = path.with_name(path.name + "-wal")
    unfinished = log.exists() and log.stat().st_size > 0
    connection = None
    try:
        with faults.told_in_words(path):
            # With nothing in the log the file alone is the truth and may be read as if on a CD.
            connection = database.connect(path, key, mode="ro" if unfinished else "immutable")
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    finally:
        if connection is not None:
            connection.close()
    if application_id != database.APPLICATION_ID or version < 1:
        raise faults.not_a_store(path)
    return int(version)


def migrate(path: Path, key: str | None) -> Path | None:
    """Bring the file to the current version; the copy made before, None when there was nothing (left) to do.

    A step that fails leaves the file in the version before it. KnownErrors: disk-full, read-only, store-busy,
    store-damaged (the copy could not be read back, so nothing was begun).
    """
    with faults.told_in_words(path):
        if version_of(path, key) >= current():
            return None
        copy = _back_up(path, key)
        if copy is None:
            return None
        engine = database.engine_for(path, key, "BEGIN IMMEDIATE", "foreign_keys = OFF")
        try:
            for version in sorted(STEPS):
                with engine.connect() as connection, connection.begin():
                    _step(connection, version)
        finally:
            engine.dispose()
    return copy


def _step(connection: Connection, version: int) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != version - 1:
        return  # done already, perhaps by another program a moment ago
    STEPS[version](Operations(MigrationContext.configure(connection)))
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise RuntimeError(f"step {version} leaves references to nothing")
    connection.exec_driver_sql(f"PRAGMA user_version = {version}")


def _back_up(path: Path, key: str | None) -> Path | None:
    """A verified copy of the store file beside it, named after its version; None if somebody just migrated it."""
    connection = database.connect(path, key)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN IMMEDIATE")  # nobody writes while the file is copied
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version >= current():
            return None
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise faults.store_busy(path)
        copy = _free_name(path, version)
        draft = copy.with_name(f".{copy.name}.partial")
        try:
            shutil.copyfile(path, draft)
            _verify_copy(draft, key, path)
            with draft.open("rb+") as file:
                os.fsync(file.fileno())  # the copy is on the disk before anything is changed
            os.replace(draft, copy)
            database.settle_folder(path.parent)
        except OSError as error:
            raise faults.from_os(error, path) from error
        finally:
            draft.unlink(missing_ok=True)
    finally:
        connection.close()
    return copy


def _free_name(path: Path, version: int) -> Path:
    names = (f"{path.stem}.v{version}{mark}.backup{path.suffix}" for mark in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in map(path.with_name, names) if not name.exists())


def _verify_copy(copy: Path, key: str | None, original: Path) -> None:
    connection = database.connect(copy, key, mode="immutable")
    try:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise faults.store_damaged(original)
    finally:
        connection.close()
