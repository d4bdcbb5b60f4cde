"""Leases that ran out: their images are noted as returned to the queue (domain rules, section 5).

The clock alone ends a claim, so anybody can take such an image before. Who comes first, the next worker or this job,
tells that the claim ended, and when.
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
    """How many images were returned, and the accounts that failed."""

    images: int
    failed: int


async def return_expired_leases(pool: Pool, clock: Clock) -> Returned:
    """Note of all images whose lease has ended by now that they are in the queue, but for accounts that fail.

    The event of each is at the end of its lease (UTC). Many at once are harmless, and so is none at all.
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
    """Return found images of accounts, but for those that were delivered or claimed again since."""
    images = [key for key in found if key[0] in account_ids]
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, account_ids, clock)
        now = earliest_reading(all_counters)
        ended = [row for of in by_account(images) for row in await writer.fetch(STILL_ENDED, *of, now)]
        if ended:
            await writer.execute_many(END_LEASE, [(row["account_id"], row["id"], None, None) for row in ended])
            await write_events(writer, _told(ended), all_counters, now)
        for counters in all_counters.values():
            counters.last_at = max(counters.last_at, now)
        await save_counters(writer, all_counters.values())
        await writer.commit()
    returned.images += len(ended)


def _told(ended: Sequence[Record]) -> dict[UUID, list[NewEvent]]:
    told: defaultdict[UUID, list[NewEvent]] = defaultdict(list)
    for account_id, new_event in expired(ended):
        told[account_id].append(new_event)
    for each in told.values():
        each.sort(key=lambda new_event: new_event.at)
    return told
