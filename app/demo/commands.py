"""The commands of the studios' people and of staff that no line of an import has, before the demo's first answer."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.demo.scenes import DOWNLOADED, SENT_BACK, UNDATED
from app.demo.studios import STUDIOS, SUCCESS_MANAGER, Studio
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import standard_deadline
from app.domain.inquiries import InquiryTopic, NewInquiry
from app.domain.orders.portions import Portion
from app.domain.sla.plans import NewPlan
from app.domain.sla.terms import PLAN_TERMS
from app.domain.specifications import SpecificationChange
from app.services.accounts.facts import read_account
from app.services.accounts.plans import change_plan
from app.services.accounts.profile import set_contact, set_dashboard_access, set_success_manager
from app.services.commands import live_unit_of_work, with_retries
from app.services.inquiries import contact_support
from app.services.orders.changing import complete_order, confirm_deadlines, the_order
from app.services.orders.claiming import claim_images
from app.services.specifications import create_specification
from db.connections import Pool
from db.queries.accounts import ACCOUNTS_IN_ORDER, accounts_by_id
from db.queries.order_states import OrderKey
from db.queries.references import taken_references
from db.writer import Writer, unit_of_work

_STUDIOS: Final = {studio.ref: studio for studio in STUDIOS}
_CLAIMED: Final = 12
_LEASE: Final = timedelta(hours=4)
_BY_CATALOGUE: Final = SpecificationChange("Marketplace", ("CLIPPING", "SHADOW", "CROPPING"), by_client=True)


async def give_commands(pool: Pool, clock: Clock, refs: Sequence[str]) -> None:
    """Give the commands of each of these accounts, in a transaction of its own, unless that was done before."""
    async with unit_of_work(pool) as reader:
        ids = {row["ref"]: row["id"] for row in await reader.fetch(ACCOUNTS_IN_ORDER, refs)}
    for ref, account_id in ids.items():
        await with_retries(partial(_give, pool, clock, account_id, _STUDIOS[ref]))
    await with_retries(partial(_claim, pool, clock))


async def _give(pool: Pool, clock: Clock, account_id: UUID, studio: Studio) -> None:
    async with live_unit_of_work(pool) as writer:
        if (await accounts_by_id(writer, [account_id]))[account_id].success_manager is None:
            await _introduce(writer, clock, account_id, studio)
            await _change_orders(writer, clock, account_id)
            await writer.commit()


async def _claim(pool: Pool, clock: Clock) -> None:
    """Claim the images that are due next, for a morning."""
    async with live_unit_of_work(pool) as writer:
        await claim_images(writer, clock, "Mina", _CLAIMED, _LEASE)
        await writer.commit()


async def _introduce(writer: Writer, clock: Clock, account_id: UUID, studio: Studio) -> None:
    """Name the people of an account, let it in, make a specification by the catalogue, and agree on a plan."""
    await set_success_manager(writer, clock, account_id, SUCCESS_MANAGER)
    await set_contact(writer, clock, account_id, studio.contact)
    await set_dashboard_access(writer, clock, account_id, enabled=studio.dashboard)
    await create_specification(writer, clock, account_id, _BY_CATALOGUE)
    if studio.next_plan is not None:
        account, _ = await read_account(writer, account_id, clock.now())
        in_a_week = account.ledger_day_at(clock.now()).date + timedelta(weeks=1)
        await change_plan(writer, clock, account_id, NewPlan(studio.next_plan, PLAN_TERMS[studio.next_plan], in_a_week))


async def _change_orders(writer: Writer, clock: Clock, account_id: UUID) -> None:
    """Complete an order, ask about another, and plan a third in portions; short histories lack some of them."""
    found = await taken_references(writer, account_id, (DOWNLOADED, SENT_BACK, UNDATED), ())
    keys = {reference: (account_id, order.id) for reference, order in found.orders.items()}
    if DOWNLOADED in keys:
        await complete_order(writer, clock, keys[DOWNLOADED])
    if SENT_BACK in keys:
        question = "We sent one image back: can you match the crop of the others?"
        await contact_support(writer, clock, account_id, NewInquiry(InquiryTopic.SUPPORT, question, keys[SENT_BACK][1]))
    if UNDATED in keys:
        await _plan(writer, clock, keys[UNDATED])


async def _plan(writer: Writer, clock: Clock, key: OrderKey) -> None:
    """Set deadlines on the next two working mornings for the halves of an order whose deadline staff owe."""
    order = await the_order(writer, key)
    if order.deadline_status is DeadlineStatus.CONFIRMED:
        return
    now = clock.now()
    account, _ = await read_account(writer, key[0], now)
    zone, deliver_by = account.zone_at(now), account.terms_at(now).terms.deliver_by
    first = standard_deadline(now, zone, deliver_by)
    second = standard_deadline(first, zone, deliver_by)
    half = len(order.images) // 2
    portions = [Portion(half, first), Portion(len(order.images) - half, second)]
    message = "We are sorry for the delay: half of your images come on the next working morning, the rest a day later."
    await confirm_deadlines(writer, clock, key, portions, message=message)
