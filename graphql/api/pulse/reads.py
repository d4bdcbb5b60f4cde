"""Reads of an account's Pulse, and its figures as API types."""

from asyncio import gather
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from api.context import Context
from api.pulse.drilldowns import Source
from api.pulse.types import (
    KPI,
    AverageLeadTime,
    Interval,
    Productivity,
    ProductivityStreak,
    Pulse,
    Quality,
    Reliability,
    StepSavings,
    TimeSavings,
)
from app.domain import local_time
from app.domain.pulse import kpis as pulse
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from app.domain.pulse.streak import Streak
from db.queries.accounts import AccountRow

FIGURES: Final = 1_000
"""The weight of a field that reads the sums behind Pulse and compliance."""

Shown = TypeVar("Shown", bound=KPI)
_Figure: TypeAlias = (
    pulse.Productivity
    | pulse.Quality
    | pulse.TimeSavings
    | pulse.ProductivityStreak
    | pulse.Reliability
    | pulse.AverageLeadTime
)


async def read_figures(context: Context, account_id: UUID, at: datetime) -> PulseFigures:
    """Return the sums behind Pulse and compliance at an instant not before the account's creation."""
    history = await context.history(account_id)
    request = AsOf.of(account_id, history.zones, at, is_now=at == context.instant(account_id))
    return await context.loaders.figures.load(request)


async def read_streak(context: Context, account_id: UUID, at: datetime) -> Streak:
    """Read the weeks in a row at an instant not before the account's creation."""
    history = await context.history(account_id)
    return await context.loaders.streaks.load(AsOf.of(account_id, history.zones, at))


async def read_pulse(context: Context, account: AccountRow, at: datetime) -> Pulse:
    """Return the Pulse at an instant not before the account's creation."""
    figures, streak = await gather(read_figures(context, account.id, at), read_streak(context, account.id, at))
    return shown_pulse(account.id, at, figures, streak)


def shown_pulse(account_id: UUID, at: datetime, figures: PulseFigures, streak: Streak) -> Pulse:
    """Return an account's Pulse at an instant (UTC), computed from the sums and the streak as of it."""
    found = pulse.pulse_at(at, figures, streak)
    source = Source(account_id, found.current_window)
    by_steps = [
        StepSavings(step=each.step, hours=each.hours, image_count=each.image_count)
        for each in found.time_savings.by_steps
    ]
    return Pulse(
        as_of=found.as_of,
        current_window=_interval(found.current_window),
        previous_window=_interval(found.previous_window),
        productivity=_kpi(Productivity, found.productivity, source=source),
        quality=_kpi(Quality, found.quality, source=source),
        time_savings=_kpi(TimeSavings, found.time_savings, by_steps=by_steps),
        productivity_streak=_kpi(ProductivityStreak, found.productivity_streak),
        reliability=_kpi(Reliability, found.reliability, source=source),
        average_lead_time=_kpi(AverageLeadTime, found.average_lead_time),
    )


def _interval(window: local_time.Interval) -> Interval:
    return Interval(start=window.start, end=window.end)


def _kpi(shown_as: type[Shown], figure: _Figure, **more: object) -> Shown:
    """Return a figure as a type whose fields have the names of the figure's, except the trend."""
    parts: dict[str, Any] = {part.name: getattr(figure, part.name) for part in fields(figure)} | more
    return shown_as(change=parts.pop("trend"), **parts)
