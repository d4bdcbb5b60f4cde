"""The changes of a chunk of lines, gathered before they are written in one transaction."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from app.domain.account import Account
from app.domain.events.histories import facts_after
from app.domain.events.new_events import NewEvent
from app.domain.ledger.days import ZonePeriod
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.state import OrderState
from app.domain.production.operations import Operation
from app.domain.sla.terms import SlaVersion
from app.services.imports.cache import AccountState, KnownLine
from app.services.imports.digests import LineKey
from app.services.imports.inquiry_lines import ImportedInquiry
from app.services.imports.lines import AccountLine, SpecificationLine


class Opening(NamedTuple):
    """An account as it is opened by its `line`, or as it was opened at `before` by the database if that is not None."""

    account: Account
    line: AccountLine | None
    before: datetime | None


class NewSpecification(NamedTuple):
    """A specification to add, with its first version."""

    account_id: UUID
    id: UUID
    line: SpecificationLine
    created_at: datetime


class BatchOperation(NamedTuple):
    """An operation to add, and when it was done (UTC)."""

    account_id: UUID
    at: datetime
    operation: Operation


class BatchOrder(NamedTuple):
    """An order of the batch; the events of its images up to `emitted_until` (UTC; None: none) exist already."""

    account_id: UUID
    state: OrderState
    emitted_until: datetime | None


class AmendedOrder(NamedTuple):
    """An order as in the database; the batch replaces the events of its images after `since` (UTC)."""

    account_id: UUID
    before: OrderState
    since: datetime


@dataclass(slots=True)
class Batch:
    """The changes to write in one transaction.

    `changed_since` are the instants (UTC) after which the batch changes figures of accounts, `extended` the ends of
    ledger days that a move of the account extends. `orders` are those that it adds or amends, by id, as they are after
    it.
    """

    accounts: dict[UUID, AccountState] = field(default_factory=dict[UUID, AccountState])
    openings: dict[UUID, Opening] = field(default_factory=dict[UUID, Opening])
    periods: list[tuple[UUID, ZonePeriod]] = field(default_factory=list[tuple[UUID, ZonePeriod]])
    versions: list[tuple[UUID, SlaVersion]] = field(default_factory=list[tuple[UUID, SlaVersion]])
    days: dict[tuple[UUID, date], QuotaDay] = field(default_factory=dict[tuple[UUID, date], QuotaDay])
    extended: dict[tuple[UUID, date], datetime] = field(default_factory=dict[tuple[UUID, date], datetime])
    changed_since: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    moved: set[UUID] = field(default_factory=set[UUID])
    specifications: list[NewSpecification] = field(default_factory=list[NewSpecification])
    inquiries: list[tuple[UUID, ImportedInquiry]] = field(default_factory=list[tuple[UUID, ImportedInquiry]])
    lines: dict[LineKey, KnownLine] = field(default_factory=dict[LineKey, KnownLine])
    orders: dict[UUID, BatchOrder] = field(default_factory=dict[UUID, BatchOrder])
    operations: list[BatchOperation] = field(default_factory=list[BatchOperation])
    amended: dict[UUID, AmendedOrder] = field(default_factory=dict[UUID, AmendedOrder])
    new_events: defaultdict[UUID, list[NewEvent]] = field(
        default_factory=partial(defaultdict[UUID, list[NewEvent]], list)
    )

    def open(self, state: AccountState, line: AccountLine | None, before: datetime | None) -> None:
        """Open an account with its zone and terms; until it has a dated line these may change."""
        known = self.openings.get(state.id)
        line, before = (line, before) if known is None else (known.line, known.before)
        self.openings[state.id] = Opening(state.account, line, before)

    def open_earlier(self, state: AccountState, before: datetime) -> None:
        """Open an account, and all that it had at its opening, at an instant earlier than `before`."""
        self.open(state, None, before)
        at = state.account.created_at
        self.specifications = [
            new._replace(created_at=at) if new.account_id == state.id else new for new in self.specifications
        ]
        self.new_events[state.id] = [replace(new_event, at=at) for new_event in self.new_events[state.id]]

    def amend(self, account_id: UUID, before: OrderState, after: OrderState, at: datetime) -> None:
        """Change an order as of an instant; events of its images up to then stay."""
        known = self.orders.get(before.id)
        emitted_until = at
        if known is None:
            self.amended[before.id] = AmendedOrder(account_id, before, at)
        else:
            emitted_until = at if known.emitted_until is None else max(at, known.emitted_until)
            earlier = (each for each in facts_after(before, known.emitted_until) if each.at <= at)
            self.new_events[account_id].extend(earlier)
        self.orders[before.id] = BatchOrder(account_id, after, emitted_until)

    def all_new_events(self) -> dict[UUID, list[NewEvent]]:
        """Return the events of each account by instant; those of one instant as recorded, images' last."""
        all_events = {account_id: list(new_events) for account_id, new_events in self.new_events.items()}
        for order in self.orders.values():
            all_events.setdefault(order.account_id, []).extend(facts_after(order.state, order.emitted_until))
        for new_events in all_events.values():
            new_events.sort(key=attrgetter("at"))
        return all_events
