"""The terms of service: the defaults of plans, and the terms in force on a ledger day (domain rules, section 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from app.domain.bounds import GREATEST_INT
from app.domain.errors import NoSlaInForce
from app.domain.sla.enums import Plan, SlaTerm
from app.domain.user_time import time_in_words

_CACHED_TERMS: Final = 2**12
_NOON: Final = time(12)
UPLOAD_BY: Final = "24:00"
"""Uploads until this time, user time, are for the next morning: the end of the day, which `time` cannot say."""
ADDITIONAL_IMAGES: Final = "To be confirmed by support and production"
DELIVERY_PLAN_MULTIPLE: Final = 2
"""From this many times the day's quota on, staff make a delivery plan; not negotiable."""
REJECTION_FREE: Final = True
SUPPORT_DAYS: Final = "Monday to Friday"


@dataclass(frozen=True, slots=True)
class SlaTerms:
    """All terms of service. The defaults are those of every plan before versions stored their terms.

    - `images_per_day`, `expedites_per_day`: images guaranteed, and images expedited at `expedite_turnaround`, each per
      ledger day; further expedites have `expedite_additional_turnaround`.
    - `deliver_by`: standard orders are delivered by this time on the next working morning, user time.
    - Turnarounds and `support_response` are elapsed time; that of a rejection is moved off a weekend.
    - `expedite_multiplier`: how many times its price an expedited image costs.
    """

    images_per_day: int
    expedites_per_day: int
    deliver_by: time = time(9)
    expedite_turnaround: timedelta = timedelta(hours=3)
    expedite_additional_turnaround: timedelta = timedelta(hours=6)
    expedite_multiplier: Decimal = Decimal(2)
    rejection_turnaround: timedelta = timedelta(hours=5)
    review_turnaround: timedelta = timedelta(hours=5)
    flow_available: bool = False
    flow_turnaround: timedelta = timedelta(hours=1)
    support_phone: bool = False
    support_response: timedelta = timedelta(hours=5)

    @property
    def delivery_plan_from(self) -> int:
        """Number of expedites in a ledger day from which those beyond the quota need a delivery plan.

        At most GREATEST_INT, as many as can be counted: twice a quota of 0.1.0 may be more.
        """
        return min(DELIVERY_PLAN_MULTIPLE * self.expedites_per_day, GREATEST_INT)

    @property
    def expedites_in_order(self) -> bool:
        """True if an expedite within the quota takes no longer than a further one."""
        return self.expedite_turnaround <= self.expedite_additional_turnaround

    @property
    def negotiable(self) -> "NegotiableTerms":
        """The terms that can be negotiated, all of them stated."""
        return NegotiableTerms(**{name: getattr(self, name) for name in ATTRIBUTES.values()})

    @property
    def standard_summary(self) -> str:
        """The standard turnaround in words."""
        next_morning = next_morning_in_words(self.deliver_by).capitalize()
        by = time_in_words(self.deliver_by)
        return f"{next_morning} by {by} for all images uploaded by midnight, Monday to Friday"


@dataclass(frozen=True, slots=True)
class NegotiableTerms:
    """The terms of SlaTerms that can be negotiated, under the same names; None for a term that is not stated."""

    images_per_day: int | None = None
    expedites_per_day: int | None = None
    deliver_by: time | None = None
    expedite_turnaround: timedelta | None = None
    expedite_additional_turnaround: timedelta | None = None
    expedite_multiplier: Decimal | None = None
    rejection_turnaround: timedelta | None = None
    review_turnaround: timedelta | None = None
    flow_available: bool | None = None
    support_response: timedelta | None = None
    support_phone: bool | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """The values of the stated terms, by the names of their attributes."""
        values = ((name, getattr(self, name)) for name in ATTRIBUTES.values())
        return {name: value for name, value in values if value is not None}


def next_morning_in_words(deliver_by: time) -> str:
    """Return "next morning" for a delivery time before noon, and otherwise "next day"."""
    return "next morning" if deliver_by < _NOON else "next day"


ATTRIBUTES: Final[Mapping[SlaTerm, str]] = MappingProxyType(
    {term: "flow_available" if term is SlaTerm.FLOW else term.lower() for term in SlaTerm}
)
"""The attribute of each negotiable term."""

PLAN_TERMS: Final[Mapping[Plan, SlaTerms]] = MappingProxyType(
    {
        Plan.SOLO: SlaTerms(images_per_day=50, expedites_per_day=5),
        Plan.PROFESSIONAL_TRIAL: SlaTerms(images_per_day=50, expedites_per_day=5),
        Plan.PROFESSIONAL: SlaTerms(images_per_day=200, expedites_per_day=20),
        Plan.ENTERPRISE: SlaTerms(images_per_day=200, expedites_per_day=20),
    }
)
"""The whole set of terms that each plan starts with, unless configured otherwise."""


@dataclass(frozen=True, slots=True)
class SlaVersion:
    """Negotiated `terms` for the ledger days from `effective_date` on; one that is not stated continues.

    Versions count from 1, which starts with the account's first ledger day and has `plan_terms`: the whole set that the
    plan promised then, which no later change of the plan's defaults alters. The `note` is for staff only, the `message`
    for the client. One that was withdrawn, at `withdrawn_at`, before its first day counts nowhere. Instants are UTC.

    `plan` is the one that begins with the version, None where it continues: the first version, and those made by a
    change of the plan, have it with its `plan_terms`. A change of the plan states no terms of its own.
    """

    version: int
    effective_date: date
    terms: NegotiableTerms
    negotiated_at: datetime
    note: str | None = None
    plan_terms: SlaTerms | None = None
    message: str | None = None
    withdrawn_at: datetime | None = None
    plan: Plan | None = None

    @property
    def changes_plan(self) -> bool:
        """True if a change of the plan made the version."""
        return self.plan is not None and self.version > 1


@dataclass(frozen=True, slots=True)
class SlaInForce:
    """The terms of a ledger day, their version, and the plan's terms without negotiation."""

    version: int
    terms: SlaTerms
    plan_terms: SlaTerms

    @property
    def custom(self) -> list[SlaTerm]:
        """The terms that differ from the plan's of the day."""
        return [
            term for term, name in ATTRIBUTES.items() if getattr(self.terms, name) != getattr(self.plan_terms, name)
        ]


def sla_on(day: date, versions: Sequence[SlaVersion]) -> SlaInForce:
    """Return the SLA in force on the ledger day of a date; raises NoSlaInForce before the first version.

    The plan's terms are from the plan period of the day. Of negotiations for the same date the highest that was not
    withdrawn supersedes the others; then, by date, a negotiated term replaces the one before, and an omitted one
    continues. A term negotiated to the value that the plan has on that date follows the plan (domain rules, section 2).
    """
    counting = [each for each in versions if each.effective_date <= day and each.withdrawn_at is None]
    if not counting:
        raise NoSlaInForce(day)
    counting.sort(key=_in_order)
    plan_terms = counting[0].plan_terms or _own_terms(counting[0])
    before: dict[str, Any] = {}
    own: dict[str, Any] = {}
    negotiated_for: date | None = None
    for each in counting:
        if each.changes_plan:
            plan_terms = each.plan_terms or plan_terms
            continue
        before = before if each.effective_date == negotiated_for else own
        negotiated_for = each.effective_date
        stated = each.terms.stated
        own = {
            name: value
            for name, value in (before | stated).items()
            if name not in stated or value != getattr(plan_terms, name)
        }
    last = counting[-1].effective_date
    version = max(each.version for each in counting if each.effective_date == last)
    return SlaInForce(version, _with_own(plan_terms, tuple(own.items())) if own else plan_terms, plan_terms)


def sla_of(shown: SlaVersion, versions: Sequence[SlaVersion]) -> SlaInForce:
    """Return the terms of a version on its first day, a superseded or withdrawn one's as if it were in force.

    Later versions for that day are left out, changes of the plan included.
    """
    others = [each for each in versions if each.effective_date != shown.effective_date or each.version < shown.version]
    in_force = sla_on(shown.effective_date, [*others, replace(shown, withdrawn_at=None)])
    return replace(in_force, version=shown.version)


def superseded_by(shown: SlaVersion, versions: Sequence[SlaVersion]) -> int | None:
    """Return the version that counts on the first day of another one in its place.

    None where that one counts itself, or was withdrawn.
    """
    later = [
        each.version
        for each in versions
        if each.effective_date == shown.effective_date and each.version > shown.version and each.withdrawn_at is None
    ]
    return max(later, default=None) if shown.withdrawn_at is None else None


def plan_on(day: date, versions: Sequence[SlaVersion]) -> Plan:
    """Return the plan of the ledger day of a date: the one that began last; raises NoSlaInForce before the first."""
    begun = [(each.effective_date, each.version, each.plan) for each in versions if each.effective_date <= day]
    plan = next((plan for _, _, plan in sorted(begun, reverse=True) if plan is not None), None)
    if plan is None:
        raise NoSlaInForce(day)
    return plan


def next_version(versions: Sequence[SlaVersion]) -> int:
    """Return the number of a new version; numbers of withdrawn versions are not used again."""
    return max(each.version for each in versions) + 1


def _in_order(version: SlaVersion) -> tuple[date, bool, int]:
    """Return the key by which versions follow each other: of a date the plan first, since its terms come after it."""
    return version.effective_date, not version.changes_plan, version.version


def _own_terms(first: SlaVersion) -> SlaTerms:
    """Return the terms of a first version that was stored without its plan's terms."""
    return SlaTerms(first.terms.images_per_day or 0, first.terms.expedites_per_day or 0)


@lru_cache(maxsize=_CACHED_TERMS)
def _with_own(terms: SlaTerms, own: tuple[tuple[str, Any], ...]) -> SlaTerms:
    """Return terms with negotiated ones; cached, since explanations and imports need few of them often."""
    return replace(terms, **dict(own))
