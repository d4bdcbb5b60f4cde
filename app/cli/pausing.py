"""`loupe jobs pause` and `loupe jobs resume`."""

import asyncio
from datetime import datetime
from typing import Annotated, TypeAlias

import typer

from app.cli.database import CommandFailed, database_now, migrated_database, transaction
from app.cli.output import print_report
from app.domain.instants import rfc3339
from app.domain.wording import quoted
from app.services.jobs.pauses import pause, resume
from app.settings import Settings, read_settings
from db.queries.paused_jobs import paused_jobs
from jobs.catalogue import JOBS

_Job: TypeAlias = Annotated[str, typer.Argument(help="The name of the job, as in `loupe jobs status`.")]


def pause_command(job: _Job) -> None:
    """Pause a job: no run of it begins, in whatever process, until it is resumed.

    A run under way ends after its batch of accounts; one without batches, after its work. What is due meanwhile is done
    once the job is resumed.

    Example: loupe jobs pause snapshot_pulse
    """
    _require_job(job)
    settings = read_settings()
    with migrated_database(settings, "jobs pause") as url:
        since, is_new = asyncio.run(_pause(url, job, settings))
        print_report(f"{job} is paused{'' if is_new else ' already'}, since {rfc3339(since)}.")


def resume_command(job: _Job) -> None:
    """Resume a job: within a minute schedulers do all of its work that has become due meanwhile, oldest first.

    Example: loupe jobs resume snapshot_pulse
    """
    _require_job(job)
    with migrated_database(read_settings(), "jobs resume") as url:
        since = asyncio.run(_resume(url, job))
        was = "was not paused" if since is None else f"is resumed; it was paused at {rfc3339(since)}"
        print_report(f"{job} {was}.")


async def _pause(url: str, job: str, settings: Settings) -> tuple[datetime, bool]:
    """Pause a job; return the instant (UTC) since which it is paused, and whether it was not before."""
    async with transaction(url) as writer:
        is_new = await pause(writer, job, await database_now(writer, settings))
        return (await paused_jobs(writer))[job], is_new


async def _resume(url: str, job: str) -> datetime | None:
    async with transaction(url) as writer:
        return await resume(writer, job)


def _require_job(job: str) -> None:
    if job not in JOBS.names:
        raise CommandFailed(f"There is no job {quoted(job)}. The jobs are {', '.join(JOBS.names)}.")
