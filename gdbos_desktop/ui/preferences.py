"""What this machine remembers about the window: last store, size, theme. Not business data, and not in the store."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from gdbos_desktop.system.paths import config_folder

RECENT_STORES = 8


class Preferences:
    """Typed access to one settings file; ``file`` is for tests and pictures that must leave no trace."""

    def __init__(self, file: Path | None = None) -> None:
        self._settings = QSettings(str(file or config_folder() / "window.ini"), QSettings.Format.IniFormat)

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes-or-no preference."""
        value = self._settings.value(name, default)
        return value if isinstance(value, bool) else str(value).lower() == "true"

    def set_flag(self, name: str, value: bool) -> None:
        """Remember a yes or no."""
        self._settings.setValue(name, value)

    def blob(self, name: str) -> QByteArray | None:
        """Remembered geometry."""
        value = self._settings.value(name)
        return value if isinstance(value, QByteArray) else None

    def set_blob(self, name: str, value: QByteArray) -> None:
        """Remember geometry."""
        self._settings.setValue(name, value)

    def recent_stores(self) -> list[Path]:
        """Stores opened before that still exist, the last one first."""
        value = self._settings.value("recent")
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        # Not Path.is_file: a folder that may not be looked into would raise at every start.
        return [Path(str(text)) for text in texts if os.path.isfile(str(text))]

    def remember_store(self, path: Path) -> None:
        """Put a store at the top of the recent ones."""
        others = [str(known) for known in self.recent_stores() if known != path.resolve()]
        self._settings.setValue("recent", [str(path.resolve()), *others][:RECENT_STORES])
