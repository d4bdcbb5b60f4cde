"""Claims: production takes the images that are due first, over all accounts (domain rules, section 5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.order_events import Happening, claim_expired, claimed
from app.domain.order_facts import Claim
from app.services.commands import Overtaken
from app.services.heads import Head, advance_heads, instant, lock_heads
from app.services.orders.events import write_events
from db.connections import Record, Statement, Writer

# The images that are due first of those that nobody holds at an instant: images_queue_idx, which knows until when each
# is held. The greatest count there is stands in the one by parameter for the planner.
CLAIMABLE: Final = Statement(
    "claimable_images",
    """
    SELECT account_id, id
    FROM (
      SELECT account_id, id, coalesce(redo_due_at, due_at, 'infinity') AS due, uploaded_at
      FROM images
      WHERE status IN ('QUEUED', 'REJECTED') AND coalesce(claimed_until, '-infinity') <= $1
      ORDER BY coalesce(redo_due_at, due_at, 'infinity'), uploaded_at, id
      LIMIT 500
    ) AS i
    ORDER BY due, uploaded_at, id
    LIMIT $2
    """,
)

# Of these images those that can be claimed at an instant, each with the claim that ran out; the primary key.
STILL_CLAIMABLE: Final = Statement(
    "still_claimable_images",
    """
    SELECT i.account_id, i.order_id, i.id, i.claimed_by, i.claimed_until
    FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS c (account_id, id, place)
    JOIN images i ON i.account_id = c.account_id AND i.id = c.id
    WHERE i.status IN ('QUEUED', 'REJECTED') AND (i.claimed_until IS NULL OR i.claimed_until <= $3)
    ORDER BY c.place
    """,
)

# Gives images to a worker; the primary key.
CLAIM: Final = Statement(
    "claim_images",
    """
    UPDATE images SET
      claimed_by = $3, claimed_until = $4, first_claimed_at = coalesce(images.first_claimed_at, $5)
    FROM unnest($1::uuid[], $2::uuid[]) AS c (account_id, id)
    WHERE images.account_id = c.account_id AND images.id = c.id
    """,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker got, in the order of the queue: images by account and id, held until `until` (UTC)."""

    at: datetime
    until: datetime
    images: Sequence[tuple[UUID, UUID]]


async def claim_images(writer: Writer, clock: Clock, worker: str, count: int, lease: timedelta) -> Claimed:
    """Claim so many images for a worker, or as many as there are; the caller commits.

    The queue is read without locks; what others took meanwhile is left out. Raises Overtaken when that was all.
    """
    now = clock.now()
    candidates = [(row["account_id"], row["id"]) for row in await writer.fetch(CLAIMABLE, now, count)]
    if not candidates:
        return Claimed(now, now + lease, ())
    heads = await lock_heads(writer, {account_id for account_id, _ in candidates})
    at = instant(heads.values(), clock)
    free = await writer.fetch(STILL_CLAIMABLE, *zip(*candidates, strict=True), at)
    if not free:
        raise Overtaken
    return await _take(writer, heads, free, Claim(worker, at + lease), at)


async def _take(
    writer: Writer, heads: Mapping[UUID, Head], free: Sequence[Record], claim: Claim, at: datetime
) -> Claimed:
    images = [(row["account_id"], row["id"]) for row in free]
    await writer.execute(CLAIM, *zip(*images, strict=True), claim.worker, claim.until, at)
    happenings: dict[UUID, list[Happening]] = {}
    for account_id, told in _told(free, claim, at):
        happenings.setdefault(account_id, []).append(told)
    await write_events(writer, happenings, heads)
    taken = [heads[account_id] for account_id in happenings]
    for head in taken:
        head.last_at = head.frontier = at
    await advance_heads(writer, taken)
    return Claimed(at, claim.until, images)


def expired(images: Iterable[Record]) -> Iterator[tuple[UUID, Happening]]:
    """Tell by account of claims that ran out, order by order; records as of `still_claimable_images`."""

    def former(row: Record) -> tuple[UUID, UUID, str, datetime]:
        return row["account_id"], row["order_id"], row["claimed_by"], row["claimed_until"]

    for (account_id, order_id, worker, until), rows in groupby(sorted(images, key=former), key=former):
        yield account_id, claim_expired(order_id, [row["id"] for row in rows], Claim(worker, until))


def _told(free: Sequence[Record], claim: Claim, at: datetime) -> Iterator[tuple[UUID, Happening]]:
    """Tell of claims that ran out, and then of the new ones, order by order."""

    def order(row: Record) -> tuple[UUID, UUID]:
        return row["account_id"], row["order_id"]

    yield from expired(row for row in free if row["claimed_until"] is not None)
    for (account_id, order_id), rows in groupby(sorted(free, key=order), key=order):
        yield account_id, claimed(order_id, [row["id"] for row in rows], claim, at)
