"""An account of many images, made by a few set-based statements.

The images are spread evenly over the days before an instant, 60 by default, 20 to an order, at every service level.
Shares of them are late, rejected, cancelled or open, so that every connection of the dashboard has many pages. Random
values are hashes: every run and every size has the same shares. Rollups are counted by the rules that live
writes use.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from app.domain.local_time import time_zone
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, ReviewFacts, Tally, minutes_kept_since
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.opening import create_account
from app.services.rollups import write_rollups
from db.connections import Pool, Record, Statement
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import Reader
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import Writer, unit_of_work

IMAGES_PER_ORDER: Final = 20
DAYS: Final = 60
ZONE: Final = "Europe/Copenhagen"
_CHUNK: Final = 50_000
_FIRST_ID: Final = UUID(int=0)

# Foreign keys are not checked while a data set is made, which takes half the time; the rows are made to fit.
TRUST = Statement("trust", "SET LOCAL session_replication_role = replica")

MAKE_PLAN = Statement(
    "make_plan",
    """
    CREATE TEMPORARY TABLE plan (
      number bigint, id uuid, placed_at timestamptz, service_level text, due_at timestamptz, open boolean,
      cancelled_at timestamptz) ON COMMIT DROP
    """,
)

# Decides each order: its position in time, its level, its deadline, and whether it is open or cancelled.
FILL_PLAN = Statement(
    "fill_plan",
    """
    INSERT INTO plan
    SELECT number,
           (lpad(to_hex((extract(epoch FROM placed_at) * 1000)::bigint), 12, '0') || '70008'
             || lpad(to_hex(number), 15, '0'))::uuid,
           placed_at, service_level,
           CASE WHEN chance NOT BETWEEN 30 AND 800 AND service_level = 'ADDITIONAL' THEN NULL
                WHEN open THEN $1 + interval '5 days'
                ELSE placed_at + turnaround END,
           open,
           CASE WHEN chance >= 995 AND NOT open THEN placed_at + interval '10 minutes' END
    FROM generate_series(1, $2::bigint) number
    CROSS JOIN LATERAL (
      SELECT $1::timestamptz - $3::interval * (1 - (number - 0.5) / $2) placed_at,
             abs(hashint8extended(number, 1) % 1000) chance) drawn
    JOIN (VALUES (0, 16, 'STANDARD', interval '20 hours'), (16, 20, 'ADDITIONAL', interval '48 hours'),
                 (20, 22, 'EXPEDITED', interval '3 hours'), (22, 23, 'EXPEDITED_ADDITIONAL', interval '6 hours'),
                 (23, 25, 'EXPEDITED_PLAN', interval '24 hours')) levels (low, high, service_level, turnaround)
      ON number % 25 >= low AND number % 25 < high
    CROSS JOIN LATERAL (
      SELECT service_level IN ('ADDITIONAL', 'EXPEDITED_PLAN') AND chance BETWEEN 30 AND 230 open) opened
    """,
)

# Makes the images of all planned orders: first deliveries, late ones scattered over all orders, and rejections.
FILL_IMAGES = Statement(
    "fill_images",
    """
    INSERT INTO images
    SELECT $1::uuid,
           (lpad(to_hex((extract(epoch FROM placed_at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(place), 3, '0')
             || '8' || lpad(to_hex(number), 15, '0'))::uuid,
           id, place, format('IMG_%s_%s.jpg', number, place),
           CASE WHEN cancelled_at IS NOT NULL THEN 'CANCELLED' WHEN delivered_at IS NULL THEN 'QUEUED'
                WHEN rejected_at IS NOT NULL AND redelivered_at IS NULL THEN 'REJECTED' ELSE 'DELIVERED' END,
           service_level, $3::uuid, 1, placed_at, place, CASE WHEN service_level LIKE 'EXPEDITED%' THEN place END,
           CASE WHEN service_level LIKE 'EXPEDITED%' THEN 2.90 ELSE 1.45 END,
           due_at, CASE WHEN cancelled_at IS NULL AND delivered_at <= due_at IS NOT TRUE THEN due_at END,
           delivered_at, coalesce(redelivered_at, delivered_at), rejected_at,
           CASE WHEN redelivered_at IS NULL THEN rejected_at END,
           CASE WHEN redelivered_at IS NULL THEN rejected_at + interval '5 hours' END,
           cancelled_at
    FROM plan
    CROSS JOIN generate_series(1, $4::int) place
    CROSS JOIN LATERAL (
      SELECT abs(hashint8extended(number * 100 + place, 2) % 1000) slip,
             abs(hashint8extended(number * 100 + place, 3) % 1000) rejection,
             abs(hashint8extended(number * 100 + place, 4) % 1000000) / 1000000.0 share) drawn
    CROSS JOIN LATERAL (
      SELECT placed_at + (coalesce(due_at, placed_at + interval '2 days') - placed_at)
               * CASE WHEN slip < CASE service_level WHEN 'STANDARD' THEN 80 ELSE 250 END AND share < 0.5 THEN 1 + share
                      ELSE 0.2 + 0.75 * share END first) delivery
    CROSS JOIN LATERAL (
      SELECT CASE WHEN NOT open AND cancelled_at IS NULL AND first < $2::timestamptz THEN first END delivered_at) known
    CROSS JOIN LATERAL (
      SELECT CASE WHEN rejection < 3 THEN $2 - interval '5 hours' * share WHEN rejection < 150
                  THEN delivered_at + interval '2 hours' END sent_back) rejections
    CROSS JOIN LATERAL (
      SELECT CASE WHEN sent_back > delivered_at AND sent_back < $2 THEN sent_back END rejected_at) known_rejections
    CROSS JOIN LATERAL (
      SELECT rejected_at + CASE WHEN rejection % 10 < 3 THEN interval '7 hours' ELSE interval '3 hours' END again) redo
    CROSS JOIN LATERAL (
      SELECT CASE WHEN rejection >= 3 AND again < $2 THEN again END redelivered_at) known_redo
    """,
)

FILL_REJECTIONS = Statement(
    "fill_rejections",
    """
    INSERT INTO rejections
    SELECT account_id, id, id, first_rejected_at, 'Halo around the edges', due_at,
           CASE WHEN redelivered_at <= due_at IS NOT TRUE THEN due_at END, redelivered_at, 1
    FROM (SELECT account_id, id, first_rejected_at, first_rejected_at + interval '5 hours' due_at,
                 CASE WHEN rejected_at IS NULL THEN delivered_at END redelivered_at
          FROM images WHERE account_id = $1 AND first_rejected_at IS NOT NULL) rejected
    """,
)

# Makes the reviews that ended: with the deadline that staff set in two or in eight hours, or with the delivery.
FILL_REVIEWS = Statement(
    "fill_reviews",
    """
    INSERT INTO reviews
    SELECT account_id, id, 1, uploaded_at, promised_at, CASE WHEN ended_at > promised_at THEN promised_at END, ended_at
    FROM images
    CROSS JOIN LATERAL (SELECT abs(hashtextextended(order_id::text, 5) % 1000) chance) drawn
    CROSS JOIN LATERAL (
      SELECT uploaded_at + interval '5 hours' promised_at,
             CASE WHEN due_at IS NOT NULL AND NOT (service_level = 'EXPEDITED_PLAN' AND late_at > $2 AND chance < 300)
                  THEN uploaded_at + interval '2 hours' * CASE WHEN chance < 800 THEN 1 ELSE 4 END END dated_at) given
    CROSS JOIN LATERAL (SELECT least(dated_at, first_delivered_at) ended_at) known
    WHERE account_id = $1 AND service_level IN ('ADDITIONAL', 'EXPEDITED_PLAN')
      AND cancelled_at IS NULL AND ended_at < $2::timestamptz
    """,
)

# Promises the deadlines that staff still owe: where there is none, and of some delivery plans since the last hours.
PROMISE_DEADLINES = Statement(
    "promise_deadlines",
    """
    WITH owed AS (
      UPDATE orders SET
        review_by = interval '5 hours'
          + CASE WHEN due_at IS NULL THEN placed_at ELSE $2 - interval '1 minute' * chance END,
        deadline_status = CASE WHEN due_at IS NULL THEN deadline_status ELSE 'PLAN_REQUIRED' END, confirmed_at = NULL
      FROM (SELECT id owed_id, abs(hashtextextended(id::text, 5) % 1000) chance FROM orders WHERE account_id = $1) drawn
      WHERE account_id = $1 AND id = owed_id AND cancelled_at IS NULL AND delivered_count + rejected_count < image_count
        AND (due_at IS NULL OR service_level = 'EXPEDITED_PLAN' AND due_at > $2::timestamptz AND chance < 300)
      RETURNING id, review_by
    )
    UPDATE images SET review_by = owed.review_by FROM owed
    WHERE account_id = $1 AND order_id = owed.id AND first_delivered_at IS NULL
    """,
)

# Makes the orders, whose counts and lateness follow from their images.
FILL_ORDERS = Statement(
    "fill_orders",
    """
    INSERT INTO orders
    SELECT $1::uuid, id, number, format('Order %s', number), $2::uuid, 1, service_level,
           CASE WHEN cancelled_at IS NOT NULL THEN 'CANCELLED' WHEN delivered < images THEN 'IN_PRODUCTION'
                WHEN number % 3 = 0 THEN 'READY_FOR_DOWNLOAD' ELSE 'COMPLETED' END,
           placed_at, CASE WHEN due_at IS NULL THEN 'TO_BE_CONFIRMED' ELSE 'CONFIRMED' END,
           due_at, late_at, 1, 1, images,
           CASE WHEN service_level LIKE 'EXPEDITED%' THEN placed_at END,
           CASE WHEN service_level LIKE 'EXPEDITED%' THEN 1 END,
           CASE WHEN service_level LIKE 'EXPEDITED%' THEN images END,
           CASE WHEN service_level IN ('ADDITIONAL', 'EXPEDITED_PLAN') AND due_at IS NOT NULL THEN placed_at END,
           images, delivered, rejected, price, 'USD', CASE WHEN delivered = images THEN last_delivered_at END,
           CASE WHEN delivered = images AND number % 3 > 0 THEN last_delivered_at END, cancelled_at, NULL
    FROM plan JOIN (
      SELECT order_id, count(*) images, count(*) FILTER (WHERE status = 'DELIVERED') delivered,
             count(*) FILTER (WHERE status = 'REJECTED') rejected, max(late_at) late_at, sum(price) price,
             max(delivered_at) last_delivered_at
      FROM images WHERE account_id = $1 GROUP BY order_id) made ON order_id = id
    """,
)

FILL_EVENTS = Statement(
    "fill_events",
    """
    INSERT INTO events
    SELECT $1::uuid, number + 1, placed_at, 'ORDER_PLACED', id, NULL, '{}' FROM plan
    """,
)

ADVANCE_HEAD = Statement(
    "advance_head",
    """
    UPDATE account_heads SET next_order_number = $3 + 1, next_event_sequence = $3 + 2, rollups_sequence = $3 + 2,
      last_at = $2, frontier = $2
    WHERE account_id = $1
    """,
)

# Reads the facts of the images after an id that rollups count, by the primary key.
IMAGE_FACTS = Statement(
    "image_facts",
    """
    SELECT id, service_level, specification_id, specification_version, uploaded_at, due_at, late_at, first_delivered_at,
           first_rejected_at, cancelled_at
    FROM images WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3
    """,
)

REVIEW_FACTS = Statement(
    "review_facts",
    """
    SELECT image_id AS id, due_at, late_at, ended_at
    FROM reviews WHERE account_id = $1 AND image_id > $2 ORDER BY image_id LIMIT $3
    """,
)

REJECTION_FACTS = Statement(
    "rejection_facts",
    """
    SELECT id, at, due_at, late_at, redelivered_at
    FROM rejections WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3
    """,
)


async def make_account(pool: Pool, name: str, images: int, until: datetime, days: int = DAYS) -> UUID:
    """Make an account with this many images in the days before `until` (UTC), and return its id."""
    orders = images // IMAGES_PER_ORDER
    async with unit_of_work(pool) as writer:
        since = until - timedelta(days=days)
        account = await create_account(
            writer,
            at=since,
            name=name,
            plan=Plan.ENTERPRISE,
            time_zone=ZONE,
            terms=NegotiableTerms(orders, orders),
        )
        specification = await make_specification(writer, account, since)
        await writer.execute(TRUST)
        await writer.execute(MAKE_PLAN)
        await writer.execute(FILL_PLAN, until, orders, timedelta(days=days))
        await writer.execute(FILL_IMAGES, account, until, specification, IMAGES_PER_ORDER)
        await writer.execute(FILL_REJECTIONS, account)
        await writer.execute(FILL_REVIEWS, account, until)
        await writer.execute(FILL_ORDERS, account, specification)
        await writer.execute(PROMISE_DEADLINES, account, until)
        await writer.execute(FILL_EVENTS, account)
        await writer.execute(ADVANCE_HEAD, account, until, orders)
        await _count(writer, account, max(since, minutes_kept_since(until)))
        await writer.commit()
    return account


async def make_specification(writer: Writer, account: UUID, at: datetime) -> UUID:
    """Make a specification at 1.45 USD an image, and return its id."""
    specification = uuid4()
    steps = [{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}]
    await writer.insert(
        [Specification(account_id=account, id=specification, current_version=1, created_at=at, archived_at=None)]
    )
    version = (account, specification, 1, "Ghost mannequin", Decimal("1.45"), "USD", steps, at, True, None)
    await writer.copy(SpecificationVersion, [version])
    return specification


async def _count(writer: Writer, account: UUID, since: datetime) -> None:
    """Write the rollups, from a second before the account on."""
    tally = Tally()
    async for row in _rows(writer, IMAGE_FACTS, account):
        tally.add_images(ImageFacts(ServiceLevel(row["service_level"]), *tuple(row)[2:]))
    async for row in _rows(writer, REJECTION_FACTS, account):
        tally.add_rejection(RejectionFacts(*tuple(row)[1:]))
    async for row in _rows(writer, REVIEW_FACTS, account):
        tally.add_reviews(ReviewFacts(*tuple(row)[1:]))
    minutes_since = since.replace(second=0, microsecond=0)
    await write_rollups(writer, {account: tally}, {account: minutes_since}, {account: time_zone(ZONE)})


async def _rows(reader: Reader, statement: Statement, account: UUID) -> AsyncIterator[Record]:
    """Read all rows in order of their id, in chunks."""
    last = _FIRST_ID
    while rows := await reader.fetch(statement, account, last, _CHUNK):
        for row in rows:
            yield row
        last = rows[-1]["id"]


async def check_account(reader: Reader, account: UUID, until: datetime) -> None:
    """Assert that the rollups of an account equal its rows."""
    requests = [AsOf(account, until, time_zone(ZONE), is_now=True)]
    assert await pulse_figures(reader, requests) == await reference_figures(reader, requests)
