"""Writing the rows of orders and of ledger days."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.domain.ledger.quota import QuotaDay
from app.services.orders.rows import IMAGES, ORDERS, REJECTIONS, REVIEWS, OrderRows, Row
from db.tables.accounts import LedgerDay
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.tables.reviews import Review
from db.writer import Writer
from db.writes import update_columns, upsert

# Change orders, images, rejections and reviews; the primary keys find them.
CHANGE_ORDERS: Final = update_columns("change_orders", Order, *ORDERS.attributes)
CHANGE_IMAGES: Final = update_columns("change_images", Image, *IMAGES.attributes)
CHANGE_REJECTIONS: Final = update_columns("change_rejections", Rejection, *REJECTIONS.attributes)
CHANGE_REVIEWS: Final = update_columns("change_reviews", Review, *REVIEWS.attributes)

# Writes the use of a ledger day; the primary key.
WRITE_LEDGER_DAY: Final = upsert("write_ledger_day", LedgerDay, "closes_at", "used", "expedite_used")


async def write_orders(writer: Writer, rows: OrderRows) -> None:
    """Add and change orders, then their images, then the rejections and reviews of these."""
    for table, change, (added, changed) in (
        (Order, CHANGE_ORDERS, rows.orders),
        (Image, CHANGE_IMAGES, rows.images),
        (Rejection, CHANGE_REJECTIONS, rows.rejections),
        (Review, CHANGE_REVIEWS, rows.reviews),
    ):
        if added:
            await writer.copy(table, added)
        await writer.execute_columns(change, changed)


async def write_ledger_days(writer: Writer, days: Sequence[tuple[UUID, QuotaDay]]) -> None:
    """Write the use of ledger days of accounts."""
    await writer.execute_many(WRITE_LEDGER_DAY, (_ledger_day_row(account_id, day) for account_id, day in days))


def _ledger_day_row(account_id: UUID, day: QuotaDay) -> Row:
    allowance = day.allowance
    return (
        account_id,
        day.day.date,
        day.day.opens_at,
        day.day.closes_at,
        day.sla.version,
        allowance.capacity,
        allowance.used,
        allowance.expedite_capacity,
        allowance.expedite_used,
    )
