"""Region codes and the codes of items: shapes, parents, generations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.domain.item_codes import (
    CodeGeneration,
    code_generation,
    read_basic_code,
    read_implementation_code,
)
from gdbos_desktop.domain.region_code import RegionFault, check_region_code, parent_region, region_level


@pytest.mark.parametrize(
    "code",
    [
        "370000", "370100", "370102", "370102001", "370102001001", "511602000000", "441900003000", "460400100000",
        "419001000000", "110105000000", "110101001001", "370171", "650000000000",
    ],
)  # fmt: skip
def test_real_forms_are_accepted(code: str) -> None:
    assert check_region_code(code) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", RegionFault.DIGITS),
        ("37010A", RegionFault.DIGITS),
        ("３７０１０２", RegionFault.DIGITS),
        ("3701", RegionFault.LENGTH),
        ("3701020", RegionFault.LENGTH),
        ("3701020010011", RegionFault.LENGTH),
        ("000000", RegionFault.BLOCKS),
        ("370002", RegionFault.BLOCKS),
        ("370000001", RegionFault.BLOCKS),
        ("370102000001", RegionFault.BLOCKS),
    ],
)
def test_a_wrong_form_is_told_why(code: str, fault: RegionFault) -> None:
    assert check_region_code(code) is fault


def test_unknown_provinces_are_told_only_when_the_provinces_are_known() -> None:
    assert check_region_code("380000") is None
    assert check_region_code("380000", {"37"}) is RegionFault.PROVINCE
    assert check_region_code("370000", {"37"}) is None


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("370102001001", "370102001000"),
        ("370102001", "370102000000"),
        ("370102", "370100000000"),
        ("370100", "370000000000"),
        ("370000000000", None),
        ("110105", "110000000000"),
        ("500230", "500000000000"),
        ("419001", "410000000000"),
        ("659001000000", "650000000000"),
        ("441900003000", "441900000000"),
    ],
)
def test_the_parent_follows_the_ladder_and_its_exceptions(code: str, parent: str | None) -> None:
    assert parent_region(code) == parent


@given(st.from_regex(r"[1-6][1-5][0-9]{10}", fullmatch=True))
def test_climbing_always_ends_at_the_province(code: str) -> None:
    if check_region_code(code) is None:
        steps = 0
        above: str | None = code
        while above is not None:
            level = region_level(above)
            below, above = above, parent_region(above)
            assert above is None or region_level(above) < level
            assert above is None or below.startswith(above[:2])
            steps += 1
        assert steps <= 5


def test_the_parts_of_two_real_codes() -> None:
    water = read_implementation_code("12441500196720244T3442199806003")
    assert water is not None
    assert (water.credit_code, water.level, water.basic_code, water.item_type, water.sequence) == (
        "12441500196720244T", "3", "442199806003", "21", "",
    )  # fmt: skip
    licence = read_implementation_code("11450000007565194H200011501500504")
    assert licence is not None
    assert (licence.level, licence.basic_code, licence.sequence) == ("2", "000115015005", "04")
    basic = read_basic_code(licence.basic_code)
    assert basic is not None
    assert (basic.region, basic.item_type, basic.department, basic.main_item, basic.sub_item) == (
        "00", "01", "15", "015", "005",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "generation"),
    [
        ("000115015005", CodeGeneration.NATIONAL),
        ("12441500196720244T3442199806003", CodeGeneration.NATIONAL),
        ("11450000007565194H200011501500504", CodeGeneration.NATIONAL),
        ("XK00123000", CodeGeneration.LEGACY),
        ("0100123000", CodeGeneration.LEGACY),
        ("XK0012300025201020085778X1", CodeGeneration.LOCAL),
        ("511A0138000000-511602000000-000-115113010833722043-1-00", CodeGeneration.LOCAL),
        ("511Z07001006", CodeGeneration.LOCAL),
        ("62052400MZ-XK-0001", CodeGeneration.LOCAL),
        ("许可-00012", CodeGeneration.LOCAL),
        ("", CodeGeneration.LOCAL),
    ],
)
def test_the_generation_of_a_code(code: str, generation: CodeGeneration) -> None:
    assert code_generation(code) is generation


@given(st.text(max_size=40))
def test_reading_a_code_never_fails(text: str) -> None:
    read_basic_code(text)
    read_implementation_code(text)
    code_generation(text)
