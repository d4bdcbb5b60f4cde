"""Reads of images: by id, and those of orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import ImageStatus, ServiceLevel
from app.domain.orders.summaries import ImageSummary
from db.connections import Record, Statement
from db.queries.pages import GREATEST_UUID, LEAST_UUID, WALKED, Key, Page, Slice, Span, pages, walk
from db.readers import Reader

ImageKey: TypeAlias = tuple[UUID, UUID]
"""The account and the id."""
OrderKey: TypeAlias = tuple[UUID, UUID]


@dataclass(slots=True)
class ImageRow:
    """An image as in the table `images`, with the terms of its order for its deadline and price.

    `stored_status` ignores claims, which the clock ends; `status` is that at an instant.
    `redo_sla_version` is the version of the SLA that made the deadline of the open rejection, `kept_sla_version` that
    of the deadline that staff replaced for the order's undelivered images. `preview_url` is that of the result once
    there is one, else of the upload.
    """

    account_id: UUID
    id: UUID
    order_id: UUID
    number: int
    filename: str
    stored_status: ImageStatus
    service_level: ServiceLevel
    uploaded_at: datetime
    position: int
    expedite_position: int | None
    price: Decimal
    due_at: datetime | None
    late_at: datetime | None
    first_delivered_at: datetime | None
    delivered_at: datetime | None
    first_rejected_at: datetime | None
    rejected_at: datetime | None
    redo_due_at: datetime | None
    cancelled_at: datetime | None
    claimed_until: datetime | None
    first_claimed_at: datetime | None
    external_reference: str | None
    instructions: str | None
    preview_url: str | None
    result_url: str | None
    review_by: datetime | None
    currency: str
    deadline_status: DeadlineStatus
    sla_version: int
    expedited_at: datetime | None
    confirmed_at: datetime | None
    kept_sla_version: int | None
    revised_at: datetime | None
    first_confirmed_due_at: datetime | None
    redo_sla_version: int | None

    @property
    def summary(self) -> ImageSummary:
        """The summary of the image."""
        return ImageSummary(
            id=self.id,
            filename=self.filename,
            due_at=self.due_at,
            expedited_at=self.expedited_at,
            begun_at=self.first_claimed_at or self.first_delivered_at,
            cancelled_at=self.cancelled_at,
            delivered_at=self.delivered_at,
            is_rejected=self.rejected_at is not None,
        )

    def status(self, now: datetime) -> ImageStatus:
        """Return its status: IN_PRODUCTION while it is claimed."""
        claimed = self.claimed_until is not None and self.claimed_until > now
        return ImageStatus.IN_PRODUCTION if claimed else self.stored_status


OWED: Final = "i.first_delivered_at IS NULL AND i.cancelled_at IS NULL AND o.deadline_status <> 'CONFIRMED'"
"""True if the review of an image `i` of an order `o` is open; the release before, 0.1.0, leaves `review_by`."""

IMAGE_COLUMNS: Final = f"""
      i.account_id, i.id, i.order_id, i.number, i.filename, i.status AS stored_status, i.service_level, i.uploaded_at,
      i.position, i.expedite_position, i.price, i.due_at, i.late_at, i.first_delivered_at, i.delivered_at,
      i.first_rejected_at, i.rejected_at, i.redo_due_at, i.cancelled_at, i.claimed_until, i.first_claimed_at,
      i.external_reference, i.instructions, coalesce(i.result_preview_url, i.preview_url) AS preview_url, i.result_url,
      CASE WHEN {OWED} THEN i.review_by END AS review_by, o.currency,
      o.deadline_status, o.sla_version, o.expedited_at, o.confirmed_at, o.kept_sla_version,
      o.revised_at, o.first_confirmed_due_at, r.sla_version AS redo_sla_version"""
"""The columns of an ImageRow, of images `i` and the joins IMAGE_PROMISES."""

IMAGE_PROMISES: Final = """
    JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
    LEFT JOIN rejections r ON r.account_id = i.account_id AND r.image_id = i.id AND r.at = i.rejected_at
      AND r.redelivered_at IS NULL"""

_STATUS: Final = "CASE WHEN i.claimed_until > {now} THEN 'IN_PRODUCTION' ELSE i.status END"
"""The status of an image at an instant."""

# Images by id: the primary keys of images and orders, rejections_of_image_idx.
_BY_ID: Final = Statement(
    "images_by_id",
    f"""
    SELECT {IMAGE_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN images i ON i.account_id = p.account_id AND i.id = p.id {IMAGE_PROMISES}
    """,
)

# The images of orders in the order of their list, of all or of some statuses: images_of_order_idx, from the bound on.
_OF_ORDER: Final = walk(
    "images_of_order",
    f"""
    WITH page AS MATERIALIZED (
      SELECT i.*
      FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, order_id)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT * FROM images i
          WHERE i.account_id = p.account_id AND i.order_id = p.order_id
            AND (i.number, i.id) > ($3, $4) AND (i.number, i.id) < ($5, $6)
            AND ($7::text[] IS NULL OR {_STATUS.format(now="$9::timestamptz")} = ANY($7))
          ORDER BY i.number {{asc}}, i.id {{asc}}
          LIMIT {WALKED}
        ) AS i LIMIT $8
      ) AS i
    )
    SELECT {IMAGE_COLUMNS}
    FROM page i {IMAGE_PROMISES}
    ORDER BY i.order_id, i.number {{asc}}, i.id {{asc}}
    """,
)

# The number of images of orders in some statuses: images_of_order_idx, all of an order.
_COUNT_OF_ORDER: Final = Statement(
    "images_of_order_count",
    f"""
    SELECT p.account_id, p.order_id, count(*)
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, order_id)
    JOIN images i ON i.account_id = p.account_id AND i.order_id = p.order_id
      AND {_STATUS.format(now="$4::timestamptz")} = ANY($3::text[])
    GROUP BY p.account_id, p.order_id
    """,
)

IMAGE_OF_ORDER_SPAN: Final = Span(least=(0, LEAST_UUID), greatest=(2**31 - 1, GREATEST_UUID))


def image_row(record: Iterable[Any]) -> ImageRow:
    """Read an image from the values of IMAGE_COLUMNS."""
    row = ImageRow(*record)
    row.stored_status = ImageStatus(row.stored_status)
    row.service_level = ServiceLevel(row.service_level)
    row.deadline_status = DeadlineStatus(row.deadline_status)
    return row


async def images_by_id(reader: Reader, keys: Sequence[ImageKey]) -> dict[ImageKey, ImageRow]:
    """Read images by account and id; those that do not exist are left out."""
    records = await reader.fetch(_BY_ID, [key[0] for key in keys], [key[1] for key in keys])
    return {(row.account_id, row.id): row for row in map(image_row, records)}


async def images_of_orders(
    reader: Reader, orders: Sequence[OrderKey], part: Slice, statuses: tuple[ImageStatus, ...] | None, now: datetime
) -> dict[OrderKey, Page[ImageRow]]:
    """Read a page of the images of each order, named by account and id, in the order of their list.

    Without `statuses` all of them, else those that have one of them now.
    """
    lower, upper = IMAGE_OF_ORDER_SPAN.within(part)
    accounts, ids = [key[0] for key in orders], [key[1] for key in orders]
    records = await reader.fetch(_OF_ORDER.towards(part), accounts, ids, *lower, *upper, statuses, part.size + 1, now)
    return await pages(records, orders, part, _keyed)


async def count_images_of_orders(
    reader: Reader, orders: Sequence[OrderKey], statuses: tuple[ImageStatus, ...], now: datetime
) -> dict[OrderKey, int]:
    """Count the images of each order, named by account and id, that have one of the statuses now."""
    accounts, ids = [key[0] for key in orders], [key[1] for key in orders]
    records = await reader.fetch(_COUNT_OF_ORDER, accounts, ids, statuses, now)
    return dict.fromkeys(orders, 0) | {(account, order): count for account, order, count in records}


def _keyed(record: Record) -> tuple[OrderKey, Key, ImageRow]:
    row = image_row(record)
    return (row.account_id, row.order_id), (row.number, row.id), row
