"""A store: one ``.gdbos`` file with everything a workplace keeps – opening, making, reading, writing, closing."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sqlalchemy import select

from gdbos_desktop.schema import Standard
from gdbos_desktop.storage import database, faults, migrations, tables
from gdbos_desktop.storage.database import Database
from gdbos_desktop.storage.history import START
from gdbos_desktop.storage.projections import Projections
from gdbos_desktop.storage.reader import Reader
from gdbos_desktop.storage.search import Searcher
from gdbos_desktop.storage.writing import UnitOfWork
from gdbos_desktop.system.clock import now_ms
from gdbos_desktop.system.errors import KnownError


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store says of itself. ``standard`` is the identity of its standard, such as national-2020."""

    path: Path
    store_id: str
    name: str
    region_code: str
    standard: str


class Store:
    """An open store. Readers work from any thread at the same time; one unit of work at a time writes."""

    def __init__(self, base: Database, info: StoreInfo, standard: Standard) -> None:
        self._database = base
        self.info = info
        self.standard = standard
        self._projections = Projections(standard)
        self._searcher = Searcher(self._projections)

    @classmethod
    def create(
        cls, path: Path, standard: Standard, *, name: str, region_code: str, password: str | None = None
    ) -> Store:
        """Make a new store and open it. KnownErrors: store-exists, folder-missing, read-only, disk-full,
        name-too-long.

        The file appears under its name only when it is complete.
        """
        try:
            if not path.parent.is_dir():
                raise faults.folder_missing(path)
            if path.exists():
                raise faults.store_exists(path)
        except OSError as error:
            raise faults.from_os(error, path) from error
        key = database.derive_key(password) if password else None
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.partial")
        try:
            with faults.told_in_words(path):
                connection = database.connect(draft, key, mode="rwc")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.close()
            base = Database(draft, key, told_as=path)
            try:
                info = StoreInfo(path, uuid.uuid4().hex, name, region_code, standard.identity)
                with base.write() as writer:
                    migrations.begin(writer)
                    writer.execute(
                        tables.store.insert().values(
                            only=1, store_id=info.store_id, name=name, region_code=region_code,
                            standard=standard.identity, created_at=now_ms(), head_sequence=0, head_hash=START,
                        )
                    )  # fmt: skip
                    Projections(standard).rebuild(writer, list(standard.kinds))
            finally:
                base.close()
            _name(draft, path)
        except FileExistsError as error:
            raise faults.store_exists(path) from error
        except OSError as error:
            raise faults.from_os(error, path) from error
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                with suppress(OSError):
                    draft.with_name(draft.name + ending).unlink()
        return cls(Database(path, key), info, standard)

    @classmethod
    def open(cls, path: Path, standards: Callable[[str], Standard], *, password: str | None = None) -> Store:
        """Open a store. ``standards`` gives the standard of an identity, KeyError when there is none.

        KnownErrors: folder-missing, store-missing, not-a-store, newer-store, password-needed, wrong-password,
        not-readable, read-only, unknown-standard, store-busy, store-damaged, disk-full, name-too-long.
        """
        try:
            key = cls._key_for(path, password)
        except PermissionError as error:
            raise faults.not_readable(path) from error
        except OSError as error:
            raise faults.from_os(error, path) from error
        try:
            version = migrations.version_of(path, key)
        except KnownError as error:
            if error.code != "store-damaged" or database.is_marked(path):
                raise
            raise (faults.wrong_password(path) if key else faults.not_a_store(path)) from error
        if version > migrations.current():
            raise faults.newer_store(path)
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise faults.read_only(path)
        migrations.migrate(path, key)
        base = Database(path, key)
        try:
            return cls._opened(base, path, standards)
        except BaseException:
            base.close()
            raise

    @staticmethod
    def _key_for(path: Path, password: str | None) -> str | None:
        if not path.parent.is_dir():
            raise faults.folder_missing(path)
        if not path.is_file():
            raise faults.store_missing(path)
        if database.is_plain(path):
            return None
        if not database.looks_protected(path):
            raise faults.not_a_store(path)
        if not password:
            raise faults.password_needed(path)
        return database.derive_key(password, path)

    @classmethod
    def _opened(cls, base: Database, path: Path, standards: Callable[[str], Standard]) -> Store:
        with base.read() as connection:
            row = connection.execute(select(tables.store)).one()
        info = StoreInfo(path, row.store_id, row.name, row.region_code, row.standard)
        try:
            standard = standards(info.standard)
        except KeyError as error:
            raise faults.unknown_standard(path, info.standard) from error
        store = cls(base, info, standard)
        with base.read() as connection:
            outdated = store._projections.outdated(connection)
        if outdated:
            with base.write() as connection:
                store._projections.rebuild(connection, store._projections.outdated(connection))
        return store

    def read(self) -> AbstractContextManager[Reader]:
        """One read transaction, a snapshot of this moment; from any thread."""
        return self._read()

    @contextmanager
    def _read(self) -> Iterator[Reader]:
        with self._database.read() as connection:
            yield Reader(connection, self._projections, self._searcher)

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """The one write transaction: committed when its block ends normally, rolled back otherwise.

        KnownErrors: store-busy when another program writes for too long, disk-full.
        """
        return self._unit_of_work()

    @contextmanager
    def _unit_of_work(self) -> Iterator[UnitOfWork]:
        with self._database.write() as connection:
            yield UnitOfWork(connection, self._projections, self._searcher)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _name(draft: Path, path: Path) -> None:
    """Give the finished file its name, without ever replacing a file that appeared meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # USB sticks have no links
        if path.exists():
            raise FileExistsError(path) from None
        draft.rename(path)
    database.settle_folder(path.parent)
