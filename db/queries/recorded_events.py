"""The list of the events of all accounts, by the instant of their recording, newest first.

It has final events only. Those of a run of `loupe import` are inserted where they were recorded once the run has ended;
whoever follows an account reads the account's own list, which grows at its newest end.
"""

from dataclasses import dataclass
from typing import Final

from app.domain.events.enums import EventType
from db.connections import Record, Statement
from db.queries.events import EVENT_COLUMNS, GREATEST_SEQUENCE, EventRow, event_row
from db.queries.pages import EARLIEST, GREATEST_UUID, LATEST, LEAST_UUID, WALKED, Key, Page, Slice, Span, page, walk
from db.readers import Reader

RECORDED_EVENT_SPAN: Final = Span(
    least=(EARLIEST, LEAST_UUID, 0), greatest=(LATEST, GREATEST_UUID, GREATEST_SEQUENCE), descending=True
)


@dataclass(frozen=True, slots=True)
class RecordedEventsWanted:
    """A filter of final events: of some types, all or without withdrawn ones and their withdrawals.

    `ended` are the runs that accounts' counters may still name though they have ended.
    """

    types: tuple[EventType, ...]
    withdrawn: bool
    ended: tuple[int, ...]


# True if an event `{0}` is final; {1} are the runs that have ended. The primary key finds the counters.
_IS_FINAL: Final = """
({0}.import_run IS NULL OR {0}.import_run = ANY({1}::bigint[]) OR NOT EXISTS (
            SELECT FROM account_heads h WHERE h.account_id = {0}.account_id AND h.import_run = {0}.import_run))"""

# True if an event `e` matches: {0} includes withdrawn ones, {1} as above. A withdrawal counts once it is final itself.
_IS_WANTED: Final = f"""{_IS_FINAL.format("e", "{1}")}
          AND ({{0}} OR e.type <> 'EVENT_WITHDRAWN' AND (e.withdrawn_by IS NULL OR EXISTS (
            SELECT FROM events w
            WHERE w.account_id = e.account_id AND w.sequence = e.withdrawn_by
              AND NOT {_IS_FINAL.format("w", "{1}")})))"""

_KEY: Final = "coalesce(e.recorded_at, e.at), e.account_id, e.sequence"
_ORDER: Final = "coalesce(e.recorded_at, e.at) {desc}, e.account_id {desc}, e.sequence {desc}"
_MANY: Final = "staff's list of events is of all accounts"

# The events of some types, newest recorded first: events_by_type_idx, from the bound on for each type.
_LISTED: Final = walk(
    "recorded_events",
    f"""
    SELECT {EVENT_COLUMNS}
    FROM (
      SELECT e.* FROM unnest($8::text[]) AS wanted (type)
      CROSS JOIN LATERAL (
        SELECT * FROM events e
        WHERE e.type = wanted.type AND ({_KEY}) > ($1, $2, $3) AND ({_KEY}) < ($4, $5, $6)
          AND {_IS_WANTED.format("$9::boolean", "$10")}
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

# The number of events of some types: all of them.
_COUNT: Final = Statement(
    "recorded_events_count",
    f"SELECT count(*) FROM events e WHERE e.type = ANY($1::text[]) AND {_IS_WANTED.format('$2::boolean', '$3')}",
    many=_MANY,
)


async def recorded_events(reader: Reader, part: Slice, wanted: RecordedEventsWanted) -> Page[EventRow]:
    """Read a page of the events of all accounts, newest recorded first."""
    lower, upper = RECORDED_EVENT_SPAN.within(part)
    which = (part.size + 1, wanted.types, wanted.withdrawn, wanted.ended)
    records = await reader.fetch(_LISTED.towards(part), *lower, *upper, *which)
    return page([*map(_keyed, records)], part)


async def count_recorded_events(reader: Reader, wanted: RecordedEventsWanted) -> int:
    """Count the events of all accounts; the cost grows with them."""
    record = await reader.fetch_row(_COUNT, wanted.types, wanted.withdrawn, wanted.ended)
    return 0 if record is None else record[0]


def _keyed(record: Record) -> tuple[Key, EventRow]:
    row = event_row(record)
    return (row.recorded_at, row.account_id, row.sequence), row
