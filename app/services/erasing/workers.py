"""Erasing the name of a worker in all accounts (domain rules, section 5.26)."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, NamedTuple
from uuid import UUID

from app.clock import Clock
from app.domain.texts import composed
from app.services.erasing.erasing import Erased, Erasure, count_texts, erase_texts
from app.services.erasing.parts import OF_WORKER
from db.connections import Pool
from db.queries.erasing import ORDERS_OF_WORKER_IN_PRODUCTION
from db.queries.job_queue import NEXT_ACCOUNTS
from db.queries.pages import LATEST, LEAST_UUID
from db.readers import PoolReader, Reader

_PASSED: Final = (("orders", ORDERS_OF_WORKER_IN_PRODUCTION),)
_ACCOUNTS_PAGE: Final = 500


class ErasedWorker(NamedTuple):
    """The number of accounts that had the name, and of their rows, as in `Erased`."""

    accounts: int
    erased: Counter[str]
    passed: Counter[str]


async def count_worker(reader: Reader, name: str) -> ErasedWorker:
    """Count the rows with the name of a worker that would be erased; nothing is changed."""
    erasure = _erasure_of(name)
    return await _in_all_accounts(reader, lambda account_id: count_texts(reader, account_id, erasure))


async def erase_worker(
    pool: Pool, clock: Clock, name: str, progress: Callable[[int], None] = lambda _: None
) -> ErasedWorker:
    """Erase the name of a worker, account by account; each that had it gets an event, which does not name it.

    `progress` is called with the number of rows of each batch.
    """
    erasure = _erasure_of(name)
    return await _in_all_accounts(
        PoolReader(pool), lambda account_id: erase_texts(pool, clock, account_id, erasure, progress)
    )


def _erasure_of(name: str) -> Erasure:
    return Erasure(OF_WORKER, composed(name), LATEST, _PASSED)


async def _in_all_accounts(reader: Reader, work: Callable[[UUID], Awaitable[Erased]]) -> ErasedWorker:
    accounts, erased, passed = 0, Counter[str](), Counter[str]()
    async for account_id in _accounts(reader):
        done = await work(account_id)
        accounts += bool(done.erased)
        erased.update(done.erased)
        passed.update(done.passed)
    return ErasedWorker(accounts, erased, passed)


async def _accounts(reader: Reader) -> AsyncGenerator[UUID]:
    """Yield the ids of all accounts, ascending."""
    last = LEAST_UUID
    while rows := await reader.fetch(NEXT_ACCOUNTS, last, _ACCOUNTS_PAGE):
        for row in rows:
            yield row["id"]
        last = rows[-1]["id"]
