"""Expired leases: their images are recorded as returned to the queue (domain rules, section 5).

The clock alone ends a claim, so an image can be claimed again before this job runs. Whichever is first, the next claim
or this job, records that the claim ended, and when.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.orders import NewEvent
from app.services.accounts.counters import earliest_reading, lock_counters, save_counters
from app.services.events import write_events
from app.services.jobs.isolation import isolate_failures
from app.services.orders.claiming import expired
from app.services.orders.states import ImageKey
from db.connections import Pool, PoolReader, Record, Statement, unit_of_work

RETURN: Final = "return_expired_leases"
BATCH: Final = 500
"""Images that are returned in one transaction."""

# The images whose leases ended first by an instant, without those of some accounts: images_by_lease_idx.
ENDED_LEASES: Final = Statement(
    "ended_leases",
    f"""
    SELECT account_id, id FROM images
    WHERE claimed_until <= $1 AND account_id <> ALL($2::uuid[])
    ORDER BY claimed_until
    LIMIT {BATCH}
    """,  # noqa: S608 - made of fixed texts
)

# Of these images those whose lease has ended by an instant, as numbered; the primary key.
STILL_ENDED: Final = Statement(
    "still_ended_leases",
    """
    SELECT i.account_id, i.order_id, i.id, i.claimed_by, i.claimed_until
    FROM unnest($1::uuid[], $2::uuid[]) AS c (account_id, id)
    JOIN images i ON i.account_id = c.account_id AND i.id = c.id
    WHERE i.claimed_until <= $3
    ORDER BY i.number
    """,
)

# Ends the claims of images; the primary key.
END_LEASES: Final = Statement(
    "end_leases",
    """
    UPDATE images SET claimed_by = NULL, claimed_until = NULL
    FROM unnest($1::uuid[], $2::uuid[]) AS c (account_id, id)
    WHERE images.account_id = c.account_id AND images.id = c.id
    """,
)


@dataclass(slots=True)
class Returned:
    """Numbers of returned images and of accounts that failed."""

    images: int
    failed: int


async def return_expired_leases(pool: Pool, clock: Clock) -> Returned:
    """Record that all images whose lease has ended are back in the queue, except for accounts that fail.

    The event of each is at the end of its lease (UTC). Several such jobs at once are harmless, and so is none.
    """
    returned, failed = Returned(0, 0), set[UUID]()
    while found := await PoolReader(pool).fetch(ENDED_LEASES, clock.now(), list(failed)):
        images = [(row["account_id"], row["id"]) for row in found]
        accounts = list(dict.fromkeys(account_id for account_id, _ in images))
        before = returned.images, len(failed)
        failed |= (await isolate_failures(RETURN, accounts, partial(_return, pool, clock, images, returned))).keys()
        if before == (returned.images, len(failed)):  # others were faster, or this process's clock is ahead
            break
    returned.failed = len(failed)
    return returned


async def _return(
    pool: Pool, clock: Clock, found: Sequence[ImageKey], returned: Returned, account_ids: Sequence[UUID]
) -> None:
    """Return found images of accounts, except those that were delivered or claimed again since."""
    images = [key for key in found if key[0] in account_ids]
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, account_ids, clock)
        now = earliest_reading(all_counters)
        ended = await writer.fetch(STILL_ENDED, *zip(*images, strict=True), now)
        if ended:
            await writer.execute(END_LEASES, [row["account_id"] for row in ended], [row["id"] for row in ended])
            await write_events(writer, _expiries(ended), all_counters, now)
        for counters in all_counters.values():
            counters.last_at = max(counters.last_at, now)
        await save_counters(writer, all_counters.values())
        await writer.commit()
    returned.images += len(ended)


def _expiries(ended: Sequence[Record]) -> dict[UUID, list[NewEvent]]:
    """Return the events of ended claims by account, in the order of their instants."""
    found: defaultdict[UUID, list[NewEvent]] = defaultdict(list)
    for account_id, new_event in expired(ended):
        found[account_id].append(new_event)
    for each in found.values():
        each.sort(key=lambda new_event: new_event.at)
    return found
