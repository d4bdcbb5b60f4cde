"""An account as the rules know it: its zones, its SLA and the ledger day in use (domain rules, sections 1, 2 and 4)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.deadlines.rules import latest_upload_for
from app.domain.deadlines.zones import latest_zone, require_time_zone_change, zone_changes
from app.domain.errors import AccountIsClosed
from app.domain.ledger.days import (
    ChangedBy,
    LedgerDay,
    ZonePeriod,
    first_ledger_day,
    ledger_day_at,
    ledger_day_from,
    zone_at,
)
from app.domain.ledger.quota import QuotaDay, unused_day
from app.domain.local_time import just_before, midnight, time_zone
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import Negotiation, negotiated, withdrawn
from app.domain.sla.plans import ComingPlan, NewPlan, changed_plan
from app.domain.sla.terms import NegotiableTerms, SlaInForce, SlaTerms, SlaVersion, plan_on, sla_on

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Account:
    """The zones of an account and the versions of its SLA, oldest first, one of each at least.

    `day` is a ledger day with its use, None where that is not known or zero; see `day_at`. The account is closed since
    `closed_at`, None while it is open. Instants are UTC.
    """

    zones: tuple[ZonePeriod, ...]
    versions: tuple[SlaVersion, ...]
    day: QuotaDay | None = None
    closed_at: datetime | None = None

    @classmethod
    def open(
        cls,
        at: datetime,
        time_zone: str,
        plan: Plan,
        plan_terms: SlaTerms,
        terms: NegotiableTerms = NegotiableTerms(),  # noqa: B008 - it never changes
        message: str | None = None,
    ) -> "Account":
        """Open an account: version 1 of its SLA has the plan's terms but for `terms`, from its first ledger day on.

        The `message` about them is for the client.
        """
        zones = (ZonePeriod(at, time_zone),)
        version = SlaVersion(
            version=1,
            effective_date=first_ledger_day(zones).date,
            terms=replace(
                terms,
                images_per_day=plan_terms.images_per_day if terms.images_per_day is None else terms.images_per_day,
                expedites_per_day=(
                    plan_terms.expedites_per_day if terms.expedites_per_day is None else terms.expedites_per_day
                ),
            ),
            negotiated_at=at,
            plan_terms=plan_terms,
            plan=plan,
            message=message,
        )
        return cls(zones, (version,))

    def opened_at(self, at: datetime, time_zone: str) -> "Account":
        """Return an account without orders as opened at another instant or in another zone."""
        zones = (ZonePeriod(at, time_zone),)
        version = replace(self.versions[0], effective_date=first_ledger_day(zones).date, negotiated_at=at)
        return Account(zones, (version,), closed_at=self.closed_at)

    @property
    def created_at(self) -> datetime:
        """The instant of its opening."""
        return self.zones[0].starts_at

    def require_open(self, at: datetime) -> None:
        """Raise AccountIsClosed if nothing new can be ordered at an instant."""
        if self.closed_at is not None and at >= self.closed_at:
            raise AccountIsClosed(self.closed_at)

    @property
    def zone(self) -> ZoneInfo:
        """The latest zone."""
        return time_zone(self.zones[-1].time_zone)

    def zone_at(self, at: datetime) -> ZoneInfo:
        """Return the zone at an instant; before the opening the first one."""
        return zone_at(at, self.zones)

    def ledger_day_at(self, at: datetime) -> LedgerDay:
        """Return the ledger day of an instant; raises BeforeFirstLedgerDay."""
        return ledger_day_at(at, self.zones)

    def terms_on(self, day: date) -> SlaInForce:
        """Return the SLA in force on the ledger day of this date; raises NoSlaInForce."""
        return sla_on(day, self.versions)

    def terms_at(self, at: datetime) -> SlaInForce:
        """Return the SLA in force on the ledger day of an instant."""
        return self.terms_on(self.ledger_day_at(at).date)

    def plan_at(self, at: datetime) -> Plan:
        """Return the plan of the ledger day of an instant."""
        return plan_on(self.ledger_day_at(at).date, self.versions)

    def coming_plan_at(self, at: datetime) -> ComingPlan | None:
        """Return the next other plan after the ledger day of an instant; None if none is to begin."""
        running = self.ledger_day_at(at).date
        plan = plan_on(running, self.versions)
        days = sorted(each.effective_date for each in self.versions if each.changes_plan)
        first = next((day for day in days if day > running and plan_on(day, self.versions) != plan), None)
        if first is None:
            return None
        return ComingPlan(plan_on(first, self.versions), ledger_day_from(first, self.zones).opens_at)

    @property
    def plan_starts(self) -> dict[int, datetime]:
        """The starts of plans, by the versions of their changes; those to come are predicted by the latest zone."""
        return {
            each.version: ledger_day_from(each.effective_date, self.zones).opens_at
            for each in self.versions
            if each.changes_plan
        }

    def latest_upload_for(self, due: datetime, now: datetime) -> datetime | None:
        """Return the end (UTC) of the last uploads from `now` on that are due by an instant; None if none are.

        It is a midnight, as in rules.latest_upload_for. In a ledger day in which the zone changed it is by the day's
        delivery time and the latest deadline of all its zones.
        """
        zone, changes = self.zone_at(now), zone_changes(now, self.zones)

        def deliver_by(day: date) -> time:
            last = just_before(midnight(day + _ONE_DAY, zone))
            return self.terms_at(max(last, now)).terms.deliver_by

        end = latest_upload_for(due, zone, now, deliver_by)
        if not changes or (end is not None and end > changes[-1].day_closes_at):
            return end
        of_day = self.terms_at(now).terms.deliver_by
        zones = {each for change in changes for each in (change.before, change.after)}
        ends = [latest_upload_for(due, each, now, lambda _: of_day) for each in zones]
        in_time = [each for each in ends if each is not None]
        return min(*in_time, changes[-1].day_closes_at) if len(in_time) == len(ends) else None

    def day_at(self, at: datetime) -> QuotaDay:
        """Return the ledger day of an instant with its use: `day` if it contains the instant, else an unused one."""
        if self.day is not None and self.day.contains(at):
            return self.day
        return unused_day(at, self.zones, self.versions)

    def using(self, day: QuotaDay) -> "Account":
        """Return the account with the use of a ledger day."""
        return replace(self, day=day)

    def upload_zone_at(self, at: datetime) -> ZoneInfo:
        """Return the zone by which an upload at an instant is due."""
        changes = zone_changes(at, self.zones)
        zone = self.zone_at(at)
        return latest_zone(at, zone, changes, self.terms_at(at).terms.deliver_by) if changes else zone

    def move(self, at: datetime, time_zone: str, by: ChangedBy) -> "Account":
        """Return the account in another zone from an instant on; the ledger day that runs then is never shortened.

        Raises TimeZoneChangedRecently.
        """
        if by is ChangedBy.CLIENT:
            require_time_zone_change(at, self.zones)
        zones = (*self.zones, ZonePeriod(at, time_zone, by))
        return replace(self, zones=zones, day=self.day_at(at).extended(zones))

    def negotiate(self, at: datetime, agreed: Negotiation) -> "Account":
        """Return the account with a further SLA version for ledger days to come, agreed on at an instant.

        Raises Refusals of NoTermStated, and EffectiveDateNotAhead or DateOutOfRange, or of ExpeditesOutOfOrder.
        """
        version = negotiated(agreed, at, self.ledger_day_at(at).date, self.versions)
        return replace(self, versions=(*self.versions, version))

    def change_plan(self, at: datetime, new: NewPlan) -> "Account":
        """Return the account with another plan for ledger days to come, changed at an instant.

        It is the same if that day has the plan with the same terms. Raises Refusals of EffectiveDateNotAhead or
        DateOutOfRange.
        """
        version = changed_plan(new, at, self.ledger_day_at(at).date, self.versions)
        known = (plan_on(new.effective_date, self.versions), self.terms_on(new.effective_date).plan_terms)
        return self if known == (new.plan, new.terms) else replace(self, versions=(*self.versions, version))

    def withdraw(self, at: datetime, version: SlaVersion) -> "Account":
        """Return the account with a coming version of its SLA withdrawn at an instant.

        Raises SlaNotComing and SlaChangesPlan.
        """
        after = withdrawn(version, at, self.ledger_day_at(at).date)
        return replace(self, versions=tuple(after if each is version else each for each in self.versions))
