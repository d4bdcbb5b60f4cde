"""What is recorded of an account beside its orders: specifications, terms, zone, guarantee (domain rules, 2, 4 and 5).

The data of every event has `before` and `after`. Amounts are strings.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from app.domain.events.orders import NewEvent
from app.domain.ledger.days import ZonePeriod
from app.domain.ledger.quota import QuotaDay
from app.domain.sla.terms import SlaVersion, sla_on
from app.domain.specifications import SpecificationTerms, kept_steps
from app.domain.vocabulary import EventType

Facts: TypeAlias = dict[str, object]


def specification_created(specification_id: UUID, wording: SpecificationTerms, at: datetime) -> NewEvent:
    """Tell of the first version of a specification."""
    after: Facts = {"id": specification_id, "version": 1, **_said(wording)}
    return _of_account(at, EventType.SPECIFICATION_CHANGED, None, after)


def specification_reworded(
    specification_id: UUID, version: int, before: SpecificationTerms, after: SpecificationTerms, at: datetime
) -> NewEvent:
    """Tell of a new version of a specification, by what it says otherwise than the one before."""
    old, new = _said(before), _said(after)
    changed = [name for name in new if old[name] != new[name]]
    was: Facts = {"id": specification_id, "version": version - 1, **{name: old[name] for name in changed}}
    now: Facts = {"id": specification_id, "version": version, **{name: new[name] for name in changed}}
    return _of_account(at, EventType.SPECIFICATION_CHANGED, was, now)


def specification_archived(specification_id: UUID, at: datetime) -> NewEvent:
    """Tell that a specification was put away."""
    before: Facts = {"id": specification_id, "archivedAt": None}
    return _of_account(at, EventType.SPECIFICATION_CHANGED, before, {"id": specification_id, "archivedAt": at})


def terms_negotiated(version: SlaVersion, versions: Sequence[SlaVersion]) -> NewEvent:
    """Tell of a new SLA version; before it is what its first day would have had by the versions without it."""
    replaced = sla_on(version.effective_date, versions)
    before: Facts = {"version": replaced.version, "imagesPerDay": replaced.terms.images_per_day}
    before["expeditesPerDay"] = replaced.terms.expedites_per_day
    after: Facts = {"version": version.version, "effectiveDate": version.effective_date}
    after |= {"imagesPerDay": version.images_per_day, "expeditesPerDay": version.expedites_per_day}
    if version.note is not None:
        after["note"] = version.note
    return _of_account(version.negotiated_at, EventType.SLA_NEGOTIATED, before, after)


def time_zone_changed(period: ZonePeriod, replaced: ZonePeriod) -> NewEvent:
    """Tell of a move to another zone."""
    before: Facts = {"timeZone": replaced.time_zone}
    return _of_account(period.starts_at, EventType.TIME_ZONE_CHANGED, before, {"timeZone": period.time_zone})


def guarantee_reset(closed: QuotaDay, opened: QuotaDay) -> NewEvent:
    """Tell that a ledger day closed with what was used of it, and that the next one opened at that instant."""
    return _of_account(closed.day.closes_at, EventType.GUARANTEE_RESET, _used(closed), _used(opened))


def _used(day: QuotaDay) -> Facts:
    allowance = day.allowance
    return {
        "date": day.day.date,
        "opensAt": day.day.opens_at,
        "closesAt": day.day.closes_at,
        "slaVersion": day.sla_version,
        "capacity": allowance.capacity,
        "used": allowance.used,
        "expediteCapacity": allowance.expedite_capacity,
        "expediteUsed": allowance.expedite_used,
    }


def _said(wording: SpecificationTerms) -> Facts:
    return {
        "name": wording.name,
        "pricePerImage": f"{wording.price_per_image:f}",
        "currency": wording.currency,
        "steps": kept_steps(wording.steps),
    }


def _of_account(at: datetime, type_: EventType, before: Facts | None, after: Facts) -> NewEvent:
    return NewEvent(at, type_, None, None, {"before": before, "after": after})
