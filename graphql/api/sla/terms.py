"""The terms of an SLA in the API (domain rules, section 2)."""

from datetime import datetime, timedelta
from decimal import Decimal

import strawberry

from api.contact import Contact
from app.domain.deadlines.rules import expedite_window
from app.domain.sla.enums import SlaTerm
from app.domain.sla.terms import ADDITIONAL_IMAGES, REJECTION_FREE, UPLOAD_BY, SlaInForce
from engine.decorators import object_type
from engine.scalars import LocalTime, write_local_time


@object_type
class StandardTurnaround:
    """The turnaround of images within the guarantee."""

    deliver_by: LocalTime = strawberry.field(description="The delivery time on the next working morning, user time.")
    upload_by: LocalTime = strawberry.field(
        description="The time by which images have to be uploaded for that, user time."
    )
    summary: str = strawberry.field(description="The promise in words.")
    custom: bool = strawberry.field(description="True if `deliverBy` differs from the plan's default.")
    plan_default: LocalTime = strawberry.field(description="The delivery time by the plan's default, user time.")


@object_type
class GuaranteeTerms:
    """The daily guarantee of images."""

    images_per_day: int = strawberry.field(description="Images guaranteed per ledger day.")
    custom: bool = strawberry.field(description="True if `imagesPerDay` differs from the plan's default.")
    plan_default: int = strawberry.field(description="The number of images guaranteed by the plan's default.")
    additional_images: str = strawberry.field(description="The treatment of images beyond the guarantee, in words.")


@object_type
class ExpediteTerms:
    """The terms of expedites, and the times at which they are available."""

    images_per_day: int = strawberry.field(description="Images per ledger day at the shortest turnaround.")
    custom: bool = strawberry.field(description="True if `imagesPerDay` differs from the plan's default.")
    plan_default: int = strawberry.field(description="The number of images per ledger day by the plan's default.")
    turnaround: timedelta = strawberry.field(description="The turnaround of these images.")
    additional_turnaround: timedelta = strawberry.field(description="The turnaround of further images.")
    delivery_plan_from: int = strawberry.field(
        description="The number of images in a ledger day from which further ones need a delivery plan."
    )
    price_multiplier: Decimal = strawberry.field(
        description="The factor by which an expedite multiplies the price of an image."
    )
    available: bool = strawberry.field(description="True if expedites are available at the instant.")
    opens_at: datetime | None = strawberry.field(
        description="The instant at which expedites open again; null while they are available."
    )
    closes_at: datetime | None = strawberry.field(
        description="The instant at which expedites close; null while they are not available."
    )


@object_type
class RejectionTerms:
    """The terms of rejecting a delivered image."""

    turnaround: timedelta = strawberry.field(
        description="The time from a rejection to the redelivery; a weekend moves it to Monday."
    )
    free: bool = strawberry.field(description="True if the redo is free.")


@object_type
class ReviewTerms:
    """The terms of reviews: deadlines that staff set, and delivery plans."""

    turnaround: timedelta = strawberry.field(
        description="The time within which staff set a deadline, counted from Monday to Friday, user time."
    )


@object_type
class FlowTerms:
    """The terms of Flow: retouching while photos are still being taken."""

    available: bool = strawberry.field(description="True if the account has Flow.")
    turnaround: timedelta = strawberry.field(description="The turnaround promised for images in Flow.")
    url: str | None = strawberry.field(description="The URL of information about Flow; null without one.")


@object_type
class SupportTerms:
    """The terms of support."""

    help_center_url: str | None = strawberry.field(
        description="The URL of the help center, which is always open; null without one."
    )
    email: str | None = strawberry.field(description="The email address of support; null without one.")
    phone: bool = strawberry.field(
        description="True if support answers by phone; false if it does so case by case only."
    )
    days: str = strawberry.field(description="The days on which support answers, in words.")
    response_time: timedelta = strawberry.field(description="The response time on these days.")
    success_manager: Contact | None = strawberry.field(
        description="The account's dedicated customer success manager at present; null without one."
    )


def standard_turnaround(in_force: SlaInForce) -> StandardTurnaround:
    """Return the turnaround of images within the guarantee."""
    return StandardTurnaround(
        deliver_by=write_local_time(in_force.terms.deliver_by),
        upload_by=LocalTime(UPLOAD_BY),
        summary=in_force.terms.standard_summary,
        custom=SlaTerm.DELIVER_BY in in_force.custom,
        plan_default=write_local_time(in_force.plan_terms.deliver_by),
    )


def guarantee_terms(in_force: SlaInForce) -> GuaranteeTerms:
    """Return the daily guarantee."""
    terms, default = in_force.terms, in_force.plan_terms
    return GuaranteeTerms(
        images_per_day=terms.images_per_day,
        custom=terms.images_per_day != default.images_per_day,
        plan_default=default.images_per_day,
        additional_images=ADDITIONAL_IMAGES,
    )


def expedite_terms(in_force: SlaInForce, at: datetime) -> ExpediteTerms:
    """Return the terms of expedites, with their window at an instant (UTC)."""
    terms, default, window = in_force.terms, in_force.plan_terms, expedite_window(at)
    return ExpediteTerms(
        images_per_day=terms.expedites_per_day,
        custom=terms.expedites_per_day != default.expedites_per_day,
        plan_default=default.expedites_per_day,
        turnaround=terms.expedite_turnaround,
        additional_turnaround=terms.expedite_additional_turnaround,
        delivery_plan_from=terms.delivery_plan_from,
        price_multiplier=terms.expedite_multiplier,
        available=window.available,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
    )


def rejection_terms(in_force: SlaInForce) -> RejectionTerms:
    """Return the terms of rejections."""
    return RejectionTerms(turnaround=in_force.terms.rejection_turnaround, free=REJECTION_FREE)
