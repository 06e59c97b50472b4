"""Files that mean harm or are badly broken: each is told apart, none hurts, nothing is written, the program goes on."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import docx
import psutil
import pytest

from gdbos_desktop.importing import ImportOptions, Proposal, read_workbook
from gdbos_desktop.importing.archives import RATIO_FREE_BYTES
from gdbos_desktop.importing.reader_limits import CPU_SECONDS, memory_limit
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError
from tests.importing.books import FOOD, HEADINGS, TAXI, read_here, write_book, write_csv
from tests.security.packages import BOOK, SHEET, STRINGS, pack

ROOT = Path(__file__).resolve().parents[2]
Parts = Mapping[str, bytes]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
FAR_CELL = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY lol1 "lol">'
    + b"".join(b'<!ENTITY lol%d "%s">' % (n, b"&lol%d;" % (n - 1) * 10) for n in range(2, 10))
    + b"]>"
)


def propose(workbench: Workbench, path: Path) -> Proposal:
    """What the product would propose."""
    with workbench.imports.open(path, ImportOptions()) as session:
        return workbench.imports.propose(session)


def refused(workbench: Workbench, path: Path) -> str:
    """The code of the refusal; it names the file, says what to do, and left the store as it was."""
    store = workbench.info.path.read_bytes()
    with pytest.raises(KnownError) as refusal:
        propose(workbench, path)
    assert path.name in refusal.value.sentence
    assert refusal.value.remedy
    assert workbench.info.path.read_bytes() == store
    return refusal.value.code


def dimension(sheet: bytes, area: bytes) -> bytes:
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % area, sheet)


def padded(sheet: bytes, size: int) -> bytes:
    return sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * size)


REFUSED: dict[str, tuple[str, Callable[[Parts], Parts]]] = {
    "a sheet a thousand times larger than the file": (
        "bomb", lambda parts: {SHEET: padded(parts[SHEET], RATIO_FREE_BYTES)},
    ),
    "a part nobody reads a thousand times larger than the file": (
        "bomb", lambda _parts: {"xl/media/image1.png": bytes(RATIO_FREE_BYTES + 1)},
    ),
    "a cell of millions of characters": (
        "bomb", lambda parts: {STRINGS: parts[STRINGS].replace(b"<si><t>", b"<si><t>" + b"x" * RATIO_FREE_BYTES, 1)},
    ),
    "a billion laughs": ("dtd", lambda parts: {SHEET: LAUGHS + parts[SHEET]}),
    "an entity that reads a file of the computer": (
        "dtd", lambda parts: {STRINGS: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + parts[STRINGS]},
    ),
    "a document type of another computer": (
        "dtd", lambda parts: {BOOK: b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd">' + parts[BOOK]},
    ),
    "a cell beyond any sheet": (
        "broken", lambda parts: {SHEET: parts[SHEET].replace(b"</sheetData>", FAR_CELL.replace(b"XFD", b"ZZZZZZZ"))},
    ),
    "a sheet that is no xml": ("broken", lambda _parts: {SHEET: b"<worksheet><sheetData><row><c>"}),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_workbook_is_refused_for_what_it_is(
    workbench: Workbench, parts: Parts, tmp_path: Path, what: str
) -> None:
    code, change = REFUSED[what]
    assert refused(workbench, pack(tmp_path / "恶意.xlsx", {**parts, **change(parts)})) == code


HARMLESS: dict[str, Callable[[Parts], Parts]] = {
    "claims a million columns": lambda parts: {SHEET: dimension(parts[SHEET], b"A1:ZZZZZZ9999999")},
    "claims the largest sheet there is": lambda parts: {SHEET: dimension(parts[SHEET], b"A1:XFD1048576")},
    "has half a million strings nobody uses": lambda parts: {
        STRINGS: parts[STRINGS].replace(
            b"</sst>", b"".join(b"<si><t>%x</t></si>" % (n * 7919**5) for n in range(500_000)) + b"</sst>"
        )
    },
    "wants to be unpacked elsewhere": lambda _parts: {"../../../../hostile.txt": b"x", "/hostile.txt": b"x"},
}


@pytest.mark.parametrize("what", HARMLESS)
def test_a_workbook_that_only_pretends_is_read_for_what_it_holds(
    workbench: Workbench, parts: Parts, tmp_path: Path, what: str
) -> None:
    path = pack(tmp_path / "a.xlsx", {**parts, **HARMLESS[what](parts)})
    proposal = propose(workbench, path)
    assert [row.title for row in proposal.rows] == [FOOD[2], TAXI[2]]
    assert not proposal.issues
    assert not list(tmp_path.parent.rglob("hostile.txt"))


@pytest.mark.parametrize("area", [b"A1:XFD1048576", b"A1:G3"])
def test_a_cell_at_the_far_end_of_the_sheet_costs_nothing_and_is_named(
    workbench: Workbench, parts: Parts, tmp_path: Path, area: bytes
) -> None:
    sheet = dimension(parts[SHEET], area).replace(b"</sheetData>", FAR_CELL)
    proposal = propose(workbench, pack(tmp_path / "a.xlsx", {**parts, SHEET: sheet}))
    assert [issue.values["cell"] for issue in proposal.issues] == ["XFD1048576"]
    assert proposal.counts["service_item"].created == 2


def test_entities_declared_further_down_are_never_expanded(workbench: Workbench, parts: Parts, tmp_path: Path) -> None:
    late = b"<!--" + b"x" * 5000 + b"-->" + LAUGHS + parts[STRINGS].replace(b"<si><t>", b"<si><t>&lol9;", 1)
    path = pack(tmp_path / "a.xlsx", {**parts, STRINGS: late})
    with pytest.raises(KnownError) as refusal:
        propose(workbench, path)
    assert refusal.value.code == "broken"


def test_the_reading_process_lives_under_limits_of_memory_and_time(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("limits are read back on Linux only")
    book = read_workbook(write_book(tmp_path / "a.xlsx", [HEADINGS, FOOD]))
    try:
        (child,) = [one for one in psutil.Process().children() if "reader_process" in " ".join(one.cmdline())]
        assert child.rlimit(psutil.RLIMIT_AS) == (memory_limit(), memory_limit())
        assert child.rlimit(psutil.RLIMIT_CPU) == (CPU_SECONDS, CPU_SECONDS)
    finally:
        book.close()


# Broken files


def test_a_workbook_cut_at_any_point_is_refused(parts: Parts, tmp_path: Path) -> None:
    whole = pack(tmp_path / "whole.xlsx", parts).read_bytes()
    cut = tmp_path / "cut.xlsx"
    for part in range(30):
        cut.write_bytes(whole[: len(whole) * part // 30])
        with pytest.raises(KnownError) as refusal:
            read_here(cut)
        assert refusal.value.code == ("broken" if part else "zero-bytes")


@pytest.mark.parametrize(
    ("start", "code"), [(b"", "not-a-workbook"), (b"PK\x03\x04", "broken"), (OLE, "broken"), (b"<html>", "web-page")]
)
def test_random_bytes_are_refused(tmp_path: Path, start: bytes, code: str) -> None:
    path = tmp_path / "随机.xlsx"
    chance = random.Random(20261124)
    for _attempt in range(5):
        path.write_bytes(start + chance.randbytes(4000))
        with pytest.raises(KnownError) as refusal:
            read_here(path)
        assert refusal.value.code == code


def test_a_workbook_with_a_password_is_told_apart_from_a_broken_one(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "加密.xlsx"
    path.write_bytes(OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2048))
    assert refused(workbench, path) == "password"


def test_an_archive_with_encrypted_parts_asks_for_no_password_either(parts: Parts, tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", parts)
    data = bytearray(path.read_bytes())
    for found in re.finditer(rb"PK\x01\x02", bytes(data)):
        data[found.start() + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(KnownError) as refusal:
        read_here(path)
    assert refusal.value.code == "password"


# Renamed files


@pytest.mark.parametrize("ending", [".xls", ".xlsm", ".et", ".ods", ".csv", ".txt"])
def test_a_workbook_under_another_ending_is_read_for_what_it_is(parts: Parts, tmp_path: Path, ending: str) -> None:
    book = read_here(pack(tmp_path / f"清单{ending}", parts))
    assert book.sheets[0].head[1][3] == FOOD[2]


def test_other_files_under_the_ending_of_a_workbook_are_refused(tmp_path: Path) -> None:
    letter = docx.Document()
    letter.add_paragraph("信")
    letter.save(str(tmp_path / "信.docx"))
    shutil.copy(tmp_path / "信.docx", tmp_path / "信.xlsx")
    shutil.copy(write_csv(tmp_path / "表.csv", [HEADINGS, FOOD]), tmp_path / "表.xlsx")
    (tmp_path / "网页.xls").write_text("<html><table><tr><td>事项名称</td></tr></table></html>", encoding="utf-8")
    for name, code in {"信.docx": "unsupported-file", "信.xlsx": "not-a-workbook", "表.xlsx": "not-a-workbook",
                       "网页.xls": "web-page"}.items():  # fmt: skip
        with pytest.raises(KnownError) as refusal:
            read_here(tmp_path / name)
        assert refusal.value.code == code


# Text tables

HEAD = "事项名称,事项类型\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "养蜂\0证,行政许可\n", "encoding"),
        ("a" * 10_000_000, "quotes"),
        (HEAD + "养" * 2_000_000 + ",行政许可\n", "quotes"),
        (HEAD + '"养蜂,行政许可\n其他,行政许可\n', "quotes"),
        (HEAD + '"养蜂,行政许可\n其他,"行政许可"\n', "quotes"),
        (HEAD + '"养蜂,行政许可\n' + "其他,行政许可\n" * 100_000, "quotes"),
        ("a," * 1_000_000, "stray-cells"),
        ("", "zero-bytes"),
        ("\ufeff", "empty-sheet"),
        ("\n" * 100_000, "empty-sheet"),
    ],
    ids=[
        "nul", "one line of ten million", "cell of two million", "quote never closed", "quote closed by another",
        "quote before very many rows", "a million columns", "nothing", "only a mark", "only line ends",
    ],
)  # fmt: skip
def test_a_broken_text_table_is_refused(workbench: Workbench, tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "坏.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert refused(workbench, path) == code


# Texts that would act


def test_texts_that_look_like_formulas_stay_texts_all_the_way_out(workbench: Workbench, tmp_path: Path) -> None:
    names = ["=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.org","x")', "+1", "-许可", "@SUM(A1)", "\t=1"]
    rows = [HEADINGS, *((*FOOD[:2], name, FOOD[3], f"T-{n}", "1", "1") for n, name in enumerate(names))]
    workbench.imports.commit(propose(workbench, write_csv(tmp_path / "a.csv", rows)))
    from gdbos_desktop.domain.queries import Query

    out = tmp_path / "out.xlsx"
    workbench.exports.export_workbook(Query("service_item"), out)
    again = propose(workbench, out)
    assert again.is_empty
    assert again.counts["service_item"].unchanged == len(names)
    import zipfile

    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"<hyperlink" not in content


def test_a_formula_is_taken_by_its_result_and_never_computed(
    parts: Parts, workbench: Workbench, tmp_path: Path
) -> None:
    cell = re.search(rb'<c r="C2"[^>]*>.*?</c>', parts[SHEET])
    assert cell is not None
    formula = b"""<c r="C2" t="str"><f>cmd|'/C calc'!A0</f><v>\xe5\x85\xbb\xe8\x9c\x82\xe8\xaf\x81</v></c>"""
    sheet = parts[SHEET].replace(cell[0], formula)
    proposal = propose(workbench, pack(tmp_path / "a.xlsx", {**parts, SHEET: sheet}))
    assert proposal.rows[0].title == "养蜂证"


def test_marks_that_hide_or_turn_a_text_are_taken_out(workbench: Workbench, tmp_path: Path) -> None:
    name = "\u202e养\u200b蜂\u2066证\u2069申\ufeff领\u202c"
    rows = [HEADINGS, (*FOOD[:2], name, *FOOD[3:])]
    proposal = propose(workbench, write_csv(tmp_path / "a.csv", rows))
    assert proposal.rows[0].title == "养蜂证申领"


# Chance


def test_a_workbook_with_any_bytes_exchanged_is_refused_or_read_and_nothing_else(
    parts: Parts, workbench: Workbench, tmp_path: Path
) -> None:
    chance = random.Random(20261124)
    folder = tmp_path / "fuzzed"
    folder.mkdir()
    whole = pack(tmp_path / "whole.xlsx", parts).read_bytes()
    names = [SHEET, STRINGS, BOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
    for number in range(60):
        path = folder / f"{number:02}.xlsx"
        if number % 4 == 0:
            path.write_bytes(_mutated(chance, whole))
        else:
            name = chance.choice(names)
            pack(path, {**parts, name: _mutated(chance, parts[name])})
    read: dict[str, list[str]] = {}
    for manner in ("dense", "sparse"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.security.fuzzed_reading", str(folder), manner],
            cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0
        ends = dict(line.split() for line in done.stdout.splitlines())
        assert len(ends) == 60
        read[manner] = [name for name, end in ends.items() if end == "done"]
        assert 5 < len(read[manner]) < 55
    for name in read["dense"][:15]:
        with suppress(KnownError):  # either way is right; anything else fails the test
            propose(workbench, folder / name)


def _mutated(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    if chance.random() < 0.6:  # gently: one letter or digit for another, so that the parts still fit together
        places = [place for place, byte in enumerate(data) if chr(byte).isalnum()]
        for place in chance.sample(places, chance.randint(1, 3)):
            changed[place] = chance.choice(b"0123456789abcdefstABZ")
        return bytes(changed)
    for _change in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 8)]
            case 2:
                changed[place:place] = chance.randbytes(chance.randint(1, 4))
            case _:
                other = chance.randrange(len(changed))
                changed[place : place + 8] = changed[other : other + 8]
    return bytes(changed)
