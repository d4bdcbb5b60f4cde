"""The sums that the Pulse and the compliance are computed from: numerators and denominators, nothing rounded.

Both the rollups and the reference query answer in these types, so that the one can judge the other; so does a snapshot
(domain rules, sections 6 and 7).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple


class Step(NamedTuple):
    """A retouching step and the time that a median human retoucher needs for it, in milliseconds."""

    step: str
    milliseconds: int


class TermCounts(NamedTuple):
    """Counts by the promise they are judged by: images of the service levels, then rejections and reviews."""

    standard: int = 0
    additional: int = 0
    expedited: int = 0
    expedited_additional: int = 0
    delivery_plan: int = 0
    rejection: int = 0
    review: int = 0

    @property
    def images(self) -> int:
        """The number of images, over all levels of service."""
        return sum(self) - self.rejection - self.review


class InquiryCounts(NamedTuple):
    """Inquiries answered in time and not, in the current window, and open ones of any age; none of the past is open."""

    met: int = 0
    missed: int = 0
    open: int = 0


NONE_COUNTED: Final = TermCounts()
NO_INQUIRIES: Final = InquiryCounts()


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One retouching step over the images first delivered in a window: images that have it, and its time in all."""

    step: str
    images: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """The sums of one window of 30 days, by the facts known at its T.

    `delivered` are first deliveries, `rejected` those of them that were rejected before T, `lead_microseconds` their
    time from upload to first delivery, `steps` their retouching by a human. `met` and `late` are outcomes.
    """

    uploaded: int = 0
    delivered: int = 0
    rejected: int = 0
    lead_microseconds: int = 0
    met: TermCounts = NONE_COUNTED
    late: TermCounts = NONE_COUNTED
    steps: tuple[StepFigures, ...] = ()

    @property
    def saved_milliseconds(self) -> int:
        """The time savings of the window."""
        return sum(step.milliseconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class PulseFigures:
    """All sums of an account at an instant T. `open` is None for a T in the past.

    `inquiries` are of compliance alone: no figure of the Pulse depends on them, and no snapshot keeps them.
    """

    current: WindowFigures
    previous: WindowFigures
    uploaded_this_month: int
    all_time_processed: int
    open: TermCounts | None
    inquiries: InquiryCounts = NO_INQUIRIES
