"""The pools of a process, which open their connections in the background."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from db.circuit import Circuit
from db.connection_pool import ConnectionPool
from db.connections import LONGEST, NO_SETTINGS, Pool, open_connection, reaching


def new_circuit(url: str) -> Circuit:
    """Return a circuit for pools of one database, whose own connection is named for health."""
    return Circuit(partial(open_connection, url, "health", NO_SETTINGS, LONGEST))


async def open_pool(
    url: str,
    *,
    use: str | None = None,
    min_size: int = 1,
    max_size: int = 10,
    settings: Mapping[str, str] = NO_SETTINGS,
    limit: timedelta = LONGEST,
    circuit: Circuit | None = None,
) -> Pool:
    """Open a pool whose jsonb values are Python objects both ways; raises DatabaseUnreachable.

    `use` is added to the name of its connections, if the process has several uses. `settings` are PostgreSQL's own, for
    all connections of the pool. `min_size` of them are open from the start, all of `max_size` once they are wanted. A
    statement, and the wait for a connection, take `limit` at most. Pools of callers share a `circuit`, by which these
    hear soon if the database does not answer; others wait for it.
    """
    opening = partial(open_connection, url, use, settings, limit)
    sizes = {"kept": min_size, "most": max_size}
    pool = ConnectionPool(opening, circuit or Circuit(opening), **sizes, patience=limit, is_watched=circuit is not None)
    try:
        with reaching(url):
            await pool.fill()
    except BaseException:
        await pool.close()
        raise
    return pool
