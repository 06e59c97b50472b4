"""The address of a record: the text by which a sheet names the record that contains a row.

A code where a code alone identifies (``511Z07001006``); else the parts of the strongest complete natural key, the
address of the containing record first: ``511Z07001006 / 首次申请``. Exports write it into the parent column; imports
compare it, folded, with the addresses of the records of the same workbook and of the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Kind, Value
from gdbos_desktop.schema.conditions import is_filled
from gdbos_desktop.schema.standard import PARENT

SEPARATOR = " / "


def address_of(record: Record, kind: Kind, titles: Mapping[str, str], parent_address: str = "") -> str:
    """The address of a record; its title alone when no natural key of it is complete.

    ``titles`` names the records that reference elements point to; ``parent_address`` is the containing record's.
    """
    return next(addresses_of(record, kind, titles, parent_address), "") or kind.title_of(record.elements)


def addresses_of(record: Record, kind: Kind, titles: Mapping[str, str], parent_address: str = "") -> Iterator[str]:
    """Every address a record has, strongest first: one for each complete natural key."""
    for key in kind.keys:
        parts = [
            parent_address if code == PARENT else _text(kind, code, record.elements.get(code), titles) for code in key
        ]
        if all(parts):
            yield SEPARATOR.join(parts)


def _text(kind: Kind, code: str, value: Value | None, titles: Mapping[str, str]) -> str:
    if value is None or not is_filled(value):
        return ""
    if code in kind.references:
        return titles.get(str(value), "")
    return kind.elements[code].format(value)
