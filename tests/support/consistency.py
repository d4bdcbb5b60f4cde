"""The checks that hold for every account whatever happened to it: counters, ledger, plans, events, rollups agree."""

from datetime import date, datetime, timedelta
from uuid import UUID

from app.domain.activity.buckets import buckets
from app.domain.activity.enums import Grain
from app.domain.activity.figures import ActivityFigures
from app.domain.local_time import time_zone
from app.domain.pulse.as_of import AsOf
from db.connections import Statement
from db.queries.accounts import account_histories
from db.queries.activity import ActivitySource, read_activity
from db.queries.activity_reference import reference_activity
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import Reader
from tests.support.customers import ZONE, Customer, orders
from tests.support.events.replay import assert_events_explain_rows
from tests.support.studio import HOUR

_COUNTERS = Statement("counters", "SELECT * FROM account_heads WHERE account_id = $1")
_COUNTS = Statement(
    "counts",
    """
    SELECT i.order_id, count(*) FILTER (WHERE c.counts) AS images,
      count(*) FILTER (WHERE i.status = 'DELIVERED') AS delivered,
      count(*) FILTER (WHERE i.status = 'REJECTED') AS rejected, sum(i.price) FILTER (WHERE c.counts) AS price,
      min(i.late_at) AS late_at, count(*) FILTER (WHERE NOT c.counts) AS cancelled
    FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
    CROSS JOIN LATERAL (SELECT i.cancelled_at IS NOT DISTINCT FROM o.cancelled_at AS counts) c
    WHERE i.account_id = $1 GROUP BY i.order_id
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
          AND i.expedite_position IS NOT NULL
          AND (i.cancelled_at IS NULL OR i.cancelled_at >= d.closes_at)) AS expedite_used
    FROM ledger_days d WHERE d.account_id = $1 ORDER BY d.date
    """,
)
_PLANS = Statement(
    "plans", "SELECT version, plan_starts_at FROM sla_versions WHERE account_id = $1 AND plan IS NOT NULL"
)
_SEQUENCES = Statement("sequences", "SELECT sequence, at, type FROM events WHERE account_id = $1 ORDER BY sequence")


async def assert_consistent(reader: Reader, customer: Customer) -> None:
    """Assert that numbers, counters, ledger, events and rollups agree with the images."""
    account_id = customer.account_id
    counters = await reader.fetch_row(_COUNTERS, account_id)
    rows = await orders(reader, customer)
    assert counters is not None
    assert [row["number"] for row in rows] == list(range(1, counters["next_order_number"]))
    events = await reader.fetch(_SEQUENCES, account_id)
    assert [event["sequence"] for event in events] == list(range(1, counters["next_event_sequence"]))
    counts = {row["order_id"]: tuple(row)[1:] for row in await reader.fetch(_COUNTS, account_id)}
    columns = ("image_count", "delivered_count", "rejected_count", "price", "late_at", "cancelled_count")
    assert counts == {row["id"]: tuple(row[column] for column in columns) for row in rows}
    days = {row["date"]: (row["used"], row["expedite_used"]) for row in await reader.fetch(_DAYS, account_id)}
    assert days == {row["date"]: (row["used"], row["expedite_used"]) for row in await reader.fetch(_USED, account_id)}
    for after in (timedelta(), timedelta(microseconds=1), 30 * HOUR):
        requests = [AsOf(account_id, counters["last_at"] + after, time_zone(ZONE), is_now=bool(after))]
        assert await pulse_figures(reader, requests) == await reference_figures(reader, requests)
    await assert_activity_equals_rows(reader, account_id, counters["last_at"] + timedelta(microseconds=1))
    history = (await account_histories(reader, [account_id]))[account_id]
    assert {row[0]: row[1] for row in await reader.fetch(_PLANS, account_id)} == history.plan_starts
    await assert_events_explain_rows(customer.pool)


async def assert_activity_equals_rows(reader: Reader, account_id: UUID, at: datetime) -> None:
    """Assert that the activity of all ledger days as of a settled instant equals that by plain SQL over the rows."""
    history = (await account_histories(reader, [account_id]))[account_id]
    of = ActivitySource(account_id, history.zones, history.activity_until, at)
    days = buckets(date.min, date.max, Grain.DAY, at, history.zones)
    found = await read_activity(reader, of, days, Grain.DAY)
    counted = {day: figures for day, figures in found.items() if figures != ActivityFigures()}
    assert counted == await reference_activity(reader, of)
