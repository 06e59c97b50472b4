"""The log: a readable, rotating file beside the user's other application data."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from gdbos_desktop.system.paths import log_folder

LOG_FILE = "gdbos.log"


def start_log(folder: Path | None = None) -> Path:
    """Write the log of this process to a file; returns its path. A machine that refuses gets no log, not an error."""
    path = (folder or log_folder()) / LOG_FILE
    root = logging.getLogger("gdbos_desktop")
    root.setLevel(logging.INFO)
    try:
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=5, encoding="utf-8")
    except OSError:
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    return path
