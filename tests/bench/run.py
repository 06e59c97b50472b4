"""The benchmark: every figure is our work beside the bare work, measured in the same run on the same data.

Run it with ``make bench`` (``BENCH=--quick`` for a tenth of the size, ``BENCH="--only import"`` for one figure). It
prints the figures with the machine and never fails because of them: seconds compare, they do not promise.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench import checks, exports, imports, results, stores, window
from tests.bench.figures import Figure, print_figures

BARS: dict[str, Callable[[Path, float], list[Figure]]] = {
    "import": imports.measure_import,
    "door": stores.measure_write_door,
    "search": stores.measure_search,
    "table": window.measure_table,
    "start": window.measure_start,
    "check": checks.measure_checks,
    "workbook": exports.measure_workbook,
    "result": results.measure_results,
    "whole-store": exports.measure_whole_store,
    "guides": exports.measure_guides,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--only", action="append", choices=sorted(BARS), help="only this figure")
    arguments = parser.parse_args()
    scale = 0.1 if arguments.quick else 1.0
    print(f"{platform.platform()} · Python {platform.python_version()} · {os.cpu_count()} cores · scale {scale}")  # noqa: T201
    figures: list[Figure] = []
    for name in arguments.only or BARS:
        with tempfile.TemporaryDirectory(prefix="gdbos-bench-") as scratch:
            print(f"measuring {name} …", file=sys.stderr, flush=True)  # noqa: T201
            try:
                figures.extend(BARS[name](Path(scratch), scale))
            except Exception:
                traceback.print_exc()
                figures.append(Figure(name, "could not be measured", 0.0, "", 0.0, None))
    print_figures(figures)


if __name__ == "__main__":
    main()
