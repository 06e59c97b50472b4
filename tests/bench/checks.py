"""Checking 400,000 items beside compiled functions over tuples."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gdbos_desktop.bootstrap import rule_base, standard
from gdbos_desktop.domain.checking import check_subject
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.rules import Rule, Stage, Subject
from gdbos_desktop.schema import Kind, Value
from gdbos_desktop.schema.types import Codes
from tests.bench.figures import Figure, seconds
from tests.bench.stores import ITEM, sample_values

STATED_NONE = frozenset({"无", "不涉及", "-", "/", "暂无"})


def measure_checks(scratch: Path, scale: float) -> list[Figure]:
    """The pure-data rules beside the same conditions compiled to one function over tuples; then everything."""
    del scratch
    rows = int(400_000 * scale)
    sample = [Record(f"{number:032x}", ITEM, values) for number, values in enumerate(sample_values(min(rows, 20_000)))]
    subjects = [Subject(record, {}, {}) for record in sample]
    repeats = max(1, rows // len(sample))
    size = repeats * len(sample)
    found, rules = standard(), rule_base()
    kind = found.kind(ITEM)
    asked = [rule for rule in rules.rules if rule.is_enabled and rule.expect is not None and ITEM in rule.kinds]
    kept = {rule.code for rule in asked}
    some = rules.with_switches({rule.code: {"on": rule.code in kept} for rule in rules.rules})
    bare = _compiled(asked, kind)
    tuples = [tuple(record.elements.get(code) for code in kind.elements) for record in sample]

    def compiled() -> None:
        for _repeat in range(repeats):
            for row in tuples:
                bare(row)

    def ours() -> None:
        for _repeat in range(repeats):
            for subject in subjects:
                some.check(subject)

    def everything() -> None:
        for subject in subjects:
            check_subject(subject, found, rules, Stage.SUBMIT)

    whole = seconds(everything)
    return [
        Figure("check", f"{size:,} items × {len(asked)} rules", seconds(ours), "the same rules compiled over tuples",
               seconds(compiled), 4.0),
        Figure("check", f"{len(sample):,} items, all rules and all demands of the standard", whole, "", 0.0, None,
               note=f"{len(sample) / whole:,.0f} items a second"),
    ]  # fmt: skip


def _compiled(rules: list[Rule], kind: Kind) -> Callable[[tuple[Value | None, ...]], int]:
    """One function over tuples that counts the rules that fire: as fast as plain Python gets."""
    places = {code: index for index, code in enumerate(kind.elements)}
    names: dict[str, Any] = {"NONE": STATED_NONE}
    lines = ["def check(row):", " found = 0"]
    for rule in rules:
        when = _source(rule.when, kind, places, names) if rule.when else "True"
        lines.append(f" if {when} and not {_source(rule.expect or {}, kind, places, names)}: found += 1")
    lines.append(" return found")
    exec("\n".join(lines), names)  # the yardstick is generated code
    function: Callable[[tuple[Value | None, ...]], int] = names["check"]
    return function


def _source(data: Mapping[str, Any], kind: Kind, places: Mapping[str, int], names: dict[str, Any]) -> str:
    for word, glue in (("all", " and "), ("any", " or ")):
        if word in data:
            return "(" + glue.join(_source(part, kind, places, names) for part in data[word]) + ")"
    if "not" in data:
        return f"(not {_source(data['not'], kind, places, names)})"
    if "sum" in data:
        return "True"
    cell = f"row[{places[data['element']]}]"
    if "present" in data:
        return (
            f"({cell} is not None and {cell} not in NONE)" if data["present"] else f"({cell} is None or {cell} in NONE)"
        )
    if isinstance(kind.elements[data["element"]].type, Codes):
        wanted = set(data["in"]) if "in" in data else {data.get("equals")}
        return f"({cell} is not None and not {wanted!r}.isdisjoint({cell}))"
    if "equals" in data:
        return f"({cell} == {data['equals']!r})"
    if "in" in data:
        return f"({cell} in {set(data['in'])!r})"
    if "matches" in data:
        name = f"pattern_{len(names)}"
        names[name] = re.compile(data["matches"]).search
        return f"({cell} is not None and {name}({cell}) is not None)"
    if "compare" in data:
        if "with" not in data:
            return f"({cell} is not None and {cell} {data['compare']} {data['to']!r})"
        other = f"row[{places[data['with']]}]"
        return f"({cell} is not None and {other} is not None and {cell} {data['compare']} {other})"
    return "True"
