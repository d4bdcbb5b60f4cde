"""Commands on inquiries, given to the services and to the model alike."""

from dataclasses import dataclass

from app.domain.inquiries import InquiryTopic, NewInquiry
from app.services.inquiries import answer_inquiry, contact_support
from tests.support.model.world import World, accepted


@dataclass(frozen=True)
class Ask:
    """Ask about an order, numbered from the latest, or about none."""

    account: int
    order: int | None

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        orders = [] if self.order is None else account.orders
        order_id = orders[-1 - self.order % len(orders)].id if self.order is not None and orders else None
        new = NewInquiry(InquiryTopic.SUPPORT, "When?", order_id)
        inquiry, outcome = await accepted(
            world.agree(
                lambda now: account.ask(now, order_id),
                lambda writer: contact_support(writer, world.clock, customer.account_id, new),
            )
        )
        inquiry.id = outcome.inquiry_id
        assert outcome.at == inquiry.created_at


@dataclass(frozen=True)
class Answer:
    """Answer an inquiry, numbered from the latest, which may be answered."""

    account: int
    inquiry: int

    async def give(self, world: World) -> None:
        account, customer = world.accounts[self.account], world.customers[self.account]
        if account.inquiries:
            inquiry = account.inquiries[-1 - self.inquiry % len(account.inquiries)]
            key = (customer.account_id, inquiry.id)
            await world.agree(
                lambda now: account.answer(now, inquiry),
                lambda writer: answer_inquiry(writer, world.clock, key, "At nine."),
            )
