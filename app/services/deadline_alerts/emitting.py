"""Emitting alerts to deadlines at risk and missed ones, as events of their orders, each once (domain rules, 3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.new_events import NewEvent
from app.services.accounts.counters import Counters, save_counters
from app.services.deadline_alerts.judging import judge
from app.services.events import write_events
from db.connections import Pool, Statement
from db.queries.order_states import OrderKey
from db.readers import Reader
from db.writer import Writer, unit_of_work

# Makes all reads of a transaction those of one snapshot; an account is on one node, where that holds.
_AS_OF_ONE_INSTANT: Final = Statement("as_of_one_instant", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


async def orders_to_alert(pool: Pool, clock: Clock, keys: Sequence[OrderKey], lead: timedelta) -> Sequence[OrderKey]:
    """Return the orders with alerts not yet emitted, without a lock: most were looked at a minute ago.

    `emit` judges them again once the counters are locked. An order without such alerts needs no lock: commands that
    were committed are all seen, and one that is under way has an instant of its own, at which it may set a deadline,
    but never makes an image open that was not, before that instant. So alerts that it causes are at that instant or
    after; and as long as it takes no longer than the watch looks back, a later watch finds them.
    """
    if not keys:
        return []
    async with unit_of_work(pool) as reader:
        await reader.execute(_AS_OF_ONE_INSTANT)
        return [judged.key for judged in await judge(reader, keys, lead, clock.now()) if judged.not_emitted]


async def emit(
    writer: Writer, all_counters: Mapping[UUID, Counters], keys: Sequence[OrderKey], lead: timedelta, now: datetime
) -> int:
    """Write the alerts of orders due before `now` (UTC), a reading of the clock since the counters were locked.

    Returns the number of events; the caller commits. No later commit can then carry an instant before `now`. The
    watermark of the history stays: imports continue from there.
    """
    new_events = await _new_events(writer, keys, lead, now)
    if new_events:
        await write_events(writer, new_events, all_counters, now)
    for counters in all_counters.values():
        counters.last_at = max(counters.last_at, now)
    await save_counters(writer, all_counters.values())
    return sum(map(len, new_events.values()))


async def _new_events(
    reader: Reader, keys: Sequence[OrderKey], lead: timedelta, now: datetime
) -> dict[UUID, list[NewEvent]]:
    """Return the alerts not yet emitted by account, in the order of their instants, then of the orders."""
    found: defaultdict[UUID, list[NewEvent]] = defaultdict(list)
    for judged in sorted(await judge(reader, keys, lead, now), key=lambda each: each.number):
        found[judged.key[0]] += judged.not_emitted
    return {account_id: sorted(each, key=lambda new_event: new_event.at) for account_id, each in found.items() if each}
