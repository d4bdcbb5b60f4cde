"""Reads orders as the domain's states, with all their images and rejections."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.orders.state import (
    Claim,
    ImageState,
    KeptDeadline,
    OrderedSpecification,
    OrderState,
    RejectionState,
)
from app.domain.vocabulary import DeadlineStatus, ServiceLevel
from db.connections import Record, Statement
from db.readers import Reader

OrderKey: TypeAlias = tuple[UUID, UUID]
"""The account and the order."""
ImageKey: TypeAlias = tuple[UUID, UUID]
"""The account and the image."""

# Orders with what their specifications cost; primary keys find them.
ORDERS: Final = Statement(
    "order_states",
    """
    SELECT o.account_id, o.id, o.number, o.name, o.service_level, o.specification_id, o.specification_version,
        o.placed_at, o.currency, o.deadline_status, o.due_at, o.sla_version, o.kept_due_at, o.kept_sla_version,
        o.expedited_at, o.confirmed_at, o.completed_at, o.cancelled_at, o.split_from, v.price_per_image
      FROM unnest($1::uuid[], $2::uuid[]) AS asked (account_id, id)
      JOIN orders o ON o.account_id = asked.account_id AND o.id = asked.id
      JOIN specification_versions v
        ON v.account_id = o.account_id AND v.specification_id = o.specification_id
       AND v.version = o.specification_version
    """,
)

# The images of orders, as numbered; images_of_order_idx finds and sorts them.
IMAGES: Final = Statement(
    "image_states",
    """
    SELECT i.order_id, i.id, i.number, i.filename, i.position, i.expedite_position, i.price, i.due_at,
           i.first_delivered_at, i.claimed_by, i.claimed_until, i.first_claimed_at, i.first_rejected_at
      FROM unnest($1::uuid[], $2::uuid[]) AS asked (account_id, order_id)
      JOIN images i ON i.account_id = asked.account_id AND i.order_id = asked.order_id
     ORDER BY i.order_id, i.number
    """,
)

# The rejections of images, oldest first; rejections_of_image_idx finds them.
REJECTIONS: Final = Statement(
    "rejection_states",
    """
    SELECT r.image_id, r.id, r.at, r.reason, r.due_at, r.sla_version, r.redelivered_at
      FROM unnest($1::uuid[], $2::uuid[]) AS asked (account_id, image_id)
      JOIN rejections r ON r.account_id = asked.account_id AND r.image_id = asked.image_id
     ORDER BY r.image_id, r.at, r.redelivered_at NULLS LAST
    """,
)

# The orders of images; the primary key finds these.
ORDERS_OF_IMAGES: Final = Statement(
    "orders_of_images",
    """
    SELECT i.account_id, i.id, i.order_id
      FROM unnest($1::uuid[], $2::uuid[]) AS asked (account_id, id)
      JOIN images i ON i.account_id = asked.account_id AND i.id = asked.id
    """,
)


async def orders_of_images(reader: Reader, keys: Sequence[ImageKey]) -> dict[ImageKey, OrderKey]:
    """Tell the orders of images; what does not exist is left out."""
    rows = await reader.fetch(ORDERS_OF_IMAGES, *_columns(keys))
    return {(row["account_id"], row["id"]): (row["account_id"], row["order_id"]) for row in rows}


async def order_states(reader: Reader, keys: Sequence[OrderKey]) -> dict[OrderKey, OrderState]:
    """Read orders; what does not exist is left out. To change them, their accounts' heads have to be locked."""
    rows = await reader.fetch(ORDERS, *_columns(keys))
    if not rows:
        return {}
    images = await reader.fetch(IMAGES, *_columns(keys))
    accounts = {row["id"]: row["account_id"] for row in rows}
    sent_back = [(accounts[row["order_id"]], row["id"]) for row in images if row["first_rejected_at"] is not None]
    rejections = _grouped(await reader.fetch(REJECTIONS, *_columns(sent_back))) if sent_back else {}
    of_order = _grouped(images)
    return {
        (row["account_id"], row["id"]): _order(
            row, tuple(_image(image, rejections.get(image["id"], ())) for image in of_order[row["id"]])
        )
        for row in rows
    }


def _columns(keys: Sequence[tuple[UUID, UUID]]) -> tuple[list[UUID], list[UUID]]:
    return [key[0] for key in keys], [key[1] for key in keys]


def _grouped(rows: Iterable[Record]) -> dict[UUID, list[Record]]:
    """Group sorted rows by their first column."""
    return {key: list(group) for key, group in groupby(rows, itemgetter(0))}


def _order(row: Record, images: tuple[ImageState, ...]) -> OrderState:
    specification = OrderedSpecification(
        row["specification_id"], row["specification_version"], row["price_per_image"], row["currency"]
    )
    kept_due_at = row["kept_due_at"]
    return OrderState(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        specification=specification,
        service_level=ServiceLevel(row["service_level"]),
        placed_at=row["placed_at"],
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
    )


def _image(row: Record, rejections: Iterable[Record]) -> ImageState:
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
    )


def _rejection(row: Record) -> RejectionState:
    return RejectionState(
        id=row["id"],
        at=row["at"],
        reason=row["reason"],
        due_at=row["due_at"],
        sla_version=row["sla_version"],
        redelivered_at=row["redelivered_at"],
    )
