"""`loupe jobs pause` and `loupe jobs resume`."""

import asyncio
from datetime import datetime
from typing import Annotated, TypeAlias

import typer

from app.cli.database import database_now, migrated_database, transaction
from app.cli.options import require_job
from app.cli.output import print_report
from app.domain.instants import rfc3339
from app.services.jobs import pauses
from app.settings import Settings, read_settings
from jobs.catalogue import JOBS

_Job: TypeAlias = Annotated[str, typer.Argument(metavar="JOB", help="The name of the job, as in `loupe jobs status`.")]


def pause_command(job: _Job) -> None:
    """Pause a job: no run of it begins, in whatever process, until it is resumed.

    A run under way ends after its batch of accounts; one without batches, after its work. What is due meanwhile is done
    once the job is resumed.

    Example: loupe jobs pause snapshot_pulse
    """
    require_job(job, JOBS.names)
    settings = read_settings()
    with migrated_database(settings, "jobs pause") as url:
        pause = asyncio.run(_pause(url, job, settings))
        print_report(f"{job} is paused{'' if pause.is_new else ' already'}, since {rfc3339(pause.since)}.")


def resume_command(job: _Job) -> None:
    """Resume a job: within a minute schedulers do all of its work that has become due meanwhile, oldest first.

    Example: loupe jobs resume snapshot_pulse
    """
    require_job(job, JOBS.names)
    with migrated_database(read_settings(), "jobs resume") as url:
        since = asyncio.run(_resume(url, job))
        was = "was not paused" if since is None else f"is resumed; it was paused at {rfc3339(since)}"
        print_report(f"{job} {was}.")


async def _pause(url: str, job: str, settings: Settings) -> pauses.Pause:
    async with transaction(url) as writer:
        return await pauses.pause(writer, job, await database_now(writer, settings))


async def _resume(url: str, job: str) -> datetime | None:
    async with transaction(url) as writer:
        return await pauses.resume(writer, job)
