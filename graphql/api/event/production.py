"""The events of production: images claimed, delivered and rejected, and deadlines at risk, missed and met."""

from datetime import datetime

import strawberry

from api.context import Info
from api.event.facts import (
    OrderProgress,
    RejectedImage,
    count_images,
    images_of_event,
    order_progress,
    rejected_images,
)
from api.event.types import Event
from app.domain.deadlines.enums import DeadlineKind
from app.domain.events import kinds
from engine.connections import DEFAULT_SIZE, After, Connection, First
from engine.decorators import attribute, field, object_type
from engine.weights import LOOK_UP


@object_type
class ImagesClaimed(Event):
    """A claim of images by a worker."""

    details: strawberry.Private[kinds.ImagesClaimed]
    images = field(images_of_event)
    image_count = field(count_images)
    lease_until: datetime = attribute("The end of the worker's lease.", of="details.lease_until")
    worker: str | None = attribute(
        "The name of the worker, for staff only; null after its erasure.", of="details.worker", staff=True
    )


@object_type
class ClaimExpired(Event):
    """The expiry of a worker's claim; the images are in the queue again."""

    details: strawberry.Private[kinds.ClaimExpired]
    images = field(images_of_event)
    image_count = field(count_images)
    lease_until: datetime = attribute("The end of the worker's lease.", of="details.lease_until")
    worker: str | None = attribute(
        "The name of the worker, for staff only; null after its erasure.", of="details.worker", staff=True
    )


@object_type
class ImagesDelivered(Event):
    """A delivery of images, for the first time or again."""

    details: strawberry.Private[kinds.ImagesDelivered]
    images = field(images_of_event)
    image_count = field(count_images)

    @field
    def before(self) -> OrderProgress:
        """The progress of the order before the event."""
        return order_progress(self.details.before)

    @field
    def after(self) -> OrderProgress:
        """The progress of the order after the event."""
        return order_progress(self.details.after)

    worker: str | None = attribute(
        "The name of the worker, for staff only; null if an import did not have it, or after its erasure.",
        of="details.worker",
        staff=True,
    )


@object_type
class OperationsRecorded(Event):
    """A recording of retouching steps done on images of an order."""

    details: strawberry.Private[kinds.OperationsRecorded]
    images = field(images_of_event)
    image_count = field(count_images)
    steps: list[str] = attribute("The names of the steps done, each once.", of="details.steps", length=5)
    operation_count: int = attribute("The number of operations recorded.", of="details.operation_count")
    worker: str | None = attribute(
        "The name of the worker, for staff only; null after its erasure.", of="details.worker", staff=True
    )


@object_type
class ImagesRejected(Event):
    """A rejection of images by the client."""

    details: strawberry.Private[kinds.ImagesRejected]
    images = field(images_of_event)
    image_count = field(count_images)

    @field(cost=LOOK_UP)
    def rejected_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[RejectedImage] | None:
        """The rejected images with the client's reasons, in upload order."""
        return rejected_images(info.context, self.row, self.details).first(first, after)

    @field
    def before(self) -> OrderProgress:
        """The progress of the order before the event."""
        return order_progress(self.details.before)

    @field
    def after(self) -> OrderProgress:
        """The progress of the order after the event."""
        return order_progress(self.details.after)


@object_type
class DeadlineAtRisk(Event):
    """An alert that a deadline was near with images undelivered."""

    details: strawberry.Private[kinds.DeadlineAtRisk]
    images = field(images_of_event)
    image_count = field(count_images)
    deadline: datetime | None = attribute("The instant of the deadline; never null.", of="details.due_at")
    kind: DeadlineKind = attribute("The kind of the deadline: of the delivery or of a redo.", of="details.kind")


@object_type
class DeadlineMissed(Event):
    """An alert that a deadline passed with images undelivered."""

    details: strawberry.Private[kinds.DeadlineMissed]
    images = field(images_of_event)
    image_count = field(count_images)
    deadline: datetime | None = attribute("The instant of the deadline; never null.", of="details.due_at")
    kind: DeadlineKind = attribute("The kind of the deadline: of the delivery or of a redo.", of="details.kind")


@object_type
class ReviewOverdue(Event):
    """An alert that support and production still owed images the deadline that they had promised by then."""

    details: strawberry.Private[kinds.ReviewOverdue]
    images = field(images_of_event)
    image_count = field(count_images)
    review_by: datetime | None = attribute(
        "The instant by which the deadline was promised; never null.", of="details.due_at"
    )


@object_type
class DeadlineMet(Event):
    """An alert that every image of an order was delivered by the deadline."""

    details: strawberry.Private[kinds.DeadlineMet]

    deadline: datetime | None = attribute("The instant of the deadline; never null.", of="details.due_at")
