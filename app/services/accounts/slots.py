"""A limit of concurrent commands of one account in a process."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

SLOTS: Final = 2
"""Concurrent commands of an account: one that has locked the counters, and the next one."""

PATIENCE: Final = 10.0
"""The greatest number of seconds that a command waits for a slot."""


class AccountBusy(Exception):  # noqa: N818 - named by its case, like all errors here
    """Too many commands of an account are running; this one was not begun."""


class AccountSlots:
    """A limit of the connections of an account's commands; others wait in order, without a connection.

    Without it all connections could wait for the counters of one busy account. It is a semaphore of asyncio for each
    account in use, written by hand since libraries limit rates or keep a limiter for every key they ever saw.
    """

    def __init__(self) -> None:
        self._slots: WeakValueDictionary[UUID | None, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, account_id: UUID | None) -> AsyncGenerator[None]:
        """Hold a slot of an account, or of the commands that name none; raises AccountBusy."""
        slots = self._slots.setdefault(account_id, asyncio.Semaphore(SLOTS))
        try:
            async with asyncio.timeout(PATIENCE):
                await slots.acquire()
        except TimeoutError:
            raise AccountBusy from None
        try:
            yield
        finally:
            slots.release()
