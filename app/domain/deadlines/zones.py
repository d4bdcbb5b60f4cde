"""The zones by which uploads are due after a change of the time zone (domain rules, section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.deadlines.rules import standard_deadline
from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.domain.ledger.days import ChangedBy, ZonePeriod, ledger_day_at
from app.domain.local_time import time_zone

_BETWEEN_CHANGES: Final = timedelta(days=30)
"""The time between two changes of the zone by a client."""


class TimeZoneChangedRecently(DomainError):  # noqa: N818 - refusals are named by their case
    """A change of the time zone by a client, who changed it before and can do so again from `earliest` (UTC) on."""

    def __init__(self, earliest: datetime) -> None:
        super().__init__(f"The time zone can be changed once in 30 days: again from {rfc3339(earliest)} on.")
        self.earliest = earliest


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A change of the account's zone at an instant (UTC), in a ledger day that closes at `day_closes_at` (UTC)."""

    at: datetime
    before: ZoneInfo
    after: ZoneInfo
    day_closes_at: datetime


def zone_changes(at: datetime, periods: Sequence[ZonePeriod]) -> tuple[ZoneChange, ...]:
    """Return the changes of the zone in the ledger day of an upload until it, oldest first.

    Changes recorded before uploads were due by the later zone are left out.
    """
    if all(period.changed_by is None for period in periods):
        return ()
    known = [periods[0], *(period for period in periods[1:] if period.starts_at <= at)]
    day = ledger_day_at(at, known)
    return tuple(
        ZoneChange(after.starts_at, time_zone(before.time_zone), time_zone(after.time_zone), day.closes_at)
        for before, after in pairwise(known)
        if after.changed_by is not None and after.starts_at >= day.opens_at
    )


def latest_zone(at: datetime, zone: ZoneInfo, changes: Sequence[ZoneChange], deliver_by: time) -> ZoneInfo:
    """Return the zone by which an upload is due: the one with the latest deadline of all zones of its ledger day.

    `zone` is the one in force, and wins among equal deadlines; `changes` are from `zone_changes`.
    """
    zones = [zone, *(each for change in reversed(changes) for each in (change.after, change.before))]
    return max(zones, key=lambda each: standard_deadline(at, each, deliver_by)) if changes else zone


def require_time_zone_change(at: datetime, periods: Sequence[ZonePeriod]) -> None:
    """Raise TimeZoneChangedRecently for a change by a client less than 30 times 24 hours after the client's last."""
    own = (period.starts_at for period in reversed(periods) if period.changed_by is ChangedBy.CLIENT)
    last = next(own, None)
    if last is not None and at < last + _BETWEEN_CHANGES:
        raise TimeZoneChangedRecently(last + _BETWEEN_CHANGES)
