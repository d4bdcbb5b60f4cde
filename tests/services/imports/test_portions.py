"""Images of one order with several deadlines that staff set at once are portions, as they are live."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pytest

from app.domain.orders.portions import Portion
from app.services.orders.changing import confirm_deadlines
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import open_customer
from tests.support.events.replay import assert_events_explain_rows
from tests.support.import_files import ACCOUNT, SPECIFICATION, Line, change, order, rows, run_import
from tests.support.imported_orders import ELEVEN, NOON, SMALL, at, images, imported
from tests.support.transactions import in_transaction

FIRST: Final = {"at": "2026-03-04T12:00:00Z", "confirmedAt": NOON}
SECOND: Final = {"at": "2026-03-05T12:00:00Z", "confirmedAt": NOON}
THIRD: Final = {"at": "2026-03-06T12:00:00Z", "confirmedAt": NOON}
LATER: Final = [f"2026-03-04T{hour:02}:00:00Z" for hour in range(21)]
AFTERNOON: Final = "2026-03-03T13:00:00Z"
ORDERS: Final = """
    SELECT o.number, s.number, o.service_level, o.deadline_status, o.due_at, o.confirmed_at, o.image_count, o.price,
      o.kept_due_at, o.external_reference, o.instructions, o.updated_at
    FROM orders o LEFT JOIN orders s ON s.account_id = o.account_id AND s.id = o.split_from
    WHERE o.account_id = (SELECT id FROM accounts WHERE name = $1) ORDER BY o.number"""
OF_IMAGES: Final = """
    SELECT o.number, i.number, i.due_at, i.price, i.late_at
    FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
    WHERE i.account_id = (SELECT id FROM accounts WHERE name = $1) ORDER BY 1, 2"""


def of_one_order() -> list[Line]:
    """Five images, of which three are beyond the guarantee of two; one of these was delivered before noon."""
    beyond = [*images("c", deliveredAt=ELEVEN), *images("d", deadline=FIRST), *images("e", deadline=SECOND)]
    return [*images("a", "b"), *beyond]


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_each_portion_is_an_order_numbered_after_the_placement(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-1", of_one_order()), order("o-2", 1, AFTERNOON)]
    assert await imported(pool, chunk_lines, *lines) == [
        (1, "STANDARD", "CONFIRMED", at(8, day=4), 2, Decimal("2.90")),
        (2, "ADDITIONAL", "CONFIRMED", at(12, day=4), 2, Decimal("2.90")),
        (3, "ADDITIONAL", "CONFIRMED", at(12, day=5), 1, Decimal("1.45")),
        (4, "ADDITIONAL", "TO_BE_CONFIRMED", None, 1, Decimal("1.45")),
    ]
    query = "SELECT type, o.number FROM events e JOIN orders o ON o.id = e.order_id WHERE e.at = $1 ORDER BY sequence"
    assert sorted(await rows(pool, query, at(12))) == [
        ("DEADLINE_CONFIRMED", 2),
        ("DEADLINE_CONFIRMED", 3),
        ("ORDER_SPLIT", 2),
    ]
    await assert_events_explain_rows(pool)


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_later_lines_change_portions_like_other_orders(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-1", of_one_order())]
    lines.append(change("expedite", AFTERNOON, order="o-1", filenames=["e"]))
    lines.append(change("cancellation", "2026-03-03T14:00:00Z", order="o-1", filenames=["d"]))
    assert [row[:3] for row in await imported(pool, chunk_lines, *lines)] == [
        (1, "STANDARD", "CONFIRMED"),
        (2, "ADDITIONAL", "CONFIRMED"),
        (3, "EXPEDITED", "CONFIRMED"),
    ]
    await assert_events_explain_rows(pool)


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        (
            [*images("a", "b", "c", deadline=SECOND), *images("d", deadline=FIRST)],
            "3: images[0].deadline: the rules give STANDARD images their deadline",
        ),
        (
            [*images("a", "b"), *images("c", deadline=SECOND), *images("d", deadline=FIRST)],
            "3: images[3].deadline: is before images[2]'s: portions are in the order of upload",
        ),
        (
            [*images("a", "b"), *images("c", deadline=FIRST), *images("d"), *images("e", deadline=SECOND)],
            "3: images[3].deadline: is missing: other images of the order have several, and it was not delivered yet",
        ),
        (
            [*images("a", "b"), *images("c", deadline=FIRST), *images("d", deadline=SECOND | {"confirmedAt": ELEVEN})],
            "3: images[3].deadline: images of one order share a confirmedAt, and images[2]'s differs",
        ),
        (
            [
                *images("a", "b"),
                *(each for hour in range(21) for each in images(f"c{hour}", deadline=FIRST | {"at": LATER[hour]})),
            ],
            "3: images[2].deadline: There must be 1 to 20 portions, not 21.",
        ),
    ],
)
async def test_portions_that_do_not_fit_are_refused(pool: Pool, named: list[Line], problem: str) -> None:
    assert (await run_import(pool, [*SMALL, order("o-1", named)])).problems == [problem]


@pytest.mark.parametrize("chunk_lines", [1, 1000])
@pytest.mark.parametrize("kind", ["expedite", "cancellation"])
async def test_no_line_changes_an_order_before_its_portions_were_made(pool: Pool, chunk_lines: int, kind: str) -> None:
    reason = "staff set deadlines for portions of an order of these images later, at 2026-03-03T12:00:00Z"
    for filename in "de":
        line = change(kind, "2026-03-03T11:30:00Z", order="o-1", filenames=[filename])
        lines = [*SMALL, order("o-1", of_one_order()), line]
        assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == [f"4: at: {reason}"]
    line = change(kind, "2026-03-03T11:30:00Z", order="o-1", filenames=["a"])
    lines = [*SMALL, order("o-1", of_one_order()), line]
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
    await assert_events_explain_rows(pool)


async def test_portions_of_delivery_plans_equal_the_same_history_live(pool: Pool) -> None:
    """Within the guarantee two images await a plan, beyond it two more; the plan of the latter is made first."""
    placed_at, first_at, then_at = at(10), at(11), at(12)
    due: list[tuple[datetime, datetime]] = [(at(6, day=4), first_at), (at(7, day=4), first_at)]
    due = [*((each, then_at) for each in (at(5, day=4), at(6, day=4))), *due]
    clock = FrozenClock(placed_at - MICROSECOND)
    customer = await open_customer(pool, clock, name="Live", images=3, expedites=1)
    placed = await customer.place(5, expedite=True)
    for instant, key, plan in ((first_at, placed.orders[2], due[2:]), (then_at, placed.orders[1], due[:2])):
        clock.advance(instant - clock.now())
        portions = [Portion(1, due_at) for due_at, _ in plan]
        await in_transaction(pool, partial(confirm_deadlines, clock=clock, key=key, portions=portions))
    named = images("0")
    for number, (due_at, confirmed_at) in enumerate(due, start=1):
        deadline = {"at": due_at.isoformat(), "confirmedAt": confirmed_at.isoformat()}
        named += images(f"{number}", deadline=deadline)
    opening = (ACCOUNT | {"imagesPerDay": 3, "expeditesPerDay": 1}, SPECIFICATION)
    outcome = await run_import(pool, [*opening, order("o-1", named, placed_at.isoformat(), expedite=True)])
    assert outcome.problems == []
    for query in (ORDERS, OF_IMAGES):
        found: list[tuple[Any, ...]] = await rows(pool, query, "ACME")
        assert found == await rows(pool, query, "Live")
        assert len(found) == 5
    await assert_events_explain_rows(pool)
