"""Values as PostgreSQL reads and writes them: jsonb, and arrays as text."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

import orjson

_VERSION: Final = b"\x01"  # of the binary form of jsonb


def encode_jsonb(value: object) -> bytes:
    """Write jsonb in its binary form."""
    return _VERSION + encode_json(value)


def encode_json(value: object) -> bytes:
    """Write a jsonb value: ids, dates, instants (ISO 8601) and amounts as strings."""
    return orjson.dumps(value, default=_text_of)


def array_text(values: Sequence[object]) -> str:
    """Write an array of ids, dates, instants or numbers; the driver takes several times as long for a list of them."""
    return f"{{{encode_json(values)[1:-1].decode()}}}"


def _text_of(value: object) -> str:
    """Return amounts and the driver's own UUIDs as text; any other value that orjson does not know is a mistake."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    raise TypeError


def decode_jsonb(data: bytes) -> object:
    """Read jsonb from its binary form."""
    return orjson.loads(data[1:])
