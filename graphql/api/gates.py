"""The gates that requests pass, so that no caller keeps the others waiting, and what waits holds no connection.

The look-up of a key is by address, until it says who calls; then a document is read, and its operation is executed.
"""

from dataclasses import dataclass
from math import inf
from typing import Final
from uuid import UUID

from app.settings import Settings
from db.capacity import CLAIMS, READERS, WRITERS
from engine.gate import Bounds, Gate, Place

_OPERATIONS: Final = READERS - 1  # at once, each with a connection; the last one is for keys and health
_BYTES: Final = 8 * 1024 * 1024  # of requests that are parsed and validated at once


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of a server.

    `keys` are looked up by address and the account that they name, `documents` read by caller and bytes, `operations`
    executed by caller and cost. `writes` are by account, and `claims`, which belong to none, by the key of staff.
    """

    keys: Gate
    documents: Gate
    operations: Gate
    writes: Gate
    claims: Gate


@dataclass(frozen=True, slots=True)
class Admission:
    """The admission of a request of a caller; `document` is its place until the document is read."""

    gates: Gates
    caller: str
    document: Place

    def of_operation(self, cost: int) -> Place:
        """Return the place of an operation that costs so much."""
        self.document.leave()
        return self.gates.operations.enter(self.caller, cost)

    def of_commands(self, account_id: UUID | None) -> Place:
        """Return the place of commands on an account, or of the caller's on none."""
        self.document.leave()
        return self.gates.writes.enter(self.caller if account_id is None else str(account_id))

    def of_claim(self) -> Place:
        """Return the place of a claim."""
        return self.gates.claims.enter(self.caller)


def gates_for(settings: Settings) -> Gates:
    """Make the gates of a server with these settings."""
    waiting, patience, reads = settings.waiting, settings.patience.total_seconds(), settings.reads_at_once

    def gate(per_caller: int, places: int, *, weight: float = inf, reserved: int = 0) -> Gate:
        return Gate(Bounds(per_caller, places, waiting, patience, weight, reserved))

    return Gates(
        keys=gate(reads, READERS, reserved=1),
        documents=gate(reads, _OPERATIONS, weight=_BYTES, reserved=1),
        operations=gate(reads, _OPERATIONS, weight=settings.cost_at_once, reserved=1),
        writes=gate(settings.writes_at_once, WRITERS),
        claims=gate(CLAIMS, CLAIMS),
    )
