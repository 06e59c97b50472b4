"""The open workbench: the services of one store in one bundle, made by bootstrap and handed to window and commands."""

from __future__ import annotations

from dataclasses import dataclass

from gdbos_desktop.schema import Standard
from gdbos_desktop.services.checking import CheckService
from gdbos_desktop.services.drafts import DraftService
from gdbos_desktop.services.exports import ExportService
from gdbos_desktop.services.history import HistoryService
from gdbos_desktop.services.imports import ImportService
from gdbos_desktop.services.recipes import RecipeService
from gdbos_desktop.services.records import RecordService
from gdbos_desktop.services.settings import SettingsService
from gdbos_desktop.services.similar import SimilarService
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.storage import StoreInfo
from gdbos_desktop.system.tasks import TaskRunner


@dataclass(frozen=True)
class Workbench:
    """One open store and all that can be done with it."""

    workspace: Workspace
    records: RecordService
    checks: CheckService
    history: HistoryService
    drafts: DraftService
    imports: ImportService
    recipes: RecipeService
    exports: ExportService
    settings: SettingsService
    similar: SimilarService
    tasks: TaskRunner

    @classmethod
    def of(cls, workspace: Workspace) -> Workbench:
        """The services of a workspace."""
        return cls(
            workspace,
            RecordService(workspace),
            CheckService(workspace),
            HistoryService(workspace),
            DraftService(workspace),
            ImportService(workspace),
            RecipeService(workspace),
            ExportService(workspace),
            SettingsService(workspace),
            SimilarService(workspace),
            TaskRunner(),
        )

    @property
    def standard(self) -> Standard:
        """The standard of the store."""
        return self.workspace.standard

    @property
    def info(self) -> StoreInfo:
        """What the store is: name, region, file."""
        return self.workspace.store.info

    def close(self) -> None:
        """Wait for running work and close the store."""
        self.tasks.close()
        self.workspace.store.close()
