"""Images that wait for production, made by a few set-based statements: each account has one order.

Every image has a deadline of its own, drawn as the hash of a number: so the images that are due first are of as many
accounts, at any size. Rollups stay empty: claims neither read nor write them.
"""

from datetime import datetime
from typing import Final

from bench.dataset import TRUST
from db.connections import Pool, Statement
from db.writer import unit_of_work

_ACCOUNT: Final = "lpad(to_hex(account), 32, '0')::uuid"
_IMAGE: Final = "lpad(to_hex(number), 32, '0')::uuid"
_ASKED: Final = "WITH asked AS (SELECT $1::timestamptz AS since, $2::bigint AS accounts, $3::bigint AS images)"
_ACCOUNTS: Final = "FROM asked CROSS JOIN generate_series(1, accounts) AS account"

# The rows of each table for the accounts, their orders and images.
_ROWS: Final = {
    "accounts": f"{_ACCOUNT}, NULL, format('Studio %s', account), 'ENTERPRISE', 'Europe/Copenhagen', since {_ACCOUNTS}",
    "account_heads": f"{_ACCOUNT}, 2, 1, since, since, since {_ACCOUNTS}",
    "time_zone_periods": f"{_ACCOUNT}, since, 'Europe/Copenhagen' {_ACCOUNTS}",
    "sla_versions": f"{_ACCOUNT}, 1, since::date, 200, 20, since, NULL, NULL {_ACCOUNTS}",
    "orders": f"""
      {_ACCOUNT}, {_ACCOUNT}, 1, 'Autumn', {_ACCOUNT}, 1, 'STANDARD', 'IN_PRODUCTION', since, 'CONFIRMED',
        since + interval '5 days', since + interval '5 days', 1, 1, images / accounts, NULL, NULL, NULL, NULL,
        images / accounts, 0, 0, 1.45 * (images / accounts), 'USD', NULL, NULL, NULL, NULL
      {_ACCOUNTS}
    """,
    "images": f"""
      {_ACCOUNT}, {_IMAGE}, {_ACCOUNT}, place, format('IMG_%s.jpg', number), 'QUEUED', 'STANDARD', {_ACCOUNT}, 1,
        since, place, NULL, 1.45, due_at, due_at
      FROM asked CROSS JOIN generate_series(1, images) AS number
      CROSS JOIN LATERAL (
        SELECT (number - 1) % accounts + 1 AS account, (number - 1) / accounts + 1 AS place,
          since + interval '5 days' * (abs(hashint8extended(number, 1) % 1000000000) / 1e9) AS due_at) AS drawn
    """,
}

# Claims the images that are due first for workers, without events; images_by_urgency_idx.
_HOLD: Final = Statement(
    "hold_first",
    """
    UPDATE images SET claimed_by = 'bob', claimed_until = $2::timestamptz, first_claimed_at = $3::timestamptz
    WHERE (account_id, id) IN (
      SELECT account_id, id FROM images
      WHERE status IN ('QUEUED', 'REJECTED') AND claimed_until IS NULL
      ORDER BY coalesce(redo_due_at, due_at, 'infinity'), uploaded_at, id LIMIT $1)
    """,
)


async def fill_queue(pool: Pool, accounts: int, images: int, since: datetime) -> None:
    """Make accounts that begin at an instant (UTC), and so many images of theirs, due within five days."""
    async with unit_of_work(pool) as writer:
        await writer.execute(TRUST)
        for table, rows in _ROWS.items():
            fill = Statement(f"fill_{table}", f"INSERT INTO {table} {_ASKED} SELECT {rows}")
            await writer.execute(fill, since, accounts, images)
        await writer.commit()
    await pool.fetch("VACUUM ANALYZE")


async def hold_first(pool: Pool, count: int, since: datetime, until: datetime) -> None:
    """Claim the images that are due first for a worker, from and until an instant (UTC)."""
    async with unit_of_work(pool) as writer:
        await writer.execute(_HOLD, count, until, since)
        await writer.commit()
