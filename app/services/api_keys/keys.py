"""API keys: random secrets of which only the hash is kept. A client's secret names its account.

A secret that is not exactly of that form is a token: staff's, or one that is older than the form.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.domain.texts import require_name
from app.services.ids import new_id
from db.connections import Statement
from db.queries.api_keys import Caller, KeyFilter, KeyRow, client_by_key, holder_by_token, keys
from db.readers import Reader
from db.writer import Writer

_MARK: Final = "loupe_"  # so that scanners for leaked secrets can identify it
_RANDOM_BYTES: Final = 32
_SHOWN: Final = 8  # random characters of a prefix: enough to distinguish keys, too few to guess the rest
_CLIENTS: Final = re.compile(rf"{_MARK}([0-9a-f]{{32}})_[A-Za-z0-9_-]{{43}}")
_MOST: Final = 2**63 - 1  # of numbers: the maximum of a bigint

# Adds a client's key and returns its number, the next of the one sequence of both tables.
ADD_KEY: Final = Statement(
    "add_key",
    """
    INSERT INTO api_keys (account_id, id, hash, number, name, prefix, created_at, expires_at)
    VALUES ($1, $2, $3, nextval(pg_get_serial_sequence('tokens', 'number')), $4, $5, $6, $7) RETURNING number
    """,
)

# Adds a key of staff and returns its number.
ADD_TOKEN: Final = Statement(
    "add_token",
    """
    INSERT INTO tokens (id, hash, name, prefix, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING number
    """,
)

# Revokes a client's key unless it is revoked already; the primary key finds it.
REVOKE_KEY: Final = Statement(
    "revoke_key", "UPDATE api_keys SET revoked_at = $3 WHERE account_id = $1 AND id = $2 AND revoked_at IS NULL"
)

# Revokes a token unless it is revoked already; the primary key finds it. Releases that do not read revoked_at look for
# its hash in vain.
REVOKE_TOKEN: Final = Statement(
    "revoke_token", "UPDATE tokens SET revoked_at = $2, hash = uuid_send(id) WHERE id = $1 AND revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made. Its secret cannot be read again; `prefix` is how it begins."""

    number: int
    prefix: str
    secret: str


class KeyExpired(DomainError):  # noqa: N818 - a refusal is named by its reason
    """A key that would never be in force: `expires_at` (UTC) is not after the instant at which it is made."""

    def __init__(self, expires_at: datetime, at: datetime) -> None:
        super().__init__(f"A key that expires at {rfc3339(expires_at)} is of no use: now is {rfc3339(at)}.")
        self.expires_at = expires_at
        self.at = at


class UnknownKey(DomainError):  # noqa: N818 - as above
    """A number, a prefix or a secret of no key; which it was is not repeated, for it may be a secret."""

    def __init__(self) -> None:
        super().__init__("There is no key of that number or prefix: `loupe key list` has them all.")


class AmbiguousKey(DomainError):  # noqa: N818 - as above
    """A prefix of several keys; `numbers` are theirs."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"Several keys begin so; name one by its number: {', '.join(map(str, numbers))}.")
        self.numbers = numbers


async def create_key(
    writer: Writer,
    at: datetime,
    account_id: UUID | None,
    *,
    name: str | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key for an account that exists, or for staff without one, at an instant (UTC).

    It is in force until `expires_at` (UTC), exclusive, or until it is revoked. Raises BadText and KeyExpired.
    """
    if name is not None:
        name = require_name("The key's name", name)
    if expires_at is not None and expires_at <= at:
        raise KeyExpired(expires_at, at)
    head = _MARK if account_id is None else f"{_MARK}{account_id.hex}_"
    secret = head + secrets.token_urlsafe(_RANDOM_BYTES)
    prefix = secret[: len(head) + _SHOWN]
    columns = (new_id(at), secret_hash(secret), name, prefix, at, expires_at)
    row = await (
        writer.fetch_row(ADD_TOKEN, *columns) if account_id is None else writer.fetch_row(ADD_KEY, account_id, *columns)
    )
    if row is None:
        raise LookupError("An INSERT returned no row.")
    return NewKey(row["number"], prefix, secret)


async def find_caller(reader: Reader, clock: Clock, secret: str) -> Caller | None:
    """Return the caller with this secret, None unless its key is in force now; one statement, about one account."""
    account_id = _account_in(secret)
    if account_id is None:
        return await holder_by_token(reader, clock, secret_hash(secret))
    return await client_by_key(reader, clock, account_id, secret_hash(secret))


async def find_key(reader: Reader, name: str) -> KeyRow:
    """Find a key by its number, its prefix or its whole secret; raises BadText, UnknownKey and AmbiguousKey."""
    require_name("The key", name)
    if not _is_number(name):
        found = await keys(reader, KeyFilter(prefix=name, hash=secret_hash(name)))
    elif int(name) <= _MOST:
        found = await keys(reader, KeyFilter(number=int(name)))
    else:
        found = []
    if not found:
        raise UnknownKey
    if len(found) > 1:
        raise AmbiguousKey([row.number for row in found])
    return found[0]


async def revoke_key(writer: Writer, key: KeyRow, at: datetime) -> None:
    """Revoke a key at an instant (UTC), for every request that comes after the commit; one that is revoked stays so."""
    if key.is_token:
        await writer.execute(REVOKE_TOKEN, key.id, at)
    else:
        await writer.execute(REVOKE_KEY, key.account_id, key.id, at)


def secret_hash(secret: str) -> bytes:
    """Hash a secret by SHA-256: plain, for it is as random as a cryptographic key."""
    return hashlib.sha256(secret.encode()).digest()


def _account_in(secret: str) -> UUID | None:
    """Read the account that a client's secret names; None for a token, which names none."""
    found = _CLIENTS.fullmatch(secret)
    return None if found is None else UUID(found.group(1))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()
