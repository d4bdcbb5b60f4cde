"""Imports of a day's lines, and acts of clients and staff before or amid them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.catalogue import Price, StepChange
from app.domain.contacts import Contact
from app.domain.inquiries import InquiryTopic, NewInquiry
from app.domain.sla.enums import Plan
from app.domain.sla.plans import NewPlan
from app.domain.sla.terms import PLAN_TERMS
from app.domain.specifications import SpecificationChange
from app.services.accounts.closing import close_account, reopen_account
from app.services.accounts.plans import change_plan
from app.services.accounts.profile import rename_account, set_contact, set_dashboard_access, set_success_manager
from app.services.catalogue import set_retouching_step
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from app.services.inquiries import contact_support
from app.services.repricing import follow_catalogue
from app.services.specifications import archive_specification, update_specification
from db.connections import Pool
from db.pools import open_pool
from db.writer import Writer
from tests.support.catalogue import write_catalogue
from tests.support.clock import FrozenClock
from tests.support.customers import add_specification
from tests.support.database import empty_database
from tests.support.import_files import START, Line, Outcome, change, everything, order, run_import
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
_OF_ACTS: Final = ("accounts", "retouching_steps", "specifications", "specification_versions", "spreads", "job_turns")
_EVENTS_OF_ACTS: Final = (
    *("ACCOUNT_RENAMED", "SUCCESS_MANAGER_CHANGED", "CONTACT_CHANGED", "ACCOUNT_CLOSED", "SPECIFICATION_CHANGED"),
    "DASHBOARD_ACCESS_CHANGED",
)


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


async def name_contact(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    contact = Contact("Ada", "ada@example.com")
    await in_transaction(pool, partial(set_contact, clock=clock, account_id=account_id, contact=contact))


async def let_in(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(set_dashboard_access, clock=clock, account_id=account_id, enabled=True))


async def close(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(close_account, clock=clock, account_id=account_id))


async def close_and_reopen(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await close(pool, clock, account_id)
    await in_transaction(pool, partial(reopen_account, clock=clock, account_id=account_id))


async def ask(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    new = NewInquiry(InquiryTopic.SUPPORT, "When?")
    await in_transaction(pool, partial(contact_support, clock=clock, account_id=account_id, new=new))


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
    "contact": name_contact,
    "dashboard access": let_in,
    "closing": close,
}
BARRING: Final[Mapping[str, Act]] = {"reopening": close_and_reopen, "plan": go_solo, "inquiry": ask}


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
