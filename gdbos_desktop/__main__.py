"""The window: ``gdbos-desktop [STORE]``, or ``python -m gdbos_desktop``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gdbos_desktop import bootstrap
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.log import start_log
from gdbos_desktop.system.messages import _, language
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.shell import Shell, StoreKeeper

SAMPLE_REGION = "999901000000"


def main() -> int:
    """Open the window on the store named on the command line, or on the one opened last."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return run_window(Path(words[0]) if words else None)


def run_window(store: Path | None) -> int:
    """Show the window until it is closed; the exit code of the program."""
    start_log()
    application = make_application()
    keeper = StoreKeeper(create=_create, open=bootstrap.open_workbench, make_sample=_make_sample)
    shell = Shell(application, keeper, Preferences())
    shell.install_crash_hook()
    shell.start(store)
    code = application.exec()
    shell.close_store()
    return code


def make_application() -> QApplication:
    """The Qt application, sharp at every scaling; the one that exists if there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([sys.argv[0] if sys.argv else "gdbos-desktop"])
    application.setApplicationName("gdbos-desktop")
    application.setApplicationDisplayName(_("Service Standards Workbench"))
    language()
    return application


def _create(path: Path, name: str, region: str, password: str | None) -> Workbench:
    return bootstrap.create_workbench(path, name, region, password=password)


def _make_sample(path: Path) -> None:
    from gdbos_desktop.services.demo import sample_workbook  # only needed for the sample
    from gdbos_desktop.services.imports import ImportOptions

    workbench = bootstrap.create_workbench(path, _("Sample county"), SAMPLE_REGION)
    try:
        session = workbench.imports.open(sample_workbook(), ImportOptions())
        workbench.imports.commit(workbench.imports.propose(session))
    finally:
        workbench.close()


if __name__ == "__main__":
    sys.exit(main())
