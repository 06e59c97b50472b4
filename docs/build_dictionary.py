"""Writes the data dictionaries of all shipped standards into this folder: ``python docs/build_dictionary.py``.

The national standard is written out in full, a standard that builds on it only where it differs.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from gdbos_desktop.schema import load_code_lists, load_standard  # noqa: E402 - the checkout comes first
from gdbos_desktop.schema.dictionary import data_dictionary  # noqa: E402
from gdbos_desktop.system.resources import read_texts  # noqa: E402


def dictionaries() -> dict[Path, str]:
    """File → text for every standard of ``resources/standards``."""
    texts = read_texts("standards")
    code_lists = load_code_lists(read_texts("code-lists"))
    files = {}
    for name, text in texts.items():
        standard = load_standard(texts, name, code_lists)
        extends = tomllib.loads(text)["standard"].get("extends")
        base = load_standard(texts, extends, code_lists) if extends else None
        file = f"data-dictionary-{name}.md" if base else "data-dictionary.md"
        files[FOLDER / file] = data_dictionary(standard, base)
    return files


if __name__ == "__main__":
    for path, content in dictionaries().items():
        path.write_text(content, encoding="utf-8")
