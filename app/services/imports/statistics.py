"""What the planner knows of the tables after much was imported."""

import asyncio
from contextlib import suppress
from typing import Final

from app.services.imports.report import Report
from db.connections import Pool, Statement
from db.failures import ServerError
from db.readers import PoolReader

_MANY_ROWS: Final = 10_000

# Count anew what the planner goes by, which autovacuum would do some minutes later. The tables' owner may, in two goes
# that take about as long; Citus does it for every shard. Columns that no query looks for are left out.
ANALYZE: Final = (
    Statement("analyze_imported_images", "ANALYZE images"),
    Statement(
        "analyze_all_else_imported",
        """
        ANALYZE accounts, account_heads, time_zone_periods, sla_versions, ledger_days, specifications,
          specification_versions, orders, rejections, upload_weeks, job_cursors, import_lines (account_id, kind, ref),
          events (account_id, sequence, at, type, order_id), rollups (account_id, grain, bucket),
          savings_rollups (account_id, grain, bucket, specification_id, specification_version)
        """,
    ),
)


async def refresh_statistics(pool: Pool, report: Report) -> None:
    """Let the first queries after a large import have plans for what is there now; outside of any transaction.

    What was imported is there already, so a server that does not let this happen is no failure.
    """
    if report.images + report.imported.total() >= _MANY_ROWS:
        await asyncio.gather(*(_run(pool, statement) for statement in ANALYZE))


async def _run(pool: Pool, statement: Statement) -> None:
    with suppress(ServerError):
        await PoolReader(pool).fetch(statement)
