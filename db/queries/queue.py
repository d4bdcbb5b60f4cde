"""Reads of the production queue: the open images of all accounts, urgent first (domain rules, section 5)."""

from datetime import UTC, datetime
from typing import Final

from db.connections import Statement
from db.queries.images import IMAGE_COLUMNS, IMAGE_PROMISES, OWED, ImageRow, image_row
from db.queries.pages import (
    EARLIEST,
    GREATEST_UUID,
    LATEST,
    LEAST_UUID,
    WALKED,
    Key,
    Page,
    Slice,
    Span,
    page,
    walk,
)
from db.readers import Reader

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""The deadline, in keys, of images without one; asyncpg writes and reads PostgreSQL's infinity so, and -infinity as
EARLIEST."""

_DUE: Final = "coalesce(i.redo_due_at, i.due_at, 'infinity')"
_PROMISED: Final = "coalesce(CASE WHEN i.due_at IS NULL THEN i.review_by END, '-infinity')"
"""By when an image without a deadline has one; the same for all that have one."""
_BY_URGENCY: Final = f"{_DUE}, {_PROMISED}, i.uploaded_at, i.id"
_ASCENDING: Final = f"{_DUE} {{asc}}, {_PROMISED} {{asc}}, i.uploaded_at {{asc}}, i.id {{asc}}"
_UNDELIVERED: Final = "i.status IN ('QUEUED', 'REJECTED')"
_NOT_OWED: Final = f"""(
            i.review_by IS NULL OR NOT EXISTS (
              SELECT FROM orders o WHERE o.account_id = i.account_id AND o.id = i.order_id AND {OWED}))"""
_FREE: Final = f"{_UNDELIVERED} AND coalesce(i.claimed_until, '-infinity') <= {{now}}"


# The queue, without claimed images, between two bounds: images_by_urgency_idx.
_QUEUE: Final = walk(
    "production_queue",
    f"""
    WITH page AS MATERIALIZED (
      SELECT i.* FROM (
        SELECT i.* FROM images i
        WHERE {_FREE.format(now="$10")} AND ({_BY_URGENCY}) > ($1, $2, $3, $4) AND ({_BY_URGENCY}) < ($5, $6, $7, $8)
        ORDER BY {_ASCENDING}
        LIMIT {WALKED}
      ) AS i LIMIT $9
    )
    SELECT {IMAGE_COLUMNS}
    FROM page i {IMAGE_PROMISES}
    ORDER BY {_ASCENDING}
    """,
    many="the queue is of all accounts",
)

# The number of images in the queue: the whole of images_by_urgency_idx.
_COUNT: Final = Statement(
    "production_queue_count",
    f"SELECT count(*) FROM images i WHERE {_FREE.format(now='$1')}",
    many="the queue is of all accounts",
)

QUEUE_SPAN: Final = Span(
    least=(EARLIEST, EARLIEST, EARLIEST, LEAST_UUID), greatest=(NEVER, NEVER, LATEST, GREATEST_UUID)
)

# Undelivered images, claimed ones too, between two bounds: images_by_urgency_idx for those whose deadline is due, all
# with the same promise; all_orders_by_review_idx and images_of_order_idx for those that staff owe one by then, merged.
_AT_RISK: Final = walk(
    "images_at_risk",
    f"""
    WITH page AS MATERIALIZED (
      SELECT * FROM (
        (
          SELECT i.*, {_DUE} AS at FROM images i
          WHERE {_UNDELIVERED} AND {_NOT_OWED}
            AND ({_BY_URGENCY}) > ($1, '-infinity', $2, $3) AND ({_BY_URGENCY}) < ($4, '-infinity', $5, $6)
          ORDER BY {_ASCENDING}
          LIMIT {WALKED}
        )
        UNION ALL
        (
          SELECT i.*, o.review_by AS at FROM orders o
          JOIN images i ON i.account_id = o.account_id AND i.order_id = o.id
          WHERE {_UNDELIVERED} AND i.review_by IS NOT NULL AND {OWED}
            AND o.review_by >= $1 AND o.review_by <= $4
            AND (o.review_by, o.placed_at) >= ($1, $2) AND (o.review_by, o.placed_at) <= ($4, $5)
            AND (o.review_by, o.placed_at, i.id) > ($1, $2, $3) AND (o.review_by, o.placed_at, i.id) < ($4, $5, $6)
          ORDER BY o.review_by {{asc}}, o.placed_at {{asc}}, i.id {{asc}}
          LIMIT {WALKED}
        )
      ) AS i
      ORDER BY i.at {{asc}}, i.uploaded_at {{asc}}, i.id {{asc}}
      LIMIT $7
    )
    SELECT {IMAGE_COLUMNS}
    FROM page i {IMAGE_PROMISES}
    ORDER BY i.at {{asc}}, i.uploaded_at {{asc}}, i.id {{asc}}
    """,
    many="staff see the images at risk of all accounts",
)

# The number of undelivered images due, or promised a deadline, by an instant: images_by_urgency_idx, and
# all_orders_by_review_idx with images_of_order_idx, up to there.
_COUNT_AT_RISK: Final = Statement(
    "images_at_risk_count",
    f"""
    SELECT (SELECT count(*) FROM images i WHERE {_UNDELIVERED} AND {_NOT_OWED} AND {_DUE} <= $1)
      + (
        SELECT count(*) FROM orders o
        JOIN images i ON i.account_id = o.account_id AND i.order_id = o.id
        WHERE o.review_by <= $1 AND {_UNDELIVERED} AND i.review_by IS NOT NULL AND {OWED})
    """,
    many="staff see the images at risk of all accounts",
)


LEASES_PAGE: Final = 500
"""Images that are returned in one transaction."""

# The images whose leases ended first by an instant, without those of some accounts: images_by_lease_idx.
ENDED_LEASES: Final = Statement(
    "ended_leases",
    f"""
    SELECT account_id, id FROM images
    WHERE claimed_until <= $1 AND account_id <> ALL($2::uuid[])
    ORDER BY claimed_until
    LIMIT {LEASES_PAGE}
    """,
    many="a job looks for leases that have ended",
)

# Those of these images of an account whose lease has ended by an instant, by their numbers; the primary key.
STILL_ENDED: Final = Statement(
    "still_ended_leases",
    """
    SELECT i.account_id, i.order_id, i.id, i.claimed_by, i.claimed_until
    FROM images i
    WHERE i.account_id = $1 AND i.id = ANY($2::uuid[]) AND i.claimed_until <= $3
    ORDER BY i.number
    """,
)


# The most urgent images that nobody holds at an instant, without those of some accounts, each with its expired claim:
# images_by_urgency_idx, which has the ends of leases, and the primary key. The greatest count is a literal LIMIT inside
# the one by parameter, for the planner.
CLAIMABLE: Final = Statement(
    "claimable_images",
    f"""
    SELECT q.account_id, i.order_id, q.id, i.claimed_by, i.claimed_until
    FROM (
      SELECT account_id, id, due, promised, uploaded_at
      FROM (
        SELECT i.account_id, i.id, {_DUE} AS due, {_PROMISED} AS promised, i.uploaded_at
        FROM images i
        WHERE {_FREE.format(now="$1")} AND i.account_id <> ALL($3::uuid[])
        ORDER BY {_BY_URGENCY}
        LIMIT 500
      ) AS first
      ORDER BY due, promised, uploaded_at, id
      LIMIT $2
    ) AS q
    JOIN images i ON i.account_id = q.account_id AND i.id = q.id
    ORDER BY q.due, q.promised, q.uploaded_at, q.id
    """,
    many="the queue is of all accounts",
)


async def production_queue(reader: Reader, now: datetime, part: Slice) -> Page[ImageRow]:
    """Read a page of the images that can be claimed now, most urgent first."""
    lower, upper = QUEUE_SPAN.within(part)
    records = await reader.fetch(_QUEUE.towards(part), *lower, *upper, part.size + 1, now)
    return page([(_urgency(row), row) for row in map(image_row, records)], part)


async def count_production_queue(reader: Reader, now: datetime) -> int:
    """Count the images that can be claimed now; the cost grows with them."""
    return await _count(reader, _COUNT, now)


def at_risk_span(until: datetime) -> Span:
    """Return the keys of images that are due, or promised a deadline, by an instant (UTC)."""
    return Span((EARLIEST, EARLIEST, LEAST_UUID), (until, LATEST, GREATEST_UUID))


async def images_at_risk(reader: Reader, until: datetime, part: Slice) -> Page[ImageRow]:
    """Read a page of the undelivered images that are due by an instant (UTC), most urgent first.

    An image to which staff owe a deadline is due when they have promised it, which is no later than one that it keeps.
    """
    lower, upper = at_risk_span(until).within(part)
    records = await reader.fetch(_AT_RISK.towards(part), *lower, *upper, part.size + 1)
    return page([(_risk(row), row) for row in map(image_row, records)], part)


async def count_images_at_risk(reader: Reader, until: datetime) -> int:
    """Count the images that `images_at_risk` reads; the cost grows with them."""
    return await _count(reader, _COUNT_AT_RISK, until)


async def _count(reader: Reader, statement: Statement, at: datetime) -> int:
    record = await reader.fetch_row(statement, at)
    return 0 if record is None else record[0]


def _urgency(row: ImageRow) -> Key:
    promised = row.review_by if row.due_at is None else None
    return row.redo_due_at or row.due_at or NEVER, promised or EARLIEST, row.uploaded_at, row.id


def _risk(row: ImageRow) -> Key:
    return row.review_by or row.redo_due_at or row.due_at or NEVER, row.uploaded_at, row.id
