"""Statistics for the planner after a large import."""

import asyncio
from contextlib import suppress
from typing import Final

from db.connections import Pool, Statement
from db.failures import ServerError
from db.readers import PoolReader

MANY_ROWS: Final = 10_000
"""The number of imported lines and images from which on statistics are refreshed."""

# Refresh the planner's statistics, which autovacuum would do some minutes later. The tables' owner may do it, by two
# statements that take about as long; Citus does it for every shard. Columns that no query filters by are left out.
ANALYZE: Final = (
    Statement("analyze_imported_images", "ANALYZE images"),
    Statement(
        "analyze_all_else_imported",
        """
        ANALYZE accounts, account_heads, time_zone_periods, sla_versions, ledger_days, specifications,
          specification_versions, orders, rejections, operations, upload_weeks, job_cursors,
          import_lines (account_id, kind, ref), events (account_id, sequence, at, type, order_id),
          rollups (account_id, grain, bucket),
          savings_rollups (account_id, grain, bucket, specification_id, specification_version)
        """,
    ),
)


async def refresh_statistics(pool: Pool) -> None:
    """Refresh the planner's statistics, outside of any transaction; a server that refuses this is no failure."""
    await asyncio.gather(*(_run(pool, statement) for statement in ANALYZE))


async def _run(pool: Pool, statement: Statement) -> None:
    with suppress(ServerError):
        await PoolReader(pool).fetch(statement)
