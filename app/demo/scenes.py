"""The scenes of the demo: orders with a set fate, so that no card is empty, whenever the demo is started.

Each studio has a busy Wednesday one to two weeks before the end of the history, and a few orders in its last two days;
one studio has used up its guarantee by the end. Instants are UTC.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, TypeAlias

from app.demo.production import Confirmation, Image, Job, Return
from app.demo.studios import Studio
from app.demo.uploading import Span, zone_on
from app.domain.deadlines.rules import expedite_window
from app.domain.ledger.guarantee import Allowance
from app.domain.local_time import local_day, time_zone, wall_clock

Fate: TypeAlias = Callable[[Job], list[Image]]
Size: TypeAlias = Callable[[Allowance], int]

DOWNLOADED: Final = "SS26-LOOKBOOK"
"""The reference of an order that was delivered whole, at each studio."""
SENT_BACK: Final = "SS26-SHOES"
"""The reference of an order of which an image was sent back and is not delivered again yet."""
UNDATED: Final = "FW26-CAMPAIGN"
"""The reference of an order for which staff have owed a deadline since the busy Wednesday."""

_WEDNESDAY: Final = 2
_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """An order at an instant: its number of images by the allowance of the day, and their fate.

    The fate of images for which staff owe a deadline may be another one.
    """

    at: datetime
    size: Size
    fate: Fate
    owed: Fate | None = None
    expedite: bool = False
    reference: str | None = None

    def images(self, job: Job, *, is_owed: bool) -> list[Image]:
        """Return the images of a part of the order, for which staff owe a deadline or not."""
        return self.owed(job) if self.owed and is_owed else self.fate(job)


def scenes(studio: Studio, span: Span) -> Iterator[Scene]:
    """Yield the scenes of a studio, of the days before the end of a span."""
    yield from _busy_wednesday(studio, span)
    yield from _last_days(span.until)
    if studio.is_full:
        yield from _last_hour(span.until)


def _busy_wednesday(studio: Studio, span: Span) -> Iterator[Scene]:
    """Yield orders of every level: those for which staff owe a deadline have one in time, late, or not at all."""
    latest = local_day(span.until - 4 * _DAY, time_zone(studio.time_zone))
    day = latest - (latest.weekday() - _WEDNESDAY) % 7 * _DAY
    zone = zone_on(studio, span, day)
    first, evening = wall_clock(day, time(0, 1), zone), wall_clock(day, time(18, 30), zone)
    yield Scene(first, _images(4), _in_time_but_one)
    yield Scene(first + _SECOND, _a_quarter_above_the_quota, _in_time_but_one, expedite=True)
    yield Scene(first + 2 * _SECOND, _twice_the_quota, _in_time_but_one, _in_portions(4 * _HOUR), expedite=True)
    yield Scene(evening, _beyond_the_guarantee(12), _in_time_but_one, _in_portions(20 * _HOUR))
    evenings = iter(evening + number * _SECOND for number in range(1, 5))
    yield Scene(next(evenings), _beyond_the_guarantee(8), _redone_after(40 * _HOUR))
    yield Scene(next(evenings), _beyond_the_guarantee(5), _in_time_but_one, _waiting)
    yield Scene(next(evenings), _beyond_the_guarantee(6), _in_time_but_one, _waiting, reference=UNDATED)
    yield Scene(next(evenings), _images(5), _in_time_but_one, _due_at(span.until + 2 * _DAY), expedite=True)


def _last_days(until: datetime) -> Iterator[Scene]:
    """Yield an order that can be downloaded, one of which an image was sent back, and some in production."""
    yield Scene(until - 50 * _HOUR, _images(4), _delivered_after(3 * _HOUR), reference=DOWNLOADED)
    yield Scene(until - 28 * _HOUR, _images(5), _sent_back(until), reference=SENT_BACK)
    yield Scene(until - 45 * _MINUTE, _images(6), _in_production(until))
    if expedite_window(until - 30 * _MINUTE).available:
        yield Scene(until - 30 * _MINUTE, _images(3), _in_production(until), expedite=True)


def _last_hour(until: datetime) -> Iterator[Scene]:
    """Yield orders that use up the quotas of the day, and one more, which awaits its deadline."""
    if expedite_window(until - 29 * _MINUTE).available:
        yield Scene(until - 29 * _MINUTE, _a_quarter_above_the_quota, _in_production(until), expedite=True)
    yield Scene(until - 20 * _MINUTE, _beyond_the_guarantee(7), _in_production(until), _waiting)


def _images(count: int) -> Size:
    return lambda _: count


def _beyond_the_guarantee(count: int) -> Size:
    return lambda allowance: allowance.remaining + count


def _a_quarter_above_the_quota(allowance: Allowance) -> int:
    """Return the images of an order at the levels of 3 and of 6 hours."""
    return allowance.expedite_remaining + max(2, allowance.expedite_capacity // 4)


def _twice_the_quota(allowance: Allowance) -> int:
    """Return the images of an order that needs a delivery plan."""
    return max(6, 2 * allowance.expedite_capacity - allowance.expedite_used)


def _in_time_but_one(job: Job) -> list[Image]:
    """Deliver by the deadline, or within a day without one; the last image is twelve minutes late."""
    return _until(job.filenames, job.since, job.due_at or job.since + _DAY, None)


def _in_portions(step: timedelta) -> Fate:
    """Plan two portions an hour after the upload, due one step after each other; the last image of each is late."""

    def fate(job: Job) -> list[Image]:
        confirmed_at, half = job.since + _HOUR, (len(job.filenames) + 1) // 2
        first, second = (Confirmation(confirmed_at, job.since + number * step) for number in (1, 2))
        return [
            *_until(job.filenames[:half], confirmed_at, first.due_at, first),
            *_until(job.filenames[half:], confirmed_at, second.due_at, second),
        ]

    return fate


def _until(
    filenames: Sequence[str], since: datetime, due_at: datetime, confirmation: Confirmation | None
) -> list[Image]:
    """Deliver after two thirds of the time, but the last image twelve minutes late."""
    at = since + (due_at - since) * 2 / 3
    in_time = [Image(name, confirmation, at) for name in filenames[:-1]]
    return [*in_time, *(Image(name, confirmation, due_at + 12 * _MINUTE) for name in filenames[-1:])]


def _delivered_after(lead: timedelta) -> Fate:
    return lambda job: [Image(name, delivered_at=job.since + lead) for name in job.filenames]


def _redone_after(lead: timedelta) -> Fate:
    """Deliver after a time; two images are sent back two hours later, and the second one's redo is late."""

    def fate(job: Job) -> list[Image]:
        at = job.since + lead
        redone = [
            Image(name, delivered_at=at, returns=(Return(at + 2 * _HOUR, "Shadow too hard", at + (2 + hours) * _HOUR),))
            for name, hours in zip(job.filenames, (1, 9), strict=False)
        ]
        return [*redone, *(Image(name, delivered_at=at) for name in job.filenames[len(redone) :])]

    return fate


def _waiting(job: Job) -> list[Image]:
    return [Image(name) for name in job.filenames]


def _due_at(due_at: datetime) -> Fate:
    """Plan one deadline after the end of the history, an hour after the upload."""

    def fate(job: Job) -> list[Image]:
        confirmation = Confirmation(job.since + _HOUR, due_at)
        return [Image(name, confirmation, due_at - _HOUR) for name in job.filenames]

    return fate


def _sent_back(until: datetime) -> Fate:
    """Deliver three hours after the upload; one image was sent back an hour ago and is still to be delivered again."""

    def fate(job: Job) -> list[Image]:
        delivered_at = job.since + 3 * _HOUR
        back = Return(until - _HOUR, "Crop cuts the sleeve", until + 2 * _HOUR)
        first = Image(job.filenames[0], delivered_at=delivered_at, returns=(back,))
        return [first, *(Image(name, delivered_at=delivered_at) for name in job.filenames[1:])]

    return fate


def _in_production(until: datetime) -> Fate:
    """Deliver a third of the images some minutes before the end of the history, and the others after it."""

    def fate(job: Job) -> list[Image]:
        third = len(job.filenames) // 3
        instants = [until - 5 * _MINUTE] * third + [until + _HOUR] * (len(job.filenames) - third)
        return [Image(name, delivered_at=at) for name, at in zip(job.filenames, instants, strict=True)]

    return fate
