"""`loupe jobs retry` and `loupe jobs drop`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeAlias

import typer

from app.cli.database import CommandFailed, database_clock, migrated_database
from app.cli.options import read_account, require_job, require_storable
from app.cli.output import print_report
from app.domain.instants import rfc3339
from app.services.job_queue.given_up import JobKey, drop, given_up_jobs, retry
from app.settings import read_settings
from db.connections import Pool
from db.pools import open_pool
from db.queries.paused_jobs import paused_jobs
from db.readers import PoolReader
from jobs.catalogue import JOBS
from jobs.kinds.queued import QUEUED

_Job: TypeAlias = Annotated[
    str, typer.Argument(metavar="JOB", help="The name of the queued job, as in `loupe jobs status`.")
]
_Account: TypeAlias = Annotated[
    str | None, typer.Option("--account", metavar="ID_OR_REF", help="Of this account only.")
]
_Key: TypeAlias = Annotated[str | None, typer.Option("--key", metavar="KEY", help="With this key only.")]
_Change: TypeAlias = Callable[[Pool, Sequence[JobKey]], Awaitable[int]]


def retry_command(job: _Job, *, account: _Account = None, key: _Key = None) -> None:
    """Try queued jobs again that were given up after too many failures; those of a paused kind, once it is resumed.

    Example: loupe jobs retry reprice_specifications --account acme
    """
    settings = read_settings()
    with migrated_database(settings, "jobs retry") as url:
        now = database_clock(url, settings).now()
        count, since = asyncio.run(_change(url, (job, account, key), lambda pool, jobs: retry(pool, jobs, now)))
        later = "" if since is None else f", once {job} is resumed: it has been paused since {rfc3339(since)}."
        print_report(f"Jobs to be tried again: {count:,}{later}")


def drop_command(job: _Job, *, account: _Account = None, key: _Key = None) -> None:
    """Drop queued jobs that were given up after too many failures; `jobRuns` still shows that they failed.

    Example: loupe jobs drop reprice_specifications --account acme
    """
    with migrated_database(read_settings(), "jobs drop") as url:
        count, _ = asyncio.run(_change(url, (job, account, key), drop))
        print_report(f"Jobs dropped: {count:,}")


async def _change(url: str, wanted: tuple[str, str | None, str | None], change: _Change) -> tuple[int, datetime | None]:
    """Change the jobs that were given up; return their number and since when (UTC) their kind is paused, if it is.

    Raises CommandFailed if there are none.
    """
    job, account, key = wanted
    require_storable("JOB", job)
    if key is not None:
        require_storable("--key", key)
    pool = await open_pool(url, max_size=1)
    try:
        reader = PoolReader(pool)
        account_id = None if account is None else await read_account(reader, "--account", account)
        count = await change(pool, await given_up_jobs(reader, job, account_id, key))
        paused = await paused_jobs(reader)
    finally:
        await pool.close()
    if not count:
        require_job(job, JOBS.of(QUEUED))  # one of an earlier release may still have been given up
        raise CommandFailed("No job that was given up matches.")
    return count, paused.get(job)
