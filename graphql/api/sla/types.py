"""The SLA: what an account was promised, and since when (domain rules, section 2)."""

from datetime import datetime, timedelta
from decimal import Decimal

import strawberry

from api.context import Info
from api.pulse.reads import FIGURES
from api.sla.compliance import SLACompliance, read_compliance
from db.queries.accounts import AccountRow
from engine.decorators import field, object_type
from engine.nodes import Node
from engine.scalars import LocalTime


@object_type
class StandardTurnaround:
    """When images within the guarantee are delivered."""

    deliver_by: LocalTime = strawberry.field(description="The time of the next working morning, user time.")
    upload_by: LocalTime = strawberry.field(description="Until when images are uploaded for that, user time.")
    summary: str = strawberry.field(description="The promise in words.")


@object_type
class GuaranteeTerms:
    """The daily guarantee of images."""

    images_per_day: int = strawberry.field(description="Images guaranteed per ledger day.")
    custom: bool = strawberry.field(description="Whether that differs from the plan's default.")
    plan_default: int = strawberry.field(description="What the plan guarantees by default.")
    additional_images: str = strawberry.field(description="What happens to images beyond it, in words.")


@object_type
class ExpediteTerms:
    """What expediting brings, and when it can be asked for."""

    images_per_day: int = strawberry.field(description="Images per ledger day at the shortest turnaround.")
    custom: bool = strawberry.field(description="Whether that differs from the plan's default.")
    plan_default: int = strawberry.field(description="What the plan has by default.")
    turnaround: timedelta = strawberry.field(description="The turnaround of these images.")
    additional_turnaround: timedelta = strawberry.field(description="The turnaround of further ones.")
    delivery_plan_from: int = strawberry.field(
        description="From how many images in a ledger day on the further ones need a delivery plan."
    )
    price_multiplier: Decimal = strawberry.field(description="How many times the price of an image it costs.")
    available: bool = strawberry.field(description="Whether it can be asked for.")
    opens_at: datetime | None = strawberry.field(description="When it can be asked for again; null while it can be.")
    closes_at: datetime | None = strawberry.field(
        description="Until when it can be asked for; null while it cannot be."
    )


@object_type
class RejectionTerms:
    """What rejecting a delivered image brings."""

    turnaround: timedelta = strawberry.field(description="When it is delivered again; a weekend moves it to Monday.")
    free: bool = strawberry.field(description="Whether that is free.")


@object_type
class FlowTerms:
    """Flow: retouching while photos are still being taken."""

    available: bool = strawberry.field(description="Whether the account has it.")
    turnaround: timedelta = strawberry.field(description="Its turnaround.")


@object_type
class SupportTerms:
    """How to reach support."""

    help_center_url: str | None = strawberry.field(description="The help center, always open; null when there is none.")
    email: str | None = strawberry.field(description="The address to write to; null when there is none.")
    phone: bool = strawberry.field(description="Whether there is support by phone.")
    days: str = strawberry.field(description="The days on which it answers, in words.")
    response_time: timedelta = strawberry.field(description="How soon it answers on these days.")


@object_type
class SLA(Node):
    """A version of the service level agreement of an account: the terms from an instant on."""

    version: int = strawberry.field(description="Counted from 1; deadlines name the version that made them.")
    effective_from: datetime = strawberry.field(
        description="When it starts, as a ledger day opens; predicted for a version to come."
    )
    standard: StandardTurnaround = strawberry.field(description="When images within the guarantee are delivered.")
    guarantee: GuaranteeTerms = strawberry.field(description="The daily guarantee of images.")
    expedite: ExpediteTerms = strawberry.field(description="What expediting brings.")
    rejection: RejectionTerms = strawberry.field(description="What rejecting brings.")
    flow: FlowTerms = strawberry.field(description="The Flow turnaround.")
    support: SupportTerms = strawberry.field(description="How to reach support.")
    account: strawberry.Private[AccountRow]
    at: strawberry.Private[datetime]

    @field(cost=FIGURES)
    async def compliance(self, info: Info) -> SLACompliance | None:
        """How promises to the account were kept in the 30 days before the instant asked for, by whatever version.

        Null, with the error PLAN_NOT_ELIGIBLE, on plans without a dashboard.
        """
        info.context.require_dashboard(self.account.plan)
        return await read_compliance(info.context, self.account.id, self.at)
