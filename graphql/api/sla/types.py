"""The SLA: the terms of an account from an instant on (domain rules, section 2)."""

from datetime import datetime, timedelta
from decimal import Decimal

import strawberry

from api.contact import Contact
from api.context import Info
from api.pulse.reads import FIGURES
from api.sla.compliance import SLACompliance, read_compliance
from app.domain.sla.enums import SlaTerm
from db.queries.accounts import AccountRow
from engine.decorators import attribute, field, object_type
from engine.nodes import Node
from engine.scalars import LocalTime


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


@object_type
class SupportTerms:
    """The terms of support."""

    help_center_url: str | None = strawberry.field(
        description="The URL of the help center, which is always open; null without one."
    )
    email: str | None = strawberry.field(description="The email address of support; null without one.")
    phone: bool = strawberry.field(description="True if support answers by phone.")
    days: str = strawberry.field(description="The days on which support answers, in words.")
    response_time: timedelta = strawberry.field(description="The response time on these days.")
    success_manager: Contact | None = strawberry.field(
        description="The account's dedicated customer success manager at present; null without one."
    )


@object_type
class SLA(Node):
    """A version of an account's service level agreement: the terms from an instant on."""

    version: int = strawberry.field(
        description="The number of the version, from 1; deadlines name the version they were made under."
    )
    effective_from: datetime = strawberry.field(
        description="The start of the version, at the opening of a ledger day; predicted for a future version."
    )
    withdrawn_at: datetime | None = strawberry.field(
        description="The instant at which the version was withdrawn, before it was in force; null otherwise."
    )
    custom_terms: list[SlaTerm] = attribute(
        "The terms that differ from those of the plan on the first day of the version.", length=len(SlaTerm)
    )
    standard: StandardTurnaround = strawberry.field(description="The turnaround of images within the guarantee.")
    guarantee: GuaranteeTerms = strawberry.field(description="The daily guarantee of images.")
    expedite: ExpediteTerms = strawberry.field(description="The terms of expedites.")
    rejection: RejectionTerms = strawberry.field(description="The terms of rejections.")
    review: ReviewTerms = strawberry.field(description="The terms of reviews.")
    flow: FlowTerms = strawberry.field(description="The terms of Flow.")
    support: SupportTerms = strawberry.field(description="The terms of support.")
    agreed_at: datetime = strawberry.field(
        description="The instant at which the terms were agreed on; for the first version, the account's creation."
    )
    note: str | None = attribute("The note of staff, for staff only; null without one.", staff=True)
    message: str | None = strawberry.field(
        description="The message of staff to the client, as the version was agreed on; null without one."
    )
    account: strawberry.Private[AccountRow]
    at: strawberry.Private[datetime]

    @field(cost=FIGURES)
    async def compliance(self, info: Info) -> SLACompliance | None:
        """Compliance in the 30 days before the requested instant, across all versions.

        Null, with the error PLAN_NOT_ELIGIBLE, on plans without a dashboard.
        """
        await info.context.require_dashboard(self.account.id)
        return await read_compliance(info.context, self.account.id, self.at)
