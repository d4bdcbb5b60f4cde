"""Commands of workers, and rejections by clients, given to the services and to the model alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from app.services.orders.claiming import claim_images
from app.services.orders.producing import deliver_images, reject_images
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
    """Deliver images of the worker, perhaps claimed just before; a stray one may be any image."""

    worker: str
    claim: Claim | None
    chosen: tuple[int, ...] | None
    stray: int | None

    async def give(self, world: World) -> None:
        if self.claim is not None:
            await replace(self.claim, worker=self.worker).give(world)
        taken = [each for each in world.production.images if each[2].claimed_by == self.worker]
        chosen = _with_stray(world, taken, self.chosen, self.stray)
        if chosen:
            await world.agree(
                lambda now: world.production.deliver(now, self.worker, chosen),
                lambda writer: deliver_images(writer, world.clock, self.worker, _keys(world, chosen)),
            )


@dataclass(frozen=True)
class Reject:
    """Reject delivered images; a stray one may be any image."""

    chosen: tuple[int, ...] | None
    stray: int | None

    async def give(self, world: World) -> None:
        delivered = [each for each in world.production.images if each[2].is_delivered]
        chosen = _with_stray(world, delivered, self.chosen, self.stray)
        if chosen:
            await world.agree(
                lambda now: world.production.reject(now, "halo", chosen),
                lambda writer: reject_images(writer, world.clock, "halo", _keys(world, chosen)),
            )


def _with_stray(world: World, likely: Chosen, numbers: Sequence[int] | None, stray: int | None) -> Chosen:
    chosen, images = picked(likely, numbers), world.production.images
    if stray is not None and images and images[stray % len(images)] not in chosen:
        chosen.append(images[stray % len(images)])
    return chosen


def _keys(world: World, chosen: Chosen) -> list[tuple[UUID, UUID]]:
    ids = [customer.account_id for customer in world.customers]
    return [(ids[world.accounts.index(account)], image.id) for account, _, image in chosen]
