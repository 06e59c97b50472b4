"""Checking 400,000 items beside compiled functions over tuples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gdbos_desktop.bootstrap import rule_base, standard
from gdbos_desktop.domain.checking import check_subject
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import Stage, Subject
from gdbos_desktop.schema import Value
from tests.bench.figures import Figure, seconds
from tests.bench.stores import ITEM, sample_values

BARE_RULES = 30


def measure_checks(scratch: Path, scale: float) -> list[Figure]:
    """The rule base over items in memory; with the standard's own demands as a second figure."""
    del scratch
    rows = int(400_000 * scale)
    sample = [Record(f"{number:032x}", ITEM, values) for number, values in enumerate(sample_values(min(rows, 20_000)))]
    subjects = [Subject(record, {}, {}) for record in sample]
    repeats = max(1, rows // len(sample))
    rules, found = rule_base(), standard()
    bare = _compiled(found.kind(ITEM).elements)
    tuples = [tuple(record.elements.get(code) for code in found.kind(ITEM).elements) for record in sample]

    def ours() -> None:
        for _repeat in range(repeats):
            for subject in subjects:
                rules.check(subject)

    def complete() -> None:
        for subject in subjects:
            check_subject(subject, found, rules, Stage.SUBMIT)

    def compiled() -> None:
        for _repeat in range(repeats):
            for row in tuples:
                bare(row)

    size = repeats * len(sample)
    count = sum(rule.is_enabled for rule in rules.rules)
    bare_seconds = seconds(compiled)
    return [
        Figure(
            "check",
            f"{size:,} items × {count} rules",
            seconds(ours),
            f"compiled functions × {BARE_RULES}",
            bare_seconds,
            4.0,
        ),
        Figure(
            "check",
            f"{size:,} items, rules and all demands of the standard",
            seconds(complete) * repeats,
            f"compiled functions × {BARE_RULES}",
            bare_seconds,
            None,
            note=f"{len(sample):,} measured",
        ),
    ]


def _compiled(elements: Mapping[str, object]) -> Callable[[tuple[Value | None, ...]], int]:
    """One function over tuples with thirty comparisons of the usual kinds, as fast as plain Python gets."""
    places = {code: index for index, code in enumerate(elements)}
    limit, promise, fee, basis, visits = (
        places[code] for code in ("anticipate_day", "promise_day", "is_fee", "fee_basis", "limit_scene_num")
    )
    lines = ["def check(row):", " found = 0"]
    tests = (
        f"row[{promise}] is not None and row[{limit}] is not None and row[{promise}] > row[{limit}]",
        f"row[{fee}] == '1' and row[{basis}] is None",
        f"row[{visits}] not in (None, 0) and not row[{basis}]",
    )
    lines += [f" if {tests[number % len(tests)]}: found += 1" for number in range(BARE_RULES)]
    lines.append(" return found")
    names: dict[str, Callable[[tuple[Value | None, ...]], int]] = {}
    exec("\n".join(lines), {}, names)
    return names["check"]
