"""Events: the audit trail of an account, one type for each type of event."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

from api.context import Info
from api.nodes import Node
from app.domain.vocabulary import EventType
from db.queries.events import EventRow
from engine.decorators import field, interface

if TYPE_CHECKING:
    from api.account.types import Account
    from api.order.types import Order

Withdrawn: TypeAlias = Annotated[
    bool | None,
    strawberry.argument(description="Whether events that turned out to be untrue are wanted, and what withdrew them."),
]


@interface
class Event(Node):
    """Something that happened; never changed afterwards. An event that was untrue has an EventWithdrawn later.

    Fields of the same name are of the same type in all events, so that one operation can ask for them all.
    """

    at: datetime = strawberry.field(description="The instant at which it happened.")
    recorded_at: datetime = strawberry.field(
        description="The instant at which it was written: later than `at` where it was found out or imported later."
    )
    type: EventType = strawberry.field(description="The type of the event.")
    row: strawberry.Private[EventRow]

    @field
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.account.types")]:
        """The account it happened to."""
        from api.account.types import read_account  # noqa: PLC0415 - accounts list their orders, which list their events

        return await read_account(info.context, self.row.account_id)

    @field
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order it happened to; null when it happened to none."""
        from api.order.types import read_order  # noqa: PLC0415 - orders list their events, which so can meet them only now

        row = self.row
        return None if row.order_id is None else await read_order(info.context, (row.account_id, row.order_id))
