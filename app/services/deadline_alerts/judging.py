"""Judging: the alerts that the deadlines of orders need, and those already emitted (domain rules, section 3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.deadlines.alerts import Alert, OrderPast, SetDeadline, alerts
from app.domain.deadlines.enums import DeadlineKind
from app.domain.events.enums import EventType
from app.domain.events.new_events import NewEvent
from app.domain.orders.state import OrderState
from db.connections import Record
from db.queries.deadlines import EVENTS_OF_DEADLINES
from db.queries.order_states import OrderKey, by_account, order_states
from db.readers import Reader


@dataclass(slots=True)
class _Emitted:
    """The content of the events of an order: its start, its deadlines, the orders split off, and its alerts."""

    since: datetime | None = None
    deadlines: list[SetDeadline] = field(default_factory=list[SetDeadline])
    splits: list[tuple[OrderKey, datetime]] = field(default_factory=list[tuple[OrderKey, datetime]])
    alerts: set[Alert] = field(default_factory=set[Alert])

    def add(self, row: Record) -> None:
        """Add an event."""
        match EventType(row["type"]):
            case (EventType.DEADLINE_AT_RISK | EventType.DEADLINE_MISSED) as type_:
                self.alerts.add(Alert(type_, DeadlineKind(row["kind"]), row["due_at"]))
            case EventType.REVIEW_OVERDUE as type_:
                self.alerts.add(Alert(type_, None, row["due_at"]))
            case type_:
                self._add_change(row, type_)

    def _add_change(self, row: Record, type_: EventType) -> None:
        at = row["at"]
        self.since = at if self.since is None else min(self.since, at)
        if type_ is EventType.ORDER_SPLIT:
            self.splits += (((row["account_id"], UUID(each["id"])), at) for each in row["into_orders"])
        elif row["due_at"] is not None:  # else placing or expediting set no deadline, or kept the earlier one
            self.deadlines.append(SetDeadline(at, row["due_at"]))

    def deadlines_in_order(self) -> list[SetDeadline]:
        """Return its deadlines as one replaced the other, each by an earlier one."""
        by_due = sorted(self.deadlines, key=lambda each: each.due_at, reverse=True)
        return sorted(by_due, key=lambda each: each.at)


@dataclass(frozen=True, slots=True)
class Judged:
    """An order, by account, id and number, with all alerts of its deadlines, and those already emitted."""

    key: OrderKey
    number: int
    true: Mapping[Alert, NewEvent]
    emitted: frozenset[Alert]

    @property
    def not_emitted(self) -> list[NewEvent]:
        """The alerts that are still to be emitted."""
        return [new_event for alert, new_event in self.true.items() if alert not in self.emitted]


async def judge(reader: Reader, keys: Sequence[OrderKey], lead: timedelta, now: datetime) -> Iterator[Judged]:
    """Judge the deadlines of orders by the facts before `now` (UTC).

    The counters of their accounts are locked, or all is read in one snapshot.
    """
    orders = await order_states(reader, keys)
    emitted = await _emitted_of(reader, keys)
    pasts = await _pasts(reader, orders, emitted)
    return (
        Judged(key, order.number, dict(alerts(order, pasts[key], lead, now)), frozenset(emitted[key].alerts))
        for key, order in orders.items()
    )


async def _emitted_of(reader: Reader, keys: Sequence[OrderKey]) -> dict[OrderKey, _Emitted]:
    emitted = {key: _Emitted() for key in keys}
    for account_id, ids in by_account(keys):
        for row in await reader.fetch(EVENTS_OF_DEADLINES, account_id, ids):
            emitted[account_id, row["order_id"]].add(row)
    return emitted


async def _pasts(
    reader: Reader, orders: Mapping[OrderKey, OrderState], emitted: Mapping[OrderKey, _Emitted]
) -> dict[OrderKey, OrderPast]:
    """Return the earlier deadlines and images of orders. Images split off at placing never belonged to an order."""
    splits = {
        key: [(sibling, at) for sibling, at in emitted[key].splits if at > order.placed_at]
        for key, order in orders.items()
    }
    await _follow(reader, splits)
    wanted = [sibling for each in splits.values() for sibling, _ in each]
    siblings = await order_states(reader, wanted) if wanted else {}
    return {
        key: OrderPast(
            since=emitted[key].since or order.placed_at,
            deadlines=emitted[key].deadlines_in_order(),
            departed=[(image, at) for sibling, at in splits[key] for image in siblings[sibling].images],
        )
        for key, order in orders.items()
    }


async def _follow(reader: Reader, splits: Mapping[OrderKey, list[tuple[OrderKey, datetime]]]) -> None:
    """Add to the orders split off orders those split off them, with the instant at which their images left the first.

    Images leave an order with a portion or an expedite, and that sibling with an expedite or a portion of its plan.
    """
    newest: Mapping[OrderKey, Sequence[tuple[OrderKey, datetime]]] = splits
    while siblings := list({sibling: None for each in newest.values() for sibling, _ in each}):
        into = await _emitted_of(reader, siblings)
        newest = {
            key: [(next_, at) for sibling, at in each for next_, _ in into[sibling].splits]
            for key, each in newest.items()
        }
        for key, each in newest.items():
            splits[key].extend(each)
