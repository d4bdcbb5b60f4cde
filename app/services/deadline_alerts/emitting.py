"""Telling of deadlines at risk and missed, as events of their orders, each once (domain rules, section 3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.orders import NewEvent
from app.services.accounts.counters import Counters, save_counters
from app.services.deadline_alerts.judging import judge
from app.services.events import write_events
from db.connections import Pool, Statement
from db.queries.order_states import OrderKey
from db.readers import Reader
from db.writer import Writer, unit_of_work

# Lets all reads of a transaction be as of the first of them; an account lies on one node, where that holds.
_AS_OF_ONE_INSTANT: Final = Statement("as_of_one_instant", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


async def orders_to_alert(pool: Pool, clock: Clock, keys: Sequence[OrderKey], lead: timedelta) -> Sequence[OrderKey]:
    """Tell of which orders there is something to be told by now, without a lock: most were looked at a minute ago.

    What is to be told is for `tell` to judge once the counters are locked. An order of which there is nothing needs no
    lock: commands that were committed are all seen, and one that is under way has an instant of its own, at which it
    may set a deadline, but never makes an image open that was not, before that instant. So what it brings about is at
    that instant or after; and as long as it takes no longer than the watch looks back, a later watch finds it there,
    just as what it does to orders that nobody looks at now.
    """
    if not keys:
        return []
    async with unit_of_work(pool) as reader:
        await reader.execute(_AS_OF_ONE_INSTANT)
        return [judged.key for judged in await judge(reader, keys, lead, clock.now()) if judged.not_emitted]


async def emit(
    writer: Writer, all_counters: Mapping[UUID, Counters], keys: Sequence[OrderKey], lead: timedelta, now: datetime
) -> int:
    """Write what is to be told of orders by what was before `now`, a clock's reading since the counters were locked.

    Returns the number of events; the caller commits. No later commit can then carry an instant before `now`. The
    watermark stays where it is: history that is imported later goes on from there.
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
    """Work out what is to be told, by account, in the order of the instants, then of the orders."""
    found: defaultdict[UUID, list[NewEvent]] = defaultdict(list)
    for judged in sorted(await judge(reader, keys, lead, now), key=lambda each: each.number):
        found[judged.key[0]] += judged.not_emitted
    return {account_id: sorted(each, key=lambda new_event: new_event.at) for account_id, each in found.items() if each}
