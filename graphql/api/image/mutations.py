"""What becomes of images: claimed by production, delivered, rejected by the client."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import strawberry

from api.context import Info
from api.execution import Call
from api.order.payloads import ImagesPayload, OrdersPayload
from api.validation import MAX_IDS, NAME_RULE, PROSE_RULE
from app.clock import Clock
from app.services.commands import Overtaken
from app.services.orders.claiming import Claimed, claim_images
from app.services.orders.producing import deliver_images, reject_images
from db.writer import Writer
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key
from engine.mutation import mutation

_SHORTEST_LEASE: Final = 60  # seconds
_LONGEST_LEASE: Final = 24 * 60 * 60  # seconds
_PAUSES: Final = (0.01, 0.02, 0.04, 0.08)  # seconds, before a claim that could only pass accounts by is tried again


@input_type
class RejectImagesInput:
    """What is sent back."""

    image_ids: list[strawberry.ID] = strawberry.field(description="The images, 1 to 500, each delivered.")
    reason: str = strawberry.field(description=f"What is wrong with them: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class RejectImagesPayload(ImagesPayload, OrdersPayload):
    """What rejecting images came to."""


@input_type
class ClaimImagesInput:
    """Who takes how many images, and for how long."""

    worker: str = strawberry.field(description=f"Who will work on them, by a name of their own: {NAME_RULE}.")
    count: int = strawberry.field(default=1, description="How many, 1 to 500.")
    lease_seconds: int = strawberry.field(
        default=3600,
        description="For how long: 60 to 86,400 seconds. What is not delivered by then is in the queue again.",
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class ClaimImagesPayload(ImagesPayload):
    """What claiming images came to: fewer than asked for, or none, when the queue has no more.

    Images of an account that others are changing at this moment are passed by; they are there for the next claim.
    """

    result_type = Claimed

    @field
    def lease_until(self) -> datetime | None:
        """Until when the worker holds the images."""
        return None if self.result is None else self.result.until


@input_type
class DeliverImagesInput:
    """What is delivered, and by whom."""

    worker: str = strawberry.field(description="Who holds the images, by the name they were claimed with.")
    image_ids: list[strawberry.ID] = strawberry.field(description="The images, 1 to 500, each held by the worker.")
    idempotency_key: str | None = idempotency_key()


@object_type
class DeliverImagesPayload(ImagesPayload, OrdersPayload):
    """What delivering images came to."""


@object_type
class ImageMutations:
    """What changes images."""

    @mutation
    async def reject_images(
        self,
        info: Info,
        input: Annotated[RejectImagesInput, strawberry.argument(description="What is sent back.")],  # noqa: A002
    ) -> RejectImagesPayload:
        """Send delivered images back, to be done again for free."""
        call = Call(info, input)
        images = call.images(input.image_ids, "imageIds")
        reason = call.prose(input.reason, "reason")
        return await call.perform(RejectImagesPayload, reject_images, reason, images)

    @mutation(staff=True)
    async def claim_images(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ClaimImagesInput, strawberry.argument(description="Who takes how many images, and for how long.")
        ],
    ) -> ClaimImagesPayload:
        """Take the most urgent images of all accounts out of the queue for a while; for staff."""
        call = Call(info, input, is_claim=True)
        worker = call.name(input.worker, "worker")
        count = call.amount(input.count, MAX_IDS, "count")
        seconds = call.number(input.lease_seconds, _SHORTEST_LEASE, _LONGEST_LEASE, "leaseSeconds")
        lease, pauses = timedelta(seconds=seconds), iter(_PAUSES)

        async def claim(writer: Writer, clock: Clock) -> Claimed:
            claimed = await claim_images(writer, clock, worker, count, lease)
            pause = None if claimed.images or not claimed.passed_by else next(pauses, None)
            if pause is not None:
                raise Overtaken(pause)
            return claimed

        return await call.perform(ClaimImagesPayload, claim)

    @mutation(staff=True)
    async def deliver_images(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            DeliverImagesInput, strawberry.argument(description="What is delivered, and by whom.")
        ],
    ) -> DeliverImagesPayload:
        """Deliver images that a worker holds; for staff."""
        call = Call(info, input)
        worker = call.name(input.worker, "worker")
        images = call.images(input.image_ids, "imageIds")
        return await call.perform(DeliverImagesPayload, deliver_images, worker, images)
