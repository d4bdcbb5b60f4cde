"""Overdue inquiries: each gets an event, once, at the instant it was due (domain rules, section 2.11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.inquiries import inquiry_overdue
from app.services.accounts.counters import earliest_reading, lock_counters, save_counters
from app.services.events import write_events
from app.services.jobs.isolation import isolate_failures
from db.connections import Pool
from db.queries.inquiries import OVERDUE, STILL_OVERDUE, InquiryKey
from db.readers import PoolReader
from db.tables.inquiries import Inquiry
from db.writer import unit_of_work
from db.writes import update

ALERT: Final = "alert_overdue_inquiries"

# Marks an inquiry as one with an event; the primary key.
SET_ALERTED: Final = update("set_inquiry_alerted", Inquiry, "alerted")


@dataclass(slots=True)
class Alerted:
    """Numbers of events emitted and of accounts that failed."""

    emitted: int
    failed: int


async def alert_overdue_inquiries(pool: Pool, clock: Clock) -> Alerted:
    """Emit the events of all inquiries not answered in time, except for accounts that fail, which are tried again.

    Each is at the instant it was due (UTC), however late it is found. Several such jobs at once are harmless.
    """
    alerted, failed = Alerted(0, 0), set[UUID]()
    while found := await PoolReader(pool).fetch(OVERDUE, clock.now(), list(failed)):
        keys = [(row["account_id"], row["id"]) for row in found]
        accounts = list(dict.fromkeys(account_id for account_id, _ in keys))
        before = alerted.emitted, len(failed)
        failed |= (await isolate_failures(ALERT, accounts, partial(_emit, pool, clock, keys, alerted))).keys()
        if before == (alerted.emitted, len(failed)):  # others were faster, or this process's clock is ahead
            break
    alerted.failed = len(failed)
    return alerted


async def _emit(
    pool: Pool, clock: Clock, found: Sequence[InquiryKey], alerted: Alerted, account_ids: Sequence[UUID]
) -> None:
    """Emit the events of found inquiries of accounts, except those answered in time or alerted since."""
    emitted = 0
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, account_ids, clock)
        now = earliest_reading(all_counters)
        for account_id in account_ids:
            ids = [inquiry_id for of, inquiry_id in found if of == account_id]
            rows = await writer.fetch(STILL_OVERDUE, account_id, ids, now)
            new_events = [inquiry_overdue(row["id"], row["order_id"], row["due_at"]) for row in rows]
            await write_events(writer, {account_id: new_events}, all_counters, now)
            await writer.execute_many(SET_ALERTED, [(account_id, row["id"], True) for row in rows])
            emitted += len(rows)
        for counters in all_counters.values():
            counters.last_at = max(counters.last_at, now)
        await save_counters(writer, all_counters.values())
        await writer.commit()
    alerted.emitted += emitted
