"""Reads of operations: the steps that are completed, and the times that they took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.production.operations import Performer
from app.domain.specifications import steps_of
from app.domain.texts import composed
from db.connections import Statement
from db.queries.order_states import ImageKey, OrderKey, by_account
from db.readers import Reader

MEASURED: Final = timedelta(days=90)
"""The time over which operations are measured."""


@dataclass(slots=True)
class CompletedStepRow:
    """The latest operation of a step on an image, since its last rejection."""

    step: str
    performed_by: Performer
    at: datetime
    milliseconds: int


class MeasuredStep(NamedTuple):
    """The median milliseconds and the number of the operations of a step by retouchers."""

    median: float
    operation_count: int


# The latest operation of each step on images of an account since the last rejection of each, in order:
# operations_of_image_idx, rejections_of_image_idx.
_COMPLETED: Final = Statement(
    "completed_steps",
    """
    SELECT * FROM (
      SELECT DISTINCT ON (o.image_id, o.step) o.image_id, o.step, o.performed_by, o.at, o.milliseconds, o.id
      FROM operations o
      LEFT JOIN (
        SELECT image_id, max(at) AS at FROM rejections
        WHERE account_id = $1 AND image_id = ANY($2::uuid[]) GROUP BY image_id
      ) r ON r.image_id = o.image_id
      WHERE o.account_id = $1 AND o.image_id = ANY($2::uuid[]) AND (r.at IS NULL OR o.at > r.at)
      ORDER BY o.image_id, o.step, o.at DESC, o.id DESC
    ) AS latest
    ORDER BY image_id, at, id
    """,
)

# The number of images of each order of an account, cancelled ones left out, on which each step is completed since the
# last rejection: images_of_order_idx, operations_of_image_idx, rejections_of_image_idx.
_PROGRESS: Final = Statement(
    "steps_completed_in_orders",
    """
    SELECT i.order_id, o.step, count(DISTINCT i.id)
    FROM images i
    CROSS JOIN LATERAL (SELECT max(at) AS at FROM rejections WHERE account_id = $1 AND image_id = i.id) AS r
    JOIN operations o ON o.account_id = $1 AND o.image_id = i.id AND o.at > coalesce(r.at, '-infinity')
    WHERE i.account_id = $1 AND i.order_id = ANY($2::uuid[]) AND i.cancelled_at IS NULL
    GROUP BY i.order_id, o.step
    """,
)

# The median time and the number of operations of steps by retouchers, from an instant ($2) until another ($3), by all
# accounts: operations_by_retouchers_idx.
_MEASURED: Final = Statement(
    "measured_steps",
    """
    SELECT o.step, percentile_cont(0.5) WITHIN GROUP (ORDER BY o.milliseconds), count(*)
    FROM operations o
    WHERE o.performed_by = 'RETOUCHER' AND o.step = ANY($1::text[]) AND o.at >= $2 AND o.at < $3
    GROUP BY o.step
    """,
    many="a median retoucher works for all accounts",
)

# The steps of the specification versions of images of an account; the primary keys.
_SPECIFIED: Final = Statement(
    "steps_of_images",
    """
    SELECT v.specification_id, v.version, v.steps
    FROM specification_versions v
    WHERE v.account_id = $1 AND (v.specification_id, v.version) IN (
      SELECT i.specification_id, i.specification_version FROM images i
      WHERE i.account_id = $1 AND i.id = ANY($2::uuid[]))
    """,
)


async def completed_steps(reader: Reader, images: Sequence[ImageKey]) -> dict[ImageKey, list[CompletedStepRow]]:
    """Read the steps completed on each image since its last rejection, each once, the latest last."""
    steps: dict[ImageKey, list[CompletedStepRow]] = {image: [] for image in images}
    for account_id, ids in by_account(images):
        for image_id, step, performed_by, at, milliseconds, _ in await reader.fetch(_COMPLETED, account_id, ids):
            steps[account_id, image_id].append(CompletedStepRow(step, Performer(performed_by), at, milliseconds))
    return steps


async def steps_completed_in_orders(reader: Reader, orders: Sequence[OrderKey]) -> dict[OrderKey, dict[str, int]]:
    """Count the images of each order on which each step is completed; steps of none are left out."""
    counts: dict[OrderKey, dict[str, int]] = {order: {} for order in orders}
    for account_id, ids in by_account(orders):
        for order_id, step, count in await reader.fetch(_PROGRESS, account_id, ids):
            counts[account_id, order_id][step] = count
    return counts


async def measured_steps(reader: Reader, steps: Sequence[str], now: datetime) -> dict[str, MeasuredStep | None]:
    """Measure the operations by retouchers in the 90 days before an instant (UTC); None for a step without any."""
    records = await reader.fetch(_MEASURED, steps, now - MEASURED, now)
    return {**dict.fromkeys(steps), **{step: MeasuredStep(*measured) for step, *measured in records}}


async def steps_of_images(reader: Reader, images: Sequence[ImageKey]) -> dict[tuple[UUID, int], frozenset[str]]:
    """Read the names (NFC) of the steps of the images' specification versions, by specification and version."""
    return {
        (row["specification_id"], row["version"]): frozenset(composed(each.step) for each in steps_of(row["steps"]))
        for account_id, ids in by_account(images)
        for row in await reader.fetch(_SPECIFIED, account_id, ids)
    }
