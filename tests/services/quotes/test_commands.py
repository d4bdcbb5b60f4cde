"""Commands by a quote get the quoted terms, or nothing happens."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from app.domain.catalogue import Price
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.quotes import InvalidQuoteToken, QuoteChanged
from app.domain.orders.reviews import review_by
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms
from app.domain.specifications import SpecificationChange
from app.services.accounts.terms import negotiate_sla
from app.services.quotes.making import ExpediteRequest, UploadRequest
from app.services.specifications import update_specification
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, binding_of, open_customer
from tests.support.database import all_rows
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    made = await open_customer(pool, clock, images=20, expedites=3)
    clock.advance()
    return made


async def test_a_quote_holds_for_fifteen_minutes(client: Customer, clock: FrozenClock) -> None:
    request = client.upload(2)
    offer = await client.quote(request)
    assert offer.expires_at == client.clock.now() + 15 * MINUTE
    clock.advance(15 * MINUTE - MICROSECOND)
    await client.place(2, binding=binding_of(offer, request))
    clock.advance()
    with pytest.raises(QuoteChanged):
        await client.place(2, binding=binding_of(offer, request))


async def test_a_quote_for_later_expires_by_when_it_was_made(client: Customer) -> None:
    offer = await client.quote(client.upload(2, at=client.clock.now() + 8 * HOUR))
    assert offer.expires_at == client.clock.now() + 15 * MINUTE


async def test_use_by_others_meanwhile_changes_the_offer_and_the_order_is_refused(client: Customer) -> None:
    request = client.upload(5)
    binding = binding_of(await client.quote(request), request)
    await client.place(18)
    before = await all_rows(client.pool)
    with pytest.raises(QuoteChanged) as refused:
        await client.place(5, binding=binding)
    assert refused.value.reason == (
        "STANDARD was 5 images due 2026-03-11T08:00:00Z for 7.25 USD,"
        " is 2 images due 2026-03-11T08:00:00Z for 2.90 USD;"
        " ADDITIONAL was none, is 3 images reviewed in 5 hours for 4.35 USD"
    )
    assert await all_rows(client.pool) == before


async def test_a_new_price_changes_the_offer_unless_none_was_quoted(client: Customer) -> None:
    priced, unpriced = client.upload(5), client.upload(5, priced=False)
    bindings = [binding_of(await client.quote(request), request) for request in (priced, unpriced)]
    key = (client.account_id, client.specification_id)
    change = SpecificationChange(price=Price(Decimal(2), "USD"))
    await in_transaction(client.pool, partial(update_specification, clock=client.clock, key=key, change=change))
    with pytest.raises(QuoteChanged):
        await client.place(5, binding=bindings[0])
    await client.place(5, binding=bindings[1])


async def test_midnight_changes_the_offer(client: Customer, clock: FrozenClock) -> None:
    clock.advance(11 * HOUR - MINUTE)  # to 23:59 in Copenhagen
    request = client.upload(5)
    binding = binding_of(await client.quote(request), request)
    clock.advance(MINUTE)
    with pytest.raises(QuoteChanged, match=r"5 images due 2026-03-11T08:00:00Z .* 5 images due 2026-03-12T08"):
        await client.place(5, binding=binding)


async def test_an_expedite_promises_its_turnaround_from_the_call(client: Customer, clock: FrozenClock) -> None:
    key = (await client.place(3)).orders[0]
    request = ExpediteRequest(key)
    binding = binding_of(await client.quote(request), request)
    clock.advance(10 * MINUTE)
    [order] = await client.states(await client.expedite(key, binding=binding))
    assert order.due_at == client.clock.now() + 3 * HOUR


async def test_a_turnaround_that_changes_at_midnight_changes_the_offer(client: Customer, clock: FrozenClock) -> None:
    key = (await client.place(1)).orders[0]
    terms = NegotiableTerms(expedite_turnaround=4 * HOUR, expedite_additional_turnaround=8 * HOUR)
    agreed = Negotiation(terms, date(2026, 3, 11))
    negotiate = partial(negotiate_sla, clock=client.clock, account_id=client.account_id, agreed=agreed)
    await in_transaction(client.pool, negotiate)
    clock.advance(11 * HOUR - 5 * MINUTE)  # to 23:55 in Copenhagen
    upload, existing = client.upload(5, expedite=True), ExpediteRequest(key)
    placing, expediting = [binding_of(await client.quote(each), each) for each in (upload, existing)]
    clock.advance(10 * MINUTE)
    with pytest.raises(QuoteChanged) as refused:
        await client.place(5, expedite=True, binding=placing)
    assert refused.value.reason == (
        "EXPEDITED was 3 images due in 3 hours for 8.70 USD, is 3 images due in 4 hours for 8.70 USD;"
        " EXPEDITED_ADDITIONAL was 2 images due in 6 hours for 5.80 USD, is 2 images due in 8 hours for 5.80 USD"
    )
    with pytest.raises(QuoteChanged, match="is 1 image due in 4 hours"):
        await client.expedite(key, binding=expediting)


async def test_an_open_review_is_bound_whatever_the_review_turnaround_is_at_the_call(
    client: Customer, clock: FrozenClock
) -> None:
    await client.place(20)
    outcome = await client.place(6)
    key, placed_at = outcome.orders[0], outcome.at
    agreed = Negotiation(NegotiableTerms(review_turnaround=HOUR), date(2026, 3, 11))
    negotiate = partial(negotiate_sla, clock=client.clock, account_id=client.account_id, agreed=agreed)
    await in_transaction(client.pool, negotiate)
    clock.advance(11 * HOUR - 5 * MINUTE)
    request = ExpediteRequest(key)
    binding = binding_of(await client.quote(request), request)
    clock.advance(10 * MINUTE)
    [_, planned] = await client.states(await client.expedite(key, binding=binding))
    assert (planned.service_level, review_by(planned)) == (
        ServiceLevel.EXPEDITED_PLAN,
        placed_at + 5 * HOUR,
    )


async def test_a_quote_for_all_images_binds_how_many_these_are(client: Customer) -> None:
    key = (await client.place(3)).orders[0]
    request = ExpediteRequest(key)
    binding = binding_of(await client.quote(request), request)
    await client.expedite(key, (await client.images(key))[:1])
    with pytest.raises(QuoteChanged):
        await client.expedite(key, binding=binding)


async def test_a_token_is_for_the_quoted_request_only(client: Customer) -> None:
    first, second = [(await client.place(3)).orders[0] for _ in range(2)]
    images = await client.images(first)
    upload = client.upload(3)
    offer = [await client.quote(request) for request in (upload, ExpediteRequest(first, images[:2]))]
    for quoted in offer:
        for request in (ExpediteRequest(first), ExpediteRequest(second), ExpediteRequest(first, images[1:])):
            with pytest.raises(InvalidQuoteToken):
                binding_of(quoted, request)
    with pytest.raises(InvalidQuoteToken):
        binding_of(offer[1], upload)
    other = await open_account(client.pool, Studio(name="Other"))
    with pytest.raises(InvalidQuoteToken):
        binding_of(offer[0], UploadRequest(other.id, 3))
