"""`loupe jobs pause` and `resume`, and what other commands print about a paused job."""

import asyncio
import json
import logging
from collections.abc import Callable, Generator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from app.cli.commands import cli
from app.domain.instants import rfc3339
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.commands import JOBS
from tests.support.job_queue import KIND, Work, effects, give_up, registry, worker
from tests.support.workers import new_account, pause_job, resume_job

AT = "2026-03-28T22:00:00Z"
LATER = "2026-03-31T12:00:00Z"
PAUSED = f"reset_guarantee: paused since {AT}."

Loupe: TypeAlias = Callable[..., str]


def nothing(_argument: object) -> None: ...


def not_signalled(_handle: object, *_numbers: int) -> nullcontext[None]:
    return nullcontext()


@pytest.fixture
def loupe(database: str, unset: pytest.MonkeyPatch) -> Generator[Loupe]:
    """Run a command on jobs that succeeds, in this process at an instant; return its output."""
    unset.setattr("app.cli.jobs.begin_log", nothing)  # of this process, which has other tests
    unset.setattr(logging.getLogger("loupe.jobs"), "setLevel", nothing)
    unset.setattr("app.cli.jobs.signalled", not_signalled)  # which only a main thread can be

    def run(*arguments: str, at: str = AT) -> str:
        settings = {"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": at}
        done = CliRunner(env=settings).invoke(cli, ["jobs", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    with capture_logs():
        yield run


def test_a_job_is_paused_and_resumed_and_both_may_be_repeated(loupe: Loupe) -> None:
    paused = [loupe("pause", "reset_guarantee", at=at) for at in (AT, LATER)]
    assert paused == [f"reset_guarantee is paused{word}, since {AT}.\n" for word in ("", " already")]
    resumed = [loupe("resume", "reset_guarantee") for _ in range(2)]
    assert resumed == [f"reset_guarantee is resumed; it was paused at {AT}.\n", "reset_guarantee was not paused.\n"]


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_an_unknown_job_is_refused_with_the_names_of_all(refused: Callable[..., str], command: str) -> None:
    sentence = refused("jobs", command, "snapshot")
    names = sentence.removeprefix("There is no job 'snapshot'. The jobs are ").removesuffix(".").split(", ")
    assert sorted(names) == sorted(JOBS)


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_an_unknown_queued_job_is_refused_with_the_names_of_all(
    refused: Callable[..., str], database: str, command: str
) -> None:
    sentence = "There is no job 'prune'. The jobs are reprice_specifications."
    assert refused("jobs", command, "prune", LOUPE_DATABASE_URL=database) == sentence
    known = refused("jobs", command, "reprice_specifications")
    assert known == "No job that was given up matches."


async def test_the_status_and_run_due_show_a_paused_job_as_paused_and_not_as_failing(pool: Pool, loupe: Loupe) -> None:
    await new_account(pool, datetime(2026, 3, 28, 20, tzinfo=UTC))
    await asyncio.to_thread(loupe, "pause", "reset_guarantee")
    due = json.loads(await asyncio.to_thread(loupe, "run-due", "--json", at=LATER))["jobs"]
    runs = {job["job"]: (job["runs"], job["failures"], job["pausedSince"]) for job in due}
    assert (runs["reset_guarantee"], runs["snapshot_pulse"]) == ((0, 0, AT), (3, 0, None))
    said = await asyncio.to_thread(loupe, "run-due", "--at", LATER, at=LATER)
    assert said.splitlines() == ["Nothing was due that no other process has claimed.", PAUSED]
    status = json.loads(await asyncio.to_thread(loupe, "status", "--json", at=LATER))["jobs"]
    shown = {job["job"]: (job["failures"], job["pausedSince"]) for job in status}
    assert shown == dict.fromkeys(JOBS, (0, None)) | {"reset_guarantee": (0, AT)}
    table = (await asyncio.to_thread(loupe, "status", at=LATER)).splitlines()
    [zone] = [line for line in table if line.startswith("reset_guarantee ")]
    assert zone.split()[1:4] == ["Europe/Copenhagen", "-", "PAUSED"]
    assert table[1 + len(JOBS) :] == [PAUSED]


async def test_jobs_retried_while_their_kind_is_paused_are_done_once_it_is_resumed(
    pool: Pool, clock: FrozenClock, loupe: Loupe, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work()
    monkeypatch.setattr("app.cli.jobs.JOBS", registry(work))
    account = await new_account(pool, clock.now())
    await give_up(pool, clock, account)
    now = rfc3339(clock.now())
    await pause_job(pool, KIND, clock.now())
    said = await asyncio.to_thread(loupe, "retry", KIND, at=now)
    assert said == f"Jobs to be tried again: 1, once {KIND} is resumed: it has been paused since {now}.\n"
    clock.advance(timedelta(hours=1))
    await worker(pool, clock, work).run_due()
    assert await effects(pool, account) == []
    [row] = [line for line in (await asyncio.to_thread(loupe, "status", at=now)).splitlines() if KIND in line][:1]
    assert row.split()[3] == "PAUSED"
    await resume_job(pool, KIND)
    await worker(pool, clock, work).run_due()
    assert await effects(pool, account) == ["k"]
