"""Events of inquiries."""

from datetime import datetime
from typing import cast

import strawberry

from api.context import Info
from api.event.types import Event
from api.ids import NodeType
from api.inquiry.types import Inquiry
from app.domain.events import inquiry_kinds
from app.domain.inquiries import InquiryTopic
from engine.decorators import attribute, field, object_type
from engine.ids import GlobalId
from engine.nodes import existing_node
from engine.weights import LOOK_UP


@object_type
class InquiryOpened(Event):
    """An inquiry of the client."""

    details: strawberry.Private[inquiry_kinds.InquiryOpened]

    topic: InquiryTopic = attribute("The subject of the inquiry.", of="details.topic")
    text: str = attribute("The inquiry, in the client's words; `erased` after its erasure.", of="details.text")
    due_at: datetime = attribute("The instant by which the service promised an answer.", of="details.due_at")

    @field(cost=LOOK_UP)
    async def inquiry(self, info: Info) -> Inquiry:
        """The inquiry in its current state."""
        return await _inquiry(info, self)


@object_type
class InquiryAnswered(Event):
    """The answer to an inquiry."""

    details: strawberry.Private[inquiry_kinds.InquiryAnswered]

    answer: str = attribute("The answer; `erased` after its erasure.", of="details.answer")

    @field(cost=LOOK_UP)
    async def inquiry(self, info: Info) -> Inquiry:
        """The inquiry in its current state."""
        return await _inquiry(info, self)


@object_type
class InquiryOverdue(Event):
    """A deadline of an inquiry that passed without an answer."""

    details: strawberry.Private[inquiry_kinds.InquiryOverdue]

    due_at: datetime = attribute("The instant by which the service promised an answer.", of="details.due_at")

    @field(cost=LOOK_UP)
    async def inquiry(self, info: Info) -> Inquiry:
        """The inquiry in its current state."""
        return await _inquiry(info, self)


async def _inquiry(info: Info, event: InquiryOpened | InquiryAnswered | InquiryOverdue) -> Inquiry:
    named = GlobalId(NodeType.INQUIRY, event.row.account_id, event.details.inquiry_id)
    return cast("Inquiry", await existing_node(info.context, named))
