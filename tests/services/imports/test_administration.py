"""Imports around changes of specifications, of the catalogue and of an account's administration.

These hold no line of the past back, and end no import that is running.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

import pytest

from app.domain.catalogue import Price, StepChange
from app.domain.contacts import Contact
from app.domain.sla.enums import Plan
from app.domain.sla.plans import NewPlan
from app.domain.sla.terms import PLAN_TERMS
from app.domain.specifications import SpecificationChange
from app.services.accounts.closing import close_account, reopen_account
from app.services.accounts.plans import change_plan
from app.services.accounts.profile import rename_account, set_success_manager
from app.services.catalogue import set_retouching_step
from app.services.imports import AccountMoved, destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from app.services.repricing import follow_catalogue
from app.services.specifications import archive_specification, update_specification
from db.connections import Pool, open_pool
from db.writer import Writer
from tests.support.catalogue import write_catalogue
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import add_specification
from tests.support.database import empty_database
from tests.support.import_files import START, Line, Outcome, change, everything, order, rows, run_import
from tests.support.transactions import in_transaction

Act: TypeAlias = Callable[[Pool, FrozenClock, UUID], Awaitable[None]]

EVENING: Final = datetime(2026, 3, 3, 20, tzinfo=UTC)
NOON: Final = datetime(2026, 3, 4, 12, tzinfo=UTC)
NIGHT: Final = datetime(2026, 3, 4, 23, tzinfo=UTC)
MORNING: Final = "2026-03-04T09:00:00Z"
TODAY: Final = (
    order("o-2", 3, "2026-03-04T08:00:00Z"),
    change("expedite", MORNING, order="o-2", filenames=["o-2-1.jpg"]),
    order("o-3", [{"filename": "a.jpg", "deliveredAt": "2026-03-04T16:00:00Z"}], "2026-03-04T10:00:00Z"),
    change("cancellation", "2026-03-04T11:00:00Z", order="o-2", filenames=["o-2-3.jpg"]),
)
"""The lines of a day, none after noon."""
BOTH: Final = SpecificationChange("Both", ("CLIPPING", "SHADOW"), by_client=True)
ORDERS: Final = "SELECT specification_version, price, currency FROM orders ORDER BY number"
VERSIONS: Final = """
    SELECT version, price_per_image, created_at FROM specification_versions WHERE name = 'Ghost mannequin' ORDER BY 1"""
_OF_ACTS: Final = ("accounts", "retouching_steps", "specifications", "specification_versions", "spreads", "job_turns")
_EVENTS_OF_ACTS: Final = ("ACCOUNT_RENAMED", "SUCCESS_MANAGER_CHANGED", "ACCOUNT_CLOSED", "SPECIFICATION_CHANGED")


async def reprice(pool: Pool, clock: FrozenClock, account_id: UUID, price: str = "0.60") -> None:
    """Set the price of a step, and spread it to an account as the job does."""
    dearer = StepChange("SHADOW", price=Price(Decimal(price), "USD"))
    await in_transaction(pool, partial(set_retouching_step, clock=clock, change=dearer, currency="USD"))
    await in_transaction(pool, partial(follow_catalogue, clock=clock, account_id=account_id))


async def specify(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await add_specification(pool, clock, account_id, BOTH)


async def change_price(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    """Negotiate another price of the specification of the file."""
    key = await ghost_of(pool, account_id)
    dearer = SpecificationChange(price=Price(Decimal(3), "EUR"))
    await in_transaction(pool, partial(update_specification, clock=clock, key=key, change=dearer))


async def archive(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    key = await ghost_of(pool, account_id)
    await in_transaction(pool, partial(archive_specification, clock=clock, key=key))


async def rename(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(rename_account, clock=clock, account_id=account_id, name="ACME Studios"))


async def set_manager(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    manager = Contact("Grace Hopper", None)
    await in_transaction(pool, partial(set_success_manager, clock=clock, account_id=account_id, manager=manager))


async def close(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(close_account, clock=clock, account_id=account_id))


async def close_and_reopen(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await close(pool, clock, account_id)
    await in_transaction(pool, partial(reopen_account, clock=clock, account_id=account_id))


async def go_solo(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    new = NewPlan(Plan.SOLO, PLAN_TERMS[Plan.SOLO], date(2026, 4, 1))
    await in_transaction(pool, partial(change_plan, clock=clock, account_id=account_id, new=new))


ASIDE: Final[Mapping[str, Act]] = {
    "catalogue": reprice,
    "new": specify,
    "changed": change_price,
    "archived": archive,
    "name": rename,
    "manager": set_manager,
    "closing": close,
}
BARRING: Final[Mapping[str, Act]] = {"reopening": close_and_reopen, "plan": go_solo}


@dataclass
class Interruption:
    """Acts just before a run writes its batch of a number, from 0; batches before it are committed."""

    act: Callable[[], Awaitable[None]]
    batch: int
    written: int = 0

    async def __call__(self, writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        if self.written == self.batch:
            await self.act()
        self.written += 1
        await write(writer, prepared, run)


async def begun(pool: Pool) -> UUID:
    """Import an account with an order yesterday, and give it a specification that follows the catalogue."""
    await write_catalogue(pool)
    assert (await run_import(pool, [*START, order("o-1")], now=EVENING)).problems == []
    [row] = await pool.fetch("SELECT id FROM accounts")
    account_id: UUID = row["id"]
    await add_specification(pool, FrozenClock(EVENING), account_id, BOTH)
    return account_id


async def ghost_of(pool: Pool, account_id: UUID) -> tuple[UUID, UUID]:
    """Return the key of the specification of the file."""
    [row] = await pool.fetch("SELECT specification_id FROM specification_versions WHERE name = 'Ghost mannequin'")
    return account_id, row["specification_id"]


async def end_negotiation(pool: Pool, account_id: UUID) -> None:
    """Let the specification of the file follow the catalogue from the evening on, in its second version."""
    ended = SpecificationChange(price=None, milliseconds={})
    key = await ghost_of(pool, account_id)
    await in_transaction(pool, partial(update_specification, clock=FrozenClock(EVENING), key=key, change=ended))


async def tonight(pool: Pool, *lines: Line, chunk_lines: int = 1000) -> Outcome:
    return await run_import(pool, lines, now=NIGHT, chunk_lines=chunk_lines)


async def comparable(pool: Pool) -> dict[str, list[str]]:
    """Return all rows but those of the acts."""
    found = await everything(pool)
    found["events"] = [each for each in found["events"] if not any(mark in each for mark in _EVENTS_OF_ACTS)]
    return {table: kept for table, kept in found.items() if table not in _OF_ACTS}


async def undisturbed(server: str, *more: Line) -> dict[str, list[str]]:
    """Return the rows of the import of a day without any act."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        await begun(pool)
        assert (await tonight(pool, *TODAY, *more)).problems == []
        found = await comparable(pool)
        await pool.close()
    return found


@pytest.mark.parametrize("act", ASIDE.values(), ids=ASIDE)
async def test_an_import_of_the_morning_equals_one_without_an_act_at_noon(server: str, pool: Pool, act: Act) -> None:
    account_id = await begun(pool)
    before = await everything(pool)
    await act(pool, FrozenClock(NOON), account_id)
    assert await everything(pool) != before
    assert (await tonight(pool, *TODAY)).problems == []
    assert await comparable(pool) == await undisturbed(server)


@pytest.mark.parametrize("batch", range(4))
@pytest.mark.parametrize("act", ASIDE.values(), ids=ASIDE)
async def test_an_act_amid_an_import_changes_nothing_of_it(
    server: str, pool: Pool, monkeypatch: pytest.MonkeyPatch, act: Act, batch: int
) -> None:
    account_id = await begun(pool)
    interruption = Interruption(partial(act, pool, FrozenClock(NIGHT + MICROSECOND), account_id), batch)
    monkeypatch.setattr(destination, "write", interruption)
    assert (await tonight(pool, *TODAY, chunk_lines=1)).problems == []
    monkeypatch.undo()
    assert interruption.written == 4
    assert await comparable(pool) == await undisturbed(server)


@pytest.mark.parametrize("act", ASIDE.values(), ids=ASIDE)
async def test_a_bad_line_is_shown_though_an_act_came_between(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    account_id = await begun(pool)
    interruption = Interruption(partial(act, pool, FrozenClock(NIGHT + MICROSECOND), account_id), 0)
    monkeypatch.setattr(destination, "write", interruption)
    bad = change("expedite", "2026-03-04T10:00:00Z", order="o-9")
    assert (await tonight(pool, TODAY[0], bad, chunk_lines=1)).problems == ["2: order: there is no order 'o-9'"]


@pytest.mark.parametrize("act", BARRING.values(), ids=BARRING)
async def test_no_line_can_be_before_a_change_on_which_it_may_depend(pool: Pool, act: Act) -> None:
    account_id = await begun(pool)
    await act(pool, FrozenClock(NOON), account_id)
    [problem] = (await tonight(pool, TODAY[0])).problems
    assert problem.startswith("1: placedAt: is before 2026-03-04T12:00:00")
    assert (await tonight(pool, order("o-2", at="2026-03-04T13:00:00Z"))).problems == []


@pytest.mark.parametrize("act", BARRING.values(), ids=BARRING)
async def test_a_change_on_which_lines_may_depend_ends_an_import(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    account_id = await begun(pool)
    interruption = Interruption(partial(act, pool, FrozenClock(NIGHT + MICROSECOND), account_id), 0)
    monkeypatch.setattr(destination, "write", interruption)
    with pytest.raises(AccountMoved):
        await tonight(pool, TODAY[0])


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


@pytest.mark.races
async def test_acts_all_through_an_import_change_nothing_of_it(server: str, pool: Pool) -> None:
    lines = [order(f"n-{number}", 2, "2026-03-04T12:00:00Z") for number in range(60)]
    account_id = await begun(pool)
    clock = FrozenClock(NIGHT + MICROSECOND)
    ended = asyncio.Event()

    async def acting() -> int:
        count = 0
        while not ended.is_set():
            await reprice(pool, clock, account_id, str(count))
            await rename(pool, clock, account_id)
            await specify(pool, clock, account_id)
            count += 1
        return count

    async def importing() -> Outcome:
        try:
            return await tonight(pool, *TODAY, *lines, chunk_lines=3)
        finally:
            ended.set()

    outcome, count = await asyncio.gather(importing(), acting())
    assert (outcome.problems, count > 1) == ([], True)
    assert await comparable(pool) == await undisturbed(server, *lines)
