"""An import after midnight jobs leaves the same rows as jobs after it: days that its lines change are done again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from app.services.imports import AccountMoved, destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from app.services.jobs.cursors import RESET, SNAPSHOT, WATCH
from db.connections import Pool
from db.pools import open_pool
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.database import empty_database
from tests.support.import_files import START, Line, change, everything, order, rows, run_import
from tests.support.midnight_jobs import Cursor, assert_done, assert_equal_to_reference, cursor, resets, run_jobs
from tests.support.random_files import random_file

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
EARLY = datetime(2026, 3, 8, 12, tzinfo=UTC)
PLACED = "2026-03-03T10:00:00Z"
LATER = "2026-03-03T15:00:00Z"
TERMS = change("terms", LATER, imagesPerDay=3, effectiveDate="2026-03-05")
MOVED = change("timeZone", LATER, timeZone="America/New_York")
FLIPPED = change("timeZone", "2026-03-03T16:00:00Z", timeZone="Pacific/Auckland")
REDONE: Line = {"at": "2026-03-03T12:00:00Z", "reason": "halo", "redeliveredAt": "2026-03-06T12:00:00Z"}
DELIVERED = [{"filename": "a.jpg", "deliveredAt": "2026-03-03T11:00:00Z", "rejections": [REDONE]}]


async def comparable_rows(pool: Pool) -> dict[str, list[str]]:
    """Return all rows without the last instants of jobs: these may be later by a zone that was replaced."""
    heads = await rows(pool, "SELECT frontier, next_order_number, minutes_since FROM account_heads ORDER BY 1, 2, 3")
    return await everything(pool) | {"account_heads": [repr(head) for head in heads]}


async def left(
    server: str, files: Sequence[list[Line]], now: datetime, *, jobs_between: bool, chunk_lines: int = 1000
) -> dict[str, list[str]]:
    """All rows after files and then jobs, which run between the files, too, or not."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        for lines in files:
            assert (await run_import(pool, lines, now=now, chunk_lines=chunk_lines)).problems == []
            if jobs_between:
                await run_jobs(pool, FrozenClock(now))
        await run_jobs(pool, FrozenClock(now))
        await assert_done(pool, now)
        await assert_equal_to_reference(pool)
        found = await comparable_rows(pool)
        await pool.close()
    return found


@pytest.mark.parametrize(
    "lines",
    [
        [order("o-2", at=LATER)],
        [order("o-2", 3, at="2026-03-06T12:00:00Z")],
        [TERMS],
        [TERMS, order("o-2", 9, at="2026-03-05T12:00:00Z")],
        [MOVED],
        [MOVED, order("o-2", at="2026-03-04T02:00:00Z")],
        [
            MOVED,
            FLIPPED,
            TERMS | {"at": "2026-03-04T17:00:00Z", "effectiveDate": "2026-03-06"},
            order("o-2", 9, at="2026-03-05T15:00:00Z"),
        ],
        [MOVED | {"at": "2026-03-05T12:00:00Z"}],  # in a day that only a reset wrote
        [MOVED | {"at": "2026-03-04T23:00:00Z"}],  # at the very midnight in Copenhagen
        [order("o-2", at="2026-03-04T23:00:00Z"), MOVED | {"at": "2026-03-04T23:00:00Z"}],
        [change("cancellation", LATER, order="o-1")],
        [change("expedite", LATER, order="o-1"), change("cancellation", "2026-03-07T15:00:00Z", order="o-1")],
    ],
    ids=lambda lines: " ".join(line["type"] for line in lines),
)
async def test_lines_after_jobs_leave_the_same_as_jobs_after_lines(server: str, lines: list[Line]) -> None:
    files = [[*START, order("o-0", DELIVERED), order("o-1", 2)], lines]
    whole = await left(server, files, EARLY, jobs_between=False)
    assert await left(server, files, EARLY, jobs_between=True) == whole
    assert await left(server, [[*files[0], *lines]], EARLY, jobs_between=False) == whole


@pytest.mark.parametrize(
    "first",
    [
        order("o-1", at="2026-03-05T10:00:00Z"),
        change("timeZone", "2026-03-05T10:30:00Z", timeZone="Pacific/Auckland"),
        change("timeZone", "2026-03-07T02:00:00Z", timeZone="America/New_York"),
        change("timeZone", "2026-03-06T14:00:00Z", timeZone="Pacific/Auckland"),  # the instant it began at before
        change("terms", "2026-03-04T10:00:00Z", imagesPerDay=3, effectiveDate="2026-03-05"),
    ],
    ids=lambda line: f"{line['type']} {line.get('placedAt', line.get('at'))}",
)
async def test_an_account_that_begins_earlier_after_jobs_is_done_from_there(server: str, first: Line) -> None:
    async def imported(*, jobs_between: bool) -> dict[str, list[str]]:
        async with empty_database(server) as url:
            pool = await open_pool(url)
            await run_import(pool, START, now=datetime(2026, 3, 6, 14, tzinfo=UTC))
            if jobs_between:
                await run_jobs(pool, FrozenClock(EARLY))
            lines = [first, order("o-2", at="2026-03-07T12:00:00Z")]
            assert (await run_import(pool, lines, now=EARLY)).problems == []
            await run_jobs(pool, FrozenClock(EARLY))
            await assert_done(pool, EARLY)
            found = await comparable_rows(pool)
            await pool.close()
        return found

    assert await imported(jobs_between=True) == await imported(jobs_between=False)


@pytest.mark.parametrize("seed", range(2))
async def test_random_lines_after_jobs_leave_the_same(server: str, seed: int) -> None:
    lines = random_file(seed)
    parts = [lines[:40], lines[40:80], lines[80:]]
    whole = await left(server, [lines], NOW, jobs_between=False)
    assert await left(server, parts, NOW, jobs_between=True) == whole


@pytest.mark.parametrize("seed", range(2))
async def test_jobs_that_run_while_a_file_is_imported_are_not_in_its_way(
    server: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    lines = random_file(seed + 2)
    whole = await left(server, [lines], NOW, jobs_between=False)

    async with empty_database(server) as url:
        pool = await open_pool(url)

        async def after_jobs(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
            await run_jobs(pool, FrozenClock(NOW))
            await write(writer, prepared, run)

        monkeypatch.setattr(destination, "write", after_jobs)
        assert (await run_import(pool, lines, now=NOW, chunk_lines=20)).problems == []
        await run_jobs(pool, FrozenClock(NOW))
        found = await comparable_rows(pool)
        await pool.close()
    assert found == whole


async def test_the_watch_looks_at_deadlines_again_from_the_first_instant_of_new_lines(pool: Pool) -> None:
    query = "SELECT a.ref, c.date, c.due_at, c.time_zone FROM job_cursors c JOIN accounts a ON a.id = c.account_id"
    query += f" WHERE job = '{WATCH}'"
    await run_import(pool, [*START, order("o-1", at=LATER)], now=NOW)
    later = datetime.fromisoformat(LATER)
    assert await rows(pool, query) == [("acme", None, later, "Europe/Copenhagen")]
    await run_import(pool, [order("o-2", at="2026-03-09T12:00:00Z")], now=NOW)
    assert await rows(pool, query) == [("acme", None, later, "Europe/Copenhagen")]
    await pool.fetch(f"DELETE FROM job_cursors WHERE job = '{WATCH}'")  # noqa: S608 - a fixed text
    await run_import(pool, [order("o-3", at="2026-03-10T12:00:00Z")], now=NOW)
    assert await rows(pool, query) == [("acme", None, datetime(2026, 3, 10, 12, tzinfo=UTC), "Europe/Copenhagen")]


async def test_an_import_undoes_only_the_days_after_its_first_instant(pool: Pool) -> None:
    await run_import(pool, [*START, order("o-1")], now=EARLY)
    await run_jobs(pool, FrozenClock(EARLY))
    kept = await rows(pool, "SELECT id FROM pulse_snapshots ORDER BY date LIMIT 2")
    await run_import(pool, [order("o-2", at="2026-03-05T12:00:00Z")], now=EARLY)
    assert await rows(pool, "SELECT id FROM pulse_snapshots ORDER BY date") == kept
    query = "SELECT date, opens_at < '2026-03-05 12:00Z' FROM ledger_days ORDER BY date"
    days = [date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)]
    assert await rows(pool, query) == [(day, True) for day in days]
    (account_id,) = (await rows(pool, "SELECT id FROM accounts"))[0]
    assert len(await resets(pool, account_id)) == 2
    closes_at = datetime(2026, 3, 5, 23, tzinfo=UTC)
    for job in (SNAPSHOT, RESET):
        assert await cursor(pool, job, account_id) == Cursor(date(2026, 3, 5), closes_at, "Europe/Copenhagen")


@pytest.mark.parametrize("event_type", ["GUARANTEE_RESET", "DEADLINE_MISSED", "EVENT_WITHDRAWN", "CLAIM_EXPIRED"])
async def test_only_unchanged_lines_may_be_reported_while_lines_are_read(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, event_type: str
) -> None:
    await run_import(pool, [*START, order("o-1")], now=EARLY)

    async def beaten(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        await pool.fetch(
            """
            WITH head AS (
              UPDATE account_heads SET next_event_sequence = next_event_sequence + 1
              RETURNING account_id, next_event_sequence - 1 AS sequence)
            INSERT INTO events SELECT account_id, sequence, $1, $2, NULL, NULL, '{}' FROM head
            """,
            EARLY,
            event_type,
        )
        await write(writer, prepared, run)

    monkeypatch.setattr(destination, "write", beaten)
    orders = [order("o-2", at=LATER), order("o-3", at=LATER)]
    if event_type == "CLAIM_EXPIRED":
        with pytest.raises(AccountMoved):
            await run_import(pool, orders, now=EARLY, chunk_lines=1)
    else:
        assert (await run_import(pool, orders, now=EARLY, chunk_lines=1)).report.images == 2
