"""Invented items for the demo, benchmarks and try-outs: in memory, or as a file of any length."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from gdbos_desktop.domain.sampling import SampleItem
from gdbos_desktop.exporting.samples import SHARE_OF_DEFECTS, sample_maker, write_sample, write_sample_list

__all__ = ["SampleItem", "generate_items", "write_sample", "write_sample_list"]


def generate_items(rows: int, seed: int, defects: float = SHARE_OF_DEFECTS) -> Iterator[SampleItem]:
    """``rows`` realistic items with all they contain; about the share ``defects`` has one mistake each.

    Values are as the standard keeps them, references as titles; the same seed gives the same items.
    """
    return sample_maker().items(rows, Random(seed), defects)
