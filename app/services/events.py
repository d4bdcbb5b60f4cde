"""Writing events, each with the next number of its account's sequence, and withdrawing untrue ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.domain.events.new_events import NewEvent
from app.domain.events.stored import to_json
from app.domain.events.withdrawals import withdrawal
from app.services.accounts.counters import Counters, next_instant
from db.connections import Record, Statement
from db.tables.events import Event
from db.writer import Writer

# Marks events of an account as withdrawn, each by another event; the primary key.
WITHDRAW: Final = Statement(
    "withdraw_events",
    """
    UPDATE events SET withdrawn_by = w.withdrawn_by
    FROM unnest($2::bigint[], $3::bigint[]) AS w (sequence, withdrawn_by)
    WHERE events.account_id = $1 AND events.sequence = w.sequence
    """,
)


async def write_events(
    writer: Writer,
    new_events: Mapping[UUID, Iterable[NewEvent]],
    all_counters: Mapping[UUID, Counters],
    now: datetime,
    import_run: int | None = None,
) -> None:
    """Write the events of accounts, whose counters are locked, in order, and advance the counters' sequences.

    `now` (UTC) is the instant of writing, `import_run` the number of the run of `loupe import` that writes.
    """
    await writer.copy(Event, _rows(new_events, all_counters, now, import_run))


async def withdraw_events(
    writer: Writer, counters: Counters, events: Sequence[Record], now: datetime, import_run: int | None = None
) -> None:
    """Withdraw events of an account, whose counters are locked; records have `sequence`, `order_id` and `image_id`.

    The withdrawals are at `now` (UTC), but after all the account has. The counters are advanced; the caller saves them.
    """
    if not events:
        return
    at = next_instant(now, counters.last_at)
    first = counters.next_event_sequence
    withdrawals = [withdrawal(each["sequence"], each["order_id"], each["image_id"], at) for each in events]
    await write_events(writer, {counters.account_id: withdrawals}, {counters.account_id: counters}, now, import_run)
    sequences = list(range(first, counters.next_event_sequence))
    await writer.execute(WITHDRAW, counters.account_id, [each["sequence"] for each in events], sequences)
    counters.last_at = at


def _rows(
    new_events: Mapping[UUID, Iterable[NewEvent]],
    all_counters: Mapping[UUID, Counters],
    now: datetime,
    import_run: int | None,
) -> Iterator[tuple[Any, ...]]:
    for account_id, events in new_events.items():
        counters = all_counters[account_id]
        written_at = max(now, counters.last_at)
        for each in events:
            recorded_at = None if each.at >= written_at else written_at
            data, texts = to_json(each.event)
            facts = (each.at, each.event.type, each.order_id, each.image_id, data)
            yield account_id, counters.next_event_sequence, *facts, recorded_at, import_run, None, texts
            counters.next_event_sequence += 1
