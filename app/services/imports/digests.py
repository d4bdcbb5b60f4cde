"""By what lines are known: digests of what they say, in two versions.

The second leaves out whatever a line leaves out or says as if left out, and takes names in NFC: fields that are added
to a type of line, and how names are read, do not change it. The first is that of lines imported before there was the
second, and is never to change.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple
from unicodedata import normalize
from uuid import UUID

from app.services.imports.lines import Line, ref_of

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
}


class LineKey(NamedTuple):
    """What tells a line from all others: its account, its kind, and its own name or its content's digest."""

    account_id: UUID
    kind: str
    ref: str


def digest_of(line: Line) -> bytes:
    """Return the SHA-256 of what a line says, however it was written."""
    said = line.model_dump_json(exclude_defaults=True)  # text as it is, so that it can be normalized as a whole
    return sha256(normalize("NFC", said).encode()).digest()


def first_digest_of(line: Line) -> bytes:
    """Return the SHA-256 by which releases before the second version knew a line; names count as they are written."""
    return sha256(line.model_dump_json(include=_FIRST_FIELDS[line.type]).encode()).digest()


def line_key(account_id: UUID, line: Line, digest: bytes) -> LineKey:
    """Return what tells this line from all others."""
    return LineKey(account_id, line.type, ref_of(line) or digest.hex())


def known_keys(account_id: UUID, line: Line, digest: bytes) -> Iterator[LineKey]:
    """Yield the keys by which a line may be known."""
    yield line_key(account_id, line, digest)
    if ref_of(line) is None:
        yield line_key(account_id, line, first_digest_of(line))
