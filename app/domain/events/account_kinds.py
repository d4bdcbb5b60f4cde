"""The events of what staff change of an account, as in `kinds`."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.contacts import Contact
from app.domain.events.enums import EventType


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
