"""Alerts of deadlines in tests: running the watch, requesting rescans, and reading the events it emitted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from app.clock import Clock
from app.services.deadline_alerts.watch import Watched, watch_deadlines
from db.connections import Pool
from tests.support.database import execute

LEAD = timedelta(hours=1)
WEDNESDAY_AT_NINE = datetime(2026, 3, 11, 8, tzinfo=UTC)  # in Copenhagen
RISK_AT = WEDNESDAY_AT_NINE - LEAD
MINUTE = timedelta(minutes=1)
DELETE_ALERTS = "DELETE FROM events WHERE type IN ('DEADLINE_AT_RISK', 'DEADLINE_MISSED', 'REVIEW_OVERDUE')"
_ALERTS = """
    SELECT at, type, account_id, order_id, image_id, data - 'version' FROM events
    WHERE type IN ('DEADLINE_AT_RISK', 'DEADLINE_MISSED', 'REVIEW_OVERDUE') AND withdrawn_by IS NULL
    ORDER BY account_id, sequence
"""


class Alert(NamedTuple):
    """An event of an alert."""

    at: str
    type: str
    account_id: UUID
    order_id: UUID
    image_id: UUID | None
    data: dict[str, Any]


async def emitted_alerts(pool: Pool) -> list[Alert]:
    """Return the alerts not withdrawn, by account and in the order of its events."""
    return [Alert(row["at"].isoformat(), *tuple(row)[1:]) for row in await pool.fetch(_ALERTS)]


def by_instant(events: Sequence[Alert]) -> list[Alert]:
    """Sort alerts by instant, type, order and kind of deadline."""
    return sorted(events, key=lambda each: (each.at, each.type, each.order_id, each.data["after"].get("kind", "")))


async def alert_summaries(pool: Pool) -> list[tuple[str, str, int]]:
    """Return the type, instant and number of images of each alert, sorted."""
    return sorted(
        (each.type.removeprefix("DEADLINE_"), each.at.removesuffix("+00:00"), len(each.data["images"]))
        for each in await emitted_alerts(pool)
    )


async def watch(pool: Pool, clock: Clock, lead: timedelta = LEAD) -> Watched:
    """Run the watch for the first time."""
    return await watch_deadlines(pool, clock, None, lead)


async def delete_alerts(database: str) -> None:
    """Delete all alerts."""
    await execute(database, DELETE_ALERTS)


async def pending_rescans(pool: Pool) -> list[tuple[Any, ...]]:
    """Read the cursors of requested rescans."""
    sql = "SELECT account_id, due_at, attempts, retry_at FROM job_cursors WHERE job = 'watch_deadlines'"
    return [tuple(row) for row in await pool.fetch(sql)]


async def note(pool: Pool, account_id: UUID, since: datetime) -> None:
    """Request a rescan of an account, as an import does."""
    sql = """
        INSERT INTO job_cursors SELECT $1, 'watch_deadlines', 'Europe/Copenhagen', NULL, $2, 0, NULL, true WHERE true
        ON CONFLICT (account_id, job) DO UPDATE SET
          due_at = least(job_cursors.due_at, $2), retry_at = NULL, imported = true
        RETURNING due_at
    """
    await pool.fetch(sql, account_id, since)
