"""A process made to be killed: it works on a store without a pause and says what it does.

Run as ``python -m tests.storage.killable STORE ANNOUNCEMENTS [PASSWORD]``. For every seed read from standard input it
forks a worker, so that each one starts with everything loaded. A worker writes each change set to the file of
announcements before it applies it, then prints ``try``, and ``done`` after the commit. ``gone`` says that the worker is
dead.
"""

from __future__ import annotations

import os
import pickle
import random
import sys
import uuid
from pathlib import Path

from gdbos_desktop.domain.changes import Change, ChangeSet, Origin, create, delete, edit, move
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.domain.undo import Surroundings, take_back
from gdbos_desktop.storage import Store, writing
from gdbos_desktop.storage.database import Database
from gdbos_desktop.storage.initials import initials_of
from tests.storage.workplace import standards

NAMES = ["食品经营许可", "药品零售许可", "银行开户", "户口登记", "养蜂证申领", "道路运输", "Ａ级锅炉使用登记"]
IMPORT = 200


class Worker:
    """One life: random work on the store until somebody ends it."""

    def __init__(self, path: Path, announcements: Path, seed: str, password: str | None) -> None:
        self._chance = random.Random(seed)
        self._number = 0
        self._seed = seed
        self._announcements = announcements.open("ab")
        self._store = Store.open(path, standards(), password=password)
        self._done: list[ChangeSet] = []

    def work(self) -> None:
        """Until killed."""
        say("ready")
        while True:
            origin, changes, undoes = self._idea()
            if changes:
                self._write(ChangeSet(self._id(), changes, "王芳", origin, "因为需要", 1_790_000_000_000, undoes))

    def _write(self, act: ChangeSet) -> None:
        pickle.dump(act, self._announcements)
        self._announcements.flush()
        say(f"try {len(act.changes)}")
        with self._store.unit_of_work() as unit:
            unit.apply(act)
            unit.set_setting("work", "latest", act.id)
        say("done")
        self._done.append(act)

    def _id(self) -> str:
        self._number += 1
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self._seed} {self._number}").hex

    def _idea(self) -> tuple[Origin, tuple[Change, ...], str | None]:
        with self._store.read() as reader:
            items = reader.find(Query("item")).records(reader)
            roll = self._chance.random()
            if self._done and roll < 0.15:
                act = self._done.pop()
                living = {record.id: record for record in reader.get(list(act.record_ids))}
                around = Surroundings(above={one.id: one.parent_id for one in items})
                back = take_back(act, living, reader.versions(act.record_ids), around)
                return Origin.UNDO, () if back.hindered else back.changes, act.id
            if len(items) > 3 * IMPORT:
                chosen = self._chance.sample(items, IMPORT)
                parts = reader.children([one.id for one in chosen])
                return Origin.EDIT, tuple(map(delete, (*parts, *chosen))), None
            if len(items) < 10 or roll < 0.3:
                return Origin.IMPORT, tuple(map(create, self._imported())), None
            if roll < 0.45:
                some = self._chance.sample(items, min(len(items), self._chance.randrange(2, 80)))
                return Origin.EDIT, tuple(edit(one, self._values()) for one in some), None
            item = self._chance.choice(items)
            if roll < 0.6:
                parts = reader.children([item.id])
                return Origin.EDIT, tuple(move(one, self._chance.choice(items).id, 5) for one in parts), None
        if roll < 0.7:
            return Origin.EDIT, (create(self._item()),), None
        return Origin.EDIT, (edit(item, self._values()),), None

    def _imported(self) -> list[Record]:
        records: list[Record] = []
        for _number in range(IMPORT):
            item = self._item()
            records += (item, Record(self._id(), "part", {"name": self._chance.choice(NAMES)}, item.id))
        return records

    def _item(self) -> Record:
        return Record(self._id(), "item", {"code": f"C{self._id()[:8]}", **self._values()})

    def _values(self) -> dict[str, str | int | tuple[str, ...]]:
        chance = self._chance
        return {
            "name": chance.choice(NAMES) + str(chance.randrange(100)), "kept_days": chance.randrange(100),
            "kept_colours": ("1", "12"), "loose_text": "文" * chance.randrange(1, 60),
        }  # fmt: skip


def say(words: str) -> None:
    """One line on standard output, at once and in one piece."""
    os.write(1, f"{words}\n".encode())


def main(store: Path, announcements: Path, password: str | None = None) -> None:
    """Fork a worker for every seed, one after another."""
    initials_of("银行")  # its tables are loaded once
    # Smaller than in earnest, so that imports of some hundreds take every way that large ones take.
    writing._BULK = IMPORT - 50
    Database.WRITE_CACHE_KIB = 512
    for seed in sys.stdin:
        worker = os.fork()
        if worker == 0:
            Worker(store, announcements, seed.strip(), password).work()
        say(f"worker {worker}")
        os.waitpid(worker, 0)
        say("gone")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
