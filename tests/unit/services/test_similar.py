"""Near-duplicate names of a store and of a file under review, with the name that should stand for them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gdbos_desktop.domain.changes import Origin, create
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.similar import Reason, Why
from gdbos_desktop.importing.proposal import Decision, Proposal, ProposedTable
from gdbos_desktop.services.similar import SimilarService, reason_words, why_words
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError

Value = str | int | tuple[str, ...]


def _put(workbench: Workbench, *records: Record) -> None:
    workbench.workspace.apply([create(record) for record in records], origin=Origin.IMPORT, reason="前置")


def _material(number: int, item: str, name: str, **more: Value) -> Record:
    return Record(f"{number:032x}", "material", {"material_name": name, **more}, item, number)


@pytest.fixture
def county(workbench: Workbench) -> Workbench:
    item = Record("a" * 32, "service_item", {"task_name": "食品经营许可"})
    names = ["身份证", "身份证", "身份证", "身份证原件及复印件", "户口簿", "食品经营许可申请表", "药品经营许可申请表"]
    materials = [_material(number, item.id, name) for number, name in enumerate(names, 1)]
    materials.append(_material(90, item.id, "公民身份证", standard_material="居民身份证"))
    materials.append(_material(91, item.id, "工商营业执照", standard_material="CL-0001"))
    materials.append(_material(92, item.id, "营业执照（副本）"))
    _put(workbench, item, *materials)
    return workbench


def _proposal(workbench: Workbench, kind: str, codes: Sequence[str], rows: Sequence[Sequence[str]]) -> Proposal:
    table = ProposedTable("材料", workbench.standard.kind(kind), tuple(codes))
    for number, values in enumerate(rows):
        table.add(number + 2, Decision.NEW, (f"{number:032x}", "a" * 32, number, tuple(values)))
    table.add(90, Decision.PROBLEM, "身份证复印件")
    table.add(91, Decision.UNCHANGED, "身份证复印件")
    return Proposal("材料.xlsx", [table], (), [], len(rows), 0, {})


def test_the_store_proposes_the_standard_name_and_counts_what_would_be_written_otherwise(county: Workbench) -> None:
    found = SimilarService(county.workspace).in_store("material")
    assert [(one.cluster.proposed, one.cluster.why) for one in found] == [
        ("居民身份证", Why.STANDARD),
        ("工商营业执照", Why.STANDARD),
    ]
    members = {member.text: (member.count, member.reason) for member in found[0].cluster.members}
    assert members == {
        "居民身份证": (0, None),
        "身份证": (3, Reason.SYNONYM),
        "公民身份证": (1, Reason.SYNONYM),
        "身份证原件及复印件": (1, Reason.SYNONYM),
    }
    assert all(reason_words(member) for member in found[0].cluster.replaced)
    assert why_words(found[0].cluster)


def test_a_file_is_compared_with_the_store_and_tells_the_rows_that_would_be_written_otherwise(
    county: Workbench,
) -> None:
    names = [
        "申请人身份证（原件、复印件各1份）",
        "居民身份证",
        "户口簿",
        "申请人身份证（原件、复印件各1份）",
        "验资报告",
    ]
    proposal = _proposal(county, "material", ["material_name"], [[name] for name in names])
    found = SimilarService(county.workspace).clusters_of(proposal)
    assert [one.cluster.proposed for one in found] == ["居民身份证"]
    assert found[0].rows == {"申请人身份证（原件、复印件各1份）": (0, 3), "居民身份证": (1,)}
    assert found[0].replaced_rows == {"申请人身份证（原件、复印件各1份）": (0, 3)}
    assert proposal.rows[3].title == names[3]


def test_data_items_are_proposed_the_name_of_a_registered_data_element(workbench: Workbench) -> None:
    _put(workbench, Record("e" * 32, "data_element", {"element_id": "DE00001", "name_cn": "公民身份号码"}))
    proposal = _proposal(workbench, "data_item", ["data_item_name"], [["身份证号"], ["申请人身份证号码"], ["姓名"]])
    found = SimilarService(workbench.workspace).clusters_of(proposal)
    assert [(one.cluster.proposed, one.cluster.why, one.replaced_rows) for one in found] == [
        ("公民身份号码", Why.STANDARD, {"身份证号": (0,), "申请人身份证号码": (1,)})
    ]


def test_a_kind_without_such_names_is_refused_in_words(workbench: Workbench) -> None:
    with pytest.raises(KnownError) as refused:
        SimilarService(workbench.workspace).in_store("organisation")
    assert refused.value.code == "no-similar-names"
    assert "申请材料" in refused.value.remedy


def test_a_file_whose_names_are_standard_already_asks_nothing(county: Workbench) -> None:
    proposal = _proposal(county, "material", ["material_name"], [["居民身份证"], ["工商营业执照"]])
    assert SimilarService(county.workspace).clusters_of(proposal) == []
