"""The window: first page and jumps at 400,000 records, start and memory beside an empty window."""

from __future__ import annotations

from pathlib import Path

from tests.bench.figures import Figure


def measure_table(scratch: Path, scale: float) -> list[Figure]:
    """First page of a filtered, sorted list and jumps anywhere, beside painting a constant model."""
    from tests.bench import bench_table

    return bench_table.measure(scratch, scale)


def measure_start(scratch: Path, scale: float) -> list[Figure]:
    """Start to a usable window and its memory, beside an empty window."""
    from tests.bench import bench_startup

    return bench_startup.measure(scratch, scale)
