"""Time of the list of images at risk among all accounts, against that of orders that await a deadline."""

import time
from collections.abc import Sequence
from statistics import median
from typing import Final

from app.services.api_keys.keys import create_key
from bench.client import Client, serving
from bench.dataset import make_account
from bench.imports import UNTIL
from bench.report import TIMES, Figure
from bench.scratch import Scratch
from db.connections import Statement, open_pool
from db.writer import unit_of_work

_IMAGES: Final = 10_000  # of an account
_LIMIT: Final = 2.0
_WARM_UPS: Final = 3
_PAGE: Final = 20
_AT_RISK: Final = "{ list: atRisk { nodes { id filename status deadline { at late } } } }"
_AWAITING: Final = "{ list: ordersAwaitingDeadline { nodes { id number status deadline { at late } } } }"

# Take the deadlines of images and of their orders, so that staff have to set some.
_AWAIT: Final = (
    Statement(
        "await_images",
        """
        UPDATE images SET due_at = NULL, late_at = NULL
        WHERE account_id = $1 AND service_level = 'ADDITIONAL' AND status = 'QUEUED'
        """,
    ),
    Statement(
        "await_orders",
        """
        UPDATE orders SET due_at = NULL, late_at = NULL, deadline_status = 'TO_BE_CONFIRMED'
        WHERE account_id = $1 AND service_level = 'ADDITIONAL' AND status = 'IN_PRODUCTION' AND delivered_count = 0
        """,
    ),
)


async def measure_at_risk(scratch: Scratch, accounts: int, repetitions: int) -> list[Figure]:
    """Read the first page of both lists in turn, over so many accounts of 10,000 images."""
    token = await _make_staff(scratch, accounts)
    times: dict[str, list[float]] = {_AT_RISK: [], _AWAITING: []}
    async with serving(scratch.url("at_risk"), UNTIL) as app:
        staff = Client(app, token)
        for turn in range(repetitions + _WARM_UPS):
            for document in times if turn % 2 else reversed(times):
                started = time.perf_counter()
                data = await staff.ask(document)
                times[document].append(time.perf_counter() - started)
                assert len(data["list"]["nodes"]) == _PAGE
    return [_figure(f"atRisk, {accounts * _IMAGES:,} images of {accounts} accounts", *times.values())]


async def _make_staff(scratch: Scratch, accounts: int) -> str:
    """Make the accounts, and return a token of staff."""
    pool = await open_pool(await scratch.new_database("at_risk"))
    try:
        for number in range(accounts):
            account = await make_account(pool, f"Studio {number}", _IMAGES, UNTIL)
            async with unit_of_work(pool) as writer:
                for statement in _AWAIT:
                    await writer.execute(statement, account)
                await writer.commit()
        await pool.fetch("VACUUM ANALYZE")
        async with unit_of_work(pool) as writer:
            token = (await create_key(writer, UNTIL, None)).secret
            await writer.commit()
    finally:
        await pool.close()
    return token


def _figure(name: str, much: Sequence[float], little: Sequence[float]) -> Figure:
    took, other = median(much[_WARM_UPS:]), median(little[_WARM_UPS:])
    detail = f"{took * 1000:.2f} ms, ordersAwaitingDeadline {other * 1000:.2f} ms"
    return Figure(name, took / other, _LIMIT, TIMES, detail)
