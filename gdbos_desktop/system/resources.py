"""Where the shipped data lies: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: str = "") -> Path:
    """The folder of shipped data, or one of its rooms (``standards``, ``rules``, ``templates`` …)."""
    inside = _PACKAGE / "resources"
    root = inside if inside.is_dir() else _PACKAGE.parent / "resources"
    return root / name if name else root


def read_texts(folder: str, ending: str = ".toml") -> dict[str, str]:
    """The text files of a resource folder, by file name without the ending, in name order."""
    files = sorted(resource_folder(folder).glob(f"*{ending}"))
    return {file.name.removesuffix(ending): file.read_text(encoding="utf-8") for file in files}
