"""Mark the snapshots that end with a week or a month, or at a change of zone: a job corrects them.

SQL knows no zones (the pinned tzdata is the one source of them), so a snapshot is marked where a week or a month begins
anywhere on Earth, from 14 hours ahead of UTC to 12 behind it. One that is marked in vain is computed with the same
result.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0012"
down_revision: str | None = "2026_11_28_0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_FIRST = "as_of AT TIME ZONE 'UTC' - interval '12 hours 1 microsecond'"
_LAST = "as_of AT TIME ZONE 'UTC' + interval '14 hours'"
STATEMENTS = (
    f"""
    UPDATE pulse_snapshots SET by_last_instant = false
    WHERE date_trunc('week', {_FIRST}) <> date_trunc('week', {_LAST})
       OR date_trunc('month', {_FIRST}) <> date_trunc('month', {_LAST})
    """,  # noqa: S608 - made of fixed texts
    """
    UPDATE pulse_snapshots SET by_last_instant = false
    FROM time_zone_periods z
    WHERE z.account_id = pulse_snapshots.account_id AND z.starts_at = pulse_snapshots.as_of
    """,
    "CREATE INDEX pulse_snapshots_to_correct_idx ON pulse_snapshots (account_id, date) WHERE NOT by_last_instant",
)


def upgrade() -> None:
    """Mark rows, which keeps nobody from reading; then make the index by which the job finds them."""
    for statement in STATEMENTS:
        op.execute(statement)
