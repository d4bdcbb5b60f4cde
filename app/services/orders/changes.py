"""Changes of accounts by commands, written with their ledger days, rollups, events and counters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.account import Account
from app.domain.activity.changes import DayAmounts, DayKey, activity_changes
from app.domain.events.new_events import NewEvent
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.state import OrderState
from app.services.accounts.counters import Counters, save_counters
from app.services.activity import add_activity
from app.services.events import write_events
from app.services.orders.rows import changed_rows
from app.services.orders.writing import write_ledger_days, write_orders
from app.services.rollups import write_rollups
from app.turns import in_turns
from db.writer import Writer


@dataclass(slots=True)
class AccountChange:
    """The change of an account, whose counters are locked, by a command at the instant `at` (UTC).

    `before` has the orders as in the database, `after` the new states of those that the command changed, and new ones;
    they count as updated at `at`. `day` is the running ledger day
    if its use changes.
    """

    counters: Counters
    account: Account
    at: datetime
    before: Sequence[OrderState] = ()
    after: Sequence[OrderState] = ()
    day: QuotaDay | None = None
    new_events: Sequence[NewEvent] = field(default_factory=list[NewEvent])


async def write_changes(writer: Writer, changes: Sequence[AccountChange]) -> None:
    """Write the changes of accounts by a command; the caller commits."""
    if not changes:
        return
    before = [(change.counters.account_id, order) for change in changes for order in change.before]
    after = [
        (change.counters.account_id, replace(order, updated_at=change.at))
        for change in changes
        for order in change.after
    ]
    rows = await in_turns(changed_rows, before, after)
    await write_orders(writer, rows)
    all_counters = {change.counters.account_id: change.counters for change in changes}
    new_events = {change.counters.account_id: change.new_events for change in changes}
    await write_events(writer, new_events, all_counters, min(change.at for change in changes))
    days = [(change.counters.account_id, change.day) for change in changes if change.day is not None]
    await write_ledger_days(writer, days)
    minutes_since = {account_id: counters.minutes_since for account_id, counters in all_counters.items()}
    zones = {change.counters.account_id: change.account.zone_at(change.at) for change in changes}
    await write_rollups(writer, rows.tallies, minutes_since, zones)
    await add_activity(writer, {change.counters.account_id: _activity_changes(change) for change in changes})
    for change in changes:
        _advance(change)
    await save_counters(writer, list(all_counters.values()))


def _activity_changes(change: AccountChange) -> Mapping[DayKey, DayAmounts]:
    return activity_changes(change.before, change.after, change.counters.activity_until, change.account.zones)


def _advance(change: AccountChange) -> None:
    counters = change.counters
    counters.next_order_number += len({order.id for order in change.after} - {order.id for order in change.before})
    counters.last_at = counters.watermark = change.at
