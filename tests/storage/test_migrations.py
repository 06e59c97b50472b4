"""Old stores open for ever; a step goes through whole or not at all, and a verified copy is made first."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, Text

from gdbos_desktop.storage import Store, database, migrations
from gdbos_desktop.system.errors import KnownError
from tests.storage.agreement import assert_sound
from tests.storage.released import DATA, make, reads_as
from tests.storage.workplace import SMALL, standards

if TYPE_CHECKING:
    from alembic.operations import Operations

PASSWORD = "县里的Password 1"
RELEASED = sorted(DATA.glob("store-v*.gdbos"))


def expected_of(store: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.with_suffix(".json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the store of version 1."""
    return Path(shutil.copy(DATA / "store-v1.gdbos", tmp_path / "county.gdbos"))


def add_a_column(operations: Operations) -> None:
    """A step such as a later version may take: a column, a table, a rebuilt table."""
    operations.add_column("record", Column("lane", Integer, nullable=False, server_default="7"))
    operations.create_table("extra", Column("id", Integer, primary_key=True))
    with operations.batch_alter_table("setting") as batch:
        batch.add_column(Column("note", Text))


def fail_at_the_end(operations: Operations) -> None:
    add_a_column(operations)
    operations.execute("UPDATE record SET title = 'x'")
    operations.execute("SELECT no_such_function()")


def leave_references_to_nothing(operations: Operations) -> None:
    operations.execute("DELETE FROM record WHERE kind = 'item'")


def everything(path: Path, key: str | None = None) -> list[str]:
    """Version, tables and rows, as text."""
    raw = database.connect(path, key)
    try:
        schema = raw.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
        found = [str(row) for row in (*raw.execute("PRAGMA user_version"), *schema)]
        for kind, name, _sql in schema:
            if kind == "table":
                found += [f"{name} {row}" for row in raw.execute(f'SELECT * FROM "{name}"')]
        return found
    finally:
        raw.close()


def version(path: Path, key: str | None = None) -> int:
    return migrations.version_of(path, key)


def files(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_the_store_of_every_released_version_opens_and_reads_as_recorded(tmp_path: Path, released: Path) -> None:
    path = Path(shutil.copy(released, tmp_path / "county.gdbos"))
    with Store.open(path, standards()) as store:
        assert reads_as(store) == expected_of(released)
    assert_sound(path, SMALL)


def test_every_version_up_to_this_one_keeps_a_store() -> None:
    assert [path.stem for path in RELEASED] == [f"store-v{number}" for number in range(1, migrations.current() + 1)]


def test_a_new_store_has_the_form_of_the_kept_one(tmp_path: Path, old: Path) -> None:
    make(tmp_path / "new.gdbos")

    def form(path: Path) -> list[Any]:
        raw = database.connect(path, None)
        found = raw.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'list%' ORDER BY 1, 2")
        rows: list[Any] = found.fetchall()
        raw.close()
        return rows

    assert form(tmp_path / "new.gdbos") == form(old)


def test_a_store_of_this_version_is_opened_without_a_copy(old: Path) -> None:
    Store.open(old, standards()).close()
    assert files(old) == ["county.gdbos"]


@pytest.fixture(params=[None, PASSWORD], ids=["plain", "protected"])
def password(request: pytest.FixtureRequest) -> str | None:
    given: str | None = request.param
    return given


@pytest.fixture
def path(tmp_path: Path, password: str | None) -> Path:
    """A store of version 1, with or without a password."""
    make(tmp_path / "county.gdbos", password)
    return tmp_path / "county.gdbos"


@pytest.fixture
def key(path: Path, password: str | None) -> str | None:
    return database.derive_key(password, path) if password else None


@pytest.fixture
def step_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {2: add_a_column})


@pytest.mark.usefixtures("step_two")
def test_an_old_store_is_brought_up_to_date_with_a_copy_beside_it(
    path: Path, key: str | None, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rows = path.read_bytes(), everything(path, key)
    with monkeypatch.context() as old_program:
        old_program.setattr(migrations, "STEPS", {})
        with Store.open(path, standards(), password=password) as store:
            expected = reads_as(store)
    with Store.open(path, standards(), password=password) as store:
        assert reads_as(store) == expected
    assert version(path, key) == 2
    assert any("lane" in line for line in everything(path, key))
    copy = path.with_name("county.v1.backup.gdbos")
    assert files(path) == ["county.gdbos", copy.name]
    assert copy.read_bytes() == before
    monkeypatch.setattr(migrations, "STEPS", {})
    with Store.open(copy, standards(), password=password) as store:
        assert reads_as(store) == expected
    assert everything(copy, key) == rows


@pytest.mark.parametrize("step", [fail_at_the_end, leave_references_to_nothing])
def test_a_step_that_fails_leaves_the_store_as_it_was(
    path: Path, key: str | None, password: str | None, step: migrations.Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = everything(path, key)
    monkeypatch.setattr(migrations, "STEPS", {2: step})
    with pytest.raises(Exception, match=r"no_such_function|references to nothing"):
        Store.open(path, standards(), password=password)
    assert everything(path, key) == rows
    assert files(path) == ["county.gdbos", "county.v1.backup.gdbos"]
    assert everything(path.with_name("county.v1.backup.gdbos"), key) == rows


def test_steps_before_the_failing_one_stay(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {2: add_a_column, 3: lambda operations: operations.execute("nonsense")})
    with pytest.raises(Exception, match="nonsense"):
        Store.open(old, standards())
    assert version(old, None) == 2
    monkeypatch.setattr(migrations, "STEPS", {2: add_a_column, 3: lambda operations: operations.execute("SELECT 1")})
    with Store.open(old, standards()) as store:
        assert reads_as(store) == expected_of(DATA / "store-v1.gdbos")
    assert version(old, None) == 3
    assert files(old) == ["county.gdbos", "county.v1.backup.gdbos", "county.v2.backup.gdbos"]


@pytest.mark.usefixtures("step_two")
def test_a_copy_never_takes_the_place_of_an_earlier_one(old: Path) -> None:
    old.with_name("county.v1.backup.gdbos").write_text("yesterday", encoding="utf-8")
    Store.open(old, standards()).close()
    assert files(old) == ["county.gdbos", "county.v1-2.backup.gdbos", "county.v1.backup.gdbos"]
    assert old.with_name("county.v1.backup.gdbos").read_text(encoding="utf-8") == "yesterday"


@pytest.mark.usefixtures("step_two")
def test_a_store_of_a_newer_program_is_refused_untouched(path: Path, key: str | None, password: str | None) -> None:
    raw = database.connect(path, key)
    raw.execute("PRAGMA user_version = 3")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(KnownError, match=r"county\.gdbos") as caught:
        Store.open(path, standards(), password=password)
    assert caught.value.code == "newer-store"
    assert path.read_bytes() == before
    assert files(path) == ["county.gdbos"]


def test_of_two_who_open_an_old_store_at_once_one_migrates_it(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, taken = threading.Barrier(2), []

    def counted(operations: Operations) -> None:
        taken.append(1)
        add_a_column(operations)

    monkeypatch.setattr(migrations, "STEPS", {2: counted})
    found: list[dict[str, Any]] = []

    def opener() -> None:
        at_once.wait()
        with Store.open(old, standards()) as store:
            found.append(reads_as(store))

    threads = [threading.Thread(target=opener) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected_of(DATA / "store-v1.gdbos")] * 2
    assert len(taken) == 1
    assert version(old, None) == 2


@pytest.mark.usefixtures("step_two")
def test_an_old_store_whose_copy_cannot_be_read_back_is_left_as_it_is(old: Path) -> None:
    content = bytearray(old.read_bytes())
    content[5 * 4096 : 6 * 4096] = b"\xa5" * 4096
    old.write_bytes(content)
    with pytest.raises(KnownError, match=r"county\.gdbos") as caught:
        Store.open(old, standards())
    assert caught.value.code == "store-damaged"
    assert files(old) == ["county.gdbos"]
    assert old.read_bytes() == content


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is mounted as on Linux")
@pytest.mark.usefixtures("step_two")
def test_an_old_store_on_a_full_disk_is_left_as_it_is(old: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={old.stat().st_size // 1024 + 100}k", "tmpfs", str(disk)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        there = Path(shutil.copy(old, disk))
        before = there.read_bytes()
        with pytest.raises(KnownError, match=r"county\.gdbos") as caught:
            Store.open(there, standards())
        assert caught.value.code == "disk-full"
        assert files(there) == ["county.gdbos"]
        assert there.read_bytes() == before
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
