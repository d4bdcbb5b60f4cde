"""Changing the plan of an account from a ledger day to come on (domain rules, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.errors import Refusals
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import refusals_of_date
from app.domain.sla.terms import NegotiableTerms, SlaTerms, SlaVersion, next_version


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan for the ledger days from a date on, with the whole set of terms that it promises now."""

    plan: Plan
    terms: SlaTerms
    effective_date: date


@dataclass(frozen=True, slots=True)
class ComingPlan:
    """A plan and the instant (UTC) from which it will be the account's, predicted by the account's zone."""

    plan: Plan
    starts_at: datetime


def changed_plan(new: NewPlan, at: datetime, running: date, versions: Sequence[SlaVersion]) -> SlaVersion:
    """Return the version of a plan changed at `at` (UTC), during the ledger day of the date `running`.

    Raises Refusals of EffectiveDateNotAhead or DateOutOfRange.
    """
    refusals = refusals_of_date(new.effective_date, running)
    if refusals:
        raise Refusals(refusals)
    return SlaVersion(
        version=next_version(versions),
        effective_date=new.effective_date,
        terms=NegotiableTerms(),
        negotiated_at=at,
        plan_terms=new.terms,
        plan=new.plan,
    )
