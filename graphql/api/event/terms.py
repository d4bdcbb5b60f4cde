"""The terms of an SLA in events."""

from datetime import timedelta
from decimal import Decimal

import strawberry

from app.domain.sla import terms
from engine.decorators import object_type
from engine.scalars import LocalTime, write_local_time


@object_type
class NegotiableTerms:
    """The terms of an SLA that can be negotiated; null for each that the event does not state."""

    images_per_day: int | None = strawberry.field(description="Images guaranteed per ledger day.")
    expedites_per_day: int | None = strawberry.field(description="Images per ledger day at the shortest turnaround.")
    deliver_by: LocalTime | None = strawberry.field(
        description="The delivery time on the next working morning, user time."
    )
    expedite_turnaround: timedelta | None = strawberry.field(
        description="The turnaround of expedites within the quota."
    )
    expedite_additional_turnaround: timedelta | None = strawberry.field(
        description="The turnaround of further expedites."
    )
    expedite_multiplier: Decimal | None = strawberry.field(
        description="The factor by which an expedite multiplies the price of an image."
    )
    rejection_turnaround: timedelta | None = strawberry.field(
        description="The time from a rejection to the redelivery."
    )
    review_turnaround: timedelta | None = strawberry.field(description="The time within which staff set a deadline.")
    flow_available: bool | None = strawberry.field(description="True if the account has Flow.")
    support_response: timedelta | None = strawberry.field(description="The response time of support.")
    support_phone: bool | None = strawberry.field(description="True if support answers by phone.")


def negotiable_terms(stated: terms.NegotiableTerms) -> NegotiableTerms:
    """Return the API's form of the terms that an event states."""
    deliver_by = stated.deliver_by
    return NegotiableTerms(
        images_per_day=stated.images_per_day,
        expedites_per_day=stated.expedites_per_day,
        deliver_by=None if deliver_by is None else write_local_time(deliver_by),
        expedite_turnaround=stated.expedite_turnaround,
        expedite_additional_turnaround=stated.expedite_additional_turnaround,
        expedite_multiplier=stated.expedite_multiplier,
        rejection_turnaround=stated.rejection_turnaround,
        review_turnaround=stated.review_turnaround,
        flow_available=stated.flow_available,
        support_response=stated.support_response,
        support_phone=stated.support_phone,
    )
