"""Files of every format changed by chance are refused or read, and nothing else; ``make fuzz`` does it for longer."""

from __future__ import annotations

import random
from pathlib import Path

from tests.security.fuzzing import read_all, seeds, write_mutant


def test_files_changed_by_chance_are_refused_or_read_and_nothing_else(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    (sources := tmp_path / "seeds").mkdir()
    (mutants := tmp_path / "mutants").mkdir()
    originals = seeds(sources)
    ends, wrong = read_all(sources, "dense")
    assert not wrong
    assert set(ends.values()) == {"done"}
    for number in range(110):
        original = originals[number % len(originals)]
        write_mutant(chance, original, mutants / f"{number:03}{original.suffix}")
    for manner in ("dense", "sparse"):
        ends, wrong = read_all(mutants, manner)
        assert not wrong
        assert len(ends) == 110
        assert 10 < list(ends.values()).count("done") < 100
