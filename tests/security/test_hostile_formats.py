"""Hostile and broken files of every format: refused for what they are, or read for what they hold."""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import olefile
import pytest

from gdbos_desktop.importing import RawWorkbook, archives, reader_process
from gdbos_desktop.importing.archives import ENTRY_LIMIT, open_archive
from gdbos_desktop.importing.raw_sheets import ReadingFailure
from gdbos_desktop.system.errors import KnownError
from tests.importing.books import FOOD, HEADINGS, TAXI, read_here, write_book, write_csv
from tests.importing.offices import write_binary_book, write_every_cell
from tests.importing.test_formats import FORMATS
from tests.security.packages import BOOK, SHEET, STRINGS, pack

ROOT = Path(__file__).resolve().parents[2]
Parts = Mapping[str, bytes]
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def all_rows(book: RawWorkbook, index: int = 0) -> list[list[str]]:
    """Every row of a sheet."""
    return [row for batch in book.rows(index) for row in batch]


def refusal_of(path: Path) -> KnownError:
    """Why a file is refused, at its opening or its reading; the sentence names it and the remedy says what to do."""
    with pytest.raises(KnownError) as refusal:
        all_rows(read_here(path))
    assert path.name in refusal.value.sentence
    assert refusal.value.remedy
    return refusal.value


def repacked(path: Path, source: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """An archive with every part passed through ``change``."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return path


# Declarations


@pytest.mark.parametrize("part", ["content.xml", "meta.xml", "styles.xml", "META-INF/manifest.xml"])
def test_declarations_in_an_open_document_are_refused(tmp_path: Path, part: str) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"?>", b"?>" + LAUGHS, 1) if name == part else content

    assert refusal_of(repacked(tmp_path / "清单.ods", FORMATS / "dates-1900.ods", change)).code == "dtd"


@pytest.mark.parametrize("part", ["docProps/core.xml", "docProps/app.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_declarations_beside_the_sheets_are_refused_too(parts: Parts, tmp_path: Path, part: str) -> None:
    assert refusal_of(pack(tmp_path / "a.xlsx", {**parts, part: LAUGHS + parts[part]})).code == "dtd"


def test_declarations_in_letters_of_two_bytes_expand_to_nothing(parts: Parts, tmp_path: Path) -> None:
    sheet = '<?xml version="1.0" encoding="utf-16"?>' + LAUGHS.decode() + parts[SHEET].decode()
    try:
        rows = all_rows(read_here(pack(tmp_path / "a.xlsx", {**parts, SHEET: sheet.encode("utf-16")})))
    except KnownError as refusal:
        assert refusal.code in {"broken", "dtd"}  # noqa: PT017 - either way is right
    else:
        assert "haha" not in str(rows)


# Archives


def test_a_part_whose_check_sum_is_wrong_is_refused_by_its_sheet(parts: Parts, tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", parts)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        wrong = archive.getinfo(SHEET).CRC
    place = 0
    while (place := data.find(struct.pack("<I", wrong), place)) >= 0:
        data[place] ^= 1
        place += 4
    path.write_bytes(data)
    refusal = refusal_of(path)
    assert refusal.code == "broken"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [SHEET, SHEET.upper()])
def test_two_parts_of_one_name_are_refused(parts: Parts, tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "a.xlsx", parts)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, parts[SHEET].replace(b"<v>", b"<v>9"))
    assert refusal_of(path).code == "broken"


def test_archives_in_archives_are_never_unpacked(parts: Parts, tmp_path: Path) -> None:
    inner = b"x"
    for level in range(20):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{level}.zip", inner * 10)
        inner = packed.getvalue()
    book = read_here(pack(tmp_path / "a.xlsx", {**parts, "xl/embeddings/a.xlsx": inner}))
    assert len(all_rows(book)) == 3
    (tmp_path / "b.xlsx").write_bytes(inner)
    assert refusal_of(tmp_path / "b.xlsx").code == "not-a-workbook"


LIMITS: dict[str, tuple[str, int]] = {
    "ENTRY_LIMIT": ("bomb", 5), "INFLATED_LIMIT": ("bomb", 2000), "RATIO_LIMIT": ("bomb", 0),
}  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_of_archives_holds(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    path = pack(tmp_path / "a.xlsx", parts)
    open_archive(path)
    code, value = LIMITS[limit]
    monkeypatch.setattr(archives, limit, value)
    monkeypatch.setattr(archives, "RATIO_FREE_BYTES", 0)
    with pytest.raises(ReadingFailure) as failure:
        open_archive(path)
    assert failure.value.code == code


def test_an_archive_of_very_many_entries_is_refused(parts: Parts, tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", parts)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(ENTRY_LIMIT):
            archive.writestr(f"x{number}", b"")
    assert refusal_of(path).code == "bomb"


# Passwords and other names


def test_an_old_workbook_with_a_password_is_told(tmp_path: Path) -> None:
    path = tmp_path / "加密.xls"
    shutil.copy(FORMATS / "dates-1900.xls", path)
    with olefile.OleFileIO(str(path), write_mode=True) as container:
        stream = bytearray(container.openstream("Workbook").read())
        first = 4 + struct.unpack_from("<H", stream, 2)[0]  # behind the first record
        struct.pack_into("<H", stream, first, 0x2F)
        container.write_stream("Workbook", bytes(stream))
    assert refusal_of(path).code == "password"


def test_an_open_document_with_a_password_is_told(tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name == "content.xml":
            return os.urandom(len(content))
        mark = b'<manifest:encryption-data manifest:checksum="x"/></manifest:manifest>'
        return content.replace(b"</manifest:manifest>", mark) if name.startswith("META-INF") else content

    assert refusal_of(repacked(tmp_path / "a.ods", FORMATS / "dates-1900.ods", change)).code == "password"


@pytest.mark.parametrize("ending", [".xlsx", ".xlsm", ".et", ".csv", ".ods"])
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsb"])
def test_a_file_under_another_ending_is_read_for_what_it_is(tmp_path: Path, kind: str, ending: str) -> None:
    path = tmp_path / f"清单{ending}"
    if kind == "xlsb":
        write_binary_book(path, [["日期"], ["甲"]])
    else:
        shutil.copy(FORMATS / f"dates-1900.{kind}", path)
    assert any("日期" in row for row in all_rows(read_here(path)))


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods", ".xlsb", ".et"])
def test_a_printed_document_is_no_workbook(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"清单{ending}"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    assert refusal_of(path).code == "not-a-workbook"


# Cut files


@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "xls", "ods", "csv"])
def test_a_file_cut_at_any_point_is_refused_or_read_up_to_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"清单.{kind}"
    if kind == "csv":
        write_csv(path, [HEADINGS, FOOD, TAXI])
    elif kind == "xlsx":
        write_every_cell(path)
    elif kind == "xlsb":
        write_binary_book(path, [["日期", 1.5], ["甲", "乙"]])
    else:
        shutil.copy(FORMATS / f"dates-1900.{kind}", path)
    whole, rows = path.read_bytes(), all_rows(read_here(path))
    for part in range(20):
        path.write_bytes(whole[: len(whole) * part // 20])
        try:
            read = all_rows(read_here(path))
        except KnownError:
            refusal_of(path)
        else:
            assert kind in {"csv", "xls"}  # an archive has its directory at its end
            assert len(read) <= len(rows)


# Things that would act


def test_macros_and_links_to_other_files_are_passed_over(parts: Parts, tmp_path: Path) -> None:
    link = b'<externalLink xmlns="x"><externalBook r:id="rId1" xmlns:r="y"/></externalLink>'
    target = (
        b'<Relationships><Relationship Id="rId1" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    path = pack(
        tmp_path / "a.xlsm",
        {
            **parts, "xl/vbaProject.bin": bytes.fromhex("d0cf11e0a1b11ae1") + b"Auto_Open" * 100,
            "xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": target,
        },
    )  # fmt: skip
    before = sorted(tmp_path.rglob("*"))
    assert all_rows(read_here(path))[1][3] == FOOD[2]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "text", ["_x0000_", "_x001F_2_x001E_3", "_xD800_", "&#x1f;", "\x1f", "\x1e", "\x1d", "\x00", "&#xD800;"]
)
def test_characters_that_no_cell_may_hold_make_no_cells_and_no_rows(parts: Parts, tmp_path: Path, text: str) -> None:
    strings = parts[STRINGS].replace("食品经营许可".encode(), b"a" + text.encode() + b"b")
    try:
        book = read_here(pack(tmp_path / "a.xlsx", {**parts, STRINGS: strings}))
        rows = all_rows(book)
    except KnownError as refusal:
        assert refusal.code == "broken"  # noqa: PT017 - no XML may hold some of them
    else:
        assert len(rows) == 3
        assert [len(row) for row in rows] == [8, 8, 8]
        assert rows[1][4] == FOOD[3]


@pytest.mark.parametrize("name", ["../../x", "a/b\\c", "'", "x" * 5000, "=cmd|' /C calc'!A0", "\u202e清单", "<&>"])
def test_sheets_may_be_called_anything(parts: Parts, tmp_path: Path, name: str) -> None:
    from xml.sax.saxutils import quoteattr

    book = re.sub(
        rb'name="[^"]*"(?=[^>]*sheetId)', f"name={quoteattr(name)}".encode().replace(b"\\", b"\\\\"), parts[BOOK]
    )
    (sheet,) = read_here(pack(tmp_path / "a.xlsx", {**parts, BOOK: book})).sheets
    assert sheet.name == name[:255]
    assert len(sheet.head) == 3


def test_more_sheets_than_anybody_can_look_through_are_refused(tmp_path: Path) -> None:
    sheets = {f"第{n}张": [HEADINGS] for n in range(201)}
    assert refusal_of(write_book(tmp_path / "a.xlsx", sheets)).code == "sheets"
    sheets.popitem()
    many = read_here(write_book(tmp_path / "b.xlsx", {**sheets, "第0张": [HEADINGS] * 100}))
    assert len(many.sheets) == 200
    assert len(many.sheets[0].head) == reader_process.HEAD_ROWS_LEAST


def test_a_row_of_millions_of_characters_is_refused_by_its_cell(tmp_path: Path) -> None:
    rows = [HEADINGS, FOOD, ["短", "长" * 1_000_000, "长" * 1_100_000]]
    path = write_binary_book(tmp_path / "a.xlsb", rows)
    refusal = refusal_of(path)
    assert refusal.code == "long-row"
    assert "C3" in refusal.sentence
    assert "清单" in refusal.sentence


# Text tables


def test_two_encodings_in_one_text_table_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "事项名称,类型\n食品经营许可,甲\n".encode() + "出租汽车经营许可证件，㙍\n".encode("gb18030") + b"\xff\xff\n"
    )
    assert refusal_of(path).code == "encoding"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_half_a_character_at_the_end_is_told(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("名称,类型\n一,二\n三,四\n五,六\n".encode(encoding) + b"\x4e")
    assert refusal_of(path).code == "encoding"


# Memory of the program itself


@pytest.mark.slow
def test_the_program_stays_small_whatever_the_file_is(parts: Parts, tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the peak is read on Linux only")
    start, end = parts[SHEET].split(b"</sheetData>")
    start = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:CV1048576"', start)
    empty = b"".join(
        b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (n, n) for n in range(4, 1_048_577)
    )
    strings = b"".join(b"<si><t>%d</t></si>" % n for n in range(1_000_000))
    long = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%b</t></is></c></row>' % (n, n, (b"%d" % n) * 150_000)
        for n in range(10, 40)
    )
    wide = b"".join(
        b'<row r="%d">' % n + b"".join(b"<c><v>%d</v></c>" % (n * c) for c in range(500)) + b"</row>"
        for n in range(4, 3000)
    )
    files = {
        "empty.xlsx": ({SHEET: start + empty + b"</sheetData>" + end}, "read 3"),
        "strings.xlsx": ({STRINGS: parts[STRINGS].replace(b"</sst>", strings + b"</sst>")}, "read 3"),
        "long.xlsx": ({SHEET: parts[SHEET].replace(b"</sheetData>", long + b"</sheetData>")}, "read 33"),
        "wide.xlsx": ({SHEET: parts[SHEET].replace(b"</sheetData>", wide + b"</sheetData>")}, "read 2999"),
        "far.xlsx": (
            {SHEET: parts[SHEET].replace(
                b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            )}, "read 3",
        ),
    }  # fmt: skip
    paths = [pack(tmp_path / name, {**parts, **change}) for name, (change, _end) in files.items()]
    text = tmp_path / "columns.csv"
    text.write_text("名称\n" + "a," * 1_000_000 + "\n" + "b\n" * 100_000, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.measured_reading", *map(str, [*paths, text])],
        cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    *ends, peak = done.stdout.splitlines()
    assert ends == [f"{name} {end}" for name, (_change, end) in files.items()] + ["columns.csv read 100002"]
    assert int(peak) < 300
