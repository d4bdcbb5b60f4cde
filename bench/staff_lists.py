"""Time of staff's lists over all accounts, compared with the list of orders that await a deadline."""

import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Final

from app.services.api_keys.keys import create_key
from bench.client import Client, serving
from bench.dataset import make_account
from bench.imports import UNTIL
from bench.report import TIMES, Figure
from bench.scratch import Scratch
from db.connections import Statement
from db.pools import open_pool
from db.writer import unit_of_work

_IMAGES: Final = 10_000  # of an account
_APART: Final = timedelta(seconds=7)  # so that no two orders have the same instant and id
_LIMIT: Final = 2.0
_WARM_UPS: Final = 3
_PAGE: Final = 20
_ORDER: Final = "nodes { id number status deadline { at late } }"
_AWAITING: Final = f"{{ list: ordersAwaitingDeadline {{ {_ORDER} }} }}"
_LISTS: Final = {"atRisk": "{ list: atRisk { nodes { id filename status deadline { at late } } } }"} | {
    f"orders {chosen}": f"{{ list: orders(filter: {{ {chosen} }}) {{ {_ORDER} }} }}"
    for chosen in (
        "",
        "status: IN_PRODUCTION",
        "late: true",
        "late: true status: IN_PRODUCTION",
        "serviceLevel: EXPEDITED",
        'placedFrom: "2026-02-01T00:00:00Z" placedBefore: "2026-02-02T00:00:00Z"',
        "number: 100",
        'externalReference: "PO-100"',
    )
}

# Remove the deadlines of some orders and their images, which then await staff, and give every order a reference.
_PREPARE: Final = (
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
    Statement("name_orders", "UPDATE orders SET external_reference = 'PO-' || number WHERE account_id = $1"),
)


async def measure_staff_lists(scratch: Scratch, accounts: int, repetitions: int) -> list[Figure]:
    """Read the first page of each list in turn, over so many accounts of 10,000 images."""
    token = await _make_staff(scratch, accounts)
    documents = (_AWAITING, *_LISTS.values())
    times: dict[str, list[float]] = {document: [] for document in documents}
    async with serving(scratch.url("staff_lists"), UNTIL) as app:
        staff = Client(app, token)
        for turn in range(repetitions + _WARM_UPS):
            for document in documents if turn % 2 else reversed(documents):
                started = time.perf_counter()
                data = await staff.ask(document)
                times[document].append(time.perf_counter() - started)
                assert len(data["list"]["nodes"]) == _PAGE
    print(f"Staff's lists are of {accounts * _IMAGES:,} images of {accounts} accounts.")
    return [_figure(name, times[document], times[_AWAITING]) for name, document in _LISTS.items()]


async def _make_staff(scratch: Scratch, accounts: int) -> str:
    """Make the accounts, and return a token of staff."""
    pool = await open_pool(await scratch.new_database("staff_lists"))
    try:
        for number in range(accounts):
            account = await make_account(pool, f"Studio {number}", _IMAGES, UNTIL - number * _APART)
            async with unit_of_work(pool) as writer:
                for statement in _PREPARE:
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
