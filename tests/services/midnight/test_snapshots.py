"""A snapshot is the Pulse as of the end of a ledger day, written once by any number of workers."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings

from app.domain.ledger.days import ledger_day_at
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures, TermCounts
from app.domain.pulse.streak import WeekRun
from app.services.accounts.counters import lock_counters
from app.services.jobs.cursors import SNAPSHOT, begin_missing_cursors
from app.services.midnight import snapshots as snapshots_module
from app.services.midnight.snapshots import snapshot_pulse
from app.services.orders.claiming import claim_images
from app.services.orders.producing import deliver_images
from db.connections import Pool
from db.pools import open_pool
from db.queries.pulse import pulse_figures
from db.readers import Reader
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.histories import History, write_history
from tests.support.import_files import START, order, run_import
from tests.support.midnight_jobs import assert_equal_to_reference, cursor, run_jobs, snapshots
from tests.support.random_histories import histories
from tests.support.transactions import in_transaction

CLOSES = datetime(2026, 3, 10, 23, tzinfo=UTC)
"""The midnight in Copenhagen that ends the day of the frozen clock."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


async def uploaded(pool: Pool) -> list[int]:
    """The images uploaded in the 30 days before each snapshot."""
    return [row.figures.current.uploaded for row in await snapshots(pool)]


async def somebody_waits(pool: Pool) -> None:
    """Go on once somebody waits for a lock."""
    query = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not await pool.fetch(query):  # noqa: ASYNC110 - PostgreSQL does not notify of waiting
        await asyncio.sleep(0.001)


async def test_a_snapshot_has_the_figures_as_of_the_end_of_its_day(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    placed = await client.place(3)
    claimed = await in_transaction(pool, partial(claim_images, count=2, clock=clock, worker="w", lease=2 * HOUR))
    clock.advance(placed.at + HOUR - clock.now())
    await in_transaction(pool, partial(deliver_images, clock=clock, worker="w", images=claimed.images[:1]))
    clock.advance(CLOSES - clock.now())
    assert await snapshot_pulse(pool, clock, CLOSES, [client.account_id]) == 1
    (row,) = await snapshots(pool)
    assert (row.account_id, row.date, row.as_of, row.recorded_at) == (
        client.account_id,
        date(2026, 3, 10),
        CLOSES,
        CLOSES,
    )
    current = row.figures.current
    assert (current.uploaded, current.delivered, current.met) == (3, 1, TermCounts(standard=1))
    assert (current.lead_microseconds, current.saved_milliseconds) == (3_600_000_000, 275_500)
    assert (row.figures.all_time_processed, row.figures.open) == (1, None)
    assert row.streak.current == WeekRun(date(2026, 3, 9), date(2026, 3, 9))


async def test_events_at_the_close_of_a_day_belong_to_the_next_one(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    clock.advance(CLOSES - MICROSECOND - clock.now())
    await client.place(2)
    clock.advance()
    await client.place(4)
    await snapshot_pulse(pool, clock, CLOSES, [client.account_id])
    clock.advance(DAY)
    await snapshot_pulse(pool, clock, CLOSES + DAY, [client.account_id])
    assert await uploaded(pool) == [2, 6]


async def test_an_account_is_done_once_by_however_many_at_once(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    await client.place(3)
    clock.advance(12 * HOUR)
    done_by = await asyncio.gather(*(snapshot_pulse(pool, clock, CLOSES, [client.account_id]) for _ in range(5)))
    assert sorted(done_by) == [0, 0, 0, 0, 1]
    assert len(await uploaded(pool)) == 1
    assert await snapshot_pulse(pool, clock, CLOSES, [client.account_id]) == 0


async def test_overlapping_batches_in_any_order_do_each_account_once(pool: Pool, clock: FrozenClock) -> None:
    accounts = [(await open_customer(pool, clock)).account_id for _ in range(6)]
    clock.advance(12 * HOUR)
    batches = [accounts, accounts[::-1], accounts[2:], accounts[:4][::-1]]
    done_by = await asyncio.gather(*(snapshot_pulse(pool, clock, CLOSES, batch) for batch in batches))
    assert sum(done_by) == 6
    assert len(await uploaded(pool)) == 6


async def test_counters_are_past_the_day_before_figures_are_read(
    pool: Pool, clock: FrozenClock, client: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = FrozenClock(clock.now())
    all_counters: list[datetime] = []

    async def reading(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        all_counters.extend(row["last_at"] for row in await pool.fetch("SELECT last_at FROM account_heads"))
        # A machine with a slow clock places an order meanwhile: it is of the next day all the same.
        outcome = await Customer(pool, late, client.account_id, client.specification_id).place(2)
        assert outcome.at == CLOSES + MICROSECOND
        return await pulse_figures(reader, requests)

    monkeypatch.setattr(snapshots_module, "pulse_figures", reading)
    clock.advance(12 * HOUR)
    await snapshot_pulse(pool, clock, CLOSES, [client.account_id])
    assert all_counters == [CLOSES]
    assert await uploaded(pool) == [0]
    await assert_equal_to_reference(pool)


async def test_a_snapshot_waits_for_locked_counters_even_if_they_are_past_the_day(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    clock.advance(DAY)
    await client.place(1)
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [client.account_id])
        snapshot = asyncio.create_task(snapshot_pulse(pool, clock, CLOSES, [client.account_id]))
        await somebody_waits(pool)
        assert await snapshots(pool) == []
    assert await snapshot == 1


async def test_history_imported_while_a_day_is_read_is_in_its_snapshot(
    pool: Pool, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    closed = datetime(2026, 3, 3, 23, tzinfo=UTC)
    await run_import(pool, [*START, order("o-1")], now=now)
    others = await open_pool(database)
    imports: list[asyncio.Task[object]] = []

    async def reading(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        found = await pulse_figures(reader, requests)
        if not imports:
            lines = [order("o-2", 5, "2026-03-03T11:00:00Z")]
            imports.append(asyncio.create_task(run_import(others, lines, now=now)))
            await somebody_waits(pool)
        return found

    monkeypatch.setattr(snapshots_module, "pulse_figures", reading)
    accounts = [row["id"] for row in await pool.fetch("SELECT id FROM accounts")]
    await snapshot_pulse(pool, FrozenClock(now), closed, accounts)
    await imports[0]
    assert (await cursor(pool, SNAPSHOT, accounts[0])).due_at == closed
    assert await snapshots(pool) == []
    await run_jobs(pool, FrozenClock(now))
    assert await uploaded(pool) == [6]
    await others.close()


async def test_an_account_that_fails_leaves_the_batch_as_it_was(pool: Pool, clock: FrozenClock) -> None:
    accounts = [(await open_customer(pool, clock)).account_id for _ in range(2)]
    await pool.fetch("UPDATE time_zone_periods SET time_zone = 'Europe/Atlantis' WHERE account_id = $1", accounts[1])
    clock.advance(12 * HOUR)
    with pytest.raises(Exception, match="Atlantis"):
        await snapshot_pulse(pool, clock, CLOSES, accounts)
    assert await uploaded(pool) == []
    assert await snapshot_pulse(pool, clock, CLOSES, accounts[:1]) == 1


@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=histories())
async def test_snapshots_of_random_histories_equal_the_reference(pool: Pool, drawn: tuple[History, datetime]) -> None:
    history, at = drawn
    await write_history(pool, history)
    await begin_missing_cursors(pool)
    day = ledger_day_at(at - 3 * DAY, history.periods)
    sooner = "UPDATE job_cursors SET date = $2, due_at = $3 WHERE account_id = $1"
    await pool.fetch(sooner, history.account_id, day.date, day.closes_at)
    await run_jobs(pool, FrozenClock(at + DAY), [SNAPSHOT])
    found = [row.as_of for row in await snapshots(pool) if row.account_id == history.account_id]
    assert found[0] == day.closes_at
    assert at - DAY < found[-1] <= at + DAY
    await assert_equal_to_reference(pool)
