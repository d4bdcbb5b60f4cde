"""Events of deadlines that staff revised."""

from datetime import datetime

import strawberry

from api.event.facts import count_images, images_of_event
from api.event.types import Event
from app.domain.events import kinds
from engine.decorators import attribute, field, object_type


@object_type
class DeadlineRevised(Event):
    """An earlier deadline that support and production set in place of their previous one."""

    details: strawberry.Private[kinds.DeadlineRevised]
    images = field(images_of_event)
    image_count = field(count_images)
    deadline: datetime | None = attribute("The earlier deadline; never null.", of="details.due_at")
    previous: datetime | None = attribute("The deadline before the event; never null.", of="details.previous")
    message: str | None = attribute(
        "The message to the client; null without one, or after its erasure.", of="details.message"
    )
    note: str | None = attribute(
        "The note of staff, for staff only; null without one, or after its erasure.", of="details.note", staff=True
    )
