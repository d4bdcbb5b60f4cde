"""Filling in the reviews of orders that the previous release, 0.1.0, does not write (docs/operating.md, upgrades)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from app.domain.account import Account
from app.domain.ledger.days import LedgerDay
from app.domain.orders.past_reviews import PastChange, past_reviews
from app.domain.orders.reviews import open_review, review_due_at
from app.domain.orders.state import ImageState, OrderState
from app.domain.pulse.rollups import ReviewFacts, Tally
from app.services.accounts.counters import Counters
from app.services.accounts.facts import read_account
from app.services.deadline_alerts.candidates import portions
from app.services.jobs.cursors import watch_from
from app.services.orders.rows import Row, review_rows
from app.services.rollups import write_rollups
from db.connections import Record, Statement
from db.queries.order_states import order_states
from db.queries.past_reviews import ENDED_REVIEWS, ORDERS_TO_REVIEW, PAST_CHANGES
from db.tables.reviews import Review
from db.writer import Writer

# Deletes the reviews of images of an account; the primary key.
DELETE_REVIEWS: Final = Statement(
    "delete_reviews", "DELETE FROM reviews WHERE account_id = $1 AND image_id = ANY($2::uuid[])"
)

# Sets by when the deadlines of images of an account are promised; the primary key.
PROMISE_IMAGES: Final = Statement(
    "promise_images",
    """
    UPDATE images SET review_by = p.review_by
    FROM unnest($2::uuid[], $3::timestamptz[]) AS p (id, review_by)
    WHERE images.account_id = $1 AND images.id = p.id AND images.review_by IS DISTINCT FROM p.review_by
    RETURNING images.review_by
    """,
)

# Sets by when the deadlines of orders of an account, placed from an instant ($2) until another ($3), are promised: as
# those of their images. orders_by_placing_idx, images_of_order_idx and the primary key.
PROMISE_ORDERS: Final = Statement(
    "promise_orders",
    """
    WITH promised AS MATERIALIZED (
      SELECT o.id, i.review_by
      FROM orders o
      CROSS JOIN LATERAL (
        SELECT min(review_by) AS review_by FROM images WHERE account_id = $1 AND order_id = o.id
      ) i
      WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.service_level <> 'STANDARD'
    )
    UPDATE orders SET review_by = p.review_by
    FROM promised p
    WHERE orders.account_id = $1 AND orders.id = p.id AND orders.review_by IS DISTINCT FROM p.review_by
    """,
)


async def fill_in_reviews(writer: Writer, counters: Counters, days: Sequence[LedgerDay]) -> None:
    """Correct the reviews of orders placed in consecutive ledger days of an account whose counters are locked.

    Its rollups count them, and the watch looks again at those that were due.
    """
    account_id, placed = counters.account_id, (days[0].opens_at, days[-1].closes_at)
    found = await writer.fetch(ORDERS_TO_REVIEW, account_id, *placed)
    if found:
        account, _ = await read_account(writer, account_id, days[-1].opens_at)
        changed = [at for part in portions(found) for at in await _fill_in(writer, account, counters, part)]
        if changed:
            await watch_from(writer, [(account_id, account.zones[-1].time_zone, min(changed))])
    await writer.execute(PROMISE_ORDERS, account_id, *placed)


async def _fill_in(writer: Writer, account: Account, counters: Counters, found: Sequence[Record]) -> list[datetime]:
    """Write the reviews of orders that differ; return when these reviews were due, before and after."""
    account_id = counters.account_id
    states = await order_states(writer, [(account_id, row["order_id"]) for row in found])
    changes = await _past_changes(writer, account_id, {order.placed_at for order in states.values()})
    images = [image for order in states.values() for image in _with_reviews(order, account, changes)]
    ids = [image.id for image in images]
    promised = [None if (review := open_review(image)) is None else review.due_at for image in images]
    opened = await writer.fetch(PROMISE_IMAGES, account_id, ids, promised)
    stored = _by_image([tuple(row) for row in await writer.fetch(ENDED_REVIEWS, account_id, ids)])
    wanted = _by_image([row for image in images for row in review_rows(account_id, image, open_review(image))])
    differing = [id_ for id_ in ids if stored[id_] != wanted[id_]]
    before, after = ([row for id_ in differing for row in rows[id_]] for rows in (stored, wanted))
    if differing:
        await writer.execute(DELETE_REVIEWS, account_id, differing)
        await writer.copy(Review, after)
        minutes_since, zone = {account_id: counters.minutes_since}, {account_id: account.zone_at(counters.read_at)}
        await write_rollups(writer, {account_id: _difference(before, after)}, minutes_since, zone)
    due = [due_at for *_, due_at, _late_at, _ended_at in (*before, *after)]
    return [*due, *(row["review_by"] for row in opened if row["review_by"] is not None)]


async def _past_changes(
    writer: Writer, account_id: UUID, placed_at: set[datetime]
) -> Mapping[UUID, Sequence[PastChange]]:
    """Return the past changes of each image of placements, in whichever order it was then."""
    changes: defaultdict[UUID, list[PastChange]] = defaultdict(list)
    for row in await writer.fetch(PAST_CHANGES, account_id, list(placed_at)):
        changes[row["image_id"]].append(PastChange(row["at"], row["is_expedite"]))
    return changes


def _with_reviews(
    order: OrderState, account: Account, changes: Mapping[UUID, Sequence[PastChange]]
) -> list[ImageState]:
    """Return the images of an order with the reviews that they have had."""
    capacity = account.terms_at(order.placed_at).terms.images_per_day
    reviews_of = partial(past_reviews, order, promised_by=partial(_promised_by, account))
    return [
        image._replace(reviews=reviews_of(image, changes.get(image.id, ()), guaranteed=image.position <= capacity))
        for image in order.images
    ]


def _promised_by(account: Account, at: datetime) -> datetime:
    return review_due_at(at, account.terms_at(at).terms, account.zone_at(at))


def _difference(before: Iterable[Row], after: Iterable[Row]) -> Tally:
    """Return the change of rollups from some rows of reviews to others."""
    tally = Tally()
    for rows, sign in ((before, -1), (after, 1)):
        for *_, due_at, late_at, ended_at in rows:
            tally.add_reviews(ReviewFacts(due_at, late_at, ended_at), sign)
    return tally


def _by_image(rows: Sequence[Row]) -> defaultdict[UUID, list[Row]]:
    """Group the rows of reviews by their image, in order."""
    of_image: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        _, image_id, *_ = row
        of_image[image_id].append(row)
    return of_image
