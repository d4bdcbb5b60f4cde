"""The inquiries of the model."""

from datetime import datetime
from uuid import UUID

from tests.support.model.facts import Inquiry, Reason, refuse
from tests.support.model.ledger import Ledger


class Inquirer(Ledger):
    """An account with its inquiries."""

    def __init__(self, created_at: datetime, zone: str, images: int, expedites: int) -> None:
        super().__init__(created_at, zone, images, expedites)
        self.inquiries: list[Inquiry] = []

    def ask(self, now: datetime, order_id: UUID | None) -> Inquiry:
        """Ask about an order or about none; a closed account may."""
        self.last_at = self.instant(now)
        inquiry = Inquiry(self.last_at, self.promised_by(self.last_at, "support_response"), order_id)
        self.inquiries.append(inquiry)
        return inquiry

    def answer(self, now: datetime, inquiry: Inquiry) -> None:
        """Answer an inquiry, once."""
        refuse([Reason("AlreadyAnswered")] if inquiry.answered_at is not None else [])
        inquiry.answered_at = self.last_at = self.instant(now)
