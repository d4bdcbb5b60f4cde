"""Accounts that give commands, and what must agree in the database whatever they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from app.clock import Clock
from app.domain.local_time import time_zone
from app.domain.pulse.as_of import AsOf
from app.domain.vocabulary import Plan
from app.services.accounts.opening import create_account
from app.services.commands import in_transaction
from app.services.orders.claiming import Claimed, claim_images
from app.services.orders.outcome import Outcome
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import deliver_images
from app.services.quotes.tokens import Binding
from db.connections import Pool, Record, Statement
from db.queries.order_states import order_states
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader, Reader
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import unit_of_work
from tests.support.events.replay import assert_events_tell_all

HOUR: Final = timedelta(hours=1)
LEASE: Final = timedelta(hours=1)
ZONE: Final = "Europe/Copenhagen"

_HEADS = Statement("heads", "SELECT * FROM account_heads WHERE account_id = $1")
_ORDERS = Statement("orders", "SELECT * FROM orders WHERE account_id = $1 ORDER BY number")
_COUNTS = Statement(
    "counts",
    """
    SELECT order_id, count(*) AS images, count(*) FILTER (WHERE status = 'DELIVERED') AS delivered,
      count(*) FILTER (WHERE status = 'REJECTED') AS rejected, sum(price) AS price, min(late_at) AS late_at
    FROM images WHERE account_id = $1 GROUP BY order_id
    """,
)
_DAYS = Statement("days", "SELECT * FROM ledger_days WHERE account_id = $1 ORDER BY date")
_USED = Statement(
    "used",
    """
    SELECT d.date,
      (SELECT count(*) FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
        WHERE i.account_id = $1 AND i.uploaded_at >= d.opens_at AND i.uploaded_at < d.closes_at
          AND (i.cancelled_at IS NULL OR i.cancelled_at >= d.closes_at)) AS used,
      (SELECT count(*) FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
        WHERE i.account_id = $1 AND o.expedited_at >= d.opens_at AND o.expedited_at < d.closes_at
          AND (i.cancelled_at IS NULL OR i.cancelled_at >= d.closes_at)) AS expedite_used
    FROM ledger_days d WHERE d.account_id = $1 ORDER BY d.date
    """,
)
_SEQUENCES = Statement("sequences", "SELECT sequence, at, type FROM events WHERE account_id = $1 ORDER BY sequence")


@dataclass(frozen=True, slots=True)
class Giver:
    """An account with a specification, and the clock by which it gives commands."""

    pool: Pool
    clock: Clock
    account_id: UUID
    specification_id: UUID

    async def place(
        self, images: int, *, expedite: bool = False, name: str = "Shoes", binding: Binding | None = None
    ) -> Outcome:
        """Place an order of so many images."""
        filenames = [f"{number}.jpg" for number in range(1, images + 1)]
        new = NewOrder(self.account_id, name, self.specification_id, filenames, expedite)
        return await in_transaction(self.pool, lambda writer: place_order(writer, self.clock, new, binding))

    async def images_of(self, outcome: Outcome) -> list[tuple[UUID, UUID]]:
        """Tell the images of what was placed."""
        states = await order_states(PoolReader(self.pool), outcome.orders)
        return [(key[0], image.id) for key, order in states.items() for image in order.images]


async def begin(
    pool: Pool, clock: Clock, *, name: str = "ACME", zone: str = ZONE, images: int = 200, expedites: int = 20
) -> Giver:
    """Begin an account with a specification at 1.45 USD an image."""
    now = clock.now()
    specification_id = uuid4()
    async with unit_of_work(pool) as writer:
        account_id = await create_account(
            writer,
            at=now,
            name=name,
            plan=Plan.PROFESSIONAL,
            time_zone=zone,
            images_per_day=images,
            expedites_per_day=expedites,
        )
        await writer.copy(Specification, [(account_id, specification_id, 1, now, None)])
        steps = [{"step": "CLIPPING", "milliseconds": 180_000}]
        await writer.copy(SpecificationVersion, [(account_id, specification_id, 1, "Ghost", "1.45", "USD", steps, now)])
        await writer.commit()
    return Giver(pool, clock, account_id, specification_id)


async def claim(pool: Pool, clock: Clock, worker: str, count: int) -> Claimed:
    """Claim images for an hour."""
    return await in_transaction(pool, lambda writer: claim_images(writer, clock, worker, count, LEASE))


async def deliver(pool: Pool, clock: Clock, worker: str, images: Sequence[tuple[UUID, UUID]]) -> Outcome:
    """Deliver images."""
    return await in_transaction(pool, lambda writer: deliver_images(writer, clock, worker, images))


async def orders(reader: Reader, giver: Giver) -> list[Record]:
    """Read the rows of all orders, by number."""
    return await reader.fetch(_ORDERS, giver.account_id)


async def assert_consistent(reader: Reader, giver: Giver) -> None:
    """Assert that numbers, counters, ledger, events and rollups agree with the images."""
    account_id = giver.account_id
    head = await reader.fetch_row(_HEADS, account_id)
    rows = await orders(reader, giver)
    assert head is not None
    assert [row["number"] for row in rows] == list(range(1, head["next_order_number"]))
    events = await reader.fetch(_SEQUENCES, account_id)
    assert [event["sequence"] for event in events] == list(range(1, head["next_event_sequence"]))
    counts = {row["order_id"]: tuple(row)[1:] for row in await reader.fetch(_COUNTS, account_id)}
    columns = ("image_count", "delivered_count", "rejected_count", "price", "late_at")
    assert counts == {row["id"]: tuple(row[column] for column in columns) for row in rows}
    days = {row["date"]: (row["used"], row["expedite_used"]) for row in await reader.fetch(_DAYS, account_id)}
    assert days == {row["date"]: (row["used"], row["expedite_used"]) for row in await reader.fetch(_USED, account_id)}
    for after in (timedelta(), timedelta(microseconds=1), 30 * HOUR):
        requests = [AsOf(account_id, head["last_at"] + after, time_zone(ZONE), is_now=bool(after))]
        assert await pulse_figures(reader, requests) == await reference_figures(reader, requests)
    await assert_events_tell_all(giver.pool)
