"""Outcomes of commands on orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.domain.ledger.quota import RecordedDay
from app.domain.ledger.stored import day_from_json, day_to_json
from app.services.stored_results import StoredResult, keys_from_json, keys_to_json


@dataclass(frozen=True, slots=True)
class Outcome:
    """The changes of a command at the instant `at` (UTC): orders and images, each by account and id.

    `day` is the account's running ledger day if the command changed its use.
    """

    at: datetime
    orders: Sequence[tuple[UUID, UUID]] = ()
    images: Sequence[tuple[UUID, UUID]] = ()
    day: RecordedDay | None = None
    changed: bool = True

    @property
    def account_ids(self) -> set[UUID]:
        """The accounts of all changes."""
        return {account_id for account_id, _ in (*self.orders, *self.images)}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        return {
            "at": rfc3339(self.at),
            "orders": keys_to_json(self.orders),
            "images": keys_to_json(self.images),
            "day": None if self.day is None else day_to_json(self.day),
        }

    @classmethod
    def from_json(cls, stored: StoredResult) -> "Outcome":
        """Return the result stored with a key."""
        day = stored["day"]
        return cls(
            datetime.fromisoformat(stored["at"]),
            keys_from_json(stored["orders"]),
            keys_from_json(stored["images"]),
            None if day is None else day_from_json(day),
        )


class NotFound(DomainError):  # noqa: N818 - refusals are named by their case
    """A named object does not exist; `kind` is its noun, `key` its id.

    An image may be in another order of the account than in the named one: in that of `order_number` and `order_id`.
    """

    def __init__(self, kind: str, key: UUID, order_number: int | None = None, order_id: UUID | None = None) -> None:
        elsewhere = "" if order_number is None else f" in this order: it is in order {order_number}"
        super().__init__(f"There is no such {kind}{elsewhere}.")
        self.kind = kind
        self.key = key
        self.order_id = order_id
