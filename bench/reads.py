"""How little reads depend on the size of an account: 100 times the images, and the same time."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from bench.client import Client, Data
from bench.operations import COMPLIANCE, CONNECTIONS, DEEP_PAGE, FEED, PAGE, PULSE, Connection, dashboard
from bench.report import TIMES, Figure

_LIMIT, _PAST_LIMIT = 1.5, 3.0
_WALKED = 100
_WARM_UPS = 3


@dataclass(slots=True)
class Operation:
    """The same question to the small and to the large account; `more` are the variables of the large one."""

    name: str
    document: str
    limit: float = _LIMIT
    variables: Mapping[str, object] = field(default_factory=dict[str, object])
    more: Mapping[str, object] = field(default_factory=dict[str, object])
    small_times: list[float] = field(default_factory=list[float])
    large_times: list[float] = field(default_factory=list[float])

    async def repeat(self, small: Client, large: Client) -> None:
        """Read both once, the one or the other first by turns: the second finds warm caches."""
        asked = [
            (self.small_times, small, self.variables),
            (self.large_times, large, {**self.variables, **self.more}),
        ]
        for times, client, variables in asked if len(self.small_times) % 2 else reversed(asked):
            times.append(await _timed(client, self.document, variables))

    def figure(self, more: str = "") -> Figure:
        """Compare the medians; `more` is printed beside them."""
        small, large = median(self.small_times[_WARM_UPS:]), median(self.large_times[_WARM_UPS:])
        detail = f"{small * 1000:.2f} ms and {large * 1000:.2f} ms{more and f', {more}'}"
        return Figure(self.name, large / small, self.limit, TIMES, detail)


async def measure_reads(small: Client, large: Client, now: datetime, repetitions: int) -> list[Figure]:
    """Read everything of both accounts in turn, so that other load of the machine affects both alike."""
    operations = [*_whole(now), *[operation async for operation in _pages(large)]]
    for _ in range(repetitions + _WARM_UPS):
        for operation in operations:
            await operation.repeat(small, large)
    return [operation.figure() for operation in operations]


def _whole(now: datetime) -> list[Operation]:
    past = now - timedelta(days=10, hours=3, minutes=17, seconds=22.5)
    return [
        Operation("pulse", PULSE),
        Operation("compliance", COMPLIANCE),
        Operation("order feed", FEED),
        Operation("dashboard.graphql", dashboard()),
        Operation("pulse ten days ago", PULSE, _PAST_LIMIT, {"asOf": past.isoformat()}),
    ]


async def _pages(large: Client) -> AsyncIterator[Operation]:
    """Read the first page of every connection, and of the large account the 1,000th one instead."""
    for connection in CONNECTIONS:
        document, first = connection.page, {"first": PAGE}
        yield Operation(f"{connection.name}, page 1", document, variables=first)
        page, after = await _deep_cursor(large, connection)
        if page > 1:
            yield Operation(f"{connection.name}, page {page:,}", document, variables=first, more={"after": after})


async def _deep_cursor(client: Client, connection: Connection) -> tuple[int, str | None]:
    """Walk to the 1,000th page, or to the last full one: return its number and the cursor it follows."""
    after, passed = None, 0
    while passed < (DEEP_PAGE - 1) * PAGE:
        size = min(_WALKED, (DEEP_PAGE - 1) * PAGE - passed)
        info = _page_info(connection, await client.ask(connection.step, first=size, after=after))
        if not info["hasNextPage"]:
            break
        after, passed = info["endCursor"], passed + size
    return passed // PAGE + 1, after


def _page_info(connection: Connection, data: Data) -> Data:
    for name in ("account", *connection.path, "pageInfo"):
        data = data[name]
    return data


async def _timed(client: Client, document: str, variables: Mapping[str, object]) -> float:
    started = time.perf_counter()
    await client.ask(document, **variables)
    return time.perf_counter() - started
