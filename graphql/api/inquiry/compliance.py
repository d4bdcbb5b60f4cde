"""Compliance with the response time for inquiries over 30 days, with the inquiries behind the counts."""

from typing import Final
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.inquiry.types import Inquiry, inquiry
from app.domain.local_time import Interval
from app.domain.pulse import compliance
from db.queries.inquiries import DueInquiries, InquiryRow
from db.queries.pages import LATEST, Page, Slice
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing, known
from engine.cursors import ID, INSTANT, CursorKind
from engine.decorators import field, object_type

_MISSED: Final = CursorKind("missedInquiries", (INSTANT, ID))
_OPEN: Final = CursorKind("openInquiries", (INSTANT, ID))


@object_type
class InquiryCompliance:
    """Compliance with the response time for inquiries."""

    met_count: int = strawberry.field(description="The number of inquiries answered by their deadline in the 30 days.")
    missed_count: int = strawberry.field(
        description="The number of inquiries whose deadline passed in the 30 days, answered since or not."
    )
    open_count: int | None = strawberry.field(
        description="The number of inquiries not answered yet whose deadline has not passed; null for an instant in"
        " the past."
    )
    rate: float | None = strawberry.field(
        description="The share of inquiries answered by their deadline, from 0 to 1; null without any."
    )
    account_id: strawberry.Private[UUID]
    window: strawberry.Private[Interval]

    @field
    def missed_inquiries(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Inquiry] | None:
        """The inquiries not answered by their deadline, latest deadline first."""
        wanted = DueInquiries(self.window, are_open=False)
        return self._listed(info.context, _MISSED, wanted, self.missed_count).first(first, after)

    @field
    def open_inquiries(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Inquiry] | None:
        """The inquiries still to be answered by their deadline, latest deadline first.

        Null, as `openCount`, for an instant in the past.
        """
        if self.open_count is None:
            return None
        wanted = DueInquiries(Interval(self.window.end, LATEST), are_open=True)
        return self._listed(info.context, _OPEN, wanted, self.open_count).first(first, after)

    def _listed(
        self, context: Context, cursors: CursorKind, wanted: DueInquiries, number: int
    ) -> Listing[InquiryRow, Inquiry]:
        """List the inquiries behind a count."""

        async def read(part: Slice) -> Page[InquiryRow]:
            if number == 0:
                return Page((), more=False)
            return await context.loaders.due_inquiries.load((self.account_id, part, wanted))

        return Listing(cursors, wanted.span, read, known(number), inquiry, (self.account_id,))


def inquiry_compliance(account_id: UUID, window: Interval, kept: compliance.TermCompliance) -> InquiryCompliance:
    """Return the API's compliance of answers within a window."""
    return InquiryCompliance(
        met_count=kept.met_count,
        missed_count=kept.missed_count,
        open_count=kept.open_count,
        rate=kept.rate,
        account_id=account_id,
        window=window,
    )
