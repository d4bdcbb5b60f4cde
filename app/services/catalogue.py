"""Setting the steps of the catalogue (domain rules, section 5.20)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.catalogue import StepChange
from app.domain.instants import rfc3339
from app.services.ids import new_id
from app.services.job_queue.adding import add_spread
from app.services.repricing import REPRICE
from app.services.stored_results import StoredResult
from db.connections import Statement
from db.queries.retouching_steps import CURRENCY, retouching_steps_by_name
from db.settled import settle
from db.tables.catalogue import RetouchingStep
from db.writer import Writer
from db.writes import upsert

# Locks the catalogue for one writer at a time; readers do not wait.
LOCK_CATALOGUE: Final = Statement("lock_catalogue", "LOCK TABLE retouching_steps IN SHARE ROW EXCLUSIVE MODE")

# Adds a step, or changes it; the primary key.
SET_STEP: Final = upsert("set_retouching_step", RetouchingStep, "milliseconds", "price", "currency", "archived")


@dataclass(frozen=True, slots=True)
class RetouchingStepOutcome:
    """The step of the catalogue that a command at `at` (UTC) added, changed, or found unchanged."""

    at: datetime
    step_id: UUID
    changed: bool = True

    @property
    def account_ids(self) -> set[UUID]:
        """None: the catalogue belongs to no account."""
        return set()

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        return {"at": rfc3339(self.at), "step": str(self.step_id)}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "RetouchingStepOutcome":
        """Return the result stored with a key."""
        return cls(datetime.fromisoformat(stored["at"]), UUID(stored["step"]))


async def set_retouching_step(writer: Writer, clock: Clock, change: StepChange, currency: str) -> RetouchingStepOutcome:
    """Add a step to the catalogue, or change it, unless that changes nothing; the caller commits.

    All prices are in one currency: the catalogue's, or `currency` while the catalogue is empty. A new price or time is
    spread to the specifications of all accounts. Raises StepIncomplete, OtherCurrency.
    """
    await writer.execute(LOCK_CATALOGUE)
    at = (await settle(writer, clock, ())).now
    in_use = await writer.fetch_row(CURRENCY)
    rows = await retouching_steps_by_name(writer, [change.step])
    before = rows[0].in_catalogue if rows else None
    after = change.after(before, currency if in_use is None else in_use["currency"])
    id_ = rows[0].id if rows else new_id(at)
    if after != before:
        await writer.execute(SET_STEP, id_, after.step, after.milliseconds, *after.price, after.archived)
    if before is not None and before.has_other_values(after):
        await add_spread(writer, REPRICE, at)
    return RetouchingStepOutcome(at, id_, changed=after != before)
