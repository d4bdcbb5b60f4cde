"""Cursors have the next day of each job, from an account's opening on."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from app.services.accounts.terms import change_time_zone
from app.services.jobs.cursors import (
    OLDEST,
    RESET,
    SNAPSHOT,
    ZONES_CHANNEL,
    DueGroup,
    begin_missing_cursors,
    due_accounts,
    due_groups,
    postpone,
)
from db.connections import Pool, connect
from db.queries.job_cursors import zones_in_use
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.import_files import START, order, run_import
from tests.support.midnight_jobs import JOBS, Cursor, assert_done, cursor, resets, run_jobs, snapshots
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

CREATED = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLOSES = datetime(2026, 3, 10, 23, tzinfo=UTC)
"""The midnight that ends the ledger day of CREATED in Copenhagen."""
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


async def an_account(pool: Pool, zone: str = "Europe/Copenhagen", at: datetime = CREATED) -> UUID:
    return (await open_account(pool, Studio(zone=zone, created_at=at))).id


async def test_jobs_begin_with_the_ledger_day_an_account_is_created_in(pool: Pool) -> None:
    account_id = await an_account(pool)
    for job in JOBS:
        assert await cursor(pool, job, account_id) == Cursor(date(2026, 3, 10), CLOSES, "Europe/Copenhagen")


@pytest.mark.parametrize("job", JOBS)
async def test_a_day_is_due_as_it_closes_and_not_before(pool: Pool, reader: PoolReader, job: str) -> None:
    account_id = await an_account(pool)
    assert await due_groups(reader, [job], CLOSES - timedelta(microseconds=1), CLOSES - timedelta(microseconds=1)) == []
    assert await due_groups(reader, [job], CLOSES, CLOSES) == [
        DueGroup(job, "Europe/Copenhagen", CLOSES, CREATED.date())
    ]
    assert await JOBS[job](pool, FrozenClock(CLOSES), CLOSES, [account_id]) == 1
    assert await due_groups(reader, [job], CLOSES, CLOSES) == []
    assert await cursor(pool, job, account_id) == Cursor(date(2026, 3, 11), CLOSES + DAY, "Europe/Copenhagen")


async def test_due_groups_have_a_zone_and_a_midnight_and_are_sorted_oldest_first(
    pool: Pool, reader: PoolReader
) -> None:
    for zone in ("Europe/Copenhagen", "Europe/Berlin", "Europe/Copenhagen", "Asia/Tokyo"):
        await an_account(pool, zone)
    tokyo = datetime(2026, 3, 10, 15, tzinfo=UTC)
    assert await due_groups(reader, [RESET], CLOSES, CLOSES) == [
        DueGroup(RESET, "Asia/Tokyo", tokyo, CREATED.date()),
        DueGroup(RESET, "Europe/Berlin", CLOSES, CREATED.date()),
        DueGroup(RESET, "Europe/Copenhagen", CLOSES, CREATED.date()),
    ]


async def test_the_accounts_of_a_group_come_in_pages_by_id(pool: Pool, reader: PoolReader) -> None:
    accounts = sorted([await an_account(pool) for _ in range(3)])
    await an_account(pool, "Europe/Berlin")
    (_, group) = await due_groups(reader, [SNAPSHOT], CLOSES, CLOSES)
    assert await due_accounts(reader, group, CLOSES, None, 2) == accounts[:2]
    assert await due_accounts(reader, group, CLOSES, accounts[1], 2) == accounts[2:]
    assert await due_accounts(reader, group, CLOSES, accounts[2], 2) == []


async def test_an_account_that_failed_waits_until_it_is_tried_again(pool: Pool, reader: PoolReader) -> None:
    failing, other = await an_account(pool), await an_account(pool)
    for _ in range(2):
        await in_transaction(pool, partial(postpone, job=SNAPSHOT, account_id=failing, retry_at=CLOSES + MINUTE))
    (group,) = await due_groups(reader, [SNAPSHOT], CLOSES, CLOSES)
    assert await due_accounts(reader, group, CLOSES, None, 10) == [other]
    (group,) = await due_groups(reader, [SNAPSHOT], CLOSES + MINUTE, CLOSES + MINUTE)
    assert await due_accounts(reader, group, CLOSES + MINUTE, None, 10) == sorted([failing, other])
    query = "SELECT attempts, retry_at FROM job_cursors WHERE account_id = $1 AND job = $2"
    assert [tuple(row) for row in await pool.fetch(query, failing, SNAPSHOT)] == [(2, CLOSES + MINUTE)]
    await run_jobs(pool, FrozenClock(CLOSES + MINUTE))
    assert [tuple(row) for row in await pool.fetch(query, failing, SNAPSHOT)] == [(0, None)]
    assert [tuple(row) for row in await pool.fetch(query, failing, RESET)] == [(0, None)]


async def test_a_failure_by_a_clock_that_was_ahead_does_not_postpone_an_account(pool: Pool, reader: PoolReader) -> None:
    account_id = await an_account(pool)
    await in_transaction(pool, partial(postpone, job=RESET, account_id=account_id, retry_at=CLOSES + DAY))
    (group,) = await due_groups(reader, [RESET], CLOSES, CLOSES)
    assert await due_accounts(reader, group, CLOSES, None, 10) == [account_id]


async def test_a_move_sets_the_cursors_to_the_new_end_of_the_running_day(pool: Pool) -> None:
    account_id = await an_account(pool)
    clock = FrozenClock(CREATED + MINUTE)
    await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name="America/New_York"))
    new_york = datetime(2026, 3, 11, 4, tzinfo=UTC)
    for job in JOBS:
        assert await cursor(pool, job, account_id) == Cursor(date(2026, 3, 10), new_york, "America/New_York")


async def test_a_move_leaves_a_day_that_closed_already_due(pool: Pool) -> None:
    account_id = await an_account(pool)
    clock = FrozenClock(CLOSES + MINUTE)
    await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name="America/New_York"))
    assert await cursor(pool, RESET, account_id) == Cursor(date(2026, 3, 10), CLOSES, "America/New_York")
    await run_jobs(pool, clock)
    new_york = datetime(2026, 3, 12, 4, tzinfo=UTC)
    assert await cursor(pool, RESET, account_id) == Cursor(date(2026, 3, 11), new_york, "America/New_York")
    await assert_done(pool, clock.now())


@pytest.mark.parametrize("job", [SNAPSHOT, RESET])
async def test_days_that_closed_400_days_ago_or_earlier_are_skipped(pool: Pool, job: str) -> None:
    account_id = await an_account(pool)
    clock = FrozenClock(CLOSES + 20 * DAY + OLDEST)
    assert await JOBS[job](pool, clock, CLOSES, [account_id]) == 1
    oldest = Cursor(date(2026, 3, 31), datetime(2026, 3, 31, 22, tzinfo=UTC), "Europe/Copenhagen")
    assert await cursor(pool, job, account_id) == oldest
    assert await JOBS[job](pool, clock, CLOSES, [account_id]) == 0
    assert await snapshots(pool) == []
    assert await resets(pool, account_id) == []


async def test_a_day_that_closed_less_than_400_days_ago_is_done(pool: Pool) -> None:
    account_id = await an_account(pool)
    clock = FrozenClock(CLOSES + OLDEST - timedelta(microseconds=1))
    for job in JOBS:
        assert await JOBS[job](pool, clock, CLOSES, [account_id]) == 1
    assert [row.as_of for row in await snapshots(pool)] == [CLOSES]
    assert await resets(pool, account_id) == [("2026-03-10", CLOSES)]


async def test_accounts_of_a_release_without_jobs_get_cursors_at_their_opening(pool: Pool) -> None:
    account_id, known = await an_account(pool), await an_account(pool)
    clock = FrozenClock(CREATED + 3 * DAY)
    await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name="Asia/Tokyo"))
    await pool.fetch("DELETE FROM job_cursors WHERE account_id = $1", account_id)
    await run_jobs(pool, clock)
    assert await begin_missing_cursors(pool) == 1
    assert await begin_missing_cursors(pool) == 0
    assert await cursor(pool, SNAPSHOT, account_id) == Cursor(date(2026, 3, 10), CLOSES, "Asia/Tokyo")
    assert (await cursor(pool, SNAPSHOT, known)).date == date(2026, 3, 13)
    await run_jobs(pool, clock)
    await assert_done(pool, clock.now())


async def test_zones_in_use_are_those_that_accounts_have_now(pool: Pool, reader: PoolReader) -> None:
    for zone in ("Europe/Copenhagen", "Asia/Tokyo", "Europe/Copenhagen"):
        account_id = await an_account(pool, zone)
    assert await zones_in_use(reader) == ["Asia/Tokyo", "Europe/Copenhagen"]
    move = partial(change_time_zone, clock=FrozenClock(CREATED), account_id=account_id, name="Asia/Tokyo")
    await in_transaction(pool, move)
    assert await zones_in_use(reader) == ["Asia/Tokyo", "Europe/Copenhagen"]


async def test_listeners_are_notified_of_every_new_zone(pool: Pool, database: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await connect(database)
    await listener.add_listener(ZONES_CHANNEL, lambda *notification: heard.put_nowait(notification[-1]))  # type: ignore[attr-defined]
    account_id = await an_account(pool)
    assert await heard.get() == "Europe/Copenhagen"
    move = partial(change_time_zone, clock=FrozenClock(CREATED), account_id=account_id, name="Asia/Tokyo")
    await in_transaction(pool, move)
    assert await heard.get() == "Asia/Tokyo"
    await run_import(pool, [*START, order("o-1")])
    assert await heard.get() == "Europe/Copenhagen"
    assert heard.empty()
    await listener.close()
