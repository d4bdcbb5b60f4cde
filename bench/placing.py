"""Time of `placeOrder` of 100 images beside the plain SQL that writes the same rows."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from statistics import median
from typing import Final
from uuid import UUID

from api.ids import NodeType
from app.domain.orders.changes import NewImage
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.opening import create_account
from app.services.api_keys.keys import create_key, secret_hash
from app.services.orders.placing import NewOrder, place_order
from bench.client import Client, FixedClock, serving
from bench.dataset import ZONE, make_specification
from bench.imports import UNTIL
from bench.plain_order import Day, PlainOrder, place_plainly
from bench.report import TIMES, Figure
from bench.scratch import Scratch
from db.connections import Pool
from db.pools import open_pool
from db.writer import unit_of_work
from engine.ids import GlobalId

_IMAGES: Final = 100
_NAME: Final = "Spring lookbook"
_FILENAMES: Final = [f"IMG_{number:04}.jpg" for number in range(1, _IMAGES + 1)]
_CAPACITY: Final = 1_000_000  # so that every order is a standard one
_DAY: Final = Day(
    date(2026, 3, 10),
    UNTIL - timedelta(hours=13),
    UNTIL + timedelta(hours=11),
    _CAPACITY,
    due_at=UNTIL + timedelta(hours=20),
)
_MICROSECOND: Final = timedelta(microseconds=1)
_WARM_UPS: Final = 10
_LIMIT: Final = 2.0

_PLACE: Final = """
mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) {
  orders { id number status serviceLevel imageCount price { amount currency } deadline { at status } }
  dailyGuarantee { remaining }
  userErrors { code message path }
} }
"""

# The rows of an order as JSON, which differ between accounts only by ids.
_LEFT: Final = """
SELECT (SELECT jsonb_agg(to_jsonb(o) - '{id,account_id,specification_id}'::text[] ORDER BY number)
          FROM orders o WHERE account_id = $1) orders,
       (SELECT jsonb_agg(to_jsonb(i) - '{id,account_id,order_id,specification_id}'::text[] ORDER BY position)
          FROM images i WHERE account_id = $1) images,
       (SELECT jsonb_agg((to_jsonb(e) - '{account_id,order_id}'::text[]) #- '{data,after,specificationId}'
                         #- '{data,images}' ORDER BY sequence)
          FROM events e WHERE account_id = $1 AND sequence > 1) events,
       (SELECT jsonb_agg(to_jsonb(d) - 'account_id' ORDER BY date) FROM ledger_days d WHERE account_id = $1) days,
       (SELECT jsonb_agg(to_jsonb(r) - 'account_id' ORDER BY grain, bucket)
          FROM rollups r WHERE account_id = $1) rollups,
       (SELECT jsonb_agg(to_jsonb(w) - 'account_id' ORDER BY week) FROM upload_weeks w WHERE account_id = $1) weeks,
       (SELECT to_jsonb(h) - 'account_id' FROM account_heads h WHERE account_id = $1) head
"""


@dataclass(frozen=True, slots=True)
class _Buyer:
    """An account that places orders."""

    account: UUID
    specification: UUID
    token: str
    times: list[float]


async def measure_placing(scratch: Scratch, repetitions: int) -> list[Figure]:
    """Place orders by the API, by the service below it, and by plain SQL, in turn, each for an account of its own."""
    url = await scratch.new_database("placements")
    pool = await open_pool(url)
    try:
        api, service, plain = [await _make_buyer(pool, name) for name in ("api", "service", "plain")]
        async with serving(url, UNTIL) as app:
            ways = [
                (api.times, _by_api(Client(app, api.token), api)),
                (service.times, _by_service(pool, service)),
                (plain.times, _by_plain_sql(pool, plain)),
            ]
            for round_ in range(repetitions + _WARM_UPS):
                for times, place in (*ways[round_ % 3 :], *ways[: round_ % 3]):
                    started = time.perf_counter()
                    await place()
                    times.append(time.perf_counter() - started)
        await _assert_alike(pool, api, service, plain)
    finally:
        await pool.close()
    return [
        _figure("placeOrder of 100 images, beside plain SQL", api, plain),
        _figure("place_order within, beside plain SQL", service, plain),
    ]


def order_of_100_images(client: Client, account: UUID, specification: UUID) -> bytes:
    """Write the body of a request that places an order."""
    asked = {
        "name": _NAME,
        "specificationId": str(GlobalId(NodeType.SPECIFICATION, account, specification)),
        "images": [{"filename": filename} for filename in _FILENAMES],
    }
    return client.written(_PLACE, input=asked)


def _figure(name: str, buyer: _Buyer, plain: _Buyer) -> Figure:
    """Compare the medians."""
    ours, theirs = median(buyer.times[_WARM_UPS:]), median(plain.times[_WARM_UPS:])
    return Figure(name, ours / theirs, _LIMIT, TIMES, f"{ours * 1000:.2f} ms and {theirs * 1000:.2f} ms")


async def _make_buyer(pool: Pool, name: str) -> _Buyer:
    async with unit_of_work(pool) as writer:
        account = await create_account(
            writer,
            at=UNTIL,
            name=name,
            plan=Plan.ENTERPRISE,
            time_zone=ZONE,
            terms=NegotiableTerms(_CAPACITY, 0),
        )
        specification = await make_specification(writer, account, UNTIL)
        token = (await create_key(writer, UNTIL, account)).secret
        await writer.commit()
    return _Buyer(account, specification, token, [])


def _by_api(client: Client, buyer: _Buyer) -> Callable[[], Awaitable[object]]:
    body = order_of_100_images(client, buyer.account, buyer.specification)

    async def place() -> None:
        data = await client.send(body)
        assert not data["placeOrder"]["userErrors"]

    return place


def _by_service(pool: Pool, buyer: _Buyer) -> Callable[[], Awaitable[object]]:
    new = NewOrder(buyer.account, _NAME, buyer.specification, list(map(NewImage, _FILENAMES)), expedite=False)

    async def place() -> None:
        async with unit_of_work(pool) as writer:
            await place_order(writer, FixedClock(UNTIL), new)
            await writer.commit()

    return place


def _by_plain_sql(pool: Pool, buyer: _Buyer) -> Callable[[], Awaitable[object]]:
    asked = PlainOrder(buyer.account, secret_hash(buyer.token), _NAME, buyer.specification, _FILENAMES)
    turns = count(1)  # each order is after the one before, while the clock is frozen
    return lambda: place_plainly(pool, asked, _DAY, UNTIL + next(turns) * _MICROSECOND)


async def _assert_alike(pool: Pool, *buyers: _Buyer) -> None:
    """Assert that all ways leave the same."""
    api, service, plain = [list(map(tuple, await pool.fetch(_LEFT, buyer.account))) for buyer in buyers]
    assert api == service == plain
