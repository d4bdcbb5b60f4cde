"""Cursors, opaque to clients: a version, the kind of list, the object whose list it is, and a row's key.

So no cursor fits another list. Filters and instants are not in it: it is a position in the list, whichever of its rows
are shown.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from db.queries.pages import Key

Owner: TypeAlias = tuple[UUID | int, ...]
"""The object whose list it is, by its ids: an account, an order or an event; empty for a list over all accounts."""

_VERSION: Final = 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class MalformedCursor(ValueError):  # noqa: N818 - named by the problem, as all errors here
    """A text that is no cursor of this kind of list."""


class Part(NamedTuple):
    """The form of one value of a key in a cursor."""

    write: Callable[[Any], object]
    read: Callable[[Any], object]


def _write_instant(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _read_instant(value: Any) -> datetime:  # noqa: ANN401 - a JSON value
    return _EPOCH + _whole_number(value) * _MICROSECOND


def _read_text(value: Any) -> str:  # noqa: ANN401 - a JSON value
    if not isinstance(value, str) or "\0" in value:
        raise MalformedCursor
    return value


def _read_uuid(value: Any) -> UUID:  # noqa: ANN401 - a JSON value
    return UUID(_read_text(value))


def _whole_number(value: Any) -> int:  # noqa: ANN401 - a JSON value
    if type(value) is not int:
        raise MalformedCursor
    return value


def _number_of(bits: int) -> Part:
    """Return the part of a number that, also when one greater, fits a signed integer of so many bits in PostgreSQL."""

    def read(value: Any) -> int:  # noqa: ANN401 - a JSON value
        if not 0 <= _whole_number(value) < 2 ** (bits - 1) - 1:
            raise MalformedCursor
        return int(value)

    return Part(int, read)


def _json(value: object) -> bytes:
    return orjson.dumps(value, default=str)  # asyncpg's ids are of a class of their own


INSTANT: Final = Part(_write_instant, _read_instant)
NUMBER: Final = _number_of(32)
SEQUENCE: Final = _number_of(64)
TEXT: Final = Part(str, _read_text)
ID: Final = Part(str, _read_uuid)


@dataclass(frozen=True, slots=True)
class CursorKind:
    """The cursors of one kind of list: its name, and the parts of its keys."""

    name: str
    parts: tuple[Part, ...]

    def write(self, key: Key, owner: Owner = ()) -> str:
        """Write the cursor of a row in the list of an object."""
        values = (part.write(value) for part, value in zip(self.parts, key, strict=True))
        return urlsafe_b64encode(_json([_VERSION, self.name, owner, *values])).rstrip(b"=").decode()

    def read(self, cursor: str, owner: Owner = ()) -> Key:
        """Read the key of the row of a cursor in the list of an object; raises MalformedCursor."""
        try:
            values = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
            version, name, of, *key = values
            if (version, name, of) != (_VERSION, self.name, orjson.loads(_json(owner))):
                raise MalformedCursor
            return tuple(part.read(value) for part, value in zip(self.parts, key, strict=True))
        except (ValueError, TypeError, OverflowError):
            raise MalformedCursor(cursor) from None
