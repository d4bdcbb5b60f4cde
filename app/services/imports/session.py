"""An import from its first line to its last, a chunk at a time: each is read, replayed and written as one batch.

While a batch is being written the next chunk is read and replayed on what is remembered, so PostgreSQL and Python work
at the same time. A batch is one transaction and lines that took effect are known by their content: by whatever an
import ends, another run of the same file goes on from there.

A line that may be anybody's (no JSON, no account named) ends an import, since going on could leave a hole in the
history of any account, which nothing could fill later.
"""

import asyncio
import gc
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final, NamedTuple

from app.clock import Clock
from app.domain.errors import DomainError
from app.domain.pulse.rollups import minutes_kept_since
from app.domain.sla.enums import Plan
from app.domain.sla.terms import SlaTerms
from app.services.imports.batch import Batch
from app.services.imports.cache import Cache
from app.services.imports.chunks import next_chunk
from app.services.imports.destination import Committing, Destination, Rehearsing
from app.services.imports.lines import account_of, ref_of
from app.services.imports.loading import Loader
from app.services.imports.reading import BadLine, GoodLine, Named, ReadLine, read_line
from app.services.imports.refusals import LineRefused
from app.services.imports.replay import Replay
from app.services.imports.report import Listener, Report
from app.services.imports.source import RawLine, Source, SourceUnreadable
from app.services.imports.statistics import refresh_statistics
from app.services.imports.writing import prepare
from db.connections import Pool
from db.readers import PoolReader
from db.settled import settle
from db.writer import unit_of_work

CHUNK_LINES: Final = 2_000
CHUNK_BYTES: Final = 2**20
_LINES_IN_A_GO: Final = 16  # then the batch before gets its turn, so that PostgreSQL never waits for long
_COLLECTED_AT: Final = 200_000


async def import_history(
    pool: Pool,
    source: Source,
    *,
    clock: Clock,
    plan_terms: Mapping[Plan, SlaTerms],
    listener: Listener,
    chunk_lines: int = CHUNK_LINES,
) -> Report:
    """Import the lines of a source; of each account up to its first bad line. Raises AccountMoved."""
    task = _Task(source, await _now(pool, clock), plan_terms, listener, chunk_lines)
    with _rare_collections():
        async with Committing(pool, clock) as destination:
            report = await _Import(task, destination).run()
    await refresh_statistics(pool, report)
    return report


async def check_history(
    pool: Pool,
    source: Source,
    *,
    clock: Clock,
    plan_terms: Mapping[Plan, SlaTerms],
    listener: Listener,
    chunk_lines: int = CHUNK_LINES,
) -> Report:
    """Find every bad line of a source by importing it in a transaction that is taken back. Raises AccountMoved.

    Lines that fail only because what they name is itself bad are not told.
    """
    task = _Task(source, await _now(pool, clock), plan_terms, listener, chunk_lines)
    with _rare_collections():
        async with unit_of_work(pool) as writer:
            return await _Check(task, Rehearsing(writer, clock)).run()


async def _now(pool: Pool, clock: Clock) -> datetime:
    """Read PostgreSQL's clock (UTC): no line may be after it."""
    return (await settle(PoolReader(pool), clock, ())).now


class _Task(NamedTuple):
    """What is to be imported, at which instant, by which plans' terms, who hears of it, and how much at a time."""

    source: Source
    now: datetime
    plan_terms: Mapping[Plan, SlaTerms]
    listener: Listener
    chunk_lines: int


class _Problem(NamedTuple):
    """What is wrong with a line: `named` is what it would have made, `missing` what it names that is not there."""

    line: int
    text: str
    account: str | None
    named: Named | None = None
    missing: Named | None = None


class _Import:
    """An import at work. `_blocked` are accounts whose later lines do not count, `_halted` once no line does.

    `_problems` are those of the chunk at hand, `_refused` the accounts of which it has lines that the rules refuse.
    """

    def __init__(self, task: _Task, destination: Destination) -> None:
        self._task = task
        self._destination = destination
        self._minutes_since = minutes_kept_since(task.now)
        self._memory = Cache()
        self._loader = Loader(destination.reader, self._memory)
        self._report = Report()
        self._replay = Replay(self._memory, self._report, task.now, task.plan_terms)
        self._problems: list[_Problem] = []
        self._refused: set[str] = set()
        self._blocked: set[str] = set()
        self._halted = False

    async def run(self) -> Report:
        """Import chunk by chunk; then begin the accounts of which no instant was told."""
        while not self._halted and (chunk := await self._next_chunk()):
            await self._take_chunk(chunk)
        await self._tell_problems()
        if not self._halted:
            for ref in [ref for ref in self._memory.pending if ref not in self._blocked]:
                self._replay.begin(ref)
            await self._write()
        await self._destination.settle()
        self._report.skipped += sum(1 + len(waiting.specifications) for waiting in self._memory.pending.values())
        return self._report

    async def _next_chunk(self) -> Sequence[RawLine]:
        try:
            return await next_chunk(self._task.source, self._task.chunk_lines, CHUNK_BYTES)
        except SourceUnreadable as error:
            self._refuse(_Problem(error.line or 1, str(error), None))
            self._halted = True
            return ()

    async def _take_chunk(self, chunk: Sequence[RawLine]) -> None:
        lines: list[ReadLine] = []
        for raw in chunk:
            lines.append(read_line(raw))
            await self._let_others(len(lines))
        good = [line for line in lines if isinstance(line, GoodLine)]
        await self._loader.prepare([line for line in good if account_of(line.content) not in self._blocked])
        for count, line in enumerate(lines):
            if self._halted:
                break
            self._take(line)
            await self._let_others(count)
        await self._tell_problems()
        await self._write()
        self._task.listener.progress(self._task.source.position, self._report)

    async def _let_others(self, count: int) -> None:
        if count % _LINES_IN_A_GO == 0:
            await asyncio.sleep(0)

    async def _write(self) -> None:
        """Hand the batch over and begin the next one."""
        batch, self._replay.batch = self._replay.batch, Batch()
        if batch.accounts:
            await self._destination.write(prepare(batch, self._minutes_since))
        else:
            await self._destination.settle()
        self._memory.turn()

    def _take(self, line: ReadLine) -> None:
        account = line.account if isinstance(line, BadLine) else account_of(line.content)
        if account in self._blocked:
            self._report.skipped += 1
        elif isinstance(line, BadLine):
            self._refuse(_Problem(line.number, line.problem, account, line.named))
        else:
            self._take_good(line, account_of(line.content))

    def _take_good(self, line: GoodLine, account: str) -> None:
        ref = ref_of(line.content)
        named = None if ref is None else Named(account, line.content.type, ref)
        try:
            self._replay.take(line)
        except (LineRefused, DomainError) as refusal:
            missing = refusal.missing if isinstance(refusal, LineRefused) else None
            self._refused.add(account)
            self._refuse(_Problem(line.number, str(refusal), account, named, missing))

    def _refuse(self, problem: _Problem) -> None:
        """Tell a bad line; nothing of its account counts after it, or nothing at all when it may be anybody's."""
        self._tell(problem)
        if problem.account is None:
            self._halted = True
        else:
            self._blocked.add(problem.account)

    def _tell(self, problem: _Problem) -> None:
        self._report.problems += 1
        self._problems.append(problem)

    async def _tell_problems(self) -> None:
        """Tell what is wrong with lines of the chunk, once it is sure that nobody changed what they were judged by."""
        if self._refused:
            await self._destination.settle()
            await self._loader.require_unmoved(sorted(self._refused))
            self._refused.clear()
        for problem in self._problems:
            self._task.listener.problem(problem.line, problem.text)
        self._problems.clear()


class _Check(_Import):
    """A check at work; it goes on after bad lines. `_spoiled` is what is not there since its line was bad."""

    def __init__(self, task: _Task, destination: Destination) -> None:
        super().__init__(task, destination)
        self._spoiled: set[Named] = set()

    def _refuse(self, problem: _Problem) -> None:
        """Tell a bad line, unless it only names what is bad itself."""
        if problem.named is not None:
            self._spoiled.add(problem.named)
        if problem.missing is not None and problem.missing in self._spoiled:
            self._report.skipped += 1
        else:
            self._tell(problem)


@contextmanager
def _rare_collections() -> Generator[None]:
    """Look for garbage in cycles rarely: an import makes millions of objects, and looking takes as long as all else."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECTED_AT, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
