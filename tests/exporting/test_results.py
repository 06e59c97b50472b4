"""The workbook back with marks: what must change changes, everything else stays byte for byte."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook

from gdbos_desktop.exporting.results import (
    CellMark,
    RawSheetRows,
    RowMark,
    RuleTotal,
    SheetMarks,
    Tone,
    result_ending,
    write_result,
)
from gdbos_desktop.exporting.results.comments import COMMENT_LIMIT
from gdbos_desktop.exporting.words import RESULT_SHEET
from gdbos_desktop.schema import Severity
from gdbos_desktop.system.errors import Cancelled, KnownError
from tests.exporting.office import needs_office, sheets_of

HEADINGS = ("部门", "名称", "编码", "承诺时限", "备注", "对象")
TOTALS = [RuleTotal("number", "不是整数", Severity.ERROR, 1, "清单", "4")]


def _book(path: Path, change: Callable[[Any], None] = lambda _book: None) -> Path:
    """A title row, a header row, and rows 3 to 12."""
    book = openpyxl.Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = "清单"
    sheet["A1"] = "某县事项清单"
    sheet.merge_cells("A1:F1")
    for place, heading in enumerate(HEADINGS, 1):
        sheet.cell(2, place, heading).font = Font(bold=True)
    for number in range(3, 13):
        for place, value in enumerate(("市场监管局", f"许可{number}", f"T-{number}", number, None, "自然人"), 1):
            if value is not None:
                sheet.cell(number, place, value)
    change(book)
    book.save(path)
    return path


def _marks(cells: Mapping[tuple[int, int], CellMark] | None = None, **words: Any) -> SheetMarks:
    rows = [
        RowMark(3, "新增", Tone.NEW),
        RowMark(4, "有误：D4 不是整数。", Tone.PROBLEM),
        RowMark(7, "未变", Tone.UNCHANGED),
    ]
    return SheetMarks("清单", 2, rows, cells or {(4, 4): CellMark(Severity.ERROR, "不是整数")}, **words)


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def _with_part(source: Path, target: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a workbook with one of its parts changed by hand."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for part, data in _parts(source).items():
            package.writestr(part, change(data) if part == name else data)
    return target


def _cells(path: Path, sheet: str = "清单") -> dict[str, Any]:
    book: Any = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.value for row in book[sheet].iter_rows() for cell in row if cell.value is not None}


def test_rows_get_a_status_right_of_the_table_and_cells_a_colour_and_a_comment(tmp_path: Path) -> None:
    source = _book(tmp_path / "a.xlsx")
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS)
    assert result.is_same_workbook
    assert _cells(result.path) == {
        **_cells(source),
        "G2": RESULT_SHEET,
        "G3": "新增",
        "G4": "有误：D4 不是整数。",
        "G7": "未变",
    }
    sheet: Any = openpyxl.load_workbook(result.path)["清单"]
    assert sheet["D4"].fill.fgColor.rgb == "FFFFC7CD"
    assert sheet["D4"].comment.text == "不是整数"
    assert sheet["D5"].fill.fill_type is None
    assert sheet["G2"].font.bold
    assert sheet.column_dimensions["G"].width > 14
    assert sheet.dimensions == "A1:G12"
    rows = CalamineWorkbook.from_path(str(result.path)).get_sheet_by_name("清单").to_python()
    assert [row[6] for row in rows[1:5]] == [RESULT_SHEET, "新增", "有误：D4 不是整数。", ""]


def test_every_part_that_says_nothing_of_the_marked_sheet_stays_byte_for_byte(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book.worksheets[0]
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=12))
        other = book.create_sheet("图")
        other.add_chart(chart, "B2")
        other["A1"] = "=SUM(清单!D3:D12)"
        sheet.add_data_validation(DataValidation(type="list", formula1='"自然人,法人"', sqref="F3:F12"))
        sheet.auto_filter.ref = "A2:F12"
        book.defined_names["名单"] = openpyxl.workbook.defined_name.DefinedName("名单", attr_text="清单!$A$3:$A$12")

    source = _book(tmp_path / "a.xlsx", change)
    _with_part(source, tmp_path / "c.xlsx", "docProps/app.xml", lambda data: data + b"<!-- kept -->")
    before, result = (
        _parts(tmp_path / "c.xlsx"),
        write_result(tmp_path / "c.xlsx", tmp_path / "b.xlsx", [_marks()], TOTALS),
    )
    after = _parts(result.path)
    assert list(after)[: len(before)] == list(before)
    assert {name for name in before if after[name] != before[name]} == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
    }
    sheet = "xl/worksheets/sheet1.xml"
    tails = [parts[sheet].partition(b"</sheetData>")[2] for parts in (before, after)]
    assert re.sub(rb"<legacyDrawing[^>]*>", b"", tails[1]) == tails[0]


def test_comments_that_are_there_stay_and_ours_stand_behind_them(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.worksheets[0]["B4"].comment = Comment("原来的批注", "张三")
        book.worksheets[0]["C5"].comment = Comment("别动我", "张三")

    source = _book(tmp_path / "a.xlsx", change)
    cells = {(4, 2): CellMark(Severity.HINT, "提示"), (4, 3): CellMark(Severity.HINT, "另一条")}
    sheet: Any = openpyxl.load_workbook(write_result(source, tmp_path / "b.xlsx", [_marks(cells)], []).path)["清单"]
    assert sheet["B4"].comment.text.startswith("原来的批注")
    assert sheet["B4"].comment.text.endswith("提示")
    assert sheet["C5"].comment.text == "别动我"
    assert sheet["C4"].comment.text == "另一条"


def test_a_mark_on_a_merged_cell_is_put_where_it_is_seen(tmp_path: Path) -> None:
    source = _book(tmp_path / "a.xlsx", lambda book: book.worksheets[0].merge_cells("A5:A7"))
    cells = {(6, 1): CellMark(Severity.WARNING, "甲"), (7, 1): CellMark(Severity.ERROR, "乙")}
    sheet: Any = openpyxl.load_workbook(write_result(source, tmp_path / "b.xlsx", [_marks(cells)], []).path)["清单"]
    assert sheet["A5"].comment.text == "甲\n乙"
    assert sheet["A5"].fill.fgColor.rgb == "FFFFC7CD"


def test_a_coloured_cell_keeps_its_font_border_and_number_format(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        cell = book.worksheets[0]["D4"]
        cell.font, cell.number_format, cell.fill = Font(italic=True), "0.00", PatternFill("solid", fgColor="00FF00")

    source = _book(tmp_path / "a.xlsx", change)
    cell: Any = openpyxl.load_workbook(write_result(source, tmp_path / "b.xlsx", [_marks()], []).path)["清单"]["D4"]
    assert (cell.font.italic, cell.number_format, cell.fill.fgColor.rgb) == (True, "0.00", "FFFFC7CD")


def test_a_content_far_outside_does_not_carry_the_status_away(tmp_path: Path) -> None:
    source = _book(tmp_path / "a.xlsx", lambda book: book.worksheets[0].__setitem__("XFD9", "孤零零"))
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], [])
    assert result.is_same_workbook
    assert _cells(result.path)["G3"] == "新增"


def test_hidden_columns_beside_the_table_do_not_hide_the_status(tmp_path: Path) -> None:
    def hide(xml: bytes) -> bytes:
        return xml.replace(
            b"<sheetData>", b'<cols><col min="7" max="16384" width="9" hidden="1" customWidth="1"/></cols><sheetData>'
        )

    source = _with_part(_book(tmp_path / "a.xlsx"), tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", hide)
    xml = _parts(write_result(source, tmp_path / "b.xlsx", [_marks()], []).path)["xl/worksheets/sheet1.xml"]
    columns = re.findall(rb'<col min="(\d+)" max="(\d+)"[^>]*?(hidden)?[^>]*/>', xml)
    assert [(first, last) for first, last, _hidden in columns] == [(b"7", b"7"), (b"8", b"16384")]
    assert b'min="8" max="16384" width="9" hidden="1"' in xml


def test_an_earlier_status_column_is_written_over(tmp_path: Path) -> None:
    first = write_result(_book(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", [_marks()], TOTALS)
    again = SheetMarks("清单", 2, [RowMark(4, "未变", Tone.UNCHANGED)], {}, status_column=7)
    second = write_result(first.path, tmp_path / "c.xlsx", [again], [])
    found = _cells(second.path)
    assert found["G4"] == "未变"
    assert not any(address.startswith("H") for address in found)
    assert openpyxl.load_workbook(second.path).sheetnames == ["清单", RESULT_SHEET, f"{RESULT_SHEET}(2)"]


def test_what_an_earlier_result_said_of_cells_is_taken_away(tmp_path: Path) -> None:
    source = _book(tmp_path / "a.xlsx", lambda book: setattr(book.worksheets[0]["B4"], "comment", Comment("旧", "甲")))
    cells = {place: CellMark(Severity.ERROR, "不对") for place in ((4, 2), (4, 4), (5, 4))}
    first = write_result(source, tmp_path / "b.xlsx", [_marks(cells)], TOTALS)
    again = SheetMarks("清单", 2, [RowMark(4, "未变", Tone.UNCHANGED)], {(5, 4): CellMark(Severity.HINT, "还可以")}, 7)
    second = write_result(first.path, tmp_path / "c.xlsx", [again], [])
    assert second.is_same_workbook
    sheet: Any = openpyxl.load_workbook(second.path)["清单"]
    assert [sheet[cell].fill.fgColor.rgb for cell in ("B4", "D4", "D5")] == ["00000000", "00000000", "FFDCEBF8"]
    assert sheet["B4"].comment.text == "旧"
    assert sheet["D4"].comment is None
    assert sheet["D5"].comment.text == "还可以"
    drawing = next(data for name, data in _parts(second.path).items() if name.endswith(".vml"))
    assert drawing.count(b"ObjectType=") == 2


SPELLINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "a prefix": lambda xml: re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml.replace(b"xmlns=", b"xmlns:x=")),
    "rows without numbers": lambda xml: re.sub(rb'<row r="\d+"', b"<row", xml),
    "cells without addresses": lambda xml: re.sub(rb'<c r="([ABCD]\d+|F[12])"', b"<c", xml),
    "single quotes": lambda xml: re.sub(rb'r="([A-Z]*\d+)"', rb"r='\1'", xml),
    "blanks in tags": lambda xml: xml.replace(b"</row>", b"</row >\n  ").replace(b"</c>", b"</c >"),
    "a byte order mark": lambda xml: b"\xef\xbb\xbf" + xml,
    "spans and heights": lambda xml: re.sub(rb'(<row r="\d+")', rb'\1 spans="1:6" ht="15"', xml),
    "an empty row": lambda xml: re.sub(rb'<row r="7".*?</row>', b'<row r="7"/>', xml),
    "no row": lambda xml: re.sub(rb'<row r="7".*?</row>', b"", xml),
    "no rows at the end": lambda xml: re.sub(rb'<row r="7".*</row>', b"", xml),
    "no dimension": lambda xml: re.sub(rb"<dimension[^>]*>", b"", xml),
    "cells with a style to the right": lambda xml: re.sub(
        rb'(<row r="4".*?)(</row>)', rb'\1<c r="G4" s="1"/><c r="K4"/>\2', xml
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_sheet_may_be_spelled_in_any_way(tmp_path: Path, spelling: str) -> None:
    name = "xl/worksheets/sheet1.xml"
    source = _with_part(_book(tmp_path / "a.xlsx"), tmp_path / "c.xlsx", name, SPELLINGS[spelling])
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS)
    assert result.is_same_workbook
    assert _cells(result.path) == {
        **_cells(source), "G2": RESULT_SHEET, "G3": "新增", "G4": "有误：D4 不是整数。", "G7": "未变",
    }  # fmt: skip
    sheet: Any = openpyxl.load_workbook(result.path)["清单"]
    assert sheet["D4"].fill.fgColor.rgb == "FFFFC7CD"
    assert CalamineWorkbook.from_path(str(result.path)).get_sheet_by_name("清单").to_python()[2][6] == "新增"


ODDITIES: Mapping[str, Callable[[bytes], bytes]] = {
    "a comment with a row in it": lambda xml: xml.replace(b"<sheetData>", b'<sheetData><!-- <row r="1"/> -->'),
    "CDATA": lambda xml: xml.replace(
        b"</sheetData>", b'<row r="99"><c t="inlineStr"><is><t><![CDATA[</row>]]></t></is></c></row></sheetData>'
    ),
    "a document type": lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml,
    "UTF-16": lambda xml: xml.decode().encode("utf-16"),
    "rows out of order": lambda xml: xml.replace(b'<row r="5"', b'<row r="12"'),
    "cells out of order": lambda xml: xml.replace(b'r="C4"', b'r="A4"'),
    "not well-formed": lambda xml: xml.replace(b"</v>", b"</w>", 1),
    "cut off": lambda xml: xml[: len(xml) // 2],
    "another namespace": lambda xml: xml.replace(b"schemas.openxmlformats.org/spreadsheetml", b"example.org/x"),
}  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
def test_a_sheet_that_could_be_misread_comes_back_as_a_plain_copy(tmp_path: Path, oddity: str) -> None:
    plain = _book(tmp_path / "a.xlsx")
    source = _with_part(plain, tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", ODDITIES[oddity])
    texts = _texts(plain)
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS, raw_sheets=lambda: [texts])
    assert not result.is_same_workbook
    found = _cells(result.path)
    assert (found["A1"], found["D4"], found["G2"], found["G4"]) == (
        "某县事项清单",
        "4",
        RESULT_SHEET,
        "有误：D4 不是整数。",
    )
    assert openpyxl.load_workbook(result.path)["清单"]["D4"].comment is not None


DAMAGES = (
    ("xl/_rels/workbook.xml.rels", b"/relationships/styles", b"/relationships/stiles"),
    ("xl/styles.xml", b"<cellXfs", b"<cellXfz"),
    ("xl/workbook.xml", b"r:id=", b"r:ad="),
)


@pytest.mark.parametrize(("part", "was", "is_now"), DAMAGES)
def test_a_part_that_lacks_what_it_should_have_makes_a_plain_copy(
    tmp_path: Path, part: str, was: bytes, is_now: bytes
) -> None:
    plain = _book(tmp_path / "a.xlsx", lambda book: setattr(book.worksheets[0]["B4"], "comment", Comment("旧", "甲")))
    source = _with_part(plain, tmp_path / "c.xlsx", part, lambda data: data.replace(was, is_now))
    texts = _texts(plain)
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS, raw_sheets=lambda: [texts])
    assert not result.is_same_workbook
    assert _cells(result.path)["G3"] == "新增"


def test_comments_that_cannot_be_found_are_left_alone_and_the_cells_coloured(tmp_path: Path) -> None:
    plain = _book(tmp_path / "a.xlsx", lambda book: setattr(book.worksheets[0]["B4"], "comment", Comment("旧", "甲")))
    part = "xl/worksheets/_rels/sheet1.xml.rels"
    source = _with_part(plain, tmp_path / "c.xlsx", part, lambda data: data.replace(b"Target=", b"Ziel="))
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS)
    assert (result.is_same_workbook, result.comments_left_out) == (True, 1)
    xml = _parts(result.path)
    assert xml["xl/comments/comment1.xml"] == _parts(source)["xl/comments/comment1.xml"]
    assert "新增".encode() in xml["xl/worksheets/sheet1.xml"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_part_never_ends_in_anything_but_a_result(tmp_path: Path, data: st.DataObject) -> None:
    plain = tmp_path / "a.xlsx"
    if not plain.exists():
        _book(plain, lambda book: setattr(book.worksheets[0]["B4"], "comment", Comment("旧", "甲")))
    texts = _texts(plain)
    part = data.draw(st.sampled_from([name for name in _parts(plain) if not name.startswith(("docProps", "xl/theme"))]))
    place, cut = data.draw(st.floats(0, 1, exclude_max=True)), data.draw(st.integers(0, 40))
    instead = data.draw(st.sampled_from([b"", b"<", b">", b'"', b"&", b" ", b"\0", b"\xff", b"a", b"/", b"1"]))

    def damage(xml: bytes) -> bytes:
        at = int(place * len(xml))
        return xml[:at] + instead + xml[at + cut :]

    source = _with_part(plain, tmp_path / "c.xlsx", part, damage)
    (tmp_path / "b.xlsx").unlink(missing_ok=True)
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS, raw_sheets=lambda: [texts])
    if not result.is_same_workbook:
        assert _cells(result.path)["G3"] == "新增"


def _texts(path: Path) -> RawSheetRows:
    sheet: Any = openpyxl.load_workbook(path)["清单"]
    rows = [
        (number, ["" if value is None else str(value) for value in row])
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
    ]
    return RawSheetRows("清单", rows)


@pytest.mark.parametrize("share", range(5, 100, 5))
def test_a_truncated_workbook_never_makes_a_broken_result(tmp_path: Path, share: int) -> None:
    whole = _book(tmp_path / "a.xlsx")
    source = tmp_path / "c.xlsx"
    source.write_bytes(whole.read_bytes()[: whole.stat().st_size * share // 100])
    texts = _texts(whole)
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS, raw_sheets=lambda: [texts])
    assert _cells(result.path)["G3"] == "新增"


def test_a_text_table_becomes_a_workbook_whose_texts_are_never_formulas(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("名称\n=1+1\n", encoding="utf-8")
    raw = [RawSheetRows("a:b", [(1, ["名称"]), (2, ["=1+1"]), (9, ["\0x\x0b"])])]
    marks = SheetMarks("a:b", 1, [RowMark(2, "新增", Tone.NEW)])
    result = write_result(source, tmp_path / "b.xlsx", [marks], TOTALS, raw_sheets=lambda: raw)
    book: Any = openpyxl.load_workbook(result.path)
    sheet = book.worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value, sheet["A9"].value) == (
        "=1+1",
        "s",
        "新增",
        "x",
    )
    assert b"<f>" not in _parts(result.path)["xl/worksheets/sheet1.xml"]


def test_a_workbook_with_macros_keeps_them_and_its_ending(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsm"
    plain = _book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(source, "w") as package:
        for name, data in _parts(plain).items():
            package.writestr(name, data.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            ))  # fmt: skip
        package.writestr("xl/vbaProject.bin", bytes(range(256)))
    assert (result_ending(source), result_ending(plain)) == (".xlsm", ".xlsx")
    result = write_result(source, tmp_path / "b.xlsm", [_marks()], TOTALS)
    assert _parts(result.path)["xl/vbaProject.bin"] == bytes(range(256))


def test_the_totals_say_rule_meaning_severity_count_and_rows(tmp_path: Path) -> None:
    result = write_result(
        _book(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", [_marks()], TOTALS, facts=[("文件", "a.xlsx")]
    )
    sheet: Any = openpyxl.load_workbook(result.path)[RESULT_SHEET]
    assert [cell.value for cell in sheet[4]] == ["number", "不是整数", "错误", 1, "清单", 4]
    assert [cell.value for cell in sheet[1]][:2] == ["文件", "a.xlsx"]


def test_more_comments_than_a_sheet_bears_are_counted_and_their_cells_coloured(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for number in range(13, COMMENT_LIMIT + 20):
            book.worksheets[0].cell(number, 1, "x")

    source = _book(tmp_path / "a.xlsx", change)
    cells = {(number, 1): CellMark(Severity.HINT, "x") for number in range(3, COMMENT_LIMIT + 10)}
    result = write_result(source, tmp_path / "b.xlsx", [_marks(cells)], [])
    assert result.comments_left_out == 7
    assert openpyxl.load_workbook(result.path)["清单"].cell(COMMENT_LIMIT + 9, 1).fill.fgColor.rgb == "FFDCEBF8"


@pytest.mark.parametrize("length", [32_767, 40_000])
def test_a_status_is_cut_to_what_a_cell_holds(tmp_path: Path, length: int) -> None:
    marks = SheetMarks("清单", 2, [RowMark(3, "长" * length, Tone.PROBLEM)])
    result = write_result(_book(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", [marks], [])
    assert len(_cells(result.path)["G3"]) == 32_767


@needs_office
def test_an_office_program_opens_a_result_with_all_that_is_in_it(tmp_path: Path) -> None:
    source = _book(
        tmp_path / "a.xlsx", lambda book: book.worksheets[0]["B4"].__setattr__("comment", Comment("旧", "甲"))
    )
    result = write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS)
    sheets = sheets_of(result.path, tmp_path / "office")
    assert [row[6] for row in sheets["清单"][1:4]] == [RESULT_SHEET, "新增", "有误：D4 不是整数。"]
    assert sheets[RESULT_SHEET][1][:4] == ["number", "不是整数", "错误", "1"]


def test_neither_the_source_nor_another_file_is_ever_written_over(tmp_path: Path) -> None:
    source = _book(tmp_path / "a.xlsx")
    other = _book(tmp_path / "other.xlsx")
    own = _book(tmp_path / "own.xlsx", lambda book: book.create_sheet("检查结果汇总"))
    for target, code in ((source, "is-source"), (other, "not-a-result"), (own, "not-a-result")):
        before = target.read_bytes()
        with pytest.raises(KnownError) as refused:
            write_result(source, target, [_marks()], [])
        assert refused.value.code == code
        assert target.read_bytes() == before
    write_result(source, tmp_path / "b.xlsx", [_marks()], [])
    write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS)


def test_a_cancelled_result_leaves_nothing_behind(tmp_path: Path) -> None:
    source = _book(tmp_path / "a.xlsx")
    before = sorted(tmp_path.iterdir())

    def cancel(done: int, total: int, what: str = "") -> None:
        if done == total:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_result(source, tmp_path / "b.xlsx", [_marks()], TOTALS, cancel)
    assert sorted(tmp_path.iterdir()) == before


Values = st.one_of(
    st.none(),
    st.integers(-5, 10**9),
    st.booleans(),
    st.sampled_from(["=A1+1", "文字", "a<b>&\"c'", "  blank ", "_x0041_"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(Values, min_size=1, max_size=5), min_size=1, max_size=8),
    merged=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(0, 2), st.integers(0, 2)), max_size=1),
    commented=st.sets(st.tuples(st.integers(1, 8), st.integers(1, 5)), max_size=3),
    marked=st.dictionaries(
        st.tuples(st.integers(1, 12), st.integers(1, 6)), st.sampled_from(list(Severity)), max_size=6
    ),
    statuses=st.sets(st.integers(2, 12), min_size=1, max_size=8),
)
def test_whatever_is_in_a_workbook_is_in_its_result(
    tmp_path: Path,
    rows: Sequence[Sequence[Any]],
    merged: Sequence[tuple[int, int, int, int]],
    commented: set[tuple[int, int]],
    marked: Mapping[tuple[int, int], Severity],
    statuses: set[int],
) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = "清单"
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, place, value)
    for row_number, place in commented:
        sheet.cell(row_number, place).comment = Comment(f"{row_number}/{place}", "甲")
    for top, left, down, right in merged:
        if down or right:
            sheet.merge_cells(start_row=top, start_column=left, end_row=top + down, end_column=left + right)
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book.save(source)
    marks = SheetMarks(
        "清单", 1, [RowMark(row, f"第{row}行", Tone.CHANGED) for row in sorted(statuses)],
        {place: CellMark(severity, str(place)) for place, severity in marked.items()},
    )  # fmt: skip
    result = write_result(source, target, [marks], [])
    assert result.is_same_workbook
    before, after = openpyxl.load_workbook(source)["清单"], openpyxl.load_workbook(target)["清单"]
    kept: dict[str, Any] = {}
    status: dict[int, Any] = {}
    column = next(cell.column for row in after.iter_rows() for cell in row if cell.value == RESULT_SHEET)
    for row in after.iter_rows():
        for cell in row:
            if cell.column == column:
                status[int(cell.row or 0)] = cell.value
            elif cell.value is not None:
                kept[cell.coordinate] = cell.value
    assert kept == {c.coordinate: c.value for row in before.iter_rows() for c in row if c.value is not None}
    assert {row: text for row, text in status.items() if text is not None} == {
        1: RESULT_SHEET, **{row: f"第{row}行" for row in statuses},
    }  # fmt: skip
    assert after.merged_cells.ranges == before.merged_cells.ranges
    for row in before.iter_rows():
        for cell in row:
            if cell.comment is not None:
                assert after[cell.coordinate].comment.text.startswith(cell.comment.text)
    CalamineWorkbook.from_path(str(target)).get_sheet_by_name("清单").to_python()
