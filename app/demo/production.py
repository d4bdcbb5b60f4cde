"""How production fared: when images were delivered, which ones came back, and when they were done again.

Instants are UTC. What is made up here may lie after the end of the history, which then leaves it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.domain.account import Account
from app.domain.deadlines.rules import rejection_deadline, standard_deadline

REASONS = (
    "Halo around the edges",
    "Shadow too hard",
    "Colour differs from the sample",
    "Crop cuts the sleeve",
    "Dust left on the sole",
    "Wrong background",
)
_BATCH = 8
_MOST_RETURNS = 2
_LATE_IN_A_SLIP = 0.6
_LATE_AGAIN = 0.1
_LAST_INSTANT = 0.003
_FORGOTTEN = 0.2
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A deadline that staff set at `confirmed_at`, where the rules give none or ask for a delivery plan."""

    confirmed_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """A rejection: when, why, and when the image was delivered again."""

    at: datetime
    reason: str
    redelivered_at: datetime


@dataclass(frozen=True, slots=True)
class Image:
    """An image of an order and what became of it."""

    filename: str
    confirmation: Confirmation | None = None
    delivered_at: datetime | None = None
    returns: Sequence[Return] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Images to be done together, from an instant on, by a deadline if there is one."""

    filenames: Sequence[str]
    since: datetime
    due_at: datetime | None
    confirmation: Confirmation | None = None


@dataclass(frozen=True, slots=True)
class Production:
    """The people and machines that work for one studio; `slips` and `rejects` as of the studio."""

    rng: Random
    slips: float
    rejects: float

    def make(self, job: Job, account: Account) -> list[Image]:
        """Deliver a job's images in batches, and take some of them back."""
        slipping = self.rng.random() < self.slips
        images: list[Image] = []
        while len(images) < len(job.filenames):
            batch = job.filenames[len(images) : len(images) + self.rng.randint(1, _BATCH)]
            at = self._delivery(job, late=slipping and self.rng.random() < _LATE_IN_A_SLIP)
            images += [Image(name, job.confirmation, at, self._returns(at, account)) for name in batch]
        return images

    def plan(self, placed_at: datetime, account: Account) -> Confirmation | None:
        """Set a deadline where the rules give none, a day after the standard one of that hour; or forget to."""
        if self.rng.random() < _FORGOTTEN:
            return None
        confirmed_at = placed_at + timedelta(seconds=round(self.rng.uniform(1_200, 14_400)))
        upload = confirmed_at + timedelta(days=1)
        deliver_by = account.terms_at(upload).terms.deliver_by
        return Confirmation(confirmed_at, standard_deadline(upload, account.zone, deliver_by))

    def hurried_plan(self, placed_at: datetime, due_at: datetime) -> Confirmation | None:
        """Set a deadline earlier than the one kept at the plan level, or leave it as it is."""
        if self.rng.random() < _FORGOTTEN:
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
        """Mostly hours, sometimes days, now and then a microsecond: that is late as well."""
        kind = self.rng.choices(("hours", "days", "a microsecond"), (90, 7, 3))[0]
        if kind == "a microsecond":
            return _MICROSECOND
        seconds = self.rng.expovariate(1 / 7_000) if kind == "hours" else self.rng.uniform(90_000, 400_000)
        return timedelta(seconds=1 + round(seconds))

    def _returns(self, delivered_at: datetime, account: Account) -> Sequence[Return]:
        story: list[Return] = []
        while len(story) < _MOST_RETURNS and self.rng.random() < self.rejects:
            at = delivered_at + timedelta(seconds=round(self.rng.uniform(900, 90_000)))
            delivered_at = self._redelivery(at, account)
            story.append(Return(at, self.rng.choice(REASONS), delivered_at))
        return story

    def _redelivery(self, at: datetime, account: Account) -> datetime:
        if self.rng.random() < _LATE_AGAIN:
            return rejection_deadline(at, account.zone, account.terms_at(at).terms) + self._delay()
        return at + timedelta(seconds=round(self.rng.uniform(2_400, 17_500)))
