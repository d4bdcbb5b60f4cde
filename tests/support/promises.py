"""Promises of deadlines in every situation, and their explanations as text."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus, DeadlineStepCode
from app.domain.deadlines.explanations import Expedite, Moment, Promise, explain
from app.domain.deadlines.rules import standard_deadline
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.positions import Positions
from app.domain.local_time import local_day, local_day_interval, time_zone
from app.domain.orders.enums import ServiceLevel
from tests.support.deadline_steps import Step, in_words
from tests.support.sla import DELIVER_BY, TERMS

COPENHAGEN = time_zone("Europe/Copenhagen")
TO = "\N{EN DASH}"

TUESDAY = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
FRIDAY_BEFORE_SUMMER_TIME = datetime(2026, 3, 27, 13, 5, tzinfo=UTC)

Code = DeadlineStepCode
SLA_STEP = Step(Code.SLA_VERSION, "Under version 1 of the SLA", None)
TUESDAYS_CUTOFF = datetime(2026, 3, 3, 23, tzinfo=UTC)
POSITION_STEP = Step(Code.GUARANTEE_POSITION, f"Images 181{TO}200 of the 200 guaranteed for Tuesday 3 March 2026", None)


def day_of(at: datetime, zone: ZoneInfo) -> LedgerDay:
    """Return the ledger day of an account that never changed its zone."""
    day = local_day(at, zone)
    interval = local_day_interval(day, zone)
    return LedgerDay(day, interval.start, interval.end)


def standard(uploaded_at: datetime, zone: ZoneInfo = COPENHAGEN) -> Promise:
    """Return the promise of images 181 to 200 of a day's 200, uploaded at an instant."""
    return Promise(
        service_level=ServiceLevel.STANDARD,
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=standard_deadline(uploaded_at, zone, DELIVER_BY),
        closed=False,
        sla_version=1,
        image_count=20,
        uploaded=Moment(uploaded_at, zone),
        guarantee=Positions(day_of(uploaded_at, zone), first=181, last=200, size=200),
        expedite=None,
        confirmed=None,
        terms=TERMS,
    )


def additional(uploaded_at: datetime) -> Promise:
    """Return the promise of images 201 to 235 of a day's 200, uploaded at an instant."""
    return replace(
        standard(uploaded_at),
        service_level=ServiceLevel.ADDITIONAL,
        deadline_status=DeadlineStatus.TO_BE_CONFIRMED,
        due_at=None,
        image_count=35,
        guarantee=Positions(day_of(uploaded_at, COPENHAGEN), first=201, last=235, size=200),
    )


def expedited(at: datetime, first: int, last: int, quota: int = 20, zone: ZoneInfo = COPENHAGEN) -> Expedite:
    return Expedite(Moment(at, zone), Positions(day_of(at, zone), first, last, quota), terms=TERMS)


def planned(uploaded_at: datetime, expedite: Expedite) -> Promise:
    """Return the promise of images that await a delivery plan and had no deadline before."""
    return replace(
        standard(uploaded_at),
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=None,
        expedite=expedite,
    )


def explained(promise: Promise) -> list[Step]:
    return in_words(explain(promise))


def codes(promise: Promise) -> str:
    return " ".join(step.code for step in explained(promise))


def text(promise: Promise, code: DeadlineStepCode) -> str:
    return next(step.text for step in explained(promise) if step.code is code)
