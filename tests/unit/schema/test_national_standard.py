"""The national standard says what the exchange tables say, and a province changes it without code."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import pytest

from gdbos_desktop.schema import Kind, Standard, Value, load_code_lists, load_standard
from gdbos_desktop.schema.types import Reference
from gdbos_desktop.system.resources import read_texts

TEXTS = read_texts("standards")
LISTS = load_code_lists(read_texts("code-lists"))
NATIONAL = load_standard(TEXTS, "national-2020", LISTS)
SICHUAN = load_standard(TEXTS, "sichuan-2023", LISTS)
ITEM = NATIONAL.kind("service_item")
FAMILIES = ("general", "punish", "handle", "check", "public")

ALWAYS = {
    "task_name", "task_type", "catalog_code", "task_code", "use_level", "dept_name", "dept_code", "dept_type", "by_law",
    "handle_flow", "link_way", "supervise_way", "task_state", "task_version",
}  # fmt: skip
ON_APPLICATION = {
    "server_type", "accept_condition", "project_type", "special_procedure", "is_single_login", "app_is_single_login",
    "limit_scene_num", "transact_addr", "transact_time", "is_pay_online", "result_type", "is_online", "is_express",
    "is_entry_center",
}  # fmt: skip
TIME_AND_FEE = {"anticipate_day", "anticipate_type", "promise_day", "promise_type", "is_fee"}
REQUIRED = {
    "general": ALWAYS | ON_APPLICATION | TIME_AND_FEE | {"power_source"},
    "punish": ALWAYS | {"power_source", "local_task_code", "punishment_method"},
    "handle": ALWAYS | {"power_source"},
    "check": ALWAYS | {"power_source"},
    "public": ALWAYS | ON_APPLICATION,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_requires_what_its_exchange_table_requires(family: str) -> None:
    assert {element.code for element in ITEM.elements.values() if element.is_required({}, family)} == REQUIRED[family]


def test_elements_belong_to_the_families_whose_tables_have_them() -> None:
    for element in ITEM.elements.values():
        tables = {name.split("_")[2] for name in element.exchange}
        if tables:
            assert tables == {family for family in FAMILIES if element.applies_to(family)}, element.code
            assert all(name.endswith(f".{element.code}") for name in element.exchange)


def test_only_their_own_family_has_the_special_elements() -> None:
    for code, families in {
        "punishment_method": {"punish"},
        "collect_type": {"handle"},
        "is_permit_reduce": {"handle"},
        "limit_explain": {"general"},
        "power_source": {"general", "punish", "handle", "check"},
        "accept_condition": {"general", "public"},
    }.items():
        assert {family for family in FAMILIES if ITEM.elements[code].applies_to(family)} == families


@pytest.mark.parametrize(
    ("code", "values", "is_required"),
    [
        ("entrust_name", {"power_source": "5"}, True),
        ("entrust_name", {"power_source": "6"}, True),
        ("entrust_name", {"dept_type": "3"}, True),
        ("entrust_name", {"power_source": "1", "dept_type": "1"}, False),
        ("entrust_name", {}, False),
        ("fee_basis", {"is_fee": "1"}, True),
        ("fee_basis", {"is_fee": "0"}, False),
        ("fee_basis", {}, False),
    ],
)
def test_conditional_elements_are_required_on_their_condition(
    code: str, values: dict[str, Value], is_required: bool
) -> None:
    assert ITEM.elements[code].is_required(values, "general") is is_required


def test_a_condition_does_not_reach_into_families_that_lack_the_element() -> None:
    assert not ITEM.elements["fee_basis"].is_required({"is_fee": "1"}, "punish")
    assert ITEM.elements["fee_basis"].is_required({"is_fee": "1"}, "public")


@pytest.mark.parametrize(
    ("item_type", "family"),
    [("01", "general"), ("02", "punish"), ("03", "check"), ("04", "handle"), ("06", "check"), ("10", "general"),
     ("20", "public"), ("00", ""), ("", "")],
)  # fmt: skip
def test_the_item_type_decides_the_family(item_type: str, family: str) -> None:
    assert ITEM.family_of({"task_type": item_type} if item_type else {}) == family


def test_texts_that_real_data_overruns_have_no_limit() -> None:
    for code in ("by_law", "accept_condition", "handle_flow", "link_way", "supervise_way"):
        element = ITEM.elements[code]
        assert element.type.name == "long_text"
        assert list(element.check("长" * 100_000)) == []


def test_new_departments_and_main_items_come_with_an_import() -> None:
    dept, main = ITEM.elements["dept_name"].type, ITEM.elements["main_item"].type
    assert isinstance(dept, Reference)
    assert isinstance(main, Reference)
    assert (dept.target, dict(dept.creates)) == (
        "organisation",
        {"credit_code": "dept_code", "region_code": "region_code"},
    )
    assert (main.target, dict(main.creates)) == ("catalogue_item", {"task_type": "task_type"})


def test_the_tree_of_kinds_is_that_of_the_field() -> None:
    children = {kind: [child.code for child in NATIONAL.children_of(kind)] for kind in NATIONAL.kinds}
    inside = ["situation", "material", "fee", "faq", "step", "legal_basis"]
    assert children["service_item"] == ["handling_item", *inside]
    assert children["handling_item"] == inside
    assert children["situation"] == ["situation_option"]
    assert children["situation_option"] == ["option_material"]
    assert children["material"] == ["data_item"]
    assert [kind.code for kind in NATIONAL.kinds.values() if not kind.parents] == ["service_item", "data_element"]


def test_kinds_that_need_no_container_stand_alone() -> None:
    alone = [kind.code for kind in NATIONAL.kinds.values() if kind.stands_alone]
    assert alone == ["organisation", "catalogue_item", "service_item", "data_element"]


def test_a_handling_item_needs_only_its_name_and_code() -> None:
    kind = NATIONAL.kind("handling_item")
    assert {e.code for e in kind.elements.values() if e.required} == {"task_name", "task_handle_item"}
    assert {"accept_condition", "promise_day", "is_fee", "transact_addr"} <= set(kind.elements)


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("实施主体/部门名称", "dept_name"),
        ("实施主体/统一社会信用代码", "dept_code"),
        ("统一社会信用代码", "dept_code"),
        ("事项/主项名称", "main_item"),
        ("事项/子项（办理项）名称", "task_name"),
        ("办理项名称", "task_name"),
        ("目录编码", "local_catalog_code"),
        ("地方目录编码", "local_catalog_code"),
        ("基本编码", "catalog_code"),
        ("编码/地方实施编码", "local_task_code"),
        ("行政区划代码", "region_code"),
        ("承诺时限", "promise_day"),
        ("承诺期限（工作日）", "promise_day"),
        ("承诺办结时限\n(工作日)", "promise_day"),
        ("法定", "anticipate_day"),
        ("是否进驻大厅", "is_entry_center"),
        ("Ｔask_Name", "task_name"),
        ("序号", None),
        ("编码", None),
        ("", None),
    ],
)
def test_headings_of_real_workbooks_are_understood_and_unclear_ones_are_not_guessed(
    heading: str, code: str | None
) -> None:
    assert ITEM.find_heading(heading) == code


def test_every_heading_and_every_cell_of_a_real_list_is_understood(guangan: Path) -> None:
    with next(guangan.glob("*.csv")).open(encoding="gb18030", newline="") as file:
        headings, *rows = csv.reader(file)
    elements = [ITEM.elements[ITEM.find_heading(heading) or ""] for heading in headings]
    for row in rows:
        for element, cell in zip(elements, row, strict=True):
            value = element.parse(cell)
            assert value is None or isinstance(value, str)
            assert list(element.check(value)) == []
    assert len(rows) == 657


def test_a_province_adds_renames_and_tightens_without_code() -> None:
    item, old = SICHUAN.kind("service_item"), ITEM
    assert set(item.elements) - set(old.elements) == {
        "handle_mode",
        "accept_place_type",
        "consult_way",
        "service_scope",
    }
    assert set(old.elements) - set(item.elements) == {"item_scope"}
    assert item.find_heading("适用范围") == item.find_heading("服务适用范围") == "service_scope"
    assert item.find_heading("事项编码") == item.find_heading("地方实施编码") == "local_task_code"
    assert not old.elements["local_task_code"].is_required({}, "general")
    assert item.elements["local_task_code"].is_required({}, "general")
    assert item.elements["limit_scene_explain"].is_required({"limit_scene_num": 1}, "general")
    assert not item.elements["limit_scene_explain"].is_required({"limit_scene_num": 0}, "general")
    assert [issue.values["limit"] for issue in item.elements["task_name"].check("名" * 201)] == [200]
    assert item.elements["task_type"].parse("便民服务") == "21"
    assert SICHUAN.kind("material").elements["source_type"].required


def test_the_order_of_added_elements_is_that_of_their_place_on_the_form() -> None:
    def codes(standard: Standard) -> list[str]:
        return [element.code for element in standard.kind("service_item").elements.values()]

    place = codes(SICHUAN).index("accept_place_type")
    assert codes(SICHUAN)[place - 1 : place + 2] == ["transact_addr", "accept_place_type", "transact_time"]


def test_a_record_is_called_by_its_title_and_first_filled_code() -> None:
    values: dict[str, Value] = {"task_name": "食品经营许可", "local_task_code": "L-1", "catalog_code": "C-1"}
    assert ITEM.title_of(values) == "食品经营许可"
    assert ITEM.code_of(values) == "L-1"
    assert ITEM.title_of({}) == ITEM.code_of({}) == ""


def test_an_unknown_family_has_every_element() -> None:
    assert len(ITEM.elements_for()) == len(ITEM.elements) > len(ITEM.elements_for("punish"))


def test_the_committed_data_dictionaries_are_up_to_date() -> None:
    script = Path(__file__).resolve().parents[3] / "docs" / "build_dictionary.py"
    spec = importlib.util.spec_from_file_location("build_dictionary", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.dictionaries().items():
        assert path.read_text(encoding="utf-8") == text, f"run python docs/build_dictionary.py: {path.name}"


def test_no_kind_shows_more_columns_than_a_small_screen_takes() -> None:
    kinds: list[Kind] = [*NATIONAL.kinds.values(), *SICHUAN.kinds.values()]
    assert max(len(kind.listed) for kind in kinds) <= 8
