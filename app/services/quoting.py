"""Making quotes: what placing or expediting would come to at an instant, without doing it (the contract's `quote`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.clock import Clock
from app.domain.order_changes import Change
from app.domain.order_facts import OrderedSpecification, OrderState, order_price
from app.domain.quota import QuotaDay
from app.domain.quotes import VALID_FOR, QuoteInPast, offers
from app.services.heads import UnknownAccount, next_instant
from app.services.orders.account import AccountFacts, NamedSpecification, account_facts
from app.services.orders.changing import expediting, moved_from, the_order
from app.services.orders.placing import NewOrder, placement
from app.services.orders.states import OrderKey
from app.services.quotes import Binding, Subject, token_of
from db.connections import Reader, Record, Statement

# How far an account is, without a lock; the primary key.
HEAD: Final = Statement(
    "account_head",
    "SELECT next_order_number, next_event_sequence, last_at FROM account_heads WHERE account_id = $1",
)

_ATTEMPTS: Final = 5

_UNPRICED: Final = NamedSpecification("", archived=False, ordered=OrderedSpecification(UUID(int=0), 1, Decimal(0), ""))
"""Stands in for a specification that is not chosen yet; its price is neither shown nor bound."""


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A new order to be quoted, placed at `at` (UTC; None: now); without a specification it has no price."""

    account_id: UUID
    image_count: int
    expedite: bool = False
    specification_id: UUID | None = None
    at: datetime | None = None

    @property
    def subject(self) -> Subject:
        """What the quote is for."""
        return Subject(self.account_id)

    @property
    def priced(self) -> bool:
        """Whether the quote has prices."""
        return self.specification_id is not None


@dataclass(frozen=True, slots=True)
class ExpediteRequest:
    """An order to be expedited at `at` (UTC; None: now): the images `chosen`, in this order, or all that can be."""

    key: OrderKey
    chosen: Sequence[UUID] | None = None
    at: datetime | None = None

    @property
    def account_id(self) -> UUID:
        """The account of the order."""
        return self.key[0]

    @property
    def subject(self) -> Subject:
        """What the quote is for."""
        return Subject(*self.key, self.chosen)

    @property
    def priced(self) -> bool:
        """Whether the quote has prices."""
        return True


QuoteRequest: TypeAlias = UploadRequest | ExpediteRequest


@dataclass(frozen=True, slots=True)
class QuotePart:
    """Images that would get one service level, as the order they would be; `price` is None without a specification."""

    order: OrderState
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a command at `at` would come to, and the token that binds it until `expires_at`; both UTC.

    `day` is the ledger day of `at` as the command would leave it: what would remain of the guarantee and the expedites.
    """

    at: datetime
    parts: Sequence[QuotePart]
    day: QuotaDay
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    """What an account is at `now`, its own instant: from that follows what the request comes to at `at`."""

    now: datetime
    at: datetime
    change: Callable[[], Change]


async def quote(reader: Reader, clock: Clock, key: bytes, request: QuoteRequest) -> Quote:
    """Tell what a request would come to, by the code that would do it; `key` signs it, nothing is written.

    Raises UnknownAccount, QuoteInPast, and all that placing or expediting would: NotFound, SpecificationArchived,
    ExpediteWindowClosed, NoGain, Refusals. DateOutOfRange after 2200.
    """
    known = await _known(reader, clock, request)
    change = known.change()
    parts = request.subject.parts(change.orders, known.at)
    expires_at = known.now + VALID_FOR
    binding = Binding(request.subject, expires_at, offers(parts, priced=request.priced))
    return Quote(
        at=known.at,
        parts=[QuotePart(order, order_price(order) if request.priced else None) for order in parts],
        day=change.day,
        token=token_of(binding, key),
        expires_at=expires_at,
    )


async def _known(reader: Reader, clock: Clock, request: QuoteRequest) -> _Known:
    """Read what is known at one instant: anew when the account changed meanwhile, as every command moves its head."""
    for _ in range(_ATTEMPTS - 1):
        known, steady = await _attempt(reader, clock, request)
        if steady:
            return known
    return (await _attempt(reader, clock, request))[0]


async def _attempt(reader: Reader, clock: Clock, request: QuoteRequest) -> tuple[_Known, bool]:
    """Read what is known, and tell whether nothing of the account changed while it was read."""
    head = await _head(reader, request.account_id)
    clock_now = clock.now()
    now = next_instant(clock_now, head["last_at"])
    at = _instant(request.at, clock_now, now)
    if isinstance(request, UploadRequest):
        facts = await account_facts(reader, request.account_id, at, request.specification_id)
        change = partial(_placing, request, facts, at, head["next_order_number"])
    else:
        facts = await account_facts(reader, request.account_id, at)
        order = await the_order(reader, request.key)
        orders = [order, *await moved_from(reader, request.key, order, request.chosen)]
        change = partial(expediting, orders, request.chosen, facts, at, head["next_order_number"])
    return _Known(now, at, change), await _head(reader, request.account_id) == head


def _placing(request: UploadRequest, facts: AccountFacts, at: datetime, first_number: int) -> Change:
    """Tell what placing comes to, of photos that have no names yet."""
    if request.specification_id is None:
        facts = replace(facts, specification=_UNPRICED)
    specification_id = request.specification_id or _UNPRICED.ordered.id
    filenames = [""] * request.image_count
    new = NewOrder(request.account_id, "", specification_id, filenames, request.expedite)
    return placement(new, facts, at, first_number)


async def _head(reader: Reader, account_id: UUID) -> Record:
    row = await reader.fetch_row(HEAD, account_id)
    if row is None:
        raise UnknownAccount(str(account_id))
    return row


def _instant(asked: datetime | None, clock_now: datetime, now: datetime) -> datetime:
    """Return the instant a command would have: never before `now`, the first after what the account already has."""
    if asked is None:
        return now
    if asked < clock_now:
        raise QuoteInPast(asked, clock_now)
    return max(asked, now)
