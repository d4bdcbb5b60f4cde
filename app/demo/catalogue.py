"""The catalogue of retouching steps of the demo: a price and a time of each step of the studios' recipes."""

from decimal import Decimal
from typing import Final

from app.clock import Clock
from app.domain.catalogue import Price, StepChange
from app.services.catalogue import set_retouching_step
from db.queries.retouching_steps import CURRENCY
from db.writer import Writer

CATALOGUE: Final = {
    "CLIPPING": (170_000, "0.60"),
    "COLOR_MATCHING": (65_000, "0.35"),
    "CROPPING": (20_000, "0.10"),
    "DUST": (90_000, "0.40"),
    "GHOST_MANNEQUIN": (240_000, "0.55"),
    "REFLECTION": (130_000, "0.80"),
    "SHADOW": (95_500, "0.30"),
    "SKIN": (310_250, "1.75"),
    "STEAMING": (145_000, "0.70"),
}
"""The milliseconds and the price of each step."""


async def set_catalogue(writer: Writer, clock: Clock, currency: str) -> None:
    """Set the steps of an empty catalogue, with prices in a currency; one that has steps stays as it is."""
    if await writer.fetch_row(CURRENCY) is not None:
        return
    for step, (milliseconds, price) in CATALOGUE.items():
        change = StepChange(step, milliseconds, Price(Decimal(price), currency))
        await set_retouching_step(writer, clock, change, currency)
