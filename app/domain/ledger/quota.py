"""Ledger days with their use (domain rules, section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ledger.days import LedgerDay, ZonePeriod, ledger_day_at
from app.domain.ledger.guarantee import Allowance
from app.domain.sla.terms import SlaInForce, SlaVersion, sla_on


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A ledger day with its use, as events and stored results have it: the SLA by the number of its version."""

    day: LedgerDay
    sla_version: int
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class QuotaDay:
    """A ledger day, the SLA in force at its opening, and the allowance that it grants, with its use."""

    day: LedgerDay
    sla: SlaInForce
    allowance: Allowance

    @property
    def recorded(self) -> RecordedDay:
        """The day as it is recorded."""
        return RecordedDay(self.day, self.sla.version, self.allowance)

    def contains(self, at: datetime) -> bool:
        """Return True if the day contains an instant (UTC)."""
        return self.day.opens_at <= at < self.day.closes_at

    def using(self, uploads: int, expedites: int) -> "QuotaDay":
        """Return the day with more use; negative numbers give back."""
        allowance = self.allowance
        return replace(
            self,
            allowance=replace(
                allowance, used=allowance.used + uploads, expedite_used=allowance.expedite_used + expedites
            ),
        )

    def extended(self, periods: Sequence[ZonePeriod]) -> "QuotaDay":
        """Return the day with its closing after a change of the time zone while it runs."""
        return replace(self, day=ledger_day_at(self.day.opens_at, periods))


def unused_day(at: datetime, periods: Sequence[ZonePeriod], versions: Sequence[SlaVersion]) -> QuotaDay:
    """Return the ledger day that contains the instant, unused."""
    day = ledger_day_at(at, periods)
    sla = sla_on(day.date, versions)
    return QuotaDay(day, sla, Allowance(sla.terms.images_per_day, 0, sla.terms.expedites_per_day, 0))
