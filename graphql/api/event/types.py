"""Events: the audit trail of an account, one API type for each type of event."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias, cast

import strawberry

from api.context import Info
from api.ids import NodeType
from app.domain.events.enums import EventType
from db.queries.events import EventRow
from engine.decorators import field, interface
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.weights import COUNT, LOOK_UP, weigh_count

if TYPE_CHECKING:
    from api.account.types import Account
    from api.order.types import Order

Withdrawn: TypeAlias = Annotated[
    bool | None,
    strawberry.argument(description="True to include withdrawn events, and the events that withdrew them."),
]

EventTypes: TypeAlias = Annotated[
    list[EventType] | None,
    strawberry.argument(
        description="Only events of these types; all by default, none for an empty list. EVENT_WITHDRAWN needs"
        " `withdrawn`, too."
    ),
]


@interface
class Event(Node):
    """A fact in the history of an account. Only its texts may be erased; an EventWithdrawn may follow if it was untrue.

    Fields of the same name have the same type in all events, so that one operation can select them all.
    """

    at: datetime = strawberry.field(description="The instant of the event.")
    recorded_at: datetime = strawberry.field(
        description="The instant at which the event was recorded; later than `at` if it was detected or imported later."
    )
    type: EventType = strawberry.field(description="The type of the event.")
    row: strawberry.Private[EventRow]

    @field(cost=LOOK_UP)
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.account.types")]:
        """The account of the event."""
        named = GlobalId(NodeType.ACCOUNT, self.row.account_id, self.row.account_id)
        return cast("Account", await existing_node(info.context, named))

    @field(cost=LOOK_UP)
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order of the event; null if it concerns no single order."""
        if self.row.order_id is None:
            return None
        named = GlobalId(NodeType.ORDER, self.row.account_id, self.row.order_id)
        return cast("Order", await existing_node(info.context, named))


weigh_count(Event, COUNT)
