"""Counts of images in 6 h and of delivery plans, in rollups.

After a change by a release that does not know them, they are read from the images until a job has counted them again.
"""

from collections.abc import Sequence
from typing import Final

from alembic import op
from sqlalchemy import text

from db.migrations.filling import fill_by_account

revision: str = "2026_11_29_0040"
down_revision: str | None = "2026_11_29_0039"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Fills in the rollups of one account, whose counters it locks; images_delivered_idx and images_late_idx.
# They are complete unless a command that committed meanwhile, whose events are not seen, has added to them: then they
# are left to the job.
FILL: Final = text(
    """
    WITH head AS (
      SELECT account_id FROM account_heads WHERE account_id = :account AND rollups_sequence IS NULL FOR UPDATE
    ), outcomes AS (
      SELECT 'met' AS outcome, i.service_level, i.first_delivered_at AS at
      FROM head, images i
      WHERE i.account_id = :account AND coalesce(i.first_delivered_at <= i.due_at, false)
        AND i.first_delivered_at IS NOT NULL AND i.service_level IN ('EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
      UNION ALL
      SELECT 'late', i.service_level, i.late_at
      FROM head, images i
      WHERE i.account_id = :account AND i.late_at IS NOT NULL
        AND i.service_level IN ('EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
    ), counts AS (
      SELECT g.grain, date_bin(g.grain * interval '1 minute', o.at, timestamptz '1970-01-01 00:00+00') AS bucket,
        count(*) FILTER (WHERE outcome = 'met' AND service_level = 'EXPEDITED_ADDITIONAL') AS met_additional,
        count(*) FILTER (WHERE outcome = 'met' AND service_level = 'EXPEDITED_PLAN') AS met_plan,
        count(*) FILTER (WHERE outcome = 'late' AND service_level = 'EXPEDITED_ADDITIONAL') AS late_additional,
        count(*) FILTER (WHERE outcome = 'late' AND service_level = 'EXPEDITED_PLAN') AS late_plan
      FROM outcomes o
      CROSS JOIN (VALUES (1), (60), (1440)) AS g (grain)
      GROUP BY 1, 2
    ), filled AS (
      UPDATE rollups SET met_expedited_additional = c.met_additional, met_delivery_plan = c.met_plan,
        late_expedited_additional = c.late_additional, late_delivery_plan = c.late_plan
      FROM counts c
      WHERE rollups.account_id = :account AND rollups.grain = c.grain AND rollups.bucket = c.bucket
    )
    UPDATE account_heads SET rollups_sequence = next_event_sequence
    FROM head
    WHERE account_heads.account_id = :account
      AND next_event_sequence = 1 + (SELECT max(sequence) FROM events WHERE account_id = :account)
    """
)


def upgrade() -> None:
    """Add columns with constant defaults, then fill in account by account, each in a transaction.

    Interrupted anywhere, it continues from there. All ledger days are to be counted again, and with them the rollups of
    accounts that are not complete.
    """
    with op.get_context().autocommit_block():
        op.execute(
            """
            ALTER TABLE rollups
              ADD COLUMN IF NOT EXISTS met_expedited_additional integer NOT NULL DEFAULT 0,
              ADD COLUMN IF NOT EXISTS met_delivery_plan integer NOT NULL DEFAULT 0,
              ADD COLUMN IF NOT EXISTS late_expedited_additional integer NOT NULL DEFAULT 0,
              ADD COLUMN IF NOT EXISTS late_delivery_plan integer NOT NULL DEFAULT 0
            """
        )
        op.execute("ALTER TABLE account_heads ADD COLUMN IF NOT EXISTS rollups_sequence bigint")
        op.execute("UPDATE account_heads SET activity_until = NULL WHERE activity_until IS NOT NULL")
        fill_by_account(FILL)
