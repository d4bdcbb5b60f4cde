"""Filling in the reviews of orders that the previous release, 0.1.0, does not write (docs/operating.md, upgrades)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from app.domain.account import Account
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.ledger.days import LedgerDay
from app.domain.orders.reviews import past_reviews, review_late_at
from app.domain.orders.state import OrderState
from app.services.accounts.facts import read_account
from app.services.jobs.cursors import watch_from
from app.services.orders.rows import changed_rows
from app.services.orders.writing import write_orders
from db.connections import Statement
from db.queries.order_states import order_states
from db.writer import Writer

# The orders of an account placed from an instant ($2) until another ($3) whose images lack a review, or have one that
# is not open any more as their open one. Images beyond the guarantee have a greater position than their ledger day's
# capacity. orders_by_placing_idx, images_of_order_idx and primary keys.
ORDERS_TO_REVIEW: Final = Statement(
    "orders_to_review",
    """
    SELECT DISTINCT o.id
    FROM orders o
    JOIN images i ON i.account_id = $1 AND i.order_id = o.id
    LEFT JOIN reviews w ON w.account_id = $1 AND w.image_id = i.id AND w.number = 1
    LEFT JOIN ledger_days d ON d.account_id = $1 AND d.opens_at <= o.placed_at AND d.closes_at > o.placed_at
    WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.service_level <> 'STANDARD' AND (
      w.image_id IS NULL AND i.position > d.capacity AND (
        o.service_level = 'ADDITIONAL' OR o.expedited_at > o.placed_at OR o.service_level = 'EXPEDITED_PLAN')
      OR w.image_id IS NULL AND o.service_level = 'EXPEDITED_PLAN' AND i.expedite_position IS NOT NULL
      OR i.review_by IS NOT NULL AND (o.deadline_status = 'CONFIRMED' OR i.status <> 'QUEUED')
      OR i.review_by IS NULL AND o.deadline_status <> 'CONFIRMED' AND i.status = 'QUEUED')
    """,
)

# When staff set deadlines of orders of an account, unless withdrawn, and whether an event placed the order;
# events_of_order_idx.
CONFIRMATIONS: Final = Statement(
    "confirmations_of_orders",
    """
    SELECT e.order_id, array_agg(e.at) FILTER (WHERE e.type = 'DEADLINE_CONFIRMED') AS confirmed,
      bool_or(e.type = 'ORDER_PLACED') AS is_placed
    FROM events e
    WHERE e.account_id = $1 AND e.order_id = ANY($2::uuid[]) AND e.withdrawn_by IS NULL
      AND e.type IN ('DEADLINE_CONFIRMED', 'ORDER_PLACED')
    GROUP BY e.order_id
    """,
)


async def fill_in_reviews(writer: Writer, account_id: UUID, days: Sequence[LedgerDay]) -> None:
    """Correct the reviews of orders placed in consecutive ledger days of an account whose counters are locked.

    The watch then looks at those that were missed.
    """
    found = await writer.fetch(ORDERS_TO_REVIEW, account_id, days[0].opens_at, days[-1].closes_at)
    if not found:
        return
    account, _ = await read_account(writer, account_id, days[-1].opens_at)
    orders = list((await order_states(writer, [(account_id, row["id"]) for row in found])).values())
    confirmed = await _confirmations(writer, account_id, orders)
    after = [_filled(order, account, confirmed[order.id]) for order in orders]
    await write_orders(writer, changed_rows(_of(account_id, orders), _of(account_id, after)))
    missed = [
        at
        for order in after
        for image in order.images
        for review in image.reviews
        if (at := review_late_at(image, review)) is not None
    ]
    if missed:
        await watch_from(writer, [(account_id, account.zone.key, min(missed))])


async def _confirmations(
    writer: Writer, account_id: UUID, orders: Sequence[OrderState]
) -> Mapping[UUID, Sequence[datetime]]:
    """Return the instants at which staff set deadlines of orders, or of the ones from which they were expedited."""
    ids = {id_ for order in orders for id_ in (order.id, order.split_from) if id_ is not None}
    rows = {row["order_id"]: row for row in await writer.fetch(CONFIRMATIONS, account_id, list(ids))}
    own = {id_: list(row["confirmed"] or ()) for id_, row in rows.items()}
    return {
        order.id: [
            *own.get(order.id, ()),
            *(
                at
                for at in own.get(order.split_from or order.id, ())
                if order.id not in rows or not rows[order.id]["is_placed"]
                if order.expedited_at is not None and at <= order.expedited_at
            ),
        ]
        for order in orders
    }


def _filled(order: OrderState, account: Account, confirmed: Sequence[datetime]) -> OrderState:
    capacity = account.terms_at(order.placed_at).terms.images_per_day
    images = tuple(
        replace(
            image,
            reviews=past_reviews(
                order, image, confirmed, partial(_promised_by, account), guaranteed=image.position <= capacity
            ),
        )
        for image in order.images
    )
    return replace(order, images=images)


def _promised_by(account: Account, at: datetime) -> datetime:
    turnaround = account.terms_at(at).terms.review_turnaround
    return working_hours_after(at, turnaround, account.zone_at(at))


def _of(account_id: UUID, orders: Sequence[OrderState]) -> list[tuple[UUID, OrderState]]:
    return [(account_id, order) for order in orders]
