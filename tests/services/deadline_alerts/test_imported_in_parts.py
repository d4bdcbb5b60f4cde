"""Watches between the parts of a file have the result of one after the whole file."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from app.services.deadline_alerts.watch import watch_deadlines
from db.pools import open_pool
from tests.support.alerts import LEAD, MINUTE, pending_rescans
from tests.support.clock import FrozenClock
from tests.support.database import empty_database
from tests.support.import_files import Line, rows, run_import
from tests.support.midnight_jobs import run_jobs
from tests.support.random_files import random_file

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
LONG_LEAD = timedelta(hours=9)
ALERTS = """
    SELECT a.ref, o.number, e.at, e.type, e.data -> 'after' AS after,
      ARRAY(SELECT i.filename FROM images i WHERE i.account_id = a.id AND e.data -> 'images' ? i.id::text ORDER BY 1)
    FROM events e JOIN accounts a ON a.id = e.account_id JOIN orders o ON o.account_id = a.id AND o.id = e.order_id
    WHERE e.type IN ('DEADLINE_AT_RISK', 'DEADLINE_MISSED', 'REVIEW_OVERDUE') AND e.withdrawn_by IS NULL
    ORDER BY a.ref, o.number, e.at, e.type, e.data #>> '{after,dueAt}', e.data #>> '{after,kind}'
"""


@pytest.mark.parametrize(("seed", "lead"), [(1, LEAD), (2, LONG_LEAD), (5, LEAD)])
async def test_a_watch_between_parts_of_a_file_emits_the_alerts_of_one_after_the_whole(
    server: str, seed: int, lead: timedelta
) -> None:
    lines = random_file(seed)
    cuts = sorted(Random(seed).sample(range(10, len(lines)), 3))  # noqa: S311 - drawn for a test
    parts = [lines[start:end] for start, end in pairwise([0, *cuts, len(lines)])]
    in_parts = await alerts_after(server, parts, lead)
    assert in_parts == await alerts_after(server, [lines], lead)
    assert {type_ for _, _, _, type_, *_ in in_parts} == {"DEADLINE_AT_RISK", "DEADLINE_MISSED", "REVIEW_OVERDUE"}


async def alerts_after(server: str, parts: list[list[Line]], lead: timedelta) -> list[tuple[Any, ...]]:
    """Return all alerts after parts of a file, each followed by a watch, after jobs if there are several parts."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        clock, since = FrozenClock(NOW), None
        for part in parts:
            assert (await run_import(pool, part, now=clock.now())).problems == []
            if len(parts) > 1:
                await run_jobs(pool, clock)
            clock.advance(MINUTE)
            since = (await watch_deadlines(pool, clock, since, lead)).until
        assert await pending_rescans(pool) == []
        found = await rows(pool, ALERTS)
        await pool.close()
    return found
