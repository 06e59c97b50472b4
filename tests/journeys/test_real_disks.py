"""Real small and read-only disks: a full disk or a locked folder loses nothing and is told plainly."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.journey import Gdbos

Mount = Callable[[str], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB of its own; skipped where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_during_an_import_is_told_and_nothing_is_half_written(
    gdbos: Gdbos, disk: Path, tmp_path: Path
) -> None:
    store = disk / "county.gdbos"
    gdbos("init", "--store", store, "--name", "示例县", "--region", "999901")
    gdbos("sample", "--rows", 30, "--to", tmp_path / "few.xlsx")
    gdbos("import", tmp_path / "few.xlsx", "--store", store, "--yes", code=None)
    before = gdbos("list", "service_item", "--store", store, "--json").json["total"]
    assert before > 0
    gdbos("sample", "--rows", 20_000, "--seed", 2, "--to", tmp_path / "many.xlsx")
    refused = gdbos("import", tmp_path / "many.xlsx", "--store", store, "--yes", "--json", code=2).json["error"]
    assert refused["code"] == "disk-full"
    assert gdbos("list", "service_item", "--store", store, "--json").json["total"] == before
    code = gdbos("list", "service_item", "--store", store, "--limit", 1, "--json").json["records"][0]["id"]
    gdbos("set", code, "remark=还能写", "--store", store)


def test_an_export_onto_a_full_disk_leaves_no_half_file(gdbos: Gdbos, disk: Path, tmp_path: Path) -> None:
    store = tmp_path / "county.gdbos"
    gdbos("init", "--name", "示例县", "--region", "999901")
    gdbos("sample", "--rows", 3_000, "--to", tmp_path / "many.xlsx")
    gdbos("import", tmp_path / "many.xlsx", "--store", store, "--yes", code=None)
    (disk / "ballast").write_bytes(b"\0" * 5_900_000)
    refused = gdbos("export", "workbook", "--to", disk / "清单.xlsx", "--json", code=2).json["error"]
    assert refused["code"] == "disk-full"
    assert [path.name for path in disk.iterdir()] == ["ballast"]


def test_a_store_on_a_read_only_disk_is_told(gdbos: Gdbos, disk: Path) -> None:
    store = disk / "county.gdbos"
    gdbos("init", "--store", store, "--name", "示例县", "--region", "999901")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    before = store.read_bytes()
    refused = gdbos("list", "service_item", "--store", store, "--json", code=2).json["error"]
    assert refused["code"] == "read-only"
    assert gdbos("init", "--store", disk / "new.gdbos", "--name", "示例县", "--region", "999901", code=2).err
    assert store.read_bytes() == before
