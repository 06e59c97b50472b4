"""The tables that every store has, as SQLAlchemy Core knows them. ``migrations`` makes them.

``record`` holds the present, one row per record, deleted ones included. ``change_set`` and ``change`` are the history,
only ever added to. The elements of a record that was never edited stand once, in the change that made it (``made``);
from its first edit on they stand in the record. Everything else is derived and can be made anew: ``record_key``
(finding), ``search`` and ``search_text`` (full text), and a list table per kind (see ``projections``).
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    and_,
    column,
    func,
    table,
    text,
)

metadata = MetaData()

store = Table(
    "store",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("store_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("region_code", Text, nullable=False),
    Column("standard", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("head_sequence", Integer, nullable=False),  # the end of the history's chain: shows when its tail is cut off
    Column("head_hash", Text, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("rid", Integer, primary_key=True),  # counts up: the order of creation
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("parent", Text, ForeignKey("record.id", deferrable=True, initially="DEFERRED")),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("made", Integer, nullable=False),  # place of the change that created or restored it
    Column("title", Text, nullable=False),
    Column("elements", Text),  # canonical JSON; NULL: as in the change that made it
)
Index(
    "record_parent",
    record.c.parent,
    record.c.kind,
    record.c.position,
    sqlite_where=text("parent IS NOT NULL AND deleted = 0"),
)

change_set = Table(
    "change_set",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("undoes", Text),
    Column("change_count", Integer, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("change_set_undoes", change_set.c.undoes, sqlite_where=text("undoes IS NOT NULL"))

PLACES = 1 << 24
"""Room for changes of one change set: ``change.place`` is sequence × PLACES + number, so that one key serves both."""

change = Table(
    "change",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("rid", Integer, ForeignKey("record.rid"), nullable=False),
    Column("about", Text, nullable=False),  # the change as canonical JSON, without its last member …
    Column("after", Text, nullable=False),  # … the elements it sets
)
Index("change_rid", change.c.rid)

unedited = and_(change.c.place == record.c.made, record.c.elements.is_(None))
records = record.outerjoin(change, unedited)
"""Records with their elements wherever they stand: ``elements_json``."""

elements_json = func.coalesce(record.c.elements, change.c.after)

outbox = Table(
    "outbox",
    metadata,
    Column("sequence", Integer, ForeignKey("change_set.sequence"), primary_key=True),
    Column("state", Text, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("section", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("section", "key"),
    sqlite_with_rowid=False,
)

record_key = Table(
    "record_key",
    metadata,
    Column("digest", LargeBinary, nullable=False),
    Column("rid", Integer, nullable=False),
    PrimaryKeyConstraint("digest", "rid"),
    sqlite_with_rowid=False,
)

search_text = Table(
    "search_text",
    metadata,
    Column("rid", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("initials", Text, nullable=False),
)

projection = Table(
    "projection",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("signature", Text, nullable=False),
)

search = table("search", column("rowid"), column("tokens"), column("search"))
"""The full-text index: contentless, without positions; its rowid is ``record.rid``."""
