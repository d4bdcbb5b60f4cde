"""The default terms of the Professional plan, in force in most tests."""

from dataclasses import replace
from datetime import date, datetime, time

from app.domain.sla.enums import Plan
from app.domain.sla.terms import PLAN_TERMS, SlaInForce

TERMS = PLAN_TERMS[Plan.PROFESSIONAL]
DELIVER_BY = TERMS.deliver_by
SLA = SlaInForce(1, TERMS, TERMS)


def sla(version: int) -> SlaInForce:
    """Return the same terms in force by another version."""
    return replace(SLA, version=version)


def always_by_nine(_day: date) -> time:
    return DELIVER_BY


def always_as_now(_at: datetime) -> SlaInForce:
    return SLA
