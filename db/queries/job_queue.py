"""Reads of the job queue: turns and spreads that are due, jobs that fail, and the status of kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from db.connections import Statement
from db.queries.paused_jobs import NOT_PAUSED
from db.readers import Reader

_SHOWN: Final = 100  # failing jobs that are shown of all kinds

FREE: Final = "(lease_until IS NULL OR lease_until <= {now} OR lease_until > {longest})"
"""True of a turn that no worker holds now: no lease, or one that is over, or is by a clock that went ahead."""

# The turns that were due by $2 and are free at $3, of kinds that are not paused, longest waiting first:
# job_turns_next_idx.
DUE_TURNS: Final = Statement(
    "due_job_turns",
    f"""
    SELECT account_id, kind FROM job_turns
     WHERE kind = ANY($1::text[]) AND greatest(due_at, served_at) <= $3 AND due_at <= $2
       AND {FREE.format(now="$3", longest="$4")} AND {NOT_PAUSED.format("job_turns.kind")}
     ORDER BY greatest(due_at, served_at), account_id LIMIT 100
    """,
    many="a worker looks for the account whose turn it is",
)

# The instant from which on the first job of an account and a kind may be done: queued_jobs_due_idx.
NEXT_DUE: Final = Statement(
    "next_due_job",
    """
    SELECT min(coalesce(retry_at, due_at)) AS due_at FROM queued_jobs
     WHERE account_id = $1 AND kind = $2 AND given_up_at IS NULL
    """,
)

# A job of an account and a kind that fails, if there is one: the primary key.
FAILING_JOB: Final = Statement(
    "failing_job",
    "SELECT key FROM queued_jobs WHERE account_id = $1 AND kind = $2 AND error IS NOT NULL LIMIT 1",
)

# The spreads that were due by an instant, of kinds that are not paused: all, a handful.
DUE_SPREADS: Final = Statement(
    "due_spreads",
    f"""
    SELECT kind, key, due_at FROM spreads
     WHERE kind = ANY($1::text[]) AND due_at <= $2 AND {NOT_PAUSED.format("spreads.kind")}
     ORDER BY due_at, kind, key
    """,
)

# The accounts after one, of all: the primary key.
NEXT_ACCOUNTS: Final = Statement("next_accounts", "SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT $2")

# The numbers of jobs and spreads of each kind, and when the first is due: all of them.
_QUEUES: Final = Statement(
    "queues_by_kind",
    """
    SELECT coalesce(j.kind, s.kind) AS kind, coalesce(j.waiting, 0) AS waiting, coalesce(j.given_up, 0) AS given_up,
           coalesce(j.failing, 0) AS failing, coalesce(s.spreads, 0) AS spreads, least(j.next, s.since) AS next,
           least(j.since, s.since) AS since
    FROM (
      SELECT kind, count(*) FILTER (WHERE given_up_at IS NULL) AS waiting, count(given_up_at) AS given_up,
             count(error) AS failing, min(coalesce(retry_at, due_at)) FILTER (WHERE given_up_at IS NULL) AS next,
             min(due_at) AS since
      FROM queued_jobs WHERE kind = ANY($1::text[]) GROUP BY kind
    ) AS j
    FULL JOIN (
      SELECT kind, count(*) AS spreads, min(due_at) AS since FROM spreads WHERE kind = ANY($1::text[]) GROUP BY kind
    ) AS s ON s.kind = j.kind
    """,
    many="the status of jobs covers all accounts",
)

# The jobs that fail, those that were given up first: queued_jobs_failing_idx.
_FAILING: Final = Statement(
    "failing_jobs",
    f"""
    SELECT kind, account_id, key, due_at, given_up_at, error FROM queued_jobs
     WHERE kind = ANY($1::text[]) AND error IS NOT NULL
     ORDER BY given_up_at IS NULL, due_at, account_id, kind, key LIMIT {_SHOWN}
    """,
    many="the status of jobs covers all accounts",
)

# The jobs of a kind that were given up: queued_jobs_failing_idx.
GIVEN_UP_JOBS: Final = Statement(
    "given_up_jobs",
    """
    SELECT account_id, key FROM queued_jobs
     WHERE kind = $1 AND error IS NOT NULL AND given_up_at IS NOT NULL
     ORDER BY account_id, key
    """,
    many="operators retry and drop jobs of any account",
)


@dataclass(frozen=True, slots=True)
class DueSpread:
    """A spread that is due since an instant (UTC)."""

    kind: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class QueueOfKind:
    """The numbers of jobs of a kind that wait and that were given up, and of spreads under way or due.

    `failing` counts the jobs and spreads whose last attempt failed. The first may be done from `next` on; the oldest
    has been due since `since` (UTC).
    """

    kind: str
    waiting: int
    given_up: int
    failing: int
    spreads: int
    next: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class FailingJob:
    """A job whose last attempt failed, due since `due_at`, and when it was given up, if it was (both UTC)."""

    kind: str
    account_id: UUID
    key: str
    due_at: datetime
    given_up_at: datetime | None
    error: str


async def due_spreads(reader: Reader, kinds: Sequence[str], until: datetime) -> list[DueSpread]:
    """Return the spreads of kinds, none of them paused, that were due by an instant (UTC), oldest first."""
    return [DueSpread(*row) for row in await reader.fetch(DUE_SPREADS, kinds, until)]


async def queues_of_kinds(reader: Reader, kinds: Sequence[str]) -> dict[str, QueueOfKind]:
    """Return the queues of kinds that have jobs or spreads, by kind."""
    return {row["kind"]: QueueOfKind(*row) for row in await reader.fetch(_QUEUES, kinds)}


async def failing_jobs(reader: Reader, kinds: Sequence[str]) -> list[FailingJob]:
    """Return jobs that fail, at most a hundred, those that were given up first."""
    return [FailingJob(*row) for row in await reader.fetch(_FAILING, kinds)]
