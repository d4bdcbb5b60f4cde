"""The view that an answer is read from: one snapshot of the database, as of a settled instant of each account.

The rule and its proof are in `db.settled`; only this module of the API applies it. A query has one view, and so has the
payload of each mutation.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import datetime
from uuid import UUID

from api.loaders import Loaders
from app.clock import Clock
from db.queries.accounts import AccountHistory, last_instants
from db.queries.import_runs import ended_of
from db.readers import Database, SnapshotEnded
from db.settled import Settlement, settle


class SettledView:
    """The accounts that an answer reads, each as of its settled instant: nothing before it can change any more.

    First each root field of the operation finds its accounts, outside the snapshot. Then one statement determines their
    settled instants, and the snapshot is opened, from which `loaders` read. The payload of a mutation and a caller with
    an account's API key bring a `settlement`, which saves that statement.
    """

    def __init__(self, database: Database, clock: Clock, settlement: Settlement | None = None) -> None:
        self.loaders = Loaders(database)
        self._database = database
        self._clock = clock
        self._finding = 0
        self._found = asyncio.Event()
        self._opening = asyncio.Lock()
        self._wanted: set[UUID] = set()
        self._settlement = settlement
        self._is_settled = settlement is not None
        self._snapshot = AsyncExitStack()
        self._is_open = False
        self._is_closed = False
        self._instants: dict[UUID, datetime] = {}
        self._histories: dict[UUID, AccountHistory] = {}
        self._ended_imports: dict[UUID, int] | None = None

    @property
    def now(self) -> datetime:
        """PostgreSQL's clock (UTC), as of which lists over all accounts are selected; raises LookupError if unread."""
        if self._settlement is None:
            raise LookupError("The clock was not read yet.")
        return self._settlement.now

    def instant(self, account_id: UUID) -> datetime:
        """Return the settled instant (UTC) of an account that the view includes."""
        return self._instants[account_id]

    def known_history(self, account_id: UUID) -> AccountHistory | None:
        """Return the history of an account if it was read at the opening of the view, as for most queries."""
        return self._histories.get(account_id)

    async def read_clock(self) -> None:
        """Read PostgreSQL's clock before the view is opened."""
        if self._settlement is None:
            self._settlement = await settle(self._database, self._clock, ())

    async def open(self, find: Callable[[], Awaitable[object]]) -> None:
        """Open the view once all root fields have found their accounts; `find` includes them."""
        self._finding += 1
        try:
            await asyncio.sleep(0)  # so that all root fields have arrived before the first one continues
            await find()
        finally:
            self._finding -= 1
            if self._finding == 0:
                self._found.set()
        await self._found.wait()
        async with self._opening:
            if not self._is_open:
                await self._open()

    async def open_for(self, account_ids: Iterable[UUID]) -> None:
        """Open the view for accounts at once: for the payload of a mutation."""
        self._wanted.update(account_ids)
        await self._open()

    async def include(self, account_ids: Iterable[UUID]) -> None:
        """Include accounts: those of a view that is not open are settled at its opening, others are read now."""
        if not self._is_open:
            self._wanted.update(account_ids)
            return
        unknown = [account_id for account_id in account_ids if account_id not in self._instants]
        if unknown:
            await self._read(unknown)

    async def ended_import(self, account_id: UUID) -> int | None:
        """Return the ended run of `loupe import` that an account's counters still name, so that its events are final.

        It had ended before the snapshot was taken, since it may have written until then. For the payload of a mutation
        the runs are read now.
        """
        if self._ended_imports is not None:
            return self._ended_imports.get(account_id)
        return await self.loaders.ended_imports.load(account_id)

    async def close(self) -> None:
        """Release the snapshot's connection; root fields that continue after a failed one open none.

        Where the request was cancelled, so is what its loaders read.
        """
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            self.loaders.cancel()
        async with self._opening:
            self._is_closed = True
            await self._snapshot.aclose()

    async def _open(self) -> None:
        if self._is_closed:
            raise SnapshotEnded
        if not self._is_settled:
            self._settlement = await settle(self._database, self._clock, self._wanted)
        if self._settlement is not None and self._settlement.import_runs is not None:
            self._ended_imports = await ended_of(self._database, self._settlement.import_runs)
        self.loaders = Loaders(await self._snapshot.enter_async_context(self._database.snapshot()))
        self._is_open = True
        await self._read(sorted(self._wanted))

    async def _read(self, account_ids: list[UUID]) -> None:
        """Read the last instants of accounts in the snapshot; one that does not exist has none."""
        settlement = self._settlement
        if settlement is None or not account_ids:
            return
        if settlement.is_after_command:  # most queries need the histories, but few payloads of mutations
            instants = await last_instants(self.loaders.reader, account_ids)
        else:
            instants = await self._last_instants_of_histories(account_ids)
        for account_id, last_at in instants.items():
            self._instants[account_id] = settlement.instant(account_id, last_at)

    async def _last_instants_of_histories(self, account_ids: list[UUID]) -> dict[UUID, datetime]:
        histories = [each for each in await self.loaders.histories.load_many(account_ids) if each is not None]
        for history in histories:
            self._histories[history.account_id] = history
            self.loaders.accounts.prime(history.account_id, history.row)
        return {history.account_id: history.last_at for history in histories}
