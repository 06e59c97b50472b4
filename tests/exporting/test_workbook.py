"""Lists as workbooks: nothing changes its meaning on the way, and a file is whole or not there."""

from __future__ import annotations

import errno
import io
import os
import re
import resource
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter as letters
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from gdbos_desktop.domain.cells import SHIELD, shielded
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.exporting import ExportResult, export_workbook
from gdbos_desktop.exporting.files import WORKBOOK, explain, whole_file
from gdbos_desktop.exporting.rows import CELL_LIMIT
from gdbos_desktop.exporting.samples import write_sample_list
from gdbos_desktop.exporting.words import CODE_SHEET
from gdbos_desktop.exporting.workbook import ListWriter, list_columns
from gdbos_desktop.schema import Standard, Value
from gdbos_desktop.schema.types import Code, Codes, Integer
from gdbos_desktop.system.errors import Cancelled, KnownError
from gdbos_desktop.system.tasks import Progress, no_progress
from tests.exporting.county import MemoryReader, national, small_county
from tests.exporting.office import converted, needs_office, needs_pdf_tools, page_count, sheets_of, text_of_pdf

ITEM = national().kind("service_item")
TREACHEROUS = (
    "=1+1", "+86 0826 2345678", "-5", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")", "http://www.example.gov.cn/a?b=1&c",
    "https://example.gov.cn", "mailto:office@example.gov.cn", "ftp://x", "internal:Sheet1!A1", "external:c:\\x.xlsx",
    "\t=1+1", "\r=1+1", "{=SUM(A1)}", "=cmd|' /C calc'!A0", "00370000000012345", "370000000000000000", "1E5", "1e-7",
    "0012", "TRUE", "2026-11-24", "3/4", "1,000", "￥5", "50%", "_x0041_", "_x000D_", "&lt;b&gt;", "<b>&</b>", "'引号",
    "😀𠀀", "a\u202eb", "]]>", " 前后空格 ", "行一\n行二",
)  # fmt: skip


def exported(reader: MemoryReader, folder: Path, kind: str = "service_item", progress: Progress = no_progress) -> Path:
    return export(reader, folder / "清单.xlsx", kind, progress).path


def export(
    reader: MemoryReader, path: Path, kind: str = "service_item", progress: Progress = no_progress
) -> ExportResult:
    return export_workbook(path, reader.standard, Query(kind), reader, progress)


def opened(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def sheet(book: Workbook, name: str) -> Worksheet:
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def column(page: Worksheet, heading: str) -> int:
    return next(cell.column for cell in page[1] if cell.value == heading)


def cells(page: Worksheet, heading: str) -> list[object]:
    place = column(page, heading)
    return [row[0].value for row in page.iter_rows(min_row=2, min_col=place, max_col=place)]


def items(*rows: Mapping[str, Value]) -> MemoryReader:
    county = MemoryReader(national())
    for row in rows:
        county.add("service_item", row)
    return county


# Texts


@pytest.mark.parametrize("text", TREACHEROUS)
def test_a_text_stays_the_text_it_is(text: str, tmp_path: Path) -> None:
    path = exported(items({"task_name": text, "remark": text}), tmp_path)
    page = sheet(opened(path), "政务服务事项")
    cell = page.cell(2, column(page, "事项名称"))
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.hyperlink is None
    # What XML cannot tell apart: carriage returns. Marks that only look like escapes come back as they were. What an
    # import would clean as markup has the invisible shield before it.
    raw = _raw_cells(path)
    assert raw[0] == shielded(text).replace("\r", "")
    assert "<f>" not in _parts(path)
    assert "hyperlink" not in _parts(path)


def _parts(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return "".join(
            package.read(name).decode()
            for name in package.namelist()
            if name.startswith("xl/worksheets/") and name.endswith((".xml", ".rels"))
        )


def _raw_cells(path: Path) -> list[str]:
    """The texts of the first data row as Excel understands them."""
    with zipfile.ZipFile(path) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    row = xml.split('<row r="2"')[1].split("</row>")[0]
    texts = re.findall(r"<t[^>]*>(.*?)</t>", row, re.DOTALL)
    plain = [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in texts]
    return [re.sub(r"_x([0-9A-Fa-f]{4})_", lambda mark: chr(int(mark[1], 16)), text) for text in plain]


@needs_office
@pytest.mark.slow
def test_libreoffice_reads_the_same_texts(tmp_path: Path) -> None:
    told = [text for text in TREACHEROUS if "\r" not in text and "\t" not in text and "_x" not in text]
    rows: list[dict[str, Value]] = [{"task_name": text, "anticipate_day": 7} for text in told]
    path = exported(items(*rows), tmp_path)
    page = sheets_of(path, tmp_path / "office")["政务服务事项"]
    place = page[0].index("事项名称")
    assert [row[place] for row in page[1:]] == [shielded(text) for text in told]
    days = page[0].index("法定办结时限")
    assert {row[days] for row in page[1:]} == {"7"}


@pytest.mark.slow
@settings(max_examples=40)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_any_text_survives_but_for_what_xml_cannot_hold(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    elements = MemoryReader(national())
    for text in texts:
        elements.add("data_element", {"name_cn": text or "x", "definition": text})
    page = sheet(opened(exported(elements, folder, "data_element")), "数据元")
    allowed = [re.sub("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]", "", text) for text in texts]
    # openpyxl leaves the escape marks of Excel as they stand; what would mean 同上 has a shield.
    found = [str(value or "").replace("_x005F_", "_") for value in cells(page, "定义")]
    assert [text.removeprefix(SHIELD) for text in found] == [text.removeprefix(SHIELD) for text in allowed]


@pytest.mark.parametrize("text", ["同上", "〃", '"', "合计", "备注：见附件", "#N/A", "1.2E+17"])
def test_a_name_that_imports_would_take_for_a_sign_has_an_invisible_shield(text: str, tmp_path: Path) -> None:
    page = sheet(opened(exported(items({"task_name": text, "remark": "注：照写"}), tmp_path)), "政务服务事项")
    assert cells(page, "事项名称") == [f"{SHIELD}{text}"]
    assert cells(page, "备注") == ["注：照写"]


def test_control_characters_vanish_and_the_rest_of_the_text_stays(tmp_path: Path) -> None:
    path = exported(items({"task_name": "食\0品\x08经\x1f营\x7f许\ufffe可", "remark": "\ud800孤\x1f立"}), tmp_path)
    page = sheet(opened(path), "政务服务事项")
    assert cells(page, "事项名称") == ["食品经营许可"]
    assert cells(page, "备注") == ["孤立"]


def test_long_codes_and_leading_zeros_stay_as_they_are(tmp_path: Path) -> None:
    codes = ["370000000000000012", "000131015001", "1E5", "0012"]
    path = exported(items(*({"task_name": "事项", "local_task_code": code} for code in codes)), tmp_path)
    page = sheet(opened(path), "政务服务事项")
    assert cells(page, "地方实施编码") == codes
    assert page.cell(2, column(page, "地方实施编码")).number_format == "@"


def test_whole_numbers_are_numbers_and_a_stated_none_beside_them_is_a_text(tmp_path: Path) -> None:
    days: list[Value] = [20, 0, "无", 10**20, -3]
    path = exported(items(*({"task_name": "事项", "anticipate_day": day} for day in days)), tmp_path)
    assert cells(sheet(opened(path), "政务服务事项"), "法定办结时限") == [20, 0, "无", str(10**20), -3]


def test_dates_are_written_as_people_read_them(tmp_path: Path) -> None:
    path = exported(items({"task_name": "事项", "plan_effective_date": "2026-11-24"}), tmp_path)
    cell = next(iter(cells(sheet(opened(path), "政务服务事项"), "计划生效日期")))
    assert cell == "2026-11-24"


def test_a_text_that_fills_a_cell_is_written_whole(tmp_path: Path) -> None:
    text = "长" * CELL_LIMIT
    page = sheet(opened(exported(items({"task_name": "事项", "remark": text}), tmp_path)), "政务服务事项")
    assert cells(page, "备注") == [text]


@pytest.mark.parametrize("text", ["长" * (CELL_LIMIT + 1), "😀" * (CELL_LIMIT // 2 + 1)])
def test_a_text_longer_than_a_cell_is_refused_by_name_and_never_cut(text: str, tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        exported(items({"task_name": "食品经营许可", "remark": text}), tmp_path)
    assert refusal.value.code == "cell-too-long"
    assert "食品经营许可" in refusal.value.sentence
    assert "备注" in refusal.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_long_title_is_shortened_in_what_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        exported(items({"task_name": "长" * 1200, "remark": "长" * (CELL_LIMIT + 1)}), tmp_path)
    assert len(refusal.value.sentence) < 200
    assert "长长…" in refusal.value.sentence


# The sheet


def test_the_header_is_frozen_filtered_and_repeated_on_every_page(tmp_path: Path) -> None:
    book = opened(exported(small_county(), tmp_path))
    for page in book.worksheets:
        if page.sheet_state == "visible":
            assert re.fullmatch("[A-Z]+2", str(page.freeze_panes))
            assert page.print_title_rows == "$1:$1"
            assert str(page.auto_filter.ref).startswith("A1:")
            assert page.page_setup.orientation == "landscape"
            assert page.page_setup.paperSize == 9
            assert page.page_setup.fitToHeight == 0
            assert page.sheet_properties.pageSetUpPr is not None
            assert page.sheet_properties.pageSetUpPr.fitToPage
            assert page.oddFooter is not None
            assert page.oddFooter.center is not None
            assert page.oddFooter.center.text == "第 &P 页，共 &N 页"


def test_columns_are_as_wide_as_what_stands_in_them_within_reason(tmp_path: Path) -> None:
    wide = items({"task_name": "很长的名称" * 20, "task_code": "1" * 31, "anticipate_day": 5})
    page = sheet(opened(exported(wide, tmp_path)), "政务服务事项")

    def width(heading: str) -> float:
        return page.column_dimensions[letters(column(page, heading))].width

    assert 30 < width("事项名称") < 45
    assert width("实施编码") > 31
    assert 8 < width("备注") < 20


def test_sheets_have_the_chinese_names_that_imports_know(tmp_path: Path) -> None:
    book = opened(exported(small_county(), tmp_path))
    visible = [page.title for page in book.worksheets if page.sheet_state == "visible"]
    assert visible[0] == "政务服务事项"
    assert visible == [national().kind(kind).sheet for kind in (
        "service_item", "handling_item", "situation", "situation_option", "option_material", "material",
        "data_item", "fee", "faq", "step", "legal_basis",
    )]  # fmt: skip


def test_every_code_column_has_its_list_as_a_drop_down(tmp_path: Path) -> None:
    book = opened(exported(small_county(), tmp_path))
    for kind in ("service_item", "material", "step"):
        page = sheet(book, national().kind(kind).sheet)
        rules = {str(rule.sqref).split(":")[0]: rule for rule in page.data_validations.dataValidation}
        for cell in page[1]:
            code = national().kind(kind).find_heading(str(cell.value))
            element = national().kind(kind).elements.get(str(code))
            rule = rules.get(f"{letters(int(cell.column or 0))}2")
            if element is None or not isinstance(element.type, Code | Codes):
                assert rule is None
            elif isinstance(element.type, Codes):
                assert rule is not None
                assert rule.type is None  # several: told, not enforced
                assert rule.prompt
            else:
                assert rule is not None
                assert rule.type == "list"
                assert _choices(book, str(rule.formula1)) == [e.label for e in element.type.code_list.entries]


def _choices(book: Workbook, formula: str) -> list[str]:
    if formula.startswith('"'):
        assert len(formula) <= 257
        return formula.strip('"').split(",")
    place = re.fullmatch(rf"'{CODE_SHEET}'!(\$[A-Z]+\$1:\$[A-Z]+\$[0-9]+)", formula.removeprefix("="))
    assert place is not None, formula
    return [str(row[0].value) for row in sheet(book, CODE_SHEET)[place[1].replace("$", "")]]


@pytest.mark.parametrize("labels", [[f"很长的类型名称之{n:02}" for n in range(40)], ["含,逗号", '含"引号']])
def test_a_code_list_that_no_cell_rule_can_hold_stands_on_a_hidden_sheet(labels: list[str], tmp_path: Path) -> None:
    standard = with_task_types(labels)
    path = exported(MemoryReader(standard), tmp_path)
    book = opened(path)
    page = sheet(book, "政务服务事项")
    rule = next(
        rule
        for rule in page.data_validations.dataValidation
        if str(rule.sqref).startswith(f"{letters(column(page, '事项类型'))}2:")
    )
    assert _choices(book, str(rule.formula1)) == labels
    assert book[CODE_SHEET].sheet_state == "hidden"


def with_task_types(labels: list[str]) -> Standard:
    """The national standard with other item types."""
    element = ITEM.elements["task_type"]
    assert isinstance(element.type, Code)
    first = element.type.code_list.entries[0]
    entries = tuple(replace(first, code=str(n), label=label, aliases=()) for n, label in enumerate(labels, 1))
    other = replace(element, type=Code(replace(element.type.code_list, entries=entries)))
    kind = replace(ITEM, elements={**ITEM.elements, "task_type": other})
    return replace(national(), kinds={**national().kinds, "service_item": kind})


def test_required_columns_say_so(tmp_path: Path) -> None:
    page = sheet(opened(exported(small_county(), tmp_path)), "政务服务事项")
    comment = page.cell(1, column(page, "事项名称")).comment
    assert comment is not None
    assert comment.text.startswith("必填")


# The records


def test_children_stand_on_their_own_sheets_under_the_address_of_their_item(tmp_path: Path) -> None:
    book = opened(exported(small_county(), tmp_path))
    materials = sheet(book, "申请材料")
    assert cells(materials, "所属事项编码") == ["11511301MB051073XA4000131015001"] * 4
    assert cells(materials, "材料名称")[0] == "食品经营许可申请书"
    assert cells(sheet(book, "选项材料"), "材料") == ["食品经营许可申请书"]
    assert cells(sheet(book, "情形选项"), "选项名称") == ["本人办理", "委托他人办理"]


def test_references_and_codes_are_written_as_words(tmp_path: Path) -> None:
    page = sheet(opened(exported(small_county(), tmp_path)), "政务服务事项")
    assert cells(page, "实施主体") == ["示例县市场监督管理局", "示例县公安局"]
    assert cells(page, "事项类型") == ["行政许可", "行政处罚"]
    assert "；" in str(cells(page, "服务对象")[0])


def test_forty_children_keep_their_order(tmp_path: Path) -> None:
    county = MemoryReader(national())
    for item_number in range(3):
        item = county.add("service_item", {"task_name": f"事项{item_number}", "task_code": f"{item_number:031d}"})
        for number in range(40):
            county.add("material", {"material_name": f"材料{number}", "order_num": number + 1}, item, number)
    page = sheet(opened(exported(county, tmp_path)), "申请材料")
    assert cells(page, "材料名称") == [f"材料{number}" for number in range(40)] * 3


def test_an_empty_selection_makes_a_workbook_with_headings_to_fill_in(tmp_path: Path) -> None:
    result = export(MemoryReader(national()), tmp_path / "空.xlsx")
    assert result.rows == {"service_item": 0}
    page = sheet(opened(result.path), "政务服务事项")
    assert page.max_row == 1
    assert page.cell(1, 1).value
    assert len(cells(page, "事项名称")) == 0


def test_columns_of_other_item_types_are_left_out_unless_somebody_filled_them(tmp_path: Path) -> None:
    general = exported(items({"task_name": "许可", "task_type": "01"}), tmp_path)
    headings = [cell.value for cell in sheet(opened(general), "政务服务事项")[1]]
    only_punish = ITEM.elements["punishment_method"]
    assert only_punish.families
    assert only_punish.heading not in headings
    filled = exported(items({"task_name": "许可", "task_type": "01", "punishment_method": "罚款"}), tmp_path)
    assert cells(sheet(opened(filled), "政务服务事项"), only_punish.heading) == ["罚款"]


@pytest.mark.parametrize("kind", [kind.code for kind in national().kinds.values()])
def test_every_kind_exports_with_every_heading(kind: str, tmp_path: Path) -> None:
    reader = MemoryReader(national())
    declared = national().kind(kind)
    elements: dict[str, Value] = {declared.title: "名称"}
    reader.add(kind, elements)
    book = opened(exported(reader, tmp_path, kind))
    headings = [cell.value for cell in sheet(book, declared.sheet)[1]]
    assert headings == [column.heading for column in list_columns(declared)]
    assert len(set(headings)) == len(headings)


def test_more_rows_than_a_sheet_holds_go_on_another_sheet(tmp_path: Path) -> None:
    kind = national().kind("faq")
    columns = list_columns(kind)
    with closing(ListWriter(national(), {"faq": columns}, tmp_path, row_limit=4)) as writer:
        for number in range(7):
            writer.append("faq", ["编码", f"问{number}", *[""] * (len(columns) - 2)])
        with whole_file(tmp_path / "多.xlsx", WORKBOOK) as file:
            writer.finish(file)
    book = opened(tmp_path / "多.xlsx")
    assert book.sheetnames == ["常见问题", "常见问题(2)", "常见问题(3)"]
    assert [cells(page, columns[1].heading) for page in book.worksheets] == [
        ["问0", "问1", "问2"], ["问3", "问4", "问5"], ["问6"],
    ]  # fmt: skip


def test_the_same_records_make_the_same_bytes(tmp_path: Path) -> None:
    assert exported(small_county(), tmp_path).read_bytes() == exported(small_county(), tmp_path).read_bytes()


def test_numbers_sit_in_number_columns_only() -> None:
    for kind in national().kinds.values():
        for one in list_columns(kind):
            assert one.is_number == (one.element is not None and isinstance(one.element.type, Integer))


# Whole or not at all


def _package(inside: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr(inside, "old")
    return made.getvalue()


OLD = _package("xl/workbook.xml")


def refused(path: Path, progress: Progress = no_progress) -> str:
    with pytest.raises(KnownError) as refusal:
        export(small_county(), path, progress=progress)
    assert path.name in refusal.value.sentence or str(path) in refusal.value.sentence
    assert refusal.value.remedy
    return refusal.value.code


@pytest.mark.parametrize("mark", [".~lock.清单.xlsx#", "~$清单.xlsx"])
def test_a_list_that_is_open_elsewhere_is_not_replaced(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(OLD)
    (tmp_path / mark).touch()
    assert refused(path) == "file-open"
    assert path.read_bytes() == OLD
    assert {p.name for p in tmp_path.iterdir()} == {path.name, mark}


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder nobody may write into, the administrator neither, with an old list in it."""
    folder = tmp_path / "locked"
    folder.mkdir()
    if os.geteuid():
        (folder / "清单.xlsx").write_bytes(OLD)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    made = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    (folder / "清单.xlsx").write_bytes(OLD)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_folder_without_the_right_to_write_is_told(locked_folder: Path) -> None:
    assert refused(locked_folder / "清单.xlsx") == "read-only"
    assert refused(locked_folder / "新.xlsx") == "read-only"
    assert (locked_folder / "清单.xlsx").read_bytes() == OLD
    assert [p.name for p in locked_folder.iterdir()] == ["清单.xlsx"]


def test_a_full_disk_is_told_and_leaves_the_old_list(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(OLD)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        assert refused(path) == "disk-full"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda path: path.mkdir(), "is-folder"),
        (lambda path: path.parent.rmdir(), "folder-missing"),
    ],
    ids=["a folder of this name", "no folder"],
)
def test_a_place_that_cannot_be_is_told(spoil: Callable[[Path], None], code: str, tmp_path: Path) -> None:
    (tmp_path / "导出").mkdir()
    path = tmp_path / "导出" / "清单.xlsx"
    spoil(path)
    with pytest.raises(KnownError) as refusal:
        export(small_county(), path)
    assert refusal.value.code == code


def test_a_name_too_long_for_the_system_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        export(small_county(), tmp_path / f"{'长' * 100}.xlsx")
    assert refusal.value.code == "name-too-long"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["数据.gdbos", "清单.csv", "清单.xls", "清单.xlsm", "清单", ".xlsx"])
def test_a_list_is_only_written_to_a_name_that_ends_in_xlsx(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"precious")
    assert refused(path) == "wrong-ending"
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "old",
    [b"SQLite format 3\0" + bytes(100), b"a,b\n", bytes(range(256)), _package("word/document.xml"), OLD[:-5]],
    ids=["a store", "a text", "an encrypted store", "a Word document", "a damaged package"],
)
def test_a_list_never_takes_the_place_of_something_else(old: bytes, tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(old)
    assert refused(path) == "other-file"
    assert path.read_bytes() == old


@pytest.mark.parametrize("old", [OLD, b"", bytes.fromhex("d0cf11e0a1b11ae1")], ids=["old", "empty", "with a password"])
def test_a_list_takes_the_place_of_an_older_one(old: bytes, tmp_path: Path) -> None:
    path = tmp_path / "清单.XLSX"
    path.write_bytes(old)
    export(small_county(), path)
    assert opened(path).sheetnames[0] == "政务服务事项"


def test_a_sample_never_takes_the_place_of_something_else(tmp_path: Path) -> None:
    for name in ("样例.csv", "样例.xlsx"):
        path = tmp_path / name
        path.write_bytes(b"SQLite format 3\0")
        with pytest.raises(KnownError) as refusal:
            write_sample_list(path, 3, 1, national())
        assert refusal.value.code == "other-file"
        path.unlink()
        for _time in range(2):
            write_sample_list(path, 3, 1, national())


def test_what_the_system_says_is_passed_on_as_a_number_only(tmp_path: Path) -> None:
    error = explain(OSError(errno.EIO, "Input/output error"), tmp_path / "清单.xlsx")
    assert error.code == "cannot-write"
    assert "Input" not in error.sentence
    assert str(errno.EIO) in error.sentence


def test_a_file_in_place_of_a_folder_above_is_told(tmp_path: Path) -> None:
    (tmp_path / "导出").write_bytes(b"")
    assert refused_in(tmp_path / "导出" / "清单.xlsx") == "is-file"


def refused_in(path: Path) -> str:
    with pytest.raises(KnownError) as refusal:
        export(small_county(), path)
    assert str(path.parent) in refusal.value.sentence
    return refusal.value.code


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_cancelled_export_leaves_nothing_and_the_old_list_as_it_was(at: int, tmp_path: Path) -> None:
    calls = iter(range(100))

    def cancelling(done: int, total: int, what: str = "") -> None:
        if next(calls) == at:
            raise Cancelled

    path = tmp_path / "清单.xlsx"
    path.write_bytes(OLD)
    county = small_county()
    for number in range(1200):
        county.add("service_item", {"task_name": f"事项{number}"})
    with pytest.raises(Cancelled):
        export(county, path, progress=cancelling)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_replaced_list_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(OLD)
    path.chmod(0o640)
    export(small_county(), path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes()[:2] == b"PK"


# On paper


@needs_office
@needs_pdf_tools
@pytest.mark.slow
def test_the_list_prints_on_few_pages_with_their_numbers(tmp_path: Path) -> None:
    pdf = converted([exported(small_county(), tmp_path)], "pdf", tmp_path / "office")[0]
    text = text_of_pdf(pdf)
    pages = page_count(pdf)
    assert 11 <= pages <= 40  # a page for every sheet, and the width of the long ones
    assert f"第1页，共{pages}页" in text
    assert "食品经营许可（仅销售预包装食品除外）" in text
