"""Withdrawing alerts that history imported later makes untrue (domain rules, section 3).

So an import and the watch have the same result whichever is first: an order that a later import cancels in
time was never missed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.clock import Clock
from app.domain.deadlines.alerts import Alert, alert_of_event
from app.domain.events.enums import EventType
from app.domain.events.kinds import DeadlineAtRisk, DeadlineMissed, ReviewOverdue
from app.domain.events.new_events import NewEvent
from app.domain.events.stored import from_json
from app.services.accounts.counters import Counters, lock_counters, save_counters
from app.services.deadline_alerts.candidates import portions
from app.services.deadline_alerts.judging import judge
from app.services.events import withdraw_events
from db.connections import Pool, Record
from db.queries.deadlines import ALERTS_PAGE, ALERTS_SINCE
from db.queries.pages import EARLIEST, LEAST_UUID
from db.writer import Writer, unit_of_work


async def retract(pool: Pool, clock: Clock, account_id: UUID, since: datetime, lead: timedelta) -> None:
    """Withdraw the alerts of an account from `since` (UTC) on that are untrue by its present history.

    Repeating it withdraws nothing more, so it may be interrupted anywhere and started again.
    """
    bound: tuple[UUID, datetime, int] | None = (LEAST_UUID, EARLIEST, 0)
    while bound is not None:
        async with unit_of_work(pool) as writer:
            counters = (await lock_counters(writer, [account_id], clock))[account_id]
            found = await writer.fetch(ALERTS_SINCE, account_id, *bound, since)
            rows = next(portions(found))
            if rows:
                await _retract(writer, counters, rows, lead, counters.read_at)
            await writer.commit()
        is_last = len(rows) == len(found) < ALERTS_PAGE
        bound = None if is_last else (rows[-1]["order_id"], rows[-1]["at"], rows[-1]["sequence"])


async def _retract(writer: Writer, counters: Counters, rows: Sequence[Record], lead: timedelta, now: datetime) -> None:
    keys = list(dict.fromkeys((counters.account_id, row["order_id"]) for row in rows))
    judged = {each.key[1]: each.true for each in await judge(writer, keys, lead, now)}
    untrue = [row for row in rows if not _is_true(row, judged[row["order_id"]])]
    if untrue:
        await withdraw_events(writer, counters, untrue, now)
        await save_counters(writer, [counters])


def _is_true(row: Record, true: Mapping[Alert, NewEvent]) -> bool:
    """Return True if an event equals one of the alerts of its order, with the same instant and images."""
    event = from_json(EventType(row["type"]), row["data"], None)
    if not isinstance(event, DeadlineAtRisk | DeadlineMissed | ReviewOverdue):
        raise TypeError(event)
    new_event = true.get(alert_of_event(event))
    return new_event is not None and (new_event.at, new_event.event) == (row["at"], event)
