"""The Pulse that is served is compared with the rows, in turn and in one snapshot; differences are only reported."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, MutableMapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from app.services.accounts.counters import advance_quiet, lock_counters
from app.services.commands import with_retries
from app.services.housekeeping import verification as verifying
from app.services.housekeeping.verification import (
    VERIFY,
    FiguresDiffer,
    NotCompared,
    Verified,
    verify_accounts,
    verify_next,
)
from app.services.jobs.cursors import ACTIVITY
from app.services.orders.changing import cancel_order
from app.services.orders.outcome import Outcome
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import reject_images
from db.connections import Pool, Statement, open_pool
from db.queries.pulse_reference import reference_figures
from db.readers import Reader
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver, open_customer
from tests.support.midnight_jobs import run_jobs
from tests.support.order_states import uploads
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON = timedelta(seconds=1)
OWNER = "a"


@pytest.fixture(autouse=True)
def logs() -> Generator[list[MutableMapping[str, Any]]]:
    """The captured log events."""
    with capture_logs() as captured:
        yield captured


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """A studio with orders of four weeks, delivered in part, now and then late, rejected and cancelled."""
    made = await open_customer(pool, clock)
    await a_few_weeks(made, clock)
    return made


async def a_few_weeks(customer: Customer, clock: FrozenClock) -> None:
    """Place 5 images a week for 4 weeks; deliver 3 of them, one of which is rejected; one order more is cancelled."""
    for week in range(4):
        clock.advance(7 * DAY)
        await customer.place(5)
        clock.advance(HOUR)
        claimed = await claim(customer.pool, clock, "ann", 3)
        clock.advance(10 * SOON + week * DAY)
        if week != 2:
            claimed = await claim(customer.pool, clock, "ann", 3)
            await deliver(customer.pool, clock, "ann", claimed.images)
            clock.advance(HOUR)
            await in_transaction(
                customer.pool, partial(reject_images, clock=clock, reasons=dict.fromkeys(claimed.images[:1], HALO))
            )
    clock.advance(HOUR)
    cancelled = (await customer.place(2)).orders[0]
    clock.advance(HOUR)
    await in_transaction(customer.pool, partial(cancel_order, clock=clock, key=cancelled))
    clock.advance(HOUR)


async def turns(pool: Pool) -> dict[UUID, tuple[datetime, int]]:
    """Return since when each account waits for its comparison, and its failures in a row."""
    rows = await pool.fetch("SELECT account_id, due_at, attempts FROM job_cursors WHERE job = $1", VERIFY)
    return {row["account_id"]: (row["due_at"], row["attempts"]) for row in rows}


async def failed_runs(pool: Pool) -> list[tuple[UUID, str, str]]:
    rows = await pool.fetch(
        "SELECT account_id, state, error FROM job_runs WHERE job = $1 AND account_id IS NOT NULL ORDER BY started_at",
        VERIFY,
    )
    return [tuple(row) for row in rows]


async def test_an_account_without_a_difference_is_recorded(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    assert await turns(pool) == {customer.account_id: (clock.now(), 0)}
    assert await failed_runs(pool) == []


DAMAGES = {
    "UPDATE rollups SET uploaded = uploaded + 1 WHERE grain = 1440": "current.uploaded",
    "UPDATE rollups SET late_standard = late_standard + 3 WHERE grain = 1440": "current.late.standard",
    "UPDATE rollups SET met_rejection = met_rejection + 1 WHERE grain = 1440": "current.met.rejection",
    "UPDATE rollups SET lead_microseconds = lead_microseconds + 1 WHERE grain = 1440": "current.lead_microseconds",
    "UPDATE savings_rollups SET images = images + 1 WHERE grain = 1440": "current.steps.CLIPPING.images",
    "DELETE FROM rollups WHERE grain = 1440": "all_time_processed",
    "UPDATE upload_weeks SET images = 0": "streak.current.first",
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damaged_rollups_are_reported_with_their_figures_and_not_repaired(
    pool: Pool, clock: FrozenClock, customer: Customer, damage: str
) -> None:
    await pool.fetch(damage)
    tables = ("rollups", "savings_rollups", "upload_weeks")
    before = [await pool.fetch(f"SELECT * FROM {table} ORDER BY {table}") for table in tables]  # noqa: S608
    verified = await verify_accounts(pool, clock, OWNER, [customer.account_id])
    assert (verified.accounts, list(verified.failed)) == (0, [customer.account_id])
    error = verified.failed[customer.account_id]
    assert isinstance(error, FiguresDiffer)
    assert DAMAGES[damage] in str(error)
    assert await turns(pool) == {customer.account_id: (clock.now(), 1)}
    assert await failed_runs(pool) == [(customer.account_id, "FAILED", f"FiguresDiffer: {error}"[:500])]
    assert [await pool.fetch(f"SELECT * FROM {table} ORDER BY {table}") for table in tables] == before  # noqa: S608


async def test_figures_of_both_sides_are_reported(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    await pool.fetch(
        """
        UPDATE rollups SET uploaded = uploaded + 4
        WHERE (grain, bucket) = (SELECT 1440, max(bucket) FROM rollups WHERE grain = 1440 AND uploaded > 0)"""
    )
    clock.advance(DAY)
    error = (await verify_accounts(pool, clock, OWNER, [customer.account_id])).failed[customer.account_id]
    assert str(error).startswith(
        f"as of {clock.now():%Y-%m-%dT%H:%M:%S}Z: current.uploaded 24 by rollups, 20 by rows; "
    )


async def test_a_damaged_closed_day_of_activity_is_reported(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    clock.advance(DAY)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    [day] = await pool.fetch(
        """
        UPDATE activity_days SET late = late + 7
        WHERE date = (SELECT min(date) FROM activity_days) RETURNING date, late"""
    )
    error = (await verify_accounts(pool, clock, OWNER, [customer.account_id])).failed[customer.account_id]
    assert f"activity.{day['date']}.late {day['late']} by rollups, {day['late'] - 7} by rows" in str(error)


async def test_an_account_whose_figures_agree_again_is_recorded_as_recovered(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await pool.fetch("UPDATE rollups SET delivered = delivered + 1")
    for attempts in (1, 2):
        await verify_accounts(pool, clock, OWNER, [customer.account_id])
        assert await turns(pool) == {customer.account_id: (clock.now(), attempts)}
        clock.advance(HOUR)
    await pool.fetch("UPDATE rollups SET delivered = delivered - 1")
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    assert await turns(pool) == {customer.account_id: (clock.now(), 0)}
    assert [(account_id, state) for account_id, state, _ in await failed_runs(pool)] == [
        (customer.account_id, "SUCCEEDED")
    ]


async def test_accounts_take_turns_the_longest_waiting_first(pool: Pool, clock: FrozenClock) -> None:
    """The eighth account is opened on the third day, and waits from then on like those that had their turn."""
    accounts: list[UUID] = []
    for number in range(7):
        accounts.append((await open_customer(pool, clock, name=f"Studio {number}")).account_id)
        clock.advance(SOON)
    days: list[list[int]] = []
    for day in range(7):
        clock.advance(DAY)
        if day == 2:
            accounts.append((await open_customer(pool, clock, name="Late")).account_id)
        assert await verify_next(pool, clock, OWNER, 3) == Verified(accounts=3)
        verified = {account_id for account_id, (at, _) in (await turns(pool)).items() if at == clock.now()}
        days.append([number for number, account_id in enumerate(accounts[:7]) if account_id in verified])
    assert days == [[0, 1, 2], [3, 4, 5], [0, 1, 6], [2, 3, 4], [0, 1, 5], [2, 6], [0, 3, 4]]
    [late] = await pool.fetch("SELECT due_at FROM job_cursors WHERE account_id = $1 AND job = $2", accounts[7], VERIFY)
    assert late["due_at"] == clock.now() - DAY


async def test_a_continued_verification_compares_each_account_once(pool: Pool, clock: FrozenClock) -> None:
    for number in range(5):
        await open_customer(pool, clock, name=f"Studio {number}")
    clock.advance(DAY)
    assert [(await verify_next(pool, clock, OWNER, 3)).accounts for _ in range(3)] == [3, 2, 0]


async def test_turns_recorded_by_a_clock_that_was_ahead_delay_no_account(pool: Pool, clock: FrozenClock) -> None:
    accounts = [(await open_customer(pool, clock, name=f"Studio {number}")).account_id for number in range(3)]
    ahead = FrozenClock(clock.now() + 400 * DAY)
    assert await verify_next(pool, ahead, OWNER, 2) == Verified(accounts=2)
    clock.advance(DAY)
    assert await verify_next(pool, clock, OWNER, 9) == Verified(accounts=3)
    assert await turns(pool) == dict.fromkeys(accounts, (clock.now(), 0))


async def test_an_account_with_a_difference_is_compared_every_day_besides_the_turn(
    pool: Pool, clock: FrozenClock
) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(4)]
    await customers[0].place(3)
    await pool.fetch("UPDATE rollups SET uploaded = uploaded + 9")
    clock.advance(DAY)
    assert list((await verify_accounts(pool, clock, OWNER, [customers[0].account_id])).failed) == [
        customers[0].account_id
    ]
    for _ in range(2):
        clock.advance(DAY)
        verified = await verify_next(pool, clock, OWNER, 1)
        assert (verified.accounts, list(verified.failed)) == (1, [customers[0].account_id])
        assert verified.error is not None
        assert verified.error.startswith(f"1 of 2 accounts. account {customers[0].account_id}: FiguresDiffer: as of ")
    await pool.fetch("UPDATE rollups SET uploaded = uploaded - 9")
    clock.advance(DAY)
    assert await verify_next(pool, clock, OWNER, 1) == Verified(accounts=2)


async def test_an_account_locked_by_others_is_compared(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [customer.account_id])
        assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)


async def test_a_comparison_that_takes_too_long_is_ended_and_reported_and_others_continue(
    pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = sorted([(await open_customer(pool, clock, name=name)).account_id for name in ("Slow", "Quick")])

    async def reading(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        if requests[0].account_id == slow:
            await reader.fetch(Statement("sleep", "SELECT pg_sleep(600)"))
        return await reference_figures(reader, requests)

    monkeypatch.setattr(verifying, "reference_figures", reading)
    monkeypatch.setattr(verifying, "BOUNDS", [Statement("soon", "SET LOCAL statement_timeout = '300ms'")])
    verified = await verify_accounts(pool, clock, OWNER, [slow, quick])
    assert (verified.accounts, list(verified.failed)) == (1, [slow])
    assert isinstance(verified.failed[slow], NotCompared)
    assert str(verified.failed[slow]) == "It takes longer than 2min to read its rows."
    assert {id_: attempts for id_, (_, attempts) in (await turns(pool)).items()} == {slow: 1, quick: 0}
    [left] = await pool.fetch("SHOW statement_timeout")  # of a connection that is used again
    assert left["statement_timeout"] == "0"


async def test_an_account_that_cannot_be_read_stops_no_other(pool: Pool, clock: FrozenClock) -> None:
    lost, fine = [(await open_customer(pool, clock, name=name)).account_id for name in ("Lost", "Fine")]
    await pool.fetch("UPDATE time_zone_periods SET time_zone = 'Mars/Olympus' WHERE account_id = $1", lost)
    verified = await verify_accounts(pool, clock, OWNER, [lost, fine])
    assert (verified.accounts, list(verified.failed)) == (1, [lost])
    assert "'Mars/Olympus' is not an IANA time zone." in str(verified.failed[lost])


@pytest.mark.parametrize("read", ["pulse_figures", "streaks", "reference_figures", "reference_streaks"])
async def test_commands_between_the_reads_are_seen_by_neither_side(
    pool: Pool, clock: FrozenClock, customer: Customer, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    """Orders are placed, which would be open, and a week gets its first upload."""
    clock.advance(7 * DAY)
    reading: Callable[..., Awaitable[object]] = getattr(verifying, read)
    placed: list[Outcome] = []

    async def after_commands(*asked: object) -> object:
        placed.append(await customer.place(3))
        await cancel(customer, await customer.place(2))
        await customer.place(1, expedite=True)
        return await reading(*asked)

    monkeypatch.setattr(verifying, read, after_commands)
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    assert len(placed) == 2  # once as of the settled instant, once as of the past one
    assert placed[0].at == clock.now()  # which is the settled instant: events at it count later


async def test_a_command_under_way_is_seen_by_neither_side(
    pool: Pool, clock: FrozenClock, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[PulseFigures] = []

    async def noting(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        found.extend(await reference_figures(reader, requests))
        return found[-1:]

    monkeypatch.setattr(verifying, "reference_figures", noting)
    new = NewOrder(customer.account_id, "Hats", customer.specification_id, uploads("a.jpg", "b.jpg"), expedite=False)
    await advance_quiet(pool, FrozenClock(clock.now() + MICROSECOND), [customer.account_id])
    async with unit_of_work(pool) as writer:
        await place_order(writer, clock, new)
        verified = await verify_accounts(pool, clock, OWNER, [customer.account_id])
        await writer.commit()
    assert verified == Verified(accounts=1)
    assert found[0].current.uploaded == 20


async def cancel(customer: Customer, placed: Outcome) -> None:
    await in_transaction(customer.pool, partial(cancel_order, clock=customer.clock, key=placed.orders[0]))


@pytest.fixture
async def others(database: str) -> AsyncGenerator[Pool]:
    """A pool for writers."""
    pool = await open_pool(database)
    yield pool
    await pool.close()


async def test_concurrent_writers_cause_no_difference(
    pool: Pool, others: Pool, clock: FrozenClock, customer: Customer
) -> None:
    """Four clients and workers place, cancel, expedite, claim, deliver and reject as fast as they can."""
    ended = asyncio.Event()
    busy = Customer(others, clock, customer.account_id, customer.specification_id)

    turns: list[int] = []

    async def write(seed: int) -> None:
        drawn = random.Random(seed)  # noqa: S311 - drawn for tests
        while not ended.is_set():
            clock.advance(timedelta(milliseconds=7))
            await with_retries(partial(give_something, busy, drawn))
            turns.append(seed)

    writers = [asyncio.create_task(write(seed)) for seed in range(4)]
    proofs = 0
    while proofs < 25 or len(turns) < 25:
        assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
        proofs += 1
    ended.set()
    await asyncio.gather(*writers)
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)


async def give_something(customer: Customer, drawn: random.Random) -> None:
    placed = await customer.place(drawn.randint(1, 6))
    if drawn.random() < 0.2:
        await cancel(customer, placed)
    worker = f"w{drawn.randint(0, 99)}"
    claimed = await claim(customer.pool, customer.clock, worker, drawn.randint(1, 6))
    if claimed.images:
        await deliver(customer.pool, customer.clock, worker, claimed.images)
        reject = partial(reject_images, clock=customer.clock, reasons=dict.fromkeys(claimed.images[:1], HALO))
        await in_transaction(customer.pool, reject)
