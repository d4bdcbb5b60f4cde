"""Customers: accounts with a specification that quote, place and expedite by the services, each in a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.catalogue import Price
from app.domain.orders.enums import RejectionCategory
from app.domain.orders.state import OrderState
from app.domain.production.rejections import RejectionReason
from app.domain.specifications import SpecificationChange, SpecificationTerms, SpecifiedStep
from app.services.orders.changing import expedite_order
from app.services.orders.claiming import Claimed, claim_images
from app.services.orders.outcome import Outcome
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import deliver_images
from app.services.quotes.making import Quote, QuoteRequest, UploadRequest, quote
from app.services.quotes.tokens import Binding, read_token
from app.services.specifications import create_specification
from db.connections import Pool, Record, Statement
from db.queries.accounts import account_histories
from db.queries.order_states import OrderKey, order_states
from db.readers import PoolReader, Reader
from db.settled import Settlement, settle
from tests.support.order_states import uploads
from tests.support.studio import HOUR, Studio, open_account, write
from tests.support.transactions import in_transaction

LEASE: Final = HOUR
ZONE: Final = "Europe/Copenhagen"
KEY: Final = bytes(range(32))
"""The key that signs the quotes of tests."""
GHOST: Final = SpecificationTerms(
    "Ghost", Decimal("1.45"), "USD", (SpecifiedStep("CLIPPING", 180_000), SpecifiedStep("SHADOW", 95_500))
)
"""Terms with a negotiated price and negotiated times, as in imports: they need no catalogue."""

_ORDERS: Final = Statement("orders", "SELECT * FROM orders WHERE account_id = $1 ORDER BY number")


HALO: Final = RejectionReason("halo", RejectionCategory.MASK)
"""A reason to reject images."""


@dataclass(frozen=True, slots=True)
class Customer:
    """An account with a specification, and the clock by which it gives commands."""

    pool: Pool
    clock: Clock
    account_id: UUID
    specification_id: UUID

    async def place(
        self, images: int, *, expedite: bool = False, name: str = "Shoes", binding: Binding | None = None
    ) -> Outcome:
        """Place an order of so many images."""
        new_images = uploads(*(f"{number}.jpg" for number in range(1, images + 1)))
        new = NewOrder(self.account_id, name, self.specification_id, new_images, expedite)
        return await in_transaction(self.pool, lambda writer: place_order(writer, self.clock, new, binding))

    async def expedite(
        self, key: OrderKey, chosen: Sequence[UUID] | None = None, binding: Binding | None = None
    ) -> Outcome:
        """Expedite images of an order, or all that can be."""
        work = partial(expedite_order, clock=self.clock, key=key, chosen=chosen, binding=binding)
        return await in_transaction(self.pool, work)

    def upload(
        self, images: int, *, expedite: bool = False, priced: bool = True, at: datetime | None = None
    ) -> UploadRequest:
        """Return the request of a quote for an upload, with its price if `priced`."""
        return UploadRequest(self.account_id, images, expedite, self.specification_id if priced else None, at)

    async def quote(self, request: QuoteRequest) -> Quote:
        """Quote as of the account's settled instant."""
        reader = PoolReader(self.pool)
        return await quote_from(reader, await settle(reader, self.clock, [request.account_id]), request)

    async def states(self, outcome: Outcome) -> list[OrderState]:
        """Read the orders of a command."""
        found = await order_states(PoolReader(self.pool), outcome.orders)
        return [found[key] for key in outcome.orders]

    async def images(self, key: OrderKey) -> list[UUID]:
        """Read the ids of an order's images."""
        return [image.id for image in (await order_states(PoolReader(self.pool), [key]))[key].images]

    async def images_of(self, outcome: Outcome) -> list[tuple[UUID, UUID]]:
        """Read the keys of the images of a command's orders, each with its account's id."""
        states = await order_states(PoolReader(self.pool), outcome.orders)
        return [(key[0], image.id) for key, order in states.items() for image in order.images]


async def open_customer(
    pool: Pool, clock: Clock, *, name: str = "ACME", zone: str = ZONE, images: int = 200, expedites: int = 20
) -> Customer:
    """Open an account now, with so many images and expedites a day and a specification at 1.45 USD an image."""
    studio = Studio(name=name, zone=zone, created_at=clock.now(), images_per_day=images, expedites_per_day=expedites)
    await open_account(pool, studio)
    specification_id = studio.specification()
    await write(pool, studio)
    return Customer(pool, clock, studio.id, specification_id)


def negotiated(terms: SpecificationTerms) -> SpecificationChange:
    """Return the change by which staff create a specification with these terms, all negotiated."""
    return SpecificationChange(
        name=terms.name,
        steps=[step.step for step in terms.steps],
        price=Price(terms.price_per_image, terms.currency),
        milliseconds={step.step: step.milliseconds for step in terms.steps},
    )


async def add_specification(pool: Pool, clock: Clock, account_id: UUID, new: SpecificationChange | None = None) -> UUID:
    """Create a specification by the service, with its event, of the terms GHOST by default; return its id."""
    chosen = new or negotiated(GHOST)
    outcome = await in_transaction(pool, lambda writer: create_specification(writer, clock, account_id, chosen))
    return outcome.specification_id


async def claim(pool: Pool, clock: Clock, worker: str, count: int) -> Claimed:
    """Claim images for an hour."""
    return await in_transaction(pool, lambda writer: claim_images(writer, clock, worker, count, LEASE))


async def deliver(pool: Pool, clock: Clock, worker: str, images: Sequence[tuple[UUID, UUID]]) -> Outcome:
    """Deliver images."""
    return await in_transaction(pool, lambda writer: deliver_images(writer, clock, worker, images))


async def orders(reader: Reader, customer: Customer) -> list[Record]:
    """Read the rows of all orders, by number."""
    return await reader.fetch(_ORDERS, customer.account_id)


async def quote_from(reader: Reader, settlement: Settlement, request: QuoteRequest) -> Quote:
    """Quote as of the account's settled instant, that of the clock for an account that does not exist."""
    history = (await account_histories(reader, [request.account_id])).get(request.account_id)
    last_at = settlement.now if history is None else history.last_at
    return await quote(reader, settlement.instant(request.account_id, last_at), settlement.now, KEY, request)


def binding_of(quote_: Quote, request: QuoteRequest) -> Binding:
    """Read the token of a quote."""
    return read_token(quote_.token, KEY, request.subject)
