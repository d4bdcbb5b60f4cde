"""The heads of accounts: locked before anything of an account is written, so that its writes are in one order."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final
from uuid import UUID

from app.domain.errors import DomainError
from db.connections import Statement, Writer

# Locks the head of one account; the primary key finds it.
LOCK_HEAD: Final = Statement(
    "lock_head",
    """
    SELECT account_id, next_order_number, next_event_sequence, last_at, frontier, minutes_since
      FROM account_heads WHERE account_id = $1 FOR UPDATE
    """,
)

# Locks the head of one account, unless somebody has it; the primary key finds it.
LOCK_FREE_HEAD: Final = Statement("lock_free_head", f"{LOCK_HEAD.sql} SKIP LOCKED")

# Writes the heads of accounts back; the primary key finds them.
ADVANCE_HEADS: Final = Statement(
    "advance_heads",
    """
    UPDATE account_heads SET
      next_order_number = h.next_order_number, next_event_sequence = h.next_event_sequence, last_at = h.last_at,
      frontier = h.frontier, minutes_since = h.minutes_since
    FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])
      AS h (account_id, next_order_number, next_event_sequence, last_at, frontier, minutes_since)
    WHERE account_heads.account_id = h.account_id
    """,
)

_MICROSECOND: Final = timedelta(microseconds=1)
FIRST_EVENT: Final = 1
"""The place of an account's first event in its sequence."""


class UnknownAccount(DomainError):  # noqa: N818 - a refusal is named by what it says
    """An account that is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {name!r}.")
        self.name = name


@dataclass(slots=True)
class Head:
    """The counters of an account whose row is locked; see the table. Changes count once `advance_heads` wrote them."""

    account_id: UUID
    next_order_number: int
    next_event_sequence: int
    last_at: datetime
    frontier: datetime
    minutes_since: datetime

    def instant(self, now: datetime) -> datetime:
        """Tell the instant of a command: now, but after all that the account already has.

        Read the clock only once the head is locked: then an account's instants are in the order of its commits.
        """
        return next_instant(now, self.last_at)

    def begin(self, before: datetime, at: datetime) -> None:
        """Let the account begin at an instant other than `before`, as long as it has no orders."""
        self.last_at = at if self.last_at == before else self.last_at
        self.minutes_since = at

    def take_event_sequence(self) -> int:
        """Take the account's next place among its events."""
        self.next_event_sequence += 1
        return self.next_event_sequence - 1


_ROW: Final = attrgetter(*(field.name for field in fields(Head)))  # astuple would copy each of them deeply


def new_head(account_id: UUID, at: datetime) -> Head:
    """Return the counters of an account that begins at an instant; their row is still to be written."""
    return Head(account_id, 1, FIRST_EVENT, last_at=at, frontier=at, minutes_since=at)


def next_instant(now: datetime, last_at: datetime) -> datetime:
    """Tell the instant of the next command on an account: now, but after `last_at`.

    So no two commands share one: at an instant all before it is known, and nothing of what happens at it.
    """
    return max(now, last_at + _MICROSECOND)


async def lock_heads(writer: Writer, account_ids: Iterable[UUID]) -> dict[UUID, Head]:
    """Lock the heads of accounts until the end of the transaction; raises UnknownAccount.

    Always in ascending order, or two writers could wait for each other; a statement each, as Citus locks rows of one
    account at a time.
    """
    heads: dict[UUID, Head] = {}
    for account_id in sorted(set(account_ids)):
        row = await writer.fetch_row(LOCK_HEAD, account_id)
        if row is None:
            raise UnknownAccount(str(account_id))
        heads[account_id] = Head(*row)
    return heads


async def lock_free_head(writer: Writer, account_id: UUID) -> Head | None:
    """Lock the head of an account until the end of the transaction, or return None, without waiting, if it is busy."""
    row = await writer.fetch_row(LOCK_FREE_HEAD, account_id)
    return None if row is None else Head(*row)


async def advance_heads(writer: Writer, heads: Iterable[Head]) -> None:
    """Write the counters of locked heads back."""
    rows = [_ROW(head) for head in heads]
    if rows:
        await writer.execute(ADVANCE_HEADS, *zip(*rows, strict=True))
