"""An account as of an instant, for which figures and streaks are read (domain rules, sections 1 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.ledger.days import ZonePeriod, zone_before


@dataclass(frozen=True, slots=True)
class AsOf:
    """An account as of a settled instant `at` (UTC); `zone` was in force just before it.

    `is_now` includes open images and redos, which are known of the present only. `zone_is_current` says that the zone
    has not been changed since. `created_at` (UTC), when the account was opened, bounds the weeks of a streak; None if
    only figures are read.
    """

    account_id: UUID
    at: datetime
    zone: ZoneInfo
    is_now: bool = False
    zone_is_current: bool = True
    created_at: datetime | None = None

    @classmethod
    def of(cls, account_id: UUID, zones: Sequence[ZonePeriod], at: datetime, *, is_now: bool = False) -> "AsOf":
        """Return an account with these zones as of an instant (UTC) not before its opening."""
        is_current = len(zones) == 1 or zones[-1].starts_at < at
        return cls(account_id, at, zone_before(at, zones), is_now, is_current, zones[0].starts_at)
