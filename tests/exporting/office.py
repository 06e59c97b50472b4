"""Real office programs for the tests: LibreOffice opens what we wrote and gives it back in another form."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SHEET_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Every sheet as a file of its own, UTF-8, texts as they are shown."""

needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not on this machine")
needs_pdf_tools = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not on this machine")


def converted(files: Sequence[Path], form: str, folder: Path) -> list[Path]:
    """The files in another form, as LibreOffice makes it: all that it wrote into ``folder``, by name."""
    assert SOFFICE is not None
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [
            SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", form, "--outdir", str(folder / "out"), *map(str, files),
        ],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return sorted((folder / "out").iterdir())


def sheets_of(file: Path, folder: Path) -> dict[str, list[list[str]]]:
    """What LibreOffice reads in a workbook: sheet name → rows of texts."""
    found = {}
    for path in converted([file], SHEET_CSV, folder):
        with path.open(encoding="utf-8", newline="") as text:
            found[path.stem.removeprefix(f"{file.stem}-")] = list(csv.reader(text))
    return found


def text_of_pdf(path: Path) -> str:
    """The words of a PDF in reading order, without any blanks or line ends."""
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, encoding="utf-8")
    return "".join(done.stdout.split())


def page_count(path: Path) -> int:
    """How many pages a PDF has."""
    done = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, encoding="utf-8")
    return next(int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("Pages:"))
