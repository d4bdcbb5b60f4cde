"""Telling of deadlines at risk and missed, as events of their orders, each once (domain rules, section 3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.order_events import Happening
from app.services.heads import Head, advance_heads
from app.services.orders.events import write_events
from app.services.orders.states import OrderKey
from app.services.watching.judging import judge
from db.connections import Reader, Writer


async def tell(
    writer: Writer, heads: Mapping[UUID, Head], keys: Sequence[OrderKey], lead: timedelta, now: datetime
) -> int:
    """Write what is to be told of orders by what was before `now`, a clock's reading since the heads were locked.

    Returns the number of events; the caller commits. No later commit can then carry an instant before `now`. The
    frontier stays where it is: history that is imported later goes on from there.
    """
    happenings = await _happenings(writer, keys, lead, now)
    if happenings:
        await write_events(writer, happenings, heads)
    for head in heads.values():
        head.last_at = max(head.last_at, now)
    await advance_heads(writer, heads.values())
    return sum(map(len, happenings.values()))


async def _happenings(
    reader: Reader, keys: Sequence[OrderKey], lead: timedelta, now: datetime
) -> dict[UUID, list[Happening]]:
    """Work out what is to be told, by account, in the order of the instants, then of the orders."""
    found: defaultdict[UUID, list[Happening]] = defaultdict(list)
    for judged in sorted(await judge(reader, keys, lead, now), key=lambda each: each.number):
        found[judged.key[0]] += (each for alert, each in judged.true.items() if alert not in judged.told)
    return {account_id: sorted(each, key=lambda happening: happening.at) for account_id, each in found.items() if each}
