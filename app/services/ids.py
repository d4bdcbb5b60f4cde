"""UUIDs of version 7, made here because PostgreSQL's and Python's own are too new to rely on.

They are of the driver's own class of UUIDs, like those that are read: it is made, hashed and written several times as
quickly as Python's.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg.pgproto import pgproto  # pyright: ignore[reportMissingTypeStubs] - the package ships no types

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_VERSION = 7 << 76
_VARIANT = 2 << 62
_BYTES: Final = 16
_RANDOM_BITS = 61  # of 62: the rest is room to count up from the random start


def new_id(at: datetime) -> UUID:
    """Return an id with an instant (UTC) in it."""
    return new_ids(at, 1)[0]


def new_ids(at: datetime, count: int) -> list[UUID]:
    """Return ids with an instant (UTC) in them, each greater than the one before.

    Ids of a later microsecond are greater than those of an earlier one. That is no order of commits, for which events
    have their sequence.
    """
    milliseconds, microseconds = divmod((at - _EPOCH) // _MICROSECOND, 1000)
    fraction = microseconds * 4096 // 1000  # in 12 bits, by RFC 9562 for clocks finer than a millisecond
    start = milliseconds << 80 | _VERSION | fraction << 64 | _VARIANT | secrets.randbits(_RANDOM_BITS)
    return [pgproto.UUID(number.to_bytes(_BYTES)) for number in range(start, start + count)]
