"""Exports: a selection as a workbook in the import layout, and service guides as Word documents."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.layouts import Layout
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.services.records import read_trees
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.system.tasks import Progress, no_progress

if TYPE_CHECKING:
    from gdbos_desktop.exporting import ExportResult, GuideResult

__all__ = ["ExportResult", "ExportService", "GuideResult"]


def __getattr__(name: str) -> Any:
    # Writing workbooks and documents is loaded when somebody exports: the window starts without it.
    if name in __all__:
        return getattr(import_module("gdbos_desktop.exporting"), name)
    raise AttributeError(name)


class ExportService:
    """Streams a selection out of one read transaction into files."""

    BATCH = 200

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def export_workbook(self, query: Query, path: Path, progress: Progress = no_progress) -> ExportResult:
        """Write the records a query asks for, with all they contain, as a workbook that imports again."""
        self._workspace.demand(Duty.EXPORT)
        from gdbos_desktop.exporting import export_workbook  # see __getattr__

        with self._workspace.store.read() as reader:
            return export_workbook(path, self._workspace.standard, query, reader, progress)

    def export_layout(self, query: Query, layout: Layout, path: Path, progress: Progress = no_progress) -> ExportResult:
        """Write the records a query asks for in a layout that imports know. KnownErrors as ``write_layout``."""
        self._workspace.demand(Duty.EXPORT)
        from gdbos_desktop.exporting.layouts import write_layout  # see __getattr__

        with self._workspace.store.read() as reader:
            return write_layout(path, self._workspace.standard, layout, query, reader, progress)

    def export_guides(
        self, query: Query, folder: Path, template: Path | None = None, progress: Progress = no_progress
    ) -> GuideResult:
        """Write one service guide for each record of a query into a folder."""
        self._workspace.demand(Duty.EXPORT)
        from gdbos_desktop.exporting import write_guides  # see __getattr__

        with self._workspace.store.read() as reader:
            total = reader.count(query)

            def trees() -> Iterator[RecordTree]:
                for batch in reader.iterate(query, self.BATCH):
                    yield from read_trees(reader, batch, self._workspace.standard)

            return write_guides(trees(), total, self._workspace.standard, folder, template, progress)
