"""What a command on orders came to, and what it could not find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.ledger.quota import QuotaDay


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command changed, at the instant `at` (UTC): orders and images, each by account and id.

    `day` is the account's running ledger day where the command used or gave back something of it.
    """

    at: datetime
    orders: Sequence[tuple[UUID, UUID]] = ()
    images: Sequence[tuple[UUID, UUID]] = ()
    day: QuotaDay | None = None


class NotFound(DomainError):  # noqa: N818 - a refusal is named by what it says
    """Something a command names is not there; `kind` says what, `key` is its id."""

    def __init__(self, kind: str, key: UUID) -> None:
        super().__init__(f"There is no such {kind}.")
        self.kind = kind
        self.key = key
