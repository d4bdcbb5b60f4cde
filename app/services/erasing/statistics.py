"""Statistics of PostgreSQL, which hold values of columns, after texts were erased."""

from typing import Final

from app.services.erasing.parts import OF_ACCOUNT, OF_WORKER
from db.connections import Pool, Statement
from db.readers import PoolReader

_TABLES: Final = sorted({texts.table.split()[0] for part in (*OF_ACCOUNT, *OF_WORKER) for texts in part.stored.texts})

# Replaces the statistics of whole tables, since those of indexes stay where columns are named. The
# tables' owner may do it; Citus does it for every shard.
ANALYZE: Final = Statement("analyze_erased_texts", f"ANALYZE {', '.join(_TABLES)}")


async def forget_values(pool: Pool) -> None:
    """Replace the statistics of all tables that have texts, outside of any transaction: they lose the erased ones."""
    await PoolReader(pool).fetch(ANALYZE)
