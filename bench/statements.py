"""The number of SQL statements of an operation, by the server's own log."""

from pathlib import Path
from typing import Final

from bench.client import Client, serving
from bench.imports import UNTIL
from bench.operations import dashboard, orders_with_images
from bench.report import Figure
from bench.scratch import Scratch

_EXECUTED: Final = b"LOG:  execute "  # a statement with its parameters; BEGIN and COMMIT are not sent that way
_REQUESTS: Final = 10


async def measure_statements(scratch: Scratch, database: str, token: str) -> list[Figure]:
    """Count the statements of the dashboard and of a page of orders, once their connections are open."""
    await scratch.execute(f"ALTER DATABASE {database} SET log_statement = 'all'")
    async with serving(scratch.url(database), UNTIL) as app:
        client = Client(app, token)
        return [
            Figure("dashboard.graphql", await _count(scratch.log, client, dashboard()), 6, "statements"),
            Figure("orders.graphql", await _count(scratch.log, client, orders_with_images()), 4, "statements"),
        ]


async def _count(log: Path, client: Client, document: str) -> int:
    """Count the statements of a request; the fewest of some, since a new connection reads its types, too."""
    counts: list[int] = []
    for _ in range(_REQUESTS):
        before = _logged(log)
        await client.ask(document)
        counts.append(_logged(log) - before)
    return min(counts)


def _logged(log: Path) -> int:
    return log.read_bytes().count(_EXECUTED)
