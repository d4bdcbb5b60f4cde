"""Filling in the reviews of orders that the previous release, 0.1.0, does not write (docs/operating.md, upgrades)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from app.domain.account import Account
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.ledger.days import LedgerDay
from app.domain.orders.past_reviews import past_reviews
from app.domain.orders.reviews import open_review, review_by
from app.domain.orders.state import ImageState, OrderState
from app.services.accounts.facts import read_account
from app.services.deadline_alerts.candidates import portions
from app.services.jobs.cursors import watch_from
from app.services.orders.rows import Row, review_rows
from db.columns import columns_of
from db.connections import Statement
from db.queries.order_states import order_states
from db.tables.reviews import Review
from db.writer import Writer

# The orders of an account placed from an instant ($2) until another ($3) with an image that lacks a review which began
# at its placing beyond the guarantee, or at its expedite to the plan level, or whose open review is not the one of the
# order and image as they are. orders_by_placing_idx, images_of_order_idx and primary keys.
ORDERS_TO_REVIEW: Final = Statement(
    "orders_to_review",
    """
    SELECT o.id AS order_id, o.image_count
    FROM orders o
    LEFT JOIN ledger_days d ON d.account_id = $1 AND d.opens_at <= o.placed_at AND d.closes_at > o.placed_at
    WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.service_level <> 'STANDARD' AND EXISTS (
      SELECT FROM images i
      WHERE i.account_id = $1 AND i.order_id = o.id AND (
        i.position > d.capacity AND o.expedited_at IS DISTINCT FROM o.placed_at AND NOT EXISTS (
          SELECT FROM reviews w WHERE w.account_id = $1 AND w.image_id = i.id AND w.begun_at = o.placed_at)
        OR o.service_level = 'EXPEDITED_PLAN' AND i.expedite_position IS NOT NULL AND NOT EXISTS (
          SELECT FROM reviews w
          WHERE w.account_id = $1 AND w.image_id = i.id
            AND (w.begun_at = o.expedited_at OR coalesce(w.ended_at, 'infinity') > o.expedited_at))
        OR (i.review_by IS NOT NULL) <> (o.deadline_status <> 'CONFIRMED' AND i.first_delivered_at IS NULL
          AND i.cancelled_at IS NULL)))
    """,
)

# The instants at which staff set the deadline of each image of placements of an account, at these instants, by events
# that were not withdrawn; orders_by_placing_idx and events_of_order_idx. An order's events name the images it had then.
CONFIRMATIONS: Final = Statement(
    "confirmations_of_images",
    """
    SELECT c.image_id::uuid AS image_id, array_agg(e.at) AS confirmed
    FROM orders o
    JOIN events e ON e.account_id = $1 AND e.order_id = o.id
    CROSS JOIN LATERAL jsonb_array_elements_text(e.data -> 'images') AS c (image_id)
    WHERE o.account_id = $1 AND o.placed_at = ANY($2::timestamptz[])
      AND e.type = 'DEADLINE_CONFIRMED' AND e.withdrawn_by IS NULL
    GROUP BY 1
    """,
)

# The reviews of images of an account as they are stored, in order; the primary key.
STORED_REVIEWS: Final = Statement(
    "stored_reviews",
    f"""
    SELECT {", ".join(columns_of(Review))}
    FROM reviews
    WHERE account_id = $1 AND image_id = ANY($2::uuid[])
    ORDER BY image_id, number
    """,  # noqa: S608 - made of names of columns
)

# Deletes the reviews of images of an account; the primary key.
DELETE_REVIEWS: Final = Statement(
    "delete_reviews", "DELETE FROM reviews WHERE account_id = $1 AND image_id = ANY($2::uuid[])"
)

# Sets by when the deadlines of orders, and of images, of an account are promised; the primary keys.
_PROMISE: Final = """
    UPDATE {table} SET review_by = p.review_by
    FROM unnest($2::uuid[], $3::timestamptz[]) AS p (id, review_by)
    WHERE {table}.account_id = $1 AND {table}.id = p.id AND {table}.review_by IS DISTINCT FROM p.review_by
"""
PROMISE_ORDERS: Final = Statement("promise_orders", _PROMISE.format(table="orders"))
PROMISE_IMAGES: Final = Statement("promise_images", _PROMISE.format(table="images"))


async def fill_in_reviews(writer: Writer, account_id: UUID, days: Sequence[LedgerDay]) -> None:
    """Correct the reviews of orders placed in consecutive ledger days of an account whose counters are locked."""
    found = await writer.fetch(ORDERS_TO_REVIEW, account_id, days[0].opens_at, days[-1].closes_at)
    if found:
        account, _ = await read_account(writer, account_id, days[-1].opens_at)
        for part in portions(found):
            keys = [(account_id, row["order_id"]) for row in part]
            await _fill_in(writer, account, account_id, list((await order_states(writer, keys)).values()))


async def _fill_in(writer: Writer, account: Account, account_id: UUID, orders: Sequence[OrderState]) -> None:
    """Write the reviews of orders that differ; the watch then looks again at those that were due."""
    confirmed = await _confirmations(writer, account_id, orders)
    orders = [_with_reviews(order, account, confirmed) for order in orders]
    images = [image for order in orders for image in order.images]
    rows = await writer.fetch(STORED_REVIEWS, account_id, [image.id for image in images])
    stored = _by_image([tuple(row) for row in rows])
    wanted = _by_image([row for image in images for row in review_rows(account_id, image)])
    differing = [id_ for id_ in stored.keys() | wanted.keys() if stored[id_] != wanted[id_]]
    await _promise(writer, account_id, orders, images)
    if differing:
        await writer.execute(DELETE_REVIEWS, account_id, differing)
        await writer.copy(Review, [row for id_ in differing for row in wanted[id_]])
        due_at = columns_of(Review).index("due_at")
        first_due_at = min(row[due_at] for id_ in differing for row in (*stored[id_], *wanted[id_]))
        await watch_from(writer, [(account_id, account.zones[-1].time_zone, first_due_at)])


async def _promise(
    writer: Writer, account_id: UUID, orders: Sequence[OrderState], images: Sequence[ImageState]
) -> None:
    """Write by when deadlines of orders and images are promised."""
    due_at = [None if (review := open_review(image)) is None else review.due_at for image in images]
    await writer.execute(PROMISE_ORDERS, account_id, [order.id for order in orders], list(map(review_by, orders)))
    await writer.execute(PROMISE_IMAGES, account_id, [image.id for image in images], due_at)


async def _confirmations(
    writer: Writer, account_id: UUID, orders: Sequence[OrderState]
) -> Mapping[UUID, Sequence[datetime]]:
    """Return the instants at which staff set the deadline of each image, in whichever order it was then."""
    rows = await writer.fetch(CONFIRMATIONS, account_id, list({order.placed_at for order in orders}))
    return {row["image_id"]: row["confirmed"] for row in rows}


def _with_reviews(order: OrderState, account: Account, confirmed: Mapping[UUID, Sequence[datetime]]) -> OrderState:
    capacity = account.terms_at(order.placed_at).terms.images_per_day
    promised_by = partial(_promised_by, account)
    images = (
        replace(
            image,
            reviews=past_reviews(
                order, image, confirmed.get(image.id, ()), promised_by, guaranteed=image.position <= capacity
            ),
        )
        for image in order.images
    )
    return replace(order, images=tuple(images))


def _promised_by(account: Account, at: datetime) -> datetime:
    return working_hours_after(at, account.terms_at(at).terms.review_turnaround, account.zone_at(at))


def _by_image(rows: Sequence[Row]) -> defaultdict[UUID, list[Row]]:
    """Group the rows of reviews by their image, in order."""
    of_image: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        of_image[row[1]].append(row)
    return of_image
