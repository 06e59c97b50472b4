"""When the world refuses: every refusal its own code and its file by name, and the store stays as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath

import pytest
import sqlcipher3.dbapi2 as driver

from gdbos_desktop.domain.changes import create, edit
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.schema import Standard
from gdbos_desktop.storage import Store, database
from gdbos_desktop.storage.database import Database
from gdbos_desktop.system.errors import KnownError
from tests.storage.agreement import assert_sound
from tests.storage.workplace import SMALL, add, change_set, create_store, item, new_store, read, standards, write

NAME = "示例县.gdbos"
PASSWORD = "县里的Password 1"


@contextmanager
def refused(code: str, name: str = NAME) -> Iterator[None]:
    """The world refuses with this code and names the file; all three texts are there."""
    with pytest.raises(KnownError) as caught:
        yield
    assert caught.value.code == code
    assert name in caught.value.sentence
    assert caught.value.title
    assert caught.value.remedy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with something in it, closed."""
    with new_store(tmp_path / NAME) as store:
        (record,) = add(store, item("食品经营许可", code="A1"))
        write(store, edit(record, {"kept_days": 5}))
    return tmp_path / NAME


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A store with a password and something in it, closed."""
    with new_store(tmp_path / NAME, password=PASSWORD) as store:
        add(store, item("食品经营许可"))
    return tmp_path / NAME


def open_store(path: Path, password: str | None = None) -> Store:
    return Store.open(path, standards(), password=password)


def folder_of(path: Path) -> dict[str, bytes]:
    """Every file of the folder."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def refuses_untouched(path: Path, code: str, password: str | None = None) -> None:
    """Opening is refused and leaves every byte of the folder as it was."""
    before = folder_of(path)
    with refused(code):
        open_store(path, password)
    assert folder_of(path) == before


# Not a store, or not ours


@pytest.mark.parametrize(
    "content",
    [
        b"", b"x", "这是一封信，不是数据文件。".encode() * 500, b"PK\x03\x04" + b"\0" * 4092, b"a" * 8192,
        b"SQLite format 3\0", b"SQLite format 3\0" + b"\0" * 8176,
    ],
)  # fmt: skip
def test_any_other_file_is_no_store(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    refuses_untouched(tmp_path / NAME, "not-a-store")
    refuses_untouched(tmp_path / NAME, "not-a-store", PASSWORD)


def test_a_database_of_another_program_is_no_store(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / NAME)
    other.execute("PRAGMA application_id = 7")
    other.execute("PRAGMA user_version = 1")
    other.execute("CREATE TABLE record (id TEXT)")
    other.commit()
    other.close()
    refuses_untouched(tmp_path / NAME, "not-a-store")


def test_noise_may_be_a_protected_store_so_its_password_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(os.urandom(8192))
    refuses_untouched(tmp_path / NAME, "password-needed")
    refuses_untouched(tmp_path / NAME, "wrong-password", PASSWORD)


def test_a_name_that_the_system_does_not_take_is_told(tmp_path: Path) -> None:
    name = "长" * 300 + ".gdbos"
    with refused("name-too-long", name):
        open_store(tmp_path / name)
    with refused("name-too-long", name):
        create_store(tmp_path / name)


def test_a_store_in_a_network_folder_has_an_address_that_the_database_takes() -> None:
    shared = PureWindowsPath("//server/share/区局 1.gdbos")
    assert database.file_uri(shared) == "file:////server/share/%E5%8C%BA%E5%B1%80%201.gdbos"
    assert database.file_uri(PureWindowsPath("C:/a.gdbos")) == "file:///C:/a.gdbos"


def test_a_store_that_may_not_be_read_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lock(_path: Path) -> bool:
        raise PermissionError(13, "locked")

    monkeypatch.setattr(database, "is_plain", lock)  # root, who runs some of these tests, may read everything
    with refused("not-readable"):
        open_store(path)


def test_a_folder_or_nothing_is_no_store(tmp_path: Path) -> None:
    with refused("store-missing"):
        open_store(tmp_path / NAME)
    (tmp_path / NAME).mkdir()
    with refused("store-missing"):
        open_store(tmp_path / NAME)
    with refused("folder-missing", "nowhere"):
        open_store(tmp_path / "nowhere" / NAME)
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_store_of_a_newer_program_is_refused_untouched(tmp_path: Path, password: str | None) -> None:
    with new_store(tmp_path / NAME, password=password):
        pass
    key = database.derive_key(password, tmp_path / NAME) if password else None
    raw = database.connect(tmp_path / NAME, key)
    raw.execute("PRAGMA user_version = 1000")
    raw.close()
    refuses_untouched(tmp_path / NAME, "newer-store", password)


def test_a_store_of_an_unknown_standard_is_refused(path: Path) -> None:
    nothing: dict[str, Standard] = {}
    with refused("unknown-standard"):
        Store.open(path, nothing.__getitem__)
    with open_store(path) as store:
        assert store.info.standard == SMALL.identity


# Passwords


def test_only_the_password_opens_a_protected_store(secret: Path) -> None:
    refuses_untouched(secret, "password-needed")
    refuses_untouched(secret, "password-needed", "")
    refuses_untouched(secret, "wrong-password", PASSWORD.lower())
    with open_store(secret, PASSWORD) as store, store.read() as reader:
        assert reader.search("食品").total == 1


def test_a_protected_store_shows_nothing_to_those_without_the_password(secret: Path) -> None:
    with open_store(secret, PASSWORD) as store:
        add(store, item("药品零售许可"))
        for content in folder_of(secret).values():  # the log beside it included
            for word in ("食品", "药品", "SQLite", "record"):
                assert word.encode() not in content
    with pytest.raises(driver.DatabaseError):
        driver.connect(str(secret)).execute("SELECT * FROM sqlite_schema")


def test_a_password_for_a_store_without_one_does_no_harm(path: Path) -> None:
    with open_store(path, PASSWORD) as store, store.read() as reader:
        assert reader.count(Query("item")) == 1


# Places where nobody may write


@pytest.fixture
def read_only(path: Path, tmp_path: Path) -> Iterator[Path]:
    """The same store where it may only be read; the superuser needs a disk for it."""
    if os.geteuid():
        path.chmod(0o444)
        tmp_path.chmod(0o555)
        yield path
        tmp_path.chmod(0o755)
        return
    subprocess.run(["mount", "--bind", str(tmp_path), str(tmp_path)], capture_output=True, check=False)
    mounted = subprocess.run(["mount", "-o", "remount,bind,ro", str(tmp_path)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are set as on Linux")
def test_a_store_in_a_folder_that_may_only_be_read_is_refused_untouched(read_only: Path) -> None:
    refuses_untouched(read_only, "read-only")
    with refused("read-only", "new.gdbos"):
        create_store(read_only.with_name("new.gdbos"))


def test_a_new_store_never_takes_the_place_of_a_file(path: Path) -> None:
    before = folder_of(path)
    with refused("store-exists"):
        create_store(path)
    with refused("folder-missing", "nowhere"):
        create_store(path.parent / "nowhere" / NAME)
    assert folder_of(path) == before


def test_a_new_store_never_takes_the_place_of_a_file_that_appears_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_text("yesterday", encoding="utf-8")
    monkeypatch.setattr(Path, "exists", lambda _path: False)  # it was not there when we looked
    with refused("store-exists"):
        create_store(tmp_path / NAME)
    monkeypatch.undo()
    assert folder_of(tmp_path / NAME) == {NAME: b"yesterday"}


# The disk is full


@pytest.fixture
def little_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file may grow by a few pages only: what SQLite says then is what it says on a full disk."""
    open_engine = database.engine_for

    pages = path.stat().st_size // 4096 + 20

    def limited(path: Path, key: str | None, begin: str, *pragmas: str, connections: int = 1) -> object:
        return open_engine(path, key, begin, f"max_page_count = {pages}", *pragmas, connections=connections)

    monkeypatch.setattr(database, "engine_for", limited)


@pytest.mark.usefixtures("little_room")
def test_a_full_disk_takes_the_whole_change_set_back_and_the_next_one_goes_through(path: Path) -> None:
    with open_store(path) as store:
        with store.read() as reader:
            before = reader.find(Query("item")).records(reader)
        many = change_set(*(create(item(f"事项{number}", loose_text="长" * 500)) for number in range(2000)))
        with refused("disk-full"), store.unit_of_work() as unit:
            unit.set_setting("page", "width", 100)
            unit.apply(many)
        with store.read() as reader:
            assert reader.find(Query("item")).records(reader) == before
            assert reader.get_setting("page", "width") is None
            assert reader.sequence() == 2
            assert reader.verify_history() == []
        write(store, edit(before[0], {"kept_days": 6}))
        assert read(store, before[0])[0].elements["kept_days"] == 6
    assert_sound(path, SMALL)


@pytest.mark.usefixtures("little_room")
def test_whoever_catches_the_full_disk_still_writes_nothing_of_the_change_set(path: Path) -> None:
    many = change_set(*(create(item(f"事项{number}", loose_text="长" * 500)) for number in range(2000)))
    with open_store(path) as store:
        with store.unit_of_work() as unit, pytest.raises(Exception, match="full"):
            unit.apply(many)
        with store.read() as reader:
            assert reader.sequence() == 2
            assert reader.count(Query("item")) == 1
    assert_sound(path, SMALL)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 200 kB; skipped where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if not hasattr(os, "geteuid") or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_new_store_on_a_full_disk_leaves_nothing_behind(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"\0" * 100_000)
    with refused("disk-full"):
        create_store(small_disk / NAME)
    assert [file.name for file in small_disk.iterdir()] == ["ballast"]


def test_a_store_on_a_full_disk_can_still_be_read(path: Path, small_disk: Path) -> None:
    size = path.stat().st_size
    subprocess.run(["mount", "-o", f"remount,size={(size + 40 * 4096) // 1024}k", str(small_disk)], check=True)
    there = small_disk / NAME
    shutil.copy(path, there)
    many = change_set(*(create(item(f"事项{number}", loose_text="长" * 500)) for number in range(1000)))
    with open_store(there) as store:
        with refused("disk-full"), store.unit_of_work() as unit:
            unit.apply(many)
        with store.read() as reader:
            assert reader.sequence() == 2
            assert reader.search("食品").total == 1
    assert_sound(there, SMALL)


# Damage


@pytest.mark.parametrize("keep", [5000, 20_000, 100_000])
def test_a_store_whose_end_is_missing_is_told_as_damaged(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])
    before = path.read_bytes()
    with refused("store-damaged"):
        use(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("page", range(1, 12))
def test_a_damaged_page_is_told_or_not_needed(path: Path, page: int) -> None:
    content = bytearray(path.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    code = ""
    try:
        use(path)
    except KnownError as error:
        code = error.code
    assert code in {"", "store-damaged"}


def use(path: Path) -> None:
    """Open, read and list everything."""
    with open_store(path) as store, store.read() as reader:
        for kind in SMALL.kinds:
            reader.find(Query(kind)).records(reader)
        reader.search("食品")
        reader.verify_history()


# Others are writing


@pytest.mark.slow
def test_another_program_that_writes_for_too_long_is_told(path: Path) -> None:
    other = driver.connect(str(path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_store(path) as store:
        with store.read() as reader:
            assert reader.count(Query("item")) == 1  # nobody has to wait to read
        with refused("store-busy"), store.unit_of_work():
            pass
        other.execute("ROLLBACK")
        other.close()
        add(store, item("二"))
        with store.read() as reader:
            assert reader.count(Query("item")) == 2


def test_another_window_that_writes_for_too_long_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "PATIENCE_SECONDS", 0.05)
    with open_store(path) as store, store.unit_of_work():
        told = in_thread(lambda: write(store, create(item())))
        assert isinstance(told, KnownError)
        assert told.code == "store-busy"
    with open_store(path) as store, store.read() as reader:
        assert reader.sequence() == 2


def in_thread(act: Callable[[], object]) -> BaseException | None:
    """What the act raised in a thread of its own."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except KnownError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None
