"""Orders of a file follow the rules, whichever lines have their later history."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest

from app.domain.errors import Refusals
from app.domain.orders.refusals import NotRejectable
from app.services.orders.producing import reject_images
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import HALO
from tests.support.events.replay import assert_events_explain_rows
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, UPLOADED, Line, change, order, rows, run_import
from tests.support.imported_orders import ELEVEN, IMAGES, NOON, SMALL, at, images, imported
from tests.support.transactions import in_transaction

pytestmark = pytest.mark.parametrize("chunk_lines", [1, 1000])

PLANNED = {"at": "2026-03-05T12:00:00Z", "confirmedAt": NOON}
EARLIER = {"at": "2026-03-04T06:00:00Z", "confirmedAt": ELEVEN}


async def test_images_beyond_the_daily_guarantee_are_split_off(pool: Pool, chunk_lines: int) -> None:
    assert await imported(pool, chunk_lines, *SMALL, order("o-1", 3), order("o-2", 1, ELEVEN)) == [
        (1, "STANDARD", "CONFIRMED", at(8, day=4), 2, Decimal("2.90")),
        (2, "ADDITIONAL", "TO_BE_CONFIRMED", None, 1, Decimal("1.45")),
        (3, "ADDITIONAL", "TO_BE_CONFIRMED", None, 1, Decimal("1.45")),
    ]
    query = "SELECT s.number, o.number FROM orders s JOIN orders o ON o.id = s.split_from"
    assert await rows(pool, query) == [(2, 1)]


async def test_a_new_ledger_day_is_unused(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-1", 2, "2026-03-03T22:59:59.999999Z"), order("o-2", 2, "2026-03-03T23:00:00Z")]
    levels = [row[1] for row in await imported(pool, chunk_lines, *lines)]
    assert levels == ["STANDARD", "STANDARD"]
    assert await rows(pool, "SELECT date, used FROM ledger_days ORDER BY date") == [
        (date(2026, 3, 3), 2),
        (date(2026, 3, 4), 2),
    ]


async def test_an_expedited_order_costs_twice_and_uses_both_quotas(pool: Pool, chunk_lines: int) -> None:
    assert await imported(pool, chunk_lines, *SMALL, order("o-1", 3, expedite=True)) == [
        (1, "EXPEDITED", "CONFIRMED", at(13), 1, Decimal("2.90")),
        (2, "EXPEDITED_PLAN", "PLAN_REQUIRED", at(8, day=4), 1, Decimal("1.45")),
        (3, "EXPEDITED_PLAN", "PLAN_REQUIRED", None, 1, Decimal("1.45")),
    ]
    query = "SELECT capacity, used, expedite_capacity, expedite_used FROM ledger_days"
    assert await rows(pool, query) == [(2, 3, 1, 3)]


async def test_a_deadline_that_staff_set_is_shared_by_images_that_name_none(pool: Pool, chunk_lines: int) -> None:
    named: list[Line] = [*images("a", "b", "c"), *images("d", deadline=PLANNED)]
    assert await imported(pool, chunk_lines, *SMALL, order("o-1", named)) == [
        (1, "STANDARD", "CONFIRMED", at(8, day=4), 2, Decimal("2.90")),
        (2, "ADDITIONAL", "CONFIRMED", at(12, day=5), 2, Decimal("2.90")),
    ]
    assert await rows(pool, "SELECT confirmed_at, late_at FROM orders WHERE number = 2") == [(at(12), at(12, day=5))]
    query = "SELECT data->'after'->>'dueAt', jsonb_array_length(data->'images') FROM events WHERE type = $1 AND at = $2"
    assert await rows(pool, query, "DEADLINE_CONFIRMED", at(12)) == [("2026-03-05T12:00:00+00:00", 2)]


async def test_an_image_delivered_before_the_deadline_was_set_has_none(pool: Pool, chunk_lines: int) -> None:
    named = images("a", "b", "c", deliveredAt=ELEVEN) + images("d", deliveredAt=NOON, deadline=PLANNED)
    await imported(pool, chunk_lines, *SMALL, order("o-1", named))
    assert [row[:3] for row in await rows(pool, IMAGES)][2:] == [("c", 2, None), ("d", 2, at(12, day=5))]


async def test_a_delivery_plan_doubles_the_price(pool: Pool, chunk_lines: int) -> None:
    named = images("a", deadline=None) + images("b", deadline=EARLIER) + images("c", deadline=PLANNED)
    assert await imported(pool, chunk_lines, *SMALL, order("o-1", named, expedite=True)) == [
        (1, "EXPEDITED", "CONFIRMED", at(13), 1, Decimal("2.90")),
        (2, "EXPEDITED_PLAN", "CONFIRMED", at(6, day=4), 1, Decimal("2.90")),
        (3, "EXPEDITED_PLAN", "CONFIRMED", at(12, day=5), 1, Decimal("2.90")),
    ]
    query = "SELECT kept_due_at, kept_sla_version FROM orders ORDER BY number"
    assert await rows(pool, query) == [(None, None), (at(8, day=4), 1), (None, None)]


@pytest.mark.parametrize(
    ("deadline", "problem"),
    [
        (PLANNED, "The deadline 2026-03-05T12:00:00Z is not earlier than 2026-03-04T08:00:00Z, which the images have."),
        (
            {"at": "2026-03-04T09:00:00Z", "confirmedAt": "2026-03-04T08:00:00.000001Z"},
            "Order 2 awaits no deadline: it has one, or none of its images needs one any more.",
        ),
    ],
)
async def test_a_delivery_plan_is_earlier_than_the_deadline_that_is_kept(
    pool: Pool, chunk_lines: int, deadline: Line, problem: str
) -> None:
    named = images("a") + images("b", deadline=deadline)
    lines = [*SMALL, order("o-1", named, expedite=True)]
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == [f"3: images[1].deadline: {problem}"]


async def test_an_image_delivered_before_the_plan_of_the_others_keeps_the_deadline_from_before(
    pool: Pool, chunk_lines: int
) -> None:
    sent_back = [{"at": "2026-03-04T05:00:00Z", "reason": "halo"}]
    named = images("a") + images("b", deliveredAt="2026-03-03T10:30:00Z", rejections=sent_back)
    named += images("c", deadline=EARLIER)
    small = (ACCOUNT | {"imagesPerDay": 3, "expeditesPerDay": 1}, SPECIFICATION)
    lines = [*small, order("o-1", named, expedite=True)]
    # The rejection is under these terms: so the order's events since then, the plan among them, are rewritten.
    lines.append(change("terms", "2026-03-03T10:45:00Z", imagesPerDay=5, effectiveDate="2026-03-04"))
    await imported(pool, chunk_lines, *lines)
    assert [(row[0], row[2], row[3]) for row in await rows(pool, IMAGES)][1:] == [
        ("b", at(8, day=4), Decimal("1.45")),
        ("c", at(6, day=4), Decimal("2.90")),
    ]
    query = "SELECT data->'before'->>'dueAt', data->'after'->>'dueAt' FROM events WHERE type = 'DEADLINE_CONFIRMED'"
    assert await rows(pool, query) == [("2026-03-04T08:00:00+00:00", "2026-03-04T06:00:00+00:00")]
    await assert_events_explain_rows(pool)


async def test_an_expedite_sees_the_order_as_it_was_then(pool: Pool, chunk_lines: int) -> None:
    delivered = images("a", deliveredAt=ELEVEN) + images("b", deliveredAt="2026-03-03T15:00:00.000001Z") + images("c")
    lines = [*START, order("o-1", delivered), change("expedite", NOON, order="o-1")]
    assert await imported(pool, chunk_lines, *lines) == [
        (1, "STANDARD", "CONFIRMED", at(8, day=4), 1, Decimal("1.45")),
        (2, "EXPEDITED", "CONFIRMED", at(15), 2, Decimal("5.80")),
    ]
    query = "SELECT filename, late_at FROM images WHERE late_at IS NOT NULL ORDER BY filename"
    assert await rows(pool, query) == [("b", at(15)), ("c", at(15))]
    query = "SELECT sum(met_standard), sum(late_expedited), sum(met_expedited) FROM rollups WHERE grain = 1440"
    assert await rows(pool, query) == [(1, 2, 0)]


async def test_images_are_expedited_in_the_order_in_which_they_are_named(pool: Pool, chunk_lines: int) -> None:
    lines = [*START, order("o-1", images("a", "b", "c", "d"))]
    lines.append(change("expedite", NOON, order="o-1", filenames=["d", "b"]))
    await imported(pool, chunk_lines, *lines)
    assert [(row[0], row[1], row[5]) for row in await rows(pool, IMAGES)] == [
        ("a", 1, None),
        ("b", 2, 2),
        ("c", 1, None),
        ("d", 2, 1),
    ]


async def test_a_name_that_several_images_have_means_all_of_them(pool: Pool, chunk_lines: int) -> None:
    lines = [*START, order("o-1", images("a", "b", "a"))]
    lines.append(change("expedite", NOON, order="o-1", filenames=["a"]))
    await imported(pool, chunk_lines, *lines)
    assert [(row[0], row[1]) for row in await rows(pool, IMAGES)] == [("a", 2), ("a", 2), ("b", 1)]


async def test_a_line_about_an_order_is_also_about_the_orders_split_from_it(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-1", images("a", "b", "c", "d", "e"))]
    lines.append(change("expedite", ELEVEN, order="o-1", filenames=["e"]))
    lines.append(change("expedite", NOON, order="o-1", filenames=["d", "a"]))
    lines.append(change("cancellation", "2026-03-03T13:00:00Z", order="o-1"))
    await imported(pool, chunk_lines, *lines)
    query = """
        SELECT o.number, o.service_level, s.number, o.status FROM orders o
          LEFT JOIN orders s ON s.id = o.split_from ORDER BY o.number"""
    assert await rows(pool, query) == [
        (1, "STANDARD", None, "CANCELLED"),
        (2, "ADDITIONAL", 1, "CANCELLED"),
        (3, "EXPEDITED", 2, "CANCELLED"),
        (4, "EXPEDITED_PLAN", 1, "CANCELLED"),
        (5, "EXPEDITED_PLAN", 2, "CANCELLED"),
    ]
    assert await rows(pool, "SELECT used, expedite_used FROM ledger_days") == [(0, 0)]


async def test_images_beyond_twice_the_quota_keep_their_deadline_until_there_is_a_plan(
    pool: Pool, chunk_lines: int
) -> None:
    lines = [*SMALL, order("o-1", images("a", "b")), change("expedite", NOON, order="o-1")]
    assert await imported(pool, chunk_lines, *lines) == [
        (1, "EXPEDITED", "CONFIRMED", at(15), 1, Decimal("2.90")),
        (2, "EXPEDITED_PLAN", "PLAN_REQUIRED", at(8, day=4), 1, Decimal("1.45")),
    ]


async def test_a_deadline_set_after_an_expedite_to_the_plan_level_is_the_plan(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-0", images("x", "y"), expedite=True), order("o-1", images("a", deadline=PLANNED), ELEVEN)]
    lines.append(change("expedite", "2026-03-03T11:30:00Z", order="o-1"))
    orders = await imported(pool, chunk_lines, *lines)
    assert orders[-1] == (3, "EXPEDITED_PLAN", "CONFIRMED", at(12, day=5), 1, Decimal("2.90"))
    query = "SELECT type, data->'before'->>'price' FROM events WHERE data->>'pricePerImage' = '2.90' ORDER BY sequence"
    confirmed = [(type_, price) for type_, price in await rows(pool, query) if type_ == "DEADLINE_CONFIRMED"]
    assert confirmed == [("DEADLINE_CONFIRMED", "1.45")]


async def test_deliveries_at_and_after_the_deadline_are_in_time_and_late(pool: Pool, chunk_lines: int) -> None:
    delivered = images("a", deliveredAt="2026-03-04T08:00:00Z") + images("b", deliveredAt="2026-03-04T08:00:00.000001Z")
    await imported(pool, chunk_lines, *START, order("o-1", delivered))
    assert await rows(pool, "SELECT filename, late_at FROM images ORDER BY filename") == [
        ("a", None),
        ("b", at(8, day=4)),
    ]
    query = "SELECT status, late_at, delivered_at FROM orders"
    delivered_at = datetime(2026, 3, 4, 8, 0, 0, 1, tzinfo=UTC)
    assert await rows(pool, query) == [("READY_FOR_DOWNLOAD", at(8, day=4), delivered_at)]


async def test_an_imported_rejection_may_be_later_than_a_live_one(pool: Pool, chunk_lines: int) -> None:
    """It is accepted at exactly the end of the time in which live ones are."""
    rejections = [{"at": "2026-04-03T07:00:00Z", "reason": "halo"}]
    delivered = {"deliveredAt": "2026-03-04T07:00:00Z"}
    await imported(
        pool,
        chunk_lines,
        *START,
        order("o-1", [*images("a", **delivered, rejections=rejections), *images("b", **delivered)]),
    )
    found = "SELECT account_id, id, filename, status, rejected_at FROM images ORDER BY filename"
    first, second = await rows(pool, found)
    assert first[2:] == ("a", "REJECTED", datetime(2026, 4, 3, 7, tzinfo=UTC))
    assert second[2:] == ("b", "DELIVERED", None)
    clock = FrozenClock(datetime(2026, 4, 3, 7, tzinfo=UTC))
    with pytest.raises(Refusals) as refused:
        await in_transaction(pool, partial(reject_images, clock=clock, reasons={second[:2]: HALO}))
    assert [type(each) for each in refused.value.refusals] == [NotRejectable]


async def test_equal_instants_are_in_order(pool: Pool, chunk_lines: int) -> None:
    lines = [*START, order("o-1", images("a", deliveredAt=UPLOADED)), order("o-2")]
    lines.append(change("cancellation", UPLOADED, order="o-2"))
    assert len(await imported(pool, chunk_lines, *lines)) == 2


async def test_names_may_be_any_unicode(pool: Pool, chunk_lines: int) -> None:
    names = ["Ærø 🖼️.jpg", "a b'\"\\", r"\u0000", "日" * 255, "\u200f%_"]
    await imported(pool, chunk_lines, *START, order("o-1", images(*names), name="🛍️" * 127))
    assert sorted(row[0] for row in await rows(pool, IMAGES)) == sorted(names)
