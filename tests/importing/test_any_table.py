"""Whatever a table looks like around its values: it imports to exactly those values, and a second time to nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gdbos_desktop.bootstrap import create_workbench, standard
from gdbos_desktop.schema import Element, Value
from gdbos_desktop.schema.types import Code, CodeText, Date, DecimalNumber, Integer, Text
from tests.importing.books import County, write_book

KIND = standard().kind("service_item")
COLUMNS = ("task_type", "dept_code", "anticipate_day", "promise_day", "task_code", "accept_condition", "project_type")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
NAMES = st.text(st.sampled_from("养蜂证申领换补办许可经营变更注销备案核发食品出租汽车"), min_size=2, max_size=12)
NOTHING = "合小总共累本备注说填制审负单分联办打同"


def values(element: Element) -> st.SearchStrategy[Value]:
    """Valid values of an element."""
    kind = element.type
    if isinstance(kind, Code):
        return st.sampled_from([entry.code for entry in kind.code_list.entries])
    if isinstance(kind, Integer):
        return st.integers(0, 999)
    if isinstance(kind, Date):
        return st.dates().map(lambda day: day.isoformat()).filter(lambda day: day > "1950")
    if isinstance(kind, DecimalNumber):
        return st.integers(1, 99999).map(str)
    if isinstance(kind, CodeText):
        return st.from_regex(r"[A-Z][A-Z0-9]{5,17}", fullmatch=True)
    assert isinstance(kind, Text)
    return NAMES.filter(lambda text: text[0] not in NOTHING)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[object]], list[Mapping[str, Value]]]:
    """A sheet with noise around its values, and the values."""
    chosen = [code for code in COLUMNS if draw(st.booleans())]
    columns = draw(st.permutations(["local_task_code", "task_name", *chosen]))
    records: list[Mapping[str, Value]] = []
    for number in range(draw(st.integers(1, 6))):
        record: dict[str, Value] = {
            "local_task_code": f"T-{number}",
            "task_name": draw(values(KIND.elements["task_name"])),
        }
        for code in chosen:
            if draw(st.integers(0, 3)):
                value = draw(values(KIND.elements[code]))
                record[code] = f"{value}{number}" if code == "task_code" else value  # a code names one item
        records.append(record)
    heads = {}
    for code in columns:
        element = KIND.elements[code]
        heads[code] = draw(st.sampled_from([element.label, element.heading, *element.aliases][:4]))
    sheet: list[list[object]] = [
        [text] for text in draw(st.lists(st.sampled_from(["示例县事项清单", "2026年", ""]), max_size=3))
    ]
    sheet.append([draw(st.sampled_from(["{}", " {}", "{}\n", "* {}"])).format(heads[code]) for code in columns])
    for one in records:
        if not draw(st.integers(0, 4)):
            sheet.append([None, " "])
        sheet.append([_noisy(draw, KIND.elements[code], one.get(code)) for code in columns])
    if draw(st.booleans()):
        sheet.append(["合计", None, f"{len(records)}项"])
    return sheet, records


def _noisy(draw: st.DrawFn, element: Element, value: Value | None) -> object:
    if value is None:
        return draw(st.sampled_from([None, "", " ", "　"]))
    text = element.format(value)
    if isinstance(element.type, CodeText | Integer):
        text = draw(st.sampled_from([text, text.translate(WIDE), f" {text}", f"{text}\n", text.lower()]))
        if isinstance(value, int) and draw(st.booleans()):
            return value
    return draw(st.sampled_from([text, f" {text}", f"{text}　", f"\u200b{text}\n"]))


@settings(max_examples=30)
@given(tables())
def test_a_table_imports_to_exactly_its_values_and_then_to_nothing(
    table: tuple[list[list[object]], list[Mapping[str, Value]]],
) -> None:
    sheet, records = table
    with tempfile.TemporaryDirectory() as folder:
        county = County(create_workbench(Path(folder) / "a.gdbos", "县", "511602"), Path(folder))
        try:
            path = write_book(Path(folder) / "清单.xlsx", {"政务服务事项": sheet})
            proposal = county.take(path)
            assert not [issue for issue in proposal.issues if issue.severity.value == "error"]
            assert [record.elements for record in county.records("service_item")] == [dict(one) for one in records]
            assert county.propose(path).is_empty
        finally:
            county.workbench.close()
