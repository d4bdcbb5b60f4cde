"""Mutations of images: claimed by production, delivered, rejected by the client."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import strawberry

from api.context import Info
from api.execution import Call
from api.ids import NodeType
from api.order.payloads import ImagesPayload, OrdersPayload
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import MAX_IDS, NAME_RULE, PROSE_RULE
from app.clock import Clock
from app.domain.orders.enums import RejectionCategory
from app.domain.orders.results import ImageResult
from app.domain.production.rejections import RejectionReason
from app.services.commands import Overtaken
from app.services.orders.changing import reject_order
from app.services.orders.claiming import Claimed, claim_images
from app.services.orders.producing import deliver_images, reject_images
from app.services.stored_results import Key
from db.writer import Writer
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation
from engine.scalars import Url

_SHORTEST_LEASE: Final = 60  # seconds
_LONGEST_LEASE: Final = 24 * 60 * 60  # seconds
_PAUSES: Final = (0.01, 0.02, 0.04, 0.08)  # seconds, before a claim that could only pass accounts by is tried again


_REASON: Final = f"The reason, in the client's words: {PROSE_RULE}"
_CATEGORY: Final = "The kind of fault; none by default."


@input_type
class ImageRejectionInput:
    """An image to reject, with a reason of its own."""

    image_id: strawberry.ID = strawberry.field(description="The image.")
    reason: str = strawberry.field(description=f"{_REASON}.")
    category: RejectionCategory | None = optional(_CATEGORY)


@input_type
class RejectImagesInput:
    """The images to reject, by exactly one of `imageIds`, `orderId` and `images`; `reason` goes with the first two."""

    image_ids: list[strawberry.ID] | None = optional("The images, 1 to 500, all of them delivered.")
    order_id: strawberry.ID | None = optional("The order; all its images that can be rejected are rejected.")
    images: list[ImageRejectionInput] | None = optional("The images, 1 to 500, each with its own reason.")
    reason: str | None = optional(f"{_REASON}. Required without `images`.")
    category: RejectionCategory | None = optional(_CATEGORY)
    idempotency_key: str | None = idempotency_key()


@object_type
class RejectImagesPayload(ImagesPayload, OrdersPayload):
    """The result of rejecting images."""


@input_type
class ClaimImagesInput:
    """The claim to make: the worker, the number of images and the lease."""

    worker: str = strawberry.field(description=f"The name of the worker: {NAME_RULE}.")
    count: int = strawberry.field(default=1, description="The number of images, 1 to 500.")
    lease_seconds: float = strawberry.field(
        default=3600.0,
        description="The length of the lease, 60 to 86,400 seconds. Images not delivered by its end are in the queue"
        " again.",
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class ClaimImagesPayload(ImagesPayload):
    """The result of claiming images: fewer than requested, or none, if the queue has no more.

    Images of an account with another change in progress are skipped; the next claim can take them.
    """

    result_type = Claimed

    @field
    def lease_until(self) -> datetime | None:
        """The end of the worker's lease."""
        return None if self.result is None else self.result.until


@input_type
class ResultInput:
    """An image to deliver, with the address of its picture."""

    image_id: strawberry.ID = strawberry.field(description="The image.")
    result_url: Url | None = optional("The address of the retouched picture.")
    preview_url: Url | None = optional("The address of a preview of it.")


@input_type
class DeliverImagesInput:
    """The images to deliver, by exactly one of `imageIds` and `results`, and the worker who holds them."""

    worker: str = strawberry.field(description="The worker who holds the images, by the name used in the claim.")
    image_ids: list[strawberry.ID] | None = optional("The images, 1 to 500, all of them held by the worker.")
    results: list[ResultInput] | None = optional(
        "The images, 1 to 500, each with the address of its picture; it replaces that of an earlier delivery."
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class DeliverImagesPayload(ImagesPayload, OrdersPayload):
    """The result of delivering images."""


@object_type
class ImageMutations:
    """Mutations of images."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.NOT_DELIVERED, Code.NOT_REJECTABLE))
    async def reject_images(
        self,
        info: Info,
        input: Annotated[RejectImagesInput, strawberry.argument(description="The images to reject, and the reason.")],  # noqa: A002
    ) -> RejectImagesPayload:
        """Rejects images within 30 days of their delivery, or another period set by the service; the redo is free."""
        call, period = Call(info, input), info.context.settings.rejection_period
        image_ids, order_id, images = or_none(input.image_ids), or_none(input.order_id), or_none(input.images)
        if sum(given is not None for given in (image_ids, order_id, images)) != 1:
            call.refuse("Exactly one of imageIds, orderId and images is required.")
        if images is not None:
            reasons = _own_reasons(call, input, images)
            return await call.perform(RejectImagesPayload, reject_images, reasons, period)
        reason = RejectionReason(_required_reason(call, or_none(input.reason)), or_none(input.category))
        if order_id is not None:
            key = call.node(NodeType.ORDER, order_id, "orderId")
            return await call.perform(RejectImagesPayload, reject_order, key, reason, period)
        keys = [] if image_ids is None else call.images(image_ids, "imageIds")
        return await call.perform(RejectImagesPayload, reject_images, dict.fromkeys(keys, reason), period)

    @mutation(codes=(*KEYED, Code.LIMIT_EXCEEDED), staff=True)
    async def claim_images(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ClaimImagesInput, strawberry.argument(description="The claim to make.")
        ],
    ) -> ClaimImagesPayload:
        """Claims the most urgent images of all accounts for a worker, for the length of a lease; for staff."""
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

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.NOT_CLAIMED), staff=True)
    async def deliver_images(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            DeliverImagesInput, strawberry.argument(description="The images to deliver, and the worker who holds them.")
        ],
    ) -> DeliverImagesPayload:
        """Delivers images that a worker holds; for staff."""
        call = Call(info, input)
        worker = call.name(input.worker, "worker")
        image_ids, results = or_none(input.image_ids), or_none(input.results)
        if (image_ids is None) == (results is None):
            call.refuse("Exactly one of imageIds and results is required.")
        if results is not None:
            images = call.images([result.image_id for result in results], "results", item="imageId")
            addresses = _addresses(call, images, results)
            return await call.perform(DeliverImagesPayload, deliver_images, worker, images, addresses)
        images = [] if image_ids is None else call.images(image_ids, "imageIds")
        return await call.perform(DeliverImagesPayload, deliver_images, worker, images)


def _addresses(call: Call, images: Sequence[Key], results: Sequence[ResultInput]) -> dict[UUID, ImageResult]:
    """Return the addresses of each image, by its id."""
    return {
        image_id: ImageResult(
            call.url(result.result_url, "results", str(index), "resultUrl"),
            call.url(result.preview_url, "results", str(index), "previewUrl"),
        )
        for index, ((_, image_id), result) in enumerate(zip(images, results, strict=False))
    }


def _required_reason(call: Call, reason: str | None) -> str:
    """Return the reason for all images."""
    if reason is None:
        call.refuse("A reason is required.", "reason")
        return ""
    return call.prose(reason, "reason")


def _own_reasons(
    call: Call, given: RejectImagesInput, images: Sequence[ImageRejectionInput]
) -> dict[Key, RejectionReason]:
    """Return the reason of each image."""
    for name, value in (("reason", given.reason), ("category", given.category)):
        if or_none(value) is not None:
            call.refuse(f"Each of the images has a {name} of its own: leave this one out.", name)
    keys = call.images([image.image_id for image in images], "images", item="imageId")
    reasons = [
        RejectionReason(call.prose(image.reason, "images", str(index), "reason"), or_none(image.category))
        for index, image in enumerate(images[: len(keys)])
    ]
    return dict(zip(keys, reasons, strict=True))
