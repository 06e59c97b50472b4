"""Stores of released versions in ``tests/data``: how the one of this version is made, and what a store reads as.

``python -m tests.storage.released`` makes the store of the present version and writes down what it holds. It is run
once for a version, before its release; afterwards both files stay as they are for ever.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gdbos_desktop.domain.changes import create, delete, edit, move
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.storage import Store, migrations
from tests.storage.workplace import add, create_store, inverse, item, office, part, standards, write

DATA = Path(__file__).resolve().parents[1] / "data"


def make(path: Path, password: str | None = None) -> None:
    """A store with a few records of every state, and their history."""
    with create_store(path, password=password) as store:
        (bureau,) = add(store, office("县农业农村局", code="11511602MB1234567X"))
        first, second, third = add(
            store,
            item("养蜂证申领", code="C1", office=bureau.id, kept_colours=("1", "12"), kept_days=5, loose_price="10.50"),
            item("食品经营许可（变更）", code="C2", office=bureau.id, kept_day="2026-11-24"),
            item("药品零售许可", loose_text="无"),
        )
        (paper,) = add(store, part(first))
        write(store, edit(first, {"kept_days": 3, "loose_price": None}), create(part(second, "营业执照")))
        write(store, move(paper, second.id, 2))
        act, _outcome = write(store, delete(third))
        with store.read() as reader:
            write(store, *inverse(act, reader.versions(act.record_ids)), undoes=act.id)
        with store.unit_of_work() as unit:
            unit.set_setting("columns", "item", ["name", "code"])
        with store.read() as reader:
            write(store, *map(delete, reader.get([third.id])))


def reads_as(store: Store) -> dict[str, Any]:
    """Everything that can be asked of a store, as plain data."""
    with store.read() as reader:
        entries = [reader.change_set(entry.change_set.id) for entry in reader.change_sets()]
        whole = {
            "info": [store.info.store_id, store.info.name, store.info.region_code, store.info.standard],
            "records": {
                kind: [asdict(record) for record in reader.find(Query(kind)).records(reader)]
                for kind in store.standard.kinds
            },
            # How much of an act is taken back is counted when it is asked for; the recorded stores know only the rest.
            "history": [_without(asdict(entry), "taken_back") for entry in entries if entry is not None],
            "settings": reader.get_settings("columns"),
            "outbox": reader.outbox_count(),
            "found": {text: reader.search(text).total for text in ("养蜂", "spjy", "许可", "c1", "药品")},
            "faults": len(reader.verify_history()),
        }
    plain: dict[str, Any] = json.loads(json.dumps(whole))
    return plain


def main() -> None:
    """Make the store of the present version."""
    path = DATA / f"store-v{migrations.current()}.gdbos"
    path.unlink(missing_ok=True)
    make(path)
    with Store.open(path, standards()) as store:
        text = json.dumps(reads_as(store), ensure_ascii=False, indent=1, sort_keys=True)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()


def _without(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != name}
