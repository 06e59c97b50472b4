"""From the start of the program to a usable window on a large store, and its memory, beside an empty PySide6 window.

Both run in processes of their own: what is measured is what a person waits for.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.stores import filled_store

ROWS, ROUNDS = 400_000, 5

_EMPTY = """
import time; begun = time.perf_counter()
import json, sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow(); window.resize(1366, 768); window.show()
application.processEvents(); window.repaint()
seconds = time.perf_counter() - begun
import psutil
print(json.dumps([seconds, psutil.Process().memory_info().rss / 2**20]))
"""

_OURS = """
import time; begun = time.perf_counter()
import json, sys
from pathlib import Path
from gdbos_desktop.ui.application import make_application
from gdbos_desktop import bootstrap
from gdbos_desktop.ui.assembly import Desk, WindowParts
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.preferences import Preferences
from gdbos_desktop.ui.theme import Theme
application = make_application()
theme = Theme(application)
workbench = bootstrap.open_workbench(Path(sys.argv[1]))
desk = Desk(theme, Preferences(Path(sys.argv[1] + ".ini")), FileDialogs(), lambda: None)
parts = WindowParts(workbench, desk)
parts.window.resize(1366, 768); parts.window.show(); parts.start()
page = parts.window.current_page
from PySide6.QtCore import QEventLoop
while page.model.record_list is None or page.model.row_at(0) is None:
    application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
application.processEvents(); parts.window.repaint()
seconds = time.perf_counter() - begun
while parts.bridge.running:
    application.processEvents()
import psutil
print(json.dumps([seconds, psutil.Process().memory_info().rss / 2**20]))
parts.bridge.close(); parts.window.close(); workbench.close()
"""


def measure(scratch: Path, scale: float) -> list[Figure]:
    """Seconds to a usable window, and megabytes."""
    rows = int(ROWS * scale)
    path = scratch / "start.gdbos"
    filled_store(path, rows).close()
    empty = [_run(_EMPTY) for _round in range(ROUNDS)]
    ours = [_run(_OURS, str(path)) for _round in range(ROUNDS + 1)][1:]  # the first one fills the caches
    seconds, bare = (statistics.median(run[0] for run in runs) for runs in (ours, empty))
    memory, bare_memory = (statistics.median(run[1] for run in runs) for runs in (ours, empty))
    return [
        Figure("start", f"start to the first page of {rows:,} records", seconds, "an empty window", bare, 2.5),
        Figure("memory", f"the running window on {rows:,} records", memory, "an empty window", bare_memory, None,
               note=f"+{memory - bare_memory:.0f} MB; bar: +150 MB", unit="MB"),
    ]  # fmt: skip


def _run(program: str, *arguments: str) -> tuple[float, float]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = json.loads(done.stdout.strip().splitlines()[-1])
    return float(seconds), float(megabytes)
