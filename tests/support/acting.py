"""Doing commands in tests, each in its transaction."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from app.clock import Clock
from app.domain.pulse.figures import Step
from app.domain.specifications import SpecificationTerms
from app.services.commands import in_transaction
from app.services.specifications import create_specification
from db.connections import Pool
from db.writer import Writer

Result = TypeVar("Result")

GHOST: Final = SpecificationTerms("Ghost", Decimal("1.45"), "USD", (Step("CLIPPING", 180_000), Step("SHADOW", 95_500)))


class Said(dict[str, Any]):
    """The result of a command of tests, which is what is stored with its key."""

    @property
    def changed(self) -> bool:
        return bool(self.get("changed", True))

    def to_json(self) -> dict[str, Any]:
        return self


async def done(pool: Pool, work: Callable[[Writer], Awaitable[Result]]) -> Result:
    """Work in a transaction and commit it."""
    return await in_transaction(pool, work)


async def a_specification(pool: Pool, clock: Clock, account_id: UUID, wording: SpecificationTerms = GHOST) -> UUID:
    outcome = await done(pool, lambda writer: create_specification(writer, clock, account_id, wording))
    return outcome.specification_id
