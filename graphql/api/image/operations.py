"""The mutation by which production records operations on images."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Info
from api.execution import Call
from api.ids import NodeType
from api.order.payloads import ImagesPayload
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import MAX_IDS
from app.domain.production.operations import Operation, Performer
from app.domain.specifications import milliseconds_of
from app.services.orders.producing import record_operations
from engine.decorators import input_type, object_type
from engine.inputs import idempotency_key
from engine.mutation import mutation


@input_type
class OperationInput:
    """A retouching step done on an image."""

    image_id: strawberry.ID = strawberry.field(description="The image.")
    step: str = strawberry.field(description="The name of the step, of the image's specification version.")
    performed_by: Performer = strawberry.field(description="The kind of performer.")
    seconds: float = strawberry.field(
        description="The seconds that the step took: 0 to 1,000,000, with at most three digits after the point."
    )


@input_type
class RecordOperationsInput:
    """The operations to record, and the worker who holds or delivered their images."""

    worker: str = strawberry.field(
        description="The worker who holds the images or delivered them last, by the name used in the claim."
    )
    operations: list[OperationInput] = strawberry.field(
        description="The operations in their order, 1 to 500; several may be on one image."
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class RecordOperationsPayload(ImagesPayload):
    """The result of recording operations: their images, each once."""


@object_type
class OperationMutations:
    """Mutations of operations."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.NOT_CLAIMED), staff=True)
    async def record_operations(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            RecordOperationsInput, strawberry.argument(description="The operations to record.")
        ],
    ) -> RecordOperationsPayload:
        """Records retouching steps done on images that a worker holds or delivered; for staff."""
        call = Call(info, input)
        worker = call.name(input.worker, "worker")
        return await call.perform(
            RecordOperationsPayload, record_operations, worker, _operations(call, input.operations)
        )


def _operations(call: Call, given: Sequence[OperationInput]) -> list[tuple[UUID, Operation]]:
    """Check operations, and return each with the account of its image."""
    if not given:
        call.refuse("At least one operation is required.", "operations", least=Decimal(1), most=Decimal(MAX_IDS))
    call.limit(len(given), MAX_IDS, "operations")
    return [_operation(call, each, str(index)) for index, each in enumerate(given[:MAX_IDS])]


def _operation(call: Call, given: OperationInput, index: str) -> tuple[UUID, Operation]:
    account_id, image_id = call.node(NodeType.IMAGE, given.image_id, "operations", index, "imageId")
    step = call.name(given.step, "operations", index, "step")
    seconds = call.seconds(given.seconds, "operations", index, "seconds")
    return account_id, Operation(image_id, step, given.performed_by, milliseconds_of(seconds))
