"""Mutations of orders: placing, expediting, completing and cancelling them."""

from collections.abc import Sequence
from typing import Annotated, Final

import strawberry

from api.context import Info
from api.execution import Call
from api.ids import NodeType
from api.order.payloads import GuaranteePayload, OrderPayload, OrdersPayload, changed_orders
from api.order.uploads import NewImageInput, duplicate_filenames, new_images
from api.quote.reads import bound, with_current_quote
from api.user_error.codes import KEYED, NOT_EXPEDITABLE
from api.user_error.codes import UserErrorCode as Code
from api.validation import NAME_RULE, PROSE_RULE, REFERENCE_RULE
from api.warnings import Warning  # noqa: A004 - the contract's name
from app.domain.orders.changes import NewImage
from app.services.orders.changing import cancel_order, complete_order, expedite_order
from app.services.orders.placing import NewOrder, place_order
from app.services.quotes.making import ExpediteRequest, UploadRequest
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation

_BOUND_BY_QUOTE: Final = (
    "The token of a quote; the mutation is done only if its result equals the quote in parts, prices and standard"
    " deadlines."
)


@input_type
class PlaceOrderInput:
    """The order to place."""

    account_id: strawberry.ID | None = optional("The account. Required of staff; a client's own by default.")
    name: str = strawberry.field(description=f"The name of the order: {NAME_RULE}.")
    external_reference: str | None = optional(f"The client's own reference of the order: {REFERENCE_RULE}.")
    instructions: str | None = optional(f"Instructions for all images of the order: {PROSE_RULE}.")
    specification_id: strawberry.ID = strawberry.field(description="The specification of the images.")
    images: list[NewImageInput] = strawberry.field(description="The images in upload order: 1 to 2,000.")
    expedite: bool | None = strawberry.field(default=False, description="True to expedite the images.")
    quote_token: str | None = optional(_BOUND_BY_QUOTE)
    idempotency_key: str | None = idempotency_key()


@object_type
class PlaceOrderPayload(OrdersPayload, GuaranteePayload):
    """The result of placing an order: one order for each service level and deadline of its images."""

    orders = field(length=3)(changed_orders)
    uploaded: strawberry.Private[Sequence[NewImage]] = ()

    @field(length=2)
    def warnings(self) -> list[Warning]:
        """Warnings about files with the same name, which may be mistakes; empty where there are errors."""
        return [] if self.result is None else duplicate_filenames(self.uploaded)


@input_type
class ExpediteOrderInput:
    """The images of an order to expedite."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    image_ids: list[strawberry.ID] | None = optional(
        "The images, 1 to 500, of the order or of orders split from it, in the order in which they use the day's"
        " expedites; by default all of the order that can be expedited."
    )
    quote_token: str | None = optional(_BOUND_BY_QUOTE)
    idempotency_key: str | None = idempotency_key()


@object_type
class ExpediteOrderPayload(OrdersPayload, GuaranteePayload):
    """The result of expediting: the original order, and the orders split off from it."""

    orders = field(length=4)(changed_orders)


@input_type
class CompleteOrderInput:
    """The order to complete."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    idempotency_key: str | None = idempotency_key()


@object_type
class CompleteOrderPayload(OrderPayload):
    """The result of completing an order."""


@input_type
class CancelOrderInput:
    """The order to cancel, or the images of it."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    image_ids: list[strawberry.ID] | None = optional(
        "The images to cancel, 1 to 500, of the order or of orders split from it; by default all of the order, which is"
        " refused if production of any image has begun."
    )
    idempotency_key: str | None = idempotency_key()


@object_type
class CancelOrderPayload(OrderPayload, GuaranteePayload):
    """The result of cancelling an order, or images of it."""


@object_type
class OrderMutations:
    """Mutations of orders."""

    @mutation(
        codes=(
            *KEYED,
            Code.NOT_FOUND,
            Code.LIMIT_EXCEEDED,
            Code.ARCHIVED,
            Code.REFERENCE_TAKEN,
            Code.ACCOUNT_CLOSED,
            Code.EXPEDITE_WINDOW_CLOSED,
            Code.NO_GAIN,
            Code.QUOTE_CHANGED,
        )
    )
    async def place_order(
        self,
        info: Info,
        input: Annotated[PlaceOrderInput, strawberry.argument(description="The order to place.")],  # noqa: A002
    ) -> PlaceOrderPayload:
        """Places images as one order for each service level and deadline."""
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        name = call.name(input.name, "name")
        _, specification_id = call.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")
        new = NewOrder(
            account_id,
            name,
            specification_id,
            new_images(call, input.images),
            expedite=bool(input.expedite),
            external_reference=call.reference(input.external_reference, "externalReference"),
            instructions=call.optional_prose(input.instructions, "instructions"),
        )
        request = UploadRequest(account_id, len(new.images), new.expedite, specification_id)
        binding = await bound(info.context, call, or_none(input.quote_token), request)
        payload = await call.perform(PlaceOrderPayload, place_order, new, binding)
        payload.uploaded = new.images
        return await with_current_quote(info.context, payload, request)

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, *NOT_EXPEDITABLE, Code.QUOTE_CHANGED))
    async def expedite_order(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ExpediteOrderInput, strawberry.argument(description="The images of an order to expedite.")
        ],
    ) -> ExpediteOrderPayload:
        """Expedites images of an order; those with another service level than the others become a new order."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        named = or_none(input.image_ids)
        chosen = None if named is None else [image_id for _, image_id in call.images(named, "imageIds")]
        request = ExpediteRequest(key, chosen)
        binding = await bound(info.context, call, or_none(input.quote_token), request)
        payload = await call.perform(ExpediteOrderPayload, expedite_order, key, chosen, binding)
        return await with_current_quote(info.context, payload, request)

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.NOT_COMPLETABLE))
    async def complete_order(
        self,
        info: Info,
        input: Annotated[CompleteOrderInput, strawberry.argument(description="The order to complete.")],  # noqa: A002
    ) -> CompleteOrderPayload:
        """Completes an order that the client has downloaded."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        return await call.perform(CompleteOrderPayload, complete_order, key)

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.NOT_CANCELLABLE))
    async def cancel_order(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            CancelOrderInput, strawberry.argument(description="The order to cancel, or the images of it.")
        ],
    ) -> CancelOrderPayload:
        """Cancels an order, or images of it, before production begins, and returns them to the day's allowance.

        An order is cancelled with its last image.
        """
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        named = or_none(input.image_ids)
        chosen = None if named is None else [image_id for _, image_id in call.images(named, "imageIds")]
        return await call.perform(CancelOrderPayload, cancel_order, key, chosen)
