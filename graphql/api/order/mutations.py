"""What changes orders: placing, expediting, completing and cancelling them, and setting their deadlines."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from api.context import Info
from api.execution import Call
from api.ids import NodeType
from api.order.payloads import GuaranteePayload, OrderPayload, OrdersPayload, changed_orders
from api.quote.reads import bound
from api.validation import NAME_RULE, PROSE_RULE
from app.domain.bounds import MAX_IMAGES
from app.services.orders.changing import cancel_order, complete_order, confirm_deadline, expedite_order
from app.services.orders.placing import NewOrder, place_order
from app.services.quotes.tokens import Subject
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation

_BOUND_BY_QUOTE: Final = (
    "The token of a quote: the mutation is done only if it comes to what was quoted, parts, prices and standard"
    " deadlines alike."
)


@input_type
class NewImageInput:
    """A photo to be uploaded."""

    filename: str = strawberry.field(description=f"The name of its file: {NAME_RULE}.")


@input_type
class PlaceOrderInput:
    """What is ordered."""

    account_id: strawberry.ID | None = optional("The account: staff name it, a client's is its own.")
    name: str = strawberry.field(description=f"What to call the order: {NAME_RULE}.")
    specification_id: strawberry.ID = strawberry.field(description="What is to be done to the images.")
    images: list[NewImageInput] = strawberry.field(description="The images, in their order: 1 to 2,000.")
    expedite: bool | None = strawberry.field(default=False, description="Whether they are wanted within hours.")
    quote_token: str | None = optional(_BOUND_BY_QUOTE)
    idempotency_key: str | None = idempotency_key()


@object_type
class PlaceOrderPayload(OrdersPayload, GuaranteePayload):
    """The result of placing an order: an order for each service level and deadline that its images got."""

    orders = field(length=3)(changed_orders)


@input_type
class ExpediteOrderInput:
    """What of an order is wanted within hours."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    image_ids: list[strawberry.ID] | None = optional(
        "The images, 1 to 500, in the order in which they use the day's expedites; without it all that can be."
    )
    quote_token: str | None = optional(_BOUND_BY_QUOTE)
    idempotency_key: str | None = idempotency_key()


@object_type
class ExpediteOrderPayload(OrdersPayload, GuaranteePayload):
    """What expediting came to: the original order, and those that were split off from it."""

    orders = field(length=4)(changed_orders)


@input_type
class CompleteOrderInput:
    """What was downloaded."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    idempotency_key: str | None = idempotency_key()


@object_type
class CompleteOrderPayload(OrderPayload):
    """What completing an order came to."""


@input_type
class CancelOrderInput:
    """What is called off."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    idempotency_key: str | None = idempotency_key()


@object_type
class CancelOrderPayload(OrderPayload, GuaranteePayload):
    """What cancelling an order came to."""


@input_type
class ConfirmDeadlineInput:
    """The deadline that an order awaits."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    deadline: datetime = strawberry.field(
        description="When its images will be delivered: to come, and earlier than the deadline they have."
    )
    note: str | None = optional(f"What to remember of it: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class ConfirmDeadlinePayload(OrderPayload):
    """What setting a deadline came to."""


@object_type
class OrderMutations:
    """What changes orders."""

    @mutation
    async def place_order(
        self,
        info: Info,
        input: Annotated[PlaceOrderInput, strawberry.argument(description="What is ordered.")],  # noqa: A002
    ) -> PlaceOrderPayload:
        """Upload images, as one order for each service level and deadline they get."""
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        name = call.name(input.name, "name")
        _, specification_id = call.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")
        filenames = _filenames(call, input.images)
        new = NewOrder(account_id, name, specification_id, filenames, expedite=bool(input.expedite))
        binding = await bound(info.context, call, or_none(input.quote_token), Subject(account_id))
        return await call.perform(PlaceOrderPayload, place_order, new, binding)

    @mutation
    async def expedite_order(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ExpediteOrderInput, strawberry.argument(description="What of an order is wanted within hours.")
        ],
    ) -> ExpediteOrderPayload:
        """Expedite images of an order; those that get another service level than the others become a new one."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        named = or_none(input.image_ids)
        chosen = None if named is None else [image_id for _, image_id in call.images(named, "imageIds")]
        binding = await bound(info.context, call, or_none(input.quote_token), Subject(*key, chosen))
        return await call.perform(ExpediteOrderPayload, expedite_order, key, chosen, binding)

    @mutation
    async def complete_order(
        self,
        info: Info,
        input: Annotated[CompleteOrderInput, strawberry.argument(description="What was downloaded.")],  # noqa: A002
    ) -> CompleteOrderPayload:
        """Note that the client has downloaded an order."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        return await call.perform(CompleteOrderPayload, complete_order, key)

    @mutation
    async def cancel_order(
        self,
        info: Info,
        input: Annotated[CancelOrderInput, strawberry.argument(description="What is called off.")],  # noqa: A002
    ) -> CancelOrderPayload:
        """Call an order off before production begins; what it used of the running day is given back."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        return await call.perform(CancelOrderPayload, cancel_order, key)

    @mutation(staff=True)
    async def confirm_deadline(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ConfirmDeadlineInput, strawberry.argument(description="The deadline that an order awaits.")
        ],
    ) -> ConfirmDeadlinePayload:
        """Set the deadline of an order that awaits one; for staff."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        note = or_none(input.note)
        if note is not None:
            note = call.prose(note, "note")
        return await call.perform(ConfirmDeadlinePayload, confirm_deadline, key, input.deadline, note)


def _filenames(call: Call, images: list[NewImageInput]) -> list[str]:
    if not images:
        call.refuse("It has one image at least.", "images")
    if len(images) > MAX_IMAGES:
        call.limit(len(images), MAX_IMAGES, "images")
        return []
    return [call.name(image.filename, "images", str(place), "filename") for place, image in enumerate(images)]
