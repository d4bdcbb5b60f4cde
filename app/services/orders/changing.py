"""Changing one order: expediting, cancelling, completing, and setting its deadline (domain rules, sections 3 and 5)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from app.clock import Clock
from app.domain.account import Account
from app.domain.errors import Refusals
from app.domain.events.new_events import NewEvent
from app.domain.events.orders import cancelled, completed, confirmed, confirmed_portions, expedited, rejected, revised
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import Change, confirm, revise
from app.domain.orders.expedites import expedite
from app.domain.orders.portions import Portion, confirm_portions
from app.domain.orders.reviews import with_reviews
from app.domain.orders.state import OrderState
from app.domain.production.commands import complete
from app.domain.production.rejections import REJECTION_PERIOD, RejectionReason, RejectionTerms, reject, rejectable
from app.services.accounts.counters import Counters, begin_command
from app.services.accounts.facts import read_account
from app.services.ids import new_ids
from app.services.orders.changes import AccountChange, write_changes
from app.services.orders.outcome import NotFound, Outcome
from app.services.quotes.tokens import Binding, require_binding
from db.queries.order_states import OrderKey, order_states, orders_of_images, split_orders_of_images
from db.readers import Reader
from db.writer import Writer


async def expedite_order(
    writer: Writer, clock: Clock, key: OrderKey, chosen: Sequence[UUID] | None, binding: Binding | None = None
) -> Outcome:
    """Expedite chosen images of an order, or all that can be; the caller commits.

    Raises NotFound, AccountIsClosed, Refusals, ExpediteWindowClosed, NoGain, and QuoteChanged when a binding quote no
    longer holds.
    """
    counters, at, account = await _begin_account(writer, clock, key)
    found = await find_images(writer, key, chosen)
    change = expediting(found, account, at, counters.next_order_number)
    require_binding(binding, at, change)
    changed = {order.id for order in change.orders}
    before = [order for order in found.orders if order.id in changed]
    new_events = list(expedited(before, change.orders, at))
    written = AccountChange(counters, account, at, before, change.orders, change.day, new_events)
    await write_changes(writer, [written])
    return Outcome(at, [(key[0], each.id) for each in change.orders], day=change.day.recorded)


class FoundImages(NamedTuple):
    """The images of a command on an order: it and its siblings that have any, and the refusals of those they lack.

    Those `chosen` are in these orders; None means all of the first one.
    """

    orders: Sequence[OrderState]
    chosen: Sequence[UUID] | None
    missing: Sequence[NotFound] = ()


def expediting(found: FoundImages, account: Account, at: datetime, first_number: int) -> Change:
    """Return the change that expediting images makes at an instant; raises as `expedite_order`."""
    account.require_open(at)

    def work() -> Change:
        day = account.day_at(at)
        change = expedite(found.orders, found.chosen, at, day, first_number, partial(new_ids, at))
        return with_reviews(change, at, account.zone_at(at))

    return _of_images(found, work)


async def find_images(reader: Reader, key: OrderKey, chosen: Sequence[UUID] | None) -> FoundImages:
    """Read an order and, after it, those split from it that have chosen images by now; raises NotFound.

    An image may have left the order since the client read it, by an expedite or with a portion.
    """
    order = await the_order(reader, key)
    left = _without([order], chosen or ())
    if chosen is None or not left:
        return FoundImages([order], chosen)
    orders = [order, *await split_orders_of_images(reader, key, left)]
    missing = _without(orders, left)
    there = [image_id for image_id in chosen if image_id not in missing]
    return FoundImages(orders, there, await _elsewhere(reader, key[0], missing) if missing else ())


async def cancel_order(writer: Writer, clock: Clock, key: OrderKey, chosen: Sequence[UUID] | None = None) -> Outcome:
    """Cancel chosen images of an order, or all of it, without claims and deliveries; the caller commits.

    Raises NotFound and the refusals of `cancel`; of chosen images in Refusals.
    """
    counters, at, account = await _begin_account(writer, clock, key)
    found = await find_images(writer, key, chosen)
    day = account.day_at(at)
    change = _of_images(found, partial(cancel, found.orders, at, day, found.chosen))
    pairs = [(before, after) for before, after in zip(found.orders, change.orders, strict=True) if after is not before]
    written = AccountChange(
        counters,
        account,
        at,
        [before for before, _ in pairs],
        [after for _, after in pairs],
        None if change.day == day else change.day,
        [new_event for before, after in pairs for new_event in cancelled(before, after, at)],
    )
    await write_changes(writer, [written])
    return Outcome(at, [key], day=change.day.recorded)


async def complete_order(writer: Writer, clock: Clock, key: OrderKey) -> Outcome:
    """Complete an order that the client downloaded; raises NotFound and NotCompletable."""
    begun = await _begin(writer, clock, key)
    after = complete(begun.order, begun.at)
    return await _write(writer, begun, after, [completed(begun.order, after, begun.at)])


async def reject_order(
    writer: Writer, clock: Clock, key: OrderKey, reason: RejectionReason, period: timedelta = REJECTION_PERIOD
) -> Outcome:
    """Send all images of an order back that were delivered within a period; the caller commits.

    Raises NotFound, and NotDelivered or NotRejectable when there are none.
    """
    begun = await _begin(writer, clock, key)
    _, at, account, order = begun
    reasons = dict.fromkeys(rejectable(order, at, period), reason)
    terms = RejectionTerms(at, account.zone_at(at), account.terms_at(at), period)
    after = reject(order, reasons, terms, partial(new_ids, at))
    return await _write(writer, begun, after, [rejected(order, after, at)], reasons)


async def confirm_deadline(
    writer: Writer,
    clock: Clock,
    key: OrderKey,
    due_at: datetime,
    note: str | None = None,
    message: str | None = None,
) -> Outcome:
    """Set the deadline that staff owe an order; raises NotFound and the refusals of `confirm`.

    The note is for staff only, the message for the client.
    """
    begun = await _begin(writer, clock, key)
    _, at, account, order = begun
    after = confirm(order, at, due_at, None if order.expedited_at is None else account.terms_at(order.expedited_at))
    return await _write(writer, begun, after, [confirmed(order, after, at, note, message)])


async def confirm_deadlines(
    writer: Writer,
    clock: Clock,
    key: OrderKey,
    portions: Sequence[Portion],
    note: str | None = None,
    message: str | None = None,
) -> Outcome:
    """Set a deadline for each portion of an order's images; raises NotFound and the refusals of `confirm_portions`.

    The outcome has the order, then the siblings that the further portions became.
    """
    counters, at, account, order = await _begin(writer, clock, key)
    expedited_by = None if order.expedited_at is None else account.terms_at(order.expedited_at)
    number = counters.next_order_number
    after = confirm_portions(order, at, portions, expedited_by, number, partial(new_ids, at))
    new_events = list(confirmed_portions(order, after, at, note, message))
    await write_changes(writer, [AccountChange(counters, account, at, [order], after, new_events=new_events)])
    return Outcome(at, [(key[0], each.id) for each in after])


async def revise_deadline(
    writer: Writer,
    clock: Clock,
    key: OrderKey,
    due_at: datetime,
    note: str | None = None,
    message: str | None = None,
) -> Outcome:
    """Set an earlier deadline in place of one that staff set; raises NotFound and the refusals of `revise`."""
    begun = await _begin(writer, clock, key)
    after = revise(begun.order, begun.at, due_at)
    return await _write(writer, begun, after, [*revised(begun.order, after, begun.at, note, message)])


async def the_order(reader: Reader, key: OrderKey) -> OrderState:
    """Read an order; raises NotFound."""
    order = (await order_states(reader, [key])).get(key)
    if order is None:
        raise NotFound("order", key[1])
    return order


def _of_images(found: FoundImages, work: Callable[[], Change]) -> Change:
    """Work on the images that were found; raises Refusals, with that of each other one."""
    try:
        change = work()
    except Refusals as error:
        raise Refusals([*found.missing, *error.refusals]) from error
    if found.missing:
        raise Refusals(found.missing)
    return change


def _without(orders: Iterable[OrderState], images: Sequence[UUID]) -> list[UUID]:
    """Return the images that none of the orders has."""
    known = {image.id for order in orders for image in order.images}
    return [image_id for image_id in images if image_id not in known]


async def _elsewhere(reader: Reader, account_id: UUID, images: Sequence[UUID]) -> list[NotFound]:
    """Return the refusals of images that are not in an order, with the order of the account that has them."""
    of = await orders_of_images(reader, [(account_id, image_id) for image_id in images])
    orders = await order_states(reader, sorted(set(of.values())))
    having = {image_id: orders[of[account_id, image_id]] for image_id in images if (account_id, image_id) in of}
    return [
        NotFound("image", image_id, order.number, order.id)
        if (order := having.get(image_id))
        else NotFound("image", image_id)
        for image_id in images
    ]


class _Begun(NamedTuple):
    """A command on an order that has begun: the locked counters, its instant (UTC), the account and the order."""

    counters: Counters
    at: datetime
    account: Account
    order: OrderState


async def _begin(writer: Writer, clock: Clock, key: OrderKey) -> _Begun:
    """Lock the counters of an order's account, then read the account and the order; raises NotFound."""
    counters, at, account = await _begin_account(writer, clock, key)
    return _Begun(counters, at, account, await the_order(writer, key))


async def _begin_account(writer: Writer, clock: Clock, key: OrderKey) -> tuple[Counters, datetime, Account]:
    """Lock the counters of an order's account, then read the account; return its instant (UTC) between them."""
    account_id = key[0]
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    account, _ = await read_account(writer, account_id, at)
    return counters, at, account


async def _write(
    writer: Writer, begun: _Begun, after: OrderState, new_events: Sequence[NewEvent], images: Iterable[UUID] = ()
) -> Outcome:
    """Write a changed order and the events; `images` are the outcome's."""
    counters, at, account, order = begun
    await write_changes(writer, [AccountChange(counters, account, at, [order], [after], new_events=new_events)])
    account_id = counters.account_id
    return Outcome(at, [(account_id, order.id)], [(account_id, image_id) for image_id in images])
