"""The example of docs/import-format.md, with every row."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from db.connections import Pool
from tests.support.import_files import Line, order, rows, run_import

EXAMPLE: list[Line] = [
    {
        "type": "account",
        "ref": "acme",
        "name": "ACME",
        "plan": "PROFESSIONAL",
        "timeZone": "Europe/Copenhagen",
        "imagesPerDay": 500,
        "expeditesPerDay": 40,
    },
    {
        "type": "specification",
        "account": "acme",
        "ref": "ghost",
        "name": "Ghost mannequin",
        "pricePerImage": "1.45",
        "currency": "USD",
        "steps": [{"step": "CLIPPING", "seconds": 180}, {"step": "SHADOW", "seconds": 95.5}],
    },
    {
        "type": "order",
        "account": "acme",
        "ref": "o-1",
        "externalReference": "PO-1001",
        "instructions": "Match last season's crop.",
        "name": "SS26 shoes",
        "specification": "ghost",
        "placedAt": "2026-03-02T13:05:00Z",
        "expedite": False,
        "images": [
            {
                "filename": "a.jpg",
                "externalReference": "SKU-1/front",
                "instructions": "Keep the laces.",
                "previewUrl": "https://pictures.example/a-small.jpg",
                "deliveredAt": "2026-03-03T06:00:00Z",
                "resultUrl": "https://pictures.example/a-done.jpg",
                "resultPreviewUrl": "https://pictures.example/a-done-small.jpg",
                "operations": [
                    {"step": "CLIPPING", "performedBy": "RETOUCHER", "seconds": 171.5, "at": "2026-03-03T05:30:00Z"}
                ],
                "rejections": [
                    {
                        "at": "2026-03-03T08:00:00Z",
                        "reason": "halo",
                        "category": "MASK",
                        "redeliveredAt": "2026-03-03T10:30:00Z",
                    }
                ],
            },
            {"filename": "b.jpg"},
        ],
    },
    order("o-2", [{"filename": "c.jpg"}], "2026-03-02T14:00:00Z", name="Tests"),
    {"type": "cancellation", "account": "acme", "order": "o-2", "at": "2026-03-02T14:06:00Z"},
    {"type": "expedite", "account": "acme", "order": "o-1", "filenames": ["b.jpg"], "at": "2026-03-02T15:00:00Z"},
    {
        "type": "terms",
        "account": "acme",
        "imagesPerDay": 800,
        "effectiveDate": "2026-04-01",
        "at": "2026-03-10T10:00:00Z",
    },
    {
        "type": "inquiry",
        "account": "acme",
        "ref": "q-1",
        "topic": "SLA",
        "text": "Can we have more expedites in May?",
        "at": "2026-04-10T14:00:00Z",
        "answer": "Yes, 60.",
        "answeredAt": "2026-04-13T07:00:00Z",
    },
    {"type": "timeZone", "account": "acme", "timeZone": "Europe/London", "at": "2026-05-04T09:00:00Z"},
]
CREATED_AT = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)
PLACED_LATER_AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
CANCELLED_AT = datetime(2026, 3, 2, 14, 6, tzinfo=UTC)
EXPEDITED_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
EXPEDITE_DUE_AT = datetime(2026, 3, 2, 18, tzinfo=UTC)
BEGUN_AT = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
DELIVERED_AT = datetime(2026, 3, 3, 6, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
REJECTED_AT = NEXT_MORNING
REDELIVERED_AT = datetime(2026, 3, 3, 10, 30, tzinfo=UTC)
NEGOTIATED_AT = datetime(2026, 3, 10, 10, tzinfo=UTC)
ASKED_AT = datetime(2026, 4, 10, 14, tzinfo=UTC)
ANSWERED_AT = datetime(2026, 4, 13, 7, tzinfo=UTC)
MOVED_AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


async def test_the_example_is_imported_line_by_line(pool: Pool) -> None:
    outcome = await run_import(pool, EXAMPLE)
    assert outcome.problems == []
    kinds = ("account", "specification", "order", "cancellation", "expedite", "terms", "inquiry", "timeZone")
    assert outcome.report.imported == dict(zip(kinds, (1, 1, 2, 1, 1, 1, 1, 1), strict=True))
    assert (outcome.report.images, outcome.report.known, outcome.report.skipped) == (3, 0, 0)


async def test_its_account_is_opened_at_its_first_instant_and_has_the_zone_it_moved_to(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    assert await rows(pool, "SELECT ref, name, plan, time_zone, created_at FROM accounts") == [
        ("acme", "ACME", "PROFESSIONAL", "Europe/London", CREATED_AT)
    ]
    assert await rows(pool, "SELECT starts_at, time_zone FROM time_zone_periods ORDER BY starts_at") == [
        (CREATED_AT, "Europe/Copenhagen"),
        (MOVED_AT, "Europe/London"),
    ]
    query = """
        SELECT version, effective_date, images_per_day, expedites_per_day, negotiated_at, note FROM sla_versions
         ORDER BY version"""
    assert await rows(pool, query) == [
        (1, date(2026, 3, 2), 500, 40, CREATED_AT, None),
        (2, date(2026, 4, 1), 800, None, NEGOTIATED_AT, None),
    ]


async def test_its_counters_and_its_ledger_are_as_of_the_last_line(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = "SELECT next_order_number, next_event_sequence, last_at, frontier, minutes_since FROM account_heads"
    minutes_since = datetime(2026, 4, 1, tzinfo=UTC)
    assert await rows(pool, query) == [(4, 16, MOVED_AT, MOVED_AT, minutes_since)]
    query = """
        SELECT date, opens_at, closes_at, sla_version, capacity, used, expedite_capacity, expedite_used
          FROM ledger_days"""
    opens_at, closes_at = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert await rows(pool, query) == [(date(2026, 3, 2), opens_at, closes_at, 1, 500, 2, 40, 1)]


async def test_its_specification_keeps_steps_in_milliseconds(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = """
        SELECT current_version, version, name, price_per_image, currency, steps, s.created_at, v.created_at, archived_at
          FROM specifications s JOIN specification_versions v ON v.specification_id = s.id"""
    steps = [{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}]
    assert await rows(pool, query) == [
        (1, 1, "Ghost mannequin", Decimal("1.45"), "USD", steps, CREATED_AT, CREATED_AT, None)
    ]


async def _orders(pool: Pool) -> list[dict[str, Any]]:
    ids = ("account_id", "id", "specification_id", "split_from", "completed_at", "specification_version", "currency")
    found = await pool.fetch("SELECT * FROM orders ORDER BY number")
    return [{key: value for key, value in row.items() if key not in ids} for row in found]


async def test_its_orders_follow_the_rules(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    unset = {"late_at": None, "expedited_at": None, "first_expedite_position": None, "last_expedite_position": None}
    unset |= {"confirmed_at": None, "delivered_at": None, "cancelled_at": None}
    confirmed = {"deadline_status": "CONFIRMED"}
    unset |= {"kept_due_at": None, "kept_sla_version": None, "external_reference": None, "instructions": None}
    unset |= {"begun_at": None, "last_delivered_at": None, "revised_at": None, "first_confirmed_due_at": None}
    unset |= {"thumbnail_url": None}
    unset |= {"review_by": None}
    common = {"sla_version": 1, "image_count": 1, "rejected_count": 0, "cancelled_count": 0}
    first = {"name": "SS26 shoes", "placed_at": CREATED_AT, "instructions": "Match last season's crop."}
    assert await _orders(pool) == [
        unset
        | common
        | confirmed
        | first
        | {"number": 1, "service_level": "STANDARD", "status": "READY_FOR_DOWNLOAD", "due_at": NEXT_MORNING}
        | {"first_position": 1, "last_position": 1, "delivered_count": 1, "price": Decimal("1.45")}
        | {"delivered_at": REDELIVERED_AT, "updated_at": REDELIVERED_AT, "external_reference": "PO-1001"}
        | {"begun_at": BEGUN_AT, "last_delivered_at": REDELIVERED_AT}
        | {"thumbnail_url": "https://pictures.example/a-done-small.jpg"},
        unset
        | common
        | confirmed
        | {"name": "Tests", "placed_at": PLACED_LATER_AT, "cancelled_at": CANCELLED_AT, "updated_at": CANCELLED_AT}
        | {"number": 2, "service_level": "STANDARD", "status": "CANCELLED", "due_at": NEXT_MORNING}
        | {"first_position": 3, "last_position": 3, "delivered_count": 0, "price": Decimal("1.45")},
        unset
        | common
        | confirmed
        | first
        | {"number": 3, "service_level": "EXPEDITED", "status": "IN_PRODUCTION", "due_at": EXPEDITE_DUE_AT}
        | {"first_position": 2, "last_position": 2, "delivered_count": 0, "price": Decimal("2.90")}
        | {"late_at": EXPEDITE_DUE_AT, "expedited_at": EXPEDITED_AT, "updated_at": EXPEDITED_AT}
        | {"first_expedite_position": 1, "last_expedite_position": 1},
    ]
    assert await rows(pool, "SELECT o.number FROM orders s JOIN orders o ON o.id = s.split_from") == [(1,)]


async def test_its_images_follow_the_rules(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = """
        SELECT o.number, i.number, filename, i.status, i.service_level, uploaded_at, position, expedite_position,
               i.price, i.due_at, i.late_at
          FROM images i JOIN orders o ON o.id = i.order_id ORDER BY filename"""
    once, twice = Decimal("1.45"), Decimal("2.90")
    assert await rows(pool, query) == [
        (1, 1, "a.jpg", "DELIVERED", "STANDARD", CREATED_AT, 1, None, once, NEXT_MORNING, None),
        (3, 2, "b.jpg", "QUEUED", "EXPEDITED", CREATED_AT, 2, 1, twice, EXPEDITE_DUE_AT, EXPEDITE_DUE_AT),
        (2, 1, "c.jpg", "CANCELLED", "STANDARD", PLACED_LATER_AT, 3, None, once, NEXT_MORNING, None),
    ]
    query = """
        SELECT first_delivered_at, delivered_at, first_rejected_at, rejected_at, redo_due_at, cancelled_at
          FROM images ORDER BY filename"""
    assert await rows(pool, query) == [
        (DELIVERED_AT, REDELIVERED_AT, REJECTED_AT, None, None, None),
        (None, None, None, None, None, None),
        (None, None, None, None, None, CANCELLED_AT),
    ]
    assert await rows(pool, "SELECT external_reference, instructions FROM images ORDER BY filename") == [
        ("SKU-1/front", "Keep the laces."),
        (None, None),
        (None, None),
    ]
    query = "SELECT preview_url, result_url, result_preview_url FROM images ORDER BY filename"
    pictures = [f"https://pictures.example/a-{name}.jpg" for name in ("small", "done", "done-small")]
    assert await rows(pool, query) == [tuple(pictures), (None, None, None), (None, None, None)]


async def test_its_rejection_is_due_five_hours_later(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = """
        SELECT filename, at, reason, category, r.due_at, r.late_at, redelivered_at, sla_version
          FROM rejections r JOIN images i ON i.id = r.image_id"""
    due_at = datetime(2026, 3, 3, 13, tzinfo=UTC)
    assert await rows(pool, query) == [("a.jpg", REJECTED_AT, "halo", "MASK", due_at, None, REDELIVERED_AT, 1)]


async def test_its_inquiry_is_due_after_five_hours_from_monday_to_friday(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = "SELECT order_id, topic, text, created_at, due_at, answer, answered_at, alerted FROM inquiries"
    text, due_at = "Can we have more expedites in May?", datetime(2026, 4, 10, 19, tzinfo=UTC)  # a Friday
    assert await rows(pool, query) == [(None, "SLA", text, ASKED_AT, due_at, "Yes, 60.", ANSWERED_AT, False)]


async def test_its_events_are_in_order(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = """
        SELECT sequence, at, type, o.number FROM events e LEFT JOIN orders o ON o.id = e.order_id ORDER BY sequence"""
    assert await rows(pool, query) == [
        (1, CREATED_AT, "ACCOUNT_CREATED", None),
        (2, CREATED_AT, "SPECIFICATION_CHANGED", None),
        (3, CREATED_AT, "ORDER_PLACED", 1),
        (4, PLACED_LATER_AT, "ORDER_PLACED", 2),
        (5, CANCELLED_AT, "ORDER_CANCELLED", 2),
        (6, EXPEDITED_AT, "ORDER_SPLIT", 1),
        (7, EXPEDITED_AT, "ORDER_EXPEDITED", 3),
        (8, DELIVERED_AT, "IMAGES_DELIVERED", 1),
        (9, DELIVERED_AT, "DEADLINE_MET", 1),
        (10, REJECTED_AT, "IMAGES_REJECTED", 1),
        (11, REDELIVERED_AT, "IMAGES_DELIVERED", 1),
        (12, NEGOTIATED_AT, "SLA_NEGOTIATED", None),
        (13, ASKED_AT, "INQUIRY_OPENED", None),
        (14, ANSWERED_AT, "INQUIRY_ANSWERED", None),
        (15, MOVED_AT, "TIME_ZONE_CHANGED", None),
    ]


async def test_its_events_without_an_order_have_before_and_after(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    found = await rows(pool, "SELECT data - 'version' FROM events WHERE order_id IS NULL ORDER BY sequence")
    created, specified, negotiated, _asked, _answered, moved = (data for (data,) in found)
    assert created == {
        "before": None,
        "after": {
            "ref": "acme",
            "name": "ACME",
            "plan": "PROFESSIONAL",
            "timeZone": "Europe/Copenhagen",
            "imagesPerDay": 500,
            "expeditesPerDay": 40,
        },
    }
    assert specified["before"] is None
    assert specified["after"]["pricePerImage"] == "1.45"
    assert negotiated == {
        "before": negotiated["before"] | {"version": 1, "imagesPerDay": 500, "expeditesPerDay": 40},
        "after": {"version": 2, "effectiveDate": "2026-04-01", "imagesPerDay": 800},
    }
    assert moved == {"before": {"timeZone": "Europe/Copenhagen"}, "after": {"timeZone": "Europe/London"}}


async def test_its_rollups_have_no_minutes_before_the_last_sixty_one_days(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    assert await rows(pool, "SELECT grain, count(*) FROM rollups GROUP BY grain ORDER BY grain") == [(60, 4), (1440, 2)]
    assert await rows(pool, "SELECT grain, images FROM savings_rollups ORDER BY grain") == [(60, 1), (1440, 1)]


async def test_its_week_is_counted_without_cancelled_images(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    assert await rows(pool, "SELECT week, images FROM upload_weeks") == [(date(2026, 3, 2), 2)]
