"""Claims: production takes the images that are due first, over all accounts (domain rules, section 5)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.new_events import NewEvent
from app.domain.events.orders import claim_expired, claimed
from app.domain.instants import rfc3339
from app.domain.orders.state import Claim
from app.services.accounts.counters import Counters, QuietAccounts, begin_free_command, earliest_reading, save_counters
from app.services.events import write_events
from app.services.stored_results import StoredResult, keys_from_json, keys_to_json
from db.connections import Record, Statement
from db.queries.queue import CLAIMABLE
from db.settled import settle
from db.writer import Writer

# Serializes claims, since all want the same images, those of other nodes too. Its holder waits for nothing.
ONE_AT_A_TIME: Final = Statement("one_claim_at_a_time", "SELECT pg_advisory_xact_lock(1206021)")


# Assigns images to a worker, with which work on their orders begins; the primary keys.
CLAIM: Final = Statement(
    "claim_images",
    """
    WITH claimed AS (
      UPDATE images SET
        claimed_by = $4, claimed_until = $5, first_claimed_at = coalesce(images.first_claimed_at, c.at)
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS c (account_id, id, at)
      WHERE images.account_id = c.account_id AND images.id = c.id
      RETURNING images.account_id, images.order_id, c.at
    )
    UPDATE orders SET begun_at = c.at
    FROM (SELECT DISTINCT account_id, order_id, at FROM claimed) AS c
    WHERE orders.account_id = c.account_id AND orders.id = c.order_id AND orders.begun_at IS NULL
    """,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The images that a worker claimed, by account and id, in the order of the queue, held until `until` (UTC).

    `passed_by` are the accounts that were busy, so that their images stayed in the queue.
    """

    at: datetime
    until: datetime
    images: Sequence[tuple[UUID, UUID]]
    passed_by: Collection[UUID]

    @property
    def changed(self) -> bool:
        """True if any image was claimed."""
        return bool(self.images)

    @property
    def account_ids(self) -> set[UUID]:
        """The accounts of the images."""
        return {account_id for account_id, _ in self.images}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        return {"at": rfc3339(self.at), "images": keys_to_json(self.images), "leaseUntil": rfc3339(self.until)}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "Claimed":
        """Return the result stored with a key."""
        at, until = (datetime.fromisoformat(stored[name]) for name in ("at", "leaseUntil"))
        return cls(at, until, keys_from_json(stored["images"]), ())


async def claim_images(writer: Writer, clock: Clock, worker: str, count: int, lease: timedelta) -> Claimed:
    """Claim a number of images for a worker, or as many as are free; the caller commits. Raises QuietAccounts."""
    await writer.execute(ONE_AT_A_TIME)
    queue = await _lock_queue(writer, clock, count)
    instants = {row["account_id"]: queue.all_counters[row["account_id"]].instant for row in queue.free}
    claim = Claim(worker, min(instants.values(), default=queue.now) + lease)
    await _take(writer, queue.all_counters, queue.free, claim, instants)
    images = [(row["account_id"], row["id"]) for row in queue.free]
    return Claimed(max(instants.values(), default=queue.now), claim.until, images, queue.busy)


@dataclass(slots=True)
class _Queue:
    """A claim's queue: the free images due first at `now` (UTC), the counters it locked, the accounts it skipped."""

    now: datetime
    free: Sequence[Record] = ()
    all_counters: dict[UUID, Counters] = field(default_factory=dict[UUID, Counters])
    busy: set[UUID] = field(default_factory=set[UUID])
    quiet: set[UUID] = field(default_factory=set[UUID])

    async def lock(self, writer: Writer, clock: Clock, account_id: UUID) -> None:
        """Lock the counters of an account, unless it is busy or quiet."""
        try:
            counters = await begin_free_command(writer, clock, account_id)
        except QuietAccounts:
            self.quiet.add(account_id)
            return
        if counters is None:
            self.busy.add(account_id)
        else:
            self.all_counters[account_id] = counters
            self.now = earliest_reading(self.all_counters)


async def _lock_queue(writer: Writer, clock: Clock, count: int) -> _Queue:
    """Read the queue without locks, and again until the counters of all its accounts are locked.

    Busy accounts are skipped, since all other claims wait for this one. Raises QuietAccounts.
    """
    queue = _Queue((await settle(writer, clock, ())).now)
    while True:
        queue.free = await writer.fetch(CLAIMABLE, queue.now, count, [*queue.busy, *queue.quiet])
        unlocked = {row["account_id"] for row in queue.free} - queue.all_counters.keys()
        if not unlocked:
            break
        for account_id in unlocked:
            await queue.lock(writer, clock, account_id)
    if queue.quiet:
        raise QuietAccounts(queue.quiet, clock)
    return queue


async def _take(
    writer: Writer,
    all_counters: Mapping[UUID, Counters],
    free: Sequence[Record],
    claim: Claim,
    instants: Mapping[UUID, datetime],
) -> None:
    """Assign images to a worker, those of each account at its own instant."""
    if free:
        rows = [(row["account_id"], row["id"], instants[row["account_id"]]) for row in free]
        await writer.execute(CLAIM, *zip(*rows, strict=True), *astuple(claim))
        await write_events(writer, _claim_events(free, claim, instants), all_counters, min(instants.values()))
        for account_id, at in instants.items():
            all_counters[account_id].last_at = all_counters[account_id].watermark = at
        await save_counters(writer, [all_counters[account_id] for account_id in instants])


def expired(images: Iterable[Record]) -> Iterator[tuple[UUID, NewEvent]]:
    """Return the events of expired claims by account, order by order; records as in `claimable_images`."""

    def former(row: Record) -> tuple[UUID, UUID, str, datetime]:
        return row["account_id"], row["order_id"], row["claimed_by"], row["claimed_until"]

    for (account_id, order_id, worker, until), rows in groupby(sorted(images, key=former), key=former):
        yield account_id, claim_expired(order_id, [row["id"] for row in rows], Claim(worker, until))


def _claim_events(
    free: Sequence[Record], claim: Claim, instants: Mapping[UUID, datetime]
) -> Mapping[UUID, Sequence[NewEvent]]:
    """Return the events of expired claims by account, then those of the new claims, order by order."""

    def order(row: Record) -> tuple[UUID, UUID]:
        return row["account_id"], row["order_id"]

    new_events: dict[UUID, list[NewEvent]] = {account_id: [] for account_id in instants}
    for account_id, new_event in expired(row for row in free if row["claimed_until"] is not None):
        new_events[account_id].append(new_event)
    for (account_id, order_id), rows in groupby(sorted(free, key=order), key=order):
        new_events[account_id].append(claimed(order_id, [row["id"] for row in rows], claim, instants[account_id]))
    return new_events
