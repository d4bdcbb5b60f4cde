"""Pruning: deleted and kept rows, without a change of any figure (domain rules, section 6)."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings

from app.domain.pulse.as_of import AsOf
from app.services.commands import Command, perform
from app.services.housekeeping.pruning import Pruned, prune
from app.services.orders.producing import reject_images
from db.connections import Pool
from db.pools import open_pool
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader
from db.tables.jobs import JobRun
from db.writer import Writer
from tests.support.alerts import MINUTE
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import HALO, Customer, claim, deliver, open_customer
from tests.support.database import execute
from tests.support.histories import History, write_history
from tests.support.pools import FailingPool, Killed
from tests.support.random_histories import histories
from tests.support.stored_results import JsonResult
from tests.support.transactions import in_transaction

DAY = timedelta(days=1)
RETENTION = 90 * DAY
MINUTES = "SELECT bucket FROM {} WHERE grain = 1 ORDER BY bucket"


async def minutes(pool: Pool, table: str) -> list[datetime]:
    return [row["bucket"] for row in await pool.fetch(MINUTES.format(table))]


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=histories())
async def test_figures_stay_what_they_are(pool: Pool, drawn: tuple[History, datetime]) -> None:
    history, at = drawn
    await write_history(pool, history)
    asked = [at, at - MICROSECOND, at + MICROSECOND, at - DAY, at + 20 * DAY, at + 40 * DAY]
    requests = [AsOf(history.account_id, each, history.zone_before(each), is_now=False) for each in asked]
    before = await pulse_figures(PoolReader(pool), requests)
    for days in (1, 25, 40, 100):
        await prune(pool, FrozenClock(at + days * DAY), RETENTION)
        assert await pulse_figures(PoolReader(pool), requests) == before
    assert before == await reference_figures(PoolReader(pool), requests)


async def test_minutes_older_than_61_days_are_deleted_and_later_changes_count_as_before(
    pool: Pool, clock: FrozenClock
) -> None:
    customer = await open_customer(pool, clock)
    first = await customer.place(4)
    images = await customer.images_of(first)
    await claim(pool, clock, "ann", 4)
    await deliver(pool, clock, "ann", images[:2])
    clock.advance(DAY)
    await customer.place(1)
    second_day = clock.now().replace(hour=0)
    clock.advance(61 * DAY - timedelta(hours=1))
    assert (await prune(pool, clock, RETENTION)).accounts == 1
    assert min(await minutes(pool, "rollups")) >= second_day
    assert await minutes(pool, "savings_rollups") == []
    heads = [tuple(row) for row in await pool.fetch("SELECT minutes_since FROM account_heads")]
    assert heads == [(second_day,)]
    await claim(pool, clock, "bob", 2)
    await deliver(pool, clock, "bob", images[2:])
    reject = partial(reject_images, clock=clock, reasons=dict.fromkeys(images[:1], HALO), period=90 * DAY)
    await in_transaction(pool, reject)
    assert min(await minutes(pool, "rollups")) >= second_day
    await assert_consistent(PoolReader(pool), customer)
    assert await prune(pool, clock, RETENTION) == Pruned(keys=0, runs=0, accounts=0)


async def test_commands_while_minutes_are_forgotten_count_once(pool: Pool, clock: FrozenClock) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(3)]
    placed = [await customer.place(3) for customer in customers]
    clock.advance(70 * DAY)
    taken = await claim(pool, clock, "ann", 9)
    await asyncio.gather(
        prune(pool, clock, RETENTION),
        *(deliver(pool, clock, "ann", taken.images[start : start + 3]) for start in (0, 3, 6)),
        prune(pool, clock, RETENTION),
    )
    assert len(placed) == 3
    assert min(await minutes(pool, "rollups")) >= clock.now() - 61 * DAY - DAY
    for customer in customers:
        await assert_consistent(PoolReader(pool), customer)


async def test_a_pruning_killed_anywhere_changes_no_figure(pool: Pool, clock: FrozenClock) -> None:
    customer = await open_customer(pool, clock)
    await customer.place(3)
    clock.advance(70 * DAY)
    for statements in range(1, 15):
        with pytest.raises(Killed):
            await prune(FailingPool(pool, statements), clock, RETENTION)
        await assert_consistent(PoolReader(pool), customer)
    await prune(pool, clock, RETENTION)
    assert await minutes(pool, "rollups") == []


async def ask(pool: Pool, clock: FrozenClock, customer: Customer | None, key: str) -> JsonResult:
    """Give a command that records its instant."""

    async def work(_writer: Writer) -> JsonResult:
        return JsonResult(at=clock.now().isoformat())

    command = Command(None if customer is None else customer.account_id, "ask", {"asked": key}, key)
    return (await perform(pool, clock, command, work, JsonResult)).result


async def test_keys_go_when_they_are_known_no_more(pool: Pool, clock: FrozenClock) -> None:
    customer = await open_customer(pool, clock)
    first = [await ask(pool, clock, whose, "first") for whose in (customer, None)]
    clock.advance()
    second = [await ask(pool, clock, whose, "second") for whose in (customer, None)]
    clock.advance(DAY - MICROSECOND)
    assert (await prune(pool, clock, RETENTION)).keys == 2
    assert [await ask(pool, clock, whose, "second") for whose in (customer, None)] == second
    assert [await ask(pool, clock, whose, "first") for whose in (customer, None)] != first
    assert (await prune(pool, clock, RETENTION)).keys == 0


async def test_an_account_that_fails_does_not_stop_the_others(new_database: str, clock: FrozenClock) -> None:
    pool = await open_pool(new_database)
    broken, other = [await open_customer(pool, clock, name=name) for name in ("Broken", "Other")]
    for customer in (broken, other):
        await customer.place(1)
        await ask(pool, clock, customer, "first")
    is_broken = f"account_id = '{broken.account_id}'"
    refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'It is broken.'; END $$"
    triggers = [
        f"CREATE TRIGGER broken BEFORE DELETE ON {table} FOR EACH ROW WHEN (OLD.{is_broken}) EXECUTE FUNCTION refuse()"
        for table in ("rollups", "idempotency_keys")
    ]
    await execute(new_database, refuse, *triggers)
    clock.advance(70 * DAY)
    assert await prune(pool, clock, RETENTION) == Pruned(keys=1, runs=0, accounts=1, failed=1)
    await execute(new_database, "DROP FUNCTION refuse CASCADE")
    assert await prune(pool, clock, RETENTION) == Pruned(keys=1, runs=0, accounts=1)
    assert await minutes(pool, "rollups") == []
    await pool.close()


def run(
    job: str, at: datetime, *, state: str = "SUCCEEDED", zone: str | None = None, account_id: UUID | None = None
) -> JobRun:
    """A run that took a second."""
    finished_at = None if state == "RUNNING" else at + timedelta(seconds=1)
    return JobRun(
        id=uuid4(),
        job=job,
        time_zone=zone,
        account_id=account_id,
        date=None,
        scheduled_for=at,
        state=state,
        attempts=1,
        owner="one",
        lease_until=None,
        started_at=at,
        finished_at=finished_at,
        accounts=0,
        failures=0,
        error=None,
    )


async def test_runs_are_deleted_after_the_retention_and_those_of_minutes_after_a_day(
    pool: Pool, clock: FrozenClock
) -> None:
    now = clock.now()
    kept = [
        run("watch_deadlines", now - DAY),
        run("watch_deadlines", now - 2 * DAY, state="FAILED"),
        run("watch_deadlines", now - 100 * DAY, state="RUNNING"),
        run("return_expired_leases", now - 100 * DAY),  # its last success
        run("snapshot_pulse", now - RETENTION, zone="Africa/Cairo"),
    ]
    gone = [
        run("watch_deadlines", now - DAY - MINUTE),
        run("watch_deadlines", now - 100 * DAY - MINUTE, state="FAILED"),
        run("return_expired_leases", now - 100 * DAY - MINUTE),
        run("snapshot_pulse", now - RETENTION - MINUTE, zone="Africa/Cairo"),
        run("snapshot_pulse", now - RETENTION - MINUTE, zone="Asia/Tokyo", state="FAILED"),
    ]
    expected = {each.id for each in kept}
    await in_transaction(pool, lambda writer: writer.insert([*kept, *gone]))
    assert await prune(pool, clock, RETENTION) == Pruned(keys=0, runs=5, accounts=0)
    assert {row["id"] for row in await pool.fetch("SELECT id FROM job_runs")} == expected


async def test_failed_runs_of_accounts_are_deleted_after_the_retention_and_are_never_the_last_success(
    pool: Pool, clock: FrozenClock
) -> None:
    now = clock.now()
    account_id = (await open_customer(pool, clock)).account_id
    kept = [
        run("watch_deadlines", now - 3 * DAY),  # its last success
        run("watch_deadlines", now - 2 * DAY, account_id=account_id),
        run("watch_deadlines", now - RETENTION, account_id=account_id, state="FAILED"),
    ]
    gone = [
        run("watch_deadlines", now - 4 * DAY),
        run("watch_deadlines", now - RETENTION - MINUTE, account_id=account_id),
        run("prune", now - RETENTION - MINUTE, account_id=account_id),
        run("watch_deadlines", now - RETENTION - 2 * MINUTE, account_id=account_id, state="FAILED"),
    ]
    expected = {each.id for each in kept}
    await in_transaction(pool, lambda writer: writer.insert([*kept, *gone]))
    assert (await prune(pool, clock, RETENTION)).runs == 4
    assert {row["id"] for row in await pool.fetch("SELECT id FROM job_runs")} == expected


async def test_a_retention_of_less_than_a_day_holds_for_all_runs(pool: Pool, clock: FrozenClock) -> None:
    now = clock.now()
    runs = [run("watch_deadlines", now - MINUTE), run("watch_deadlines", now - 2 * MINUTE)]
    await in_transaction(pool, lambda writer: writer.insert(runs))
    assert (await prune(pool, clock, timedelta(seconds=30))).runs == 1


async def test_events_and_snapshots_are_kept(pool: Pool, clock: FrozenClock) -> None:
    customer = await open_customer(pool, clock)
    await customer.place(2)
    events = await pool.fetch("SELECT * FROM events ORDER BY sequence")
    await prune(pool, FrozenClock(datetime(2036, 1, 1, tzinfo=UTC)), RETENTION)
    assert await pool.fetch("SELECT * FROM events ORDER BY sequence") == events
