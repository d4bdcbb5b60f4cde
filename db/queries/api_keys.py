"""Reads of API keys: of callers, and lists for operators."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from app.clock import Clock
from db.connections import Statement
from db.queries.accounts import ACCOUNT_COLUMNS, AccountRow, account_row
from db.readers import Reader
from db.settled import CLOCK, TRY_LOCK, Settlement


@dataclass(frozen=True, slots=True)
class Caller:
    """A key in force and its owner: an account, or staff if there is none.

    `is_token` is true of a row of `tokens`, false of one of `api_keys`. `seen_at` (UTC) is PostgreSQL's clock then;
    for a client's key the account's instant is settled with it.
    """

    key_id: UUID
    account: AccountRow | None
    is_token: bool
    seen_at: datetime
    settlement: Settlement | None

    @property
    def name(self) -> str:
        """The name by which the caller's requests take turns: of the account, whatever its key, or of staff's key."""
        return str(self.key_id if self.account is None else self.account.id)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is listed, with the name and the ref of its account; staff's have none.

    Instants are in UTC. `used_at` is its last use, within a minute; None if it was never used.
    """

    id: UUID
    account_id: UUID | None
    number: int
    name: str | None
    prefix: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    account_name: str | None
    account_ref: str | None
    is_token: bool


@dataclass(frozen=True, slots=True)
class KeyFilter:
    """A filter of keys by all values that are set; `prefix` and `hash` are alternatives."""

    account_id: UUID | None = None
    staff: bool = False
    number: int | None = None
    prefix: str | None = None
    hash: bytes | None = None


_IN_FORCE: Final = "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > {now})"
_KEY_COLUMNS: Final = """
    k.id, k.account_id, k.number, k.name, k.prefix, k.created_at, k.expires_at, k.revoked_at, u.used_at,
    a.name AS account_name, a.ref AS account_ref"""

# The key in force of an account ($1) with this hash ($2), and the account; it settles the
# account's instant, too: the unique key of api_keys by account and hash, the primary key of accounts.
_CLIENT: Final = Statement(
    "client_by_key",
    f"""
    WITH clock AS MATERIALIZED (SELECT {CLOCK.format("$3", "$4")} AS now)
    SELECT k.id AS key_id, clock.now, {TRY_LOCK.format("k.account_id")} AS free, h.import_run, {ACCOUNT_COLUMNS}
    FROM clock CROSS JOIN api_keys k CROSS JOIN account_heads h CROSS JOIN accounts a
    WHERE k.account_id = $1 AND k.hash = $2 AND {_IN_FORCE.format(now="clock.now")} AND h.account_id = $1 AND a.id = $1
    """,
)

# The token in force with this hash ($1), and its owner: the unique key of tokens by hash, the primary key of accounts.
# A token does not name its account, so this looks into the one table of all tokens.
_HOLDER: Final = Statement(
    "holder_by_token",
    f"""
    WITH clock AS MATERIALIZED (SELECT {CLOCK.format("$2", "$3")} AS now)
    SELECT k.id AS key_id, clock.now, k.account_id AS holder, {ACCOUNT_COLUMNS}
    FROM clock CROSS JOIN tokens k LEFT JOIN accounts a ON a.id = k.account_id
    WHERE k.hash = $1 AND {_IN_FORCE.format(now="clock.now")}
    """,
)

# Clients' keys of an account, of a number, of a prefix or hash, or all: for the few questions of operators of the
# service. Those of an account are found by the primary key; a number does not name the account, so all are read.
_CLIENTS_KEYS: Final = Statement(
    "clients_keys",
    f"""
    SELECT {_KEY_COLUMNS}, false AS is_token
    FROM api_keys k
    JOIN accounts a ON a.id = k.account_id
    LEFT JOIN api_key_uses u ON u.account_id = k.account_id AND u.key_id = k.id
    WHERE ($1::uuid IS NULL OR k.account_id = $1) AND NOT $2::bool AND ($3::bigint IS NULL OR k.number = $3)
      AND ($4::text IS NULL OR k.prefix = $4 OR k.hash = $5)
    """,
    many="those who operate the service ask for keys whose account they do not know",
)

# Tokens of an account, of staff, of a number, of a prefix or hash, or all; as above.
_TOKENS: Final = Statement(
    "tokens",
    f"""
    SELECT {_KEY_COLUMNS}, true AS is_token
    FROM tokens k
    LEFT JOIN accounts a ON a.id = k.account_id
    LEFT JOIN token_uses u ON u.token_id = k.id
    WHERE ($1::uuid IS NULL OR k.account_id = $1) AND (NOT $2::bool OR k.account_id IS NULL)
      AND ($3::bigint IS NULL OR k.number = $3) AND ($4::text IS NULL OR k.prefix = $4 OR k.hash = $5)
    """,
)


async def client_by_key(reader: Reader, clock: Clock, account_id: UUID, secret_hash: bytes) -> Caller | None:
    """Read the caller that a key of an account identifies; None if there is no such key in force."""
    record = await reader.fetch_row(_CLIENT, account_id, secret_hash, *clock.reading)
    if record is None:
        return None
    key_id, now, free, run, *account = record
    settlement = Settlement(now, frozenset([account_id] if free else ()), {} if run is None else {account_id: run})
    return Caller(key_id, account_row(account), is_token=False, seen_at=now, settlement=settlement)


async def holder_by_token(reader: Reader, clock: Clock, token_hash: bytes) -> Caller | None:
    """Read the caller that a token identifies; None if there is no such token in force."""
    record = await reader.fetch_row(_HOLDER, token_hash, *clock.reading)
    if record is None:
        return None
    key_id, now, holder, *account = record
    row = None if holder is None else account_row(account)
    return Caller(key_id, row, is_token=True, seen_at=now, settlement=None)


async def keys(reader: Reader, wanted: KeyFilter) -> list[KeyRow]:
    """Read keys by number, in whichever table they are."""
    given = (wanted.account_id, wanted.staff, wanted.number, wanted.prefix, wanted.hash)
    rows = [KeyRow(*row) for statement in (_CLIENTS_KEYS, _TOKENS) for row in await reader.fetch(statement, *given)]
    return sorted(rows, key=attrgetter("number"))
