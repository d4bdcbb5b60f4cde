"""`loupe jobs status`, `verify`, `retry` and `drop`: jobs, their failures and differences, as people read them."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from api.ids import account_global_id
from app.cli.commands import cli
from app.domain.instants import rfc3339
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.commands import JOBS, begun, run_due
from tests.support.customers import open_customer
from tests.support.job_queue import KIND, Work, add, effects, give_up, registry, worker
from tests.support.workers import COPENHAGEN, new_account

MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)
VERIFIED_AT = "2026-03-11T12:00:00Z"
PATIENCE = 60.0


async def test_the_status_is_a_table_and_figures(database: str, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    await new_account(pool, MIDNIGHT - timedelta(hours=3))
    await asyncio.to_thread(run_due, database, "2026-03-28T23:00:20Z")
    monkeypatch.setenv("LOUPE_DATABASE_URL", database)
    monkeypatch.setenv("LOUPE_CLOCK", "2026-03-29T22:00:42Z")
    said = (await asyncio.to_thread(CliRunner().invoke, cli, ["jobs", "status", "--json"])).output
    status = json.loads(said)
    assert status["at"].startswith("2026-03-29T22:00:42")
    jobs = {job["job"]: job for job in status["jobs"]}
    assert list(jobs) == [*JOBS[3:6], *JOBS[:3], *JOBS[7:], JOBS[6]]  # as they are registered
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
        "pausedSince": None,
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
        "pausedSince": None,
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
