"""The operations of the demo: the steps of a recipe, done on images between their upload and their delivery.

Production has recorded them for three weeks. They vary by the name of the image and change nothing else of the history.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from app.demo.production import Image
from app.demo.studios import Recipe

RECORDED: Final = timedelta(days=21)
"""The time before the end of the history in which production records operations."""
_PERFORMERS: Final = {"RETOUCHER": 5, "SCRIPT": 3, "AI": 2}
"""Who does operations, with their weights."""
_SPREAD: Final = 0.25  # of the logarithm of a retoucher's time
_QUICK: Final = (0.2, 4.0)  # seconds of a script or an AI


class Operation(NamedTuple):
    """A step done on an image, its performer, the seconds that it took, and when it was done (UTC)."""

    step: str
    performed_by: str
    seconds: float
    at: datetime


def operations(recipe: Recipe, image: Image, placed_at: datetime, until: datetime) -> Iterator[Operation]:
    """Yield the operations on an image before `until`: each step before its delivery, and again for each redo."""
    if image.delivered_at is None or placed_at < until - RECORDED:
        return
    rng = Random(f"{recipe.ref} {image.filename}")  # noqa: S311 - a history, no secret
    deliveries = [(placed_at, image.delivered_at), *((back.at, back.redelivered_at) for back in image.returns)]
    for since, delivered_at in deliveries:
        for number, (step, seconds) in enumerate(recipe.steps, start=1):
            at = since + (delivered_at - since) * number / (len(recipe.steps) + 1)
            if at < until:
                yield _operation(rng, step, seconds, at)


def _operation(rng: Random, step: str, seconds: float, at: datetime) -> Operation:
    [performed_by] = rng.choices([*_PERFORMERS], [*_PERFORMERS.values()])
    took = seconds * rng.lognormvariate(0, _SPREAD) if performed_by == "RETOUCHER" else rng.uniform(*_QUICK)
    return Operation(step, performed_by, round(took, 3), at)
