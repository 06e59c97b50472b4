"""Every state that has a picture fits, is named, and leaves the store as it was."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QMainWindow, QWidget

from gdbos_desktop import bootstrap
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.services.demo import sample_workbook
from gdbos_desktop.services.imports import ImportOptions
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.tasks import Task
from gdbos_desktop.ui import scenes
from gdbos_desktop.ui.screenshots import SCENES, close_stage, open_stage
from gdbos_desktop.ui.start_window import StartWindow
from tests.ui.test_fitting import clipped, nameless, outside

scenes.load()
_DRAWN_BY_QT = {"export-where"}
"""Qt's own file dialog: its inside is not ours."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """The store of the shipped sample."""
    made = bootstrap.create_workbench(tmp_path_factory.mktemp("scenes") / "s.gdbos", "示例县", "999901000000")
    session = made.imports.open(sample_workbook(), ImportOptions())
    made.imports.commit(made.imports.propose(session))
    session.close()
    together = threading.Barrier(2)  # both readers and the writer begin here, not inside one of the tests
    waiting = [made.tasks.run_query(lambda _progress: together.wait(10), Task("")) for _reader in range(2)]
    waiting.append(made.tasks.run_change(lambda _progress: 0, Task("")))
    for future in waiting:
        future.result(10)
    yield made
    made.close()


def silent_stops(root: QWidget) -> list[str]:
    """Where Tab stops and a screen reader would say nothing."""
    found = []
    for widget in root.findChildren(QWidget):
        is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if not (is_stop and widget.isVisible() and widget.isEnabled()):
            continue
        words = widget.accessibleName() or getattr(widget, "text", str)()
        if not words and not isinstance(widget.parentWidget(), (QComboBox, QAbstractItemView)):
            found.append(f"Tab stops at a nameless {type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


class Flashes(QObject):
    """Parts of windows that were shown before they had a place: on a desktop each flashes up as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            kind = watched.windowType()
            if kind == Qt.WindowType.Window and not isinstance(watched, (QMainWindow, StartWindow)):
                self.seen.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


def test_scenes_have_names_of_their_own() -> None:
    names = [scene.name for scene in SCENES]
    assert len(set(names)) == len(names)


@pytest.mark.slow
@pytest.mark.parametrize("name", [scene.name for scene in SCENES])
def test_every_state_fits_and_is_named(sample: Workbench, tmp_path: Path, qapp: QApplication, name: str) -> None:
    (scene,) = [scene for scene in SCENES if scene.name == name]
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    before = {kind: sample.records.count(Query(kind)) for kind in sample.standard.kinds}
    stage = open_stage(qapp, sample, tmp_path, False, 1.5)  # the least room
    try:
        pictured = scene.play(stage) or stage.window
        if scene.is_settled:
            stage.settle()
        else:
            stage.step()
        problems = [*outside(pictured), *clipped(pictured), *nameless(pictured)]
        if name not in _DRAWN_BY_QT:
            problems += silent_stops(pictured)
        for top in qapp.topLevelWidgets():
            if top.isVisible() and top is not pictured and name not in _DRAWN_BY_QT:
                problems += [*clipped(top), *nameless(top), *silent_stops(top)]
        assert problems == []
    finally:
        qapp.removeEventFilter(flashes)
        close_stage(stage)
    assert flashes.seen == []
    assert {kind: sample.records.count(Query(kind)) for kind in sample.standard.kinds} == before
