"""The events of what staff change of an account, as in `kinds`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.domain.contacts import Contact
from app.domain.events.enums import EventType
from app.domain.sla.enums import Plan


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
class AccountClosed:
    """Staff closed an account at `closed_at` (UTC), the instant of the event."""

    type: ClassVar[EventType] = EventType.ACCOUNT_CLOSED
    closed_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AccountReopened:
    """Staff opened an account again that was closed since `closed_at` (UTC)."""

    type: ClassVar[EventType] = EventType.ACCOUNT_REOPENED
    closed_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SlaWithdrawn:
    """Staff withdrew a coming SLA version; its first day has the terms of `replacement`, and had `previous_*`."""

    type: ClassVar[EventType] = EventType.SLA_WITHDRAWN
    version: int
    effective_date: date
    previous_images_per_day: int
    previous_expedites_per_day: int
    replacement: int
    images_per_day: int
    expedites_per_day: int
    note: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """Another plan from a ledger day on, as an SLA version; `previous_*` would have held that day."""

    type: ClassVar[EventType] = EventType.PLAN_CHANGED
    plan: Plan
    version: int
    effective_date: date
    images_per_day: int
    expedites_per_day: int
    previous_plan: Plan
    previous_version: int
    previous_images_per_day: int
    previous_expedites_per_day: int
