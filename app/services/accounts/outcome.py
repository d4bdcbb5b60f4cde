"""The result of a command on an account as a whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.instants import rfc3339
from app.services.stored_results import StoredResult, keys_from_json, keys_to_json


@dataclass(frozen=True, slots=True)
class AccountOutcome:
    """The account that a command at `at` (UTC) changed, or found unchanged."""

    at: datetime
    account_id: UUID
    changed: bool = True

    @property
    def account_ids(self) -> set[UUID]:
        """The account whose command it was."""
        return {self.account_id}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        return {"at": rfc3339(self.at), "accounts": keys_to_json([(self.account_id, self.account_id)])}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "AccountOutcome":
        """Return the result stored with a key."""
        [(account_id, _)] = keys_from_json(stored["accounts"])
        return cls(datetime.fromisoformat(stored["at"]), account_id)
