"""Quotes: what placing an order, or expediting one, would get."""

from datetime import datetime

import strawberry

from api.money import Money
from api.order.deadlines import Deadline
from api.user_errors import UserError
from app.domain.orders.enums import ServiceLevel
from engine.decorators import attribute, input_type, object_type
from engine.inputs import optional


@input_type
class QuoteInput:
    """What is to be quoted: either a new order, by the count of its images, or expediting images of an order."""

    image_count: int | None = optional("How many images a new order would have: 1 to 2,000.")
    expedite: bool | None = strawberry.field(
        default=False, description="Whether the images of a new order are wanted within hours."
    )
    specification_id: strawberry.ID | None = optional(
        "What is to be done to the images of a new order; the quote has no prices without it."
    )
    order_id: strawberry.ID | None = optional("The order of which images would be expedited.")
    image_ids: list[strawberry.ID] | None = optional(
        "The images of the order, 1 to 500, in the order in which they use the day's expedites; without it all that can"
        " be expedited."
    )
    at: datetime | None = optional("When it would be done, now or later; on a day to come nothing is used yet.")


@object_type
class QuotePart:
    """Images that would get one service level and deadline."""

    image_count: int = strawberry.field(description="How many there are.")
    service_level: ServiceLevel = strawberry.field(description="What they would be promised.")
    deadline: Deadline = strawberry.field(description="When they would be due.")
    price: Money | None = strawberry.field(
        description="What they would cost together; null for a new order whose specification is not told."
    )


@object_type
class Quote:
    """What would be got."""

    token: str = strawberry.field(
        description="Binds what is quoted for 15 minutes: counts, levels, prices, and standard deadlines, also where a"
        " delivery plan is required; other expedited parts promise a turnaround from the call. Opaque."
    )
    at: datetime = strawberry.field(description="When it would be done.")
    parts: list[QuotePart] = attribute("The images by service level and deadline.", length=2)
    guarantee_remaining: int = strawberry.field(description="Images still guaranteed that day after it.")
    expedite_remaining: int = strawberry.field(
        description="Images that can still be expedited that day at the shortest turnaround after it."
    )


@object_type
class QuotePayload:
    """A quote, or why there is none."""

    quote: Quote | None = strawberry.field(
        description="What would be got; null exactly when there is something to mend."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What is to mend, all of it: as placing or expediting would be refused."
    )
