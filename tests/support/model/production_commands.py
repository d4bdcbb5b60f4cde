"""Commands of workers, and rejections by clients, given to the services and to the model alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from app.domain.orders.enums import RejectionCategory
from app.domain.orders.results import ImageResult
from app.domain.production.operations import Operation, Performer
from app.domain.production.rejections import RejectionReason
from app.services.orders.changing import reject_order
from app.services.orders.claiming import claim_images
from app.services.orders.producing import deliver_images, record_operations, reject_images
from tests.support.customers import GHOST, Customer
from tests.support.model.client_commands import OfOrder
from tests.support.model.facts import Image, Order
from tests.support.model.orders import Account
from tests.support.model.world import World, accepted, picked

Chosen: TypeAlias = Sequence[tuple[Account, Order, Image]]


@dataclass(frozen=True)
class Claim:
    """Claim images, with a lease."""

    worker: str
    count: int
    lease: timedelta

    async def give(self, world: World) -> None:
        images, claimed = await accepted(
            world.agree(
                lambda now: world.production.claim(now, self.worker, self.count, self.lease),
                lambda writer: claim_images(writer, world.clock, self.worker, self.count, self.lease),
            )
        )
        assert [image_id for _, image_id in claimed.images] == [image.id for image in images]
        assert all(claimed.until == image.claimed_until for image in images)


@dataclass(frozen=True)
class Deliver:
    """Deliver images of the worker, perhaps claimed just before; a stray one may be any image.

    They have the addresses of `result`, None for none.
    """

    worker: str
    claim: Claim | None
    chosen: tuple[int, ...] | None
    stray: int | None
    result: ImageResult | None = None

    async def give(self, world: World) -> None:
        if self.claim is not None:
            await replace(self.claim, worker=self.worker).give(world)
        taken = [each for each in world.production.images if each[2].claimed_by == self.worker]
        chosen = _with_stray(world, taken, self.chosen, self.stray)
        keys = _keys(world, chosen)
        results = {} if self.result is None else {image_id: self.result for _, image_id in keys}
        if chosen:
            await world.agree(
                lambda now: world.production.deliver(now, self.worker, chosen, self.result or (None, None)),
                lambda writer: deliver_images(writer, world.clock, self.worker, keys, results),
            )


@dataclass(frozen=True)
class Record:
    """Record operations on images that the worker holds or delivered, steps in turn; a stray one may be any image."""

    worker: str
    chosen: tuple[int, ...] | None
    stray: int | None
    performed_by: Performer

    async def give(self, world: World) -> None:
        own = [each for each in world.production.images if self.worker in (each[2].claimed_by, each[2].delivered_by)]
        chosen = _with_stray(world, own, self.chosen, self.stray)
        steps = [GHOST.steps[number % len(GHOST.steps)].step for number in range(len(chosen))]
        operations = [(step, self.performed_by, 1000 + number) for number, step in enumerate(steps)]
        keys = _keys(world, chosen)
        recorded = [
            (account_id, Operation(image_id, *operation))
            for (account_id, image_id), operation in zip(keys, operations, strict=True)
        ]
        if chosen:
            pairs = [(*each, operation) for each, operation in zip(chosen, operations, strict=True)]
            await world.agree(
                lambda now: world.production.record(now, self.worker, pairs),
                lambda writer: record_operations(writer, world.clock, self.worker, recorded),
            )


@dataclass(frozen=True)
class Reject:
    """Reject delivered images, with categories in turn; a stray one may be any image."""

    chosen: tuple[int, ...] | None
    stray: int | None
    categories: tuple[RejectionCategory | None, ...]

    async def give(self, world: World) -> None:
        delivered = [each for each in world.production.images if each[2].is_delivered]
        chosen = _with_stray(world, delivered, self.chosen, self.stray)
        whys = [(f"halo {number}", category) for number, category in enumerate(self.categories)]
        reasons = [whys[number % len(whys)] for number in range(len(chosen))]
        if chosen:
            rejected = [(*each, why) for each, why in zip(chosen, reasons, strict=True)]
            keyed = dict(zip(_keys(world, chosen), (RejectionReason(*why) for why in reasons), strict=True))
            await world.agree(
                lambda now: world.production.reject(now, rejected),
                lambda writer: reject_images(writer, world.clock, keyed),
            )


@dataclass(frozen=True)
class RejectOrder(OfOrder):
    """Reject all images of an order that can be."""

    category: RejectionCategory | None

    def is_for(self, order: Order) -> bool:
        return any(image.is_delivered for image in order.images)

    async def give_order(self, world: World, account: Account, customer: Customer, order: Order) -> None:
        why = "crop", self.category
        done = await world.agree(
            lambda now: world.production.reject_order(now, account, order, why),
            lambda writer: reject_order(writer, world.clock, (customer.account_id, order.id), RejectionReason(*why)),
        )
        if done is not None:
            images, outcome = done
            assert [image_id for _, image_id in outcome.images] == [image.id for image in images]


def _with_stray(world: World, likely: Chosen, numbers: Sequence[int] | None, stray: int | None) -> Chosen:
    chosen, images = picked(likely, numbers), world.production.images
    if stray is not None and images and images[stray % len(images)] not in chosen:
        chosen.append(images[stray % len(images)])
    return chosen


def _keys(world: World, chosen: Chosen) -> list[tuple[UUID, UUID]]:
    ids = [customer.account_id for customer in world.customers]
    return [(ids[world.accounts.index(account)], image.id) for account, _, image in chosen]
