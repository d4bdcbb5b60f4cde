"""Compliance with the SLA over 30 days, with the images behind the counts (domain rules, section 6)."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.image.types import Image
from api.inquiry.compliance import InquiryCompliance, inquiry_compliance
from api.pulse.drilldowns import Source
from api.pulse.reads import read_figures
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse import compliance
from app.domain.pulse.segments import windows
from db.queries.drilldowns import (
    Drilldown,
    late_images,
    late_redos,
    late_reviews,
    open_images,
    open_redos,
    open_reviews,
)
from engine.connections import DEFAULT_SIZE, After, Connection, First
from engine.decorators import field, object_type


@object_type
class TermCompliance:
    """Compliance with one promise of the SLA."""

    met_count: int = strawberry.field(description="The number of promises kept in the 30 days.")
    missed_count: int = strawberry.field(
        description="The number of promises whose deadline passed in the 30 days, kept since or not."
    )
    open_count: int | None = strawberry.field(
        description="The number of promises not kept yet whose deadline has not passed, of any age; null for an"
        " instant in the past."
    )
    rate: float | None = strawberry.field(
        description="The share of kept promises in kept and missed ones, from 0 to 1; null without any."
    )
    name: strawberry.Private[str]
    source: strawberry.Private[Source]
    missed_source: strawberry.Private[Drilldown]
    open_source: strawberry.Private[Drilldown]

    @field
    def missed_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images of the missed promises, latest deadline first; for rejections and reviews, one item each."""
        name = f"{self.name}.missedImages"
        return self.source.images(info.context, name, self.missed_source, self.missed_count).first(first, after)

    @field
    def open_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images of the open promises, latest deadline first; null, as `openCount`, for an instant in the past.

        For rejections and reviews, one item each.
        """
        if self.open_count is None:
            return None
        name = f"{self.name}.openImages"
        return self.source.images(info.context, name, self.open_source, self.open_count).first(first, after)


@object_type
class SLACompliance:
    """Compliance with the SLA in the 30 times 24 hours before an instant."""

    standard: TermCompliance = strawberry.field(description="Compliance for images within the guarantee of their day.")
    additional: TermCompliance = strawberry.field(
        description="Compliance for images beyond the guarantee of their day, by the deadlines that staff set."
    )
    expedited: TermCompliance = strawberry.field(
        description="Compliance for expedited images within the quota of their day, in 3 hours by default."
    )
    expedited_additional: TermCompliance = strawberry.field(
        description="Compliance for expedited images beyond the quota of their day, in 6 hours by default."
    )
    delivery_plan: TermCompliance = strawberry.field(
        description="Compliance for expedited images far beyond the quota of their day, by the deadlines of delivery"
        " plans, or by the deadlines they keep."
    )
    rejection: TermCompliance = strawberry.field(description="Compliance for rejections, each by its own deadline.")
    review: TermCompliance = strawberry.field(
        description="Compliance for reviews, the deadlines and delivery plans that staff owe, each by its own deadline."
    )
    inquiry: InquiryCompliance = strawberry.field(description="Compliance for answers to inquiries.")


async def read_compliance(context: Context, account_id: UUID, at: datetime) -> SLACompliance:
    """Return an account's compliance as of an instant not before its creation."""
    found = compliance.compliance(await read_figures(context, account_id, at))
    window = windows(at).current
    source = Source(account_id, window)

    def of_images(name: str, kept: compliance.TermCompliance, level: ServiceLevel) -> TermCompliance:
        return _shown(name, kept, source, late_images(window, (level,)), open_images(at, (level,)))

    return SLACompliance(
        standard=of_images("standard", found.standard, ServiceLevel.STANDARD),
        additional=of_images("additional", found.additional, ServiceLevel.ADDITIONAL),
        expedited=of_images("expedited", found.expedited, ServiceLevel.EXPEDITED),
        expedited_additional=of_images(
            "expeditedAdditional", found.expedited_additional, ServiceLevel.EXPEDITED_ADDITIONAL
        ),
        delivery_plan=of_images("deliveryPlan", found.delivery_plan, ServiceLevel.EXPEDITED_PLAN),
        rejection=_shown("rejection", found.rejection, source, late_redos(window), open_redos(at)),
        review=_shown("review", found.review, source, late_reviews(window), open_reviews(at)),
        inquiry=inquiry_compliance(account_id, window, found.inquiry),
    )


def _shown(
    name: str, kept: compliance.TermCompliance, source: Source, missed: Drilldown, still_open: Drilldown
) -> TermCompliance:
    return TermCompliance(
        met_count=kept.met_count,
        missed_count=kept.missed_count,
        open_count=kept.open_count,
        rate=kept.rate,
        name=name,
        source=source,
        missed_source=missed,
        open_source=still_open,
    )
