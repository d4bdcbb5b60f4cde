"""The activity of an account in a ledger day, week or month (domain rules, section 6)."""

from datetime import date, datetime

import strawberry

from api.money import Money
from engine.decorators import attribute, object_type


@object_type
class Activity:
    """Figures of a ledger day, or of the ledger days of an ISO week or a calendar month, all as known now."""

    day: date = strawberry.field(
        name="date", description="The date of the ledger day, the Monday of the week or the first of the month."
    )
    start: datetime = strawberry.field(description="The opening of its first ledger day.")
    end: datetime = strawberry.field(description="The closing of its last ledger day.")
    complete: bool = strawberry.field(description="True if its last ledger day has closed.")
    uploaded_count: int = strawberry.field(description="Images uploaded then and not cancelled since.")
    cancelled_count: int = strawberry.field(description="Images uploaded then and cancelled since.")
    delivered_count: int = strawberry.field(description="Images first delivered then.")
    on_time_count: int = strawberry.field(description="Images first delivered then, not after their deadline.")
    late_count: int = strawberry.field(description="Images whose deadline passed then, delivered since or not.")
    rejected_count: int = strawberry.field(description="Rejections made then.")
    hours_saved: float = strawberry.field(
        description="The working hours of a median human retoucher for the images first delivered then."
    )
    average_lead_seconds: float | None = strawberry.field(
        description="The mean seconds from upload to first delivery of the images first delivered then; null without"
        " any."
    )
    spend: list[Money] = attribute(
        "The prices of the images uploaded then and not cancelled since, by currency.", length=2
    )
