"""Service guides: the sections of the standard in the dress of official documents, from a template people edit."""

from __future__ import annotations

import re
import runpy
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph
from hypothesis import given, settings
from hypothesis import strategies as st

from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.exporting import GuideResult, write_guides
from gdbos_desktop.exporting.document import Block, Document, Heading, KeyValues, Listing, Paragraph, Table, TableColumn
from gdbos_desktop.exporting.dress import chinese_numeral, official
from gdbos_desktop.exporting.files import FileNames, safe_stem
from gdbos_desktop.exporting.guide import example_tree, guide_template
from gdbos_desktop.exporting.templates import plain_text
from gdbos_desktop.exporting.word import write_document
from gdbos_desktop.exporting.workbook import exported_kinds
from gdbos_desktop.schema import Value
from gdbos_desktop.system.errors import Cancelled, KnownError
from gdbos_desktop.system.resources import resource_folder
from gdbos_desktop.system.tasks import Progress, no_progress
from tests.exporting.county import MemoryReader, national, small_county
from tests.exporting.office import converted, needs_office, needs_pdf_tools, page_count, text_of_pdf

FOOD_NAME = "食品经营许可（仅销售预包装食品除外）"
SECTIONS = (
    "适用范围", "事项审查类型", "审批依据", "受理机构", "决定机构", "数量限制", "申请条件", "禁止性要求",
    "申请材料目录", "申请接收", "办理基本流程", "办理方式", "审批时限", "审批收费依据及标准", "审批结果", "结果送达",
    "申请人权利和义务", "咨询途径", "监督和投诉渠道", "办公地址和时间", "办理进程和结果公开查询",
)  # fmt: skip
"""The sections of a service guide in their order (GB/T 36114 and its provincial twins)."""
OWN_SECTIONS = ("业务办理项", "其他要素")
"""What the standard of guides has no section for."""


def trees(county: MemoryReader | None = None) -> list[RecordTree]:
    county = county or small_county()
    return [county.tree(record) for record in county.records if record.kind == "service_item"]


def item(**elements: Value) -> RecordTree:
    return RecordTree(Record("0" * 32, "service_item", {"task_name": "事项", **elements}))


def written(
    items: Sequence[RecordTree], folder: Path, template: Path | None = None, progress: Progress = no_progress
) -> GuideResult:
    return write_guides(items, len(items), national(), folder / "指南", template, progress)


def guide(tree: RecordTree, folder: Path, template: Path | None = None) -> WordDocument:
    result = written([tree], folder, template)
    assert not result.problems
    return docx.Document(str(result.paths[0]))


@pytest.fixture(scope="module")
def food(tmp_path_factory: pytest.TempPathFactory) -> WordDocument:
    """The guide of an item that has everything."""
    return guide(trees()[0], tmp_path_factory.mktemp("food"))


def texts(book: WordDocument) -> list[str]:
    return [paragraph.text for paragraph in book.paragraphs]


def headings(book: WordDocument) -> list[str]:
    return [p.text for p in book.paragraphs if style_name(p) == "Heading 1"]


def style_name(paragraph: WordParagraph) -> str:
    return str(paragraph.style.name) if paragraph.style is not None else ""


def section(book: WordDocument, title: str) -> list[str]:
    """The lines under a heading, the headings below it included, blank ones left out."""
    lines: list[str] | None = None
    for paragraph in book.paragraphs:
        if style_name(paragraph) == "Heading 1":
            if lines is not None:
                return lines
            if paragraph.text.endswith(title):
                lines = []
        elif lines is not None and paragraph.text:
            lines.append(paragraph.text)
    assert lines is not None, title
    return lines


def table_texts(book: WordDocument, number: int) -> list[list[str]]:
    table = book.tables[number]
    width = len(table.columns)
    cells = [cell.text for cell in table._cells]
    return [cells[start : start + width] for start in range(0, len(cells), width)]


# What a guide says


def test_the_sections_stand_in_the_order_of_the_standard_and_are_counted(food: WordDocument) -> None:
    counted = [f"{chinese_numeral(number)}、{title}" for number, title in enumerate((*SECTIONS, *OWN_SECTIONS), 1)]
    # The item charges nothing and states how results are sent: every section has something to say but one.
    told = [heading for heading in headings(food) if "附录" not in heading]
    assert [heading.split("、")[1] for heading in told] == [
        title for title in (*SECTIONS, *OWN_SECTIONS) if title != "结果送达"
    ]
    assert [heading.split("、")[0] for heading in told] == [mark.split("、")[0] for mark in counted[: len(told)]]


def test_every_section_of_the_standard_is_in_the_template() -> None:
    with zipfile.ZipFile(guide_template()) as package:
        xml = package.read("word/document.xml").decode()
    places = [xml.index(f"{{{{ 章节序号 }}}}、{title}<") for title in SECTIONS]
    assert places == sorted(places)


def test_an_item_that_says_nothing_has_no_empty_sections(tmp_path: Path) -> None:
    book = guide(item(item_scope="全县", transact_time="工作日"), tmp_path)
    assert headings(book) == ["一、适用范围", "二、办公地址和时间"]
    assert section(book, "办公地址和时间") == ["办公时间：工作日"]
    assert not [text for text in texts(book) if text.endswith("：") or text == "（未填写）"]


def test_what_is_stated_to_be_none_is_said(tmp_path: Path) -> None:
    assert section(guide(item(limit_explain="无"), tmp_path), "数量限制") == ["无"]


def test_the_cover_carries_name_code_and_body(food: WordDocument) -> None:
    cover = [cell.text for cell in food.tables[0]._cells]
    assert cover[0] == "事项编码：11511301MB051073XA4000131015001"
    assert cover[1].split("\n") == [FOOD_NAME, "办 事 指 南"]
    assert cover[2].split("\n") == ["示例县市场监督管理局", "第3版"]


def test_the_facts_are_words_not_codes(food: WordDocument) -> None:
    facts = {row[0]: row[1] for row in table_texts(food, 1)}
    assert facts["事项类型"] == "行政许可"
    assert facts["行使层级"] == "县级"
    assert facts["法定办结时限"] == "20工作日"
    assert facts["服务对象"] == "自然人；企业法人"


def test_materials_are_a_table_with_a_row_each(food: WordDocument) -> None:
    rows = next(rows for n in range(len(food.tables)) if (rows := table_texts(food, n))[0][:2] == ["序号", "材料名称"])
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4"]
    assert rows[1][1] == "食品经营许可申请书"
    assert rows[3][4] == "原件1份，复印件1份"


def test_lines_of_a_value_are_paragraphs_of_their_own(food: WordDocument) -> None:
    lines = section(food, "申请条件")
    assert [line[:2] for line in lines] == ["1．", "2．", "3．"]


def test_legal_bases_are_cited_with_number_and_article(food: WordDocument) -> None:
    lines = section(food, "审批依据")
    assert lines[0] == "1．《中华人民共和国食品安全法》（主席令第二十一号）第三十五条"
    assert lines[2].startswith("2．《食品经营许可和备案管理办法》")


def test_situations_and_questions_are_appendices(food: WordDocument) -> None:
    assert headings(food)[-2:] == ["附录　办理情形", "附录　常见问题"]
    assert section(food, "附录　常见问题")[:2] == [
        "问1：食品经营许可证的有效期是多久？", "答：食品经营许可证的有效期为五年。",
    ]  # fmt: skip
    options = table_texts(food, len(food.tables) - 1)
    assert options[1:] == [["是否由他人代为办理", "本人办理", "食品经营许可申请书"], ["", "委托他人办理", ""]]


# Handling items and what only some families of items have


def handled(*children: RecordTree, **elements: Value) -> RecordTree:
    """A handling item that contains these."""
    by_kind = {
        child.record.kind: tuple(c for c in children if c.record.kind == child.record.kind) for child in children
    }
    return RecordTree(Record("1" * 32, "handling_item", elements), by_kind)


def leaf(kind: str, **elements: Value) -> RecordTree:
    return RecordTree(Record("2" * 32, kind, elements))


def item_with(*handling: RecordTree, **elements: Value) -> RecordTree:
    bare = item(**elements)
    return RecordTree(bare.record, {"handling_item": handling}, {"m": "委托书"})


def test_a_handling_item_prints_its_own_limits_fees_steps_and_materials_where_those_stand(tmp_path: Path) -> None:
    new = handled(
        leaf("material", material_name="委托书"), leaf("fee", fee_name="工本费", fee_stand="10元"),
        leaf("step", step_name="受理"), leaf("legal_basis", law_name="某法"), leaf("faq", question="问", answer="答"),
        task_name="甲（新办）", promise_day=5, promise_type="1", is_fee="1", fee_basis="某文件",
    )  # fmt: skip
    book = guide(item_with(new, handled(task_name="甲（变更）", promise_day=3), promise_day=9), tmp_path)
    assert section(book, "审批时限") == [
        "承诺办结时限：9", "（一）甲（新办）", "承诺办结时限：5工作日", "（二）甲（变更）", "承诺办结时限：3",
    ]  # fmt: skip
    assert section(book, "审批收费依据及标准") == ["（一）甲（新办）", "是否收费：是", "收费依据：某文件"]
    assert "（一）甲（新办）" in section(book, "审批依据")
    rows = [row for number in range(len(book.tables)) for row in table_texts(book, number)]
    assert ["1", "工本费", "10元", "", ""] in rows
    assert ["1", "受理", "", "", ""] in rows
    assert ["1", "委托书", "", "", "", "", ""] in rows
    assert section(book, "附录　常见问题") == ["（一）甲（新办）", "问1：问", "答：答"]


def test_a_handling_item_prints_its_situations_with_the_materials_of_their_options(tmp_path: Path) -> None:
    needs = RecordTree(Record("3" * 32, "option_material", {"material": "m"}))
    option = RecordTree(leaf("situation_option", option_name="是").record, {"option_material": (needs,)})
    asked = RecordTree(
        leaf("situation", situation_name="是否委托").record,
        {"situation_option": (option, leaf("situation_option", option_name="否"))},
    )
    open_question = leaf("situation", situation_name="没有选项的情形")
    book = guide(item_with(handled(asked, open_question, task_name="甲（新办）")), tmp_path)
    assert section(book, "附录　办理情形") == ["（一）甲（新办）"]
    assert table_texts(book, len(book.tables) - 1)[1:] == [
        ["是否委托", "是", "委托书"], ["", "否", ""], ["没有选项的情形", "", ""],
    ]  # fmt: skip


def test_a_handling_item_says_the_rest_of_what_differs_from_its_item(tmp_path: Path) -> None:
    new = handled(task_name="甲（新办）", accept_condition="年满十八周岁", transact_addr="一楼")
    book = guide(item_with(new, task_type="01", accept_condition="具有住所", transact_addr="一楼"), tmp_path)
    rows = [row for number in range(len(book.tables)) for row in table_texts(book, number)]
    assert ["受理条件", "年满十八周岁"] in rows
    assert not any(row[0] == "办理地点" for row in rows)


@pytest.mark.parametrize("family", sorted(national().family_labels))
def test_every_element_of_every_family_has_a_place_or_is_kept_back_by_the_template(family: str, tmp_path: Path) -> None:
    """Whatever the standard adds comes into the guide by itself."""
    kind = national().kind("service_item")
    (tree,) = [example_tree(national(), kind)]
    task_type = next(code for code, of in kind.families.items() if of == family)
    elements = {
        element.code: f"甲{number}乙" for number, element in enumerate(kind.elements_for(family))
        if isinstance(tree.record.elements[element.code], str)
    } | {"task_type": task_type}  # fmt: skip
    book = guide(RecordTree(Record("0" * 32, kind.code, elements), {}, {e: e for e in elements.values()}), tmp_path)
    printed = "\n".join([*texts(book), *(" ".join(r) for n in range(len(book.tables)) for r in table_texts(book, n))])
    kept_back = set(runpy.run_path(str(resource_folder("templates") / "build_templates.py"))["INTERNAL"])
    groups = {group.code: group.label for group in kind.groups}
    missing = [
        kind.elements[code].label
        for code, text in elements.items()
        if code != "task_type" and text not in printed
        and not kept_back & {kind.elements[code].label, groups[kind.elements[code].group]}
    ]  # fmt: skip
    # Units and remarks on something are printed with it alone.
    assert [label for label in missing if not label.endswith(("单位", "说明"))] == []


@pytest.mark.parametrize(
    ("task_type", "element", "text"),
    [("02", "punishment_method", "罚款"), ("04", "collect_type", "费")],
)
def test_elements_that_only_some_families_have_are_printed(
    task_type: str, element: str, text: str, tmp_path: Path
) -> None:
    label = national().kind("service_item").elements[element].label
    book = guide(item(task_type=task_type, **{element: text, "remark": "内部"}), tmp_path)
    assert headings(book)[-1].endswith("、其他要素")
    assert table_texts(book, len(book.tables) - 1) == [[label, text]]


def test_an_element_that_is_placed_in_the_template_is_no_other_element(tmp_path: Path) -> None:
    template = with_line(tmp_path, "{{ punishment_method }}")
    book = guide(item(task_type="02", punishment_method="罚款"), tmp_path, template)
    assert "罚款" in texts(book)
    assert not any("其他要素" in heading for heading in headings(book))


# The dress (GB/T 9704)


def test_the_paper_is_a4_with_the_margins_of_official_documents(food: WordDocument) -> None:
    for part in food.sections:
        assert part.page_width is not None
        assert part.page_height is not None
        assert abs(part.page_width - Mm(210)) < Mm(0.1)
        assert abs(part.page_height - Mm(297)) < Mm(0.1)
        margins = (part.top_margin, part.bottom_margin, part.left_margin, part.right_margin)
        for found, wanted in zip(margins, (37, 35, 28, 26), strict=True):
            assert found is not None
            assert abs(found - Mm(wanted)) < Mm(0.1)


def test_the_grid_is_22_lines_of_28_characters(food: WordDocument) -> None:
    page = official().page
    for part in food.sections:
        grid = part._sectPr.find(qn("w:docGrid"))
        assert grid is not None
        assert grid.get(qn("w:type")) == "linesAndChars"
        assert page.text_height // int(str(grid.get(qn("w:linePitch")))) == 22
        character = 16 + int(str(grid.get(qn("w:charSpace")))) / 4096
        assert int(page.text_width / 20 / character + 0.01) == 28
    spacing = food.styles.element.find(f".//{qn('w:style')}[@{qn('w:styleId')}='gdbos-body']//{qn('w:spacing')}")
    assert spacing is not None
    assert page.text_height // int(str(spacing.get(qn("w:line")))) == 22


@pytest.mark.parametrize(
    ("style", "face", "points"),
    [
        ("公文正文", "仿宋_GB2312", 16),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Title", "方正小标宋简体", 22),
    ],
)
def test_faces_and_sizes_are_those_of_the_standard(style: str, face: str, points: float, food: WordDocument) -> None:
    found = food.styles[style]
    fonts = found.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    size = found.element.find(f"{qn('w:rPr')}/{qn('w:sz')}")
    assert fonts is not None
    assert size is not None
    assert fonts.get(qn("w:eastAsia")) == face
    assert int(str(size.get(qn("w:val")))) == 2 * points


def test_every_run_has_an_east_asian_face_and_a_size(food: WordDocument) -> None:
    """A face for Latin letters alone leaves Chinese text to whatever the machine likes."""
    faces = {face for family in official().faces.values() for face in family}
    styles = {style.style_id: style for style in food.styles}
    seen = 0
    for part in [food.element.body, *(s.footer._element for s in food.sections),
                 *(s.even_page_footer._element for s in food.sections)]:  # fmt: skip
        for run in part.iter(qn("w:r")):
            paragraph = next(above for above in run.iterancestors() if above.tag == qn("w:p"))
            name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            assert name is not None
            own = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
            styled = styles[str(name.get(qn("w:val")))].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
            fonts = own if own is not None else styled
            assert fonts is not None
            assert fonts.get(qn("w:eastAsia")) in faces
            seen += 1
    assert seen > 100


def test_page_numbers_stand_outside_between_dashes_and_leave_out_the_cover(food: WordDocument) -> None:
    last = food.sections[-1]
    for footer, side in ((last.footer, "right"), (last.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph.text == "— 1 —"
        assert " PAGE " in "".join(field.text or "" for field in paragraph._p.iter(qn("w:instrText")))
        alignment = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:jc')}")
        assert alignment is not None
        assert alignment.get(qn("w:val")) == side
        assert {run.font.size for run in paragraph.runs} == {Pt(14)}
        indent = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:ind')}")
        assert indent is not None
        assert indent.get(qn(f"w:{side}Chars")) == "100"
    assert food.settings.odd_and_even_pages_header_footer
    start = last._sectPr.find(qn("w:pgNumType"))
    assert start is not None
    assert start.get(qn("w:start")) == "1"
    assert len(food.sections) == 2


def test_tables_repeat_their_heading_and_keep_rows_whole(food: WordDocument) -> None:
    for table in food.tables[2:]:
        if len(table.columns) == 2:  # labels and values have no heading row
            continue
        first = table.rows[0]._tr.find(qn("w:trPr"))
        assert first is not None
        assert first.find(qn("w:tblHeader")) is not None
        for row in table.rows:
            properties = row._tr.find(qn("w:trPr"))
            assert properties is not None
            assert properties.find(qn("w:cantSplit")) is not None


@needs_office
@needs_pdf_tools
@pytest.mark.slow
def test_libreoffice_prints_guides_with_their_texts_in_order(tmp_path: Path) -> None:
    result = written([*trees(), item(task_name="长" * 1000, item_scope="😀<&>\u202e")], tmp_path)
    pages = converted(result.paths, "pdf", tmp_path / "office")
    assert len(pages) == 3
    by_text = {text_of_pdf(path): page_count(path) for path in pages}
    assert all(count > 1 for count in by_text.values())
    (text,) = [text for text in by_text if "食品安全" in text]
    expected = [
        "事项编码：11511301MB051073XA4000131015001", FOOD_NAME, "办事指南", "示例县市场监督管理局", "第3版", FOOD_NAME,
        "一、适用范围", "二、事项审查类型", "三、审批依据", "1．《中华人民共和国食品安全法》", "九、申请材料目录",
        "营业执照", "十、申请接收", "示例县政务服务中心二楼A区12号窗口", "十一、办理基本流程",
        "十三、审批时限", "法定办结时限：20工作日", "附录办理情形", "委托他人办理", "附录常见问题", "许可证遗失怎么办",
    ]  # fmt: skip
    place = 0
    for words in expected:
        found = text.find(words, place)
        assert found >= 0, words
        place = found + len(words)
    assert "—1—" in text


# Templates people edit


def edited(folder: Path, edit: Callable[[WordDocument], None]) -> Path:
    """The shipped template after somebody worked on it."""
    path = folder / "我的模板.docx"
    book = docx.Document(str(guide_template()))
    edit(book)
    book.save(str(path))
    return path


def with_line(folder: Path, words: str) -> Path:
    """The shipped template with another line at its end."""
    return edited(folder, lambda book: _add(book, words))


def _add(book: WordDocument, words: str) -> None:
    for line in words.split("\n"):
        book.add_paragraph(line)


def test_changed_words_and_added_placeholders_appear(tmp_path: Path) -> None:
    def edit(book: WordDocument) -> None:
        for paragraph in book.paragraphs:
            if paragraph.text.endswith("、适用范围"):
                paragraph.runs[0].text = paragraph.text.replace("适用范围", "谁可以办")
        book.add_paragraph("联系人电话：{{ 咨询电话 }}；代码 {{ task_code }}；共{{ 申请材料|length }}份材料")

    book = guide(trees()[0], tmp_path, edited(tmp_path, edit))
    assert "一、谁可以办" in headings(book)
    assert texts(book)[-1] == "联系人电话：0826-2345678；代码 11511301MB051073XA4000131015001；共4份材料"


def test_a_placeholder_that_word_broke_into_pieces_is_understood(tmp_path: Path) -> None:
    def edit(book: WordDocument) -> None:
        paragraph = book.add_paragraph("")
        for piece in ("{", "{ 事项", "名称 }", "}"):
            paragraph.add_run(piece).bold = piece == "{ 事项"

    assert texts(guide(trees()[0], tmp_path, edited(tmp_path, edit)))[-1] == FOOD_NAME


def test_curly_quotes_of_the_typing_program_are_understood(tmp_path: Path) -> None:
    path = with_line(tmp_path, "{{ 事项版本|套用(“第{}版”) }}")
    assert texts(guide(trees()[0], tmp_path, path))[-1] == "第3版"


def test_an_element_nobody_filled_leaves_a_mark_where_the_template_wants_it(tmp_path: Path) -> None:
    path = with_line(tmp_path, "备注：{{ 备注 }}")
    assert texts(guide(trees()[0], tmp_path, path))[-1] == "备注：（未填写）"


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        ("{{ 事项明称 }}", "unknown-placeholder", "事项明称"),
        ("{%p for 材料 in 申请材料 %}\n{{ 材料.材料明称 }}\n{%p endfor %}", "unknown-placeholder", "材料明称"),
        ("{{ 事项名称|大写 }}", "template-mistake", "大写"),
        ("{{ 事项名称 }", "template-mistake", "事项名称"),
        ("{%p if 申请材料 %}", "template-mistake", "没有结束"),
        ("{%p endfor %}", "template-mistake", "endfor"),
        ("{%p for 材料 申请材料 %}", "template-mistake", "申请材料"),
        ("{{ 事项名称 + 1 }}", "template-mistake", ""),
        ("{{ ''.__class__.__mro__ }}", "unknown-placeholder", "__class__"),
        ("{% include 'x' %}", "template-mistake", ""),
        ("{% for i in range(10 ** 9) %}{% endfor %}", "template-mistake", ""),
    ],
)
def test_a_mistake_in_a_template_is_named_before_anything_is_written(
    words: str, code: str, named: str, tmp_path: Path
) -> None:
    path = with_line(tmp_path, words)
    with pytest.raises(KnownError) as refusal:
        written(trees(), tmp_path, path)
    assert refusal.value.code == code
    assert "我的模板.docx" in refusal.value.sentence
    assert named in refusal.value.sentence
    assert refusal.value.remedy
    assert list((tmp_path / "指南").iterdir()) == []


@pytest.mark.parametrize("begin", ["{% if 申请材料 %}", "{% if not 申请材料 %}", "{% for 材料 in 申请材料 %}"])
def test_a_block_that_begins_in_a_table_and_ends_outside_is_a_mistake(begin: str, tmp_path: Path) -> None:
    def edit(book: WordDocument) -> None:
        book.add_table(1, 1).cell(0, 0).text = begin
        _add(book, "{% endfor %}" if "for" in begin else "{% endif %}")

    with pytest.raises(KnownError) as refusal:
        written([item()], tmp_path, edited(tmp_path, edit))
    assert refusal.value.code == "template-mistake"


def test_a_near_name_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        written(trees(), tmp_path, with_line(tmp_path, "{{ 承诺办理时限 }}"))
    assert "承诺办结时限" in refusal.value.remedy


def _no_document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("hello.txt", "x")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"no zip at all"), "template-unreadable"),
        (lambda path: path.write_bytes(b""), "template-unreadable"),
        (lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)), "template-unreadable"),
        (lambda path: path.write_bytes(guide_template().read_bytes()[:3000]), "template-unreadable"),
        (_no_document, "template-unreadable"),
        (lambda path: path.mkdir(), "template-unreadable"),
        (lambda _path: None, "template-missing"),
    ],
    ids=["text", "empty", "password", "cut off", "other zip", "folder", "missing"],
)
def test_a_file_that_is_no_template_is_refused(make: Callable[[Path], object], code: str, tmp_path: Path) -> None:
    path = tmp_path / "模板.docx"
    make(path)
    with pytest.raises(KnownError) as refusal:
        written(trees(), tmp_path, path)
    assert refusal.value.code == code
    assert "模板.docx" in refusal.value.sentence


def test_the_shipped_template_is_what_its_script_makes(tmp_path: Path) -> None:
    script = runpy.run_path(str(resource_folder("templates") / "build_templates.py"))
    made = write_document(tmp_path / "made.docx", script["GUIDE"])
    assert made.read_bytes() == guide_template().read_bytes()


def test_the_words_about_templates_are_fresh_and_every_placeholder_in_them_works(tmp_path: Path) -> None:
    folder = Path(__file__).resolve().parents[2] / "docs"
    script = runpy.run_path(str(folder / "build_guide_template.py"))
    words = (folder / "guide-template.md").read_text(encoding="utf-8")
    assert words == script["guide_template"](national()), "run python docs/build_guide_template.py"
    own = words.split("## 事项的占位符")[1].split("## 事项所含内容的占位符")[0]
    names = re.findall(r"^\| `\{\{ (\w+) \}\}`", own, re.MULTILINE)
    assert len(names) == len(national().kind("service_item").elements)
    contained = {kind.code for kind in exported_kinds(national(), "service_item")} - {"service_item"}
    assert set(re.findall(r"^### .*（`(\w+)`）$", words, re.MULTILINE)) == contained
    lines = [f"{{{{ {name} }}}}" for name in names]
    for name in re.findall(r"^\| `\{\{ (某[\w.]+) \}\}`", words, re.MULTILINE):
        loops = _loops(words, name.split(".")[0])
        lines += [*loops, f"{{{{ {name} }}}}", *["{%p endfor %}"] * len(loops)]
    assert written(trees(), tmp_path, with_line(tmp_path, "\n".join(lines))).paths


def _loops(words: str, name: str) -> list[str]:
    """The loops in which a loop variable of the description has its meaning, outermost first."""
    found = re.search(rf"\{{%p for {name} in ((某\w+)\.)?\w+ %\}}", words)
    assert found is not None, name
    return [*(_loops(words, found[2]) if found[2] else []), found[0]]


# Names of files


@pytest.mark.parametrize(
    "name",
    ["a/b\\c:d*e?f\"g<h>i|j", "CON", "nul.txt", "..", " . ", "\u202e倒序", "😀表情", "换\n行\t表", "长" * 1000, "",
     "COM1", "~$x", "-rf", "\x00零"],
)  # fmt: skip
def test_any_name_makes_a_file_that_every_system_takes(name: str, tmp_path: Path) -> None:
    result = written([item(task_name=name, task_code="11511301MB")], tmp_path)
    (path,) = result.paths
    assert path.parent == tmp_path / "指南"
    assert path.is_file()
    assert not set(path.name) & set('<>:"/\\|?*\n\t\0')
    assert path.stem == path.stem.strip(" .")
    assert len(path.name.encode()) <= 255
    docx.Document(str(path))


@given(st.text(max_size=200))
def test_a_stem_never_leaves_its_folder(text: str) -> None:
    stem = safe_stem(text)
    assert stem
    assert Path(stem).name == stem
    assert stem not in {".", ".."}
    assert len(stem.encode("utf-8", "replace")) <= 241


def test_items_of_the_same_name_and_code_get_files_of_their_own(tmp_path: Path) -> None:
    same = [item(task_name="登记"), item(task_name="登记"), item(task_name="登记")]
    assert [path.name for path in written(same, tmp_path).paths] == ["登记.docx", "登记(2).docx", "登记(3).docx"]


def test_long_names_that_differ_late_get_files_of_their_own() -> None:
    names = FileNames(".docx")
    assert len({names.name("长" * 300 + str(number)).casefold() for number in range(30)}) == 30


# A batch


def test_one_guide_that_cannot_be_written_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    items = [item(task_name=name) for name in ("甲", "乙", "丙")]
    (tmp_path / "指南").mkdir()
    (tmp_path / "指南" / "乙.docx").write_bytes(b"old")
    (tmp_path / "指南" / ".~lock.乙.docx#").touch()
    result = written(items, tmp_path)
    assert [path.stem for path in result.paths] == ["甲", "丙"]
    (problem,) = result.problems
    assert problem.title == "乙"
    assert "乙.docx" in problem.sentence
    assert str(problem).startswith("乙")
    assert (tmp_path / "指南" / "乙.docx").read_bytes() == b"old"


def test_a_cancelled_batch_keeps_whole_guides_only(tmp_path: Path) -> None:
    def cancelling(done: int, total: int, what: str = "") -> None:
        assert total == 5
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        written([item(task_name=f"事项{number}") for number in range(5)], tmp_path, progress=cancelling)
    made = sorted((tmp_path / "指南").iterdir())
    assert [path.name for path in made] == ["事项0.docx", "事项1.docx"]
    for path in made:
        docx.Document(str(path))


def test_an_empty_selection_makes_no_guides(tmp_path: Path) -> None:
    assert written([], tmp_path).paths == []


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "指南").write_bytes(b"")
    with pytest.raises(KnownError) as refusal:
        written([item()], tmp_path)
    assert refusal.value.code == "is-file"
    assert str(tmp_path / "指南") in refusal.value.sentence
    with pytest.raises(KnownError) as refusal:
        written([item()], tmp_path / "指南")
    assert refusal.value.code == "is-file"


def test_a_single_guide_is_written_to_the_document_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "新" / "一份.docx"
    for _time in range(2):
        result = write_guides([item()], 1, national(), path)
        assert (result.folder, result.paths) == (path.parent, [path])
        docx.Document(str(path))
    assert list(path.parent.iterdir()) == [path]


def test_several_guides_do_not_go_into_one_document(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        write_guides([item(), item()], 2, national(), tmp_path / "一份.docx")
    assert refusal.value.code == "one-file-many-guides"
    assert "一份.docx" in refusal.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_guide_never_takes_the_place_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "事项.docx"
    path.write_bytes(b"SQLite format 3\0")
    for result in (
        write_guides([item()], 1, national(), tmp_path),
        write_guides([item()], 1, national(), path),
    ):
        assert result.paths == []
        assert "事项.docx" in result.problems[0].sentence
    assert path.read_bytes() == b"SQLite format 3\0"


@pytest.mark.parametrize("kind", ["handling_item", "material", "organisation"])
def test_a_kind_without_guides_is_told_which_kinds_have_one(kind: str, tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refusal:
        written([RecordTree(Record("0" * 32, kind, {}))], tmp_path)
    assert refusal.value.code == "no-guide-of-kind"
    assert national().kind("service_item").label in refusal.value.sentence
    assert national().kind(kind).label in refusal.value.sentence


def test_a_template_of_ones_own_makes_guides_of_any_kind(tmp_path: Path) -> None:
    own = tmp_path / "办理项.docx"
    write_document(own, Document(title="{{ 业务办理项名称 }}"))
    record = Record("0" * 32, "handling_item", {"task_name": "新办"})
    assert "新办" in texts(guide(RecordTree(record), tmp_path, own))


def test_the_same_item_makes_the_same_bytes(tmp_path: Path) -> None:
    first = written(trees(), tmp_path).paths[0].read_bytes()
    shutil.rmtree(tmp_path / "指南")
    assert written(trees(), tmp_path).paths[0].read_bytes() == first


# Texts


def lines_of(text: str) -> list[str]:
    return plain_text(text).split("\n")


TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("\n\t<>&\"'{}%#_\x00\x0b\ufffe😀\u202e\ufdd0")), max_size=40)


@pytest.mark.slow
@settings(max_examples=25)
@given(condition=TEXTS, scope=TEXTS, name=TEXTS)
def test_any_text_survives_but_for_what_xml_cannot_hold(
    condition: str, scope: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    tree = item(accept_condition=f"甲{condition}乙", item_scope=f"甲{scope}乙")
    material = Record("1" * 32, "material", {"material_name": f"甲{name}乙"}, "0" * 32)
    book = guide(replace(tree, children={"material": (RecordTree(material),)}), folder)
    assert section(book, "申请条件") == lines_of(f"甲{condition}乙")
    assert section(book, "适用范围") == lines_of(f"甲{scope}乙")
    assert table_texts(book, 2)[1][1].split("\n") == lines_of(f"甲{name}乙")
    xml = book.element.xml
    assert not re.search(r"<w:(fldChar|hyperlink|instrText)\b", xml)


@pytest.mark.parametrize("text", ["{{ 事项名称 }}", "{% if x %}", "{# x #}", "{{ 7 * 7 }}", "{%p endif %}"])
def test_a_value_that_looks_like_a_placeholder_is_printed_as_it_is(text: str, tmp_path: Path) -> None:
    assert section(guide(item(item_scope=text), tmp_path), "适用范围") == [text]


# Reports as documents


@pytest.fixture
def report(tmp_path: Path) -> WordDocument:
    """A report with every kind of block."""
    blocks: list[Block] = [
        Heading("总体情况"), Paragraph("第一段\n第二段"), Heading("分项", 2), Heading("细目", 3), Heading("更细", 4),
        Heading("又一细目", 3), Heading("另一部分"), Heading("分项", 2), Listing(["甲", "乙"]), Listing(["丙"], False),
        Table([TableColumn("名称"), TableColumn("数")], [["<甲>", "1"], ["乙"]], "表1"), KeyValues([("键", "值")]),
    ]  # fmt: skip
    return docx.Document(str(write_document(tmp_path / "报告.docx", Document("报告", blocks))))


def test_headings_of_a_report_are_counted_level_by_level(report: WordDocument) -> None:
    assert [p.text for p in report.paragraphs if style_name(p).startswith("Heading")] == [
        "一、总体情况", "（一）分项", "1．细目", "（1）更细", "2．又一细目", "二、另一部分", "（一）分项",
    ]  # fmt: skip


def test_blocks_of_a_report_are_written_in_order(report: WordDocument) -> None:
    assert texts(report)[0] == "报告"
    assert [text for text in texts(report) if text in {"第一段", "第二段", "1．甲", "2．乙", "丙", "表1"}] == [
        "第一段", "第二段", "1．甲", "2．乙", "丙", "表1",
    ]  # fmt: skip
    assert table_texts(report, 0) == [["名称", "数"], ["<甲>", "1"], ["乙", ""]]
    assert table_texts(report, 1) == [["键", "值"]]


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九"), (100, "100")],
)
def test_chinese_numerals(number: int, words: str) -> None:
    assert chinese_numeral(number) == words
