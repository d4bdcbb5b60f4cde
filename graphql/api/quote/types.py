"""Quotes: binding offers for new orders and expedites."""

from datetime import datetime

import strawberry

from api.money import Money
from api.order.deadlines import Deadline
from api.sla.guarantee import DailyGuarantee
from api.user_error.types import UserError
from app.domain.orders.enums import ServiceLevel
from engine.decorators import attribute, input_type, object_type
from engine.inputs import optional


@input_type
class QuoteNewOrderInput:
    """A new order to quote, by its number of images."""

    image_count: int = strawberry.field(description="The number of images: 1 to 2,000.")
    expedite: bool | None = strawberry.field(default=False, description="True to expedite the images.")
    specification_id: strawberry.ID | None = optional("The specification; without it the quote has no prices.")
    at: datetime | None = optional("The instant of the order, now or later; a future day starts with nothing used.")


@input_type
class QuoteExpediteInput:
    """An expedite of an order's images to quote."""

    order_id: strawberry.ID = strawberry.field(description="The order whose images would be expedited.")
    image_ids: list[strawberry.ID] | None = optional(
        "The images, 1 to 500, of the order or of orders split from it, in the order in which they use the day's"
        " expedites; by default all of the order that can be expedited."
    )
    at: datetime | None = optional("The instant of the expedite, now or later; a future day starts with nothing used.")


@input_type(one_of=True)
class QuoteInput:
    """The subject of a quote: exactly one of these."""

    new_order: QuoteNewOrderInput | None = optional("A new order.")
    expedite: QuoteExpediteInput | None = optional("An expedite of an order's images.")


@object_type
class QuotePart:
    """The images of a quote with one service level and deadline."""

    image_count: int = strawberry.field(description="The number of images.")
    service_level: ServiceLevel = strawberry.field(description="The promise made for the images.")
    deadline: Deadline = strawberry.field(description="The deadline of the images.")
    price: Money | None = strawberry.field(
        description="The total price of the images, before any delivery plan; null for a new order without a"
        " specification."
    )
    price_with_plan: Money | None = strawberry.field(
        description="The total price of the images once staff have set the deadline of their delivery plan; null if"
        " they need none, and where `price` is null."
    )


@object_type
class Quote:
    """A binding offer for a new or expedited order."""

    token: str = strawberry.field(
        description="The token that binds the offer for 15 minutes, in any number of calls: counts, service levels,"
        " prices, with a delivery plan, too, standard deadlines, also where a plan is required, and the turnarounds of"
        " expedites and reviews, which run from the call. It binds no prices if the quote has none. Opaque."
    )
    at: datetime = strawberry.field(description="The instant of the order or expedite.")
    parts: list[QuotePart] = attribute("The images of the offer by service level and deadline.", length=2)
    daily_guarantee: DailyGuarantee = strawberry.field(
        description="The ledger day of `at`, with its use after this order or expedite."
    )


@object_type
class QuotePayload:
    """A quote, or the errors of its request."""

    quote: Quote | None = strawberry.field(description="The quote; null exactly if there are errors.")
    user_errors: list[UserError] = strawberry.field(
        description="All errors of the request: those with which the order or expedite would be refused."
    )
