"""Erasing texts of an account, in batches: each in a transaction of its own, with the account's counters locked.

So no command and no import that read a text before writes it back. Each batch that erases texts marks the erasure as
unfinished, unless it is; whoever finds nothing left to erase writes the event and removes the mark, in one transaction.
So an erasure that ends early and the one that continues it have one event, as have erasures at the same time.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from app.clock import Clock
from app.domain.events.accounts import texts_erased
from app.services.accounts.counters import begin_command, lock_counters
from app.services.accounts.recording import record
from app.services.commands import live_unit_of_work, with_retries
from app.services.erasing.parts import Part
from db.connections import Pool, Record, Statement
from db.queries.erasing import IMPORTED_SINCE, PAGE, STATE
from db.readers import PoolReader, Reader
from db.tables.erasures import UnfinishedErasure
from db.writer import Writer, unit_of_work
from db.writes import insert_unless_known

_BATCH: Final = 1_000
"""Rows of a batch, or one order, so that commands of the account wait for a moment only."""

MARK: Final = insert_unless_known("mark_unfinished_erasure", UnfinishedErasure)

# Removes the mark of an unfinished erasure, if there is one; the primary key.
UNMARK: Final = Statement(
    "unmark_unfinished_erasure",
    "DELETE FROM unfinished_erasures WHERE account_id = $1 AND before = $2 RETURNING 1",
)


class Erasure(NamedTuple):
    """An erasure of texts in `parts` of accounts: of before the opening of a ledger day, or of a worker's name.

    `value` is that instant (UTC) or the name, `found_by` the instant by which rows are found. `passed` counts the
    rows, named for people, that are not erased now, by the value.
    """

    parts: Sequence[Part]
    value: datetime | str
    found_by: datetime
    passed: Sequence[tuple[str, Statement]]
    erased_before: date | None = None


class Erased(NamedTuple):
    """Numbers of rows that had texts to erase, and of those passed over, by names for people."""

    erased: Counter[str]
    passed: Counter[str]


class _Batch(NamedTuple):
    """Rows of a part, by their keys, which are erased in one transaction; `rows` had texts when they were counted."""

    part: Part
    keys: Sequence[object]
    rows: Counter[str]


async def count_texts(reader: Reader, account_id: UUID, erasure: Erasure) -> Erased:
    """Count the rows of an account that an erasure would change; nothing is changed."""
    found = Counter[str]()
    async for batch in _batches(reader, account_id, erasure):
        found += batch.rows
    return Erased(found, await _passed(reader, account_id, erasure))


async def erase_texts(
    pool: Pool, clock: Clock, account_id: UUID, erasure: Erasure, progress: Callable[[int], None] = lambda _: None
) -> Erased:
    """Erase texts of an account and write one event, unless there is nothing to erase and no unfinished erasure.

    It begins again where an import has written to the account meanwhile, which may have read texts before. `progress`
    is called with the number of rows of each batch.
    """
    running = _Running(pool, clock, account_id, erasure, progress)
    while not await running.erase():
        pass
    return Erased(running.erased, await _passed(running.reader, account_id, erasure))


@dataclass(slots=True)
class _Running:
    """An erasure of an account under way."""

    pool: Pool
    clock: Clock
    account_id: UUID
    erasure: Erasure
    progress: Callable[[int], None]
    erased: Counter[str] = field(default_factory=Counter[str])

    @property
    def reader(self) -> Reader:
        return PoolReader(self.pool)

    @property
    def mark(self) -> tuple[UUID, datetime]:
        """The primary key of the mark."""
        return self.account_id, self.erasure.found_by

    async def erase(self) -> bool:
        """Erase all texts; return False, without an event, if an import has written to the account meanwhile."""
        row = await self.reader.fetch_row(STATE, *self.mark)
        next_event, is_unfinished = (0, False) if row is None else row
        async for batch in _batches(self.reader, self.account_id, self.erasure):
            erased = await with_retries(partial(self._erase, batch))
            self.erased += erased
            self.progress(erased.total())
        if not self.erased and not is_unfinished:
            return True
        return await with_retries(partial(self._finish, next_event))

    async def _erase(self, batch: _Batch) -> Counter[str]:
        async with unit_of_work(self.pool) as writer:
            await lock_counters(writer, [self.account_id], self.clock)
            erased = await _erase(writer, self.account_id, self.erasure, batch)
            if erased:
                await writer.execute(MARK, *self.mark)
            await writer.commit()
        return erased

    async def _finish(self, next_event: int) -> bool:
        """Write the event, unless another erasure did; return as `erase`."""
        async with live_unit_of_work(self.pool) as writer:
            counters = await begin_command(writer, self.clock, self.account_id)
            if await writer.fetch(IMPORTED_SINCE, self.account_id, next_event):
                return False
            if await writer.fetch(UNMARK, *self.mark):
                at = counters.instant
                await record(writer, counters, at, texts_erased(self.erasure.erased_before, at), keeps_watermark=True)
            await writer.commit()
        return True


async def _erase(writer: Writer, account_id: UUID, erasure: Erasure, batch: _Batch) -> Counter[str]:
    erased = Counter[str]()
    for texts, statement in zip(batch.part.stored.texts, batch.part.erase, strict=True):
        erased[texts.counted_as] += await _number(writer, statement, account_id, erasure, batch.part, batch.keys)
    return +erased


async def _batches(reader: Reader, account_id: UUID, erasure: Erasure) -> AsyncGenerator[_Batch]:
    """Yield the batches of rows that have any texts to erase, part by part."""
    for part in erasure.parts:
        last = part.stored.first
        while rows := await reader.fetch(part.stored.find, account_id, erasure.found_by, last):
            for keys in _portions(rows):
                counted = Counter[str]()
                for texts in part.stored.texts:
                    counted[texts.counted_as] += await _number(reader, texts.counting, account_id, erasure, part, keys)
                if +counted:
                    yield _Batch(part, keys, +counted)
            if len(rows) < PAGE:
                break
            last = rows[-1]["key"]


def _portions(rows: Sequence[Record]) -> Iterator[list[object]]:
    """Cut rows into batches by their weights, of which one may be heavier than a batch."""
    keys: list[object] = []
    weight = 0
    for row in rows:
        if keys and weight + row["weight"] > _BATCH:
            yield keys
            keys, weight = [], 0
        keys.append(row["key"])
        weight += row["weight"]
    if keys:
        yield keys


async def _number(
    reader: Reader, statement: Statement, account_id: UUID, erasure: Erasure, part: Part, keys: Sequence[object]
) -> int:
    """Return the number of rows that a statement of a part counts or erases."""
    value = (erasure.value,) if part.stored.by_value else ()
    row = await reader.fetch_row(statement, account_id, keys, *value)
    return 0 if row is None else row["count"]


async def _passed(reader: Reader, account_id: UUID, erasure: Erasure) -> Counter[str]:
    passed = Counter[str]()
    for name, statement in erasure.passed:
        row = await reader.fetch_row(statement, account_id, erasure.value)
        passed[name] += 0 if row is None else row["count"]
    return passed
