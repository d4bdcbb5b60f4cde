"""The steps of explanations about an upload: its instant, day and positions (domain rules, section 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStepCode
from app.domain.ledger.positions import GUARANTEED, Positions, positions_in_words
from app.domain.sla.terms import UPLOAD_BY
from app.domain.user_time import date_in_words, user_time


@dataclass(frozen=True, slots=True)
class UploadedAtStep:
    """The upload."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.UPLOADED_AT
    at: datetime
    zone: ZoneInfo

    @property
    def text(self) -> str:
        """The step in words."""
        return f"Uploaded {user_time(self.at, self.zone)}"


@dataclass(frozen=True, slots=True)
class CutoffStep:
    """The end of the local `day` of the upload, at `at`; beyond the guarantee, the ledger day `counted_for`."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.CUTOFF
    at: datetime
    day: date
    counted_for: date | None = None

    @property
    def text(self) -> str:
        """The step in words; the two dates differ in a ledger day that a change of the time zone made longer."""
        before = f"Before the cutoff at {UPLOAD_BY} on {date_in_words(self.day)}"
        if self.counted_for is None:
            return before
        counted = "that day" if self.counted_for == self.day else date_in_words(self.counted_for)
        return f"{before}, so counted for {counted}"


@dataclass(frozen=True, slots=True)
class ZoneChangedStep:
    """A change of the zone in the ledger day of the upload, which closes at `day_closes_at`, before the upload."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.ZONE_CHANGED
    at: datetime
    before: ZoneInfo
    after: ZoneInfo
    day_closes_at: datetime

    @property
    def text(self) -> str:
        """The step in words."""
        changed = f"The time zone changed from {self.before.key} on {user_time(self.at, self.after)}"
        until = user_time(self.day_closes_at, self.after)
        return f"{changed}; until {until}, uploads are due by the later deadline of both"


@dataclass(frozen=True, slots=True)
class GuaranteePositionStep:
    """The positions of `image_count` images in the day's guarantee."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.GUARANTEE_POSITION
    image_count: int
    positions: Positions

    @property
    def text(self) -> str:
        """The step in words."""
        text = positions_in_words(self.image_count, self.positions, GUARANTEED)
        return text[0].upper() + text[1:]
