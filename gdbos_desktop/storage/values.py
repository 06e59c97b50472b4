"""Values as the file holds them: one canonical JSON text per record, and the columns that lists filter and sort by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gdbos_desktop.schema import Value, fold

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode

SORT_LENGTH = 40
"""Characters of a text that take part in sorting: enough for people, short enough for an index."""


def to_json(data: Any) -> str:
    """Canonical JSON: sorted names, no blanks, characters as they are."""
    return _encode(data)


def from_json(text: str) -> Any:
    """What a JSON text says."""
    return _decode(text)


def to_elements(text: str) -> dict[str, Any]:
    """Elements from their JSON text; several codes are tuples again."""
    elements: dict[str, Any] = _decode(text)
    if "[" in text:
        for code, value in elements.items():
            if type(value) is list:
                elements[code] = tuple(value)
    return elements


def sort_key(small: str) -> bytes:
    """Sorts folded texts as Chinese offices expect: digits, letters, then characters by pinyin.

    The order of GB 18030: its first level (3,755 common characters, inherited from GB 2312) is in pinyin order.
    """
    return small[:SORT_LENGTH].encode("gb18030", "replace")


def codes_text(value: Value) -> str:
    """Several codes as one text in which each stands between commas."""
    return "," + (",".join(value) if isinstance(value, tuple) else str(value)) + ","


def folded(value: Value) -> str:
    """The form in which key values are compared."""
    if isinstance(value, str):
        return fold(value)
    return "\x1f".join(map(fold, value)) if isinstance(value, tuple) else str(value)


def key_digest(kind: str, key: Sequence[str], parts: Sequence[str]) -> bytes:
    """The fingerprint of a complete natural key: kind, names of the elements, folded values."""
    words = "\x1e".join((kind, "\x1d".join(key), *parts))
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).digest()


def key_parts(key: Sequence[str], elements: Mapping[str, Value], parent_id: str | None) -> list[str] | None:
    """The folded values of a key; None when one of them is not filled."""
    parts = []
    for code in key:
        value = parent_id if code == "@parent" else elements.get(code)
        if value is None or value in ("", ()):
            return None
        parts.append(folded(value))
    return parts


# For elements without columns of their own SQL calls these; each call costs a microsecond or two.


def sql_fold(value: object) -> str | None:
    """``fold`` of a value as SQL holds it."""
    return None if value is None else fold(str(value))


def sql_sort_key(value: object) -> bytes | int | None:
    """What sorts a value as SQL holds it: numbers by size and before texts."""
    return value if value is None or isinstance(value, int) else sort_key(fold(str(value)))


def sql_decimal_number(value: object) -> float | None:
    """The number that a decimal's text says, None for 无."""
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None
