"""The six figures of the Pulse, each with its trend and a line for people (domain rules, section 6)."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import floor
from typing import Final

from app.domain.local_time import Interval
from app.domain.pulse import definitions
from app.domain.pulse.figures import PulseFigures, WindowFigures
from app.domain.pulse.segments import windows
from app.domain.pulse.streak import Streak
from app.domain.pulse.trends import Trend, TrendDirection, change_in_words, tenths_of, trend, trend_of_shares

_MILLISECONDS_PER_HOUR: Final = 3_600_000
_MICROSECONDS_PER_SECOND: Final = 1_000_000
_SECONDS_PER_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Productivity:
    """Images uploaded; also all images ever processed, and those uploaded this calendar month, user time.

    At exactly the midnight that ends a month it is that month (domain rules, Time).
    """

    label: str
    summary: str
    trend: Trend
    images_uploaded: int
    previous_images_uploaded: int
    images_this_month: int
    all_time_processed: int
    definition: str = definitions.PRODUCTIVITY


@dataclass(frozen=True, slots=True)
class Quality:
    """The share, 0 to 1, of first deliveries that were not rejected; None over none."""

    label: str
    summary: str
    trend: Trend
    rate: float | None
    previous_rate: float | None
    delivered_count: int
    approved_count: int
    rejected_count: int
    definition: str = definitions.QUALITY


@dataclass(frozen=True, slots=True)
class StepSavings:
    """One retouching step's part of the time savings, and the images that have it."""

    step: str
    hours: float
    image_count: int


@dataclass(frozen=True, slots=True)
class TimeSavings:
    """Hours that a median human retoucher would have needed for the delivered images."""

    label: str
    summary: str
    trend: Trend
    hours: float
    previous_hours: float
    by_steps: tuple[StepSavings, ...]
    definition: str = definitions.TIME_SAVINGS


@dataclass(frozen=True, slots=True)
class ProductivityStreak:
    """Consecutive weeks with an upload; it has no trend. `since` is its first Monday, None if it has no week.

    `keep_by` (UTC) is the end of the running week, None once that has an upload.
    """

    label: str
    summary: str
    trend: None
    weeks: int
    longest: int
    since: date | None
    uploaded_this_week: bool
    keep_by: datetime | None
    definition: str = definitions.PRODUCTIVITY_STREAK


@dataclass(frozen=True, slots=True)
class Reliability:
    """The share, 0 to 1, of outcomes that were on time; None over none.

    `due_count` is the sum of `on_time_count` and `late_count`.
    """

    label: str
    summary: str
    trend: Trend
    rate: float | None
    previous_rate: float | None
    due_count: int
    on_time_count: int
    late_count: int
    definition: str = definitions.RELIABILITY


@dataclass(frozen=True, slots=True)
class AverageLeadTime:
    """Mean seconds from upload to first delivery; None over none."""

    label: str
    summary: str
    trend: Trend
    seconds: float | None
    previous_seconds: float | None
    delivered_count: int
    definition: str = definitions.AVERAGE_LEAD_TIME


@dataclass(frozen=True, slots=True)
class Pulse:
    """All six KPIs at an instant, computed from the facts before it."""

    as_of: datetime
    current_window: Interval
    previous_window: Interval
    productivity: Productivity
    quality: Quality
    time_savings: TimeSavings
    productivity_streak: ProductivityStreak
    reliability: Reliability
    average_lead_time: AverageLeadTime


def pulse_at(at: datetime, figures: PulseFigures, streak: Streak) -> Pulse:
    """Compute the Pulse at an instant (UTC) from the sums and the streak as of it."""
    compared = windows(at)
    return Pulse(
        as_of=at,
        current_window=compared.current,
        previous_window=compared.previous,
        productivity=_productivity(figures),
        quality=_quality(figures.current, figures.previous),
        time_savings=_time_savings(figures.current, figures.previous),
        productivity_streak=_productivity_streak(streak),
        reliability=_reliability(figures.current, figures.previous),
        average_lead_time=_average_lead_time(figures.current, figures.previous),
    )


def _productivity(figures: PulseFigures) -> Productivity:
    uploaded, before = figures.current.uploaded, figures.previous.uploaded
    change = trend(uploaded, before, better=TrendDirection.UP)
    return Productivity(
        label="Productivity",
        summary=_counted(uploaded, "image") + change_in_words(change),
        trend=change,
        images_uploaded=uploaded,
        previous_images_uploaded=before,
        images_this_month=figures.uploaded_this_month,
        all_time_processed=figures.all_time_processed,
    )


def _quality(current: WindowFigures, previous: WindowFigures) -> Quality:
    approved = current.delivered - current.rejected
    rate = _ratio(approved, current.delivered)
    previous_rate = _ratio(previous.delivered - previous.rejected, previous.delivered)
    change = trend_of_shares(rate, previous_rate)
    summary = (
        "Nothing delivered in 30 days"
        if rate is None
        else f"{_percent(rate)} right first time{change_in_words(change)}"
    )
    return Quality(
        label="Quality",
        summary=summary,
        trend=change,
        rate=_float(rate),
        previous_rate=_float(previous_rate),
        delivered_count=current.delivered,
        approved_count=approved,
        rejected_count=current.rejected,
    )


def _time_savings(current: WindowFigures, previous: WindowFigures) -> TimeSavings:
    saved, before = current.saved_milliseconds, previous.saved_milliseconds
    change = trend(saved, before, better=TrendDirection.UP)
    hours = f"{tenths_of(Fraction(saved, _MILLISECONDS_PER_HOUR)) / 10:,.1f}"
    return TimeSavings(
        label="Time Savings",
        summary=f"{hours} hours saved{change_in_words(change)}",
        trend=change,
        hours=saved / _MILLISECONDS_PER_HOUR,
        previous_hours=before / _MILLISECONDS_PER_HOUR,
        by_steps=tuple(
            StepSavings(step.step, step.milliseconds / _MILLISECONDS_PER_HOUR, step.images) for step in current.steps
        ),
    )


def _productivity_streak(streak: Streak) -> ProductivityStreak:
    run = streak.current
    weeks = 0 if run is None else run.weeks
    return ProductivityStreak(
        label="Productivity Streak",
        summary=f"{_counted(weeks, 'week')} in a row",
        trend=None,
        weeks=weeks,
        longest=streak.longest,
        since=None if run is None else run.first,
        uploaded_this_week=streak.uploaded_this_week,
        keep_by=streak.keep_by,
    )


def _reliability(current: WindowFigures, previous: WindowFigures) -> Reliability:
    on_time, late = current.met.images, current.late.images
    rate = _ratio(on_time, on_time + late)
    previous_rate = _ratio(previous.met.images, previous.met.images + previous.late.images)
    change = trend_of_shares(rate, previous_rate)
    return Reliability(
        label="Reliability",
        summary="Nothing due in 30 days" if rate is None else f"{_percent(rate)} on time{change_in_words(change)}",
        trend=change,
        rate=_float(rate),
        previous_rate=_float(previous_rate),
        due_count=on_time + late,
        on_time_count=on_time,
        late_count=late,
    )


def _average_lead_time(current: WindowFigures, previous: WindowFigures) -> AverageLeadTime:
    seconds = _ratio(current.lead_microseconds, current.delivered * _MICROSECONDS_PER_SECOND)
    before = _ratio(previous.lead_microseconds, previous.delivered * _MICROSECONDS_PER_SECOND)
    change = trend(seconds, before, better=TrendDirection.DOWN)
    return AverageLeadTime(
        label="Average Lead Time",
        summary="Nothing delivered in 30 days" if seconds is None else _duration(seconds) + change_in_words(change),
        trend=change,
        seconds=_float(seconds),
        previous_seconds=_float(before),
        delivered_count=current.delivered,
    )


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _percent(share: Fraction) -> str:
    """Write a share to one decimal; 0.0 % and 100.0 % only of none and of all."""
    tenths = tenths_of(share * 100)
    if share.denominator > 1:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths / 10:.1f} %"


def _duration(seconds: Fraction) -> str:
    """Write a duration to the second below a minute, to the minute above, rounded down: "7 h 12 min"."""
    if seconds < _SECONDS_PER_MINUTE:
        return f"{floor(seconds)} s"
    hours, minutes = divmod(floor(seconds) // _SECONDS_PER_MINUTE, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"
