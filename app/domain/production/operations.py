"""Operations: the retouching steps that production has done on images (domain rules, section 5.25)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.domain.errors import DomainError, Refusals
from app.domain.orders.refusals import NotClaimed
from app.domain.orders.state import ImageState, OrderState
from app.domain.wording import quoted


class Performer(StrEnum):
    """The kind of performer of an operation."""

    RETOUCHER = "RETOUCHER"
    SCRIPT = "SCRIPT"
    AI = "AI"


class Operation(NamedTuple):
    """A retouching step done on an image, and the milliseconds that it took."""

    image_id: UUID
    step: str
    performed_by: Performer
    milliseconds: int


class StepNotOfImage(DomainError):  # noqa: N818 - refusals are named by their case
    """A step that the specification of an image lacks; `index` is the position of the operation in the call, from 0."""

    def __init__(self, step: str, filename: str, index: int) -> None:
        super().__init__(f"The specification of {quoted(filename)} has no step {quoted(step)}.")
        self.step = step
        self.filename = filename
        self.index = index


def require_recordable(
    order: OrderState,
    operations: Mapping[UUID, Sequence[tuple[int, Operation]]],
    steps: Collection[str],
    worker: str,
    at: datetime,
) -> None:
    """Raise Refusals of operations on images of an order that a worker cannot record at `at` (UTC).

    `operations` are by image, each with its index in the call; `steps` are those of the order's specification version.
    An image that the worker neither holds nor delivered last is NotClaimed, another step is StepNotOfImage.
    """
    refusals: list[DomainError] = []
    for image in order.images:
        recorded = operations.get(image.id, ())
        if recorded and not _is_workers(image, worker, at):
            refusals.append(NotClaimed(image.id, image.filename, worker))
        refusals += (
            StepNotOfImage(operation.step, image.filename, index)
            for index, operation in recorded
            if operation.step not in steps
        )
    if refusals:
        raise Refusals(refusals)


def _is_workers(image: ImageState, worker: str, at: datetime) -> bool:
    """Return whether a worker holds an image, or delivered it last."""
    claim = image.claim_at(at)
    return image.delivered_by == worker or (claim is not None and claim.worker == worker)
