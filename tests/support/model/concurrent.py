"""Concurrent commands on the images of one order, repeated on the model in the order of their instants.

No two commands on an account share an instant.
"""

from collections.abc import Awaitable, Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from app.domain.errors import DomainError
from app.services.orders.changing import cancel_order, expedite_order
from app.services.orders.claiming import claim_images
from app.services.orders.outcome import Outcome
from app.services.orders.producing import deliver_images, reject_images
from db.writer import Writer
from tests.support.customers import HALO, LEASE
from tests.support.model.facts import Image, Order, Refused
from tests.support.model.orders import Account
from tests.support.model.production import Production
from tests.support.model.world import World, is_justified
from tests.support.transactions import in_transaction


@dataclass(frozen=True)
class IssuedCommand:
    """A command and the answer of the services; `model` gives it to the model, and returns orders of unknown ids."""

    model: Callable[[Account, datetime], Sequence[Order]]
    answer: Outcome | DomainError

    def is_refused_by(self, account: Account, now: datetime) -> bool:
        """Return whether the model in its current state would refuse the command for the reasons of the services."""
        assert isinstance(self.answer, DomainError)
        try:
            self.model(deepcopy(account), account.instant(now))
        except Refused as refused:
            return is_justified(self.answer, refused.reasons)
        return False


@dataclass
class ConcurrentCommands:
    """Commands on the only order of a world with one account; its images are named by their numbers."""

    world: World
    issued: list[IssuedCommand] = field(default_factory=list[IssuedCommand])

    async def cancel(self, *numbers: int) -> None:
        """Cancel images, or all of the order."""
        chosen = self._ids(numbers) or None

        def model(account: Account, at: datetime) -> Sequence[Order]:
            images = [image for _, image in account.images if image.number in numbers]
            account.cancel(at, account.orders[0], images if numbers else None)
            return ()

        await self._give(partial(cancel_order, clock=self.world.clock, key=self._order, chosen=chosen), model)

    async def expedite(self, *numbers: int) -> None:
        """Expedite images, or all that can be."""
        chosen = self._ids(numbers) or None

        def model(account: Account, at: datetime) -> Sequence[Order]:
            images = [image for _, image in account.images if image.number in numbers]
            return account.expedite(at, account.orders[0], images if numbers else None)

        await self._give(partial(expedite_order, clock=self.world.clock, key=self._order, chosen=chosen), model)

    async def reject(self, *numbers: int) -> None:
        def model(account: Account, at: datetime) -> Sequence[Order]:
            chosen = _chosen(account, self._ids(numbers))
            Production([account]).reject(at, [(*each, (HALO.text, HALO.category)) for each in chosen])
            return ()

        keys = self._keys(self._ids(numbers))
        await self._give(partial(reject_images, clock=self.world.clock, reasons=dict.fromkeys(keys, HALO)), model)

    async def deliver(self, worker: str, *numbers: int) -> None:
        await self._deliver(worker, self._ids(numbers))

    async def produce(self, worker: str, count: int) -> None:
        """Claim images and deliver them.

        Claimed images were free both as the queue was read and as it was locked, which may be fewer than are free then:
        so the model is given the images, not their number.
        """
        outcome = await self._claim(worker, count)
        taken = [image_id for _, image_id in outcome.images]

        def model(account: Account, at: datetime) -> Sequence[Order]:
            Production([account]).take(at, worker, taken, LEASE)
            return ()

        if taken:
            self.issued.append(IssuedCommand(model, outcome))
            await self._deliver(worker, taken)

    def assert_serial(self) -> None:
        """Assert that the model accepts the accepted commands in order, and refuses each refused one at some point."""
        [account] = self.world.accounts
        refused = [each for each in self.issued if isinstance(each.answer, DomainError)]
        done = {each.answer.at: (each, each.answer) for each in self.issued if isinstance(each.answer, Outcome)}
        assert len(done) + len(refused) == len(self.issued)
        refused = self._unexplained(refused)
        for at, (each, outcome) in sorted(done.items(), key=lambda item: item[0]):
            orders = each.model(account, at)
            assert account.last_at == at
            for order, (_, order_id) in zip(orders, outcome.orders if orders else (), strict=True):
                order.id = order_id
            refused = self._unexplained(refused)
        assert refused == []

    def _unexplained(self, refused: Sequence[IssuedCommand]) -> list[IssuedCommand]:
        [account] = self.world.accounts
        return [each for each in refused if not each.is_refused_by(account, self.world.clock.now())]

    @property
    def _order(self) -> tuple[UUID, UUID]:
        return self.world.customers[0].account_id, self.world.accounts[0].orders[0].id

    def _ids(self, numbers: Sequence[int]) -> list[UUID]:
        ids = {image.number: image.id for _, image in self.world.accounts[0].images}
        return [ids[number] for number in numbers]

    def _keys(self, image_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
        return [(self.world.customers[0].account_id, image_id) for image_id in image_ids]

    async def _give(
        self, service: Callable[[Writer], Awaitable[Outcome]], model: Callable[[Account, datetime], Sequence[Order]]
    ) -> None:
        """Give a command in its own transaction; a refusal is its answer."""
        try:
            answer: Outcome | DomainError = await in_transaction(self.world.customers[0].pool, service)
        except DomainError as refusal:
            answer = refusal
        self.issued.append(IssuedCommand(model, answer))

    async def _claim(self, worker: str, count: int) -> Outcome:
        while True:
            claimed = await in_transaction(
                self.world.customers[0].pool,
                lambda writer: claim_images(writer, self.world.clock, worker, count, LEASE),
            )
            if claimed.images or not claimed.passed_by:
                return Outcome(claimed.at, images=claimed.images)

    async def _deliver(self, worker: str, image_ids: Sequence[UUID]) -> None:
        def model(account: Account, at: datetime) -> Sequence[Order]:
            Production([account]).deliver(at, worker, _chosen(account, image_ids))
            return ()

        keys = self._keys(image_ids)
        await self._give(partial(deliver_images, clock=self.world.clock, worker=worker, images=keys), model)


def _chosen(account: Account, image_ids: Sequence[UUID]) -> list[tuple[Account, Order, Image]]:
    known = {image.id: (account, order, image) for order, image in account.images}
    return [known[image_id] for image_id in image_ids]
