"""Making quotes: the outcome of placing or expediting at an instant, without a change (the contract's `quote`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.account import Account
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.changes import Change, NewImage
from app.domain.orders.pricing import price_with_plan
from app.domain.orders.quotes import VALID_FOR, QuoteInPast, offers
from app.domain.orders.state import OrderedSpecification, OrderState, price_of
from app.domain.sla.terms import SlaTerms
from app.services.accounts.facts import NamedSpecification, read_account
from app.services.accounts.finding import UnknownAccount
from app.services.orders.changing import expediting, find_images
from app.services.orders.placing import NewOrder, placement
from app.services.quotes.tokens import Binding, Subject, token_of
from db.queries.order_states import OrderKey
from db.queries.quotes import NEXT_ORDER_NUMBER
from db.readers import Reader

_UNPRICED: Final = NamedSpecification("", archived=False, ordered=OrderedSpecification(UUID(int=0), 1, Decimal(0), ""))
"""The specification of a quote without one; its price is neither shown nor bound."""


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
        """The subject of the quote."""
        return Subject(self.account_id)

    @property
    def priced(self) -> bool:
        """True if the quote has prices."""
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
        """The subject of the quote."""
        return Subject(*self.key, self.chosen)

    @property
    def priced(self) -> bool:
        """True if the quote has prices."""
        return True


QuoteRequest: TypeAlias = UploadRequest | ExpediteRequest


@dataclass(frozen=True, slots=True)
class QuotePart:
    """Images of one service level, as the order that they would be; without a specification they have no prices.

    `price_with_plan` is the price once they have the delivery plan that they need; None if they need none.
    """

    order: OrderState
    price: Decimal | None
    price_with_plan: Decimal | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The outcome of a command at `at`, and the token that binds it until `expires_at`; both UTC.

    `day` is the ledger day of `at` after the command, with the remaining guarantee and expedites.
    """

    at: datetime
    parts: Sequence[QuotePart]
    day: QuotaDay
    token: str
    expires_at: datetime


async def quote(reader: Reader, now: datetime, clock_now: datetime, key: bytes, request: QuoteRequest) -> Quote:
    """Return a quote of a request, by the code of the command itself; `key` signs it, nothing is written.

    `now` (UTC) is the account's settled instant, `reader` that of its snapshot, `clock_now` the clock's reading (UTC).

    Raises UnknownAccount, QuoteInPast, and the refusals of placing or expediting: AccountIsClosed, NotFound,
    SpecificationArchived, ExpediteWindowClosed, NoGain, Refusals. DateOutOfRange after 2200.
    """
    at = _instant(request.at, clock_now, now)
    change = await _change(reader, request, at)
    parts = request.subject.parts(change.orders, at)
    expires_at = now + VALID_FOR
    terms = change.day.sla.terms
    binding = Binding(request.subject, expires_at, offers(parts, terms, priced=request.priced))
    return Quote(
        at=at,
        parts=[_part(order, terms) if request.priced else QuotePart(order, None, None) for order in parts],
        day=change.day,
        token=token_of(binding, key),
        expires_at=expires_at,
    )


def _part(order: OrderState, terms: SlaTerms) -> QuotePart:
    return QuotePart(order, price_of(order.counted), price_with_plan(order, terms))


async def _change(reader: Reader, request: QuoteRequest, at: datetime) -> Change:
    """Return the change that the request would make at an instant (UTC)."""
    row = await reader.fetch_row(NEXT_ORDER_NUMBER, request.account_id)
    if row is None:
        raise UnknownAccount(str(request.account_id))
    if isinstance(request, UploadRequest):
        account, specification = await read_account(reader, request.account_id, at, request.specification_id)
        return _placing(request, account, specification, at, row["next_order_number"])
    account, _ = await read_account(reader, request.account_id, at)
    found = await find_images(reader, request.key, request.chosen)
    return expediting(found, account, at, row["next_order_number"])


def _placing(
    request: UploadRequest,
    account: Account,
    specification: NamedSpecification | None,
    at: datetime,
    first_number: int,
) -> Change:
    """Return the change by placing photos without names."""
    chosen = _UNPRICED if request.specification_id is None else specification
    specification_id = request.specification_id or _UNPRICED.ordered.id
    images = [NewImage("")] * request.image_count
    new = NewOrder(request.account_id, "", specification_id, images, request.expedite)
    return placement(new, account, chosen, at, first_number)


def _instant(asked: datetime | None, clock_now: datetime, now: datetime) -> datetime:
    """Return the instant of a command: `asked`, but never before `now`, the first after the account's last instant."""
    if asked is None:
        return now
    if asked < clock_now:
        raise QuoteInPast(asked, clock_now)
    return max(asked, now)
