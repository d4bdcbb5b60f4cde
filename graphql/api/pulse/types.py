"""The Pulse: six figures of the last 30 days, their trends and the images behind them (domain rules, section 6)."""

from datetime import date, datetime

import strawberry

from api.context import Info
from api.image.types import Image
from api.pulse.drilldowns import Source
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse import trends
from app.domain.pulse.trends import Sentiment, TrendDirection
from db.queries.drilldowns import delivered_images, late_images, on_time_images, rejected_images, uploaded_images
from engine.connections import DEFAULT_SIZE, After, Connection, First
from engine.decorators import attribute, field, interface, object_type


@object_type
class Interval:
    """A half-open interval of time."""

    start: datetime = strawberry.field(description="The first instant of the interval.")
    end: datetime = strawberry.field(description="The first instant after the interval.")


@object_type
class Trend:
    """The change of a figure from the previous window to the current one."""

    direction: TrendDirection = strawberry.field(description="The direction of the change.")
    change_percent: float | None = strawberry.field(
        description="The change in percent of the previous figure, to one decimal; null if either window has no"
        " figure, or if the previous one is 0."
    )
    change_points: float | None = strawberry.field(
        description="The difference of shares in percentage points, to one decimal; null for other figures, and if"
        " either window has no figure."
    )
    sentiment: Sentiment = strawberry.field(description="The meaning of the change for the client.")


@interface
class KPI:
    """A key figure of the Pulse."""

    label: str = strawberry.field(description="The name of the figure.")
    definition: str = strawberry.field(description="The definition of the figure in plain English.")
    summary: str = strawberry.field(description="The figure in one line for people, such as: 1,240 images, up 12.4 %.")
    change: strawberry.Private[trends.Trend | None]

    @field
    def trend(self) -> Trend | None:
        """The change from the previous window; null for the streak, which has no windows."""
        return None if self.change is None else _trend(self.change)


def _trend_of_windows(self: KPI) -> Trend:
    """The change from the previous window."""
    if self.change is None:
        raise TypeError(f"{self.label} is compared with no window.")
    return _trend(self.change)


def _trend(change: trends.Trend) -> Trend:
    return Trend(
        direction=change.direction,
        change_percent=change.change_percent,
        change_points=change.change_points,
        sentiment=change.sentiment,
    )


@object_type
class Productivity(KPI):
    """The number of uploaded images."""

    trend = field(_trend_of_windows)
    images_uploaded: int = strawberry.field(
        description="Images uploaded in the current window, without cancelled ones."
    )
    previous_images_uploaded: int = strawberry.field(description="The same figure of the previous window.")
    images_this_month: int = strawberry.field(
        description="Images uploaded this calendar month, user time; exactly at a month's end, in the month that ends."
    )
    all_time_processed: int = strawberry.field(description="Images delivered since the account's creation.")
    source: strawberry.Private[Source]

    @field
    def images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images uploaded in the current window, last uploaded first."""
        uploaded = uploaded_images(self.source.window)
        return self.source.images(info.context, "images", uploaded, self.images_uploaded).first(first, after)


@object_type
class Quality(KPI):
    """The share of images that were right at their first delivery."""

    trend = field(_trend_of_windows)
    rate: float | None = strawberry.field(
        description="The share of the images first delivered in the current window that were not rejected, from 0 to"
        " 1; null if none was delivered."
    )
    previous_rate: float | None = strawberry.field(description="The same figure of the previous window.")
    delivered_count: int = strawberry.field(description="Images first delivered in the current window.")
    approved_count: int = strawberry.field(
        description="Images first delivered in the current window that were not rejected."
    )
    rejected_count: int = strawberry.field(
        description="Images first delivered in the current window and rejected since."
    )
    source: strawberry.Private[Source]

    @field
    def delivered_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images first delivered in the current window, last delivered first."""
        delivered = delivered_images(self.source.window)
        return self.source.images(info.context, "deliveredImages", delivered, self.delivered_count).first(first, after)

    @field
    def rejected_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images first delivered in the current window and rejected since, last delivered first."""
        rejected = rejected_images(self.source.window)
        return self.source.images(info.context, "rejectedImages", rejected, self.rejected_count).first(first, after)


@object_type
class StepSavings:
    """The contribution of one retouching step to the time savings."""

    step: str = strawberry.field(description="The name of the step.")
    hours: float = strawberry.field(description="The hours saved by the step.")
    image_count: int = strawberry.field(description="The number of images with the step.")


@object_type
class TimeSavings(KPI):
    """The working time that a median human retoucher would have needed for the delivered images."""

    trend = field(_trend_of_windows)
    hours: float = strawberry.field(description="The hours for the images first delivered in the current window.")
    previous_hours: float = strawberry.field(description="The same figure of the previous window.")
    by_steps: list[StepSavings] = attribute(
        "The hours of the current window by retouching step, largest first.", length=8
    )


@object_type
class ProductivityStreak(KPI):
    """The number of weeks in a row with an upload; weeks are from Monday to Sunday, user time.

    Exactly at the midnight that ends a week, this week is the one that ends.
    """

    weeks: int = strawberry.field(
        description="The weeks in a row with an upload, up to this one, or up to the last one while this one has none"
        " yet."
    )
    longest: int = strawberry.field(description="The longest streak ever, in weeks.")
    since: date | None = strawberry.field(description="The Monday of the streak's first week; null without a streak.")
    uploaded_this_week: bool = strawberry.field(description="True if this week has an upload.")
    keep_by: datetime | None = strawberry.field(
        description="The end of this week, before which an upload keeps the streak; null if there was one already."
    )


@object_type
class Reliability(KPI):
    """The share of images that were delivered by their deadline."""

    trend = field(_trend_of_windows)
    rate: float | None = strawberry.field(
        description="The share of the images due in the current window that were on time, from 0 to 1; null if none"
        " was due."
    )
    previous_rate: float | None = strawberry.field(description="The same figure of the previous window.")
    due_count: int = strawberry.field(description="Images that met or missed their deadline in the current window.")
    on_time_count: int = strawberry.field(
        description="Images first delivered in the current window, not after their deadline."
    )
    late_count: int = strawberry.field(
        description="Images whose deadline passed in the current window, delivered since or not."
    )
    source: strawberry.Private[Source]

    @field
    def on_time_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images on time in the current window, last delivered first."""
        on_time = on_time_images(self.source.window)
        return self.source.images(info.context, "onTimeImages", on_time, self.on_time_count).first(first, after)

    @field
    def late_images(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """The images that became late in the current window, latest deadline first."""
        late = late_images(self.source.window, tuple(ServiceLevel))
        return self.source.images(info.context, "lateImages", late, self.late_count).first(first, after)


@object_type
class AverageLeadTime(KPI):
    """The average time from upload to first delivery."""

    trend = field(_trend_of_windows)
    seconds: float | None = strawberry.field(
        description="The mean seconds from upload to first delivery of the images first delivered in the current"
        " window; null if there were none."
    )
    previous_seconds: float | None = strawberry.field(description="The same figure of the previous window.")
    delivered_count: int = strawberry.field(description="Images first delivered in the current window.")


@object_type
class Pulse:
    """The six key figures of an account, exact for their instant: from everything known just before it."""

    as_of: datetime = strawberry.field(description="The instant of the figures.")
    current_window: Interval = strawberry.field(description="The 30 times 24 hours before the instant.")
    previous_window: Interval = strawberry.field(
        description="The 30 times 24 hours before the current window, for comparison."
    )
    productivity: Productivity = strawberry.field(description="The number of uploaded images.")
    quality: Quality = strawberry.field(description="The share of images that were right at their first delivery.")
    time_savings: TimeSavings = strawberry.field(description="The retouching time saved.")
    productivity_streak: ProductivityStreak = strawberry.field(
        description="The number of weeks in a row with an upload."
    )
    reliability: Reliability = strawberry.field(
        description="The share of images that were delivered by their deadline."
    )
    average_lead_time: AverageLeadTime = strawberry.field(description="The average time from upload to first delivery.")

    @field(length=6)
    def kpis(self) -> list[KPI]:
        """The six key figures, in the order of the page."""
        return [
            self.productivity,
            self.quality,
            self.time_savings,
            self.productivity_streak,
            self.reliability,
            self.average_lead_time,
        ]
