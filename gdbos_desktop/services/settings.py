"""What the store remembers about the way people like to work: columns, widths, folders. Not business data."""

from __future__ import annotations

from typing import Any

from gdbos_desktop.services.workspace import Workspace


class SettingsService:
    """Remembered preferences, as JSON values by section and key."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def get(self, section: str, key: str, default: Any = None) -> Any:
        """The remembered value, ``default`` when there is none."""
        with self._workspace.store.read() as reader:
            value = reader.get_setting(section, key)
        return default if value is None else value

    def set(self, section: str, key: str, value: Any) -> None:
        """Remember a value; None forgets it."""
        with self._workspace.store.unit_of_work() as unit:
            unit.set_setting(section, key, value)
