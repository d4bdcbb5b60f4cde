"""Mutations of the deadlines that staff set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, TypeAlias

import strawberry

from api.context import Info
from api.execution import Call, Payload
from api.ids import NodeType
from api.order.payloads import OrderPayload, changed_orders
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.user_error.refusals import Path
from api.validation import PROSE_RULE
from api.warnings import Warning, WarningCode  # noqa: A004 - the contract's name
from app.domain.bounds import MAX_IMAGES, MAX_PORTIONS
from app.domain.deadlines.rules import is_on_weekend
from app.domain.instants import rfc3339
from app.domain.orders.portions import Portion
from app.services.orders.changing import confirm_deadline, confirm_deadlines, revise_deadline
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation

Deadlines: TypeAlias = Sequence[tuple[Path, datetime]]
"""Deadlines of an input, each with its path."""

_NOTE: Final = f"A note for staff: {PROSE_RULE}."
_MESSAGE: Final = f"A message to the client: {PROSE_RULE}."


@input_type
class DeadlinePortionInput:
    """A portion of an order's images, and its deadline."""

    image_count: int = strawberry.field(description="The number of images, the next ones in upload order.")
    deadline: datetime = strawberry.field(
        description="The instant by which they will be delivered: in the future, later than that of the portion before,"
        " and earlier than their present deadline."
    )


@input_type
class ConfirmDeadlineInput:
    """The deadline to set for an order that awaits one, or those of its portions: exactly one of the two."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    deadline: datetime | None = optional(
        "The instant by which its images will be delivered: in the future, and earlier than their present deadline."
    )
    portions: list[DeadlinePortionInput] | None = optional(
        "The portions, 1 to 20, that together have each image neither delivered nor cancelled. The first one stays in"
        " the order, each further one becomes a new order."
    )
    note: str | None = optional(_NOTE)
    message: str | None = optional(_MESSAGE)
    idempotency_key: str | None = idempotency_key()


@object_type
class DeadlinePayload(Payload):
    """The result of setting deadlines, with warnings about them."""

    deadlines: strawberry.Private[Deadlines] = ()

    @field(length=MAX_PORTIONS)
    async def warnings(self, info: Info) -> list[Warning]:
        """Warnings about deadlines on a Saturday or Sunday, user time, which may be mistakes; empty with errors."""
        if self.result is None:
            return []
        account_id, _ = self.result.orders[0]
        zone = (await info.context.history(account_id)).zone_at(self.result.at)
        return [
            Warning(
                code=WarningCode.WEEKEND_DEADLINE,
                message=f"The deadline {rfc3339(due_at)} is on a weekend in {zone.key}.",
                path=list(path),
            )
            for path, due_at in self.deadlines
            if is_on_weekend(due_at, zone)
        ]


@object_type
class ConfirmDeadlinePayload(DeadlinePayload):
    """The result of setting a deadline, or those of portions: the order, and the orders split off from it."""

    orders = field(length=MAX_PORTIONS)(changed_orders)


@input_type
class ReviseDeadlineInput:
    """The earlier deadline to set in place of one that staff set."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    deadline: datetime = strawberry.field(
        description="The instant by which its undelivered images will be delivered: in the future, and earlier than"
        " their present deadline."
    )
    note: str | None = optional(_NOTE)
    message: str | None = optional(_MESSAGE)
    idempotency_key: str | None = idempotency_key()


@object_type
class ReviseDeadlinePayload(OrderPayload, DeadlinePayload):
    """The result of revising a deadline."""


@object_type
class DeadlineMutations:
    """Mutations of the deadlines that staff set."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.DEADLINE_NOT_OPEN), staff=True)
    async def confirm_deadline(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ConfirmDeadlineInput, strawberry.argument(description="The deadline to set.")
        ],
    ) -> ConfirmDeadlinePayload:
        """Sets the deadline of an order that awaits one, or a deadline for each portion of its images; for staff."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        said = call.optional_prose(input.note, "note"), call.optional_prose(input.message, "message")
        deadline, portions = or_none(input.deadline), or_none(input.portions)
        if (deadline is None) == (portions is None):
            call.refuse("Exactly one of deadline and portions is required.")
        if deadline is not None:
            payload = await call.perform(ConfirmDeadlinePayload, confirm_deadline, key, deadline, *said)
            payload.deadlines = [(("deadline",), deadline)]
            return payload
        given = [] if portions is None else _portions(call, portions)
        payload = await call.perform(ConfirmDeadlinePayload, confirm_deadlines, key, given, *said)
        payload.deadlines = [
            (("portions", str(index), "deadline"), portion.due_at) for index, portion in enumerate(given)
        ]
        return payload

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.DEADLINE_NOT_OPEN), staff=True)
    async def revise_deadline(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            ReviseDeadlineInput, strawberry.argument(description="The earlier deadline to set.")
        ],
    ) -> ReviseDeadlinePayload:
        """Sets an earlier deadline in place of one that staff set, for the images not delivered yet; for staff."""
        call = Call(info, input)
        key = call.node(NodeType.ORDER, input.order_id, "orderId")
        said = call.optional_prose(input.note, "note"), call.optional_prose(input.message, "message")
        payload = await call.perform(ReviseDeadlinePayload, revise_deadline, key, input.deadline, *said)
        payload.deadlines = [(("deadline",), input.deadline)]
        return payload


def _portions(call: Call, portions: Sequence[DeadlinePortionInput]) -> list[Portion]:
    """Check the number of images of each portion."""
    return [
        Portion(call.number(each.image_count, 1, MAX_IMAGES, "portions", str(index), "imageCount"), each.deadline)
        for index, each in enumerate(portions)
    ]
