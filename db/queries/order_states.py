"""Reads orders as the domain's states, with all their images, rejections and reviews."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import RejectionCategory, ServiceLevel
from app.domain.orders.results import ImageResult
from app.domain.orders.state import (
    Claim,
    ImageState,
    KeptDeadline,
    OrderedSpecification,
    OrderState,
    RejectionState,
    ReviewState,
    Revision,
)
from app.turns import paused
from db.connections import Record, Statement
from db.readers import Reader
from db.tables.orders import UPDATED_AT

OrderKey: TypeAlias = tuple[UUID, UUID]
"""The account and the order."""
ImageKey: TypeAlias = tuple[UUID, UUID]
"""The account and the image."""

# Orders of an account with the prices of their specifications; primary keys find them.
ORDERS: Final = Statement(
    "order_states",
    f"""
    SELECT o.id, o.number, o.name, o.service_level, o.specification_id, o.specification_version,
        o.placed_at, o.currency, o.deadline_status, o.due_at, o.sla_version, o.kept_due_at, o.kept_sla_version,
        o.revised_at, o.first_confirmed_due_at,
        o.expedited_at, o.confirmed_at, o.completed_at, o.cancelled_at, o.split_from, o.external_reference,
        o.instructions, {UPDATED_AT.format("o.")} AS updated_at, v.price_per_image
      FROM orders o
      JOIN specification_versions v
        ON v.account_id = $1 AND v.specification_id = o.specification_id AND v.version = o.specification_version
     WHERE o.account_id = $1 AND o.id = ANY($2::uuid[])
    """,
)

# The images of orders of an account, as numbered; images_of_order_idx finds them.
IMAGES: Final = Statement(
    "image_states",
    """
    SELECT i.order_id, i.id, i.number, i.filename, i.position, i.expedite_position, i.price, i.due_at,
           i.first_delivered_at, i.claimed_by, i.claimed_until, i.first_claimed_at, i.first_rejected_at,
           i.cancelled_at, i.external_reference, i.instructions, i.preview_url, i.result_url, i.result_preview_url,
           i.delivered_by, i.review_by
      FROM images i
     WHERE i.account_id = $1 AND i.order_id = ANY($2::uuid[])
     ORDER BY i.order_id, i.number
    """,
)

# The rejections of images of an account, oldest first; rejections_of_image_idx finds them.
REJECTIONS: Final = Statement(
    "rejection_states",
    """
    SELECT r.image_id, r.id, r.at, r.reason, r.due_at, r.sla_version, r.redelivered_at, r.category
      FROM rejections r
     WHERE r.account_id = $1 AND r.image_id = ANY($2::uuid[])
     ORDER BY r.image_id, r.at, r.redelivered_at NULLS LAST
    """,
)

# The ended reviews of images of an account, oldest first; the primary key finds them.
REVIEWS: Final = Statement(
    "review_states",
    """
    SELECT w.image_id, w.begun_at, w.due_at, w.ended_at
      FROM reviews w
     WHERE w.account_id = $1 AND w.image_id = ANY($2::uuid[])
     ORDER BY w.image_id, w.number
    """,
)

# The orders of images of an account; the primary key finds these.
ORDERS_OF_IMAGES: Final = Statement(
    "orders_of_images",
    """
    SELECT i.account_id, i.id, i.order_id
      FROM images i
     WHERE i.account_id = $1 AND i.id = ANY($2::uuid[])
    """,
)

# The orders that have images of an account among those split from an order, from these and so on: at placing, by
# expedites and into portions. orders_by_split_idx finds these, the primary key the images.
SPLIT_ORDERS_OF_IMAGES: Final = Statement(
    "split_orders_of_images",
    """
    WITH RECURSIVE split AS (
      SELECT o.id FROM orders o WHERE o.account_id = $1 AND o.split_from = $2
      UNION ALL
      SELECT o.id FROM split JOIN orders o ON o.account_id = $1 AND o.split_from = split.id)
    SELECT DISTINCT i.order_id
      FROM images i JOIN split ON split.id = i.order_id
     WHERE i.account_id = $1 AND i.id = ANY($3::uuid[])
    """,
)


async def split_orders_of_images(reader: Reader, key: OrderKey, image_ids: Sequence[UUID]) -> list[OrderState]:
    """Read the orders that have images among those split from an order, directly or not, by number."""
    rows = await reader.fetch(SPLIT_ORDERS_OF_IMAGES, *key, image_ids)
    found = await order_states(reader, [(key[0], row["order_id"]) for row in rows])
    return sorted(found.values(), key=attrgetter("number"))


async def orders_of_images(reader: Reader, keys: Sequence[ImageKey]) -> dict[ImageKey, OrderKey]:
    """Read the orders of images, an account at a time; those that do not exist are left out."""
    rows = [row for key in by_account(keys) for row in await reader.fetch(ORDERS_OF_IMAGES, *key)]
    return {(row["account_id"], row["id"]): (row["account_id"], row["order_id"]) for row in rows}


async def order_states(reader: Reader, keys: Sequence[OrderKey]) -> dict[OrderKey, OrderState]:
    """Read orders, an account at a time; those that do not exist are left out.

    To change them, the counters of their accounts have to be locked.
    """
    states: dict[OrderKey, OrderState] = {}
    for account_id, ids in by_account(keys):
        states |= await _of_account(reader, account_id, ids)
    return states


def by_account(keys: Iterable[tuple[UUID, UUID]]) -> Iterable[tuple[UUID, list[UUID]]]:
    """Return the ids of each account."""
    ids: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for account_id, id_ in keys:
        ids[account_id].append(id_)
    return ids.items()


async def _of_account(reader: Reader, account_id: UUID, ids: Sequence[UUID]) -> dict[OrderKey, OrderState]:
    rows = await reader.fetch(ORDERS, account_id, ids)
    if not rows:
        return {}
    images = await reader.fetch(IMAGES, account_id, ids)
    sent_back = [row["id"] for row in images if row["first_rejected_at"] is not None]
    rejections = _grouped(await reader.fetch(REJECTIONS, account_id, sent_back)) if sent_back else {}
    unusual = {row["id"] for row in rows if row["service_level"] != ServiceLevel.STANDARD}
    reviewable = [row["id"] for row in images if row["order_id"] in unusual]
    reviews = _grouped(await reader.fetch(REVIEWS, account_id, reviewable)) if reviewable else {}
    of_order = _grouped(images)
    states: dict[OrderKey, OrderState] = {}
    for row in rows:
        of_row = [
            _image(row, image, rejections.get(image["id"], ()), reviews.get(image["id"], ()))
            async for image in paused(of_order[row["id"]])
        ]
        states[account_id, row["id"]] = _order(row, tuple(of_row))
    return states


def _grouped(rows: Iterable[Record]) -> dict[UUID, list[Record]]:
    """Group sorted rows by their first column."""
    return {key: list(group) for key, group in groupby(rows, itemgetter(0))}


def _order(row: Record, images: tuple[ImageState, ...]) -> OrderState:
    specification = OrderedSpecification(
        row["specification_id"], row["specification_version"], row["price_per_image"], row["currency"]
    )
    kept_due_at, revised_at = row["kept_due_at"], row["revised_at"]
    return OrderState(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        specification=specification,
        service_level=ServiceLevel(row["service_level"]),
        placed_at=row["placed_at"],
        updated_at=row["updated_at"],
        deadline_status=DeadlineStatus(row["deadline_status"]),
        due_at=row["due_at"],
        sla_version=row["sla_version"],
        images=images,
        expedited_at=row["expedited_at"],
        confirmed_at=row["confirmed_at"],
        completed_at=row["completed_at"],
        cancelled_at=row["cancelled_at"],
        split_from=row["split_from"],
        kept=None if kept_due_at is None else KeptDeadline(kept_due_at, row["kept_sla_version"]),
        revision=None if revised_at is None else Revision(revised_at, row["first_confirmed_due_at"]),
        external_reference=row["external_reference"],
        instructions=row["instructions"],
    )


def _image(order: Record, row: Record, rejections: Iterable[Record], reviews: Iterable[Record]) -> ImageState:
    until = row["claimed_until"]
    return ImageState(
        id=row["id"],
        number=row["number"],
        filename=row["filename"],
        position=row["position"],
        expedite_position=row["expedite_position"],
        price=row["price"],
        due_at=row["due_at"],
        first_delivered_at=row["first_delivered_at"],
        rejections=tuple(_rejection(each) for each in rejections),
        claim=None if until is None else Claim(row["claimed_by"], until),
        first_claimed_at=row["first_claimed_at"],
        cancelled_at=row["cancelled_at"],
        external_reference=row["external_reference"],
        instructions=row["instructions"],
        preview_url=row["preview_url"],
        result=ImageResult(row["result_url"], row["result_preview_url"]),
        delivered_by=row["delivered_by"],
        reviews=(*(_review(each, row["first_delivered_at"]) for each in reviews), *_open_review(order, row)),
    )


def _review(row: Record, delivered_at: datetime | None) -> ReviewState:
    """Return a review; the delivery that ended it is a fact of its image."""
    ended_at = row["ended_at"]
    return ReviewState(row["begun_at"], row["due_at"], None if ended_at == delivered_at else ended_at)


def _open_review(order: Record, image: Record) -> Iterator[ReviewState]:
    """Yield the open review of an image; the release before, 0.1.0, leaves the instant when it ends one.

    It began with the upload, or with the expedite of an image that had a deadline then, and keeps it.
    """
    ended = image["first_delivered_at"] or image["cancelled_at"]
    if image["review_by"] and not ended and order["deadline_status"] != DeadlineStatus.CONFIRMED:
        begun_at = order["placed_at"] if image["due_at"] is None else order["expedited_at"]
        yield ReviewState(begun_at, image["review_by"])


def _rejection(row: Record) -> RejectionState:
    return RejectionState(
        id=row["id"],
        at=row["at"],
        reason=row["reason"],
        due_at=row["due_at"],
        sla_version=row["sla_version"],
        redelivered_at=row["redelivered_at"],
        category=None if row["category"] is None else RejectionCategory(row["category"]),
    )
