"""The watch over deadlines: every minute it emits alerts to deadlines at risk and to missed ones (domain rules, 3).

It continues from where the last watch ended, however long ago: alerts have the instants and the texts that they would
have had in time. An account that fails is postponed, and the others are not held up.
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
"""The overlap with the last watch, which did not see the commands that were under way."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The result of a watch: alerts emitted, all that were due before `until` (UTC), and accounts that failed."""

    until: datetime
    emitted: int
    failed: int


async def watch_deadlines(
    pool: Pool, clock: Clock, since: datetime | None, lead: timedelta, horizon: datetime | None = None
) -> Watched:
    """Emit alerts to deadlines that became at risk, `lead` before them, or were missed since the last watch, each once.

    `since` is the instant (UTC) up to which the last watch looked; None looks at all deadlines. `horizon` is the
    deadline up to which it looked, as its lead may have been another. Several watches at once are harmless.
    """
    watch = _Watch(pool, clock, lead, clock.now())
    await watch.look(_start(since, lead, horizon))
    for found in await rescan_requests(PoolReader(pool), watch.until):
        await watch.look_again(found)
    return Watched(watch.until, watch.emitted, len(watch.failed))


def _start(since: datetime | None, lead: timedelta, horizon: datetime | None) -> datetime:
    """Return the instant (UTC) to look from: with a longer lead than before, the one that has the same horizon."""
    if since is None:
        return EARLIEST
    return (since if horizon is None else min(since, horizon - lead)) - SLACK


@dataclass(slots=True)
class _Watch:
    """A running watch, over the time before `until` (UTC)."""

    pool: Pool
    clock: Clock
    lead: timedelta
    until: datetime
    emitted: int = 0
    failed: set[UUID] = field(default_factory=set[UUID])

    async def look(self, since: datetime) -> None:
        """Look at the deadlines of all accounts; account by account if a page fails."""
        async for page in candidates(PoolReader(self.pool), Span(since, self.until, self.lead)):
            failed = await isolate_failures(WATCH, page.accounts, partial(self._look_at, page))
            for account_id, error in failed.items():
                await self._put_off(account_id, page.first_due_at(account_id) - self.lead, error)

    async def look_again(self, found: RescanRequest) -> None:
        """Look again at the deadlines of an account."""
        failed = await isolate_failures(WATCH, [found.account_id], partial(self._catch_up, found))
        for account_id, error in failed.items():
            await self._put_off(account_id, found.since, error)

    async def _look_at(self, page: CandidatePage, account_ids: Sequence[UUID]) -> None:
        """Emit the alerts of these accounts' orders of a page; locks only the counters of accounts that have any."""
        orders = await orders_to_alert(self.pool, self.clock, page.of(account_ids), self.lead)
        if not orders:
            return
        async with unit_of_work(self.pool) as writer:
            emitted = await self._emit(writer, orders, {account_id for account_id, _ in orders})
            await writer.commit()
        self.emitted += emitted

    async def _emit(self, writer: Writer, orders: Sequence[OrderKey], account_ids: Collection[UUID]) -> int:
        """Emit the alerts of orders of these accounts: the clock is read once their counters are locked."""
        all_counters = await lock_counters(writer, account_ids, self.clock)
        return await emit(writer, all_counters, orders, self.lead, earliest_reading(all_counters))

    async def _catch_up(self, found: RescanRequest, _account_ids: Sequence[UUID]) -> None:
        """Look at an account page by page; first retract alerts that an import made untrue."""
        if found.imported:
            await retract(self.pool, self.clock, found.account_id, found.since, self.lead)
        span = Span(found.since, self.until, self.lead)
        async for page in candidates(PoolReader(self.pool), span, found.account_id):
            left = await self._work_off(found, page)
            if left is None:
                return
            found = left

    async def _work_off(self, found: RescanRequest, page: CandidatePage) -> RescanRequest | None:
        """Emit the alerts of a page of an account's deadlines; return the request for the rest, if there is any.

        The page covers all until the lead before its last deadline, since later ones were not at risk before that. None
        also if an import requested another rescan meanwhile.
        """
        since = None if page.is_last else max(found.since, page.last_due_at - self.lead)
        async with unit_of_work(self.pool) as writer:
            emitted = await self._emit(writer, list(page.orders), [found.account_id])
            now = self.clock.now()
            if not await go_on(writer, found, since, now):
                return None
            await writer.commit()
        self.emitted += emitted
        return None if since is None else RescanRequest(found.account_id, since, now)

    async def _put_off(self, account_id: UUID, since: datetime, error: Exception) -> None:
        self.failed.add(account_id)
        await put_off(self.pool, account_id, since, self.clock.now(), error)
