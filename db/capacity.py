"""The connections that the pools of a process hold at most, and whether PostgreSQL has enough for several processes."""

from typing import Final

from db.connections import Statement, connect
from db.writer import Writer

READERS: Final = 10
WRITERS: Final = 10
CLAIMS: Final = 2  # the database does one claim after the other
JOBS: Final = 14  # for two batches, a long run and two queued jobs, their ledger and their renewals

_HEALTH: Final = 1
_LISTENERS: Final = 1
_SPARE: Final = 5  # for short commands and migrations

# Reads how many connections PostgreSQL accepts, and how many of them it reserves for privileged roles.
_LIMITS: Final = Statement(
    "connection_limits",
    """
    SELECT current_setting('max_connections')::int AS most,
           current_setting('superuser_reserved_connections')::int
           + current_setting('reserved_connections')::int AS reserved
    """,
)


def connections_of_process(*, with_jobs: bool) -> int:
    """Return how many connections a process that serves holds at most."""
    return READERS + WRITERS + CLAIMS + _HEALTH + (JOBS + _LISTENERS if with_jobs else 0)


async def capacity_problem(url: str, processes: int, *, with_jobs: bool) -> str | None:
    """Return a sentence if PostgreSQL has too few connections for so many processes that serve; None if enough.

    Raises DatabaseUnreachable.
    """
    most, reserved = await _limits(url)
    each, free = connections_of_process(with_jobs=with_jobs), most - reserved - _SPARE
    if processes * each <= free:
        return None
    return (
        f"{processes} workers need {processes * each} connections, and PostgreSQL has {free} for them (max_connections"
        f" {most}, without {reserved} that are reserved and {_SPARE} for other commands): give --workers at most"
        f" {max(free // each, 1)}, or use a PostgreSQL with more connections."
    )


async def _limits(url: str) -> tuple[int, int]:
    connection = await connect(url)
    try:
        [row] = await Writer(connection).fetch(_LIMITS)
    finally:
        await connection.close()
    return row["most"], row["reserved"]
