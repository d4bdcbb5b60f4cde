"""Corrections of snapshots whose month and week an earlier release counted otherwise (domain rules, Time).

A column marks them: the migration marked those that may be wrong, however old, and the column's default marks those
that the release before still writes. They are corrected in place, so that their ids stay and no page has a hole, and
not removed for the snapshot job to fill in: during an upgrade that could be the job of the release before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.snapshots import figures_to_json, streak_to_json
from app.services.jobs.cursors import SNAPSHOT
from app.services.jobs.isolation import isolate_failures
from db.connections import Pool, Record, Statement
from db.queries.accounts import zones_of_accounts
from db.queries.pages import LEAST_UUID
from db.queries.pulse import pulse_figures
from db.queries.snapshots import ACCOUNTS_TO_CORRECT, SNAPSHOTS_TO_CORRECT
from db.queries.streak import streaks
from db.readers import PoolReader
from db.writer import Writer, unit_of_work

CORRECT: Final = "correct_snapshots"


# Locks the cursor of the snapshots of an account, which an import that undoes some of them locks, too; the primary key.
LOCK_SNAPSHOTS: Final = Statement(
    "lock_snapshots", "SELECT due_at FROM job_cursors WHERE account_id = $1 AND job = $2 FOR UPDATE"
)


# Corrects snapshots of an account; one that was right keeps the instant at which it was recorded. The primary key.
CORRECT_SNAPSHOTS: Final = Statement(
    "correct_snapshots",
    """
    UPDATE pulse_snapshots s SET
      figures = c.figures, streak = c.streak, by_last_instant = true,
      recorded_at = CASE WHEN s.figures = c.figures AND s.streak = c.streak THEN s.recorded_at ELSE $2 END
    FROM unnest($3::uuid[], $4::jsonb[], $5::jsonb[]) AS c (id, figures, streak)
    WHERE s.account_id = $1 AND s.id = c.id
    """,
)


@dataclass(slots=True)
class Corrected:
    """Numbers of corrected snapshots and of accounts that failed."""

    snapshots: int = 0
    failed: int = 0


async def correct_snapshots(pool: Pool, clock: Clock) -> Corrected:
    """Correct all marked snapshots, in short transactions; a run that is interrupted is continued by the next."""
    corrected, last = Corrected(), LEAST_UUID
    while rows := await PoolReader(pool).fetch(ACCOUNTS_TO_CORRECT, last):
        for account_id in [row["account_id"] for row in rows]:
            corrected.failed += len(
                await isolate_failures(CORRECT, [account_id], partial(_correct, pool, clock, corrected))
            )
        last = rows[-1]["account_id"]
    return corrected


async def _correct(pool: Pool, clock: Clock, corrected: Corrected, account_ids: Sequence[UUID]) -> None:
    """Correct the snapshots of an account, some in each transaction."""
    (account_id,) = account_ids
    while True:
        async with unit_of_work(pool) as writer:
            await writer.fetch_row(LOCK_SNAPSHOTS, account_id, SNAPSHOT)
            found = await writer.fetch(SNAPSHOTS_TO_CORRECT, account_id)
            if not found:
                return
            await _rewrite(writer, clock, account_id, found)
            await writer.commit()
        corrected.snapshots += len(found)


async def _rewrite(writer: Writer, clock: Clock, account_id: UUID, found: Sequence[Record]) -> None:
    """Compute snapshots as of the ends of their days, before which no command can write any more."""
    zones = (await zones_of_accounts(writer, [account_id]))[account_id]
    days = [AsOf.of(account_id, zones, row["as_of"]) for row in found]
    figures, weeks = await pulse_figures(writer, days), await streaks(writer, days)
    kept = [figures_to_json(each) for each in figures], [streak_to_json(each) for each in weeks]
    await writer.execute(CORRECT_SNAPSHOTS, account_id, clock.now(), [row["id"] for row in found], *kept)
