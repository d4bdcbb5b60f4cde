"""Pauses of jobs: no run of a paused job begins, on whatever scheduler, until it is resumed (domain rules, section 7).

Claims of work check it in the statement that claims: nothing is claimed by a statement that begins after the pause was
committed, and what is claimed by one before is under way. Long runs check it between two batches. Work that is due
meanwhile is done once the job is resumed, as after an outage.
"""

from datetime import datetime
from typing import Final, NamedTuple

from db.connections import Statement
from db.writer import Writer

# Pauses a job; one that is paused stays so, and its row is locked, so that no resume ends meanwhile. The primary key.
_PAUSE: Final = Statement(
    "pause_job",
    """
    INSERT INTO paused_jobs (job, paused_at) VALUES ($1, $2)
    ON CONFLICT (job) DO UPDATE SET paused_at = paused_jobs.paused_at
    RETURNING paused_at, xmax = 0 AS is_new
    """,
)

# Resumes a job; the primary key.
_RESUME: Final = Statement("resume_job", "DELETE FROM paused_jobs WHERE job = $1 RETURNING paused_at")


class Pause(NamedTuple):
    """A pause since an instant (UTC); `is_new` unless the job was paused before."""

    since: datetime
    is_new: bool


async def pause(writer: Writer, job: str, at: datetime) -> Pause:
    """Pause a job from an instant (UTC) on, unless it is paused; return its pause. The caller commits."""
    [row] = await writer.fetch(_PAUSE, job, at)
    return Pause(*row)


async def resume(writer: Writer, job: str) -> datetime | None:
    """Resume a job and return the instant (UTC) at which it was paused, None if it was not; the caller commits."""
    row = await writer.fetch_row(_RESUME, job)
    return None if row is None else row["paused_at"]
