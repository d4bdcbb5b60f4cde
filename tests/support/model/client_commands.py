"""Commands of clients, and of staff on their orders, given to the services and to the model alike."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import partial

from app.domain.orders.changes import NewImage
from app.domain.orders.portions import Portion
from app.services.orders.changing import (
    cancel_order,
    complete_order,
    confirm_deadline,
    confirm_deadlines,
    expedite_order,
    revise_deadline,
)
from app.services.orders.placing import NewOrder, place_order
from tests.support.customers import Customer
from tests.support.model.facts import Image, Order, Upload
from tests.support.model.orders import Account
from tests.support.model.world import World, assert_day, picked


@dataclass(frozen=True)
class Place:
    """Place an order, maybe with the references that a number gives; number 0 gives all images the same one."""

    account: int
    images: int
    expedite: bool
    references: int | None = None

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        uploads = [self._upload(number) for number in range(1, self.images + 1)]
        named = (None, None) if self.references is None else (f"PO-{self.references}", "by Friday")
        new_images = [NewImage(*astuple(upload)) for upload in uploads]
        new = NewOrder(customer.account_id, "Shoes", customer.specification_id, new_images, self.expedite, *named)
        done = await world.agree(
            lambda now: account.place(
                now, "Shoes", uploads, expedite=self.expedite, reference=named[0], instructions=named[1]
            ),
            partial(place_order, clock=world.clock, new=new),
        )
        if done is not None:
            orders, outcome = done
            await _take_ids(customer, orders)
            assert outcome.at == account.last_at
            assert list(outcome.orders) == [(customer.account_id, order.id) for order in orders]
            assert_day(outcome.day, account.running(outcome.at))

    def _upload(self, number: int) -> Upload:
        if self.references is None:
            return Upload(f"{number}.jpg")
        preview_url = f"https://pictures.example/{number}.jpg" if number % 2 else None
        reference = f"{self.references}-{number if self.references else 0}"
        return Upload(f"{number}.jpg", reference, f"crop {number}", preview_url)


@dataclass(frozen=True)
class OfOrder:
    """A command on an order of an account, numbered from the latest: any order, or only those it may succeed on."""

    account: int
    order: int
    any_order: bool

    async def give(self, world: World) -> None:
        account = world.accounts[self.account]
        orders = [order for order in account.orders if self.any_order or self.is_for(order)]
        if orders:
            order = orders[-1 - self.order % len(orders)]
            await self.give_order(world, account, world.customers[self.account], order)

    def is_for(self, order: Order) -> bool:
        raise NotImplementedError

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Expedite(OfOrder):
    """Expedite images of an order, or all that can be; a stray one may be any of the account's."""

    chosen: tuple[int, ...] | None
    stray: int | None = None

    def is_for(self, order: Order) -> bool:
        return order.expedited_at is None and order.status == "IN_PRODUCTION"

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        images = _chosen(account, order, self.chosen, self.stray)
        ids = None if images is None else [image.id for image in images]
        done = await world.agree(
            lambda now: account.expedite(now, order, images),
            lambda writer: expedite_order(writer, world.clock, (customer.account_id, order.id), ids),
        )
        if done is not None:
            orders, outcome = done
            await _take_ids(customer, orders[1:])
            assert outcome.at == account.last_at
            assert list(outcome.orders) == [(customer.account_id, order.id) for order in orders]
            assert_day(outcome.day, account.running(outcome.at))


@dataclass(frozen=True)
class Cancel(OfOrder):
    """Cancel images of an order, or all of it; a stray one may be any of the account's."""

    chosen: tuple[int, ...] | None
    stray: int | None = None

    def is_for(self, order: Order) -> bool:
        return order.cancelled_at is None

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        images = _chosen(account, order, self.chosen, self.stray)
        ids = None if images is None else [image.id for image in images]
        done = await world.agree(
            lambda now: account.cancel(now, order, images),
            lambda writer: cancel_order(writer, world.clock, (customer.account_id, order.id), ids),
        )
        if done is not None:
            day, outcome = done
            assert outcome.at == account.last_at
            assert_day(outcome.day, day)


@dataclass(frozen=True)
class Complete(OfOrder):
    """Complete an order, which is its download."""

    def is_for(self, order: Order) -> bool:
        return order.status == "READY_FOR_DOWNLOAD"

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        await world.agree(
            lambda now: account.complete(now, order),
            lambda writer: complete_order(writer, world.clock, (customer.account_id, order.id)),
        )


@dataclass(frozen=True)
class Confirm(OfOrder):
    """Confirm the deadline of an order, so long from now."""

    ahead: timedelta

    def is_for(self, order: Order) -> bool:
        return order.deadline_status != "CONFIRMED"

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        due_at = world.clock.now() + self.ahead
        await world.agree(
            lambda now: account.confirm(now, order, [(None, due_at)]),
            lambda writer: confirm_deadline(writer, world.clock, (customer.account_id, order.id), due_at),
        )


@dataclass(frozen=True)
class ConfirmPortions(Confirm):
    """Confirm deadlines of portions of an order: of so many images each, and of the rest, so long after each other.

    With `extra` images the portions have more or fewer than the order.
    """

    counts: tuple[int, ...]
    spacing: timedelta
    extra: int

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        first_due_at = world.clock.now() + self.ahead
        counts = self._counts([not image.delivered_at and not image.cancelled_at for image in order.images].count(True))
        portions = [Portion(count, first_due_at + index * self.spacing) for index, count in enumerate(counts)]
        done = await world.agree(
            lambda now: account.confirm(now, order, portions),
            lambda writer: confirm_deadlines(writer, world.clock, (customer.account_id, order.id), portions),
        )
        if done is not None:
            orders, outcome = done
            await _take_ids(customer, orders[1:])
            assert outcome.at == account.last_at
            assert list(outcome.orders) == [(customer.account_id, order.id) for order in orders]

    def _counts(self, awaiting: int) -> list[int]:
        """Return counts of images that add up to those that await a deadline, but for the extra ones."""
        counts: list[int] = []
        for count in self.counts:
            if sum(counts) + count < awaiting:
                counts.append(count)
        return [*counts, max(1, awaiting - sum(counts) + self.extra)]


@dataclass(frozen=True)
class Revise(OfOrder):
    """Revise the deadline of an order that staff set: so much earlier."""

    by: timedelta

    def is_for(self, order: Order) -> bool:
        return order.confirmed_at is not None

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        due_at = (order.due_at or world.clock.now()) - self.by
        await world.agree(
            lambda now: account.revise(now, order, due_at),
            lambda writer: revise_deadline(writer, world.clock, (customer.account_id, order.id), due_at),
        )


def _chosen(account: Account, order: Order, chosen: tuple[int, ...] | None, stray: int | None) -> list[Image] | None:
    images = None if chosen is None else picked(order.images, chosen)
    every = [image for _, image in account.images]
    if images is not None and stray is not None and every[stray % len(every)] not in images:
        images.append(every[stray % len(every)])
    return images


async def _take_ids(customer: Customer, orders: Sequence[Order]) -> None:
    """Give orders and images of the model the ids that the service gave to theirs."""
    sql = """
        SELECT o.number, o.id, i.number, i.id
          FROM orders o JOIN images i ON i.account_id = o.account_id AND i.order_id = o.id
         WHERE o.account_id = $1 AND o.number = ANY($2)
    """
    rows = await customer.pool.fetch(sql, customer.account_id, [order.number for order in orders])
    ids = {(number, image): (order_id, image_id) for number, order_id, image, image_id in map(tuple, rows)}
    for order in orders:
        for image in order.images:
            order.id, image.id = ids[order.number, image.number]
