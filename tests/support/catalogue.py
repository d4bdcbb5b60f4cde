"""The catalogue of retouching steps in tests: clipping of 180 s for 0.95 USD, and a shadow of 95.5 s for 0.50 USD."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from app.domain.catalogue import CatalogueStep, Price
from db.connections import Pool
from db.tables.catalogue import RetouchingStep
from db.writer import unit_of_work

CLIPPING: Final = CatalogueStep("CLIPPING", 180_000, Price(Decimal("0.95"), "USD"))
SHADOW: Final = CatalogueStep("SHADOW", 95_500, Price(Decimal("0.50"), "USD"))
STEPS: Final = (CLIPPING, SHADOW)


async def write_catalogue(pool: Pool, *steps: CatalogueStep) -> None:
    """Write the steps of an empty catalogue, STEPS by default."""
    rows = [
        RetouchingStep(
            id=UUID(int=number),
            step=step.step,
            milliseconds=step.milliseconds,
            price=step.price.amount,
            currency=step.price.currency,
            archived=step.archived,
        )
        for number, step in enumerate(steps or STEPS, 1)
    ]
    async with unit_of_work(pool) as writer:
        await writer.insert(rows)
        await writer.commit()
