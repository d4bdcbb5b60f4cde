"""The ledger of runs: their owners, leases and outcomes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey, Success
from db.connections import Pool, Record, Statement
from db.readers import PoolReader
from db.writer import unit_of_work

NOW = datetime(2026, 3, 28, 23, 0, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ZONE = RunKey("snapshot_pulse", "Europe/Copenhagen", None, date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC))
WATCH = RunKey("watch_deadlines", None, None, None, datetime(2026, 3, 28, 23, tzinfo=UTC))
RUNS = Statement("runs", "SELECT * FROM job_runs ORDER BY scheduled_for, account_id NULLS FIRST")


async def claim(pool: Pool, owner: str, at: datetime = NOW, run: RunKey = ZONE, *, again: bool = False) -> Claim | None:
    async with unit_of_work(pool) as writer:
        claimed = await job_runs.claim(writer, run, owner, at, MINUTE, again=again)
        await writer.commit()
    return claimed


async def taken(pool: Pool, owner: str, at: datetime = NOW, run: RunKey = ZONE, *, again: bool = False) -> Claim:
    claimed = await claim(pool, owner, at, run, again=again)
    assert claimed is not None
    return claimed


async def succeed(pool: Pool, claimed: Claim, at: datetime, horizon: datetime | None = None) -> None:
    async with unit_of_work(pool) as writer:
        await job_runs.succeed(writer, claimed, at, horizon)
        await writer.commit()


async def fail(pool: Pool, claimed: Claim, at: datetime, retry_at: datetime | None = None) -> None:
    async with unit_of_work(pool) as writer:
        await job_runs.fail(writer, claimed, at, 2, "KeyError: 'x'", retry_at)
        await writer.commit()


async def the_run(pool: Pool) -> Record:
    [row] = await pool.fetch(RUNS.sql)
    return row


async def test_a_claim_has_its_run_owner_and_lease(pool: Pool) -> None:
    claimed = await taken(pool, "a")
    assert (claimed.run, claimed.owner, claimed.attempts) == (ZONE, "a", 1)
    row = await the_run(pool)
    assert dict(row) == {
        "id": claimed.id,
        "job": "snapshot_pulse",
        "time_zone": "Europe/Copenhagen",
        "account_id": None,
        "date": date(2026, 3, 28),
        "scheduled_for": ZONE.scheduled_for,
        "state": "RUNNING",
        "attempts": 1,
        "owner": "a",
        "lease_until": NOW + MINUTE,
        "started_at": NOW,
        "finished_at": None,
        "accounts": 0,
        "failures": 0,
        "error": None,
        "horizon": None,
    }


async def test_a_run_belongs_to_its_owner_until_the_lease_is_over(pool: Pool) -> None:
    first = await taken(pool, "a")
    assert await claim(pool, "b", NOW + MINUTE - timedelta(microseconds=1)) is None
    second = await taken(pool, "b", NOW + MINUTE)
    assert (second.id, second.attempts) == (first.id, 2)
    assert (await the_run(pool))["owner"] == "b"


async def test_a_lease_by_a_clock_that_was_ahead_does_not_count(pool: Pool) -> None:
    await taken(pool, "ahead", NOW + 3 * HOUR)
    assert (await taken(pool, "b")).attempts == 2
    await taken(pool, "a little ahead", NOW + MINUTE)
    assert await claim(pool, "b") is None


async def test_runs_of_another_job_zone_or_instant_are_others(pool: Pool) -> None:
    await taken(pool, "a")
    for other in (
        replace(ZONE, job="reset_guarantee"),
        replace(ZONE, time_zone="Europe/Berlin"),
        replace(ZONE, scheduled_for=ZONE.scheduled_for + 24 * HOUR),
        replace(ZONE, time_zone=None),
    ):
        assert await claim(pool, "b", run=other) is not None
        assert await claim(pool, "c", run=other) is None


async def test_a_renewed_lease_is_longer_and_counts_processed_accounts(pool: Pool) -> None:
    claimed = await taken(pool, "a")
    for minutes, accounts in ((1, 200), (2, 17)):
        async with unit_of_work(pool) as writer:
            await job_runs.renew(writer, claimed, NOW + MINUTE + minutes * MINUTE, accounts)
            await writer.commit()
    row = await the_run(pool)
    assert (row["lease_until"], row["accounts"]) == (NOW + 3 * MINUTE, 217)
    assert await claim(pool, "b", NOW + 2 * MINUTE) is None


async def test_a_run_interrupted_by_an_outage_is_reclaimed_at_once_by_its_owner(pool: Pool) -> None:
    await taken(pool, "a")
    assert (await taken(pool, "a", NOW + timedelta(seconds=1))).attempts == 2


async def test_a_run_that_succeeded_is_repeated_only_if_allowed(pool: Pool) -> None:
    await succeed(pool, await taken(pool, "a"), NOW + timedelta(seconds=2))
    row = await the_run(pool)
    assert (row["state"], row["lease_until"], row["finished_at"]) == ("SUCCEEDED", None, NOW + timedelta(seconds=2))
    assert await claim(pool, "b", NOW + HOUR) is None
    assert (await taken(pool, "b", NOW + HOUR, again=True)).attempts == 2
    row = await the_run(pool)
    assert (row["state"], row["started_at"], row["finished_at"]) == ("RUNNING", NOW + HOUR, None)


@pytest.mark.parametrize(("retry_at", "before"), [(None, []), (NOW + HOUR, [NOW + timedelta(seconds=3599)])])
async def test_a_failed_run_is_tried_again_but_not_before_its_pause_is_over(
    pool: Pool, retry_at: datetime | None, before: list[datetime]
) -> None:
    await fail(pool, await taken(pool, "a"), NOW + timedelta(seconds=2), retry_at)
    row = await the_run(pool)
    assert (row["state"], row["failures"], row["error"]) == ("FAILED", 2, "KeyError: 'x'")
    for at in before:
        assert await claim(pool, "a", at) is None
    assert (await taken(pool, "b", NOW + HOUR)).attempts == 2
    assert (await the_run(pool))["error"] is None


async def test_a_worker_that_lost_a_run_cannot_change_it(pool: Pool) -> None:
    lost = await taken(pool, "a")
    await taken(pool, "b", NOW + MINUTE)
    row = await the_run(pool)
    await succeed(pool, lost, NOW + HOUR)
    await fail(pool, lost, NOW + HOUR)
    async with unit_of_work(pool) as writer:
        await job_runs.renew(writer, lost, NOW + HOUR, 200)
        await writer.commit()
    assert await the_run(pool) == row


async def test_an_account_fails_again_and_again_until_it_succeeds(pool: Pool, reader: PoolReader) -> None:
    account = UUID(int=7)
    run = replace(ZONE, account_id=account)
    for attempts in (1, 2, 3):
        async with unit_of_work(pool) as writer:
            assert await job_runs.note_failure(writer, run, "a", NOW, "KeyError: " + "x" * 1000) == attempts
            await writer.commit()
    [row] = await reader.fetch(RUNS)
    assert (row["account_id"], row["state"], row["attempts"], row["failures"]) == (account, "FAILED", 3, 1)
    assert row["error"] == ("KeyError: " + "x" * 1000)[:500]
    assert await job_runs.failing_accounts(reader, ZONE) == 1
    assert await job_runs.failing_accounts(reader, replace(ZONE, job="reset_guarantee")) == 0
    async with unit_of_work(pool) as writer:
        await job_runs.note_recovery(writer, "reset_guarantee", [account], "b", NOW + HOUR)
        await job_runs.note_recovery(writer, ZONE.job, [UUID(int=8)], "b", NOW + HOUR)
        assert await job_runs.failing_accounts(writer, ZONE) == 1
        await job_runs.note_recovery(writer, ZONE.job, [UUID(int=8), account], "b", NOW + HOUR)
        await writer.commit()
    [row] = await reader.fetch(RUNS)
    assert (row["state"], row["attempts"], row["failures"], row["accounts"]) == ("SUCCEEDED", 4, 0, 1)
    assert (row["owner"], row["finished_at"], row["error"]) == ("b", NOW + HOUR, None)
    assert await job_runs.failing_accounts(reader, ZONE) == 0


async def test_the_last_success_is_the_newest_before_now(pool: Pool, reader: PoolReader) -> None:
    assert await job_runs.last_success(reader, WATCH.job, NOW) is None
    for minutes in (0, 1, 2, 60):
        at = NOW + minutes * MINUTE
        claimed = await taken(pool, "a", at, replace(WATCH, scheduled_for=WATCH.scheduled_for + minutes * MINUTE))
        if minutes == 2:
            await fail(pool, claimed, at)
        else:
            await succeed(pool, claimed, at, NOW + 2 * HOUR if minutes == 60 else None)
    assert await job_runs.last_success(reader, WATCH.job, NOW + 3 * MINUTE) == Success(NOW + MINUTE, None)
    assert await job_runs.last_success(reader, WATCH.job, NOW + HOUR) == Success(NOW + HOUR, NOW + 2 * HOUR)
    assert await job_runs.last_success(reader, "prune", NOW + HOUR) is None


def test_pauses_grow_to_an_hour() -> None:
    minutes = [job_runs.pause_after(attempts) // MINUTE for attempts in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert job_runs.pause_after(10_000) == HOUR
