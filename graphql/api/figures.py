"""Reading the Pulse of an account, and showing what the domain computes of it."""

from asyncio import gather
from datetime import datetime
from uuid import UUID

from api.context import Context
from api.drilldowns import Behind
from api.pulse import (
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
from app.domain import local_time, pulse
from app.domain.figures import PulseFigures
from app.domain.ledger import zone_at
from app.domain.streak import Streak
from db.queries.accounts import AccountRow
from db.queries.pulse import FiguresRequest
from db.queries.streak import StreakRequest


async def read_figures(context: Context, account_id: UUID, at: datetime) -> PulseFigures:
    """Read the sums behind Pulse and compliance at an instant not before the account's creation."""
    zone = zone_at(at, (await context.history(account_id)).zones)
    return await context.loaders.figures.load(FiguresRequest(account_id, at, zone, is_now=at == context.now))


async def read_streak(context: Context, account: AccountRow, at: datetime) -> Streak:
    """Read the weeks in a row at an instant not before the account's creation."""
    zones = (await context.history(account.id)).zones
    is_current = zones[-1].starts_at <= at
    request = StreakRequest(
        account.id, at, zone_at(at, zones), zone_is_current=is_current, created_at=account.created_at
    )
    return await context.loaders.streaks.load(request)


async def read_pulse(context: Context, account: AccountRow, at: datetime) -> Pulse:
    """Read the Pulse at an instant not before the account's creation."""
    figures, streak = await gather(read_figures(context, account.id, at), read_streak(context, account, at))
    return _pulse(pulse.pulse_at(at, figures, streak), account.id)


def _pulse(found: pulse.Pulse, account_id: UUID) -> Pulse:
    behind = Behind(account_id, found.current_window)
    return Pulse(
        as_of=found.as_of,
        current_window=_interval(found.current_window),
        previous_window=_interval(found.previous_window),
        productivity=_productivity(found.productivity, behind),
        quality=_quality(found.quality, behind),
        time_savings=_time_savings(found.time_savings),
        productivity_streak=_productivity_streak(found.productivity_streak),
        reliability=_reliability(found.reliability, behind),
        average_lead_time=_average_lead_time(found.average_lead_time),
    )


def _interval(window: local_time.Interval) -> Interval:
    return Interval(start=window.start, end=window.end)


def _productivity(kpi: pulse.Productivity, behind: Behind) -> Productivity:
    return Productivity(
        label=kpi.label,
        summary=kpi.summary,
        change=kpi.trend,
        images_uploaded=kpi.images_uploaded,
        previous_images_uploaded=kpi.previous_images_uploaded,
        images_this_month=kpi.images_this_month,
        all_time_processed=kpi.all_time_processed,
        behind=behind,
    )


def _quality(kpi: pulse.Quality, behind: Behind) -> Quality:
    return Quality(
        label=kpi.label,
        summary=kpi.summary,
        change=kpi.trend,
        rate=kpi.rate,
        previous_rate=kpi.previous_rate,
        delivered=kpi.delivered,
        approved_first_time=kpi.approved_first_time,
        behind=behind,
    )


def _time_savings(kpi: pulse.TimeSavings) -> TimeSavings:
    return TimeSavings(
        label=kpi.label,
        summary=kpi.summary,
        change=kpi.trend,
        hours=kpi.hours,
        previous_hours=kpi.previous_hours,
        by_steps=[StepSavings(step=step.step, hours=step.hours, images=step.images) for step in kpi.by_steps],
    )


def _productivity_streak(kpi: pulse.ProductivityStreak) -> ProductivityStreak:
    return ProductivityStreak(
        label=kpi.label,
        summary=kpi.summary,
        change=kpi.trend,
        weeks=kpi.weeks,
        longest=kpi.longest,
        since=kpi.since,
        uploaded_this_week=kpi.uploaded_this_week,
        keep_by=kpi.keep_by,
    )


def _reliability(kpi: pulse.Reliability, behind: Behind) -> Reliability:
    return Reliability(
        label=kpi.label,
        summary=kpi.summary,
        change=kpi.trend,
        rate=kpi.rate,
        previous_rate=kpi.previous_rate,
        due=kpi.due,
        on_time=kpi.on_time,
        late=kpi.late,
        behind=behind,
    )


def _average_lead_time(kpi: pulse.AverageLeadTime) -> AverageLeadTime:
    return AverageLeadTime(
        label=kpi.label,
        summary=kpi.summary,
        change=kpi.trend,
        seconds=kpi.seconds,
        previous_seconds=kpi.previous_seconds,
        delivered=kpi.delivered,
    )
