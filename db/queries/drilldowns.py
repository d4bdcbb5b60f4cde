"""Reads of the images behind a number of the Pulse or of the compliance, newest first.

Each list has exactly the images its number counts, by the same conditions, as known at the number's instant T. Its key
is the instant at which an image counted, and an id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.local_time import Interval
from app.domain.orders.enums import ServiceLevel
from db.connections import Record
from db.queries.images import IMAGE_COLUMNS, IMAGE_PROMISES, OWED, ImageRow, image_row
from db.queries.pages import GREATEST_UUID, LATEST, LEAST_UUID, WALKED, Key, Page, Slice, Span, Walk, pages, walk
from db.readers import Reader

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Drilldown:
    """A list of images: the statements that read it, the range of its keys, and the values of its condition.

    The statements read the lists of many accounts, or `of_one`.
    """

    walk: Walk
    span: Span
    arguments: tuple[object, ...] = ()
    of_one: bool = False


def _listed(name: str, keys: str) -> Walk:
    """Make the statements that read the images of a list from the text that reads its keys."""
    return walk(
        name,
        f"""
    WITH page AS MATERIALIZED (
      SELECT p.account_id, k.at, k.id, k.image_id
      FROM unnest($1::uuid[]) AS p (account_id)
      CROSS JOIN LATERAL (SELECT * FROM ({keys}) AS k LIMIT $6) AS k
    )
    SELECT {IMAGE_COLUMNS}, k.at, k.id
    FROM page k
    JOIN images i ON i.account_id = k.account_id AND i.id = k.image_id {IMAGE_PROMISES}
    ORDER BY i.account_id, k.at {{desc}}, k.id {{desc}}
    """,
    )


# Images by their upload, without those cancelled before T: images_uploaded_idx.
_UPLOADED: Final = _listed(
    "uploaded_images",
    f"""
      SELECT i.uploaded_at AS at, i.id, i.id AS image_id FROM images i
      WHERE i.account_id = p.account_id AND (i.uploaded_at, i.id) > ($2, $3) AND (i.uploaded_at, i.id) < ($4, $5)
        AND (i.cancelled_at IS NULL OR i.cancelled_at >= $7)
      ORDER BY i.uploaded_at {{desc}}, i.id {{desc}}
      LIMIT {WALKED}""",
)

# Images by their first delivery, in time or not or both: the halves of images_delivered_idx, merged.
_DELIVERED: Final = _listed(
    "delivered_images",
    f"""
      SELECT i.at, i.id, i.id AS image_id
      FROM unnest($7::boolean[]) AS h (on_time)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT i.first_delivered_at AS at, i.id FROM images i
          WHERE i.account_id = p.account_id AND coalesce(i.first_delivered_at <= i.due_at, false) = h.on_time
            AND i.first_delivered_at IS NOT NULL
            AND (i.first_delivered_at, i.id) > ($2, $3) AND (i.first_delivered_at, i.id) < ($4, $5)
          ORDER BY i.first_delivered_at {{desc}}, i.id {{desc}}
          LIMIT {WALKED}
        ) AS i LIMIT $6
      ) AS i
      ORDER BY i.at {{desc}}, i.id {{desc}}
      LIMIT $6""",
)

# Images by their first delivery, those rejected before T: images_rejected_idx.
_REJECTED: Final = _listed(
    "rejected_images",
    f"""
      SELECT i.first_delivered_at AS at, i.id, i.id AS image_id FROM images i
      WHERE i.account_id = p.account_id AND i.first_rejected_at < $7
        AND (i.first_delivered_at, i.id) > ($2, $3) AND (i.first_delivered_at, i.id) < ($4, $5)
      ORDER BY i.first_delivered_at {{desc}}, i.id {{desc}}
      LIMIT {WALKED}""",
)

# Images by the deadline they missed or have still to meet, of some levels: images_late_idx of each level, merged.
_BY_DEADLINE: Final = _listed(
    "images_by_deadline",
    f"""
      SELECT i.at, i.id, i.id AS image_id
      FROM unnest($7::text[]) AS l (service_level)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT i.late_at AS at, i.id FROM images i
          WHERE i.account_id = p.account_id AND i.service_level = l.service_level AND i.late_at IS NOT NULL
            AND (i.late_at, i.id) > ($2, $3) AND (i.late_at, i.id) < ($4, $5)
          ORDER BY i.late_at {{desc}}, i.id {{desc}}
          LIMIT {WALKED}
        ) AS i LIMIT $6
      ) AS i
      ORDER BY i.at {{desc}}, i.id {{desc}}
      LIMIT $6""",
)

# Rejections, each with its image, by the deadline they missed or have still to meet: rejections_late_idx.
_REJECTIONS_BY_DEADLINE: Final = _listed(
    "rejections_by_deadline",
    f"""
      SELECT r.late_at AS at, r.id, r.image_id FROM rejections r
      WHERE r.account_id = p.account_id AND r.late_at IS NOT NULL
        AND (r.late_at, r.id) > ($2, $3) AND (r.late_at, r.id) < ($4, $5)
      ORDER BY r.late_at {{desc}}, r.id {{desc}}
      LIMIT {WALKED}""",
)

# Reviews of one account, each with its image, by the instant they missed or have still to meet: ended ones by
# reviews_late_idx, open ones by orders_by_review_idx and images_of_order_idx, merged. An image has none twice at one
# instant, since a review that begins after a missed one is due later.
_REVIEWS_BY_DEADLINE: Final = walk(
    "reviews_by_deadline",
    f"""
    WITH page AS MATERIALIZED (
      SELECT * FROM (
        (
          SELECT w.late_at AS at, w.image_id FROM reviews w
          WHERE w.account_id = $1 AND w.late_at IS NOT NULL
            AND (w.late_at, w.image_id) > ($2, $3) AND (w.late_at, w.image_id) < ($4, $5)
          ORDER BY w.late_at {{desc}}, w.image_id {{desc}}
          LIMIT {WALKED}
        )
        UNION ALL
        (
          SELECT o.review_by, i.id FROM orders o
          CROSS JOIN LATERAL (
            SELECT i.id FROM images i
            WHERE i.account_id = $1 AND i.order_id = o.id AND {OWED}
            OFFSET 0
          ) AS i
          WHERE o.account_id = $1 AND o.review_by >= $2 AND o.review_by <= $4
            AND (o.review_by, i.id) > ($2, $3) AND (o.review_by, i.id) < ($4, $5)
          ORDER BY o.review_by {{desc}}, i.id {{desc}}
          LIMIT {WALKED}
        )
      ) AS w
      ORDER BY at {{desc}}, image_id {{desc}}
      LIMIT $6
    )
    SELECT {IMAGE_COLUMNS}, k.at, k.image_id
    FROM page k
    CROSS JOIN LATERAL (SELECT * FROM images WHERE account_id = $1 AND id = k.image_id OFFSET 0) AS i
    CROSS JOIN LATERAL (SELECT * FROM orders WHERE account_id = $1 AND id = i.order_id OFFSET 0) AS o
    LEFT JOIN LATERAL (
      SELECT sla_version FROM rejections
      WHERE account_id = $1 AND image_id = i.id AND at = i.rejected_at AND redelivered_at IS NULL
      OFFSET 0
    ) AS r ON true
    ORDER BY k.at {{desc}}, k.image_id {{desc}}
    """,
)


def uploaded_images(window: Interval) -> Drilldown:
    """List the images uploaded in a window and not cancelled before its end."""
    return Drilldown(_UPLOADED, _during(window), (window.end,))


def delivered_images(window: Interval) -> Drilldown:
    """List the images first delivered in a window."""
    return Drilldown(_DELIVERED, _during(window), ((True, False),))


def on_time_images(window: Interval) -> Drilldown:
    """List the images first delivered in a window, not after their deadline."""
    return Drilldown(_DELIVERED, _during(window), ((True,),))


def rejected_images(window: Interval) -> Drilldown:
    """List the images first delivered in a window and rejected before its end."""
    return Drilldown(_REJECTED, _during(window), (window.end,))


def late_images(window: Interval, levels: tuple[ServiceLevel, ...]) -> Drilldown:
    """List the images of some levels that missed their deadline in a window."""
    return Drilldown(_BY_DEADLINE, _during(window), (levels,))


def open_images(now: datetime, levels: tuple[ServiceLevel, ...]) -> Drilldown:
    """Return the list of undelivered images of some levels whose deadline has not passed now."""
    return Drilldown(_BY_DEADLINE, _from(now), (levels,))


def late_redos(window: Interval) -> Drilldown:
    """List the rejections that missed their deadline in a window, each by its image."""
    return Drilldown(_REJECTIONS_BY_DEADLINE, _during(window))


def open_redos(now: datetime) -> Drilldown:
    """Return the list of rejections without a redelivery whose deadline has not passed now, each by its image."""
    return Drilldown(_REJECTIONS_BY_DEADLINE, _from(now))


def late_reviews(window: Interval) -> Drilldown:
    """List the reviews that were missed in a window, each by its image."""
    return Drilldown(_REVIEWS_BY_DEADLINE, _during(window), of_one=True)


def open_reviews(now: datetime) -> Drilldown:
    """Return the list of open reviews that are not due before now, each by its image."""
    return Drilldown(_REVIEWS_BY_DEADLINE, _from(now), of_one=True)


async def drill_down(
    reader: Reader, accounts: Sequence[UUID], part: Slice, drilldown: Drilldown
) -> dict[UUID, Page[ImageRow]]:
    """Read a page of a list for each account."""
    lower, upper = drilldown.span.within(part)
    statement = drilldown.walk.towards(part)
    arguments = (*lower, *upper, part.size + 1, *drilldown.arguments)
    asked = accounts if drilldown.of_one else [accounts]
    records = [record for each in asked for record in await reader.fetch(statement, each, *arguments)]
    return await pages(records, accounts, part, _keyed)


def _during(window: Interval) -> Span:
    """Return the keys of a window; its first instant has any id, and the one after it has none."""
    return Span((window.start - _MICROSECOND, GREATEST_UUID), (window.end, LEAST_UUID), descending=True)


def _from(now: datetime) -> Span:
    return _during(Interval(now, LATEST))


def _keyed(record: Record) -> tuple[UUID, Key, ImageRow]:
    *values, at, key = record
    row = image_row(values)
    return row.account_id, (at, key), row
