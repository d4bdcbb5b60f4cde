"""The changes of a batch of lines, gathered before they are written in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.account import Account
from app.domain.events.orders import NewEvent, facts_after
from app.domain.ledger.days import ZonePeriod
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.state import OrderState
from app.domain.sla.terms import SlaVersion
from app.services.imports.digests import LineKey
from app.services.imports.lines import AccountLine, SpecificationLine
from app.services.imports.state import AccountState


class KnownLine(NamedTuple):
    """A line that took effect, by a digest of either version, and what it made."""

    digest: bytes
    subject_id: UUID | None


class NewAccount(NamedTuple):
    """An account to begin."""

    id: UUID
    line: AccountLine


class Opening(NamedTuple):
    """An account as it is opened; `before` is when it is by the database, None when it is not there yet."""

    account: Account
    before: datetime | None


class NewSpecification(NamedTuple):
    """A specification to begin, with its first version."""

    account_id: UUID
    id: UUID
    line: SpecificationLine
    created_at: datetime


@dataclass(slots=True)
class _Open:
    """An order of the batch; what happened to its images up to `told_until` has its events (None: nothing has)."""

    account_id: UUID
    state: OrderState
    told_until: datetime | None


@dataclass(slots=True)
class Batch:
    """What a transaction is to write.

    `since` is the instant after which it tells of accounts, `extended` when ledger days close that a move extends.
    `stored` has the orders it changes as they are in the database, and `retold` since when their events are told anew:
    what happened to images is told by the orders' latest states, just after that instant.
    """

    accounts: dict[UUID, AccountState] = field(default_factory=dict[UUID, AccountState])
    new_accounts: list[NewAccount] = field(default_factory=list[NewAccount])
    openings: dict[UUID, Opening] = field(default_factory=dict[UUID, Opening])
    periods: list[tuple[UUID, ZonePeriod]] = field(default_factory=list[tuple[UUID, ZonePeriod]])
    versions: list[tuple[UUID, SlaVersion]] = field(default_factory=list[tuple[UUID, SlaVersion]])
    days: dict[tuple[UUID, date], QuotaDay] = field(default_factory=dict[tuple[UUID, date], QuotaDay])
    extended: dict[tuple[UUID, date], datetime] = field(default_factory=dict[tuple[UUID, date], datetime])
    since: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    specifications: list[NewSpecification] = field(default_factory=list[NewSpecification])
    lines: dict[LineKey, KnownLine] = field(default_factory=dict[LineKey, KnownLine])
    stored: dict[UUID, tuple[UUID, OrderState]] = field(default_factory=dict[UUID, tuple[UUID, OrderState]])
    rewritten_since: dict[UUID, tuple[UUID, datetime]] = field(default_factory=dict[UUID, tuple[UUID, datetime]])
    moved: set[UUID] = field(default_factory=set[UUID])
    _orders: dict[UUID, _Open] = field(default_factory=dict[UUID, _Open])
    _new_events: dict[UUID, list[NewEvent]] = field(default_factory=dict[UUID, list[NewEvent]])

    def tell(self, account_id: UUID, new_event: NewEvent) -> None:
        """Record an event of an account."""
        self._new_events.setdefault(account_id, []).append(new_event)

    def begin(self, account: AccountState, before: datetime | None) -> None:
        """Note with what an account begins, which may change until something dated is told of it."""
        known = self.openings.get(account.id)
        before = before if known is None else known.before
        self.openings[account.id] = Opening(account.account, before)

    def begin_earlier(self, account: AccountState, before: datetime) -> None:
        """Let an account and what was told of it so far, its specifications, begin earlier than `before`."""
        self.begin(account, before)
        at = account.created_at
        self.specifications = [
            new._replace(created_at=at) if new.account_id == account.id else new for new in self.specifications
        ]
        told = self._new_events.get(account.id, ())
        self._new_events[account.id] = [replace(new_event, at=at) for new_event in told]

    def tell_since(self, account_id: UUID, at: datetime) -> None:
        """Note that the batch tells of an account after an instant, if not of an earlier one."""
        self.since[account_id] = min(at, self.since.get(account_id, at))

    def use(self, account: AccountState, day: QuotaDay) -> None:
        """Note what is used of the account's running ledger day now."""
        account.use(day)
        self.days[account.id, day.day.date] = day

    def add(self, account_id: UUID, order: OrderState, told_until: datetime | None = None) -> None:
        """Add a new order; `told_until` is when it was split off one whose past its images share."""
        self._orders[order.id] = _Open(account_id, order, told_until)

    def amend(self, account_id: UUID, before: OrderState, after: OrderState, at: datetime) -> None:
        """Change an order as of an instant: what happened up to it stays told as it was."""
        known = self._orders.get(before.id)
        told_until = at
        if known is None:
            self.stored[before.id] = account_id, before
            self.rewritten_since[before.id] = account_id, at
        else:
            told_until = at if known.told_until is None else max(at, known.told_until)
            for new_event in facts_after(before, known.told_until):
                if new_event.at <= at:
                    self.tell(account_id, new_event)
        self._orders[before.id] = _Open(account_id, after, told_until)

    def orders(self) -> Iterator[tuple[UUID, OrderState]]:
        """Yield the orders of the batch as they are now, each with its account."""
        return ((order.account_id, order.state) for order in self._orders.values())

    def new_events(self) -> dict[UUID, list[NewEvent]]:
        """Return the events of each account in the order in which they happened; those of one instant as told."""
        told = {account_id: list(new_events) for account_id, new_events in self._new_events.items()}
        for order in self._orders.values():
            told.setdefault(order.account_id, []).extend(facts_after(order.state, order.told_until))
        for new_events in told.values():
            new_events.sort(key=lambda new_event: new_event.at)
        return told
