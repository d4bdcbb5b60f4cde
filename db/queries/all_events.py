"""The list of the events of all accounts, by the instant of their recording, newest first.

It has final events only. Events of a run of `loupe import` appear at the instants of their recording once the run has
ended; to follow an account, read its own list, which grows at its newest end.
"""

from dataclasses import dataclass
from typing import Final

from app.domain.events.enums import EventType
from db.connections import Record, Statement
from db.queries.events import EVENT_COLUMNS, GREATEST_SEQUENCE, EventRow, event_row
from db.queries.pages import EARLIEST, GREATEST_UUID, LATEST, LEAST_UUID, WALKED, Key, Page, Slice, Span, page, walk
from db.readers import Reader

ALL_EVENTS_SPAN: Final = Span(
    least=(EARLIEST, LEAST_UUID, 0), greatest=(LATEST, GREATEST_UUID, GREATEST_SEQUENCE), descending=True
)


@dataclass(frozen=True, slots=True)
class AllEventsFilter:
    """A filter of final events: of some types, all or without withdrawn ones and their withdrawals.

    `ended` are the runs that accounts' counters may still name though they have ended.
    """

    types: tuple[EventType, ...]
    withdrawn: bool
    ended: tuple[int, ...]


# The runs that have not ended, by account; {0} are runs that have: account_heads_importing_idx.
_RUNNING: Final = """
    running AS MATERIALIZED (
      SELECT h.account_id, h.import_run FROM account_heads h
      WHERE h.import_run IS NOT NULL AND h.import_run <> ALL({0}::bigint[])
    )"""

# True if an event `{0}` is final.
_IS_FINAL: Final = """
          ({0}.import_run IS NULL OR NOT EXISTS (
            SELECT FROM running r WHERE r.account_id = {0}.account_id AND r.import_run = {0}.import_run))"""

# True if an event `e` is not withdrawn by a final event. The subquery is for a value, so that it is run where it is
# needed; for an EXISTS the planner might read the whole table first.
_HOLDS: Final = f"""
          (e.withdrawn_by IS NULL OR NOT (
            SELECT {_IS_FINAL.format("w")} FROM events w
            WHERE w.account_id = e.account_id AND w.sequence = e.withdrawn_by))"""

_KEY: Final = "coalesce(e.recorded_at, e.at), e.account_id, e.sequence"
_ORDER: Final = "coalesce(e.recorded_at, e.at) {desc}, e.account_id {desc}, e.sequence {desc}"
_MANY: Final = "staff's list of events is of all accounts"

# The events of some types, newest recorded first: events_by_type_idx, from the bound on for each type.
_LISTED: Final = walk(
    "all_events",
    f"""
    WITH {_RUNNING.format("$10")}
    SELECT {EVENT_COLUMNS}
    FROM (
      SELECT e.* FROM unnest($8::text[]) AS wanted (type)
      CROSS JOIN LATERAL (
        SELECT * FROM events e
        WHERE e.type = wanted.type AND ({_KEY}) > ($1, $2, $3) AND ({_KEY}) < ($4, $5, $6)
          AND {_IS_FINAL.format("e")} AND ($9::boolean OR e.type <> 'EVENT_WITHDRAWN' AND {_HOLDS})
        ORDER BY {_ORDER}
        LIMIT {WALKED}
      ) AS e
      ORDER BY {_ORDER}
      LIMIT {WALKED}
    ) AS e
    ORDER BY {_ORDER}
    LIMIT $7
    """,
    many=_MANY,
)

# The number of events of some types, all of which are read. Those that an event which is not final withdraws are added:
# events_of_type_idx finds these, and the primary key the withdrawn ones.
_COUNT: Final = Statement(
    "all_events_count",
    f"""
    WITH {_RUNNING.format("$3")}
    SELECT count(*) + (
      SELECT count(*) FROM running r
      JOIN events w ON w.account_id = r.account_id AND w.type = 'EVENT_WITHDRAWN' AND w.import_run = r.import_run
      JOIN events e ON e.account_id = w.account_id AND e.sequence = (w.data ->> 'event')::bigint
      WHERE NOT $2 AND e.type = ANY($1::text[])
    )
    FROM events e
    WHERE e.type = ANY($1::text[]) AND {_IS_FINAL.format("e")}
      AND ($2::boolean OR e.type <> 'EVENT_WITHDRAWN' AND e.withdrawn_by IS NULL)
    """,
    many=_MANY,
)


async def all_events(reader: Reader, part: Slice, wanted: AllEventsFilter) -> Page[EventRow]:
    """Read a page of the events of all accounts, newest recorded first."""
    lower, upper = ALL_EVENTS_SPAN.within(part)
    which = (part.size + 1, wanted.types, wanted.withdrawn, wanted.ended)
    records = await reader.fetch(_LISTED.towards(part), *lower, *upper, *which)
    return page([*map(_keyed, records)], part)


async def count_all_events(reader: Reader, wanted: AllEventsFilter) -> int:
    """Count the events of all accounts; the cost grows with them."""
    record = await reader.fetch_row(_COUNT, wanted.types, wanted.withdrawn, wanted.ended)
    return 0 if record is None else record[0]


def _keyed(record: Record) -> tuple[Key, EventRow]:
    row = event_row(record)
    return (row.recorded_at, row.account_id, row.sequence), row
