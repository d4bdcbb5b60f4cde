"""A quote under any terms equals the order that is placed at its instant, also on a day with other terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.ids import NodeType
from app.domain.instants import rfc3339
from app.domain.local_time import local_day
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import SlaTerms
from app.services.accounts.opening import create_account
from app.services.accounts.terms import negotiate_sla
from db.connections import Pool
from db.tables.base import Table
from engine.ids import GlobalId
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, add_specification
from tests.support.database import execute
from tests.support.serving import Client, CountingReader, new_token
from tests.support.strategies import moments, negotiable
from tests.support.transactions import in_transaction

EMPTY: Final = [f"DELETE FROM {table.name}" for table in reversed(Table.metadata.sorted_tables)]  # noqa: S608 - our own names
PROMISE: Final = """serviceLevel imageCount price { amount }
  deadline { at status slaVersion reviewBy explanation { code text } }"""
QUOTE: Final = f"""query ($input: QuoteInput!) {{ account {{ quote(input: $input) {{
  quote {{ parts {{ {PROMISE} }} dailyGuarantee {{ date remaining expediteRemaining }} }}
  userErrors {{ code message }} }} }} }}"""
PLACE: Final = f"""mutation ($input: PlaceOrderInput!) {{ placeOrder(input: $input) {{
  orders {{ {PROMISE} }} dailyGuarantee {{ date remaining expediteRemaining }}
  userErrors {{ code message }} }} }}"""


@dataclass(frozen=True)
class Request:
    """An order of so many images, after others of the day, `ahead` of the quote."""

    images: int
    expedite: bool
    before: int
    ahead: timedelta


requests = st.builds(
    Request,
    images=st.integers(1, 10),
    expedite=st.sampled_from([False, False, True]),
    before=st.integers(0, 8),
    ahead=st.just(MICROSECOND) | st.timedeltas(MICROSECOND, timedelta(days=6)),
)


async def open_account(pool: Pool, clock: FrozenClock, zone: ZoneInfo, agreed: Sequence[SlaTerms], days: int) -> UUID:
    """Open an account with the first terms, and negotiate the second ones from so many days after; return its id."""
    first, second = agreed
    opening = partial(create_account, at=clock.now(), name="ACME", plan=Plan.PROFESSIONAL, time_zone=zone.key)
    account_id = await in_transaction(pool, partial(opening, plan_terms=first))
    effective = local_day(clock.advance(), zone) + timedelta(days=days)
    work = partial(negotiate_sla, clock=clock, account_id=account_id, agreed=Negotiation(second.negotiable, effective))
    await in_transaction(pool, work)
    clock.advance()
    return account_id


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments(), agreed=st.tuples(negotiable, negotiable), days=st.integers(1, 2), request=requests)
async def test_a_quote_equals_the_order_placed_at_its_instant_under_any_terms_of_its_day(
    database: str,
    pool: Pool,
    clock: FrozenClock,
    http: AsyncClient,
    counting: CountingReader,
    moment: tuple[ZoneInfo, datetime],
    agreed: tuple[SlaTerms, SlaTerms],
    days: int,
    request: Request,
) -> None:
    await execute(database, *EMPTY)
    zone, at = moment
    clock.advance_to(at)
    account_id = await open_account(pool, clock, zone, agreed, days)
    client = Client(http, await new_token(pool, clock.now(), account_id), counting)
    customer = Customer(pool, clock, account_id, await add_specification(pool, clock, account_id))
    if request.before:
        await customer.place(request.before)
    at = clock.advance(MICROSECOND) + request.ahead
    specification = str(GlobalId(NodeType.SPECIFICATION, account_id, customer.specification_id))
    new = {"specificationId": specification, "expedite": request.expedite}
    asked = {"newOrder": new | {"imageCount": request.images, "at": rfc3339(at)}}
    quoted = (await client.data(QUOTE, {"input": asked}))["account"]["quote"]
    clock.advance_to(at)
    images = [{"filename": f"{number}.jpg"} for number in range(request.images)]
    placed = (await client.data(PLACE, {"input": new | {"name": "Shoes", "images": images}}))["placeOrder"]
    assert quoted["userErrors"] == placed["userErrors"]
    offer = quoted["quote"] or {"parts": None, "dailyGuarantee": None}
    assert (offer["parts"], offer["dailyGuarantee"]) == (placed["orders"], placed["dailyGuarantee"])
