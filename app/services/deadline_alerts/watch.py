"""The watch over deadlines: every minute it tells what came to be at risk, and what was missed (domain rules, 3).

It goes on from where the last one ended, however long ago: what it tells has the instants and the words that it would
have had in time. An account that fails is left for later, and the others go on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.services.accounts.counters import earliest_reading, lock_counters
from app.services.deadline_alerts.candidates import CandidatePage, Span, candidates
from app.services.deadline_alerts.emitting import emit, orders_to_alert
from app.services.deadline_alerts.rescans import RescanRequest, go_on, put_off, rescan_requests
from app.services.deadline_alerts.withdrawing import retract
from app.services.jobs.cursors import WATCH
from app.services.jobs.isolation import isolate_failures
from db.connections import Pool
from db.queries.order_states import OrderKey
from db.queries.pages import EARLIEST
from db.readers import PoolReader
from db.writer import Writer, unit_of_work

SLACK: Final = timedelta(minutes=5)
"""How far before the end of the last watch the next one begins: commands under way then were not seen by it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch that told `told` events: all there were before `until` (UTC), but for the accounts that failed."""

    until: datetime
    told: int
    failed: int


async def watch_deadlines(
    pool: Pool, clock: Clock, since: datetime | None, lead: timedelta, horizon: datetime | None = None
) -> Watched:
    """Tell of deadlines that came to be at risk, `lead` before them, or were missed since the last watch, each once.

    `since` is the instant (UTC) up to which the last one looked; None looks at all there ever were. `horizon` is the
    deadline up to which it looked, where its lead may have been another. Several watches at once are harmless.
    """
    watch = _Watch(pool, clock, lead, clock.now())
    await watch.look(_beginning(since, lead, horizon))
    for found in await rescan_requests(PoolReader(pool), watch.until):
        await watch.look_again(found)
    return Watched(watch.until, watch.told, len(watch.failed))


def _beginning(since: datetime | None, lead: timedelta, horizon: datetime | None) -> datetime:
    """Tell from when on to look: with a lead that is longer than before, from when the horizon would have been its."""
    if since is None:
        return EARLIEST
    return (since if horizon is None else min(since, horizon - lead)) - SLACK


@dataclass(slots=True)
class _Watch:
    """A watch at work, on all that was before `until`."""

    pool: Pool
    clock: Clock
    lead: timedelta
    until: datetime
    told: int = 0
    failed: set[UUID] = field(default_factory=set[UUID])

    async def look(self, since: datetime) -> None:
        """Look at the deadlines of all accounts; where a page fails, at one account after the other."""
        async for page in candidates(PoolReader(self.pool), Span(since, self.until, self.lead)):
            failed = await isolate_failures(WATCH, page.accounts, partial(self._look_at, page))
            for account_id, error in failed.items():
                await self._put_off(account_id, page.first_due_at(account_id) - self.lead, error)

    async def look_again(self, found: RescanRequest) -> None:
        """Look at the deadlines of an account from before on."""
        failed = await isolate_failures(WATCH, [found.account_id], partial(self._catch_up, found))
        for account_id, error in failed.items():
            await self._put_off(account_id, found.since, error)

    async def _look_at(self, page: CandidatePage, account_ids: Sequence[UUID]) -> None:
        """Emit the alerts of a page's orders of accounts; locks only the counters of accounts that have some."""
        orders = await orders_to_alert(self.pool, self.clock, page.of(account_ids), self.lead)
        if not orders:
            return
        async with unit_of_work(self.pool) as writer:
            told = await self._emit(writer, orders, {account_id for account_id, _ in orders})
            await writer.commit()
        self.told += told

    async def _emit(self, writer: Writer, orders: Sequence[OrderKey], account_ids: Collection[UUID]) -> int:
        """Tell of orders of these accounts: the clock is read once their counters are locked."""
        all_counters = await lock_counters(writer, account_ids, self.clock)
        return await emit(writer, all_counters, orders, self.lead, earliest_reading(all_counters))

    async def _catch_up(self, found: RescanRequest, _account_ids: Sequence[UUID]) -> None:
        """Look at an account page by page; first take back what an import made untrue."""
        if found.imported:
            await retract(self.pool, self.clock, found.account_id, found.since, self.lead)
        span = Span(found.since, self.until, self.lead)
        async for page in candidates(PoolReader(self.pool), span, found.account_id):
            left = await self._work_off(found, page)
            if left is None:
                return
            found = left

    async def _work_off(self, found: RescanRequest, page: CandidatePage) -> RescanRequest | None:
        """Tell of a page of an account's deadlines; return what is left, None where that is nothing or not known.

        With it all is told up to the lead before its last deadline, since later ones were not at risk before that.
        """
        since = None if page.is_last else max(found.since, page.last_due_at - self.lead)
        async with unit_of_work(self.pool) as writer:
            told = await self._emit(writer, list(page.orders), [found.account_id])
            now = self.clock.now()
            if not await go_on(writer, found, since, now):
                return None
            await writer.commit()
        self.told += told
        return None if since is None else RescanRequest(found.account_id, since, now)

    async def _put_off(self, account_id: UUID, since: datetime, error: Exception) -> None:
        self.failed.add(account_id)
        await put_off(self.pool, account_id, since, self.clock.now(), error)
