"""`loupe jobs`, `run-due` and an ended scheduler: the real commands in processes of their own, on the real jobs."""

import asyncio
import re
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.services.accounts.counters import lock_counters
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.commands import JOBS, begun, run_due, running
from tests.support.workers import COPENHAGEN, new_account

MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)
JUST_BEFORE = "2026-03-28T22:59:59Z"
PATIENCE = 60.0
NOTHING = {"runs": 0, "accounts": 0, "failures": 0, "pausedSince": None}
INTERRUPTED = "loupe: Interrupted. Batches under way were finished, or are done by the next run."


async def snapshots(pool: Pool) -> list[tuple[UUID, datetime]]:
    rows = await pool.fetch("SELECT account_id, as_of FROM pulse_snapshots ORDER BY as_of, account_id")
    return [tuple(row) for row in rows]


async def until_reset(pool: Pool, at: datetime) -> None:
    """Wait until the guarantee was reset and the snapshot written as of an instant."""
    patience = time.monotonic() + PATIENCE
    while not await pool.fetch(
        "SELECT FROM pulse_snapshots JOIN events ON type = 'GUARANTEE_RESET' AND at = as_of WHERE as_of = $1", at
    ):
        assert time.monotonic() < patience
        await asyncio.sleep(0.02)


async def until_waiting(pool: Pool) -> None:
    """Wait until somebody waits for a lock."""
    patience = time.monotonic() + PATIENCE
    while not await pool.fetch(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ):
        assert time.monotonic() < patience
        await asyncio.sleep(0.02)


async def test_all_due_jobs_are_run_once(database: str, pool: Pool) -> None:
    account = await new_account(pool, MIDNIGHT - timedelta(hours=3))
    code, works = await asyncio.to_thread(run_due, database, "2026-03-31T12:00:00Z")
    assert code == 0
    assert list(works) == JOBS
    done = NOTHING | {"runs": 3, "accounts": 3}
    assert (works["snapshot_pulse"], works["reset_guarantee"]) == (done, done)
    assert works["roll_up_activity"] == NOTHING | {"runs": 1, "accounts": 1}
    assert works["prune"] == NOTHING | {"runs": 1}
    ends = [MIDNIGHT, datetime(2026, 3, 29, 22, tzinfo=UTC), datetime(2026, 3, 30, 22, tzinfo=UTC)]
    assert await snapshots(pool) == [(account, at) for at in ends]
    assert await asyncio.to_thread(run_due, database, "2026-03-31T12:00:00Z") == (0, dict.fromkeys(JOBS, NOTHING))


async def test_two_commands_at_once_share_the_due_runs(database: str, pool: Pool) -> None:
    for zone in (COPENHAGEN, "Africa/Cairo", "Australia/Lord_Howe"):
        await new_account(pool, MIDNIGHT - timedelta(hours=3), zone)
    both = await asyncio.gather(
        *(asyncio.to_thread(run_due, database, f"2026-04-11T12:00:0{second}Z") for second in (0, 1))
    )
    assert [code for code, _ in both] == [0, 0]
    for job in ("snapshot_pulse", "reset_guarantee"):
        assert sum(works[job]["accounts"] for _, works in both) == 41
    kept = await snapshots(pool)
    assert len(kept) == len(set(kept)) == 41


async def test_run_due_at_an_instant_leaves_out_later_midnights(database: str, pool: Pool) -> None:
    account = await new_account(pool, MIDNIGHT - timedelta(hours=3))
    at = ("--at", "2026-03-29T01:00:00+02:00")
    assert (await asyncio.to_thread(run_due, database, "2026-04-11T12:00:00Z", *at))[0] == 0
    assert await snapshots(pool) == [(account, MIDNIGHT)]


async def test_a_failure_sets_the_exit_code(database: str, pool: Pool) -> None:
    account = await new_account(pool, MIDNIGHT - timedelta(hours=3))
    await pool.fetch("DELETE FROM sla_versions WHERE account_id = $1", account)
    code, works = await asyncio.to_thread(run_due, database, "2026-03-29T12:00:00Z")
    assert (code, works["reset_guarantee"]) == (1, NOTHING | {"runs": 1, "failures": 1})


@pytest.mark.parametrize("command", [("jobs",), ("serve", "--with-jobs")])
async def test_jobs_run_at_each_midnight(database: str, pool: Pool, command: tuple[str, ...]) -> None:
    await new_account(pool, MIDNIGHT - timedelta(hours=3))
    settings = {"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": JUST_BEFORE, "LOUPE_PORT": "0"}
    with running(*command, **settings) as process:
        await until_reset(pool, MIDNIGHT)
        process.terminate()
        assert process.wait(10) == (0 if command == ("jobs",) else 128 + signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_scheduler_ends_in_order(database: str, number: int) -> None:
    with running("jobs", LOUPE_DATABASE_URL=database) as process:
        process.send_signal(number)
        assert process.wait(10) == 0


async def test_the_batch_under_way_is_finished_and_no_other_begun(database: str, pool: Pool) -> None:
    account = await new_account(pool, MIDNIGHT - timedelta(hours=3))
    settings = {"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": "2026-03-30T12:00:00Z"}
    with begun("jobs", "run-due", **settings) as process:
        async with unit_of_work(pool) as writer:
            await lock_counters(writer, [account])
            await until_waiting(pool)
            process.terminate()
        _, said = process.communicate(timeout=10)
        assert (process.returncode, said.splitlines()[-1]) == (1, INTERRUPTED)
    assert await snapshots(pool) == [(account, MIDNIGHT)]


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [
        ("jobs", signal.SIGTERM, 0),
        ("jobs", signal.SIGKILL, -signal.SIGKILL),
        ("serve --with-jobs", signal.SIGTERM, 128 + signal.SIGTERM),
    ],
)
async def test_an_interrupted_batch_is_done_by_the_next_worker(
    database: str, pool: Pool, command: str, number: int, code: int
) -> None:
    account = await new_account(pool, MIDNIGHT - timedelta(hours=3))
    settings = {"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": "2026-03-28T23:00:00Z", "LOUPE_PORT": "0"}
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [account])
        with running(*command.split(), **settings) as process:
            await until_waiting(pool)
            process.send_signal(number)
            assert process.wait(10) == code
    assert await snapshots(pool) == []
    done, _ = await asyncio.to_thread(run_due, database, "2026-03-28T23:10:00Z")
    assert (done, await snapshots(pool)) == (0, [(account, MIDNIGHT)])


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2027-01-01T00:00:00+01:00", r"--at is 2026-12-31T23:00:00Z, which is after now, 2026-03-28T23:00:\S+Z: \w.*"),
        ("2026-03-28T23:00:00", "--at must be an instant with an offset, like 2026-03-02T13:05:00Z."),
        (
            "0001-01-01T00:00:00+05:00",
            "--at must be in the years 1970 to 2200.",
        ),
        ("midnight", "--at must be an instant with an offset, like 2026-03-02T13:05:00Z."),
    ],
)
def test_an_instant_that_cannot_be_is_reported_in_one_sentence(
    refused: Callable[..., str], at: str, sentence: str
) -> None:
    error = refused("jobs", "run-due", "--at", at, LOUPE_CLOCK="2026-03-28T23:00:00Z", LOUPE_DATA_DIR="/dev/null/data")
    assert re.fullmatch(sentence, error)
