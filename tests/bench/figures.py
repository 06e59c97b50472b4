"""A figure of the benchmark, the way to measure one, and the way to print them."""

from __future__ import annotations

import gc
import resource
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Our work (``ours`` seconds) beside the bare work; ``target`` is the ratio to reach, None where there is none."""

    bar: str
    what: str
    ours: float
    bare_what: str
    bare: float
    target: float | None
    note: str = ""
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        """Ours / bare."""
        return self.ours / self.bare if self.bare else None


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """The best of ``rounds`` runs: the one least disturbed by whatever else the machine did."""
    best = float("inf")
    for _round in range(rounds):
        gc.collect()
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which ``percent`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(len(ordered) * percent / 100))]


def peak_memory_mb() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_figures(figures: Sequence[Figure]) -> None:
    """A table for people: bar, ours, bare, ratio, target."""
    rows = [("bar", "ours", "bare", "ratio", "target", "note")]
    for figure in figures:
        ratio, target = figure.ratio, figure.target
        verdict = "" if ratio is None or target is None else (" ok" if ratio <= target else " above")
        rows.append(
            (
                f"{figure.bar}: {figure.what}",
                f"{figure.ours:.3f} {figure.unit}",
                f"{figure.bare:.3f} {figure.unit} {figure.bare_what}" if figure.bare_what else "",
                "" if ratio is None else f"{ratio:.2f}",
                "" if target is None else f"≤ {target:g}{verdict}",
                figure.note,
            )
        )
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())  # noqa: T201 - the benchmark's purpose


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
