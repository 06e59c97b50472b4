"""Every format people send is read, whatever its cells are; the beginning of a file says what all of it says."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdbos_desktop.importing import read_workbook, workbook_reader
from gdbos_desktop.importing.raw_sheets import SheetSource, joined_rows
from gdbos_desktop.importing.workbook_reader import open_workbook
from tests.importing.books import FOOD, HEADINGS, TAXI, read_here, write_book, write_csv
from tests.importing.offices import (
    EVERY_CELL,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    write_binary_book,
    write_every_cell,
)
from tests.security.packages import SHEET, STRINGS, pack, valid_parts

FORMATS = Path(__file__).resolve().parents[1] / "data" / "formats"


def texts(source: SheetSource) -> list[list[str]]:
    """All rows, blank ends left out."""
    return [row.rstrip("\x1f").split("\x1f") for row in joined_rows(source)]


def demand_every_cell(path: Path) -> None:
    """The workbook holds what ``write_every_cell`` wrote."""
    (source,) = open_workbook(path, sparse=False)
    rows = texts(source)
    assert rows[0] == ["1b", "标题"]
    expected = [list(row) for row in EVERY_CELL]
    if path.suffix == ".ods":
        expected[1][5] = "1"  # LibreOffice takes TRUE for a number where the cell has no format of its own
    elif path.suffix in {".xls", ".et"}:
        expected[2][3] = "0"  # it writes no texts of formulas into old workbooks unless it computed them itself
    assert [row[1:] for row in rows] == expected
    raw = read_here(path).sheets[0]
    assert (raw.hidden_rows, raw.hidden_row_ranges) == (1, ((HIDDEN_ROW, HIDDEN_ROW),))
    assert raw.hidden_columns == (HIDDEN_COLUMN,)


@pytest.mark.parametrize("ending", ["xls", "ods", "xlsx", "xlsm", "et"])
@pytest.mark.parametrize("is_1904", [False, True])
def test_every_kind_of_cell_is_read_from_every_format(tmp_path: Path, ending: str, is_1904: bool) -> None:
    path = tmp_path / f"清单.{ending}"
    if ending in {"xlsx", "xlsm"}:
        write_every_cell(path.with_suffix(".xlsx"), is_1904=is_1904).rename(path)
    else:
        kind = "xls" if ending == "et" else ending
        shutil.copy(FORMATS / f"dates-{1904 if is_1904 else 1900}.{kind}", path)
    demand_every_cell(path)


@pytest.mark.slow
def test_what_the_office_program_saves_today_is_read_as_well(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    source = write_every_cell(tmp_path / "清单.xlsx")
    for ending in ("ods", "xls"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", ending,
             "--outdir", str(tmp_path), str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        source = tmp_path / f"清单.{ending}"
        demand_every_cell(source)


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_binary_workbook_is_read_with_all_it_hides(tmp_path: Path, is_1904: bool) -> None:
    day = 46350 - (1462 if is_1904 else 0)
    rows: list[list[object]] = [
        ["日期", ("date", day), None, True, 0.25, ("error", 7)],
        [1, ("zeros", 123), "藏列", ("formula", "算好的")],
        ["三"],
        ["藏行"],
        ["并", "甲"],
        [None, "乙"],
    ]
    path = write_binary_book(tmp_path / "清单.xlsb", rows, is_1904=is_1904)
    raw = read_here(path).sheets[0]
    (source,) = open_workbook(path, sparse=False)
    assert [row[1:] for row in texts(source)] == [
        ["日期", "2026-11-24", "", "TRUE", "0.25", "#DIV/0!"],
        ["1", "000000000123", "藏列", "算好的"],
        ["三"],
        ["藏行"],
        ["并", "甲"],
        ["并", "乙"],
    ]
    assert (raw.hidden_rows, raw.hidden_row_ranges, raw.hidden_columns) == (1, ((4, 4),), (3,))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_text_tables_are_read_with_and_without_their_mark(tmp_path: Path, encoding: str, ending: str) -> None:
    path = write_csv(tmp_path / f"清单{ending}", [HEADINGS, FOOD, TAXI], encoding, "\t" if ending == ".tsv" else ",")
    assert [row[1:] for row in read_here(path).sheets[0].head] == [list(row) for row in (HEADINGS, FOOD, TAXI)]


def test_lines_that_end_as_on_old_computers_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_bytes("\r".join(",".join(row) for row in (HEADINGS, FOOD, TAXI)).encode("gb18030"))
    assert [row[0] for row in read_here(path).sheets[0].head] == ["1", "2", "3"]


def test_rows_that_a_filter_took_away_are_read_and_counted(tmp_path: Path) -> None:
    parts = valid_parts(tmp_path)
    hidden = re.sub(rb'<row r="([23])"', rb'<row r="\1" hidden="1"', parts[SHEET])
    hidden = hidden.replace(b"</sheetData>", b'<row r="4" hidden="1"/></sheetData>')
    sheet = read_here(pack(tmp_path / "a.xlsx", {**parts, SHEET: hidden})).sheets[0]
    assert (sheet.hidden_rows, sheet.hidden_row_ranges) == (2, ((2, 3),))  # the fourth is blank: nobody misses it
    assert len(sheet.head) == 3


# The beginning of a large workbook

CELL_KINDS = st.sampled_from([
    '<c r="{at}"><v>1.5</v></c>', '<c r="{at}"><v>370000000000</v></c>', '<c r="{at}"><v>115113010087783530</v></c>',
    '<c r="{at}" s="1"><v>46350</v></c>', '<c r="{at}" s="1"><v>0.5</v></c>', '<c r="{at}" s="2"><v>123</v></c>',
    '<c r="{at}" t="b"><v>1</v></c>', '<c r="{at}" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="{at}" s="3"/>',
    '<c r="{at}" t="inlineStr"><is><r><t>富</t></r><r><t> 文&amp;本</t></r></is></c>',
    '<c r="{at}" t="str"><f>"a"&amp;"b"</f><v>算好的</v></c>', '<c r="{at}" t="s"><v>{string}</v></c>',
    '<c r="{at}" t="s"><v>{string}</v></c>', '<c r="{at}" t="d"><v>2026-11-24T00:00:00</v></c>', "",
])  # fmt: skip
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="000000"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/>'
    '<xf numFmtId="165"/><xf numFmtId="9"/></cellXfs></styleSheet>'
)
TEXTS = ["甲", "<r><t>富</t></r><r><t>文本</t></r>", "<t>a\nb</t>", "<t>_x001F_</t>", "<t/>", "<t>末</t>"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_beginning_of_a_workbook_says_what_all_of_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    monkeypatch.setattr(workbook_reader, "PIECE", data.draw(st.integers(300, 3000)))
    rows = data.draw(st.lists(st.lists(CELL_KINDS, min_size=4, max_size=4), min_size=1, max_size=30))
    xml = ""
    for number, row in enumerate(rows, 1):
        string = (number * 7) % len(TEXTS)
        cells = "".join(kind.format(at=f"{'ABCD'[n]}{number}", string=string) for n, kind in enumerate(row))
        xml += f'<row r="{number}">{cells}<c r="E{number}"><v>{number}</v></c></row>'
    merged = data.draw(st.lists(st.integers(1, 30), max_size=3, unique=True))
    areas = "".join(f'<mergeCell ref="A{top}:B{top}"/>' for top in merged)
    parts = valid_parts(tmp_path)
    start = re.sub(rb"<dimension[^>]*/>", b"", parts[SHEET].split(b"<sheetData>")[0])
    parts[SHEET] = start + f"<sheetData>{xml}</sheetData><mergeCells>{areas}</mergeCells></worksheet>".encode()
    parts["xl/styles.xml"] = STYLES.encode()
    strings = "".join(f"<si>{text if text[0] == '<' else f'<t>{text}</t>'}</si>" for text in TEXTS)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts[STRINGS] = f'<sst xmlns="{space}">{strings}</sst>'.encode()
    path = pack(tmp_path / "a.xlsx", parts)
    (quick,) = open_workbook(path, sparse=False, quick=True)
    assert quick.head is not None
    beginning = [row.rstrip("\x1f") for row in joined_rows(quick, quick.head)]
    whole = [row.rstrip("\x1f") for row in joined_rows(quick)]
    (slow,) = open_workbook(path, sparse=False, quick=False)
    assert beginning == whole == [row.rstrip("\x1f") for row in joined_rows(slow)]
    assert quick.row_count == slow.row_count == len(rows)
    sparse_quick, sparse_slow = (open_workbook(path, sparse=True, quick=way)[0] for way in (True, False))
    assert [*joined_rows(sparse_quick, sparse_quick.head)] == [*joined_rows(sparse_slow)]


def test_a_large_workbook_shows_two_hundred_rows_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [HEADINGS, *((*FOOD[:2], f"事项{n}", *FOOD[3:]) for n in range(300))]
    path = write_book(tmp_path / "a.xlsx", {"甲": rows, "空": [], "乙": [HEADINGS, TAXI]}, ["A2:A3"])
    opened = partial(workbook_reader.open_workbook, quick=True)
    monkeypatch.setattr("gdbos_desktop.importing.reader_process.open_workbook", opened)
    monkeypatch.setattr(workbook_reader._Whole, "sheet", None)  # whoever asks for all of it fails
    book = read_here(path)
    assert [(sheet.name, len(sheet.head), sheet.row_count) for sheet in book.sheets] == [
        ("甲", 200, 301), ("空", 0, 1), ("乙", 2, 2),
    ]  # fmt: skip
    assert book.sheets[0].head[199][3] == "事项198"


def test_the_process_of_a_large_workbook_streams_what_it_showed(tmp_path: Path) -> None:
    rows = [[f"格{n}，{column}" + "长" * 400 for column in range(10)] for n in range(500)]
    path = write_book(tmp_path / "a.xlsx", rows)
    book = read_workbook(path)
    try:
        streamed = [row for batch in book.rows(0) for row in batch]
        assert streamed[:200] == list(book.sheets[0].head)
        assert len(streamed) == 500 == book.sheets[0].row_count
    finally:
        book.close()
