"""Random histories of accounts, with instants around the edges of windows, buckets, weeks and months."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.segments import WINDOW, month_start
from app.domain.pulse.streak import monday_of, week_interval
from tests.support.histories import CREATED_AT, DAY, MICROSECOND, STEPS, ZONES, History
from tests.support.past_images import PastImage, PastRejection, PastReview

ASKED_AT: Final = [
    datetime(2026, 5, 5, 12, 34, 56, 789_012, tzinfo=UTC),  # the first day partial: 12 hours, and part of an hour
    datetime(2026, 5, 5, 19, 7, tzinfo=UTC),  # part of a day, and an hour of 7 minutes
    datetime(2026, 5, 5, tzinfo=UTC),  # whole days
    datetime(2026, 5, 4, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 4, 30, 5, 45, 30, 1, tzinfo=UTC),
]


def _edges(at: datetime) -> Iterator[datetime]:
    """Yield the ends of the minute, the hour and the day around an instant."""
    for length in (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)):
        start = at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % length
        yield from (start, start + length)


def _shifted(edges: Iterable[datetime]) -> st.SearchStrategy[datetime]:
    return st.sampled_from([edge + offset for edge in edges for offset in (timedelta(0), -MICROSECOND, MICROSECOND)])


def calendar_edges(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the starts of the month and the week of an instant, and of the week before, in the zone."""
    week = week_interval(monday_of(at, zone), zone).start
    return [month_start(at, zone), week, week_interval(monday_of(week - DAY, zone), zone).start]


def instants_around(at: datetime, zone: ZoneInfo) -> st.SearchStrategy[datetime]:
    """Draw an instant at or a microsecond off an edge of the windows, calendar or buckets around `at`, or any other."""
    windows = [at - ago * WINDOW for ago in (0, 1, 2)]
    cuts = [*windows, *calendar_edges(at, zone)]
    edges = [edge for cut in windows for edge in _edges(cut)]
    anywhere = st.integers(0, 130 * 86_400).map(lambda seconds: CREATED_AT + timedelta(seconds=seconds))
    return st.one_of(_shifted(cuts), _shifted(cuts), _shifted(edges), anywhere)


@st.composite
def _past_images(draw: st.DrawFn, instants: st.SearchStrategy[datetime]) -> PastImage:
    """Draw an image: unconfirmed, open, cancelled or delivered, often at its deadline; then rejected up to twice."""
    uploaded_at, *later = sorted(draw(st.lists(instants, min_size=2, max_size=6)))
    image = PastImage(
        uploaded_at,
        draw(st.none() | st.just(later[0]) | instants.filter(lambda at: at > uploaded_at)),
        service_level=draw(st.sampled_from(ServiceLevel)),
        specification=draw(st.integers(0, 1)),
        version=draw(st.integers(1, len(STEPS))),
    )
    fate = draw(st.sampled_from(("delivered", "cancelled", "delivered", "cancelled", "open")))
    if fate == "cancelled":
        image = replace(image, cancelled_at=draw(st.sampled_from(later)))
    elif fate == "delivered":
        image = replace(image, first_delivered_at=later[0], rejections=draw(_past_rejections(instants, later[1:])))
    return replace(image, reviews=draw(_past_reviews(instants, image)))


@st.composite
def _past_reviews(draw: st.DrawFn, instants: st.SearchStrategy[datetime], image: PastImage) -> tuple[PastReview, ...]:
    """Draw the reviews of an image up to its delivery or cancellation, of which the former ends the last one."""
    until = image.first_delivered_at or image.cancelled_at
    drawn = [max(at, image.uploaded_at) for at in sorted(draw(st.lists(instants, max_size=4)))]
    turns = drawn if until is None else [min(at, until) for at in drawn]
    reviews: list[PastReview] = []
    for index in range(0, len(turns), 2):
        begun_at, *dated_at = turns[index : index + 2]
        ended_at = dated_at[0] if dated_at else image.first_delivered_at
        due_at = max(begun_at, draw(st.just(ended_at or begun_at) | instants))
        reviews.append(PastReview(begun_at, due_at, ended_at))
    return tuple(reviews)


@st.composite
def _past_rejections(
    draw: st.DrawFn, instants: st.SearchStrategy[datetime], turns: list[datetime]
) -> tuple[PastRejection, ...]:
    """Draw the rejections of an image that is rejected and redelivered by turns, at these instants."""
    rejections: list[PastRejection] = []
    for index in range(0, len(turns), 2):
        at, *redelivered_at = turns[index : index + 2]
        due_at = max(at, draw(st.just(turns[-1]) | instants))
        rejections.append(PastRejection(at, due_at, *redelivered_at))
    return tuple(rejections)


@st.composite
def histories(draw: st.DrawFn) -> tuple[History, datetime]:
    """Draw the history of an account, and the instant (UTC) around whose edges its own instants are."""
    at, zone = draw(st.sampled_from(ASKED_AT)), draw(st.sampled_from(ZONES))
    instants = instants_around(at, zone)
    history = History(
        images=tuple(draw(st.lists(_past_images(instants), min_size=3, max_size=24))),
        zone=zone,
        first_zone=draw(st.sampled_from(ZONES)),
        moved_at=draw(st.just(CREATED_AT) | instants),
        minutes_since=draw(st.just(CREATED_AT) | instants),
        rollups_complete=draw(st.booleans()),
    )
    return history, at
