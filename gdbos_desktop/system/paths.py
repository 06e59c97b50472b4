"""Where this program keeps its own files on the user's machine."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_APP = "gdbos-desktop"


def log_folder() -> Path:
    """Where the log lies; made when missing."""
    return platformdirs.user_log_path(_APP, appauthor=False, ensure_exists=True)


def config_folder() -> Path:
    """Where window preferences lie; made when missing."""
    return platformdirs.user_config_path(_APP, appauthor=False, ensure_exists=True)


def documents_folder() -> Path:
    """Where people expect their own files."""
    return platformdirs.user_documents_path()
