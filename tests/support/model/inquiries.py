"""The inquiries of the model, in the plainest way: hours are counted day by day."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.local_time import local_day, midnight
from tests.support.model.facts import Inquiry, Reason, refuse
from tests.support.model.ledger import Ledger

RESPONSE: Final = timedelta(hours=5)
_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 5


class Inquirer(Ledger):
    """An account with its inquiries."""

    def __init__(self, created_at: datetime, zone: str, images: int, expedites: int) -> None:
        super().__init__(created_at, zone, images, expedites)
        self.inquiries: list[Inquiry] = []

    def ask(self, now: datetime, order_id: UUID | None) -> Inquiry:
        """Ask about an order or about none; a closed account may."""
        self.last_at = self.instant(now)
        inquiry = Inquiry(self.last_at, _due_at(self.last_at, self.zone), order_id)
        self.inquiries.append(inquiry)
        return inquiry

    def answer(self, now: datetime, inquiry: Inquiry) -> None:
        """Answer an inquiry, once."""
        refuse([Reason("AlreadyAnswered")] if inquiry.answered_at is not None else [])
        inquiry.answered_at = self.last_at = self.instant(now)


def _due_at(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which five hours of days from Monday to Friday have passed."""
    day, left = local_day(at, zone), RESPONSE
    while True:
        start, end = max(at, midnight(day, zone)), midnight(day + _DAY, zone)
        if day.isoweekday() <= _FRIDAY:
            if left <= end - start:
                return start + left
            left -= end - start
        day += _DAY
