"""`loupe jobs`."""

import asyncio
import logging
import signal
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer

from api.ids import account_global_id
from app.cli.database import CommandFailed, database_clock, migrated_database
from app.cli.log import begin_log
from app.cli.options import AsJson, read_instant
from app.cli.output import json_text, print_report, print_result
from app.cli.printing import NOTHING, as_table, instant_or
from app.cli.signals import signalled
from app.clock import SystemClock, clock_from
from app.domain.instants import rfc3339
from app.domain.job_runs import JobRunState
from app.settings import Settings, read_settings
from db.pools import open_pool
from db.queries.job_queue import QueueOfKind
from db.queries.job_status import FailedRun
from db.queries.paused_jobs import paused_jobs
from db.readers import PoolReader
from jobs.catalogue import JOBS
from jobs.counts import Counts
from jobs.kind import JobStatus, ZoneStatus
from jobs.scheduler import open_scheduler
from jobs.status import job_statuses
from jobs.worker import Worker, new_owner, working_pool

_PAUSED: Final = "PAUSED"  # in place of the state of the last run
_HEADINGS: Final = ("JOB", "ZONE", "LAST RUN", "STATE", "NEXT", "LAG", "FAILURES")


def run_jobs() -> None:
    """Run the jobs whenever they are due; any number of such processes share the work.

    On Ctrl-C or SIGTERM the batches under way are finished, which takes a few seconds.
    """
    settings = read_settings()
    with migrated_database(settings, "jobs", keeps_log=True) as url:
        begin_log(settings)
        asyncio.run(_run(url, settings, database_clock(url, settings)))


def run_due_command(
    *,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Only jobs that were due then, such as 2026-03-28T23:00:00Z.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run due jobs and end; the exit code is 1 after a failure, or when interrupted by Ctrl-C or SIGTERM.

    Runs that another process has claimed are left to it, and paused jobs until they are resumed.

    Example: loupe jobs run-due --at 2026-03-28T23:00:00Z
    """
    settings = read_settings()
    until = None if at is None else _instant(at, clock_from(settings.clock).now())
    with migrated_database(settings, "jobs run-due", keeps_log=True) as url:
        clock = database_clock(url, settings)
        begin_log(settings)
        logging.getLogger("loupe.jobs").setLevel(logging.WARNING)  # counts are printed at the end
        counts, paused = asyncio.run(_run_due(url, settings, clock, until))
        if counts is None:
            raise CommandFailed("Interrupted. Batches under way were finished, or are done by the next run.")
        print_report(_counts_as_json(counts, paused) if as_json else _counts_as_text(counts, paused))
    if any(each.failures for each in counts.values()):
        raise typer.Exit(1)


def status_command(*, as_json: AsJson = False) -> None:
    """Show the last and the next run of each job in each zone, its lag and its failures, and which jobs are paused.

    Example: loupe jobs status --json
    """
    settings = read_settings()
    with migrated_database(settings, "jobs status", writes=False) as url:
        now = database_clock(url, settings).now()
        statuses = asyncio.run(_statuses(url, now))
    print_result(_statuses_as_json(statuses, now) if as_json else _statuses_as_table(statuses))


async def _run(url: str, settings: Settings, clock: SystemClock) -> None:
    async with open_scheduler(url, settings, clock, JOBS) as scheduler:
        with signalled(lambda _: scheduler.stop(), signal.SIGINT, signal.SIGTERM):
            print_report("Loupe runs the jobs - Ctrl-C ends it.")
            await scheduler.run()


async def _run_due(
    url: str, settings: Settings, clock: SystemClock, at: datetime | None
) -> tuple[Mapping[str, Counts] | None, Mapping[str, datetime]]:
    """Return the counts by job, None if interrupted by a signal; and the paused jobs, each since an instant (UTC)."""
    async with working_pool(url, settings.job_timeout) as pool:
        worker = Worker(pool, clock, settings, new_owner(), JOBS)
        with signalled(lambda _: worker.drain(), signal.SIGINT, signal.SIGTERM):
            counts = await worker.in_time(worker.run_due(at))
        return None if worker.drained.is_set() else counts, await paused_jobs(PoolReader(pool))


async def _statuses(url: str, now: datetime) -> list[JobStatus]:
    pool = await open_pool(url, max_size=1)
    try:
        return await job_statuses(PoolReader(pool), JOBS, now)
    finally:
        await pool.close()


def _instant(text: str, now: datetime) -> datetime:
    """Read --at; raises CommandFailed for text that is no instant, and for an instant after now."""
    at = read_instant("--at", text)
    if at > now:
        raise CommandFailed(f"--at is {rfc3339(at)}, which is after now, {rfc3339(now)}: nothing is due yet then.")
    return at


def _counts_as_json(counts: Mapping[str, Counts], paused: Mapping[str, datetime]) -> str:
    rows = [
        {
            "job": job,
            "runs": each.runs,
            "accounts": each.accounts,
            "failures": each.failures,
            "pausedSince": (since := paused.get(job)) and rfc3339(since),
        }
        for job, each in counts.items()
    ]
    return json_text({"jobs": rows})


def _counts_as_text(counts: Mapping[str, Counts], paused: Mapping[str, datetime]) -> str:
    lines = [
        f"{job}: runs {each.runs:,}, accounts {each.accounts:,}, failures {each.failures:,}"
        for job, each in counts.items()
        if each.runs
    ]
    first = lines or ["Nothing was due that no other process has claimed."]
    return "\n".join([*first, *(_pause_as_text(job, paused[job]) for job in counts if job in paused)])


def _statuses_as_json(statuses: Sequence[JobStatus], now: datetime) -> str:
    return json_text({"at": rfc3339(now), "jobs": [_job_as_json(status) for status in statuses]})


def _job_as_json(status: JobStatus) -> dict[str, Any]:
    return {
        "job": status.job,
        "runs": status.runs,
        "failures": status.failures,
        "lagSeconds": None if status.lag is None else status.lag.total_seconds(),
        "lastRun": status.last_run and rfc3339(status.last_run),
        "next": status.next and rfc3339(status.next),
        "zones": [_zone_as_json(zone) for zone in status.zones],
        "errors": [
            {
                "timeZone": error.time_zone,
                "account": error.account_id and account_global_id(error.account_id),
                "key": error.key,
                "scheduledFor": rfc3339(error.scheduled_for),
                "error": error.error,
            }
            for error in status.errors
        ],
        "queue": status.queue and _queue_as_json(status.queue),
        "pausedSince": status.paused_since and rfc3339(status.paused_since),
    }


def _queue_as_json(queue: QueueOfKind) -> dict[str, int]:
    return {"waiting": queue.waiting, "givenUp": queue.given_up, "spreads": queue.spreads}


def _zone_as_json(zone: ZoneStatus) -> dict[str, Any]:
    return {
        "timeZone": zone.time_zone,
        "accounts": zone.accounts,
        "lastRun": zone.last_run and rfc3339(zone.last_run),
        "state": zone.state,
        "next": rfc3339(zone.next),
        "lagSeconds": zone.lag.total_seconds(),
        "failures": zone.failures,
    }


def _statuses_as_table(statuses: Sequence[JobStatus]) -> str:
    table = as_table((row for status in statuses for row in _rows(status)), _HEADINGS)
    pauses = [_pause_as_text(each.job, each.paused_since) for each in statuses if each.paused_since is not None]
    queues = [_queue_as_text(status.queue) for status in statuses if status.queue is not None]
    return "\n".join(
        [table, *pauses, *queues, *(_error_as_text(error) for status in statuses for error in status.errors)]
    )


def _pause_as_text(job: str, since: datetime) -> str:
    return f"{job}: paused since {rfc3339(since)}."


def _queue_as_text(queue: QueueOfKind) -> str:
    numbers = f"{queue.waiting:,} waiting, {queue.given_up:,} given up, {queue.spreads:,} to be added for all accounts"
    return f"{queue.kind}: {numbers}."


def _error_as_text(error: FailedRun) -> str:
    """Return a failure as a line: its job, zone or account, key, instant and error."""
    of = (error.account_id and account_global_id(error.account_id)) or error.time_zone
    parts = [error.job, *(each for each in (of, error.key) if each), rfc3339(error.scheduled_for)]
    return f"{' '.join(parts)}: {error.error}"


def _rows(status: JobStatus) -> Iterator[tuple[str, ...]]:
    """Yield a row for each zone of a job, or the one row of a global job."""
    paused = None if status.paused_since is None else _PAUSED
    if not status.zones:
        state = JobRunState.FAILED if status.queue and status.queue.given_up else NOTHING
        yield _row(status.job, NOTHING, status.last_run, paused or state, status.next, status.lag, status.failures)
    for zone in status.zones:
        state = paused or zone.state or NOTHING
        yield _row(status.job, zone.time_zone, zone.last_run, state, zone.next, zone.lag, zone.failures)


def _row(
    job: str,
    zone: str,
    last_run: datetime | None,
    state: str,
    following: datetime | None,
    lag: timedelta | None,
    failures: int,
) -> tuple[str, ...]:
    late = NOTHING if lag is None else str(timedelta(seconds=int(lag.total_seconds())))
    return (job, zone, instant_or(last_run), state, instant_or(following), late, str(failures))
