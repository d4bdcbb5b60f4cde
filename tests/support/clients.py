"""A client of the service who quotes, places and expedites."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from app.domain.orders.state import OrderState
from app.services.orders.changing import expedite_order
from app.services.orders.outcome import Outcome
from app.services.quotes.making import Quote, QuoteRequest, UploadRequest, quote
from app.services.quotes.tokens import Binding, read_token
from db.connections import Pool, Record
from db.queries.accounts import account_histories
from db.queries.order_states import OrderKey, order_states
from db.readers import PoolReader, Reader
from db.settled import Settlement, settle
from tests.support.acting import a_specification, done
from tests.support.clock import FrozenClock
from tests.support.customers import Giver
from tests.support.studio import Studio, begin

KEY = bytes(range(32))


class Client(Giver):
    """One who asks for quotes first, in Copenhagen with 20 images and 3 expedites a day, on a Tuesday at noon UTC."""

    def upload(
        self, images: int, *, expedite: bool = False, priced: bool = True, at: datetime | None = None
    ) -> UploadRequest:
        return UploadRequest(self.account_id, images, expedite, self.specification_id if priced else None, at)

    async def quote(self, request: QuoteRequest) -> Quote:
        reader = PoolReader(self.pool)
        return await quote_from(reader, await settle(reader, self.clock, [request.account_id]), request)

    async def expedite(
        self, key: OrderKey, chosen: Sequence[UUID] | None = None, binding: Binding | None = None
    ) -> Outcome:
        work = partial(expedite_order, clock=self.clock, key=key, chosen=chosen, binding=binding)
        return await done(self.pool, work)

    async def states(self, outcome: Outcome) -> list[OrderState]:
        found = await order_states(PoolReader(self.pool), outcome.orders)
        return [found[key] for key in outcome.orders]

    async def images(self, key: OrderKey) -> list[UUID]:
        return [image.id for image in (await order_states(PoolReader(self.pool), [key]))[key].images]

    async def everything(self) -> dict[str, list[Record]]:
        """All there is in the database."""
        names = await self.pool.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {name: await self.pool.fetch(f"SELECT * FROM {name} AS t ORDER BY t") for (name,) in names}  # noqa: S608


async def a_client(pool: Pool, clock: FrozenClock) -> Client:
    studio = await begin(pool, Studio(images_per_day=20, expedites_per_day=3))
    client = Client(pool, clock, studio.id, await a_specification(pool, clock, studio.id))
    clock.advance()
    return client


async def quote_from(reader: Reader, settlement: Settlement, request: QuoteRequest) -> Quote:
    """Quote as of the account's settled instant, that of the clock for an account that does not exist."""
    history = (await account_histories(reader, [request.account_id])).get(request.account_id)
    last_at = settlement.now if history is None else history.last_at
    return await quote(reader, settlement.instant(request.account_id, last_at), settlement.now, KEY, request)


def bound(given: Quote, request: QuoteRequest) -> Binding:
    return read_token(given.token, KEY, request.subject)
