"""New versions of the specifications that follow the catalogue, when it changes (domain rules, section 5.22).

Each account gets them by a job, at its own instant: the catalogue is read once the account's counters are locked, so
the job sees every specification made by an older one, and later specifications are made by this one or a newer one.
"""

from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.accounts import specification_changed
from app.services.accounts.counters import begin_command
from app.services.accounts.recording import record
from app.services.job_queue.claims import ClaimedJob, ending
from app.services.specifications import specification_version
from db.connections import Pool, Statement
from db.queries.retouching_steps import read_catalogue
from db.queries.specifications import specifications_following
from db.tables.specifications import SpecificationVersion
from db.writer import Writer

REPRICE: Final = "reprice_specifications"

# Advances the current versions of specifications by one; the primary key.
_REWORD: Final = Statement(
    "reword_specifications",
    """
    UPDATE specifications SET current_version = current_version + 1 WHERE account_id = $1 AND id = ANY($2::uuid[])
    """,
)


async def reprice(pool: Pool, clock: Clock, job: ClaimedJob) -> None:
    """Update the specifications of a job's account to the catalogue's present values."""
    async with ending(pool, clock, job) as writer:
        await follow_catalogue(writer, clock, job.account_id)


async def follow_catalogue(writer: Writer, clock: Clock, account_id: UUID) -> None:
    """Make a new version of each specification of an account that differs from the catalogue where it follows it.

    The caller commits. Archived specifications stay as they are. Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    rows = await specifications_following(writer, account_id)
    catalogue = await read_catalogue(writer, {step.step for row in rows for step in row.terms.steps})
    terms = [(row, row.terms, row.terms.following(catalogue)) for row in rows]
    changed = [(row, before, after) for row, before, after in terms if after != before]
    if not changed:
        return
    versions = (specification_version((account_id, row.id), row.version + 1, after, at) for row, _, after in changed)
    await writer.copy(SpecificationVersion, versions)
    await writer.execute(_REWORD, account_id, [row.id for row, _, _ in changed])
    new_events = (
        specification_changed(row.id, row.version + 1, before, after, at, by_catalogue=True)
        for row, before, after in changed
    )
    await record(writer, counters, at, *new_events, keeps_watermark=True)
