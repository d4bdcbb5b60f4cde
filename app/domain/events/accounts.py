"""The events of an account that concern no order: its name, terms, zone, guarantee (domain rules, 2, 4, 5)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from app.domain.contacts import Contact
from app.domain.events.account_kinds import (
    AccountClosed,
    AccountRenamed,
    AccountReopened,
    ContactChanged,
    DashboardAccessChanged,
    GuaranteeReset,
    PlanChanged,
    SlaNegotiated,
    SlaWithdrawn,
    SpecificationChanged,
    StatedTerms,
    SuccessManagerChanged,
    TextsErased,
    TimeZoneChanged,
)
from app.domain.events.new_events import NewEvent
from app.domain.ledger.days import ZonePeriod
from app.domain.ledger.quota import QuotaDay
from app.domain.sla.terms import SlaVersion, plan_on, sla_on
from app.domain.specifications import SpecificationTerms


def specification_created(specification_id: UUID, terms: SpecificationTerms, at: datetime) -> NewEvent:
    """Return the event of the first version of a specification."""
    stated = _stated(terms)
    return NewEvent(at, None, None, SpecificationChanged(specification_id, 1, after=stated))


def specification_changed(
    specification_id: UUID,
    version: int,
    before: SpecificationTerms,
    after: SpecificationTerms,
    at: datetime,
    *,
    by_catalogue: bool = False,
) -> NewEvent:
    """Return the event of a new version of a specification, with the terms that differ from the one before.

    `by_catalogue` is True if a change of the catalogue made the version.
    """
    terms = _differing(before, after), _differing(after, before)
    return NewEvent(at, None, None, SpecificationChanged(specification_id, version, *terms, by_catalogue=by_catalogue))


def specification_archived(specification_id: UUID, at: datetime) -> NewEvent:
    """Return the event of a specification that is archived."""
    return NewEvent(at, None, None, SpecificationChanged(specification_id, archived_at=at))


def terms_negotiated(version: SlaVersion, versions: Sequence[SlaVersion]) -> NewEvent:
    """Return the event of a new SLA version, with the terms that its first day would have had without it."""
    previous = sla_on(version.effective_date, versions)
    event = SlaNegotiated(
        version=version.version,
        effective_date=version.effective_date,
        terms=version.terms,
        previous_version=previous.version,
        previous_terms=previous.terms.negotiable,
        note=version.note,
        message=version.message,
    )
    return NewEvent(version.negotiated_at, None, None, event)


def sla_withdrawn(
    version: SlaVersion,
    before: Sequence[SlaVersion],
    after: Sequence[SlaVersion],
    at: datetime,
    note: str | None = None,
    message: str | None = None,
) -> NewEvent:
    """Return the event of withdrawing a version at an instant (UTC), with all versions `before` and `after` it."""
    previous, replacement = sla_on(version.effective_date, before), sla_on(version.effective_date, after)
    event = SlaWithdrawn(
        version=version.version,
        effective_date=version.effective_date,
        previous_terms=previous.terms.negotiable,
        replacement=replacement.version,
        terms=replacement.terms.negotiable,
        note=note,
        message=message,
    )
    return NewEvent(at, None, None, event)


def plan_changed(version: SlaVersion, before: Sequence[SlaVersion]) -> NewEvent:
    """Return the event of a version that a change of the plan made, with all versions before it."""
    day = version.effective_date
    previous, new = sla_on(day, before), sla_on(day, [*before, version])
    event = PlanChanged(
        plan=plan_on(day, [*before, version]),
        version=version.version,
        effective_date=day,
        terms=new.terms.negotiable,
        previous_plan=plan_on(day, before),
        previous_version=previous.version,
        previous_terms=previous.terms.negotiable,
    )
    return NewEvent(version.negotiated_at, None, None, event)


def time_zone_changed(period: ZonePeriod, replaced: ZonePeriod) -> NewEvent:
    """Return the event of a move to another zone."""
    return NewEvent(period.starts_at, None, None, TimeZoneChanged(period.time_zone, replaced.time_zone))


def account_renamed(name: str, previous: str, at: datetime) -> NewEvent:
    """Return the event of another name of the account."""
    return NewEvent(at, None, None, AccountRenamed(name, previous))


def success_manager_changed(manager: Contact | None, previous: Contact | None, at: datetime) -> NewEvent:
    """Return the event of another success manager, or of none."""
    return NewEvent(at, None, None, SuccessManagerChanged(manager, previous))


def contact_changed(contact: Contact | None, previous: Contact | None, at: datetime) -> NewEvent:
    """Return the event of another contact of the account, or of none."""
    return NewEvent(at, None, None, ContactChanged(contact, previous))


def dashboard_access_changed(enabled: bool | None, previous: bool | None, at: datetime) -> NewEvent:  # noqa: FBT001
    """Return the event of other access to the dashboard; None: by the plan."""
    return NewEvent(at, None, None, DashboardAccessChanged(enabled, previous))


def account_closed(at: datetime, reason: str | None) -> NewEvent:
    """Return the event of closing the account at an instant (UTC)."""
    return NewEvent(at, None, None, AccountClosed(at, reason))


def account_reopened(at: datetime, closed_at: datetime, reason: str | None) -> NewEvent:
    """Return the event of reopening the account at an instant; it had been closed since `closed_at` (both UTC)."""
    return NewEvent(at, None, None, AccountReopened(closed_at, reason))


def texts_erased(before: date | None, at: datetime) -> NewEvent:
    """Return the event of erasing texts about things before a ledger day, or (None) the name of a worker."""
    return NewEvent(at, None, None, TextsErased(before))


def guarantee_reset(closed: QuotaDay, opened: QuotaDay) -> NewEvent:
    """Return the event of a ledger day that closed and the next one, which opened at that instant."""
    return NewEvent(closed.day.closes_at, None, None, GuaranteeReset(closed.recorded, opened.recorded))


def _stated(terms: SpecificationTerms) -> StatedTerms:
    return StatedTerms(
        terms.name, terms.price_per_image, terms.currency, terms.steps, terms.price_negotiated, terms.instructions
    )


def _differing(terms: SpecificationTerms, others: SpecificationTerms) -> StatedTerms:
    """Return the terms that differ from another version; a price with its currency."""
    stated = _stated(terms)
    same_price = (terms.price_per_image, terms.currency) == (others.price_per_image, others.currency)
    return StatedTerms(
        name=stated.name if terms.name != others.name else None,
        price_per_image=None if same_price else stated.price_per_image,
        currency=None if same_price else stated.currency,
        steps=stated.steps if terms.steps != others.steps else None,
        price_negotiated=stated.price_negotiated if terms.price_negotiated != others.price_negotiated else None,
        instructions=stated.instructions if terms.instructions != others.instructions else None,
    )
