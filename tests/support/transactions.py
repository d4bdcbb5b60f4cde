"""Services of commands called in a transaction of their own, without a key."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.services.commands import live_unit_of_work, with_retries
from db.connections import Pool
from db.writer import Writer

Result = TypeVar("Result")


async def in_transaction(pool: Pool, work: Callable[[Writer], Awaitable[Result]]) -> Result:
    """Do work in a transaction and commit it, with retries."""

    async def attempt() -> Result:
        async with live_unit_of_work(pool) as writer:
            result = await work(writer)
            await writer.commit()
        return result

    return await with_retries(attempt)
