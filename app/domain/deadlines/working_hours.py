"""Hours that run from Monday to Friday, in which some turnarounds are counted (domain rules, section 3.18)."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.local_time import local_day, midnight, week_start

_FIVE_DAYS: Final = timedelta(days=5)
_ONE_WEEK: Final = timedelta(weeks=1)
_NONE: Final = timedelta(0)


def working_hours_after(at: datetime, duration: timedelta, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) by which `duration` of working hours has elapsed since `at` (UTC).

    They run from the midnight that opens Monday until the midnight that ends Friday, user time; clock changes count as
    elapsed time. DateOutOfRange outside 1970 to 2200.
    """
    monday = week_start(local_day(at, zone))
    start, left = at, duration
    while left > (running := max(midnight(monday + _FIVE_DAYS, zone) - start, _NONE)):
        left -= running
        monday += _ONE_WEEK
        start = midnight(monday, zone)
    return start + left
