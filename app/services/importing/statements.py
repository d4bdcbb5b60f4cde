"""The statements of an import that change what is in the database already; all else it writes by COPY."""

from collections.abc import Sequence
from typing import Final

from app.services.importing.rows import Row
from db.connections import Statement, Writer

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

# Let accounts and all that began with them begin at another instant than before; primary keys find it by account.
BEGIN_EARLIER: Final = (
    # The accounts themselves.
    Statement(
        "begin_accounts_earlier",
        """
        UPDATE accounts SET created_at = b.at
          FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::date[])
            AS b (account_id, before, at, time_zone, effective_date)
         WHERE accounts.id = b.account_id
        """,
    ),
    # Their first zones, which may be others now.
    Statement(
        "begin_time_zones_earlier",
        """
        UPDATE time_zone_periods SET starts_at = b.at, time_zone = b.time_zone
          FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::date[])
            AS b (account_id, before, at, time_zone, effective_date)
         WHERE time_zone_periods.account_id = b.account_id AND time_zone_periods.starts_at = b.before
        """,
    ),
    # Their first terms, which count from their first ledger days on.
    Statement(
        "begin_terms_earlier",
        """
        UPDATE sla_versions SET negotiated_at = b.at, effective_date = b.effective_date
          FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::date[])
            AS b (account_id, before, at, time_zone, effective_date)
         WHERE sla_versions.account_id = b.account_id AND sla_versions.version = 1
        """,
    ),
    # The specifications that were told with them.
    Statement(
        "begin_specifications_earlier",
        """
        UPDATE specifications SET created_at = b.at
          FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::date[])
            AS b (account_id, before, at, time_zone, effective_date)
         WHERE specifications.account_id = b.account_id AND specifications.created_at = b.before
        """,
    ),
    # The versions of these.
    Statement(
        "begin_specification_versions_earlier",
        """
        UPDATE specification_versions SET created_at = b.at
          FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::date[])
            AS b (account_id, before, at, time_zone, effective_date)
         WHERE specification_versions.account_id = b.account_id AND specification_versions.created_at = b.before
        """,
    ),
    # The events that tell of all this.
    Statement(
        "begin_events_earlier",
        """
        UPDATE events SET at = b.at
          FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::date[])
            AS b (account_id, before, at, time_zone, effective_date)
         WHERE events.account_id = b.account_id AND events.at = b.before
           AND events.type IN ('ACCOUNT_CREATED', 'SPECIFICATION_CHANGED')
        """,
    ),
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


async def execute(writer: Writer, statement: Statement, rows: Sequence[Row], *more: object) -> None:
    """Run a statement on rows, each of whose parts is a parameter; nothing without any."""
    if rows:
        await writer.execute(statement, *zip(*rows, strict=True), *more)
