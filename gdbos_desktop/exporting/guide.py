"""Service guides as Word documents, one for each item, from a template that users edit in Word or WPS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.schema import Standard
from gdbos_desktop.system.tasks import Progress, no_progress


@dataclass(frozen=True, slots=True)
class GuideProblem:
    """A guide that could not be written: which record, and why, in the user's words."""

    record_id: str
    title: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.title}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class GuideResult:
    """The folder, the guides written into it, and those that could not be written."""

    folder: Path
    paths: Sequence[Path]
    problems: Sequence[GuideProblem] = ()


def write_guides(
    trees: Iterable[RecordTree],
    total: int,
    standard: Standard,
    folder: Path,
    template: Path | None = None,
    progress: Progress = no_progress,
) -> GuideResult:
    """Write one guide for each record tree into a folder."""
    raise NotImplementedError
