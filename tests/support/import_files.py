"""Import files in tests: their lines, importing them, and all rows of a database in a comparable form."""

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

from app.domain.sla.terms import PLAN_TERMS
from app.services.imports import Report, Source, check_history, import_history
from db.connections import Pool
from db.tables.base import Table
from tests.support.clock import FrozenClock

Line: TypeAlias = dict[str, Any]

NOW: Final = datetime(2026, 6, 1, tzinfo=UTC)
UPLOADED: Final = "2026-03-03T10:00:00Z"  # a Tuesday, in Copenhagen and in UTC
ACCOUNT: Final[Line] = {
    "type": "account",
    "ref": "acme",
    "name": "ACME",
    "plan": "PROFESSIONAL",
    "timeZone": "Europe/Copenhagen",
}
SPECIFICATION: Final[Line] = {
    "type": "specification",
    "account": "acme",
    "ref": "ghost",
    "name": "Ghost mannequin",
    "pricePerImage": "1.45",
    "currency": "USD",
    "steps": [{"step": "CLIPPING", "seconds": 180}, {"step": "SHADOW", "seconds": 95.5}],
}
START: Final = (ACCOUNT, SPECIFICATION)

_COUNTS: Final = {"rollups", "savings_rollups", "upload_weeks", "activity_days"}
_OF_THE_RUN: Final = {
    *("sequence", "next_event_sequence", "activity_sequence", "rollups_sequence", "last_at", "recorded_at"),
    *("import_run", "import_from"),
}
_COUNTING: Final = {"events": "WHERE withdrawn_by IS NULL AND type <> 'EVENT_WITHDRAWN'"}
_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Listener:
    """Records the problems as messages, the progress, and up to which lines all were imported before."""

    problems: list[str] = field(default_factory=list[str])
    resumptions: list[int] = field(default_factory=list[int])
    progressed: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    in_database: Report = field(default_factory=Report)

    def problem(self, line: int, text: str) -> None:
        self.problems.append(f"{line}: {text}")

    def progress(self, position: int, report: Report) -> None:
        self.progressed.append((position, report.lines))

    def resumed(self, line: int) -> None:
        self.resumptions.append(line)

    def committed(self, report: Report) -> None:
        self.in_database = report


@dataclass
class Outcome:
    report: Report
    problems: list[str]
    progressed: list[tuple[int, int]]
    resumptions: list[int]


def order(ref: str, images: int | list[Line] = 1, at: str = UPLOADED, **more: object) -> Line:
    """Return an order line of images, or of so many that were not delivered."""
    if isinstance(images, int):
        images = [{"filename": f"{ref}-{number}.jpg"} for number in range(1, images + 1)]
    line: Line = {"type": "order", "account": "acme", "ref": ref, "name": f"Order {ref}", "specification": "ghost"}
    return line | {"placedAt": at, "images": images} | more


def change(kind: str, at: str, **more: object) -> Line:
    """Return a line that changes an account or an order."""
    line: Line = {"type": kind, "account": "acme", "at": at}
    return line | more


def text(lines: Iterable[Line | str]) -> bytes:
    """Return the bytes of a file; strings are lines already."""
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines).encode()


def source(data: bytes) -> Source:
    return Source("history.jsonl", cast("io.BufferedReader", io.BufferedReader(io.BytesIO(data))), len(data))


async def run_import(
    pool: Pool,
    lines: Iterable[Line | str] | bytes,
    *,
    check: bool = False,
    now: datetime = NOW,
    chunk_lines: int = 1000,
    listener: Listener | None = None,
) -> Outcome:
    """Import lines."""
    listener = listener or Listener()
    work = check_history if check else import_history
    report = await work(
        pool,
        source(lines if isinstance(lines, bytes) else text(lines)),
        clock=FrozenClock(now),
        plan_terms=PLAN_TERMS,
        listener=listener,
        chunk_lines=chunk_lines,
    )
    return Outcome(report, listener.problems, listener.progressed, listener.resumptions)


async def rows(pool: Pool, query: str, *args: object) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(query, *args)]


async def everything(pool: Pool) -> dict[str, list[str]]:
    """Return all rows by table, sorted, with names instead of random ids.

    Left out is all that depends on batches and runs of jobs: sequence numbers and instants of writing, withdrawn events
    and those that withdrew them, and rollups whose counts are zero again.
    """
    names = await names_of(pool)
    dump: dict[str, list[str]] = {}
    for table in Table.metadata.tables:
        found = [dict(row) for row in await pool.fetch(f"SELECT * FROM {table} {_COUNTING.get(table, '')}")]  # noqa: S608
        kept = [repr(_stable(row)) for row in found if table not in _COUNTS or any(_counts(row))]
        dump[table] = sorted(_UUID.sub(lambda match: names[UUID(match[0])], row) for row in kept)
    return dump


def _stable(row: dict[str, object]) -> dict[str, object]:
    return {column: _by_value(value) for column, value in row.items() if column not in _OF_THE_RUN}


def _by_value(value: object) -> object:
    """Return an amount without trailing zeros, which sums have or not by the order in which they were added."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _counts(row: dict[str, object]) -> list[object]:
    keys = {"account_id", "grain", "bucket", "specification_id", "specification_version", "week", "date", "currency"}
    return [value for column, value in row.items() if column not in keys]


async def names_of(pool: Pool) -> dict[UUID, str]:
    """Return names by id that are the same in each database: of accounts, orders, images and all others with ids."""
    named = await rows(
        pool,
        """
        SELECT id, 'account ' || ref FROM accounts
        UNION ALL SELECT specification_id, 'specification ' || account_id || name FROM specification_versions
        UNION ALL SELECT id, 'order ' || account_id || number FROM orders
        UNION ALL SELECT id, 'image ' || account_id || filename FROM images
        UNION ALL SELECT r.id, concat('rejection ', r.account_id, i.filename, r.at, r.redelivered_at)
          FROM rejections r JOIN images i ON i.account_id = r.account_id AND i.id = r.image_id
        UNION ALL SELECT id, concat('snapshot ', account_id, date) FROM pulse_snapshots
        UNION ALL SELECT id, concat('inquiry ', account_id, created_at) FROM inquiries
        UNION ALL SELECT id, 'step ' || step FROM retouching_steps
        UNION ALL SELECT o.id, concat('operation ', o.account_id, i.filename, o.step, o.at,
            rank() OVER (PARTITION BY o.account_id, o.image_id, o.at ORDER BY o.id))
          FROM operations o JOIN images i ON i.account_id = o.account_id AND i.id = o.image_id
        """,
    )
    accounts = {str(id_): name for id_, name in named if name.startswith("account")}
    return {UUID(str(id_)): _UUID.sub(lambda match: accounts[match[0]], name) for id_, name in named}
