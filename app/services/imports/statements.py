"""The statements of an import that change what is in the database already; all else it writes by COPY."""

from typing import Final

from db.connections import Statement

# Lets ledger days close at other instants, those that have a row; the primary key finds them.
EXTEND_LEDGER_DAYS: Final = Statement(
    "extend_ledger_days",
    """
    UPDATE ledger_days SET closes_at = e.closes_at
      FROM unnest($1::uuid[], $2::date[], $3::timestamptz[]) AS e (account_id, date, closes_at)
     WHERE ledger_days.account_id = e.account_id AND ledger_days.date = e.date
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
)
