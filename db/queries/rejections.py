"""Reads of rejections: deliveries that a client sent back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from db.connections import Statement
from db.queries.images import ImageKey
from db.readers import Reader


@dataclass(slots=True)
class RejectionRow:
    """A rejection as in the table `rejections`."""

    account_id: UUID
    id: UUID
    image_id: UUID
    at: datetime
    reason: str
    due_at: datetime
    redelivered_at: datetime | None
    category: str | None


# Rejections by id: the primary key.
_BY_ID: Final = Statement(
    "rejections_by_id",
    """
    SELECT r.account_id, r.id, r.image_id, r.at, r.reason, r.due_at, r.redelivered_at, r.category
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN rejections r ON r.account_id = p.account_id AND r.id = p.id
    """,
)

# The rejections of images, oldest first: rejections_of_image_idx.
_OF_IMAGE: Final = Statement(
    "rejections_of_image",
    """
    SELECT r.account_id, r.id, r.image_id, r.at, r.reason, r.due_at, r.redelivered_at, r.category
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, image_id)
    JOIN rejections r ON r.account_id = p.account_id AND r.image_id = p.image_id
    ORDER BY r.at, r.redelivered_at NULLS LAST
    """,
)


async def rejections_by_id(reader: Reader, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], RejectionRow]:
    """Read rejections by account and id; those that do not exist are left out."""
    records = await reader.fetch(_BY_ID, [key[0] for key in keys], [key[1] for key in keys])
    rows = (RejectionRow(*record) for record in records)
    return {(row.account_id, row.id): row for row in rows}


async def rejections_of_images(reader: Reader, images: Sequence[ImageKey]) -> dict[ImageKey, list[RejectionRow]]:
    """Read the rejections of each image, named by account and id, oldest first."""
    rejections: dict[ImageKey, list[RejectionRow]] = {image: [] for image in images}
    for record in await reader.fetch(_OF_IMAGE, [key[0] for key in images], [key[1] for key in images]):
        row = RejectionRow(*record)
        rejections[row.account_id, row.image_id].append(row)
    return rejections
