"""The production of the demo: deliveries, rejections and redeliveries of images.

Instants are UTC. Those after the end of the history are left out by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.domain.account import Account
from app.domain.deadlines.rules import rejection_deadline, standard_deadline
from app.domain.orders.enums import RejectionCategory

REASONS: Final[Mapping[str, RejectionCategory]] = {
    "Halo around the edges": RejectionCategory.MASK,
    "Shadow too hard": RejectionCategory.RETOUCH,
    "Colour differs from the sample": RejectionCategory.COLOR,
    "Crop cuts the sleeve": RejectionCategory.CROP,
    "Dust left on the sole": RejectionCategory.RETOUCH,
    "Wrong background": RejectionCategory.INSTRUCTIONS,
}
"""The reasons for rejections, with their categories."""
_BATCH = 8
_MOST_REJECTIONS = 2
_LATE_IN_A_SLIP = 0.6
_LATE_AGAIN = 0.1
_LAST_INSTANT = 0.003
_NOT_CONFIRMED = 0.2
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A deadline that staff set at `confirmed_at`, where the rules give none or ask for a delivery plan."""

    confirmed_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """A rejection with its reason and redelivery."""

    at: datetime
    reason: str
    redelivered_at: datetime


@dataclass(frozen=True, slots=True)
class Image:
    """An image of an order with its delivery and rejections."""

    filename: str
    confirmation: Confirmation | None = None
    delivered_at: datetime | None = None
    returns: Sequence[Return] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Images to produce from an instant on, by a deadline if there is one."""

    filenames: Sequence[str]
    since: datetime
    due_at: datetime | None
    confirmation: Confirmation | None = None


@dataclass(frozen=True, slots=True)
class Production:
    """The production for one studio; `slips` and `rejects` are the studio's."""

    rng: Random
    slips: float
    rejects: float

    def make(self, job: Job, account: Account) -> list[Image]:
        """Deliver a job's images in batches, and reject some of them."""
        slipping = self.rng.random() < self.slips
        images: list[Image] = []
        while len(images) < len(job.filenames):
            batch = job.filenames[len(images) : len(images) + self.rng.randint(1, _BATCH)]
            at = self._delivery(job, late=slipping and self.rng.random() < _LATE_IN_A_SLIP)
            images += [Image(name, job.confirmation, at, self._returns(at, account)) for name in batch]
        return images

    def plan(self, placed_at: datetime, account: Account) -> Confirmation | None:
        """Set a deadline where the rules give none, a day after the standard one of then; None if staff set none."""
        if self.rng.random() < _NOT_CONFIRMED:
            return None
        confirmed_at = placed_at + timedelta(seconds=round(self.rng.uniform(1_200, 14_400)))
        upload = confirmed_at + timedelta(days=1)
        deliver_by = account.terms_at(upload).terms.deliver_by
        return Confirmation(confirmed_at, standard_deadline(upload, account.zone, deliver_by))

    def early_plan(self, placed_at: datetime, due_at: datetime) -> Confirmation | None:
        """Set a deadline earlier than the one kept at the plan level; None if staff set none."""
        if self.rng.random() < _NOT_CONFIRMED:
            return None
        confirmed_at = placed_at + timedelta(seconds=round(self.rng.uniform(600, 7_200)))
        seconds = (due_at - confirmed_at) / timedelta(seconds=1) * self.rng.uniform(0.5, 0.9)
        return Confirmation(confirmed_at, confirmed_at + timedelta(seconds=round(seconds)))

    def _delivery(self, job: Job, *, late: bool) -> datetime:
        if job.due_at is None:
            return job.since + timedelta(seconds=round(self.rng.uniform(60_000, 300_000)))
        if late:
            return job.due_at + self._delay()
        if self.rng.random() < _LAST_INSTANT:
            return job.due_at
        span = (job.due_at - job.since) * self.rng.betavariate(3, 2.4)
        return job.since + timedelta(milliseconds=max(1, span // timedelta(milliseconds=1)))

    def _delay(self) -> timedelta:
        """Return a delay: mostly hours, sometimes days, rarely a microsecond, which is late as well."""
        kind = self.rng.choices(("hours", "days", "a microsecond"), (90, 7, 3))[0]
        if kind == "a microsecond":
            return _MICROSECOND
        seconds = self.rng.expovariate(1 / 7_000) if kind == "hours" else self.rng.uniform(90_000, 400_000)
        return timedelta(seconds=1 + round(seconds))

    def _returns(self, delivered_at: datetime, account: Account) -> Sequence[Return]:
        returns: list[Return] = []
        while len(returns) < _MOST_REJECTIONS and self.rng.random() < self.rejects:
            at = delivered_at + timedelta(seconds=round(self.rng.uniform(900, 90_000)))
            delivered_at = self._redelivery(at, account)
            returns.append(Return(at, self.rng.choice([*REASONS]), delivered_at))
        return returns

    def _redelivery(self, at: datetime, account: Account) -> datetime:
        if self.rng.random() < _LATE_AGAIN:
            return rejection_deadline(at, account.zone, account.terms_at(at).terms) + self._delay()
        return at + timedelta(seconds=round(self.rng.uniform(2_400, 17_500)))
