"""Counts of reviews: the times in which staff owe images a deadline (domain rules, section 3.19)."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.local_time import Interval
from db.connections import Statement
from db.readers import Reader


class ReviewCounts(NamedTuple):
    """Reviews that were met and missed in a window, and those still open at its end.

    The open ones are by the facts known now: for a past instant they leave out those that ended in time since.
    """

    met: int
    missed: int
    open: int


# The reviews of accounts that were met and missed in a window, and those open at its end: reviews_met_idx and
# reviews_late_idx.
_COUNTS: Final = Statement(
    "review_counts",
    """
    SELECT p.account_id, met.reviews, late.missed, late.open
    FROM unnest($1::uuid[]) AS p (account_id)
    CROSS JOIN LATERAL (
      SELECT count(*) AS reviews FROM reviews w
      WHERE w.account_id = p.account_id AND w.ended_at <= w.due_at AND w.ended_at >= $2 AND w.ended_at < $3
    ) AS met
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE w.late_at < $3) AS missed, count(*) FILTER (WHERE w.late_at >= $3) AS open
      FROM reviews w
      WHERE w.account_id = p.account_id AND w.late_at >= $2
    ) AS late
    """,
)


async def review_counts(reader: Reader, account_ids: Sequence[UUID], window: Interval) -> dict[UUID, ReviewCounts]:
    """Count the reviews of accounts in a window, and those open at its end."""
    records = await reader.fetch(_COUNTS, account_ids, window.start, window.end)
    return {account_id: ReviewCounts(*counts) for account_id, *counts in records}
