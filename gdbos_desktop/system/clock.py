"""Time and identities, the two things the pure rooms are given."""

from __future__ import annotations

import time

import uuid_utils


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A new identity: a UUIDv7 as 32 hexadecimal digits, so that identities grow with time."""
    return uuid_utils.uuid7().hex
