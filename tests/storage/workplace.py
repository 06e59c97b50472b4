"""A small standard with every type of element, and short words to make stores and change sets of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gdbos_desktop.domain.changes import Change, ChangeSet, Origin, create
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Standard, Value, load_code_lists, load_standard
from gdbos_desktop.storage import Applied, Store

CODE_LISTS = """
[[list]]
code = "colour"
label = "颜色"
version = "1"
source = "test"
entry = [
  {code = "1", label = "红"}, {code = "2", label = "绿"}, {code = "3", label = "蓝"}, {code = "12", label = "黑"},
]
"""

STANDARD = """
[standard]
name = "small"
version = "1"
title = "小标准"

[[kind]]
code = "office"
label = "机构"
title = "name"
keys = [["code"], ["name"]]
code_elements = ["code"]
parents = ["office"]
[[kind.group]]
code = "all"
label = "全部"

[[kind]]
code = "item"
label = "事项"
title = "name"
keys = [["code"], ["office", "name"]]
code_elements = ["code", "local_code"]
[[kind.group]]
code = "all"
label = "全部"

[[kind]]
code = "part"
label = "材料"
title = "name"
keys = [["@parent", "name"]]
parents = ["item"]
[[kind.group]]
code = "all"
label = "全部"

[[kind]]
code = "link"
label = "关联"
title = "part"
keys = [["@parent", "part"]]
parents = ["item"]
[[kind.group]]
code = "all"
label = "全部"
"""

_ELEMENTS = (
    ("office", "name", "text", ""),
    ("office", "code", "code_text", ""),
    ("item", "name", "text", "indexed = true"),
    ("item", "code", "code_text", "indexed = true"),
    ("item", "local_code", "code_text", ""),
    ("item", "office", "reference", 'target = "office"'),
    ("part", "name", "text", "indexed = true"),
    ("part", "note", "long_text", ""),
    ("link", "part", "reference", 'target = "part"'),
    *(
        ("item", f"{prefix}_{word}", type_, options)
        for prefix, mark in (("kept", "indexed = true"), ("loose", ""))
        for word, type_, options in (
            ("text", "text", mark),
            ("colour", "code", f'list = "colour"\n{mark}'),
            ("colours", "codes", f'list = "colour"\n{mark}'),
            ("days", "integer", mark),
            ("price", "decimal", mark),
            ("day", "date", mark),
        )
    ),
)

_labels = itertools.count(1)


def element(kind: str, code: str, type_: str, options: str = "") -> str:
    """An element as a standard file declares it."""
    return (
        f'\n[[element]]\nkind = "{kind}"\ncode = "{code}"\nlabel = "标签{next(_labels)}"\ngroup = "all"\n'
        f'type = "{type_}"\n{options}\n'
    )


def small_text(*more: str) -> str:
    """The small standard's file, with more elements if wanted."""
    return STANDARD + "".join(itertools.starmap(element, _ELEMENTS)) + "".join(more)


def small_standard(*more: str) -> Standard:
    """The small standard, with more elements if wanted."""
    return load_standard({"small": small_text(*more)}, "small", load_code_lists({"lists": CODE_LISTS}))


SMALL = small_standard()
_numbers = itertools.count(1)


def new_id() -> str:
    """An id that grows like a UUIDv7 and is the same in every run."""
    return f"019a0000000070008000{next(_numbers):012x}"


def office(name: str = "县农业农村局", code: str = "", parent: str | None = None) -> Record:
    """A new organisation."""
    return Record(new_id(), "office", {"name": name, **({"code": code} if code else {})}, parent)


def item(name: str = "食品经营许可", **elements: Value) -> Record:
    """A new item."""
    return Record(new_id(), "item", {"name": name, **elements})


def part(parent: Record, name: str = "身份证", position: int = 0) -> Record:
    """A new material of an item."""
    return Record(new_id(), "part", {"name": name}, parent.id, position)


def change_set(
    *changes: Change, origin: Origin = Origin.EDIT, undoes: str | None = None, reason: str = "因为需要"
) -> ChangeSet:
    """A change set of these changes."""
    return ChangeSet(new_id(), changes, "李明", origin, reason, 1_790_000_000_000 + next(_numbers), undoes)


def write(store: Store, *changes: Change, **words: str | None) -> tuple[ChangeSet, Applied]:
    """Apply these changes as one change set."""
    undoes = words.get("undoes")
    act = change_set(*changes, undoes=undoes, origin=Origin.UNDO if undoes else Origin.EDIT)
    with store.unit_of_work() as unit:
        return act, unit.apply(act)


def inverse(act: ChangeSet, versions: Mapping[str, int]) -> tuple[Change, ...]:
    """The changes that take a change set back, last first, against the versions the store has now."""
    now = dict(versions)
    taken_back = []
    for one in reversed(act.changes):
        taken_back.append(one.inverse(now[one.record_id]))
        now[one.record_id] += 1  # a record that was changed twice is taken back in two steps
    return tuple(taken_back)


def add(store: Store, *records: Record) -> list[Record]:
    """Create these records; they come back as the store has them, in version 1."""
    write(store, *map(create, records))
    return [replace(record, version=1) for record in records]


def read(store: Store, *records: Record) -> list[Record]:
    """These records as the store has them now."""
    with store.read() as reader:
        return reader.get([record.id for record in records])


def create_store(path: Path, standard: Standard = SMALL, password: str | None = None) -> Store:
    """A new store, open."""
    return Store.create(path, standard, name="示例县", region_code="511602000000", password=password)


@contextmanager
def new_store(path: Path, standard: Standard = SMALL, password: str | None = None) -> Iterator[Store]:
    """A new store, closed at the end."""
    with create_store(path, standard, password) as store:
        yield store


def standards(*known: Standard) -> Callable[[str], Standard]:
    """What a program knows of standards."""
    by_identity = {standard.identity: standard for standard in known or (SMALL,)}
    return by_identity.__getitem__
