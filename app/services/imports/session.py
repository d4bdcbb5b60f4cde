"""An import from its first line to its last, chunk by chunk: each is read, replayed and written as one batch.

While a batch is being written the next chunk is read and replayed with the cache, so PostgreSQL and Python work at the
same time. A batch is one transaction, and imported lines are known by their content: however an import ends, another
run of the same file continues it.

A line that may be of any account (no JSON, no account named) ends an import: going on could leave a gap in the history
of any account, which could not be filled later.
"""

import asyncio
import gc
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from app.clock import Clock
from app.domain.errors import DomainError
from app.domain.pulse.rollups import minutes_kept_since
from app.domain.sla.enums import Plan
from app.domain.sla.terms import SlaTerms
from app.services.imports.batch import Batch
from app.services.imports.destination import Destination, Rehearsing, committing
from app.services.imports.loading import load, require_accounts_unmoved
from app.services.imports.reading import BadLine, GoodLine, ReadLine, read_line
from app.services.imports.refusals import LineRefused, Subject
from app.services.imports.replay import Replay
from app.services.imports.report import Listener, Report
from app.services.imports.source import RawLine, Source, SourceUnreadable
from app.services.imports.statistics import MANY_ROWS, refresh_statistics
from app.services.imports.writing import prepare
from db.connections import Pool
from db.readers import PoolReader
from db.settled import settle
from db.writer import unit_of_work

CHUNK_LINES: Final = 2_000
CHUNK_BYTES: Final = 2**20
_LINES_WITHOUT_PAUSE: Final = 16  # then the batch before gets its turn, so that PostgreSQL never waits for long
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
    now = (await settle(PoolReader(pool), clock, ())).now
    task = _Task(source, now, plan_terms, listener, chunk_lines)
    with _rare_collections():
        async with committing(pool, clock, now) as destination:
            report = await _Import(task, destination).run()
    if report.images + report.imported.total() >= MANY_ROWS:
        await refresh_statistics(pool)
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
    """Find every bad line of a source by importing it in a transaction that is rolled back. Raises AccountMoved.

    Lines that fail only because the line of a subject that they name is bad are skipped.
    """
    now = (await settle(PoolReader(pool), clock, ())).now
    task = _Task(source, now, plan_terms, listener, chunk_lines)
    with _rare_collections():
        async with unit_of_work(pool) as writer:
            return await _Check(task, Rehearsing(writer, clock, now)).run()


class _Task(NamedTuple):
    """The source and the settings of an import; no line may be after `now` (UTC), PostgreSQL's clock."""

    source: Source
    now: datetime
    plan_terms: Mapping[Plan, SlaTerms]
    listener: Listener
    chunk_lines: int


class _Import:
    """An import in progress. Lines of `_blocked` accounts do not count any more, and no line does once it is `_halted`.

    `_problems` are the bad lines of the chunk, `_refused` the accounts of those that the rules refuse. `_known_to` is
    the last line as long as all were imported before, else None.
    """

    def __init__(self, task: _Task, destination: Destination) -> None:
        self._task = task
        self._destination = destination
        self._report = Report()
        self._replay = Replay(self._report, task.now, task.plan_terms)
        self._problems: list[BadLine] = []
        self._refused: set[str] = set()
        self._blocked: set[str] = set()
        self._halted = False
        self._known_to: int | None = 0

    async def run(self) -> Report:
        """Import chunk by chunk; then open the accounts without any dated line."""
        try:
            while not self._halted and (
                chunk := await self._task.source.next_chunk(self._task.chunk_lines, CHUNK_BYTES)
            ):
                await self._take_chunk(chunk)
        except SourceUnreadable as error:
            self._refuse(BadLine(error.line or 1, str(error)))
            self._halted = True
            await self._show_problems()
        pending = self._replay.cache.pending
        if not self._halted:
            for ref in [ref for ref in pending if ref not in self._blocked]:
                self._replay.open_now(ref)
            await self._write()
        await self._destination.settle()
        self._report.skipped += sum(1 + len(waiting.specifications) for waiting in pending.values())
        return self._report

    async def _take_chunk(self, chunk: Sequence[RawLine]) -> None:
        lines: list[ReadLine] = []
        for raw in chunk:
            lines.append(read_line(raw))
            if len(lines) % _LINES_WITHOUT_PAUSE == 0:
                await asyncio.sleep(0)
        good = [line for line in lines if isinstance(line, GoodLine) and line.content.account not in self._blocked]
        self._replay.cache = await load(self._destination.reader, self._replay.cache, good)
        for count, line in enumerate(lines):
            if self._halted:
                break
            known = self._report.known
            self._take(line)
            if self._known_to is not None:
                self._show_resumption(line.number, known=self._report.known > known)
            if count % _LINES_WITHOUT_PAUSE == 0:
                await asyncio.sleep(0)
        await self._show_problems()
        await self._write()
        self._task.listener.progress(self._task.source.position, self._report)

    def _show_resumption(self, line: int, *, known: bool) -> None:
        """Show up to which line all were imported before, once one was not."""
        if not known and self._known_to:
            self._task.listener.resumed(self._known_to)
        self._known_to = line if known else None

    async def _write(self) -> None:
        """Write the batch and begin the next one."""
        batch, self._replay.batch = self._replay.batch, Batch()
        committed = partial(self._task.listener.committed, self._report.copy())
        if batch.accounts:
            await self._destination.write(prepare(batch, minutes_kept_since(self._task.now)), committed)
        else:
            await self._destination.settle()
            committed()

    def _take(self, line: ReadLine) -> None:
        account = line.account if isinstance(line, BadLine) else line.content.account
        if account in self._blocked:
            self._report.skipped += 1
        elif isinstance(line, BadLine):
            self._refuse(line)
        else:
            try:
                self._replay.take(line)
            except (LineRefused, DomainError) as refusal:
                self._refused.add(line.content.account)
                self._refuse(_refused(line, refusal))

    def _refuse(self, line: BadLine) -> None:
        """Note a bad line; no later line of its account counts, or no line at all if it may be of any."""
        self._note(line)
        if line.account is None:
            self._halted = True
        else:
            self._blocked.add(line.account)

    def _note(self, line: BadLine) -> None:
        self._report.problems += 1
        self._problems.append(line)

    async def _show_problems(self) -> None:
        """Show the bad lines of the chunk, once it is certain that no one else changed the accounts of refused ones."""
        if self._refused:
            await self._destination.settle()
            refused = sorted(self._refused)
            await require_accounts_unmoved(self._destination.reader, self._replay.cache, refused, self._task.now)
            self._refused.clear()
        for line in self._problems:
            self._task.listener.problem(line.number, line.problem)
        self._problems.clear()


class _Check(_Import):
    """A check in progress; it goes on after bad lines. `_missing` are the subjects that bad lines would have added."""

    def __init__(self, task: _Task, destination: Destination) -> None:
        super().__init__(task, destination)
        self._missing: set[Subject] = set()

    def _refuse(self, line: BadLine) -> None:
        """Note a bad line, unless it only names a subject whose own line is bad."""
        if line.subject is not None:
            self._missing.add(line.subject)
        if line.missing is not None and line.missing in self._missing:
            self._report.skipped += 1
        else:
            self._note(line)


def _refused(line: GoodLine, refusal: LineRefused | DomainError) -> BadLine:
    content = line.content
    subject = None if content.ref is None else Subject(content.account, content.type, content.ref)
    missing = refusal.missing if isinstance(refusal, LineRefused) else None
    return BadLine(line.number, str(refusal), content.account, subject, missing)


@contextmanager
def _rare_collections() -> Generator[None]:
    """Collect cyclic garbage rarely: an import makes millions of objects, and collecting takes as long as all else."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECTED_AT, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
