"""The tables: the one definition that migrations, typed writes and tests share.

Every instant is `timestamptz` in UTC with microseconds. `account_id` leads every key of a distributed table, so that
the same schema runs on one PostgreSQL and on Citus; there `accounts`, `tokens`, `token_uses` and `retouching_steps` are
reference tables.
Rows are persistence only: no rule lives here, and SQLModel table classes do not validate.
"""

from db.tables import (
    accounts,
    catalogue,
    erasures,
    events,
    idempotency,
    images,
    imports,
    inquiries,
    job_queue,
    jobs,
    keys,
    operations,
    orders,
    rejections,
    reviews,
    rollups,
    snapshots,
    specifications,
)

__all__ = [
    "accounts",
    "catalogue",
    "erasures",
    "events",
    "idempotency",
    "images",
    "imports",
    "inquiries",
    "job_queue",
    "jobs",
    "keys",
    "operations",
    "orders",
    "rejections",
    "reviews",
    "rollups",
    "snapshots",
    "specifications",
]
