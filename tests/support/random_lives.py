"""Random lives of accounts: commands of their clients, of production and of staff, hours between them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from random import Random
from typing import Any, Final, TypeVar
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.orders.changes import NewImage
from app.domain.orders.enums import RejectionCategory
from app.domain.production.rejections import RejectionReason
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.terms import change_time_zone, negotiate_sla
from app.services.orders.changing import cancel_order, expedite_order
from app.services.orders.claiming import claim_images
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import deliver_images, reject_images
from db.connections import Pool
from db.queries.order_states import OrderKey
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.customers import add_specification
from tests.support.midnight_jobs import advance_to
from tests.support.order_states import uploads
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

START: Final = datetime(2026, 4, 21, 12, tzinfo=UTC)  # over the missing midnight of Cairo
ZONES: Final = ("Africa/Cairo", "America/Havana", "Pacific/Kiritimati", "Australia/Lord_Howe", "Atlantic/Azores")
OTHERS: Final[Mapping[str, Sequence[Any]]] = {
    "deliver_by": (time(0), time(7, 30), time(9), time(23, 59, 59)),
    "expedite_turnaround": (timedelta(minutes=90), timedelta(hours=3)),
    "expedite_additional_turnaround": (timedelta(hours=4), timedelta(days=1)),
    "expedite_multiplier": (Decimal("1.5"), Decimal(2)),
    "rejection_turnaround": (timedelta(minutes=45), timedelta(hours=30)),
    "support_phone": (True, False),
}
"""Values of terms besides figures of a day, those of the plan among them."""
LEASE: Final = timedelta(hours=8)
Result = TypeVar("Result")


@dataclass
class Life:
    """Two accounts with few images a day; the commands drawn do not depend on whether jobs run between them."""

    pool: Pool
    seed: int
    with_jobs: bool
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(START))
    specifications: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    orders: list[OrderKey] = field(default_factory=list[OrderKey])

    async def live(self, acts: int) -> None:
        random = Random(self.seed)  # noqa: S311 - drawn for tests
        numbers = count()
        for ref, zone in zip("ab", ZONES, strict=False):
            await self._open(ref, zone)
        usual = self._usual()
        rare = (self._move, self._negotiate)
        for _ in range(acts):
            pause = timedelta(seconds=random.randint(1, 3 * 3600), microseconds=random.randint(1, 999_999))
            await advance_to(self.pool, self.clock, self.clock.now() + pause, with_jobs=self.with_jobs)
            act = random.choice(rare if random.random() < 0.1 else usual)
            await act(random, next(numbers))

    def _usual(self) -> Sequence[Callable[[Random, int], Awaitable[None]]]:
        """Return the commands drawn nine times out of ten."""
        return (self._place, self._place, self._produce, self._produce, self._reject, self._cancel, self._expedite)

    async def _open(self, ref: str, zone: str) -> None:
        studio = Studio(ref, Plan.SOLO, zone, self.clock.now(), images_per_day=6, expedites_per_day=2, ref=ref)
        account_id = (await open_account(self.pool, studio)).id
        self.specifications[account_id] = await add_specification(self.pool, self.clock, account_id)

    async def _try(self, work: Callable[[Writer], Awaitable[Result]]) -> Result | None:
        """Give a command that may be refused."""
        try:
            return await in_transaction(self.pool, work)
        except DomainError:
            return None

    def _account(self, random: Random) -> UUID:
        return random.choice(list(self.specifications))

    async def _place(self, random: Random, number: int) -> None:
        account_id, images, expedite = self._account(random), random.randint(1, 5), random.random() < 0.2
        new_images = uploads(*(f"{number}-{image}.jpg" for image in range(images)))
        named: dict[str, Any] = {}
        if number % 2:
            preview_url = f"https://pictures.example/{number}.jpg"
            new_images[0] = NewImage(new_images[0].filename, f"image {number}", "crop", preview_url)
            named = {"external_reference": f"order {number}", "instructions": "by Friday"}
        new = NewOrder(account_id, f"Order {number}", self.specifications[account_id], new_images, expedite, **named)
        outcome = await self._try(partial(place_order, clock=self.clock, new=new))
        self.orders += outcome.orders if outcome is not None else ()

    async def _produce(self, random: Random, number: int) -> None:
        take = partial(claim_images, clock=self.clock, worker=f"w{number}", count=random.randint(1, 6), lease=LEASE)
        claimed = await in_transaction(self.pool, take)
        images = claimed.images[: random.randint(0, 6)]
        if images:
            await in_transaction(
                self.pool, partial(deliver_images, clock=self.clock, worker=f"w{number}", images=images)
            )

    async def _reject(self, random: Random, number: int) -> None:
        query = """
            SELECT account_id, id FROM images WHERE status = 'DELIVERED'
             ORDER BY delivered_at DESC, filename, (SELECT ref FROM accounts a WHERE a.id = account_id) LIMIT 3"""
        keys = [(row["account_id"], row["id"]) for row in await self.pool.fetch(query)]
        for key in keys[: random.randint(1, 3)]:
            await in_transaction(
                self.pool, partial(reject_images, clock=self.clock, reasons={key: _rejection_reason(random, number)})
            )

    async def _cancel(self, random: Random, _number: int) -> None:
        if self.orders:
            await self._try(partial(cancel_order, clock=self.clock, key=random.choice(self.orders[-4:])))

    async def _expedite(self, random: Random, _number: int) -> None:
        if self.orders:
            key = random.choice(self.orders[-4:])
            await self._try(partial(expedite_order, clock=self.clock, key=key, chosen=None))

    async def _move(self, random: Random, _number: int) -> None:
        move = partial(change_time_zone, clock=self.clock, account_id=self._account(random), name=random.choice(ZONES))
        await in_transaction(self.pool, move)

    async def _negotiate(self, random: Random, _number: int) -> None:
        account_id, images = self._account(random), random.randint(0, 9)
        day = self.clock.now().date() + timedelta(days=random.randint(1, 4))
        others: dict[str, Any] = {
            name: random.choice(values) for name, values in OTHERS.items() if random.random() < 0.4
        }
        terms = Negotiation(NegotiableTerms(images, **others), day, message=random.choice([None, "As agreed."]))
        await self._try(partial(negotiate_sla, clock=self.clock, account_id=account_id, agreed=terms))


def _rejection_reason(random: Random, number: int) -> RejectionReason:
    """Return a reason to reject an image, with a category in half of the cases."""
    category = random.choice([None, *RejectionCategory]) if random.random() < 0.5 else None
    return RejectionReason(f"halo {number}", category)
