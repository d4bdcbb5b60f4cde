"""The inquiries of a studio: some every week, most of them answered in time, some late, and some not yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from random import Random
from typing import Final

from app.demo.studios import Studio
from app.demo.uploading import Span
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.inquiries import InquiryTopic
from app.domain.local_time import time_zone

_HOUR: Final = timedelta(hours=1)
_LONGEST_PAUSE: Final = timedelta(days=9)
_LAST: Final = (timedelta(days=10), timedelta(days=6), timedelta(days=4), timedelta(hours=3))
"""The times before the end of the history at which every studio asks, to the hour."""
_LATE: Final = 0.08
_DIALOGUES: Final[Sequence[tuple[InquiryTopic, str, str]]] = (
    (
        InquiryTopic.SUPPORT,
        "Can you match the white of last week's order?",
        "Yes, we have put it in your instructions.",
    ),
    (InquiryTopic.SUPPORT, "Which sizes do you need for marketplaces?", "2,000 pixels on the longer side are enough."),
    (InquiryTopic.SLA, "We plan more images from next month on. What is possible?", "We will call you with an offer."),
    (
        InquiryTopic.DELIVERY_PLAN,
        "400 looks are coming on Thursday. When can we have them?",
        "Half on Friday, the rest on Monday.",
    ),
    (
        InquiryTopic.FEEDBACK,
        "The shadows of the shoes are lovely, thank you!",
        "Thank you, the team is happy to read it.",
    ),
    (
        InquiryTopic.DATA,
        "Can we see our spend by season?",
        "It is on our list; until then it is in the activity by month.",
    ),
    (InquiryTopic.DATA, "Is the lead time counted from the upload or from the order?", "They are the same instant."),
    (
        InquiryTopic.SUPPORT,
        "A model's name is in a file name. Can you rename it?",
        "Please upload it again; we cancel it.",
    ),
    (InquiryTopic.SUPPORT, "Do you keep the layers of the files?", "Yes, in the TIFF that you can download."),
    (InquiryTopic.SLA, "Our shoots end later in summer. Can we upload until 02:00?", "Let us talk about Flow."),
    (InquiryTopic.DELIVERY_PLAN, "The campaign starts on the 15th. Will all be there?", "Yes, all of it on the 12th."),
    (InquiryTopic.FEEDBACK, "The skin was a little too smooth this time.", "Thank you, the team will see to it."),
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry of a studio, with its answer before the end of the history; instants are UTC."""

    number: int
    at: datetime
    topic: InquiryTopic
    text: str
    answer: str | None = None
    answered_at: datetime | None = None


def inquiries(seed: int, studio: Studio, span: Span) -> Iterator[Inquiry]:
    """Yield the inquiries of a studio within a span, in order of time."""
    rng = Random(f"{seed} {studio.ref} inquiries")  # noqa: S311 - a history, no secret
    asked = sorted([*_at_any_time(rng, span), *_in_the_last_days(rng, span)])
    for number, (at, hours) in enumerate(asked, start=1):
        yield _inquiry(rng, studio, span, number, at, hours)


def _at_any_time(rng: Random, span: Span) -> Iterator[tuple[datetime, float]]:
    """Yield instants and the working hours until the answers, most of which are in time."""
    at = span.since + _pause(rng)
    while at < span.until:
        yield at, rng.uniform(5.2, 7) if rng.random() < _LATE else rng.uniform(0.2, 4.8)
        at += _pause(rng)


def _in_the_last_days(rng: Random, span: Span) -> Iterator[tuple[datetime, float]]:
    """Yield an inquiry that was answered in time, one answered late, one overdue, and one of the last hours."""
    for ago, hours in zip(_LAST, (1, 7, inf, inf), strict=True):
        at = span.until - ago + timedelta(seconds=rng.randrange(3_600))
        if at > span.since:
            yield at, hours


def _inquiry(rng: Random, studio: Studio, span: Span, number: int, at: datetime, hours: float) -> Inquiry:
    topic, text, answer = rng.choice(_DIALOGUES)
    if hours == inf:
        return Inquiry(number, at, topic, text)
    answered_at = working_hours_after(at, timedelta(seconds=round(hours * 3600)), time_zone(studio.time_zone))
    if answered_at >= span.until:
        return Inquiry(number, at, topic, text)
    return Inquiry(number, at, topic, text, answer, answered_at)


def _pause(rng: Random) -> timedelta:
    return timedelta(seconds=rng.randint(int(_HOUR.total_seconds()), int(_LONGEST_PAUSE.total_seconds())))
