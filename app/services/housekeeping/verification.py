"""The daily verification: the figures of accounts as they are served, from rollups, against plain SQL over their rows.

Each account is compared at a settled instant T, activity and open images included, and at one in its past, both in one
snapshot of the database, so that commands meanwhile are seen by both sides or by neither. Nothing is repaired: a
difference is a failure of the account, with the figures of both sides, until a later comparison finds none. One account
is read at a time, by one process of the server, for a bounded time.

Accounts take turns: the next one is the account with the oldest last comparison, or else creation. That instant is
the `due_at` of a cursor without a date. Accounts that failed are compared every day as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.clock import Clock
from app.domain.activity.buckets import buckets
from app.domain.activity.enums import Grain
from app.domain.activity.figures import ActivityFigures
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.verification import AccountSums, differences, in_words, past_instant
from app.services.jobs import runs as job_runs
from app.services.jobs.isolation import isolate_failures
from app.services.jobs.runs import RunKey
from db.connections import Pool, Statement
from db.failures import ServerError, is_timeout
from db.queries.accounts import AccountHistory, account_histories
from db.queries.activity import ActivitySource, read_activity
from db.queries.activity_reference import reference_activity
from db.queries.job_cursors import NEXT_IN_TURN, STILL_DIFFERING
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures, reference_streaks
from db.queries.streak import streaks
from db.readers import PoolReader, Reader
from db.settled import settle
from db.writer import unit_of_work

VERIFY: Final = "verify_pulse"
_LONGEST: Final = "2min"
_Days: TypeAlias = Mapping[date, ActivityFigures]
_NO_DAYS: Final[tuple[_Days, _Days]] = ({}, {})

# Limits the time of each statement of this transaction, and its processes of the server to one.
BOUNDS: Final = (
    Statement("bound_time", f"SET LOCAL statement_timeout = '{_LONGEST}'"),
    Statement("bound_processes", "SET LOCAL max_parallel_workers_per_gather = 0"),
)

# Adds cursors for accounts that have none, with the turn of their creation: all accounts are looked at.
BEGIN_TURNS: Final = Statement(
    "begin_turns",
    """
    INSERT INTO job_cursors (account_id, job, time_zone, date, due_at, attempts, retry_at)
    SELECT h.account_id, $1::text, a.time_zone, NULL, a.created_at, 0, NULL
    FROM account_heads h
    JOIN accounts a ON a.id = h.account_id
    WHERE NOT EXISTS (SELECT FROM job_cursors c WHERE c.account_id = h.account_id AND c.job = $1::text)
    ON CONFLICT (account_id, job) DO NOTHING
    """,
    many="a job looks for accounts that it does not know",
)


# Records when an account was compared, and whether that failed (1) or not (0); the primary key.
END_TURN: Final = Statement(
    "end_turn",
    """
    INSERT INTO job_cursors (account_id, job, time_zone, date, due_at, attempts, retry_at)
    SELECT $1, $2, time_zone, NULL, $3, $4, NULL FROM accounts WHERE id = $1
    ON CONFLICT (account_id, job) DO UPDATE SET
      due_at = excluded.due_at,
      attempts = CASE WHEN excluded.attempts = 0 THEN 0 ELSE job_cursors.attempts + 1 END
    """,
)


class FiguresDiffer(Exception):  # noqa: N818 - named by its case, like all errors here
    """The served figures differ from the rows; the text has both."""


class NotCompared(Exception):  # noqa: N818 - the same
    """An account could not be compared within the time limit."""


@dataclass(slots=True)
class Verified:
    """The number of accounts without a difference, and the errors of the others."""

    accounts: int = 0
    failed: dict[UUID, Exception] = field(default_factory=dict[UUID, Exception])

    @property
    def error(self) -> str | None:
        """The errors in a line; None if there are none."""
        if not self.failed:
            return None
        each = (f"account {account_id}: {job_runs.error_text(error)}" for account_id, error in self.failed.items())
        return f"{len(self.failed)} of {self.accounts + len(self.failed)} accounts. {' '.join(each)}"


async def verify_next(pool: Pool, clock: Clock, owner: str, count: int) -> Verified:
    """Verify the accounts whose turn it is, `count` at most, and those that failed the last time.

    Accounts verified in the current UTC day are left out, so that an interrupted run is continued.
    """
    now = clock.now()
    waiting = (VERIFY, _day(now), now)
    async with unit_of_work(pool) as writer:
        await writer.execute(BEGIN_TURNS, VERIFY)
        await writer.commit()
    reader = PoolReader(pool)
    rows = await reader.fetch(STILL_DIFFERING, *waiting) + await reader.fetch(NEXT_IN_TURN, *waiting, count)
    return await verify_accounts(pool, clock, owner, [row["account_id"] for row in rows])


async def verify_accounts(pool: Pool, clock: Clock, owner: str, account_ids: Sequence[UUID]) -> Verified:
    """Verify accounts one after the other, and record the result of each."""
    verified = Verified()
    for account_id in account_ids:
        error = (await isolate_failures(VERIFY, [account_id], partial(_verify, pool, clock))).get(account_id)
        await _note(pool, clock.now(), owner, account_id, error)
        if error is None:
            verified.accounts += 1
        else:
            verified.failed[account_id] = error
    return verified


def _day(at: datetime) -> datetime:
    """Return the start of the UTC day that holds an instant (UTC)."""
    return datetime.combine(at.date(), time(0), UTC)


async def _note(pool: Pool, now: datetime, owner: str, account_id: UUID, error: Exception | None) -> None:
    run = RunKey(VERIFY, None, account_id, None, _day(now))
    async with unit_of_work(pool) as writer:
        if error is None:
            await job_runs.note_recovery(writer, VERIFY, [account_id], owner, now)
        else:
            await job_runs.note_failure(writer, run, owner, now, job_runs.error_text(error))
        await writer.execute(END_TURN, account_id, VERIFY, now, int(error is not None))
        await writer.commit()


async def _verify(pool: Pool, clock: Clock, account_ids: Sequence[UUID]) -> None:
    """Compare an account; raises FiguresDiffer and NotCompared."""
    (account_id,) = account_ids
    try:
        settlement = await settle(PoolReader(pool), clock, [account_id])
        async with PoolReader(pool).snapshot() as reader:
            for bound in BOUNDS:
                await reader.fetch(bound)
            history = (await account_histories(reader, [account_id]))[account_id]
            at = settlement.instant(account_id, history.last_at)
            past = past_instant(account_id, history.zones[0].starts_at, at)
            found = [await _compare(reader, history, each, is_now=each == at) for each in (at, past)]
    except ServerError as error:
        if not is_timeout(error):
            raise
        raise NotCompared(f"It takes longer than {_LONGEST} to read its rows.") from error
    if any(found):
        raise FiguresDiffer("; ".join(filter(None, found)))


async def _compare(reader: Reader, history: AccountHistory, at: datetime, *, is_now: bool) -> str:
    """Return the differences as of an instant (UTC) as text; empty if there are none."""
    asked = [AsOf.of(history.account_id, history.zones, at, is_now=is_now)]
    [served], [rows] = await pulse_figures(reader, asked), await reference_figures(reader, asked)
    [streak], [weeks] = await streaks(reader, asked), await reference_streaks(reader, asked)
    days, counted = await _activity(reader, history, at) if is_now else _NO_DAYS
    found = differences(AccountSums(served, streak, days), AccountSums(rows, weeks, counted))
    return in_words(at, found) if found else ""


async def _activity(reader: Reader, history: AccountHistory, at: datetime) -> tuple[_Days, _Days]:
    """Return the activity of all ledger days, as served and by the rows."""
    of = ActivitySource(history.account_id, history.zones, history.activity_until, at)
    days = buckets(date.min, date.max, Grain.DAY, at, history.zones)
    return await read_activity(reader, of, days, Grain.DAY), await reference_activity(reader, of)
