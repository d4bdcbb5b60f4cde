"""The SLA: the terms of an account from an instant on (domain rules, section 2)."""

from datetime import datetime

import strawberry

from api.context import Info
from api.pulse.reads import FIGURES
from api.sla.compliance import SLACompliance, read_compliance
from api.sla.terms import (
    ExpediteTerms,
    FlowTerms,
    GuaranteeTerms,
    RejectionTerms,
    ReviewTerms,
    StandardTurnaround,
    SupportTerms,
)
from app.domain.sla.enums import SlaTerm
from app.domain.sla.terms import superseded_by
from db.queries.accounts import AccountRow
from engine.decorators import attribute, field, object_type
from engine.nodes import Node


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
    note: str | None = attribute(
        "The note of staff, for staff only; null without one, or after its erasure.", staff=True
    )
    message: str | None = strawberry.field(
        description="The message of staff to the client, as the version was agreed on; null without one, or after its"
        " erasure."
    )
    account: strawberry.Private[AccountRow]
    at: strawberry.Private[datetime]

    @field
    async def superseded_by(self, info: Info) -> int | None:
        """The version that replaced this one before it was in force, for the same day; null if none did."""
        versions = (await info.context.history(self.account.id)).versions
        return superseded_by(next(each for each in versions if each.version == self.version), versions)

    @field(cost=FIGURES)
    async def compliance(self, info: Info) -> SLACompliance | None:
        """Compliance in the 30 days before the requested instant, across all versions.

        Null, with the error PLAN_NOT_ELIGIBLE, without a dashboard.
        """
        await info.context.require_dashboard(self.account.id)
        return await read_compliance(info.context, self.account.id, self.at)
