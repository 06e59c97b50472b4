"""The main job from end to end on the shipped sample: store, import, check, list, guides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gdbos_desktop.domain.queries import Query
from gdbos_desktop.schema import Severity
from gdbos_desktop.services.imports import ImportOptions
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.resources import resource_folder
from gdbos_desktop.system.tasks import Progress, no_progress

ITEM_KIND = "service_item"
SAMPLE_REGION = "999901000000"
"""The region of the sample, which no real province has."""


@dataclass(frozen=True)
class DemoResult:
    """What the main job produced."""

    store: Path
    source: Path
    rows_read: int
    created: Mapping[str, int]
    changed: Mapping[str, int]
    problems: int
    checked: int
    found: Mapping[Severity, int]
    workbook: Path
    guides: tuple[Path, ...]


def sample_workbook() -> Path:
    """The shipped sample."""
    return next(iter(sorted(resource_folder("samples").glob("*.xlsx"))))


def _silent(_step: str) -> Progress:
    return no_progress


def run_demo(workbench: Workbench, out: Path, progress: Callable[[str], Progress] = _silent) -> DemoResult:
    """Import the sample into the open store, check it, export list and guides into ``out``.

    ``progress`` gives the reporter for a step (``import``, ``check``, ``workbook``, ``guide``). Running it again
    changes nothing.
    """
    source = sample_workbook()
    session = workbench.imports.open(source, ImportOptions(), progress("import"))
    proposal = workbench.imports.propose(session, progress("import"))
    workbench.imports.commit(proposal, progress("import"))
    items = Query(ITEM_KIND)
    report = workbench.checks.check_all(items, progress=progress("check"))
    workbook = workbench.exports.export_workbook(
        items, out / _("{name}-exported.xlsx").format(name=source.stem), progress("workbook")
    )
    guides = workbench.exports.export_guides(items, out / _("Guides"), progress=progress("guide"))
    return DemoResult(
        store=workbench.info.path,
        source=source,
        rows_read=proposal.rows_read,
        created={kind: counts.created for kind, counts in proposal.counts.items()},
        changed={kind: counts.updated for kind, counts in proposal.counts.items()},
        problems=sum(issue.severity is Severity.ERROR for issue in proposal.issues),
        checked=report.checked,
        found={severity: report.count(severity) for severity in Severity},
        workbook=workbook.path,
        guides=tuple(guides.paths),
    )
