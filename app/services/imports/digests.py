"""Digests of the content of lines, by which imported lines are known, in two versions.

The second leaves out fields with their default values and takes names in NFC: new fields of a type of line, and the
way names are read, do not change it. Lines imported before there was the second have the first, which never changes.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple
from unicodedata import normalize
from uuid import UUID

from app.services.imports.lines import Line

_DATED: Final = {"type", "account", "at"}
_REJECTION: Final = {"at", "reason", "redelivered_at"}
_IMAGE: Final[Mapping[str, Any]] = {
    "filename": True,
    "delivered_at": True,
    "rejections": {"__all__": _REJECTION},
    "deadline": {"at", "confirmed_at"},
}
# The fields of each type of line as the first version knows them.
_FIRST_FIELDS: Final[Mapping[str, Any]] = {
    "account": {"type", "ref", "name", "plan", "time_zone", "images_per_day", "expedites_per_day"},
    "specification": {
        **dict.fromkeys(("type", "account", "ref", "name", "price_per_image", "currency"), True),
        "steps": {"__all__": {"step", "seconds"}},
    },
    "order": {
        **dict.fromkeys(("type", "account", "ref", "name", "specification", "placed_at", "expedite"), True),
        "images": {"__all__": _IMAGE},
    },
    "cancellation": {*_DATED, "order"},
    "expedite": {*_DATED, "order", "filenames"},
    "terms": {*_DATED, "images_per_day", "expedites_per_day", "effective_date"},
    "timeZone": {*_DATED, "time_zone"},
    "inquiry": set[str](),  # there was none
}


class LineKey(NamedTuple):
    """The key of an imported line: its account, its kind, and its ref or else the hexadecimal digest of its content."""

    account_id: UUID
    kind: str
    ref: str


def canonical(line: Line) -> bytes:
    """Return the content of a line as JSON, alike for all ways to write it; its SHA-256 is the digest."""
    text = line.model_dump_json(exclude_defaults=True)
    return (text if text.isascii() else normalize("NFC", text)).encode()


def first_digest_of(line: Line) -> bytes | None:
    """Return the digest of the first version, in which names count as written; None for a line with later fields."""
    fields = _FIRST_FIELDS[line.type]
    if line.model_dump_json(exclude_defaults=True) != line.model_dump_json(exclude_defaults=True, include=fields):
        return None
    return sha256(line.model_dump_json(include=fields).encode()).digest()


def line_key(account_id: UUID, line: Line, digest: bytes) -> LineKey:
    """Return the key of a line that is imported now."""
    return LineKey(account_id, line.type, line.ref or digest.hex())


def known_keys(account_id: UUID, line: Line, digest: bytes) -> Iterator[LineKey]:
    """Yield the keys that a line imported before may have."""
    yield line_key(account_id, line, digest)
    first = first_digest_of(line) if line.ref is None else None
    if first is not None:
        yield line_key(account_id, line, first)
