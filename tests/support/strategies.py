"""Strategies of property tests: all zones of tzdata, 2024 to 2030, with clock changes more often than by chance."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.domain.local_time import TIME_ZONES, clock_change, time_zone
from app.domain.sla.terms import SlaTerms

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2030, 12, 31)
MICROSECOND = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)

_FROM = datetime(2024, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone itself
_TO = datetime(2030, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 - the same

zone_names = st.sampled_from(sorted(TIME_ZONES))
zones = zone_names.map(time_zone)
days = st.dates(FIRST_DAY, LAST_DAY)
deliver_bys = st.times().map(lambda clock: clock.replace(microsecond=0)) | st.sampled_from(
    [time(0), time(2, 30), time(9), time(23, 59, 59)]
)
"""Times by which standard orders are delivered, user time; half of them where clocks change, or at an end of a day."""
turnarounds = st.integers(60, 30 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds)) | st.sampled_from(
    [timedelta(minutes=1), timedelta(minutes=90), timedelta(hours=2), timedelta(days=2)]
)
terms = st.builds(
    SlaTerms,
    images_per_day=st.integers(0, 8),
    expedites_per_day=st.integers(0, 4),
    deliver_by=deliver_bys,
    expedite_turnaround=turnarounds,
    expedite_additional_turnaround=turnarounds,
    expedite_multiplier=st.decimals(1, 100, places=2),
    rejection_turnaround=turnarounds,
    review_turnaround=turnarounds,
)
"""Terms that a day may have, with few images and expedites."""
negotiable = terms.filter(lambda agreed: agreed.expedites_in_order)
"""Those of them that can be negotiated."""
instants = st.datetimes(_FROM, _TO, timezones=st.just(UTC))


@cache
def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """Return every instant from 2024 to 2030 at which the zone's clock changes."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    weeks = [start + timedelta(weeks=week) for week in range(7 * 52)]
    changes = [clock_change(week, week + timedelta(weeks=1), zone) for week in weeks]
    return [change for change in changes if change is not None]


@st.composite
def moments(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """Draw a zone and an instant, half of the time within four days of one of its clock changes, often on the dot."""
    zone = draw(zones)
    changes = clock_changes(zone)
    if not changes or draw(st.booleans()):
        return zone, draw(instants)
    minutes = draw(st.integers(-4 * 1440, 4 * 1440) | st.integers(-180, 180))
    around = draw(st.sampled_from((timedelta(0), MICROSECOND, -MICROSECOND)))
    return zone, draw(st.sampled_from(changes)) + timedelta(minutes=minutes) + around
