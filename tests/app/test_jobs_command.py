"""`loupe jobs`, `run-due` and `status`: the real commands in processes of their own, on the real jobs."""

import asyncio
import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from api.ids import account_global_id
from app.cli.commands import cli
from app.domain.instants import rfc3339
from app.services.accounts.counters import lock_counters
from db.connections import Pool
from db.writer import unit_of_work
from tests.app.test_cli import LOUPE, environment
from tests.support.clock import FrozenClock
from tests.support.customers import open_customer
from tests.support.job_queue import KIND, Work, add, effects, give_up, registry, worker
from tests.support.workers import COPENHAGEN, new_account

MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)
JUST_BEFORE = "2026-03-28T22:59:59Z"
VERIFIED_AT = "2026-03-11T12:00:00Z"
PATIENCE = 60.0
JOBS = [
    "watch_deadlines",
    "return_expired_leases",
    "snapshot_pulse",
    "reset_guarantee",
    "roll_up_activity",
    "reprice_specifications",
    "prune",
    "correct_snapshots",
    "verify_pulse",
]
NOTHING = {"runs": 0, "accounts": 0, "failures": 0}
INTERRUPTED = "loupe: Interrupted. Batches under way were finished, or are done by the next run."


def begun(*arguments: str, **settings: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603
        [LOUPE, *arguments],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(*arguments: str, **settings: str) -> Generator["subprocess.Popen[str]"]:
    """Run a command until it is ended; yield it once it has printed that it is ready."""
    with begun(*arguments, **settings) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().endswith(" - Ctrl-C ends it.\n")
            yield process
        finally:
            process.kill()


def run_due(database: str, clock: str, *options: str) -> tuple[int, dict[str, Any]]:
    """Run due jobs; return the exit code and the counts by job."""
    process = begun("jobs", "run-due", "--json", *options, LOUPE_DATABASE_URL=database, LOUPE_CLOCK=clock)
    said, wrong = process.communicate(timeout=PATIENCE)
    assert said, wrong
    return process.returncode, {job.pop("job"): job for job in json.loads(said)["jobs"]}


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
    done = {"runs": 3, "accounts": 3, "failures": 0}
    assert (works["snapshot_pulse"], works["reset_guarantee"]) == (done, done)
    assert works["roll_up_activity"] == {"runs": 1, "accounts": 1, "failures": 0}
    assert works["prune"] == {"runs": 1, "accounts": 0, "failures": 0}
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
    assert (code, works["reset_guarantee"]) == (1, {"runs": 1, "accounts": 0, "failures": 1})


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


async def test_the_status_is_a_table_and_figures(database: str, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    await new_account(pool, MIDNIGHT - timedelta(hours=3))
    await asyncio.to_thread(run_due, database, "2026-03-28T23:00:20Z")
    monkeypatch.setenv("LOUPE_DATABASE_URL", database)
    monkeypatch.setenv("LOUPE_CLOCK", "2026-03-29T22:00:42Z")
    said = (await asyncio.to_thread(CliRunner().invoke, cli, ["jobs", "status", "--json"])).output
    status = json.loads(said)
    assert status["at"].startswith("2026-03-29T22:00:42")
    jobs = {job["job"]: job for job in status["jobs"]}
    assert list(jobs) == [*JOBS[2:5], *JOBS[:2], *JOBS[6:], JOBS[5]]  # as they are registered
    reset = jobs["reset_guarantee"]
    lags = [reset.pop("lagSeconds"), reset["zones"][0].pop("lagSeconds")]
    assert 42 <= lags[0] == lags[1] < 60
    zone = {"timeZone": COPENHAGEN, "accounts": 1, "lastRun": "2026-03-28T23:00:00Z", "state": "SUCCEEDED"}
    zone |= {"next": "2026-03-29T22:00:00Z", "failures": 0}
    assert reset == {
        "job": "reset_guarantee",
        "runs": 1,
        "failures": 0,
        "lastRun": "2026-03-28T23:00:00Z",
        "next": "2026-03-29T22:00:00Z",
        "zones": [zone],
        "errors": [],
        "queue": None,
    }
    assert 22 * 3600 + 42 <= jobs["prune"].pop("lagSeconds") < 22 * 3600 + 60
    assert jobs["prune"] == {
        "job": "prune",
        "runs": 1,
        "failures": 0,
        "lastRun": "2026-03-28T00:00:00Z",
        "next": "2026-03-29T00:00:00Z",
        "zones": [],
        "errors": [],
        "queue": None,
    }
    table = (await asyncio.to_thread(CliRunner().invoke, cli, ["jobs", "status"])).output.splitlines()
    assert table[0].split() == ["JOB", "ZONE", "LAST", "RUN", "STATE", "NEXT", "LAG", "FAILURES"]
    assert re.fullmatch(
        r"reset_guarantee +Europe/Copenhagen +2026-03-28T23:00:00Z +SUCCEEDED +2026-03-29T22:00:00Z +0:00:4\d +0",
        table[2],
    )
    assert len(table) == 1 + len(JOBS)


async def test_differences_are_reported_by_verify_and_by_the_status(
    database: str, pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await open_customer(pool, clock)
    clock.advance()
    await customer.place(3)
    await pool.fetch("UPDATE rollups SET uploaded = uploaded + 1 WHERE uploaded > 0")
    await pool.fetch("UPDATE accounts SET ref = 'acme'")
    monkeypatch.setenv("LOUPE_DATABASE_URL", database)
    monkeypatch.setenv("LOUPE_CLOCK", VERIFIED_AT)
    monkeypatch.setattr("app.cli.verifying.configure_logging", lambda: None)  # of this process, which has other tests
    account = account_global_id(customer.account_id)
    with begun("jobs", "verify", "--account", "acme", LOUPE_DATABASE_URL=database, LOUPE_CLOCK=VERIFIED_AT) as process:
        said, wrong = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    assert (process.returncode, wrong) == (1, "")
    first, difference = said.splitlines()
    assert first == "Accounts that agree with their rows: 0"
    figures = r"current.uploaded 4 by rollups, 3 by rows; uploaded_this_month 4 by rollups, 3 by rows"
    assert re.match(rf"{account}: FiguresDiffer: as of 2026-03-11T12:00:\S+Z: {figures}", difference)
    code, said = await asyncio.to_thread(loupe, "jobs", "status", "--json")
    [verify] = [job for job in json.loads(said)["jobs"] if job["job"] == "verify_pulse"]
    [error] = verify["errors"]
    assert (code, verify["failures"], error["account"], error["timeZone"]) == (0, 1, account, None)
    assert (error["scheduledFor"], f"{account}: {error['error']}") == ("2026-03-11T00:00:00Z", difference)
    code, said = await asyncio.to_thread(loupe, "jobs", "status")
    assert said.splitlines()[-1] == f"verify_pulse {account} 2026-03-11T00:00:00Z: {error['error']}"
    await pool.fetch("UPDATE rollups SET uploaded = uploaded - 1 WHERE uploaded > 0")
    code, said = await asyncio.to_thread(loupe, "jobs", "verify", "--account", account, "--json")
    assert (code, json.loads(said)) == (0, {"accounts": 1, "failures": []})
    monkeypatch.setenv("LOUPE_CLOCK", "2026-03-12T12:00:00Z")
    assert await asyncio.to_thread(loupe, "jobs", "verify") == (0, "Accounts that agree with their rows: 1\n")
    assert (await asyncio.to_thread(loupe, "jobs", "status"))[1].splitlines()[-1].split()[-1] == "0"


async def test_queued_jobs_that_were_given_up_are_shown_retried_and_dropped(
    database: str, pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work()
    monkeypatch.setattr("app.cli.jobs.JOBS", registry(work))
    monkeypatch.setenv("LOUPE_DATABASE_URL", database)
    accounts = [await new_account(pool, clock.now()) for _ in range(2)]
    due_at = rfc3339(clock.now())
    for account in accounts:
        await give_up(pool, clock, account, "k")
    await add(pool, accounts[0], clock.now(), "waiting")
    monkeypatch.setenv("LOUPE_CLOCK", rfc3339(clock.now()))
    names = [account_global_id(account) for account in accounts]
    code, said = await asyncio.to_thread(loupe, "jobs", "status", "--json")
    [job] = json.loads(said)["jobs"]
    assert (code, job["failures"], job["queue"]) == (0, 2, {"waiting": 1, "givenUp": 2, "spreads": 0})
    error = {"timeZone": None, "account": names[0], "key": "k", "scheduledFor": due_at, "error": "ValueError: x"}
    assert job["errors"][0] == error
    table = (await asyncio.to_thread(loupe, "jobs", "status"))[1].splitlines()
    assert table[1].split()[:4] == [KIND, "-", "-", "FAILED"]
    assert table[2:4] == [
        f"{KIND}: 1 waiting, 2 given up, 0 to be added for all accounts.",
        f"{KIND} {names[0]} k {due_at}: ValueError: x",
    ]
    assert await asyncio.to_thread(loupe, "jobs", "drop", KIND, "--account", names[0]) == (0, "Jobs dropped: 1\n")
    assert await asyncio.to_thread(loupe, "jobs", "retry", KIND, "--key", "k") == (0, "Jobs to be tried again: 1\n")
    assert await asyncio.to_thread(loupe, "jobs", "retry", KIND) == (1, "")
    clock.advance(timedelta(hours=1))
    await worker(pool, clock, work).run_due()
    assert await effects(pool, accounts[0]) == ["waiting"]
    assert await effects(pool, accounts[1]) == ["k"]


def loupe(*arguments: str) -> tuple[int, str]:
    """Run a command in this process; return the exit code and its output."""
    result = CliRunner().invoke(cli, list(arguments))
    return result.exit_code, result.stdout


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
