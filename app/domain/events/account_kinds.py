"""The events of an account, its terms and its specifications, as in `kinds`."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from app.domain.contacts import Contact
from app.domain.events.enums import EventType
from app.domain.ledger.quota import RecordedDay
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.domain.specifications import SpecifiedStep


@dataclass(frozen=True, slots=True)
class AccountCreated:
    """An account was opened, with its first terms; one that is not stated is the plan's."""

    type: ClassVar[EventType] = EventType.ACCOUNT_CREATED
    ref: str | None
    name: str
    plan: Plan
    time_zone: str
    terms: NegotiableTerms


@dataclass(frozen=True, slots=True)
class SlaNegotiated:
    """A new SLA version from a ledger day on; a term that is not stated continues.

    `previous_terms` are all terms of that day without it; events of earlier releases have only some of them.
    """

    type: ClassVar[EventType] = EventType.SLA_NEGOTIATED
    version: int
    effective_date: date
    terms: NegotiableTerms
    previous_version: int
    previous_terms: NegotiableTerms
    note: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class TimeZoneChanged:
    """An account moved to another zone, an IANA name."""

    type: ClassVar[EventType] = EventType.TIME_ZONE_CHANGED
    time_zone: str
    previous: str


@dataclass(frozen=True, slots=True)
class GuaranteeReset:
    """A ledger day closed with this use, and the next one opened at the same instant."""

    type: ClassVar[EventType] = EventType.GUARANTEE_RESET
    closed: RecordedDay
    opened: RecordedDay


@dataclass(frozen=True, slots=True)
class StatedTerms:
    """The terms of a specification that an event is about; None for the others."""

    name: str | None = None
    price_per_image: Decimal | None = None
    currency: str | None = None
    steps: tuple[SpecifiedStep, ...] | None = None
    price_negotiated: bool | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True)
class SpecificationChanged:
    """A specification was created (version 1), got a new version, or was archived at `archived_at` (version None).

    `by_catalogue` is True for a version that a change of the catalogue made.
    """

    type: ClassVar[EventType] = EventType.SPECIFICATION_CHANGED
    specification_id: UUID
    version: int | None = None
    before: StatedTerms = StatedTerms()
    after: StatedTerms = StatedTerms()
    archived_at: datetime | None = None
    by_catalogue: bool = False


@dataclass(frozen=True, slots=True)
class AccountRenamed:
    """Staff gave an account another name."""

    type: ClassVar[EventType] = EventType.ACCOUNT_RENAMED
    name: str
    previous: str


@dataclass(frozen=True, slots=True)
class SuccessManagerChanged:
    """An account got another customer success manager; None for no one."""

    type: ClassVar[EventType] = EventType.SUCCESS_MANAGER_CHANGED
    manager: Contact | None
    previous: Contact | None


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """The service writes to another person of the account; None for no one."""

    type: ClassVar[EventType] = EventType.CONTACT_CHANGED
    contact: Contact | None
    previous: Contact | None


@dataclass(frozen=True, slots=True)
class DashboardAccessChanged:
    """Staff granted or refused an account access to its dashboard, whatever its plan; None: by its plan."""

    type: ClassVar[EventType] = EventType.DASHBOARD_ACCESS_CHANGED
    enabled: bool | None
    previous: bool | None


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """Staff closed an account at `closed_at` (UTC), the instant of the event."""

    type: ClassVar[EventType] = EventType.ACCOUNT_CLOSED
    closed_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AccountReopened:
    """Staff reopened an account that had been closed since `closed_at` (UTC)."""

    type: ClassVar[EventType] = EventType.ACCOUNT_REOPENED
    closed_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SlaWithdrawn:
    """Staff withdrew a coming SLA version; its first day has the `terms` of `replacement`, and had the previous ones.

    Both are all terms, of which events of earlier releases have only some.
    """

    type: ClassVar[EventType] = EventType.SLA_WITHDRAWN
    version: int
    effective_date: date
    previous_terms: NegotiableTerms
    replacement: int
    terms: NegotiableTerms
    note: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """Another plan from a ledger day on, as an SLA version; `previous_terms` are those of that day without it.

    Both are all terms, of which events of earlier releases have only some.
    """

    type: ClassVar[EventType] = EventType.PLAN_CHANGED
    plan: Plan
    version: int
    effective_date: date
    terms: NegotiableTerms
    previous_plan: Plan
    previous_version: int
    previous_terms: NegotiableTerms


@dataclass(frozen=True, slots=True)
class TextsErased:
    """Texts of the account were erased: about things before a ledger day, or (None) the name of a worker."""

    type: ClassVar[EventType] = EventType.TEXTS_ERASED
    erased_before: date | None
