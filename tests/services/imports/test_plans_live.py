"""Imported orders that need a delivery plan are the same as those placed live."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from app.services.orders.changing import confirm_deadline, expedite_order
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import claim, deliver, open_customer
from tests.support.import_files import ACCOUNT, SPECIFICATION, Line, change, order, rows, run_import
from tests.support.transactions import in_transaction

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
TEN: Final = datetime.fromisoformat("2026-03-03T10:00:00Z")
NOON, EVENING, MORNING = TEN + 2 * HOUR, TEN + 8 * HOUR, TEN + 22 * HOUR
DGI, EXPEDITES = 12, 2
ORDERS: Final = """
    SELECT o.number, s.number, o.service_level, o.status, o.placed_at, o.deadline_status, o.due_at, o.late_at,
      o.sla_version, o.first_position, o.last_position, o.expedited_at, o.first_expedite_position,
      o.last_expedite_position, o.confirmed_at, o.image_count, o.delivered_count, o.price, o.kept_due_at,
      o.kept_sla_version
    FROM orders o LEFT JOIN orders s ON s.account_id = o.account_id AND s.id = o.split_from
    WHERE o.account_id = (SELECT id FROM accounts WHERE name = $1) ORDER BY o.number"""
IMAGES: Final = """
    SELECT o.number, i.number, i.status, i.position, i.expedite_position, i.price, i.due_at, i.late_at,
      i.first_delivered_at
    FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
    WHERE i.account_id = (SELECT id FROM accounts WHERE name = $1) ORDER BY 1, 2"""
ROLLUPS: Final = """
    SELECT grain, bucket, uploaded, delivered, met_expedited, late_expedited, met_standard, late_standard
    FROM rollups WHERE account_id = (SELECT id FROM accounts WHERE name = $1) AND grain = 60
      AND (uploaded, delivered, met_expedited, late_expedited) <> (0, 0, 0, 0) ORDER BY 1, 2"""


@dataclass(frozen=True)
class Promised:
    """Twenty images wanted within hours: 2 in three hours, 10 to be planned within the guarantee, 8 beyond it.

    `plans` are the deadlines that staff set within the guarantee at noon and beyond it a minute later; six images, of
    them four to be planned, are delivered half an hour before, all others at `delivered_at`.
    """

    plans: tuple[datetime | None, datetime | None]
    delivered_at: datetime


def written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def lines(promised: Promised) -> list[Line]:
    """The lines of the history; three more images are uploaded, of which one is expedited in the evening."""
    within, beyond = (
        {} if due_at is None else {"deadline": {"at": written(due_at), "confirmedAt": written(confirmed_at)}}
        for due_at, confirmed_at in zip(promised.plans, (NOON, NOON + MINUTE), strict=True)
    )
    images: list[Line] = [
        {"filename": f"{number}.jpg", "deliveredAt": written(NOON - HOUR / 2 if number < 6 else promised.delivered_at)}
        for number in range(DGI + 8)
    ]
    images = [
        image | ({} if number < EXPEDITES else within if number < DGI else beyond)
        for number, image in enumerate(images)
    ]
    return [
        ACCOUNT | {"imagesPerDay": DGI, "expeditesPerDay": EXPEDITES},
        SPECIFICATION,
        order("o-1", images, written(TEN), expedite=True),
        order("o-2", 3, written(NOON + HOUR)),  # never delivered
        change("expedite", written(EVENING), order="o-2", filenames=["o-2-1.jpg"]),
    ]


async def live(pool: Pool, promised: Promised) -> None:
    """The same history as commands."""
    clock = FrozenClock(TEN - MICROSECOND)
    customer = await open_customer(pool, clock, name="Live", images=DGI, expedites=EXPEDITES)
    placed = await customer.place(DGI + 8, expedite=True)

    async def produce(count: int, at: datetime) -> None:
        clock.advance(at - clock.now() - MINUTE)
        claimed = await claim(pool, clock, "ann", count)
        clock.advance(MINUTE)
        await deliver(pool, clock, "ann", claimed.images)

    await produce(6, NOON - HOUR / 2)
    clock.advance(NOON - clock.now())
    for key, due_at in zip(placed.orders[1:], promised.plans, strict=True):
        if due_at is not None:
            await in_transaction(pool, partial(confirm_deadline, clock=clock, key=key, due_at=due_at))
        clock.advance(MINUTE)
    clock.advance(NOON + HOUR - clock.now())
    later = await customer.place(3)
    clock.advance(EVENING - clock.now())
    [first, *_] = await customer.images_of(later)
    await in_transaction(pool, partial(expedite_order, clock=clock, key=later.orders[0], chosen=[first[1]]))
    await produce(14, promised.delivered_at)


@pytest.mark.parametrize(
    "promised",
    [
        Promised((None, None), MORNING - HOUR),
        Promised((None, None), MORNING + HOUR),
        Promised((MORNING - 2 * HOUR, MORNING + 30 * HOUR), MORNING - HOUR),
        Promised((MORNING - HOUR, None), MORNING - HOUR),
        Promised((None, MORNING + HOUR), MORNING + HOUR),
    ],
)
async def test_an_import_equals_the_same_history_live(pool: Pool, promised: Promised) -> None:
    await live(pool, promised)  # first: production would take what is imported, too
    outcome = await run_import(pool, lines(promised))
    assert outcome.problems == []
    for query in (ORDERS, IMAGES, ROLLUPS):
        imported: list[tuple[Any, ...]] = await rows(pool, query, "ACME")
        assert imported == await rows(pool, query, "Live")
        assert imported
