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
from app.domain.events.new_events import NewEvent
from app.services.accounts.counters import earliest_reading, lock_counters, save_counters
from app.services.events import write_events
from app.services.jobs.isolation import isolate_failures
from app.services.orders.claiming import expired
from db.connections import Pool, Record
from db.queries.order_states import ImageKey, by_account
from db.queries.queue import ENDED_LEASES, STILL_ENDED
from db.readers import PoolReader
from db.tables.images import Image
from db.writer import unit_of_work
from db.writes import update

RETURN: Final = "return_expired_leases"


# Takes an image from who held it; the primary key.
END_LEASE: Final = update("end_lease", Image, "claimed_by", "claimed_until")


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
        ended = [row for of in by_account(images) for row in await writer.fetch(STILL_ENDED, *of, now)]
        if ended:
            await writer.execute_many(END_LEASE, [(row["account_id"], row["id"], None, None) for row in ended])
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
