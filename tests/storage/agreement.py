"""Whether everything in a store file agrees with everything else, looked at past the program's own questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from gdbos_desktop.schema import Standard
from gdbos_desktop.storage import database
from gdbos_desktop.storage.projections import RID, Projections


class _Compared(Exception):  # noqa: N818 - not an error
    """Takes back what was made anew only to be compared."""


def assert_sound(path: Path, standard: Standard, key: str | None = None) -> None:
    """SQLite finds nothing broken, every change set waits in the outbox, derived tables are as if made anew."""
    raw = database.connect(path, key)
    try:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        waiting = raw.execute("SELECT sequence FROM outbox WHERE state = 'waiting' ORDER BY sequence").fetchall()
        assert waiting == raw.execute("SELECT sequence FROM change_set ORDER BY sequence").fetchall()
    finally:
        raw.close()
    kept, anew = derived_twice(path, standard, key)
    for table in anew:
        assert kept[table] == anew[table], table


def derived_twice(
    path: Path, standard: Standard, key: str | None = None
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """What the derived tables hold, and what they would hold if they were made anew from the records."""
    projections = Projections(standard)
    base = database.Database(path, key)
    try:
        with base.write() as connection:
            kept = _derived(connection, projections)
            projections.rebuild(connection, list(standard.kinds))
            anew = _derived(connection, projections)
            raise _Compared
    except _Compared:
        return kept, anew
    finally:
        base.close()


def _derived(connection: Connection, projections: Projections) -> dict[str, list[Any]]:
    indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name LIKE 'list%' ORDER BY name"
    questions = {
        "indexes": indexes,
        "record_key": "SELECT * FROM record_key ORDER BY digest, rid",
        "search_text": "SELECT * FROM search_text ORDER BY rid",
        "search": "SELECT term, doc FROM temp.tokens",
    }
    for projection in projections.of.values():
        name = projection.table.name
        questions[name] = f'SELECT * FROM "{name}" ORDER BY "{RID}"'
    connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.tokens USING fts5vocab(main, search, instance)")
    found = {name: [*map(tuple, connection.exec_driver_sql(question))] for name, question in questions.items()}
    connection.exec_driver_sql("DROP TABLE temp.tokens")
    return found
