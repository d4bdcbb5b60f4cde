from datetime import UTC, date, datetime

from app.domain.ledger.days import ZonePeriod
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import unused_day
from app.domain.sla.terms import NegotiableTerms, SlaVersion

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
PERIODS = [ZonePeriod(datetime(2026, 3, 2, 13, tzinfo=UTC), "Europe/Copenhagen")]
VERSIONS = [
    SlaVersion(1, date(2026, 3, 2), NegotiableTerms(500, 40), datetime(2026, 3, 2, 13, tzinfo=UTC)),
    SlaVersion(2, date(2026, 3, 11), NegotiableTerms(800), datetime(2026, 3, 9, tzinfo=UTC)),
]


def test_a_day_has_the_quotas_of_the_sla_in_force_as_it_opens() -> None:
    day = unused_day(AT, PERIODS, VERSIONS)
    assert (day.day.date, day.sla.version, day.allowance) == (date(2026, 3, 10), 1, Allowance(500, 0, 40, 0))
    next_day = unused_day(day.day.closes_at, PERIODS, VERSIONS)
    assert (next_day.sla.version, next_day.allowance) == (2, Allowance(800, 0, 40, 0))


def test_a_day_holds_its_opening_and_not_its_close() -> None:
    day = unused_day(AT, PERIODS, VERSIONS)
    assert day.contains(datetime(2026, 3, 9, 23, tzinfo=UTC))
    assert not day.contains(datetime(2026, 3, 10, 23, tzinfo=UTC))


def test_use_is_added_and_subtracted() -> None:
    day = unused_day(AT, PERIODS, VERSIONS)
    assert day.using(5, 2).using(-1, -1).allowance == Allowance(500, 4, 40, 1)


def test_a_move_to_another_zone_prolongs_the_running_day_without_more_quota() -> None:
    day = unused_day(AT, PERIODS, VERSIONS).using(5, 2)
    longer = day.extended([*PERIODS, ZonePeriod(AT, "America/New_York")])
    assert longer.day.closes_at == datetime(2026, 3, 11, 4, tzinfo=UTC)
    assert longer.allowance == day.allowance
