"""The statements of an import that change what is in the database already; all else it writes by COPY."""

from typing import Final

from db.connections import Statement

# Changes what can change of orders; the primary key finds them.
CHANGE_ORDERS: Final = Statement(
    "change_imported_orders",
    """
    UPDATE orders SET
      service_level = c.service_level, status = c.status, deadline_status = c.deadline_status, due_at = c.due_at,
      late_at = c.late_at, sla_version = c.sla_version, first_position = c.first_position,
      last_position = c.last_position, expedited_at = c.expedited_at,
      first_expedite_position = c.first_expedite_position, last_expedite_position = c.last_expedite_position,
      confirmed_at = c.confirmed_at, image_count = c.image_count, delivered_count = c.delivered_count,
      rejected_count = c.rejected_count, price = c.price, delivered_at = c.delivered_at, cancelled_at = c.cancelled_at
    FROM unnest(
      $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::int[],
      $9::int[], $10::int[], $11::timestamptz[], $12::int[], $13::int[], $14::timestamptz[], $15::int[], $16::int[],
      $17::int[], $18::numeric[], $19::timestamptz[], $20::timestamptz[]) AS c (
      account_id, id, service_level, status, deadline_status, due_at, late_at, sla_version, first_position,
      last_position, expedited_at, first_expedite_position, last_expedite_position, confirmed_at, image_count,
      delivered_count, rejected_count, price, delivered_at, cancelled_at)
    WHERE orders.account_id = c.account_id AND orders.id = c.id
    """,
)

# Changes what can change of images; the primary key finds them.
CHANGE_IMAGES: Final = Statement(
    "change_imported_images",
    """
    UPDATE images SET
      order_id = c.order_id, status = c.status, service_level = c.service_level,
      expedite_position = c.expedite_position, price = c.price, due_at = c.due_at, late_at = c.late_at,
      redo_due_at = c.redo_due_at, cancelled_at = c.cancelled_at
    FROM unnest(
      $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::numeric[], $8::timestamptz[],
      $9::timestamptz[], $10::timestamptz[], $11::timestamptz[]) AS c (
      account_id, id, order_id, status, service_level, expedite_position, price, due_at, late_at, redo_due_at,
      cancelled_at)
    WHERE images.account_id = c.account_id AND images.id = c.id
    """,
)

# Changes what was promised of rejections; the primary key finds them.
CHANGE_REJECTIONS: Final = Statement(
    "change_imported_rejections",
    """
    UPDATE rejections SET due_at = c.due_at, late_at = c.late_at, sla_version = c.sla_version
    FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::int[])
      AS c (account_id, id, due_at, late_at, sla_version)
    WHERE rejections.account_id = c.account_id AND rejections.id = c.id
    """,
)

# Forgets what was told to have happened to images of orders after an instant, which is told anew; events_of_order_idx
# finds it.
FORGET_EVENTS: Final = Statement(
    "forget_imported_events",
    """
    DELETE FROM events USING unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS f (account_id, order_id, at)
     WHERE events.account_id = f.account_id AND events.order_id = f.order_id AND events.at > f.at
       AND events.type = ANY($4::text[])
    """,
)

# Moves accounts to the zones they have now; the primary key finds them.
CHANGE_TIME_ZONES: Final = Statement(
    "change_time_zones",
    """
    UPDATE accounts SET time_zone = c.time_zone FROM unnest($1::uuid[], $2::text[]) AS c (id, time_zone)
     WHERE accounts.id = c.id
    """,
)

# Writes what is used of ledger days; the primary key finds those that are there.
WRITE_LEDGER_DAYS: Final = Statement(
    "write_ledger_days",
    """
    INSERT INTO ledger_days (
      account_id, date, opens_at, closes_at, sla_version, capacity, used, expedite_capacity, expedite_used)
    SELECT * FROM unnest(
      $1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[], $7::int[], $8::int[],
      $9::int[])
    ON CONFLICT (account_id, date) DO UPDATE SET
      closes_at = excluded.closes_at, used = excluded.used, expedite_used = excluded.expedite_used
    """,
)
