"""An import's events are those of a live history of the same facts, however the file is cut."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final, TypeAlias
from uuid import UUID

import pytest

from app.services.deadline_alerts.watch import watch_deadlines
from db.connections import Pool
from db.pools import open_pool
from db.writer import Writer
from tests.support.alerts import LEAD
from tests.support.clock import FrozenClock
from tests.support.database import empty_database
from tests.support.events.texts import with_texts
from tests.support.import_files import Line, names_of, run_import
from tests.support.importable_lives import ImportableLife, export_lines
from tests.support.midnight_jobs import run_jobs
from tests.support.random_lives import Result

SECOND: Final = timedelta(seconds=1)
ACTS: Final = 50
EventRow: TypeAlias = tuple[Any, ...]

_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_OPENINGS: Final = {"ACCOUNT_CREATED", "SPECIFICATION_CHANGED"}
_EVENTS: Final = """
    SELECT a.ref, e.at, o.number, e.type, e.image_id::text AS image, e.data, e.texts
      FROM events e JOIN accounts a ON a.id = e.account_id
      LEFT JOIN orders o ON o.account_id = e.account_id AND o.id = e.order_id
     WHERE e.withdrawn_by IS NULL AND e.type NOT IN ('EVENT_WITHDRAWN', 'IMAGES_CLAIMED', 'CLAIM_EXPIRED')
     ORDER BY a.ref, e.at, o.number NULLS FIRST, e.type IN ('DEADLINE_AT_RISK', 'DEADLINE_MISSED', 'REVIEW_OVERDUE'),
       e.sequence
"""


@dataclass
class WatchedLife(ImportableLife):
    """A life whose deadlines are watched before each act."""

    lead: timedelta = LEAD

    async def _try(self, work: Callable[[Writer], Awaitable[Result]]) -> Result | None:
        await watch_deadlines(self.pool, self.clock, None, self.lead)
        return await super()._try(work)


async def events_of(pool: Pool) -> list[EventRow]:
    """All events but claims, in order, with names instead of ids; those of alerts are the last of their instant.

    A file does not have the workers of deliveries, nor the opening of an account before its first order.
    """
    names = await names_of(pool)

    def named(value: object) -> object:
        return _UUID.sub(lambda match: names[UUID(match[0])], repr(value))

    return [
        (
            row["ref"],
            None if row["type"] in _OF_OPENINGS else row["at"],
            row["number"],
            row["type"],
            named(row["image"]),
            named({key: value for key, value in sorted(with_texts(row).items()) if key != "worker"}),
        )
        for row in await pool.fetch(_EVENTS)
    ]


async def lived(server: str, seed: int, lead: timedelta) -> tuple[datetime, list[Line], list[EventRow]]:
    """Live a life with deadline alerts; return its last instant, its file and its events."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        life = WatchedLife(pool, seed, with_jobs=False, lead=lead)
        await life.live(ACTS)
        life.clock.advance(SECOND)  # the last instants may be ahead of the clock by microseconds
        lines = await export_lines(pool)
        await run_jobs(pool, life.clock)
        await watch_deadlines(pool, life.clock, None, lead)
        found = await events_of(pool)
        await pool.close()
    return life.clock.now(), lines, found


async def imported(
    server: str, now: datetime, parts: list[list[Line]], chunk_lines: int, lead: timedelta
) -> list[EventRow]:
    """Import the parts of a file, run the jobs after each, and return all events."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        clock = FrozenClock(now)
        for part in parts:
            outcome = await run_import(pool, part, now=now, chunk_lines=chunk_lines)
            assert outcome.problems == []
            await run_jobs(pool, clock)
            await watch_deadlines(pool, clock, now, lead)
        found = await events_of(pool)
        await pool.close()
    return found


def cut(lines: list[Line], random: Random, count: int) -> list[list[Line]]:
    """Cut a file into parts at random lines."""
    cuts = sorted(random.sample(range(1, len(lines)), count - 1))
    return [lines[start:end] for start, end in pairwise([0, *cuts, len(lines)])]


@pytest.mark.parametrize("lead", [LEAD, 20 * LEAD])
@pytest.mark.parametrize("seed", range(3))
async def test_an_import_has_the_events_of_a_live_history_of_the_same_facts(
    server: str, seed: int, lead: timedelta
) -> None:
    """With the longer lead time deadlines are at risk before an expedite or staff replace them."""
    random = Random(seed)  # noqa: S311 - drawn for a test
    now, lines, live = await lived(server, seed, lead)
    for parts, chunk_lines in ((1, 3), (3, 1000)):
        assert await imported(server, now, cut(lines, random, parts), chunk_lines, lead) == live
