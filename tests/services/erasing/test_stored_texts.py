"""Each stored text is erased, or listed with the reason why not."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from graphql import GraphQLEnumType
from sqlalchemy.dialects.postgresql import JSONB

from api.schema import schema
from app.domain.events.enums import EventType
from app.domain.events.stored import from_json
from app.services.erasing.accounts import erasure_before
from app.services.erasing.erasing import erase_texts
from db.connections import Pool
from db.queries.stored_texts import TEXTS_OF_ACCOUNT
from db.readers import PoolReader
from db.tables.base import Table
from tests.support.clock import FrozenClock
from tests.support.customers import Customer
from tests.support.erasing import texts_of_tables
from tests.support.events.released import OLD_ROWS
from tests.support.one_of_each import live

PRESENT: Final = "it is what the account has now, and is changed or removed by a mutation"
ENUM: Final = "one of the words that the schema lists"
KEY: Final = "the name by which people and programs find it"
STEP: Final = "names the retouching step by which prices, times and operations are counted"
OPERATED: Final = "written by the program; an error may quote a value, and is deleted with the run or the job"
NO_TEXT: Final = "holds no text that a person wrote"
KEPT: Final = {
    "accounts": {
        **dict.fromkeys(("name", "success_manager_name", "success_manager_email"), PRESENT),
        **dict.fromkeys(("contact_name", "contact_email"), PRESENT),
        "ref": f"{KEY}, in files and commands",
        "plan": ENUM,
        "time_zone": "an IANA name",
    },
    "activity_days": {"currency": "a code of ISO 4217"},
    "api_keys": {"prefix": "the start of a random secret"},
    "events": {"type": ENUM},
    "idempotency_keys": {
        "key": "without it the call would be done twice; deleted after a day",
        "operation": "the name of a mutation",
    },
    "images": {
        "status": ENUM,
        "service_level": ENUM,
        "claimed_by": "there is a claim only in production, which is passed over; it ends with the claim",
    },
    "import_lines": {
        "kind": ENUM,
        "ref": f"{KEY}: without it a known file would bring its texts back",
    },
    "inquiries": {"topic": ENUM},
    "job_cursors": {"job": OPERATED, "time_zone": "an IANA name"},
    "job_runs": {
        **dict.fromkeys(("job", "state", "error"), OPERATED),
        "owner": "names a process and its machine",
        "time_zone": "an IANA name",
    },
    "job_turns": {"kind": OPERATED},
    "operations": {"step": STEP, "performed_by": ENUM},
    "orders": {**dict.fromkeys(("service_level", "status", "deadline_status"), ENUM), "currency": "a code of ISO 4217"},
    "paused_jobs": {"job": OPERATED},
    "pulse_snapshots": {"figures": STEP, "streak": NO_TEXT},
    "queued_jobs": {"kind": OPERATED, "key": OPERATED, "payload": NO_TEXT, "error": OPERATED},
    "rejections": {"category": ENUM},
    "retouching_steps": {"step": STEP, "currency": "a code of ISO 4217"},
    "signing_keys": {"purpose": OPERATED},
    "sla_versions": {"plan": ENUM, "plan_terms": NO_TEXT, "other_terms": NO_TEXT},
    "specification_versions": {"currency": "a code of ISO 4217", "steps": STEP},
    "spreads": {"kind": OPERATED, "key": OPERATED, "payload": NO_TEXT},
    "staff_idempotency_keys": {
        "key": "of no account; without it the call would be done twice; deleted after a day",
        "operation": "the name of a mutation",
        "answer": "of no account, ids and instants; deleted after a day",
    },
    "time_zone_periods": {"time_zone": "an IANA name", "changed_by": ENUM},
    "tokens": {"prefix": "the start of a random secret"},
}
"""The texts that are not erased, with the reason. Names of keys and versions of specifications are, once they ended."""

KEPT_IN_JSON: Final = {
    ("events", "after.ref"): f"{KEY}, in files and commands",
    ("events", "steps[]"): STEP,
    ("events", "after.steps[].step"): STEP,
    ("specification_versions", "[].step"): STEP,
    ("pulse_snapshots", "current.steps[].step"): STEP,
    ("events", "before.timeZone"): "an IANA name",
    ("events", "after.timeZone"): "an IANA name",
}
"""Texts within JSON that are not erased, with the reason, but for ids, instants, numbers and words of the schema."""

WORDS: Final = {
    name
    for type_ in schema._schema.type_map.values()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    if isinstance(type_, GraphQLEnumType)
    for name in type_.values
}
"""The words of the schema."""
_NO_TEXT: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an id
    r"|\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z))?"  # a date or an instant
    r"|\d\d:\d\d:\d\d"  # a time
    r"|-?\d+(\.\d+)?"  # a number
    rf"|USD|{'|'.join(sorted(WORDS))}"
)
_OF_ACCOUNTS: Final = {
    *("ACCOUNT_CREATED", "SPECIFICATION_CHANGED", "SLA_NEGOTIATED", "TIME_ZONE_CHANGED", "GUARANTEE_RESET"),
}
_EVENTS: Final = "SELECT type, data, texts FROM events WHERE sequence"
LATER: Final = FrozenClock(datetime(2026, 3, 20, 12, tzinfo=UTC))
TODAY: Final = date(2026, 3, 20)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Yield the strings in a JSON value, each with its path."""
    if isinstance(value, dict):
        for key, each in cast("dict[str, Any]", value).items():
            yield from leaves(each, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for each in cast("Iterable[Any]", value):
            yield from leaves(each, f"{path}[]")
    elif isinstance(value, str):
        yield path, value


async def texts_in_json(pool: Pool) -> set[tuple[str, str]]:
    """Read the tables and paths of all strings in JSON that are no ids, instants, numbers or words of the schema."""
    found: set[tuple[str, str]] = set()
    for table, column in sorted(texts_of_tables()):
        if isinstance(Table.metadata.tables[table].columns[column].type, JSONB):
            for row in await pool.fetch(f"SELECT {column} AS value FROM {table}"):  # noqa: S608 - our names
                found |= {(table, path) for path, text in leaves(row["value"]) if not _NO_TEXT.fullmatch(text)}
    return found


async def erase_all(pool: Pool) -> None:
    """Erase all accounts before today, as if all orders were done and all inquiries answered."""
    await pool.fetch("UPDATE orders SET status = 'COMPLETED' WHERE status = 'IN_PRODUCTION'")
    await pool.fetch("UPDATE inquiries SET answered_at = created_at WHERE answered_at IS NULL")
    for row in await pool.fetch("SELECT id FROM accounts"):
        erasure = await erasure_before(PoolReader(pool), LATER, row["id"], TODAY)
        await erase_texts(pool, LATER, row["id"], erasure)


def test_each_column_of_text_is_erased_or_listed_with_the_reason() -> None:
    erased = {
        (texts.table.split()[0], column)
        for each in TEXTS_OF_ACCOUNT
        for texts in each.texts
        for column in texts.columns
    }
    kept = {(table, column) for table, columns in KEPT.items() for column in columns}
    assert erased & kept == set()
    assert erased | kept == texts_of_tables()


async def test_no_text_is_left_in_json_but_those_listed(database: str, pool: Pool) -> None:
    await live(database)
    before = await texts_in_json(pool)
    assert {("events", "filenames[]"), ("events", "after.name"), ("events", "worker")} < before
    await erase_all(pool)
    assert await texts_in_json(pool) == KEPT_IN_JSON.keys()


async def test_texts_in_the_data_of_events_of_the_previous_release_are_erased_as_well(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    order = (await customer.place(1)).orders[0]
    for number, (type_, data) in enumerate(OLD_ROWS):
        of = None if type_ in _OF_ACCOUNTS else order[1]
        row = (customer.account_id, 1_000 + number, clock.now(), type_, of, data)
        await pool.fetch(
            "INSERT INTO events (account_id, sequence, at, type, order_id, data) VALUES ($1, $2, $3, $4, $5, $6)", *row
        )
    before = await texts_in_json(pool)
    assert {("events", "images[].filename"), ("events", "images[].reason"), ("events", "before.worker")} < before
    await erase_all(pool)
    assert await texts_in_json(pool) - before == set()
    assert before & KEPT_IN_JSON.keys() == await texts_in_json(pool)
    for row, old in zip(await pool.fetch(f"{_EVENTS} >= 1000 ORDER BY sequence"), OLD_ROWS, strict=True):
        read = from_json(EventType(row["type"]), row["data"], row["texts"])
        assert not any(text in repr(read) for text in ("Order o-", ".jpg", "Ada", "halo", "agreed", "ACME", "Ghost"))
        assert (row["type"], row["texts"]) == (old[0], None)
