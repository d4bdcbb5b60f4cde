"""Mutations of inquiries: asking and answering."""

from typing import Annotated

import strawberry

from api.context import Info
from api.execution import Call, Payload
from api.ids import NodeType
from api.inquiry.types import Inquiry, inquiry
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import PROSE_RULE
from app.domain.inquiries import InquiryTopic, NewInquiry
from app.services.inquiries import InquiryOutcome, answer_inquiry, contact_support
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation


@object_type
class InquiryPayload(Payload):
    """The result of a mutation of an inquiry."""

    result_type = InquiryOutcome

    @field
    async def inquiry(self, info: Info) -> Inquiry | None:
        """The inquiry in its current state."""
        row = None if self.result is None else await info.context.loaders.inquiries.load(self.result.key)
        return None if row is None else inquiry(row)


@input_type
class ContactSupportInput:
    """The question or comment of a client."""

    account_id: strawberry.ID | None = optional("The account. Required of staff; a client's own by default.")
    topic: InquiryTopic = strawberry.field(description="The subject of the inquiry.")
    text: str = strawberry.field(description=f"The inquiry: {PROSE_RULE}.")
    order_id: strawberry.ID | None = optional("The order that it is about; about none by default.")
    idempotency_key: str | None = idempotency_key()


@object_type
class ContactSupportPayload(InquiryPayload):
    """The result of contacting the service."""


@input_type
class AnswerInquiryInput:
    """The answer to an inquiry."""

    inquiry_id: strawberry.ID = strawberry.field(description="The inquiry, which has no answer yet.")
    answer: str = strawberry.field(description=f"The answer to the client: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


@object_type
class AnswerInquiryPayload(InquiryPayload):
    """The result of answering an inquiry."""


@object_type
class InquiryMutations:
    """Mutations of inquiries."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND))
    async def contact_support(
        self,
        info: Info,
        input: Annotated[ContactSupportInput, strawberry.argument(description="The question or comment.")],  # noqa: A002
    ) -> ContactSupportPayload:
        """Asks the service a question or leaves a comment, also from a closed account; staff answer by `dueAt`."""
        call = Call(info, input)
        account_id, order_id = call.account(or_none(input.account_id)), or_none(input.order_id)
        _, order = (None, None) if order_id is None else call.node(NodeType.ORDER, order_id, "orderId")
        new = NewInquiry(input.topic, call.prose(input.text, "text"), order)
        return await call.perform(ContactSupportPayload, contact_support, account_id, new)

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.ALREADY_ANSWERED), staff=True)
    async def answer_inquiry(
        self,
        info: Info,
        input: Annotated[AnswerInquiryInput, strawberry.argument(description="The answer to an inquiry.")],  # noqa: A002
    ) -> AnswerInquiryPayload:
        """Answers an inquiry, once; for staff."""
        call = Call(info, input)
        key = call.node(NodeType.INQUIRY, input.inquiry_id, "inquiryId")
        return await call.perform(AnswerInquiryPayload, answer_inquiry, key, call.prose(input.answer, "answer"))
