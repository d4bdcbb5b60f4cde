"""Accounts that fail, or that others hold, at midnight: no other waits for them, and they are tried again."""

from collections.abc import MutableMapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.services.accounts.counters import lock_counters
from app.services.accounts.terms import change_time_zone
from db.connections import Pool
from db.writer import unit_of_work
from jobs.counts import Counts
from jobs.worker import working_pool
from tests.support.clock import FrozenClock
from tests.support.transactions import in_transaction
from tests.support.workers import COPENHAGEN, Midnight, new_account, next_days, runs, worker

RESET = "reset_guarantee"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CREATED = datetime(2026, 3, 10, 12, tzinfo=UTC)
FIRST_END = datetime(2026, 3, 10, 23, tzinfo=UTC)


async def test_an_account_that_fails_stops_no_other_and_is_tried_again_after_growing_pauses(
    pool: Pool, clock: FrozenClock
) -> None:
    good, bad, other = sorted([await new_account(pool, clock.now()) for _ in range(3)])
    clock.advance(FIRST_END - clock.now())
    work = Midnight()
    work.wrong[bad] = ZeroDivisionError("division by zero")
    assert await worker(pool, clock, work).run_due() == {RESET: Counts(runs=1, accounts=2, failures=1)}
    assert await next_days(pool) == [(good, FIRST_END + DAY), (bad, FIRST_END), (other, FIRST_END + DAY)]
    for pause in (1, 2, 4, 8, 16, 32, 60, 60):
        clock.advance(pause * MINUTE - timedelta(microseconds=1))
        assert await worker(pool, clock, work).run_due() == {RESET: Counts()}
        clock.advance()
        assert await worker(pool, clock, work).run_due() == {RESET: Counts(runs=1, failures=1)}
    assert await runs(pool, "account_id", "state", "attempts", "accounts", "failures", "error") == [
        (None, "FAILED", 9, 2, 1, "It fails for some accounts: 1."),
        (bad, "FAILED", 9, 0, 1, "ZeroDivisionError: division by zero"),
    ]
    work.wrong.clear()
    clock.advance(60 * MINUTE)
    assert await worker(pool, clock, work).run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "account_id", "state", "attempts", "accounts", "failures", "error") == [
        (None, "SUCCEEDED", 10, 3, 0, None),
        (bad, "SUCCEEDED", 10, 1, 0, None),
    ]


async def test_an_account_of_an_unknown_zone_fails_alone(
    pool: Pool, clock: FrozenClock, logs: list[MutableMapping[str, Any]]
) -> None:
    lost = await new_account(pool, clock.now())
    await new_account(pool, clock.now())
    for table in ("time_zone_periods", "job_cursors"):
        await pool.fetch(f"UPDATE {table} SET time_zone = 'Mars/Olympus' WHERE account_id = $1", lost)  # noqa: S608
    clock.advance(DAY)
    assert await worker(pool, clock, Midnight()).run_due() == {RESET: Counts(runs=2, accounts=1, failures=1)}
    assert [(log["event"], log["account"]) for log in logs if log["log_level"] == "warning"] == [
        ("account_failed", str(lost))
    ]
    assert await runs(pool, "time_zone", "account_id", "date", "state", "error") == [
        (COPENHAGEN, None, date(2026, 3, 10), "SUCCEEDED", None),
        ("Mars/Olympus", None, date(2026, 3, 10), "FAILED", "It fails for some accounts: 1."),
        (
            "Mars/Olympus",
            lost,
            date(2026, 3, 10),
            "FAILED",
            "UnknownTimeZone: 'Mars/Olympus' is not an IANA time zone.",
        ),
    ]


async def test_an_unknown_zone_of_an_account_without_cursors_stops_no_other(
    pool: Pool, clock: FrozenClock, logs: list[MutableMapping[str, Any]]
) -> None:
    lost, other = await new_account(pool, clock.now()), await new_account(pool, clock.now())
    await pool.fetch("DELETE FROM job_cursors")
    await pool.fetch("UPDATE time_zone_periods SET time_zone = 'Mars/Olympus' WHERE account_id = $1", lost)
    clock.advance(DAY)
    assert await worker(pool, clock, Midnight()).run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await next_days(pool) == [(other, FIRST_END + DAY)]
    assert [(log["event"], log["account"]) for log in logs if log["log_level"] == "warning"] == [
        ("account_without_jobs", str(lost))
    ]


async def test_accounts_without_cursors_are_found_at_the_start_and_every_hour(pool: Pool, clock: FrozenClock) -> None:
    at_work = worker(pool, clock, Midnight())
    assert await at_work.run_due() == {RESET: Counts()}
    account = await new_account(pool, clock.now())
    await pool.fetch("DELETE FROM job_cursors WHERE job = $1", RESET)  # as a release leaves it that knows one job only
    clock.advance(60 * MINUTE - timedelta(microseconds=1))
    await at_work.run_due()
    assert await next_days(pool) == []
    clock.advance()
    await at_work.run_due()
    assert await next_days(pool) == [(account, FIRST_END)]


async def test_an_account_that_others_hold_keeps_no_other_waiting_and_stays_due(
    database: str, pool: Pool, clock: FrozenClock
) -> None:
    accounts = [await new_account(pool, clock.now()) for _ in range(3)]
    held = min(accounts)
    clock.advance(DAY)
    async with working_pool(database) as not_waiting_long:
        at_work = worker(not_waiting_long, clock, Midnight())
        async with unit_of_work(pool) as writer:
            await lock_counters(writer, [held])
            assert await at_work.run_due() == {RESET: Counts(runs=2, accounts=2)}
        assert dict(await next_days(pool)) == dict.fromkeys(accounts, FIRST_END + DAY) | {held: FIRST_END}
        assert await runs(pool, "account_id", "state", "failures") == [(None, "RUNNING", 0)]
        assert await at_work.run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "account_id", "state", "accounts") == [(None, "SUCCEEDED", 3)]


async def test_a_run_whose_failing_account_went_to_another_zone_succeeds_with_it(
    pool: Pool, clock: FrozenClock
) -> None:
    bad = await new_account(pool, clock.now())
    clock.advance(DAY)
    work = Midnight()
    work.wrong[bad] = ZeroDivisionError("division by zero")
    await worker(pool, clock, work).run_due()
    await in_transaction(pool, lambda writer: change_time_zone(writer, clock, bad, "Pacific/Kiritimati"))
    work.wrong.clear()
    clock.advance(MINUTE)
    assert await worker(pool, clock, work).run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "time_zone", "account_id", "date", "state") == [
        (COPENHAGEN, None, date(2026, 3, 10), "SUCCEEDED"),
        (COPENHAGEN, bad, date(2026, 3, 10), "SUCCEEDED"),
        ("Pacific/Kiritimati", None, date(2026, 3, 10), "SUCCEEDED"),
    ]
