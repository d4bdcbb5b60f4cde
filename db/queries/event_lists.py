"""Lists of the events of an account, in the order of its sequence, which is the order of commits.

Whoever follows a list by a cursor misses nothing only if it grows at its newest end alone. Events of a run of `loupe
import` get their numbers before they are final: so a list ends before the first event of a run that has not ended; once
it has, the list continues with that event and all later ones, of live commands too.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from db.connections import Record, Statement
from db.queries.events import EVENT_COLUMNS, GREATEST_SEQUENCE, EventFilter, EventRow, event_row
from db.queries.pages import WALKED, Key, Page, Slice, Span, Walk, page, walk
from db.readers import Reader

ACCOUNT_EVENT_SPAN: Final = Span(least=(0,), greatest=(GREATEST_SEQUENCE,), descending=True)

# The end of the list of account $1: the first event of its run, unless that is the ended one {0}. The primary keys find
# it, at or just after `import_from`; a release that did not record that has the account's events read from the first.
_FINAL_BEFORE: Final = f"""
      SELECT coalesce(CASE WHEN h.import_run IS NOT NULL AND h.import_run IS DISTINCT FROM {{0}} THEN (
        SELECT r.sequence FROM events r
        WHERE r.account_id = $1 AND r.sequence >= coalesce(h.import_from, 0) AND r.import_run = h.import_run
        ORDER BY r.sequence LIMIT 1
      ) END, {GREATEST_SEQUENCE}) AS sequence
      FROM account_heads h WHERE h.account_id = $1"""

# True if an event `e` is in the list, which ends before `final`; {0} includes withdrawn ones. A withdrawal counts once
# it is in the list itself.
_IS_WANTED: Final = """
          e.account_id = $1 AND e.sequence < final.sequence
          AND ({0} OR e.type <> 'EVENT_WITHDRAWN' AND (e.withdrawn_by IS NULL OR e.withdrawn_by >= final.sequence))"""

_WITHIN: Final = f"""
        SELECT * FROM events e
        WHERE e.sequence > $2 AND e.sequence < $3 AND {_IS_WANTED.format("$5::boolean")}
          AND {{0}}
        ORDER BY e.sequence {{{{desc}}}}
        LIMIT {WALKED}"""


def _walk(name: str, events: str) -> Walk:
    return walk(
        name,
        f"""
    SELECT {EVENT_COLUMNS}
    FROM ({_FINAL_BEFORE.format("$6::bigint")}) AS final
    CROSS JOIN LATERAL (SELECT * FROM ({events}) AS e LIMIT $4) AS e
    ORDER BY e.sequence {{desc}}
    """,
    )


# The events of an account, newest first: the primary key, from the bound on.
_OF_ACCOUNT: Final = _walk("events_of_account", _WITHIN.format("true"))

# The events of some types: events_of_type_idx, from the bound on for each type, however rare it is.
_OF_TYPES: Final = _walk(
    "events_of_account_by_type",
    f"""
      SELECT e.* FROM unnest($7::text[]) AS wanted (type)
      CROSS JOIN LATERAL ({_WITHIN.format("e.type = wanted.type")}) AS e
      ORDER BY e.sequence {{desc}}
      LIMIT {WALKED}""",
)

# The number of events of an account: the primary key, all of them.
_COUNT: Final = Statement(
    "events_of_account_count",
    f"""
    SELECT count(*) FROM ({_FINAL_BEFORE.format("$3::bigint")}) AS final JOIN events e
      ON {_IS_WANTED.format("$2::boolean")}
    """,
)

# The number of events of some types: events_of_type_idx, all of them.
_COUNT_OF_TYPES: Final = Statement(
    "events_of_account_by_type_count",
    f"""
    SELECT count(*) FROM ({_FINAL_BEFORE.format("$3::bigint")}) AS final JOIN events e
      ON {_IS_WANTED.format("$2::boolean")} AND e.type = ANY($4::text[])
    """,
)


async def events_of_accounts(
    reader: Reader, accounts: Sequence[UUID], part: Slice, wanted: EventFilter
) -> dict[UUID, Page[EventRow]]:
    """Read a page of the events of each account, newest first."""
    (lower,), (upper,) = ACCOUNT_EVENT_SPAN.within(part)
    which = (lower, upper, part.size + 1, wanted.withdrawn, wanted.ended)
    statement, types = (_OF_ACCOUNT, ()) if wanted.types is None else (_OF_TYPES, (wanted.types,))
    found: dict[UUID, Page[EventRow]] = {}
    for account_id in accounts:
        records = await reader.fetch(statement.towards(part), account_id, *which, *types)
        found[account_id] = page([*map(_keyed, records)], part)
    return found


async def count_events_of_accounts(reader: Reader, accounts: Sequence[UUID], wanted: EventFilter) -> dict[UUID, int]:
    """Count the events of each account; the cost grows with them."""
    statement, types = (_COUNT, ()) if wanted.types is None else (_COUNT_OF_TYPES, (wanted.types,))
    found: dict[UUID, int] = {}
    for account_id in accounts:
        record = await reader.fetch_row(statement, account_id, wanted.withdrawn, wanted.ended, *types)
        found[account_id] = 0 if record is None else record[0]
    return found


def _keyed(record: Record) -> tuple[Key, EventRow]:
    row = event_row(record)
    return (row.sequence,), row
