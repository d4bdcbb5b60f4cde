"""The terms of service: what is fixed, what plans start with, what is in force on a day (domain rules, section 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.domain.errors import NoSlaInForce
from app.domain.vocabulary import Plan

DELIVER_BY: Final = time(9)
"""Standard orders are delivered by this time, user time."""
UPLOAD_BY: Final = "24:00"
"""Uploads until this time, user time, are for the next morning: the end of the day, which `time` cannot say."""
STANDARD_SUMMARY: Final = "Next morning by 09:00 for all images uploaded by midnight, Monday to Friday"
ADDITIONAL_IMAGES: Final = "To be confirmed by support and production"

EXPEDITE_TURNAROUND: Final = timedelta(hours=3)
"""For the expedites within the day's quota, elapsed time."""
EXPEDITE_ADDITIONAL_TURNAROUND: Final = timedelta(hours=6)
"""For the expedites beyond the day's quota, elapsed time."""
DELIVERY_PLAN_MULTIPLE: Final = 2
"""From this many times the day's quota on, staff make a delivery plan."""
EXPEDITE_PRICE_MULTIPLIER: Final = Decimal(2)

REJECTION_TURNAROUND: Final = timedelta(hours=5)
"""For the redo of a rejected image, elapsed time, before a weekend moves it."""
REJECTION_FREE: Final = True

FLOW_AVAILABLE: Final = False
FLOW_TURNAROUND: Final = timedelta(hours=1)

SUPPORT_PHONE: Final = False
SUPPORT_DAYS: Final = "Monday to Friday"
SUPPORT_RESPONSE_TIME: Final = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class SlaTerms:
    """The negotiable terms: images guaranteed and images expedited within 3 h, each per ledger day."""

    images_per_day: int
    expedites_per_day: int

    @property
    def delivery_plan_from(self) -> int:
        """Number of expedites in a ledger day from which those beyond the quota need a delivery plan."""
        return DELIVERY_PLAN_MULTIPLE * self.expedites_per_day


PlanTerms = SlaTerms
"""What a plan starts with: terms like any others."""

PLAN_TERMS: Final[Mapping[Plan, PlanTerms]] = MappingProxyType(
    {
        Plan.SOLO: PlanTerms(images_per_day=50, expedites_per_day=5),
        Plan.PROFESSIONAL_TRIAL: PlanTerms(images_per_day=50, expedites_per_day=5),
        Plan.PROFESSIONAL: PlanTerms(images_per_day=200, expedites_per_day=20),
        Plan.ENTERPRISE: PlanTerms(images_per_day=200, expedites_per_day=20),
    }
)


@dataclass(frozen=True, slots=True)
class SlaVersion:
    """Terms negotiated for the ledger days from `effective_date` on; None continues what was before.

    Versions count from 1, which states every term and starts with the account's first ledger day.
    """

    version: int
    effective_date: date
    images_per_day: int | None
    expedites_per_day: int | None
    negotiated_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SlaInForce:
    """The terms of a ledger day and the version that made them so."""

    version: int
    terms: SlaTerms


def sla_on(day: date, versions: Sequence[SlaVersion]) -> SlaInForce:
    """Return what is in force on the ledger day of this date; NoSlaInForce before the first version.

    Of versions for the same date the highest supersedes the others; then, by date, what a version states replaces what
    was before and what it omits continues (domain rules, section 2).
    """
    counting = {version.effective_date: version for version in sorted(versions, key=lambda each: each.version)}
    in_order = [counting[effective] for effective in sorted(counting) if effective <= day]
    images = [version.images_per_day for version in in_order if version.images_per_day is not None]
    expedites = [version.expedites_per_day for version in in_order if version.expedites_per_day is not None]
    if not images or not expedites:
        raise NoSlaInForce(day)
    return SlaInForce(in_order[-1].version, SlaTerms(images[-1], expedites[-1]))
