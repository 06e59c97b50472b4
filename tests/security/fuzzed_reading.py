"""Reads every file of a folder like the reading process, in one process under a narrow limit; one line for each.

``python -m tests.security.fuzzed_reading FOLDER MANNER [FIRST]`` prints file name and how the reading ended.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from gdbos_desktop.importing.frames import MESSAGE, read_frame
from gdbos_desktop.importing.reader_limits import limit_this_process
from gdbos_desktop.importing.reader_process import serve

MEMORY_BYTES = 1024**3


def main(folder: Path, manner: str, first: str = "") -> None:
    """Read them all; what a file raises is our bug and ends this process with a traceback."""
    limit_this_process(MEMORY_BYTES, 120)
    for path in sorted(path for path in folder.iterdir() if path.name >= first):
        sys.stdout.write(f"{path.name} ")
        sys.stdout.flush()
        out = io.BytesIO()
        serve(path, manner, ["rows 0"], out)
        out.seek(0)
        end = ""
        while (frame := read_frame(out)) is not None:
            if frame[0] == MESSAGE:
                message = json.loads(frame[1])
                end = message["code"] if message["type"] == "failure" else message["type"]
        sys.stdout.write(f"{end}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
