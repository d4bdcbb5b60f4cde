"""Reads of the production queue: the open images of all accounts, urgent first (domain rules, section 5)."""

from datetime import UTC, datetime
from typing import Final

from db.connections import Record, Statement
from db.queries.images import IMAGE_COLUMNS, IMAGE_PROMISES, ImageRow, image_row
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
    Walk,
    page,
    walk,
)
from db.readers import Reader

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""The deadline, in keys, of images without one; asyncpg writes and reads PostgreSQL's infinity so."""

_DUE: Final = "coalesce(i.redo_due_at, i.due_at, 'infinity')"
_UNDELIVERED: Final = "i.status IN ('QUEUED', 'REJECTED')"
_FREE: Final = f"{_UNDELIVERED} AND coalesce(i.claimed_until, '-infinity') <= {{now}}"


def _listed(name: str, condition: str, many: str) -> Walk:
    """Make the statements that read a page of undelivered images between two bounds: images_queue_idx."""
    return walk(
        name,
        f"""
    WITH page AS MATERIALIZED (
      SELECT i.* FROM (
        SELECT i.* FROM images i
        WHERE {condition}
          AND ({_DUE}, i.uploaded_at, i.id) > ($1, $2, $3) AND ({_DUE}, i.uploaded_at, i.id) < ($4, $5, $6)
        ORDER BY {_DUE} {{asc}}, i.uploaded_at {{asc}}, i.id {{asc}}
        LIMIT {WALKED}
      ) AS i LIMIT $7
    )
    SELECT {IMAGE_COLUMNS}
    FROM page i {IMAGE_PROMISES}
    ORDER BY {_DUE} {{asc}}, i.uploaded_at {{asc}}, i.id {{asc}}
    """,
        many=many,
    )


# The queue, without claimed images.
_QUEUE: Final = _listed("production_queue", _FREE.format(now="$8"), "the queue is of all accounts")

# The number of images in the queue: the whole of images_queue_idx.
_COUNT: Final = Statement(
    "production_queue_count",
    f"SELECT count(*) FROM images i WHERE {_FREE.format(now='$1')}",
    many="the queue is of all accounts",
)

QUEUE_SPAN: Final = Span(least=(EARLIEST, EARLIEST, LEAST_UUID), greatest=(NEVER, LATEST, GREATEST_UUID))

# Undelivered images, claimed ones too.
_AT_RISK: Final = _listed("images_at_risk", _UNDELIVERED, "staff see the images at risk of all accounts")

# The number of undelivered images due by an instant: images_queue_idx, up to there.
_COUNT_AT_RISK: Final = Statement(
    "images_at_risk_count",
    f"SELECT count(*) FROM images i WHERE {_UNDELIVERED} AND {_DUE} <= $1",
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


# The images due first that nobody holds at an instant, without those of some accounts, each with its expired claim:
# images_queue_idx, which has the ends of leases, and the primary key. The greatest count is a literal LIMIT inside the
# one by parameter, for the planner.
CLAIMABLE: Final = Statement(
    "claimable_images",
    """
    SELECT q.account_id, i.order_id, q.id, i.claimed_by, i.claimed_until
    FROM (
      SELECT account_id, id, due, uploaded_at
      FROM (
        SELECT account_id, id, coalesce(redo_due_at, due_at, 'infinity') AS due, uploaded_at
        FROM images
        WHERE status IN ('QUEUED', 'REJECTED') AND coalesce(claimed_until, '-infinity') <= $1
          AND account_id <> ALL($3::uuid[])
        ORDER BY coalesce(redo_due_at, due_at, 'infinity'), uploaded_at, id
        LIMIT 500
      ) AS first
      ORDER BY due, uploaded_at, id
      LIMIT $2
    ) AS q
    JOIN images i ON i.account_id = q.account_id AND i.id = q.id
    ORDER BY q.due, q.uploaded_at, q.id
    """,
    many="the queue is of all accounts",
)


async def production_queue(reader: Reader, now: datetime, part: Slice) -> Page[ImageRow]:
    """Read a page of the images that can be claimed now, most urgent first."""
    return await _page(reader, _QUEUE, QUEUE_SPAN, part, now)


async def count_production_queue(reader: Reader, now: datetime) -> int:
    """Count the images that can be claimed now; the cost grows with them."""
    return await _count(reader, _COUNT, now)


def at_risk_span(until: datetime) -> Span:
    """Return the keys of images that are due by an instant (UTC)."""
    return Span(QUEUE_SPAN.least, (until, LATEST, GREATEST_UUID))


async def images_at_risk(reader: Reader, until: datetime, part: Slice) -> Page[ImageRow]:
    """Read a page of the undelivered images that are due by an instant (UTC), most urgent first."""
    return await _page(reader, _AT_RISK, at_risk_span(until), part)


async def count_images_at_risk(reader: Reader, until: datetime) -> int:
    """Count the undelivered images that are due by an instant (UTC); the cost grows with them."""
    return await _count(reader, _COUNT_AT_RISK, until)


async def _page(reader: Reader, listed: Walk, span: Span, part: Slice, *now: datetime) -> Page[ImageRow]:
    lower, upper = span.within(part)
    records = await reader.fetch(listed.towards(part), *lower, *upper, part.size + 1, *now)
    return page([_keyed(record) for record in records], part)


async def _count(reader: Reader, statement: Statement, at: datetime) -> int:
    record = await reader.fetch_row(statement, at)
    return 0 if record is None else record[0]


def _keyed(record: Record) -> tuple[Key, ImageRow]:
    row = image_row(record)
    return (row.redo_due_at or row.due_at or NEVER, row.uploaded_at, row.id), row
