"""Two workers of `loupe serve` beside one process: CPU of a dashboard, throughput, and each worker's share.

Both serve real connections, each round by new processes. The throughput is compared with that of all cores at work,
for the CPU of a dashboard with PostgreSQL's and the client's.
"""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final

import orjson

from bench.operations import dashboard
from bench.processes import children_of, cpu_of, cpu_of_server
from bench.report import TIMES, Figure, ratio
from bench.scratch import Scratch

_LOUPE: Final = Path(sys.executable).with_name("loupe")
_CONNECTIONS: Final = 16
_WARM_UP: Final = 64
_CORES: Final = min(2, len(os.sched_getaffinity(0)))  # that two workers may be expected to keep busy
_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Round:
    """The seconds of a dashboard, by the clock and of CPU: of the service with PostgreSQL, and of the client.

    `share` is that of the worker that took the least of the CPU of all workers.
    """

    seconds: float
    service: float
    client: float
    share: float

    @property
    def efficiency(self) -> float:
        """The throughput, as a part of that of all cores at work."""
        return (self.service + self.client) / self.seconds / _CORES


async def measure_workers(
    scratch: Scratch, url: str, token: str, now: datetime, repetitions: int, dashboards: int
) -> list[Figure]:
    """Read dashboards of an account at an instant (UTC), by one process and by two workers in turn."""
    request = _request(token)
    one: list[_Round] = []
    two: list[_Round] = []
    for _ in range(repetitions + 1):
        one.append(await _round(scratch, url, now, request, 1, dashboards))
        two.append(await _round(scratch, url, now, request, 2, dashboards))
    efficiency, share = median(each.efficiency for each in two[1:]), median(each.share for each in two[1:])
    ends = f"{1 / median(each.seconds for each in one[1:]):.0f} and {1 / median(each.seconds for each in two[1:]):.0f}"
    return [
        ratio("two workers: CPU of a dashboard", [each.service for each in two], [each.service for each in one], 1.1),
        Figure("two workers: throughput", efficiency, 0.85, TIMES, f"{ends} dashboards a second", at_least=True),
        Figure("two workers: the lesser share", share, 1 / 3, TIMES, "of their CPU", at_least=True),
    ]


async def _round(scratch: Scratch, url: str, now: datetime, request: bytes, workers: int, dashboards: int) -> _Round:
    """Serve by so many workers, and read so many dashboards."""
    with _serving(url, now, workers) as (port, processes):
        await _send(port, request, _WARM_UP)
        before = _spent(scratch, processes)
        await _send(port, request, dashboards)
        seconds, client, database, *taken = (
            after - then for after, then in zip(_spent(scratch, processes), before, strict=True)
        )
    return _Round(
        seconds=seconds / dashboards,
        service=(database + sum(taken)) / dashboards,
        client=client / dashboards,
        share=min(taken[-workers:]) / sum(taken[-workers:]),
    )


def _spent(scratch: Scratch, processes: Sequence[int]) -> list[float]:
    """Return the seconds by the clock, and those of CPU of this process, of PostgreSQL and of each process."""
    return [time.perf_counter(), time.process_time(), cpu_of_server(scratch.process), *map(cpu_of, processes)]


@contextmanager
def _serving(url: str, now: datetime, workers: int) -> Generator[tuple[int, list[int]]]:
    """Run `loupe serve`; yield its port and its processes, the workers last."""
    settings = {"LOUPE_DATABASE_URL": url, "LOUPE_CLOCK": now.isoformat(), "LOUPE_PORT": "0"}
    command = [str(_LOUPE), "serve", "--workers", str(workers)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - our own
        command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=nowhere, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+)/", process.stdout.readline())
            assert found is not None
            yield int(found[1]), [process.pid, *children_of(process.pid)]
        finally:
            process.terminate()


def _request(token: str) -> bytes:
    """Write a request for the dashboard, once for all."""
    body = orjson.dumps({"query": dashboard()})
    head = ["POST /graphql HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
    head += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


async def _send(port: int, request: bytes, times: int) -> None:
    """Send a request so many times over kept connections, one after the other on each."""
    left = iter(range(times))
    await asyncio.gather(*(_send_on(port, request, left) for _ in range(_CONNECTIONS)))


async def _send_on(port: int, request: bytes, left: Iterator[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in left:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length is not None
        answer = await reader.readexactly(int(length[1]))
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b'"errors"' not in answer
    writer.close()
