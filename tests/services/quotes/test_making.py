"""Quotes equal the orders that are then placed or expedited."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.errors import DateOutOfRange, ExpediteWindowClosed, NoGain, Refusals
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.quotes import QuoteInPast
from app.domain.orders.state import OrderState, order_figures, price_of
from app.domain.specifications import SpecificationArchived
from app.services.accounts.finding import UnknownAccount
from app.services.accounts.terms import change_time_zone
from app.services.orders.changing import cancel_order
from app.services.orders.outcome import NotFound
from app.services.quotes.making import ExpediteRequest, UploadRequest
from app.services.specifications import archive_specification
from db.connections import Pool, Record, Statement
from db.queries.order_states import OrderKey
from db.readers import PoolReader, Reader
from db.settled import settle
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, binding_of, open_customer, quote_from
from tests.support.database import all_rows
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NEXT_MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    made = await open_customer(pool, clock, images=20, expedites=3)
    clock.advance()
    return made


def promised(orders: Sequence[OrderState]) -> list[tuple[object, ...]]:
    """Return the promised deadlines of orders, with the facts that explain them."""
    return [
        (
            order.service_level,
            len(order.images),
            order.deadline_status,
            order.due_at,
            order.placed_at,
            order.expedited_at,
            order.sla_version,
            order.number,
            price_of(order.counted),
            order_figures(order),
        )
        for order in orders
    ]


@pytest.mark.parametrize("used", [0, 15, 20, 30])
@pytest.mark.parametrize("images", [1, 5, 6])
@pytest.mark.parametrize("expedite", [False, True])
async def test_a_quote_equals_the_order_placed_at_its_instant(
    client: Customer, used: int, images: int, *, expedite: bool
) -> None:
    if used:
        await client.place(used)
        await client.place(1, expedite=True)
    request = client.upload(images, expedite=expedite)
    offer = await client.quote(request)
    outcome = await client.place(images, expedite=expedite, binding=binding_of(offer, request))
    orders = await client.states(outcome)
    assert promised([part.order for part in offer.parts]) == promised(orders)
    assert [part.price for part in offer.parts] == [price_of(order.counted) for order in orders]
    assert (offer.at, offer.day.recorded) == (outcome.at, outcome.day)


@pytest.mark.parametrize("asked", [None, 1, 4])
@pytest.mark.parametrize("expedited_before", [0, 2, 5])
async def test_a_quote_equals_the_expedite_at_its_instant(
    client: Customer, asked: int | None, expedited_before: int
) -> None:
    if expedited_before:
        await client.place(expedited_before, expedite=True)
    key = (await client.place(6)).orders[0]
    chosen = None if asked is None else (await client.images(key))[-asked:]
    request = ExpediteRequest(key, chosen)
    offer = await client.quote(request)
    outcome = await client.expedite(key, chosen, binding_of(offer, request))
    orders = [order for order in await client.states(outcome) if order.expedited_at is not None]
    assert promised([part.order for part in offer.parts]) == promised(orders)
    assert (offer.at, offer.day.recorded) == (outcome.at, outcome.day)


async def test_a_quote_writes_nothing(client: Customer) -> None:
    key = (await client.place(6)).orders[0]
    before = await all_rows(client.pool)
    await client.quote(client.upload(30))
    await client.quote(ExpediteRequest(key))
    assert await all_rows(client.pool) == before


async def test_without_a_specification_there_is_no_price(client: Customer) -> None:
    request = client.upload(25, priced=False)
    offer = await client.quote(request)
    parts = [(part.order.service_level, len(part.order.images), part.order.due_at, part.price) for part in offer.parts]
    assert parts == [(ServiceLevel.STANDARD, 20, NEXT_MORNING, None), (ServiceLevel.ADDITIONAL, 5, None, None)]
    assert (offer.day.allowance.remaining, offer.day.allowance.expedite_remaining) == (0, 3)
    await client.place(25, binding=binding_of(offer, request))


async def test_a_later_ledger_day_has_nothing_used(client: Customer) -> None:
    await client.place(20)
    tomorrow = client.clock.now() + timedelta(days=1)
    assert [part.order.service_level for part in (await client.quote(client.upload(5))).parts] == ["ADDITIONAL"]
    offer = await client.quote(client.upload(5, at=tomorrow))
    [part] = offer.parts
    assert (part.order.deadline_status, part.order.due_at) == (
        DeadlineStatus.CONFIRMED,
        NEXT_MORNING + timedelta(days=1),
    )
    assert (offer.at, offer.day.day.date, offer.day.allowance.remaining) == (tomorrow, date(2026, 3, 11), 15)


async def test_a_quote_later_on_the_running_day_counts_its_use(client: Customer) -> None:
    await client.place(20)
    offer = await client.quote(client.upload(5, at=client.clock.now() + HOUR))
    assert [part.order.service_level for part in offer.parts] == ["ADDITIONAL"]


async def test_a_quote_for_an_instant_that_has_passed_is_refused(client: Customer) -> None:
    now = client.clock.now()
    assert (await client.quote(client.upload(1, at=now))).at == now
    with pytest.raises(QuoteInPast) as refused:
        await client.quote(client.upload(1, at=now - MICROSECOND))
    assert (refused.value.at, refused.value.earliest) == (now - MICROSECOND, now)
    with pytest.raises(DateOutOfRange):
        await client.quote(client.upload(1, at=datetime(9000, 1, 1, tzinfo=UTC)))


async def test_a_quote_is_never_before_the_last_instant_of_the_account(client: Customer) -> None:
    now = client.clock.now()
    await in_transaction(
        client.pool,
        partial(change_time_zone, clock=client.clock, account_id=client.account_id, name="Europe/Paris"),
    )
    offer = await client.quote(client.upload(1, at=now))
    assert (offer.at, offer.expires_at) == (now + MICROSECOND, now + MICROSECOND + 15 * MINUTE)


async def test_a_quote_refuses_an_order_that_would_be_refused(client: Customer) -> None:
    saturday = datetime(2026, 3, 14, 12, tzinfo=UTC)
    with pytest.raises(ExpediteWindowClosed):
        await client.quote(client.upload(1, expedite=True, at=saturday))
    with pytest.raises(NotFound):
        await client.quote(UploadRequest(client.account_id, 1, specification_id=UUID(int=5)))
    with pytest.raises(UnknownAccount):
        await client.quote(UploadRequest(UUID(int=5), 1))
    key = (client.account_id, client.specification_id)
    await in_transaction(client.pool, partial(archive_specification, clock=client.clock, key=key))
    with pytest.raises(SpecificationArchived):
        await client.quote(client.upload(1))
    assert (await client.quote(client.upload(1, priced=False))).parts[0].price is None


async def test_a_quote_refuses_an_expedite_that_would_be_refused(client: Customer) -> None:
    key = (await client.place(3)).orders[0]
    with pytest.raises(NotFound):
        await client.quote(ExpediteRequest((client.account_id, UUID(int=5))))
    with pytest.raises(Refusals, match=r"^There is no such image\. There is no such image\.$"):
        await client.quote(ExpediteRequest(key, [UUID(int=5), UUID(int=6)]))
    with pytest.raises(NoGain):
        await client.quote(ExpediteRequest(key, at=NEXT_MORNING - HOUR))
    with pytest.raises(Refusals):
        await client.quote(ExpediteRequest(key, await client.images(key), NEXT_MORNING + HOUR))
    await in_transaction(client.pool, partial(cancel_order, clock=client.clock, key=key))
    with pytest.raises(Refusals):
        await client.quote(ExpediteRequest(key, await client.images(key)))


class InterruptedReader:
    """A reader of a snapshot during whose reads someone else expedites an order, once."""

    def __init__(self, reader: Reader, client: Customer, key: OrderKey, chosen: Sequence[UUID], before: str) -> None:
        self._reader = reader
        self._client, self._key, self._chosen, self._before = client, key, chosen, before

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        await self._interrupt(statement)
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        await self._interrupt(statement)
        return await self._reader.fetch_row(statement, *args)

    async def _interrupt(self, statement: Statement) -> None:
        if statement.name == self._before:
            self._before = ""
            await self._client.expedite(self._key, self._chosen)


@pytest.mark.parametrize("before", ["account_facts", "order_states", "image_states"])
async def test_a_quote_is_of_one_instant_also_while_others_change_the_order(client: Customer, before: str) -> None:
    key = (await client.place(6)).orders[0]
    request = ExpediteRequest(key)
    images = await client.images(key)
    settlement = await settle(PoolReader(client.pool), client.clock, [client.account_id])
    async with PoolReader(client.pool).snapshot() as snapshot:
        expected = await quote_from(snapshot, settlement, request)
        reader = InterruptedReader(snapshot, client, key, images[:2], before)
        offer = await quote_from(reader, settlement, request)
    assert len((await client.quote(request)).parts) == 2
    assert [(part.order.service_level, len(part.order.images)) for part in offer.parts] == [
        (ServiceLevel.EXPEDITED, 3),
        (ServiceLevel.EXPEDITED_PLAN, 3),
    ]
    assert promised([part.order for part in offer.parts]) == promised([part.order for part in expected.parts])
    assert (offer.day, offer.token) == (expected.day, expected.token)
