"""Random commands of all kinds, and random waits between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from app.domain.local_time import local_day, midnight
from app.domain.orders.enums import RejectionCategory
from app.domain.orders.results import ImageResult
from app.domain.production.operations import Performer
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.terms import change_time_zone, negotiate_sla
from tests.support.clock import MICROSECOND
from tests.support.model.account_commands import PLANS, ChangePlan, Close, Reopen, Withdraw
from tests.support.model.client_commands import Cancel, Complete, Confirm, ConfirmPortions, Expedite, Place, Revise
from tests.support.model.inquiry_commands import Answer, Ask
from tests.support.model.orders import Account
from tests.support.model.production_commands import Claim, Deliver, Record, Reject, RejectOrder
from tests.support.model.world import Command, World, accepted, assert_day

ZONES: Final = (
    "Europe/Copenhagen",
    "Africa/Cairo",
    "America/Santiago",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/Los_Angeles",
)
DGI: Final = 12
EXPEDITES: Final = 4
"""The terms of the accounts: small, so that many orders are split."""
WORKERS: Final = ("ann", "bob")
MINUTE: Final = timedelta(minutes=1)
"""The shortest lease; the instants of accounts in one claim differ by less."""
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Wait:
    """Advance the clock by a duration."""

    by: timedelta

    async def give(self, world: World) -> None:
        world.clock.advance(self.by)


@dataclass(frozen=True)
class WaitUntil:
    """Advance the clock to just before, at or just after an instant of an account."""

    account: int
    mark: str
    pick: int
    after: int

    async def give(self, world: World) -> None:
        now = world.clock.now()
        coming = [at + self.after * MICROSECOND for at in self._instants(world.accounts[self.account], now)]
        ahead = sorted({at for at in coming if at > now})
        if ahead:
            world.clock.advance(ahead[self.pick % len(ahead)] - now)

    def _instants(self, account: Account, now: datetime) -> list[datetime]:
        images = [image for _, image in account.images]
        match self.mark:
            case "midnight":
                return [midnight(local_day(now, account.zone) + DAY, account.zone)]
            case "ledger day":
                return [account.running(account.instant(now)).closes_at]
            case "weekend":
                days = (now.date() + days * DAY for days in range(1, 8))
                return [datetime.combine(day, time(0), UTC) for day in days if day.isoweekday() in (1, 6)]
            case "deadline":
                return [image.next_due_at for image in images if image.next_due_at and not image.is_delivered]
            case "gain":  # the last instants at which an expedite is a gain
                return [image.due_at - hours * HOUR for image in images if image.due_at for hours in (3, 6)]
            case _:
                return [image.claimed_until for image in images if image.claimed_until]


@dataclass(frozen=True)
class Negotiate:
    """Negotiate terms from so many days after the running ledger day."""

    account: int
    images: int | None
    expedites: int | None
    days: int
    others: Mapping[str, Any]

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        effective = self._effective(account, world.clock.now())
        terms = Negotiation(NegotiableTerms(self.images, self.expedites, **self.others), effective)
        done = await world.agree(
            lambda now: account.agree(
                now, lambda sla, running: sla.negotiate(self.images, self.expedites, effective, running, self.others)
            ),
            lambda writer: negotiate_sla(writer, world.clock, customer.account_id, terms),
        )
        if done is not None:
            assert done[0] == done[1].version

    def _effective(self, account: Account, now: datetime) -> date:
        return account.running(account.instant(now)).name + self.days * DAY


@dataclass(frozen=True)
class ChangeZone:
    """Move an account to another zone, now or a microsecond before its running ledger day closes."""

    account: int
    zone: str
    late: bool

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        if self.late:
            await WaitUntil(self.account, "ledger day", 0, -1).give(world)
        day, outcome = await accepted(
            world.agree(
                lambda now: account.change_zone(now, self.zone),
                lambda writer: change_time_zone(writer, world.clock, customer.account_id, self.zone),
            )
        )
        if day is not None:
            assert_day(outcome.day, day)


def commands() -> st.SearchStrategy[Command]:
    """Return the strategy of commands; the simplest one does nothing."""
    which = st.integers(0, 1)
    picks = st.none() | st.lists(st.integers(0, 40), min_size=1, max_size=20).map(tuple)
    strays = st.sampled_from([None] * 5) | st.integers(0, 60)
    some = st.integers(1, 30) | st.sampled_from([EXPEDITES, 2 * EXPEDITES, DGI])
    of_order = (which, st.integers(0, 6), st.sampled_from([False, False, False, True]))
    waits = [0 * HOUR, MICROSECOND, HOUR, 2 * HOUR, 3 * HOUR, 5 * HOUR, 12 * HOUR, DAY, 30 * DAY]
    marks = ["midnight", "ledger day", "weekend", "deadline", "gain", "lease"]
    terms = st.none() | st.integers(0, 15)
    turnarounds = st.sampled_from([MINUTE, HOUR, 5 * HOUR, 2 * DAY])
    others: dict[str, st.SearchStrategy[Any]] = {
        "deliver_by": st.sampled_from([time(0), time(2, 30), time(7, 30), time(9), time(23, 59, 59)]),
        "expedite_turnaround": turnarounds,
        "expedite_additional_turnaround": turnarounds,
        "expedite_multiplier": st.sampled_from([Decimal(1), Decimal("1.5"), Decimal(3)]),
        "rejection_turnaround": turnarounds,
        "review_turnaround": turnarounds,
        "support_response": turnarounds,
    }
    categories = st.none() | st.sampled_from(RejectionCategory)
    worker = st.sampled_from(WORKERS)
    wait = st.builds(Wait, st.sampled_from(waits))
    place = st.builds(Place, which, some, st.booleans(), st.none() | st.integers(0, 20))
    expedite = st.builds(Expedite, *of_order, picks, strays)
    claim = st.builds(Claim, worker, some, st.sampled_from([DAY, HOUR, MINUTE]))
    addresses = st.sampled_from([None, "https://pictures.example/done.jpg"])
    results = st.none() | st.builds(ImageResult, addresses, addresses)
    deliver = st.builds(Deliver, worker, st.none() | claim, picks, strays, results)
    often = [place, expedite, claim, deliver]
    return st.one_of(
        wait,
        *often,
        st.builds(WaitUntil, which, st.sampled_from(marks), st.integers(0, 4), st.sampled_from([0, -1, 1])),
        st.builds(Record, worker, picks, strays, st.sampled_from(Performer)),
        st.builds(Reject, picks, strays, st.lists(categories, min_size=1, max_size=3).map(tuple)),
        st.builds(RejectOrder, *of_order, categories),
        st.builds(Confirm, *of_order, st.sampled_from([4 * HOUR, HOUR, 2 * DAY, 0 * HOUR])),
        st.builds(
            ConfirmPortions,
            *of_order,
            st.sampled_from([4 * HOUR, HOUR, 0 * HOUR]),
            st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple),
            st.sampled_from([HOUR, MICROSECOND, HOUR, 0 * HOUR]),
            st.sampled_from([0, 0, 0, 1]),
        ),
        st.builds(Revise, *of_order, st.sampled_from([MICROSECOND, HOUR, 3 * HOUR, 0 * HOUR])),
        st.builds(Cancel, *of_order, picks, strays),
        st.builds(Complete, *of_order),
        *often,
        st.builds(
            Negotiate, which, terms, terms, st.sampled_from([1, 0, 2]), st.fixed_dictionaries({}, optional=others)
        ),
        st.builds(ChangePlan, which, st.sampled_from(list(PLANS)), st.sampled_from([1, 0, 2])),
        st.builds(Withdraw, which, st.integers(0, 2)),
        st.builds(Ask, which, st.none() | st.integers(0, 2)),
        st.builds(Answer, which, st.integers(0, 2)),
        st.builds(Close, which),
        *3 * [st.builds(Reopen, which)],
        st.builds(ChangeZone, which, st.sampled_from(ZONES), st.sampled_from([False, False, True])),
    )
