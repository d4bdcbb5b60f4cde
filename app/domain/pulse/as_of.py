"""What figures and streaks are asked for: an account as of an instant (domain rules, sections 1 and 6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class AsOf:
    """An account as of a settled instant `at` (UTC); `zone` was in force just before it.

    `is_now` asks for open images and redos, too, which are known of the present only. `zone_is_current` says that the
    zone has not been changed since. `created_at` (UTC), when the account was opened, bounds the weeks of a streak; None
    where only figures are asked for.
    """

    account_id: UUID
    at: datetime
    zone: ZoneInfo
    is_now: bool = False
    zone_is_current: bool = True
    created_at: datetime | None = None
