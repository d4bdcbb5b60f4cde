"""How many commands of one account are under way in a process at once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

SLOTS: Final = 2
"""Commands of an account at once: one that has its head, and the next one, which waits for it."""

PATIENCE: Final = 10.0
"""Seconds that a command waits for its turn at most."""


class AccountBusy(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """Too many commands of an account are under way; this one was not begun."""


class AccountSlots:
    """Lets few commands of an account have connections at once; the others wait without one, in their order.

    All that have one would wait for the head of a busy account, and leave none for the commands of other accounts.
    """

    def __init__(self) -> None:
        self._slots: WeakValueDictionary[UUID | None, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, account_id: UUID | None) -> AsyncGenerator[None]:
        """Hold a slot of an account, or one of those of commands that name none; raises AccountBusy."""
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
