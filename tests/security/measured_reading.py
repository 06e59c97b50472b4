"""Reads files as the program does, in a process that then says how much memory it took itself.

``python -m tests.security.measured_reading FILE …`` prints how each ended, and its rows; then the peak in MB.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gdbos_desktop.importing.reading import read_workbook
from gdbos_desktop.system.errors import KnownError


def main(paths: list[str]) -> None:
    """Open every file and stream all of its sheets."""
    for path in paths:
        count = 0
        try:
            book = read_workbook(Path(path))
            try:
                for sheet in book.sheets:
                    count += sum(map(len, book.rows(sheet.index)))
            finally:
                book.close()
            end = "read"
        except KnownError as refusal:
            end = refusal.code
        sys.stdout.write(f"{Path(path).name} {end} {count}\n")
    # Not getrusage: that counts what the parent held when it started this process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    sys.stdout.write(f"{int(peak) // 1024}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
