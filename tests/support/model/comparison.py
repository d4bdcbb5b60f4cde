"""All rows of a world's accounts, in the database and as the model computes them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from tests.support.customers import Customer
from tests.support.model.facts import Image, Inquiry, Order
from tests.support.model.orders import Account
from tests.support.model.world import World

Row: TypeAlias = tuple[Any, ...]


async def assert_rows_match_model(world: World) -> None:
    """Assert that all rows equal those of the model."""
    for customer, account in zip(world.customers, world.accounts, strict=True):
        assert await rows(customer, ORDERS) == [order_row(order) for order in account.orders]
        images = [image_row(order, image) for order, image in account.images]
        assert await rows(customer, IMAGES) == sorted(images, key=lambda row: (row[0], row[1]))
        rejections = [row for _, image in account.images for row in rejection_rows(image)]
        assert await rows(customer, REJECTIONS) == sorted(rejections)
        reviews = [row for _, image in account.images for row in review_rows(image)]
        assert await rows(customer, REVIEWS) == sorted(reviews)
        assert await rows(customer, INQUIRIES) == [inquiry_row(each) for each in account.inquiries]
        operations = [(image.id, *each) for _, image in account.images for each in image.operations]
        assert await rows(customer, OPERATIONS) == sorted(operations)
        assert await rows(customer, LEDGER_DAYS) == ledger_rows(account)


async def rows(customer: Customer, sql: str) -> list[Row]:
    return [tuple(row) for row in await customer.pool.fetch(sql, customer.account_id)]


ORDERS = """
    SELECT o.id, o.number, o.name, o.service_level, o.status, o.placed_at, o.deadline_status, o.due_at, o.late_at,
           o.sla_version, o.first_position, o.last_position, o.expedited_at, o.first_expedite_position,
           o.last_expedite_position, o.confirmed_at, o.image_count, o.delivered_count, o.rejected_count, o.price,
           o.delivered_at, o.completed_at, o.cancelled_at, o.split_from, o.external_reference, o.instructions,
           o.updated_at, o.begun_at, o.last_delivered_at, o.revised_at,
           o.first_confirmed_due_at, o.kept_due_at, o.kept_sla_version, o.cancelled_count, o.thumbnail_url,
           o.review_by
      FROM orders o WHERE o.account_id = $1 ORDER BY o.number
"""
IMAGES = """
    SELECT o.number, i.number, i.id, i.filename, i.status, i.service_level, i.uploaded_at, i.position,
           i.expedite_position, i.price, i.due_at, i.late_at, i.first_delivered_at, i.delivered_at,
           i.first_rejected_at, i.rejected_at, i.redo_due_at, i.cancelled_at, i.claimed_by, i.claimed_until,
           i.first_claimed_at, i.external_reference, i.instructions, i.preview_url, i.result_url, i.result_preview_url,
           i.delivered_by, i.review_by
      FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
     WHERE i.account_id = $1 ORDER BY o.number, i.number
"""
REJECTIONS = """
    SELECT image_id, at, reason, category, due_at, sla_version, redelivered_at IS NULL, redelivered_at, late_at
      FROM rejections WHERE account_id = $1 ORDER BY image_id, at, redelivered_at NULLS LAST
"""
OPERATIONS = """
    SELECT image_id, at, step, performed_by, milliseconds
      FROM operations WHERE account_id = $1 ORDER BY image_id, at, step, performed_by, milliseconds
"""
REVIEWS = """
    SELECT image_id, number, begun_at, due_at, late_at, ended_at FROM reviews WHERE account_id = $1 ORDER BY 1, 2
"""
INQUIRIES = """
    SELECT id, order_id, created_at, due_at, answered_at FROM inquiries WHERE account_id = $1 ORDER BY created_at
"""
LEDGER_DAYS = """
    SELECT date, opens_at, closes_at, sla_version, capacity, used, expedite_capacity, expedite_used
      FROM ledger_days WHERE account_id = $1 ORDER BY date
"""


def order_row(order: Order) -> Row:
    images = order.counted
    positions = [image.position for image in images]
    expedites = [image.expedite_position for image in images if image.expedite_position is not None]
    delivered = [image for image in images if image.is_delivered]
    return (
        order.id,
        order.number,
        order.name,
        order.level,
        order.status,
        order.placed_at,
        order.deadline_status,
        order.due_at,
        min((late for image in order.images if (late := late_at(image))), default=None),
        order.sla_version,
        min(positions),
        max(positions),
        order.expedited_at,
        min(expedites, default=None),
        max(expedites, default=None),
        order.confirmed_at,
        len(images),
        len(delivered),
        sum(image.awaits_redelivery for image in images),
        sum((image.price for image in images), Decimal(0)),
        max(image.delivered_at[-1] for image in images) if len(delivered) == len(images) else None,
        order.completed_at,
        order.cancelled_at,
        None if order.split_from is None else order.split_from.id,
        order.external_reference,
        order.instructions,
        order.updated_at,
        min((at for image in images if (at := image.first_claimed_at)), default=None),
        max((image.delivered_at[-1] for image in delivered), default=None),
        order.revised_at,
        order.first_confirmed_due_at,
        *(order.kept or (None, None)),
        len(order.images) - len(images),
        images[0].result[1] or images[0].preview_url,
        next((by for image in order.images if (by := image.review_by)), None),
    )


def image_row(order: Order, image: Image) -> Row:
    last = image.rejections[-1] if image.awaits_redelivery else None
    return (
        order.number,
        image.number,
        image.id,
        image.filename,
        image_status(image),
        order.level,
        image.uploaded_at,
        image.position,
        image.expedite_position,
        image.price,
        image.due_at,
        late_at(image),
        image.delivered_at[0] if image.delivered_at else None,
        image.delivered_at[-1] if image.delivered_at else None,
        image.rejections[0].at if image.rejections else None,
        None if last is None else last.at,
        None if last is None else last.due_at,
        image.cancelled_at,
        image.claimed_by,
        image.claimed_until,
        image.first_claimed_at,
        image.external_reference,
        image.instructions,
        image.preview_url,
        *image.result,
        image.delivered_by,
        image.review_by,
    )


def image_status(image: Image) -> str:
    """Return the status of the row, which does not show claims."""
    if image.cancelled_at is not None:
        return "CANCELLED"
    if not image.delivered_at:
        return "QUEUED"
    return "REJECTED" if image.awaits_redelivery else "DELIVERED"


def rejection_rows(image: Image) -> list[Row]:
    return [
        (
            image.id,
            each.at,
            each.reason,
            each.category,
            each.due_at,
            each.sla_version,
            each.redelivered_at is None,
            each.redelivered_at,
            None if each.redelivered_at is not None and each.redelivered_at <= each.due_at else each.due_at,
        )
        for each in image.rejections
    ]


def review_rows(image: Image) -> list[Row]:
    return [
        (
            image.id,
            number,
            each.begun_at,
            each.due_at,
            None
            if (ended_at := each.ended_at or image.cancelled_at) is not None and ended_at <= each.due_at
            else each.due_at,
            each.ended_at,
        )
        for number, each in enumerate(image.reviews, start=1)
        if each is not image.open_review
    ]


def inquiry_row(inquiry: Inquiry) -> Row:
    return inquiry.id, inquiry.order_id, inquiry.created_at, inquiry.due_at, inquiry.answered_at


def ledger_rows(account: Account) -> list[Row]:
    return [
        (
            day.name,
            day.opens_at,
            day.closes_at,
            day.sla_version,
            day.capacity,
            day.used,
            day.quota,
            day.expedited,
        )
        for day in account.days
        if day.written
    ]


def late_at(image: Image) -> datetime | None:
    """Return the instant from which the image is late as far as is known, None if delivered or cancelled in time."""
    ended_at = image.delivered_at[0] if image.delivered_at else image.cancelled_at
    if image.due_at is None or (ended_at is not None and ended_at <= image.due_at):
        return None
    return image.due_at
