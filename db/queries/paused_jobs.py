"""Reads of the jobs that operators have paused."""

from datetime import datetime
from typing import Final

from db.connections import Statement
from db.readers import Reader

NOT_PAUSED: Final = "{0} <> ALL (ARRAY(SELECT job FROM paused_jobs))"
"""True if the job {0} is not paused: a part of each statement that claims work, or looks for it.

The array is read once. An anti-join would keep the planner from walking an index of work in its order.
"""

# The paused jobs: all, a handful.
_PAUSED: Final = Statement("paused_jobs", "SELECT job, paused_at FROM paused_jobs ORDER BY job")


async def paused_jobs(reader: Reader) -> dict[str, datetime]:
    """Return the paused jobs, each with the instant (UTC) of its pause."""
    return {row["job"]: row["paused_at"] for row in await reader.fetch(_PAUSED)}
