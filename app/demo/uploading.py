"""The uploads of a studio: on working days, more before campaigns, few on weekends, none in quiet weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.demo.studios import Studio
from app.domain.local_time import local_day, time_zone, wall_clock, week_start

_DAY = timedelta(days=1)
_CAMPAIGN = 3.2


@dataclass(frozen=True, slots=True)
class Span:
    """The interval of a history (UTC): from `since` to `until`, which is not included."""

    since: datetime
    until: datetime

    def after(self, share: float) -> datetime:
        """Return the full hour after this share of the interval."""
        return (self.since + (self.until - self.since) * share).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload: its instant (UTC) and number of images."""

    at: datetime
    images: int


def uploads(rng: Random, studio: Studio, span: Span) -> list[Upload]:
    """Return all uploads of the studio within the span, in order of time."""
    days = list(_days(studio, span))
    quiet = _quiet_weeks(rng, studio, days)
    wanted = [
        upload
        for index, day in enumerate(days)
        if week_start(day) not in quiet
        for upload in _uploads_of(rng, studio, span, day, index / len(days))
    ]
    return sorted((upload for upload in wanted if span.since <= upload.at < span.until), key=lambda upload: upload.at)


def _days(studio: Studio, span: Span) -> Iterator[date]:
    day = local_day(span.since, time_zone(studio.time_zone))
    while day <= span.until.date() + _DAY:
        yield day
        day += _DAY


def _quiet_weeks(rng: Random, studio: Studio, days: list[date]) -> frozenset[date]:
    """Draw the weeks without an upload, none of the first two and last three, so that every streak goes on."""
    weeks = sorted({week_start(day) for day in days})[2:-3]
    return frozenset(rng.sample(weeks, min(studio.quiet_weeks, len(weeks) // 2)))


def _uploads_of(rng: Random, studio: Studio, span: Span, day: date, passed: float) -> Iterator[Upload]:
    zone = zone_on(studio, span, day)
    mean = studio.orders * (1 + studio.growth * (passed - 0.5))
    campaign = _CAMPAIGN if rng.random() < 0.06 else 1  # noqa: PLR2004 - every third week or so
    resting = 0.08 if day.weekday() in studio.rest_days else 1
    expected = mean * resting * campaign
    for _ in range(max(0, round(rng.gauss(expected, expected**0.5 / 2)))):
        images = 1 + min(95, int(rng.expovariate(1 / studio.images)))
        yield Upload(wall_clock(day, _time_of_day(rng), zone), images)


def zone_on(studio: Studio, span: Span, day: date) -> ZoneInfo:
    """Return the zone of a studio on a day of the span."""
    moved = studio.move is not None and day > span.after(studio.move.after).date()
    return time_zone(studio.move.time_zone if studio.move and moved else studio.time_zone)


def _time_of_day(rng: Random) -> time:
    """Draw a time of day: mostly office hours, some evenings up to the last second, few at any time."""
    start, end = rng.choices(((32_400, 64_800), (64_800, 86_400), (0, 86_400)), (77, 18, 5))[0]
    second, millisecond = divmod(rng.randrange(start * 1000, end * 1000), 1000)
    return time(second // 3600, second // 60 % 60, second % 60, millisecond * 1000)
