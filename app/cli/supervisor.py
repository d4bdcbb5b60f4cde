"""The parent of `loupe serve --workers`: it starts worker processes, starts again what dies, and ends them together.

It accepts connections and hands them over; it reads nothing of them. A pipe is each worker's standard input: by it the
worker reads its task, and learns that the parent has died, however that happens. A line on its standard output says
that it is ready, or why it cannot be. uvicorn's own supervisor does not fit: it starts again without pauses, waits
without limit for workers that end, and its workers outlive it.
"""

import asyncio
import pickle
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final, NamedTuple

import structlog

from app.cli.database import CommandFailed
from app.cli.handover import Handover
from app.cli.signals import signalled
from app.settings import Settings

READY: Final = "ready"
"""The line of a worker that serves."""

_COMMAND: Final = (sys.executable, "-P", "-m", "app.cli.worker")
_DRAIN: Final = 9.0  # seconds in which workers end in order
_FIRST_PAUSE: Final = 0.25  # seconds until a worker that has ended is started again; each pause is twice the last one
_LONGEST_PAUSE: Final = 30.0  # seconds; after a worker that lived longer, pauses begin with the first one again

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.workers")


class Task(NamedTuple):
    """The task of a worker: settings, the offset of its clock, its command, and whether it runs jobs."""

    settings: Settings
    clock_offset: timedelta
    command: str
    with_jobs: bool


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process that serves, and the parent's end of its channel."""

    process: Process
    channel: socket.socket

    def send(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)


def supervise(listener: socket.socket, task: Task, count: int, when_ready: Callable[[], None]) -> None:
    """Serve by so many workers until Ctrl-C, SIGTERM or SIGHUP; `when_ready` is called once all are ready.

    Requests under way get a few seconds to end; what has not ended after nine is killed. Raises CommandFailed if one
    of the first workers cannot start, and SystemExit after SIGTERM or SIGHUP.
    """
    ended_by = asyncio.run(_run(listener, task, count, when_ready))
    if ended_by != signal.SIGINT:
        sys.exit(128 + ended_by)


async def _run(listener: socket.socket, task: Task, count: int, when_ready: Callable[[], None]) -> int:
    """Keep workers running until a signal; return its number."""
    endings = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup wants it
        endings.append(signal.SIGHUP)
    supervisor = _Supervisor(listener, task)
    with signalled(supervisor.pass_on, *endings):
        return await supervisor.run(count, when_ready)


class _Supervisor:
    """Keeps workers running."""

    def __init__(self, listener: socket.socket, task: Task) -> None:
        self._listener = listener
        self._task = task
        self._handover = Handover(listener)
        self._accepting = asyncio.create_task(self._handover.run())
        self._workers: set[_Worker] = set()
        self._failures: list[str] = []
        self._signals: list[int] = []
        self._ending = asyncio.Event()

    async def run(self, count: int, when_ready: Callable[[], None]) -> int:
        """Keep so many workers running until a signal; return its number."""
        first = await asyncio.gather(*(self._start_first() for _ in range(count)))
        if not self._ending.is_set():
            when_ready()
        await asyncio.gather(*(self._keep(worker) for worker in first))
        if not self._signals:
            raise CommandFailed(self._failures[0])
        return self._signals[0]

    def pass_on(self, number: int) -> None:
        """Have the workers end in order on a first signal; pass on further ones, as a Ctrl-C that hurries them."""
        self._signals.append(number)
        if self._ending.is_set():
            self._send(number)
        else:
            self._end()

    def _end(self) -> None:
        """Accept no more connections, and have the workers end; what has not ended in time is killed."""
        self._ending.set()
        self._accepting.cancel()
        self._listener.close()
        self._send(signal.SIGTERM)
        asyncio.get_running_loop().call_later(_DRAIN, self._send, signal.SIGKILL)

    def _send(self, number: int) -> None:
        for worker in self._workers:
            worker.send(number)

    async def _start_first(self) -> _Worker | None:
        """Start one of the first workers; all end if it fails."""
        worker = await self._start()
        if worker is None and not self._ending.is_set():
            self._end()
        return worker

    async def _keep(self, worker: _Worker | None) -> None:
        """Start a worker again whenever it has ended, until all end."""
        pause = _FIRST_PAUSE
        while True:
            if worker is not None and await self._lived_long(worker):
                pause = _FIRST_PAUSE
            if await self._ends_within(pause):
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
            worker = await self._start()
            if worker is None and not self._ending.is_set():
                _log.warning("worker_not_started", reason=self._failures[-1], pause=pause)

    async def _lived_long(self, worker: _Worker) -> bool:
        """Hand connections over to a worker until it has ended; return True if it lived longer than any pause."""
        since = monotonic()
        self._handover.add(worker.channel)
        code = await self._ended(worker)
        self._handover.remove(worker.channel)
        if not self._ending.is_set():
            _log.warning("worker_ended", worker=worker.process.pid, code=code)
        return monotonic() - since > _LONGEST_PAUSE

    async def _ends_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)
        return self._ending.is_set()

    async def _start(self) -> _Worker | None:
        """Start a worker and wait until it is ready; return None if it ended before, for the last of the failures."""
        if self._ending.is_set():
            return None
        worker = await self._begin()
        if self._ending.is_set():  # meanwhile
            worker.send(signal.SIGTERM)
        assert worker.process.stdout is not None  # noqa: S101 - for type checkers
        said = (await worker.process.stdout.readline()).decode().strip()
        if said == READY:
            _log.info("worker_ready", worker=worker.process.pid)
            return worker
        code = await self._ended(worker)
        self._failures.append(said or f"A worker ended with code {code} before it was ready: its log has the reason.")
        return None

    async def _begin(self) -> _Worker:
        """Start a process, and give it its channel and its task."""
        channel, other_end = socket.socketpair()
        channel.setblocking(False)
        with other_end:
            number = other_end.fileno()
            process = await asyncio.create_subprocess_exec(
                *_COMMAND, str(number), stdin=PIPE, stdout=PIPE, pass_fds=[number], start_new_session=True
            )
        assert process.stdin is not None  # noqa: S101 - for type checkers
        process.stdin.write(pickle.dumps(self._task))
        worker = _Worker(process, channel)
        self._workers.add(worker)
        return worker

    async def _ended(self, worker: _Worker) -> int:
        """Wait until a worker has ended; return its exit code."""
        code = await worker.process.wait()
        self._workers.discard(worker)
        worker.channel.close()
        return code
