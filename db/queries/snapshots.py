"""Reads of snapshots: the Pulse of an account as of the end of its ledger days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.domain.pulse.figures import PulseFigures
from app.domain.pulse.snapshots import figures_from_json, streak_from_json
from app.domain.pulse.streak import Streak
from db.connections import Record, Statement
from db.queries.pages import WALKED, Key, Page, Slice, Span, pages, walk
from db.readers import Reader

_ACCOUNTS: Final = 200

_SNAPSHOTS: Final = 25  # of an account in a transaction, for which an import of it may have to wait

# The next accounts after one that have snapshots to correct, of all: pulse_snapshots_to_correct_idx has no others.
ACCOUNTS_TO_CORRECT: Final = Statement(
    "accounts_to_correct",
    f"""
    SELECT DISTINCT account_id FROM pulse_snapshots
    WHERE NOT by_last_instant AND account_id > $1
    ORDER BY account_id LIMIT {_ACCOUNTS}
    """,
    many="a job looks for snapshots of a release before",
)

# Snapshots of an account that are to be corrected, oldest first: pulse_snapshots_to_correct_idx.
SNAPSHOTS_TO_CORRECT: Final = Statement(
    "snapshots_to_correct",
    f"""
    SELECT id, as_of FROM pulse_snapshots
    WHERE account_id = $1 AND NOT by_last_instant
    ORDER BY date LIMIT {_SNAPSHOTS}
    """,
)


@dataclass(slots=True)
class SnapshotRow:
    """A snapshot as in the table `pulse_snapshots`."""

    account_id: UUID
    id: UUID
    date: date
    as_of: datetime
    recorded_at: datetime
    figures: PulseFigures
    streak: Streak


@dataclass(frozen=True, slots=True)
class Days:
    """A range of dates of ledger days, both included; None bounds nothing."""

    first: date | None = None
    last: date | None = None

    @property
    def span(self) -> Span:
        """The keys that snapshots of these days can have."""
        first, last = self.first or date.min, self.last or date.max
        return Span((first.toordinal() - 1,), (last.toordinal() + 1,), descending=True)


SNAPSHOT_COLUMNS: Final = "s.account_id, s.id, s.date, s.as_of, s.recorded_at, s.figures, s.streak"
"""The columns of a SnapshotRow, of pulse_snapshots `s`."""

# Snapshots by account and id: the primary key.
_BY_ID: Final = Statement(
    "snapshots_by_id",
    f"""
    SELECT {SNAPSHOT_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN pulse_snapshots s ON s.account_id = p.account_id AND s.id = p.id
    """,
)

# The snapshots of accounts, newest day first: the unique key of account and date, from the bound on. A day's key is its
# number, counted from the first of January of the year 1, since a page's key ends in a number.
_OF_ACCOUNTS: Final = walk(
    "snapshots_of_accounts",
    f"""
    SELECT {SNAPSHOT_COLUMNS}
    FROM unnest($1::uuid[]) AS p (account_id)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT * FROM pulse_snapshots s
        WHERE s.account_id = p.account_id
          AND s.date > '0001-01-01'::date + ($2::int - 1) AND s.date < '0001-01-01'::date + ($3::int - 1)
        ORDER BY s.date {{desc}}
        LIMIT {WALKED}
      ) AS s LIMIT $4
    ) AS s
    ORDER BY s.account_id, s.date {{desc}}
    """,
)

# The number of snapshots of accounts in a range of days: the unique key of account and date.
_COUNT: Final = Statement(
    "snapshots_count",
    """
    SELECT s.account_id, count(*)
    FROM pulse_snapshots s
    WHERE s.account_id = ANY($1::uuid[])
      AND s.date > '0001-01-01'::date + ($2::int - 1) AND s.date < '0001-01-01'::date + ($3::int - 1)
    GROUP BY s.account_id
    """,
)


async def snapshots_by_id(reader: Reader, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], SnapshotRow]:
    """Read snapshots by account and id; those that do not exist are left out."""
    records = await reader.fetch(_BY_ID, [key[0] for key in keys], [key[1] for key in keys])
    return {(row.account_id, row.id): row for row in map(_row, records)}


async def snapshots_of_accounts(
    reader: Reader, accounts: Sequence[UUID], part: Slice, days: Days
) -> dict[UUID, Page[SnapshotRow]]:
    """Read a page of each account's snapshots of these days, newest first."""
    (lower,), (upper,) = days.span.within(part)
    records = await reader.fetch(_OF_ACCOUNTS.towards(part), accounts, lower, upper, part.size + 1)
    return await pages(records, accounts, part, _keyed)


async def count_snapshots(reader: Reader, accounts: Sequence[UUID], days: Days) -> dict[UUID, int]:
    """Count each account's snapshots of these days."""
    (lower,), (upper,) = days.span.least, days.span.greatest
    records = await reader.fetch(_COUNT, accounts, lower, upper)
    return dict.fromkeys(accounts, 0) | dict(map(tuple, records))


def _row(record: Record) -> SnapshotRow:
    row = SnapshotRow(*record)
    row.figures = figures_from_json(record["figures"])
    row.streak = streak_from_json(record["streak"])
    return row


def _keyed(record: Record) -> tuple[UUID, Key, SnapshotRow]:
    row = _row(record)
    return row.account_id, (row.date.toordinal(),), row
