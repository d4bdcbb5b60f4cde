"""What there is to be told of the deadlines of orders, and what was told (domain rules, section 3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.deadlines.alerts import Alert, OrderPast, SetDeadline, alerts
from app.domain.events.orders import NewEvent
from app.domain.orders.state import OrderState
from app.domain.vocabulary import DeadlineKind, EventType
from app.services.orders.states import OrderKey, order_states
from db.connections import Reader, Record, Statement

# The events of orders that set or concern deadlines, unless withdrawn, and of siblings split off them;
# events_of_order_idx. Events of all images of an order are not read.
EVENTS_OF_DEADLINES: Final = Statement(
    "told_of_orders",
    """
    SELECT e.account_id, e.order_id, e.type, e.at,
      e.data #>> '{after,kind}' AS kind, (e.data #>> '{after,dueAt}')::timestamptz AS due_at,
      CASE WHEN e.type = 'ORDER_SPLIT' THEN e.data -> 'into' END AS into_orders
    FROM unnest($1::uuid[], $2::uuid[]) AS asked (account_id, order_id)
    JOIN events e ON e.account_id = asked.account_id AND e.order_id = asked.order_id
    WHERE e.withdrawn_by IS NULL AND e.type IN (
      'ORDER_PLACED', 'ORDER_SPLIT', 'ORDER_EXPEDITED', 'DEADLINE_CONFIRMED', 'DEADLINE_AT_RISK', 'DEADLINE_MISSED')
    """,
)


@dataclass(slots=True)
class _Emitted:
    """What the events of an order say: the deadlines it was given, what it was split into, and its alerts."""

    deadlines: list[SetDeadline] = field(default_factory=list[SetDeadline])
    splits: list[tuple[OrderKey, datetime]] = field(default_factory=list[tuple[OrderKey, datetime]])
    alerts: set[Alert] = field(default_factory=set[Alert])

    def take_in(self, row: Record) -> None:
        """Note an event."""
        match EventType(row["type"]):
            case EventType.ORDER_SPLIT:
                self.splits += (((row["account_id"], UUID(each["id"])), row["at"]) for each in row["into_orders"])
            case (EventType.DEADLINE_AT_RISK | EventType.DEADLINE_MISSED) as type_:
                self.alerts.add(Alert(type_, DeadlineKind(row["kind"]), row["due_at"]))
            case _ if row["due_at"] is not None:
                self.deadlines.append(SetDeadline(row["at"], row["due_at"]))
            case _:  # by placing or expediting it got no deadline, or kept the one it had
                pass

    def deadlines_in_order(self) -> list[SetDeadline]:
        """Return its deadlines as one replaced the other, each by an earlier one."""
        by_due = sorted(self.deadlines, key=lambda each: each.due_at, reverse=True)
        return sorted(by_due, key=lambda each: each.at)


@dataclass(frozen=True, slots=True)
class Judged:
    """An order, by its account, id and number, with what is to be told of its deadlines, and what of it was told."""

    key: OrderKey
    number: int
    true: Mapping[Alert, NewEvent]
    told: frozenset[Alert]

    @property
    def not_emitted(self) -> list[NewEvent]:
        """What is still to be told."""
        return [new_event for alert, new_event in self.true.items() if alert not in self.told]


async def judge(reader: Reader, keys: Sequence[OrderKey], lead: timedelta, now: datetime) -> Iterator[Judged]:
    """Judge the deadlines of orders by what was before `now` (UTC).

    Their accounts' heads are locked, or all is read as of one instant.
    """
    orders = await order_states(reader, keys)
    told = await _emitted_of(reader, keys)
    pasts = await _pasts(reader, orders, told)
    return (
        Judged(key, order.number, dict(alerts(order, pasts[key], lead, now)), frozenset(told[key].alerts))
        for key, order in orders.items()
    )


async def _emitted_of(reader: Reader, keys: Sequence[OrderKey]) -> dict[OrderKey, _Emitted]:
    rows = await reader.fetch(EVENTS_OF_DEADLINES, [key[0] for key in keys], [key[1] for key in keys])
    told = {key: _Emitted() for key in keys}
    for row in rows:
        told[row["account_id"], row["order_id"]].take_in(row)
    return told


async def _pasts(
    reader: Reader, orders: Mapping[OrderKey, OrderState], told: Mapping[OrderKey, _Emitted]
) -> dict[OrderKey, OrderPast]:
    """Tell what orders had before. What was split off as an order was placed was never its own."""
    splits = {
        key: [(sibling, at) for sibling, at in told[key].splits if at > order.placed_at]
        for key, order in orders.items()
    }
    wanted = [sibling for each in splits.values() for sibling, _ in each]
    siblings = await order_states(reader, wanted) if wanted else {}
    return {
        key: OrderPast(
            deadlines=told[key].deadlines_in_order(),
            departed=[(image, at) for sibling, at in splits[key] for image in siblings[sibling].images],
        )
        for key in orders
    }
