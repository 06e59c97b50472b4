"""What is exported in a layout and imported by the same layout changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbos_desktop.bootstrap import create_workbench
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.exporting import export_workbook
from gdbos_desktop.importing import Decision, ImportOptions, Proposal
from gdbos_desktop.services.workbench import Workbench
from tests.exporting.county import small_county


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """A store with the small county."""
    county = small_county()
    path = tmp_path / "清单.xlsx"
    export_workbook(path, county.standard, Query("service_item"), county)
    bench = create_workbench(tmp_path / "county.gdbos", "示例县", "511301000000")
    with bench.imports.open(path, ImportOptions()) as session:
        bench.imports.commit(bench.imports.propose(session))
    yield bench
    bench.close()


def _round_trip(workbench: Workbench, name: str, folder: Path) -> Proposal:
    layout = workbench.recipes.find(name)
    path = folder / f"{name}.xlsx"
    assert sum(workbench.exports.export_layout(Query("service_item"), layout, path).rows.values()) > 1
    with workbench.imports.open(path, ImportOptions(), recipe=layout) as session:
        return workbench.imports.propose(session)


@pytest.mark.parametrize("name", ["one-row-per-material", "item-form", "province-2020"])
def test_a_layout_that_is_exported_and_imported_changes_nothing(
    workbench: Workbench, name: str, tmp_path: Path
) -> None:
    proposal = _round_trip(workbench, name, tmp_path)
    assert [issue for issue in proposal.issues if issue.severity.value == "error"] == []
    differing = [row for row in proposal.rows if row.decision is not Decision.UNCHANGED]
    assert [(row.kind, row.title, row.decision, row.change) for row in differing] == []
    assert len(proposal.rows) > 1
