"""Records written in the layouts that imports understand."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gdbos_desktop.domain.cells import SHIELD
from gdbos_desktop.domain.layouts import Block, Column, Layout, Shape, SheetLayout, layout_from_words
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.exporting.layouts import FORM_LIMIT, MARK, write_layout
from gdbos_desktop.schema import Value
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.resources import read_texts
from tests.exporting.county import MemoryReader, national
from tests.exporting.office import needs_office, sheets_of

SHIPPED = {name: layout_from_words(tomllib.loads(text)) for name, text in read_texts("layouts").items()}
PER_MATERIAL = (Block("service_item"), Block("material", parent=0))


def _county() -> tuple[MemoryReader, Record]:
    reader = MemoryReader(national())
    item = reader.add(
        "service_item",
        {
            "task_name": "食品经营许可",
            "task_code": "11511301MB051073XA000001",
            "server_type": ("1", "2"),
            "promise_day": 5,
        },
    )
    for number, name in enumerate(("申请书", "身份证", "=平面图")):
        reader.add("material", {"material_name": name, "page_num": number + 1}, item, number)
    return reader, item


def _write(reader: MemoryReader, layout: Layout, folder: Path, kind: str = "service_item") -> Any:
    result = write_layout(folder / "a.xlsx", reader.standard, layout, Query(kind), reader)
    return openpyxl.load_workbook(result.path)


def _table(*columns: Column, blocks: tuple[Block, ...] = PER_MATERIAL, **words: Any) -> Layout:
    return Layout("版式", (SheetLayout(blocks, columns, **words),))


def _rows(sheet: Any) -> list[list[Value | None]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_columns_of_an_item_are_repeated_on_the_row_of_each_material(tmp_path: Path) -> None:
    reader, _item = _county()
    reader.add("service_item", {"task_name": "没有材料"})
    layout = _table(
        Column("事项名称", "task_name"),
        Column("材料名称", "material_name", block=1),
        Column("份数", "page_num", block=1),
    )
    assert _rows(_write(reader, layout, tmp_path).worksheets[0]) == [
        ["事项名称", "材料名称", "份数"],
        ["食品经营许可", "申请书", 1],
        ["食品经营许可", "身份证", 2],
        ["食品经营许可", "=平面图", 3],
        ["没有材料", None, None],
    ]


def test_a_value_has_a_column_of_its_own_with_a_tick(tmp_path: Path) -> None:
    reader, _item = _county()
    columns = [Column(f"服务对象/{code}", "server_type", value=code) for code in ("1", "2", "3")]
    layout = _table(Column("事项名称", "task_name"), *columns, blocks=PER_MATERIAL[:1], header_rows=2)
    sheet = _write(reader, layout, tmp_path).worksheets[0]
    assert _rows(sheet) == [
        ["事项名称", "服务对象", None, None],
        [None, "1", "2", "3"],
        ["食品经营许可", MARK, MARK, None],
    ]
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A1:A2", "B1:D1"]


def test_steps_and_questions_are_json_in_a_cell(tmp_path: Path) -> None:
    reader, item = _county()
    for number, name in enumerate(("受理", "审查")):
        reader.add("step", {"step_name": name, "step_days": number + 1}, item, number)
    blocks = (*PER_MATERIAL, Block("step", 0, fields={"huanjiemingcheng": "step_name", "banlishixian": "step_days"}))
    layout = _table(Column("事项名称", "task_name"), Column("办理流程", block=2), blocks=blocks)
    rows = _rows(_write(reader, layout, tmp_path).worksheets[0])
    assert len(rows) == 4  # a row for each material
    assert [json.loads(str(row[1])) for row in rows[1:]] == [
        [{"huanjiemingcheng": "受理", "banlishixian": "1"}, {"huanjiemingcheng": "审查", "banlishixian": "2"}]
    ] * 3


def test_what_an_import_would_take_for_a_sign_has_its_shield_in_json_and_forms_too(tmp_path: Path) -> None:
    reader, item = _county()
    reader.add("faq", {"question": "<b>多久？</b>", "answer": "同上"}, item)
    blocks = (*PER_MATERIAL[:1], Block("faq", 0, fields={"问": "question", "答": "answer"}))
    columns = (Column("事项名称", "task_name"), Column("受理条件", "accept_condition"), Column("问答", block=1))
    reader.records[0] = replace(item, elements={**item.elements, "accept_condition": "同上"})
    for shape, cell in ((Shape.TABLE, "C2"), (Shape.FORM, "B3")):
        sheet = _write(reader, _table(*columns, blocks=blocks, shape=shape), tmp_path).worksheets[0]
        assert json.loads(sheet[cell].value) == [{"问": SHIELD + "<b>多久？</b>", "答": SHIELD + "同上"}]
        assert SHIELD + "同上" in [value for row in _rows(sheet) for value in row]


def test_what_a_child_contains_stands_beside_what_its_item_contains(tmp_path: Path) -> None:
    reader, item = _county()
    child = reader.add("handling_item", {"task_name": "首次申请"}, item)
    reader.add("material", {"material_name": "子项材料"}, child)
    blocks = (*PER_MATERIAL, Block("handling_item", parent=0), Block("material", parent=2))
    layout = _table(
        Column("事项名称", "task_name"), Column("材料", "material_name", block=1),
        Column("子项", "task_name", block=2), Column("子项材料", "material_name", block=3), blocks=blocks,
    )  # fmt: skip
    assert _rows(_write(reader, layout, tmp_path).worksheets[0])[1:] == [
        ["食品经营许可", "申请书", "首次申请", "子项材料"],
        ["食品经营许可", "身份证", None, None],
        ["食品经营许可", "=平面图", None, None],
    ]


def test_columns_stand_where_the_layout_places_them_and_separators_are_its_own(tmp_path: Path) -> None:
    reader, _item = _county()
    layout = _table(
        Column("对象", "server_type", place=4, separator="|"),
        Column("名称", "task_name", place=2),
        Column("备用", place=1),
        blocks=PER_MATERIAL[:1], first_row=2,
    )  # fmt: skip
    sheet = _write(reader, layout, tmp_path).worksheets[0]
    assert _rows(sheet)[1:] == [["备用", "名称", None, "对象"], [None, "食品经营许可", None, "自然人|企业法人"]]
    assert sheet["A1"].value == "版式"


def test_a_sheet_of_contents_says_where_they_belong(tmp_path: Path) -> None:
    reader, _item = _county()
    items = SheetLayout(PER_MATERIAL[:1], (Column("事项名称", "task_name"),), name="事项")
    materials = SheetLayout(
        (Block("material"),), (Column("所属", "@parent"), Column("材料", "material_name")), name="材料"
    )
    book = _write(reader, Layout("两张表", (items, materials)), tmp_path)
    assert _rows(book["材料"])[1] == ["11511301MB051073XA000001", "申请书"]
    assert len(_rows(book["材料"])) == 4


def test_a_form_is_a_sheet_for_each_item_label_left_value_right(tmp_path: Path) -> None:
    reader, _item = _county()
    reader.add("service_item", {"task_name": "=食品[经营]许可"})
    layout = _table(Column("事项名称", "task_name"), Column("承诺办结时限", "promise_day"), shape=Shape.FORM)
    book = _write(reader, layout, tmp_path)
    assert [_rows(sheet) for sheet in book] == [
        [["事项名称", "食品经营许可"], ["承诺办结时限", "5"]],
        [["事项名称", "=食品[经营]许可"], ["承诺办结时限", None]],
    ]
    assert book.worksheets[1]["B1"].data_type == "s"


def test_more_forms_than_an_import_looks_through_are_refused(tmp_path: Path) -> None:
    reader = MemoryReader(national())
    for number in range(FORM_LIMIT + 1):
        reader.add("service_item", {"task_name": f"事项{number}"})
    with pytest.raises(KnownError) as refused:
        _write(reader, SHIPPED["item-form"], tmp_path)
    assert refused.value.code == "too-many-forms"
    assert list(tmp_path.iterdir()) == []


def test_a_layout_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    reader, _item = _county()
    for layout, kind, code in (
        (_table(Column("x", "no_such_element")), "service_item", "layout-wrong"),
        (_table(Column("事项名称", "task_name")), "organisation", "layout-other-kind"),
    ):
        with pytest.raises(KnownError) as refused:
            _write(reader, layout, tmp_path, kind)
        assert refused.value.code == code


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_shipped_layout_can_be_written(name: str, tmp_path: Path) -> None:
    reader, item = _county()
    reader.add("faq", {"question": "多久？", "answer": "五天"}, item)
    book = _write(reader, SHIPPED[name], tmp_path)
    assert any("食品经营许可" in row for row in _rows(book.worksheets[0]))


@needs_office
def test_an_office_program_opens_a_layout_with_groups_of_headings(tmp_path: Path) -> None:
    reader, _item = _county()
    _write(reader, SHIPPED["one-row-per-material"], tmp_path)
    rows = sheets_of(tmp_path / "a.xlsx", tmp_path / "office")["事项与材料"]
    assert rows[0][0] == "事项"
    assert [row[2] for row in rows[2:]] == ["食品经营许可"] * 3
