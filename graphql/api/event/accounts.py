"""Events of an account that concern no order: name, plan, terms, zone, guarantee; and withdrawals."""

from datetime import date, datetime

import strawberry

from api.contact import Contact, contact
from api.context import Info
from api.event.facts import GuaranteeDay, guarantee_day
from api.event.terms import NegotiableTerms, negotiable_terms
from api.event.types import Event
from app.domain.events import account_kinds, kinds
from app.domain.sla.enums import Plan
from engine.decorators import attribute, field, object_type
from engine.scalars import TimeZone
from engine.weights import LOOK_UP


@object_type
class AccountCreated(Event):
    """The creation of the account."""

    details: strawberry.Private[account_kinds.AccountCreated]

    ref: str | None = attribute(
        "The account's reference in imports, for staff only; null without one.", of="details.ref", staff=True
    )
    name: str = attribute("The name of the account; `erased` after its erasure.", of="details.name")
    plan: Plan = attribute("The first plan of the account.", of="details.plan")

    @field
    def time_zone(self) -> TimeZone:
        """The first time zone of the account."""
        return TimeZone(self.details.time_zone)

    @field
    def terms(self) -> NegotiableTerms:
        """The terms of the first version of the SLA that were stated; the others are the plan's."""
        return negotiable_terms(self.details.terms)


@object_type
class SlaNegotiated(Event):
    """An agreement on new terms of the SLA, for the ledger days from a date on."""

    details: strawberry.Private[account_kinds.SlaNegotiated]

    version: int = attribute("The new version of the SLA.", of="details.version")
    effective_date: date = attribute("The first ledger day of the new version.", of="details.effective_date")

    @field
    def terms(self) -> NegotiableTerms:
        """The negotiated terms; one that is not stated continues."""
        return negotiable_terms(self.details.terms)

    previous_version: int = attribute(
        "The version that would have been in force on the effective date.", of="details.previous_version"
    )

    @field
    def previous_terms(self) -> NegotiableTerms:
        """All terms that the effective date would have had, as far as they are recorded."""
        return negotiable_terms(self.details.previous_terms)

    note: str | None = attribute(
        "The note of staff, for staff only; null without one, or after its erasure.", of="details.note", staff=True
    )
    message: str | None = attribute(
        "The message of staff to the client; null without one, or after its erasure.", of="details.message"
    )


@object_type
class TimeZoneChanged(Event):
    """A change of the account's time zone."""

    details: strawberry.Private[account_kinds.TimeZoneChanged]

    @field
    def time_zone(self) -> TimeZone:
        """The time zone from then on."""
        return TimeZone(self.details.time_zone)

    @field
    def previous_time_zone(self) -> TimeZone:
        """The time zone until then."""
        return TimeZone(self.details.previous)


@object_type
class GuaranteeReset(Event):
    """The reset of the daily guarantee: a ledger day closed and the next one opened, with nothing used."""

    details: strawberry.Private[account_kinds.GuaranteeReset]

    @field
    def closed(self) -> GuaranteeDay:
        """The ledger day that closed."""
        return guarantee_day(self.details.closed)

    @field
    def opened(self) -> GuaranteeDay:
        """The ledger day that opened."""
        return guarantee_day(self.details.opened)


@object_type
class AccountRenamed(Event):
    """A change of the account's name."""

    details: strawberry.Private[account_kinds.AccountRenamed]

    name: str = attribute("The name from then on; `erased` after its erasure.", of="details.name")
    previous_name: str | None = attribute("The name until then; never null.", of="details.previous")


@object_type
class SuccessManagerChanged(Event):
    """A change of the account's customer success manager. The texts of an erased person read as `erased` or null."""

    details: strawberry.Private[account_kinds.SuccessManagerChanged]

    @field
    def success_manager(self) -> Contact | None:
        """The success manager from then on; null for none."""
        return contact(self.details.manager)

    @field
    def previous_success_manager(self) -> Contact | None:
        """The success manager until then; null for none."""
        return contact(self.details.previous)


@object_type
class ContactChanged(Event):
    """A change of the account's contact. The texts of an erased person read as `erased` or null."""

    details: strawberry.Private[account_kinds.ContactChanged]

    @field
    def contact(self) -> Contact | None:
        """The contact from then on; null for none."""
        return contact(self.details.contact)

    @field
    def previous_contact(self) -> Contact | None:
        """The contact until then; null for none."""
        return contact(self.details.previous)


@object_type
class DashboardAccessChanged(Event):
    """A change of the account's access to its dashboard."""

    details: strawberry.Private[account_kinds.DashboardAccessChanged]

    enabled: bool | None = attribute(
        "True if the account has a dashboard from then on, false if it has none, whatever its plan; null if its plan"
        " decides.",
        of="details.enabled",
    )
    previously_enabled: bool | None = attribute(
        "True if the account had a dashboard until then, false if it had none, whatever its plan; null if its plan"
        " decided.",
        of="details.previous",
    )


@object_type
class AccountClosed(Event):
    """The closing of the account: new orders are refused from then on, all else continues."""

    details: strawberry.Private[account_kinds.AccountClosed]

    reason: str | None = attribute(
        "The reason, for staff only; null without one, or after its erasure.", of="details.reason", staff=True
    )


@object_type
class AccountReopened(Event):
    """The opening of a closed account for new orders."""

    details: strawberry.Private[account_kinds.AccountReopened]

    closed_at: datetime = attribute("The instant since which the account was closed.", of="details.closed_at")
    reason: str | None = attribute(
        "The reason, for staff only; null without one, or after its erasure.", of="details.reason", staff=True
    )


@object_type
class SlaWithdrawn(Event):
    """The withdrawal of a coming version of the SLA."""

    details: strawberry.Private[account_kinds.SlaWithdrawn]

    version: int = attribute("The withdrawn version of the SLA.", of="details.version")
    effective_date: date = attribute("The first ledger day of the withdrawn version.", of="details.effective_date")
    replacement_version: int = attribute(
        "The version that is in force on the effective date instead.", of="details.replacement"
    )

    @field
    def terms(self) -> NegotiableTerms:
        """All terms of the effective date, as far as they are recorded."""
        return negotiable_terms(self.details.terms)

    @field
    def previous_terms(self) -> NegotiableTerms:
        """All terms that the effective date would have had, as far as they are recorded."""
        return negotiable_terms(self.details.previous_terms)

    note: str | None = attribute(
        "The note of staff, for staff only; null without one, or after its erasure.", of="details.note", staff=True
    )
    message: str | None = attribute(
        "The message of staff to the client; null without one, or after its erasure.", of="details.message"
    )


@object_type
class PlanChanged(Event):
    """An agreement on another plan, for the ledger days from a date on."""

    details: strawberry.Private[account_kinds.PlanChanged]

    plan: Plan = attribute("The new plan.", of="details.plan")
    previous_plan: Plan = attribute(
        "The plan that would have been the account's on the effective date.", of="details.previous_plan"
    )
    version: int = attribute("The new version of the SLA.", of="details.version")
    effective_date: date = attribute("The first ledger day of the plan and the version.", of="details.effective_date")

    @field
    def terms(self) -> NegotiableTerms:
        """All terms from then on, as far as they are recorded."""
        return negotiable_terms(self.details.terms)

    previous_version: int = attribute(
        "The version that would have been in force on the effective date.", of="details.previous_version"
    )

    @field
    def previous_terms(self) -> NegotiableTerms:
        """All terms that the effective date would have had, as far as they are recorded."""
        return negotiable_terms(self.details.previous_terms)


@object_type
class TextsErased(Event):
    """The erasure of texts of the account. They read as `erased` or null from then on."""

    details: strawberry.Private[account_kinds.TextsErased]

    erased_before: date | None = attribute(
        "The ledger day before which texts were erased, but for orders in production and inquiries not answered yet;"
        " null if it was the name of a worker.",
        of="details.erased_before",
    )


@object_type
class EventWithdrawn(Event):
    """The withdrawal of another event, which turned out to be untrue."""

    details: strawberry.Private[kinds.EventWithdrawn]

    @field(cost=LOOK_UP)
    async def event(self, info: Info) -> Event:
        """The withdrawn event."""
        from api.event.reads import read_event  # noqa: PLC0415 - it imports every type of event, this one as well

        found = await read_event(info.context, self.row.account_id, self.details.event)
        if found is None:
            raise LookupError(f"There is no event {self.row.account_id} {self.details.event}.")
        return found
