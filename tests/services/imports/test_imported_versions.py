"""Imported orders have the version of their specification that was in force when they were placed."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

import pytest

from app.domain.specifications import SpecificationChange
from app.services.imports import AccountMoved, destination
from app.services.specifications import update_specification
from db.connections import Pool
from tests.support.catalogue import write_catalogue
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.import_files import START, order, rows, run_import
from tests.support.interrupted_imports import (
    EVENING,
    MORNING,
    NOON,
    Interruption,
    archive,
    begun,
    ghost_of,
    reprice,
    tonight,
)
from tests.support.transactions import in_transaction

ORDERS: Final = "SELECT specification_version, price, currency FROM orders ORDER BY number"
VERSIONS: Final = """
    SELECT version, price_per_image, created_at FROM specification_versions WHERE name = 'Ghost mannequin' ORDER BY 1"""


async def end_negotiation(pool: Pool, account_id: UUID) -> None:
    """Let the specification of the file follow the catalogue from the evening on, in its second version."""
    ended = SpecificationChange(price=None, milliseconds={})
    key = await ghost_of(pool, account_id)
    await in_transaction(pool, partial(update_specification, clock=FrozenClock(EVENING), key=key, change=ended))


async def test_an_imported_order_has_the_version_that_was_in_force_when_it_was_placed(pool: Pool) -> None:
    account_id = await begun(pool)
    await end_negotiation(pool, account_id)
    for hour, price in ((0, "0.60"), (3, "0.70"), (6, "0.80")):
        await reprice(pool, FrozenClock(NOON + timedelta(hours=hour)), account_id, price)
    versions = await rows(pool, VERSIONS)
    prices = [Decimal(price) for price in ("1.45", "1.45", "1.55", "1.65", "1.75")]
    assert [row[:2] for row in versions] == list(enumerate(prices, 1))
    instants = [
        starts_at + after for *_, starts_at in versions[2:] for after in (-MICROSECOND, timedelta(), timedelta(hours=1))
    ]
    lines = [order("before", at=MORNING), *(order(str(at), at=at.isoformat()) for at in instants)]
    assert (await tonight(pool, *lines, chunk_lines=2)).problems == []
    expected = [1, 2, *(number for version in (3, 4, 5) for number in (version - 1, version, version))]
    assert await rows(pool, ORDERS) == [(version, prices[version - 1], "USD") for version in expected]


async def test_a_version_that_began_before_an_import_but_came_amid_it_makes_it_to_be_repeated(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines were read without it, though some of them are later."""
    account_id = await begun(pool)
    await end_negotiation(pool, account_id)
    lines = [order("o-2", at=MORNING), order("o-3", at="2026-03-04T14:00:00Z")]
    interruption = Interruption(partial(reprice, pool, FrozenClock(NOON), account_id), 0)
    monkeypatch.setattr(destination, "write", interruption)
    with pytest.raises(AccountMoved):
        await tonight(pool, *lines)
    monkeypatch.undo()
    assert (await tonight(pool, *lines)).problems == []
    assert [(version, price) for version, price, _ in await rows(pool, ORDERS)] == [
        (1, Decimal("1.45")),
        (2, Decimal("1.45")),
        (3, Decimal("1.55")),
    ]


async def test_an_account_that_is_opened_earlier_orders_by_the_first_version(pool: Pool) -> None:
    """Its negotiation ended before its first order was known."""
    await write_catalogue(pool)
    assert (await run_import(pool, START, now=EVENING - timedelta(hours=1))).problems == []
    [row] = await pool.fetch("SELECT id FROM accounts")
    await end_negotiation(pool, row["id"])
    await reprice(pool, FrozenClock(NOON), row["id"])
    lines = [order("o-1"), order("o-2", at="2026-03-03T21:00:00Z"), order("o-3", at="2026-03-04T13:00:00Z")]
    assert (await tonight(pool, *lines)).problems == []
    assert [version for version, *_ in await rows(pool, ORDERS)] == [1, 2, 3]


async def test_from_its_archiving_on_nothing_is_ordered_by_a_specification(pool: Pool) -> None:
    account_id = await begun(pool)
    await archive(pool, FrozenClock(NOON), account_id)
    lines = [order("o-2", at=(NOON - MICROSECOND).isoformat()), order("o-3", at=NOON.isoformat())]
    outcome = await tonight(pool, *lines)
    assert outcome.problems == ["2: specification: was archived at 2026-03-04T12:00:00Z"]
    assert len(await rows(pool, ORDERS)) == 2
