"""Time of `recordOperations` of 500 operations beside `deliverImages` of 500 images."""

import time
from collections.abc import Sequence
from statistics import median
from typing import Final

from app.domain.orders.changes import NewImage
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.opening import create_account
from app.services.api_keys.keys import create_key
from app.services.orders.placing import NewOrder, place_order
from bench.client import Client, FixedClock, serving
from bench.dataset import ZONE, make_specification
from bench.imports import UNTIL
from bench.report import TIMES, Figure
from bench.scratch import Scratch
from db.pools import open_pool
from db.writer import unit_of_work

_IMAGES: Final = 500
_WARM_UPS: Final = 2
_LIMIT: Final = 3.0
_CAPACITY: Final = 1_000_000
_CLAIM: Final = 'mutation { claimImages(input: { worker: "ann", count: 500 }) { images { id } userErrors { code } } }'
_RECORD: Final = """
mutation Record($operations: [OperationInput!]!) {
  recordOperations(input: { worker: "ann", operations: $operations }) { images { id status } userErrors { code } }
}
"""
_DELIVER: Final = """
mutation Deliver($images: [ID!]!) {
  deliverImages(input: { worker: "ann", imageIds: $images }) { images { id status } userErrors { code } }
}
"""


async def measure_recording(scratch: Scratch, repetitions: int) -> list[Figure]:
    """Claim the images of an order, record an operation on each, and deliver them, order by order."""
    rounds = repetitions + _WARM_UPS
    url = await scratch.new_database("recordings")
    token = await _make_orders(url, rounds)
    recording: list[float] = []
    delivering: list[float] = []
    async with serving(url, UNTIL) as app:
        client = Client(app, token)
        for _ in range(rounds):
            images = [image["id"] for image in (await client.ask(_CLAIM))["claimImages"]["images"]]
            assert len(images) == _IMAGES
            recording.append(await _timed(client, client.written(_RECORD, operations=_operations(images))))
            delivering.append(await _timed(client, client.written(_DELIVER, images=images)))
    ours, theirs = median(recording[_WARM_UPS:]), median(delivering[_WARM_UPS:])
    detail = f"{ours * 1000:.1f} ms and {theirs * 1000:.1f} ms"
    return [Figure("recordOperations of 500, beside delivering 500 images", ours / theirs, _LIMIT, TIMES, detail)]


def _operations(images: Sequence[str]) -> list[dict[str, object]]:
    return [{"imageId": image, "step": "CLIPPING", "performedBy": "RETOUCHER", "seconds": 171.5} for image in images]


async def _timed(client: Client, body: bytes) -> float:
    started = time.perf_counter()
    [payload] = (await client.send(body)).values()
    took = time.perf_counter() - started
    assert not payload["userErrors"]
    return took


async def _make_orders(url: str, orders: int) -> str:
    """Make an account with so many orders of 500 images, and return a token of staff."""
    pool = await open_pool(url)
    images = [NewImage(f"IMG_{number:04}.jpg") for number in range(1, _IMAGES + 1)]
    try:
        async with unit_of_work(pool) as writer:
            account = await create_account(
                writer,
                at=UNTIL,
                name="recordings",
                plan=Plan.ENTERPRISE,
                time_zone=ZONE,
                terms=NegotiableTerms(_CAPACITY, 0),
            )
            specification = await make_specification(writer, account, UNTIL)
            token = (await create_key(writer, UNTIL, None)).secret
            await writer.commit()
        for number in range(orders):
            async with unit_of_work(pool) as writer:
                new = NewOrder(account, f"Order {number}", specification, images, expedite=False)
                await place_order(writer, FixedClock(UNTIL), new)
                await writer.commit()
        await pool.fetch("VACUUM ANALYZE")
    finally:
        await pool.close()
    return token
