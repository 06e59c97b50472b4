"""Pictures of every page, dialog and state, rendered without a display: what a designer looks at before a release.

A scene is a function that brings the window into a state. ``SCENES`` is the list; other parts of the window add their
own with ``scene``. Every scene is rendered at 1366×768, and those marked so also dark, at 125 % and at 150 % scaling.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.resources import resource_folder
from gdbos_desktop.ui.application import make_application
from gdbos_desktop.ui.assembly import Desk, WindowParts
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.pages.records_page import LAYOUTS
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.qt_words import translate_qt
from gdbos_desktop.ui.theme import Theme, color

SCREEN = QSize(1366, 768)
PATIENCE_SECONDS = 20.0
LONGEST_PAUSE_MS = 2_000
SHORTEST_SECONDS = 0.08
PLATFORM = "QT_QPA_PLATFORM"


class Stage:
    """What a scene plays on: the window's parts, the application, and a way to wait until all work is done."""

    def __init__(self, application: QApplication, parts: WindowParts, theme: Theme, folder: Path) -> None:
        self.application = application
        self.parts = parts
        self.window = parts.window
        self.workbench = parts.workbench
        self.bridge = parts.bridge
        self.theme = theme
        self.folder = folder
        """An empty folder of this run, for files a scene needs."""
        self.afterwards: list[Callable[[], object]] = []
        """What is called once the picture is taken and the window closed: the store is as it was for the next scene."""

    def settle(self, seconds: float = 0.0) -> None:
        """Wait until nothing runs and nothing is due, at least for some seconds."""
        begun = time.monotonic()
        quiet = 0
        while time.monotonic() - begun < PATIENCE_SECONDS:
            self.application.processEvents()
            QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
            quiet = 0 if self.bridge.running or self._is_something_due() else quiet + 1
            if quiet > 3 and time.monotonic() - begun >= max(seconds, SHORTEST_SECONDS):
                return
            time.sleep(0.01)

    def _is_something_due(self) -> bool:
        # Pauses after typing and the like; the long timer of a message is no reason to wait.
        return any(
            timer.isActive() and timer.interval() < LONGEST_PAUSE_MS for timer in self.window.findChildren(QTimer)
        ) or any(timer.isActive() for timer in self.parts.findChildren(QTimer))

    def step(self) -> None:
        """Handle what is due now, without waiting for running work."""
        self.application.processEvents()


@dataclass(frozen=True)
class Scene:
    """A state of the window. ``play`` may return the widget to be pictured; None: the whole window with its popups."""

    name: str
    play: Callable[[Stage], QWidget | None]
    dark: bool = False
    scaled: bool = False
    is_settled: bool = True


SCENES: list[Scene] = []


def scene(
    name: str, *, dark: bool = False, scaled: bool = False, is_settled: bool = True
) -> Callable[[Callable[[Stage], QWidget | None]], Callable[[Stage], QWidget | None]]:
    """Add a function to ``SCENES``; ``dark`` and ``scaled`` ask for those renderings too. ``is_settled=False`` keeps
    running work running while the picture is taken."""

    def add(play: Callable[[Stage], QWidget | None]) -> Callable[[Stage], QWidget | None]:
        SCENES.append(Scene(name, play, dark, scaled, is_settled))
        return play

    return add


def picture(widget: QWidget, scale: float = 1.0) -> QImage:
    """The widget as it looks at a scaling, with the popups that are open over it."""
    image = QImage(widget.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    widget.render(
        painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    )
    origin = widget.mapToGlobal(QPoint(0, 0))
    for top in QApplication.topLevelWidgets():
        is_over = top.windowFlags() & Qt.WindowType.Popup == Qt.WindowType.Popup or top.isModal()
        if top is not widget and top.isVisible() and is_over:
            place = top.mapToGlobal(QPoint(0, 0)) - origin
            if top.isModal():  # a dialog appears in the middle of its window
                place = QPoint((widget.width() - top.width()) // 2, (widget.height() - top.height()) // 3)
            top.render(painter, place)
            if top.isModal():  # the frame that the desktop draws around a dialog
                painter.setPen(color("secondary"))
                painter.drawRect(QRect(place, top.size()).adjusted(-1, -1, 0, 0))
    painter.end()
    return image


def render_screenshots(workbench: Workbench, out: Path, only: str = "") -> list[Path]:
    """Render every scene into PNG files named by scene and variant; returns their paths.

    The store is left as it was. ``only`` renders the scenes whose names begin so, for looking while one works on them.
    """
    from gdbos_desktop.ui import scenes  # adds the scenes; kept apart so that the window does not carry them

    scenes.load()
    _ask_for_a_whole_screen()
    application = make_application()
    out.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for each in SCENES:
        if not each.name.startswith(only):
            continue
        paths.append(_render(application, workbench, each, out / f"{each.name}.png", False, 1.0))
        if each.dark:
            paths.append(_render(application, workbench, each, out / f"{each.name}-dark.png", True, 1.0))
        if each.scaled:
            paths.append(_render(application, workbench, each, out / f"{each.name}-125.png", False, 1.25))
            paths.append(_render(application, workbench, each, out / f"{each.name}-150.png", False, 1.5))
    return paths


def _ask_for_a_whole_screen() -> None:
    """The screen of a machine without one is 800 pixels wide, and popups stay inside it: ask for one of our size."""
    screen = resource_folder("style") / "pictures.json"
    if os.environ.get(PLATFORM) == "offscreen" and ":" not in str(screen):  # a colon would end the name
        os.environ[PLATFORM] = f"offscreen:configfile={screen}"


def _render(application: QApplication, workbench: Workbench, each: Scene, path: Path, dark: bool, scale: float) -> Path:
    with TemporaryDirectory() as scratch:
        stage = open_stage(application, workbench, Path(scratch), dark, scale)
        try:
            pictured = each.play(stage)
            if each.is_settled:
                stage.settle()
            else:
                stage.step()
            picture(pictured or stage.window, scale).save(str(path))
        finally:
            close_stage(stage)
    return path


def open_stage(application: QApplication, workbench: Workbench, folder: Path, dark: bool, scale: float) -> Stage:
    """A fresh window of the size a 1366×768 screen has at this scaling."""
    theme = Theme(application, dark)
    translate_qt(application)
    for kind in workbench.standard.kinds:
        workbench.settings.set(LAYOUTS, kind, None)  # every scene begins with the columns of a first day
    desk = Desk(theme, Preferences(folder / "window.ini"), FileDialogs(), lambda: None)
    parts = WindowParts(workbench, desk)
    stage = Stage(application, parts, theme, folder)
    stage.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    stage.window.resize(round(SCREEN.width() / scale), round(SCREEN.height() / scale))
    stage.window.show()
    parts.start()
    stage.settle()
    return stage


def close_stage(stage: Stage) -> None:
    """Close the window of a scene with everything that hangs on it."""
    for running in stage.bridge.running:
        running.cancel()
    stage.settle()
    for top in QApplication.topLevelWidgets():
        if top is not stage.window and top.isVisible():
            top.close()
    stage.bridge.close()
    stage.window.close()
    stage.window.deleteLater()
    stage.parts.deleteLater()
    stage.theme.deleteLater()
    stage.application.processEvents()
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    for call in reversed(stage.afterwards):
        call()
