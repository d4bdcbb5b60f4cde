"""Inquiries: questions of clients to the service, and the answers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Info
from api.ids import NodeType, named_account
from app.domain.inquiries import InquiryTopic, is_overdue
from db.queries.inquiries import InquiryRow
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.weights import COUNT, LOOK_UP

if TYPE_CHECKING:
    from api.account.types import Account
    from api.order.types import Order


@object_type(count=COUNT)
class Inquiry(Node):
    """A question or comment of a client, which staff answer once."""

    topic: InquiryTopic = strawberry.field(description="The subject of the inquiry.")
    text: str = strawberry.field(description="The inquiry, in the client's words; `erased` after its erasure.")
    created_at: datetime = strawberry.field(description="The instant of the inquiry.")
    due_at: datetime = strawberry.field(
        description="The instant by which the service promises an answer: the SLA's support response time after the"
        " inquiry, in hours from Monday to Friday, user time."
    )
    answer: str | None = strawberry.field(description="The answer; null until there is one, and after its erasure.")
    answered_at: datetime | None = strawberry.field(description="The instant of the answer; null until there is one.")
    row: strawberry.Private[InquiryRow]

    @field(cost=LOOK_UP)
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.account.types")]:
        """The account that asked."""
        return cast("Account", await existing_node(info.context, named_account(self.row.account_id)))

    @field(cost=LOOK_UP)
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order that the inquiry is about; null if it is about none."""
        if self.row.order_id is None:
            return None
        named = GlobalId(NodeType.ORDER, self.row.account_id, self.row.order_id)
        return cast("Order", await existing_node(info.context, named))

    @field
    def late(self, info: Info) -> bool:
        """True if the answer came after `dueAt`, or has not come although `dueAt` has passed."""
        return is_overdue(self.due_at, self.answered_at, info.context.instant(self.row.account_id))


def inquiry(row: InquiryRow) -> Inquiry:
    """Return the API's inquiry of a row."""
    return Inquiry(
        name_in_api=GlobalId(NodeType.INQUIRY, row.account_id, row.id),
        topic=row.topic,
        text=row.text,
        created_at=row.created_at,
        due_at=row.due_at,
        answer=row.answer,
        answered_at=row.answered_at,
        row=row,
    )
